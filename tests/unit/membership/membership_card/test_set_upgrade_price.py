"""MembershipCard.setUpgradePrice

given somebody without the role
    it should refuse
given staff of the brand
    when either tier is unknown
        it should refuse
    when the tiers are the same
        it should refuse
    when the price does not fit 96 bits
        it should refuse
    when the offer is sound
        it should keep and announce it, in that direction and currency only
"""

from __future__ import annotations

from tests.support.cards import GOLD, NATIVE, SILVER, UNKNOWN_TIER
from tests.support.reverting import reverts


def test_refuses_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, 1, {"from": stranger})


def test_refuses_an_unknown_tier_to_upgrade_from(cards, issuer):
    with reverts("MembershipCard_UnknownTier", UNKNOWN_TIER):
        cards.setUpgradePrice(UNKNOWN_TIER, GOLD.tier_id, NATIVE, 1, {"from": issuer})


def test_refuses_an_unknown_tier_to_upgrade_to(cards, issuer):
    with reverts("MembershipCard_UnknownTier", UNKNOWN_TIER):
        cards.setUpgradePrice(SILVER.tier_id, UNKNOWN_TIER, NATIVE, 1, {"from": issuer})


def test_refuses_an_upgrade_to_the_same_tier(cards, issuer):
    with reverts("MembershipCard_SameTier", GOLD.tier_id):
        cards.setUpgradePrice(GOLD.tier_id, GOLD.tier_id, NATIVE, 1, {"from": issuer})


def test_refuses_a_price_of_more_than_96_bits(cards, issuer):
    with reverts("MembershipCard_PriceTooHigh", 2**96):
        cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, 2**96, {"from": issuer})


def test_offers_the_upgrade(cards, coin, issuer):
    tx = cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, coin, 2**96 - 1, {"from": issuer})
    assert cards.upgradePrice(SILVER.tier_id, GOLD.tier_id, coin) == 2**96 - 1
    assert cards.upgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE) == 0
    assert cards.upgradePrice(GOLD.tier_id, SILVER.tier_id, coin) == 0
    assert tx.events["UpgradePriceChanged"] == {
        "fromTierId": SILVER.tier_id,
        "toTierId": GOLD.tier_id,
        "currency": coin,
        "price": 2**96 - 1,
    }
