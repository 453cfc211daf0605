"""What the acts on earned points work with.

given purchases and rules as files
├── it should work out what they earn, with the digests of both
├── the data set that comes along should be called by its name
├── a file without purchases should be refused
└── it should be told how far it is
given what purchases earned
├── a table should have a line for each, whatever a customer is called
└── a CSV should have all of it, or say why not
given a session
└── without a mapping file it should have the demonstration's wallets on a development chain, and none elsewhere
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import pytest
from eth_utils.address import to_checksum_address
from rich.console import Console

from tests.package.points.making import customer
from web3crm.cli.earning import earnings_table, find_wallets, work_out, write_earnings
from web3crm.domain.earning import purchases_digest
from web3crm.domain.purchases import read_csv
from web3crm.errors import InputError
from web3crm.points.rules import read_rules
from web3crm.points.wallets import DemonstrationWallets

POINT = 10**18


@dataclass
class FakeChain:
    is_local: bool


@dataclass
class FakeSession:
    chain: FakeChain


@pytest.fixture
def files(tmp_path):
    purchases, rules = tmp_path / "purchases.csv", tmp_path / "rules.yaml"
    purchases.write_text("customer,time,amount\nann,2026-01-01,10\n[b]bea,2026-01-02,5\nann,2026-01-03,-4\n")
    rules.write_text("rules:\n  - rate: 10\n")
    return purchases, rules


@pytest.fixture
def worked_out(files):
    return work_out(*map(str, files))


def test_purchases_and_rules_are_worked_out(files, worked_out):
    purchases, rules = files
    assert [item.points for item in worked_out.earnings] == [60 * POINT, 50 * POINT, 0]
    assert (worked_out.points, worked_out.customers) == (110 * POINT, 2)
    assert worked_out.digest == purchases_digest(read_csv(purchases))
    assert worked_out.rules.digest == read_rules(rules).digest


def test_the_data_set_is_called_by_its_name(files):
    found = work_out("cdnow", str(files[1]))
    assert (len(found.purchases), found.customers) == (69_659, 23_570)


def test_a_file_without_purchases_is_refused(files):
    files[0].write_text("customer,time,amount\n")
    with pytest.raises(InputError, match=r"there are no purchases in .*purchases.csv"):
        work_out(*map(str, files))


def test_it_is_told_how_far_it_is(files):
    told = {}
    found = work_out(*map(str, files), lambda what: lambda done, of: told.__setitem__(what, (done, of)))
    found.totals(DemonstrationWallets(), lambda what: lambda done, of: told.__setitem__(what, (done, of)))
    assert told == {"reading the purchases": (3, 3), "applying the rules": (2, 2), "finding the wallets": (3, 3)}


def test_a_table_has_a_line_for_each(worked_out):
    shown = io.StringIO()
    Console(file=shown, width=150).print(earnings_table(worked_out.earnings))
    text = shown.getvalue()
    assert "4 of 10 returned; 10 a unit: 0 → 60" in text
    assert "[b]bea" in text
    assert "takes 4 from the purchase of 2026-01-01" in text


def test_a_csv_has_all_of_it(tmp_path, worked_out):
    write_earnings(tmp_path / "out.csv", worked_out.earnings)
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "customer": "ann",
        "time": "2026-01-01T00:00:00+00:00",
        "amount": "10",
        "kept": "6",
        "points": "60",
        "why": "4 of 10 returned; 10 a unit: 0 → 60",
    }
    assert len(rows) == 3


def test_a_csv_that_cannot_be_written_is_named(tmp_path, worked_out):
    with pytest.raises(InputError, match="cannot be written: Is a directory"):
        write_earnings(tmp_path, worked_out.earnings)


def test_a_development_chain_has_the_demonstrations_wallets():
    assert isinstance(find_wallets(FakeSession(FakeChain(is_local=True)), ""), DemonstrationWallets)


def test_another_chain_needs_a_mapping_file():
    with pytest.raises(InputError, match="name a CSV with the columns customer and address"):
        find_wallets(FakeSession(FakeChain(is_local=False)), "")


def test_a_mapping_file_is_read(tmp_path):
    path = tmp_path / "wallets.csv"
    path.write_text(f"customer,address\nann,{to_checksum_address(customer(0))}\n")
    assert len(find_wallets(FakeSession(FakeChain(is_local=False)), str(path))) == 1
