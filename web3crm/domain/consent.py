"""Consent: what a customer allows a brand, and the rules that ``ConsentRegistry`` keeps, without a chain.

A purpose is a bit from 0 to 63, so is a data class; their sets are whole numbers below 2**64. Times are Unix times in
seconds. What is computed here is what the contract answers: the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from web3crm.errors import InputError

__all__ = [
    "DATA_CLASSES",
    "DEFAULT_ERASURE_PERIOD",
    "EVERYTHING",
    "LAST_NUMBER",
    "LONGEST_ERASURE_PERIOD",
    "PURPOSES",
    "SHORTEST_ERASURE_PERIOD",
    "Notice",
    "Notices",
    "Refusal",
    "Snapshot",
    "Term",
    "Vocabulary",
    "bit_set",
    "grant",
    "is_allowed",
    "why_not",
    "withdraw",
    "withdraw_all",
]

DAY = 86_400
SHORTEST_ERASURE_PERIOD = DAY
"""Seconds; a brand may not promise less."""
LONGEST_ERASURE_PERIOD = 90 * DAY
"""Seconds; the longest that the Thai Personal Data Protection Act leaves a controller."""
DEFAULT_ERASURE_PERIOD = 30 * DAY
"""Seconds; holds for a brand that never published a notice."""

BITS = 64
EVERYTHING = (1 << BITS) - 1
"""All purposes, or all data classes."""
LAST_NUMBER = (1 << 16) - 1
"""The last number of a snapshot: only withdrawals take it, and they overwrite each other there."""


def _check_bit(kind: str, bit: int) -> None:
    if not 0 <= bit < BITS:
        raise InputError(f"a {kind} is a bit from 0 to {BITS - 1}, got {bit}")


def _check_set(kind: str, bits: int) -> None:
    if not 0 <= bits <= EVERYTHING:
        raise InputError(f"a set of {kind} must be from 0 to 2**{BITS} - 1, got {bits}")


# --- purposes and data classes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """What a bit means: a name for people and code, and the term of the W3C Data Privacy Vocabulary (2.1)."""

    bit: int
    name: str
    dpv: str


@dataclass(frozen=True)
class Vocabulary:
    """The meanings of the bits of one kind. A brand may use these or its own: what holds is what its notice says."""

    kind: str
    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        for what in ("bit", "name", "dpv"):
            values = [getattr(term, what) for term in self.terms]
            if len(set(values)) != len(values):
                raise InputError(f"every {what} of a {self.kind} must be used once, got {values}")
        for term in self.terms:
            _check_bit(self.kind, term.bit)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __getitem__(self, name: str) -> Term:
        """The term called ``name``; raises :class:`InputError` if there is none."""
        for term in self.terms:
            if term.name == name:
                return term
        raise InputError(f"no {self.kind} is called {name!r}; known are {', '.join(term.name for term in self.terms)}")

    def bits(self, *names: str) -> int:
        """The set of the named terms, as the contract takes it."""
        return bit_set(self[name].bit for name in names)

    def names(self, bits: int) -> tuple[str, ...]:
        """The names in the set ``bits``, in the order of the bits; a bit without a name is called by its number."""
        _check_set(self.kind, bits)
        known = {term.bit: term.name for term in self.terms}
        return tuple(known.get(bit, str(bit)) for bit in range(BITS) if bits >> bit & 1)


def bit_set(bits: Iterable[int]) -> int:
    """The set that holds each of ``bits`` (0 to 63)."""
    result = 0
    for bit in bits:
        _check_bit("bit", bit)
        result |= 1 << bit
    return result


PURPOSES = Vocabulary(
    "purpose",
    (
        Term(0, "service", "https://w3id.org/dpv#ServiceProvision"),
        Term(1, "personalisation", "https://w3id.org/dpv#ServicePersonalisation"),
        Term(2, "recommendations", "https://w3id.org/dpv#ProvideProductRecommendations"),
        Term(3, "benefits", "https://w3id.org/dpv#PersonalisedBenefits"),
        Term(4, "direct_marketing", "https://w3id.org/dpv#DirectMarketing"),
        Term(5, "personalised_advertising", "https://w3id.org/dpv#PersonalisedAdvertising"),
        Term(6, "usage_analytics", "https://w3id.org/dpv#ServiceUsageAnalytics"),
        Term(7, "improvement", "https://w3id.org/dpv#ImproveExistingProductsAndServices"),
        Term(8, "commercial_research", "https://w3id.org/dpv#CommercialResearch"),
        Term(9, "academic_research", "https://w3id.org/dpv#AcademicResearch"),
        Term(10, "customer_care", "https://w3id.org/dpv#CommunicationForCustomerCare"),
        Term(11, "fraud_prevention", "https://w3id.org/dpv#FraudPreventionAndDetection"),
        Term(12, "sale_to_third_parties", "https://w3id.org/dpv#SellDataToThirdParties"),
    ),
)
"""The purposes a programme starts with."""

DATA_CLASSES = Vocabulary(
    "data class",
    (
        Term(0, "demographic", "https://w3id.org/dpv/pd#Demographic"),
        Term(1, "behaviour", "https://w3id.org/dpv/pd#Behavioral"),
        Term(2, "contact", "https://w3id.org/dpv/pd#Contact"),
        Term(3, "purchases", "https://w3id.org/dpv/pd#Purchase"),
        Term(4, "location", "https://w3id.org/dpv/pd#Location"),
        Term(5, "preferences", "https://w3id.org/dpv/pd#Preference"),
        Term(6, "picture", "https://w3id.org/dpv/pd#Picture"),
        Term(7, "name", "https://w3id.org/dpv/pd#Name"),
        Term(8, "device", "https://w3id.org/dpv/pd#DeviceBased"),
        Term(9, "communication", "https://w3id.org/dpv/pd#Communication"),
        Term(10, "browsing", "https://w3id.org/dpv/pd#BrowsingBehavior"),
        Term(11, "profession", "https://w3id.org/dpv/pd#Professional"),
        Term(12, "health", "https://w3id.org/dpv/pd#MedicalHealth"),
    ),
)
"""The data classes a programme starts with."""


# --- snapshots --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Snapshot:
    """What a customer allows a brand, as of ``at``; the fields in the contract's order.

    ``expires_at`` is the first second at which the consent is no longer good, zero if it holds until it is withdrawn.
    ``number`` is 1 for the first snapshot; zero stands for a customer who never acted.
    """

    purposes: int = 0
    data_classes: int = 0
    notice_version: int = 0
    at: int = 0
    expires_at: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        for name, width in _LAYOUT:
            value = getattr(self, name)
            if not 0 <= value < 1 << width:
                raise InputError(f"a snapshot's {name} must be from 0 to 2**{width} - 1, got {value}")

    def pack(self) -> int:
        """The snapshot in one word, as the contract stores it and its events carry it."""
        word = 0
        for name, width in _LAYOUT:
            word = word << width | getattr(self, name)
        return word

    @classmethod
    def unpack(cls, word: int) -> Snapshot:
        """The snapshot in ``word``."""
        if not 0 <= word < 1 << 256:
            raise InputError(f"a snapshot is a word of 256 bits, got {word}")
        fields = {}
        for name, width in reversed(_LAYOUT):
            fields[name] = word & (1 << width) - 1
            word >>= width
        return cls(**fields)

    @property
    def allows_something(self) -> bool:
        """Whether a purpose or a data class is left; that alone does not make a use lawful: see :func:`is_allowed`."""
        return bool(self.purposes | self.data_classes)


# From the highest bit down, 256 in all.
_LAYOUT = (
    ("purposes", 64),
    ("data_classes", 64),
    ("notice_version", 32),
    ("at", 40),
    ("expires_at", 40),
    ("number", 16),
)


# --- notices ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Notice:
    """One version of a brand's notice; the fields in the contract's order."""

    digest: bytes
    changed_purposes: int
    changed_data_classes: int
    oldest_acceptable: int
    erasure_period: int
    published_at: int
    uri: str


@dataclass(frozen=True)
class Notices:
    """All versions of one brand's notice, the first one first."""

    versions: tuple[Notice, ...] = ()

    @property
    def latest(self) -> int:
        """The newest version; zero if there is none."""
        return len(self.versions)

    @property
    def oldest_acceptable(self) -> int:
        """The oldest version under which consents are still good."""
        return self.versions[-1].oldest_acceptable if self.versions else 0

    @property
    def erasure_period(self) -> int:
        """How long, in seconds, the brand may take for an erasure that is requested now."""
        return self.versions[-1].erasure_period if self.versions else DEFAULT_ERASURE_PERIOD

    def purpose_changed_in(self, purpose: int) -> int:
        """The version in which ``purpose`` last changed its meaning; zero if it never did."""
        return self._changed_in([notice.changed_purposes for notice in self.versions], purpose)

    def data_class_changed_in(self, data_class: int) -> int:
        """The version in which ``data_class`` last changed its meaning; zero if it never did."""
        return self._changed_in([notice.changed_data_classes for notice in self.versions], data_class)

    def outdated_at(self, version: int, purpose: int, data_class: int) -> int:
        """When consents under ``version`` stopped covering ``purpose`` on ``data_class``: zero if they still do.

        That is when the first later version was published that changed either, or under which ``version`` was too old.
        """
        for notice in self.versions[version:]:
            changed = notice.changed_purposes >> purpose & 1 or notice.changed_data_classes >> data_class & 1
            if changed or notice.oldest_acceptable > version:
                return notice.published_at
        return 0

    @staticmethod
    def _changed_in(changes: list[int], bit: int) -> int:
        return max((version for version, changed in enumerate(changes, start=1) if changed >> bit & 1), default=0)

    def publish(self, notice: Notice) -> Notices:
        """The notices with ``notice`` as the next version; raises :class:`InputError` where the contract refuses it."""
        version = self.latest + 1
        if len(notice.digest) != 32 or not any(notice.digest):
            raise InputError(f"a notice's digest must be 32 bytes and not zero, got {notice.digest!r}")
        if not self.oldest_acceptable <= notice.oldest_acceptable <= version:
            raise InputError(
                f"the oldest acceptable version must be from {self.oldest_acceptable} to {version}, "
                f"got {notice.oldest_acceptable}"
            )
        if not SHORTEST_ERASURE_PERIOD <= notice.erasure_period <= LONGEST_ERASURE_PERIOD:
            raise InputError(
                f"the erasure period must be from {SHORTEST_ERASURE_PERIOD} to {LONGEST_ERASURE_PERIOD} seconds, "
                f"got {notice.erasure_period}"
            )
        _check_set("changed purposes", notice.changed_purposes)
        _check_set("changed data classes", notice.changed_data_classes)
        return Notices((*self.versions, notice))


