"""claim

given a customer who was paid all of her total
    it should refuse
given a total of nothing
    it should refuse
given a proof that leads to neither root
    it should refuse
given no root at all
    it should refuse
given a proof that leads to a pending root before it is due
    it should refuse
given a proof that leads to a due root that cannot be funded
    it should refuse, and go on paying by the matured root
given a proof that leads to the matured root
    it should pay her total, whoever sends it, and tell so
    it should pay the difference when she has earned more
    it should need no proof from a tree of one customer
    it should pay when the brand has taken every role away
given a proof that leads to a due root
    it should mature that one and pay
    it should keep it pending when there is too little gas, and pay once there is enough
given a due root that nobody has matured
    it should pay by the root before it
given a root that another one followed
    it should refuse its proofs
given a total below what she was paid
    it should pay nothing until she has earned it back, and others all of theirs
    it should pay what she had not claimed at its peak once she reaches it again
given the same customer twice in a tree
    it should pay her the larger total once
given a leaf that the root's total does not cover
    it should refuse that one and pay the others
    it should pay it once a root with a higher total makes up for it
given a thief of the issuer's key
    it should pay him no more than what waits here and what the budget allows
given leaves hashed once
    it should refuse them
given an inner node in place of a leaf
    it should refuse it
given the distributor as the customer
    it should pay itself and take nothing from others
given no customer
    it should refuse
"""

from __future__ import annotations

import pytest
from brownie import chain
from eth_abi import encode
from eth_utils.crypto import keccak

from tests.support.clock import mine_at
from tests.support.loyalty import ISSUER, POINT, ZERO_ADDRESS
from tests.support.merkle import Tree, leaf_of
from tests.support.reverting import reverts
from tests.support.starving import done_with
from tests.unit.loyalty.points_distributor.publishing import (
    CID,
    FIRST,
    fallen_due,
    matured,
    published,
    use_up_the_budget,
)

TOTAL = sum(FIRST)
ALICES, BOBS, CAROLS = FIRST
ENOUGH = 1_000_000


@pytest.fixture(scope="module")
def second(alice, bob, carol):
    """Alice has earned 30 points more, and Carol's 20 were for what she returned since."""
    return Tree([(alice, ALICES + 30 * POINT), (bob, BOBS), (carol, 0)])


SECOND_TOTAL = TOTAL + 30 * POINT


def test_refuses_who_was_paid_already(distributor, first, alice, stranger):
    distributor.claim(*first.claim(alice, ALICES), {"from": alice})

    with reverts("PointsDistributor_NothingToClaim", alice, ALICES, ALICES):
        distributor.claim(*first.claim(alice, ALICES), {"from": stranger})


def test_refuses_a_total_of_nothing(distributor, second, issuer, carol):
    matured(distributor, second.root, SECOND_TOTAL, issuer)

    with reverts("PointsDistributor_NothingToClaim", carol, 0, 0):
        distributor.claim(*second.claim(carol, 0), {"from": carol})


@pytest.mark.parametrize("total", [ALICES + 1, ALICES - 1, 2**128 + ALICES, 2**256 - 1])
def test_refuses_another_total(distributor, first, alice, total):
    with reverts("PointsDistributor_InvalidProof", alice, total):
        distributor.claim(alice, total, first.proof(alice, ALICES), {"from": alice})


def test_refuses_another_customer(distributor, first, alice, stranger):
    with reverts("PointsDistributor_InvalidProof", stranger, ALICES):
        distributor.claim(stranger, ALICES, first.proof(alice, ALICES), {"from": stranger})


def test_refuses_another_customer_s_proof(distributor, first, alice, bob):
    with reverts("PointsDistributor_InvalidProof", alice, ALICES):
        distributor.claim(alice, ALICES, first.proof(bob, BOBS), {"from": alice})


def test_refuses_a_proof_with_a_word_too_few(distributor, first, alice):
    with reverts("PointsDistributor_InvalidProof", alice, ALICES):
        distributor.claim(alice, ALICES, first.proof(alice, ALICES)[:-1], {"from": alice})


