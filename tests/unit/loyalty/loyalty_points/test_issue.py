"""issue

given a caller without the issuer's role
    it should refuse
given no amount
    it should refuse
given more than is issuable
    it should refuse and say what is
given no recipient
    it should refuse
given the whole budget
    it should issue it
otherwise
    it should credit the recipient and count the points as issued
    it should tell who issued what for
    it should raise the votes of the recipient's delegate
    it should write the supply of the moment for votes
"""

from __future__ import annotations

from tests.support.loyalty import BUDGET, POINT, REF, ZERO_ADDRESS
from tests.support.reverting import reverts

REST = BUDGET - 150 * POINT


def test_refuses_a_caller_without_the_role(points, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        points.issue(stranger, POINT, REF, {"from": stranger})


def test_refuses_no_amount(points, issuer, carol):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.issue(carol, 0, REF, {"from": issuer})


def test_refuses_more_than_is_issuable(points, issuer, carol):
    with reverts("LoyaltyPoints_BudgetExceeded", REST + 1, REST):
        points.issue(carol, REST + 1, REF, {"from": issuer})


def test_refuses_an_amount_that_would_wrap_around_in_the_budget_s_type(points, issuer, carol):
    with reverts("LoyaltyPoints_BudgetExceeded", 2**128 + 1, REST):
        points.issue(carol, 2**128 + 1, REF, {"from": issuer})


def test_refuses_no_recipient(points, issuer):
    with reverts("ERC20InvalidReceiver", ZERO_ADDRESS):
        points.issue(ZERO_ADDRESS, POINT, REF, {"from": issuer})


def test_issues_the_whole_budget(points, issuer, carol):
    points.issue(carol, REST, REF, {"from": issuer})

    assert points.issuable() == 0


def test_credits_the_recipient_and_counts_the_points_as_issued(points, issuer, carol):
    points.issue(carol, 7 * POINT, REF, {"from": issuer})

    assert points.balanceOf(carol) == 7 * POINT
    assert points.totalSupply() == 157 * POINT
    assert points.totalIssued() == 157 * POINT


def test_tells_who_issued_what_for(points, issuer, carol):
    events = points.issue(carol, 7 * POINT, REF, {"from": issuer}).events

    assert dict(events["PointsIssued"]) == {"issuer": issuer, "ref": "0x" + REF.hex(), "amount": 7 * POINT}
    assert dict(events["Transfer"]) == {"from": ZERO_ADDRESS, "to": carol, "value": 7 * POINT}


def test_raises_the_votes_of_the_recipient_s_delegate(points, issuer, alice, carol):
    points.delegate(carol, {"from": alice})

    points.issue(alice, 7 * POINT, REF, {"from": issuer})

    assert points.getVotes(carol) == 107 * POINT


def test_writes_the_supply_of_the_moment_for_votes(points, issuer, carol, chain):
    chain.sleep(10)
    at = points.issue(carol, 7 * POINT, REF, {"from": issuer}).timestamp
    chain.sleep(10)
    chain.mine()

    assert points.getPastTotalSupply(at - 1) == 150 * POINT
    assert points.getPastTotalSupply(at) == 157 * POINT
