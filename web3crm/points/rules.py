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

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from web3crm.domain import parse_amount
from web3crm.domain.earning import DailyCap, EarnRules, FirstPurchase, Multiplier, Rate, Rule, When, time_zone
from web3crm.errors import InputError

__all__ = ["parse_rules", "read_rules"]

T = TypeVar("T")

_KINDS = ("rate", "multiply", "first_purchase", "cap")
_NUMBER = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)(?:/(\d{1,18}))?", re.ASCII)
_MOST_RULES = 1_000


def read_rules(path: Path) -> EarnRules:
    """Reads and checks a file of rules. Raises :class:`InputError` for the first thing that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text") from None
    return parse_rules(text, source=str(path))


def parse_rules(text: str, *, source: str = "the rules") -> EarnRules:
    """Reads and checks rules given as text. ``source`` is what errors call it."""
    try:
        value = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - a loader that makes text, lists and mappings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{source}{where}: not readable as YAML: {getattr(error, 'problem', error)}") from None
    top = _Section(source, "", value, ("timezone", "rules"))
    zone = top.take(
        "timezone", lambda name: (time_zone(name), name)[1], "an IANA time zone such as Asia/Bangkok", "UTC"
    )
    items = value.get("rules")
    if not isinstance(items, list) or not 0 < len(items) <= _MOST_RULES:
        top.fail("rules", items, f"a list of 1 to {_MOST_RULES} rules")
    rules = tuple(_rule(source, f"rules[{number}]", item, time_zone(zone)) for number, item in enumerate(items))
    try:
        return EarnRules(rules, zone)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None


def _rule(source: str, path: str, value: Any, zone: tzinfo) -> Rule:
    section = _Section(source, path, value, (*_KINDS, "name", "tiers", "labels", "from", "until", "stop"))
    kinds = [kind for kind in _KINDS if kind in value]
    if len(kinds) != 1:
        raise InputError(f"{source}: {path} must have one of {', '.join(_KINDS)}, it has {', '.join(kinds) or 'none'}")
    when = _when(section, zone)
    name = section.take("name", _line, "text of 1 to 100 characters on one line", "")
    number = "a number more than 0, such as 10, 0.5 or 1/3"
    amount = "an amount of points more than 0, such as 50 or 2.5"
    stop = section.take("stop", {"true": True, "false": False}.__getitem__, "true or false", default=False)
    match kinds[0]:
        case "rate":
            return Rate(points=section.take("rate", _fraction, number), when=when, stop=stop, name=name)
        case "multiply":
            return Multiplier(factor=section.take("multiply", _fraction, number), when=when, stop=stop, name=name)
        case "first_purchase":
            bonus = section.take("first_purchase", _amount, amount)
            return FirstPurchase(points=bonus, when=when, stop=stop, name=name)
    if "stop" in value:
        section.fail("stop", value["stop"], "left out: caps hold always, and nothing comes after them")
    return DailyCap(points=section.take("cap", _amount, amount), when=when, name=name)


def _when(section: _Section, zone: tzinfo) -> When:
    moment = "a date or time (ISO 8601)"
    since = section.take("from", lambda text: _moment(text, zone), moment, None)
    until = section.take("until", lambda text: _moment(text, zone), moment, None)
    tiers, labels = section.words("tiers"), section.words("labels")
    try:
        return When(tiers=tiers, labels=labels, since=since, until=until)
    except InputError as error:
        raise InputError(f"{section.source}: {section.path}: {error}") from None


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text and refuses a key that is there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_REQUIRED: Any = object()


class _Section:
    """A mapping of the file, of which only ``known`` keys may be there."""

    def __init__(self, source: str, path: str, value: Any, known: tuple[str, ...]) -> None:
        self.source, self.path = source, path
        if not isinstance(value, dict):
            raise InputError(f"{source}: {path or 'the file'} must be a mapping of keys to values, got {value!r}")
        for key in value:
            if key not in known:
                raise InputError(f"{source}: {self._at(key)} is not a known key here; known are: {', '.join(known)}")
        self._value = value

    def _at(self, key: Any) -> str:
        return f"{self.path}.{key}" if self.path else str(key)

    def fail(self, key: str, value: Any, expected: str) -> NoReturn:
        """Raises the error about one key."""
        raise InputError(f"{self.source}: {self._at(key)} must be {expected}, got {value!r}") from None

    def take(self, key: str, parse: Callable[[str], T], expected: str, default: Any = _REQUIRED) -> T:
        """The value of ``key`` as ``parse`` reads it, which raises ValueError or KeyError for a wrong one."""
        if key not in self._value and default is not _REQUIRED:
            found: T = default
            return found
        value = self._value[key]
        if not isinstance(value, str):
            self.fail(key, value, expected)
        try:
            return parse(value)
        except (ValueError, KeyError):
            self.fail(key, value, expected)

    def words(self, key: str) -> frozenset[str]:
        """One word or a list of them."""
        value = self._value.get(key, [])
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(
            isinstance(word, str) and word.strip() == word != "" for word in words
        ):
            self.fail(key, value, "a word or a list of words")
        if key in self._value and not words:
            self.fail(key, value, "a word or a list of words; without the key it holds for all")
        return frozenset(words)


def _line(text: str) -> str:
    if not (text.strip() == text and 0 < len(text) <= 100 and text.isprintable()):
        raise ValueError
    return text


def _fraction(text: str) -> Fraction:
    found = _NUMBER.fullmatch(text)
    if found is None or not int(found[2] or 1):
        raise ValueError
    return _positive(Fraction(found[1]) / int(found[2] or 1))


def _amount(text: str) -> int:
    return _positive(parse_amount(text))


def _positive(value: T) -> T:
    if not value:
        raise ValueError
    return value


def _moment(text: str, zone: tzinfo) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)
