"""A programme's governance: points that vote, the governor, its timelock, and a parameter that the timelock may change.

Alice has 600 of 1,000 votes, Bob 300, Carol 100; all have delegated to themselves. The quorum is 200.
"""

from __future__ import annotations

import pytest
from brownie import MockParameter, MockProgramAuthority, MockVotes, ProgramGovernor, ProgramTimelock

from tests.unit.governance.dao import (
    LATE_QUORUM_EXTENSION,
    MIN_DELAY,
    PARAMETERS,
    QUORUM_PERCENT,
    THRESHOLD,
    VOTING_DELAY,
    VOTING_PERIOD,
    Proposal,
)

ZERO = "0x" + "00" * 20


@pytest.fixture(scope="module")
def points(deployer, alice, bob, carol):
    points = deployer.deploy(MockVotes)
    points.mint(alice, 600, {"from": deployer})
    points.mint(bob, 300, {"from": deployer})
    points.mint(carol, 100, {"from": deployer})
    points.delegate(alice, {"from": alice})
    points.delegate(bob, {"from": bob})
    points.delegate(carol, {"from": carol})
    return points


@pytest.fixture(scope="module")
def timelock(deployer):
    return deployer.deploy(ProgramTimelock, MIN_DELAY, [], [ZERO], deployer)


@pytest.fixture(scope="module")
def governor(deployer, points, timelock, guardian):
    """Wired: the only proposer and canceller of the timelock, which nobody else administers any more."""
    governor = deployer.deploy(
        ProgramGovernor,
        "Coffee DAO",
        points,
        timelock,
        guardian,
        VOTING_DELAY,
        VOTING_PERIOD,
        THRESHOLD,
        QUORUM_PERCENT,
        LATE_QUORUM_EXTENSION,
    )
    timelock.grantRole(timelock.PROPOSER_ROLE(), governor, {"from": deployer})
    timelock.grantRole(timelock.CANCELLER_ROLE(), governor, {"from": deployer})
    timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), deployer, {"from": deployer})
    return governor


@pytest.fixture(scope="module")
def authority(deployer, brand):
    return deployer.deploy(MockProgramAuthority, brand)


@pytest.fixture(scope="module")
def parameter(deployer, authority, timelock, brand):
    """A number that only the timelock's role may set."""
    parameter = deployer.deploy(MockParameter, authority)
    authority.setTargetFunctionRole(parameter, [parameter.setNumber.signature], PARAMETERS, {"from": brand})
    authority.grantRole(PARAMETERS, timelock, 0, {"from": brand})
    return parameter


@pytest.fixture(scope="module")
def proposal(governor, parameter):
    """To set the number to 42."""
    return Proposal(governor, parameter, parameter.setNumber.encode_input(42))
