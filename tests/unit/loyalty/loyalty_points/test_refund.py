"""refund

given a caller without the refunder's role
    it should refuse
given no amount
    it should refuse
given more than was redeemed and not refunded
    it should refuse and say what can be, also when other points were burned
given no customer
    it should refuse
given an issuance budget that is used up
    it should refund all the same, and leave the budget as it is
given a customer that is a contract
    it should refund without asking her
otherwise
    it should credit the customer and count the points as refunded, not as issued
    it should tell who got what back for what
    it should raise the votes of the customer's delegate
    it should refund all that was redeemed, and nothing after that
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import BUDGET, POINT, REF, ZERO_ADDRESS
from tests.support.reverting import reverts

REFUNDER = 8


@pytest.fixture(scope="module")
def points(points, authority, brand, carol, alice):
    """Carol refunds; alice redeemed 30 of her 100 points."""
    authority.setTargetFunctionRole(points, [points.refund.signature], REFUNDER, {"from": brand})
    authority.grantRole(REFUNDER, carol, 0, {"from": brand})
    points.redeem(30 * POINT, REF, {"from": alice})
    return points


def test_refuses_a_caller_without_the_role(points, alice):
    with reverts("AccessManagedUnauthorized", alice):
        points.refund(alice, POINT, REF, {"from": alice})


def test_refuses_no_amount(points, carol, alice):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.refund(alice, 0, REF, {"from": carol})


def test_refuses_more_than_was_redeemed(points, carol, alice):
    with reverts("LoyaltyPoints_RefundExceedsRedeemed", 30 * POINT + 1, 30 * POINT):
        points.refund(alice, 30 * POINT + 1, REF, {"from": carol})


def test_refuses_an_amount_that_would_wrap_around(points, carol, alice):
    points.refund(alice, POINT, REF, {"from": carol})

    with reverts("LoyaltyPoints_RefundExceedsRedeemed", 2**256 - 1, 29 * POINT):
        points.refund(alice, 2**256 - 1, REF, {"from": carol})


def test_refuses_to_refund_what_was_burned(points, carol, alice):
    points.burn(50 * POINT, {"from": alice})

    with reverts("LoyaltyPoints_RefundExceedsRedeemed", 31 * POINT, 30 * POINT):
        points.refund(alice, 31 * POINT, REF, {"from": carol})


def test_refuses_no_customer(points, carol):
    with reverts("ERC20InvalidReceiver", ZERO_ADDRESS):
        points.refund(ZERO_ADDRESS, POINT, REF, {"from": carol})


def test_refunds_when_the_budget_is_used_up(points, carol, issuer, alice, bob):
    points.issue(bob, BUDGET - 150 * POINT, REF, {"from": issuer})
    used = points.issuanceBudget()[3]

    points.refund(alice, 30 * POINT, REF, {"from": carol})

    assert points.balanceOf(alice) == 100 * POINT
    assert (points.issuable(), points.issuanceBudget()[3]) == (0, used)


def test_refunds_to_a_contract(points, authority, carol):
    points.refund(authority, POINT, REF, {"from": carol})

    assert points.balanceOf(authority) == POINT


def test_credits_the_customer_and_counts_the_points_as_refunded(points, carol, alice):
    points.refund(alice, 20 * POINT, REF, {"from": carol})

    assert points.balanceOf(alice) == 90 * POINT
    assert points.totalSupply() == 140 * POINT
    assert (points.totalIssued(), points.totalRedeemed(), points.totalRefunded(), points.totalBurned()) == (
        150 * POINT,
        30 * POINT,
        20 * POINT,
        0,
    )


def test_tells_who_got_what_back_for_what(points, carol, alice):
    events = points.refund(alice, 20 * POINT, REF, {"from": carol}).events

    assert dict(events["PointsRefunded"]) == {"customer": alice, "ref": "0x" + REF.hex(), "amount": 20 * POINT}
    assert dict(events["Transfer"]) == {"from": ZERO_ADDRESS, "to": alice, "value": 20 * POINT}
    assert "PointsIssued" not in events


def test_raises_the_votes_of_the_delegate(points, carol, alice, bob):
    points.delegate(bob, {"from": alice})

    points.refund(alice, 20 * POINT, REF, {"from": carol})

    assert points.getVotes(bob) == 90 * POINT


def test_refunds_all_that_was_redeemed_and_nothing_more(points, carol, alice):
    points.refund(alice, 10 * POINT, REF, {"from": carol})
    points.refund(alice, 20 * POINT, REF, {"from": carol})

    assert points.totalRefunded() == points.totalRedeemed() == 30 * POINT
    with reverts("LoyaltyPoints_RefundExceedsRedeemed", 1, 0):
        points.refund(alice, 1, REF, {"from": carol})
