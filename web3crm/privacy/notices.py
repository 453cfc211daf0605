"""Notices as files: what a brand asks its customers to consent to, one file a version.

::

    programme: coffee                 # whose notice it is, as deployments/params names it
    version: 2
    jurisdiction: TH                  # the country whose law applies
    erasure_period: 30d               # how long an erasure may take, 1 to 90 days
    oldest_acceptable: 1              # consents under older versions are no longer good
    title: { th: …, en: … }           # every text in both languages
    service: { th: …, en: … }
    introduction: { th: …, en: … }
    withdrawal: { url: https://…, th: …, en: … }
    rights: { url: https://…, th: …, en: … }
    controller: { name: { th: …, en: … }, address: { th: …, en: … }, country: TH, email: …, phone: …, url: https://… }
    dpo: { name: { th: …, en: … }, email: …, phone: … }
    recipients:                       # by a key that purposes refer to
      host: { role: processor, name: …, address: …, country: SG, email: … }
    data_classes:
      - { bit: 3, name: purchases, term: https://w3id.org/dpv/pd#Purchase, sensitivity: none, title: …, text: … }
    purposes:
      - bit: 0
        name: service
        term: https://w3id.org/dpv#ServiceProvision
        basis: https://w3id.org/dpv#ExplicitlyExpressedConsent
        retention: 365d               # how long data is kept for it
        stored_in: [TH]
        primary: true                 # whether the service cannot be had without it
        data_classes: [purchases]
        recipients: [host]
        title: …
        text: …

The bytes of the file are what is hashed: their SHA-256 is the digest on chain and, as the file is one raw block, its CID
in the blob store. Every value is read as text and checked; YAML's anchors are refused, since a few bytes of them can
stand for more than a memory holds.

**What a change is.** A purpose has changed when what was consented to has: its texts, term, legal basis, retention,
where its data is stored, whether it is primary, who receives the data (name, role and country), which data classes it
uses, or who is the controller (name) under which law. A data class has changed when its texts, term or sensitivity
have. A name (which only people at a command line use), an order, an address, an e-mail or a telephone number may change
without anybody being asked again. A bit that one version names and the other does not has changed, too: consents must
not lie in wait for what a removed purpose's number will stand for later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from web3crm.domain.consent import (
    BITS,
    EVERYTHING,
    LONGEST_ERASURE_PERIOD,
    SHORTEST_ERASURE_PERIOD,
    Notice,
    Notices,
    Refusal,
    Snapshot,
    bit_set,
    why_not,
)
from web3crm.errors import InputError, NoticeError
from web3crm.settings import Section, read_settings, wrong
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.unixfs import CHUNK_SIZE

__all__ = [
    "BASES",
    "LANGUAGES",
    "NOTICE_LIMIT",
    "Asks",
    "Contact",
    "Controller",
    "DataClass",
    "NoticeFile",
    "Publication",
    "Purpose",
    "Recipient",
    "Text",
    "asks",
    "parse_notice",
    "publication",
    "read_notice",
]

LANGUAGES = ("th", "en")
NOTICE_LIMIT = CHUNK_SIZE
"""Bytes of a notice at most: one raw block, so that its digest is its address."""

BASES = {
    "https://w3id.org/dpv#ExpressedConsent": "EXPRESSED",
    "https://w3id.org/dpv#ExplicitlyExpressedConsent": "EXPLICIT",
    "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a": "EXPRESSED",
    "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a-non-explicit-consent": "EXPRESSED",
    "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a-explicit-consent": "EXPLICIT",
    "https://w3id.org/dpv/legal/eu/gdpr#A9-2-a": "EXPLICIT",
}
"""The legal bases a purpose can have, and what a Kantara receipt calls them. All are kinds of consent: whoever needs none
need not ask for one, and an act on chain is never an implied one."""

_ROLES = {"processor": "processor", "third_party": "third_party"}
_SENSITIVITIES = {"none": "none", "sensitive": "sensitive", "special": "special"}
_TERM = re.compile(r"https://w3id\.org/dpv(?:/[a-z0-9-]{1,40}){0,4}#[A-Za-z][A-Za-z0-9-]{0,99}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_PHONE = re.compile(r"\+[0-9][0-9 -]{4,30}")
_LONGEST_TEXT = 4_000
_MOST_RECIPIENTS = 100


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    th: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The text in ``th`` or ``en``; raises :class:`InputError` for another language."""
        if language not in LANGUAGES:
            raise InputError(f"a notice's languages are {' and '.join(LANGUAGES)}, got {language!r}")
        found: str = getattr(self, language)
        return found


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to write to or call; here the data protection officer."""

    name: Text
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Controller:
    """Who answers for the processing. ``country`` is a code of ISO 3166-1."""

    name: Text
    address: Text
    country: str
    email: str
    phone: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who else gets data: a ``processor`` on the controller's behalf, or a ``third_party`` for itself."""

    key: str
    role: str
    name: Text
    address: Text
    country: str
    email: str