def test_refuses_a_proof_with_a_word_too_many(distributor, first, alice):
    with reverts("PointsDistributor_InvalidProof", alice, ALICES):
        distributor.claim(alice, ALICES, [*first.proof(alice, ALICES), bytes(32)], {"from": alice})


def test_refuses_when_there_is_no_root(distributor, tree, alice):
    with reverts("PointsDistributor_InvalidProof", alice, ALICES):
        distributor.claim(*tree.claim(alice, ALICES), {"from": alice})


def test_refuses_a_pending_root_s_proof_before_it_is_due(distributor, tree, issuer, alice):
    due = published(distributor, tree.root, TOTAL, issuer)

    with reverts("PointsDistributor_NotDue", tree.root, due):
        distributor.claim(*tree.claim(alice, ALICES), {"from": alice})


def test_refuses_a_due_root_that_cannot_be_funded(distributor, points, first, second, issuer, alice, bob):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)
    use_up_the_budget(points, issuer, rest=30 * POINT - 1)

    with reverts("LoyaltyPoints_BudgetExceeded", 30 * POINT, 30 * POINT - 1):
        distributor.claim(*second.claim(alice, ALICES + 30 * POINT), {"from": alice})
    distributor.claim(*first.claim(alice, ALICES), {"from": alice})
    distributor.claim(*first.claim(bob, BOBS), {"from": bob})

    assert (points.balanceOf(alice), points.balanceOf(bob)) == (ALICES, BOBS)
    assert distributor.pending()[0] == "0x" + second.root.hex()


def test_pays_her_total_whoever_sends_it_and_tells_so(distributor, points, first, alice, stranger):
    tx = distributor.claim(*first.claim(alice, ALICES), {"from": stranger})

    assert tx.return_value == ALICES
    assert points.balanceOf(alice) == distributor.claimed(alice) == ALICES
    assert points.balanceOf(distributor) == TOTAL - ALICES
    assert dict(tx.events["PointsClaimed"]) == {"customer": alice, "amount": ALICES, "claimed": ALICES}


def test_pays_the_difference_when_she_has_earned_more(distributor, points, first, second, issuer, alice):
    distributor.claim(*first.claim(alice, ALICES), {"from": alice})
    matured(distributor, second.root, SECOND_TOTAL, issuer)

    tx = distributor.claim(*second.claim(alice, ALICES + 30 * POINT), {"from": alice})

    assert tx.return_value == 30 * POINT
    assert points.balanceOf(alice) == ALICES + 30 * POINT
    assert dict(tx.events["PointsClaimed"]) == {
        "customer": alice,
        "amount": 30 * POINT,
        "claimed": ALICES + 30 * POINT,
    }


def test_needs_no_proof_from_a_tree_of_one(distributor, points, issuer, alice):
    matured(distributor, leaf_of(alice, ALICES), ALICES, issuer)

    distributor.claim(alice, ALICES, [], {"from": alice})

    assert points.balanceOf(alice) == ALICES


def test_pays_when_the_brand_has_taken_every_role_away(distributor, points, authority, first, brand, alice):
    authority.revokeRole(ISSUER, distributor, {"from": brand})
    authority.setTargetClosed(distributor, True, {"from": brand})
    authority.setTargetClosed(points, True, {"from": brand})

    distributor.claim(*first.claim(alice, ALICES), {"from": alice})

    assert points.balanceOf(alice) == ALICES


def test_matures_a_due_root_and_pays(distributor, points, first, second, issuer, alice, stranger):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)

    tx = distributor.claim(*second.claim(alice, ALICES + 30 * POINT), {"from": stranger})

    assert points.balanceOf(alice) == ALICES + 30 * POINT
    assert distributor.matured() == ("0x" + second.root.hex(), SECOND_TOTAL)
    assert dict(tx.events["RootMatured"])["minted"] == 30 * POINT


