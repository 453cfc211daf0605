"""What the acts on erasures work with: the brand's processors, where they run, who signs for them, what is collected.

A brand lists its processors in ``deployments/processors/<programme>.yaml``. Those that this suite runs are asked here;
their keys are those of a development chain's accounts, and on a live network what ``$WEB3CRM_PROCESSOR_<NAME>`` names: a
keystore file or a Brownie account id (``WEB3CRM_PROCESSOR_BLOB_STORE`` for the processor "Blob store"). What they sign is
kept below ``$WEB3CRM_HOME/erasures`` until it is anchored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from web3crm.chain import Sender, find_account
from web3crm.chain.accounts import address_of
from web3crm.cli import arguments
from web3crm.cli.notices import open_desk
from web3crm.cli.session import Session
from web3crm.cli.storage import home, programme_blobs, vault_folder
from web3crm.errors import ErasureError, InputError, Web3CrmError
from web3crm.files import write_private
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasing import Collected, Worker
from web3crm.privacy.erasure_receipts import ErasureReceipt, ProcessorReceipt, Verification, fetch_receipt, verify
from web3crm.privacy.erasures import ErasureRequest, request_of, requests
from web3crm.privacy.processor_list import ListedProcessor, read_processors, unlisted
from web3crm.privacy.processors import BlobStoreProcessor, KeeperProcessor, Processor
from web3crm.progress import Watch, silent
from web3crm.vault.keeper import EnvelopeKeeper, Verdict
from web3crm.vault.stores import BlobStore, EmbeddedStore, open_store

__all__ = [
    "Staff",
    "collected",
    "erased_items",
    "find_request",
    "is_receipt",
    "listed_processors",
    "read_receipt_file",
    "request_line",
    "requests_to",
    "staff_for",
    "unlisted_lines",
    "verified",
    "write_receipt_file",
]

PROCESSOR_VARIABLE = "WEB3CRM_PROCESSOR_"
_FOLDER = Path("deployments") / "processors"
_DAEMON = re.compile(r"/(ip4|ip6|dns|dns4|dns6)/|https?://")


@dataclass(frozen=True)
class Staff:
    """Who of the brand's processors can be asked here, and why the others cannot, by their names."""

    workers: tuple[Worker, ...]
    elsewhere: dict[str, str]


class _Closed:
    """The gate of a keeper that is opened to destroy: it releases nothing."""

    def check(self, **question: object) -> Verdict:
        del question
        return Verdict(False, "nothing is released while envelopes are being destroyed")


def listed_processors(session: Session, file: str = "") -> tuple[ListedProcessor, ...]:
    """The brand's processors, by its file or by another one. Raises :class:`InputError` when that is missing or wrong."""
    path = Path(file) if file else _FOLDER / f"{session.name}.yaml"
    if not path.is_file():
        raise InputError(f"{path} is missing: it lists the processors of {session.name}, as {_FOLDER}/coffee.yaml does")
    return read_processors(path, session.accounts or None)


def requests_to(session: Session, *, block: int, everybody: bool, watch: Watch = silent) -> list[ErasureRequest]:
    """All requests to the brand, or to any brand of the chain, as of ``block``."""
    return requests(
        session.chain,
        session.programme.commons.consents,
        brand=None if everybody else session.programme.brand,
        from_block=_made_in(session, "ConsentRegistry"),
        block=block,
        watch=watch,
    )


def unlisted_lines(session: Session, customer: str, listed: Sequence[ListedProcessor]) -> list[str]:
    """Warnings about processors that the notices which the customer consented to name, and the brand's list has not."""
    try:
        history = open_desk(session).history(customer)
        versions = sorted({act.snapshot.notice_version for act in history.acts} - {0})
        missing = {item.key: item for version in versions for item in unlisted(history.notice(version).text, listed)}
    except Web3CrmError as error:
        return [f"WARNING: the list of processors could not be compared with the notices that she saw: {error}"]
    return [
        f"WARNING: a notice that she consented to names the processor {item.name['en']}, and none that is listed has "
        f"`recipient: {item.key}`: nobody is asked to erase what it holds"
        for item in missing.values()
    ]


def find_request(session: Session, customer: str) -> ErasureRequest:
    """The customer's last request to the brand. Raises :class:`InputError` when she made none."""
    programme = session.programme
    found = request_of(
        session.chain,
        programme.commons.consents,
        customer=customer,
        brand=programme.brand,
        from_block=_made_in(session, "ConsentRegistry"),
    )
    if found is None:
        raise InputError(f"{customer} has asked {programme.brand} for no erasure")
    return found


def request_line(request: ErasureRequest, at: int, *, brand: bool = False) -> str:
    """A request in one line."""
    to = f" to {request.brand}" if brand else ""
    return f"{request.customer}{to}  block {request.block}  {request.standing(at)}"


def collected(session: Session, request: ErasureRequest, listed: Sequence[ListedProcessor]) -> Collected:
    """Where the receipts of a request are kept until they are anchored."""
    return Collected(home() / "erasures", session.chain, session.programme.commons.consents, request, listed)


def staff_for(
    session: Session, request: ErasureRequest, listed: Sequence[ListedProcessor], *, watch: Watch = silent
) -> Staff:
    """The processors that run here, each with who signs for it.

    One whose key or place is not known here is ``elsewhere``; a place that is named and is not there raises
    :class:`InputError`, since nothing found in a mistyped folder must not look like nothing held.
    """
    workers: list[Worker] = []
    elsewhere: dict[str, str] = {}
    for item in listed:
        if item.kind == "outside":
            elsewhere[item.name] = "it is outside: `receive` takes its receipt"
            continue
        sender = _signer(session, item)
        if sender is None:
            elsewhere[item.name] = f"its key is not here: name its keystore in {_variable(item)}"
        else:
            workers.append(Worker(_processor(session, request, item, watch), sender))
    return Staff(tuple(workers), elsewhere)


