"""Earn rules.

given a rate
├── it should be exact to the token's last decimal, and rounded down there, once for a purchase
└── it should apply to its tiers, labels and span of time only: from its first moment, until just before its last
given a multiplier
├── it should multiply what came before it, not what comes after
└── it should apply by tier, by label and by campaign window
given a bonus for the first purchase
├── it should be given once, for the earliest purchase, in whatever order they come
├── it should be given for the first purchase that was not returned
└── it should be lost when the first purchase is not one that it is for
given a rule that stops
├── it should keep the rules after it from applying where it applied
├── it should not where it did not apply
└── it should not keep a cap from holding
given a cap
├── it should hold for all purchases of one customer's day, and for each customer by itself
├── it should count days in the rules' time zone
├── it should count only what it is for
└── the tightest of several should hold
given a return
├── a marked purchase should earn nothing
├── a return of a receipt should make that receipt's purchase smaller, whatever its time
├── any other should make the latest purchases before it smaller
├── a label should confine it
├── it should take back what a campaign gave, and free the day's cap
└── what matches no purchase should take nothing and be told
given any purchases
├── no points should be negative, and no day exceed its cap
├── returning everything should leave nothing
├── a return should never raise a customer's total, under rules without a bonus or a cap
└── a customer's points should not depend on other customers
given the explanation of a purchase
└── it should say rule by rule what became of its points
given rules that make no sense
└── it should refuse them
given digests
├── rules should have the same whatever they are called, and another for any other rule
└── purchases should have the same whatever number of zeros is written, and another for any other purchase
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web3crm.domain.earning import (
    DailyCap,
    EarnRules,
    FirstPurchase,
    Multiplier,
    Rate,
    When,
    purchases_digest,
)
from web3crm.domain.purchases import Purchase
from web3crm.errors import InputError

ONE = 10**18
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TEN = Rate(points=Fraction(10))
GOLD = When(tiers=frozenset({"Gold"}))
BEANS = When(labels=frozenset({"beans"}))
MAY = When(since=datetime(2026, 5, 1, tzinfo=UTC), until=datetime(2026, 6, 1, tzinfo=UTC))


def bought(amount: str | int, *, hours: float = 0, customer: str = "ann", **more) -> Purchase:
    return Purchase(customer, NOON + timedelta(hours=hours), Decimal(amount), **more)


def points(rules: list, *purchases: Purchase, zone: str = "UTC") -> list[Fraction]:
    return [Fraction(earning.points, ONE) for earning in EarnRules(tuple(rules), zone).earn(purchases)]


def why(rules: list, *purchases: Purchase) -> list[str]:
    return [earning.why for earning in EarnRules(tuple(rules)).earn(purchases)]


# --- rates ------------------------------------------------------------------------------------------------------------


def test_a_rate_is_exact():
    assert points([Rate(points=Fraction(1, 10))], bought("0.01")) == [Fraction(1, 1000)]
    assert points([TEN], bought("123456789012.345678901234567890")) == [
        Fraction(Decimal("1234567890123.4567890123456789"))
    ]


def test_a_rate_is_rounded_down_once():
    third = Rate(points=Fraction(1, 3))
    earned = EarnRules((third, Multiplier(factor=Fraction(3)))).earn([bought(1)])
    assert (earned[0].points, EarnRules((third,)).earn([bought(2)])[0].points) == (ONE, 2 * ONE // 3)


@pytest.mark.parametrize(
    ("when", "purchase", "expected"),
    [
        (GOLD, bought(1, tier="Gold"), 10),
        (GOLD, bought(1, tier="Silver"), 0),
        (GOLD, bought(1), 0),
        (BEANS, bought(1, label="beans"), 10),
        (BEANS, bought(1, label="cups"), 0),
        (MAY, bought(1, hours=-12), 10),
        (MAY, bought(1, hours=-12.001), 0),
        (MAY, bought(1, hours=24 * 30 + 11.999), 10),
        (MAY, bought(1, hours=24 * 30 + 12), 0),
        (When(tiers=frozenset({"Gold"}), labels=frozenset({"beans"})), bought(1, tier="Gold", label="cups"), 0),
        (When(tiers=frozenset({"Gold", "Silver"})), bought(1, tier="Silver"), 10),
    ],
)
def test_a_rate_applies_where_it_holds(when, purchase, expected):
    assert points([Rate(points=Fraction(10), when=when)], purchase) == [expected]


def test_rates_add_up():
    assert points([TEN, Rate(points=Fraction(5), when=BEANS)], bought(2, label="beans"), bought(2)) == [30, 20]


# --- multipliers ------------------------------------------------------------------------------------------------------


def test_a_multiplier_multiplies_what_came_before():
    rules = [TEN, Multiplier(factor=Fraction(3, 2)), Rate(points=Fraction(1))]
    assert points(rules, bought(2)) == [32]


@pytest.mark.parametrize(
    ("when", "inside", "outside"),
    [
        (GOLD, bought(1, tier="Gold"), bought(1, tier="Silver")),
        (BEANS, bought(1, label="beans"), bought(1, label="cups")),
        (MAY, bought(1), bought(1, hours=24 * 40)),
    ],
    ids=["tier", "label", "campaign"],
)
def test_a_multiplier_applies_where_it_holds(when, inside, outside):
    assert points([TEN, Multiplier(factor=Fraction(2), when=when)], inside, outside) == [20, 10]


# --- first purchases --------------------------------------------------------------------------------------------------


def test_the_bonus_is_for_the_earliest_purchase():
    rules = [TEN, FirstPurchase(points=50 * ONE)]
    assert points(rules, bought(1, hours=5), bought(1, hours=1), bought(1, customer="bea")) == [10, 60, 60]


def test_the_bonus_is_for_what_was_kept():
    rules = [TEN, FirstPurchase(points=50 * ONE)]
    assert points(rules, bought(1, returned=True), bought(1, hours=1)) == [0, 60]
    assert points(rules, bought(1), bought(-1, hours=1), bought(1, hours=2)) == [0, 0, 60]


def test_the_bonus_is_lost_when_the_first_is_not_one_it_is_for():
    rules = [TEN, FirstPurchase(points=50 * ONE, when=BEANS)]
    assert points(rules, bought(1, label="cups"), bought(1, hours=1, label="beans")) == [10, 10]


# --- stopping ---------------------------------------------------------------------------------------------------------


def test_a_stop_ends_the_rules_where_it_applied():
    rules = [TEN, Multiplier(factor=Fraction(2), when=BEANS, stop=True), Multiplier(factor=Fraction(3))]
    assert points(rules, bought(1, label="beans"), bought(1, label="cups")) == [20, 30]


def test_a_bonus_that_was_not_given_does_not_stop():
    rules = [TEN, FirstPurchase(points=50 * ONE, stop=True), Multiplier(factor=Fraction(3))]
    assert points(rules, bought(1), bought(1, hours=1)) == [60, 30]


def test_a_stop_does_not_lift_a_cap():
    rules = [Rate(points=Fraction(10), stop=True), Multiplier(factor=Fraction(3)), DailyCap(points=15 * ONE)]
    assert points(rules, bought(1), bought(1, hours=1)) == [10, 5]


# --- caps -------------------------------------------------------------------------------------------------------------


def test_a_cap_holds_for_a_customers_day():
    rules = [TEN, DailyCap(points=25 * ONE)]
    purchases = [bought(2), bought(2, hours=1), bought(2, hours=2), bought(2, hours=12), bought(2, customer="bea")]
    assert points(rules, *purchases) == [20, 5, 0, 20, 20]


@pytest.mark.parametrize(("zone", "expected"), [("UTC", [20, 20]), ("Asia/Bangkok", [20, 5])])
def test_a_cap_counts_days_in_the_zone(zone, expected):
    """23:00 and 01:00 in London's winter are 06:00 and 08:00 of one day in Bangkok."""
    assert points([TEN, DailyCap(points=25 * ONE)], bought(2, hours=11), bought(2, hours=13), zone=zone) == expected


