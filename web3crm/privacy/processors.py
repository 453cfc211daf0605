"""Those who hold a customer's data for a brand, and erase it when she asks.

A :class:`Processor` is asked by :func:`~web3crm.privacy.erasing.erase_for`, which signs what it answers. Two come along;
a CRM database, a newsletter service or a data warehouse implements the same three names:

- ``name`` and ``address`` as in the brand's list (:mod:`web3crm.privacy.processor_list`); the address signs the receipt.
- ``erase(request)`` erases what it holds about ``request.customer`` for ``request.brand``, looks whether it is gone, and
  returns how many of which kinds. It may be called again after a crash, or after it returned and the receipt could not
  be signed: then it finds less or nothing, and says so with zeros (earlier counts are added by the caller). It does
  nothing about other customers or brands, and it raises, with nothing promised, when it cannot do or know its part: the
  request then stays open and it is asked again. What it raises is shown to staff, so it names no person; errors of
  :mod:`web3crm.errors` and :class:`OSError` are expected, others are bugs and end the run.

What a customer's wallet holds herself, her vault above all, is none of a brand's processors: she shreds it as she likes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from web3.contract import Contract

from web3crm.chain import Chain, EventLog
from web3crm.errors import ContractRevert, ErasureError, ManifestError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems, Kept
from web3crm.privacy.erasures import ErasureRequest
from web3crm.progress import Watch, silent
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.keeper import EnvelopeKeeper, KeptEnvelope
from web3crm.vault.manifest import Manifest
from web3crm.vault.opening import fetch_manifest
from web3crm.vault.stores import BlobStore

__all__ = ["BlobStoreProcessor", "KeeperProcessor", "Processor"]

_ASKED_AT_ONCE = 500
_SETTING = ("DatasetMinted", "DatasetUpdated")
_AGE_HEADER = b"age-encryption.org/v1\n"

_Place = tuple[int, int]


class Processor(Protocol):
    """Holds data of customers for a brand; see the module for what it promises."""

    @property
    def name(self) -> str:
        """What the brand calls it."""

    @property
    def address(self) -> str:
        """Whose signature its receipts carry: an account, or a wallet contract."""

    def erase(self, request: ErasureRequest) -> ErasedItems:
        """Erases what it holds about the request's customer for its brand, and says how much that was."""


