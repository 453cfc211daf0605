"""The distributor against a plain model of it, in sequences of acts nobody wrote down beforehand

D1  What a customer was paid never falls, and never exceeds the highest total she had in a matured root.
D2  What the distributor holds always covers what can still be claimed from the matured root, and everyone's peak: at the
    end of each sequence all of it is claimed, by everyone.
D3  The points that were issued to the distributor are the matured total, whatever else was sent there.
D4  A root matures if and only if it is due, its rise is issuable and the distributor may issue, and then once.
D5  A pending root can be replaced or discarded exactly while it cannot mature; what is matured stays until another root
    matures, and its total never falls.
D6  Within any `period` seconds in a row at most the budget is issued, to the distributor and to others together.
D7  A claim pays the total less what was paid, to its customer alone, or is refused and changes nothing; what the standing
    calls claimable is what a claim pays.
D8  A debt lowers nobody else's claim, and is paid back by earning alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from brownie import chain, web3
from brownie.test import strategy
from hypothesis import Phase

from tests.support.loyalty import ISSUER, REF, deploy_distributor
from tests.support.merkle import Tree
from tests.support.starving import done_with

BUDGET, PERIOD, PACE = 500, 600, 10
ENOUGH = 2_000_000
"""Gas."""
CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
UNKNOWN, PENDING, MATURED = range(3)


@dataclass(frozen=True)
class Root:
    """A root, published or about to be."""

    leaves: tuple  # of a customer's number and her total; the same customer may come twice
    tree: Tree
    total: int
    due: int

    @property
    def name(self):
        return "0x" + self.tree.root.hex()

    def best(self, customer):
        return max((total for owner, total in self.leaves if owner == customer), default=0)


class Model:
    """What the distributor should be, as dictionaries and sums."""

    def __init__(self, customers):
        self.customers = range(customers)
        self.matured = self.pending = None
        self.matured_total = 0
        self.peaks = dict.fromkeys(self.customers, 0)
        self.claimed = dict.fromkeys(self.customers, 0)
        self.purses = dict.fromkeys(self.customers, 0)
        self.donated = 0
        self.may_issue = True
        self.issues = []  # (when, how much, to the distributor?)

    # --- the budget ---

    def issuable(self, now):
        """What is issued in a window counts in it, and until a period after its latest issue."""
        windows = {}
        for at, amount, _ in self.issues:
            windows.setdefault(at // PERIOD, []).append((at, amount))
        counted = sum(
            sum(amount for _, amount in issues)
            for window, issues in windows.items()
            if window == now // PERIOD or now < max(at for at, _ in issues) + PERIOD
        )
        return BUDGET - counted

    def issue(self, now, amount, to_distributor):
        self.issues.append((now, amount, to_distributor))
        assert sum(issued for at, issued, _ in self.issues if at > now - PERIOD) <= BUDGET  # D6

    # --- roots ---

    def peaks_with(self, root):
        return {customer: max(self.peaks[customer], root.best(customer)) for customer in self.customers}

    def can_mature(self, now):
        if self.pending is None or now < self.pending.due:
            return False
        rise = self.pending.total - self.matured_total
        return rise == 0 or (self.may_issue and rise <= self.issuable(now))

    def mature(self, now):
        rise = self.pending.total - self.matured_total
        if rise:
            self.issue(now, rise, to_distributor=True)
        self.peaks = self.peaks_with(self.pending)
        self.matured, self.matured_total, self.pending = self.pending, self.pending.total, None

    # --- claims ---

    def payable(self, now, root, customer, total):
        """What a claim with a proof of ``root`` pays; nothing if it is refused."""
        if total <= self.claimed[customer]:
            return 0
        if self.matured and root.name == self.matured.name:
            return total - self.claimed[customer]
        if self.pending and root.name == self.pending.name and self.can_mature(now):
            return total - self.claimed[customer]
        return 0

    def claim(self, now, root, customer, total):
        paid = self.payable(now, root, customer, total)
        if paid and not (self.matured and root.name == self.matured.name):
            self.mature(now)
        self.claimed[customer] += paid
        self.purses[customer] += paid
        assert self.claimed[customer] <= self.peaks[customer]  # D1
        return paid


class DistributorMachine:
    """Acts of the brand, of four customers (by their numbers) and of anyone."""

    customer = strategy("uint8", max_value=3)
    other = strategy("uint8", max_value=3)
    totals = strategy("uint8[4]", max_value=120)
    again = strategy("uint8", max_value=120)
    amount = strategy("uint16", min_value=1, max_value=400)
    soon = strategy("uint16", min_value=8, max_value=50)
    seconds = strategy("uint16", min_value=1, max_value=400)
    back = strategy("uint8", max_value=2)

    def __init__(self, points, distributor, authority, brand, issuer, relayer, customers):
        self.points, self.distributor, self.authority = points, distributor, authority
        self.brand, self.issuer, self.relayer, self.customers = brand, issuer, relayer, customers
        points.setIssuanceBudget(BUDGET, PERIOD, {"from": brand})

    def setup(self):
        """One root matured, another due by the next act."""
        self.model, self.roots = Model(4), []
        self.rule_publish([40, 30, 20, 0], 15, 2 * PACE, 1)
        self.rule_mature()
        self.rule_publish([60, 10, 20, 5], 25, 2 * PACE, 3)

    def number(self, view, *arguments):
        """What a view returns, without what Brownie does besides: four times as fast."""
        call = {"to": view._address, "data": view.encode_input(*arguments)}
        return int(web3.provider.make_request("eth_call", [call, "latest"])["result"], 16)

    def attempt(self, sender, act, *arguments):
        """Sends the act, a while after the last one; returns whether it was done, and when."""
        web3.provider.make_request("evm_increaseTime", [PACE])
        return done_with(ENOUGH, act, *arguments, sender=sender), chain[-1].timestamp

    def root_of(self, totals, again, customer, due):
        """A root with these totals, in which one customer comes twice."""
        leaves = (*enumerate(totals), (customer, again))
        tree = Tree((self.customers[owner], total) for owner, total in leaves)
        root = Root(leaves, tree, 0, due)
        # Worked out on what will be matured when the act arrives, as far as anyone can know.
        return Root(leaves, tree, sum(self.model.peaks_with(root).values()), due)

    # --- the brand ---

    def rule_publish(self, totals, again, soon, customer):
        """As the brand should: on what is matured, after maturing what is due."""
        self.attempt(self.issuer, self.distributor.mature)
        if self.model.can_mature(chain[-1].timestamp):
            self.model.mature(chain[-1].timestamp)
        root = self.root_of(totals, again, customer, chain[-1].timestamp + soon)
        self.publish(root, self.model.matured_total)

    def rule_publish_in_one_go(self, totals, again, soon, customer):
        """On the total of what is pending: right if that matures in the call, and refused if it does not."""
        basis = self.model.pending.total if self.model.pending else self.model.matured_total
        peaks = self.model.peaks_with(self.model.pending) if self.model.pending else self.model.peaks
        root = self.root_of(totals, again, customer, chain[-1].timestamp + soon)
        total = sum(max(peaks[owner], root.best(owner)) for owner in self.model.customers)
        self.publish(Root(root.leaves, root.tree, total, root.due), basis)

    def rule_publish_in_ignorance(self, totals, soon, customer):
        """On what is matured, whether or not the pending root is due: refused if that one matures in the call."""
        root = self.root_of(totals, 0, customer, chain[-1].timestamp + soon)
        self.publish(root, self.model.matured_total)

    def publish(self, root, basis):
        arguments = (root.tree.root, root.total, CID, root.due, basis)
        done, at = self.attempt(self.issuer, self.distributor.publish, *arguments)

        matures = self.model.can_mature(at)
        matured_total = self.model.pending.total if matures else self.model.matured_total
        assert done == (at <= root.due and basis == matured_total <= root.total)  # D5
        if done:
            if matures:
                self.model.mature(at)
            self.model.pending = root
            self.roots.append(root)

    def rule_discard(self):
        root = self.model.pending.tree.root if self.model.pending else REF
        done, at = self.attempt(self.issuer, self.distributor.discardPending, root)

        possible = self.model.pending is not None and not self.model.can_mature(at)
        assert done == possible  # D5
        if possible:
            self.model.pending = None

    def rule_use_up_the_budget(self, amount):
        done, at = self.attempt(self.issuer, self.points.issue, self.issuer, amount, REF)

        assert done == (amount <= self.model.issuable(at))
        if done:
            self.model.issue(at, amount, to_distributor=False)

    def rule_turn_the_role(self):
        turn = self.authority.revokeRole if self.model.may_issue else self.authority.grantRole
        turn(ISSUER, self.distributor, *([] if self.model.may_issue else [0]), {"from": self.brand})
        self.model.may_issue = not self.model.may_issue

    # --- anyone ---

    def rule_mature(self):
        done, at = self.attempt(self.relayer, self.distributor.mature)

        assert done == self.model.can_mature(at)  # D4
        if done:
            self.model.mature(at)

    def rule_claim(self, customer, back):
        """With a proof of the latest root, or of one of the two before."""
        root = self.roots[-1 - min(back, len(self.roots) - 1)]
        total = root.best(customer)
        proof = root.tree.claim(self.customers[customer], total)
        done, at = self.attempt(self.relayer, self.distributor.claim, *proof)

        paid = self.model.claim(at, root, customer, total)
        assert done == (paid > 0)  # D7

    def rule_claim_from_the_other_leaf(self, back):
        """The customer who comes twice, with her other total."""
        root = self.roots[-1 - min(back, len(self.roots) - 1)]
        customer, total = root.leaves[-1]
        proof = root.tree.claim(self.customers[customer], total)
        done, at = self.attempt(self.relayer, self.distributor.claim, *proof)

        paid = self.model.claim(at, root, customer, total)
        assert done == (paid > 0)  # D1, D7

    def rule_claim_many(self, customer, other, back):
        """For three customers, one perhaps twice, from the latest root; the last from an older one."""
        older = self.roots[-1 - min(back, len(self.roots) - 1)]
        wanted = [(self.roots[-1], customer), (self.roots[-1], other), (older, (other + 1) % 4)]
        wanted = [(root, who, root.best(who)) for root, who in wanted]
        claims = [root.tree.claim(self.customers[who], total) for root, who, total in wanted]
        lists = [list(column) for column in zip(*claims, strict=True)]
        done, at = self.attempt(self.relayer, self.distributor.claimMany, *lists)

        assert done == (not self.refuses(at, wanted))  # D7
        if done:
            for root, who, total in wanted:
                self.model.claim(at, root, who, total)

    def refuses(self, at, wanted):
        """Whether one of these claims, one after the other, is refused for its proof; changes nothing."""
        model, claimed = self.model, dict(self.model.claimed)
        accepted = {model.matured.name} if model.matured else set()
        for root, who, total in wanted:
            if total <= claimed[who]:
                continue
            if root.name not in accepted:
                if not (model.pending and root.name == model.pending.name and model.can_mature(at)):
                    return True
                accepted = {root.name}
            claimed[who] = total
        return False

    def rule_send_points_there(self, customer, amount):
        amount = min(amount, self.model.purses[customer])
        self.points.transfer(self.distributor, amount, {"from": self.customers[customer]})
        self.model.purses[customer] -= amount
        self.model.donated += amount

    def rule_wait(self, seconds):
        chain.sleep(seconds)
        chain.mine()

    def rule_look(self, customer, back):
        """At a customer's standing, in the present block."""
        root = self.roots[-1 - min(back, len(self.roots) - 1)]
        total, claimed, model = root.best(customer), self.model.claimed[customer], self.model
        proof = root.tree.claim(self.customers[customer], total)
        if model.matured and root.name == model.matured.name:
            standing = MATURED
        elif model.pending and root.name == model.pending.name:
            standing = PENDING
        else:
            standing = UNKNOWN

        seen = self.distributor.standingOf(*proof, block_identifier=chain[-1].number)

        debt = max(0, claimed - total) if standing else 0
        assert seen == (standing, claimed, model.payable(chain[-1].timestamp, root, customer, total), debt)  # D7

    # --- what holds after every act ---

    def invariant_roots(self):
        model = self.model
        none = "0x" + "00" * 32

        matured, total = self.distributor.matured()
        assert (matured, total) == (model.matured.name if model.matured else none, model.matured_total)  # D4, D5
        pending = (model.pending.name, model.pending.total, model.pending.due) if model.pending else (none, 0, 0)
        assert self.distributor.pending() == pending

    def invariant_claims(self):
        claimed = [self.number(self.distributor.claimed, customer) for customer in self.customers]

        assert claimed == list(self.model.claimed.values())  # D1

    def invariant_funds(self):
        model = self.model
        held = self.number(self.points.balanceOf, self.distributor)
        open_claims = sum(
            max(0, model.matured.best(customer) - model.claimed[customer]) if model.matured else 0
            for customer in model.customers
        )
        open_peaks = sum(model.peaks[customer] - model.claimed[customer] for customer in model.customers)

        assert held >= open_peaks >= open_claims  # D2
        assert held == model.matured_total - sum(model.claimed.values()) + model.donated  # D3
        assert self.number(self.points.totalIssued) == sum(amount for _, amount, _ in model.issues)
        assert model.matured_total == sum(amount for _, amount, own in model.issues if own)  # D3

    def teardown(self):
        """Everyone is paid what the matured root says, in one call: D2, D8."""
        model, root = self.model, self.model.matured
        claims = [root.tree.claim(self.customers[who], root.best(who)) for who in model.customers]

        done, _ = self.attempt(self.relayer, self.distributor.claimMany, *map(list, zip(*claims, strict=True)))

        assert done
        for who, customer in enumerate(self.customers):
            best = max(root.best(who), model.claimed[who])
            assert self.number(self.distributor.claimed, customer) == best
            assert self.number(self.points.balanceOf, customer) == model.purses[who] + best - model.claimed[who]  # D7


@pytest.fixture(scope="module")
def distributor(points, authority, deployer, brand):
    return deploy_distributor(deployer, authority, points, brand)


# As in test_points.py: the first ten examples are kept to a few steps, and the target phase would shrink the rest.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


@pytest.mark.parametrize("examples", [20, pytest.param(50, marks=pytest.mark.slow)])
def test_the_distributor_behaves_as_the_model(
    state_machine, points, distributor, authority, brand, issuer, relayer, alice, bob, carol, stranger, examples
):
    state_machine(
        DistributorMachine,
        points,
        distributor,
        authority,
        brand,
        issuer,
        relayer,
        [alice, bob, carol, stranger],
        settings={"max_examples": examples, "stateful_step_count": 25, "phases": PHASES},
    )
