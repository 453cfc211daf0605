"""Paid access to customers' datasets: offers, acceptance, payment by the second, closing and settling.

    brownie run access fund 1000 points                       whoever pays for the brand, into its balance
    brownie run access offer 0x… 2 100 points 30d             staff with the role ACCESS: dataset, purpose, price, period
    brownie run access offer 0x… recommendations 100 points 30d 1d 7d   … at least a day is paid; open for a week
    brownie run access offers                                 anybody: what the brand offered and what became of it
    brownie run access offers 0x…                             … what anybody offered for a dataset
    brownie run access accept 0x… 0x…                         the customer (WEB3CRM_ACCOUNT), with the envelope that
                                                              `data share` made (its digest, or a file that holds it)
    brownie run access show 0x…                               anybody: terms, what is earned, whether the brand can read
    brownie run access collect 0x…                            anybody: pays the customer what is earned
    brownie run access close 0x…                              the customer; `close 0x… brand` staff with the role ACCESS
    brownie run access take_back 0x…                          anybody: returns to the brand what can be earned no longer
    brownie run access retract 0x…                            staff with the role ACCESS; after the offer's time anybody
    brownie run access withdraw 100 points                    staff with the role TREASURER, out of the brand's balance

Datasets and accesses are numbers, decimal or 0x; purposes are numbers or names; a currency is `native`, `points` or an ERC-20's address.
"""

import secrets

from brownie import network, web3

from web3crm.cli import Session, act, amount, duration, one_of, open_session, say, unknown_act, whole
from web3crm.cli.accesses import accesses_of, describe, envelope_digest, find_access, in_words, number
from web3crm.cli.accesses import purpose as purpose_bit
from web3crm.domain import NATIVE, Role
from web3crm.errors import InputError
from web3crm.vault.accesses import Access, collect_all
from web3crm.vault.accesses import take_back as take_back_all

__getattr__ = unknown_act(__name__)


def _amount(session: Session, name: str, text: str, currency: str) -> int:
    """An amount in coins or points, or in another ERC-20's smallest units."""
    if currency in (NATIVE, session.programme.points.address):
        return amount(name, text)
    return whole(name, text, least=1, most=2**128 - 1)


def _balance(session: Session, party: str, currency: str) -> str:
    found = session.chain.call(session.programme.commons.accesses.functions.balanceOf(party, currency))
    return session.price_text(currency, found)


def _show(session: Session, access: Access) -> None:
    say(*describe(session, access))


@act
def main() -> None:
    """Lists what the brand offered."""
    offers()


@act
def fund(value: str, currency: str = "points") -> None:
    """Puts money of one's own into the brand's balance, out of which its offers are paid."""
    session = open_session(web3, network.show_active())
    programme, money, payer = session.programme, session.currency(currency), session.customer()
    contract, much = programme.commons.accesses, _amount(session, "value", value, money)
    if money != NATIVE:
        session.approve(money, str(contract.address), much, sender=payer)
    fund_it = contract.functions.fund(programme.brand, money, much)
    session.send(fund_it, sender=payer, value=much if money == NATIVE else 0)
    say(f"{programme.params.programme} has {_balance(session, programme.brand, money)} to offer")


@act
def offer(
    dataset: str, purpose: str, price: str, currency: str, period: str, minimum: str = "", open_for: str = "7d"
) -> None:
    """Offers to pay a price for the use of a dataset, as it is now, for one purpose and a period."""
    session = open_session(web3, network.show_active())
    programme, money, dataset_id = session.programme, session.currency(currency), number("dataset", dataset)
    much, bit = _amount(session, "price", price, money), purpose_bit(purpose)
    lasts, least = duration("period", period), duration("minimum", minimum) if minimum else 0
    until = session.chain.now() + duration("open_for", open_for)
    contract, datasets = programme.commons.accesses, programme.commons.datasets.functions
    digest = session.chain.call(datasets.datasetOf(dataset_id))[3]
    terms = (dataset_id, digest, money, much, bit, lasts, least, until, secrets.randbits(256))
    receipt = session.send(programme.as_brand(contract.functions.offer(terms)), sender=session.staff(Role.ACCESS))
    (offered,) = session.chain.events(receipt, contract, "AccessOffered")
    _show(session, find_access(session, str(offered.args["accessId"])))


