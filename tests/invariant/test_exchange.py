"""The exchange against a plain model of it, in sequences of acts nobody wrote down beforehand

X1  The exchange holds of each kind of points what the reserves of all pairs say and what was sent without funding: never less.
X2  Of what a pair holds, both brands' parts add up to the reserve, and each brand's part is what the model says.
X3  At a constant rate customers' points together are never worth more after any sequence of swaps than before it.
X4  At the rate of a swap, what either brand owns is worth no less after it, but for less than one unit of the points that came in.
X5  Never does either brand owe while the other owes it too.
X6  Within any `period` seconds in a row, wherever they begin, what is paid out of either points less what comes in is at most the
    cap (counted from the latest change of the terms on; what counted before the change goes on counting).
X7  A swap is done if and only if the pair is open, the result is not zero and within reserve and cap; a refused act changes nothing.
X8  Points leave by swaps and by withdrawals alone, and a withdrawal pays a brand what is its own, at most what it announced, from the
    end of the notice for as long again, once.
"""

from __future__ import annotations

import pytest
from brownie import MockCrookedPoints, PointsExchange, chain
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy
from hypothesis import Phase

from tests.support.clock import mine_at
from tests.support.exchange import HOUR, ONE, LoneBrand, agree, deploy_brand, domain_of, in_order, open_pair, terms_of
from tests.support.loyalty import FAR, REF
from tests.support.signing import signed_by
from web3crm.chain.typed_data import exchange_swap

