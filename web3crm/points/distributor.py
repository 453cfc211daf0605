"""A ``PointsDistributor`` on chain: which roots it has, and which file each was published with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.chain.logs import EventLog
from web3crm.errors import ContractRevert, PointsError

__all__ = ["Distributor", "Publication", "RootState", "Standing"]

NO_ROOT = bytes(32)


class Standing(IntEnum):
    """Where a customer's total is found, as the contract says it."""

    UNKNOWN = 0
    PENDING = 1
    MATURED = 2


@dataclass(frozen=True)
class RootState:
    """The roots of a distributor as of one block. A root of zeros is none."""

    block: int
    matured_root: bytes
    matured_total: int
    pending_root: bytes
    pending_total: int
    matures_at: int

    @property
    def has_matured(self) -> bool:
        """Whether any root ever matured."""
        return self.matured_root != NO_ROOT

    @property
    def has_pending(self) -> bool:
        """Whether a root is pending."""
        return self.pending_root != NO_ROOT


@dataclass(frozen=True)
class Publication:
    """A root as it was published, and where that stands on chain."""

    root: bytes
    total: int
    matures_at: int
    cid: str
    block: int
    log_index: int

    @property
    def place(self) -> tuple[int, int]:
        """Block and place in it: what came later has a greater one."""
        return self.block, self.log_index


class Distributor:
    """A distributor's contract; ``from_block`` is the block that made it, where its events begin."""

    def __init__(self, chain: Chain, contract: Contract, *, from_block: int = 0) -> None:
        self.chain = chain
        self.contract = contract
        self.from_block = from_block

    def state(self, block: int | None = None) -> RootState:
        """Both roots, read in one block (the newest by default)."""
        at = self.chain.block_number() if block is None else block
        functions = self.contract.functions
        return RootState(
            at, *self.chain.call(functions.matured(), block=at), *self.chain.call(functions.pending(), block=at)
        )

    def minimum_delay(self) -> int:
        """For how many seconds a root is pending at least."""
        return int(self.chain.call(self.contract.functions.minimumDelay()))

    def would_mature(self) -> bool:
        """Whether the pending root is due and can be funded: the next act on the distributor matures it."""
        try:
            self.chain.call(self.contract.functions.mature())
        except ContractRevert:
            return False
        return True

    def paying(self, state: RootState) -> tuple[bytes, int, bool] | None:
        """The root that claims are paid by now, its total, and whether it has matured; None before the first.

        That is the pending one if it would mature, else the matured one.
        """
        if state.has_pending and self.would_mature():
            return state.pending_root, state.pending_total, False
        return (state.matured_root, state.matured_total, True) if state.has_matured else None

    def publications(self, root: bytes | None = None) -> list[Publication]:
        """Every publication, or those of one root, oldest first."""
        where = {} if root is None else {"root": root}
        logs = self.chain.logs(self.contract, "RootPublished", from_block=self.from_block, where=where)
        return [_publication(log) for log in logs]

    def publication(self, root: bytes, *, matured: bool = False) -> Publication:
        """The latest publication of a root, or the one that it ``matured`` from.

        A root can be published again, with another file: that says nothing about the one that matured. Raises
        :class:`PointsError` when it never was published.
        """
        found = self.publications(root)
        if matured:
            logs = self.chain.logs(self.contract, "RootMatured", from_block=self.from_block, where={"root": root})
            places = [(log.block_number, log.log_index) for log in logs]
            found = [item for item in found if places and item.place < places[-1]]
        if not found:
            raise PointsError(f"the root 0x{root.hex()} was never published on {self.contract.address}")
        return found[-1]

    def matured_before(self, publication: Publication) -> Publication | None:
        """The publication that was matured when another was made; None if that was the first."""
        logs = self.chain.logs(self.contract, "RootMatured", from_block=self.from_block, to_block=publication.block)
        places = {(log.block_number, log.log_index): log.args["root"] for log in logs}
        at = max((place for place in places if place < publication.place), default=None)
        if at is None:
            return None
        return [item for item in self.publications(places[at]) if item.place < at][-1]


def _publication(log: EventLog) -> Publication:
    return Publication(
        root=log.args["root"],
        total=log.args["total"],
        matures_at=log.args["maturesAt"],
        cid=log.args["dataCid"],
        block=log.block_number,
        log_index=log.log_index,
    )
