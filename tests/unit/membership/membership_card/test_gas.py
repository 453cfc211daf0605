"""What the acts that customers repeat cost, as their receipts show it.

given a collection that has sold cards before
    when a new member buys with native coin
        it should cost at most 84,000
    when a card is renewed with native coin
        it should cost at most 36,000, through ERC-5643 too but for its division (36,500)
    when a card goes to a new holder from one who keeps others
        it should cost at most 60,000
"""

from __future__ import annotations

import pytest

from tests.support.cards import NATIVE, SILVER, buy

PRICE = SILVER.native_price


@pytest.fixture
def sold(cards, bob):
    """Bob's two silver cards."""
    return buy(cards, SILVER, bob), buy(cards, SILVER, bob)


def test_a_purchase(cards, sold, alice):
    tx = cards.buy(SILVER.tier_id, alice, NATIVE, PRICE, {"from": alice, "value": PRICE})
    assert tx.gas_used <= 84_000


def test_a_renewal(cards, sold, bob):
    assert cards.renew(sold[0], 1, NATIVE, PRICE, {"from": bob, "value": PRICE}).gas_used <= 36_000


def test_a_renewal_through_erc_5643(cards, sold, bob):
    assert cards.renewSubscription(sold[0], SILVER.period, {"from": bob, "value": PRICE}).gas_used <= 36_500


def test_a_transfer(cards, sold, alice, bob):
    assert cards.transferFrom(bob, alice, sold[0], {"from": bob}).gas_used <= 60_000