class KeeperProcessor:
    """Destroys every envelope that a keeper holds of the customer for the brand, those under paid accesses among them.

    What she shared with other brands stays. What was released before is with the brand: no keeper can take it back.
    """

    def __init__(self, keeper: EnvelopeKeeper, *, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._keeper = keeper

    def erase(self, request: ErasureRequest) -> ErasedItems:
        """See :class:`Processor`. Raises :class:`EnvelopeError` for a damaged file, which may be an envelope of hers."""
        found = self._held(request)
        for kept in found:
            self._keeper.destroy(kept)
        if self._held(request):
            raise ErasureError("the keeper still has envelopes of the customer: was one shared meanwhile? Ask it again")
        return ErasedItems.of([ErasedItem("envelopes", erased=len(found))])

    def _held(self, request: ErasureRequest) -> list[KeptEnvelope]:
        return [
            kept
            for kept in self._keeper.envelopes()
            if (kept.customer, kept.envelope.grantee) == (request.customer, request.brand)
        ]


@dataclass(frozen=True)
class _Version:
    """A manifest that a dataset was given, and where on the chain."""

    place: _Place
    dataset: int
    digest: bytes

    @property
    def cid(self) -> str:
        """Of the manifest."""
        return cid_of_digest(self.digest)


class BlobStoreProcessor:
    """Unpins the manifests and sealed files of the customer's datasets, collects garbage, and looks whether they are gone.

    Which datasets were hers is read from the chain: all that she minted or took over, the burned ones among them. A
    dataset that she has moved to another wallet keeps its present manifest and files, as that wallet has its own
    consents and can ask for itself; older versions go.

    Anybody can mint a dataset whose manifest names blobs of others, and ask for its erasure. So a blob is let go only if
    no dataset of somebody else named it first (by the manifests that are in the store), and only if it is an age
    file: proofs of points, notices and receipts in the same store are none.

    ``own`` says that nobody else uses the store: then its garbage is collected, and a blob that is still there makes
    the erasure fail. In a store that others use it is left to whoever collects there; blobs that are still there are
    ``unverified``. ``from_block`` may be the block that made ``CustomerData``.
    """

    def __init__(
        self,
        store: BlobStore,
        chain: Chain,
        datasets: Contract,
        *,
        own: bool,
        name: str,
        address: str,
        from_block: int = 0,
        watch: Watch = silent,
    ) -> None:
        self.name = name
        self.address = address
        self._store = store
        self._chain = chain
        self._datasets = datasets
        self._own = own
        self._from_block = from_block
        self._watch = watch

    def erase(self, request: ErasureRequest) -> ErasedItems:
        """See :class:`Processor`."""
        block = self._chain.block_number()
        versions, moved = self._hers(request.customer, block)
        manifests = self._manifests(version.digest for version in versions)
        files = dict.fromkeys(file.cid for manifest in manifests.values() for file in manifest.files)
        listed = [cid_of_digest(digest) for digest in manifests]
        others = self._of_others(versions, manifests, {*files, *listed}, block)
        others |= {cid for cid in files if cid not in others and not self._is_sealed(cid)}
        staying = {cid_of_digest(digest) for digest in moved}
        staying |= {file.cid for manifest in self._manifests(moved).values() for file in manifest.files}
        pinned = set(self._store.pins())
        held = [
            (kind, [cid for cid in cids if cid in pinned or self._store.has(cid)])
            for kind, cids in (("files", files), ("manifests", listed))
        ]
        # The manifests go last: until their files are gone they are the only list of them.
        return ErasedItems.of([self._let_go(kind, cids, others, staying) for kind, cids in held])

    def _let_go(self, kind: str, held: Sequence[str], others: Collection[str], staying: Collection[str]) -> ErasedItem:
        going = [cid for cid in held if cid not in others and cid not in staying]
        progress = self._watch(f"unpinning {kind}")
        for number, cid in enumerate(going, 1):
            self._store.unpin(cid)
            progress(number, len(going))
        if self._own and going:
            self._store.collect_garbage()
        left = [cid for cid in going if self._store.has(cid)]
        if left and self._own:
            raise ErasureError(
                f"{len(left)} {kind} are still in the store after its garbage was collected: who pins them?"
            )
        counts = {
            Kept.MOVED: sum(cid in staying and cid not in others for cid in held),
            Kept.OTHERS: sum(cid in others for cid in held),
        }
        kept = tuple(sorted((reason, count) for reason, count in counts.items() if count))
        return ErasedItem(kind, erased=len(going) - len(left), unverified=len(left), kept=kept)

    def _hers(self, customer: str, block: int) -> tuple[list[_Version], set[bytes]]:
        """The versions that her datasets had until she moved them away, and the digests that stay with who has them now."""
        moves = {
            log.args["datasetId"]: log
            for log in sorted(
                [
                    *self._logs("DatasetMoved", block, to=customer),
                    *self._logs("DatasetMoved", block, **{"from": customer}),
                ],
                key=_place,
            )
        }
        made = [log for event in _SETTING for log in self._logs(event, block, owner=customer)]
        ids = moves.keys() | {log.args["datasetId"] for log in made}
        # Whoever moved one away and never got it back has it up to the last move.
        until = {number: _place(log) for number, log in moves.items() if log.args["from"] == customer}
        versions = [
            version
            for version in self._versions(block, sorted(ids))
            if version.dataset not in until or version.place < until[version.dataset]
        ]
        return versions, {digest for number in until if (digest := self._present(number, block)) is not None}

    def _versions(self, block: int, ids: Sequence[int] | None = None) -> list[_Version]:
        """Every manifest that these datasets were given, or that any was, in the order of the chain."""
        if ids is None:
            logs = [log for event in _SETTING for log in self._logs(event, block)]
        else:
            logs = [
                log
                for event in _SETTING
                for start in range(0, len(ids), _ASKED_AT_ONCE)
                for log in self._logs(event, block, datasetId=list(ids[start : start + _ASKED_AT_ONCE]))
            ]
        return [
            _Version(_place(log), log.args["datasetId"], log.args["manifestDigest"]) for log in sorted(logs, key=_place)
        ]

    def _logs(self, event: str, block: int, **where: Any) -> Iterator[EventLog]:
        return self._chain.logs(self._datasets, event, from_block=self._from_block, to_block=block, where=where)

    def _present(self, dataset: int, block: int) -> bytes | None:
        """The digest of a dataset's manifest; None if it was burned."""
        try:
            found: bytes = self._chain.call(self._datasets.functions.datasetOf(dataset), block=block)[3]
        except ContractRevert as revert:
            if revert.name != "CustomerData_UnknownDataset":
                raise
            return None
        return found

    def _manifests(self, digests: Iterable[bytes]) -> dict[bytes, Manifest]:
        """Those of the manifests that are in the store; what is no manifest is not the processor's to touch."""
        found = {}
        for digest in dict.fromkeys(digests):
            if self._store.has(cid_of_digest(digest)):
                with contextlib.suppress(ManifestError):
                    found[digest] = fetch_manifest(self._store, digest)
        return found

    def _of_others(
        self, versions: Sequence[_Version], manifests: dict[bytes, Manifest], cids: Collection[str], block: int
    ) -> set[str]:
        """Those of ``cids`` that a dataset of somebody else named before hers did, as its manifest or in it."""
        if not cids:
            return set()
        first: dict[str, _Place] = {}
        for version in versions:
            if version.digest in manifests:
                for cid in (version.cid, *(file.cid for file in manifests[version.digest].files)):
                    first.setdefault(cid, version.place)
        last = max(first.values())
        her_datasets = {version.dataset for version in versions}
        pinned = set(self._store.pins())
        earlier = [
            version for version in self._versions(block) if version.place < last and version.dataset not in her_datasets
        ]
        found = set()
        progress = self._watch("looking who named them first")
        for number, version in enumerate(earlier, 1):
            named = {version.cid}
            if version.cid in pinned:
                named |= {file.cid for item in self._manifests([version.digest]).values() for file in item.files}
            found |= {cid for cid in named & first.keys() if version.place < first[cid]}
            progress(number, len(earlier))
        return found

    def _is_sealed(self, cid: str) -> bool:
        """Whether a blob begins as an age file does; one that is not all there is of no use to anybody."""
        if not self._store.has(cid):
            return True
        with self._store.get(cid) as blob:
            start = b""
            while len(start) < len(_AGE_HEADER) and (more := blob.read(len(_AGE_HEADER) - len(start))):
                start += more
        return start == _AGE_HEADER


def _place(log: EventLog) -> _Place:
    return log.block_number, log.log_index
