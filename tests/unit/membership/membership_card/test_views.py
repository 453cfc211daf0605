"""MembershipCard: what can be read

given a card
    it should be active from its first second until just before its last, and no longer
    it should be renewable if its tier has a period and a native price
given a card that does not exist
    it should have no tier, no term and no answer about renewal; it should not be active
given a tier that does not exist
    it should have no terms; its prices should be 0
given a resale
    it should name the tier's share and the contract itself, to the wei and for any price
    it should ask for nothing for a card that does not exist
given ERC-165
    it should claim what it implements and nothing else
"""

from __future__ import annotations

import pytest

from tests.support.cards import (
    FOUNDER,
    GOLD,
    NATIVE,
    SILVER,
    STAFF,
    TIERS,
    UNKNOWN_TIER,
    buy,
)
from tests.support.clock import mine_at
from tests.support.reverting import reverts


def test_is_active_until_its_last_second(cards, alice):
    card = buy(cards, SILVER, alice)
    assert cards.isActive(card)
    mine_at(cards.expiresAt(card) - 1)
    assert cards.isActive(card)


def test_is_not_active_from_the_second_it_expires(cards, alice):
    card = buy(cards, SILVER, alice)
    mine_at(cards.expiresAt(card))
    assert not cards.isActive(card)


@pytest.mark.parametrize(("tier", "renewable"), [(SILVER, True), (FOUNDER, False)])
def test_is_renewable_if_its_tier_has_a_period(cards, alice, tier, renewable):
    assert cards.isRenewable(buy(cards, tier, alice)) is renewable


def test_is_not_renewable_without_a_native_price(cards, alice, issuer):
    card = buy(cards, SILVER, alice)
    cards.setTierPrice(SILVER.tier_id, NATIVE, 0, {"from": issuer})
    assert not cards.isRenewable(card)


@pytest.mark.parametrize("view", ["cardOf", "expiresAt", "isRenewable"])
def test_has_no_answer_for_missing_cards(cards, view):
    with reverts("TokenDoesNotExist"):
        getattr(cards, view)(1)


@pytest.mark.parametrize("card", [0, 1, 2**256 - 1])
def test_missing_cards_are_not_active(cards, card):
    assert not cards.isActive(card)


@pytest.mark.parametrize("tier_id", [0, UNKNOWN_TIER, 0x8000 | SILVER.tier_id])
def test_has_no_terms_of_missing_tiers(cards, tier_id):
    with reverts("MembershipCard_UnknownTier", tier_id):
        cards.tier(tier_id)
    assert cards.tierPrice(tier_id, NATIVE) == 0
    assert cards.upgradePrice(tier_id, SILVER.tier_id, NATIVE) == 0


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.uri)
def test_tells_the_terms_of_its_tiers(cards, points, coin, tier):
    assert cards.tier(tier.tier_id) == (
        tier.native_price,
        tier.period,
        tier.max_supply,
        0,
        tier.royalty_bps,
        tier.transferable,
        tier.on_sale,
        tier.uri,
    )
    assert cards.tierPrice(tier.tier_id, NATIVE) == tier.native_price
    assert cards.tierPrice(tier.tier_id, points) == tier.points_price
    assert cards.tierPrice(tier.tier_id, coin) == tier.coin_price


@pytest.mark.parametrize("tier", [SILVER, GOLD, STAFF, FOUNDER], ids=lambda tier: tier.uri)
@pytest.mark.parametrize("price", [0, 1, 19, 20, 10**18 + 3, 2**256 - 1])
def test_asks_for_the_share_of_the_tier(cards, alice, tier, price):
    card = buy(cards, tier, alice)
    assert cards.royaltyInfo(card, price) == (cards, price * tier.royalty_bps // 10_000)


@pytest.mark.parametrize("card", [0, 1, 2**256 - 1])
def test_asks_for_nothing_for_missing_cards(cards, card):
    assert cards.royaltyInfo(card, 10**18) == (cards, 0)


@pytest.mark.parametrize(
    ("interface_id", "claimed"),
    [
        ("0x01ffc9a7", True),
        ("0x80ac58cd", True),
        ("0x5b5e139f", True),
        ("0x2a55205a", True),
        ("0x49064906", True),
        ("0x8c65f84d", True),
        ("0x780e9d63", False),
        ("0xffffffff", False),
        ("0x00000000", False),
    ],
    ids=["ERC-165", "ERC-721", "metadata", "ERC-2981", "ERC-4906", "ERC-5643", "enumerable", "invalid", "none"],
)
def test_claims_its_interfaces(cards, interface_id, claimed):
    assert cards.supportsInterface(interface_id) is claimed
