"""Resale by a signed order: our market, Seaport's basic order and a plain market, all selling our own cards with a royalty of 5 %."""

from __future__ import annotations

from dataclasses import dataclass

from eth_utils.crypto import keccak
from web3.contract import Contract
from web3.contract.contract import ContractFunction

from bench.programme import SILVER, SILVER_COINS, SILVER_PRICE, deploy_authority, deploy_cards, deploy_points
from bench.stage import DEADLINE, NATIVE, OURS, Stage, Table
from web3crm.chain.typed_data import Domain, TypedData, market_order

SEAPORT, PLAIN = "Seaport 1.6 basic order", "plain market on OpenZeppelin"
PRICE = 10**17
CARD = 4
# Seaport's numbers for kinds of items and of orders that anyone may fill.
NATIVE_ITEM, ERC20_ITEM, ERC721_ITEM = 0, 1, 2
NATIVE_FOR_CARD, ERC20_FOR_CARD = 0, 8


@dataclass(frozen=True)
class Venue:
    """Where Alice sells: her card, and the markets that may move it."""

    stage: Stage
    cards: Contract
    ours: Contract
    seaport: Contract
    plain: Contract

    def purchases(self, currency: str, price: int, buyer: str) -> dict[str, ContractFunction]:
        """``buyer`` fills the same offer of Alice's in each market."""
        return {
            OURS: self._ours(currency, price, buyer),
            SEAPORT: self._seaport(currency, price),
            PLAIN: self._plain(currency, price),
        }

    def costs(self, currency: str, price: int, buyer: str) -> dict[str, int]:
        """What that costs."""
        value = price if currency == NATIVE else 0
        acts = self.purchases(currency, price, buyer)
        return {name: self.stage.cost(act, buyer, value) for name, act in acts.items()}

    def _domain(self, market: Contract, name: str) -> Domain:
        return Domain(name, self.stage.ours.chain_id, market.address)

    def _ours(self, currency: str, price: int, buyer: str) -> ContractFunction:
        order = market_order(
            domain=self._domain(self.ours, "CardMarket"),
            seller=self.stage.alice,
            collection=self.cards.address,
            card_id=CARD,
            currency=currency,
            price=price,
            buyer=NATIVE,
            tier_id=0,
            min_expires_at=0,
            perk_desk=NATIVE,
            perks_left=bytes(32),
            expires_at=DEADLINE,
            counter=0,
            nonce=1,
        )
        signature = self.stage.sign(order, self.stage.alice)
        return self.ours.functions.buy(tuple(order.message.values()), signature, buyer)

    def _plain(self, currency: str, price: int) -> ContractFunction:
        fields = {
            "seller": "address",
            "collection": "address",
            "tokenId": "uint256",
            "currency": "address",
            "price": "uint256",
            "expiresAt": "uint256",
            "salt": "uint256",
        }
        values = (self.stage.alice, self.cards.address, CARD, currency, price, DEADLINE, 1)
        message = dict(zip(fields, values, strict=True))
        order = TypedData(self._domain(self.plain, "PlainMarket"), "Order", fields, message)
        return self.plain.functions.buy(values, self.stage.sign(order, self.stage.alice))

    def _seaport(self, currency: str, price: int) -> ContractFunction:
        seller, cards, royalty = self.stage.alice, self.cards.address, price // 20
        item = NATIVE_ITEM if currency == NATIVE else ERC20_ITEM
        kind = NATIVE_FOR_CARD if currency == NATIVE else ERC20_FOR_CARD
        net, nothing, salt = price - royalty, bytes(32), 1
        offer = [(ERC721_ITEM, cards, CARD, 1, 1)]
        wanted = [(item, currency, 0, net, net, seller), (item, currency, 0, royalty, royalty, cards)]
        components = (seller, NATIVE, offer, wanted, 0, 0, DEADLINE, nothing, salt, nothing, 0)
        order_hash = self.stage.call(self.seaport.functions.getOrderHash(components))
        _, separator, _ = self.stage.call(self.seaport.functions.information())
        signature = self.stage.sign_digest(keccak(b"\x19\x01" + separator + order_hash), seller)
        basic = (
            *(currency, 0, net, seller, NATIVE, cards, CARD, 1, kind, 0, DEADLINE, nothing, salt, nothing, nothing),
            *(1, [(royalty, cards)], signature),
        )
        return self.seaport.functions.fulfillBasicOrder_efficient_6GL6yc(basic)


def measure(stage: Stage) -> Table:
    """Alice sells one of three cards; Carol has cards already, Bob has none."""
    table = Table(
        "Market",
        [SEAPORT, PLAIN],
        [
            "All three sell the same card of ours to the same buyers, at the same price, and pay the same royalty into the same till.",
            "Seaport and the plain market begin a storage word with every order. Ours sets one bit of a word of 256: *first nonce of a "
            "word* is its dearest case, met by one order in 256 at most.",
            "In Seaport the order names the royalty; ours and the plain market ask the collection (ERC-2981).",
        ],
    )
    coin = stage.deploy("MockCoin")
    venue = open_venue(stage, coin)
    fresh = "market: resale in native coin, new holder, first nonce of a word"
    table.add(fresh, venue.costs(NATIVE, PRICE, stage.bob))
    stage.send(venue.ours.functions.cancel([0]), stage.alice)
    table.add("market: resale in native coin, new holder", venue.costs(NATIVE, PRICE, stage.bob))
    table.add("market: resale in native coin, holder of others", venue.costs(NATIVE, PRICE, stage.carol))
    table.add("market: resale in an ERC-20, new holder", venue.costs(coin.address, SILVER_COINS, stage.bob))
    table.add("market: resale in an ERC-20, holder of others", venue.costs(coin.address, SILVER_COINS, stage.carol))
    return table


def open_venue(stage: Stage, coin: Contract) -> Venue:
    """The markets with all approvals: Alice's for her cards, Bob's and Carol's for their coins."""
    authority = deploy_authority(stage)
    cards = deploy_cards(stage, authority, deploy_points(stage, authority), coin)
    for customer in (stage.carol, stage.carol, stage.alice, stage.alice, stage.alice):
        stage.send(cards.functions.buy(SILVER, customer, NATIVE, SILVER_PRICE), customer, SILVER_PRICE)
    venue = Venue(
        stage, cards, stage.deploy("CardMarket"), stage.deploy_peer("SeaportMarket"), stage.deploy_peer("PlainMarket")
    )
    customers = (stage.alice, stage.bob, stage.carol)
    for holder in customers:
        stage.send(coin.functions.mint(holder, 10 * PRICE), holder)
    stage.send(coin.functions.transfer(cards.address, 1), stage.bob)
    for market in (venue.ours, venue.seaport, venue.plain):
        stage.send(cards.functions.setApprovalForAll(market.address, True), stage.alice)
        for holder in customers:
            stage.send(coin.functions.approve(market.address, 2**256 - 1), holder)
    return venue