def test_a_purchase_belongs_to_the_day_of_its_moment():
    late = Purchase("ann", datetime(2026, 5, 2, 1, tzinfo=timezone(timedelta(hours=7))), Decimal(2))
    assert points([TEN, DailyCap(points=25 * ONE)], bought(2), late) == [20, 5]


def test_a_cap_counts_what_it_is_for():
    rules = [TEN, DailyCap(points=25 * ONE, when=BEANS)]
    assert points(rules, bought(2, label="beans"), bought(9), bought(2, label="beans")) == [20, 90, 5]


def test_the_tightest_cap_holds():
    rules = [TEN, DailyCap(points=25 * ONE, when=BEANS), DailyCap(points=40 * ONE)]
    purchases = [bought(3, label="beans"), bought(1), bought(9, hours=1), bought(1, hours=2, label="beans")]
    assert points(rules, *purchases) == [25, 10, 5, 0]


def test_one_cap_does_not_use_up_what_another_refused():
    """The tight cap leaves 5 of 90, so the wide one has counted 5, not 90."""
    rules = [TEN, DailyCap(points=100 * ONE), DailyCap(points=5 * ONE, when=BEANS)]
    assert points(rules, bought(9, label="beans"), bought(9)) == [5, 90]


# --- returns ----------------------------------------------------------------------------------------------------------


