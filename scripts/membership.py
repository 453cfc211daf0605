"""Membership cards: tiers, buying, renewing, upgrading, passing on, and selling by a signed order.

    brownie run membership tiers                              anybody
    brownie run membership buy Regular                        the customer (WEB3CRM_ACCOUNT), in native coin
    brownie run membership buy Regular points                 … in the programme's points
    brownie run membership transfer 1 0x…                     the card's holder
    brownie run membership sell 1 0.02 native 7d              the holder signs an order, free of gas, saved as a file
    brownie run membership sell 1 0.02 native 7d anyone open  … that does not say what is left of the card's perks
    brownie run membership take build/orders/….json           whoever buys that order
    brownie run membership grant 0x… Regular                  staff with the role MEMBERSHIP

A tier is its name or its number; a currency is `native`, `points` or an ERC-20's address.
"""

import datetime
from pathlib import Path

from brownie import network, web3

from web3crm.cli import (
    Order,
    Session,
    act,
    amount,
    duration,
    make_order,
    one_of,
    open_session,
    order_status,
    read_order,
    save_order,
    saved_orders,
    say,
    unknown_act,
    whole,
)
from web3crm.domain import NATIVE, NOTHING_LEFT, Role, duration_text, perks_text
from web3crm.errors import InputError

__getattr__ = unknown_act(__name__)


def _price(session: Session, currency: str, price: str) -> int:
    """A price argument: in coins or points, or in another ERC-20's smallest units."""
    if currency in (NATIVE, session.programme.points.address):
        return amount("price", price)
    return whole("price", price, least=1)


def _until(seconds: int) -> str:
    return "never" if seconds == 0 else f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M} UTC"


def _pinned(order: Order) -> str:
    """What an order promises of the card's perks."""
    left = order.values["perksLeft"]
    return "" if left == NOTHING_LEFT else f" with at least {perks_text(left)}"


@act
def main() -> None:
    """Shows the tiers."""
    tiers()


@act
def tiers() -> None:
    """Shows the tiers, their prices and how many cards are left."""
    session = open_session(web3, network.show_active())
    call, cards, points = session.chain.call, session.programme.cards.functions, session.currency("points")
    for number, tier in enumerate(session.programme.params.card.tiers, 1):
        native, period, most, supply, royalty_bps, transferable, on_sale, _ = call(cards.tier(number))
        prices = [
            session.price_text(currency, price)
            for currency, price in ((NATIVE, native), (points, call(cards.tierPrice(number, points))))
            if price
        ]
        say(
            f"{number} {tier.name:12} {' or '.join(prices) or 'not sold'}; "
            f"{'for ever' if period == 0 else duration_text(period)}; {most - supply} of {most} left; "
            f"royalty {royalty_bps / 100:g}%; {'can' if transferable else 'cannot'} be passed on; "
            f"{'on sale' if on_sale else 'closed'}"
        )


@act
def show(card: str) -> None:
    """Shows a card: its holder, tier and term."""
    session = open_session(web3, network.show_active())
    call, cards, card_id = session.chain.call, session.programme.cards.functions, whole("card", card)
    owner = call(cards.ownerOf(card_id))
    tier_id, _, expires_at = call(cards.cardOf(card_id))
    active = "active" if call(cards.isActive(card_id)) else "not active"
    say(f"card {card_id}: tier {tier_id}, held by {owner}, until {_until(expires_at)}, {active}")


@act
def buy(tier: str, currency: str = "native", recipient: str = "me") -> None:
    """Buys a card for oneself or for somebody else, at the price of this moment."""
    session = open_session(web3, network.show_active())
    tier_id, money = session.tier(tier), session.currency(currency)
    cards, to, buyer = session.programme.cards, session.address("recipient", recipient), session.customer()
    price = session.chain.call(cards.functions.tierPrice(tier_id, money))
    if money != NATIVE and price:
        session.approve(money, str(cards.address), price, sender=buyer)
    receipt = session.send(
        cards.functions.buy(tier_id, to, money, price), sender=buyer, value=price if money == NATIVE else 0
    )
    (bought,) = session.chain.events(receipt, cards, "CardBought")
    say(f"{to} has card {bought.args['cardId']} of tier {tier_id} for {session.price_text(money, price)}")


@act
def grant(customer: str, tier: str) -> None:
    """Gives a customer a card."""
    session = open_session(web3, network.show_active())
    to, tier_id, cards = session.address("customer", customer), session.tier(tier), session.programme.cards
    receipt = session.send(cards.functions.grantCard(to, tier_id), sender=session.staff(Role.MEMBERSHIP))
    (granted,) = session.chain.events(receipt, cards, "CardGranted")
    say(f"{to} has card {granted.args['cardId']} of tier {tier_id}")


