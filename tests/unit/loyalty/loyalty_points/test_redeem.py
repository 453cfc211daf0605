"""redeem, redeemFrom

given no amount
    it should refuse, also when someone else redeems
given more than the customer holds
    it should refuse
given a caller without enough allowance
    it should refuse
otherwise
    it should take the points out of the supply and count them as redeemed
    it should tell whose points were redeemed, by whom and what for
    it should spend the allowance of whoever redeems for the customer
    it should lower the votes of the customer's delegate
"""

from __future__ import annotations

from tests.support.loyalty import POINT, REF
from tests.support.reverting import reverts


def test_refuses_no_amount(points, alice):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.redeem(0, REF, {"from": alice})


def test_refuses_no_amount_in_another_customer_s_name(points, alice, stranger):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.redeemFrom(alice, 0, REF, {"from": stranger})


def test_refuses_more_than_the_customer_holds(points, alice):
    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, 100 * POINT + 1):
        points.redeem(100 * POINT + 1, REF, {"from": alice})


def test_refuses_more_than_the_customer_holds_whatever_she_allowed(points, alice, bob):
    points.approve(bob, 2**256 - 1, {"from": alice})

    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, 100 * POINT + 1):
        points.redeemFrom(alice, 100 * POINT + 1, REF, {"from": bob})


def test_refuses_a_caller_without_enough_allowance(points, alice, bob):
    points.approve(bob, 5, {"from": alice})

    with reverts("ERC20InsufficientAllowance", bob, 5, 6):
        points.redeemFrom(alice, 6, REF, {"from": bob})


def test_takes_the_points_out_of_the_supply_and_counts_them(points, alice):
    points.redeem(30 * POINT, REF, {"from": alice})

    assert points.balanceOf(alice) == 70 * POINT
    assert points.totalSupply() == 120 * POINT
    assert (points.totalIssued(), points.totalRedeemed(), points.totalBurned()) == (150 * POINT, 30 * POINT, 0)


def test_tells_whose_points_and_what_for(points, alice):
    events = points.redeem(30 * POINT, REF, {"from": alice}).events

    assert dict(events["PointsRedeemed"]) == {
        "customer": alice,
        "redeemer": alice,
        "ref": "0x" + REF.hex(),
        "amount": 30 * POINT,
    }


def test_tells_who_redeemed_for_the_customer(points, alice, bob):
    points.approve(bob, 30 * POINT, {"from": alice})

    events = points.redeemFrom(alice, 30 * POINT, REF, {"from": bob}).events

    assert dict(events["PointsRedeemed"]) == {
        "customer": alice,
        "redeemer": bob,
        "ref": "0x" + REF.hex(),
        "amount": 30 * POINT,
    }


def test_spends_the_allowance(points, alice, bob):
    points.approve(bob, 30 * POINT, {"from": alice})

    points.redeemFrom(alice, 20 * POINT, REF, {"from": bob})

    assert points.allowance(alice, bob) == 10 * POINT
    assert (points.balanceOf(alice), points.balanceOf(bob)) == (80 * POINT, 50 * POINT)
    assert points.totalRedeemed() == 20 * POINT


def test_lowers_the_votes_of_the_delegate(points, alice, bob):
    points.delegate(bob, {"from": alice})

    points.redeem(30 * POINT, REF, {"from": alice})

    assert points.getVotes(bob) == 70 * POINT
