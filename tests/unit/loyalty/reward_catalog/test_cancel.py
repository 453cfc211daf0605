"""cancel

given an order of another customer's, or none
    it should refuse, also the brand's staff
given an order that was fulfilled, cancelled or refunded
    it should refuse
given an order that the brand never fulfils
    it should cancel it long after the window's end
given an issuance budget that is used up
    it should cancel
given a catalog that the brand closed
    it should cancel
given a catalog whose right to refund the brand took away, or closed the points to
    it should refuse and leave the order open, to be cancelled when the right is back
otherwise
    it should give back exactly what was burned, once, and the votes with it
    it should give back the stock and the customer's place
    it should tell it, also in the points
    it should leave other orders alone
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.loyalty import BUDGET, POINT
from tests.support.loyalty import REF as ISSUE
from tests.support.reverting import reverts
from tests.support.rewards import MUG, REFUNDER, State, add, redeem, state_of, stock_of

YEARS = 10 * 365 * 86_400


@pytest.fixture
def order(catalog, mug, alice):
    return redeem(catalog, mug, alice)


def test_refuses_another_customer(catalog, order, bob):
    with reverts("RewardCatalog_NotCustomer", order, bob):
        catalog.cancel(order, {"from": bob})


def test_refuses_the_staff(catalog, order, issuer):
    with reverts("RewardCatalog_NotCustomer", order, issuer):
        catalog.cancel(order, {"from": issuer})


@pytest.mark.parametrize("order_id", [0, 2, 2**256 - 1])
def test_refuses_an_order_that_does_not_exist(catalog, order, alice, order_id):
    with reverts("RewardCatalog_NotCustomer", order_id, alice):
        catalog.cancel(order_id, {"from": alice})


def test_refuses_a_fulfilled_order(catalog, points, order, issuer, alice):
    catalog.fulfil([order], {"from": issuer})

    with reverts("RewardCatalog_NotOpen", order, State.FULFILLED):
        catalog.cancel(order, {"from": alice})
    assert points.balanceOf(alice) == 90 * POINT


def test_refuses_a_cancelled_order(catalog, points, order, alice):
    catalog.cancel(order, {"from": alice})

    with reverts("RewardCatalog_NotOpen", order, State.CANCELLED):
        catalog.cancel(order, {"from": alice})
    assert points.balanceOf(alice) == 100 * POINT


def test_refuses_a_refunded_order(catalog, points, order, issuer, alice):
    catalog.refund(order, {"from": issuer})

    with reverts("RewardCatalog_NotOpen", order, State.REFUNDED):
        catalog.cancel(order, {"from": alice})
    assert points.balanceOf(alice) == 100 * POINT


def test_cancels_long_after_the_window(catalog, points, mug, issuer, alice, chain):
    short = add(catalog, replace(MUG, until=chain[-1].timestamp + 100), sender=issuer)
    order = redeem(catalog, short, alice)
    chain.sleep(YEARS)

    catalog.cancel(order, {"from": alice})

    assert (state_of(catalog, order), points.balanceOf(alice)) == (State.CANCELLED, 100 * POINT)


def test_cancels_when_the_budget_is_used_up(catalog, points, order, issuer, alice, bob):
    points.issue(bob, BUDGET - 150 * POINT, ISSUE, {"from": issuer})

    catalog.cancel(order, {"from": alice})

    assert (points.issuable(), points.balanceOf(alice)) == (0, 100 * POINT)


def test_cancels_when_the_brand_closed_the_catalog(catalog, points, authority, order, brand, alice):
    authority.setTargetClosed(catalog, True, {"from": brand})

    catalog.cancel(order, {"from": alice})

    assert points.balanceOf(alice) == 100 * POINT


def test_keeps_the_order_open_while_the_catalog_may_not_refund(catalog, points, authority, order, brand, alice):
    authority.revokeRole(REFUNDER, catalog, {"from": brand})

    with reverts("AccessManagedUnauthorized", catalog):
        catalog.cancel(order, {"from": alice})
    assert state_of(catalog, order) == State.OPEN
    authority.grantRole(REFUNDER, catalog, 0, {"from": brand})
    catalog.cancel(order, {"from": alice})
    assert points.balanceOf(alice) == 100 * POINT


def test_keeps_the_order_open_while_the_brand_closed_the_points(catalog, points, authority, order, brand, alice):
    authority.setTargetClosed(points, True, {"from": brand})

    with reverts("AccessManagedUnauthorized", catalog):
        catalog.cancel(order, {"from": alice})
    assert state_of(catalog, order) == State.OPEN
    authority.setTargetClosed(points, False, {"from": brand})
    catalog.cancel(order, {"from": alice})
    assert points.balanceOf(alice) == 100 * POINT


def test_gives_back_what_was_burned_and_the_votes_with_it(catalog, points, order, alice):
    points.delegate(alice, {"from": alice})

    catalog.cancel(order, {"from": alice})

    assert points.balanceOf(alice) == points.getVotes(alice) == 100 * POINT
    assert (points.totalRedeemed(), points.totalRefunded()) == (MUG.price, MUG.price)
    assert (points.totalSupply(), points.totalIssued()) == (150 * POINT, 150 * POINT)


def test_gives_back_the_stock_and_the_customer_s_place(catalog, mug, order, alice):
    catalog.cancel(order, {"from": alice})

    assert (stock_of(catalog, mug), catalog.redeemedBy(mug, alice)) == (MUG.stock, 0)


def test_tells_it_also_in_the_points(catalog, order, alice):
    events = catalog.cancel(order, {"from": alice}).events

    assert dict(events["OrderCancelled"]) == {"orderId": order}
    assert dict(events["PointsRefunded"]) == {
        "customer": alice,
        "ref": "0x" + order.to_bytes(32, "big").hex(),
        "amount": MUG.price,
    }


def test_leaves_other_orders_alone(catalog, points, mug, order, alice, bob):
    another, his = redeem(catalog, mug, alice), redeem(catalog, mug, bob)

    catalog.cancel(another, {"from": alice})

    assert [state_of(catalog, each) for each in (order, another, his)] == [State.OPEN, State.CANCELLED, State.OPEN]
    assert (points.balanceOf(alice), points.balanceOf(bob)) == (90 * POINT, 40 * POINT)
    assert (catalog.redeemedBy(mug, alice), catalog.redeemedBy(mug, bob)) == (1, 1)
