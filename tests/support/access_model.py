"""What consents, datasets and paid accesses should be, in lists and sets: nothing packed, nothing skipped, nothing remembered.

Every question is answered from the whole history, by looking at each second in which anything happened. None of the contract's
shortcuts (followed snapshots, named snapshots, checkpoints) exists here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from web3crm.domain.access import Reason


class Refused(Exception):
    """The model refuses: the error that the contract should give, and its values."""

    def __init__(self, error: str, *values: object) -> None:
        super().__init__(error, *values)
        self.error = error
        self.values = values


@dataclass(frozen=True)
class Word:
    """What a customer told a brand once: from ``at`` on she allows this, and nothing else."""

    at: int
    purposes: frozenset[int] = frozenset()
    data_classes: frozenset[int] = frozenset()
    notice: int = 0
    ends: int = 0

    def names(self, purpose: int, data_class: int) -> bool:
        return purpose in self.purposes and data_class in self.data_classes


@dataclass(frozen=True)
class Publication:
    """One version of a brand's notice."""

    at: int
    purposes: frozenset[int]
    data_classes: frozenset[int]
    oldest: int

    def counts_from(self, spared: tuple[int, int]) -> int:
        return max(self.at, spared[1]) if self.at >= spared[0] else self.at


@dataclass
class Relation:
    """A customer and a brand: everything that was ever said and published, in its order."""

    said: list[Word]
    published: list[Publication]

    def objection(self, purpose: int, data_class: int, second: int, spared: tuple[int, int] = (0, 0)) -> Reason:
        """Why the use was not allowed when ``second`` was over, as far as it is known.

        Notices that were published from the first of ``spared`` on count from the second on.
        """
        heard = [word for word in self.said if word.at <= second]
        public = [notice for notice in self.published if notice.counts_from(spared) <= second]
        word = heard[-1] if heard else Word(0)
        since = public[word.notice :]
        if not word.purposes and not word.data_classes:
            return Reason.NO_CONSENT
        if purpose not in word.purposes:
            return Reason.PURPOSE_NOT_GRANTED
        if data_class not in word.data_classes:
            return Reason.DATA_CLASS_NOT_GRANTED
        if word.ends and second >= word.ends:
            return Reason.CONSENT_EXPIRED
        if public and public[-1].oldest > word.notice:
            return Reason.NOTICE_TOO_OLD
        if any(purpose in notice.purposes for notice in since):
            return Reason.PURPOSE_CHANGED
        if any(data_class in notice.data_classes for notice in since):
            return Reason.DATA_CLASS_CHANGED
        return Reason.NONE

    def broken_at(self, purpose: int, data_class: int, words: int, spared: tuple[int, int], now: int) -> int:
        """The first second in which the use was not allowed, after the first ``words`` words; zero if there is none.

        It is looked for from the first of ``spared`` on. In the present second she can still consent anew, where the consent
        ended by itself.
        """
        moments = {*spared, now}
        moments.update(word.at for word in self.said)
        moments.update(word.ends for word in self.said)
        moments.update(notice.at for notice in self.published)
        for second in sorted(moment for moment in moments if spared[0] <= moment <= now):
            if any(word.at == second and not word.names(purpose, data_class) for word in self.said[words:]):
                return second
            if second < now and self.objection(purpose, data_class, second, spared):
                return second
        return 0


@dataclass
class Dataset:
    """A dataset and its tenures: who had it from when on, and when that ended."""

    dataset_id: int
    data_class: int
    manifest: bytes
    tenures: list[list[int]] = field(default_factory=list)
    """Owner's number, and when the tenure ended; zero while it lasts."""

    @property
    def owner(self) -> int | None:
        """The owner's number; none once it is burned."""
        who, ended = self.tenures[-1]
        return None if ended else who


@dataclass
class Access:
    """An offer, and what became of it."""

    access_id: int
    offer: tuple[object, ...]
    brand: int
    dataset: Dataset
    manifest: bytes
    currency: int
    price: int
    purpose: int
    period: int
    minimum: int
    expires_at: int
    taken_back: bool = False
    owner: int = -1
    digest: bytes = b""
    started_at: int = 0
    words: int = 0
    tenure: int = 0
    closed_at: int = 0
    paid: int = 0
    refunded: int = 0

    @property
    def held(self) -> int:
        """What the contract still holds of the price."""
        return 0 if self.taken_back else self.price - self.paid - self.refunded

    @property
    def tenure_end(self) -> int:
        return self.dataset.tenures[self.tenure][1]

    @property
    def spared(self) -> tuple[int, int]:
        return self.started_at, self.started_at + self.minimum

    def accrued(self, until: int) -> int:
        return self.price * (until - self.started_at) // self.period

    def broken_at(self, relation: Relation, now: int) -> int:
        """When the consent first did not bear the stream. What the brand publishes itself ends it no earlier than its closing could."""
        return relation.broken_at(self.purpose, self.dataset.data_class, self.words, self.spared, now)

    def end(self, relation: Relation, now: int) -> int:
        """When it ends or ended, as known at ``now``."""
        ends = [self.started_at + self.period, self.closed_at, self.tenure_end, self.broken_at(relation, now)]
        return min(end for end in ends if end)

    def earned(self, relation: Relation, now: int) -> int:
        return self.accrued(min(self.end(relation, now), now))

    def objection(self, relation: Relation, now: int) -> Reason:
        """Why the brand may not read at ``now``."""
        if self.taken_back:
            return Reason.UNKNOWN_ACCESS
        if self.owner < 0:
            return Reason.NOT_ACCEPTED
        if self.tenure_end:
            return Reason.DATASET_GONE
        if self.closed_at and self.closed_at <= now:
            return Reason.CLOSED
        if now >= self.started_at + self.period:
            return Reason.PERIOD_OVER
        refused = relation.objection(self.purpose, self.dataset.data_class, now)
        return refused or (Reason.INTERRUPTED if self.broken_at(relation, now) else Reason.NONE)

    def shown_by(self, relation: Relation, number: int, now: int) -> int:
        """The end that the customer's word with this number shows, alone; zero if it shows none."""
        word, data_class = relation.said[number - 1], self.dataset.data_class
        if not word.names(self.purpose, data_class):
            return word.at
        until = relation.said[number].at if number < len(relation.said) else now
        outdated = [
            notice.counts_from(self.spared)
            for version, notice in enumerate(relation.published, start=1)
            if version > word.notice
            and (self.purpose in notice.purposes or data_class in notice.data_classes or notice.oldest > word.notice)
        ]
        ends = [max(word.at, end) for end in (word.ends, *outdated) if end]
        return min(ends) if ends and min(ends) < until else 0
