"""What became of a consent, event after event: given, renewed, withdrawn, expired, revoked by a later notice.

The unit is a *use*: one purpose on one data class that the purpose uses by the notice consented to. A bit that the notice
does not name, and a purpose of which no class was allowed, are no use: nobody was told what they would be.

An event on chain can be several here: a grant replaces what was allowed before, so it gives some uses, renews others and
withdraws the rest. What no event on chain tells follows from times: a consent expires, and a notice makes consents to
older ones void where it is published. The rules are those of :func:`web3crm.domain.consent.why_not`, which the tests hold
against the contract's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from web3crm.domain.consent import Refusal, Snapshot, why_not
from web3crm.privacy.history import ConsentAct, History, PublishedNotice

__all__ = ["ConsentEvent", "Kind", "Use", "given_by", "standing", "timeline"]

Use = tuple[int, int]
"""The bits of a purpose and of a data class."""


class Kind(Enum):
    """What happened; the values are DPV's consent statuses."""

    GIVEN = "ConsentGiven"
    RENEWED = "RenewedConsentGiven"
    WITHDRAWN = "ConsentWithdrawn"
    EXPIRED = "ConsentExpired"
    REVOKED = "ConsentRevoked"
    """A later notice made it void: the brand's doing, not the customer's."""


@dataclass(frozen=True)
class ConsentEvent:
    """What happened at the time ``at`` (seconds) to ``uses`` that were consented to under the notice ``version``.

    ``act`` is the customer's act that did it, or that set the expiry; ``notice`` is the one that revoked.
    """

    kind: Kind
    at: int
    version: int
    uses: tuple[Use, ...]
    act: ConsentAct
    notice: PublishedNotice | None = None


def timeline(history: History) -> tuple[ConsentEvent, ...]:
    """All events up to the history's block, in order. Raises :class:`NoticeError` when a text that is needed is missing."""
    return tuple(_Walk(history).walk())


def standing(history: History) -> dict[Use, Refusal]:
    """The uses of the newest snapshot, and what the contract's ``whyNot`` answers for each at the history's block."""
    snapshot = history.snapshot
    return {
        use: why_not(snapshot, history.published, purpose=use[0], data_class=use[1], at=history.block.time)
        for use in sorted(_uses(history, snapshot))
    }


def given_by(history: History, act: ConsentAct) -> tuple[Use, ...]:
    """The uses that a grant allowed when it was made, those left out that a newer notice had made void by then."""
    before = [item for item in history.notices if (item.block, item.log_index) < (act.block, act.log_index)]
    uses = _uses(history, act.snapshot)
    return tuple(sorted(use for use in uses if _revoking(before, act.snapshot.notice_version, use) is None))


class _Walk:
    """The state between two events: the newest act, its uses, and those of them that are void by now."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.act: ConsentAct | None = None
        self.uses: frozenset[Use] = frozenset()
        self.void: frozenset[Use] = frozenset()
        self.published: list[PublishedNotice] = []

    def walk(self) -> Iterable[ConsentEvent]:
        items: list[ConsentAct | PublishedNotice] = [*self.history.acts, *self.history.notices]
        for item in sorted(items, key=lambda it: (it.block, it.log_index)):
            if isinstance(item, PublishedNotice):
                at = item.notice.published_at
                yield from self.expire(at)
                self.published.append(item)
                yield from self.revoke(at)
            else:
                yield from self.expire(item.snapshot.at)
                yield from self.step(item)
                yield from self.revoke(item.snapshot.at)
        yield from self.expire(self.history.block.time)

    def step(self, act: ConsentAct) -> Iterable[ConsentEvent]:
        """What an act does to the uses."""
        before, previous = self.uses, self.act
        now = _uses(self.history, act.snapshot)
        at, version = act.snapshot.at, act.snapshot.notice_version
        gone = before - now
        if gone and previous is not None:
            yield ConsentEvent(Kind.WITHDRAWN, at, previous.snapshot.notice_version, _ordered(gone), act)
        if act.granted:
            for kind, uses in ((Kind.GIVEN, now - before), (Kind.RENEWED, now & before)):
                if uses:
                    yield ConsentEvent(kind, at, version, _ordered(uses), act)
        self.act, self.uses = act, now
        self.void = frozenset() if act.granted else self.void & now

    def expire(self, at: int) -> Iterable[ConsentEvent]:
        """The expiry, if it has come by the time ``at``; it is told once."""
        if self.act is None:
            return
        expires_at, alive = self.act.snapshot.expires_at, self.uses - self.void
        if alive and 0 < expires_at <= at:
            self.void |= alive
            yield ConsentEvent(Kind.EXPIRED, expires_at, self.act.snapshot.notice_version, _ordered(alive), self.act)

    def revoke(self, at: int) -> Iterable[ConsentEvent]:
        """What the notices published by now have made void, one event for each notice that did."""
        if self.act is None:
            return
        version = self.act.snapshot.notice_version
        by: dict[int, list[Use]] = {}
        for use in sorted(self.uses - self.void):
            notice = _revoking(self.published, version, use)
            if notice is not None:
                by.setdefault(notice.version, []).append(use)
        for number, uses in sorted(by.items()):
            self.void |= frozenset(uses)
            yield ConsentEvent(Kind.REVOKED, at, version, tuple(uses), self.act, self.history.notice(number))


def _uses(history: History, snapshot: Snapshot) -> frozenset[Use]:
    """The uses that a snapshot names and its notice describes."""
    if snapshot.notice_version == 0 or not (snapshot.purposes and snapshot.data_classes):
        return frozenset()
    text = history.notice(snapshot.notice_version).text
    return frozenset(
        (purpose.bit, item.bit)
        for purpose in text.purposes
        if snapshot.purposes >> purpose.bit & 1
        for item in text.classes_of(purpose)
        if snapshot.data_classes >> item.bit & 1
    )


def _revoking(published: Iterable[PublishedNotice], version: int, use: Use) -> PublishedNotice | None:
    """The first of the notices after ``version`` that makes a consent to that version void for this use."""
    purpose, data_class = use
    for item in published:
        notice = item.notice
        changed = notice.changed_purposes >> purpose & 1 or notice.changed_data_classes >> data_class & 1
        if item.version > version and (changed or notice.oldest_acceptable > version):
            return item
    return None


def _ordered(uses: Iterable[Use]) -> tuple[Use, ...]:
    return tuple(sorted(uses))
