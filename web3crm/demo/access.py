"""Chapter: a brand pays for the use of a customer's data by the second, until she withdraws."""

from __future__ import annotations

from pathlib import Path

from web3crm.chain.typed_data import access_accept, consent_withdraw_all
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.datasets import (
    DAY,
    Archive,
    Reader,
    class_bit,
    grant,
    mint,
    notice_of,
    purchases,
    purpose_bit,
    refusal,
    relayed,
)
from web3crm.demo.stage import Stage, coins
from web3crm.domain import NATIVE
from web3crm.vault import ClearFile, DatasetId
from web3crm.vault.accesses import settle

__all__ = ["sell_access"]

_PRICE = 3 * 10**16
_PERIOD = 30 * DAY
_MINIMUM = DAY


def sell_access(
    stage: Stage, archive: Archive, customer: Customer, coffee: Reader, bookshop: Reader, source: Path
) -> DatasetId:
    """The coffee brand pays for research on her purchases; she withdraws half-way; what she did not earn goes back."""
    stage.chapter("A brand pays for her data by the second, until she withdraws")
    cast, vault = archive.cast, archive.vault(customer)
    chain, commons = cast.chain, coffee.programme.commons
    accesses = commons.accesses
    notice, clear = notice_of(coffee.programme, 2), purchases(customer, source)
    research, data_class = purpose_bit(notice, "commercial_research"), class_bit(notice, "purchases")
    dataset = mint(stage, archive, customer, [ClearFile("purchases.csv", "text/csv", clear)], data_class=data_class)
    grant(stage, cast, customer, bookshop.programme, notice_of(bookshop.programme, 1), ("recommendations",))
    vault.share(dataset, bookshop.brand, archive.recipient(bookshop))
    stage.say(f"{customer} seals her {len(clear.splitlines())} purchases and shares them with the bookshop for nothing")

    access_id = _offer(stage, cast, coffee, dataset, research)
    envelope = vault.share(dataset, coffee.brand, archive.recipient(coffee), access_id=access_id)
    message = access_accept(
        domain=chain.domain(accesses),
        owner=customer.address, access_id=access_id, brand=coffee.brand, dataset_id=dataset.token_id,
        purpose=research, currency=NATIVE, price=_PRICE, period=_PERIOD, minimum=_MINIMUM,
        envelope_digest=envelope.digest, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relayed(stage, cast, customer, (accesses, "acceptBySig"), message, "accept an offer for data")
    started = _time(cast, receipt["blockNumber"])

    def open_purchases() -> bytes:
        opened = coffee.grantee.open(vault, dataset, purpose=research, access_id=access_id)
        return opened.files[0].read()

    stage.check("she accepts; the coffee brand opens her purchases under the access", open_purchases(), clear)
    chain.sleep(10 * DAY)
    before = chain.balance(customer.address)
    receipt = chain.transact(accesses.functions.collect(access_id, 10), sender=cast.relayer)
    stage.spent("collect what an access has earned", receipt)
    earned = chain.balance(customer.address) - before
    due = _PRICE * (_time(cast, receipt["blockNumber"]) - started) // _PERIOD
    stage.check(f"ten days later somebody collects for her: {coins(earned)}, a third of it, to the second", earned, due)
    chain.sleep(5 * DAY)
    ended = _withdraw(stage, cast, customer, coffee, (research, data_class))
    reason = refusal(open_purchases)
    stage.check(f"the coffee brand is refused from that block on: {reason}", bool(reason))

    chain.sleep(7 * DAY)
    settled = settle(
        chain, accesses, access_id, consents=commons.consents, datasets=commons.datasets, sender=cast.relayer
    )
    paid = chain.balance(customer.address) - before
    due = _PRICE * (ended - started) // _PERIOD
    stage.check(f"a week later she has been paid {coins(paid)}: nothing since she withdrew", paid, due)
    stage.check(f"{coins(_PRICE - paid)} went back to the brand", settled.refunded, _PRICE - paid)
    held = chain.call(accesses.functions.balanceOf(coffee.brand, NATIVE))
    taken = coffee.programme.as_brand(accesses.functions.withdraw(NATIVE, held, cast.treasurer.address))
    stage.spent("withdraw a brand's balance", chain.transact(taken, sender=cast.treasurer))
    stage.check("paid + refunded = the price, to the wei; nothing is left in the contract",
                (paid + held, chain.balance(accesses.address)), (_PRICE, 0))  # fmt: skip
    stage.facts["paid for data by the second"] = coins(paid)
    stage.facts["refunded at the withdrawal"] = coins(held)
    return dataset


def _offer(stage: Stage, cast: Cast, coffee: Reader, dataset: DatasetId, purpose: int) -> int:
    """The treasurer puts the money in, staff offers it; both under the brand's name."""
    chain, accesses = cast.chain, coffee.programme.commons.accesses
    funding = accesses.functions.fund(coffee.brand, NATIVE, _PRICE)
    stage.spent("fund a brand's balance", chain.transact(funding, sender=cast.treasurer, value=_PRICE))
    manifest = chain.call(coffee.programme.commons.datasets.functions.datasetOf(dataset.token_id))[3]
    terms = (
        dataset.token_id, manifest, NATIVE, _PRICE, purpose, _PERIOD, _MINIMUM, chain.now() + DAY, cast.nonce()
    )  # fmt: skip
    receipt = chain.transact(coffee.programme.as_brand(accesses.functions.offer(terms)), sender=coffee.staff)
    stage.spent("offer money for data", receipt)
    (offered,) = chain.events(receipt, accesses, "AccessOffered")
    stage.say(f"the coffee brand offers {coins(_PRICE)} for 30 days of research on them; the price is in escrow")
    return int(offered.args["accessId"])


def _withdraw(stage: Stage, cast: Cast, customer: Customer, coffee: Reader, use: tuple[int, int]) -> int:
    """She signs; the bookshop's staff, of all people, sends it. Refused from the very block it is in."""
    chain, consents = cast.chain, coffee.programme.commons.consents
    withdrawal = consent_withdraw_all(
        domain=chain.domain(consents),
        customer=customer.address, brand=coffee.brand, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    act = (consents, "withdrawAllBySig")
    receipt = relayed(stage, cast, customer, act, withdrawal, "withdraw everything", sender=cast.bookshop_staff)
    asked = consents.functions.isAllowed(customer.address, coffee.brand, *use)
    block = receipt["blockNumber"]
    stage.say(f"{customer} signs a withdrawal; the bookshop of all people sends it; it is mined in block {block}")
    stage.check(f"allowed in block {block - 1}", chain.call(asked, block=block - 1))
    stage.check(f"refused in block {block}", chain.call(asked, block=block), False)
    return _time(cast, block)


def _time(cast: Cast, block: int) -> int:
    return int(cast.chain.rpc("eth_getBlockByNumber", [hex(block), False])["timestamp"], 16)