# --- rules ------------------------------------------------------------------------------------------------------------


class Refusal(IntEnum):
    """Why a use is refused: the first that applies, in this order; the numbers are the contract's."""

    NONE = 0
    NO_CONSENT = 1
    PURPOSE_NOT_GRANTED = 2
    DATA_CLASS_NOT_GRANTED = 3
    EXPIRED = 4
    NOTICE_TOO_OLD = 5
    PURPOSE_CHANGED = 6
    DATA_CLASS_CHANGED = 7

    @property
    def text(self) -> str:
        """The reason in words."""
        return _REFUSAL_TEXTS[self]


_REFUSAL_TEXTS = {
    Refusal.NONE: "it is allowed",
    Refusal.NO_CONSENT: "the customer allows this brand nothing",
    Refusal.PURPOSE_NOT_GRANTED: "the customer does not allow this purpose",
    Refusal.DATA_CLASS_NOT_GRANTED: "the customer does not allow this class of data",
    Refusal.EXPIRED: "the consent has run out",
    Refusal.NOTICE_TOO_OLD: "the consent was given to a notice that is too old",
    Refusal.PURPOSE_CHANGED: "the purpose has changed its meaning since the consent",
    Refusal.DATA_CLASS_CHANGED: "the class of data has changed its meaning since the consent",
}


