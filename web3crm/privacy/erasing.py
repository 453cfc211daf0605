"""Running an erasure: ask the processors, keep what they sign, anchor the digest of all of it.

Everything that was signed is in a folder of the request's own until it is anchored (:class:`Collected`). A processor
that fails leaves the others' receipts as they are and the request open; done again, only those are asked whose receipt
is not there yet. Nothing in the folder is needed to verify an erasure afterwards: the whole receipt is in the blob
store under the digest on chain.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from web3.contract import Contract
from web3.contract.contract import ContractFunction

from web3crm.chain import Chain, Sender
from web3crm.chain.accounts import address_of, sender_of
from web3crm.errors import ErasureError, InputError, Web3CrmError
from web3crm.files import locked, private_folder, sync_folder, write_private
from web3crm.privacy.erased_items import ErasedItems
from web3crm.privacy.erasure_receipts import (
    ErasureReceipt,
    ProcessorReceipt,
    differences,
    is_signed_by,
    sign_receipt,
)
from web3crm.privacy.erasures import ErasureRequest, request_of, span_text
from web3crm.privacy.processor_list import ListedProcessor
from web3crm.privacy.processors import Processor
from web3crm.progress import Watch, silent
from web3crm.vault.stores import BlobStore, put_as

__all__ = ["Acknowledged", "Collected", "Run", "Worker", "acknowledge", "erase_for"]

_WHOLE = "receipt.json"


@dataclass(frozen=True)
class Worker:
    """A processor that runs here, and who signs for it: itself, or a key that its wallet contract takes."""

    processor: Processor
    sender: Sender


@dataclass(frozen=True)
class Run:
    """What one run came to, by the processors' names.

    ``erased`` answered now, ``before`` had answered earlier, ``failed`` could not and say why.
    """

    erased: dict[str, ErasedItems]
    before: tuple[str, ...]
    failed: dict[str, str]


@dataclass(frozen=True)
class Acknowledged:
    """An erasure that is anchored; ``transaction`` is empty if it was before. ``request`` is as it stands now."""

    receipt: ErasureReceipt
    request: ErasureRequest
    transaction: str


class Collected:
    """The receipts of one request that were signed so far, one file a processor, in a private folder.

    ``listed`` are the brand's processors: what others sign is not taken. The folder is below ``root``, by chain, brand,
    customer and the time of the request, so that no two requests share one.
    """

    def __init__(
        self,
        root: Path,
        chain: Chain,
        consents: Contract,
        request: ErasureRequest,
        listed: Sequence[ListedProcessor],
    ) -> None:
        if not listed:
            raise InputError("a brand has one processor at least: list them in deployments/processors/")
        self.chain = chain
        self.consents = consents
        self.request = request
        self.listed = {item.address: item for item in listed}
        self.folder = root / str(chain.chain_id) / request.brand / f"{request.customer}-{request.requested_at}"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other runs from working on the request meanwhile: one would count what another erased as nothing.

        Raises :class:`ErasureError` when there is one. The lock ends with the process, however it ends.
        """
        busy = ErasureError("another run is working on this request: wait for it, and do it again")
        with locked(private_folder(self.folder), busy):
            yield

    def receipts(self) -> dict[str, ProcessorReceipt]:
        """What was signed, by the processors' addresses. Raises :class:`ErasureError` for a file that is no answer."""
        found = {}
        for address in self.listed:
            path = self._path(address)
            with contextlib.suppress(FileNotFoundError):
                receipt = self._read(path)
                if receipt.processor != address:
                    raise ErasureError(f"{path} is the receipt of {receipt.processor}: remove the file and ask again")
                found[address] = receipt
        return found

    def missing(self) -> list[ListedProcessor]:
        """Those of the listed that have not signed yet."""
        signed = self.receipts()
        return [item for address, item in self.listed.items() if address not in signed]

    def add(self, receipt: ProcessorReceipt) -> None:
        """Takes a receipt in. Raises :class:`ErasureError` when it is none that the brand could anchor.

        One that is there already is replaced only by one of a later time.
        """
        self._check(receipt)
        if not self.request.is_open:
            raise ErasureError(
                f"the receipt of {receipt.name!r} comes after the acknowledgement of the time "
                f"{self.request.acknowledged_at}, which cannot be changed: keep the file, it shows that it was late"
            )
        path = self._path(receipt.processor)
        kept = self.receipts().get(receipt.processor)
        if kept is not None and kept.erased_at > receipt.erased_at:
            raise ErasureError(f"there is a later receipt of {receipt.name} already, of the time {kept.erased_at}")
        private_folder(self.folder)
        write_private(path, receipt.to_bytes())
        self._draft(receipt.processor).unlink(missing_ok=True)

    def note(self, address: str, items: ErasedItems) -> ErasedItems:
        """Keeps what a processor erased until its receipt is signed, together with what it noted before; returns both."""
        path = self._draft(address)
        with contextlib.suppress(FileNotFoundError, ValueError, ErasureError):  # damaged, it counts from now on
            items = items.after(ErasedItems.from_json(json.loads(path.read_bytes())))
        private_folder(self.folder)
        write_private(path, json.dumps(items.to_json()).encode("ascii"))
        return items

    def whole(self) -> ErasureReceipt | None:
        """The receipt that was put together to be anchored, if it came to that."""
        try:
            return ErasureReceipt.parse((self.folder / _WHOLE).read_bytes())
        except FileNotFoundError:
            return None

    def put_together(self, receipt: ErasureReceipt) -> None:
        """Keeps what is about to be anchored."""
        write_private(self.folder / _WHOLE, receipt.to_bytes())

    def clear(self) -> None:
        """Removes the processors' files; the whole receipt stays."""
        for address in self.listed:
            self._path(address).unlink(missing_ok=True)
            self._draft(address).unlink(missing_ok=True)
        sync_folder(self.folder)

    def _check(self, receipt: ProcessorReceipt) -> None:
        wrong = list(receipt.answers(self.request, chain_id=self.chain.chain_id, consents=str(self.consents.address)))
        listed = self.listed.get(receipt.processor)
        if listed is None:
            wrong.append(f"is signed by {receipt.processor}, which the brand does not list")
        elif listed.name != receipt.name:
            wrong.append(f"is signed as {receipt.name!r}, the brand lists {listed.name!r} at {listed.address}")
        block, now = self.chain.head()
        if not self.request.requested_at <= receipt.erased_at <= now:
            wrong.append(
                f"says it erased at {receipt.erased_at}, which is not between the request ({self.request.requested_at}) "
                f"and the newest block ({now})"
            )
        if not wrong and not is_signed_by(
            self.chain, receipt.processor, receipt.typed_data.digest(), receipt.signature, block=block
        ):
            wrong.append("has a signature that is not the processor's")
        if wrong:
            raise ErasureError(f"the receipt of {receipt.name!r} {'; it '.join(wrong)}")

    def _read(self, path: Path) -> ProcessorReceipt:
        try:
            receipt = ProcessorReceipt.parse(path.read_bytes())
            self._check(receipt)
        except ErasureError as error:
            raise ErasureError(f"{path}: {error}. Remove the file and ask the processor again") from None
        return receipt

    def _path(self, address: str) -> Path:
        return self.folder / f"{address}.json"

    def _draft(self, address: str) -> Path:
        return self.folder / f"{address}.erased"


