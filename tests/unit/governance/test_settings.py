"""What only a decision of the customers changes: the governor's settings, and the roles and the delay of the timelock

given the governor as it is deployed
    it shows its settings, its parts and the points' clock
when the points count time in blocks
    it cannot be deployed
given a decision
    it changes the setting
when anybody else tries
    it reverts
given the timelock as it is wired
    the governor alone proposes and cancels, anyone executes, the timelock alone administers
when anybody else schedules, cancels, grants a role or changes the delay
    it reverts
given a decision to grant a role
    it is granted
given that the brand's admin administers the role by which the timelock changes the programme
    it reverts when the brand acts without it
    the brand takes it back, which stops what a captured DAO has queued
given money sent to the governor by mistake
    it is refused
"""

from __future__ import annotations

import pytest
from brownie import MockBlockVotes, ProgramGovernor

from tests.support.reverting import reverts
from tests.unit.governance.conftest import ZERO
from tests.unit.governance.dao import (
    LATE_QUORUM_EXTENSION,
    MIN_DELAY,
    NOTHING_BEFORE,
    PARAMETERS,
    QUORUM_PERCENT,
    THRESHOLD,
    VOTING_DELAY,
    VOTING_PERIOD,
    Proposal,
    wait,
)

SETTINGS = [
    ("setVotingDelay", "votingDelay", 120),
    ("setVotingPeriod", "votingPeriod", 7_200),
    ("setProposalThreshold", "proposalThreshold", 5),
    ("setLateQuorumVoteExtension", "lateQuorumVoteExtension", 60),
    ("updateQuorumNumerator", "quorumNumerator", 50),
]


def test_shows_its_settings(governor, points, timelock, guardian):
    assert governor.name() == "Coffee DAO"
    assert governor.version() == "1"
    assert governor.token() == points
    assert governor.timelock() == timelock
    assert governor.proposalGuardian() == guardian
    assert governor.votingDelay() == VOTING_DELAY
    assert governor.votingPeriod() == VOTING_PERIOD
    assert governor.proposalThreshold() == THRESHOLD
    assert (governor.quorumNumerator(), governor.quorumDenominator()) == (QUORUM_PERCENT, 100)
    assert governor.lateQuorumVoteExtension() == LATE_QUORUM_EXTENSION
    assert governor.proposalNeedsQueuing(0)


def test_counts_time_as_the_points_do(governor, points):
    assert governor.CLOCK_MODE() == points.CLOCK_MODE() == "mode=timestamp"
    assert governor.clock() == points.clock()


def test_refuses_points_that_count_in_blocks(deployer, timelock, guardian):
    votes = deployer.deploy(MockBlockVotes)
    with reverts("ProgramGovernor_WrongClock", "mode=blocknumber&from=default"):
        deployer.deploy(ProgramGovernor, "Coffee DAO", votes, timelock, guardian, 60, 3_600, 100, 20, 600)


@pytest.mark.parametrize(
    ("interface_id", "expected"), [("0x01ffc9a7", True), ("0x4e2312e0", True), ("0xffffffff", False)]
)
def test_claims_erc165_and_the_receiver(governor, interface_id, expected):
    assert governor.supportsInterface(interface_id) is expected


@pytest.mark.parametrize(("setter", "getter", "value"), SETTINGS, ids=[getter for _, getter, _ in SETTINGS])
def test_a_decision_changes_the_setting(governor, alice, setter, getter, value):
    Proposal(governor, governor, getattr(governor, setter).encode_input(value)).carried_out_by(alice)
    assert getattr(governor, getter)() == value


@pytest.mark.parametrize(("setter", "getter", "value"), SETTINGS, ids=[getter for _, getter, _ in SETTINGS])
@pytest.mark.parametrize("actor", ["brand", "guardian"])
def test_nobody_changes_a_setting_alone(governor, actor, request, setter, getter, value):
    sender = request.getfixturevalue(actor)
    with reverts("GovernorOnlyExecutor", sender):
        getattr(governor, setter)(value, {"from": sender})