RATES = [ONE // 3, 7 * ONE // 10 + 1, ONE, 5 * ONE // 2, 3 * ONE]
BOUNDS = {"min_rate": RATES[0], "max_rate": RATES[-1]}
CAPS, PERIOD = (900, 1_500), 900
MAX = 2**256 - 1


class Cap:
    """At most so much within any period: what counts, and what really was."""

    def __init__(self):
        self.entries = []  # [window, used, latest use], the latest last
        self.flows = []  # (when, paid out or, negative, come in) since the terms changed

    def set(self, limit, period, now):
        if self.entries and period != self.period:
            latest = self.entries[-1][2]
            self.entries = [[latest // period, self.counted(now), latest]]
        self.limit, self.period = limit, period
        self.flows = []

    def counted(self, now):
        """What is used in a window counts in it, and until a period after its latest use."""
        return sum(used for window, used, at in self.entries if window == now // self.period or now < at + self.period)

    def left(self, now):
        return max(0, self.limit - self.counted(now))

    def pay(self, now, amount):
        if not self.entries or self.entries[-1][0] != now // self.period:
            self.entries.append([now // self.period, 0, now])
        self.entries[-1][1] += amount
        self.entries[-1][2] = now
        self.flows.append((now, amount))
        net = 0
        for at, flow in reversed(self.flows):
            net += flow
            assert at <= now - self.period or net <= self.limit  # X6

    def take(self, now, amount):
        self.flows.append((now, -amount))
        for entry in reversed(self.entries[-2:]):
            taken = min(entry[1], amount)
            entry[1] -= taken
            amount -= taken


class Pair:
    """What a pair should be: side 0 is A, side 1 is B."""

    def __init__(self, pair_id, brands, rate):
        self.pair_id, self.brands, self.rate = pair_id, brands, rate
        self.owned = [[0, 0], [0, 0]]  # of each brand: points A, points B
        self.open = [True, True]
        self.caps = [Cap(), Cap()]
        self.announced = {}  # (brand, side): (amount, when it is ready)
        self.notice = HOUR

    def points(self, side):
        return self.brands[side].points

    def reserve(self, side):
        return self.owned[0][side] + self.owned[1][side]

    def quote(self, side, amount):
        return amount * self.rate // ONE if side == 0 else amount * ONE // self.rate

    def swappable(self, side, now):
        return min(self.reserve(side), self.caps[side].left(now)) if all(self.open) else 0

    def worth(self, amounts):
        """Points A and B together at the present rate, in units of B times 1e18."""
        return amounts[0] * self.rate + amounts[1] * ONE

    def swap(self, side, amount, out, now):
        """The brand of the points that come in gives first what it owns of the others; each gets of them in proportion."""
        worth = [self.worth(self.owned[brand]) for brand in (0, 1)]
        other = 1 - side
        given = min(self.owned[side][other], out)
        home = amount * given // out
        self.owned[side][other] -= given
        self.owned[other][other] -= out - given
        self.owned[side][side] += home
        self.owned[other][side] += amount - home
        self.caps[other].pay(now, out)
        self.caps[side].take(now, amount)
        unit = self.rate if side == 0 else ONE
        for brand in (0, 1):
            assert self.worth(self.owned[brand]) > worth[brand] - unit  # X4
        assert self.worth(self.owned[0]) + self.worth(self.owned[1]) >= sum(worth)


class ExchangeMachine:
    """Two pairs that share one brand's points; customers are numbers, so that a failing example reads well."""

    which = strategy("uint8", max_value=3)
    side = strategy("uint8", max_value=1)
    customer = strategy("uint8", max_value=2)
    amount = strategy("uint16", max_value=1_200)
    rate = strategy("uint8", max_value=len(RATES) - 1)
    switch = strategy("uint8", max_value=5)
    cap = strategy("uint16", max_value=2_000)
    period = strategy("uint16", min_value=300, max_value=1_500)
    seconds = strategy("uint16", min_value=1, max_value=1_200)
    long = strategy("uint16", min_value=3_000, max_value=8_000)

    def __init__(self, exchange, pairs, customers, treasurer, relayer, safe):
        self.exchange, self.both, self.customers = exchange, pairs, customers
        self.treasurer, self.relayer, self.safe = treasurer, relayer, safe
        self.domain = domain_of(exchange, chain.id)

    def setup(self):
        self.pairs = [Pair(pair_id, brands, ONE) for pair_id, brands in self.both]
        self.tokens = {str(pair.points(side)): pair.points(side) for pair in self.pairs for side in (0, 1)}
        self.donated = dict.fromkeys(self.tokens, 0)
        self.withdrawn = dict.fromkeys(self.tokens, 0)
        self.held = {
            (customer, name): points.balanceOf(self.customers[customer])
            for customer in range(3)
            for name, points in self.tokens.items()
        }
        self.flow = {}  # (pair, side, customer): what she got there less what she gave
        self.nonce = 0
        for pair in self.pairs:
            for side in (0, 1):
                pair.caps[side].set(CAPS[side], PERIOD, chain[-1].timestamp)
                self.rule_fund(3 * self.pairs.index(pair), side, 4_000)
        self.note()

    def note(self):
        """From here on nobody may gain: a rate was set."""
        self.best = {pair.pair_id: pair.worth(self.held_by_all(pair)) for pair in self.pairs}

    def held_by_all(self, pair):
        """What all customers got in this pair of both points, less what they gave."""
        return [sum(self.flow.get((pair.pair_id, side, customer), 0) for customer in range(3)) for side in (0, 1)]

    def pair_of(self, which):
        """The first pair three times as often: what the model knows of one pair it knows of the other."""
        return self.pairs[which == 3]

    def attempt(self, act, *arguments):
        """Sends the act; returns whether it was done, and when."""
        try:
            act(*arguments)
        except VirtualMachineError:
            return False, chain[-1].timestamp
        return True, chain[-1].timestamp

    def swap(self, pair, side, customer, amount, act, *arguments):
        """Sends a swap and expects of it what the model does."""
        done, at = self.attempt(act, *arguments)
        out = pair.quote(side, amount)
        assert done == (0 < out <= pair.swappable(1 - side, at))  # X7
        if done:
            pair.swap(side, amount, out, at)
            for points_side, gained in ((side, -amount), (1 - side, out)):
                key = (pair.pair_id, points_side, customer)
                self.flow[key] = self.flow.get(key, 0) + gained
                self.held[customer, str(pair.points(points_side))] += gained
        return done

    # --- customers --------------------------------------------------------------------------------------------------

    def rule_swap(self, which, side, customer, amount):
        pair, who = self.pair_of(which), self.customers[customer]
        arguments = (pair.pair_id, pair.points(side), amount, 0, who, FAR, {"from": who})
        self.swap(pair, side, customer, amount, self.exchange.swap, *arguments)

    def rule_swap_by_sig(self, which, side, customer, amount):
        pair, who, nonce = self.pair_of(which), self.customers[customer], self.nonce
        message = exchange_swap(
            domain=self.domain,
            customer=who.address,
            pair_id=pair.pair_id,
            points_in=pair.points(side).address,
            amount_in=amount,
            min_out=0,
            recipient=who.address,
            nonce=nonce,
            deadline=FAR,
        )
        arguments = (who, pair.pair_id, pair.points(side), amount, 0, who, nonce, FAR, signed_by(who, message))
        done = self.swap(pair, side, customer, amount, self.exchange.swapBySig, *arguments, {"from": self.relayer})
        assert self.exchange.isNonceUsed(who, nonce) == done
        self.nonce += 1

    def rule_swap_all(self, which, side, customer):
        """What a thief would do: as much as there is."""
        pair, who = self.pair_of(which), self.customers[customer]
        left = pair.swappable(1 - side, chain[-1].timestamp)
        amount = left * ONE // pair.rate if side == 0 else left * pair.rate // ONE
        arguments = (pair.pair_id, pair.points(side), amount, 0, who, FAR, {"from": who})
        self.swap(pair, side, customer, amount, self.exchange.swap, *arguments)

    def rule_swap_forth_and_back(self, which, side, customer, amount):
        pair, who = self.pair_of(which), self.customers[customer]
        self.rule_swap(which, side, customer, amount)
        back = pair.quote(side, amount)
        arguments = (pair.pair_id, pair.points(1 - side), back, 0, who, FAR, {"from": who})
        self.swap(pair, 1 - side, customer, back, self.exchange.swap, *arguments)

    def rule_swap_over_a_window_s_end(self, which, side, customer, amount):
        """Paid out at the end of one window and the beginning of the next, and given back there."""
        period = self.pair_of(which).caps[0].period
        mine_at((chain[-1].timestamp // period + 2) * period - 20)
        self.rule_swap(which, side, customer, amount // 2)
        self.rule_wait(30)
        self.rule_swap(which, side, customer, amount // 8)
        self.rule_swap(which, 1 - side, customer, amount)

    def rule_donate(self, which, side, amount):
        points = self.pair_of(which).points(side)
        points.transfer(self.exchange, amount, {"from": self.treasurer})
        self.donated[str(points)] += amount

    # --- brands -----------------------------------------------------------------------------------------------------

    def rule_fund(self, which, side, amount):
        pair = self.pair_of(which)
        arguments = (pair.pair_id, pair.points(side), amount, {"from": self.treasurer})
        done, _ = self.attempt(self.exchange.fund, *arguments)
        assert done == (amount > 0)
        pair.owned[side][side] += amount

    def rule_set_rate(self, which, side, rate):
        pair = self.pair_of(which)
        pair.brands[side].do(self.exchange, "setRate", pair.pair_id, RATES[rate])
        pair.rate = RATES[rate]
        self.note()

    def rule_switch(self, which, side, switch):
        pair = self.pair_of(which)
        pair.brands[side].do(self.exchange, "setOpen", pair.pair_id, switch > 0)
        pair.open[side] = switch > 0

    def rule_open(self, which):
        """So that a pair does not stay closed for the rest of the example."""
        self.rule_switch(which, 0, 1)
        self.rule_switch(which, 1, 1)

    def rule_new_terms(self, which, cap, amount, period):
        pair = self.pair_of(which)
        terms = terms_of(*pair.brands, **BOUNDS, cap_a=cap, cap_b=amount, period=period, notice=HOUR)
        agree(self.exchange, *pair.brands, terms)
        for side, limit in ((0, cap), (1, amount)):
            pair.caps[side].set(limit, period, chain[-1].timestamp)

    def rule_announce(self, which, side, switch, amount):
        pair, brand = self.pair_of(which), switch % 2
        act = (self.exchange, "announceWithdrawal", pair.pair_id, pair.points(side), amount, self.safe)
        done, at = self.attempt(pair.brands[brand].do, *act)
        assert done == (amount > 0)
        if done:
            pair.announced[brand, side] = (amount, at + HOUR)

    def rule_withdraw(self, which, side, switch):
        pair, brand = self.pair_of(which), switch % 2
        done, at = self.attempt(pair.brands[brand].do, self.exchange, "withdraw", pair.pair_id, pair.points(side))
        announced, ready = pair.announced.get((brand, side), (0, 0))
        amount = min(announced, pair.owned[brand][side])
        assert done == (ready <= at < ready + HOUR and amount > 0)  # X8
        if done:
            pair.owned[brand][side] -= amount
            self.withdrawn[str(pair.points(side))] += amount
            del pair.announced[brand, side]

    def rule_announce_and_withdraw(self, which, side, switch, amount, long):
        self.rule_announce(which, side, switch, amount)
        self.rule_wait(long)
        self.rule_withdraw(which, side, switch)

    def rule_settle(self, which, side, customer, amount):
        """The brand that gave the other points takes those that came in for them, then somebody swaps back."""
        self.rule_swap(which, side, customer, amount)
        self.rule_announce(which, side, 1 - side, 1_200)
        self.rule_wait(HOUR)
        self.rule_withdraw(which, side, 1 - side)
        self.rule_swap(which, 1 - side, customer, amount)

    # --- time -------------------------------------------------------------------------------------------------------

    def rule_wait(self, seconds):
        chain.sleep(seconds)
        chain.mine()

    # --- what holds after every act ---------------------------------------------------------------------------------

    def invariant_balances(self):
        for name, points in self.tokens.items():
            reserves = sum(
                pair.reserve(side) for pair in self.pairs for side in (0, 1) if str(pair.points(side)) == name
            )
            assert points.balanceOf(self.exchange) == reserves + self.donated[name]  # X1

    def invariant_books(self):
        block = chain[-1]
        for pair in self.pairs:
            state = self.exchange.pair(pair.pair_id)
            assert state[1:4] == (pair.rate, *pair.open)
            assert state[4:6] == (pair.reserve(0), pair.reserve(1))  # X2
            assert state[6:8] == (pair.owned[1][0], pair.owned[0][1])  # X2
            assert 0 in state[6:8]  # X5
            for side in (0, 1):
                swappable = self.exchange.swappable(pair.pair_id, pair.points(side), block_identifier=block.number)
                assert swappable == pair.swappable(side, block.timestamp)  # X7

    def invariant_nobody_gains(self):
        for pair in self.pairs:
            assert pair.worth(self.held_by_all(pair)) <= self.best[pair.pair_id]  # X3
            self.best[pair.pair_id] = pair.worth(self.held_by_all(pair))

    def teardown(self):
        for name, points in self.tokens.items():
            assert points.balanceOf(self.safe) == self.withdrawn[name]  # X8
            held = [points.balanceOf(customer) for customer in self.customers]
            assert held == [self.held[customer, name] for customer in range(3)]  # X8


@pytest.fixture(scope="module")
def customers(alice, bob, carol):
    return [alice, bob, carol]


@pytest.fixture(scope="module")
def pairs(deployer, brand, guardian, issuer, stranger, customers, accounts):
    """Coffee and books, and coffee and a brand of one; everybody has points and lets the exchange take them."""
    exchange, treasurer = deployer.deploy(PointsExchange), accounts[9]
    coffee, books = deploy_brand(deployer, brand, issuer), deploy_brand(deployer, guardian, issuer)
    lone = LoneBrand(stranger, deployer.deploy(MockCrookedPoints, stranger))
    holders = [*customers, treasurer]
    for each in (coffee, books):
        each.points.issueBatch(holders, [10**9] * 4, REF, {"from": issuer})
    for holder in holders:
        lone.points.mint(holder, 10**9, {"from": deployer})
        for each in (coffee, books, lone):
            each.points.approve(exchange, MAX, {"from": holder})
    terms = {**BOUNDS, "cap_a": CAPS[0], "cap_b": CAPS[1], "period": PERIOD, "notice": HOUR}
    both = [in_order(coffee, books), in_order(coffee, lone)]
    return exchange, [(open_pair(exchange, a, b, terms_of(a, b, **terms), ONE), (a, b)) for a, b in both]


# As for the points: Hypothesis keeps its first ten examples to a few steps.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


@pytest.mark.parametrize("examples", [16, pytest.param(50, marks=pytest.mark.slow)])
def test_the_exchange_behaves_as_the_model(state_machine, pairs, customers, accounts, relayer, deployer, examples):
    exchange, both = pairs
    safe = "0x" + "5a" * 20
    state_machine(
        ExchangeMachine,
        exchange,
        both,
        customers,
        accounts[9],
        relayer,
        safe,
        settings={"max_examples": examples, "stateful_step_count": 25, "phases": PHASES},
    )
