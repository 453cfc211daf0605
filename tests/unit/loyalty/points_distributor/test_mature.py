"""mature

given no pending root
    it should refuse
given a pending root that is not due
    it should refuse until the very second
given a distributor that may not issue points
    it should refuse
given points that are closed
    it should refuse
given a rise beyond what is issuable
    it should refuse, and mature once the budget allows it
otherwise, for anyone
    it should pay by the root from now on and hold none as pending
    it should issue what the total rises by to itself, for that root, and tell so
    it should issue as much when somebody sent points there before
given a total that does not rise
    it should issue nothing
    it should mature without a budget and without the role
"""

from __future__ import annotations

from tests.support.clock import mine_at
from tests.support.loyalty import BUDGET, ISSUER, PERIOD, POINT
from tests.support.reverting import reverts
from tests.unit.loyalty.points_distributor.publishing import FIRST, fallen_due, published, use_up_the_budget

ROOT, NO_ROOT = b"\x11" * 32, bytes(32)
TOTAL = sum(FIRST)


def test_refuses_when_nothing_is_pending(distributor, stranger):
    with reverts("PointsDistributor_NotPending", NO_ROOT):
        distributor.mature({"from": stranger})


def test_refuses_when_the_last_one_has_matured(distributor, first, stranger):
    with reverts("PointsDistributor_NotPending", NO_ROOT):
        distributor.mature({"from": stranger})


def test_refuses_until_the_very_second(distributor, issuer, stranger):
    due = published(distributor, ROOT, TOTAL, issuer)
    a_second_before, at_the_second = mine_at(due - 1), mine_at(due)

    with reverts("PointsDistributor_NotDue", ROOT, due):
        distributor.mature.call({"from": stranger}, block_identifier=a_second_before)

    assert distributor.mature.call({"from": stranger}, block_identifier=at_the_second) == ()


def test_refuses_when_it_may_not_issue(distributor, authority, issuer, brand, stranger):
    fallen_due(distributor, ROOT, TOTAL, issuer)
    authority.revokeRole(ISSUER, distributor, {"from": brand})

    with reverts("AccessManagedUnauthorized", distributor):
        distributor.mature({"from": stranger})


def test_refuses_when_the_points_are_closed(distributor, points, authority, issuer, brand, stranger):
    fallen_due(distributor, ROOT, TOTAL, issuer)
    authority.setTargetClosed(points, True, {"from": brand})

    with reverts("AccessManagedUnauthorized", distributor):
        distributor.mature({"from": stranger})


def test_refuses_more_than_is_issuable_and_matures_once_it_is(distributor, points, first, issuer, stranger, chain):
    fallen_due(distributor, ROOT, 2 * TOTAL, issuer)
    use_up_the_budget(points, issuer, rest=TOTAL - 1)

    with reverts("LoyaltyPoints_BudgetExceeded", TOTAL, TOTAL - 1):
        distributor.mature({"from": stranger})
    chain.sleep(2 * PERIOD)
    distributor.mature({"from": stranger})

    assert distributor.matured() == ("0x" + ROOT.hex(), 2 * TOTAL)


def test_refuses_more_than_any_budget_without_wrapping_around(distributor, points, issuer, stranger):
    fallen_due(distributor, ROOT, 2**128 - 1, issuer)

    with reverts("LoyaltyPoints_BudgetExceeded", 2**128 - 1, BUDGET):
        distributor.mature({"from": stranger})


def test_pays_by_the_root_and_holds_none_as_pending(distributor, first, issuer, stranger):
    fallen_due(distributor, ROOT, 2 * TOTAL, issuer)

    distributor.mature({"from": stranger})

    assert distributor.matured() == ("0x" + ROOT.hex(), 2 * TOTAL)
    assert distributor.pending() == ("0x" + NO_ROOT.hex(), 0, 0)


def test_issues_what_the_total_rises_by(distributor, points, first, issuer, stranger):
    fallen_due(distributor, ROOT, TOTAL + 7 * POINT, issuer)

    events = distributor.mature({"from": stranger}).events

    root = "0x" + ROOT.hex()
    assert points.balanceOf(distributor) == TOTAL + 7 * POINT
    assert points.totalIssued() == TOTAL + 7 * POINT
    assert dict(events["RootMatured"]) == {"root": root, "total": TOTAL + 7 * POINT, "minted": 7 * POINT}
    assert dict(events["PointsIssued"]) == {"issuer": distributor, "ref": root, "amount": 7 * POINT}


def test_issues_as_much_when_somebody_sent_points_there(distributor, points, tree, issuer, stranger):
    points.issue(distributor, 5 * POINT, ROOT, {"from": issuer})
    fallen_due(distributor, tree.root, TOTAL, issuer)

    events = distributor.mature({"from": stranger}).events

    assert dict(events["RootMatured"])["minted"] == TOTAL
    assert points.balanceOf(distributor) == TOTAL + 5 * POINT


def test_issues_nothing_for_a_total_that_does_not_rise(distributor, points, first, issuer, stranger):
    fallen_due(distributor, ROOT, TOTAL, issuer)

    events = distributor.mature({"from": stranger}).events

    assert dict(events["RootMatured"]) == {"root": "0x" + ROOT.hex(), "total": TOTAL, "minted": 0}
    assert points.totalIssued() == TOTAL


def test_needs_no_budget_and_no_role_for_a_total_that_does_not_rise(
    distributor, points, authority, first, issuer, brand, stranger
):
    fallen_due(distributor, ROOT, TOTAL, issuer)
    use_up_the_budget(points, issuer)
    authority.revokeRole(ISSUER, distributor, {"from": brand})

    distributor.mature({"from": stranger})

    assert distributor.matured() == ("0x" + ROOT.hex(), TOTAL)
