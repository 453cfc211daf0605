"""Earn rules: what each purchase earns, and why.

Rules are applied in their order to every purchase, each to what the ones before made of it: a :class:`Rate` adds, a
:class:`FirstPurchase` adds to a customer's first, a :class:`Multiplier` multiplies. A rule whose ``stop`` is set, and
which applied, keeps the rules after it from applying, except for caps. A :class:`DailyCap` is a limit, not a reward:
caps come last and always hold. Each rule may be confined to tiers, product labels and a span of time (:class:`When`).

Points are exact fractions from the first rule to the last. They are rounded once for each purchase, down to the
token's last decimal (10**-18), before the caps.

**Returns** earn nothing; they make the purchases they return smaller, as if the customer had never bought what she
gave back, and all rules see only what she kept. A return that names a reference is taken from that receipt, any other
from her latest purchases before it, both of the same label if it has one. So nobody can earn twice for a purchase in
a campaign and lose once for its return, and a total never falls below zero. What cannot be matched (a return of
something bought before the first purchase here) takes nothing and is reported.

Totals are worked out from all purchases every time, so a return makes the next total lower by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from web3crm.domain.amounts import DECIMALS, units_text
from web3crm.domain.purchases import Purchase
from web3crm.errors import InputError

__all__ = [
    "DailyCap",
    "EarnRules",
    "Earning",
    "FirstPurchase",
    "Multiplier",
    "Rate",
    "Rule",
    "Step",
    "When",
    "purchases_digest",
    "time_zone",
]

_ONE = 10**DECIMALS
_STEP = 256


def time_zone(name: str) -> tzinfo:
    """The time zone with this IANA name, such as ``UTC`` or ``Asia/Bangkok``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"no time zone is called {name!r}: it takes an IANA name such as Asia/Bangkok") from None


# --- rules ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class When:
    """Which purchases a rule is for. Empty tiers or labels mean any; ``since`` is included, ``until`` is not."""

    tiers: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise InputError(f"the time {name} which a rule holds needs a time zone, got {moment}")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise InputError(f"a rule that holds from {self.since} until {self.until} never holds")

    def holds(self, purchase: Purchase) -> bool:
        """Whether the rule is for this purchase."""
        return (
            (not self.tiers or purchase.tier in self.tiers)
            and (not self.labels or purchase.label in self.labels)
            and (self.since is None or purchase.at >= self.since)
            and (self.until is None or purchase.at < self.until)
        )

    def __str__(self) -> str:
        parts = [f"tier {' or '.join(sorted(self.tiers))}"] if self.tiers else []
        parts += [" or ".join(sorted(self.labels))] if self.labels else []
        parts += [f"from {self.since.isoformat()}"] if self.since else []
        parts += [f"until {self.until.isoformat()}"] if self.until else []
        return ", ".join(parts)


ALWAYS = When()


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Adds ``points`` (a fraction of whole points) for each unit of currency."""

    points: Fraction
    when: When = ALWAYS
    stop: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        _positive("a rate", self.points)

    def __str__(self) -> str:
        return self.name or _told(f"{self.points} a unit", self.when)


@dataclass(frozen=True, kw_only=True)
class Multiplier:
    """Multiplies what the rules before it gave."""

    factor: Fraction
    when: When = ALWAYS
    stop: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        _positive("a multiplier", self.factor)

    def __str__(self) -> str:
        return self.name or _told(f"times {self.factor}", self.when)


@dataclass(frozen=True, kw_only=True)
class FirstPurchase:
    """Adds ``points`` (smallest units) to a customer's first purchase of which she kept anything."""

    points: int
    when: When = ALWAYS
    stop: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        _positive("a bonus", self.points)

    def __str__(self) -> str:
        return self.name or _told(f"{units_text(self.points)} for the first purchase", self.when)


@dataclass(frozen=True, kw_only=True)
class DailyCap:
    """Gives a customer at most ``points`` (smallest units) for all her purchases of a day that it is for.

    A day is a calendar day in the rules' time zone.
    """

    points: int
    when: When = ALWAYS
    name: str = ""

    def __post_init__(self) -> None:
        _positive("a cap", self.points)

    def __str__(self) -> str:
        return self.name or _told(f"at most {units_text(self.points)} a day", self.when)


