"""The tables: on the terminal, and in ``docs/performance.md`` between two markers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from bench.acts_points import OZ_VOTES
from bench.stage import OURS, Row, Table

CUSTOMERS = (100, 1_000, 23_570, 1_000_000)
"""How many get points: 23,570 are those of the CDNOW data set."""
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
SNAPSHOTS = ROOT / "tests" / "snapshots"
BEGIN, END = "<!-- bench:gas:begin -->", "<!-- bench:gas:end -->"


def ratio(ours: int, theirs: int) -> str:
    """Ours as a share of theirs."""
    return f"{ours / theirs:.2f}"


def show(tables: Sequence[Table], console: Console) -> None:
    """Prints a table a field; a ratio below 1 is in green: ours costs less."""
    for table in tables:
        grid = Grid("act", title=table.title, title_justify="left", title_style="bold", box=None)
        grid.add_column(OURS, justify="right")
        for peer in table.peers:
            grid.add_column(peer, justify="right")
        for row in table.rows:
            grid.add_row(row.act, f"{row.gas[OURS]:,}", *(_coloured(row, peer) for peer in table.peers))
        console.print(grid)
        console.print()


def _coloured(row: Row, peer: str) -> str:
    if peer not in row.gas:
        return "–"
    ours, theirs = row.gas[OURS], row.gas[peer]
    colour = "green" if ours <= theirs else "yellow"
    return f"{theirs:,} [{colour}]{ratio(ours, theirs)}[/]"


def measured(tables: Sequence[Table], limits: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """All that stands between the markers: versions, a table a field, and the bars."""
    parts = ["Measured with " + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."]
    for table in tables:
        lines = [f"### {table.title}", "", *(f"- {note}" for note in table.notes), ""]
        lines += [f"| act | {OURS} | {' | '.join(table.peers)} |", "| --- | --: |" + " --: |" * len(table.peers)]
        lines += [
            f"| {row.act} | {row.gas[OURS]:,} | {' | '.join(_plain(row, peer) for peer in table.peers)} |"
            for row in table.rows
        ]
        parts.append("\n".join(lines))
    parts += [brand_cost(tables), bars(tables, limits)]
    return "\n\n".join(parts)


def _plain(row: Row, peer: str) -> str:
    if peer not in row.gas:
        return "–"
    return f"{row.gas[peer]:,} ({ratio(row.gas[OURS], row.gas[peer])})"


def brand_cost(tables: Sequence[Table]) -> str:
    """What the brand pays for points to N customers, worked out from what was measured."""
    found = {row.act: row.gas for table in tables for row in table.rows}
    root = found["distributor: publish a root"][OURS] + found["distributor: mature"][OURS]
    batch = found["points: batch issue, per existing holder, 100 in a call"]
    each = found["points: issue, existing holder"]
    lines = [
        "### Points for N customers: what the brand pays",
        "",
        f"- One root is published and matures: {root:,} gas, whatever N is. Customers, or whoever relays for them, pay for the claims.",
        "- The others are N times what a holder who has points already was measured to cost: in calls of a hundred, or one by one.",
        "",
        f"| customers | {OURS}: one root | {OURS}: `issueBatch` | {OZ_VOTES}: a loop | {OZ_VOTES}: one by one | one by one / one root |",
        "| --: | --: | --: | --: | --: | --: |",
    ]
    for count in CUSTOMERS:
        costs = (root, count * batch[OURS], count * batch[OZ_VOTES], count * each[OZ_VOTES])
        lines.append(f"| {count:,} | {' | '.join(f'{gas:,}' for gas in costs)} | {costs[-1] / root:,.0f} |")
    return "\n".join(lines)


def bars(tables: Sequence[Table], limits: Mapping[str, Any]) -> str:
    """Every act that has a bar, with what it costs and why it is above it, if it is."""
    costs = {row.act: row.gas[OURS] for table in tables for row in table.rows}
    lines = [
        "### Bars",
        "",
        "What an act may cost at most (`tests/snapshots/bars.json`); `make gas` fails if one costs more and no reason is given.",
        "",
        "| act | bar | measured | of the bar | |",
        "| --- | --: | --: | --: | --- |",
    ]
    for act, bar in sorted(limits.items()):
        if act not in costs:
            lines.append(f"| {act} | {bar['bar']:,} | – | – | **not measured** |")
            continue
        ours = costs[act]
        verdict = "kept" if ours <= bar["bar"] else f"**missed**: {bar.get('missed', 'no reason given')}"
        lines.append(f"| {act} | {bar['bar']:,} | {ours:,} | {100 * ours / bar['bar']:.1f} % | {verdict} |")
    return "\n".join(lines)


def load(name: str) -> dict[str, Any]:
    """One of the committed files of ``make gas``."""
    content: dict[str, Any] = json.loads((SNAPSHOTS / name).read_text())
    return content


def filled(page: str, text: str) -> str:
    """The page with ``text`` between its markers."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise SystemExit(f"bench: the page must have {BEGIN} and {END} once each")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def complaints(tables: Sequence[Table], limits: Mapping[str, Any], snapshot: Mapping[str, int]) -> list[str]:
    """What is wrong with the measured acts.

    Some act of ``limits`` was not measured, or is above its bar with no reason given, or one costs another sum than in ``snapshot``. There
    the contracts have other addresses, and so the signatures are others; a zero byte of calldata costs 12 gas less than another. A
    thousandth is let pass.
    """
    ours = {row.act: row.gas[OURS] for table in tables for row in table.rows}
    found = [f"{act}: has a bar and is not measured" for act in limits if act not in ours]
    for act, gas in ours.items():
        bar = limits.get(act, {"bar": gas})
        if gas > bar["bar"] and "missed" not in bar:
            found.append(f"{act}: {gas:,} is above the bar of {bar['bar']:,}")
        if abs(gas - snapshot.get(act, gas)) > snapshot.get(act, gas) / 1000:
            found.append(f"{act}: {gas:,} here, {snapshot[act]:,} in the snapshots: run make gas")
    return found
