"""fulfil

given a caller without the role
    it should refuse, the customer too
given orders that are open
    it should fulfil and tell each of them
given orders that are fulfilled, cancelled, refunded or do not exist among them
    it should pass them over and fulfil the others
given the same order twice
    it should tell it once
given no orders
    it should do nothing
given a cancellation and a fulfilment at the same time
    it should let the one that is mined first win
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import POINT
from tests.support.reverting import reverts
from tests.support.rewards import MUG, State, redeem, state_of, stock_of


@pytest.fixture
def orders(catalog, mug, alice, bob):
    """Two of alice's and two of bob's."""
    return [redeem(catalog, mug, customer) for customer in (alice, alice, bob, bob)]


def fulfilled(tx):
    return [event["orderId"] for event in tx.events["OrderFulfilled"]]


@pytest.mark.parametrize("someone", ["stranger", "alice", "brand"])
def test_refuses_a_caller_without_the_role(catalog, orders, request, someone):
    caller = request.getfixturevalue(someone)

    with reverts("AccessManagedUnauthorized", caller):
        catalog.fulfil(orders, {"from": caller})


def test_fulfils_and_tells_each(catalog, points, mug, orders, issuer):
    tx = catalog.fulfil(orders, {"from": issuer})

    assert [dict(event) for event in tx.events["OrderFulfilled"]] == [
        {"orderId": order, "cardId": 0} for order in orders
    ]
    assert [state_of(catalog, order) for order in orders] == [State.FULFILLED] * 4
    assert (stock_of(catalog, mug), points.totalRefunded()) == (MUG.stock - 4, 0)


def test_leaves_the_rest_of_the_order_as_it_was(catalog, orders, mug, alice, issuer):
    at = catalog.order(orders[0])[3]

    catalog.fulfil(orders, {"from": issuer})

    assert catalog.order(orders[0]) == (alice, mug, State.FULFILLED, at, MUG.price)


def test_passes_over_what_is_not_open(catalog, points, orders, alice, issuer):
    cancelled, refunded, done, open_ = orders
    catalog.cancel(cancelled, {"from": alice})
    catalog.refund(refunded, {"from": issuer})
    catalog.fulfil([done], {"from": issuer})

    tx = catalog.fulfil([0, cancelled, refunded, 99, done, open_], {"from": issuer})

    assert fulfilled(tx) == [open_]
    assert [state_of(catalog, order) for order in orders] == [
        State.CANCELLED,
        State.REFUNDED,
        State.FULFILLED,
        State.FULFILLED,
    ]
    assert [state_of(catalog, order) for order in (0, 99)] == [State.NONE, State.NONE]
    assert points.balanceOf(alice) == 100 * POINT


def test_tells_once_what_is_named_twice(catalog, orders, issuer):
    assert fulfilled(catalog.fulfil([orders[1], orders[1]], {"from": issuer})) == [orders[1]]


def test_does_nothing_without_orders(catalog, orders, issuer):
    assert "OrderFulfilled" not in catalog.fulfil([], {"from": issuer}).events


def test_fulfils_nothing_that_was_cancelled_first(catalog, points, orders, alice, issuer):
    catalog.cancel(orders[0], {"from": alice})

    assert fulfilled(catalog.fulfil(orders, {"from": issuer})) == orders[1:]
    assert points.balanceOf(alice) == 90 * POINT


def test_lets_nobody_cancel_what_was_fulfilled_first(catalog, points, orders, alice, issuer):
    catalog.fulfil(orders, {"from": issuer})

    with reverts("RewardCatalog_NotOpen", orders[0], State.FULFILLED):
        catalog.cancel(orders[0], {"from": alice})
    assert points.balanceOf(alice) == 80 * POINT
