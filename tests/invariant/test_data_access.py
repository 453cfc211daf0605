"""Consents, datasets and paid accesses together, against a plain model of them

A1  What an access has paid, what it has refunded and what is still held are its price; once both sides have settled after its end,
    paid + refunded is the price to the smallest unit, in every order of events.
A2  Nothing accrues after the end, which the model finds by looking at every second of the history.
A3  Of each currency the contract holds exactly the balances and what is held of every price.
A4  Whether the brand may read is what the model says, for the model's reason.
A5  What one side did never changes what the other side gets.
A6  An act is refused if and only if the model refuses it, with the model's error, and a refused act changes nothing.
A7  No act on accesses changes what a customer said (C2), and each word stays readable under its number (C6); a reading that a
    withdrawal or a notice stopped goes on under no act but the customer's (C1, C3).
"""

from __future__ import annotations

import random
from copy import deepcopy
from inspect import signature

import pytest
from brownie import ConsentRegistry, CustomerData, DataAccess, chain
from brownie.exceptions import VirtualMachineError
from hypothesis import Phase, note
from hypothesis import strategies as st

from tests.support.access_model import Access, Dataset, Publication, Refused, Relation, Word
from tests.support.clock import mine_at
from tests.support.loyalty import FAR, REF
from tests.support.mining import one_block
from tests.support.reverting import shown
from tests.support.signing import signed_by
from web3crm.chain.typed_data import Domain
from web3crm.chain.typed_data.access import access_accept, access_close
from web3crm.domain.access import Reason

DAY = 86_400
ZERO = "0x" + "00" * 20
BITS = (0, 1, 63)
PRICES = (1, 7, 1_000, 10**18 + 1)
PERIODS = (1, 600, 5_000, 20_000)
WEALTH = 4 * 10**23


def members(mask):
    """The bits of ``BITS`` that the low bits of ``mask`` choose."""
    return frozenset(bit for place, bit in enumerate(BITS) if mask >> place & 1)


def as_word(bits):
    return sum(1 << bit for bit in bits)


CHOICES = {
    "customer": (0, 1),
    "brand": (0, 1),
    "currency": (0, 1),
    "pick": tuple(range(8)),
    "who": (0, 0, 0, 1, 2),
    "purposes": (7, 7, 5, 3, 2, 1, 0),
    "data_classes": (7, 7, 5, 3, 1, 0),
    "change": (1, 2, 2, 3, 4, 5),
    "back": (0, 0, 0, 1, 2, 9),
    "lasts": (0, 0, 900, 4_000),
    "price": (*PRICES, 0),
    "period": (*PERIODS, 20_000, 20_000, 0),
    "purpose": (0, 0, 1, 63, 64),
    "flavour": tuple(range(6)),
    "steps": (0, 1, 1, 2, 50, 50),
    "amount": (0, 1, 1_000, 10**18, 5 * 10**18, 10**30),
    "offset": (-1, 0, 0, 1),
    "seconds": (1, 2, 30, 700, 3_000),
    "signed": (False, True),
}
"""What the arguments of the acts are drawn from."""


