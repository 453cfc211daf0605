"""discardPending

given a caller without the issuer's role
    it should refuse
given no pending root
    it should refuse any, and zero
given another pending root
    it should refuse
given the pending root, not due
    it should take it back and tell so
given the pending root, due
    it should refuse, and the root should still mature
    it should refuse however little gas it is sent
given the pending root, due, that the budget cannot pay
    it should take it back
given the pending root, due, and a distributor that may no longer issue
    it should take it back
"""

from __future__ import annotations

import pytest

from tests.support.clock import mine_at
from tests.support.loyalty import ISSUER
from tests.support.reverting import reverts
from tests.support.starving import least_gas
from tests.unit.loyalty.points_distributor.publishing import FIRST, fallen_due, published, use_up_the_budget

ROOT, OTHER_ROOT, NO_ROOT = b"\x11" * 32, b"\x22" * 32, bytes(32)
TOTAL = sum(FIRST)
LIMITS = range(30_000, 400_000, 500)


def test_refuses_a_caller_without_the_role(distributor, issuer, stranger):
    published(distributor, ROOT, TOTAL, issuer)

    with reverts("AccessManagedUnauthorized", stranger):
        distributor.discardPending(ROOT, {"from": stranger})


@pytest.mark.parametrize("root", [ROOT, NO_ROOT], ids=["any", "zero"])
def test_refuses_when_nothing_is_pending(distributor, issuer, root):
    with reverts("PointsDistributor_NotPending", root):
        distributor.discardPending(root, {"from": issuer})


def test_refuses_another_than_the_pending_one(distributor, issuer):
    published(distributor, ROOT, TOTAL, issuer)

    with reverts("PointsDistributor_NotPending", OTHER_ROOT):
        distributor.discardPending(OTHER_ROOT, {"from": issuer})


def test_takes_the_pending_one_back_and_tells_so(distributor, issuer):
    published(distributor, ROOT, TOTAL, issuer)

    events = distributor.discardPending(ROOT, {"from": issuer}).events

    assert distributor.pending() == ("0x" + NO_ROOT.hex(), 0, 0)
    assert dict(events["RootDiscarded"]) == {"root": "0x" + ROOT.hex()}


def test_refuses_one_that_is_due(distributor, points, tree, issuer, alice):
    fallen_due(distributor, tree.root, TOTAL, issuer)

    with reverts("PointsDistributor_NotPending", tree.root):
        distributor.discardPending(tree.root, {"from": issuer})
    distributor.claim(*tree.claim(alice, FIRST[0]), {"from": alice})

    assert points.balanceOf(alice) == FIRST[0]


def test_refuses_one_that_is_due_however_little_gas_it_is_sent(distributor, tree, issuer):
    due = published(distributor, tree.root, TOTAL, issuer)
    discard = (LIMITS, distributor.discardPending, tree.root)

    before_it_is_due = least_gas(*discard, sender=issuer)
    mine_at(due)

    assert before_it_is_due is not None
    assert least_gas(*discard, sender=issuer) is None


def test_takes_one_back_that_the_budget_cannot_pay(distributor, points, first, issuer):
    fallen_due(distributor, ROOT, 2 * TOTAL, issuer)
    use_up_the_budget(points, issuer, rest=TOTAL - 1)

    distributor.discardPending(ROOT, {"from": issuer})

    assert distributor.pending() == ("0x" + NO_ROOT.hex(), 0, 0)
    assert distributor.matured() == ("0x" + first.root.hex(), TOTAL)


def test_takes_one_back_when_it_may_no_longer_issue(distributor, authority, first, issuer, brand):
    fallen_due(distributor, ROOT, 2 * TOTAL, issuer)
    authority.revokeRole(ISSUER, distributor, {"from": brand})

    distributor.discardPending(ROOT, {"from": issuer})

    assert distributor.pending() == ("0x" + NO_ROOT.hex(), 0, 0)
    assert distributor.matured() == ("0x" + first.root.hex(), TOTAL)
