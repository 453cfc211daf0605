"""A brand's list of its processors.

given a file
├── it should be the processors that it says
├── account:N should stand for an account of a development chain, and nowhere else
├── the example should be read
└── when something is wrong, or two have one name or address
    └── it should name the file, the key and what is expected there
given a notice
└── its processors that are not listed should be found, and third parties left alone
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.package.privacy.making import example
from web3crm.errors import InputError
from web3crm.privacy.processor_list import ListedProcessor, parse_processors, read_processors, unlisted

ACCOUNTS = [f"0x{number:040d}" for number in range(10, 20)]
EXAMPLE = Path(__file__).parents[3] / "deployments" / "processors" / "coffee.yaml"
ONE, TWO = "0x90F79bf6EB2c4f870365E785982E1f101E93b906", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
TEXT = f"""
processors:
  - name: Keeper
    address: {ONE}
    kind: keeper
    holds: keys
    within: 7d
    folder: /srv/keeper
  - name: Blobs
    address: {TWO}
    kind: blobs
    holds: sealed files
    within: 12h
    store: /ip4/127.0.0.1/tcp/5001
    own: false
    recipient: host
"""


def test_a_file_is_what_it_says():
    assert parse_processors(TEXT) == (
        ListedProcessor(
            name="Keeper", address=ONE, kind="keeper", holds="keys", within=7 * 86_400, folder="/srv/keeper"
        ),
        ListedProcessor(
            name="Blobs",
            address=TWO,
            kind="blobs",
            holds="sealed files",
            within=43_200,
            store="/ip4/127.0.0.1/tcp/5001",
            own=False,
            recipient="host",
        ),
    )


def test_accounts_are_those_of_a_development_chain(tmp_path):
    (tmp_path / "list.yaml").write_text(TEXT.replace(ONE, "account:3"))
    assert read_processors(tmp_path / "list.yaml", ACCOUNTS)[0].address == ACCOUNTS[3]
    with pytest.raises(InputError, match="account:N works on development chains only"):
        read_processors(tmp_path / "list.yaml")


def test_the_example_is_read():
    found = read_processors(EXAMPLE, ACCOUNTS)
    assert [(item.kind, item.own) for item in found] == [("keeper", None), ("blobs", None), ("outside", None)]
    assert all(item.holds for item in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (ONE, ONE.lower(), r"processors\[0\].address must be a checksummed address"),
        ("kind: keeper", "kind: kepeer", r"processors\[0\].kind must be one of: keeper, blobs, outside, got 'kepeer'"),
        ("holds: keys", "hold: keys", r"processors\[0\].holds is missing"),
        ("within: 7d", "within: soon", r"processors\[0\].within must be a duration"),
        ("within: 7d", "within: 91d", r"processors\[0\].within must be at most 90d"),
        ("within: 7d", "within: 0s", r"processors\[0\].within must be a duration such as"),
        ("own: false", "own: no", r"processors\[1\].own must be true or false, got 'no'"),
        ("kind: keeper", "kind: outside", r"processors\[0\].folder is not a known key here"),
        ("folder: /srv/keeper", "store: blobs", r"processors\[0\].store is not a known key here"),
        ("recipient: host", "recipient: ''", r"processors\[1\].recipient must be text of 1 to 100"),
        ("folder: /srv/keeper", "recipient: host", "two processors have the recipient host"),
        ("name: Blobs", "name: Keeper", "two processors have the name Keeper"),
        (TWO, ONE, f"two processors have the address {ONE}"),
    ],
)
def test_what_is_wrong_is_named(old, new, message):
    with pytest.raises(InputError, match=f"list.yaml: {message}"):
        parse_processors(TEXT.replace(old, new), source="list.yaml")


def test_processors_of_a_notice_that_are_not_listed_are_found():
    notice, listed = example("coffee", 1), read_processors(EXAMPLE, ACCOUNTS)
    assert unlisted(notice, listed) == ()
    assert [item.key for item in unlisted(notice, [listed[0], listed[2]])] == ["cloud"]


@pytest.mark.parametrize("text", ["processors: []", "processors: Keeper", "{}"])
def test_a_list_is_not_empty(text):
    with pytest.raises(InputError, match="processors"):
        parse_processors(text)
