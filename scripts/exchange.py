"""Swapping points with another brand's: terms both agree to, reserves, swaps and what each owes the other.

    brownie run exchange agree bookshop 0.5 2 10000 10000 1d 3d   staff with the role EXCHANGE, once for each brand
    brownie run exchange show bookshop                        anybody: terms, reserves, what each owes
    brownie run exchange fund bookshop 5000                   anybody who holds points of this programme
    brownie run exchange rate bookshop 1.25                   staff with the role TREASURER of either brand
    brownie run exchange open bookshop                        staff with the role TREASURER, each its own side
    brownie run exchange close bookshop
    brownie run exchange swap bookshop 100                    the customer (WEB3CRM_ACCOUNT)
    brownie run exchange announce bookshop own 1000           staff with the role TREASURER: withdraw after the notice
    brownie run exchange withdraw bookshop own

The other brand is the short name of its programme. A rate is how many of its points one of this programme's is worth, such
as 2, 0.5 or 1/3: a brand's 1/3 is the other's 3;
the terms name the lowest and the highest rate, the most of this and of the other brand's points that are paid out in a
period, the period, and the notice of a withdrawal.
"""

from dataclasses import dataclass
from fractions import Fraction

from brownie import network, web3

from web3crm.cli import Session, act, amount, duration, fraction, one_of, open_session, say, unknown_act
from web3crm.deploy import Programme, load
from web3crm.domain import Role, units_text
from web3crm.errors import InputError

__getattr__ = unknown_act(__name__)

ONE = 10**18


@dataclass(frozen=True)
class _Pair:
    """A pair as this programme sees it. ``first``: whether its points are the pair's points A."""

    session: Session
    own: Programme
    other: Programme

    @property
    def first(self) -> bool:
        return int(str(self.own.points.address), 16) < int(str(self.other.points.address), 16)

    @property
    def sides(self) -> tuple[Programme, Programme]:
        return (self.own, self.other) if self.first else (self.other, self.own)

    @property
    def pair_id(self) -> bytes:
        a, b = self.sides
        key = (a.brand, b.brand, str(a.points.address), str(b.points.address))
        found: bytes = self.session.chain.call(self.own.commons.exchange.functions.pairIdOf(*key))
        return found

    def rate(self, own: Fraction) -> int:
        """A rate as the exchange counts it, points B for a point A, from one seen from this programme.

        Rounded once: 1/3 seen from here and 3 seen from there are the same.
        """
        return int((own if self.first else 1 / own) * ONE)

    def mine(self, a: int, b: int) -> tuple[int, int]:
        """Own and other of two values that the exchange gives as A and B."""
        return (a, b) if self.first else (b, a)


def _pair(session: Session, other: str) -> _Pair:
    own = session.programme
    if other == own.params.programme:
        raise InputError(f"a programme swaps with another one, not with itself ({other})")
    return _Pair(session, own, load(session.chain, other, records=session.records))


@act
def agree(other: str, lowest: str, highest: str, own_cap: str, other_cap: str, period: str, notice: str) -> None:
    """Agrees to the terms of a pair; they hold once the other brand has agreed to the same."""
    session = open_session(web3, network.show_active())
    pair = _pair(session, other)
    rates = sorted(pair.rate(fraction(name, text)) for name, text in (("lowest", lowest), ("highest", highest)))
    caps = pair.mine(amount("own cap", own_cap), amount("other cap", other_cap))
    a, b = pair.sides
    terms = (
        a.brand, b.brand, str(a.points.address), str(b.points.address), *rates, *caps,
        duration("period", period), duration("notice", notice),
    )  # fmt: skip
    exchange = pair.own.commons.exchange
    session.send(pair.own.as_brand(exchange.functions.agree(terms)), sender=session.staff(Role.EXCHANGE))
    live = session.chain.call(exchange.functions.pair(pair.pair_id))[0] == terms
    say(f"agreed with {other}: " + ("the terms hold" if live else f"they hold once {other} has agreed to the same"))


