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
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from web3crm.domain.consent import BITS, LONGEST_ERASURE_PERIOD, SHORTEST_ERASURE_PERIOD
from web3crm.errors import InputError
from web3crm.privacy.asking import Asks, Publication, asks, publication, refusals
from web3crm.privacy.notice import (
    BASES,
    LANGUAGES,
    Contact,
    Controller,
    DataClass,
    NoticeFile,
    Purpose,
    Recipient,
    Text,
)
from web3crm.settings import Section, read_settings, wrong
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
    "refusals",
]

NOTICE_LIMIT = CHUNK_SIZE
"""Bytes of a notice at most: one raw block, so that its digest is its address."""

_ROLES = {"processor": "processor", "third_party": "third_party"}
_SENSITIVITIES = {"none": "none", "sensitive": "sensitive", "special": "special"}
_TERM = re.compile(r"https://w3id\.org/dpv(?:/[a-z0-9-]{1,40}){0,4}#[A-Za-z][A-Za-z0-9-]{0,99}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_URL = re.compile(r"https://\S{1,1990}")
_PHONE = re.compile(r"\+[0-9][0-9 -]{4,30}")
_LONGEST_TEXT = 4_000
_DEEPEST = 12
_MOST_RECIPIENTS = 100


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
    _check_shape(text, source)
    with read_settings(text, source=source) as top:
        notice = _notice(top, raw)
    _check(notice, source)
    return notice


def _check_shape(text: str, source: str) -> None:
    """Refuses what takes a parser more time or memory than its length tells: aliases, and nesting without end."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):
                raise InputError(f"{source}: a notice has no anchors and aliases, got *{event.anchor}")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > _DEEPEST:
                raise InputError(f"{source}: it is nested more than {_DEEPEST} deep")
    except yaml.YAMLError:
        return  # reading the settings says what is wrong


def _notice(top: Section, raw: bytes) -> NoticeFile:
    with top.section("withdrawal") as section:
        withdrawal, withdrawal_url = _languages(section), _url(section)
    with top.section("rights") as section:
        rights, rights_url = _languages(section), _url(section)
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
            url=_url(section),
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


def _url(section: Section) -> str:
    return section.take("url", _matching(_URL), "an address that starts with https://")


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
