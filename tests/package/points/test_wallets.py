"""Whose wallet is whose.

given a mapping file
├── a customer should have her wallet at any time
├── after a change she should have the old one until then and the new one from then on
├── a stranger should have none, nor a customer before her first wallet
└── what is wrong should be named with its line
given what purchases earned
├── each wallet should get what was earned while it was its customer's, and zero count
├── customers who share a wallet should share its total
├── what was earned without a wallet should be told by customer
└── it should be told how far it is
given the demonstration
└── each customer should have one wallet of her own
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from eth_utils.address import to_checksum_address

from tests.package.points.making import customer
from web3crm.domain.earning import EarnRules, Rate
from web3crm.domain.purchases import Purchase
from web3crm.errors import InputError
from web3crm.points.wallets import DemonstrationWallets, Totals, WalletBook, read_wallets, totals_of

MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
ANN, BEA = customer(0), customer(1)
ANN_TEXT, BEA_TEXT = to_checksum_address(ANN), to_checksum_address(BEA)


def book(tmp_path, text: str) -> WalletBook:
    path = tmp_path / "wallets.csv"
    path.write_text(text, encoding="utf-8")
    return read_wallets(path)


def earned(*purchases: tuple[str, datetime, int]):
    return EarnRules((Rate(points=Fraction(1)),)).earn(
        Purchase(name, at, Decimal(amount)) for name, at, amount in purchases
    )


def test_a_customer_has_her_wallet_at_any_time(tmp_path):
    wallets = book(tmp_path, f"note,customer,address\nx,ann,{ANN_TEXT}\ny,bea,{BEA_TEXT.lower()}\n")
    assert [wallets.address_at(name, MAY) for name in ("ann", "bea")] == [ANN, BEA]
    assert (len(wallets), wallets.address_at("ann", datetime(1900, 1, 1, tzinfo=UTC))) == (2, ANN)


def test_a_wallet_that_was_changed_keeps_what_it_had(tmp_path):
    wallets = book(tmp_path, f"customer,address,from\nann,{BEA_TEXT},2026-06-01\nann,{ANN_TEXT},\n")
    assert [wallets.address_at("ann", at) for at in (MAY, JUNE, JULY)] == [ANN, BEA, BEA]


def test_a_stranger_has_none(tmp_path):
    wallets = book(tmp_path, f"customer,address,from\nann,{ANN_TEXT},2026-06-01T00:00:00+00:00\n")
    assert [wallets.address_at(name, MAY) for name in ("ann", "bea")] == [None, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("customer,wallet\nann,0x", "missing: address"),
        ("", "missing: customer, address"),
        (f"customer,address\n,{ANN_TEXT}", "wallets.csv:2: the customer is empty"),
        ("customer,address\nann,0x12", "wallets.csv:2: an address is 0x and 40 hex digits"),
        ("customer,address\nann,0x" + "00" * 20, "wallets.csv:2: the zero address is nobody's wallet"),
        (f"customer,address,from\nann,{ANN_TEXT},soon", "wallets.csv:2: 'soon' is not a date or time"),
        (f"customer,address\nann,{ANN_TEXT}\nann,{BEA_TEXT}", "customer 'ann' has two wallets from the same moment on"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        book(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot read the wallets in .*nothing.csv: No such file"):
        read_wallets(tmp_path / "nothing.csv")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "wallets.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_wallets(tmp_path / "wallets.csv")


def test_each_wallet_gets_what_was_earned_while_it_was_hers():
    wallets = WalletBook([("ann", ANN, None), ("ann", BEA, JUNE), ("cleo", customer(2), None)])
    found = totals_of(earned(("ann", MAY, 10), ("ann", JUNE, 5), ("ann", JULY, 1), ("cleo", MAY, 0)), wallets)
    assert found == Totals({ANN: 10 * 10**18, BEA: 6 * 10**18, customer(2): 0})


def test_customers_share_the_total_of_their_wallet():
    wallets = WalletBook([("ann", ANN, None), ("bea", ANN, None)])
    assert totals_of(earned(("ann", MAY, 10), ("bea", MAY, 5)), wallets).by_wallet == {ANN: 15 * 10**18}


def test_what_was_earned_without_a_wallet_is_told():
    found = totals_of(earned(("ann", MAY, 10), ("ann", JUNE, 5), ("bea", MAY, 0)), WalletBook([("ann", ANN, JUNE)]))
    assert found == Totals({ANN: 5 * 10**18}, {"ann": 10 * 10**18})


def test_it_is_told_how_far_it_is():
    told = []
    totals_of(earned(("ann", MAY, 1), ("ann", MAY, 1)), WalletBook([]), lambda done, of: told.append((done, of)))
    assert told == [(2, 2)]


def test_the_demonstration_has_a_wallet_for_each():
    wallets = DemonstrationWallets()
    ann, again, bea = (wallets.address_at(name, MAY) for name in ("00001", "00001", "00002"))
    assert (ann == again, ann == bea, len(ann)) == (True, False, 20)
