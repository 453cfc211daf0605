"""What the demonstration shows and keeps: chapters, checks, gas per act, and the table and JSON at the end."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from web3crm.domain import units_text
from web3crm.errors import Web3CrmError

__all__ = ["DemoFailed", "Stage", "coins", "points"]

_Item = TypeVar("_Item")


class DemoFailed(Web3CrmError):
    """A step of the demonstration did not do what it says."""


class Stage:
    """Collects what happens, prints it, and fails on the first step that is off."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(width=110, highlight=False)
        self.facts: dict[str, Any] = {}
        self._gas: dict[str, list[int]] = {}
        self._balances: list[dict[str, Any]] = []
        self._checks = 0
        self._chapters = 0
        self._started = time.monotonic()

    def chapter(self, title: str) -> None:
        """Begins a numbered chapter."""
        self._chapters += 1
        self.console.print(f"\n[bold cyan]{self._chapters}. {title}[/]")

    def say(self, text: str) -> None:
        """Prints one line of the story."""
        self.console.print(f"   {text}")

    def check(self, what: str, actual: object, expected: object = True) -> None:
        """Prints ``what`` with a tick if ``actual`` equals ``expected``.

        Raises:
            DemoFailed: They differ.

        """
        if actual != expected:
            raise DemoFailed(f"{what}: expected {expected}, found {actual}")
        self._checks += 1
        self.console.print(f"   [green]✓[/] {what}")

    def spent(self, act: str, receipt: Mapping[str, Any]) -> None:
        """Keeps the gas of one transaction under the name of its act."""
        self._gas.setdefault(act, []).append(int(receipt["gasUsed"]))

    def owns(self, who: str, **holdings: str | int) -> None:
        """Keeps one line of the closing table of balances."""
        self._balances.append({"who": who, **holdings})

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator[Progress]:
        """A progress bar of ``total`` steps; on a terminal it disappears once it is full."""
        columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            progress.add_task(description, total=total)
            yield progress

    def track(self, items: Sequence[_Item], description: str) -> Iterable[_Item]:
        """Yields ``items`` under a progress bar."""
        with self.progress(description, len(items)) as progress:
            for item in items:
                yield item
                progress.advance(progress.task_ids[0])

    def finish(self, path: Path) -> None:
        """Prints the closing tables and writes the same to ``path`` as JSON."""
        seconds = time.monotonic() - self._started
        self.console.print()
        self.console.print(self._facts_table())
        self.console.print(self._gas_table())
        self.console.print(self._balances_table())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self._summary(seconds), indent=2) + "\n", encoding="utf-8")
        self.console.print(f"[bold green]All {self._checks} checks passed[/] in {seconds:.0f} s; the same in {path}")

    def _summary(self, seconds: float) -> dict[str, Any]:
        return {
            "checks": self._checks,
            "seconds": round(seconds, 1),
            "facts": self.facts,
            "gas": {
                act: {"count": len(used), "min": min(used), "median": _median(used), "max": max(used)}
                for act, used in self._gas.items()
            },
            "balances": self._balances,
        }

    def _facts_table(self) -> Table:
        table = Table(title="What happened", title_justify="left", show_header=False)
        table.add_column("what")
        table.add_column("figure", justify="right")
        for what, figure in self.facts.items():
            table.add_row(what, f"{figure:,}" if isinstance(figure, int) else str(figure))
        return table

    def _gas_table(self) -> Table:
        table = Table(title="Gas per act (whole transaction)", title_justify="left")
        table.add_column("act")
        for column in ("count", "least", "median", "most"):
            table.add_column(column, justify="right")
        for act, used in self._gas.items():
            table.add_row(act, str(len(used)), *(f"{value:,}" for value in (min(used), _median(used), max(used))))
        return table

    def _balances_table(self) -> Table:
        columns = list(dict.fromkeys(column for line in self._balances for column in line))
        table = Table(title="Who owns what in the end", title_justify="left")
        for column in columns:
            table.add_column(column, justify="left" if column == "who" else "right")
        for line in self._balances:
            table.add_row(*(str(line.get(column, "")) for column in columns))
        return table


def points(amount: int) -> str:
    """An amount of points for people: ``1,234.5``."""
    return units_text(amount, grouped=True)


def coins(amount: int) -> str:
    """An amount of native coin, given in wei, for people: ``0.05 ETH``."""
    return f"{units_text(amount, grouped=True)} ETH"


def _median(values: Sequence[int]) -> int:
    return int(statistics.median(values))
