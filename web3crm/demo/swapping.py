"""Chapter: two brands agree on terms, and a customer swaps points of one for points of the other."""

from __future__ import annotations

from typing import Any

from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from web3crm.chain import relay
from web3crm.chain.typed_data import Domain, exchange_swap
from web3crm.demo.cast import COIN, Cast, Customer
from web3crm.demo.stage import Stage, points
from web3crm.deploy import Programme

__all__ = ["swap_points"]

_DAY = 86_400
_RESERVE = 5_000 * COIN
_CAP = 1_000 * COIN


def swap_points(stage: Stage, cast: Cast) -> None:
    """Agrees, funds, opens, swaps there and back, and shows what one brand owes the other."""
    stage.chapter("A customer swaps points of one brand for points of another")
    chain, exchange = cast.chain, cast.coffee.commons.exchange
    first, second = sorted((cast.coffee, cast.bookshop), key=lambda made: int(str(made.points.address), 16))
    terms = (
        first.brand, second.brand, str(first.points.address), str(second.points.address),
        COIN // 4, COIN * 4, _CAP, _CAP, _DAY, 3 * _DAY,
    )  # fmt: skip
    for programme in (cast.coffee, cast.bookshop):
        receipt = _as_brand(cast, programme, exchange.functions.agree(terms))
        stage.spent("agree on the terms of a swap pair", receipt)
    pair = chain.call(exchange.functions.pairIdOf(*terms[:4]))
    stage.check(
        "both brands agreed to the same terms, so they hold", chain.call(exchange.functions.pair(pair))[0], terms
    )
    for programme in (cast.coffee, cast.bookshop):
        _fund(stage, cast, programme, pair)
    # 2 BEAN for 1 EARS: the rate is points B for a point A.
    rate = COIN // 2 if first is cast.coffee else COIN * 2
    _as_brand(cast, cast.coffee, exchange.functions.setRate(pair, rate))
    for programme in (cast.coffee, cast.bookshop):
        _as_brand(cast, programme, exchange.functions.setOpen(pair, True))
    stage.say(f"each puts {points(_RESERVE)} of its points aside; 2 BEAN are 1 EARS; at most {points(_CAP)} a day")

    amount = 120 * COIN
    customer = cast.with_points(amount, after=32)
    beans, ears = cast.coffee.points, cast.bookshop.points
    before = chain.call(beans.functions.balanceOf(customer.address))
    receipt = _swap(stage, cast, customer, pair, amount)
    got = chain.call(ears.functions.balanceOf(customer.address))
    paid = before - chain.call(beans.functions.balanceOf(customer.address))
    stage.check(f"{customer} gives {points(paid)} BEAN and gets {points(got)} EARS", (paid, got), (amount, amount // 2))
    owed = chain.call(exchange.functions.settlement(pair))[0 if first is cast.coffee else 1]
    stage.check(f"the roastery owes the bookshop {points(owed)} BEAN, for all to see", owed, amount)
    reserves = [chain.call(token.functions.balanceOf(exchange.address)) for token in (beans, ears)]
    stage.check("the exchange holds what its books say", reserves, [_RESERVE + amount, _RESERVE - amount // 2])
    (swapped,) = chain.events(receipt, exchange, "PointsSwapped")
    stage.check("the event tells what came in and what went out", swapped.args["amountOut"], got)
    stage.facts["points swapped"] = f"{points(amount)} BEAN for {points(got)} EARS"


def _fund(stage: Stage, cast: Cast, programme: Programme, pair: bytes) -> None:
    """The staff issues points to itself and puts them into the pair's reserve."""
    chain, token, staff = cast.chain, programme.points, _staff(cast, programme)
    exchange = programme.commons.exchange
    chain.transact(token.functions.issue(staff.address, _RESERVE, bytes(32)), sender=staff)
    chain.transact(token.functions.approve(exchange.address, _RESERVE), sender=staff)
    receipt = chain.transact(exchange.functions.fund(pair, token.address, _RESERVE), sender=staff)
    stage.spent("fund a reserve", receipt)


def _swap(stage: Stage, cast: Cast, customer: Customer, pair: bytes, amount: int) -> TxReceipt:
    """She signs a permit and the swap, least amount included; somebody else sends both."""
    chain, token, exchange = cast.chain, cast.coffee.points, cast.coffee.commons.exchange
    least = chain.call(exchange.functions.quote(pair, token.address, amount))
    receipt = cast.permit(customer, exchange.address, amount)
    stage.spent("permit a payment in points (relayed)", receipt)
    swap = exchange_swap(
        domain=Domain("PointsExchange", chain.chain_id, exchange.address),
        customer=customer.address, pair_id=pair, points_in=token.address, amount_in=amount, min_out=least,
        recipient=customer.address, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, exchange, "swapBySig", swap, cast.sign(swap, customer), sender=cast.relayer)
    stage.spent("swap points (relayed)", receipt)
    return receipt


def _as_brand(cast: Cast, programme: Programme, act: ContractFunction) -> TxReceipt:
    return cast.chain.transact(programme.as_brand(act), sender=_treasurer(cast, programme))


def _staff(cast: Cast, programme: Programme) -> Any:
    return cast.staff if programme is cast.coffee else cast.bookshop_staff


def _treasurer(cast: Cast, programme: Programme) -> Any:
    return cast.treasurer if programme is cast.coffee else cast.bookshop_treasurer
