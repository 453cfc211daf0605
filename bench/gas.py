"""What acts cost here and elsewhere: ``make bench``.

    python -m bench.gas

Compiles the peers, deploys them and our own contracts on one anvil, does each act on all of them under equal conditions, prints the gas and
writes it into ``docs/performance.md``. Nothing in it depends on the machine: a second run writes the same page. The exit status is 1
if an act with a bar was not measured, or if ours costs another sum than ``make gas`` committed.
"""

from __future__ import annotations

import os
import re
import sys
import time

from rich.console import Console

from bench import acts_cards, acts_claims, acts_consent, acts_data, acts_governance, acts_market, acts_points, report
from bench.peers import versions
from bench.stage import Stage
from web3crm.errors import Web3CrmError

FIELDS = (acts_points, acts_claims, acts_cards, acts_market, acts_consent, acts_data, acts_governance)


def main() -> int:
    """Measures, prints, writes."""
    began = time.monotonic()
    width = int(re.sub(r"\D", "", os.environ.get("COLUMNS", "")) or 180)
    console = Console(width=max(width, 180), highlight=False)
    with Stage.open() as stage:
        tables = []
        for field in FIELDS:
            # On a chain where nothing else happened: a field's figures do not depend on which fields come before it.
            with stage.rolled_back():
                tables.append(field.measure(stage))
    report.show(tables, console)
    found = report.complaints(tables)
    if not any("is not measured" in complaint for complaint in found):
        changed = report.write(report.measured(tables, versions()))
        console.print(
            f"bench: {report.PAGE.relative_to(report.ROOT)} {'rewritten' if changed else 'unchanged'}", end=""
        )
        console.print(f", {time.monotonic() - began:.0f} s")
    for complaint in found:
        print(f"bench: {complaint}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Web3CrmError as error:
        sys.exit(f"bench: {error}")
