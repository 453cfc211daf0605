"""A whole programme through the package, on Ganache and on anvil.

given a deployed programme
    it should be as recorded
    a proposal that passes should change what the DAO owns, and be seen by verification
    a card should be listed by a signature and bought by somebody else, as the order's file says
    a consent should end in the very block of its withdrawal
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from web3crm.chain import Chain, LocalChain
from web3crm.cli import (
    Order,
    find_proposal,
    make_order,
    order_status,
    proposals,
    propose,
    read_order,
    save_order,
    state_of,
)
from web3crm.deploy import Programme, verify
from web3crm.domain import NATIVE, NOTHING_LEFT
from web3crm.errors import InputError


def issue(live: Chain, coffee: Programme, customer: str, amount: int) -> None:
    issuer = coffee.params.roles.issuer[0].address
    live.transact(coffee.points.functions.issue(customer, amount, bytes(32)), sender=issuer)


def buy_card(live: Chain, coffee: Programme, customer: Any) -> int:
    price = coffee.params.card.tiers[0].native_price
    act = coffee.cards.functions.buy(1, customer.address, NATIVE, price)
    receipt = live.transact(act, sender=customer, value=price)
    (bought,) = live.events(receipt, coffee.cards, "CardBought")
    return int(bought.args["cardId"])


def test_the_programme_is_as_recorded(coffee: Programme) -> None:
    assert verify(coffee) == []


def test_a_proposal_that_passes_changes_the_budget(live: Chain, local: LocalChain, coffee: Programme) -> None:
    alice = local.accounts[3]
    issue(live, coffee, alice.address, 1_000 * 10**18)
    live.transact(coffee.points.functions.delegate(alice.address), sender=alice)
    live.sleep(1)
    act = coffee.points.functions.setIssuanceBudget(5 * 10**18, 60)
    proposal = propose(coffee, [act], "A small budget", sender=alice)
    assert proposals(coffee) == [proposal]
    live.sleep(coffee.params.governance.voting_delay + 1)
    live.transact(coffee.governor.functions.castVote(proposal.proposal_id, 1), sender=alice)
    live.sleep(coffee.params.governance.voting_period + 1)
    found = find_proposal(coffee, proposal.proposal_id)
    live.transact(coffee.governor.functions.queue(*found.call), sender=local.accounts[7])
    assert verify(coffee) == []
    live.sleep(coffee.params.governance.timelock_delay + 1)
    live.transact(coffee.governor.functions.execute(*found.call), sender=local.accounts[7])
    assert state_of(coffee, found) == "executed"
    assert [item.subject for item in verify(coffee)] == ["the issuance budget"]


def test_a_card_is_sold_by_an_orders_file(
    live: Chain, local: LocalChain, coffee: Programme, tmp_path: pathlib.Path
) -> None:
    alice, bob, market = local.accounts[3], local.accounts[4], coffee.commons.market
    card = buy_card(live, coffee, alice)
    live.transact(coffee.cards.functions.setApprovalForAll(market.address, True), sender=alice)
    order = make_order(
        coffee,
        seller=alice.address,
        card_id=card,
        currency=NATIVE,
        price=10**18,
        buyer=NATIVE,
        expires_at=live.now() + 60,
    )
    read = read_order(coffee, save_order(coffee, order, tmp_path))
    assert (read, order_status(live, coffee, read)) == (order, "open")
    act = market.functions.buy(read.as_tuple, read.signature, bob.address)
    live.transact(act, sender=bob, value=10**18)
    assert live.call(coffee.cards.functions.ownerOf(card)) == bob.address
    assert order_status(live, coffee, read) == "bought or cancelled"


def test_a_consent_ends_in_the_block_of_its_withdrawal(live: Chain, local: LocalChain, coffee: Programme) -> None:
    alice, consents = local.accounts[3], coffee.commons.consents.functions
    notice = consents.publishNotice(b"\x01" * 32, "ipfs://notice", 1, 1, 1, 30 * 86_400)
    live.transact(coffee.as_brand(notice), sender=coffee.params.roles.privacy[0].address)
    live.transact(consents.grant(coffee.brand, 1, 1, 1, live.now() + 1_000), sender=alice)
    receipt = live.transact(consents.withdrawAll(coffee.brand), sender=alice)
    question = consents.isAllowed(alice.address, coffee.brand, 0, 0)
    block = receipt["blockNumber"]
    assert (live.call(question, block=block - 1), live.call(question, block=block)) == (True, False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"collection": "0x00000000000000000000000000000000DeaDBeef"}, "sells a card of 0x0+DeaDBeef, not of coffee"),
        ({"seller": "0x12"}, "is not an order: .*seller must be a checksummed address"),
        ({"price": str(2**256)}, "is not an order: .*price must be a whole number"),
        ({"price": "-5"}, "is not an order: .*price must be a whole number"),
        ({"perksLeft": "0x01"}, "asks 0x0+ for the perks left, which is not coffee's"),
        ({"perksLeft": "one"}, "is not an order: `membership sell` makes one"),
    ],
)
def test_an_orders_file_that_was_tampered_with_is_told(
    local: LocalChain, coffee: Programme, tmp_path: pathlib.Path, change: dict[str, str], message: str
) -> None:
    alice = local.accounts[3].address
    values = dict.fromkeys(("cardId", "price", "tierId", "minExpiresAt", "expiresAt", "counter", "nonce"), 1)
    addresses = {"seller": alice, "collection": str(coffee.cards.address), "currency": NATIVE, "buyer": NATIVE}
    perks = {"perkDesk": NATIVE, "perksLeft": NOTHING_LEFT}
    path = save_order(coffee, Order({**values, **addresses, **perks}, bytes(65)), tmp_path)
    assert read_order(coffee, path).signature == bytes(65)
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "order": {**content["order"], **change}}))
    with pytest.raises(InputError, match=message):
        read_order(coffee, path)
