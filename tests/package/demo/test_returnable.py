"""The purchase that the demonstration's customer returns.

given purchases and what they earned
    it should be the one that earned most by one rule
    when all earned by several
        it should be one whose return takes what it earned
    when a bonus would move on, or a cap leave more room
        it should be another one
    when none earned anything
        it should be said
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from web3crm.demo.earning import returnable
from web3crm.domain.earning import DailyCap, EarnRules, FirstPurchase, Rate
from web3crm.domain.purchases import Purchase
from web3crm.errors import InputError

ONE = 10**18
WELCOMING = EarnRules((Rate(points=Fraction(10)), FirstPurchase(points=50 * ONE)))


def bought(customer: str, day: int, amount: int) -> Purchase:
    return Purchase(customer, datetime(2026, 1, day, tzinfo=UTC), Decimal(amount))


def chosen(rules: EarnRules, *purchases: Purchase) -> Purchase:
    return returnable(rules, rules.earn(purchases)).purchase


def test_it_earned_most_by_one_rule() -> None:
    later = bought("ann", 2, 5)
    assert chosen(WELCOMING, bought("ann", 1, 90), later, bought("bea", 1, 80), bought("bea", 3, 4)) == later


def test_it_may_have_earned_by_several() -> None:
    dearest = bought("bea", 1, 80)
    assert chosen(WELCOMING, bought("ann", 1, 30), dearest) == dearest


def test_it_takes_nothing_but_what_it_earned() -> None:
    capped = EarnRules((Rate(points=Fraction(10)), DailyCap(points=100 * ONE)))
    alone = bought("bea", 1, 4)
    assert chosen(capped, bought("ann", 1, 9), bought("ann", 1, 8), alone) == alone


def test_one_that_earned_nothing_is_none() -> None:
    with pytest.raises(InputError, match="needs a purchase that earned points"):
        chosen(WELCOMING, bought("ann", 1, 0))
