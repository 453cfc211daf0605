"""ProgramGovernor.queue, execute

given a proposal that won
    it is queued by anyone, executed by anyone after the delay, and changes the parameter
    it can be executed on the timelock directly
    its calls are carried out in order, all or none
given a proposal that missed the quorum, tied, or has the majority against it
    it is defeated and cannot be queued
given abstentions
    they count for the quorum, not for the majority
when it is queued before the end of voting, or twice
    it reverts
when it is executed before it is queued, before the delay is over, or twice
    it reverts
when other calls are executed than were voted for
    it reverts
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.unit.governance.dao import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    DEFEATED,
    EXECUTED,
    FOR,
    MIN_DELAY,
    NOTHING_BEFORE,
    QUEUED,
    SUCCEEDED,
    VOTING_PERIOD,
    Proposal,
    states,
    wait,
)


def test_changes_the_parameter(proposal, parameter, alice, stranger):
    proposal.won_by(alice)
    proposal.queue(stranger)
    wait(MIN_DELAY)
    proposal.execute(stranger)
    assert parameter.number() == 42
    assert proposal.state == EXECUTED


def test_tells_when_it_can_be_executed(proposal, governor, alice):
    receipt = proposal.won_by(alice).queue(alice)
    assert dict(receipt.events["ProposalQueued"]) == {
        "proposalId": proposal.id,
        "etaSeconds": receipt.timestamp + MIN_DELAY,
    }
    assert proposal.state == QUEUED


def test_can_be_executed_on_the_timelock(proposal, governor, timelock, parameter, alice, stranger):
    proposal.queued_by(alice)
    wait(MIN_DELAY)
    timelock.executeBatch(*proposal.calls, NOTHING_BEFORE, proposal.salt, {"from": stranger})
    assert parameter.number() == 42
    assert proposal.state == EXECUTED


def test_carries_out_calls_in_order(governor, parameter, alice):
    calls = [parameter.setNumber.encode_input(number) for number in (1, 2, 3)]
    Proposal(governor, parameter, *calls).carried_out_by(alice)
    assert parameter.number() == 3


def test_carries_out_all_calls_or_none(governor, parameter, alice):
    calls = [parameter.setNumber.encode_input(1), parameter.setAuthority.encode_input(alice)]
    proposal = Proposal(governor, parameter, *calls).queued_by(alice)
    wait(MIN_DELAY)
    with reverts("AccessManagedUnauthorized", governor.timelock()):
        proposal.execute(alice)
    assert parameter.number() == 0
    assert proposal.state == QUEUED


@pytest.mark.parametrize("support", [FOR, AGAINST, ABSTAIN])
def test_is_defeated_below_the_quorum(proposal, governor, alice, carol, support):
    proposal.opened_by(carol)
    governor.castVote(proposal.id, support, {"from": carol})
    wait(VOTING_PERIOD)
    assert proposal.state == DEFEATED
    with reverts("GovernorUnexpectedProposalState", proposal.id, DEFEATED, states(SUCCEEDED)):
        proposal.queue(carol)


def test_is_defeated_when_nobody_votes(proposal, carol):
    proposal.opened_by(carol)
    wait(VOTING_PERIOD)
    assert proposal.state == DEFEATED


def test_is_defeated_by_the_majority(proposal, governor, alice, bob):
    proposal.opened_by(bob)
    governor.castVote(proposal.id, FOR, {"from": bob})
    governor.castVote(proposal.id, AGAINST, {"from": alice})
    wait(VOTING_PERIOD)
    assert proposal.state == DEFEATED
    with reverts("GovernorUnexpectedProposalState", proposal.id, DEFEATED, states(SUCCEEDED)):
        proposal.queue(bob)


def test_is_defeated_by_a_tie(proposal, governor, points, alice, bob):
    points.transfer(bob, 150, {"from": alice})
    proposal.opened_by(bob)
    governor.castVote(proposal.id, FOR, {"from": bob})
    governor.castVote(proposal.id, AGAINST, {"from": alice})
    wait(VOTING_PERIOD)
    assert governor.proposalVotes(proposal.id) == (450, 450, 0)
    assert proposal.state == DEFEATED


def test_abstentions_count_for_the_quorum_only(proposal, governor, bob, carol):
    proposal.opened_by(carol)
    governor.castVote(proposal.id, FOR, {"from": carol})
    governor.castVote(proposal.id, ABSTAIN, {"from": bob})
    wait(VOTING_PERIOD)
    assert proposal.state == SUCCEEDED


def test_the_quorum_is_of_the_supply_at_the_snapshot(proposal, governor, points, bob, deployer, stranger):
    proposal.opened_by(bob)
    points.mint(stranger, 1_000_000, {"from": deployer})
    governor.castVote(proposal.id, FOR, {"from": bob})
    wait(VOTING_PERIOD)
    assert governor.quorum(governor.proposalSnapshot(proposal.id)) == 200
    assert proposal.state == SUCCEEDED


def test_reverts_when_queued_during_the_vote(proposal, governor, alice):
    proposal.opened_by(alice)
    governor.castVote(proposal.id, FOR, {"from": alice})
    with reverts("GovernorUnexpectedProposalState", proposal.id, ACTIVE, states(SUCCEEDED)):
        proposal.queue(alice)


def test_reverts_when_queued_twice(proposal, alice):
    proposal.queued_by(alice)
    with reverts("GovernorUnexpectedProposalState", proposal.id, QUEUED, states(SUCCEEDED)):
        proposal.queue(alice)


def test_reverts_when_executed_before_it_is_queued(proposal, governor, timelock, alice):
    proposal.won_by(alice)
    wait(MIN_DELAY)
    with reverts("TimelockUnexpectedOperationState", proposal.operation, states(2)):
        proposal.execute(alice)


def test_reverts_when_executed_before_the_delay(proposal, governor, timelock, parameter, alice):
    proposal.queued_by(alice)
    wait(MIN_DELAY - 60)
    with reverts("TimelockUnexpectedOperationState", proposal.operation, states(2)):
        proposal.execute(alice)
    assert parameter.number() == 0


def test_reverts_when_executed_twice(proposal, alice):
    proposal.carried_out_by(alice)
    with reverts("GovernorUnexpectedProposalState", proposal.id, EXECUTED, states(SUCCEEDED, QUEUED)):
        proposal.execute(alice)


def test_reverts_when_other_calls_are_executed(proposal, governor, parameter, alice):
    proposal.queued_by(alice)
    other = Proposal(governor, parameter, parameter.setNumber.encode_input(43))
    wait(MIN_DELAY)
    with reverts("GovernorNonexistentProposal", other.id):
        other.execute(alice)
