"""One version of a brand's notice, and when its meaning has changed since the one before.

**What a change is.** A purpose has changed when what was consented to has: its texts, term, legal basis, retention,
where its data is stored, whether it is primary, who receives the data (name, role and country), which data classes it
uses, or who is the controller (name) under which law. A data class has changed when its texts, term or sensitivity
have. A name (which only people at a command line use), an order, an address, an e-mail or a telephone number may change
without anybody being asked again. A bit that one version names and the other does not has changed, too: consents must
not lie in wait for what a removed purpose's number will stand for later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from web3crm.domain import counted
from web3crm.domain.consent import BITS, bit_set
from web3crm.errors import InputError
from web3crm.vault.cids import cid_of_digest

__all__ = [
    "BASES",
    "LANGUAGES",
    "Contact",
    "Controller",
    "DataClass",
    "NoticeFile",
    "Purpose",
    "Recipient",
    "Text",
    "days_text",
]

LANGUAGES = ("th", "en")

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


def days_text(seconds: int, language: str) -> str:
    """A time in days, or in seconds where it is no whole number of days, in ``th`` or ``en``: ``"365 days"``."""
    days, rest = divmod(seconds, 86_400)
    if language == "th":
        return f"{seconds} วินาที" if rest else f"{days} วัน"
    return counted(seconds, "seconds") if rest else counted(days, "days")


def _names(items: Sequence[Purpose | DataClass], bits: int) -> tuple[str, ...]:
    known = {item.bit: item.name for item in items}
    return tuple(known.get(bit, str(bit)) for bit in range(BITS) if bits >> bit & 1)


def _differing(now: dict[int, tuple[Any, ...]], before: dict[int, tuple[Any, ...]]) -> int:
    return bit_set(bit for bit in now.keys() | before.keys() if now.get(bit) != before.get(bit))
