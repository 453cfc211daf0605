"""Watch a whole customer programme at work on a local Ganache chain.

Run by anyone: ``make demo``, or with purchases of one's own
``python -m scripts.demo --purchases my.csv --customers 500``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from web3crm.demo.story import Script, play
from web3crm.domain.purchases import cdnow_path
from web3crm.errors import Web3CrmError


def main(*arguments: str) -> None:
    """Plays the demonstration; exits with 1 and one line when a step is off."""
    parser = argparse.ArgumentParser(prog="make demo", description="A whole customer programme on a local chain.")
    parser.add_argument("--purchases", type=Path, help="a CSV of customer, time, amount (default: the CDNOW data set)")
    parser.add_argument("--customers", type=int, default=300, help="how many customers claim (default: 300)")
    parser.add_argument("--rules", type=Path, default=Path("deployments/rules/coffee.yaml"), help="what purchases earn")
    parser.add_argument("--summary", type=Path, default=Path("build/demo.json"), help="where the closing figures go")
    chosen = parser.parse_args(arguments)
    try:
        play(Script(chosen.purchases or cdnow_path(), chosen.customers, chosen.rules, chosen.summary))
    except Web3CrmError as error:
        sys.exit(f"demo: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
