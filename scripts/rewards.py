"""Rewards: what points are redeemed for, and the orders that opens.

    brownie run rewards list                                  anybody
    brownie run rewards redeem Cup                            the customer (WEB3CRM_ACCOUNT)
    brownie run rewards orders                                anybody: the orders and where each stands
    brownie run rewards cancel 1                              the customer, while her order is open
    brownie run rewards fulfil 1,2                            staff with the role FULFILMENT
    brownie run rewards refund 1                              staff with the role FULFILMENT
    brownie run rewards add 250 5000 ipfs://… 4               staff with the role MEMBERSHIP: price, stock, metadata, limit
    brownie run rewards restock Cup 100                       staff with the role MEMBERSHIP
    brownie run rewards close Cup                             staff with the role MEMBERSHIP

A reward is its name in the parameter file or its number.
"""

from brownie import network, web3

from web3crm.cli import Session, act, amount, open_session, reference, say, unknown_act, whole, wholes
from web3crm.domain import OrderState, Role, units_text
from web3crm.errors import InputError

__getattr__ = unknown_act(__name__)


def _reward(session: Session, text: str) -> int:
    """A reward argument: its name or its number."""
    if text.isdigit():
        return whole("reward", text, least=1, most=2**32 - 1)
    names = [reward.name for reward in session.programme.params.rewards]
    if text not in names:
        raise InputError(f"there is no reward {text!r}; there are: {', '.join(names) or 'none'}")
    return names.index(text) + 1


def _name(session: Session, number: int) -> str:
    rewards = session.programme.params.rewards
    return rewards[number - 1].name if number <= len(rewards) else f"reward {number}"


@act
def main() -> None:
    """Shows the rewards."""
    list()


@act
def list() -> None:  # noqa: A001 - the word people use
    """Shows the rewards, their prices and what is left of each."""
    session = open_session(web3, network.show_active())
    call, catalog = session.chain.call, session.programme.rewards.functions
    count = call(catalog.rewardCount())
    for number in range(1, count + 1):
        price, stock, limit, starts_at, ends_at, tier = call(catalog.reward(number))[:6]
        now = session.chain.now()
        when = "not yet" if now < starts_at else "over" if ends_at and now >= ends_at else f"{stock} left"
        most = f", at most {limit} each" if limit else ""
        card = f", a card of tier {tier}" if tier else ""
        say(f"{number} {_name(session, number):24} {units_text(price)} points; {when}{most}{card}")
    if not count:
        say("There are no rewards.")


@act
def redeem(reward: str, what_for: str = "") -> None:
    """Redeems points of one's own for a reward. `what_for`, such as a size, is kept as a digest only."""
    session = open_session(web3, network.show_active())
    number, catalog, customer = _reward(session, reward), session.programme.rewards, session.customer()
    price = session.chain.call(catalog.functions.reward(number))[0]
    if price:
        session.approve(str(session.programme.points.address), str(catalog.address), price, sender=customer)
    receipt = session.send(catalog.functions.redeem(number, reference(what_for)), sender=customer)
    (opened,) = session.chain.events(receipt, catalog, "RewardRedeemed")
    order_id = opened.args["orderId"]
    say(f"order {order_id}: {_name(session, number)} for {units_text(price)} points, {_state(session, order_id)}")


@act
def orders() -> None:
    """Shows all orders and where each stands."""
    session = open_session(web3, network.show_active())
    call, catalog = session.chain.call, session.programme.rewards.functions
    count = call(catalog.orderCount())
    for number in range(1, count + 1):
        customer, reward = call(catalog.order(number))[:2]
        say(f"{number}: {_name(session, reward)} for {customer}, {_state(session, number)}")
    if not count:
        say("Nothing was redeemed for a reward yet.")


@act
def cancel(order: str) -> None:
    """Cancels an open order of one's own: the points come back."""
    session = open_session(web3, network.show_active())
    number = whole("order", order)
    session.send(session.programme.rewards.functions.cancel(number), sender=session.customer())
    say(f"order {number} is {_state(session, number)}")


@act
def fulfil(orders: str) -> None:
    """Marks open orders as fulfilled; one that its customer cancelled meanwhile is passed over."""
    session = open_session(web3, network.show_active())
    numbers = wholes("orders", orders)
    session.send(session.programme.rewards.functions.fulfil(numbers), sender=session.staff(Role.FULFILMENT))
    for number in numbers:
        say(f"order {number} is {_state(session, number)}")


@act
def refund(order: str) -> None:
    """Gives back what was redeemed for an order, open or fulfilled, once."""
    session = open_session(web3, network.show_active())
    number = whole("order", order)
    session.send(session.programme.rewards.functions.refund(number), sender=session.staff(Role.FULFILMENT))
    say(f"order {number} is {_state(session, number)}")


@act
def add(price: str, stock: str, uri: str, limit: str = "0", tier: str = "") -> None:
    """Adds a reward, offered from now on without an end; with a tier it is a card of it."""
    session = open_session(web3, network.show_active())
    catalog = session.programme.rewards
    call = catalog.functions.addReward(
        amount("price", price),
        whole("stock", stock, least=1, most=2**32 - 1),
        whole("limit", limit, most=2**32 - 1),
        0,
        0,
        session.tier(tier) if tier else 0,
        uri,
    )
    session.send(call, sender=session.staff(Role.MEMBERSHIP))
    say(f"reward {session.chain.call(catalog.functions.rewardCount())} is there")


@act
def restock(reward: str, stock: str) -> None:
    """Adds to what is left of a reward."""
    session = open_session(web3, network.show_active())
    number, more = _reward(session, reward), whole("stock", stock, least=1, most=2**32 - 1)
    session.send(session.programme.rewards.functions.restock(number, more), sender=session.staff(Role.MEMBERSHIP))
    say(f"{session.chain.call(session.programme.rewards.functions.reward(number))[1]} left of {_name(session, number)}")


@act
def close(reward: str) -> None:
    """Ends the offer of a reward for good. Open orders stay."""
    session = open_session(web3, network.show_active())
    number = _reward(session, reward)
    session.send(session.programme.rewards.functions.closeReward(number), sender=session.staff(Role.MEMBERSHIP))
    say(f"{_name(session, number)} is closed")


def _state(session: Session, order: int) -> str:
    return OrderState(session.chain.call(session.programme.rewards.functions.order(order))[2]).name.lower()
