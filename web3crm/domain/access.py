"""What a brand pays for the use of a dataset, for how long, and when that ends: the rules of ``DataAccess``, without a chain.

An access *ends* at the first of these, for good: its period is over, a closing takes effect, the dataset's tenure ends (it was burned or
moved), or the owner's consent did not bear it for a moment. All times are Unix times in seconds, all amounts smallest units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from web3crm.domain.consent import LAST_NUMBER, Notices, Refusal, Snapshot, why_not
from web3crm.errors import InputError

__all__ = [
    "LONGEST_PERIOD",
    "MOST_PRICE",
    "Life",
    "Reason",
    "Terms",
    "accrued",
    "consent_end",
    "end_of",
    "why_unreadable",
]

LONGEST_PERIOD = (1 << 32) - 1
"""Seconds; the longest access an offer can be for."""
MOST_PRICE = (1 << 128) - 1
"""Smallest units; the most an access can cost."""


class Reason(IntEnum):
    """Why an access does not let the brand read: the first that applies, in this order; the numbers are the contract's."""

    NONE = 0
    UNKNOWN_ACCESS = 1
    NOT_ACCEPTED = 2
    DATASET_GONE = 3
    CLOSED = 4
    PERIOD_OVER = 5
    NO_CONSENT = 6
    PURPOSE_NOT_GRANTED = 7
    DATA_CLASS_NOT_GRANTED = 8
    CONSENT_EXPIRED = 9
    NOTICE_TOO_OLD = 10
    PURPOSE_CHANGED = 11
    DATA_CLASS_CHANGED = 12
    INTERRUPTED = 13

    @property
    def text(self) -> str:
        """The reason in words."""
        refusal = self.refusal
        return _TEXTS[self] if refusal is None else refusal.text

    @property
    def refusal(self) -> Refusal | None:
        """The refusal of ``ConsentRegistry`` that this reason passes on; none if it is a reason of the access itself."""
        return Refusal(self - _SHIFT) if Reason.NO_CONSENT <= self <= Reason.DATA_CLASS_CHANGED else None

    @classmethod
    def of(cls, refusal: Refusal) -> Reason:
        """The reason that passes ``refusal`` on."""
        return cls.NONE if refusal is Refusal.NONE else cls(refusal + _SHIFT)


_SHIFT = Reason.NO_CONSENT - Refusal.NO_CONSENT

_TEXTS = {
    Reason.NONE: "the brand may read",
    Reason.UNKNOWN_ACCESS: "there is no such access, or the offer was taken back",
    Reason.NOT_ACCEPTED: "the customer has not accepted the offer",
    Reason.DATASET_GONE: "the dataset was burned or moved to another wallet",
    Reason.CLOSED: "the access was closed",
    Reason.PERIOD_OVER: "the time that was paid for is over",
    Reason.INTERRUPTED: "the consent was interrupted since the access was accepted: it needs a new offer",
}


@dataclass(frozen=True)
class Terms:
    """What an access costs: ``price`` for ``period`` seconds, of which ``minimum`` are paid even if the brand closes before."""

    price: int
    period: int
    minimum: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.price <= MOST_PRICE:
            raise InputError(f"the price of an access must be from 1 to 2**128 - 1 smallest units, got {self.price}")
        if not 1 <= self.period <= LONGEST_PERIOD:
            raise InputError(f"the period of an access must be from 1 to 2**32 - 1 seconds, got {self.period}")
        if not 0 <= self.minimum <= self.period:
            raise InputError(f"the minimum must be from 0 to the period of {self.period} seconds, got {self.minimum}")

    def accrued(self, elapsed: int) -> int:
        """What ``elapsed`` seconds have earned; never more than the price."""
        return accrued(self.price, self.period, elapsed)


