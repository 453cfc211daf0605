"""Earn rules as a file: YAML, or JSON, which YAML includes.

::

    timezone: Asia/Bangkok        # whose days caps count, and whose time dates without a zone are; UTC if left out
    rules:                        # in the order in which they apply; caps last
      - rate: 10                  # points for a unit of currency: 10, 0.5 or 1/3, all exact
      - first_purchase: 50        # points for a customer's first purchase
      - multiply: 3
        name: launch of the new beans
        labels: [beans, capsules]
        from: 2026-12-01
        until: 2027-01-01         # the first moment at which it no longer holds
        stop: true                # what comes after it, caps aside, does not apply where it did
      - multiply: 1.5
        tiers: [Gold]
      - cap: 500                  # at most so many points a day

Every value is read as text and checked here, so that YAML's own guesses cannot change what was meant. What the rules
do is told in :mod:`web3crm.domain.earning`.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

from web3crm.domain import parse_amount, parse_fraction
from web3crm.domain.earning import DailyCap, EarnRules, FirstPurchase, Multiplier, Rate, Rule, When, time_zone
from web3crm.errors import InputError
from web3crm.settings import Section, read_settings, read_text, wrong

__all__ = ["parse_rules", "read_rules"]

_KINDS = ("rate", "multiply", "first_purchase", "cap")


def read_rules(path: Path) -> EarnRules:
    """Reads and checks a file of rules. Raises :class:`InputError` for the first thing that is wrong."""
    return parse_rules(read_text(path), source=str(path))


def parse_rules(text: str, *, source: str = "the rules") -> EarnRules:
    """Reads and checks rules given as text. ``source`` is what errors call it."""
    with read_settings(text, source=source) as top:
        top.only("timezone", "rules")
        zone = top.take(
            "timezone", lambda name: (time_zone(name), name)[1], "an IANA time zone such as Asia/Bangkok", "UTC"
        )
        sections = top.sections("rules", least=1, most=1_000)
        rules = tuple(_rule(section, time_zone(zone)) for section in sections)
        try:
            return EarnRules(rules, zone)
        except InputError as error:
            raise InputError(f"{source}: {error}") from None


def _rule(section: Section, zone: tzinfo) -> Rule:
    with section:
        section.only(*_KINDS, "name", "tiers", "labels", "from", "until", "stop")
        kinds = [kind for kind in _KINDS if kind in section.keys]
        if len(kinds) != 1:
            raise InputError(f"{section} must have one of {', '.join(_KINDS)}, it has {', '.join(kinds) or 'none'}")
        when, name = _when(section, zone), section.text("name", default="")
        number = "a number more than 0, such as 10, 0.5 or 1/3"
        amount = "an amount of points more than 0, such as 50 or 2.5"
        if kinds[0] == "cap":
            if "stop" in section.keys:
                section.fail("stop", section.taken("stop"), "left out: caps hold always, and nothing comes after them")
            return DailyCap(points=section.take("cap", _amount, amount), when=when, name=name)
        stop = section.boolean("stop", default=False)
        match kinds[0]:
            case "rate":
                return Rate(points=section.take("rate", parse_fraction, number), when=when, stop=stop, name=name)
            case "multiply":
                return Multiplier(
                    factor=section.take("multiply", parse_fraction, number), when=when, stop=stop, name=name
                )
            case _:
                bonus = section.take("first_purchase", _amount, amount)
                return FirstPurchase(points=bonus, when=when, stop=stop, name=name)


def _when(section: Section, zone: tzinfo) -> When:
    moment = "a date or time (ISO 8601)"
    since, until = (
        section.take(key, lambda text: _moment(text, zone), moment) if key in section.keys else None
        for key in ("from", "until")
    )
    tiers, labels = section.words("tiers"), section.words("labels")
    try:
        return When(tiers=tiers, labels=labels, since=since, until=until)
    except InputError as error:
        raise InputError(f"{section}: {error}") from None


def _amount(text: str) -> int:
    return parse_amount(text) or wrong()


def _moment(text: str, zone: tzinfo) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)
