"""What happened between a customer and a brand: notices and snapshots from chain state and logs alone, with their texts.

Everything is as of one block. Events tell where each notice and each snapshot stands on the chain; what they say is
compared with what the contract answers now, and the numbers must leave no gap, so that a node that lost events is found
out. Old state is not asked for: the contract never changes a snapshot or a notice, with one exception (the last number,
65,535, which withdrawals overwrite), so that any node will do for any block.

A notice's text comes from a :class:`NoticeSource`, a blob store or a folder, and must have the digest that is on chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.chain.logs import EventLog
from web3crm.domain.consent import LAST_NUMBER, Notice, Notices, Snapshot
from web3crm.errors import BlobNotFound, ChainError, InputError, NoticeError
from web3crm.privacy.notices import NOTICE_LIMIT, NoticeFile, parse_notice
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.stores import BlobStore

__all__ = [
    "BlobNotices",
    "Block",
    "ConsentAct",
    "FolderNotices",
    "History",
    "NoticeSource",
    "PublishedNotice",
    "read_history",
    "read_notices",
    "snapshot_of",
]


class NoticeSource(Protocol):
    """Where the texts of notices come from."""

    def fetch(self, digest: bytes, version: int) -> bytes:
        """The bytes with this SHA-256. Raises :class:`NoticeError` when it has not got them, or others in their place."""


class BlobNotices:
    """Notices in a blob store, by the CID that follows from their digest."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def fetch(self, digest: bytes, version: int) -> bytes:
        """The bytes; the store checks them against the CID, and so against the digest."""
        cid = cid_of_digest(digest)
        try:
            with self._blobs.get(cid) as stream:
                return _read(stream, f"the text of notice {version} ({cid})")
        except BlobNotFound:
            raise NoticeError(
                f"the text of notice {version} is missing: the blob store has not got {cid}; get the file from the "
                "brand and put it there"
            ) from None


class FolderNotices:
    """Notices in a folder, as ``<version>.yaml``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, digest: bytes, version: int) -> bytes:
        """The bytes of the version's file, if it has the digest."""
        path = self._folder / f"{version}.yaml"
        try:
            with path.open("rb") as file:
                raw = _read(file, str(path))
        except OSError as error:
            raise NoticeError(f"the text of notice {version} is missing: {path}: {error.strerror}") from None
        if sha256(raw).digest() != digest:
            raise NoticeError(
                f"{path} is not the notice {version} that was published: its digest is {sha256(raw).hexdigest()}, "
                f"the chain says {digest.hex()}"
            )
        return raw


def _read(stream: Any, name: str) -> bytes:
    data = bytearray()
    while piece := stream.read(NOTICE_LIMIT + 1 - len(data)):
        data += piece
        if len(data) > NOTICE_LIMIT:
            raise NoticeError(f"{name} has more than {NOTICE_LIMIT} bytes: it is no notice")
    return bytes(data)


@dataclass(frozen=True)
class Block:
    """A block: its number, its hash (``0x…``) and its time in seconds; whether it was the newest when it was read."""

    number: int
    hash: str
    time: int
    newest: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class PublishedNotice:
    """A version of a brand's notice where it stands on the chain, with its file if a source was given."""

    version: int
    notice: Notice
    block: int
    log_index: int
    transaction: str
    file: NoticeFile | None = None

    problem: str = ""

    @property
    def text(self) -> NoticeFile:
        """The file. Raises :class:`NoticeError` with the reason when there is none."""
        if self.file is None:
            raise NoticeError(self.problem or f"the text of notice {self.version} was not read")
        return self.file

    def read(self, source: NoticeSource) -> PublishedNotice:
        """The same with its file, or with the reason why there is none: a missing text matters to whoever needs it."""
        try:
            raw = source.fetch(self.notice.digest, self.version)
            if sha256(raw).digest() != self.notice.digest:
                raise NoticeError(f"what was found as the text of notice {self.version} has not got its digest")
            file = parse_notice(raw, source=f"the text of notice {self.version}")
            if file.version != self.version:
                raise NoticeError(f"the text of notice {self.version} says that it is version {file.version}")
        except (NoticeError, InputError) as error:
            return replace(self, problem=str(error))
        return replace(self, file=file)

    def unmarked(self, previous: PublishedNotice) -> tuple[int, int]:
        """Purposes and data classes that changed their meaning since ``previous`` and that the brand did not mark so.

        The contract cannot read texts; whoever has them can: a mark that is missing is a change that slipped by. Raises
        :class:`NoticeError` when a text is missing.
        """
        purposes, classes = self.text.changed_since(previous.text)
        return purposes & ~self.notice.changed_purposes, classes & ~self.notice.changed_data_classes


