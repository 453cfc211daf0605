"""ProgramGovernor.castVote, castVoteWithReason, castVoteBySig, castVoteWithReasonAndParamsBySig

given a voter with votes at the snapshot
    it counts them for, against or as an abstention
    it publishes the reason
given points that move after the snapshot
    it counts them once, for the one who had them then
given points that were bought, or delegated, after the snapshot
    it counts nothing for their new owner
given points that nobody delegated
    it counts nothing
given a ballot that the voter signed
    it counts it whoever sends it, also from a wallet (ERC-1271), also with a reason
    its type hashes are the contract's
when the ballot was signed for another chain, contract, proposal, support, reason or nonce, or by somebody else
    it reverts
when the ballot is sent twice
    it reverts
when the signature is malleable, compact, cut or empty
    it reverts
when the voter votes twice, before or after the voting, or for something unknown
    it reverts
given the quorum reached late
    it prolongs the voting
given the quorum reached early
    it does not
"""

from __future__ import annotations

import pytest
from brownie import MockWallet, chain

from tests.support.reverting import reverts
from tests.support.signing import compact, malleable, signed_by
from tests.unit.governance.dao import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    DEFEATED,
    FOR,
    LATE_QUORUM_EXTENSION,
    PENDING,
    SUCCEEDED,
    VOTING_PERIOD,
    Proposal,
    states,
    wait,
)
from web3crm.chain.typed_data import Domain, governor_ballot, governor_extended_ballot


@pytest.fixture
def opened(proposal, carol):
    return proposal.opened_by(carol)


@pytest.fixture
def domain(governor):
    return Domain("Coffee DAO", chain.id, governor.address)


@pytest.fixture
def ballot(opened, domain, bob):
    """Bob's vote for the proposal; a test says what is different."""

    def build(**changes):
        usual = {"domain": domain, "proposal_id": opened.id, "support": FOR, "voter": bob.address, "nonce": 0}
        return governor_ballot(**(usual | changes))

    return build


# --- directly ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("support", "votes"), [(AGAINST, (300, 0, 0)), (FOR, (0, 300, 0)), (ABSTAIN, (0, 0, 300))], ids=["-", "+", "0"]
)
def test_counts_the_votes(opened, governor, bob, support, votes):
    governor.castVote(opened.id, support, {"from": bob})
    assert governor.proposalVotes(opened.id) == votes
    assert governor.hasVoted(opened.id, bob)


def test_publishes_the_reason(opened, governor, bob):
    receipt = governor.castVoteWithReason(opened.id, FOR, "a fair number", {"from": bob})
    assert dict(receipt.events["VoteCast"]) == {
        "voter": bob,
        "proposalId": opened.id,
        "support": FOR,
        "weight": 300,
        "reason": "a fair number",
    }


def test_moved_points_vote_once(opened, governor, points, bob, carol):
    governor.castVote(opened.id, FOR, {"from": bob})
    points.transfer(carol, 300, {"from": bob})
    governor.castVote(opened.id, FOR, {"from": carol})
    assert governor.proposalVotes(opened.id) == (0, 400, 0)


def test_the_holder_at_the_snapshot_votes(opened, governor, points, bob, stranger):
    points.delegate(stranger, {"from": stranger})
    points.transfer(stranger, 300, {"from": bob})
    governor.castVote(opened.id, FOR, {"from": stranger})
    governor.castVote(opened.id, FOR, {"from": bob})
    assert governor.proposalVotes(opened.id) == (0, 300, 0)


def test_points_issued_later_do_not_vote(opened, governor, points, bob, deployer):
    points.mint(bob, 10_000, {"from": deployer})
    governor.castVote(opened.id, FOR, {"from": bob})
    assert governor.proposalVotes(opened.id) == (0, 300, 0)


def test_points_delegated_later_vote_for_the_old_delegate(opened, governor, points, bob, stranger):
    points.delegate(stranger, {"from": bob})
    governor.castVote(opened.id, FOR, {"from": stranger})
    governor.castVote(opened.id, AGAINST, {"from": bob})
    assert governor.proposalVotes(opened.id) == (300, 0, 0)


def test_points_that_nobody_delegated_do_not_vote(governor, points, proposal, bob, carol, stranger):
    points.transfer(stranger, 300, {"from": bob})
    proposal.opened_by(carol)
    governor.castVote(proposal.id, FOR, {"from": stranger})
    assert governor.proposalVotes(proposal.id) == (0, 0, 0)