@pytest.mark.gas
@pytest.mark.parametrize("gas", range(40_000, 260_000, 20_000))
def test_keeps_a_due_root_pending_when_there_is_too_little_gas(
    distributor, points, first, second, issuer, alice, relayer, gas
):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)
    claim = second.claim(alice, ALICES + 30 * POINT)

    starved = done_with(gas, distributor.claim, *claim, sender=relayer)
    again = done_with(ENOUGH, distributor.claim, *claim, sender=alice)

    assert starved != again
    assert points.balanceOf(alice) == ALICES + 30 * POINT
    assert points.balanceOf(distributor) == BOBS + CAROLS
    assert distributor.matured() == ("0x" + second.root.hex(), SECOND_TOTAL)


def test_pays_by_the_root_before_one_that_nobody_has_matured(distributor, points, first, second, issuer, carol):
    fallen_due(distributor, second.root, SECOND_TOTAL, issuer)

    distributor.claim(*first.claim(carol, CAROLS), {"from": carol})

    assert points.balanceOf(carol) == CAROLS
    assert distributor.pending()[0] == "0x" + second.root.hex()


def test_refuses_the_proofs_of_a_root_that_another_followed(distributor, first, second, issuer, carol):
    matured(distributor, second.root, SECOND_TOTAL, issuer)

    with reverts("PointsDistributor_InvalidProof", carol, CAROLS):
        distributor.claim(*first.claim(carol, CAROLS), {"from": carol})


def test_pays_nothing_until_a_debt_is_earned_back(distributor, points, first, issuer, alice, bob, carol):
    distributor.claim(*first.claim(alice, ALICES), {"from": alice})
    lower = Tree([(alice, 40 * POINT), (bob, BOBS), (carol, CAROLS)])
    regained = Tree([(alice, ALICES + POINT), (bob, BOBS), (carol, CAROLS)])

    matured(distributor, lower.root, TOTAL, issuer)
    with reverts("PointsDistributor_NothingToClaim", alice, 40 * POINT, ALICES):
        distributor.claim(*lower.claim(alice, 40 * POINT), {"from": alice})
    distributor.claim(*lower.claim(bob, BOBS), {"from": bob})
    distributor.claim(*lower.claim(carol, CAROLS), {"from": carol})
    matured(distributor, regained.root, TOTAL + POINT, issuer)
    distributor.claim(*regained.claim(alice, ALICES + POINT), {"from": alice})

    assert points.balanceOf(alice) == ALICES + POINT
    assert (points.balanceOf(bob), points.balanceOf(carol), points.balanceOf(distributor)) == (BOBS, CAROLS, 0)


def test_pays_an_unclaimed_peak_once_she_reaches_it_again(
    distributor, points, first, second, issuer, alice, bob, carol
):
    matured(distributor, second.root, SECOND_TOTAL, issuer)
    third = Tree([(alice, ALICES + 30 * POINT), (bob, BOBS), (carol, CAROLS)])
    matured(distributor, third.root, SECOND_TOTAL, issuer)

    distributor.claim(*third.claim(alice, ALICES + 30 * POINT), {"from": alice})
    distributor.claim(*third.claim(bob, BOBS), {"from": bob})
    distributor.claim(*third.claim(carol, CAROLS), {"from": carol})

    assert points.balanceOf(carol) == CAROLS
    assert points.balanceOf(distributor) == 0


@pytest.mark.parametrize(("one", "other"), [(60, 40), (40, 60)], ids=["larger first", "smaller first"])
def test_pays_one_who_is_in_a_tree_twice_the_larger_total(distributor, points, issuer, alice, bob, one, other):
    twice = Tree([(alice, 40 * POINT), (alice, 60 * POINT), (bob, BOBS)])
    matured(distributor, twice.root, 60 * POINT + BOBS, issuer)

    done_with(ENOUGH, distributor.claim, *twice.claim(alice, one * POINT), sender=alice)
    done_with(ENOUGH, distributor.claim, *twice.claim(alice, other * POINT), sender=alice)
    distributor.claim(*twice.claim(bob, BOBS), {"from": bob})

    assert points.balanceOf(alice) == distributor.claimed(alice) == 60 * POINT
    assert points.balanceOf(bob) == BOBS


