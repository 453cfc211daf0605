"""Moving all blobs of one store to another: from the folder to a daemon, or between any two stores.

A blob's name is its CID wherever it lies, so nothing on chain, in a manifest or in an envelope changes. Every blob is
checked on its way; the other store pins it before it counts as moved. A run that broke is repeated: what the other
store has pinned is not sent again, and a cut-off upload left nothing pinned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, InputError
from web3crm.progress import Watch, silent
from web3crm.vault.cids import codec_and_digest
from web3crm.vault.encryption import Readable
from web3crm.vault.stores import BlobStore

__all__ = ["Migration", "migrate"]

"""Is told what begins, and gives back what is to be told how far that is (done, of)."""

_PIECE = 1 << 20


@dataclass(frozen=True)
class Migration:
    """What a migration came to, in numbers of blobs. ``damaged`` tells for each CID that is missing what is wrong."""

    sent: int
    present: int
    removed: int = 0
    damaged: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every pinned blob of the source is pinned in the target."""
        return not self.damaged


def migrate(source: BlobStore, target: BlobStore, *, remove: bool = False, watch: Watch = silent) -> Migration:
    """Stores every pinned blob of ``source`` in ``target`` and pins it there.

    A blob that ``source`` holds damaged, or not wholly, does not stop the others: it is told in
    :attr:`Migration.damaged`. With ``remove``, and only if all blobs are in ``target`` and were read back from there,
    they are unpinned in ``source`` and its garbage is collected.

    Raises :class:`InputError` when both are the same store, and :class:`BlobStoreError` when the target fails or the
    source vanishes; repeated, it goes on where it stopped.
    """
    if repr(source) == repr(target):
        raise InputError(f"{source} is both where the blobs are and where they should go: name another store")
    cids, there = source.pins(), set(target.pins())
    count = watch("moving blobs")
    sent, present, damaged = 0, 0, dict[str, str]()
    for done, cid in enumerate(cids):
        count(done, len(cids))
        try:
            if cid in there and target.has(cid):
                present += 1
            elif wrong := _send(cid, source, target, there):
                damaged[cid] = wrong
            else:
                sent += 1
        except BlobStoreError as error:
            raise type(error)(
                f"{error} ({sent + present} of {len(cids)} blobs are moved: repeat it to go on)"
            ) from error
    count(len(cids), len(cids))
    _check_pins([cid for cid in cids if cid not in damaged], target)
    removed = _remove(cids, source, target, watch) if remove and not damaged else 0
    return Migration(sent, present, removed, damaged)


class _Source:
    """A blob of the source; keeps its own errors apart from the target's."""

    def __init__(self, blob: Readable) -> None:
        self._blob = blob
        self.failure: BlobStoreError | None = None

    def read(self, size: int, /) -> bytes:
        try:
            return self._blob.read(size)
        except BlobStoreError as error:
            self.failure = error
            raise


def _send(cid: str, source: BlobStore, target: BlobStore, there: set[str]) -> str:
    """Stores one blob; what is wrong with it, or nothing. Raises what the target, or a vanished source, raises."""
    reader: _Source | None = None
    try:
        codec_and_digest(cid)
        with source.get(cid) as blob:
            reader = _Source(blob)
            stored = target.put(reader)
    except InputError as error:
        return str(error)
    except (BlobCorrupt, BlobNotFound) as error:
        if reader is None or reader.failure is error:
            return str(error)
        raise
    if stored == cid:
        return ""
    if stored not in there:
        target.unpin(stored)
    return f"its blocks are laid out in another way than this package does it: its bytes would be {stored}"


def _check_pins(cids: list[str], target: BlobStore) -> None:
    lost = set(cids) - set(target.pins())
    if lost:
        raise BlobStoreError(f"{target} took {len(lost)} blobs and has not pinned them, such as {min(lost)}")


def _remove(cids: list[str], source: BlobStore, target: BlobStore, watch: Watch) -> int:
    """Unpins in the source what the target gives back byte for byte."""
    count = watch("reading them back")
    for done, cid in enumerate(cids):
        count(done, len(cids))
        try:
            _read(cid, target)
        except (BlobCorrupt, BlobNotFound):
            # It was there before, and is spoilt: the source still has it, and a store may be able to mend it.
            _send(cid, source, target, set(cids))
            _read(cid, target)
    count(len(cids), len(cids))
    for cid in cids:
        source.unpin(cid)
        if cid == cids[0] and cid not in target.pins():
            source.pin(cid)
            raise InputError(f"{source} and {target} are one store under two names: nothing was removed")
    source.collect_garbage()
    return len(cids)


def _read(cid: str, store: BlobStore) -> None:
    with store.get(cid) as blob:
        while blob.read(_PIECE):
            pass
