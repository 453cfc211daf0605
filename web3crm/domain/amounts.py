"""Amounts of money and points, and lengths of time, as people write them and as contracts count them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from web3crm.errors import InputError

__all__ = [
    "DECIMALS",
    "MAX_UINT256",
    "NATIVE",
    "Price",
    "counted",
    "duration_text",
    "parse_amount",
    "parse_duration",
    "parse_fraction",
    "units_text",
]

DECIMALS = 18
"""Points and native coin both count in units of 10**-18."""

MAX_UINT256 = 2**256 - 1

NATIVE = "0x0000000000000000000000000000000000000000"
"""The currency of prices in native coin."""

_AMOUNT = re.compile(r"(?P<whole>\d{1,60})(?:\.(?P<part>\d{1,60}))?")
_FRACTION = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)(?:/(\d{1,18}))?", re.ASCII)
_DURATION = re.compile(r"(?P<count>\d{1,12})(?P<unit>[smhdwy])?")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}


@dataclass(frozen=True, kw_only=True)
class Price:
    """``amount`` smallest units of ``currency``.

    :data:`NATIVE`, the programme's points, or another ERC-20's address.
    """

    currency: str
    amount: int

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= MAX_UINT256:
            raise InputError(f"a price must be from 0 to 2**256 - 1 smallest units, got {self.amount}")


def parse_amount(text: str, *, decimals: int = DECIMALS) -> int:
    """Reads ``"100"`` or ``"1.5"`` into smallest units, exactly.

    Raises :class:`InputError` when the text is not a plain decimal number, has more places than ``decimals``, or is
    too large for a uint256.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None or not text.isascii():
        raise InputError(f"an amount is a plain number such as 100 or 1.5, got {text!r}")
    part = (found["part"] or "").rstrip("0")
    if len(part) > decimals:
        raise InputError(f"an amount has at most {decimals} decimal places, got {text!r}")
    value: int = int(found["whole"]) * 10**decimals + int(part.ljust(decimals, "0") or "0")
    if value > MAX_UINT256:
        raise InputError(f"an amount must fit a uint256, got {text!r}")
    return value


def parse_fraction(text: str) -> Fraction:
    """Reads ``"10"``, ``"0.5"`` or ``"1/3"`` exactly; more than zero.

    Raises :class:`InputError` for anything else.
    """
    found = _FRACTION.fullmatch(text)
    value = Fraction(found[1]) / int(found[2] or 1) if found and int(found[2] or 1) else Fraction(0)
    if not value:
        raise InputError(f"a fraction is a number more than 0, such as 10, 0.5 or 1/3; got {text!r}")
    return value


def units_text(value: int, *, decimals: int = DECIMALS, grouped: bool = False) -> str:
    """Writes smallest units as a plain decimal number, the shortest that is exact.

    ``1500000000000000000`` is ``"1.5"``; ``grouped`` puts commas between thousands.
    """
    whole, part = divmod(abs(value), 10**decimals)
    places = f"{part:0{decimals}d}".rstrip("0") if decimals else ""
    text = (f"{whole:,}" if grouped else str(whole)) + (f".{places}" if places else "")
    return f"-{text}" if value < 0 else text


def parse_duration(text: str) -> int:
    """Reads ``"90"`` (seconds), ``"15m"``, ``"12h"``, ``"30d"``, ``"2w"`` or ``"1y"`` (365 days) into seconds.

    Raises :class:`InputError` for anything else.
    """
    found = _DURATION.fullmatch(text)
    if found is None or not text.isascii():
        raise InputError(f"a duration is a whole number and s, m, h, d, w or y, such as 30d; got {text!r}")
    return int(found["count"]) * _SECONDS[found["unit"] or "s"]


def counted(count: int, things: str) -> str:
    """A number of things in English, given their plural: ``1 file``, ``2 files``, ``0 copies``, ``1 copy``."""
    if count != 1:
        return f"{count} {things}"
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ss", "ss"), ("s", "")):
        if things.endswith(ending):
            return f"1 {things.removesuffix(ending)}{singular}"
    return f"1 {things}"


def duration_text(seconds: int) -> str:
    """Writes seconds in the largest unit that divides them: ``2592000`` is ``"30d"``."""
    if seconds == 0:
        return "0s"
    for unit in ("d", "h", "m"):
        if seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
