"""The page with what acts cost beside peers.

given the page that is committed
    every row of its measured tables should have as many cells as the head
    every ratio should be what its two figures make
    it should name every act that has a bar, once among the measured and once among the bars
    a bar should be kept, or the page should say why not
given a page and what was measured
    what stands between the markers should be replaced, and nothing else
    when a marker is missing or there twice
        it should say so
given what was measured
    when an act with a bar is missing, above its bar with no reason or not what the snapshots say
        it should complain
    when nothing is wrong, or an act is above its bar for a reason, or off by the zero bytes of an address
        it should not
"""

from __future__ import annotations

import re

import pytest

from bench.report import BEGIN, END, PAGE, complaints, filled, load
from bench.stage import OURS, Table

ACTS = sorted(load("bars.json"))


def rows(line_filter: str) -> list[list[str]]:
    """The cells of the measured part's table rows that begin as asked for."""
    part = PAGE.read_text().split(BEGIN)[1].split(END)[0]
    return [line.strip("| ").split(" | ") for line in part.splitlines() if re.match(rf"\| (?:{line_filter})", line)]


def tables() -> list[list[str]]:
    """The lines of each measured table, its head first."""
    part = PAGE.read_text().split(BEGIN)[1].split(END)[0]
    return [block.splitlines() for block in part.split("\n\n") if block.startswith("|")]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def ratios() -> list[tuple[str, int, int, str]]:
    """Act, ours, the peer's and the ratio, for each figure of a peer."""
    return [
        (cells[0], number(cells[1]), number(found[1]), found[2])
        for cells in rows("[a-z]+: ")
        for cell in cells[2:]
        if (found := re.fullmatch(r"([\d,]+) \((\d+\.\d\d)\)", cell))
    ]


def test_every_row_has_as_many_cells_as_the_head() -> None:
    assert [{line.count(" | ") for line in table[2:]} for table in tables()] == [
        {table[0].count(" | ")} for table in tables()
    ]


def test_every_ratio_is_what_its_figures_make() -> None:
    assert len(ratios()) > 60
    assert [(act, ratio) for act, _, _, ratio in ratios()] == [
        (act, f"{ours / theirs:.2f}") for act, ours, theirs, _ in ratios()
    ]


@pytest.mark.parametrize("act", ACTS)
def test_every_act_that_has_a_bar_is_named(act: str) -> None:
    measured, bar = rows(re.escape(act) + r" \|")
    assert measured[1] == bar[2]
    assert number(bar[1]) == load("bars.json")[act]["bar"]


@pytest.mark.parametrize("act", ACTS)
def test_a_bar_is_kept_or_the_page_says_why_not(act: str) -> None:
    _, (_, bar, measured, _, verdict) = rows(re.escape(act) + r" \|")
    assert (verdict == "kept") == (number(measured) <= number(bar))
    assert verdict == "kept" or verdict == "**missed**: " + load("bars.json")[act]["missed"]


def test_only_what_is_between_the_markers_is_replaced() -> None:
    assert filled(f"before {BEGIN} old {END} after", "new") == f"before {BEGIN}\n\nnew\n\n{END} after"


@pytest.mark.parametrize("page", [BEGIN, END, f"{BEGIN} {BEGIN} {END}", f"{BEGIN} {END} {END}"])
def test_a_page_without_both_markers_is_told(page: str) -> None:
    with pytest.raises(SystemExit, match="once each"):
        filled(page, "new")


def measured(gas: int) -> list[Table]:
    """One act of ours and its cost."""
    table = Table("Field", [], [])
    table.add("act", {OURS: gas})
    return [table]


@pytest.mark.parametrize(
    ("limits", "snapshot", "complaint"),
    [
        ({"other": {"bar": 100_000}}, {}, "other: has a bar and is not measured"),
        ({"act": {"bar": 99_999}}, {}, "act: 100,000 is above the bar of 99,999"),
        ({}, {"act": 99_000}, "act: 100,000 here, 99,000 in the snapshots: run make gas"),
        ({}, {"act": 101_000}, "act: 100,000 here, 101,000 in the snapshots: run make gas"),
    ],
)
def test_what_is_wrong_is_told(limits: dict, snapshot: dict, complaint: str) -> None:
    assert complaints(measured(100_000), limits, snapshot) == [complaint]


@pytest.mark.parametrize(
    ("limits", "snapshot"),
    [
        ({"act": {"bar": 100_000}}, {"act": 100_000}),
        ({"act": {"bar": 99_999, "missed": "for a reason"}}, {}),
        ({}, {"act": 100_048, "another": 1}),
    ],
)
def test_nothing_else_is(limits: dict, snapshot: dict) -> None:
    assert complaints(measured(100_000), limits, snapshot) == []
