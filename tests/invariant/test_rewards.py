"""The catalog against a model in plain Python: four customers redeem, cancel, burn and claim, the brand does its part and
makes its mistakes; one customer is a contract that redeems once more when a card arrives.

R1  An order gives back at most once, and exactly what it burned.
R2  What is in stock and the orders that were not undone before they were fulfilled are all the stock that was ever added.
R3  A customer's count is that of her orders that were not undone, and never above the limit.
R4  The supply is what was issued and refunded less what was redeemed and burned.
R5  The liability's figures are the model's, and add up: issued + refunded = redeemed + burned + outstanding + unclaimed.
R6  An act is refused if and only if the model refuses it, for the model's reason, and a refused act changes nothing.
R7  What is fulfilled at once is what was open among the orders named; no other stands in their way.
R8  While an order is open, its customer can cancel it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from brownie import MembershipCard, MockPublishedPoints, MockReceiver, chain
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy

from tests.support.loyalty import FAR
from tests.support.loyalty import REF as ISSUE
from tests.support.rewards import REF, State, deploy_catalog, domain_of
from tests.support.signing import signed_by
from web3crm.chain.typed_data import reward_cancel, reward_redeem

PERIOD = 30 * 86_400
SEATS = 3
"""Cards that the tier has room for."""
GREEDY = 3
"""The customer who is a contract."""
PRICES = (1, 7, 40)


@dataclass
class Reward:
    price: int
    stock: int
    added: int
    limit: int
    from_: int
    until: int
    tier: int


@dataclass
class Order:
    customer: int
    reward: int
    state: State
    paid: int
    undone: bool = False


class Model:
    """What the catalog and the points should be."""

    def __init__(self):
        self.rewards = {}
        self.orders = {}
        self.balances = dict.fromkeys(range(4), 0)
        self.issued = self.burned = self.matured = self.claimed = self.pending = self.cards = 0

    def count(self, reward, customer):
        return sum(
            order.reward == reward and order.customer == customer and not order.undone for order in self.orders.values()
        )

    def over(self, reward, now):
        if reward not in self.rewards:
            return "RewardCatalog_UnknownReward"
        until = self.rewards[reward].until
        return "RewardCatalog_RewardOver" if until and now >= until else None

    def refuses_to_redeem(self, now, customer, number):
        if refusal := self.over(number, now):
            return refusal
        reward = self.rewards[number]
        reasons = {
            "RewardCatalog_NotOpenYet": now < reward.from_,
            "RewardCatalog_OutOfStock": reward.stock == 0,
            "RewardCatalog_LimitReached": reward.limit and self.count(number, customer) >= reward.limit,
            "ERC20InsufficientBalance": self.balances[customer] < reward.price,
            "MembershipCard_SoldOut": reward.tier and self.cards == SEATS,
        }
        return next((name for name, applies in reasons.items() if applies), None)

    def redeem(self, customer, number):
        reward = self.rewards[number]
        state = State.FULFILLED if reward.tier else State.OPEN
        self.orders[len(self.orders) + 1] = Order(customer, number, state, reward.price)
        reward.stock -= 1
        self.balances[customer] -= reward.price
        self.cards += bool(reward.tier)

    def refuses_to_cancel(self, customer, number):
        order = self.orders.get(number)
        if order is None or order.customer != customer:
            return "RewardCatalog_NotCustomer"
        return None if order.state == State.OPEN else "RewardCatalog_NotOpen"

    def refuses_to_refund(self, number):
        order = self.orders.get(number)
        refundable = order is not None and order.state in (State.OPEN, State.FULFILLED)
        return None if refundable else "RewardCatalog_NotRefundable"

    def undo(self, number, state):
        order = self.orders[number]
        if order.state == State.OPEN:
            order.undone = True
            self.rewards[order.reward].stock += 1
        order.state = state
        self.balances[order.customer] += order.paid

    def redeemed(self):
        return sum(order.paid for order in self.orders.values())

    def refunded(self):
        return sum(order.paid for order in self.orders.values() if order.state in (State.CANCELLED, State.REFUNDED))

    def supply(self):
        return self.issued + self.refunded() - self.redeemed() - self.burned


class CatalogMachine:
    # Hypothesis draws bursts of acts, not single ones: most of the examples it makes are only a step or two long.
    st_seed = strategy("uint64")
    burst = 7

    def __init__(cls, catalog, points, distributor, issuer, relayer, customers):
        cls.catalog, cls.points, cls.distributor = catalog, points, distributor
        cls.issuer, cls.relayer, cls.customers = issuer, relayer, customers
        cls.domain = domain_of(catalog)

    def setup(self):
        self.model = Model()
        self.nonce = 0
        for customer in range(4):
            self.issue(customer, 60)
        self.add(price=7, stock=3, limit=2)
        self.add(price=1, stock=2, limit=0, lasts=500)
        self.add(price=10, stock=4, limit=1, tier=1)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def rule_trade(self, seed="st_seed"):
        random = Random(seed)
        acts = {
            self.redeem: 9,
            self.cancel: 5,
            self.fulfil: 3,
            self.refund: 3,
            self.add_any: 1,
            self.restock: 1,
            self.close: 1,
            self.earn: 1,
            self.claim: 1,
            self.burn: 1,
            self.wait: 1,
        }
        for act in random.choices(list(acts), weights=list(acts.values()), k=self.burst):
            act(random)
            assert self.points.totalSupply() == self.model.supply()  # R4

    def redeem(self, random):
        customer, reward = random.randrange(4), random.choice([*self.model.rewards, *self.model.rewards, 99])
        if customer == GREEDY:
            self.redeem_greedily(reward)
            return
        account = self.customers[customer]
        if random.random() < 0.5:
            self.nonce += 1
            message = reward_redeem(
                domain=self.domain, customer=account.address, reward_id=reward, ref=REF, nonce=self.nonce, deadline=FAR
            )
            signature = signed_by(account, message)
            refusal = self.attempt(
                self.catalog.redeemBySig, account, reward, REF, self.nonce, FAR, signature, sender=self.relayer
            )
        else:
            refusal = self.attempt(self.catalog.redeem, reward, REF, sender=account)
        assert refusal == self.model.refuses_to_redeem(self.now(), customer, reward)  # R6
        if refusal is None:
            self.model.redeem(customer, reward)

    def redeem_greedily(self, reward):
        """The contract redeems, and again from within when a card comes."""
        greedy, again = self.customers[GREEDY], self.catalog.redeem.encode_input(reward, REF)
        greedy.setAct(self.catalog, again, {"from": self.relayer})
        refusal = self.attempt(greedy.execute, self.catalog, again, sender=self.relayer)
        now = self.now()
        assert refusal == self.model.refuses_to_redeem(now, GREEDY, reward)  # R6
        if refusal is not None:
            return
        self.model.redeem(GREEDY, reward)
        if self.model.rewards[reward].tier:
            refusal = self.model.refuses_to_redeem(now, GREEDY, reward)
            assert greedy.actSucceeded() == (refusal is None)  # R6
            if refusal is None:
                self.model.redeem(GREEDY, reward)

    def cancel(self, random):
        """Mostly an order of hers; also another's, or none."""
        order = random.randrange(len(self.model.orders) + 2)
        known = self.model.orders.get(order)
        customer = random.choice([random.randrange(4), *[known.customer if known else 0] * 3])
        account = self.customers[customer]
        if customer == GREEDY:
            undo = self.catalog.cancel.encode_input(order)
            refusal = self.attempt(account.execute, self.catalog, undo, sender=self.relayer)
        elif random.random() < 0.5:
            self.nonce += 1
            message = reward_cancel(
                domain=self.domain, customer=account.address, order_id=order, nonce=self.nonce, deadline=FAR
            )
            signature = signed_by(account, message)
            refusal = self.attempt(
                self.catalog.cancelBySig, account, order, self.nonce, FAR, signature, sender=self.relayer
            )
        else:
            refusal = self.attempt(self.catalog.cancel, order, sender=account)
        assert refusal == self.model.refuses_to_cancel(customer, order)  # R6, R8
        if refusal is None:
            self.model.undo(order, State.CANCELLED)

    def fulfil(self, random):
        named = [random.randrange(len(self.model.orders) + 2) for _ in range(random.randrange(5))]
        open_ = [
            order for order in dict.fromkeys(named) if order in self.model.orders and self.state(order) == State.OPEN
        ]
        events = self.catalog.fulfil(named, {"from": self.issuer}).events
        told = [event["orderId"] for event in events["OrderFulfilled"]] if "OrderFulfilled" in events else []
        assert told == open_  # R7
        for order in open_:
            self.model.orders[order].state = State.FULFILLED

    def refund(self, random):
        order = random.randrange(len(self.model.orders) + 2)
        refusal = self.attempt(self.catalog.refund, order, sender=self.issuer)
        assert refusal == self.model.refuses_to_refund(order)  # R6
        if refusal is None:
            self.model.undo(order, State.REFUNDED)

    def add_any(self, random):
        self.add(
            price=random.choice(PRICES),
            stock=random.randint(1, 3),
            limit=random.randrange(3),
            begins=random.choice([0, 0, 100]),
            lasts=random.choice([0, 0, 1_000]),
            tier=random.randrange(2),
        )

    def restock(self, random):
        reward, stock = random.choice([*self.model.rewards, 99]), random.randrange(3)
        refusal = self.attempt(self.catalog.restock, reward, stock, sender=self.issuer)
        expected = self.model.over(reward, self.now()) or ("RewardCatalog_ZeroStock" if stock == 0 else None)
        assert refusal == expected  # R6
        if refusal is None:
            self.model.rewards[reward].stock += stock
            self.model.rewards[reward].added += stock

    def close(self, random):
        reward = random.choice([*self.model.rewards, 99])
        refusal = self.attempt(self.catalog.closeReward, reward, sender=self.issuer)
        assert refusal == self.model.over(reward, self.now())  # R6
        if refusal is None:
            self.model.rewards[reward].until = self.now()

    def earn(self, random):
        """A root is published, and matures the next time."""
        self.model.matured, waiting = self.model.matured + self.model.pending, self.model.pending
        self.model.pending = random.randrange(30)
        if waiting:
            self.points.issue(self.distributor, waiting, ISSUE, {"from": self.issuer})
            self.model.issued += waiting
        self.distributor.setMatured(ISSUE, self.model.matured, {"from": self.relayer})
        total = self.model.matured + self.model.pending
        self.distributor.setPending(ISSUE, total, FAR - 1, {"from": self.relayer})

    def claim(self, random):
        customer = random.randrange(4)
        amount = random.randint(0, self.model.matured - self.model.claimed)
        self.distributor.pay(self.points, self.customers[customer], amount, {"from": self.relayer})
        self.model.balances[customer] += amount
        self.model.claimed += amount

    def burn(self, random):
        customer = random.randrange(3)
        amount = min(random.randint(1, 5), self.model.balances[customer])
        if amount:
            self.points.burn(amount, {"from": self.customers[customer]})
            self.model.balances[customer] -= amount
            self.model.burned += amount

    def wait(self, random):
        chain.sleep(random.choice([50, 400]))
        chain.mine()

    # --- the same for model and chain ---------------------------------------------------------------------------------

    def attempt(self, act, *arguments, sender):
        """Sends the act; returns why it was refused, or None."""
        try:
            act(*arguments, {"from": sender})
        except VirtualMachineError as refused:
            return refused.revert_msg.partition(":")[0]
        return None

    def now(self):
        return chain[-1].timestamp

    def state(self, order):
        return self.model.orders[order].state

    def issue(self, customer, amount):
        self.points.issue(self.customers[customer], amount, ISSUE, {"from": self.issuer})
        self.model.balances[customer] += amount
        self.model.issued += amount

    def add(self, *, price, stock, limit, begins=0, lasts=0, tier=0):
        from_ = self.now() + begins
        until = from_ + lasts if lasts else 0
        self.catalog.addReward(price, stock, limit, from_, until, tier, "ipfs://reward", {"from": self.issuer})
        self.model.rewards[len(self.model.rewards) + 1] = Reward(price, stock, stock, limit, from_, until, tier)

    # --- invariants ---------------------------------------------------------------------------------------------------

    def invariant_orders(self):
        balances = [self.points.balanceOf(customer) for customer in self.customers]
        assert balances == list(self.model.balances.values())  # R1
        assert self.catalog.orderCount() == len(self.model.orders)
        for number, order in self.model.orders.items():
            customer, reward, state, _, paid = self.catalog.order(number)
            expected = (self.customers[order.customer], order.reward, order.state, order.paid)
            assert (customer, reward, state, paid) == expected  # R1

    def invariant_stock_and_counts(self):
        kept = Counter(order.reward for order in self.model.orders.values() if not order.undone)
        for number, reward in self.model.rewards.items():
            assert self.catalog.reward(number)[1] == reward.stock
            assert reward.stock + kept[number] == reward.added == self.catalog.stockAdded(number)  # R2
            counts = [self.catalog.redeemedBy(number, customer) for customer in self.customers]
            expected = [self.model.count(number, customer) if reward.limit else 0 for customer in range(4)]
            assert counts == expected
            assert max(counts) <= reward.limit  # R3

    def invariant_figures(self):
        model = self.model
        unclaimed = model.matured - model.claimed
        assert model.supply() == sum(model.balances.values()) + unclaimed  # R4
        liability = self.catalog.liability()
        expected = (
            model.issued,
            model.claimed,
            model.redeemed(),
            model.refunded(),
            model.burned,
            sum(model.balances.values()),
            unclaimed,
            model.pending,
        )
        assert liability == expected  # R5
        issued, _, redeemed, refunded, burned, outstanding, unclaimed, _ = liability
        assert issued + refunded == redeemed + burned + outstanding + unclaimed  # R5