def read_receipt_file(path: str) -> ProcessorReceipt:
    """An outside processor's receipt. Raises :class:`InputError` or :class:`ErasureError`."""
    return ProcessorReceipt.parse(_read(path))


def write_receipt_file(receipt: ProcessorReceipt, path: str = "") -> Path:
    """Writes a processor's receipt, for its owner only, by default to a file named after it and the customer; returns where.

    Raises :class:`InputError` when the file is there already: it may be the receipt of another request.
    """
    word = _ascii_word(receipt.name.lower(), "-") or receipt.processor
    chosen = Path(path or f"{word}-{receipt.customer}.json")
    if chosen.exists():
        raise InputError(f"{chosen} exists: name another file, nothing is overwritten")
    try:
        write_private(chosen, receipt.to_bytes())
    except OSError as error:
        raise InputError(f"{chosen} cannot be written: {error.strerror}") from None
    return chosen


def is_receipt(path: str) -> bool:
    """Whether a file is the receipt of a whole erasure, which anybody can verify."""
    try:
        ErasureReceipt.parse(_read(path))
    except (ErasureError, InputError):
        return False
    return True


def verified(
    session: Session, request: ErasureRequest, listed: Sequence[ListedProcessor], path: str = ""
) -> Verification:
    """Checks a receipt: the file at ``path``, or else what lies in the blob store under the digest on chain."""
    if path:
        data = _read(path)
    elif request.is_open:
        raise ErasureError(f"the request of {request.customer} was not acknowledged yet: there is no receipt to verify")
    else:
        data = fetch_receipt(programme_blobs(session), request.receipt_digest)
    consents = session.programme.commons.consents
    found = verify(data, session.chain, consents, listed, from_block=_made_in(session, "ConsentRegistry"))
    asked = (request.customer, request.brand)
    if found.receipt is not None and (found.receipt.customer, found.receipt.brand) != asked:
        wrong = f"the receipt is about {found.receipt.customer} and {found.receipt.brand}, not this customer and brand"
        return Verification(found.block, (wrong, *found.differences), found.receipt, found.request)
    return found


def erased_items(text: str) -> ErasedItems:
    """What an outside processor erased, as ``letters=2,drafts=0``."""
    items = []
    for word in text.split(","):
        kind, equals, count = word.strip().partition("=")
        if not equals:
            raise InputError(f"items must be kinds and counts such as letters=2,drafts=0, got {word.strip()!r}")
        items.append(ErasedItem(kind, erased=arguments.whole(f"the count of {kind}", count, most=2**53 - 1)))
    return ErasedItems.of(items)


def _processor(session: Session, request: ErasureRequest, item: ListedProcessor, watch: Watch) -> Processor:
    if item.kind == "keeper":
        return KeeperProcessor(
            EnvelopeKeeper(_keeper_folder(session, request, item), _Closed()), name=item.name, address=item.address
        )
    store = _store(session, item)
    return BlobStoreProcessor(
        store,
        session.chain,
        session.programme.commons.datasets,
        own=isinstance(store, EmbeddedStore) if item.own is None else item.own,
        name=item.name,
        address=item.address,
        from_block=_made_in(session, "CustomerData"),
        watch=watch,
    )


def _keeper_folder(session: Session, request: ErasureRequest, item: ListedProcessor) -> Path:
    if item.folder:
        folder = Path(item.folder)
        if not folder.is_dir():
            raise InputError(f"{item.name}: its folder {folder} is not there: name the one with the envelopes")
        return folder
    if not session.chain.is_local:
        raise InputError(f"{item.name}: its `folder` is missing in {_FOLDER}/{session.name}.yaml")
    return vault_folder(session.chain.chain_id, request.customer) / "envelopes"


def _store(session: Session, item: ListedProcessor) -> BlobStore:
    if not item.store:
        return programme_blobs(session)
    if _DAEMON.match(item.store):
        return open_store(item.store)
    # Not through open_store: a variable must not turn a store that is named here into another one.
    if not EmbeddedStore.is_at(Path(item.store)):
        raise InputError(f"{item.name}: its store {item.store} is neither a daemon's address nor a folder of blobs")
    return EmbeddedStore(Path(item.store))


def _signer(session: Session, item: ListedProcessor) -> Sender | None:
    variable = _variable(item)
    chosen = os.environ.get(variable, "").strip()
    if session.chain.is_local:
        accounts = session.accounts
        found = arguments.address(variable, chosen, accounts) if chosen else item.address
        return found if found in accounts else None
    if not chosen:
        return None
    account = find_account(chosen)
    if address_of(account) != item.address and not session.chain.code(item.address):
        raise InputError(f"{variable} is {address_of(account)}, but {item.name} is {item.address}")
    return account


def _variable(item: ListedProcessor) -> str:
    return PROCESSOR_VARIABLE + (_ascii_word(item.name, "_") or item.address).upper()


def _ascii_word(name: str, joint: str) -> str:
    """A name as a word of ASCII letters and digits; empty for a name in another script, of which too little would be left."""
    return re.sub(r"[^A-Za-z0-9]+", joint, name).strip(joint) if name.isascii() else ""


def _made_in(session: Session, contract: str) -> int:
    """The block that made one of the commons: nothing of it happened before."""
    return int(session.programme.commons.record.contracts[contract]["block"])


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
