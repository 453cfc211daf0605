"""Proposals of a programme's DAO, read back from the governor's events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from web3crm.chain import Sender
from web3crm.chain.decoding import text_bytes
from web3crm.deploy import Programme
from web3crm.errors import InputError

__all__ = ["CHOICES", "STATES", "Proposal", "find_proposal", "proposals", "propose"]

STATES = ("pending", "active", "cancelled", "defeated", "succeeded", "queued", "expired", "executed")
"""The governor's ``ProposalState`` in words, in its order."""

CHOICES = {"against": 0, "for": 1, "abstain": 2}
"""How one can vote, as the governor counts it."""


@dataclass(frozen=True)
class Proposal:
    """One proposal as it was made. ``call`` is what the governor takes to queue, execute or cancel it."""

    proposal_id: int
    proposer: str
    targets: tuple[str, ...]
    values: tuple[int, ...]
    calldatas: tuple[bytes, ...]
    vote_start: int
    vote_end: int
    description: str

    @property
    def title(self) -> str:
        """The first line of the description, which a proposer may have left empty."""
        return next(iter(self.description.splitlines()), "") or "(no description)"

    @property
    def call(self) -> tuple[Sequence[str], Sequence[int], Sequence[bytes], bytes]:
        """Targets, values, call data and the description's hash."""
        return self.targets, self.values, self.calldatas, keccak(text_bytes(self.description))


def propose(programme: Programme, acts: Sequence[ContractFunction], description: str, *, sender: Sender) -> Proposal:
    """Proposes that the timelock carry out ``acts``, in order and all or none."""
    if not acts or not description.strip():
        raise InputError("a proposal needs an act and a description")
    targets = [act.address for act in acts]
    calldatas = [act._encode_transaction_data() for act in acts]
    governor = programme.governor
    receipt = programme.chain.transact(
        governor.functions.propose(targets, [0] * len(acts), calldatas, description), sender=sender
    )
    (log,) = programme.chain.events(receipt, governor, "ProposalCreated")
    return _proposal(log.args)


def proposals(programme: Programme) -> list[Proposal]:
    """All proposals that were ever made, oldest first."""
    first = programme.record.contracts["ProgramGovernor"]["block"]
    logs = programme.chain.logs(programme.governor, "ProposalCreated", from_block=first)
    return [_proposal(log.args) for log in logs]


def find_proposal(programme: Programme, proposal_id: int) -> Proposal:
    """The proposal with this number. Raises :class:`InputError` when there is none."""
    for proposal in proposals(programme):
        if proposal.proposal_id == proposal_id:
            return proposal
    raise InputError(f"there is no proposal {proposal_id} in this programme: `brownie run dao list` shows them")


def state_of(programme: Programme, proposal: Proposal) -> str:
    """Where a proposal stands, in a word."""
    return STATES[programme.chain.call(programme.governor.functions.state(proposal.proposal_id))]


def _proposal(args: dict[str, Any]) -> Proposal:
    return Proposal(
        proposal_id=args["proposalId"],
        proposer=args["proposer"],
        targets=args["targets"],
        values=args["values"],
        calldatas=args["calldatas"],
        vote_start=args["voteStart"],
        vote_end=args["voteEnd"],
        description=args["description"],
    )