@pytest.mark.parametrize("beyond", [TOTAL + 1, 2**128, 2**256 - 1])
def test_refuses_a_leaf_beyond_the_total_and_pays_the_others(distributor, points, issuer, alice, bob, beyond):
    tree = Tree([(alice, beyond), (bob, BOBS)])
    matured(distributor, tree.root, TOTAL, issuer)

    with reverts("ERC20InsufficientBalance", distributor, TOTAL, beyond):
        distributor.claim(*tree.claim(alice, beyond), {"from": alice})
    distributor.claim(*tree.claim(bob, BOBS), {"from": bob})

    assert points.balanceOf(bob) == BOBS
    assert distributor.claimed(alice) == 0


def test_pays_once_a_higher_total_makes_up_for_one_too_low(distributor, points, tree, issuer, alice, bob, carol):
    matured(distributor, tree.root, TOTAL - 1, issuer)
    distributor.claim(*tree.claim(alice, ALICES), {"from": alice})
    distributor.claim(*tree.claim(bob, BOBS), {"from": bob})

    with reverts("ERC20InsufficientBalance", distributor, CAROLS - 1, CAROLS):
        distributor.claim(*tree.claim(carol, CAROLS), {"from": carol})
    matured(distributor, tree.root, TOTAL, issuer)
    distributor.claim(*tree.claim(carol, CAROLS), {"from": carol})

    assert points.balanceOf(carol) == CAROLS


def test_pays_a_thief_of_the_issuer_s_key_what_waits_and_what_the_budget_allows(
    distributor, points, first, issuer, alice, stranger
):
    distributor.claim(*first.claim(alice, ALICES), {"from": alice})
    rest = points.issuable()
    loot = BOBS + CAROLS + rest
    due = chain[-1].timestamp + 2
    distributor.publish(leaf_of(stranger, loot), TOTAL + rest, CID, due, TOTAL, {"from": issuer})
    mine_at(due)

    distributor.claim(stranger, loot, [], {"from": stranger})

    assert (points.balanceOf(stranger), points.balanceOf(distributor), points.issuable()) == (loot, 0, 0)
    assert points.balanceOf(alice) == ALICES


def test_refuses_a_leaf_hashed_once(distributor, issuer, alice):
    hashed_once = keccak(encode(["address", "uint256"], [alice.address, ALICES]))
    matured(distributor, hashed_once, ALICES, issuer)

    with reverts("PointsDistributor_InvalidProof", alice, ALICES):
        distributor.claim(alice, ALICES, [], {"from": alice})


def test_refuses_an_inner_node_in_place_of_a_leaf(distributor, issuer, alice):
    """Two words that hash to an inner node: were leaves hashed once, they would be a customer and her total."""
    node = encode(["address", "uint256"], [alice.address, ALICES])
    sibling = b"\x77" * 32
    root = keccak(b"".join(sorted([keccak(node), sibling])))
    matured(distributor, root, ALICES, issuer)

    with reverts("PointsDistributor_InvalidProof", alice, ALICES):
        distributor.claim(alice, ALICES, [sibling], {"from": alice})


def test_pays_itself_and_takes_nothing_from_others(distributor, points, issuer, alice, stranger):
    tree = Tree([(distributor, 10 * POINT), (alice, ALICES)])
    matured(distributor, tree.root, 10 * POINT + ALICES, issuer)

    distributor.claim(*tree.claim(distributor, 10 * POINT), {"from": stranger})
    distributor.claim(*tree.claim(alice, ALICES), {"from": alice})

    assert points.balanceOf(alice) == ALICES
    assert points.balanceOf(distributor) == distributor.claimed(distributor) == 10 * POINT


def test_refuses_no_customer(distributor, issuer, stranger):
    matured(distributor, leaf_of(ZERO_ADDRESS, POINT), POINT, issuer)

    with reverts("ERC20InvalidReceiver", ZERO_ADDRESS):
        distributor.claim(ZERO_ADDRESS, POINT, [], {"from": stranger})