class DataAccessMachine:
    """Two customers, two brands, two currencies. All are numbers, so that a failing example reads well."""

    seed = st.integers(0, 2**24 - 1)  # of more bits Hypothesis mostly draws small ones

    def __init__(self, contracts, customers, brands, points, relayer):
        self.consents, self.datasets, self.accesses = contracts
        self.customers, self.brands, self.points, self.relayer = customers, brands, points, relayer
        self.currencies = (ZERO, points.address)
        self.domain = Domain("DataAccess", chain.id, self.accesses.address)

        # Brownie calls this once, with the class, and rolls the chain back to here before each run: what all runs begin with is
        # done once, by an instance that runs nothing.
        first = object.__new__(self)
        first.begin()
        self.beginning = vars(first)

    def begin(self):
        """Notices, consents, datasets and accepted accesses, or there would be little to end."""
        pairs = [(customer, brand) for customer in range(2) for brand in range(2)]
        self.published = [[], []]
        self.relations = {(customer, brand): Relation([], self.published[brand]) for customer, brand in pairs}
        self.balances = {(party, currency): 0 for party in range(4) for currency in range(2)}
        self.earned = {(customer, currency): 0 for customer in range(2) for currency in range(2)}
        self.sets, self.offers, self.turn, self.nonce = [], [], 0, 0
        self.wallets = [self.points.balanceOf(customer) for customer in self.customers]
        for number in range(2):
            self._publish(number, members(7), members(7), 0)
            self.act_fund(number, 0, 5 * 10**18)
            self.act_fund(number, 1, 5 * 10**18)
            self.act_mint(number)
        for customer, brand in ((0, 0), (0, 1), (1, 0)):
            self.act_grant(customer, brand, 7, 7, 0, 0)
            self.act_offer(brand, 1 - customer, brand, 1_000, 0, 20_000, 0)
            self.act_accept(0, 0, False, 0)

    def setup(self):
        vars(self).update(deepcopy(self.beginning))
        self.random = random.Random(4)

    # --- brands and customers: what is consented to ------------------------------------------------------------------

    def act_publish(self, pick, change):
        """A notice that changes what an access is for, its data class, something else, or what is still acceptable."""
        access = self._pick(pick)
        brand, version = access.brand, len(self.published[access.brand]) + 1
        purposes = {1: {access.purpose}, 3: {1}}.get(change, set())
        data_classes = {2: {access.dataset.data_class}, 3: {63}}.get(change, set())
        self._publish(brand, purposes, data_classes, {4: version, 5: version - 1}.get(change, 0))

    def _publish(self, brand, purposes, data_classes, oldest):
        published = self.published[brand]
        oldest = max(published[-1].oldest if published else 0, oldest)
        receipt = self.consents.publishNotice(
            b"\x11" * 32, "", as_word(purposes), as_word(data_classes), oldest, 30 * DAY, {"from": self.brands[brand]}
        )
        published.append(Publication(receipt.timestamp, frozenset(purposes), frozenset(data_classes), oldest))

    def act_grant(self, customer, brand, purposes, data_classes, back, lasts):
        version = max(1, self.published[brand][-1].oldest, len(self.published[brand]) - back)
        ends = chain[-1].timestamp + lasts if lasts else 0
        receipt = self.consents.grant(
            *self._grant(customer, brand, members(purposes | 1), members(data_classes | 1), version, ends)
        )
        self._said(
            customer, brand, Word(receipt.timestamp, members(purposes | 1), members(data_classes | 1), version, ends)
        )

    def act_withdraw(self, customer, brand, purposes, data_classes):
        last = self._last(customer, brand)
        gone, kinds = members(purposes | 1), members(data_classes)
        receipt = self.consents.withdraw(
            self.brands[brand], as_word(gone), as_word(kinds), {"from": self.customers[customer]}
        )
        self._said(
            customer, brand,
            Word(receipt.timestamp, last.purposes - gone, last.data_classes - kinds, last.notice, last.ends),
        )  # fmt: skip

    def act_withdraw_everywhere(self, customer):
        receipt = self.consents.withdrawEverywhere(self.brands, {"from": self.customers[customer]})
        for brand in range(2):
            last = self._last(customer, brand)
            self._said(customer, brand, Word(receipt.timestamp, notice=last.notice, ends=last.ends))

    def act_say_much(self, customer, brand):
        """Words that change nothing: a history that takes steps to follow."""
        for _ in range(3):
            last = self._last(customer, brand)
            receipt = self.consents.withdraw(self.brands[brand], 1 << 40, 0, {"from": self.customers[customer]})
            self._said(
                customer, brand, Word(receipt.timestamp, last.purposes, last.data_classes, last.notice, last.ends)
            )

    def act_withdraw_and_grant_in_one_block(self, customer, brand, signed):
        """In one second: allowed before and after, interrupted nevertheless; the other way round withdrawn."""
        who, version = self.customers[customer], len(self.published[brand])
        last, everything = self._last(customer, brand), members(7)
        with one_block():
            grant = self._grant(customer, brand, everything, everything, version, 0, required_confs=0)
            if signed:
                self.consents.grant(*grant)
            self.consents.withdrawAll(self.brands[brand], {"from": who, "required_confs": 0, "gas_limit": 300_000})
            if not signed:
                self.consents.grant(*grant)
        at = chain[-1].timestamp
        granted = Word(at, everything, everything, version)
        withdrawn = Word(at, notice=version, ends=0) if signed else Word(at, notice=last.notice, ends=last.ends)
        for word in (granted, withdrawn) if signed else (withdrawn, granted):
            self._said(customer, brand, word)

    def act_renew_around_the_expiry(self, brand, pick, offset):
        """A consent that is renewed a second before it ends, in that very second, or a second after."""
        customer = self._dataset(pick).owner
        if customer is None:
            return
        self.act_grant(customer, brand, 7, 7, 0, 900)
        self.act_offer(brand, pick, 0, 1_000, 0, 20_000, 0)
        self.act_accept(0, 0, False, 0)
        ends, version = self._last(customer, brand).ends, len(self.published[brand])
        with one_block(at=ends + offset):
            self.consents.grant(*self._grant(customer, brand, members(7), members(7), version, 0, required_confs=0))
        assert chain[-1].timestamp == ends + offset
        self._said(customer, brand, Word(ends + offset, members(7), members(7), version))
        if self.offers[-1].owner == customer:
            self._take_back(self.offers[-1], len(self.relations[customer, brand].said) - 1)

    def act_look_around_the_expiry(self, pick, offset):
        """The views of the second before a consent ends, of that second and of the next."""
        ends = [self._relation(each).said[-1].ends + offset for each in self._accepted()]
        later = [end for end in ends if chain[-1].timestamp < end < chain[-1].timestamp + DAY]
        if later:
            mine_at(later[pick % len(later)])

    # --- datasets -----------------------------------------------------------------------------------------------------

    def act_mint(self, customer):
        manifest = (1 + len(self.sets)).to_bytes(32, "big")
        data_class = BITS[len(self.sets) % 3]
        receipt = self.datasets.mint(manifest, data_class, {"from": self.customers[customer]})
        dataset_id = receipt.events["DatasetMinted"]["datasetId"]
        self.sets.append(Dataset(dataset_id, data_class, manifest, [[customer, 0]]))

    def act_update(self, pick):
        dataset = self._dataset(pick)
        if dataset.owner is not None:
            dataset.manifest = bytes([0xFF]) + self._next().to_bytes(31, "big")
            self.datasets.update(dataset.dataset_id, dataset.manifest, 1, {"from": self.customers[dataset.owner]})

    def act_move(self, pick):
        dataset = self._dataset(pick)
        owner = dataset.owner
        if owner is not None:
            to = self.customers[1 - owner]
            self.datasets.proposeMove(dataset.dataset_id, to, {"from": self.customers[owner]})
            receipt = self.datasets.acceptMove(dataset.dataset_id, {"from": to})
            dataset.tenures[-1][1] = receipt.timestamp
            dataset.tenures.append([1 - owner, 0])

    def act_move_there_and_back(self, pick):
        self.act_move(pick)
        self.act_move(pick)

    def act_burn(self, pick, customer):
        dataset = self._dataset(pick)
        if dataset.owner is not None and len(self.sets) < 6:
            receipt = self.datasets.burn(dataset.dataset_id, {"from": self.customers[dataset.owner]})
            dataset.tenures[-1][1] = receipt.timestamp
            self.act_mint(customer)

    # --- money --------------------------------------------------------------------------------------------------------

    def act_fund(self, brand, currency, amount):
        value = {"value": min(amount, 10**19)} if currency == 0 else {}
        arguments = (self.brands[brand], self.currencies[currency], min(amount, 10**19))
        done = self._attempt(
            lambda now: self._refuse(amount == 0, "DataAccess_Zero"),
            self.accesses.fund, *arguments, {"from": self.brands[brand], **value},
        )  # fmt: skip
        if done:
            self.balances[brand, currency] += min(amount, 10**19)

    def act_withdraw_money(self, pick, currency, amount):
        party = pick % 4
        balance = self.balances[party, currency]

        def model(now):
            self._refuse(amount == 0, "DataAccess_Zero")
            self._refuse(amount > balance, "DataAccess_BalanceTooLow", balance, amount)

        who = self._party(party)
        arguments = (self.currencies[currency], amount, self.relayer, {"from": who})
        if self._attempt(model, self.accesses.withdraw, *arguments):
            self.balances[party, currency] -= amount

    # --- offers -------------------------------------------------------------------------------------------------------

    def act_offer(self, brand, pick, currency, price, purpose, period, flavour):
        """``flavour`` 1: value of another currency; 2: expired; 3: the minimum is too long; 4: native coin comes along; 5: again."""
        dataset, now = self._dataset(pick), chain[-1].timestamp
        manifest, balance = dataset.manifest, self.balances[brand, currency]
        minimum = period + 1 if flavour == 3 else period // 3
        expires = now - 1 if flavour == 2 else now + 2_000
        sent = {1: currency, 4: price * (currency == 0)}.get(flavour, 0)
        offer = (
            dataset.dataset_id,
            manifest,
            self.currencies[currency],
            price,
            purpose,
            period,
            minimum,
            expires,
            self._next(),
        )
        if flavour == 5 and self.offers:
            offer = self._pick(pick).offer
            self._offer_again(offer)
            return
        access_id = self.accesses.accessIdOf(self.brands[brand], offer)

        def model(now):
            self._refuse(not price or not period, "DataAccess_Zero")
            self._refuse(purpose > 63, "DataAccess_UnknownPurpose", purpose)
            self._refuse(minimum > period, "DataAccess_MinimumTooLong", minimum, period)
            self._refuse(expires < now, "DataAccess_OfferExpired", expires)
            self._refuse(sent and currency, "DataAccess_WrongValue", sent, 0)
            self._refuse(dataset.owner is None, "CustomerData_UnknownDataset", dataset.dataset_id)
            self._refuse(balance + sent < price, "DataAccess_BalanceTooLow", balance + sent, price)

        if self._attempt(model, self.accesses.offer, offer, {"from": self.brands[brand], "value": sent}):
            self.balances[brand, currency] += sent - price
            self.offers.append(
                Access(access_id, offer, brand, dataset, manifest, currency, price, purpose, period, minimum, expires)
            )

    def _offer_again(self, offer):
        """An offer that its brand made before: refused, unless it was taken back."""
        (known,) = [each for each in self.offers if each.offer == offer]

        dataset, balance = known.dataset, self.balances[known.brand, known.currency]

        def model(now):
            self._refuse(known.expires_at < now, "DataAccess_OfferExpired", known.expires_at)
            self._refuse(not known.taken_back, "DataAccess_OfferExists", known.access_id)
            self._refuse(dataset.owner is None, "CustomerData_UnknownDataset", dataset.dataset_id)
            self._refuse(
                dataset.manifest != known.manifest, "DataAccess_DatasetChanged", dataset.manifest, known.manifest
            )
            self._refuse(balance < known.price, "DataAccess_BalanceTooLow", balance, known.price)

        if self._attempt(model, self.accesses.offer, offer, {"from": self.brands[known.brand]}):
            known.taken_back = False
            self.balances[known.brand, known.currency] -= known.price

    def act_retract(self, pick, who):
        access = self._pick(pick)
        actor = (self.brands[access.brand], self.relayer, self.brands[1 - access.brand])[who]

        def model(now):
            self._exists(access)
            self._refuse(access.owner >= 0, "DataAccess_AlreadyAccepted", access.access_id)
            late = access.expires_at < now
            self._refuse(who and not late, "DataAccess_NotBrand", actor, self.brands[access.brand])

        if self._attempt(model, self.accesses.retract, access.access_id, {"from": actor}):
            access.taken_back = True
            self.balances[access.brand, access.currency] += access.price

    def act_accept(self, pick, who, signed, flavour):
        """``flavour`` 5: without an envelope."""
        access = self._pick(pick)
        owner = access.dataset.owner
        customer = (1 - (owner or 0)) if who == 2 else owner or 0
        person = self.customers[customer]
        digest = bytes(32) if flavour == 5 else self._next().to_bytes(32, "big")
        relation = self.relations[customer, access.brand]

        def model(now):
            self._exists(access)
            self._refuse(access.owner >= 0, "DataAccess_AlreadyAccepted", access.access_id)
            self._refuse(access.expires_at < now, "DataAccess_OfferExpired", access.expires_at)
            self._refuse(not any(digest), "DataAccess_EmptyDigest")
            self._refuse(owner is None, "CustomerData_UnknownDataset", access.dataset.dataset_id)
            self._refuse(customer != owner, "DataAccess_NotOwner", person, self.customers[owner or 0])
            manifest = access.dataset.manifest
            self._refuse(manifest != access.manifest, "DataAccess_DatasetChanged", manifest, access.manifest)
            reason = relation.objection(access.purpose, access.dataset.data_class, now)
            self._refuse(reason, "DataAccess_NotAllowed", int(reason))

        if signed:
            nonce = self._next()
            message = access_accept(
                domain=self.domain,
                owner=person.address,
                access_id=access.access_id,
                brand=self.brands[access.brand].address,
                dataset_id=access.dataset.dataset_id,
                purpose=access.purpose,
                currency=self.currencies[access.currency],
                price=access.price,
                period=access.period,
                minimum=access.minimum,
                envelope_digest=digest,
                nonce=nonce,
                deadline=FAR,
            )
            arguments = (person, access.access_id, digest, nonce, FAR, signed_by(person, message))
            done = self._attempt(model, self.accesses.acceptBySig, *arguments, {"from": self.relayer})
            assert self.accesses.isNonceUsed(person, nonce) == done  # A6
        else:
            done = self._attempt(model, self.accesses.accept, access.access_id, digest, {"from": person})
        if done:
            access.owner, access.digest, access.started_at = customer, digest, chain[-1].timestamp
            access.words, access.tenure = len(relation.said), len(access.dataset.tenures) - 1

    def act_offer_and_accept(self, brand, pick, currency, price, period, signed):
        """So that there is always something that lives."""
        self.act_offer(brand, pick, currency, price, 0, period, 0)
        owner = self._dataset(pick).owner
        if owner is not None:
            self.act_grant(owner, brand, 7, 7, 0, 0)
            self.act_accept(0, 0, signed, 0)

    def act_accept_and_grant_under_an_older_notice(self, brand, pick, currency, signed):
        """A consent that is of no use from its beginning ends an access there, and not when its notice was left behind."""
        self._publish(brand, {0}, (), 0)
        self.act_offer_and_accept(brand, pick, currency, 1_000, 20_000, signed)
        owner = self._dataset(pick).owner
        if owner is not None:
            self.act_wait(30)
            self.act_grant(owner, brand, 7, 7, 1, 0)

    def act_close(self, pick, who, signed):
        """By the owner, by the brand, or by somebody else."""
        access = self._pick(pick)
        owner = self.customers[max(0, access.owner)]
        signed = signed and who == 0
        actor = (owner, self.brands[access.brand], self.relayer)[who]

        def effect(now):
            return max(now, access.started_at + access.minimum) if who == 1 else now

        def model(now):
            self._exists(access)
            self._refuse(access.owner < 0, "DataAccess_NotAccepted", access.access_id)
            self._refuse(who == 2, "DataAccess_NotParty", actor)
            late = access.closed_at and access.closed_at <= effect(now)
            self._refuse(late, "DataAccess_AlreadyClosed", access.access_id, access.closed_at)

        if signed:
            nonce = self._next()
            message = access_close(
                domain=self.domain, owner=owner.address, access_id=access.access_id, nonce=nonce, deadline=FAR
            )
            arguments = (owner, access.access_id, nonce, FAR, signed_by(owner, message), {"from": self.relayer})
            done = self._attempt(model, self.accesses.closeBySig, *arguments)
        else:
            done = self._attempt(model, self.accesses.close, access.access_id, {"from": actor})
        if done:
            access.closed_at = effect(chain[-1].timestamp)

    # --- settling -----------------------------------------------------------------------------------------------------

    def act_collect(self, pick, steps):
        self._collect(self._pick(pick), steps)

    def act_take_back(self, pick, flavour):
        """Naming no word, the newest, any, or one that does not exist; ``flavour`` 2 and 3 name the right one."""
        access = self._pick(pick)
        said = self._relation(access).said if access.owner >= 0 else []
        number = {0: 0, 1: len(said), 4: len(said) + 1}.get(flavour, 1 + flavour * 7 % max(1, len(said)))
        if flavour in (2, 3) and access.owner >= 0:
            number = self._pointer(access, chain[-1].timestamp)
        self._take_back(access, number)

    def act_both_settle(self, pick, signed):
        """One side right after the other, in either order."""
        access = self._pick(pick)
        if signed:
            self._collect(access, 50)
        if access.owner >= 0:
            self._take_back(access, self._pointer(access, chain[-1].timestamp))
        self._collect(access, 50)

    def _collect(self, access, steps):
        before = self._followed(access)

        def model(now):
            self._exists(access)
            self._refuse(access.owner < 0, "DataAccess_NotAccepted", access.access_id)
            # Whether further words were followed the model cannot know: they must have been if nothing is due.
            due = access.earned(self._relation(access), now) - access.paid
            self._refuse(due == 0 and done[1] == before, "DataAccess_NothingDue", access.access_id)

        done = [False, before]

        def follow():
            done[1] = self._followed(access)

        if self._attempt(model, self.accesses.collect, access.access_id, steps, {"from": self.relayer}, then=follow):
            now, relation = chain[-1].timestamp, self._relation(access)
            amount = sum(event["amount"] for event in self._events("EarningsPaid"))
            most = access.earned(relation, now) - access.paid
            followed = relation.said[done[1] - 1].at
            least = access.accrued(max(access.started_at, min(followed, access.end(relation, now)))) - access.paid
            assert max(0, least) <= amount <= most  # A2
            assert amount == most or before + steps < len(relation.said)  # A5
            assert before <= done[1] <= before + steps
            assert amount or done[1] > before  # A6
            access.paid += amount
            self.earned[access.owner, access.currency] += amount

    def _take_back(self, access, number):
        followed = self._followed(access)

        def returned(now):
            relation = self._relation(access)
            ends = [access.started_at + access.period, access.closed_at, access.tenure_end]
            ends += [access.shown_by(relation, number, now)] if number > 0 else []
            shown = min(end for end in ends if end)
            assert shown >= access.end(relation, now)
            return max(0, access.price - access.accrued(shown) - access.refunded)

        def model(now):
            self._exists(access)
            self._refuse(access.owner < 0, "DataAccess_NotAccepted", access.access_id)
            latest = len(self._relation(access).said)
            wrong = number and not followed <= number <= latest
            self._refuse(wrong, "DataAccess_SnapshotOutOfRange", number, followed, latest)
            self._refuse(returned(now) == 0, "DataAccess_NothingDue", access.access_id)

        if self._attempt(model, self.accesses.takeBack, access.access_id, number, {"from": self.relayer}):
            now = chain[-1].timestamp
            (event,) = self._events("PriceRefunded")
            assert event["amount"] == returned(now)  # A5
            access.refunded += event["amount"]
            self.balances[access.brand, access.currency] += event["amount"]
            assert access.refunded <= access.price - access.accrued(access.end(self._relation(access), now))  # A2

    def _pointer(self, access, now):
        """The number of the first word that shows the end of the consent; zero if it has not ended."""
        relation, end = self._relation(access), access.broken_at(self._relation(access), now)
        numbers = range(access.words, len(relation.said) + 1)
        return next(
            (
                n
                for n in numbers
                if end and (n > access.words or relation.said[n - 1]) and access.shown_by(relation, n, now) == end
            ),
            0,
        )

    # --- any of these -------------------------------------------------------------------------------------------------

    def rule_act(self, seed):
        """Three acts that the seed chooses, everything checked after each.

        Drawn one by one, with all their arguments, they would be so much data that Hypothesis kept most sequences to a few steps.
        """
        draw = random.Random(seed)
        for name in draw.choices([*sorted(ACTS), *MORE_OFTEN], k=3):
            names = [each for each in signature(ACTS[name]).parameters if each != "self"]
            arguments = {each: draw.choice(CHOICES[each]) for each in names}
            note(f"{name}({arguments})")
            ACTS[name](self, **arguments)
            self.check()

    # --- time ---------------------------------------------------------------------------------------------------------

    def act_wait(self, seconds):
        chain.sleep(seconds)
        chain.mine()

    # --- what holds after every act -----------------------------------------------------------------------------------

    def check(self):
        self.check_money()
        self.check_reading()
        self.check_books()
        self.check_words()

    def check_money(self):
        for currency, held in enumerate((self.accesses.balance(), self.points.balanceOf(self.accesses))):
            balances = sum(amount for (_, kind), amount in self.balances.items() if kind == currency)
            assert held == balances + sum(access.held for access in self.offers if access.currency == currency)  # A3
        party, currency = self.turn % 4, self.turn // 4 % 2
        assert self.accesses.balanceOf(self._party(party), self.currencies[currency]) == self._balance(party, currency)

    def check_reading(self):
        block = chain[-1]
        for access in self._shown():
            readable, reason = self.accesses.canRead(access.access_id, block_identifier=block.number)
            expected = access.objection(self._relation(access), block.timestamp)
            assert (readable, Reason(reason)) == (expected is Reason.NONE, expected)  # A4, C1, C3

    def check_books(self):
        block = chain[-1]
        for access in self._shown()[:1]:
            due, paid = self.accesses.earningsOf(access.access_id, 2**16, block_identifier=block.number)
            earned = access.earned(self._relation(access), block.timestamp) if access.owner >= 0 else 0
            assert (due, paid) == (earned - access.paid, access.paid)  # A1, A2
            state = self.accesses.accessOf(access.access_id) if not access.taken_back else None
            assert state is None or state["closedAt"] == access.closed_at
            assert state is None or state["startedAt"] == access.started_at
            assert access.held >= 0  # A1
        self.turn += 1

    def check_words(self):
        pairs = list(self.relations.items())
        (customer, brand), relation = pairs[self.turn % 4]
        if relation.said:
            number = 1 + self.turn % len(relation.said)
            word, who = relation.said[number - 1], (self.customers[customer], self.brands[brand])
            wanted = (as_word(word.purposes), as_word(word.data_classes), word.notice, word.at, word.ends, number)
            assert self.consents.snapshotAt(*who, number) == wanted  # A7, C6
            assert self.consents.snapshotCount(*who) == len(relation.said)  # A7, C2

    def teardown(self):
        """After every period both sides settle, sometimes in two orders: each gets the same, and nothing is left."""
        chain.sleep(30_000)
        chain.mine()
        in_another_order = self._settle_and_go_back() if self.turn % 3 == 0 else None
        parts = self._settle_all()
        assert in_another_order in (None, parts)  # A5
        self._empty()

    def _settle_all(self):
        """Everybody settles everything, in a random order; what each access has paid and refunded."""
        accepted = self._accepted()
        sides = [(access, side) for access in accepted for side in (0, 1)]
        self.random.shuffle(sides)
        for access, side in sides:
            self._settle(access, side)
        for access in accepted:
            assert access.paid == access.accrued(access.end(self._relation(access), chain[-1].timestamp))  # A2, A5
            assert access.paid + access.refunded == access.price  # A1
        return [(access.paid, access.refunded) for access in accepted]

    def _settle_and_go_back(self):
        snapshot, books = chain._take_snapshot(), (self.balances.copy(), self.earned.copy())
        before = [(access, access.paid, access.refunded) for access in self.offers]
        parts = self._settle_all()
        chain._revert(snapshot)  # not `chain.revert`, whose snapshot is the machine's
        self.balances, self.earned = books
        for access, paid, refunded in before:
            access.paid, access.refunded = paid, refunded
        return parts

    def _settle(self, access, side):
        """Until this side has all: the owner with few steps, the brand naming what shows the end."""
        now, relation = chain[-1].timestamp, self._relation(access)
        if side == 1 and access.accrued(access.end(relation, now)) + access.refunded < access.price:
            self._take_back(access, self._pointer(access, now))
        while side == 0 and access.paid < access.earned(relation, now):
            self._collect(access, 3)

    def _empty(self):
        """What was not accepted goes back, everybody takes what is his, and the contract holds nothing."""
        for access in self.offers:
            if access.owner < 0 and not access.taken_back:
                self.accesses.retract(access.access_id, {"from": self.relayer})
                access.taken_back = True
                self.balances[access.brand, access.currency] += access.price
        for (party, currency), balance in self.balances.items():
            owed = self._balance(party, currency)
            assert owed == balance
            if owed:
                arguments = (self.currencies[currency], owed, self._party(party))
                self.accesses.withdraw(*arguments, {"from": self._party(party)})
        assert (self.accesses.balance(), self.points.balanceOf(self.accesses)) == (0, 0)  # A3
        gained = [self.points.balanceOf(each) - had for each, had in zip(self.customers, self.wallets, strict=True)]
        assert gained == [self.earned[customer, 1] for customer in range(2)]  # A1

    # --- how ----------------------------------------------------------------------------------------------------------

    def _attempt(self, model, act, *arguments, then=lambda: None):
        """Sends the act; whether it was done. It must be refused as the model refuses it at that time, and only then."""
        try:
            act(*arguments)
        except VirtualMachineError as error:
            got = error.revert_msg or "nothing"
        else:
            got = None
        then()
        expected = self._refusal(model, chain[-1].timestamp)
        name, _, values = (got or "").partition(":")
        assert (name, values.strip().lower()) == expected  # A6
        return got is None

    @staticmethod
    def _refusal(model, now):
        """The error that the model refuses with at that time, and its values; nothing where it does not."""
        try:
            model(now)
        except Refused as refusal:
            return refusal.error, ", ".join(shown(value) for value in refusal.values).lower()
        return "", ""

    @staticmethod
    def _refuse(condition, error, *values):
        if condition:
            raise Refused(error, *values)

    def _exists(self, access):
        self._refuse(access.taken_back, "DataAccess_UnknownAccess", access.access_id)

    def _grant(self, customer, brand, purposes, data_classes, version, ends, **options):
        if options:
            options["gas_limit"] = 300_000
        sender = {"from": self.customers[customer], **options}
        return self.brands[brand], as_word(purposes), as_word(data_classes), version, ends, sender

    def _said(self, customer, brand, word):
        self.relations[customer, brand].said.append(word)

    def _last(self, customer, brand):
        said = self.relations[customer, brand].said
        return said[-1] if said else Word(0)

    def _next(self):
        self.nonce += 1
        return self.nonce

    def _dataset(self, pick):
        return self.sets[-1 - pick % len(self.sets)]

    def _pick(self, pick):
        """The newest first."""
        return self.offers[-1 - pick % len(self.offers)]

    def _accepted(self):
        return [access for access in self.offers if access.owner >= 0]

    def _shown(self):
        """Three accesses, others every time."""
        return [self.offers[(self.turn + place) % len(self.offers)] for place in range(min(3, len(self.offers)))]

    def _relation(self, access):
        return self.relations[max(0, access.owner), access.brand]

    def _followed(self, access):
        return 0 if access.taken_back else self.accesses.accessOf(access.access_id)["snapshot"]

    def _party(self, party):
        return self.brands[party] if party < 2 else self.customers[party - 2]

    def _balance(self, party, currency):
        return self.balances[party, currency]

    def _events(self, name):
        events = chain.get_transaction(chain[-1].transactions[0]).events
        return list(events[name]) if name in events else []


