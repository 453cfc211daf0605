"""The standards that the points claim, each by the shared behaviour of its standard

given alice with 100 points and bob with 50
    it should behave as an ERC-20 token
    it should take permits (ERC-2612)
    it should count votes by the second (ERC-5805, ERC-6372)
    it should move points within the gas for it, to a holder and to a new one
"""

from __future__ import annotations

import pytest

from tests.behaviours.erc20 import ERC20Behaviour, PermitBehaviour, VotesBehaviour
from tests.support.loyalty import POINT

TO_A_HOLDER = 41_500
TO_A_NEW_HOLDER = 58_600


@pytest.fixture
def token(points):
    return points


class TestERC20(ERC20Behaviour):
    """Points as an ERC-20 token."""


class TestPermit(PermitBehaviour):
    """Points' ERC-2612 permit."""


class TestVotes(VotesBehaviour):
    """Points' votes."""


def test_costs_little_to_move_points_to_a_holder(points, alice, bob):
    receipt = points.transfer(bob, 12_345 * POINT // 1000, {"from": alice})

    assert receipt.gas_used <= TO_A_HOLDER


def test_costs_little_to_move_points_to_a_new_holder(points, alice, carol):
    receipt = points.transfer(carol, 12_345 * POINT // 1000, {"from": alice})

    assert receipt.gas_used <= TO_A_NEW_HOLDER
