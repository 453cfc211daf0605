"""Cards under any sequence of acts, against a plain model.

CARD-1  The supply of a tier is the number of cards in it, and never more than its cap.
CARD-2  Every card ever minted has the owner the model says; a balance is the number of cards owned; no card vanishes.
CARD-3  The tier and the term of a card are what its purchases, renewals, upgrades and cancellations make of them,
        whoever holds it.
CARD-4  For each currency the till holds what was taken in it minus what was withdrawn; points paid are destroyed.
CARD-5  A card of a locked tier never changes hands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from brownie import MembershipCard, MockAuthority, MockPoints, MockStablecoin, accounts, chain
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy

from tests.support.cards import (
    DAY,
    FOUNDER,
    GOLD,
    NATIVE,
    NEVER,
    SILVER,
    STAFF,
    TIERS,
    define,
    now,
)

PAID_IN = ("native", "points", "coin")
UPGRADES = {(SILVER.tier_id, GOLD.tier_id), (GOLD.tier_id, STAFF.tier_id), (SILVER.tier_id, FOUNDER.tier_id)}
UPGRADE_PRICE = 1_000_000
FUNDS = 10**27


@dataclass
class Card:
    """One card as the model has it."""

    owner: str
    tier: int
    start: int
    end: int


class Cards:
    """People buy, get, renew, upgrade, cancel and pass on cards; the brand takes its money; time passes."""

    st_person = strategy("uint8", max_value=2)
    st_other = strategy("uint8", max_value=2)
    st_tier = strategy("uint8", max_value=len(TIERS) - 1)
    st_pick = strategy("uint32")
    st_currency = strategy("uint8", max_value=2)
    st_periods = strategy("uint8", min_value=1, max_value=4)
    st_days = strategy("uint16", min_value=1, max_value=400)

    def __init__(cls):
        cls.brand, cls.people = accounts[1], accounts[3:6]
        cls.authority = cls.brand.deploy(MockAuthority, cls.brand)
        cls.points, cls.coin = cls.brand.deploy(MockPoints), cls.brand.deploy(MockStablecoin)
        cls.cards = cls.brand.deploy(MembershipCard, "Club", "CLUB", "", cls.authority, cls.points)
        cls.currencies = dict(zip(PAID_IN, (NATIVE, cls.points.address, cls.coin.address), strict=True))
        for tier in TIERS:
            define(cls.cards, tier, sender=cls.brand)
            cls.cards.setTierPrice(tier.tier_id, cls.coin, tier.coin_price, {"from": cls.brand})
        for old, new in UPGRADES:
            for currency in cls.currencies.values():
                cls.cards.setUpgradePrice(old, new, currency, UPGRADE_PRICE, {"from": cls.brand})
        for person in cls.people:
            for token in (cls.points, cls.coin):
                token.mint(person, FUNDS, {"from": person})
                token.approve(cls.cards, 2**256 - 1, {"from": person})
        # A card of each kind to begin with, so that every act has something to act on from the first step.
        cls.first = {}
        for number, (person, tier) in enumerate(zip(cls.people, (SILVER, STAFF, GOLD), strict=True), start=1):
            tx = cls.cards.grantCard(person, tier.tier_id, {"from": cls.brand})
            cls.first[number] = Card(str(person), tier.tier_id, tx.timestamp, tx.timestamp + tier.period)

    def setup(self):
        self.model: dict[int, Card] = {number: replace(card) for number, card in self.first.items()}
        self.till = Counter()

    # --- what the model knows ---

    def supply(self, tier_id):
        return sum(card.tier == tier_id for card in self.model.values())

    def pick(self, number):
        """One of the cards that exist, or the number after the last."""
        return number % (len(self.model) + 1) + 1

    def pay(self, currency, price):
        """The keyword arguments that pay ``price``, and the currency's address."""
        return {"value": price} if currency == "native" else {}

    def attempt(self, allowed, act, *arguments):
        """Sends the act; it must succeed exactly when the model allows it."""
        try:
            tx = act(*arguments)
        except VirtualMachineError:
            assert not allowed, "the contract refused what the model allows"
            return None
        assert allowed, "the contract allowed what the model refuses"
        return tx

    # --- acts ---

    def rule_buy(self, st_person, st_other, st_tier, st_currency):
        self._enter(self.people[st_person], self.people[st_other], TIERS[st_tier], PAID_IN[st_currency])

    def rule_buy_gold(self, st_person):
        """Gold has two places: most runs fill it."""
        self._enter(self.people[st_person], self.people[st_person], GOLD, "native")

    def _enter(self, buyer, recipient, tier, currency):
        price = {"native": tier.native_price, "points": tier.points_price, "coin": tier.coin_price}[currency]
        allowed = tier.on_sale and price > 0 and self.supply(tier.tier_id) < tier.max_supply
        arguments = (tier.tier_id, recipient, self.currencies[currency], price)
        tx = self.attempt(allowed, self.cards.buy, *arguments, {"from": buyer, **self.pay(currency, price)})
        if tx:
            self._mint(recipient, tier, tx.timestamp)
            self.till[currency] += price

    def rule_grant(self, st_other, st_tier):
        tier, recipient = TIERS[st_tier], self.people[st_other]
        allowed = self.supply(tier.tier_id) < tier.max_supply
        tx = self.attempt(allowed, self.cards.grantCard, recipient, tier.tier_id, {"from": self.brand})
        if tx:
            self._mint(recipient, tier, tx.timestamp)

    def _mint(self, owner, tier, at):
        end = at + tier.period if tier.period else NEVER
        self.model[len(self.model) + 1] = Card(str(owner), tier.tier_id, at, end)

    def rule_renew(self, st_person, st_pick, st_periods, st_currency):
        number, currency = self.pick(st_pick), PAID_IN[st_currency]
        card = self.model.get(number)
        tier = TIERS[card.tier - 1] if card else SILVER
        one = {"native": tier.native_price, "points": tier.points_price, "coin": tier.coin_price}[currency]
        price, payer = one * st_periods, self.people[st_person]
        allowed = card is not None and tier.period > 0 and price > 0
        arguments = (number, st_periods, self.currencies[currency], price)
        tx = self.attempt(allowed, self.cards.renew, *arguments, {"from": payer, **self.pay(currency, price)})
        if tx:
            if tx.timestamp >= card.end:
                card.start = card.end = tx.timestamp
            card.end += st_periods * tier.period
            self.till[currency] += price

    def rule_upgrade(self, st_person, st_pick, st_tier, st_currency):
        self._upgrade(self.people[st_person], self.pick(st_pick), TIERS[st_tier], PAID_IN[st_currency])

    def rule_upgrade_own(self, st_pick, st_currency):
        """By the holder, to the first tier that is offered."""
        number = self.pick(st_pick)
        card = self.model.get(number)
        offers = [TIERS[new - 1] for old, new in sorted(UPGRADES) if card and old == card.tier]
        if offers:
            self._upgrade(accounts.at(card.owner), number, offers[0], PAID_IN[st_currency])

    def _upgrade(self, holder, number, tier, currency):
        card = self.model.get(number)
        allowed = (
            card is not None
            and card.owner == holder
            and now() < card.end
            and (card.tier, tier.tier_id) in UPGRADES
            and self.supply(tier.tier_id) < tier.max_supply
        )
        arguments = (number, tier.tier_id, self.currencies[currency], UPGRADE_PRICE)
        paid = {"from": holder, **self.pay(currency, UPGRADE_PRICE)}
        tx = self.attempt(allowed, self.cards.upgrade, *arguments, paid)
        if tx:
            card.tier, card.start = tier.tier_id, tx.timestamp
            card.end = tx.timestamp + tier.period if tier.period else NEVER
            self.till[currency] += UPGRADE_PRICE

    def rule_cancel(self, st_person, st_pick):
        self._cancel(self.people[st_person], self.pick(st_pick))

    def rule_cancel_own(self, st_pick):
        number = st_pick % len(self.model) + 1
        self._cancel(accounts.at(self.model[number].owner), number)

    def _cancel(self, holder, number):
        card = self.model.get(number)
        allowed = card is not None and card.owner == holder and now() < card.end
        if self.attempt(allowed, self.cards.cancelSubscription, number, {"from": holder}):
            card.end = 0

    def rule_transfer(self, st_person, st_other, st_pick):
        self._transfer(self.people[st_person], self.people[st_other], self.pick(st_pick))

    def rule_transfer_own(self, st_other, st_pick):
        number = st_pick % len(self.model) + 1
        self._transfer(accounts.at(self.model[number].owner), self.people[st_other], number)

    def _transfer(self, sender, recipient, number):
        card = self.model.get(number)
        allowed = card is not None and card.owner == sender and TIERS[card.tier - 1].transferable
        arguments = (sender, recipient, number, {"from": sender})
        if self.attempt(allowed, self.cards.transferFrom, *arguments):
            card.owner = str(recipient)

    def rule_withdraw(self, st_pick, st_currency):
        currency = PAID_IN[st_currency]
        held = 0 if currency == "points" else self.till[currency]
        amount = st_pick % (held + 2)
        arguments = (self.currencies[currency], self.brand, amount, {"from": self.brand})
        if self.attempt(amount <= held, self.cards.withdraw, *arguments):
            self.till[currency] -= amount

    def rule_royalty(self, st_person, st_pick):
        amount = st_pick % 10**15
        self.people[st_person].transfer(self.cards, amount)
        self.till["native"] += amount

    def rule_wait(self, st_days):
        # An hour more, so that no term ends between the block the model looks at and the next one.
        chain.sleep(st_days * DAY + 3_600)
        chain.mine()

    # --- what must hold after every act ---

    def invariant_supply(self):
        """CARD-1."""
        for tier in TIERS:
            supply = self.cards.tier(tier.tier_id)[3]
            assert supply == self.supply(tier.tier_id) <= tier.max_supply

    def invariant_owners(self):
        """CARD-2 and CARD-5: the model lets no locked card change hands."""
        assert self.cards.cardCount() == len(self.model)
        assert {number: self.cards.ownerOf(number) for number in self.model} == {
            number: card.owner for number, card in self.model.items()
        }
        owned = Counter(card.owner for card in self.model.values())
        for person in self.people:
            assert self.cards.balanceOf(person) == owned[str(person)]

    def invariant_terms(self):
        """CARD-3."""
        for number, card in self.model.items():
            assert self.cards.cardOf(number) == (card.tier, card.start, card.end)

    def invariant_till(self):
        """CARD-4."""
        assert self.cards.balance() == self.till["native"]
        assert self.coin.balanceOf(self.cards) == self.till["coin"]
        assert self.points.balanceOf(self.cards) == 0
        assert self.points.totalSupply() == len(self.people) * FUNDS - self.till["points"]


def test_cards_keep_their_invariants(state_machine):
    """Runs the machine: CARD-1 to CARD-5 hold after every act."""
    # Hypothesis keeps the first ten examples small, whatever is asked for: it is those after them that find anything.
    state_machine(Cards, settings={"max_examples": 20, "stateful_step_count": 30})
