"""Reads a programme back from the chain: who may do what, its figures, and every difference from its record.

For anybody: `brownie run status`, `brownie run status main bookshop`. Exit code 1 when something is not as recorded.
"""

import sys

from brownie import network, web3

from web3crm.cli import act, open_session, say, unknown_act
from web3crm.deploy import powers, verify
from web3crm.domain import duration_text, units_text
from web3crm.points.liability import read_liability

__getattr__ = unknown_act(__name__)

FIGURES = ("issued", "claimed", "redeemed", "refunded", "burned", "outstanding", "unclaimed", "pending")


@act
def main(programme: str = "") -> None:
    """Prints powers, figures and differences."""
    session = open_session(web3, network.show_active())
    session.name = programme or session.name
    found = session.programme
    call, points = session.chain.call, found.points.functions
    say(
        f"{found.params.programme} on {session.chain.network} (chain {session.chain.chain_id}), brand {found.brand}", ""
    )
    names = {address: f" ({name})" for name, address in found.addresses.items()}
    for power in powers(found):
        delay = f" after {duration_text(power.delay)}" if power.delay else ""
        say(f"  {power.role:11} {power.holder}{names.get(power.holder, '')}{delay}")
    owed = read_liability(session.chain, found.points, found.distributor, rewards=found.rewards)
    figures = {name: getattr(owed, name) for name in FIGURES} | {"issuable now": call(points.issuable())}
    say("", *(f"  points {name:12} {units_text(figure)}" for name, figure in figures.items()))
    say(f"  cards               {call(found.cards.functions.cardCount())}", "")
    differences = verify(found)
    if differences:
        say(*(str(difference) for difference in differences))
        sys.exit(1)
    say("Everything is as recorded.")
