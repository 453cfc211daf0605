"""PointsExchange.fund

given a pair with terms that hold
├── when anyone funds it
│   ├── it should take the points, for the brand whose points they are
│   ├── it should use up no cap
│   └── it should emit ReserveFunded
├── when the points are not in the pair
│   └── it should revert
├── when the amount is zero, or beyond the books
│   └── it should revert
└── when the caller has too few points or did not approve
    └── it should revert
"""

from __future__ import annotations

import pytest

from tests.support.exchange import CAP, RESERVE
from tests.support.loyalty import POINT
from tests.support.reverting import reverts


@pytest.mark.parametrize(("who", "side"), [("coffee", 0), ("books", 1)])
def test_takes_the_points_for_their_brand(request, exchange, agreed, who, side, alice):
    brand = request.getfixturevalue(who)
    exchange.fund(agreed, brand.points, 10 * POINT, {"from": alice})

    assert exchange.pair(agreed)[4 + side] == 10 * POINT
    assert exchange.settlement(agreed) == (0, 0)
    assert exchange.withdrawable(agreed, brand.address, brand.points) == 10 * POINT
    assert brand.points.balanceOf(exchange) == 10 * POINT
    assert brand.points.balanceOf(alice) == 990 * POINT


def test_adds_to_what_is_there(exchange, pair_id, coffee, alice, state):
    exchange.fund(pair_id, coffee.points, 10, {"from": alice})

    assert state() == (RESERVE + 10, RESERVE, 0, 0)


def test_uses_up_no_cap(exchange, pair_id, coffee, alice):
    exchange.fund(pair_id, coffee.points, 10, {"from": alice})

    assert exchange.swappable(pair_id, coffee.points) == CAP


def test_emits_reserve_funded(exchange, pair_id, coffee, alice):
    event = exchange.fund(pair_id, coffee.points, 10, {"from": alice}).events["ReserveFunded"]

    assert dict(event) == {"pairId": "0x" + pair_id.hex(), "points": coffee.points, "from": alice, "amount": 10}


def test_reverts_on_points_of_no_side(exchange, pair_id, crook, alice):
    with reverts("PointsExchange_NotInPair", pair_id, crook.points):
        exchange.fund(pair_id, crook.points, 10, {"from": alice})


def test_reverts_on_no_amount(exchange, pair_id, coffee, alice):
    with reverts("PointsExchange_ZeroAmount"):
        exchange.fund(pair_id, coffee.points, 0, {"from": alice})


def test_reverts_on_an_amount_beyond_128_bits(exchange, pair_id, coffee, alice):
    with reverts("SafeCastOverflowedUintDowncast", 128, 2**128):
        exchange.fund(pair_id, coffee.points, 2**128, {"from": alice})


def test_reverts_on_a_sum_beyond_128_bits(exchange, pair_id, coffee, alice):
    with reverts("Integer overflow"):
        exchange.fund(pair_id, coffee.points, 2**128 - RESERVE, {"from": alice})


def test_reverts_on_more_than_the_caller_has(exchange, pair_id, coffee, alice):
    with reverts("ERC20InsufficientBalance", alice, 1_000 * POINT, 1_000 * POINT + 1):
        exchange.fund(pair_id, coffee.points, 1_000 * POINT + 1, {"from": alice})


def test_reverts_without_an_allowance(exchange, pair_id, coffee, alice):
    coffee.points.approve(exchange, 9, {"from": alice})

    with reverts("ERC20InsufficientAllowance", exchange, 9, 10):
        exchange.fund(pair_id, coffee.points, 10, {"from": alice})