def test_a_marked_purchase_earns_nothing():
    assert points([TEN], bought(5, returned=True), bought(1)) == [0, 10]


@pytest.mark.parametrize("hours", [5, -5], ids=["later", "written earlier"])
def test_a_return_of_a_receipt_makes_that_smaller(hours):
    purchases = [bought(5, reference="r1"), bought(5, hours=1, reference="r2")]
    assert points([TEN], *purchases, bought(-2, hours=hours, returns="r1")) == [30, 50, 0]


def test_a_return_without_a_receipt_is_of_the_latest():
    purchases = [bought(5), bought(3, hours=1), bought(7, hours=9)]
    assert points([TEN], *purchases, bought(-4, hours=2)) == [40, 0, 70, 0]


def test_a_label_confines_a_return():
    purchases = [bought(5, label="beans", reference="r"), bought(3, label="cups", reference="r")]
    assert points([TEN], *purchases, bought(-1, hours=2, label="beans")) == [40, 30, 0]
    assert points([TEN], *purchases, bought(-1, hours=2, label="beans", returns="r")) == [40, 30, 0]


def test_a_return_takes_back_what_a_campaign_gave():
    rules = [TEN, Multiplier(factor=Fraction(3), when=MAY)]
    assert points(rules, bought(5, reference="r"), bought(-5, hours=24 * 40, returns="r")) == [0, 0]


def test_a_return_frees_the_days_cap():
    rules = [TEN, DailyCap(points=25 * ONE)]
    assert points(rules, bought(2), bought(2, hours=1, reference="r")) == [20, 5]
    assert points(rules, bought(2, reference="r"), bought(2, hours=1), bought(-2, hours=2, returns="r")) == [0, 20, 0]


def test_a_return_is_of_the_same_customer():
    assert points([TEN], bought(5), bought(-5, hours=1, customer="bea")) == [50, 0]


@pytest.mark.parametrize("more", [{}, {"returns": "r9"}, {"label": "cups"}])
def test_what_matches_nothing_takes_nothing(more):
    earned = EarnRules((TEN,)).earn([bought(5, hours=1, label="beans"), bought(-9, **more)])
    assert [earning.points for earning in earned] == [50 * ONE, 0]
    assert (earned[1].unmatched, earned[1].why) == (9, "9 matches no purchase")


# --- any purchases ----------------------------------------------------------------------------------------------------

cents = st.integers(min_value=1, max_value=100_000).map(lambda number: Decimal(number) / 100)
moments = st.integers(min_value=0, max_value=72).map(lambda hours: NOON + timedelta(hours=hours))
purchases_ = st.builds(
    Purchase,
    customer=st.sampled_from(["ann", "bea"]),
    at=moments,
    amount=st.one_of(cents, cents.map(lambda amount: -amount)),
    label=st.sampled_from(["", "beans", "cups"]),
    tier=st.sampled_from(["", "Gold"]),
)
ALL = EarnRules(
    (
        Rate(points=Fraction(10, 3)),
        FirstPurchase(points=50 * ONE),
        Multiplier(factor=Fraction(2), when=BEANS, stop=True),
        Multiplier(factor=Fraction(3, 2), when=GOLD),
        DailyCap(points=1_000 * ONE),
    )
)


@given(st.lists(purchases_, max_size=20))
@settings(max_examples=100, deadline=None)
def test_nothing_is_negative_and_no_day_exceeds_its_cap(purchases):
    days: dict[tuple[str, object], int] = defaultdict(int)
    for earning in ALL.earn(purchases):
        assert earning.points >= 0
        days[earning.purchase.customer, earning.purchase.at.date()] += earning.points
    assert all(points <= 1_000 * ONE for points in days.values())


@given(st.lists(purchases_.filter(lambda item: item.amount > 0), max_size=20))
@settings(max_examples=100, deadline=None)
def test_returning_everything_leaves_nothing(purchases):
    spent = {name: sum(item.amount for item in purchases if item.customer == name) for name in ("ann", "bea")}
    back = [Purchase(name, NOON + timedelta(days=9), -amount) for name, amount in spent.items() if amount]
    assert not any(earning.points for earning in ALL.earn([*purchases, *back]))


@given(st.lists(purchases_, min_size=1, max_size=20), purchases_.filter(lambda item: item.amount < 0))
@settings(max_examples=100, deadline=None)
def test_a_return_never_raises_a_total(purchases, back):
    rules = EarnRules((Rate(points=Fraction(10, 3)), Multiplier(factor=Fraction(2), when=BEANS)))
    before, after = rules.earn(purchases), rules.earn([*purchases, back])
    assert sum(item.points for item in after) <= sum(item.points for item in before)