MORE_OFTEN = ("act_publish", "act_publish", "act_renew_around_the_expiry", "act_offer_and_accept")
ACTS = {name: act for name, act in vars(DataAccessMachine).items() if name.startswith("act_")}


@pytest.fixture(scope="module")
def brands(brand, guardian, points, issuer, module_isolation):
    points.issueBatch([brand, guardian], [WEALTH] * 2, REF, {"from": issuer})
    return [brand, guardian]


@pytest.fixture
def contracts(deployer, brands, points):
    """Anew for each run of the machine, which leaves what it began with behind."""
    consents, datasets = deployer.deploy(ConsentRegistry), deployer.deploy(CustomerData)
    accesses = deployer.deploy(DataAccess, consents, datasets)
    for each in brands:
        points.approve(accesses, 2**256 - 1, {"from": each})
    return consents, datasets, accesses


# As for the points: Hypothesis keeps its first ten examples to a few steps.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


@pytest.mark.parametrize(("examples", "steps"), [(16, 4), pytest.param(40, 12, marks=pytest.mark.slow)])
def test_accesses_behave_as_the_model(state_machine, contracts, alice, bob, brands, points, relayer, examples, steps):
    state_machine(
        DataAccessMachine,
        contracts,
        [alice, bob],
        brands,
        points,
        relayer,
        settings={"max_examples": examples, "stateful_step_count": steps, "phases": PHASES},
    )