@act
def offers(dataset: str = "") -> None:
    """Lists the brand's offers and accesses, or those that anybody made for a dataset."""
    session = open_session(web3, network.show_active())
    found = accesses_of(session, dataset)
    for access in found:
        _show(session, access)
    if not found:
        say("nothing is offered" + (f" for dataset {dataset}" if dataset else ""))


@act
def show(access: str) -> None:
    """Shows an access: who pays whom how much for what until when, what is earned, and whether the brand can read."""
    session = open_session(web3, network.show_active())
    _show(session, find_access(session, access))


@act
def accept(access: str, envelope: str) -> None:
    """Accepts an offer for one's own dataset, with the envelope (a file, or its digest) made for the brand."""
    session = open_session(web3, network.show_active())
    found = find_access(session, access)
    digest = envelope_digest(session, found, envelope)
    with in_words():
        session.send(
            session.programme.commons.accesses.functions.accept(found.access_id, digest), sender=session.customer()
        )
    show(access)


@act
def close(access: str, who: str = "customer") -> None:
    """Ends an access: the customer's closing takes effect now, the brand's not before the minimum is over."""
    session = open_session(web3, network.show_active())
    found, programme = find_access(session, access), session.programme
    by_brand = one_of("who", who, {"customer": False, "brand": True})
    call = programme.commons.accesses.functions.close(found.access_id)
    if by_brand:
        _check_brand(session, found)
        session.send(programme.as_brand(call), sender=session.staff(Role.ACCESS))
    else:
        session.send(call, sender=session.customer())
    show(access)


@act
def collect(access: str) -> None:
    """Pays the customer all that the access has earned by now; anybody may send it."""
    session = open_session(web3, network.show_active())
    found = find_access(session, access)
    contract = session.programme.commons.accesses
    paid = collect_all(session.chain, contract, found.access_id, sender=session.customer())
    say(f"{found.owner} was paid {session.price_text(found.currency, paid)}" if paid else "nothing is due")


@act
def take_back(access: str) -> None:
    """Returns to the brand's balance what the access can earn no longer; anybody may send it."""
    session = open_session(web3, network.show_active())
    found, commons = find_access(session, access), session.programme.commons
    parts = {"consents": commons.consents, "datasets": commons.datasets, "sender": session.customer()}
    returned = take_back_all(session.chain, commons.accesses, found.access_id, **parts)
    if returned:
        say(f"{session.price_text(found.currency, returned)} went back to {found.brand}")
    else:
        say("nothing can be taken back")


@act
def retract(access: str) -> None:
    """Takes an offer back; its price returns to the brand's balance."""
    session = open_session(web3, network.show_active())
    found, programme = find_access(session, access), session.programme
    call = programme.commons.accesses.functions.retract(found.access_id)
    if session.chain.now() > found.expires_at:
        session.send(call, sender=session.customer())
    else:
        _check_brand(session, found)
        session.send(programme.as_brand(call), sender=session.staff(Role.ACCESS))
    say(f"the offer is taken back: {found.brand} has {_balance(session, found.brand, found.currency)} to offer")


@act
def withdraw(value: str, currency: str = "points") -> None:
    """Takes money out of the brand's balance, to the treasurer."""
    session = open_session(web3, network.show_active())
    programme, money = session.programme, session.currency(currency)
    treasurer = programme.params.roles.treasurer[0].address
    much = _amount(session, "value", value, money)
    call = programme.commons.accesses.functions.withdraw(money, much, treasurer)
    session.send(programme.as_brand(call), sender=session.staff(Role.TREASURER))
    left = _balance(session, programme.brand, money)
    say(f"{treasurer} got {session.price_text(money, much)}; {programme.params.programme} has {left} to offer")


def _check_brand(session: Session, access: Access) -> None:
    programme = session.programme
    if access.brand != programme.brand:
        raise InputError(
            f"the access was offered by {access.brand}, not by {programme.params.programme} ({programme.brand})"
        )
