"""Files of earn rules.

given a file in YAML, or the same in JSON
└── it should be the rules that it says
given the example
└── it should be read, and fit the programme's budget on the CDNOW data set
given dates without a zone
└── they should be of the rules' time zone
given a file with something wrong
└── it should name the file, the key and what is expected there
given YAML with a list for a key, or nested without end
└── it should be refused
given a file that is not there, or is no text
└── it should say so
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from web3crm.domain.earning import DailyCap, EarnRules, FirstPurchase, Multiplier, Rate, When
from web3crm.domain.purchases import cdnow_path, read_cdnow
from web3crm.errors import InputError
from web3crm.points.rules import parse_rules, read_rules

ONE = 10**18
EXAMPLE = Path(__file__).parents[3] / "deployments" / "rules" / "coffee.yaml"
TEXT = """
timezone: Asia/Bangkok
rules:
  - rate: 10
  - rate: 1/3
    labels: beans
  - first_purchase: 50.5
  - multiply: 1.5
    name: launch
    tiers: [Gold, Silver]
    from: 2026-12-01
    until: 2027-01-01T12:00:00+00:00
    stop: true
  - cap: 500
"""
RULES = EarnRules(
    (
        Rate(points=Fraction(10)),
        Rate(points=Fraction(1, 3), when=When(labels=frozenset({"beans"}))),
        FirstPurchase(points=505 * ONE // 10),
        Multiplier(
            factor=Fraction(3, 2),
            name="launch",
            when=When(
                tiers=frozenset({"Gold", "Silver"}),
                since=datetime(2026, 11, 30, 17, tzinfo=UTC),
                until=datetime(2027, 1, 1, 12, tzinfo=UTC),
            ),
            stop=True,
        ),
        DailyCap(points=500 * ONE),
    ),
    "Asia/Bangkok",
)


def test_yaml_is_the_rules_it_says(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT)
    found = read_rules(path)
    assert (found, found.digest) == (RULES, RULES.digest)


def test_the_example_fits_the_data_set_and_its_budget():
    """30 million points in 30 days is what the coffee programme may issue."""
    purchases = list(read_cdnow(cdnow_path()))
    earned = sum(item.points for item in read_rules(EXAMPLE).earn(purchases))
    assert 25_000_000 * ONE < earned < 30_000_000 * ONE


def test_json_is_the_rules_it_says():
    rules = [{"rate": "10"}, {"multiply": "2", "stop": "false", "labels": ["beans"]}]
    assert parse_rules(json.dumps({"rules": rules})) == EarnRules(
        (Rate(points=Fraction(10)), Multiplier(factor=Fraction(2), when=When(labels=frozenset({"beans"}))))
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Asia/Bangkok", "Siam", "timezone must be an IANA time zone such as Asia/Bangkok, got 'Siam'"),
        ("timezone", "zone", "zone is not a known key here; known are: rules, timezone"),
        ("rate: 10", "rates: 10", r"rules\[0\].rates is not a known key here"),
        ("rate: 10", "rate: ten", r"rules\[0\].rate must be a number more than 0, such as 10, 0.5 or 1/3, got 'ten'"),
        ("rate: 10", "rate: 0", r"rules\[0\].rate must be a number more than 0"),
        ("rate: 10", "rate: -1", r"rules\[0\].rate must be a number more than 0"),
        ("rate: 10", "rate: 1e3", r"rules\[0\].rate must be a number more than 0"),
        ("1/3", "1/0", r"rules\[1\].rate must be a number more than 0"),
        ("rate: 10", "rate: [10]", r"rules\[0\].rate must be a number more than 0"),
        ("rate: 10", "name: base", r"rules\[0\] must have one of rate, multiply, first_purchase, cap, it has none"),
        ("rate: 10", "{rate: 10, cap: 5}", r"rules\[0\] must have one of .*, it has rate, cap"),
        ("labels: beans", "labels: []", r"rules\[1\].labels must be a word or a list of words; without the key"),
        ("labels: beans", "labels: [[beans]]", r"rules\[1\].labels must be a word or a list of words"),
        ("labels: beans", "labels: ['beans ']", r"rules\[1\].labels must be a word or a list of words"),
        ("50.5", "0", r"rules\[2\].first_purchase must be an amount of points more than 0"),
        ("50.5", "0.0000000000000000001", r"rules\[2\].first_purchase must be an amount of points"),
        ("name: launch", "name: ''", r"rules\[3\].name must be text of 1 to 100 characters on one line"),
        ("2026-12-01", "soon", r"rules\[3\].from must be a date or time \(ISO 8601\), got 'soon'"),
        ("2026-12-01", "2027-12-01", r"rules\[3\]: a rule that holds from .* never holds"),
        ("stop: true", "stop: yes", r"rules\[3\].stop must be true or false, got 'yes'"),
        ("cap: 500", "{cap: 500, stop: true}", r"rules\[4\].stop must be left out"),
        ("cap: 500", "{cap: 500}\n  - rate: 1", "caps come after all other rules"),
        ("rules:", "rules: []\nmore:", "more is not a known key here"),
        ("rate: 10", "rate: 10\n    rate: 11", "line 5: not readable as YAML: the key 'rate' is there twice"),
        ("rate: 10", "10", r"rules\[0\] must be a mapping of keys to values, got '10'"),
    ],
)
def test_what_is_wrong_is_named(old, new, message):
    with pytest.raises(InputError, match=f"^tea.yaml:? ?{message}"):
        parse_rules(TEXT.replace(old, new, 1), source="tea.yaml")


@pytest.mark.parametrize("text", ["", "- rate: 10", "rules:", "rules: {}", "timezone: UTC", "rules: [", "rules: []"])
def test_what_has_no_rules_is_refused(text):
    with pytest.raises(InputError, match="the rules"):
        parse_rules(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules:\n  - ? [rate]\n    : 10", "the rules line 2: not readable as YAML: a key must be text"),
        ("[" * 3_000, "the rules: not readable as YAML: it is nested too deeply"),
    ],
    ids=["a list for a key", "nested without end"],
)
def test_yaml_that_is_no_settings_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_rules(text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nothing.yaml cannot be read: No such file"):
        read_rules(tmp_path / "nothing.yaml")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "rules.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_rules(tmp_path / "rules.yaml")
