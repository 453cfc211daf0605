"""ProgramGovernor.cancel, proposalGuardian, setProposalGuardian

given the guardian
    it cancels a proposal that is pending, active, won, defeated or queued, also in the timelock
    it cannot cancel one that was executed or cancelled
    it can do nothing else: not propose, vote, queue what lost, execute early, cancel on the timelock or set a number
given the proposer
    she cancels her proposal while it is pending, not later
given anyone else
    it reverts
given the decision to replace the guardian
    the new one cancels, the old one no longer does
given no guardian
    each proposer cancels her own proposal at any time, nobody else's
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.unit.governance.conftest import ZERO
from tests.unit.governance.dao import (
    ACTIVE,
    CANCELED,
    DEFEATED,
    EXECUTED,
    FOR,
    MIN_DELAY,
    NOTHING_BEFORE,
    PENDING,
    QUEUED,
    SUCCEEDED,
    THRESHOLD,
    VOTING_PERIOD,
    Proposal,
    states,
    wait,
)

STILL_OPEN = states(PENDING, ACTIVE, DEFEATED, SUCCEEDED, QUEUED)


def test_cancels_while_pending(proposal, carol, guardian):
    proposal.propose(carol)
    receipt = proposal.cancel(guardian)
    assert receipt.events["ProposalCanceled"]["proposalId"] == proposal.id
    assert proposal.state == CANCELED


def test_cancels_while_active(proposal, carol, guardian):
    proposal.opened_by(carol).cancel(guardian)
    assert proposal.state == CANCELED


def test_cancels_what_won(proposal, alice, guardian):
    proposal.won_by(alice).cancel(guardian)
    assert proposal.state == CANCELED


def test_cancels_what_is_queued(proposal, timelock, parameter, alice, guardian):
    proposal.queued_by(alice).cancel(guardian)
    assert not timelock.isOperation(proposal.operation)
    wait(MIN_DELAY)
    with reverts("GovernorUnexpectedProposalState", proposal.id, CANCELED, states(SUCCEEDED, QUEUED)):
        proposal.execute(alice)
    with reverts("TimelockUnexpectedOperationState", proposal.operation, states(2)):
        timelock.executeBatch(*proposal.calls, NOTHING_BEFORE, proposal.salt, {"from": alice})
    assert parameter.number() == 0


def test_cannot_cancel_what_was_executed(proposal, alice, guardian):
    proposal.carried_out_by(alice)
    with reverts("GovernorUnexpectedProposalState", proposal.id, EXECUTED, STILL_OPEN):
        proposal.cancel(guardian)


def test_cannot_cancel_twice(proposal, carol, guardian):
    proposal.propose(carol)
    proposal.cancel(guardian)
    with reverts("GovernorUnexpectedProposalState", proposal.id, CANCELED, STILL_OPEN):
        proposal.cancel(guardian)


# --- nothing else -----------------------------------------------------------------------------------------------------


def test_guardian_cannot_propose(proposal, guardian):
    with reverts("GovernorInsufficientProposerVotes", guardian, 0, THRESHOLD):
        proposal.propose(guardian)


def test_guardian_has_no_vote(proposal, governor, carol, guardian):
    proposal.opened_by(carol)
    governor.castVote(proposal.id, FOR, {"from": guardian})
    assert governor.proposalVotes(proposal.id) == (0, 0, 0)


def test_guardian_cannot_queue_what_lost(proposal, carol, guardian):
    proposal.opened_by(carol)
    wait(VOTING_PERIOD)
    with reverts("GovernorUnexpectedProposalState", proposal.id, DEFEATED, states(SUCCEEDED)):
        proposal.queue(guardian)


def test_guardian_cannot_execute_early(proposal, timelock, alice, guardian):
    proposal.queued_by(alice)
    with reverts("TimelockUnexpectedOperationState", proposal.operation, states(2)):
        proposal.execute(guardian)


def test_guardian_cannot_cancel_on_the_timelock(proposal, timelock, alice, guardian):
    proposal.queued_by(alice)
    with reverts("AccessControlUnauthorizedAccount", guardian, bytes(timelock.CANCELLER_ROLE())):
        timelock.cancel(proposal.operation, {"from": guardian})


def test_guardian_cannot_change_the_parameter(parameter, guardian):
    with reverts("AccessManagedUnauthorized", guardian):
        parameter.setNumber(1, {"from": guardian})


# --- the others -------------------------------------------------------------------------------------------------------


def test_proposer_cancels_while_pending(proposal, carol):
    proposal.propose(carol)
    proposal.cancel(carol)
    assert proposal.state == CANCELED


def test_proposer_cannot_cancel_once_voting_began(proposal, carol):
    proposal.opened_by(carol)
    with reverts("GovernorUnableToCancel", proposal.id, carol):
        proposal.cancel(carol)


@pytest.mark.parametrize("actor", ["alice", "brand", "deployer", "stranger"])
def test_nobody_else_cancels(proposal, carol, actor, request):
    proposal.propose(carol)
    with reverts("GovernorUnableToCancel", proposal.id, request.getfixturevalue(actor)):
        proposal.cancel(request.getfixturevalue(actor))


# --- replacing the guardian -------------------------------------------------------------------------------------------


def test_a_decision_replaces_the_guardian(governor, proposal, alice, carol, guardian, stranger):
    Proposal(governor, governor, governor.setProposalGuardian.encode_input(stranger)).carried_out_by(alice)
    assert governor.proposalGuardian() == stranger
    proposal.opened_by(carol)
    with reverts("GovernorUnableToCancel", proposal.id, guardian):
        proposal.cancel(guardian)
    proposal.cancel(stranger)
    assert proposal.state == CANCELED


@pytest.mark.parametrize("actor", ["alice", "brand", "deployer", "guardian", "stranger"])
def test_nobody_replaces_the_guardian_alone(governor, actor, request):
    sender = request.getfixturevalue(actor)
    with reverts("GovernorOnlyExecutor", sender):
        governor.setProposalGuardian(sender, {"from": sender})


def test_without_a_guardian_proposers_cancel_their_own(governor, proposal, alice, carol):
    Proposal(governor, governor, governor.setProposalGuardian.encode_input(ZERO)).carried_out_by(alice)
    proposal.opened_by(carol)
    with reverts("GovernorUnableToCancel", proposal.id, alice):
        proposal.cancel(alice)
    proposal.cancel(carol)
    assert proposal.state == CANCELED
