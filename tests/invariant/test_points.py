"""Points against a plain model of them, in sequences of acts nobody wrote down beforehand

P1  The sum of all balances is the supply, and the supply is what was issued and refunded less what was redeemed less
    what was burned. No more is ever refunded than was redeemed.
P2  Within any `period` seconds in a row, wherever they begin, at most the budget is issued (counted from the latest
    change of the budget on; what counted before the change goes on counting).
P3  An issue is refused if and only if it is beyond what is issuable, and a refused act changes nothing.
P4  A delegate's votes are the balances of those who delegated to it, now and at every past second; so is the past
    supply.
P5  An allowance falls by what was spent of it, whether the points were redeemed or burned, and never below zero.
P6  Each signed act uses up exactly one nonce of its signer.
P7  A refund is refused if and only if it is beyond what was redeemed and not refunded; the budget has no say in it and
    does not change.
"""

from __future__ import annotations

import pytest
from brownie import chain
from brownie.exceptions import VirtualMachineError
from brownie.test import strategy
from hypothesis import Phase

from tests.support.loyalty import FAR, REF, domain_of
from tests.support.signing import signed_by
from web3crm.chain.typed_data import points_transfer

BUDGET, PERIOD = 1_000, 600


class Model:
    """What the points should be, as lists and sums."""

    def __init__(self, customers):
        self.balances = dict.fromkeys(customers, 0)
        self.allowances = {}
        self.delegates = {}
        self.nonces = dict.fromkeys(customers, 0)
        self.issued = self.redeemed = self.refunded = self.burned = 0
        self.budget, self.period = BUDGET, PERIOD
        self.counting = []  # (when, how much), as the budget counts it
        self.issues = []  # (when, how much), as it was, since the budget was last changed
        self.supplies = []  # (since when, how many)
        self.votes = []  # (since when, {delegate: votes})

    def counted(self, now):
        """What is issued in a window counts in it, and until a period after its latest issue."""
        windows = {}
        for at, amount in self.counting:
            windows.setdefault(at // self.period, []).append((at, amount))
        return sum(
            sum(amount for _, amount in issues)
            for window, issues in windows.items()
            if window == now // self.period or now < max(at for at, _ in issues) + self.period
        )

    def issuable(self, now):
        return max(0, self.budget - self.counted(now))

    def issue(self, now, recipients):
        total = sum(amount for _, amount in recipients)
        for customer, amount in recipients:
            self.balances[customer] += amount
        self.issued += total
        self.counting.append((now, total))
        self.issues.append((now, total))
        latest = [amount for at, amount in self.issues if at > now - self.period]
        assert sum(latest) <= self.budget  # P2

    def set_budget(self, now, budget, period):
        if period != self.period and self.counting:
            self.counting = [(self.counting[-1][0], self.counted(now))]
        self.budget, self.period = budget, period
        self.issues = []

    def votes_of(self, delegate):
        return sum(self.balances[customer] for customer, chosen in self.delegates.items() if chosen == delegate)

    def remember(self, now):
        self.supplies.append((now, sum(self.balances.values())))
        self.votes.append((now, {customer: self.votes_of(customer) for customer in self.balances}))


def at_time(history, timepoint, default):
    """The last entry of ``history`` that is not later than ``timepoint``."""
    return next((value for at, value in reversed(history) if at <= timepoint), default)


class PointsMachine:
    """Acts of the brand and of four customers; customers are numbers, so that a failing example reads well."""

    customer = strategy("uint8", max_value=3)
    other = strategy("uint8", max_value=3)
    amount = strategy("uint16", max_value=300)
    seconds = strategy("uint16", min_value=1, max_value=900)
    budget = strategy("uint16", max_value=2_000)
    period = strategy("uint16", min_value=200, max_value=900)

    def __init__(self, points, brand, issuer, relayer, customers):
        self.points, self.brand, self.issuer, self.relayer = points, brand, issuer, relayer
        self.customers = customers
        self.domain = domain_of(points, chain.id)
        points.setIssuanceBudget(BUDGET, PERIOD, {"from": brand})

    def setup(self):
        self.model = Model(range(4))
        at = self.points.issueBatch(self.customers, [100] * 4, REF, {"from": self.issuer}).timestamp
        self.model.issue(at, [(customer, 100) for customer in range(4)])
        self.model.remember(at)
        self.rule_delegate(0, 1)
        self.rule_delegate(2, 2)

    def attempt(self, act, *arguments):
        """Sends the act; returns whether it was done, and when."""
        try:
            act(*arguments)
        except VirtualMachineError:
            return False, chain[-1].timestamp
        return True, chain[-1].timestamp

    def spend(self, owner, spender, amount, act, *arguments):
        """Sends an act on ``owner``'s points out of ``spender``'s allowance; returns whether it was done, and when."""
        model = self.model
        allowed = model.allowances.get((owner, spender), 0)
        done, at = self.attempt(act, *arguments, {"from": self.customers[spender]})
        assert done == (0 < amount <= min(allowed, model.balances[owner]))  # P5
        model.allowances[owner, spender] = allowed - amount * done
        assert self.points.allowance(self.customers[owner], self.customers[spender]) == allowed - amount * done
        return done, at

    # --- the brand --------------------------------------------------------------------------------------------------

    def rule_issue(self, customer, amount):
        done, at = self.attempt(self.points.issue, self.customers[customer], amount, REF, {"from": self.issuer})

        assert done == (0 < amount <= self.model.issuable(at))  # P3
        if done:
            self.model.issue(at, [(customer, amount)])
            self.model.remember(at)

    def rule_issue_batch(self, customer, other, amount):
        recipients = [(customer, amount), (other, amount // 2), (customer, 1)]
        total = sum(amount for _, amount in recipients)
        to, amounts = [self.customers[who] for who, _ in recipients], [amount for _, amount in recipients]

        done, at = self.attempt(self.points.issueBatch, to, amounts, REF, {"from": self.issuer})

        assert done == (all(amounts) and total <= self.model.issuable(at))  # P3
        if done:
            self.model.issue(at, recipients)
            self.model.remember(at)

    def rule_issue_all(self, customer):
        """What a thief of the issuer's key would do."""
        rest = self.points.issuable()
        done, at = self.attempt(self.points.issue, self.customers[customer], rest, REF, {"from": self.issuer})

        assert done == (0 < rest <= self.model.issuable(at))  # P3
        if done:
            self.model.issue(at, [(customer, rest)])
            self.model.remember(at)

    def rule_set_budget(self, budget):
        at = self.points.setIssuanceBudget(budget, self.model.period, {"from": self.brand}).timestamp
        self.model.set_budget(at, budget, self.model.period)

    def rule_set_budget_and_period(self, budget, period):
        at = self.points.setIssuanceBudget(budget, period, {"from": self.brand}).timestamp
        self.model.set_budget(at, budget, period)

    # --- customers --------------------------------------------------------------------------------------------------

    def rule_transfer(self, customer, other, amount):
        done, at = self.attempt(self.points.transfer, self.customers[other], amount, {"from": self.customers[customer]})

        assert done == (amount <= self.model.balances[customer])
        self.model.balances[customer] -= amount * done
        self.model.balances[other] += amount * done
        self.model.remember(at)

    def rule_transfer_by_sig(self, customer, other, amount):
        owner, to, nonce = self.customers[customer], self.customers[other], self.model.nonces[customer]
        message = points_transfer(
            domain=self.domain, from_=owner.address, to=to.address, amount=amount, nonce=nonce, deadline=FAR
        )
        signature = signed_by(owner, message)
        done, at = self.attempt(self.points.transferBySig, owner, to, amount, FAR, signature, {"from": self.relayer})

        assert done == (amount <= self.model.balances[customer])
        self.model.balances[customer] -= amount * done
        self.model.balances[other] += amount * done
        self.model.nonces[customer] += done
        self.model.remember(at)
        assert self.points.nonces(owner) == self.model.nonces[customer]  # P6

    def rule_approve(self, customer, other, amount):
        self.points.approve(self.customers[other], amount, {"from": self.customers[customer]})
        self.model.allowances[customer, other] = amount

    def rule_redeem(self, customer, amount):
        done, at = self.attempt(self.points.redeem, amount, REF, {"from": self.customers[customer]})

        assert done == (0 < amount <= self.model.balances[customer])
        self.model.balances[customer] -= amount * done
        self.model.redeemed += amount * done
        self.model.remember(at)

    def rule_refund(self, customer, amount):
        """By whoever may: a catalog that knows what was redeemed, or a key that does not."""
        done, at = self.attempt(self.points.refund, self.customers[customer], amount, REF, {"from": self.brand})

        assert done == (0 < amount <= self.model.redeemed - self.model.refunded)  # P7
        self.model.balances[customer] += amount * done
        self.model.refunded += amount * done
        self.model.remember(at)

    def rule_redeem_from(self, customer, other, amount):
        done, at = self.spend(customer, other, amount, self.points.redeemFrom, self.customers[customer], amount, REF)
        self.model.balances[customer] -= amount * done
        self.model.redeemed += amount * done
        self.model.remember(at)

    def rule_burn_from(self, customer, other, amount):
        done, at = self.spend(customer, other, amount, self.points.burnFrom, self.customers[customer], amount)
        self.model.balances[customer] -= amount * done
        self.model.burned += amount * done
        self.model.remember(at)

    def rule_delegate(self, customer, other):
        at = self.points.delegate(self.customers[other], {"from": self.customers[customer]}).timestamp
        self.model.delegates[customer] = other
        self.model.remember(at)

    # --- time -------------------------------------------------------------------------------------------------------

    def rule_wait(self, seconds):
        chain.sleep(seconds)
        chain.mine()

    def rule_look_back(self, customer, seconds):
        timepoint = chain[-1].timestamp - seconds
        votes = at_time(self.model.votes, timepoint, {}).get(customer, 0)

        assert self.points.getPastTotalSupply(timepoint) == at_time(self.model.supplies, timepoint, 0)  # P4
        assert self.points.getPastVotes(self.customers[customer], timepoint) == votes  # P4

    # --- what holds after every act ---------------------------------------------------------------------------------

    def invariant_supply(self):
        model, points = self.model, self.points
        balances = [points.balanceOf(customer) for customer in self.customers]

        assert balances == list(model.balances.values())
        supply = model.issued + model.refunded - model.redeemed - model.burned
        assert points.totalSupply() == sum(balances) == supply  # P1
        assert points.totalIssued() == model.issued
        assert (points.totalRedeemed(), points.totalBurned()) == (model.redeemed, model.burned)
        assert points.totalRefunded() == model.refunded <= model.redeemed  # P1

    def invariant_budget(self):
        block = chain[-1]
        counted, issuable = self.model.counted(block.timestamp), self.model.issuable(block.timestamp)

        assert self.points.issuable(block_identifier=block.number) == issuable  # P3
        assert self.points.issuanceBudget(block_identifier=block.number)[3] == counted

    def invariant_votes(self):
        votes = [self.points.getVotes(customer) for customer in self.customers]

        assert votes == [self.model.votes_of(customer) for customer in range(4)]  # P4


# Hypothesis keeps its first ten examples to a few steps: fewer than twenty would prove little. Its target phase would
# spend half of the rest on shrinking examples that nothing is wrong with.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


@pytest.mark.parametrize("examples", [20, pytest.param(50, marks=pytest.mark.slow)])
def test_points_behave_as_the_model(
    state_machine, points, brand, issuer, relayer, alice, bob, carol, stranger, examples
):
    state_machine(
        PointsMachine,
        points,
        brand,
        issuer,
        relayer,
        [alice, bob, carol, stranger],
        settings={"max_examples": examples, "stateful_step_count": 25, "phases": PHASES},
    )
