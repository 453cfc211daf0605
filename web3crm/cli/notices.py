"""What the acts on consent are made of: notices as files, purposes by name, what is asked, records and receipts."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3.contract import Contract

from web3crm.cli.acts import say
from web3crm.cli.arguments import bits, whole
from web3crm.cli.session import Session
from web3crm.cli.storage import programme_blobs
from web3crm.domain import Role, duration_text
from web3crm.domain.consent import EVERYTHING, Refusal, Snapshot, bit_set
from web3crm.errors import BlobStoreError, ChainError, InputError, NoticeError
from web3crm.privacy.documents import RECEIPT, RECORD, iso_time, read_document, write_document
from web3crm.privacy.history import (
    BlobNotices,
    FolderNotices,
    History,
    NoticeSource,
    PublishedNotice,
    read_history,
    read_notices,
    snapshot_of,
)
from web3crm.privacy.notice import days_text
from web3crm.privacy.notices import (
    LANGUAGES,
    Asks,
    DataClass,
    NoticeFile,
    Purpose,
    asks,
    publication,
    read_notice,
)
from web3crm.privacy.receipts import brand_key, consent_receipt, verify_receipt
from web3crm.privacy.records import Verified, consent_record, verify_record

__all__ = [
    "Desk",
    "asked_lines",
    "chosen",
    "document_lines",
    "grant_command",
    "notice_lines",
    "one",
    "open_desk",
    "publish",
    "show_text",
    "snapshot_lines",
    "text_lines",
    "withdrawn",
]

NOTICES = Path("deployments") / "notices"
LOST = "lost"
"""Instead of the previous file: it is lost, or was none; then everything is asked again."""
_WIDTH = 20
_WORDS = {
    "en": {
        "data": "data",
        "kept": "kept for at most",
        "given": "passed on to",
        "needed": "the service cannot be had without this",
    },
    "th": {
        "data": "ข้อมูลที่ใช้",
        "kept": "เก็บไว้ไม่เกิน",
        "given": "ผู้ที่ได้รับข้อมูล",
        "needed": "หากไม่ยินยอมข้อนี้จะใช้บริการไม่ได้",
    },
}


class _ProgrammeNotices:
    """The programme's blob store, opened when it is needed, and its folder for what the store has not got or give."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fetch(self, digest: bytes, version: int) -> bytes:
        problems = []
        for find in (
            lambda: BlobNotices(programme_blobs(self._session)),
            lambda: FolderNotices(NOTICES / self._session.name),
        ):
            try:
                return find().fetch(digest, version)
            except (NoticeError, BlobStoreError) as error:
                problems.append(str(error))
        raise NoticeError("; ".join(problems))


@dataclass
class Desk:
    """A session and what its acts on consent need: the registry, the brand, and where texts come from."""

    session: Session
    source: NoticeSource
    consents: Contract
    brand: str
    from_block: int

    def notices(self) -> tuple[PublishedNotice, ...]:
        """All notices of the brand, without their texts."""
        return read_notices(self.session.chain, self.consents, self.brand, from_block=self.from_block)

    def newest(self) -> PublishedNotice:
        """The newest notice, with its text if that is found. Raises :class:`InputError` when there is none."""
        notices = self.notices()
        if not notices:
            raise InputError(
                "the brand has published no notice to consent to yet: `brownie run consent publish_notice "
                f"{NOTICES / self.session.name / '1.yaml'}`"
            )
        return notices[-1].read(self.source)

    def snapshot(self, customer: str) -> Snapshot:
        """What a customer allows at present."""
        return snapshot_of(self.session.chain, self.consents, customer, self.brand)

    def history(self, customer: str) -> History:
        """All that happened between a customer and the brand."""
        return read_history(
            self.session.chain,
            self.consents,
            customer=customer,
            brand=self.brand,
            source=self.source,
            from_block=self.from_block,
        )

    def whose(self, snapshot: Snapshot) -> PublishedNotice | None:
        """The notice that a snapshot is under, with its text if that is found."""
        if snapshot.notice_version == 0:
            return None
        return self.notices()[snapshot.notice_version - 1].read(self.source)

    def asks(self, customer: str) -> tuple[NoticeFile, Asks]:
        """The newest notice, and what it asks of a customer."""
        newest, published = self.newest(), History.published_of(self.notices())
        return newest.text, asks(newest.text, published, self.snapshot(customer), at=self.session.chain.now())

    def why_not(self, customer: str, purpose: int, data_class: int) -> Refusal:
        """The contract's answer."""
        functions = self.consents.functions
        return Refusal(self.session.chain.call(functions.whyNot(customer, self.brand, purpose, data_class)))

    def record(self, customer: str) -> dict[str, Any]:
        """The customer's consent record."""
        return consent_record(self.history(customer))

    def receipt(self, customer: str, language: str) -> dict[str, Any]:
        """The receipt of the customer's newest grant."""
        if language not in LANGUAGES:
            raise InputError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
        history = self.history(customer)
        grants = [act for act in history.acts if act.granted]
        chain, keys = self.session.chain, self.session.programme.commons.keys
        key = brand_key(chain, keys, self.brand, grants[-1], from_block=self.from_block) if grants else ""
        return consent_receipt(history, language=language, public_key=key)

    def verify(self, path: Path) -> tuple[str, Verified]:
        """What kind of document a file is, and what it is about, if it is what the chain says."""
        document = read_document(path)
        chain = self.session.chain
        if isinstance(document, dict) and "consentReceiptID" in document:
            keys = self.session.programme.commons.keys if "publicKey" in document else None
            return "receipt", verify_receipt(
                document,
                chain,
                self.consents,
                self.source,
                brand=self.brand,
                keys=keys,
                from_block=self.from_block,
            )
        return "record", verify_record(document, chain, self.consents, self.source, from_block=self.from_block)


