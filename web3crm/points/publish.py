"""Publishing what customers earned: totals, peaks, tree, file, blob store, chain.

A run may break anywhere and be repeated: the same totals on the same matured state give the same file, the same CID
and the same root, and a root that is on chain already is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from web3crm.chain import Sender
from web3crm.domain import duration_text
from web3crm.errors import BlobStoreError, ContractRevert, InputError, PointsError, ProofFileError
from web3crm.points.distributor import Distributor, RootState
from web3crm.points.proofs import ProofFile, fetch, write
from web3crm.progress import Watch, silent
from web3crm.vault.stores import BlobStore

__all__ = ["Outcome", "Published", "publish_totals"]

_TRIES = 3
_TO_BE_MINED = 600
"""Seconds until a transaction is in a block: a root that is due as early as may be must still be so then."""
_SHOWN = 5


class Outcome(Enum):
    """What publishing came to."""

    SENT = "published"
    PENDING = "pending already"
    MATURED = "matured already"


@dataclass(frozen=True)
class Published:
    """A published root. ``transaction`` is None when nothing had to be sent; ``mints`` is what it adds as it matures."""

    outcome: Outcome
    root: bytes
    total: int
    mints: int
    cid: str
    matures_at: int
    customers: int
    debtors: int
    transaction: str | None = None


def publish_totals(
    distributor: Distributor,
    totals: Mapping[bytes, int],
    *,
    blobs: BlobStore,
    sender: Sender,
    matures_in: int,
    purchases: str,
    rules: str,
    keep_missing: bool = False,
    watch: Watch = silent,
) -> Published:
    """Publishes ``totals``, everything that each wallet ever earned, as the distributor's pending root.

    A pending root that is not due yet is replaced, which is how returns are clawed back. ``totals`` has every wallet
    that the brand knows, those with zero, too: a customer of the matured root who is not among them was lost on the
    way, and is refused, or with ``keep_missing`` keeps the total she has there. ``purchases`` and ``rules`` are the
    digests of what the totals were worked out from. The root is due ``matures_in`` seconds after it is sent.

    Raises :class:`InputError` for totals that cannot be right, :class:`PointsError` when another root matures again
    and again meanwhile, and whatever the store and the chain raise.
    """
    least = distributor.minimum_delay()
    if matures_in < least:
        raise InputError(
            f"a root of this programme matures {duration_text(least)} after it was published at the earliest, "
            f"got {duration_text(matures_in)}"
        )
    for _ in range(_TRIES):
        state = distributor.state()
        base = _base(distributor, state, blobs, watch)
        known = _with_missing(totals, base, keep=keep_missing)
        file = ProofFile.following(known, base, purchases=purchases, rules=rules, progress=watch("building the tree"))
        found = _on_chain(distributor, state, file, blobs)
        if found is not None:
            return found
        basis = 0 if base is None else base[1].total
        cid = blobs.put(write(file, watch("storing the proofs")))
        matures_at = distributor.chain.now() + max(matures_in, least + _TO_BE_MINED if least else 0)
        act = distributor.contract.functions.publish(file.tree.root, file.total, cid, matures_at, basis)
        try:
            receipt = distributor.chain.transact(act, sender=sender)
        except ContractRevert as error:
            if error.name != "PointsDistributor_OutdatedBasis":
                raise
            continue  # the pending root became due, or lost its funds, in between
        return Published(
            outcome=Outcome.SENT,
            root=file.tree.root,
            total=file.total,
            mints=file.total - basis,
            cid=cid,
            matures_at=matures_at,
            customers=len(file.tree),
            debtors=len(file.peaks),
            transaction="0x" + bytes(receipt["transactionHash"]).hex(),
        )
    raise PointsError(f"other roots matured {_TRIES} times while this one was worked out: publish it again")


def _base(distributor: Distributor, state: RootState, blobs: BlobStore, watch: Watch) -> tuple[str, ProofFile] | None:
    """CID and file of the root that is matured, or will be by the act of publishing; None before the first."""
    paying = distributor.paying(state)
    if paying is None:
        return None
    root, total, matured = paying
    cid = distributor.publication(root, matured=matured).cid
    progress = watch("reading the proofs before")
    file = fetch(cid, blobs)
    progress(1, 1)
    if (file.tree.root, file.total) != (root, total):
        raise PointsError(
            f"the file {cid} is not of the matured root 0x{root.hex()} with its total of {total}: "
            "whoever published that root must publish its file before anything can follow"
        )
    return cid, file


def _with_missing(
    totals: Mapping[bytes, int], base: tuple[str, ProofFile] | None, *, keep: bool
) -> Mapping[bytes, int]:
    missing = {address: total for address, total in base[1].tree if address not in totals} if base else {}
    if missing and not keep:
        some = ", ".join("0x" + address.hex() for address in list(missing)[:_SHOWN])
        raise InputError(
            f"{len(missing)} customers of the matured root are not among those given ({some}{', …' * (len(missing) > _SHOWN)}): "
            "are the purchases and the wallets whole? A wallet that was changed keeps its line. "
            "To let them keep what they earned, say so (keep_missing)"
        )
    return {**totals, **missing}


def _on_chain(distributor: Distributor, state: RootState, file: ProofFile, blobs: BlobStore) -> Published | None:
    """What is on chain already, if it is this file's root and total, and can be claimed by its own file."""
    root = file.tree.root
    if (state.pending_root, state.pending_total) == (root, file.total):
        outcome = Outcome.PENDING
    elif state.matured_root == root and not state.has_pending:
        outcome = Outcome.MATURED
    else:
        return None
    published = distributor.publication(root, matured=outcome is Outcome.MATURED)
    if outcome is Outcome.PENDING and not _is_of(published.cid, file, blobs):
        return None
    return Published(
        outcome=outcome,
        root=root,
        total=file.total,
        mints=file.total - state.matured_total,
        cid=published.cid,
        matures_at=published.matures_at,
        customers=len(file.tree),
        debtors=len(file.peaks),
    )


def _is_of(cid: str, file: ProofFile, blobs: BlobStore) -> bool:
    """Whether the file with this CID can be had and is of the same root and total."""
    try:
        found = fetch(cid, blobs)
    except (BlobStoreError, InputError, ProofFileError):
        return False
    return (found.tree.root, found.total) == (file.tree.root, file.total)