@act
def show(other: str) -> None:
    """Shows a pair: its rate, reserves and what each owes the other."""
    session = open_session(web3, network.show_active())
    pair = _pair(session, other)
    exchange, call = pair.own.commons.exchange.functions, session.chain.call
    terms, rate, open_a, open_b, reserve_a, reserve_b, _, _ = call(exchange.pair(pair.pair_id))
    if not terms[6]:
        raise InputError(f"{pair.own.params.programme} and {other} have not agreed on terms yet")
    own, theirs = pair.own.params.points.symbol, pair.other.params.points.symbol
    seen = rate if pair.first else ONE * ONE // rate if rate else 0
    reserves, owed = pair.mine(reserve_a, reserve_b), pair.mine(*call(exchange.settlement(pair.pair_id)))
    opens = pair.mine(open_a, open_b)
    say(
        f"1 {own} = {units_text(seen)} {theirs}; open: {'yes' if all(opens) else 'no'}",
        f"reserves: {units_text(reserves[0])} {own}, {units_text(reserves[1])} {theirs}",
        f"{pair.own.params.programme} owes {other} {units_text(owed[0])} {own}",
        f"{other} owes {pair.own.params.programme} {units_text(owed[1])} {theirs}",
    )


@act
def fund(other: str, points: str) -> None:
    """Puts points of one's own into this programme's reserve of a pair."""
    session = open_session(web3, network.show_active())
    pair, value, payer = _pair(session, other), amount("points", points), session.customer()
    exchange, token = pair.own.commons.exchange, str(pair.own.points.address)
    session.approve(token, str(exchange.address), value, sender=payer)
    session.send(exchange.functions.fund(pair.pair_id, token, value), sender=payer)
    show(other)


@act
def rate(other: str, points: str) -> None:
    """Sets how many of the other brand's points one of this programme's is worth, within the bounds."""
    session = open_session(web3, network.show_active())
    pair = _pair(session, other)
    call = pair.own.commons.exchange.functions.setRate(pair.pair_id, pair.rate(fraction("points", points)))
    session.send(pair.own.as_brand(call), sender=session.staff(Role.TREASURER))
    show(other)


@act
def open(other: str) -> None:  # noqa: A001 - the word people use
    """Opens this programme's side of a pair; swaps need both."""
    _switch(other, True)


@act
def close(other: str) -> None:
    """Closes this programme's side of a pair at once: nobody swaps."""
    _switch(other, False)


def _switch(other: str, state: bool) -> None:
    session = open_session(web3, network.show_active())
    pair = _pair(session, other)
    call = pair.own.commons.exchange.functions.setOpen(pair.pair_id, state)
    session.send(pair.own.as_brand(call), sender=session.staff(Role.TREASURER))
    show(other)


@act
def swap(other: str, points: str, direction: str = "out") -> None:
    """Swaps points of one's own for the other brand's (`out`), or the other brand's for this one's (`in`)."""
    session = open_session(web3, network.show_active())
    pair, value, customer = _pair(session, other), amount("points", points), session.customer()
    given, got = one_of("direction", direction, {"out": (pair.own, pair.other), "in": (pair.other, pair.own)})
    exchange, token = pair.own.commons.exchange, str(given.points.address)
    least = session.chain.call(exchange.functions.quote(pair.pair_id, token, value))
    session.approve(token, str(exchange.address), value, sender=customer)
    call = exchange.functions.swap(pair.pair_id, token, value, least, session.me(), session.chain.now() + 600)
    receipt = session.send(call, sender=customer)
    (swapped,) = session.chain.events(receipt, exchange, "PointsSwapped")
    paid = units_text(swapped.args["amountOut"])
    say(f"{session.me()} got {paid} {got.params.points.symbol} for {points} {given.params.points.symbol}")


@act
def announce(other: str, which: str, points: str) -> None:
    """Announces a withdrawal: of one's `own` points, or of those that the `other` brand owes; to the treasurer."""
    session = open_session(web3, network.show_active())
    pair, treasurer = _pair(session, other), session.staff(Role.TREASURER)
    token = _which(pair, which)
    to = session.programme.params.roles.treasurer[0].address
    call = pair.own.commons.exchange.functions.announceWithdrawal(pair.pair_id, token, amount("points", points), to)
    session.send(pair.own.as_brand(call), sender=treasurer)
    say(f"{points} points can be withdrawn to {to} after the notice")


@act
def withdraw(other: str, which: str) -> None:
    """Withdraws what was announced, once the notice has passed."""
    session = open_session(web3, network.show_active())
    pair = _pair(session, other)
    call = pair.own.commons.exchange.functions.withdraw(pair.pair_id, _which(pair, which))
    session.send(pair.own.as_brand(call), sender=session.staff(Role.TREASURER))
    show(other)


def _which(pair: _Pair, text: str) -> str:
    chosen = one_of("which", text, {"own": pair.own, "other": pair.other})
    return str(chosen.points.address)
