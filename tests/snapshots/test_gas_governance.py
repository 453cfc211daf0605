"""What deciding costs: the budget of points is changed by the customers."""

from __future__ import annotations

import pytest
from brownie import web3

from tests.snapshots.programme import BUDGET, DAY, MONTH, POINT, REF
from tests.support.signing import signed_by
from web3crm.chain.typed_data import governor_ballot

FOR = 1
TEXT = "Double the budget"


@pytest.fixture(scope="module")
def points(points, issuer, alice, bob, carol):
    """Three customers have points and vote with them; Alice's alone reach the quorum."""
    customers = [alice, bob, carol]
    points.issueBatch(customers, [1_000 * POINT] * 3, REF, {"from": issuer})
    for customer in customers:
        points.delegate(customer, {"from": customer})
    return points


@pytest.fixture(scope="module")
def proposal(points):
    """Target, value and calldata of each call."""
    return [points], [0], [points.setIssuanceBudget.encode_input(2 * BUDGET, MONTH)]


@pytest.fixture
def proposed(governor, proposal, alice):
    return governor.propose(*proposal, TEXT, {"from": alice}).return_value


@pytest.fixture
def voting(governor, proposed, alice, chain):
    """Voting has begun and Alice has voted."""
    pass_time(chain, DAY)
    governor.castVote(proposed, FOR, {"from": alice})
    return proposed


@pytest.fixture
def decided(voting, proposal, chain):
    """Voting is over: what queueing and executing take."""
    pass_time(chain, 8 * DAY)
    return *proposal, web3.keccak(text=TEXT)


def pass_time(chain, seconds):
    """A block so many seconds later; with steady steps from block to block, ``chain.sleep`` has no effect."""
    web3.provider.make_request("evm_setNextBlockTimestamp", [chain[-1].timestamp + seconds])
    chain.mine()


def test_propose(governor, proposal, alice, gas):
    gas("governor: propose", governor.propose(*proposal, TEXT, {"from": alice}))


def test_first_vote(governor, proposed, alice, chain, gas):
    pass_time(chain, DAY)
    gas("governor: vote, first of a proposal, reaches the quorum", governor.castVote(proposed, FOR, {"from": alice}))


def test_later_vote(governor, voting, bob, gas):
    gas("governor: vote, later in a proposal", governor.castVote(voting, FOR, {"from": bob}))


def test_signed_vote(governor, voting, domain, bob, relayer, gas):
    message = governor_ballot(
        domain=domain(governor, "Bean DAO"), proposal_id=voting, support=FOR, voter=bob.address, nonce=0
    )
    tx = governor.castVoteBySig(voting, FOR, bob, signed_by(bob, message), {"from": relayer})
    gas("governor: vote by signature, later in a proposal, first signature", tx)


def test_queue(governor, decided, relayer, gas):
    gas("governor: queue", governor.queue(*decided, {"from": relayer}))


def test_execute(governor, decided, relayer, chain, gas):
    governor.queue(*decided, {"from": relayer})
    pass_time(chain, 3 * DAY)
    gas("governor: execute a change of the budget", governor.execute(*decided, {"from": relayer}))
