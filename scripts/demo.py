"""Watch a whole customer programme at work on a local Ganache chain.

Run by anyone: ``make demo``, or with purchases of one's own
``python -m scripts.demo --purchases my.csv --customers 500``.
"""

from __future__ import annotations

import argparse
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path

from web3crm.demo.story import Script, play
from web3crm.domain.purchases import cdnow_path
from web3crm.errors import Web3CrmError


def main(*arguments: str) -> None:
    """Plays the demonstration; exits with 1 and one line when a step is off."""
    parser = argparse.ArgumentParser(prog="make demo", description="A whole customer programme on a local chain.")
    parser.add_argument("--purchases", type=Path, help="a CSV of customer, time, amount (default: the CDNOW data set)")
    parser.add_argument("--customers", type=int, default=300, help="how many customers earn points (default: 300)")
    parser.add_argument("--rate", default="10", help="points for each unit of currency (default: 10)")
    parser.add_argument("--summary", type=Path, default=Path("build/demo.json"), help="where the closing figures go")
    chosen = parser.parse_args(arguments)
    try:
        play(Script(chosen.purchases or cdnow_path(), chosen.customers, _number(chosen.rate), chosen.summary))
    except Web3CrmError as error:
        sys.exit(f"demo: {error}")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        sys.exit(f"demo: --rate takes a number of points, got {text!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
