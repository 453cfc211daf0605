"""Chapters: cards are bought, given away in a wallet, and sold on by a signature."""

from __future__ import annotations

from web3.types import TxReceipt

from web3crm.chain import relay
from web3crm.chain.typed_data import (
    Domain,
    card_buy,
    card_set_approval_for_all,
    market_order,
    perk_redeem,
)
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.stage import DemoFailed, Stage, coins, points
from web3crm.domain import NATIVE, royalty
from web3crm.errors import ContractRevert

__all__ = ["buy_cards", "resell_card", "transfer_card"]

_REGULAR, _BARISTA, _FOUNDER = 1, 2, 3
_PARTS = 21
"""So many customers, the first, have a part of their own in the story."""
_TIER_NAMES = {_REGULAR: "Regular", _BARISTA: "Barista", _FOUNDER: "Founder"}


def buy_cards(stage: Stage, cast: Cast) -> dict[int, int]:
    """Sells cards of three tiers, in native coin and in points. Returns one card's id for each tier."""
    stage.chapter("Three tiers on sale: cards for native coin and for points")
    cards, chain = cast.coffee.cards, cast.chain
    for tier_id, name in _TIER_NAMES.items():
        price = chain.call(cards.functions.tierPrice(tier_id, NATIVE))
        in_points = chain.call(cards.functions.tierPrice(tier_id, cast.coffee.points.address))
        stage.say(f"{name}: {coins(price)}" + (f" or {points(in_points)} points" if in_points else ""))

    buyers = cast.customers[:6]
    for customer in buyers:
        cast.give_coins(customer)
    regular = [_buy_with_coins(stage, cast, customer, _REGULAR) for customer in buyers[:4]]
    founder = _buy_with_coins(stage, cast, buyers[4], _FOUNDER)
    barista = _buy_with_points(stage, cast, _richest(cast), _BARISTA)
    stage.facts["cards sold"] = chain.call(cards.functions.cardCount())
    stage.check("six cards exist", stage.facts["cards sold"], 6)
    return {_REGULAR: regular[0], _BARISTA: barista, _FOUNDER: founder}


def transfer_card(stage: Stage, cast: Cast, card_id: int) -> None:
    """Gives a card away, as any wallet does it: an ERC-721 transfer."""
    stage.chapter("A card changes wallets")
    cards, chain = cast.coffee.cards, cast.chain
    giver, receiver = cast.customers[0], cast.customers[10]
    before = chain.call(cards.functions.cardOf(card_id))
    transfer = cards.get_function_by_signature("safeTransferFrom(address,address,uint256)")
    receipt = chain.transact(transfer(giver.address, receiver.address, card_id), sender=giver.wallet)
    stage.spent("transfer a card to another wallet", receipt)
    owner = chain.call(cards.functions.ownerOf(card_id))
    stage.check(f"card {card_id} went from {giver} to {receiver}", owner, receiver.address)
    stage.check("its tier and term came along", chain.call(cards.functions.cardOf(card_id)), before)