@pytest.fixture(scope="module")
def cards(authority, points, deployer):
    return deployer.deploy(MembershipCard, "Coffee club", "CLUB", "ipfs://club", authority, points)


@pytest.fixture(scope="module")
def distributor(module_isolation, deployer):
    return deployer.deploy(MockPublishedPoints)


@pytest.fixture(scope="module")
def catalog(deployer, brand, issuer, authority, points, cards, distributor):
    catalog = deploy_catalog(deployer, brand, issuer, authority, points, cards, distributor)
    cards.defineTier(PERIOD, SEATS, 0, True, False, 0, "ipfs://silver", {"from": issuer})
    return catalog


@pytest.fixture(scope="module")
def customers(catalog, points, deployer, alice, bob, carol):
    """They all let the catalog redeem their points."""
    greedy = deployer.deploy(MockReceiver)
    allowing = points.approve.encode_input(catalog, 2**256 - 1)
    for customer in (alice, bob, carol):
        customer.transfer(points, data=allowing)
    greedy.execute(points, allowing, {"from": deployer})
    return [alice, bob, carol, greedy]


def test_catalog_behaves_as_the_model(state_machine, catalog, points, distributor, issuer, relayer, customers):
    settings = {"max_examples": 16, "stateful_step_count": 3}
    state_machine(CatalogMachine, catalog, points, distributor, issuer, relayer, customers, settings=settings)
