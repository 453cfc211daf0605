"""What docs/claims.md promises and no other test says in its words, on a whole programme.

G1  one signed withdrawal, sent by anybody, closes the key and stops the money in its block
G3  a card's perks follow its holder, her consent does not
G5  the owner is paid by the second while consent lasts, the rest goes back to the brand
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web3crm.chain import Chain, LocalChain, relay
from web3crm.chain.typed_data import Domain, consent_withdraw_all, sign
from web3crm.deploy import Programme
from web3crm.domain import NATIVE
from web3crm.domain.consent import Notices
from web3crm.errors import KeyReleaseRefused
from web3crm.privacy.asking import publication
from web3crm.privacy.history import read_notices
from web3crm.privacy.notices import read_notice
from web3crm.vault import (
    ChainGate,
    ClearFile,
    DatasetId,
    EmbeddedStore,
    Identity,
    Vault,
    recipient_to_bytes,
)
from web3crm.vault.accesses import settle

ROOT = Path(__file__).parents[2]
RESEARCH, PURCHASES = 8, 3
DAY, MONTH, PRICE = 86_400, 30 * 86_400, 3 * 10**16


@pytest.fixture
def send(live: Chain) -> Callable[..., Any]:
    return lambda act, sender, value=0: live.transact(act, sender=sender, value=value)


@pytest.fixture
def alice(local: LocalChain) -> Any:
    return local.accounts[5]


@pytest.fixture
def staff(local: LocalChain) -> Any:
    return local.accounts[2]


@pytest.fixture
def consented(live: Chain, coffee: Programme, alice: Any, staff: Any, send: Callable[..., Any]) -> None:
    """Alice allows the coffee brand research on her purchases, under its notice."""
    consents, notice = coffee.commons.consents, read_notice(ROOT / "deployments/notices/coffee/1.yaml")
    published = Notices(tuple(item.notice for item in read_notices(live, consents, coffee.brand)))
    act = consents.functions.publishNotice(*publication(notice, None, published).args)
    send(coffee.as_brand(act), staff)
    send(consents.functions.grant(coffee.brand, 1 << RESEARCH, 1 << PURCHASES, 1, 0), alice)


@pytest.fixture
def vault(live: Chain, coffee: Programme, alice: Any, tmp_path: Path) -> Vault:
    commons = coffee.commons
    gate = ChainGate(
        live, consents=commons.consents, datasets=commons.datasets, keys=commons.keys, accesses=commons.accesses
    )
    store = EmbeddedStore(tmp_path / "blobs")
    return Vault(alice.address, Identity.generate(), store=store, folder=tmp_path / "vault", gate=gate)


@pytest.fixture
def paid(
    live: Chain,
    coffee: Programme,
    alice: Any,
    staff: Any,
    consented: None,
    vault: Vault,
    send: Callable[..., Any],
) -> tuple[DatasetId, int]:
    """A dataset of hers under an access that the brand pays for; and the access."""
    commons, key = coffee.commons, Identity.generate()
    send(coffee.as_brand(commons.keys.functions.publish(recipient_to_bytes(key.recipient))), staff)
    sealed = vault.create([ClearFile("bought.csv", "text/csv", b"beans,3\n")], data_class=PURCHASES)
    minted = send(commons.datasets.functions.mint(sealed.manifest_digest, PURCHASES), alice)
    number = live.events(minted, commons.datasets, "DatasetMinted")[0].args["datasetId"]
    dataset = DatasetId(live.chain_id, commons.datasets.address, number)
    vault.attach(sealed.manifest_digest, dataset)
    send(commons.accesses.functions.fund(coffee.brand, NATIVE, PRICE), staff, PRICE)
    terms = (number, sealed.manifest_digest, NATIVE, PRICE, RESEARCH, MONTH, DAY, live.now() + DAY, 1)
    offered = send(coffee.as_brand(commons.accesses.functions.offer(terms)), staff)
    access_id = int(live.events(offered, commons.accesses, "AccessOffered")[0].args["accessId"])
    envelope = vault.share(dataset, coffee.brand, key.recipient, access_id=access_id)
    send(commons.accesses.functions.accept(access_id, envelope.digest), alice)
    return dataset, access_id


def test_g1_one_signed_withdrawal_closes_the_key_and_stops_the_money_in_its_block(
    live: Chain, local: LocalChain, coffee: Programme, alice: Any, vault: Vault, paid: tuple[DatasetId, int]
) -> None:
    (dataset, access_id), consents = paid, coffee.commons.consents
    can_read = coffee.commons.accesses.functions.canRead(access_id)
    withdrawal = consent_withdraw_all(
        domain=Domain("ConsentRegistry", live.chain_id, consents.address),
        customer=alice.address,
        brand=coffee.brand,
        nonce=0,
        deadline=live.now() + DAY,
    )

    receipt = relay(live, consents, "withdrawAllBySig", withdrawal, sign(withdrawal, alice), sender=local.accounts[9])

    block = receipt["blockNumber"]
    assert [live.call(can_read, block=number)[0] for number in (block - 1, block)] == [True, False]
    with pytest.raises(KeyReleaseRefused, match=f"as of block {block}"):
        vault.release(dataset, coffee.brand, purpose=RESEARCH, data_class=PURCHASES, access_id=access_id)
    live.sleep(DAY)
    settled = settle(
        live,
        coffee.commons.accesses,
        access_id,
        consents=consents,
        datasets=coffee.commons.datasets,
        sender=local.accounts[9],
    )
    withdrawn = live.rpc("eth_getBlockByNumber", [hex(block), False])["timestamp"]
    started = live.call(coffee.commons.accesses.functions.accessOf(access_id))[11]
    assert settled.paid == PRICE * (int(withdrawn, 16) - started) // MONTH


def test_g3_a_card_s_perks_follow_its_holder_and_her_consent_does_not(
    live: Chain, local: LocalChain, coffee: Programme, alice: Any, consented: None, send: Callable[..., Any]
) -> None:
    bob, cards, perks = local.accounts[6], coffee.cards.functions, coffee.perks.functions
    tier, price = coffee.tier_id("Barista"), 5 * 10**16
    bought = send(cards.buy(tier, alice.address, NATIVE, price), alice, price)
    card = live.events(bought, coffee.cards, "CardBought")[0].args["cardId"]
    left = live.call(perks.perksLeft(card))
    is_allowed = coffee.commons.consents.functions.isAllowed

    send(cards.transferFrom(alice.address, bob.address, card), alice)

    assert int.from_bytes(left, "big") > 0
    assert live.call(perks.perksLeft(card)) == left
    assert live.call(cards.ownerOf(card)) == bob.address
    assert live.call(is_allowed(alice.address, coffee.brand, RESEARCH, PURCHASES))
    assert not live.call(is_allowed(bob.address, coffee.brand, RESEARCH, PURCHASES))


def test_g5_she_is_paid_by_the_second_and_the_rest_goes_back(
    live: Chain, local: LocalChain, coffee: Programme, alice: Any, paid: tuple[DatasetId, int], send: Callable[..., Any]
) -> None:
    (_, access_id), commons = paid, coffee.commons
    accesses = commons.accesses.functions
    before = live.balance(alice.address)
    started = live.call(accesses.accessOf(access_id))[11]

    live.sleep(7 * DAY)
    collected = send(accesses.collect(access_id, 1), local.accounts[9])
    week = int(live.rpc("eth_getBlockByNumber", [hex(collected["blockNumber"]), False])["timestamp"], 16) - started
    earned = live.balance(alice.address) - before
    closed = live.transact(accesses.close(access_id), sender=alice)
    fee = closed["gasUsed"] * closed["effectiveGasPrice"]
    live.sleep(DAY)
    settle(
        live,
        commons.accesses,
        access_id,
        consents=commons.consents,
        datasets=commons.datasets,
        sender=local.accounts[9],
    )

    assert earned == PRICE * week // MONTH
    refunded = live.call(accesses.balanceOf(coffee.brand, NATIVE))
    assert live.balance(alice.address) - before + fee + refunded == PRICE
    assert live.balance(commons.accesses.address) == refunded