Rule = Rate | Multiplier | FirstPurchase | DailyCap


@dataclass(frozen=True)
class Step:
    """What one rule made of a purchase's points, in whole points."""

    rule: Rule
    before: Fraction
    after: Fraction

    def __str__(self) -> str:
        return f"{self.rule}: {_points(self.before)} → {_points(self.after)}"


@dataclass(frozen=True)
class Earning:
    """What a purchase earned, in smallest units, and how it came about.

    ``kept`` is what is left of its amount after returns; ``returned`` says what a return took from which purchases.
    """

    purchase: Purchase
    points: int
    kept: Fraction
    steps: tuple[Step, ...] = ()
    returned: tuple[tuple[Purchase, Fraction], ...] = ()

    @property
    def unmatched(self) -> Fraction:
        """How much of a return no purchase was found for."""
        if self.purchase.amount >= 0:
            return Fraction(0)
        return -Fraction(self.purchase.amount) - sum((part for _, part in self.returned), Fraction(0))

    @property
    def why(self) -> str:
        """How the points came about, rule by rule, in one line."""
        bought = Fraction(self.purchase.amount)
        if bought < 0:
            texts = [f"takes {_money(part)} from the purchase of {item.at:%Y-%m-%d}" for item, part in self.returned]
            texts += [f"{_money(self.unmatched)} matches no purchase"] if self.unmatched else []
            return "; ".join(texts)
        texts = [f"{_money(bought - self.kept)} of {_money(bought)} returned"] if self.kept != bought else []
        return "; ".join([*texts, *map(str, self.steps)]) or "no rule is for it"


@dataclass(frozen=True)
class EarnRules:
    """Rules in the order in which they apply. Caps count days in ``zone``."""

    rules: tuple[Rule, ...]
    zone: str = "UTC"
    _tz: tzinfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tz", time_zone(self.zone))
        capped = [isinstance(rule, DailyCap) for rule in self.rules]
        if capped != sorted(capped):
            raise InputError("caps come after all other rules: a rule after a cap could exceed it")
        if not any(isinstance(rule, Rate | FirstPurchase) for rule in self.rules):
            raise InputError("rules need a rate or a bonus: without one nothing is earned")

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the rules, in hex: the same for the same rules, however they were written down."""
        text = json.dumps([self.zone, [_plain(rule) for rule in self.rules]], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def earn(self, purchases: Iterable[Purchase], progress: Callable[[int, int], None] | None = None) -> list[Earning]:
        """What each purchase earned, in the order they are given in.

        Each customer's are taken in the order of their times, those of the same moment as they come. ``progress`` is
        told from time to time for how many of how many customers it is done.
        """
        given = list(purchases)
        found: list[Earning | None] = [None] * len(given)
        by_customer: dict[str, list[int]] = {}
        for number, purchase in enumerate(given):
            by_customer.setdefault(purchase.customer, []).append(number)
        for done, numbers in enumerate(by_customer.values(), 1):
            numbers.sort(key=lambda number: given[number].at)
            for number, earning in zip(numbers, self._earn([given[number] for number in numbers]), strict=True):
                found[number] = earning
            if progress and (done % _STEP == 0 or done == len(by_customer)):
                progress(done, len(by_customer))
        return [earning for earning in found if earning is not None]

    def _earn(self, purchases: Sequence[Purchase]) -> Iterator[Earning]:
        """One customer's earnings, her purchases in the order of their times."""
        kept, returned = _settle(purchases)
        first = True
        used: dict[tuple[int, date], int] = {}
        for number, purchase in enumerate(purchases):
            if purchase.amount < 0 or not kept[number]:
                yield Earning(purchase, 0, kept[number], (), returned.get(number, ()))
                continue
            steps = list(self._reward(purchase, kept[number], first=first))
            first = False
            points = int((steps[-1].after if steps else Fraction(0)) * _ONE)
            points = self._limit(purchase, points, steps, used)
            yield Earning(purchase, points, kept[number], tuple(steps))

    def _reward(self, purchase: Purchase, kept: Fraction, *, first: bool) -> Iterator[Step]:
        points = Fraction(0)
        for rule in self.rules:
            if isinstance(rule, DailyCap) or not rule.when.holds(purchase):
                continue
            before = points
            match rule:
                case Rate():
                    points += kept * rule.points
                case Multiplier():
                    points *= rule.factor
                case FirstPurchase():
                    if not first:
                        continue
                    points += Fraction(rule.points, _ONE)
            yield Step(rule, before, points)
            if rule.stop:
                return

    def _limit(self, purchase: Purchase, points: int, steps: list[Step], used: dict[tuple[int, date], int]) -> int:
        """The points that the caps leave of ``points``; counts them."""
        day = purchase.at.astimezone(self._tz).date()
        caps = [
            (place, rule)
            for place, rule in enumerate(self.rules)
            if isinstance(rule, DailyCap) and rule.when.holds(purchase)
        ]
        for place, cap in caps:
            left = min(points, cap.points - used.get((place, day), 0))
            if left != points:
                steps.append(Step(cap, Fraction(points, _ONE), Fraction(left, _ONE)))
            points = left
        for place, _ in caps:
            used[place, day] = used.get((place, day), 0) + points
        return points


