"""Deploys a programme from its parameter file, or finishes what a broken run began.

For whoever sets up a brand: `brownie run deploy`, `brownie run deploy main bookshop`, `brownie run deploy main coffee
--network sepolia`. On a live network the sender is WEB3CRM_ACCOUNT (a keystore file or a Brownie account id); she has
no power over the programme afterwards.
"""

from brownie import network, web3

from web3crm.cli import act, open_session, say, unknown_act

__getattr__ = unknown_act(__name__)


@act
def main(programme: str = "") -> None:
    """Deploys `deployments/params/<programme>.yaml`; coffee, or WEB3CRM_PROGRAMME, when nothing is said."""
    session = open_session(web3, network.show_active())
    session.name = programme or session.name
    deployed = session.deploy()
    for name, item in {**deployed.commons.record.contracts, **deployed.record.contracts}.items():
        say(f"{name:18} {item['address']}")
    say(f"record: {deployed.record.where}")