def erase_for(collected: Collected, workers: Sequence[Worker], *, watch: Watch = silent) -> Run:
    """Asks each of ``workers`` whose receipt is not there yet to erase, signs what it answers and keeps that.

    A processor that fails does not keep the others from being asked. Raises :class:`ErasureError`, before anything is
    erased, when the request is not open, a worker is not as the brand lists it, or another run is at it.
    """
    with collected.alone():
        return _erase_for(collected, workers, watch)


def _erase_for(collected: Collected, workers: Sequence[Worker], watch: Watch) -> Run:
    chain, request = collected.chain, _still_open(collected)
    for worker in workers:
        _check_worker(collected, worker)
    signed = collected.receipts()
    erased: dict[str, ErasedItems] = {}
    failed: dict[str, str] = {}
    progress = watch("asking the processors")
    for number, worker in enumerate(workers, 1):
        processor = worker.processor
        if processor.address not in signed:
            try:
                items = collected.note(processor.address, processor.erase(request))
                receipt = sign_receipt(
                    chain,
                    collected.consents,
                    request,
                    processor=processor.address,
                    name=processor.name,
                    items=items,
                    erased_at=chain.now(),
                    sender=worker.sender,
                )
                collected.add(receipt)
            except (Web3CrmError, OSError) as error:
                failed[processor.name] = str(error)
            else:
                erased[processor.name] = items
        progress(number, len(workers))
    return Run(erased, tuple(collected.listed[address].name for address in signed), failed)


