"""Chapter: points are redeemed for a reward, and given back."""

from __future__ import annotations

from eth_utils.crypto import keccak

from web3crm.chain import relay
from web3crm.chain.typed_data import Domain, reward_cancel, reward_redeem
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.stage import Stage, points
from web3crm.domain import OrderState

__all__ = ["redeem_rewards"]

_CUP, _CARD = 1, 3


def redeem_rewards(stage: Stage, cast: Cast) -> None:
    """Redeems a reward that is cancelled, one that is fulfilled and refunded, and one that is a card."""
    stage.chapter("Points are redeemed for rewards, and given back to the last fraction")
    chain, token, catalog = cast.chain, cast.coffee.points, cast.coffee.rewards
    price, stock, limit = chain.call(catalog.functions.reward(_CUP))[:3]
    customer = cast.with_points(2 * price, after=30)
    stage.say(f"a cup: {points(price)} points, {stock:,} in stock, at most {limit} to each")
    before = chain.call(token.functions.balanceOf(customer.address))
    supply = chain.call(token.functions.totalSupply())
    budget = chain.call(token.functions.issuable())

    order = _redeem(stage, cast, customer, _CUP)
    held = chain.call(token.functions.balanceOf(customer.address))
    stage.check(f"{customer} redeems a cup by two signatures; {points(price)} points are gone", before - held, price)
    stage.check("burned, not moved: the supply fell", supply - chain.call(token.functions.totalSupply()), price)
    cancelling = reward_cancel(
        domain=Domain("RewardCatalog", chain.chain_id, catalog.address),
        customer=customer.address, order_id=order, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, catalog, "cancelBySig", cancelling, cast.sign(cancelling, customer), sender=cast.relayer)
    stage.spent("cancel an order (relayed)", receipt)
    stage.check("she changes her mind: exactly what was burned is back", _balance(cast, customer), before)

    order = _redeem(stage, cast, customer, _CUP)
    stage.spent("fulfil an order", chain.transact(catalog.functions.fulfil([order]), sender=cast.staff))
    state = OrderState(chain.call(catalog.functions.order(order))[2])
    stage.check("she redeems another; the brand hands it out", state, OrderState.FULFILLED)
    stage.spent("refund an order", chain.transact(catalog.functions.refund(order), sender=cast.staff))
    stage.check("the cup was cracked: the brand refunds it, once", _balance(cast, customer), before)
    stage.check("no refund used up the issuance budget", chain.call(token.functions.issuable()), budget)

    cards = cast.coffee.cards
    had = chain.call(cards.functions.balanceOf(customer.address))
    _redeem(stage, cast, customer, _CARD)
    stage.check("another reward is a card: she holds it at once", _cards(cast, customer), had + 1)
    stage.facts["rewards redeemed"] = chain.call(catalog.functions.orderCount())


def _redeem(stage: Stage, cast: Cast, customer: Customer, reward: int) -> int:
    """She holds no native coin: she signs a permit and the redemption, and somebody else sends both."""
    chain, catalog = cast.chain, cast.coffee.rewards
    price = chain.call(catalog.functions.reward(reward))[0]
    receipt = cast.permit(customer, catalog.address, price)
    stage.spent("permit a payment in points (relayed)", receipt)
    redemption = reward_redeem(
        domain=Domain("RewardCatalog", chain.chain_id, catalog.address),
        customer=customer.address, reward_id=reward, ref=keccak(text=f"reward for {customer}"),
        nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, catalog, "redeemBySig", redemption, cast.sign(redemption, customer), sender=cast.relayer)
    stage.spent("redeem points for a reward (relayed)", receipt)
    (opened,) = chain.events(receipt, catalog, "RewardRedeemed")
    return int(opened.args["orderId"])


def _balance(cast: Cast, customer: Customer) -> int:
    return int(cast.chain.call(cast.coffee.points.functions.balanceOf(customer.address)))


def _cards(cast: Cast, customer: Customer) -> int:
    return int(cast.chain.call(cast.coffee.cards.functions.balanceOf(customer.address)))
