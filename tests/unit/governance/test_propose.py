"""ProgramGovernor.propose

given a proposer with the threshold's votes
    it opens the proposal after the voting delay, for the voting period
    it can be proposed by a delegate who holds nothing
given a proposer with fewer votes, also with points that are not delegated
    it reverts
given points that came in the same second
    it reverts
when the same proposal exists
    it reverts, also after it was cancelled
when the description names another proposer
    it reverts
when calls and targets do not match, or there are none
    it reverts
"""

from __future__ import annotations

from brownie import web3

from tests.support.reverting import reverts
from tests.unit.governance.dao import (
    ACTIVE,
    CANCELED,
    PENDING,
    THRESHOLD,
    VOTING_DELAY,
    VOTING_PERIOD,
    Proposal,
    states,
    wait,
)

NO_STATES = states()


def test_opens_after_the_delay_for_the_period(proposal, governor, carol):
    receipt = proposal.propose(carol)
    assert governor.proposalSnapshot(proposal.id) == receipt.timestamp + VOTING_DELAY
    assert governor.proposalDeadline(proposal.id) == receipt.timestamp + VOTING_DELAY + VOTING_PERIOD
    assert governor.proposalProposer(proposal.id) == carol
    assert proposal.state == PENDING


def test_becomes_active(proposal, carol):
    assert proposal.opened_by(carol).state == ACTIVE


def test_a_delegate_proposes(proposal, points, carol, stranger):
    points.delegate(stranger, {"from": carol})
    wait(1)
    assert "ProposalCreated" in proposal.propose(stranger).events


def test_reverts_below_the_threshold(proposal, points, bob, carol):
    points.transfer(bob, 1, {"from": carol})
    wait(1)
    with reverts("GovernorInsufficientProposerVotes", carol, THRESHOLD - 1, THRESHOLD):
        proposal.propose(carol)


def test_reverts_without_delegation(proposal, points, alice, stranger):
    points.transfer(stranger, THRESHOLD, {"from": alice})
    wait(1)
    with reverts("GovernorInsufficientProposerVotes", stranger, 0, THRESHOLD):
        proposal.propose(stranger)


def test_reverts_when_it_exists(proposal, carol, bob):
    proposal.propose(carol)
    with reverts("GovernorUnexpectedProposalState", proposal.id, PENDING, NO_STATES):
        proposal.propose(bob)


def test_reverts_when_it_was_cancelled(proposal, carol, guardian):
    proposal.propose(carol)
    proposal.cancel(guardian)
    with reverts("GovernorUnexpectedProposalState", proposal.id, CANCELED, NO_STATES):
        proposal.propose(carol)


def test_reverts_when_the_description_names_another_proposer(governor, parameter, bob, carol):
    description = f"Change the number#proposer={bob.address.lower()}"
    named = Proposal(governor, parameter, parameter.setNumber.encode_input(42), description=description)
    with reverts("GovernorRestrictedProposer", carol):
        named.propose(carol)


def test_reverts_without_calls(governor, carol):
    wait(1)
    with reverts("GovernorInvalidProposalLength", 0, 0, 0):
        governor.propose([], [], [], "nothing", {"from": carol})


def test_reverts_when_calls_and_targets_do_not_match(governor, parameter, carol):
    wait(1)
    with reverts("GovernorInvalidProposalLength", 1, 2, 1):
        governor.propose([parameter], [0], ["0x", "0x"], "too many", {"from": carol})


def test_names_the_proposal_by_its_content(proposal, governor):
    assert governor.getProposalId(*proposal.calls, web3.keccak(text=proposal.description)) == proposal.id
