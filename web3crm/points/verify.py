"""Checking a published root: anybody can, from the chain and the file its event names.

What is checked: that the file has the bytes its CID names; that the tree of its customers and totals, built anew, has
the published root; that it was carried on from the root which was matured when it was published; that every peak is
the higher one of the peak before and the total now, and nobody is missing; that their sum is the published total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from web3crm.errors import BlobStoreError, InputError, ProofFileError
from web3crm.points.distributor import Distributor, Publication
from web3crm.points.proofs import ProofFile, read
from web3crm.points.tree import PointsTree
from web3crm.progress import Watch, silent
from web3crm.vault.encryption import Readable
from web3crm.vault.stores import BlobStore
from web3crm.vault.unixfs import FileBuilder

__all__ = ["Verification", "verify_root"]

_SHOWN = 3


@dataclass(frozen=True)
class Verification:
    """What was found about one root. It is as it should be if there are no ``differences``."""

    publication: Publication
    differences: tuple[str, ...]
    customers: int = 0
    previous: bytes | None = None

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return not self.differences


def verify_root(
    distributor: Distributor, publication: Publication, blobs: BlobStore, *, watch: Watch = silent
) -> Verification:
    """Checks one publication, and that it follows from the one before. Files that cannot be read are differences."""
    before = distributor.matured_before(publication)
    root_before = None if before is None else before.root
    try:
        file, cid = _read(publication.cid, blobs)
        previous = None
        if file.previous is not None:
            previous = _read(file.previous.cid, blobs)
    except (BlobStoreError, InputError, ProofFileError) as error:
        return Verification(publication, (str(error),), previous=root_before)
    rebuilt = PointsTree.build(file.tree.totals(), watch("rebuilding the tree")).root
    found = [
        *_own_differences(publication, file, cid, rebuilt),
        *_chain_differences(file, before, previous),
        *_peak_differences(file, previous and previous[0]),
    ]
    return Verification(publication, tuple(found), len(file.tree), root_before)


def _own_differences(publication: Publication, file: ProofFile, cid: str, rebuilt: bytes) -> Iterator[str]:
    if cid != publication.cid:
        yield f"the store gave a file with the CID {cid} for {publication.cid}"
    if rebuilt != publication.root:
        yield f"the file's customers make the root 0x{rebuilt.hex()}, published was 0x{publication.root.hex()}"
    if file.tree.root != rebuilt:
        yield f"the file's tree has the root 0x{file.tree.root.hex()}: its leaves are not in their order"
    if file.total != publication.total:
        yield f"the file's peaks make {file.total}, published was a total of {publication.total}"


def _chain_differences(
    file: ProofFile, before: Publication | None, previous: tuple[ProofFile, str] | None
) -> Iterator[str]:
    named = None if file.previous is None else file.previous.root
    matured = None if before is None else before.root
    if named != matured:
        yield (f"the file goes on from {_root(named)}; matured when it was published was {_root(matured)}")
    elif file.previous is not None and before is not None and previous is not None:
        earlier, cid = previous
        if file.previous.cid != before.cid:
            yield f"the file goes on from {file.previous.cid}, which its root did not mature with"
        elif cid != before.cid:
            yield f"the store gave a file with the CID {cid} for {before.cid}"
        elif (earlier.tree.root, earlier.total) != (before.root, before.total):
            yield f"the file goes on from {before.cid}, which is not the file of its root and total"


def _peak_differences(file: ProofFile, previous: ProofFile | None) -> Iterator[str]:
    earlier = dict(previous.all_peaks()) if previous else {}
    wrong = []
    for address, total in file.tree:
        expected = max(earlier.pop(address, 0), total)
        if file.peaks.get(address, total) != expected:
            wrong.append(f"0x{address.hex()} (says {file.peaks.get(address, total)}, is {expected})")
    if wrong:
        yield f"{len(wrong)} peaks are wrong: {', '.join(wrong[:_SHOWN])}{', …' * (len(wrong) > _SHOWN)}"
    if earlier:
        some = ", ".join("0x" + address.hex() for address in list(earlier)[:_SHOWN])
        yield f"{len(earlier)} customers of the root before are missing: {some}{', …' * (len(earlier) > _SHOWN)}"


def _root(root: bytes | None) -> str:
    return "nothing" if root is None else f"0x{root.hex()}"


def _read(cid: str, blobs: BlobStore) -> tuple[ProofFile, str]:
    """The file, and the CID of the bytes that really came, whatever the store says."""
    with blobs.get(cid) as stream:
        witness = _Witness(stream)
        file = read(witness, name=f"the file {cid}")
    return file, witness.builder.finish()


class _Witness:
    """Passes bytes on and works out their CID."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.builder = FileBuilder()

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        self.builder.write(data)
        return data