@act
def renew(card: str, periods: str = "1", currency: str = "native") -> None:
    """Pays for more periods of a card, one's own or another's."""
    session = open_session(web3, network.show_active())
    card_id, count = whole("card", card), whole("periods", periods, least=1, most=2**16 - 1)
    money, cards, payer = session.currency(currency), session.programme.cards, session.customer()
    tier_id, _, _ = session.chain.call(cards.functions.cardOf(card_id))
    price = count * session.chain.call(cards.functions.tierPrice(tier_id, money))
    if money != NATIVE and price:
        session.approve(money, str(cards.address), price, sender=payer)
    session.send(
        cards.functions.renew(card_id, count, money, price), sender=payer, value=price if money == NATIVE else 0
    )
    _, _, expires_at = session.chain.call(cards.functions.cardOf(card_id))
    say(f"card {card_id} is good until {_until(expires_at)}, for {session.price_text(money, price)}")


@act
def upgrade(card: str, tier: str, currency: str = "native") -> None:
    """Changes a card of one's own into one of another tier; its number stays."""
    session = open_session(web3, network.show_active())
    card_id, tier_id, money = whole("card", card), session.tier(tier), session.currency(currency)
    cards, holder = session.programme.cards, session.customer()
    old, _, _ = session.chain.call(cards.functions.cardOf(card_id))
    price = session.chain.call(cards.functions.upgradePrice(old, tier_id, money))
    if money != NATIVE and price:
        session.approve(money, str(cards.address), price, sender=holder)
    session.send(
        cards.functions.upgrade(card_id, tier_id, money, price), sender=holder, value=price if money == NATIVE else 0
    )
    say(f"card {card_id} is of tier {tier_id} now, for {session.price_text(money, price)}")


@act
def transfer(card: str, to: str) -> None:
    """Passes a card of one's own on."""
    session = open_session(web3, network.show_active())
    card_id, receiver = whole("card", card), session.address("to", to)
    session.send(
        session.programme.cards.functions.transferFrom(session.me(), receiver, card_id), sender=session.customer()
    )
    say(f"card {card_id} belongs to {receiver}")


@act
def sell(
    card: str, price: str, currency: str = "native", lasts: str = "7d", buyer: str = "anyone", perks: str = "pinned"
) -> None:
    """Signs an order to sell a card of one's own and saves it as a file for the buyer.

    The perks that the card has left now are pinned: if it has fewer when it is bought, it is not sold. `open` as the
    last argument leaves them out. The first order approves the market.
    """
    session = open_session(web3, network.show_active())
    card_id, money, seller = whole("card", card), session.currency(currency), session.customer()
    programme, market = session.programme, session.programme.commons.market.address
    order = make_order(
        programme,
        seller=seller,
        card_id=card_id,
        currency=money,
        price=_price(session, money, price),
        buyer=NATIVE if buyer == "anyone" else session.address("buyer", buyer),
        expires_at=session.chain.now() + duration("lasts", lasts),
        pin_perks=one_of("perks", perks, {"pinned": True, "open": False}),
    )
    if not session.chain.call(programme.cards.functions.isApprovedForAll(session.me(), market)):
        session.send(programme.cards.functions.setApprovalForAll(market, True), sender=seller)
    path = save_order(programme, order)
    offer = f"card {card_id} is offered for {session.price_text(money, order.values['price'])}{_pinned(order)}"
    say(f"{offer}: {path}")


@act
def take(order: str, recipient: str = "me") -> None:
    """Buys the card of an order's file."""
    session = open_session(web3, network.show_active())
    programme, buyer = session.programme, session.customer()
    market, signed = programme.commons.market, read_order(programme, Path(order))
    status = order_status(session.chain, programme, signed)
    if status != "open":
        raise InputError(f"the order {order} cannot be bought: {status}")
    price, money = signed.values["price"], signed.values["currency"]
    if money != NATIVE:
        session.approve(money, str(market.address), price, sender=buyer)
    to = session.address("recipient", recipient)
    session.send(
        market.functions.buy(signed.as_tuple, signed.signature, to),
        sender=buyer,
        value=price if money == NATIVE else 0,
    )
    say(f"card {signed.values['cardId']} belongs to {to}, for {session.price_text(money, price)}{_pinned(signed)}")


@act
def cancel(order: str) -> None:
    """Makes an order of one's own worthless."""
    session = open_session(web3, network.show_active())
    signed = read_order(session.programme, Path(order))
    market = session.programme.commons.market.functions
    session.send(market.cancel([signed.values["nonce"]]), sender=session.customer())
    say(f"the order {order} is cancelled")


@act
def list() -> None:  # noqa: A001 - the word people use
    """Shows the orders that are saved here, and whether each can be bought."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    found = saved_orders(programme)
    for path, order in found:
        price = session.price_text(order.values["currency"], order.values["price"])
        say(
            f"card {order.values['cardId']} for {price}{_pinned(order)}: {order_status(session.chain, programme, order)} ({path})"
        )
    if not found:
        say("No orders are saved in build/orders.")