def why_not(snapshot: Snapshot, notices: Notices, *, purpose: int, data_class: int, at: int) -> Refusal:
    """Why data of ``data_class`` may not be used for ``purpose`` at the time ``at``; ``Refusal.NONE`` if it may.

    ``snapshot`` and ``notices`` are those that held at that time.
    """
    version = snapshot.notice_version
    if not snapshot.allows_something:
        return Refusal.NO_CONSENT
    if not snapshot.purposes >> purpose & 1:
        return Refusal.PURPOSE_NOT_GRANTED
    if not snapshot.data_classes >> data_class & 1:
        return Refusal.DATA_CLASS_NOT_GRANTED
    if snapshot.expires_at and at >= snapshot.expires_at:
        return Refusal.EXPIRED
    if version < notices.oldest_acceptable:
        return Refusal.NOTICE_TOO_OLD
    if notices.purpose_changed_in(purpose) > version:
        return Refusal.PURPOSE_CHANGED
    if notices.data_class_changed_in(data_class) > version:
        return Refusal.DATA_CLASS_CHANGED
    return Refusal.NONE


def is_allowed(snapshot: Snapshot, notices: Notices, *, purpose: int, data_class: int, at: int) -> bool:
    """Whether data of ``data_class`` may be used for ``purpose`` at the time ``at``."""
    return why_not(snapshot, notices, purpose=purpose, data_class=data_class, at=at) is Refusal.NONE


