"""Settings that people write: a YAML file in which every value is text until a section parses it.

YAML's own guesses (an address as a number, ``no`` as false, ``010`` as eight) so change nothing. A :class:`Section` is
one mapping of the file: each of its readers takes a key and says what is expected there; an error names the file, the
key's path and the value. Leaving a section checks that no key was left over.

An address is checksummed, or ``account:N``, the N-th account of a development chain.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from eth_utils.address import is_checksum_address

from web3crm.domain import NATIVE, parse_amount, parse_duration
from web3crm.errors import InputError

__all__ = ["Section", "read_settings", "read_text", "wrong"]

T = TypeVar("T")


def read_text(path: Path) -> str:
    """The text of a file. Raises :class:`InputError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text") from None


def read_settings(text: str, *, source: str, accounts: list[str] | None = None) -> Section:
    """The outermost section of a YAML text. ``source`` is what errors call it; ``accounts`` are those of ``account:N``.

    Raises:
        InputError: It is not YAML, or not a mapping.

    """
    try:
        value = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - a loader that makes text, lists and mappings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{source}{where}: not readable as YAML: {getattr(error, 'problem', error)}") from None
    except RecursionError:
        raise InputError(f"{source}: not readable as YAML: it is nested too deeply") from None
    return Section(source, "", value, accounts)


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text and refuses a key that is there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class Section:
    """A mapping of the file. Leaving it without an error checks that no key was left over."""

    def __init__(self, source: str, path: str, value: Any, accounts: list[str] | None) -> None:
        self._source, self._path, self._accounts = source, path, accounts
        if not isinstance(value, dict):
            raise InputError(f"{source}: {path or 'the file'} must be a mapping of keys to values, got {value!r}")
        self._value = value
        self.keys = frozenset(value)
        self._taken: set[str] = set()

    def __enter__(self) -> Section:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        left = sorted(self._value.keys() - self._taken)
        if kind is None and left:
            known = ", ".join(sorted(self._taken))
            raise InputError(f"{self._source}: {self._at(left[0])} is not a known key here; known are: {known}")

    def __str__(self) -> str:
        return f"{self._source}: {self._path or 'the file'}"

    def only(self, *known: str) -> None:
        """Checks that no other keys are there, for a section whose keys depend on each other."""
        self._taken.update(known)
        self.__exit__(None, None, None)

    def taken(self, key: str) -> Any:
        """What stands under a key, as it stands."""
        self._taken.add(key)
        return self._value.get(key)

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def fail(self, key: str, value: Any, expected: str) -> None:
        """Raises the error about one key."""
        raise InputError(f"{self._source}: {self._at(key)} must be {expected}, got {value!r}")

    def take(self, key: str, parse: Callable[[str], T], expected: str, default: T | None = None) -> T:
        """The value of ``key`` as ``parse`` reads it.

        ``parse`` raises ValueError (as InputError is) for a wrong one.
        """
        self._taken.add(key)
        if key not in self._value:
            if default is not None:
                return default
            raise InputError(f"{self._source}: {self._at(key)} is missing: it must be {expected}")
        value = self._value[key]
        if not isinstance(value, str):
            self.fail(key, value, expected)
        try:
            return parse(value)
        except ValueError:
            raise InputError(f"{self._source}: {self._at(key)} must be {expected}, got {value!r}") from None

    def section(self, key: str, *, optional: bool = False) -> Section:
        """The mapping under ``key``; an empty one when it is optional and missing."""
        self._taken.add(key)
        if key not in self._value:
            if not optional:
                raise InputError(f"{self._source}: {self._at(key)} is missing: it must be a mapping of keys to values")
            return Section(self._source, self._at(key), {}, self._accounts)
        return Section(self._source, self._at(key), self._value[key], self._accounts)

    def items(self, key: str, *, optional: bool = False) -> list[Any]:
        """The list under ``key``, as it stands."""
        self._taken.add(key)
        if key not in self._value and optional:
            return []
        value = self._value.get(key)
        if not isinstance(value, list):
            self.fail(key, value, "a list")
        return list(value or [])

    def sections(self, key: str, *, optional: bool = False, least: int = 0, most: int = 1_000) -> list[Section]:
        """A list of mappings."""
        items = self.items(key, optional=optional)
        if not least <= len(items) <= most:
            self.fail(key, f"{len(items)} items", f"a list of {f'{least} to' if least else 'at most'} {most}")
        return [
            Section(self._source, f"{self._at(key)}[{number}]", item, self._accounts)
            for number, item in enumerate(items)
        ]

    def entries(self, key: str, *, word: str) -> list[Section]:
        """The sections of an optional list in which a plain text stands for a mapping of ``word`` to it."""
        return [
            Section(
                self._source,
                f"{self._at(key)}[{number}]",
                {word: item} if isinstance(item, str) else item,
                self._accounts,
            )
            for number, item in enumerate(self.items(key, optional=True))
        ]

    def text(self, key: str, *, longest: int = 100, default: str | None = None) -> str:
        """Text on one line, without blanks around it."""

        def parse(text: str) -> str:
            return text if text.strip() == text and 0 < len(text) <= longest and text.isprintable() else wrong()

        return self.take(key, parse, f"text of 1 to {longest} characters on one line", default)

    def words(self, key: str) -> frozenset[str]:
        """A word or a list of words; none when the key is missing."""
        if key not in self.keys:
            return frozenset()
        value = self.taken(key)
        words = [value] if isinstance(value, str) else value
        if not (isinstance(words, list) and words) or not all(
            isinstance(word, str) and word.strip() == word != "" for word in words
        ):
            self.fail(key, value, "a word or a list of words; without the key it holds for all")
        return frozenset(words)

    def uri(self, key: str) -> str:
        """The address of some metadata."""

        def parse(text: str) -> str:
            return text if re.fullmatch(r"(ipfs|https|ar|data):\S{1,1990}", text) else wrong()

        return self.take(key, parse, "a URI that starts with ipfs:, https:, ar: or data:")

    def whole(
        self, key: str, *, bits: int = 256, least: int = 0, most: int | None = None, default: int | None = None
    ) -> int:
        """A whole number of at most ``bits`` bits, or of at most ``most``."""
        highest = 2**bits - 1 if most is None else most

        def parse(text: str) -> int:
            if not re.fullmatch(r"[0-9]{1,78}", text):
                wrong()
            return _within(int(text), least, highest)

        return self.take(key, parse, f"a whole number from {least} to {_limit(highest, bits, most)}", default)

    def amount(self, key: str, *, bits: int, least: int = 0, default: int | None = None) -> int:
        """An amount of coins or points, in smallest units."""

        def parse(text: str) -> int:
            return _within(parse_amount(text), least, 2**bits - 1)

        more = "more than 0" if least else "0 or more"
        expected = f"an amount such as 100 or 1.5, {more}, of at most 18 decimal places and {bits} bits"
        return self.take(key, parse, expected, default)

    def duration(
        self,
        key: str,
        *,
        bits: int,
        least: int = 0,
        words: Mapping[str, int] | None = None,
        default: int | None = None,
    ) -> int:
        """A duration in seconds; ``words`` are read as the numbers they stand for."""

        def parse(text: str) -> int:
            if words and text in words:
                return words[text]
            return _within(parse_duration(text), least, 2**bits - 1)

        also = "".join(f", or {word}" for word in words or ())
        return self.take(
            key, parse, f"a duration such as 90s, 12h or 30d, from {least} to 2**{bits} - 1 seconds{also}", default
        )

    def date(self, key: str, *, default: int | None = None) -> int:
        """A day such as ``2026-12-24`` as the second in which it begins in UTC."""

        def parse(text: str) -> int:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                wrong()
            return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp())

        return self.take(key, parse, "a day such as 2026-12-24 (UTC)", default)

    def percent(self, key: str) -> int:
        """A percentage in hundredths of a per cent: ``7.5%`` is 750."""

        def parse(text: str) -> int:
            found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%", text)
            return _within(parse_amount(found[1], decimals=2), 0, 10_000) if found else wrong()

        return self.take(key, parse, "a percentage from 0% to 100% of at most two decimal places, such as 7.5%")

    def boolean(self, key: str, *, default: bool | None = None) -> bool:
        """``true`` or ``false``, and no other word for it."""

        def parse(text: str) -> bool:
            return {"true": True, "false": False}[text] if text in ("true", "false") else wrong()

        return self.take(key, parse, "true or false", default)

    def one_of(self, key: str, choices: Mapping[str, T], *, default: T | None = None, what: str = "one of") -> T:
        """What one of some words stands for."""

        def parse(text: str) -> T:
            return choices[text] if text in choices else wrong()

        return self.take(key, parse, f"{what}: {', '.join(choices)}", default)

    def address(self, key: str, *, none: bool = False, default: str | None = None) -> str:
        """An account; ``none`` allows that word for the zero address."""

        def parse(text: str) -> str:
            return NATIVE if none and text == "none" else self._address(text)

        return self.take(key, parse, self._address_form + (", or none" if none else ""), default)

    def key_address(self, key: str) -> str:
        """The address that a key is."""
        try:
            return self._address(key)
        except ValueError:
            raise InputError(
                f"{self._source}: {self._path} takes native, points and the addresses of other currencies "
                f"({self._address_form}), got {key!r}"
            ) from None

    @property
    def _address_form(self) -> str:
        if self._accounts is None:
            return "a checksummed address (account:N works on development chains only)"
        return f"a checksummed address, or account:0 to account:{len(self._accounts) - 1} of this development chain"

    def _address(self, text: str) -> str:
        number = re.fullmatch(r"account:([0-9]{1,4})", text)
        if number and self._accounts and int(number[1]) < len(self._accounts):
            return self._accounts[int(number[1])]
        return text if is_checksum_address(text) and text != NATIVE else wrong()


def _within(value: int, least: int, most: int) -> int:
    return value if least <= value <= most else wrong()


def _limit(highest: int, bits: int, most: int | None) -> str:
    return str(highest) if most is not None else f"2**{bits} - 1"


def wrong() -> Any:
    """Refuses a value that a reader's ``parse`` is given; :meth:`Section.take` says where it stands and what is expected."""
    raise ValueError
