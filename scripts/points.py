"""Loyalty points: issue, see, transfer, redeem, burn.

    brownie run points issue 0x… 100 "receipt 4711"     staff with the role ISSUER
    brownie run points balance 0x…                      anybody
    brownie run points transfer 0x… 25                  the customer who sends (WEB3CRM_ACCOUNT)

A customer is an address, `account:N` on a development chain, or `me`.
"""

from brownie import network, web3

from web3crm.cli import act, amount, open_session, reference, say, unknown_act
from web3crm.domain import Role, units_text

__getattr__ = unknown_act(__name__)


@act
def main() -> None:
    """Shows what was issued, redeemed and burned, and what is outstanding."""
    session = open_session(web3, network.show_active())
    points = session.programme.points.functions
    for name in ("totalIssued", "totalRedeemed", "totalBurned", "totalSupply", "issuable"):
        say(f"{name:14} {units_text(session.chain.call(points[name]()))}")


@act
def issue(customer: str, points: str, what_for: str = "") -> None:
    """Issues points to a customer. `what_for` is kept as a digest only."""
    session = open_session(web3, network.show_active())
    to, value = session.address("customer", customer), amount("points", points)
    token = session.programme.points.functions
    session.send(token.issue(to, value, reference(what_for)), sender=session.staff(Role.ISSUER))
    say(f"{to} got {units_text(value)} points, and has {units_text(session.chain.call(token.balanceOf(to)))}")


@act
def balance(customer: str = "me") -> None:
    """Shows a customer's points and votes."""
    session = open_session(web3, network.show_active())
    who, token = session.address("customer", customer), session.programme.points.functions
    held, votes = (session.chain.call(question) for question in (token.balanceOf(who), token.getVotes(who)))
    say(f"{who} has {units_text(held)} points and {units_text(votes)} votes")


@act
def transfer(to: str, points: str) -> None:
    """Sends points of one's own to somebody."""
    session = open_session(web3, network.show_active())
    receiver, value = session.address("to", to), amount("points", points)
    session.send(session.programme.points.functions.transfer(receiver, value), sender=session.customer())
    say(f"{receiver} got {units_text(value)} points from {session.me()}")


@act
def redeem(points: str, what_for: str = "") -> None:
    """Redeems points of one's own. `what_for` is kept as a digest only."""
    session = open_session(web3, network.show_active())
    value = amount("points", points)
    session.send(session.programme.points.functions.redeem(value, reference(what_for)), sender=session.customer())
    say(f"{session.me()} redeemed {units_text(value)} points")


@act
def burn(points: str) -> None:
    """Gives up points of one's own for nothing."""
    session = open_session(web3, network.show_active())
    value = amount("points", points)
    session.send(session.programme.points.functions.burn(value), sender=session.customer())
    say(f"{session.me()} burned {units_text(value)} points")
