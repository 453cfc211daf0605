"""standingOf

given a total that neither root has
    it should be unknown, and nothing claimable or owed
given a total that the pending root has
    it should be pending, and nothing claimable before it is due
    it should be claimable from the second it is due on
    it should not be claimable while the root cannot be funded
    it should not be claimable while the distributor may not issue
given a total that the matured root has
    it should be matured, and claimable as far as it was not paid
    it should be matured when the pending root has it too
given a total below what was paid
    it should tell the debt, matured or pending
"""

from __future__ import annotations

import pytest

from tests.support.clock import mine_at
from tests.support.loyalty import ISSUER, POINT
from tests.support.merkle import Tree
from tests.unit.loyalty.points_distributor.publishing import (
    FIRST,
    fallen_due,
    matured,
    published,
    use_up_the_budget,
)

UNKNOWN, PENDING, MATURED = range(3)
TOTAL = sum(FIRST)
ALICES, BOBS, CAROLS = FIRST


@pytest.fixture(scope="module")
def second(alice, bob, carol):
    """Alice has earned 30 points more, and 15 of Carol's 20 were for what she returned since."""
    return Tree([(alice, ALICES + 30 * POINT), (bob, BOBS), (carol, 5 * POINT)])


SECOND_TOTAL = TOTAL + 30 * POINT


@pytest.fixture
def all_paid(distributor, first, alice, bob, carol):
    """Everyone has claimed what the first root says."""
    claims = [first.claim(customer, total) for customer, total in zip([alice, bob, carol], FIRST, strict=True)]
    distributor.claimMany(*map(list, zip(*claims, strict=True)), {"from": alice})


def test_is_unknown_when_there_is_no_root(distributor, tree, alice):
    assert distributor.standingOf(*tree.claim(alice, ALICES)) == (UNKNOWN, 0, 0, 0)


@pytest.mark.parametrize("total", [ALICES + 1, ALICES - 1], ids=["more", "less"])
def test_is_unknown_when_neither_root_has_the_total(distributor, first, all_paid, alice, total):
    assert distributor.standingOf(alice, total, first.proof(alice, ALICES)) == (UNKNOWN, ALICES, 0, 0)


def test_is_pending_and_claimable_from_the_second_it_is_due_on(distributor, tree, issuer, alice):
    due = published(distributor, tree.root, TOTAL, issuer)
    claim = tree.claim(alice, ALICES)

    a_second_before, at_the_second = mine_at(due - 1), mine_at(due)

    assert distributor.standingOf(*claim, block_identifier=a_second_before) == (PENDING, 0, 0, 0)
    assert distributor.standingOf(*claim, block_identifier=at_the_second) == (PENDING, 0, ALICES, 0)


def test_is_not_claimable_while_the_root_cannot_be_funded(distributor, points, all_paid, second, issuer, alice):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)
    use_up_the_budget(points, issuer, rest=30 * POINT - 1)

    assert distributor.standingOf(*second.claim(alice, ALICES + 30 * POINT)) == (PENDING, ALICES, 0, 0)


def test_is_claimable_with_just_enough_budget(distributor, points, all_paid, second, issuer, alice):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)
    use_up_the_budget(points, issuer, rest=30 * POINT)

    assert distributor.standingOf(*second.claim(alice, ALICES + 30 * POINT)) == (PENDING, ALICES, 30 * POINT, 0)


def test_is_not_claimable_while_the_distributor_may_not_issue(distributor, authority, tree, issuer, brand, alice):
    fallen_due(distributor, tree.root, TOTAL, issuer)
    authority.revokeRole(ISSUER, distributor, {"from": brand})

    assert distributor.standingOf(*tree.claim(alice, ALICES)) == (PENDING, 0, 0, 0)


def test_is_claimable_without_a_role_when_nothing_is_to_be_issued(
    distributor, authority, first, issuer, brand, alice, bob
):
    swapped = Tree([(alice, ALICES - POINT), (bob, BOBS)])
    fallen_due(distributor, swapped.root, TOTAL, issuer)
    authority.revokeRole(ISSUER, distributor, {"from": brand})

    assert distributor.standingOf(*swapped.claim(alice, ALICES - POINT)) == (PENDING, 0, ALICES - POINT, 0)


def test_is_matured_and_claimable_as_far_as_it_was_not_paid(distributor, all_paid, second, issuer, alice, bob):
    matured(distributor, second.root, SECOND_TOTAL, issuer)

    assert distributor.standingOf(*second.claim(alice, ALICES + 30 * POINT)) == (MATURED, ALICES, 30 * POINT, 0)
    assert distributor.standingOf(*second.claim(bob, BOBS)) == (MATURED, BOBS, 0, 0)


def test_is_matured_when_the_pending_root_has_it_too(distributor, first, issuer, bob):
    published(distributor, first.root, TOTAL, issuer)

    assert distributor.standingOf(*first.claim(bob, BOBS)) == (MATURED, 0, BOBS, 0)


def test_tells_the_debt_of_a_matured_total(distributor, all_paid, second, issuer, carol):
    matured(distributor, second.root, SECOND_TOTAL, issuer)

    assert distributor.standingOf(*second.claim(carol, 5 * POINT)) == (MATURED, CAROLS, 0, 15 * POINT)


def test_tells_the_debt_that_a_pending_total_would_leave(distributor, all_paid, second, issuer, carol):
    published(distributor, second.root, SECOND_TOTAL, issuer)

    assert distributor.standingOf(*second.claim(carol, 5 * POINT)) == (PENDING, CAROLS, 0, 15 * POINT)
