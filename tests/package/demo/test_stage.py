"""The demonstration's stage.

given a check
    it should pass when both sides are equal
    it should fail and say what was expected and what was found
given acts with gas
    it should write count, least, median and most to the JSON
given amounts
    it should print them exactly, down to the last wei
"""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from web3crm.demo.stage import DemoFailed, Stage, coins, points


@pytest.fixture
def stage() -> Stage:
    return Stage(Console(file=io.StringIO(), width=110))


def test_a_true_check_passes(stage):
    stage.check("one is one", 1, 1)
    assert "one is one" in stage.console.file.getvalue()


def test_a_false_check_fails(stage):
    with pytest.raises(DemoFailed, match="one is two: expected 2, found 1"):
        stage.check("one is two", 1, 2)


def test_the_summary_is_written(stage, tmp_path):
    stage.facts["customers"] = 3
    stage.check("sums agree", 6, 6)
    for gas in (10, 30, 20):
        stage.spent("issue", {"gasUsed": gas})
    stage.owns("customer 1", points="5")
    stage.finish(tmp_path / "build" / "demo.json")
    summary = json.loads((tmp_path / "build" / "demo.json").read_text())
    assert summary["checks"] == 1
    assert summary["facts"] == {"customers": 3}
    assert summary["gas"] == {"issue": {"count": 3, "min": 10, "median": 20, "max": 30}}
    assert summary["balances"] == [{"who": "customer 1", "points": "5"}]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (1, "0.000000000000000001"), (1_234 * 10**18 + 5 * 10**17, "1,234.5"), (-(10**18), "-1")],
)
def test_amounts_are_exact(amount, text):
    assert points(amount) == text
    assert coins(amount) == f"{text} ETH"
