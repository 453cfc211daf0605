"""Reading purchases.

given the CDNOW data set
    it should have 69,659 purchases by 23,570 customers
given a CSV
    it should read customer, time and amount, whatever other columns there are
    it should name the missing column
    it should name the line of a bad customer, time or amount
    it should refuse an infinite amount, an endless one, one that is no number
    it should read label, tier, reference, what a return returns, and the mark of a returned purchase
    it should pass over the mark that spreadsheets begin UTF-8 with
    it should refuse a mark that is none, a return that was returned, a purchase that returns something
given a file in CDNOW's form
    it should name the line that has other columns, or a negative amount
given a purchase made in Python
    it should need a time zone and a number
given a file that is not there, no text or no table
    it should say so
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from web3crm.domain.purchases import (
    Purchase,
    cdnow_path,
    read_cdnow,
    read_csv,
    read_purchases,
)
from web3crm.errors import InputError

DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def cdnow() -> list[Purchase]:
    return list(read_cdnow(cdnow_path()))


def write(tmp_path: Path, text: str, name: str = "purchases.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_cdnow_is_whole(cdnow):
    assert len(cdnow) == 69_659
    assert len({purchase.customer for purchase in cdnow}) == 23_570
    assert cdnow[0] == Purchase("00001", datetime(1997, 1, 1, tzinfo=UTC), Decimal("11.77"))


def test_csv_reads_the_three_columns_among_others(tmp_path):
    path = write(tmp_path, "id,customer,amount,time\n7,ann,12.50,2026-01-01T00:00:00+00:00\n")
    assert list(read_purchases(path)) == [Purchase("ann", DAY, Decimal("12.50"))]


def test_csv_names_the_missing_column(tmp_path):
    path = write(tmp_path, "customer,amount\nann,1\n")
    with pytest.raises(InputError, match="missing: time"):
        list(read_csv(path))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",2026-01-01,1", "3: the customer is empty"),
        ("ann,yesterday,1", "3: 'yesterday' is not a date"),
        ("ann,2026-01-01,many", "3: 'many' is not an amount"),
        ("ann,2026-01-01,Infinity", "3: an amount must be a number of at most 30 digits, got 'Infinity'"),
        ("ann,2026-01-01,1e-31", "3: an amount must be a number of at most 30 digits, got '1e-31'"),
        ("ann,2026-01-01,1e31", "3: an amount must be a number of at most 30 digits, got '1e31'"),
        ("ann,2026-01-01,", "3: '' is not an amount"),
    ],
)
def test_csv_names_the_bad_line(tmp_path, row, message):
    path = write(tmp_path, f"customer,time,amount\nann,2026-01-01,1\n{row}\n")
    with pytest.raises(InputError, match=message):
        list(read_csv(path))


def test_csv_reads_what_else_rules_ask_for(tmp_path):
    path = write(
        tmp_path,
        "customer,time,amount,label,tier,reference,returns,returned\n"
        "ann,2026-01-01,12.50,beans,Gold,r1,,\n"
        "ann,2026-01-01,-2.50,beans,,,r1,no\n"
        "ann,2026-01-01,4,,,,,TRUE\n",
    )
    assert list(read_csv(path)) == [
        Purchase("ann", DAY, Decimal("12.50"), label="beans", tier="Gold", reference="r1"),
        Purchase("ann", DAY, Decimal("-2.50"), label="beans", returns="r1"),
        Purchase("ann", DAY, Decimal(4), returned=True),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("5,,perhaps", "2: returned is true, false or empty, got 'perhaps'"),
        ("-5,,true", "2: it is a return, which cannot be returned itself"),
        ("5,r1,", "2: it names what it returns, so its amount must be negative, got 5"),
    ],
)
def test_csv_names_a_bad_return(tmp_path, row, message):
    path = write(tmp_path, f"customer,time,amount,returns,returned\nann,2026-01-01,{row}\n")
    with pytest.raises(InputError, match=message):
        list(read_csv(path))


def test_cdnow_has_no_returns(tmp_path):
    path = write(tmp_path, " customer_id date number_of_cds dollar_value\n 00001 19970101 1 -3\n", "cdnow.txt")
    with pytest.raises(InputError, match=r"cdnow.txt:2: an amount must be zero or more, got '-3'"):
        list(read_cdnow(path))


def test_cdnow_names_the_bad_line(tmp_path):
    path = write(tmp_path, " customer_id date number_of_cds dollar_value\n 00001 19970101 1\n", "cdnow.txt")
    with pytest.raises(InputError, match=r"cdnow.txt:2: expected customer, date"):
        list(read_purchases(path))


def test_a_purchase_has_a_time_zone():
    with pytest.raises(InputError, match="needs a time zone, got 2026-01-01 00:00:00"):
        Purchase("ann", DAY.replace(tzinfo=None), Decimal(1))


def test_a_purchase_has_an_amount():
    with pytest.raises(InputError, match="must be a number, got NaN"):
        Purchase("ann", DAY, Decimal("NaN"))


def test_the_mark_of_a_spreadsheet_is_passed_over(tmp_path):
    path = write(tmp_path, "\ufeffcustomer,time,amount\nann,2026-01-01,1\n")
    assert list(read_csv(path)) == [Purchase("ann", DAY, Decimal(1))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"customer,time,amount\nZo\xeb,2026-01-01,1\n", "purchases.csv is not UTF-8 text"),
        (b"customer,time,amount\n" + b"x" * 200_000, "purchases.csv is not a CSV: field larger than field limit"),
    ],
)
def test_a_file_that_is_no_table_is_named(tmp_path, content, message):
    path = tmp_path / "purchases.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(read_csv(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot read the purchases in .*nothing.csv: No such file"):
        list(read_csv(tmp_path / "nothing.csv"))