@dataclass(frozen=True, kw_only=True)
class DataClass:
    """A class of data. ``sensitivity`` is ``none``, ``sensitive``, or ``special`` (a special category by law)."""

    bit: int
    name: str
    term: str
    sensitivity: str
    title: Text
    text: Text

    @property
    def meaning(self) -> tuple[Any, ...]:
        """What must not change without asking again."""
        return (self.term, self.sensitivity, self.title, self.text)


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """A purpose: ``retention`` in seconds, ``stored_in`` as codes of ISO 3166-1, data classes and recipients by name."""

    bit: int
    name: str
    term: str
    basis: str
    retention: int
    stored_in: tuple[str, ...]
    primary: bool
    data_classes: tuple[str, ...]
    recipients: tuple[str, ...]
    title: Text
    text: Text


@dataclass(frozen=True, kw_only=True)
class NoticeFile:
    """One version of a brand's notice, as its file says it. ``raw`` are the file's bytes, periods are in seconds."""

    raw: bytes = field(repr=False)
    programme: str
    version: int
    jurisdiction: str
    erasure_period: int
    oldest_acceptable: int
    title: Text
    service: Text
    introduction: Text
    withdrawal: Text
    withdrawal_url: str
    rights: Text
    rights_url: str
    controller: Controller
    dpo: Contact
    recipients: tuple[Recipient, ...]
    data_classes: tuple[DataClass, ...]
    purposes: tuple[Purpose, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the file's bytes: what the chain stores."""
        return sha256(self.raw).digest()

    @property
    def cid(self) -> str:
        """Where the file lies in a blob store; follows from :attr:`digest`."""
        return cid_of_digest(self.digest)

    @property
    def uri(self) -> str:
        """The CID as the chain's ``uri`` has it."""
        return f"ipfs://{self.cid}"

    @property
    def purpose_bits(self) -> int:
        """All purposes that it names."""
        return bit_set(item.bit for item in self.purposes)

    @property
    def data_class_bits(self) -> int:
        """All data classes that it names."""
        return bit_set(item.bit for item in self.data_classes)

    def classes_of(self, purpose: Purpose) -> tuple[DataClass, ...]:
        """The data classes that a purpose of this notice uses, in the order of their bits."""
        return tuple(item for item in self.data_classes if item.name in purpose.data_classes)

    def recipients_of(self, purpose: Purpose) -> tuple[Recipient, ...]:
        """Those who get data for a purpose of this notice."""
        return tuple(item for item in self.recipients if item.key in purpose.recipients)

    def meaning_of(self, purpose: Purpose) -> tuple[Any, ...]:
        """What of a purpose must not change without asking again."""
        return (
            purpose.term,
            purpose.basis,
            purpose.retention,
            frozenset(purpose.stored_in),
            purpose.primary,
            purpose.title,
            purpose.text,
            frozenset(item.bit for item in self.classes_of(purpose)),
            frozenset((item.role, item.name, item.country) for item in self.recipients_of(purpose)),
            self.controller.name,
            self.jurisdiction,
        )

    def changed_since(self, previous: NoticeFile | None) -> tuple[int, int]:
        """The purposes and the data classes whose meaning is not that of the previous version, as sets of bits.

        New and removed ones are among them. Without a previous version it is all that this one names.
        """
        purposes = {item.bit: self.meaning_of(item) for item in self.purposes}
        classes = {item.bit: item.meaning for item in self.data_classes}
        if previous is None:
            return bit_set(purposes), bit_set(classes)
        return (
            _differing(purposes, {item.bit: previous.meaning_of(item) for item in previous.purposes}),
            _differing(classes, {item.bit: item.meaning for item in previous.data_classes}),
        )

    def names(self, purposes: int, data_classes: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of purposes and data classes; a bit that the notice does not name is called by its number."""
        return _names(self.purposes, purposes), _names(self.data_classes, data_classes)


@dataclass(frozen=True)
class Asks:
    """What a customer is to be asked under the newest notice, as sets of bits.

    ``purposes`` and ``data_classes`` she allowed once and that consent no longer covers; ``new_purposes`` and
    ``new_data_classes`` are there, or mean something else, since the version that she saw, and she has not allowed them;
    ``gone_purposes`` and ``gone_data_classes`` she allowed, and no notice names them any more: nobody asks for them.
    What she did not allow and what means the same as before is in none: she is not asked twice.
    """

    purposes: int = 0
    data_classes: int = 0
    new_purposes: int = 0
    new_data_classes: int = 0
    gone_purposes: int = 0
    gone_data_classes: int = 0

    def __bool__(self) -> bool:
        return bool(self.purposes | self.data_classes)


def asks(notice: NoticeFile, published: Notices, snapshot: Snapshot, *, at: int) -> Asks:
    """What a customer with this latest snapshot must be asked again at the time ``at``, and what is new to her.

    ``published`` is what the chain says of the brand's notices, ``notice`` the file of the newest one. A class that a
    purpose in question uses and she did not allow is new to her, as the purpose's text names it.
    """
    if notice.version != published.latest or notice.digest != published.versions[-1].digest:
        raise NoticeError(f"the newest notice on chain is version {published.latest}, and not the one that was given")
    # One without the other allows nothing: she has taken it all back.
    allowed = bool(snapshot.purposes and snapshot.data_classes)
    purposes, classes = (snapshot.purposes, snapshot.data_classes) if allowed else (0, 0)
    changed_purposes, changed_classes = _changed_after(published, snapshot.notice_version)
    if snapshot.notice_version == 0:
        changed_purposes, changed_classes = EVERYTHING, EVERYTHING
    if _lapsed(snapshot, published, at):
        again_purposes, again_classes = purposes, classes
    else:
        again_purposes, again_classes = purposes & changed_purposes, classes & changed_classes
    named_purposes, named_classes = notice.purpose_bits, notice.data_class_bits
    new_purposes = named_purposes & changed_purposes & ~purposes
    in_question = (again_purposes | new_purposes) & named_purposes
    used = bit_set(
        item.bit for purpose in notice.purposes if in_question >> purpose.bit & 1 for item in notice.classes_of(purpose)
    )
    return Asks(
        purposes=again_purposes & named_purposes,
        data_classes=again_classes & named_classes,
        new_purposes=new_purposes,
        new_data_classes=(named_classes & changed_classes | used) & ~classes,
        gone_purposes=purposes & ~named_purposes,
        gone_data_classes=classes & ~named_classes,
    )


@dataclass(frozen=True)
class Publication:
    """The arguments of ``publishNotice`` for a file, in the contract's order."""

    digest: bytes
    uri: str
    changed_purposes: int
    changed_data_classes: int
    oldest_acceptable: int
    erasure_period: int

    @property
    def args(self) -> tuple[Any, ...]:
        """As the contract takes them."""
        return tuple(vars(self).values())


def publication(
    notice: NoticeFile, previous: NoticeFile | None, published: Notices, *, everything: bool = False
) -> Publication:
    """What publishing ``notice`` after ``previous`` sends; ``published`` is what is on chain.

    ``everything`` marks all as changed, for a brand whose previous notice is no such file or is lost: then everybody
    is asked for everything again, which never lets a change pass unseen.

    Raises:
        NoticeError: It is not the next version, or ``previous`` is not the file whose digest is on chain.
        InputError: The contract would refuse it (the oldest acceptable version).

    """
    latest = published.latest
    if notice.version != latest + 1:
        raise NoticeError(
            f"the notice is version {notice.version}, and the next one on chain is {latest + 1}: "
            "correct its version, or choose the right file"
        )
    if not everything and latest:
        if previous is None:
            raise NoticeError(
                f"the file of version {latest}, which is on chain, is needed to find what has changed since"
            )
        on_chain = published.versions[-1].digest
        if previous.digest != on_chain:
            raise NoticeError(
                f"the file of version {latest} has the digest {previous.digest.hex()}, and the chain says "
                f"{on_chain.hex()}: restore the file as it was published"
            )
        if previous.version != latest or previous.programme != notice.programme:
            raise NoticeError(
                f"the previous file is version {previous.version} of {previous.programme}, "
                f"not version {latest} of {notice.programme}"
            )
    changed = (EVERYTHING, EVERYTHING) if everything else notice.changed_since(previous if latest else None)
    found = Publication(notice.digest, notice.uri, *changed, notice.oldest_acceptable, notice.erasure_period)
    published.publish(
        Notice(found.digest, *changed, found.oldest_acceptable, found.erasure_period, published_at=0, uri=found.uri)
    )
    return found


# --- reading ----------------------------------------------------------------------------------------------------------


def read_notice(path: Path) -> NoticeFile:
    """Reads and checks a notice's file. Raises :class:`InputError` for the first thing that is wrong."""
    try:
        with path.open("rb") as file:
            raw = file.read(NOTICE_LIMIT + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    return parse_notice(raw, source=str(path))


def parse_notice(raw: bytes, *, source: str = "the notice") -> NoticeFile:
    """Reads and checks a notice given as bytes. ``source`` is what errors call it."""
    if len(raw) > NOTICE_LIMIT:
        raise InputError(f"{source} has more than {NOTICE_LIMIT} bytes, the most that is one block of a blob store")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise InputError(f"{source} is not UTF-8 text") from None
    _refuse_aliases(text, source)
    with read_settings(text, source=source) as top:
        notice = _notice(top, raw)
    _check(notice, source)
    return notice


def _refuse_aliases(text: str, source: str) -> None:
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):
                raise InputError(f"{source}: a notice has no anchors and aliases, got *{event.anchor}")
    except (yaml.YAMLError, RecursionError):
        return  # reading the settings says what is wrong


def _notice(top: Section, raw: bytes) -> NoticeFile:
    with top.section("withdrawal") as section:
        withdrawal, withdrawal_url = _languages(section), section.uri("url")
    with top.section("rights") as section:
        rights, rights_url = _languages(section), section.uri("url")
    return NoticeFile(
        raw=raw,
        programme=top.take("programme", _matching(_SLUG), "a programme's short name, such as coffee"),
        version=top.whole("version", bits=32, least=1),
        jurisdiction=_country(top, "jurisdiction"),
        erasure_period=top.take("erasure_period", _erasure_period(top), "a duration from 1d to 90d, such as 30d"),
        oldest_acceptable=top.whole("oldest_acceptable", bits=32, least=1),
        title=_text(top, "title"),
        service=_text(top, "service"),
        introduction=_text(top, "introduction"),
        withdrawal=withdrawal,
        withdrawal_url=withdrawal_url,
        rights=rights,
        rights_url=rights_url,
        controller=_controller(top),
        dpo=_dpo(top),
        recipients=_recipients(top),
        data_classes=tuple(sorted(map(_data_class, top.sections("data_classes", least=1, most=BITS)), key=_bit)),
        purposes=tuple(sorted(map(_purpose, top.sections("purposes", least=1, most=BITS)), key=_bit)),
    )


def _controller(top: Section) -> Controller:
    with top.section("controller") as section:
        return Controller(
            name=_text(section, "name"),
            address=_text(section, "address"),
            country=_country(section, "country"),
            email=_email(section),
            phone=_phone(section),
            url=section.uri("url"),
        )


def _dpo(top: Section) -> Contact:
    with top.section("dpo") as section:
        return Contact(name=_text(section, "name"), email=_email(section), phone=_phone(section))


def _recipients(top: Section) -> tuple[Recipient, ...]:
    with top.section("recipients", optional=True) as section:
        if len(section.keys) > _MOST_RECIPIENTS:
            raise InputError(f"{section} has {len(section.keys)} recipients, {_MOST_RECIPIENTS} is the most")
        return tuple(_recipient(section, key) for key in sorted(section.keys))


def _recipient(parent: Section, key: str) -> Recipient:
    if not _NAME.fullmatch(key):
        raise InputError(f"{parent} has the key {key!r}: a recipient's key is of a to z, 0 to 9 and _")
    with parent.section(key) as section:
        return Recipient(
            key=key,
            role=section.one_of("role", _ROLES),
            name=_text(section, "name"),
            address=_text(section, "address"),
            country=_country(section, "country"),
            email=_email(section),
        )


def _data_class(section: Section) -> DataClass:
    with section:
        return DataClass(
            bit=section.whole("bit", most=BITS - 1),
            name=_name(section),
            term=_term(section, "https://w3id.org/dpv/pd#Purchase"),
            sensitivity=section.one_of("sensitivity", _SENSITIVITIES),
            title=_text(section, "title"),
            text=_text(section, "text"),
        )


def _purpose(section: Section) -> Purpose:
    with section:
        return Purpose(
            bit=section.whole("bit", most=BITS - 1),
            name=_name(section),
            term=_term(section, "https://w3id.org/dpv#ServiceProvision"),
            basis=section.one_of("basis", {basis: basis for basis in BASES}, what="a kind of consent, one of"),
            retention=section.duration("retention", bits=40, least=1),
            stored_in=_list(section, "stored_in", re.compile("[A-Z]{2}"), "countries of ISO 3166-1, such as [TH]"),
            primary=section.boolean("primary"),
            data_classes=_list(section, "data_classes", _NAME, "names of data classes of this notice"),
            recipients=_list(section, "recipients", _NAME, "keys of recipients of this notice", optional=True),
            title=_text(section, "title"),
            text=_text(section, "text"),
        )


def _check(notice: NoticeFile, source: str) -> None:
    """What no single value can be wrong about."""
    if notice.oldest_acceptable > notice.version:
        raise InputError(
            f"{source}: oldest_acceptable must be at most the version, {notice.version}, got {notice.oldest_acceptable}"
        )
    kinds: tuple[tuple[str, Sequence[Purpose | DataClass]], ...] = (
        ("purposes", notice.purposes),
        ("data_classes", notice.data_classes),
    )
    for kind, items in kinds:
        for what in ("bit", "name"):
            values = [getattr(item, what) for item in items]
            doubled = [value for value in values if values.count(value) > 1]
            if doubled:
                raise InputError(f"{source}: two {kind} have the {what} {doubled[0]!r}")
    classes, keys = {item.name for item in notice.data_classes}, {item.key for item in notice.recipients}
    for purpose in notice.purposes:
        where = f"{source}: the purpose {purpose.name}"
        for unknown in sorted(set(purpose.data_classes) - classes):
            raise InputError(f"{where} uses the data class {unknown!r}, which is not in data_classes")
        for unknown in sorted(set(purpose.recipients) - keys):
            raise InputError(f"{where} names the recipient {unknown!r}, who is not in recipients")
    for unused in sorted(classes - {name for item in notice.purposes for name in item.data_classes}):
        raise InputError(f"{source}: no purpose uses the data class {unused!r}: ask for nothing that is not needed")
    for unused in sorted(keys - {key for item in notice.purposes for key in item.recipients}):
        raise InputError(f"{source}: no purpose names the recipient {unused!r}")


def _languages(section: Section) -> Text:
    return Text(**{language: section.text(language, longest=_LONGEST_TEXT) for language in LANGUAGES})


def _text(parent: Section, key: str) -> Text:
    with parent.section(key) as section:
        return _languages(section)


def _country(section: Section, key: str) -> str:
    return section.take(key, _matching(re.compile("[A-Z]{2}")), "a country's code of ISO 3166-1, such as TH")


def _email(section: Section) -> str:
    return section.take("email", _matching(_MAIL), "an e-mail address")


def _phone(section: Section) -> str:
    return section.take("phone", _matching(_PHONE), "a telephone number such as '+66 2 123 4567'")


def _name(section: Section) -> str:
    return section.take("name", _matching(_NAME), "a name of a to z, 0 to 9 and _, such as direct_marketing")


def _term(section: Section, example: str) -> str:
    return section.take("term", _matching(_TERM), f"a term of the Data Privacy Vocabulary, such as {example}")


def _list(
    section: Section, key: str, pattern: re.Pattern[str], what: str, *, optional: bool = False
) -> tuple[str, ...]:
    items = section.items(key, optional=optional)
    right = all(isinstance(item, str) and pattern.fullmatch(item) for item in items)
    if not right or len(set(items)) != len(items) or not (items or optional):
        section.fail(key, items, f"a list of {what}, each one once")
    return tuple(items)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: text if pattern.fullmatch(text) and text.isprintable() else wrong()


def _erasure_period(top: Section) -> Callable[[str], int]:
    def parse(_: str) -> int:
        value = top.duration("erasure_period", bits=32)
        return value if SHORTEST_ERASURE_PERIOD <= value <= LONGEST_ERASURE_PERIOD else wrong()

    return parse


def _bit(item: Purpose | DataClass) -> int:
    return item.bit


def _names(items: Sequence[Purpose | DataClass], bits: int) -> tuple[str, ...]:
    known = {item.bit: item.name for item in items}
    return tuple(known.get(bit, str(bit)) for bit in range(BITS) if bits >> bit & 1)


def _differing(now: dict[int, tuple[Any, ...]], before: dict[int, tuple[Any, ...]]) -> int:
    return bit_set(bit for bit in now.keys() | before.keys() if now.get(bit) != before.get(bit))


def _changed_after(published: Notices, version: int) -> tuple[int, int]:
    purposes = classes = 0
    for notice in published.versions[version:]:
        purposes |= notice.changed_purposes
        classes |= notice.changed_data_classes
    return purposes, classes


def _lapsed(snapshot: Snapshot, published: Notices, at: int) -> bool:
    """Whether nothing of the consent is good any more, whatever purpose or class it is about."""
    expired = bool(snapshot.expires_at) and at >= snapshot.expires_at
    return expired or snapshot.notice_version < published.oldest_acceptable


def refusals(notice: NoticeFile, published: Notices, snapshot: Snapshot, *, at: int) -> dict[tuple[int, int], Refusal]:
    """For each purpose of ``notice`` and each data class that it uses: why that use is refused, or that it is not."""
    return {
        (purpose.bit, item.bit): why_not(snapshot, published, purpose=purpose.bit, data_class=item.bit, at=at)
        for purpose in notice.purposes
        for item in notice.classes_of(purpose)
    }
