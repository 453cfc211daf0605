"""Erasure: a customer asks, the brand acknowledges with a receipt.

brownie run erasure request                               the customer (WEB3CRM_ACCOUNT) asks, and withdraws everything
brownie run erasure acknowledge 0x… receipt.json          staff with the role PRIVACY: it is done, here is the receipt
"""

from brownie import network, web3

from web3crm.cli import act, digest, open_session, say, unknown_act
from web3crm.domain import Role

__getattr__ = unknown_act(__name__)


@act
def request() -> None:
    """Asks the brand to erase what it holds about one, and withdraws everything."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    session.send(programme.commons.consents.functions.requestErasure(programme.brand), sender=session.customer())
    say(f"{session.me()} asked {programme.brand} to erase everything")


@act
def acknowledge(customer: str, receipt: str) -> None:
    """States that the brand has erased a customer's data; `receipt` is the receipt's file or digest."""
    session = open_session(web3, network.show_active())
    programme, who = session.programme, session.address("customer", customer)
    act_ = programme.commons.consents.functions.acknowledgeErasure(who, digest("receipt", receipt))
    session.send(programme.as_brand(act_), sender=session.staff(Role.PRIVACY))
    say(f"the erasure of {who} is acknowledged")
