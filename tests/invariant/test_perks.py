"""Perks against a model in plain Python: people buy, renew, upgrade, cancel, pass on and sell cards, and use their perks.

K1  in no window of a term is a perk used more often than its count, whoever held the card
K2  what a card has left is what the model says, and a perk can be redeemed exactly when something of it is left
K3  a sale that pins perks leaves the buyer at least those, or it does not happen; an order is Open accordingly
K4  nothing anybody did, a perk's receiver included, keeps a holder from a use that is left, or the brand from
    confirming the rest of a list
K5  a redemption is where the model says: open, done or cancelled, by whom, and listed while it stands
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from brownie import CardMarket, MembershipCard, MockAuthority, MockPerkReceiver, MockPoints, PerkDesk, chain
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy

from tests.support.cards import DAY, FAR, NATIVE, NEVER
from tests.support.clock import mine_at
from tests.support.perks import CANCELLED, DIGITAL, DONE, OPEN, PHYSICAL, REF, SERVICE, domain_of_desk
from tests.support.signing import signed_by
from web3crm.chain.typed_data import Domain, market_order, perk_cancel_redemption, perk_redeem
from web3crm.domain import RedemptionNumber, perks_left, perks_word

PRICE = 1_000
MOST_CARDS = 6
PERIODS = {1: 30 * DAY, 2: 10 * DAY, 3: 0}
UPGRADES = ((1, 2), (2, 1), (1, 3))
ORDER_OPEN = 0
# The receiver accepts, reverts, burns its gas, returns a bomb.
ANSWERS = 4


@dataclass(frozen=True)
class Perk:
    tier: int
    number: int
    count: int
    window: int
    kind: int
    told: bool = False


PERKS = (
    Perk(1, 0, 3, 7 * DAY, SERVICE),
    Perk(1, 1, 2, 30 * DAY, PHYSICAL),
    Perk(1, 2, 1, 20 * DAY, DIGITAL, told=True),
    Perk(2, 0, 2, DAY, SERVICE),
    Perk(2, 1, 1, 10 * DAY, PHYSICAL, told=True),
    Perk(3, 0, 2, 0, PHYSICAL),
    Perk(3, 1, 1, DAY, SERVICE),
)


@dataclass
class Card:
    """One card as the model has it."""

    owner: Any
    tier: int
    start: int
    end: int


@dataclass
class Use:
    """One redemption: where it stands, and the term and window that it was made in."""

    number: RedemptionNumber
    redeemer: Any
    state: int
    allotment: tuple[Any, ...]


@dataclass(frozen=True)
class Offer:
    """One signed order."""

    typed: Any
    signature: bytes
    seller: Any
    card: int
    tier: int
    pin: dict[int, int]
    nonce: int


@dataclass(frozen=True)
class Held:
    """A signed redemption that somebody keeps for later."""

    signer: Any
    card: int
    tier: int
    perk: int
    nonce: int
    signature: bytes


class PerksMachine:
    # Hypothesis draws bursts of acts, not single ones: most of the examples it makes are only a step or two long.
    st_seed = strategy("uint64")
    burst = 8

    def __init__(cls, people, brand, relayer):
        cls.people, cls.brand, cls.relayer = people, brand, relayer
        authority, points = brand.deploy(MockAuthority, brand), brand.deploy(MockPoints)
        cls.cards = brand.deploy(MembershipCard, "Club", "CLUB", "", authority, points)
        cls.desk = brand.deploy(PerkDesk, authority, cls.cards)
        cls.market, cls.receiver = brand.deploy(CardMarket), brand.deploy(MockPerkReceiver)
        for period in PERIODS.values():
            cls.cards.defineTier(period, MOST_CARDS, 0, True, True, PRICE, "", {"from": brand})
        for way in UPGRADES:
            cls.cards.setUpgradePrice(*way, NATIVE, PRICE, {"from": brand})
        for perk in PERKS:
            told = cls.receiver if perk.told else NATIVE
            cls.desk.definePerk(perk.tier, perk.count, perk.window, perk.kind, told, "", {"from": brand})
        cls.first = {}
        for number, person in enumerate(people, start=1):
            cls.cards.setApprovalForAll(cls.market, True, {"from": person})
            tx = cls.cards.grantCard(person, number, {"from": brand})
            end = tx.timestamp + PERIODS[number] if PERIODS[number] else NEVER
            cls.first[number] = Card(person, number, tx.timestamp, end)

    def setup(self):
        self.model: dict[int, Card] = {number: replace(card) for number, card in self.first.items()}
        self.used = Counter()
        self.serials = Counter()
        self.uses: list[Use] = []
        self.retired: dict[tuple[int, int], int] = {}
        self.offers: list[Offer] = []
        self.held: list[Held] = []
        self.spent: set[tuple[Any, int]] = set()
        self.sold: set[int] = set()
        self.next_nonce = 0

    # --- what the model knows -----------------------------------------------------------------------------------------

    def perk(self, tier, number):
        """A perk, or nothing if the tier does not have it."""
        return next((perk for perk in PERKS if (perk.tier, perk.number) == (tier, number)), None)

    def allotment(self, card_id, perk, at):
        """The term and window of now, as a key; two terms that start in the same second are the same."""
        start = self.model[card_id].start
        return card_id, perk.tier, perk.number, start, (at - start) // perk.window if perk.window else 0

    def left(self, card_id, at):
        """What a card has left, perk by perk."""
        card = self.model[card_id]
        if at >= card.end:
            return {}
        kept = (
            perk
            for perk in PERKS
            if perk.tier == card.tier and card.start <= self.retired.get((perk.tier, perk.number), NEVER)
        )
        found = {perk.number: perk.count - self.used[self.allotment(card_id, perk, at)] for perk in kept}
        return {number: count for number, count in found.items() if count}

    def is_open(self, offer, at):
        left, card = self.left(offer.card, at), self.model[offer.card]
        return (
            (offer.seller, offer.nonce) not in self.sold
            and card.owner == offer.seller
            and offer.tier in (0, card.tier)
            and all(left.get(number, 0) >= count for number, count in offer.pin.items())
        )

    def attempt(self, allowed, act, *arguments):
        """The act must succeed exactly when the model, asked for the time of its block, allows it.

        What is bound to fail is only called, not sent: Brownie takes long to find out why a transaction failed.
        """
        block = chain[-1]
        if not allowed(block.timestamp):
            with pytest.raises(VirtualMachineError):
                act.call(*arguments, block_identifier=block.number)
            return None
        try:
            tx = act(*arguments)
        except VirtualMachineError:
            assert not allowed(chain[-1].timestamp), "the contract refused what the model allows"
            return None
        assert allowed(tx.timestamp), "the contract allowed what the model refuses"
        return tx

    def nonce(self):
        self.next_nonce += 1
        return self.next_nonce

    # --- acts ---------------------------------------------------------------------------------------------------------

    def rule_live(self, seed="st_seed"):
        random = Random(seed)
        acts = {
            self.redeem: 20,
            self.redeem_held: 4,
            self.hold: 2,
            self.cancel: 4,
            self.linger: 2,
            self.decline: 1,
            self.confirm: 2,
            self.offer: 4,
            self.take: 6,
            self.buy: 1,
            self.pass_on: 2,
            self.renew: 2,
            self.upgrade: 2,
            self.end: 1,
            self.retire: 1,
            self.spoil: 2,
            self.wait: 3,
            self.wait_for_an_edge: 3,
        }
        for act in random.choices(list(acts), weights=list(acts.values()), k=self.burst):
            act(random)

    def someone(self, random, usual):
        """Mostly who it should be, sometimes anybody."""
        return random.choice([usual] * 5 + self.people)

    def some_perk(self, random, card_id):
        """Mostly one of the card's tier that is left, sometimes another."""
        left = list(self.left(card_id, chain[-1].timestamp))
        return random.choice(left * 2 + [0, 1, 2])

    def redeem(self, random):
        """Directly, by a signature, or in the standard's form."""
        card_id = random.choice(list(self.model))
        person, perk = self.someone(random, self.model[card_id].owner), self.some_perk(random, card_id)
        way = random.choice(["direct", "signed", "standard"])
        if way == "signed":
            self.relay(self.sign(person, card_id, perk))
            return
        act, arguments = self.desk.redeemPerk, (card_id, perk, REF)
        if way == "standard":
            number = self.number(card_id, perk, self.serials[card_id, self.model[card_id].tier, perk] + 1)
            act, arguments = self.desk.redeem, (bytes(number), card_id, "memo")
        self.book(card_id, perk, person, act, *arguments, {"from": person})

    def hold(self, random):
        """Signs a redemption and keeps it."""
        card_id = random.choice(list(self.model))
        self.held.append(self.sign(self.model[card_id].owner, card_id, self.some_perk(random, card_id)))

    def redeem_held(self, random):
        if self.held:
            self.relay(random.choice(self.held))

    def sign(self, person, card_id, perk):
        tier, nonce = self.model[card_id].tier, self.nonce()
        typed = perk_redeem(
            domain=domain_of_desk(self.desk),
            holder=person.address,
            card_id=card_id,
            tier_id=tier,
            perk_id=perk,
            ref=REF,
            nonce=nonce,
            deadline=FAR,
        )
        return Held(person, card_id, tier, perk, nonce, signed_by(person, typed))

    def relay(self, held):
        fresh = (held.signer, held.nonce) not in self.spent and self.model[held.card].tier == held.tier
        arguments = (held.signer, held.card, held.perk, REF, held.nonce, FAR, held.signature, {"from": self.relayer})
        if self.book(held.card, held.perk, held.signer, self.desk.redeemPerkBySig, *arguments, good=fresh):
            self.spent.add((held.signer, held.nonce))

    def number(self, card_id, perk, serial):
        return RedemptionNumber(card_id=card_id, tier_id=self.model[card_id].tier, perk_id=perk, serial=serial)

    def book(self, card_id, perk_number, person, act, *arguments, good=True):
        """Redeems, and enters it into the model."""
        card = self.model[card_id]
        tx = self.attempt(
            lambda at: good and card.owner == person and perk_number in self.left(card_id, at), act, *arguments
        )
        if tx:
            perk = self.perk(card.tier, perk_number)
            self.serials[card_id, card.tier, perk_number] += 1
            number = self.number(card_id, perk_number, self.serials[card_id, card.tier, perk_number])
            allotment = self.allotment(card_id, perk, tx.timestamp)
            self.used[allotment] += 1
            self.uses.append(Use(number, person, OPEN if perk.kind == PHYSICAL else DONE, allotment))
            assert bytes.fromhex(tx.events["PerkRedeemed"]["redemptionId"].hex()[-64:]) == bytes(number)
        return tx

    def cancel(self, random):
        if not self.uses:
            return
        waiting = [use for use in self.uses if use.state == OPEN]
        use = random.choice(waiting * 3 + self.uses)
        person = self.someone(random, use.redeemer)
        act, arguments = self.desk.cancelRedemption, (bytes(use.number), {"from": person})
        if random.random() < 0.3:
            nonce = self.nonce()
            typed = perk_cancel_redemption(
                domain=domain_of_desk(self.desk),
                redeemer=person.address,
                redemption_id=bytes(use.number),
                nonce=nonce,
                deadline=FAR,
            )
            act = self.desk.cancelRedemptionBySig
            arguments = (person, bytes(use.number), nonce, FAR, signed_by(person, typed), {"from": self.relayer})
        if self.attempt(lambda at: use.state == OPEN and use.redeemer == person, act, *arguments):
            self.undo(use)

    def linger(self, random):
        """Cancels goods of a window that is over, with a use of the next one made."""
        goods = {perk.tier: perk for perk in PERKS if perk.kind == PHYSICAL and perk.window}
        at = chain[-1].timestamp
        for card_id, card in self.model.items():
            perk = goods.get(card.tier)
            if perk and perk.number in self.left(card_id, at):
                redeem = self.desk.redeemPerk, card_id, perk.number, REF, {"from": card.owner}
                self.book(card_id, perk.number, card.owner, *redeem)
                use = self.uses[-1]
                self.extend(card_id)
                self.to_next_window(card, perk)
                self.book(card_id, perk.number, card.owner, *redeem)
                self.desk.cancelRedemption(bytes(use.number), {"from": use.redeemer})
                self.undo(use)
                return

    def undo(self, use):
        use.state = CANCELLED
        self.used[use.allotment] -= 1

    def some_uses(self, random):
        """A list in which some wait for delivery and others do not, twice over at times."""
        return random.choices(self.uses, k=random.randint(1, 5)) if self.uses else []

    def decline(self, random):
        uses = self.some_uses(random)
        tx = self.desk.declineRedemptions([bytes(use.number) for use in uses], {"from": self.brand})
        waiting = {id(use): use for use in uses if use.state == OPEN}
        assert tx.return_value == len(waiting)
        for use in waiting.values():
            self.undo(use)

    def confirm(self, random):
        """K4"""
        uses = self.some_uses(random)
        tx = self.desk.confirmDelivery([bytes(use.number) for use in uses], {"from": self.brand})
        waiting = {id(use): use for use in uses if use.state == OPEN}
        assert tx.return_value == len(waiting)
        for use in waiting.values():
            use.state = DONE

    def offer(self, random):
        """Pins what is left now, one use less or more of something, or nothing; mostly the tier too."""
        card_id = random.choice(list(self.model))
        card, nonce = self.model[card_id], self.nonce()
        pin = self.left(card_id, chain[-1].timestamp)
        pin = random.choice([pin, pin, pin, {}])
        if pin and random.random() < 0.3:
            number = random.choice(list(pin))
            pin = {**pin, number: pin[number] + random.choice([-1, 1])}
        tier = random.choice([card.tier, card.tier, 0])
        typed = market_order(
            domain=Domain("CardMarket", chain.id, self.market.address),
            seller=card.owner.address,
            collection=self.cards.address,
            card_id=card_id,
            currency=NATIVE,
            price=PRICE,
            buyer=NATIVE,
            tier_id=tier,
            min_expires_at=0,
            perk_desk=self.desk.address,
            perks_left=perks_word(pin),
            expires_at=NEVER,
            counter=0,
            nonce=nonce,
        )
        self.offers.append(Offer(typed, signed_by(card.owner, typed), card.owner, card_id, tier, pin, nonce))

    def take(self, random):
        """K3"""
        if not self.offers:
            return
        at = chain[-1].timestamp
        offer = random.choice([each for each in self.offers if self.is_open(each, at)] * 3 + self.offers)
        buyer = random.choice(self.people)
        order = tuple(offer.typed.message.values())
        tx = self.attempt(
            lambda at: self.is_open(offer, at),
            self.market.buy,
            order,
            offer.signature,
            buyer,
            {"from": buyer, "value": PRICE},
        )
        if tx:
            self.sold.add((offer.seller, offer.nonce))
            self.model[offer.card].owner = buyer
            left = perks_left(bytes(self.desk.perksLeft(offer.card, block_identifier=tx.block_number)))
            assert all(left.get(number, 0) >= count for number, count in offer.pin.items())

    def buy(self, random):
        person, tier = random.choice(self.people), random.choice(list(PERIODS))
        if len(self.model) < MOST_CARDS:
            tx = self.cards.buy(tier, person, NATIVE, PRICE, {"from": person, "value": PRICE})
            end = tx.timestamp + PERIODS[tier] if PERIODS[tier] else NEVER
            self.model[len(self.model) + 1] = Card(person, tier, tx.timestamp, end)

    def pass_on(self, random):
        card_id, person = random.choice(list(self.model)), random.choice(self.people)
        owner = self.model[card_id].owner
        self.cards.transferFrom(owner, person, card_id, {"from": owner})
        self.model[card_id].owner = person

    def renew(self, random):
        renewable = [number for number, card in self.model.items() if PERIODS[card.tier]]
        if renewable:
            self.extend(random.choice(renewable))

    def extend(self, card_id):
        card = self.model[card_id]
        tx = self.cards.renew(card_id, 1, NATIVE, PRICE, {"from": self.relayer, "value": PRICE})
        if tx.timestamp >= card.end:
            card.start = card.end = tx.timestamp
        card.end += PERIODS[card.tier]

    def upgrade(self, random):
        card_id = random.choice(list(self.model))
        card = self.model[card_id]
        tier = random.choice([new for old, new in UPGRADES if old == card.tier] * 3 + list(PERIODS))
        arguments = (card_id, tier, NATIVE, PRICE, {"from": card.owner, "value": PRICE})
        offered = (card.tier, tier) in UPGRADES
        tx = self.attempt(lambda at: offered and at < card.end, self.cards.upgrade, *arguments)
        if tx:
            card.tier, card.start = tier, tx.timestamp
            card.end = tx.timestamp + PERIODS[tier] if PERIODS[tier] else NEVER

    def end(self, random):
        card_id = random.choice(list(self.model))
        card = self.model[card_id]
        if self.attempt(lambda at: at < card.end, self.cards.cancelSubscription, card_id, {"from": card.owner}):
            card.end = 0

    def retire(self, random):
        perk = random.choice(PERKS)
        key = (perk.tier, perk.number)
        if tx := self.attempt(lambda at: key not in self.retired, self.desk.retirePerk, *key, {"from": self.brand}):
            self.retired[key] = tx.timestamp

    def spoil(self, random):
        self.receiver.setAnswer(random.randrange(ANSWERS), {"from": self.brand})

    def wait(self, random):
        chain.sleep(random.choice([1, 3, 8, 31]) * DAY + random.randrange(DAY))
        chain.mine()

    def wait_for_an_edge(self, random):
        """To a second around the end of a window of some card."""
        card = random.choice(list(self.model.values()))
        self.to_next_window(card, random.choice([perk for perk in PERKS if perk.window]), random.choice([-1, 0, 0, 1]))

    def to_next_window(self, card, perk, seconds=0):
        at = chain[-1].timestamp
        next_window = (at - card.start) // perk.window + 1
        mine_at(max(at + 1, card.start + next_window * perk.window + seconds))

    # --- invariants ---------------------------------------------------------------------------------------------------

    def invariant_uses_never_exceed_the_count(self):
        """K1: counted from what the contract let happen."""
        standing = Counter(use.allotment for use in self.uses if use.state != CANCELLED)
        assert standing == +self.used
        for (_, tier, number, _, _), count in standing.items():
            assert count <= self.perk(tier, number).count

    def invariant_left(self):
        """K2"""
        block = chain[-1]
        for card_id in self.model:
            found = perks_left(bytes(self.desk.perksLeft(card_id, block_identifier=block.number)))
            assert found == self.left(card_id, block.timestamp)

    def invariant_orders(self):
        """K3"""
        block = chain[-1]
        for offer in self.offers:
            order = tuple(offer.typed.message.values())
            status = self.market.orderStatus(order, offer.signature, block_identifier=block.number)
            assert (status == ORDER_OPEN) == self.is_open(offer, block.timestamp)

    def invariant_redemptions(self):
        """K5"""
        for use in self.uses:
            redeemer = use.redeemer if self.perk(use.number.tier_id, use.number.perk_id).kind == PHYSICAL else NATIVE
            assert self.desk.redemption(bytes(use.number))[3:] == (use.state, redeemer)
        for card_id in self.model:
            standing = {
                bytes(use.number) for use in self.uses if use.number.card_id == card_id and use.state != CANCELLED
            }
            listed = [bytes(number) for number in self.desk.getRedemptionIds(self.desk, card_id)]
            assert (set(listed), len(listed)) == (standing, len(standing))


def test_perks(state_machine, alice, bob, carol, brand, relayer):
    """Runs the machine: K1 to K5 hold after every burst of acts."""
    # Hypothesis keeps the first ten examples small, whatever is asked for: it is those after them that find anything.
    settings = {"max_examples": 18, "stateful_step_count": 3}
    state_machine(PerksMachine, [alice, bob, carol], brand, relayer, settings=settings)
