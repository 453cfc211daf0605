"""Amounts and durations.

given an amount as text
    it should be exact in smallest units
    when it is not a plain decimal number, has too many places or does not fit a uint256
        it should be refused with the text in the message
given smallest units
    it should be written as the shortest exact text, and read back the same
given a duration as text
    it should be in seconds
    when it is anything else than a whole number and a unit
        it should be refused
given a fraction as text
    it should be exact
    when it is zero, or no number or ratio of two
        it should be refused
given seconds
    it should be written in the largest unit that divides them
given a number of things
    one should be told in the singular
given a price that is no uint256
    it should be refused
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web3crm.domain import (
    MAX_UINT256,
    NATIVE,
    Price,
    counted,
    duration_text,
    parse_amount,
    parse_duration,
    parse_fraction,
    units_text,
)
from web3crm.errors import InputError


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0", 0),
        ("1", 10**18),
        ("1.5", 15 * 10**17),
        ("0.000000000000000001", 1),
        ("00.10", 10**17),
        ("1.5000000000000000000000", 15 * 10**17),
    ],
)
def test_an_amount_is_exact(text: str, units: int) -> None:
    assert parse_amount(text) == units


def test_an_amount_may_have_other_decimals() -> None:
    assert parse_amount("12.34", decimals=2) == 1234


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "-1",
        "+1",
        "1e5",
        "1,5",
        ".5",
        "5.",
        "0x10",
        "1_000",
        "nan",
        "١",
        "1.0000000000000000001",
        "9" * 60,
    ],
)
def test_any_other_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="an amount"):
        parse_amount(text)


@given(st.integers(0, MAX_UINT256))
def test_units_are_read_back_as_they_were_written(units: int) -> None:
    assert parse_amount(units_text(units)) == units


@pytest.mark.parametrize(
    ("units", "text"), [(0, "0"), (10**18, "1"), (15 * 10**17, "1.5"), (1, "0.000000000000000001"), (-(10**17), "-0.1")]
)
def test_units_are_written_as_short_as_is_exact(units: int, text: str) -> None:
    assert units_text(units) == text


def test_units_without_decimals_are_whole() -> None:
    assert units_text(120, decimals=0) == "120"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("90s", 90),
        ("15m", 900),
        ("12h", 43_200),
        ("30d", 2_592_000),
        ("2w", 1_209_600),
        ("1y", 31_536_000),
    ],
)
def test_a_duration_is_in_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "1.5d", "-1d", "1 d", "1D", "30days", "1h30m", "٣d"])
def test_any_other_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("10", Fraction(10)), ("0.50", Fraction(1, 2)), ("1/3", Fraction(1, 3)), ("0.2/3", Fraction(1, 15))],
)
def test_a_fraction_is_exact(text: str, value: Fraction) -> None:
    assert parse_fraction(text) == value


@pytest.mark.parametrize("text", ["", "0", "0/3", "1/0", "-1", "1e3", "1/3/5", "1 / 3", "٣"])
def test_any_other_fraction_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="a fraction is a number more than 0"):
        parse_fraction(text)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (61, "61s"), (120, "2m"), (7200, "2h"), (86_400 * 30, "30d")])
def test_seconds_are_written_in_the_largest_unit_that_divides_them(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "things", "text"),
    [
        (0, "files", "0 files"),
        (1, "files", "1 file"),
        (2, "files", "2 files"),
        (1, "copies", "1 copy"),
        (1, "addresses", "1 address"),
        (1, "inboxes", "1 inbox"),
        (1, "wine-glass", "1 wine-glass"),
        (1, "data", "1 data"),
    ],
)
def test_one_thing_is_told_in_the_singular(count: int, things: str, text: str) -> None:
    assert counted(count, things) == text


@pytest.mark.parametrize("amount", [-1, MAX_UINT256 + 1])
def test_a_price_outside_uint256_is_refused(amount: int) -> None:
    with pytest.raises(InputError, match="a price"):
        Price(currency=NATIVE, amount=amount)
