"""What acts cost here and elsewhere: ``make bench``.

    python -m bench.gas [--check]

Compiles the peers, deploys them and our own contracts on one anvil, does each act on all of them under equal conditions, prints the gas and
writes it into ``docs/performance.md``. Nothing in it depends on the machine: a second run writes the same page, and with ``--check`` the
page has to be the same already. The exit status is 1 if it is not, if an act with a bar was not measured or is above it with no reason
given, or if one of ours costs another sum than ``make gas`` committed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time

from rich.console import Console

from bench import (
    acts_cards,
    acts_claims,
    acts_consent,
    acts_data,
    acts_governance,
    acts_market,
    acts_points,
    report,
)
from bench.peers import versions
from bench.stage import Stage, Table
from web3crm.errors import Web3CrmError

FIELDS = (acts_points, acts_claims, acts_cards, acts_market, acts_consent, acts_data, acts_governance)


def measure() -> list[Table]:
    """Every field on a chain where nothing else has happened: its figures do not depend on the fields before it."""
    tables = []
    with Stage.open() as stage:
        for field in FIELDS:
            with stage.rolled_back():
                tables.append(field.measure(stage))
    return tables


def main() -> int:
    """Measures, prints, writes (or compares)."""
    parser = argparse.ArgumentParser(prog="make bench", description="Gas of each act, here and elsewhere.")
    parser.add_argument("--check", action="store_true", help="write nothing: docs/performance.md must be up to date")
    options = parser.parse_args()
    began = time.monotonic()
    width = int(re.sub(r"\D", "", os.environ.get("COLUMNS", "")) or 180)
    console = Console(width=max(width, 180), highlight=False)
    limits = report.load("bars.json")
    tables = measure()
    report.show(tables, console)
    found = report.complaints(tables, limits, report.load("gas.json"))
    old = report.PAGE.read_text()
    new = report.filled(old, report.measured(tables, limits, versions()))
    verdict = "as it was"
    if new != old and options.check:
        verdict = "out of date"
        found.append(f"{report.PAGE.name} is out of date: run make bench")
    elif new != old:
        verdict = "rewritten"
        report.PAGE.write_text(new)
    for complaint in found:
        print(f"bench: {complaint}", file=sys.stderr)
    console.print(f"bench: {report.PAGE.relative_to(report.ROOT)} is {verdict}, {time.monotonic() - began:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Web3CrmError as error:
        sys.exit(f"bench: {error}")
