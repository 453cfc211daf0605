"""claimMany

given lists of different lengths
    it should refuse
given a bad proof among good ones
    it should refuse all
given a proof that leads to a pending root before it is due
    it should refuse all
given no customers
    it should pay nothing
given customers of the matured root
    it should pay each, return the sum and tell of each
given customers who were paid already
    it should pass over them, whatever their proofs, and pay the others
given nobody who has anything to claim
    it should pay nothing
given the same customer again
    it should pay her once
given customers of the matured root and of a due one
    it should mature that one once and pay each
    it should refuse who is only in the matured root behind who is only in the due one
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import POINT
from tests.support.merkle import Tree
from tests.support.reverting import reverts
from tests.unit.loyalty.points_distributor.publishing import FIRST, fallen_due, published

TOTAL = sum(FIRST)
ALICES, BOBS, CAROLS = FIRST


@pytest.fixture
def everyone(tree, alice, bob, carol):
    """The three customers' claims, as lists."""
    claims = [tree.claim(customer, total) for customer, total in zip([alice, bob, carol], FIRST, strict=True)]
    return [list(column) for column in zip(*claims, strict=True)]


@pytest.fixture(scope="module")
def second(alice, bob, carol):
    """Alice has earned 30 points more, and Carol's 20 were for what she returned since."""
    return Tree([(alice, ALICES + 30 * POINT), (bob, BOBS), (carol, 0)])


SECOND_TOTAL = TOTAL + 30 * POINT


@pytest.mark.parametrize("lengths", [(2, 3, 3), (3, 2, 3), (3, 3, 2), (0, 0, 1)])
def test_refuses_lists_of_different_lengths(distributor, first, everyone, relayer, lengths):
    lists = [column[:length] for column, length in zip(everyone, lengths, strict=True)]

    with reverts("PointsDistributor_LengthMismatch", *lengths):
        distributor.claimMany(*lists, {"from": relayer})


@pytest.mark.parametrize("place", [0, 1, 2])
def test_refuses_all_for_one_bad_proof(distributor, points, first, everyone, relayer, place):
    customers, totals, proofs = everyone
    totals[place] += 1

    with reverts("PointsDistributor_InvalidProof", customers[place], totals[place]):
        distributor.claimMany(customers, totals, proofs, {"from": relayer})

    assert points.balanceOf(distributor) == TOTAL


def test_refuses_all_for_a_root_that_is_not_due(distributor, first, second, everyone, issuer, relayer, alice):
    due = published(distributor, second.root, SECOND_TOTAL, issuer)
    customers, totals, proofs = everyone
    totals[0], proofs[0] = ALICES + 30 * POINT, second.proof(alice, ALICES + 30 * POINT)

    with reverts("PointsDistributor_NotDue", second.root, due):
        distributor.claimMany(customers[::-1], totals[::-1], proofs[::-1], {"from": relayer})


def test_pays_nothing_to_nobody(distributor, first, relayer):
    assert distributor.claimMany([], [], [], {"from": relayer}).return_value == 0


def test_pays_each_returns_the_sum_and_tells_of_each(distributor, points, first, everyone, relayer):
    tx = distributor.claimMany(*everyone, {"from": relayer})

    assert tx.return_value == TOTAL
    assert [points.balanceOf(customer) for customer in everyone[0]] == list(FIRST)
    assert [dict(event) for event in tx.events["PointsClaimed"]] == [
        {"customer": customer, "amount": total, "claimed": total}
        for customer, total in zip(everyone[0], FIRST, strict=True)
    ]


@pytest.mark.parametrize("proof", [[], [b"\x66" * 32]], ids=["none", "a bad one"])
def test_passes_over_who_was_paid_already(distributor, points, first, everyone, relayer, bob, proof):
    distributor.claim(*first.claim(bob, BOBS), {"from": bob})
    customers, totals, proofs = everyone
    proofs[1] = proof

    tx = distributor.claimMany(customers, totals, proofs, {"from": relayer})

    assert tx.return_value == TOTAL - BOBS
    assert [points.balanceOf(customer) for customer in customers] == list(FIRST)


def test_pays_nothing_when_all_were_paid(distributor, points, first, everyone, relayer):
    distributor.claimMany(*everyone, {"from": relayer})

    tx = distributor.claimMany(*everyone, {"from": relayer})

    assert tx.return_value == 0
    assert len(tx.events) == 0


def test_pays_the_same_customer_once(distributor, points, first, relayer, alice, bob):
    proofs = [first.proof(alice, ALICES), first.proof(bob, BOBS), first.proof(alice, ALICES)]

    tx = distributor.claimMany([alice, bob, alice], [ALICES, BOBS, ALICES], proofs, {"from": relayer})

    assert tx.return_value == ALICES + BOBS
    assert points.balanceOf(alice) == ALICES


def test_pays_by_the_matured_root_and_by_a_due_one(distributor, points, first, second, issuer, relayer, alice, carol):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)
    claims = [first.claim(carol, CAROLS), first.claim(alice, ALICES), second.claim(alice, ALICES + 30 * POINT)]

    tx = distributor.claimMany(*map(list, zip(*claims, strict=True)), {"from": relayer})

    assert tx.return_value == CAROLS + ALICES + 30 * POINT
    assert (points.balanceOf(alice), points.balanceOf(carol)) == (ALICES + 30 * POINT, CAROLS)
    assert len(tx.events["RootMatured"]) == 1
    assert points.balanceOf(distributor) == BOBS


def test_refuses_the_matured_root_alone_behind_the_due_one(
    distributor, points, first, second, issuer, relayer, alice, carol
):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)
    claims = [second.claim(alice, ALICES + 30 * POINT), first.claim(carol, CAROLS)]

    with reverts("PointsDistributor_InvalidProof", carol, CAROLS):
        distributor.claimMany(*map(list, zip(*claims, strict=True)), {"from": relayer})