def open_desk(session: Session) -> Desk:
    """The desk of a session's programme. Texts come from its blob store, and from its folder of ``deployments/notices``."""
    programme = session.programme
    block = programme.commons.record.contracts["ConsentRegistry"]["block"]
    return Desk(session, _ProgrammeNotices(session), programme.commons.consents, programme.brand, block)


# --- publishing -------------------------------------------------------------------------------------------------------


def publish(desk: Desk, path: Path, previous: str = "") -> tuple[NoticeFile, int, int]:
    """Publishes a notice's file: works out what has changed, stores the file, sends. Returns the file and the masks.

    ``previous`` is the path of the version before; by default it stands beside, or is found by its digest. The word
    ``lost`` has everything asked again.

    The file is stored before it is published: a text without a notice hurts nobody, a notice without its text does.
    """
    session = desk.session
    notice = read_notice(path)
    if notice.programme != session.name:
        raise NoticeError(
            f"{path} is a notice of {notice.programme!r}, and this is the programme {session.name!r}: "
            "choose the programme with WEB3CRM_PROGRAMME"
        )
    notices = desk.notices()
    published = History.published_of(notices)
    before = None
    if notices and previous != LOST and notice.version == len(notices) + 1:
        before = _previous(desk, notices[-1], path, previous)
    sends = publication(notice, before, published, everything=bool(notices) and previous == LOST)
    staff = session.staff(Role.PRIVACY)
    cid = programme_blobs(session).put(io.BytesIO(notice.raw))
    if cid != notice.cid:
        raise NoticeError(f"the blob store calls the file {cid}, its digest is {notice.cid}: nothing was published")
    act = session.programme.as_brand(desk.consents.functions.publishNotice(*sends.args))
    receipt = session.send(act, sender=staff)
    (event,) = session.chain.events(receipt, desk.consents, "NoticePublished")
    if event.args["version"] != notice.version:
        raise ChainError(
            f"another notice was published at the same time: version {notice.version} of the file is "
            f"{event.args['version']} on chain. Publish a next version with {LOST!r} for the previous one, at once"
        )
    return notice, sends.changed_purposes, sends.changed_data_classes


def _previous(desk: Desk, latest: PublishedNotice, path: Path, chosen: str) -> NoticeFile:
    """The file of the version before; :func:`publication` checks that it is the one on chain."""
    beside = path.parent / f"{latest.version}.yaml"
    if chosen or beside.exists():
        return read_notice(Path(chosen) if chosen else beside)
    found = latest.read(desk.source)
    if found.file is None:
        raise NoticeError(
            f"{found.problem}. What has changed cannot be found without it: name its file, or say {LOST!r} "
            "and everybody is asked for everything again"
        )
    return found.file


# --- arguments --------------------------------------------------------------------------------------------------------

_NUMBERS = re.compile(r"all|[0-9, ]+")


def chosen(name: str, text: str, items: Sequence[Purpose | DataClass] | None) -> int:
    """Purposes or data classes as a set of bits: names of the notice, numbers, or ``all`` of those it names.

    Without the notice's text (``items`` is None) only numbers are understood.
    """
    if _NUMBERS.fullmatch(text):
        found = bits(name, text)
    elif items is None:
        raise InputError(f"{name} must be numbers from 0 to 63, as the notice's text was not found; got {text!r}")
    else:
        found = bit_set(_one(name, word.strip(), items) for word in text.split(","))
    if items is None:
        return found
    named = bit_set(item.bit for item in items)
    if found == EVERYTHING:
        return named
    unknown = [str(bit) for bit in range(64) if (found & ~named) >> bit & 1]
    if unknown:
        raise InputError(f"the notice has no {name} {', '.join(unknown)}; it has: {_known(items)}")
    return found


