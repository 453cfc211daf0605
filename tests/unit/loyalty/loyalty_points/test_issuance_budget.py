"""setIssuanceBudget, issuanceBudget, issuable

given a caller without the role
    it should refuse
given no period
    it should refuse
when the budget is set
    it should keep what was issued before
    it should tell the new budget
when the budget is lowered below what was issued
    it should leave nothing issuable
when the budget is zero
    it should stop issuing
when the period becomes longer
    it should keep what still counts until the new period has passed
when the period becomes shorter
    it should free what is older than the new period
given a whole budget issued at once
    it should be free one period later and no second before
given a budget issued at the end of a window
    it should not give another in the next window
given issues in two windows
    it should free each a period after the latest issue of its window
"""

from __future__ import annotations

import pytest

from tests.support.clock import mine_at
from tests.support.loyalty import BUDGET, PERIOD, POINT, REF
from tests.support.reverting import reverts

ISSUED = 150 * POINT


@pytest.fixture
def next_window(points, chain):
    """When a window begins for which nothing that was issued so far counts."""
    return (chain[-1].timestamp // PERIOD + 3) * PERIOD


def test_refuses_a_caller_without_the_role(points, issuer):
    with reverts("AccessManagedUnauthorized", issuer):
        points.setIssuanceBudget(2 * BUDGET, PERIOD, {"from": issuer})


def test_refuses_no_period(points, brand):
    with reverts("LoyaltyPoints_ZeroPeriod"):
        points.setIssuanceBudget(BUDGET, 0, {"from": brand})


@pytest.mark.parametrize("period", [PERIOD, 2 * PERIOD, 24 * 3600])
def test_keeps_what_was_issued_before(points, brand, period):
    points.setIssuanceBudget(2 * BUDGET, period, {"from": brand})

    assert points.issuable() == 2 * BUDGET - ISSUED
    assert points.issuanceBudget()[3] == ISSUED


def test_tells_the_new_budget(points, brand, chain):
    events = points.setIssuanceBudget(2 * BUDGET, 7 * 24 * 3600, {"from": brand}).events

    budget, period, start, _ = points.issuanceBudget()
    assert dict(events["IssuanceBudgetSet"]) == {"budget": 2 * BUDGET, "period": 7 * 24 * 3600}
    assert (budget, period) == (2 * BUDGET, 7 * 24 * 3600)
    assert start == chain[-1].timestamp // period * period


def test_leaves_nothing_issuable_when_lowered_below_what_was_issued(points, brand, issuer, carol):
    points.setIssuanceBudget(100 * POINT, PERIOD, {"from": brand})

    assert points.issuable() == 0
    with reverts("LoyaltyPoints_BudgetExceeded", 1, 0):
        points.issue(carol, 1, REF, {"from": issuer})


def test_stops_issuing_when_zero(points, brand, issuer, carol, chain):
    points.setIssuanceBudget(0, PERIOD, {"from": brand})
    chain.sleep(3 * PERIOD)

    with reverts("LoyaltyPoints_BudgetExceeded", 1, 0):
        points.issue(carol, 1, REF, {"from": issuer})


def test_counts_until_a_longer_period_has_passed(points, brand, issuer, carol, chain, next_window):
    mine_at(next_window)
    points.issue(carol, BUDGET, REF, {"from": issuer})
    chain.sleep(PERIOD - 100)
    points.setIssuanceBudget(BUDGET, 3 * PERIOD, {"from": brand})
    chain.sleep(PERIOD)
    chain.mine()

    still = points.issuable()
    chain.sleep(PERIOD + 200)
    chain.mine()

    assert still == 0
    assert points.issuable() == BUDGET


def test_counts_no_longer_than_a_shorter_period(points, brand, issuer, carol, chain, next_window):
    mine_at(next_window)
    points.issue(carol, BUDGET, REF, {"from": issuer})
    chain.sleep(3600)
    points.setIssuanceBudget(BUDGET, 1800, {"from": brand})

    assert points.issuable() == BUDGET


def test_carries_two_windows_into_a_new_period(points, brand, issuer, carol, chain, next_window):
    mine_at(next_window + PERIOD - 1000)
    points.issue(carol, 3 * POINT, REF, {"from": issuer})
    chain.sleep(2000)
    points.issue(carol, 4 * POINT, REF, {"from": issuer})
    points.setIssuanceBudget(BUDGET, 2 * PERIOD, {"from": brand})

    assert points.issuanceBudget()[3] == 7 * POINT


def test_frees_a_whole_budget_one_period_later_and_no_second_before(points, issuer, carol, chain, next_window):
    mine_at(next_window + PERIOD // 2)
    at = points.issue(carol, BUDGET, REF, {"from": issuer}).timestamp

    a_second_before = mine_at(at + PERIOD - 1)
    one_period_later = mine_at(at + PERIOD)

    assert points.issuable(block_identifier=a_second_before) == 0
    assert points.issuable(block_identifier=one_period_later) == BUDGET


def test_gives_no_second_budget_behind_a_window_s_end(points, issuer, carol, chain, next_window):
    mine_at(next_window + PERIOD - 100)
    points.issue(carol, BUDGET, REF, {"from": issuer})
    chain.sleep(200)

    with reverts("LoyaltyPoints_BudgetExceeded", 1, 0):
        points.issue(carol, 1, REF, {"from": issuer})


def test_frees_each_window_a_period_after_its_latest_issue(points, issuer, carol, chain, next_window):
    mine_at(next_window + PERIOD - 1000)
    first = points.issue(carol, BUDGET // 4, REF, {"from": issuer}).timestamp
    chain.sleep(2000)
    second = points.issue(carol, BUDGET // 2, REF, {"from": issuer}).timestamp

    before, after_the_first = mine_at(first + PERIOD - 1), mine_at(first + PERIOD)
    still, after_the_second = mine_at(second + PERIOD - 1), mine_at(second + PERIOD)

    assert points.issuable(block_identifier=before) == BUDGET // 4
    assert points.issuable(block_identifier=after_the_first) == BUDGET // 2
    assert points.issuable(block_identifier=still) == BUDGET // 2
    assert points.issuable(block_identifier=after_the_second) == BUDGET