def test_a_delegate_votes_with_both(governor, points, proposal, bob, carol):
    points.delegate(carol, {"from": bob})
    proposal.opened_by(carol)
    governor.castVote(proposal.id, FOR, {"from": carol})
    assert governor.proposalVotes(proposal.id) == (0, 400, 0)


def test_reverts_the_second_time(opened, governor, bob):
    governor.castVote(opened.id, FOR, {"from": bob})
    with reverts("GovernorAlreadyCastVote", bob):
        governor.castVote(opened.id, AGAINST, {"from": bob})


def test_reverts_before_voting_begins(proposal, governor, bob, carol):
    proposal.propose(carol)
    with reverts("GovernorUnexpectedProposalState", proposal.id, PENDING, states(ACTIVE)):
        governor.castVote(proposal.id, FOR, {"from": bob})


def test_reverts_after_voting_ended(proposal, governor, alice, bob):
    proposal.won_by(alice)
    with reverts("GovernorUnexpectedProposalState", proposal.id, SUCCEEDED, states(ACTIVE)):
        governor.castVote(proposal.id, AGAINST, {"from": bob})


def test_reverts_for_an_unknown_support(opened, governor, bob):
    with reverts("GovernorInvalidVoteType"):
        governor.castVote(opened.id, 3, {"from": bob})


def test_reverts_for_an_unknown_proposal(governor, bob):
    with reverts("GovernorNonexistentProposal", 1):
        governor.castVote(1, FOR, {"from": bob})


# --- by signature -----------------------------------------------------------------------------------------------------


def test_counts_a_signed_ballot(opened, governor, ballot, bob, relayer):
    governor.castVoteBySig(opened.id, FOR, bob, signed_by(bob, ballot()), {"from": relayer})
    assert governor.proposalVotes(opened.id) == (0, 300, 0)
    assert governor.nonces(bob) == 1


def test_counts_a_signed_ballot_with_a_reason(opened, governor, domain, bob, relayer):
    ballot = governor_extended_ballot(
        domain=domain, proposal_id=opened.id, support=AGAINST, voter=bob.address, nonce=0, reason="no", params=b""
    )
    receipt = governor.castVoteWithReasonAndParamsBySig(
        opened.id, AGAINST, bob, "no", b"", signed_by(bob, ballot), {"from": relayer}
    )
    assert receipt.events["VoteCast"]["reason"] == "no"
    assert governor.proposalVotes(opened.id) == (300, 0, 0)


def test_reverts_when_another_reason_is_sent(opened, governor, domain, bob, relayer):
    ballot = governor_extended_ballot(
        domain=domain, proposal_id=opened.id, support=AGAINST, voter=bob.address, nonce=0, reason="no", params=b""
    )
    with reverts("GovernorInvalidSignature", bob):
        governor.castVoteWithReasonAndParamsBySig(
            opened.id, AGAINST, bob, "NO!", b"", signed_by(bob, ballot), {"from": relayer}
        )


@pytest.fixture
def wallet(deployer, points, bob):
    """A contract wallet of Bob's with 300 votes."""
    wallet = deployer.deploy(MockWallet, bob)
    points.transfer(wallet, 300, {"from": bob})
    wallet.execute(points, points.delegate.encode_input(wallet), {"from": bob})
    return wallet


def test_counts_a_wallets_ballot(wallet, opened, governor, ballot, bob, relayer):
    signature = signed_by(bob, ballot(voter=wallet.address))
    governor.castVoteBySig(opened.id, FOR, wallet, signature, {"from": relayer})
    assert governor.proposalVotes(opened.id) == (0, 300, 0)


def test_reverts_when_the_wallet_refuses(wallet, opened, governor, ballot, carol, relayer):
    signature = signed_by(carol, ballot(voter=wallet.address))
    with reverts("GovernorInvalidSignature", wallet):
        governor.castVoteBySig(opened.id, FOR, wallet, signature, {"from": relayer})


