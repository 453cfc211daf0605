"""What the acts of PointsDistributor cost, in a tree of 32,768 customers: proofs of 15 words.

A claim is to cost at most what one issue of points to the same kind of holder and one proof cost. A first claim to a new
holder, 96,502, is

    21,000  the transaction
     8,600  its calldata: 7,700 for the 15 words of the proof, 900 for the customer, her total and the lengths
     2,100  the matured root, read
     2,000  leaf and proof: 17 hashes
    22,100  what she was paid in all, written for the first time
     1,600  `PointsClaimed`
     2,600  the call of the points
    34,700  their transfer: two balances (5,000 and 22,100), two delegates (2,100 each), `Transfer`
     1,800  decoding, checks, the bookkeeping in memory

and one issue to a new holder, 113,900, with that proof, 9,700, is 123,600. The claim has no checkpoint of the votes' total
(22,100) to write, no budget (2 words) and no role to look up. A later claim finds both of the customer's words written: 17,100
less each. A root is written in two words, so publishing costs the same for any number of customers.
"""

from __future__ import annotations

import pytest

from tests.snapshots.programme import ISSUER, POINT, REF
from tests.support.clock import mine_at
from tests.support.merkle import Tree

CUSTOMERS = 32_768
CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
MONDAY, TUESDAY = 4_000_000_000, 4_000_086_400
"""When roots fall due: far enough ahead for any chain to be started in time, and constant."""
NEWCOMER, LATER = 40 * POINT, 65 * POINT


def tree_of(alices, alice):
    """Alice among 32,767 others."""
    others = ((f"0x{number:04x}{'c3' * 18}", POINT * (number % 97 + 1)) for number in range(1, CUSTOMERS))
    return Tree([(alice, alices), *others])


TOTAL = sum(POINT * (number % 97 + 1) for number in range(1, CUSTOMERS))


def proof_gas(tree, customer, total):
    """What a proof costs in calldata. What its hashes cost is left out: the claim has to make up for it."""
    return sum(16 if byte else 4 for word in tree.proof(customer, total) for byte in word)


@pytest.fixture(scope="module")
def distributor(deployer, brand, issuer, authority, points):
    from brownie import PointsDistributor

    distributor = deployer.deploy(PointsDistributor, authority, points, 0)
    publishing = [distributor.publish.signature, distributor.discardPending.signature]
    authority.setTargetFunctionRole(distributor, publishing, ISSUER, {"from": brand})
    authority.grantRole(ISSUER, distributor, 0, {"from": brand})
    points.issue(issuer, POINT, REF, {"from": issuer})
    return distributor


@pytest.fixture(scope="module")
def first(alice):
    return tree_of(NEWCOMER, alice)


@pytest.fixture(scope="module")
def second(alice):
    return tree_of(LATER, alice)


@pytest.fixture
def first_due(distributor, first, issuer):
    distributor.publish(first.root, TOTAL + NEWCOMER, CID, MONDAY, 0, {"from": issuer})
    mine_at(MONDAY)


@pytest.fixture
def first_matured(first_due, distributor, issuer):
    distributor.mature({"from": issuer})


@pytest.fixture
def second_due(first_matured, distributor, first, second, alice, issuer):
    """Alice has claimed from the first root, and the second is due."""
    distributor.claim(*first.claim(alice, NEWCOMER), {"from": alice})
    distributor.publish(second.root, TOTAL + LATER, CID, TUESDAY, TOTAL + NEWCOMER, {"from": issuer})
    mine_at(TUESDAY)


@pytest.fixture
def second_matured(second_due, distributor, issuer):
    distributor.mature({"from": issuer})


def test_publish_the_first(distributor, first, issuer, gas):
    tx = distributor.publish(first.root, TOTAL + NEWCOMER, CID, MONDAY, 0, {"from": issuer})
    gas("distributor: publish a root", tx)


def test_publish_a_replacement(distributor, first, second, issuer, gas):
    distributor.publish(first.root, TOTAL + NEWCOMER, CID, MONDAY, 0, {"from": issuer})
    tx = distributor.publish(second.root, TOTAL + LATER, CID, TUESDAY, 0, {"from": issuer})
    gas("distributor: publish a root in place of a pending one", tx)


def test_publish_behind_a_due_one(second_due, distributor, first, issuer, gas):
    tx = distributor.publish(first.root, TOTAL + LATER, CID, TUESDAY + 86_400, TOTAL + LATER, {"from": issuer})
    gas("distributor: publish a root and mature the one before", tx)


def test_discard(distributor, first, issuer, gas):
    distributor.publish(first.root, TOTAL + NEWCOMER, CID, MONDAY, 0, {"from": issuer})
    gas("distributor: discard a pending root", distributor.discardPending(first.root, {"from": issuer}))


def test_mature_the_first(first_due, distributor, stranger, gas):
    gas("distributor: mature, the programme's first", distributor.mature({"from": stranger}))


def test_mature_later(second_due, distributor, stranger, gas):
    gas("distributor: mature", distributor.mature({"from": stranger}))


def test_claim_to_a_new_holder(first_matured, distributor, points, first, alice, gas):
    assert points.balanceOf(alice) == 0
    gas(
        "distributor: claim, 15 proof words, new holder",
        distributor.claim(*first.claim(alice, NEWCOMER), {"from": alice}),
    )


def test_claim_later(second_matured, distributor, second, alice, gas):
    gas(
        "distributor: claim, 15 proof words, later claim",
        distributor.claim(*second.claim(alice, LATER), {"from": alice}),
    )


def test_claim_later_and_mature(second_due, distributor, second, alice, gas):
    tx = distributor.claim(*second.claim(alice, LATER), {"from": alice})
    gas("distributor: claim, 15 proof words, later claim that matures its root", tx)


def test_claim_for_a_hundred(first_matured, distributor, first, relayer, gas):
    claims = [first.claim(f"0x{number:04x}{'c3' * 18}", POINT * (number % 97 + 1)) for number in range(1, 101)]
    tx = distributor.claimMany(*map(list, zip(*claims, strict=True)), {"from": relayer})
    gas("distributor: claim, 15 proof words, per new holder, 100 in a call", tx, per=100)


def test_a_first_claim_costs_at_most_an_issue_and_a_proof(
    first_matured, distributor, points, first, issuer, alice, bob
):
    claim = distributor.claim(*first.claim(alice, NEWCOMER), {"from": alice}).gas_used

    assert claim <= points.issue(bob, NEWCOMER, REF, {"from": issuer}).gas_used + proof_gas(first, alice, NEWCOMER)


def test_a_later_claim_costs_at_most_an_issue_and_a_proof(second_matured, distributor, points, second, issuer, alice):
    claim = distributor.claim(*second.claim(alice, LATER), {"from": alice}).gas_used

    assert claim <= points.issue(alice, POINT, REF, {"from": issuer}).gas_used + proof_gas(second, alice, LATER)
