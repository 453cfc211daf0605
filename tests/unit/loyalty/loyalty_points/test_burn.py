"""burn, burnFrom

given no amount
    it should refuse, also when someone else burns
given more than the customer holds
    it should refuse
given a caller without enough allowance
    it should refuse
otherwise
    it should take the points out of the supply and count them as burned, not as redeemed
    it should tell whose points were burned
    it should spend the allowance of whoever burns for the customer
given an authority that closed the points
    it should burn and redeem all the same
"""

from __future__ import annotations

from tests.support.loyalty import POINT, REF
from tests.support.reverting import reverts


def test_refuses_no_amount(points, alice):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.burn(0, {"from": alice})


def test_refuses_no_amount_in_another_customer_s_name(points, alice, stranger):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.burnFrom(alice, 0, {"from": stranger})


def test_refuses_more_than_the_customer_holds(points, alice):
    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, 100 * POINT + 1):
        points.burn(100 * POINT + 1, {"from": alice})


def test_refuses_more_than_the_customer_holds_whatever_she_allowed(points, alice, bob):
    points.approve(bob, 2**256 - 1, {"from": alice})

    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, 100 * POINT + 1):
        points.burnFrom(alice, 100 * POINT + 1, {"from": bob})


def test_refuses_a_caller_without_enough_allowance(points, alice, bob):
    points.approve(bob, 5, {"from": alice})

    with reverts("ERC20InsufficientAllowance", bob, 5, 6):
        points.burnFrom(alice, 6, {"from": bob})


def test_takes_the_points_out_of_the_supply_and_counts_them(points, alice):
    points.burn(30 * POINT, {"from": alice})

    assert points.balanceOf(alice) == 70 * POINT
    assert points.totalSupply() == 120 * POINT
    assert (points.totalIssued(), points.totalRedeemed(), points.totalBurned()) == (150 * POINT, 0, 30 * POINT)


def test_tells_whose_points_were_burned(points, alice):
    events = points.burn(30 * POINT, {"from": alice}).events

    assert dict(events["PointsBurned"]) == {"customer": alice, "amount": 30 * POINT}


def test_spends_the_allowance(points, alice, bob):
    points.approve(bob, 30 * POINT, {"from": alice})

    points.burnFrom(alice, 20 * POINT, {"from": bob})

    assert points.allowance(alice, bob) == 10 * POINT
    assert points.balanceOf(alice) == 80 * POINT
    assert points.totalBurned() == 20 * POINT


def test_burns_and_redeems_when_the_brand_closed_the_points(points, authority, alice, brand):
    authority.setTargetClosed(points, True, {"from": brand})

    points.burn(30 * POINT, {"from": alice})
    points.redeem(30 * POINT, REF, {"from": alice})

    assert points.balanceOf(alice) == 40 * POINT