def accrued(price: int, period: int, elapsed: int) -> int:
    """What ``elapsed`` of the ``period`` seconds of an access have earned of its ``price``, rounded down; after the period all of it.

    Raises :class:`InputError` for a negative time or an empty period.
    """
    if elapsed < 0 or period < 1:
        raise InputError(f"an access earns from its beginning on, over a period; got {elapsed} of {period} seconds")
    return price * min(elapsed, period) // period


@dataclass(frozen=True)
class Life:
    """What is known of an accepted access at a time: the facts that its end follows from.

    ``snapshots`` are the owner's consent snapshots with the brand from the one at the acceptance to the newest, in their order.
    ``closed_at`` and ``tenure_end`` are zero if there was no closing, and while the dataset is still hers.
    """

    terms: Terms
    started_at: int
    purpose: int
    data_class: int
    snapshots: Sequence[Snapshot]
    notices: Notices
    closed_at: int = 0
    tenure_end: int = 0

    def __post_init__(self) -> None:
        if not self.snapshots:
            raise InputError("an access was accepted under a consent: its snapshot is missing")
        numbers = [snapshot.number for snapshot in self.snapshots]
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise InputError(f"the snapshots since the acceptance must follow each other, got the numbers {numbers}")

    @property
    def period_end(self) -> int:
        """The first second after the time that is paid for."""
        return self.started_at + self.terms.period

    def shown_by(self, now: int) -> tuple[int, int]:
        """When the consent ended and the number of the snapshot that shows it; two zeros if it has not ended by ``now``."""
        last = len(self.snapshots) - 1
        for place, snapshot in enumerate(self.snapshots):
            dead = self._dead(snapshot)
            until = now if place == last else self.snapshots[place + 1].at
            if dead and dead < until:
                return dead, snapshot.number
            if place < last and not self._covers(self.snapshots[place + 1]):
                return until, self.snapshots[place + 1].number
        return 0, 0

    def _dead(self, snapshot: Snapshot) -> int:
        """From when on the snapshot bears the access no longer; zero if it does.

        One that was taken under an older notice may be outdated from its birth on: never earlier, as another held till then. A
        notice is the brand's act: what it publishes after the acceptance takes effect no earlier than its closing could.
        """
        outdated = self.notices.outdated_at(snapshot.notice_version, self.purpose, self.data_class)
        if outdated >= self.started_at:
            outdated = max(outdated, self.started_at + self.terms.minimum)
        ends = [end for end in (snapshot.expires_at, outdated) if end]
        return max(snapshot.at, min(ends)) if ends else 0

    def _covers(self, snapshot: Snapshot) -> bool:
        """Whether it names the use. The last two numbers bear no access: the very last is overwritten, so its time says nothing."""
        named = snapshot.purposes >> self.purpose & snapshot.data_classes >> self.data_class & 1
        return bool(named) and snapshot.number < LAST_NUMBER - 1


def consent_end(life: Life, now: int) -> int:
    """When the owner's consent first did not bear the access, as known at ``now``; zero if it always did.

    At the very second at which the newest snapshot stops bearing it, the customer may still consent anew: it ends only after that.
    """
    return life.shown_by(now)[0]


def end_of(life: Life, now: int) -> int:
    """When the access ends or ended, as known at ``now``: the period's end, if nothing ends it before. It may lie in the future."""
    ends = (life.period_end, life.closed_at, life.tenure_end, consent_end(life, now))
    return min(end for end in ends if end)


def why_unreadable(life: Life, now: int) -> Reason:
    """Why the brand may not read at ``now``; ``Reason.NONE`` if it may."""
    if life.tenure_end:
        return Reason.DATASET_GONE
    if life.closed_at and life.closed_at <= now:
        return Reason.CLOSED
    if now >= life.period_end:
        return Reason.PERIOD_OVER
    refusal = why_not(life.snapshots[-1], life.notices, purpose=life.purpose, data_class=life.data_class, at=now)
    if refusal is not Refusal.NONE:
        return Reason.of(refusal)
    return Reason.INTERRUPTED if consent_end(life, now) else Reason.NONE
