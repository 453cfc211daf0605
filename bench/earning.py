"""How long a tree of many customers and all their proofs take, here and in OpenZeppelin's JavaScript package.

    python bench/earning.py                        1,000,000 customers; the JavaScript package takes its time
    python bench/earning.py --customers 100000 --runs 3

Both work on the same customers in the same run, each in a process of its own, one after the other. What comes out is
compared: the same root, as many nodes in all proofs. Proofs are made as hex text, as the JavaScript package gives them.
That one checks each proof against the root before it gives it; so ours are timed both ways. ``cpu`` is what the process
used of the processor, which other programs on the machine do not change; memory is the process's peak, its customers
included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

T = TypeVar("T")

HERE = Path(__file__).resolve().parent
PHASES = {"tree": "tree built", "proofs": "all proofs", "checked": "all proofs, each checked"}
LIMIT_FACTOR, LIMIT_MEMORY = 5, 1024
"""Ours is to be that many times as fast, in no more than so many MiB."""


@dataclass(frozen=True)
class Side:
    """Medians of one side: seconds and processor time of each phase, and the highest peak of memory in MiB."""

    seconds: Mapping[str, float]
    cpu: Mapping[str, float]
    memory: float
    root: str
    nodes: int


@dataclass(frozen=True)
class Comparison:
    """Both sides on the same customers."""

    customers: int
    ours: Side
    javascript: Side

    @property
    def factor(self) -> float:
        """How many times as fast ours builds the tree and makes and checks all proofs, by processor time."""
        return sum(_both(self.javascript)) / sum(_both(self.ours))

    @property
    def holds(self) -> bool:
        """Whether ours is as fast and as small as it is to be."""
        return self.factor >= LIMIT_FACTOR and self.ours.memory <= LIMIT_MEMORY

    def table(self) -> Table:
        """The figures."""
        table = Table("what", title=f"{self.customers:,} customers", title_justify="left", title_style="bold", box=None)
        for name in ("web3crm", "cpu", "JavaScript", "cpu", "times as fast (cpu)"):
            table.add_column(name, justify="right")
        for phase, title in PHASES.items():
            ours, theirs = self.ours, self.javascript
            known = phase in theirs.cpu
            table.add_row(
                title,
                f"{ours.seconds[phase]:.1f} s",
                f"{ours.cpu[phase]:.1f} s",
                f"{theirs.seconds[phase]:.1f} s" if known else "–",
                f"{theirs.cpu[phase]:.1f} s" if known else "–",
                f"{theirs.cpu[phase] / ours.cpu[phase]:.1f}" if known else "–",
            )
        memory = (f"{self.ours.memory:,.0f} MiB", "", f"{self.javascript.memory:,.0f} MiB", "")
        table.add_row("peak memory", *memory, f"{self.javascript.memory / self.ours.memory:.1f} times as much")
        table.add_row("tree and checked proofs", "", "", "", "", f"{self.factor:.1f}")
        return table


def compare(customers: int, *, runs: int = 1) -> Comparison:
    """Measures both sides ``runs`` times, in turn."""
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(_measured([sys.executable, str(HERE / "earning.py"), "--ours", str(customers)]))
        theirs.append(_measured(["node", "--max-old-space-size=16384", str(HERE / "earning.mjs"), str(customers)]))
    found = Comparison(customers, _side(ours), _side(theirs))
    if (found.ours.root, found.ours.nodes) != (found.javascript.root, found.javascript.nodes):
        sys.exit(f"bench: the two do not agree: {found.ours.root} and {found.javascript.root}")
    return found


def _both(side: Side) -> tuple[float, float]:
    return side.cpu["tree"], side.cpu["checked"]


def _side(runs: list[tuple[dict[str, Any], float]]) -> Side:
    first = runs[0][0]
    phases = [phase for phase in PHASES if phase in first]
    return Side(
        seconds={phase: median(run[phase]["seconds"] for run, _ in runs) for phase in phases},
        cpu={phase: median(run[phase]["cpu"] for run, _ in runs) for phase in phases},
        memory=max(memory for _, memory in runs),
        root=first["root"],
        nodes=first["nodes"],
    )


def _measured(command: list[str]) -> tuple[dict[str, Any], float]:
    """What a process answers, and its peak of memory in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parent)
    assert process.stdout is not None
    answer = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {command[0]} ended with exit code {process.returncode}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return json.loads(answer), usage.ru_maxrss / unit


# --- ours, in a process of its own ------------------------------------------------------------------------------------


def ours(customers: int) -> dict[str, Any]:
    """Builds the tree and streams all proofs, without and with checking each."""
    from web3crm.points.hashing import keccak_256
    from web3crm.points.tree import PointsTree, leaf_hash

    tree, building = timed(PointsTree.build, _customers(customers))

    def stream() -> int:
        return sum(len(_hexes(proof)) for _, _, proof in tree.proofs())

    def check() -> int:
        count, root = 0, tree.root
        for address, total, proof in tree.proofs():
            node = leaf_hash(address, total)
            for other in proof:
                node = keccak_256(node + other if node < other else other + node).digest()
            if node != root:
                sys.exit("bench: a proof does not lead to the root")
            count += len(_hexes(proof))
        return count

    nodes, streaming = timed(stream)
    _, checking = timed(check)
    return {"root": "0x" + tree.root.hex(), "nodes": nodes, "tree": building, "proofs": streaming, "checked": checking}


def _hexes(proof: tuple[bytes, ...]) -> list[str]:
    return ["0x" + node.hex() for node in proof]


def _customers(count: int) -> dict[bytes, int]:
    """The same customers as earning.mjs makes."""
    return {
        (i * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**160).to_bytes(20, "big"): (i + 1) * 1234567890123456789
        for i in range(count)
    }


def timed(act: Callable[..., T], *arguments: object) -> tuple[T, dict[str, float]]:
    """What ``act`` returns, and how long it took."""
    cpu, started = time.process_time(), time.perf_counter()
    result = act(*arguments)
    return result, {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def main(*arguments: str) -> None:
    """Prints the table; exits with 1 when ours is slower or larger than it is to be."""
    parser = argparse.ArgumentParser(description="A tree of many customers, beside OpenZeppelin's JavaScript package.")
    parser.add_argument("--customers", type=int, default=1_000_000, help="how many (default: 1,000,000)")
    parser.add_argument("--runs", type=int, default=1, help="medians of so many runs (default: 1)")
    parser.add_argument("--ours", type=int, metavar="N", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ours:
        print(json.dumps(ours(chosen.ours)))
        return
    found = compare(chosen.customers, runs=chosen.runs)
    Console(width=110).print(found.table())
    sys.exit(not found.holds)


if __name__ == "__main__":
    main(*sys.argv[1:])
