"""publish

given a caller without the issuer's role
    it should refuse
given no root
    it should refuse
given something else than a CID
    it should refuse
given a time that has passed
    it should refuse
given the present second
    it should take it
given a distributor with a minimum delay
    it should refuse an earlier time, and take the earliest
given a total that was worked out on another matured total
    it should refuse
    it should refuse when that total changes in this very call
given a total below the matured one
    it should refuse
given the matured total again
    it should take it
given more customers
    it should cost the brand the same
otherwise
    it should hold the root as pending and tell so
    it should issue nothing and change nobody's standing in the matured root
given a pending root that is not due
    it should replace it and tell so
given a pending root that is due
    it should mature that one first
    it should not replace it, however little gas it is sent
given a pending root that is due and that the budget cannot pay
    it should replace it
given a pending root that is due and a distributor that may no longer issue
    it should replace it
"""

from __future__ import annotations

import pytest

from tests.support.clock import mine_at
from tests.support.loyalty import ISSUER, POINT, deploy_distributor
from tests.support.merkle import Tree
from tests.support.reverting import reverts
from tests.support.starving import least_gas
from tests.unit.loyalty.points_distributor.publishing import (
    CID,
    FIRST,
    fallen_due,
    matured,
    published,
    use_up_the_budget,
)

ROOT, OTHER_ROOT = b"\x11" * 32, b"\x22" * 32
TOTAL = sum(FIRST)
FAR = 2**39
LIMITS = range(40_000, 400_000, 500)