@pytest.mark.parametrize(
    "changes",
    [
        {"proposal_id": 1},
        {"support": AGAINST},
        {"nonce": 1},
        {"domain": "chain"},
        {"domain": "contract"},
        {"domain": "name"},
    ],
    ids=["proposal", "support", "nonce", "chain", "contract", "name"],
)
def test_reverts_when_signed_for_something_else(opened, governor, points, ballot, bob, relayer, changes):
    domains = {
        "chain": Domain("Coffee DAO", chain.id + 1, governor.address),
        "contract": Domain("Coffee DAO", chain.id, points.address),
        "name": Domain("Tea DAO", chain.id, governor.address),
    }
    changes = {name: domains.get(value, value) for name, value in changes.items()}
    with reverts("GovernorInvalidSignature", bob):
        governor.castVoteBySig(opened.id, FOR, bob, signed_by(bob, ballot(**changes)), {"from": relayer})


def test_reverts_when_somebody_else_signed(opened, governor, ballot, bob, carol, relayer):
    with reverts("GovernorInvalidSignature", bob):
        governor.castVoteBySig(opened.id, FOR, bob, signed_by(carol, ballot()), {"from": relayer})


def test_reverts_when_the_ballot_is_sent_twice(opened, governor, ballot, bob, relayer):
    signature = signed_by(bob, ballot())
    governor.castVoteBySig(opened.id, FOR, bob, signature, {"from": relayer})
    with reverts("GovernorInvalidSignature", bob):
        governor.castVoteBySig(opened.id, FOR, bob, signature, {"from": relayer})


def test_reverts_when_she_voted_herself_first(opened, governor, ballot, bob, relayer):
    governor.castVote(opened.id, AGAINST, {"from": bob})
    with reverts("GovernorAlreadyCastVote", bob):
        governor.castVoteBySig(opened.id, FOR, bob, signed_by(bob, ballot()), {"from": relayer})


@pytest.mark.parametrize(
    "spoil",
    [malleable, compact, lambda signature: signature[:-1], lambda signature: b""],
    ids=["malleable", "compact", "cut", "empty"],
)
def test_reverts_with_a_spoilt_signature(opened, governor, ballot, bob, relayer, spoil):
    with reverts("GovernorInvalidSignature", bob):
        governor.castVoteBySig(opened.id, FOR, bob, spoil(signed_by(bob, ballot())), {"from": relayer})


# --- late quorum ------------------------------------------------------------------------------------------------------


def test_a_late_quorum_prolongs_the_vote(opened, governor, alice, carol):
    governor.castVote(opened.id, FOR, {"from": carol})
    wait(VOTING_PERIOD - LATE_QUORUM_EXTENSION // 2)
    receipt = governor.castVote(opened.id, FOR, {"from": alice})
    extended = receipt.timestamp + LATE_QUORUM_EXTENSION
    assert dict(receipt.events["ProposalExtended"]) == {"proposalId": opened.id, "extendedDeadline": extended}
    assert governor.proposalDeadline(opened.id) == extended


def test_others_answer_in_the_extension(opened, governor, alice, bob):
    wait(VOTING_PERIOD - LATE_QUORUM_EXTENSION // 2)
    governor.castVote(opened.id, FOR, {"from": bob})
    wait(LATE_QUORUM_EXTENSION - 60)
    governor.castVote(opened.id, AGAINST, {"from": alice})
    wait(120)
    assert governor.proposalVotes(opened.id) == (600, 300, 0)
    assert opened.state == DEFEATED


def test_an_early_quorum_does_not(opened, governor, alice):
    deadline = governor.proposalDeadline(opened.id)
    receipt = governor.castVote(opened.id, FOR, {"from": alice})
    assert "ProposalExtended" not in receipt.events
    assert governor.proposalDeadline(opened.id) == deadline


def test_only_the_vote_that_reaches_the_quorum_prolongs(opened, governor, alice, bob):
    governor.castVote(opened.id, FOR, {"from": bob})
    wait(VOTING_PERIOD - LATE_QUORUM_EXTENSION // 2)
    assert "ProposalExtended" not in governor.castVote(opened.id, FOR, {"from": alice}).events


def test_each_proposal_is_counted_apart(opened, governor, parameter, alice, bob):
    other = Proposal(governor, parameter, parameter.setNumber.encode_input(43)).opened_by(alice)
    governor.castVote(opened.id, FOR, {"from": bob})
    governor.castVote(other.id, AGAINST, {"from": bob})
    assert governor.proposalVotes(opened.id) == (0, 300, 0)
    assert governor.proposalVotes(other.id) == (300, 0, 0)
