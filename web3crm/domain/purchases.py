"""Purchases: what a customer paid and when, and the points that earns.

Two sources are read. One is the CDNOW data set, 69,659 purchases by 23,570 customers from January 1997 to June 1998
(Fader & Hardie, "Forecasting Repeat Sales at CDNOW", Interfaces 31, 2001), as the Python package Lifetimes carries it.
The other is a CSV with a header line and the columns ``customer``, ``time`` and ``amount``; a time without a zone is in
UTC. Of the following it may have any, and others are ignored:

==============  =====================================================================================================
``label``       what was bought, in a word that rules can name
``tier``        the customer's tier when she bought it
``reference``   the receipt, which a return can name; lines of one receipt share it
``returns``     for a return, which is a line with a negative amount: the reference of what is returned
``returned``    ``true`` for a purchase that was returned as a whole; ``false`` or nothing otherwise
==============  =====================================================================================================

What a purchase earns by a programme's rules is worked out in :mod:`web3crm.domain.earning`.
"""

from __future__ import annotations

import contextlib
import csv
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

from web3crm.errors import InputError

__all__ = [
    "Purchase",
    "cdnow_path",
    "open_lines",
    "read_cdnow",
    "read_csv",
    "read_purchases",
]

_CSV_COLUMNS = ("customer", "time", "amount")
_MOST_DIGITS = 30
_MARKS = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}


@dataclass(frozen=True)
class Purchase:
    """One purchase: ``customer`` is the brand's own id for her, ``amount`` is in its currency.

    A negative amount is a return: of the purchase whose ``reference`` it names in ``returns``, or else of her latest.
    ``returned`` marks a purchase that was returned as a whole. ``tier`` is hers at the time; empty means none.
    """

    customer: str
    at: datetime
    amount: Decimal
    label: str = ""
    tier: str = ""
    reference: str = ""
    returns: str = ""
    returned: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InputError(f"the time of a purchase needs a time zone, got {self.at}")
        if not self.amount.is_finite():
            raise InputError(f"the amount of a purchase must be a number, got {self.amount}")


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
    with open_lines(path, "purchases") as lines:
        next(lines, None)
        for number, line in enumerate(lines, start=2):
            fields = line.split()
            if not fields:
                continue
            if len(fields) != 4:
                expected = "customer, date, number of CDs, dollars"
                raise InputError(f"{path}:{number}: expected {expected}; got {line.strip()!r}")
            customer, date, _, dollars = fields
            amount = _amount(dollars, path, number)
            if amount < 0:
                raise InputError(f"{path}:{number}: an amount must be zero or more, got {dollars!r}: it has no returns")
            yield Purchase(customer, _time(date, path, number), amount)


def read_csv(path: Path) -> Iterator[Purchase]:
    """Reads a CSV of purchases with the columns ``customer``, ``time`` (ISO 8601) and ``amount``, and perhaps more.

    Raises:
        InputError: A column is missing, or a line cannot be read; it is named with its number.

    """
    with open_lines(path, "purchases") as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in _CSV_COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise InputError(f"{path}: the header must name {', '.join(_CSV_COLUMNS)}; missing: {', '.join(missing)}")
        for row in rows:
            yield _from_row(row, path, rows.line_num)


@contextlib.contextmanager
def open_lines(path: Path, what: str) -> Iterator[TextIO]:
    """Opens a table of ``what`` that people made, with the mark or without that spreadsheets put before UTF-8.

    Raises:
        InputError: It cannot be read, is not UTF-8 text, or not a CSV; also while its lines are read.

    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except OSError as error:
        raise InputError(f"cannot read the {what} in {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text") from None
    except csv.Error as error:
        raise InputError(f"{path} is not a CSV: {error}") from None


def _from_row(row: Mapping[str, str | None], path: Path, number: int) -> Purchase:
    texts = {name: (row.get(name) or "").strip() for name in ("customer", "label", "tier", "reference", "returns")}
    if not texts["customer"]:
        raise InputError(f"{path}:{number}: the customer is empty")
    mark = (row.get("returned") or "").strip().lower()
    if mark not in _MARKS:
        raise InputError(f"{path}:{number}: returned is true, false or empty, got {mark!r}")
    amount = _amount(row["amount"] or "", path, number)
    if amount >= 0 and texts["returns"]:
        raise InputError(f"{path}:{number}: it names what it returns, so its amount must be negative, got {amount}")
    if amount < 0 and _MARKS[mark]:
        raise InputError(f"{path}:{number}: it is a return, which cannot be returned itself")
    return Purchase(at=_time(row["time"] or "", path, number), amount=amount, returned=_MARKS[mark], **texts)


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
    if not amount.is_finite() or max(amount.adjusted(), -int(amount.as_tuple().exponent)) > _MOST_DIGITS:
        raise InputError(f"{path}:{number}: an amount must be a number of at most {_MOST_DIGITS} digits, got {text!r}")
    return amount