def _settle(
    purchases: Sequence[Purchase],
) -> tuple[list[Fraction], dict[int, tuple[tuple[Purchase, Fraction], ...]]]:
    """What is kept of each purchase of one customer, and what each return took from which."""
    kept = [Fraction(0) if item.returned or item.amount < 0 else Fraction(item.amount) for item in purchases]
    returned: dict[int, tuple[tuple[Purchase, Fraction], ...]] = {}
    for number, back in enumerate(purchases):
        if back.amount >= 0:
            continue
        open_, parts = -Fraction(back.amount), []
        # A receipt is known by its reference, whenever its lines were written; any other return is of what came before.
        candidates = range(len(purchases) - 1, -1, -1) if back.returns else range(number - 1, -1, -1)
        for other in candidates:
            item = purchases[other]
            if back.returns and item.reference != back.returns:
                continue
            if (back.label and item.label != back.label) or not kept[other]:
                continue
            part = min(open_, kept[other])
            kept[other] -= part
            open_ -= part
            parts.append((item, part))
            if not open_:
                break
        returned[number] = tuple(parts)
    return kept, returned


# --- digests and texts ------------------------------------------------------------------------------------------------


def purchases_digest(purchases: Iterable[Purchase]) -> str:
    """The SHA-256 of purchases in their order, in hex: the same from whatever file they were read."""
    found = hashlib.sha256()
    for item in purchases:
        line = [
            item.customer,
            item.at.isoformat(),
            str(Fraction(item.amount)),
            item.label,
            item.tier,
            item.reference,
            item.returns,
            item.returned,
        ]
        found.update(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    return found.hexdigest()


def _plain(rule: Rule) -> dict[str, Any]:
    """A rule as JSON values; its name is for people and does not count."""
    value: Fraction | int
    match rule:
        case Multiplier():
            value = rule.factor
        case _:
            value = rule.points
    return {
        "kind": type(rule).__name__,
        "value": str(value),
        "stop": not isinstance(rule, DailyCap) and rule.stop,
        "tiers": sorted(rule.when.tiers),
        "labels": sorted(rule.when.labels),
        "since": rule.when.since and rule.when.since.timestamp(),
        "until": rule.when.until and rule.when.until.timestamp(),
    }


def _positive(what: str, value: Fraction | int) -> None:
    if value <= 0:
        raise InputError(f"{what} must be more than 0, got {value}")


def _told(what: str, when: When) -> str:
    return f"{what} ({when})" if str(when) else what


def _points(value: Fraction) -> str:
    """Points as a person reads them: exact if that is short, else to six places."""
    units = value * _ONE
    if units.denominator == 1 and units % 10**12 == 0:
        return units_text(int(units))
    return f"{units_text(int(value * 10**6) * 10**12)}…"


def _money(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact:f}"