def withdrawn(desk: Desk, name: str, text: str) -> int:
    """Purposes or data classes to take back, as a set of bits; none for no text.

    Numbers need no notice: whatever became of its text, a withdrawal does not wait for it.
    """
    if not text:
        return 0
    if _NUMBERS.fullmatch(text):
        return bits(name, text)
    notice = desk.whose(desk.snapshot(desk.session.me()))
    if notice is None:
        raise InputError(f"{name} must be numbers from 0 to 63, as nothing was granted yet; got {text!r}")
    items: Sequence[Purpose | DataClass] = notice.text.purposes if name == "purposes" else notice.text.data_classes
    return chosen(name, text, items)


def one(name: str, text: str, items: Sequence[Purpose | DataClass] | None) -> int:
    """One purpose or data class, by its name or its number."""
    if text.isdigit():
        return whole(name, text, most=63)
    if items is None:
        raise InputError(f"{name} must be a number from 0 to 63, as the notice's text was not found; got {text!r}")
    return _one(name, text, items)


def _one(name: str, word: str, items: Sequence[Purpose | DataClass]) -> int:
    for item in items:
        if word in (item.name, str(item.bit)):
            return item.bit
    raise InputError(f"the notice has no {name} {word!r}; it has: {_known(items)}")


def _known(items: Sequence[Purpose | DataClass]) -> str:
    return ", ".join(f"{item.name} ({item.bit})" for item in items)


# --- what is shown ----------------------------------------------------------------------------------------------------


def text_lines(notice: NoticeFile, purposes: int, data_classes: int, language: str) -> list[str]:
    """The notice's text about some purposes and data classes, as a person reads it."""
    lines = [notice.title[language], notice.introduction[language], ""]
    for purpose in notice.purposes:
        if purposes >> purpose.bit & 1:
            lines.append(f"  {purpose.bit:>2} {purpose.title[language]}: {purpose.text[language]}")
            lines.append(f"     {_conditions(notice, purpose, data_classes, language)}")
    for item in notice.data_classes:
        if data_classes >> item.bit & 1:
            lines.append(f"  {item.bit:>2} {item.title[language]}: {item.text[language]}")
    return [*lines, "", notice.withdrawal[language], f"{notice.controller.name[language]}, {notice.controller.email}"]


def _conditions(notice: NoticeFile, purpose: Purpose, data_classes: int, language: str) -> str:
    """Under a purpose: which of the data, for how long, where, and who gets it; and whether the service needs it."""
    words = _WORDS[language]
    used = [item.title[language] for item in notice.classes_of(purpose) if data_classes >> item.bit & 1]
    who = [f"{item.name[language]} ({item.country})" for item in notice.recipients_of(purpose)]
    parts = [
        f"{words['data']}: {', '.join(used) or '-'}",
        f"{words['kept']} {days_text(purpose.retention, language)} ({', '.join(purpose.stored_in)})",
        f"{words['given']}: {', '.join(who) or '-'}",
        *([words["needed"]] if purpose.primary else []),
    ]
    return "; ".join(parts)


def asked_lines(notice: NoticeFile, asked: Asks, snapshot: Snapshot, customer: str) -> list[str]:
    """What a customer is to be asked, in words."""
    rows = (
        ("ask again", asked.purposes, asked.data_classes),
        ("new to her", asked.new_purposes, asked.new_data_classes),
        ("not named any more", asked.gone_purposes, asked.gone_data_classes),
    )
    lines = [
        f"notice {notice.version} of {notice.programme} and {customer}, who saw {snapshot.notice_version or 'none'}:"
    ]
    for word, purposes, classes in rows:
        names = notice.names(purposes, classes)
        if purposes or classes:
            said = [
                f"{kind} {', '.join(found)}"
                for kind, found in zip(("purposes", "data classes"), names, strict=True)
                if found
            ]
            lines.append(f"  {word:{_WIDTH}}{'; '.join(said)}")
    if len(lines) == 1:
        return [f"{lines[0][:-1]}: nothing is to be asked"]
    if asked:
        lines.append(f"  {'to say yes':{_WIDTH}}{grant_command(notice, asked, snapshot)}")
    return lines


def grant_command(notice: NoticeFile, asked: Asks, snapshot: Snapshot) -> str:
    """The act that says yes to what is asked again, and keeps what she allows: a grant replaces the one before."""
    purposes = snapshot.purposes & notice.purpose_bits
    used = bit_set(
        item.bit
        for purpose in notice.purposes
        if asked.purposes >> purpose.bit & 1
        for item in notice.classes_of(purpose)
    )
    names = notice.names(purposes, (snapshot.data_classes | used & asked.new_data_classes) & notice.data_class_bits)
    return f"brownie run consent grant {','.join(names[0])} {','.join(names[1])} 365d"


