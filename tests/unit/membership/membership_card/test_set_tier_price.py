"""MembershipCard.setTierPrice

given somebody without the role
    it should refuse
given staff of the brand
    when the tier is unknown
        it should refuse
    when the price does not fit 96 bits
        it should refuse, in any currency
    when the price is sound
        it should keep and announce it, in native coin and in tokens, and change nothing else
        it should end the sale in that currency when it is 0
"""

from __future__ import annotations

import pytest

from tests.support.cards import GOLD, NATIVE, SILVER, UNKNOWN_TIER
from tests.support.reverting import reverts


def test_refuses_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.setTierPrice(SILVER.tier_id, NATIVE, 1, {"from": stranger})


@pytest.mark.parametrize("tier_id", [0, UNKNOWN_TIER, 0x7FFF, 0x8001, 0xFFFF])
def test_refuses_unknown_tiers(cards, issuer, tier_id):
    with reverts("MembershipCard_UnknownTier", tier_id):
        cards.setTierPrice(tier_id, NATIVE, 1, {"from": issuer})


def test_refuses_a_native_price_of_more_than_96_bits(cards, issuer):
    with reverts("MembershipCard_PriceTooHigh", 2**96):
        cards.setTierPrice(SILVER.tier_id, NATIVE, 2**96, {"from": issuer})


def test_refuses_a_token_price_of_more_than_96_bits(cards, points, issuer):
    with reverts("MembershipCard_PriceTooHigh", 2**96):
        cards.setTierPrice(SILVER.tier_id, points, 2**96, {"from": issuer})


@pytest.mark.parametrize("price", [0, 1, 2**96 - 1])
def test_sets_the_native_price(cards, points, issuer, price):
    _, *others = cards.tier(SILVER.tier_id)
    tx = cards.setTierPrice(SILVER.tier_id, NATIVE, price, {"from": issuer})
    assert cards.tierPrice(SILVER.tier_id, NATIVE) == price
    assert cards.tier(SILVER.tier_id) == (price, *others)
    assert cards.tierPrice(SILVER.tier_id, points) == SILVER.points_price
    assert tx.events["TierPriceChanged"] == {"tierId": SILVER.tier_id, "currency": NATIVE, "price": price}


@pytest.mark.parametrize("price", [0, 1, 2**96 - 1])
def test_sets_a_token_price(cards, coin, points, issuer, price):
    tx = cards.setTierPrice(SILVER.tier_id, coin, price, {"from": issuer})
    assert cards.tierPrice(SILVER.tier_id, coin) == price
    assert cards.tierPrice(GOLD.tier_id, coin) == GOLD.coin_price
    assert cards.tierPrice(SILVER.tier_id, points) == SILVER.points_price
    assert cards.tierPrice(SILVER.tier_id, NATIVE) == SILVER.native_price
    assert tx.events["TierPriceChanged"] == {"tierId": SILVER.tier_id, "currency": coin, "price": price}
