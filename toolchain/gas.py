"""Gas of every act and size of every contract against the committed snapshots: ``make gas``.

    python toolchain/gas.py [--update]

Runs ``tests/snapshots`` on anvil, reads the sizes from ``build/contracts`` and prints what changed, with each act's bar. The exit status is 1
if anything differs from the snapshots, if an act is above its bar with no reason given, or if a contract is too large; ``--update`` rewrites the
snapshots first. See tests/snapshots/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOTS = ROOT / "tests" / "snapshots"
CODE_LIMIT = 24_576


def measure_gas() -> dict[str, int]:
    measured = ROOT / "build" / "gas.json"
    measured.unlink(missing_ok=True)
    command = ["brownie", "test", "tests/snapshots", "--network", "anvil", "-q"]
    status = subprocess.run(command, cwd=ROOT, env=os.environ | {"WEB3CRM_GAS": str(measured)}, check=False).returncode
    if status:
        sys.exit("gas: a scenario failed, see above")
    return dict(sorted(json.loads(measured.read_text()).items()))


def measure_sizes() -> dict[str, int]:
    """The runtime bytes of every contract that can be deployed, but mocks and what packages bring."""
    sizes = {}
    for path in sorted((ROOT / "build" / "contracts").glob("*.json")):
        artifact = json.loads(path.read_text())
        source = artifact.get("sourcePath", "")
        if not source.startswith("contracts/") or source.startswith("contracts/mocks/"):
            continue
        # A library of internal functions leaves a stub of a few dozen bytes, an abstract contract nothing.
        if artifact["type"] == "contract" and artifact["deployedBytecode"]:
            sizes[artifact["contractName"]] = len(artifact["deployedBytecode"]) // 2
    return sizes


def load(name: str) -> dict[str, Any]:
    path = SNAPSHOTS / name
    return json.loads(path.read_text()) if path.exists() else {}


def store(name: str, values: dict[str, int]) -> None:
    (SNAPSHOTS / name).write_text(json.dumps(values, indent=2, sort_keys=True) + "\n")


def change(before: int | None, now: int | None) -> str:
    if before is None:
        return "[yellow]new[/]"
    if now is None:
        return "[yellow]gone[/]"
    if before == now:
        return ""
    colour = "red" if now > before else "green"
    return f"[{colour}]{now - before:+,} ({100 * (now - before) / before:+.1f} %)[/]"


def figure(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def compare_gas(before: dict[str, int], now: dict[str, int], bars: dict[str, Any], console: Console) -> list[str]:
    faults: list[str] = []
    notes: list[str] = []
    table = Table("act", title="Gas per act", title_justify="left", box=None)
    for heading in ("snapshot", "now", "change", "bar"):
        table.add_column(heading, justify="right")
    table.add_column("peers")
    for act in sorted(before.keys() | now.keys()):
        bar = bars.get(act, {})
        limit, actual = bar.get("bar"), now.get(act)
        shown = figure(limit)
        if limit is not None and actual is not None and actual > limit:
            shown = f"[red]{limit:,}[/]"
            if reason := bar.get("missed"):
                notes.append(f"{act} is {actual - limit:,} above its bar: {reason}")
            else:
                faults.append(f"{act}: {actual:,} is above the bar of {limit:,}")
        table.add_row(
            act, figure(before.get(act)), figure(actual), change(before.get(act), actual), shown, bar.get("peers", "")
        )
        if before.get(act) != actual:
            faults.append(f"{act}: {figure(before.get(act)) or 'not in the snapshot'} -> {figure(actual) or 'gone'}")
    faults += [f"{act}: has a bar but no scenario" for act in sorted(bars.keys() - now.keys())]
    console.print(table)
    console.print("\n".join(notes))
    return faults


def compare_sizes(before: dict[str, int], now: dict[str, int], console: Console) -> list[str]:
    faults = []
    table = Table("contract", title="Runtime code in bytes", title_justify="left", box=None)
    for heading in ("snapshot", "now", "change", "left"):
        table.add_column(heading, justify="right")
    for name in sorted(before.keys() | now.keys()):
        actual = now.get(name)
        left = "" if actual is None else f"{CODE_LIMIT - actual:,}"
        table.add_row(name, figure(before.get(name)), figure(actual), change(before.get(name), actual), left)
        if before.get(name) != actual:
            faults.append(f"{name}: {figure(before.get(name)) or 'not in the snapshot'} -> {figure(actual) or 'gone'}")
        if actual is not None and actual >= CODE_LIMIT:
            faults.append(f"{name}: {actual:,} bytes reach the limit of {CODE_LIMIT:,}")
    console.print(table)
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description="Gas and code size against the committed snapshots.")
    parser.add_argument("--update", action="store_true", help="rewrite the snapshots")
    options = parser.parse_args()
    width = int(re.sub(r"\D", "", os.environ.get("COLUMNS", "")) or 160)
    console = Console(width=max(width, 160), highlight=False)
    gas, sizes = measure_gas(), measure_sizes()
    before_gas, before_sizes = load("gas.json"), load("code_size.json")
    if options.update:
        store("gas.json", gas)
        store("code_size.json", sizes)
    faults = compare_gas(before_gas, gas, load("bars.json"), console)
    faults += compare_sizes(before_sizes, sizes, console)
    if options.update:
        faults = [fault for fault in faults if "->" not in fault]
        print("gas: snapshots rewritten")
    for fault in faults:
        print(f"gas: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
