"""The market against a model of it in plain Python: three traders list, buy, give, cancel and move four cards while time passes.

MKT-1  a sale moves the card and the money together or not at all
MKT-2  in a sale the seller gets the price less the royalty and the collection the royalty, to the wei; the buyer pays the price
MKT-3  no order is filled twice, and none after it was cancelled, expired or outlived by its counter
MKT-4  between transactions the market holds neither cards nor money
MKT-5  an order is Open exactly when its seller's side allows a purchase
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from brownie import CardMarket, MockCardCollection, MockSaleCurrency, chain, history
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy
from hypothesis import strategies as st

from tests.support.signing import signed_by
from web3crm.chain.typed_data import Domain, TypedData, market_buy, market_order

NATIVE = "0x" + "00" * 20
CARDS = (1, 2, 3, 4)
ROYALTY_BPS = {1: 500, 2: 1_000}
HOUR = 3_600
OPEN = 0


@dataclass
class Listing:
    typed: TypedData
    signature: bytes
    seller: Any
    card: int
    in_token: bool
    price: int
    buyer: Any
    tier: int
    hours: int
    counter: int
    nonce: int


class MarketMachine:
    st_trader = strategy("uint8", max_value=2)
    st_other = strategy("uint8", max_value=2)
    st_card = st.sampled_from(CARDS)
    st_price = st.sampled_from((0, 1, 19, 1_000_003, 10**15 + 7))
    st_token = strategy("bool")
    st_private = strategy("bool")
    st_pinned = strategy("bool")
    st_hours = st.sampled_from((1, 5, 50))
    st_pick = strategy("uint16")
    st_relayed = strategy("bool")

    def __init__(cls, traders, relayer, deployer):
        cls.traders, cls.relayer = traders, relayer
        cls.market = deployer.deploy(CardMarket)
        cls.collection = deployer.deploy(MockCardCollection)
        cls.currency = deployer.deploy(MockSaleCurrency)
        cls.domain = Domain("CardMarket", chain.id, cls.market.address)
        for tier, bps in ROYALTY_BPS.items():
            cls.collection.setTier(tier, bps, False, {"from": deployer})
        for card in CARDS:
            cls.collection.mint(traders[card % 3], card, 1, 0, 0, {"from": deployer})
        for trader in traders:
            cls.collection.setApprovalForAll(cls.market, True, {"from": trader})
            cls.currency.mint(trader, 10**18, {"from": deployer})
            cls.currency.approve(cls.market, 10**18, {"from": trader})

    def setup(self):
        self.start = chain.time()
        self.owner = {card: self.traders[card % 3] for card in CARDS}
        self.tier = dict.fromkeys(CARDS, 1)
        self.native = {account: account.balance() for account in self.accounts()}
        self.tokens = {account: self.currency.balanceOf(account) for account in self.accounts()}
        self.counter = dict.fromkeys(self.traders, 0)
        self.used: set[tuple[Any, int]] = set()
        self.listings: list[Listing] = []
        self.hours_passed = 0
        self.next_nonce = 0

    def accounts(self):
        return [*self.traders, self.collection, self.market]

    # --- acts ------------------------------------------------------------------------------------------------------------

    def rule_list(
        self,
        trader="st_trader",
        other="st_other",
        card="st_card",
        price="st_price",
        token="st_token",
        private="st_private",
        pinned="st_pinned",
        hours="st_hours",
    ):
        """Lists a card, also one that is not the seller's: it may become hers."""
        seller, buyer = self.traders[trader], self.traders[other] if private else None
        tier = self.tier[card] if pinned else 0
        self.next_nonce += 1
        typed = market_order(
            domain=self.domain,
            seller=seller.address,
            collection=self.collection.address,
            card_id=card,
            currency=self.currency.address if token else NATIVE,
            price=price,
            buyer=buyer.address if buyer else NATIVE,
            tier_id=tier,
            min_expires_at=0,
            # Half an hour past the full hours that the model knows: no few seconds more or less make a difference.
            expires_at=self.start + (self.hours_passed + hours) * HOUR + HOUR // 2,
            counter=self.counter[seller],
            nonce=self.next_nonce,
        )
        self.listings.append(
            Listing(
                typed,
                signed_by(seller, typed),
                seller,
                card,
                token,
                price,
                buyer,
                tier,
                self.hours_passed + hours,
                self.counter[seller],
                self.next_nonce,
            )
        )

    rule_list_another = rule_list

    def rule_buy(self, trader="st_trader", pick="st_pick", relayed="st_relayed"):
        """Buys some listing, mostly an open one; what cannot be bought must leave everything as it was."""
        if not self.listings:
            return
        buyer = self.traders[trader]
        candidates = [listing for listing in self.listings if self.is_open(listing)] if pick % 4 else self.listings
        candidates = candidates or self.listings
        listing = candidates[pick % len(candidates)]
        if self.is_open(listing) and listing.buyer in (None, buyer):
            self.settle(listing, buyer, self.send_purchase(listing, buyer, relayed))
        else:
            with pytest.raises(VirtualMachineError):
                self.send_purchase(listing, buyer, relayed)
            self.charge_gas(history[-1])

    rule_buy_another = rule_buy

    def rule_buy_again(self, trader="st_trader"):
        """Tries an order a second time, with the card back in the seller's hands."""
        filled = [listing for listing in self.listings if (listing.seller, listing.nonce) in self.used]
        if not filled:
            return
        listing, buyer = filled[-1], self.traders[trader]
        self.move(listing.card, listing.seller)
        with pytest.raises(VirtualMachineError):
            self.send_purchase(listing, buyer, False)
        self.charge_gas(history[-1])

    def rule_cancel(self, pick="st_pick"):
        if not self.listings:
            return
        listing = self.listings[pick % len(self.listings)]
        self.charge_gas(self.market.cancel([listing.nonce], {"from": listing.seller}))
        self.used.add((listing.seller, listing.nonce))

    def rule_cancel_all(self, trader="st_trader"):
        seller = self.traders[trader]
        self.charge_gas(self.market.cancelAll({"from": seller}))
        self.counter[seller] = self.market.counterOf(seller)

    def rule_move(self, card="st_card", trader="st_trader"):
        self.move(card, self.traders[trader])

    def rule_change_tier(self, card="st_card"):
        self.tier[card] = 3 - self.tier[card]
        self.collection.setCard(card, self.tier[card], 0, 0, {"from": self.relayer})

    def rule_wait(self, hours="st_hours"):
        chain.sleep(hours * HOUR)
        chain.mine()
        self.hours_passed += hours

    # --- model -----------------------------------------------------------------------------------------------------------

    def is_open(self, listing):
        return (
            listing.counter == self.counter[listing.seller]
            and self.hours_passed <= listing.hours
            and (listing.seller, listing.nonce) not in self.used
            and self.owner[listing.card] == listing.seller
            and listing.tier in (0, self.tier[listing.card])
        )

    def settle(self, listing, buyer, receipt):
        self.charge_gas(receipt)
        royalty = listing.price * ROYALTY_BPS[self.tier[listing.card]] // 10_000
        money = self.tokens if listing.in_token else self.native
        money[buyer] -= listing.price
        money[listing.seller] += listing.price - royalty
        money[self.collection] += royalty
        self.owner[listing.card] = buyer
        self.used.add((listing.seller, listing.nonce))

    def send_purchase(self, listing, buyer, relayed):
        order = tuple(listing.typed.message.values())
        if relayed and listing.in_token:
            self.next_nonce += 1
            purchase = market_buy(
                domain=self.domain,
                order=listing.typed,
                buyer=buyer.address,
                recipient=buyer.address,
                nonce=self.next_nonce,
                deadline=2**40,
            )
            signature = signed_by(buyer, purchase)
            return self.market.buyBySig(
                order, listing.signature, buyer, buyer, self.next_nonce, 2**40, signature, {"from": self.relayer}
            )
        value = 0 if listing.in_token else listing.price
        return self.market.buy(order, listing.signature, buyer, {"from": buyer, "value": value})

    def move(self, card, recipient):
        owner = self.owner[card]
        self.charge_gas(self.collection.transferFrom(owner, recipient, card, {"from": owner}))
        self.owner[card] = recipient

    def charge_gas(self, receipt):
        if receipt.sender in self.native:
            self.native[receipt.sender] -= receipt.gas_used * receipt.gas_price

    # --- invariants ------------------------------------------------------------------------------------------------------

    def invariant_cards(self):
        """MKT-1, MKT-3"""
        assert {card: self.collection.ownerOf(card) for card in CARDS} == self.owner

    def invariant_money(self):
        """MKT-1, MKT-2"""
        assert {account: account.balance() for account in self.accounts()} == self.native
        assert {account: self.currency.balanceOf(account) for account in self.accounts()} == self.tokens

    def invariant_market_is_empty(self):
        """MKT-4"""
        assert (self.market.balance(), self.currency.balanceOf(self.market)) == (0, 0)
        assert self.collection.balanceOf(self.market) == 0

    def invariant_statuses(self):
        """MKT-5"""
        for listing in self.listings[-3:]:
            status = self.market.orderStatus(tuple(listing.typed.message.values()), listing.signature)
            assert (status == OPEN) == self.is_open(listing)


def test_market(state_machine, accounts, alice, bob, carol, relayer, deployer):
    state_machine(MarketMachine, [alice, bob, carol], relayer, deployer, settings={"max_examples": 12})
