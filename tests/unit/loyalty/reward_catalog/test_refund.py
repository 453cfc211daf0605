"""refund

given a caller without the role
    it should refuse, the customer too
given an order that does not exist, or that was cancelled or refunded
    it should refuse
given an open order
    it should give the points back, and the stock and the customer's place with them
given a fulfilled order
    it should give the points back, but neither stock nor place
given an issuance budget that is used up, or a window that is over
    it should refund
given a customer that is a contract
    it should refund without asking her
given a refunder's key that somebody got by mistake and used
    it should never make more points than were redeemed
otherwise
    it should tell it, also in the points
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.loyalty import BUDGET, POINT
from tests.support.loyalty import REF as ISSUE
from tests.support.reverting import reverts
from tests.support.rewards import MUG, REF, REFUNDER, State, add, redeem, state_of, stock_of


@pytest.fixture
def order(catalog, mug, alice):
    return redeem(catalog, mug, alice)


@pytest.mark.parametrize("someone", ["stranger", "alice", "brand"])
def test_refuses_a_caller_without_the_role(catalog, order, request, someone):
    caller = request.getfixturevalue(someone)

    with reverts("AccessManagedUnauthorized", caller):
        catalog.refund(order, {"from": caller})


@pytest.mark.parametrize("order_id", [0, 2, 2**256 - 1])
def test_refuses_an_order_that_does_not_exist(catalog, order, issuer, order_id):
    with reverts("RewardCatalog_NotRefundable", order_id, State.NONE):
        catalog.refund(order_id, {"from": issuer})


def test_refuses_a_cancelled_order(catalog, points, order, issuer, alice):
    catalog.cancel(order, {"from": alice})

    with reverts("RewardCatalog_NotRefundable", order, State.CANCELLED):
        catalog.refund(order, {"from": issuer})
    assert points.balanceOf(alice) == 100 * POINT


def test_refuses_a_refunded_order(catalog, points, order, issuer, alice):
    catalog.fulfil([order], {"from": issuer})
    catalog.refund(order, {"from": issuer})

    with reverts("RewardCatalog_NotRefundable", order, State.REFUNDED):
        catalog.refund(order, {"from": issuer})
    assert points.balanceOf(alice) == 100 * POINT


def test_gives_back_an_open_order_s_points_stock_and_place(catalog, points, mug, order, issuer, alice):
    catalog.refund(order, {"from": issuer})

    assert state_of(catalog, order) == State.REFUNDED
    assert points.balanceOf(alice) == 100 * POINT
    assert (stock_of(catalog, mug), catalog.redeemedBy(mug, alice)) == (MUG.stock, 0)


def test_gives_back_a_fulfilled_order_s_points_alone(catalog, points, mug, order, issuer, alice):
    catalog.fulfil([order], {"from": issuer})

    catalog.refund(order, {"from": issuer})

    assert state_of(catalog, order) == State.REFUNDED
    assert points.balanceOf(alice) == 100 * POINT
    assert (stock_of(catalog, mug), catalog.redeemedBy(mug, alice)) == (MUG.stock - 1, 1)


def test_refunds_when_budget_and_window_are_used_up(catalog, points, mug, issuer, alice, bob, chain):
    short = add(catalog, replace(MUG, until=chain[-1].timestamp + 100), sender=issuer)
    order = redeem(catalog, short, alice)
    points.issue(bob, BUDGET - 150 * POINT, ISSUE, {"from": issuer})
    chain.sleep(200)

    catalog.refund(order, {"from": issuer})

    assert (points.issuable(), points.balanceOf(alice)) == (0, 100 * POINT)


def test_refunds_to_a_contract_without_asking_her(catalog, points, mug, receiver, issuer, deployer):
    receiver.execute(catalog, catalog.redeem.encode_input(mug, REF), {"from": deployer})
    receiver.setAct(catalog, catalog.redeem.encode_input(mug, REF), {"from": deployer})

    catalog.refund(1, {"from": issuer})

    assert points.balanceOf(receiver) == 100 * POINT
    assert catalog.orderCount() == 1


def test_never_makes_more_points_than_were_redeemed(catalog, points, authority, order, brand, issuer, stranger):
    authority.grantRole(REFUNDER, stranger, 0, {"from": brand})
    points.refund(stranger, MUG.price, REF, {"from": stranger})

    with reverts("LoyaltyPoints_RefundExceedsRedeemed", MUG.price, 0):
        catalog.refund(order, {"from": issuer})
    assert (state_of(catalog, order), points.totalSupply()) == (State.OPEN, points.totalIssued())


def test_tells_it_also_in_the_points(catalog, order, issuer, alice):
    events = catalog.refund(order, {"from": issuer}).events

    assert dict(events["OrderRefunded"]) == {"orderId": order}
    assert dict(events["PointsRefunded"]) == {
        "customer": alice,
        "ref": "0x" + order.to_bytes(32, "big").hex(),
        "amount": MUG.price,
    }
