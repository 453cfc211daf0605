"""Claiming: a customer's proof out of a published file, one claim or many, and how she stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from web3.types import TxReceipt

from web3crm.chain import Sender
from web3crm.errors import InputError, PointsError
from web3crm.points.distributor import Distributor, Publication, Standing
from web3crm.points.proofs import ProofFile, fetch
from web3crm.points.tree import Claim
from web3crm.progress import Watch, silent
from web3crm.vault.stores import BlobStore

__all__ = ["Claimed", "CustomerStanding", "claim", "claim_many", "paying_file", "standing"]

BATCH = 100
"""Claims in a transaction: about 7 million gas when all are first claims."""
_READ_AT_ONCE = 500


@dataclass(frozen=True)
class CustomerStanding:
    """How a customer stands with one total of hers: what she was paid, would be paid now, and owes."""

    standing: Standing
    claimed: int
    claimable: int
    debt: int


@dataclass(frozen=True)
class Claimed:
    """What claiming for many came to."""

    paid: int
    customers: int
    transactions: int
    receipts: tuple[TxReceipt, ...] = field(default=(), compare=False, repr=False)


def paying_file(distributor: Distributor, blobs: BlobStore) -> tuple[Publication, ProofFile]:
    """The file that claims are made from now: of the pending root if that would mature, else of the matured one.

    Raises :class:`PointsError` when there is neither.
    """
    paying = distributor.paying(distributor.state())
    if paying is None:
        raise PointsError(f"nothing can be claimed from {distributor.contract.address} yet: no root has matured")
    root, _, matured = paying
    publication = distributor.publication(root, matured=matured)
    file = fetch(publication.cid, blobs)
    if file.tree.root != root:
        raise PointsError(f"the file {publication.cid} is not of the root 0x{root.hex()} it was published with")
    return publication, file


def standing(distributor: Distributor, shown: Claim, *, block: int | None = None) -> CustomerStanding:
    """How a customer stands, given a claim out of either root's file."""
    act = distributor.contract.functions.standingOf(shown.customer, shown.total, list(shown.proof))
    found, claimed, claimable, debt = distributor.chain.call(act, block=block)
    return CustomerStanding(Standing(found), claimed, claimable, debt)


def claim(distributor: Distributor, shown: Claim, *, sender: Sender) -> int:
    """Has a customer paid what she has not claimed yet; anyone may send it. Returns how much that was."""
    act = distributor.contract.functions.claim(shown.customer, shown.total, list(shown.proof))
    receipt = distributor.chain.transact(act, sender=sender)
    (paid,) = distributor.chain.events(receipt, distributor.contract, "PointsClaimed")
    return int(paid.args["amount"])


def claim_many(
    distributor: Distributor,
    claims: Iterable[Claim],
    *,
    sender: Sender,
    batch: int = BATCH,
    most: int | None = None,
    watch: Watch = silent,
) -> Claimed:
    """Claims for many customers, ``batch`` of them in a transaction; those who have nothing to claim are left out.

    With ``most`` it stops after so many customers.

    What was claimed stays claimed if it breaks: done again, it goes on with the rest.
    """
    if batch < 1:
        raise InputError(f"a batch has at least one claim, got {batch}")
    waiting = list(islice(_unpaid(distributor, claims), most))
    progress = watch("claiming")
    paid = 0
    receipts: list[TxReceipt] = []
    for start in range(0, len(waiting), batch):
        some = waiting[start : start + batch]
        act = distributor.contract.functions.claimMany(
            [item.customer for item in some], [item.total for item in some], [list(item.proof) for item in some]
        )
        receipt = distributor.chain.transact(act, sender=sender)
        logs = distributor.chain.events(receipt, distributor.contract, "PointsClaimed")
        paid += sum(log.args["amount"] for log in logs)
        receipts.append(receipt)
        progress(start + len(some), len(waiting))
    return Claimed(paid, len(waiting), len(receipts), tuple(receipts))


def _unpaid(distributor: Distributor, claims: Iterable[Claim]) -> Iterator[Claim]:
    """Those of ``claims`` whose customer was paid less than their total."""
    rest = iter(claims)
    while some := list(islice(rest, _READ_AT_ONCE)):
        for item, claimed in zip(some, _claimed(distributor, some), strict=True):
            if claimed < item.total:
                yield item


def _claimed(distributor: Distributor, claims: Sequence[Claim]) -> list[int]:
    functions, to = distributor.contract.functions, distributor.contract.address
    calls = [
        ("eth_call", [{"to": to, "data": functions.claimed(item.customer)._encode_transaction_data()}, "latest"])
        for item in claims
    ]
    return [int(answer, 16) for answer in distributor.chain.rpc_batch(calls)]