def test_refuses_a_caller_without_the_role(distributor, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        distributor.publish(ROOT, TOTAL, CID, FAR, 0, {"from": stranger})


def test_refuses_no_root(distributor, issuer):
    with reverts("PointsDistributor_ZeroRoot"):
        distributor.publish(bytes(32), TOTAL, CID, FAR, 0, {"from": issuer})


@pytest.mark.parametrize(
    "cid",
    [
        "",
        CID[:-1],
        CID + "a",
        "B" + CID[1:],
        "z" + CID[1:],
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKryKw",
        f"ipfs://{CID[:-7]}",
    ],
)
def test_refuses_something_else_than_a_cid(distributor, issuer, cid):
    with reverts("PointsDistributor_InvalidCid", cid):
        distributor.publish(ROOT, TOTAL, cid, FAR, 0, {"from": issuer})


def test_refuses_a_time_that_has_passed(distributor, issuer, chain):
    past = chain[-1].timestamp - 1

    with reverts("PointsDistributor_MaturesTooSoon", past, 0):
        distributor.publish(ROOT, TOTAL, CID, past, 0, {"from": issuer})


def test_gives_time_to_discard_what_a_thief_published(deployer, authority, points, brand, issuer, chain):
    patient = deploy_distributor(deployer, authority, points, brand, 3_600)
    now = chain[-1].timestamp + 100
    block = mine_at(now)
    publish = patient.publish

    with reverts("PointsDistributor_MaturesTooSoon", now + 3_599, 3_600):
        publish.call(ROOT, TOTAL, CID, now + 3_599, 0, {"from": issuer}, block_identifier=block)
    assert publish.call(ROOT, TOTAL, CID, now + 3_600, 0, {"from": issuer}, block_identifier=block) == ()


def test_takes_the_present_second(distributor, issuer, chain):
    now = chain[-1].timestamp + 100
    block = mine_at(now)

    assert distributor.publish.call(ROOT, TOTAL, CID, now, 0, {"from": issuer}, block_identifier=block) == ()


def test_refuses_a_total_worked_out_on_another_matured_total(distributor, first, issuer):
    with reverts("PointsDistributor_OutdatedBasis", TOTAL - 1, TOTAL):
        distributor.publish(ROOT, 2 * TOTAL, CID, FAR, TOTAL - 1, {"from": issuer})


def test_refuses_a_total_whose_basis_changes_in_this_very_call(distributor, first, issuer):
    fallen_due(distributor, ROOT, TOTAL + POINT, issuer)

    with reverts("PointsDistributor_OutdatedBasis", TOTAL, TOTAL + POINT):
        distributor.publish(OTHER_ROOT, TOTAL + POINT, CID, FAR, TOTAL, {"from": issuer})


def test_refuses_a_total_below_the_matured_one(distributor, first, issuer):
    with reverts("PointsDistributor_TotalBelowMatured", TOTAL - 1, TOTAL):
        distributor.publish(ROOT, TOTAL - 1, CID, FAR, TOTAL, {"from": issuer})


def test_takes_the_matured_total_again(distributor, first, issuer):
    due = published(distributor, ROOT, TOTAL, issuer)

    assert distributor.pending() == ("0x" + ROOT.hex(), TOTAL, due)


def test_takes_the_largest_total(distributor, issuer):
    due = published(distributor, ROOT, 2**128 - 1, issuer)

    assert distributor.pending() == ("0x" + ROOT.hex(), 2**128 - 1, due)


def test_holds_the_root_as_pending_and_tells_so(distributor, issuer):
    events = distributor.publish(ROOT, TOTAL, CID, FAR, 0, {"from": issuer}).events

    assert distributor.pending() == ("0x" + ROOT.hex(), TOTAL, FAR)
    assert dict(events["RootPublished"]) == {
        "root": "0x" + ROOT.hex(),
        "total": TOTAL,
        "maturesAt": FAR,
        "dataCid": CID,
    }
    assert len(events) == 1


def test_issues_nothing_and_leaves_the_matured_root(distributor, points, first, issuer, alice):
    published(distributor, ROOT, 2 * TOTAL, issuer)

    assert distributor.matured() == ("0x" + first.root.hex(), TOTAL)
    assert points.totalIssued() == TOTAL
    distributor.claim(*first.claim(alice, FIRST[0]), {"from": alice})
    assert points.balanceOf(alice) == FIRST[0]


def test_replaces_one_that_is_not_due_and_tells_so(distributor, issuer):
    published(distributor, ROOT, TOTAL, issuer)

    events = distributor.publish(OTHER_ROOT, POINT, CID, FAR, 0, {"from": issuer}).events

    assert distributor.pending() == ("0x" + OTHER_ROOT.hex(), POINT, FAR)
    assert dict(events["RootDiscarded"]) == {"root": "0x" + ROOT.hex()}
    assert len(events["RootPublished"]) == 1


def test_takes_a_returned_purchase_back(distributor, points, tree, issuer, alice, bob, carol):
    published(distributor, tree.root, TOTAL, issuer)
    without_the_purchase = Tree([(alice, 30 * POINT), (bob, FIRST[1]), (carol, FIRST[2])])

    matured(distributor, without_the_purchase.root, TOTAL - 70 * POINT, issuer)
    distributor.claim(*without_the_purchase.claim(alice, 30 * POINT), {"from": alice})

    assert points.balanceOf(alice) == 30 * POINT
    assert points.totalIssued() == TOTAL - 70 * POINT
    with reverts("PointsDistributor_InvalidProof", alice, FIRST[0]):
        distributor.claim(*tree.claim(alice, FIRST[0]), {"from": alice})


def test_matures_one_that_is_due_first(distributor, points, tree, issuer):
    fallen_due(distributor, tree.root, TOTAL, issuer)

    events = distributor.publish(ROOT, 2 * TOTAL, CID, FAR, TOTAL, {"from": issuer}).events

    assert distributor.matured() == ("0x" + tree.root.hex(), TOTAL)
    assert distributor.pending() == ("0x" + ROOT.hex(), 2 * TOTAL, FAR)
    assert points.balanceOf(distributor) == TOTAL
    assert dict(events["RootMatured"])["root"] == "0x" + tree.root.hex()
    assert "RootDiscarded" not in events


def test_replaces_none_that_is_due_however_little_gas_it_is_sent(distributor, tree, issuer):
    """A basis of nothing is right only if the due root is passed over."""
    due = published(distributor, tree.root, TOTAL, issuer)
    publish = (LIMITS, distributor.publish, ROOT, TOTAL, CID, FAR, 0)

    before_it_is_due = least_gas(*publish, sender=issuer)
    mine_at(due)

    assert before_it_is_due is not None
    assert least_gas(*publish, sender=issuer) is None


def test_replaces_one_that_is_due_and_that_the_budget_cannot_pay(distributor, points, first, issuer, alice):
    fallen_due(distributor, ROOT, TOTAL + 100 * POINT, issuer)
    use_up_the_budget(points, issuer, rest=99 * POINT)

    events = distributor.publish(OTHER_ROOT, TOTAL + POINT, CID, FAR, TOTAL, {"from": issuer}).events

    assert distributor.pending() == ("0x" + OTHER_ROOT.hex(), TOTAL + POINT, FAR)
    assert distributor.matured() == ("0x" + first.root.hex(), TOTAL)
    assert dict(events["RootDiscarded"]) == {"root": "0x" + ROOT.hex()}
    assert points.issuable() == 99 * POINT


def test_replaces_one_that_is_due_when_it_may_no_longer_issue(distributor, authority, first, issuer, brand):
    fallen_due(distributor, ROOT, TOTAL + POINT, issuer)
    authority.revokeRole(ISSUER, distributor, {"from": brand})

    distributor.publish(OTHER_ROOT, TOTAL, CID, FAR, TOTAL, {"from": issuer})

    assert distributor.pending()[0] == "0x" + OTHER_ROOT.hex()
    assert distributor.matured() == ("0x" + first.root.hex(), TOTAL)


def test_costs_the_brand_the_same_for_any_number_of_customers(distributor, issuer, chain):
    def cost(customers: int) -> int:
        tree = Tree((f"0x{number:040x}", 1) for number in range(1, customers + 1))
        chain.snapshot()
        gas = distributor.publish(tree.root, TOTAL, CID, FAR, 0, {"from": issuer}).gas_used
        chain.revert()
        return gas

    # A zero byte of a root costs 12 gas less than another.
    assert cost(1) == pytest.approx(cost(2_000), abs=32 * 12)