@dataclass(frozen=True)
class ConsentAct:
    """One act of a customer: the snapshot that it took, and where it stands on the chain.

    ``function`` is the registry's that the transaction called, empty where another contract was in between; ``sender``
    is who sent the transaction.
    """

    snapshot: Snapshot
    granted: bool
    block: int
    log_index: int
    transaction: str
    sender: str
    function: str


@dataclass(frozen=True, kw_only=True)
class History:
    """All notices of a brand and all acts of one customer with it, up to a block; the first ones first."""

    chain_id: int
    registry: str
    brand: str
    customer: str
    block: Block
    notices: tuple[PublishedNotice, ...] = field(repr=False)
    acts: tuple[ConsentAct, ...]

    @property
    def published(self) -> Notices:
        """The notices as the rules of :mod:`web3crm.domain.consent` take them."""
        return self.published_of(self.notices)

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot; an empty one if the customer never acted."""
        return self.acts[-1].snapshot if self.acts else Snapshot()

    def notice(self, version: int) -> PublishedNotice:
        """One version. Raises :class:`InputError` for one that was not published by then."""
        if not 1 <= version <= len(self.notices):
            raise InputError(f"{self.brand} has published notices 1 to {len(self.notices)}, not {version}")
        return self.notices[version - 1]

    @staticmethod
    def published_of(notices: Iterable[PublishedNotice]) -> Notices:
        """Notices as the rules of :mod:`web3crm.domain.consent` take them."""
        return Notices(tuple(item.notice for item in notices))


def snapshot_of(chain: Chain, consents: Contract, customer: str, brand: str, *, block: int | None = None) -> Snapshot:
    """The newest snapshot, from chain state alone."""
    return Snapshot(*chain.call(consents.functions.snapshotOf(customer, brand), block=block))


def read_notices(
    chain: Chain,
    consents: Contract,
    brand: str,
    *,
    source: NoticeSource | None = None,
    block: int | None = None,
    from_block: int = 0,
) -> tuple[PublishedNotice, ...]:
    """All notices that a brand had published by ``block`` (the newest by default), with their texts from ``source``.

    Raises:
        ChainError: The node has lost events, or says one thing in its events and another in its state.
        BlobStoreError: The source did not answer.

    """
    found = _notices(chain, consents, brand, _block(chain, block), from_block)
    return found if source is None else tuple(item.read(source) for item in found)


def read_history(
    chain: Chain,
    consents: Contract,
    *,
    customer: str,
    brand: str,
    source: NoticeSource | None = None,
    block: int | None = None,
    from_block: int = 0,
) -> History:
    """What happened between ``customer`` and ``brand`` up to ``block``, the newest by default.

    Of the notices' texts those are read that she consented to. ``from_block`` is where the registry was deployed, or
    any block before. Raises as :func:`read_notices` does.
    """
    until = _block(chain, block)
    notices = _notices(chain, consents, brand, until, from_block)
    acts = _acts(chain, consents, customer, brand, until, from_block)
    if source is not None:
        used = {act.snapshot.notice_version for act in acts}
        notices = tuple(item.read(source) if item.version in used else item for item in notices)
    if _block(chain, until.number).hash != until.hash:
        raise ChainError(f"block {until.number} was replaced while it was read: read again")
    return History(
        chain_id=chain.chain_id,
        registry=str(consents.address),
        brand=brand,
        customer=customer,
        block=until,
        notices=notices,
        acts=acts,
    )


def _block(chain: Chain, number: int | None) -> Block:
    found = chain.rpc("eth_getBlockByNumber", ["latest" if number is None else hex(number), False])
    if found is None:
        raise ChainError(f"the chain has no block {number} yet, or the node does not know it")
    return Block(int(found["number"], 16), str(found["hash"]), int(found["timestamp"], 16), number is None)


def _notices(
    chain: Chain, consents: Contract, brand: str, until: Block, from_block: int
) -> tuple[PublishedNotice, ...]:
    logs = list(
        chain.logs(consents, "NoticePublished", from_block=from_block, to_block=until.number, where={"brand": brand})
    )
    functions = consents.functions
    latest, *_ = chain.call(functions.noticeState(brand), block=_state_at(until))
    found = []
    for version, log in enumerate(logs, start=1):
        args = log.args
        if args["version"] != version:
            raise _gap(f"the events of notices 1 to {args['version']} of {brand}", until)
        notice = Notice(*chain.call(functions.noticeOf(brand, version)))
        said = (
            args["digest"],
            args["changedPurposes"],
            args["changedDataClasses"],
            args["oldestAcceptable"],
            args["erasurePeriod"],
            args["uri"],
        )
        if said != (*_without_time(notice), notice.uri):
            raise ChainError(f"the node contradicts itself about notice {version} of {brand}: ask another one")
        found.append(PublishedNotice(version, notice, log.block_number, log.log_index, log.transaction_hash))
    if latest > len(found):
        following = Notice(*chain.call(functions.noticeOf(brand, len(found) + 1)))
        if until.newest or following.published_at < until.time:
            raise _gap(f"the event of notice {len(found) + 1} of {brand}", until)
    return tuple(found)


def _without_time(notice: Notice) -> tuple[Any, ...]:
    return (
        notice.digest,
        notice.changed_purposes,
        notice.changed_data_classes,
        notice.oldest_acceptable,
        notice.erasure_period,
    )


def _acts(
    chain: Chain, consents: Contract, customer: str, brand: str, until: Block, from_block: int
) -> tuple[ConsentAct, ...]:
    logs: list[EventLog] = []
    for event in ("ConsentGranted", "ConsentWithdrawn"):
        where = {"customer": customer, "brand": brand}
        logs += chain.logs(consents, event, from_block=from_block, to_block=until.number, where=where)
    logs.sort(key=lambda log: (log.block_number, log.log_index))
    snapshots = [Snapshot.unpack(log.args["snapshot"]) for log in logs]
    _check_numbers(chain, consents, customer, brand, until, snapshots)
    transactions = dict.fromkeys(log.transaction_hash for log in logs)
    answers = chain.rpc_batch([("eth_getTransactionByHash", [transaction]) for transaction in transactions])
    sent = dict(zip(transactions, answers, strict=True))
    return tuple(
        ConsentAct(
            snapshot,
            log.event == "ConsentGranted",
            log.block_number,
            log.log_index,
            log.transaction_hash,
            *_sent_how(chain, consents, log.transaction_hash, sent[log.transaction_hash]),
        )
        for snapshot, log in zip(snapshots, logs, strict=True)
    )


def _check_numbers(
    chain: Chain, consents: Contract, customer: str, brand: str, until: Block, snapshots: Sequence[Snapshot]
) -> None:
    """Checks that no act is missing and that events and state say the same."""
    functions = consents.functions
    whose = f"{customer} with {brand}"
    for number, snapshot in enumerate(snapshots, start=1):
        if snapshot.number != min(number, LAST_NUMBER):
            raise _gap(f"the events of snapshots 1 to {snapshot.number} of {whose}", until)
        if number < LAST_NUMBER and Snapshot(*chain.call(functions.snapshotAt(customer, brand, number))) != snapshot:
            raise ChainError(f"the node contradicts itself about snapshot {number} of {whose}: ask another one")
    if chain.call(functions.snapshotCount(customer, brand), block=_state_at(until)) > len(snapshots):
        following = Snapshot(*chain.call(functions.snapshotAt(customer, brand, len(snapshots) + 1)))
        if until.newest or following.at < until.time:
            raise _gap(f"the event of snapshot {len(snapshots) + 1} of {whose}", until)


def _state_at(until: Block) -> int | None:
    """Which block to ask for how many there are: every node has the newest one's state, of an older one only archives.

    For an older block the newest numbers are asked for, and whatever is beyond the events must be of a later time.
    """
    return until.number if until.newest else None


def _sent_how(chain: Chain, consents: Contract, transaction: str, sent: Any) -> tuple[str, str]:
    """Who sent a transaction, and which of the registry's functions it called itself."""
    if sent is None:
        raise ChainError(f"the node does not know the transaction {transaction} any more: ask another one")
    sender = chain.web3.to_checksum_address(sent["from"])
    if (sent["to"] or "").lower() != str(consents.address).lower():
        return sender, ""
    try:
        return sender, str(consents.get_function_by_selector(sent["input"][:10]).fn_name)
    except ValueError:
        raise ChainError(f"the node gives a transaction {transaction} that calls nothing the registry has") from None


def _gap(what: str, until: Block) -> ChainError:
    return ChainError(
        f"the node has not got {what} up to block {until.number}: ask one that keeps all events, from the block on in "
        "which the registry was deployed"
    )
