"""Decisions: the customers propose and vote."""

from __future__ import annotations

from web3.contract import Contract
from web3.contract.contract import ContractFunction

from bench.programme import BUDGET, appoint, deploy_authority, deploy_governor, deploy_points
from bench.stage import DAY, MONTH, NATIVE, OURS, POINT, REF, Stage, Table

OZ = "OpenZeppelin Governor"
TEXT = "Double the budget"
FOR = 1


def measure(stage: Stage) -> Table:
    """Three customers with equal points vote with them; Alice's alone reach the quorum."""
    table = Table(
        "Decisions",
        [OZ],
        [
            "The peer has what OpenZeppelin's wizard puts together: settings, simple counting, a quorum fraction, a timelock. Ours is that "
            "and a late quorum that prolongs the vote, and a guardian; a vote therefore reads one cold word more, and the one that reaches "
            "the quorum also works the quorum out and remembers the longer deadline.",
        ],
    )
    ours, ours_call = open_ours(stage)
    peer, peer_call = open_peer(stage)
    proposals = {OURS: propose(ours, *ours_call), OZ: propose(peer, *peer_call)}
    table.add("governor: propose", {name: stage.cost(act, stage.alice) for name, act in proposals.items()})
    numbers = {name: stage.call(act, stage.alice) for name, act in proposals.items()}
    for act in proposals.values():
        stage.send(act, stage.alice)
    # Ours counts seconds until voting begins, the peer blocks.
    stage.pass_time(DAY)
    stage.pass_time(DAY)
    votes = {OURS: ours.functions.castVote(numbers[OURS], FOR), OZ: peer.functions.castVote(numbers[OZ], FOR)}
    first = {name: stage.cost(act, stage.alice) for name, act in votes.items()}
    table.add("governor: vote, first of a proposal, reaches the quorum", first)
    for act in votes.values():
        stage.send(act, stage.alice)
    table.add("governor: vote, later in a proposal", {name: stage.cost(act, stage.bob) for name, act in votes.items()})
    return table


def propose(governor: Contract, target: str, data: bytes) -> ContractFunction:
    """A proposal of one call."""
    return governor.functions.propose([target], [0], [data], TEXT)


def customers(stage: Stage) -> list[str]:
    """Those who vote."""
    return [stage.alice, stage.bob, stage.carol]


def open_ours(stage: Stage) -> tuple[Contract, tuple[str, bytes]]:
    """Our governor, and the call to be proposed."""
    authority = deploy_authority(stage)
    points = deploy_points(stage, authority)
    governor = deploy_governor(stage, authority, points)
    stage.send(points.functions.issueBatch(customers(stage), [1_000 * POINT] * 3, REF), stage.issuer)
    delegate(stage, points)
    data = points.encode_abi("setIssuanceBudget", [2 * BUDGET, MONTH])
    return governor, (points.address, bytes.fromhex(data[2:]))


def open_peer(stage: Stage) -> tuple[Contract, tuple[str, bytes]]:
    """The peer, and a call of the same length."""
    token = stage.deploy_peer("OzVotesToken")
    timelock = stage.deploy_peer("OzTimelock", [], [NATIVE])
    governor = stage.deploy_peer("OzGovernor", token.address, timelock.address)
    appoint(stage, timelock, governor)
    stage.send(token.functions.mintMany(customers(stage), [1_000 * POINT] * 3), stage.deployer)
    delegate(stage, token)
    data = token.encode_abi("mint", [stage.alice, POINT])
    return governor, (token.address, bytes.fromhex(data[2:]))


def delegate(stage: Stage, token: Contract) -> None:
    """Every customer votes with her own."""
    for customer in customers(stage):
        stage.send(token.functions.delegate(customer), customer)