def test_nobody_makes_the_governor_call_alone(governor, parameter, guardian):
    with reverts("GovernorOnlyExecutor", guardian):
        governor.relay(parameter, 0, parameter.setNumber.encode_input(1), {"from": guardian})


def test_nobody_moves_the_governor_to_another_timelock(governor, stranger):
    with reverts("GovernorOnlyExecutor", stranger):
        governor.updateTimelock(stranger, {"from": stranger})


# --- timelock ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["PROPOSER_ROLE", "CANCELLER_ROLE"])
def test_the_governor_alone_proposes_and_cancels(timelock, governor, role, deployer, brand, guardian):
    role_id = getattr(timelock, role)()
    holders = [timelock.hasRole(role_id, who) for who in (governor, deployer, brand, guardian, timelock, ZERO)]
    assert holders == [True, False, False, False, False, False]


def test_anyone_executes(timelock):
    assert timelock.hasRole(timelock.EXECUTOR_ROLE(), ZERO)


def test_the_timelock_alone_administers(timelock, governor, deployer, brand):
    admin = timelock.DEFAULT_ADMIN_ROLE()
    assert [timelock.hasRole(admin, who) for who in (timelock, governor, deployer, brand)] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("actor", ["deployer", "brand", "guardian", "stranger"])
def test_nobody_else_schedules(timelock, governor, parameter, actor, request):
    sender = request.getfixturevalue(actor)
    call = parameter.setNumber.encode_input(1)
    with reverts("AccessControlUnauthorizedAccount", sender, bytes(timelock.PROPOSER_ROLE())):
        timelock.schedule(parameter, 0, call, NOTHING_BEFORE, NOTHING_BEFORE, MIN_DELAY, {"from": sender})


@pytest.mark.parametrize("actor", ["deployer", "brand"])
def test_nobody_else_grants_roles(timelock, governor, actor, request):
    sender = request.getfixturevalue(actor)
    with reverts("AccessControlUnauthorizedAccount", sender, bytes(timelock.DEFAULT_ADMIN_ROLE())):
        timelock.grantRole(timelock.PROPOSER_ROLE(), sender, {"from": sender})


def test_nobody_else_changes_the_delay(timelock, governor, deployer):
    with reverts("TimelockUnauthorizedCaller", deployer):
        timelock.updateDelay(0, {"from": deployer})


def test_a_decision_changes_the_delay(governor, timelock, alice):
    Proposal(governor, timelock, timelock.updateDelay.encode_input(7)).carried_out_by(alice)
    assert timelock.getMinDelay() == 7


def test_a_decision_grants_a_role(governor, timelock, alice, stranger):
    call = timelock.grantRole.encode_input(timelock.CANCELLER_ROLE(), stranger)
    Proposal(governor, timelock, call).carried_out_by(alice)
    assert timelock.hasRole(timelock.CANCELLER_ROLE(), stranger)


def test_the_brand_cannot_change_what_the_customers_decide_without_taking_the_role(parameter, governor, brand):
    with reverts("AccessManagedUnauthorized", brand):
        parameter.setNumber(1, {"from": brand})


def test_the_brand_takes_the_power_back_from_a_captured_dao(authority, parameter, governor, timelock, brand, alice):
    proposal = Proposal(governor, parameter, parameter.setNumber.encode_input(42))
    proposal.queued_by(alice)
    authority.revokeRole(PARAMETERS, timelock, {"from": brand})
    wait(MIN_DELAY)
    with reverts("AccessManagedUnauthorized", timelock):
        proposal.execute(alice)


def test_the_governor_refuses_money(governor, alice):
    with reverts("GovernorDisabledDeposit"):
        alice.transfer(governor, 1)


def test_the_timelock_takes_money(timelock, alice):
    alice.transfer(timelock, 1)
    assert timelock.balance() == 1
