"""How the governance tests propose, vote and wait."""

from __future__ import annotations

from typing import Any

from brownie import ProgramTimelock, chain, web3

VOTING_DELAY = 60
VOTING_PERIOD = 3_600
LATE_QUORUM_EXTENSION = 600
THRESHOLD = 100
QUORUM_PERCENT = 20
MIN_DELAY = 1_200
PARAMETERS = 5
NOTHING_BEFORE = bytes(32)

AGAINST, FOR, ABSTAIN = range(3)
PENDING, ACTIVE, CANCELED, DEFEATED, SUCCEEDED, QUEUED, EXPIRED, EXECUTED = range(8)


def wait(seconds: int) -> None:
    chain.sleep(seconds)
    chain.mine()


def states(*allowed: int) -> bytes:
    """A set of states as the governor's and the timelock's errors show it."""
    return sum(1 << state for state in allowed).to_bytes(32, "big")


class Proposal:
    """Calls of one contract, with a description."""

    def __init__(self, governor: Any, target: Any, *calls: str, description: str = "Change the number") -> None:
        self.governor = governor
        self.calls = ([target.address] * len(calls), [0] * len(calls), list(calls))
        self.description = description
        self.description_hash = web3.keccak(text=description)
        # How the governor names the proposal towards the timelock: its address in front of the description's hash.
        prefix = int(governor.address, 16) << 96
        self.salt = (prefix ^ int.from_bytes(self.description_hash, "big")).to_bytes(32, "big")
        timelock = ProgramTimelock.at(governor.timelock())
        self.operation = bytes(timelock.hashOperationBatch(*self.calls, NOTHING_BEFORE, self.salt))
        self.id = governor.hashProposal(*self.calls, self.description_hash)

    def propose(self, sender: Any) -> Any:
        # A proposer's votes are those of the second before.
        chain.sleep(2)
        return self.governor.propose(*self.calls, self.description, {"from": sender})

    def queue(self, sender: Any) -> Any:
        return self.governor.queue(*self.calls, self.description_hash, {"from": sender})

    def execute(self, sender: Any) -> Any:
        return self.governor.execute(*self.calls, self.description_hash, {"from": sender})

    def cancel(self, sender: Any) -> Any:
        return self.governor.cancel(*self.calls, self.description_hash, {"from": sender})

    @property
    def state(self) -> int:
        return int(self.governor.state(self.id))

    # --- how far a test wants it --------------------------------------------------------------------------------------

    def opened_by(self, sender: Any) -> Proposal:
        self.propose(sender)
        wait(VOTING_DELAY + 1)
        return self

    def won_by(self, *voters: Any) -> Proposal:
        """Proposed and voted for by these voters until it succeeded."""
        self.opened_by(voters[0])
        for voter in voters:
            self.governor.castVote(self.id, FOR, {"from": voter})
        wait(VOTING_PERIOD)
        return self

    def queued_by(self, *voters: Any) -> Proposal:
        self.won_by(*voters).queue(voters[0])
        return self

    def carried_out_by(self, *voters: Any) -> Any:
        self.queued_by(*voters)
        wait(MIN_DELAY)
        return self.execute(voters[0])