def acknowledge(
    collected: Collected,
    *,
    blobs: BlobStore,
    sender: Sender,
    as_brand: Callable[[ContractFunction], ContractFunction] = lambda act: act,
    without: Collection[str] = (),
) -> Acknowledged:
    """Puts the receipts together, stores them, and anchors their digest as the brand's acknowledgement.

    ``without`` names processors that have not answered and whose time is up: the receipt then says so, and who verifies
    it finds them missing. Raises :class:`ErasureError` when any other is missing, or another run is at it. Done again
    after it broke, it sends nothing that was mined already. ``as_brand`` makes of an act what staff sends
    (``Programme.as_brand``).
    """
    with collected.alone():
        return _acknowledge(collected, blobs, sender, as_brand, without)


def _acknowledge(
    collected: Collected,
    blobs: BlobStore,
    sender: Sender,
    as_brand: Callable[[ContractFunction], ContractFunction],
    without: Collection[str],
) -> Acknowledged:
    chain, consents = collected.chain, collected.consents
    anchored = _anchored_before(collected)
    if anchored is not None:
        _store(blobs, anchored.receipt)
        collected.clear()
        return anchored
    request = _still_open(collected)
    missing = _forgiven(collected, without)
    receipts = collected.receipts()
    receipt = ErasureReceipt.of(list(receipts.values()), [(item.address, item.name) for item in missing])
    block, now = chain.head()
    listed = tuple(collected.listed.values())
    wrong = differences(chain, receipt, request, listed, at=now, block=block, forgive_missing=True)
    if wrong:
        raise ErasureError(f"this cannot be anchored: {'; '.join(wrong)}")
    earlier = collected.whole()
    _store(blobs, receipt)
    collected.put_together(receipt)
    act = as_brand(consents.functions.acknowledgeErasure(request.customer, receipt.digest))
    mined = chain.transact(act, sender=sender)
    if earlier is not None and earlier.cid != receipt.cid:
        # Put together by a run that broke. Only now is it sure that it was not anchored: it may have been on its way.
        blobs.unpin(earlier.cid)
    collected.clear()
    answered = _present(collected)
    return Acknowledged(receipt, answered, "0x" + bytes(mined["transactionHash"]).hex())


def _store(blobs: BlobStore, receipt: ErasureReceipt) -> None:
    put_as(blobs, io.BytesIO(receipt.to_bytes()), receipt.cid, what="the receipt")


def _present(collected: Collected) -> ErasureRequest:
    """The customer's last request as it stands now, which must be the one that is being worked on."""
    asked = collected.request
    found = request_of(
        collected.chain, collected.consents, customer=asked.customer, brand=asked.brand, from_block=asked.block
    )
    if found is None or (found.requested_at, found.block) != (asked.requested_at, asked.block):
        raise ErasureError(
            f"the request of {asked.customer} of the time {asked.requested_at} is not her last one to {asked.brand}: "
            "read her requests again"
        )
    return found


def _still_open(collected: Collected) -> ErasureRequest:
    found = _present(collected)
    if not found.is_open:
        raise ErasureError(
            f"the request of {found.customer} was acknowledged at {found.acknowledged_at} with the receipt "
            f"0x{found.receipt_digest.hex()}: there is nothing to do until she asks again"
        )
    return found


def _anchored_before(collected: Collected) -> Acknowledged | None:
    """What a run that broke after sending has anchored."""
    whole, found = collected.whole(), _present(collected)
    if whole is None or found.is_open or found.receipt_digest != whole.digest:
        return None
    return Acknowledged(whole, found, "")


def _forgiven(collected: Collected, without: Collection[str]) -> list[ListedProcessor]:
    """The missing processors, all of which must be named in ``without`` and past their time."""
    missing = collected.missing()
    unknown = set(without) - {item.name for item in missing}
    if unknown:
        raise ErasureError(f"{', '.join(sorted(unknown))}: no processor of that name is missing")
    now, asked = collected.chain.now(), collected.request.requested_at
    for item in missing:
        left = asked + item.within - now
        if item.name not in without:
            time = f"has {span_text(left)} left" if left >= 0 else f"is overdue by {span_text(-left)}"
            raise ErasureError(
                f"the processor {item.name} has not acknowledged yet, and {time}. Ask it again, or once it is overdue "
                "name it to acknowledge without it"
            )
        if left >= 0:
            raise ErasureError(f"the processor {item.name} still has {span_text(left)}: wait for it")
    return missing


def _check_worker(collected: Collected, worker: Worker) -> None:
    processor = worker.processor
    listed = collected.listed.get(processor.address)
    if listed is None or listed.name != processor.name:
        raise ErasureError(f"the brand lists no processor {processor.name!r} at {processor.address}")
    signer = address_of(sender_of(worker.sender))
    if signer != processor.address and not collected.chain.code(processor.address):
        raise ErasureError(f"{signer} cannot sign for the processor {processor.name}, which is {processor.address}")
