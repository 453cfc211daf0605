"""issueBatch

given a caller without the issuer's role
    it should refuse
given recipients and amounts of different number
    it should refuse
given nobody
    it should refuse
given an amount of zero among others
    it should refuse
given no recipient among others
    it should refuse
given a sum beyond a uint256
    it should refuse
given a sum beyond what is issuable
    it should refuse and leave nothing issued
otherwise
    it should credit everyone, also who is named twice
    it should tell the total once
    it should raise the votes of every delegate
    it should write one checkpoint of the supply, with the total
    it should stay within the gas for an existing holder
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.support.loyalty import BUDGET, POINT, REF, ZERO_ADDRESS
from tests.support.reverting import reverts

REST = BUDGET - 150 * POINT
HUNDRED = [to_checksum_address(keccak(text=f"customer {index}")[:20]) for index in range(100)]
AMOUNTS = [(1_234_567 + 7_919 * index) * 10**13 for index in range(100)]
GAS_PER_HOLDER = 15_000


def test_refuses_a_caller_without_the_role(points, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        points.issueBatch([stranger], [POINT], REF, {"from": stranger})


@pytest.mark.parametrize(("count", "amounts"), [(1, 2), (2, 1), (0, 1), (1, 0)])
def test_refuses_lists_of_different_length(points, issuer, count, amounts):
    with reverts("LoyaltyPoints_LengthMismatch", count, amounts):
        points.issueBatch(HUNDRED[:count], AMOUNTS[:amounts], REF, {"from": issuer})


def test_refuses_nobody(points, issuer):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.issueBatch([], [], REF, {"from": issuer})


def test_refuses_an_amount_of_zero(points, issuer, alice, bob):
    with reverts("LoyaltyPoints_ZeroAmount"):
        points.issueBatch([alice, bob], [POINT, 0], REF, {"from": issuer})


def test_refuses_no_recipient(points, issuer, alice):
    with reverts("ERC20InvalidReceiver", ZERO_ADDRESS):
        points.issueBatch([alice, ZERO_ADDRESS], [POINT, POINT], REF, {"from": issuer})


def test_refuses_a_sum_that_would_wrap_around(points, issuer, alice, bob):
    with pytest.raises(VirtualMachineError, match="Integer overflow"):
        points.issueBatch([alice, bob], [2**256 - 1, 2], REF, {"from": issuer})


def test_refuses_a_sum_beyond_what_is_issuable(points, issuer, alice, bob):
    with reverts("LoyaltyPoints_BudgetExceeded", REST + 1, REST):
        points.issueBatch([alice, bob], [REST, 1], REF, {"from": issuer})

    assert points.totalSupply() == 150 * POINT


def test_credits_everyone_also_who_is_named_twice(points, issuer, alice, carol):
    points.issueBatch([alice, carol, alice], [POINT, 2 * POINT, 3 * POINT], REF, {"from": issuer})

    assert points.balanceOf(alice) == 104 * POINT
    assert points.balanceOf(carol) == 2 * POINT
    assert points.totalSupply() == points.totalIssued() == 156 * POINT


def test_tells_the_total_once_and_each_transfer(points, issuer, alice, carol):
    events = points.issueBatch([alice, carol], [POINT, 2 * POINT], REF, {"from": issuer}).events

    assert [dict(event) for event in events["PointsIssued"]] == [
        {"issuer": issuer, "ref": "0x" + REF.hex(), "amount": 3 * POINT}
    ]
    assert [(event["from"], event["to"], event["value"]) for event in events["Transfer"]] == [
        (ZERO_ADDRESS, alice, POINT),
        (ZERO_ADDRESS, carol, 2 * POINT),
    ]


def test_raises_the_votes_of_every_delegate(points, issuer, alice, bob, carol):
    points.delegate(carol, {"from": alice})
    points.delegate(bob, {"from": bob})

    points.issueBatch([alice, bob, alice, carol], [POINT, 2 * POINT, 3 * POINT, 4 * POINT], REF, {"from": issuer})

    assert points.getVotes(carol) == 104 * POINT
    assert points.getVotes(bob) == 52 * POINT


def test_writes_the_supply_of_the_moment_for_votes(points, issuer, alice, bob, chain):
    chain.sleep(10)
    at = points.issueBatch([alice, bob], [POINT, 2 * POINT], REF, {"from": issuer}).timestamp
    chain.sleep(10)
    chain.mine()

    assert points.getPastTotalSupply(at - 1) == 150 * POINT
    assert points.getPastTotalSupply(at) == 153 * POINT


def test_costs_an_existing_holder_s_share_at_most(points, issuer, chain):
    points.issueBatch(HUNDRED, AMOUNTS, REF, {"from": issuer})
    chain.sleep(60)

    receipt = points.issueBatch(HUNDRED, AMOUNTS, REF, {"from": issuer})

    assert receipt.gas_used <= 100 * GAS_PER_HOLDER