@given(st.lists(purchases_, max_size=20))
@settings(max_examples=100, deadline=None)
def test_customers_do_not_depend_on_each_other(purchases):
    together = [earning.points for earning in ALL.earn(purchases) if earning.purchase.customer == "ann"]
    alone = [earning.points for earning in ALL.earn([item for item in purchases if item.customer == "ann"])]
    assert together == alone


# --- texts, refusals, digests -----------------------------------------------------------------------------------------


def test_the_explanation_goes_rule_by_rule():
    rules = [
        TEN,
        FirstPurchase(points=50 * ONE),
        Multiplier(factor=Fraction(3), when=BEANS, name="launch of the beans"),
        DailyCap(points=200 * ONE),
    ]
    purchases = [bought(7, label="beans"), bought(-2, hours=1), bought(1, hours=2)]
    assert why(rules, *purchases) == [
        "2 of 7 returned; 10 a unit: 0 → 50; 50 for the first purchase: 50 → 100; "
        "launch of the beans: 100 → 300; at most 200 a day: 300 → 200",
        "takes 2 from the purchase of 2026-05-01",
        "10 a unit: 0 → 10; at most 200 a day: 10 → 0",
    ]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rate(points=Fraction(1, 3), when=GOLD), "1/3 a unit (tier Gold): 0 → 0.333333…"),
        (
            Rate(points=Fraction(1), when=MAY),
            "1 a unit (from 2026-05-01T00:00:00+00:00, until 2026-06-01T00:00:00+00:00): 0 → 1",
        ),
        (Rate(points=Fraction(1), name="base"), "base: 0 → 1"),
    ],
)
def test_a_rule_tells_itself(rule, text):
    assert why([rule], bought(1, tier="Gold")) == [text]


def test_a_purchase_that_no_rule_is_for_says_so():
    assert why([Rate(points=Fraction(1), when=GOLD)], bought(1)) == ["no rule is for it"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EarnRules(()), "rules need a rate or a bonus"),
        (lambda: EarnRules((DailyCap(points=1), TEN)), "caps come after all other rules"),
        (lambda: EarnRules((TEN,), "Europe/Atlantis"), "no time zone is called 'Europe/Atlantis'"),
        (lambda: Rate(points=Fraction(0)), "a rate must be more than 0"),
        (lambda: Multiplier(factor=Fraction(-1)), "a multiplier must be more than 0"),
        (lambda: FirstPurchase(points=0), "a bonus must be more than 0"),
        (lambda: DailyCap(points=0), "a cap must be more than 0"),
        (lambda: When(since=datetime(2026, 1, 1)), "needs a time zone"),
        (lambda: When(since=NOON, until=NOON), "never holds"),
    ],
)
def test_rules_that_make_no_sense_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_the_digest_of_rules_ignores_names():
    assert EarnRules((Rate(points=Fraction(10), name="base"),)).digest == EarnRules((TEN,)).digest


@pytest.mark.parametrize(
    "other",
    [
        EarnRules((Rate(points=Fraction(11)),)),
        EarnRules((TEN,), "Asia/Bangkok"),
        EarnRules((TEN, TEN)),
        EarnRules((Rate(points=Fraction(10), stop=True),)),
        EarnRules((Rate(points=Fraction(10), when=GOLD),)),
        EarnRules((Rate(points=Fraction(10), when=BEANS),)),
        EarnRules((Rate(points=Fraction(10), when=When(since=NOON)),)),
        EarnRules((Rate(points=Fraction(10), when=When(until=NOON)),)),
        EarnRules((TEN, Multiplier(factor=Fraction(2)))),
        EarnRules((TEN, DailyCap(points=2))),
        EarnRules((TEN, FirstPurchase(points=2))),
    ],
)
def test_another_rule_has_another_digest(other):
    assert other.digest != EarnRules((TEN,)).digest


def test_the_digest_of_purchases_ignores_how_numbers_are_written():
    assert purchases_digest([bought("1.50")]) == purchases_digest([bought("1.5")])


@pytest.mark.parametrize(
    "change",
    [
        {"customer": "bea"},
        {"amount": "1.51"},
        {"hours": 1},
        {"label": "beans"},
        {"tier": "Gold"},
        {"reference": "r"},
        {"returns": "r"},
        {"returned": True},
    ],
)
def test_another_purchase_has_another_digest(change):
    assert purchases_digest([bought(**{"amount": "1.5", **change})]) != purchases_digest([bought("1.5")])
