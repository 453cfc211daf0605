"""redeem, for a reward that grants a card

given room in the tier
    it should grant the customer the card and fulfil the order in the same call
    it should tell which card
    it should leave nothing to cancel or to fulfil
given a tier that is sold out
    it should refuse, and take neither points nor stock
given a customer whose contract takes no cards
    it should refuse
given a customer whose contract acts when the card arrives
    it should not let her past the limit
    it should let her redeem again below it, once for each order
    it should not let her cancel the order, nor one of another customer's
    it should let her cancel an order of goods
when the brand refunds the order
    it should give the points back once, and the card stays
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi import encode
from eth_utils.crypto import keccak

from tests.support.loyalty import POINT
from tests.support.reverting import reverts
from tests.support.rewards import CLUB, MUG, REF, State, add, redeem, state_of, stock_of

WRONG_VALUE = 1


@pytest.fixture
def single(catalog, club, issuer):
    """A card that each customer gets once."""
    return add(catalog, replace(CLUB, limit=1), sender=issuer)


def refusal(signature, types, *values):
    """What a call that was refused with this error returned."""
    return keccak(text=signature)[:4] + encode(types, values)


def redeem_through(receiver, catalog, reward_id, sender):
    return receiver.execute(catalog, catalog.redeem.encode_input(reward_id, REF), {"from": sender})


def test_grants_the_card_and_fulfils_the_order(catalog, points, cards, club, alice):
    order = redeem(catalog, club, alice)

    assert cards.ownerOf(1) == alice
    assert cards.cardOf(1)[0] == CLUB.tier_id
    assert state_of(catalog, order) == State.FULFILLED
    assert points.balanceOf(alice) == 80 * POINT
    assert (stock_of(catalog, club), catalog.redeemedBy(club, alice)) == (CLUB.stock - 1, 1)


def test_tells_which_card(catalog, cards, club, alice, issuer):
    cards.grantCard(alice, 1, {"from": issuer})

    events = catalog.redeem(club, REF, {"from": alice}).events

    assert dict(events["OrderFulfilled"]) == {"orderId": 1, "cardId": 2}
    assert events["CardGranted"]["cardId"] == 2


def test_leaves_nothing_to_cancel_or_to_fulfil(catalog, club, alice, issuer):
    order = redeem(catalog, club, alice)

    with reverts("RewardCatalog_NotOpen", order, State.FULFILLED):
        catalog.cancel(order, {"from": alice})
    assert "OrderFulfilled" not in catalog.fulfil([order], {"from": issuer}).events


def test_refuses_when_the_tier_is_sold_out(catalog, points, cards, club, alice, bob, issuer):
    redeem(catalog, club, alice)
    redeem(catalog, club, alice)

    with reverts("MembershipCard_SoldOut", CLUB.tier_id):
        catalog.redeem(club, REF, {"from": bob})
    assert points.balanceOf(bob) == 50 * POINT
    assert (stock_of(catalog, club), catalog.orderCount()) == (CLUB.stock - 2, 2)


def test_refuses_a_contract_that_takes_no_cards(catalog, points, club, receiver, alice):
    receiver.setAnswer(WRONG_VALUE, {"from": alice})

    with reverts("ERC721InvalidReceiver", receiver):
        redeem_through(receiver, catalog, club, alice)
    assert points.balanceOf(receiver) == 100 * POINT


def test_does_not_let_her_past_the_limit_from_within(catalog, cards, single, receiver, alice):
    receiver.setAct(catalog, catalog.redeem.encode_input(single, REF), {"from": alice})

    redeem_through(receiver, catalog, single, alice)

    assert not receiver.actSucceeded()
    assert bytes(receiver.actResult()) == refusal(
        "RewardCatalog_LimitReached(uint32,address,uint32)",
        ["uint32", "address", "uint32"],
        single,
        receiver.address,
        1,
    )
    assert (cards.balanceOf(receiver), catalog.orderCount()) == (1, 1)


def test_lets_her_redeem_again_below_the_limit_from_within(catalog, points, cards, club, receiver, alice):
    receiver.setAct(catalog, catalog.redeem.encode_input(club, REF), {"from": alice})

    events = redeem_through(receiver, catalog, club, alice).events

    assert receiver.actSucceeded()
    # The inner order is told first: each event names its own order and card.
    assert [tuple(event.values()) for event in events["OrderFulfilled"]] == [(2, 2), (1, 1)]
    assert cards.balanceOf(receiver) == catalog.redeemedBy(club, receiver) == 2
    assert (points.balanceOf(receiver), stock_of(catalog, club)) == (60 * POINT, CLUB.stock - 2)


def test_does_not_let_her_cancel_the_order_from_within(catalog, points, club, receiver, alice):
    receiver.setAct(catalog, catalog.cancel.encode_input(1), {"from": alice})

    redeem_through(receiver, catalog, club, alice)

    assert bytes(receiver.actResult()) == refusal(
        "RewardCatalog_NotOpen(uint256,uint8)", ["uint256", "uint8"], 1, State.FULFILLED
    )
    assert points.balanceOf(receiver) == 80 * POINT


def test_does_not_let_her_cancel_another_customer_s_order_from_within(catalog, mug, club, receiver, alice, bob):
    his = redeem(catalog, mug, bob)
    receiver.setAct(catalog, catalog.cancel.encode_input(his), {"from": alice})

    redeem_through(receiver, catalog, club, alice)

    assert bytes(receiver.actResult()) == refusal(
        "RewardCatalog_NotCustomer(uint256,address)", ["uint256", "address"], his, receiver.address
    )
    assert state_of(catalog, his) == State.OPEN


def test_lets_her_cancel_an_order_of_goods_from_within(catalog, points, mug, club, receiver, alice):
    redeem_through(receiver, catalog, mug, alice)
    receiver.setAct(catalog, catalog.cancel.encode_input(1), {"from": alice})

    redeem_through(receiver, catalog, club, alice)

    assert receiver.actSucceeded()
    assert [state_of(catalog, order) for order in (1, 2)] == [State.CANCELLED, State.FULFILLED]
    assert points.balanceOf(receiver) == 80 * POINT
    assert (stock_of(catalog, mug), stock_of(catalog, club)) == (MUG.stock, CLUB.stock - 1)


def test_leaves_the_card_with_its_holder_when_the_brand_refunds(catalog, points, cards, club, alice, issuer):
    order = redeem(catalog, club, alice)

    catalog.refund(order, {"from": issuer})

    assert (points.balanceOf(alice), cards.ownerOf(1)) == (100 * POINT, alice)
    assert (stock_of(catalog, club), catalog.redeemedBy(club, alice)) == (CLUB.stock - 1, 1)
    with reverts("RewardCatalog_NotRefundable", order, State.REFUNDED):
        catalog.refund(order, {"from": issuer})