def resell_card(stage: Stage, cast: Cast, card_id: int) -> None:
    """Lists a card by two signatures that cost nothing, and sells it to somebody else through the market."""
    stage.chapter("The card is listed by signature and bought, with the perks it still has")
    chain, cards, market = cast.chain, cast.coffee.cards, cast.coffee.commons.market
    desk = cast.coffee.perks
    seller = cast.holder(card_id)
    buyer = cast.customers[11]
    cast.give_coins(buyer)
    tier_id, _, expires_at = chain.call(cards.functions.cardOf(card_id))
    price = 80 * 10**15
    left = chain.call(desk.functions.perksLeft(card_id))

    approval = card_set_approval_for_all(
        domain=Domain("MembershipCard", chain.chain_id, cards.address),
        owner=seller.address, operator=market.address, approved=True, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    signature = cast.sign(approval, seller)
    receipt = relay(chain, cards, "setApprovalForAllBySig", approval, signature, sender=cast.relayer)
    stage.spent("allow the market to move one's cards (relayed)", receipt)
    order = market_order(
        domain=Domain("CardMarket", chain.chain_id, market.address),
        seller=seller.address, collection=cards.address, card_id=card_id, currency=NATIVE, price=price, buyer=NATIVE,
        tier_id=tier_id, min_expires_at=expires_at, perk_desk=desk.address, perks_left=left,
        expires_at=cast.deadline(), counter=0, nonce=cast.nonce(),
    )  # fmt: skip
    stage.say(
        f"{seller} signs: card {card_id} ({_TIER_NAMES[tier_id]}), {coins(price)}; tier, expiry and perks left pinned; no gas"
    )

    bps = chain.call(cards.functions.tier(tier_id))[4]
    due = royalty(price, bps)
    seller_before, till_before = chain.balance(seller.address), chain.balance(cards.address)
    purchase = market.functions.buy(tuple(order.message.values()), cast.sign(order, seller), buyer.address)
    receipt = chain.transact(purchase, sender=buyer.wallet, value=price)
    stage.spent("buy a listed card (native coin, royalty)", receipt)
    stage.check(f"{buyer} owns card {card_id}", chain.call(cards.functions.ownerOf(card_id)), buyer.address)
    got = chain.balance(seller.address) - seller_before
    stage.check(f"{seller} got the price less {bps / 100:g} % royalty: {coins(got)}", got, price - due)
    kept = chain.balance(cards.address) - till_before
    stage.check(f"the brand's till got the royalty: {coins(kept)}", kept, due)
    stage.check("the market kept nothing", chain.balance(market.address), 0)
    stage.check("the perks that are left came with it", chain.call(desk.functions.perksLeft(card_id)), left)
    again = perk_redeem(
        domain=Domain("PerkDesk", chain.chain_id, desk.address),
        holder=seller.address, card_id=card_id, tier_id=tier_id, perk_id=0, ref=bytes(32), nonce=cast.nonce(),
        deadline=cast.deadline(),
    )  # fmt: skip
    try:
        relay(chain, desk, "redeemPerkBySig", again, cast.sign(again, seller), sender=cast.relayer)
    except ContractRevert:
        stage.check(f"{seller} cannot use them any more", True)
    else:
        raise DemoFailed(f"{seller} redeemed a perk of a card that was sold")
    stage.facts["paid in resales"] = coins(price)
    stage.facts["royalties"] = coins(due)


def _buy_with_coins(stage: Stage, cast: Cast, customer: Customer, tier_id: int) -> int:
    cards = cast.coffee.cards
    price = cast.chain.call(cards.functions.tierPrice(tier_id, NATIVE))
    till = cast.chain.balance(cards.address)
    act = cards.functions.buy(tier_id, customer.address, NATIVE, price)
    receipt = cast.chain.transact(act, sender=customer.wallet, value=price)
    stage.spent("buy a card with native coin", receipt)
    card_id = _bought(cast, receipt)
    paid = cast.chain.balance(cards.address) - till
    stage.check(f"{customer} bought card {card_id} ({_TIER_NAMES[tier_id]}) for {coins(price)}", paid, price)
    return card_id


def _buy_with_points(stage: Stage, cast: Cast, customer: Customer, tier_id: int) -> int:
    """She holds no native coin: she signs twice, for the payment and for the purchase, and somebody else sends both."""
    chain, cards, token = cast.chain, cast.coffee.cards, cast.coffee.points
    price = chain.call(cards.functions.tierPrice(tier_id, token.address))
    before = chain.call(token.functions.balanceOf(customer.address))
    receipt = cast.permit(customer, cards.address, price)
    stage.spent("permit a payment in points (relayed)", receipt)
    purchase = card_buy(
        domain=Domain("MembershipCard", chain.chain_id, cards.address),
        buyer=customer.address, tier_id=tier_id, recipient=customer.address, currency=token.address, max_price=price,
        nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, cards, "buyBySig", purchase, cast.sign(purchase, customer), sender=cast.relayer)
    stage.spent("buy a card with points (relayed)", receipt)
    card_id = _bought(cast, receipt)
    paid = before - chain.call(token.functions.balanceOf(customer.address))
    stage.check(f"{customer} bought card {card_id} ({_TIER_NAMES[tier_id]}) for {points(price)} points", paid, price)
    stage.check("she needed no native coin for it", chain.balance(customer.address), 0)
    stage.check("the points she paid are redeemed, not moved", chain.call(token.functions.totalRedeemed()), price)
    return card_id


def _richest(cast: Cast) -> Customer:
    """Whoever has most points of those who have no part of their own: the others may have been given native coin."""
    token = cast.coffee.points
    return max(
        cast.customers[_PARTS:], key=lambda customer: cast.chain.call(token.functions.balanceOf(customer.address))
    )


def _bought(cast: Cast, receipt: TxReceipt) -> int:
    (bought,) = cast.chain.events(receipt, cast.coffee.cards, "CardBought")
    return int(bought.args["cardId"])