def snapshot_lines(desk: Desk, customer: str) -> list[str]:
    """What a customer allows, purpose by purpose, and what of it the contract lets pass now."""
    snapshot = desk.snapshot(customer)
    head = f"consent of {customer} to {desk.session.name} ({desk.brand})"
    if snapshot.number == 0:
        return [f"{head}: she never gave any"]
    notice = desk.whose(snapshot)
    until = f", until {iso_time(snapshot.expires_at)}" if snapshot.expires_at else ", until she withdraws it"
    under = f"under notice {snapshot.notice_version}{until}" if notice else "without a notice"
    lines = [head, f"  snapshot {snapshot.number} of {iso_time(snapshot.at)}, {under}"]
    if not snapshot.allows_something:
        return [*lines, "  she allows nothing"]
    if notice is not None and notice.file is None:
        lines.append(f"  {notice.problem}")
    file = notice.file if notice else None
    for bit in (bit for bit in range(64) if snapshot.purposes >> bit & 1):
        name = file.names(1 << bit, 0)[0][0] if file else str(bit)
        lines += [f"  {name:{_WIDTH}}{line}" for line in _uses_of(desk, customer, snapshot, file, bit)]
    if not snapshot.purposes:
        lines.append("  she allows no purpose")
    return lines


def _uses_of(desk: Desk, customer: str, snapshot: Snapshot, file: NoticeFile | None, purpose: int) -> list[str]:
    """A line for each answer: the data classes that have it, and what it is."""
    classes = [bit for bit in range(64) if snapshot.data_classes >> bit & 1]
    if file:
        used = [item for found in file.purposes if found.bit == purpose for item in file.classes_of(found)]
        classes = [item.bit for item in used if item.bit in classes]
    if not classes:
        return ["on no data class that it uses"]
    answers: dict[Refusal, list[str]] = {}
    for bit in classes:
        name = file.names(0, 1 << bit)[1][0] if file else str(bit)
        answers.setdefault(desk.why_not(customer, purpose, bit), []).append(name)
    return [
        f"{', '.join(names)}: {'allowed' if refusal is Refusal.NONE else refusal.text}"
        for refusal, names in answers.items()
    ]


def notice_lines(desk: Desk) -> list[str]:
    """All notices of the brand: when, where, what each changed, and what is wrong with it."""
    notices = tuple(item.read(desk.source) for item in desk.notices())
    if not notices:
        return [f"{desk.session.name} has published no notice"]
    lines = []
    for item in notices:
        notice = item.notice
        lines.append(
            f"notice {item.version} of {iso_time(notice.published_at)}, block {item.block}: {notice.uri or 'no address'}; "
            f"oldest acceptable {notice.oldest_acceptable}, erasure within {duration_text(notice.erasure_period)}"
        )
        if item.file is None:
            lines.append(f"  {item.problem}")
            continue
        purposes, classes = item.file.names(notice.changed_purposes, notice.changed_data_classes)
        lines.append(f"  changes {_listed(purposes, 'no purpose')}; {_listed(classes, 'no data class')}")
        lines += _unmarked(item, notices)
    return lines


def _unmarked(item: PublishedNotice, notices: tuple[PublishedNotice, ...]) -> list[str]:
    if item.version == 1 or notices[item.version - 2].file is None:
        return []
    missed = item.unmarked(notices[item.version - 2])
    if not any(missed):
        return []
    names = [name for found in item.text.names(*missed) for name in found]
    return [f"  WARNING: it also changes {', '.join(names)}, which the brand did not mark: old consents still cover it"]


def _listed(names: Sequence[str], none: str) -> str:
    return none if not names else "everything" if len(names) == 64 else ", ".join(names)


def document_lines(kind: str, document: dict[str, Any], file: str) -> list[str]:
    """Writes a record or a receipt into ``file``, or shows it."""
    if not file:
        return json.dumps(document, ensure_ascii=False, indent=2).splitlines()
    write_document({"record": RECORD, "receipt": RECEIPT}[kind], document, Path(file))
    return [f"the {kind} is in {file}; `brownie run consent verify {file}` checks it against the chain"]


def show_text(item: PublishedNotice, purposes: int, data_classes: int, language: str) -> None:
    """Shows what is consented to, or says that it cannot be shown."""
    if language not in LANGUAGES:
        raise InputError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
    if item.file is None:
        say(f"The text of notice {item.version} cannot be shown: {item.problem}")
    else:
        say(*text_lines(item.file, purposes, data_classes, language), "")
