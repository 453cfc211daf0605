"""The market against a model in plain Python: three traders list, buy, give, cancel and move four cards in time.

MKT-1  a sale moves the card and the money together or not at all
MKT-2  in a sale the seller gets the price less the royalty and the collection the royalty, to the wei; the buyer pays
       the price
MKT-3  no order is filled twice, and none after it was cancelled, expired or outlived by its counter
MKT-4  between transactions the market holds neither cards nor money
MKT-5  an order is Open exactly when its seller's side allows a purchase
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from brownie import CardMarket, MockCardCollection, MockSaleCurrency, chain, history
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy

from tests.support.signing import signed_by
from web3crm.chain.typed_data import Domain, TypedData, market_buy, market_order

NATIVE = "0x" + "00" * 20
CARDS = (1, 2, 3, 4)
ROYALTY_BPS = {1: 500, 2: 1_000}
HOUR = 3_600
PRICES = (0, 1, 19, 1_000_003, 10**15 + 7)
LASTING_HOURS = (1, 5, 50)
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
    # Hypothesis draws bursts of acts, not single ones: most of the examples it makes are only a step or two long.
    st_seed = strategy("uint64")
    burst = 8

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
        for card in CARDS:
            self.offer(self.owner[card], card, PRICES[card], card % 2 == 0, None, True, LASTING_HOURS[1])

    def accounts(self):
        return [*self.traders, self.collection, self.market]

    # --- acts ---------------------------------------------------------------------------------------------------------

    def rule_trade(self, seed="st_seed"):
        random = Random(seed)
        for act in random.choices(
            [self.list, self.buy, self.buy_again, self.cancel, self.cancel_all, self.move, self.change_tier, self.wait],
            weights=[5, 8, 4, 2, 1, 3, 1, 1],
            k=self.burst,
        ):
            act(random)
            self.check_cards_and_money()

    def list(self, random):
        """Lists a card, mostly one that is the seller's; another may become hers."""
        card, seller = random.choice(CARDS), random.choice(self.traders)
        seller = random.choice([seller, self.owner[card], self.owner[card]])
        in_token, pinned = random.random() < 0.5, random.random() < 0.5
        buyer = random.choice([None, None, *self.traders])
        self.offer(seller, card, random.choice(PRICES), in_token, buyer, pinned, random.choice(LASTING_HOURS))

    def buy(self, random):
        """Buys some listing, mostly one that is open; what cannot be bought must leave everything as it was."""
        listings = random.choice([self.listings, *[[each for each in self.listings if self.is_open(each)]] * 3])
        listing = random.choice(listings or self.listings)
        buyer = random.choice([*self.traders, *[listing.buyer or self.traders[0]] * 3])
        relayed = random.random() < 0.5
        if self.is_open(listing) and listing.buyer in (None, buyer):
            self.settle(listing, buyer, self.send_purchase(listing, buyer, relayed))
        else:
            self.fail_to_buy(listing, buyer, relayed)

    def buy_again(self, random):
        """Tries an order that was filled or cancelled once more, with the card back in the seller's hands."""
        used = [each for each in self.listings if (each.seller, each.nonce) in self.used]
        if used:
            listing = random.choice(used)
            self.transfer(listing.card, listing.seller)
            self.fail_to_buy(listing, listing.buyer or random.choice(self.traders), random.random() < 0.5)

    def cancel(self, random):
        listing = random.choice(self.listings)
        self.charge_gas(self.market.cancel([listing.nonce], {"from": listing.seller}))
        self.used.add((listing.seller, listing.nonce))

    def cancel_all(self, random):
        seller = random.choice(self.traders)
        self.charge_gas(self.market.cancelAll({"from": seller}))
        self.counter[seller] = self.market.counterOf(seller)

    def move(self, random):
        self.transfer(random.choice(CARDS), random.choice(self.traders))

    def change_tier(self, random):
        card = random.choice(CARDS)
        self.tier[card] = 3 - self.tier[card]
        self.collection.setCard(card, self.tier[card], 0, 0, {"from": self.relayer})

    def wait(self, random):
        hours = random.choice(LASTING_HOURS[:2])
        chain.sleep(hours * HOUR)
        chain.mine()
        self.hours_passed += hours

    # --- model --------------------------------------------------------------------------------------------------------

    def is_open(self, listing):
        return (
            listing.counter == self.counter[listing.seller]
            and self.hours_passed <= listing.hours
            and (listing.seller, listing.nonce) not in self.used
            and self.owner[listing.card] == listing.seller
            and listing.tier in (0, self.tier[listing.card])
        )

    def offer(self, seller, card, price, token, buyer, pinned, hours):
        self.next_nonce += 1
        tier = self.tier[card] if pinned else 0
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
            perk_desk=NATIVE,
            perks_left=bytes(32),
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

    def fail_to_buy(self, listing, buyer, relayed):
        with pytest.raises(VirtualMachineError):
            self.send_purchase(listing, buyer, relayed)
        self.charge_gas(history[-1])

    def transfer(self, card, recipient):
        owner = self.owner[card]
        self.charge_gas(self.collection.transferFrom(owner, recipient, card, {"from": owner}))
        self.owner[card] = recipient

    def charge_gas(self, receipt):
        if receipt.sender in self.native:
            self.native[receipt.sender] -= receipt.gas_used * receipt.gas_price

    # --- invariants ---------------------------------------------------------------------------------------------------

    def check_cards_and_money(self):
        """MKT-1, MKT-2, MKT-3"""
        assert {card: self.collection.ownerOf(card) for card in CARDS} == self.owner
        assert {account: account.balance() for account in self.accounts()} == self.native
        assert {account: self.currency.balanceOf(account) for account in self.accounts()} == self.tokens

    def invariant_market_is_empty(self):
        """MKT-4"""
        assert (self.market.balance(), self.currency.balanceOf(self.market)) == (0, 0)
        assert self.collection.balanceOf(self.market) == 0

    def invariant_statuses(self):
        """MKT-5"""
        for listing in self.listings:
            status = self.market.orderStatus(tuple(listing.typed.message.values()), listing.signature)
            assert (status == OPEN) == self.is_open(listing)


def test_market(state_machine, accounts, alice, bob, carol, relayer, deployer):
    settings = {"max_examples": 10, "stateful_step_count": 3}
    state_machine(MarketMachine, [alice, bob, carol], relayer, deployer, settings=settings)
