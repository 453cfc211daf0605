"""Purchases: what a customer paid and when, and the points that earns.

Two sources are read: a CSV with a header line and the columns ``customer``, ``time`` and ``amount`` (others are
ignored), and the CDNOW data set, 69,659 purchases by 23,570 customers from January 1997 to June 1998 (Fader & Hardie,
"Forecasting Repeat Sales at CDNOW", Interfaces 31, 2001), as the Python package Lifetimes carries it.
"""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TextIO

from web3crm.errors import InputError

__all__ = [
    "EarnRate",
    "Purchase",
    "cdnow_path",
    "earned_by_customer",
    "first_customers",
    "read_cdnow",
    "read_csv",
    "read_purchases",
]

# The smallest unit of a point, as the token counts it.
_POINT = 10**18
_CSV_COLUMNS = ("customer", "time", "amount")


@dataclass(frozen=True)
class Purchase:
    """One purchase: ``customer`` is the brand's own id for her, ``amount`` is in its currency and never negative."""

    customer: str
    at: datetime
    amount: Decimal


@dataclass(frozen=True)
class EarnRate:
    """How many points one unit of currency earns. Exact: nothing is rounded before the token's last decimal."""

    points_per_unit: Decimal

    def __post_init__(self) -> None:
        if not self.points_per_unit.is_finite() or self.points_per_unit <= 0:
            raise InputError(f"an earn rate must be a positive number of points, got {self.points_per_unit}")

    def points(self, amount: Decimal) -> int:
        """The points for ``amount``, in the token's smallest unit (10**-18 points), rounded down."""
        # Fractions, because a Decimal product is rounded to 28 digits.
        return int(Fraction(amount) * Fraction(self.points_per_unit) * _POINT)


def cdnow_path() -> Path:
    """Where the CDNOW file is installed (``make setup`` puts it there).

    Raises:
        InputError: The package that carries it is not installed.

    """
    spec = importlib.util.find_spec("lifetimes")  # found, not imported: its own dependencies are not installed
    if spec is None or not spec.submodule_search_locations:
        raise InputError("the CDNOW data set is not installed: run make setup, or give a CSV of purchases instead")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "CDNOW_master.txt"


def read_purchases(path: Path) -> Iterator[Purchase]:
    """Reads purchases from ``path``: a CSV if its name ends in ``.csv``, else a file in CDNOW's form."""
    return read_csv(path) if path.suffix.lower() == ".csv" else read_cdnow(path)


def read_cdnow(path: Path) -> Iterator[Purchase]:
    """Reads a file in CDNOW's form: a header line, then customer, date (YYYYMMDD), number of CDs, dollars.

    Raises:
        InputError: A line cannot be read; it is named with its number.

    """
    with _open(path) as lines:
        next(lines, None)
        for number, line in enumerate(lines, start=2):
            fields = line.split()
            if not fields:
                continue
            if len(fields) != 4:
                expected = "customer, date, number of CDs, dollars"
                raise InputError(f"{path}:{number}: expected {expected}; got {line.strip()!r}")
            customer, date, _, dollars = fields
            yield Purchase(customer, _time(date, path, number), _amount(dollars, path, number))


def read_csv(path: Path) -> Iterator[Purchase]:
    """Reads a CSV of purchases with the columns ``customer``, ``time`` (ISO 8601) and ``amount``.

    Raises:
        InputError: A column is missing, or a line cannot be read; it is named with its number.

    """
    with _open(path) as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in _CSV_COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise InputError(f"{path}: the header must name {', '.join(_CSV_COLUMNS)}; missing: {', '.join(missing)}")
        for row in rows:
            yield _from_row(row, path, rows.line_num)


def first_customers(purchases: Iterable[Purchase], count: int) -> list[Purchase]:
    """All purchases of the first ``count`` customers, in the order in which the customers first appear."""
    chosen: dict[str, None] = {}
    kept = []
    for purchase in purchases:
        if purchase.customer not in chosen and len(chosen) < count:
            chosen[purchase.customer] = None
        if purchase.customer in chosen:
            kept.append(purchase)
    return kept


def earned_by_customer(purchases: Iterable[Purchase], rate: EarnRate) -> dict[str, int]:
    """The points each customer earned, in the token's smallest unit, in the order of first purchases."""
    earned: dict[str, int] = {}
    for purchase in purchases:
        earned[purchase.customer] = earned.get(purchase.customer, 0) + rate.points(purchase.amount)
    return earned


def _open(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"cannot read the purchases in {path}: {error.strerror}") from error


def _from_row(row: Mapping[str, str | None], path: Path, number: int) -> Purchase:
    customer = (row["customer"] or "").strip()
    if not customer:
        raise InputError(f"{path}:{number}: the customer is empty")
    return Purchase(customer, _time(row["time"] or "", path, number), _amount(row["amount"] or "", path, number))


def _time(text: str, path: Path, number: int) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{path}:{number}: {text!r} is not a date or time (ISO 8601)") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _amount(text: str, path: Path, number: int) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise InputError(f"{path}:{number}: {text!r} is not an amount") from error
    if not amount.is_finite() or amount < 0:
        raise InputError(f"{path}:{number}: an amount must be zero or more, got {text!r}; returns are not purchases")
    return amount