def grant(
    previous: Snapshot,
    notices: Notices,
    *,
    purposes: int,
    data_classes: int,
    notice_version: int,
    expires_at: int = 0,
    at: int,
) -> Snapshot:
    """The snapshot that a grant at the time ``at`` takes; raises :class:`InputError` where the contract refuses it."""
    _check_set("purposes", purposes)
    _check_set("data classes", data_classes)
    if not purposes or not data_classes:
        raise InputError("a grant must name a purpose and a data class: without either it allows nothing")
    if not 1 <= notice_version <= notices.latest:
        raise InputError(f"the brand has published notices 1 to {notices.latest}, not {notice_version}")
    if notice_version < notices.oldest_acceptable:
        raise InputError(f"the oldest acceptable notice is {notices.oldest_acceptable}, got {notice_version}")
    if expires_at and expires_at <= at:
        raise InputError(f"the expiry must be after {at}, got {expires_at}; zero stands for until withdrawn")
    if previous.number + 1 >= LAST_NUMBER:
        raise InputError(f"no number is left for a grant: {LAST_NUMBER} is kept for withdrawals")
    return Snapshot(purposes, data_classes, notice_version, at, expires_at, previous.number + 1)


def withdraw(previous: Snapshot, *, purposes: int = 0, data_classes: int = 0, at: int) -> Snapshot:
    """The snapshot that a withdrawal of the named bits at the time ``at`` takes; what is not named stays as it is.

    Raises :class:`InputError` if nothing is named, as the contract refuses it.
    """
    _check_set("purposes", purposes)
    _check_set("data classes", data_classes)
    if not purposes | data_classes:
        raise InputError("a withdrawal must name a purpose or a data class")
    return Snapshot(
        previous.purposes & ~purposes,
        previous.data_classes & ~data_classes,
        previous.notice_version,
        at,
        previous.expires_at,
        min(previous.number + 1, LAST_NUMBER),
    )


def withdraw_all(previous: Snapshot, *, at: int) -> Snapshot:
    """The snapshot that a withdrawal of everything at the time ``at`` takes."""
    return withdraw(previous, purposes=EVERYTHING, data_classes=EVERYTHING, at=at)
