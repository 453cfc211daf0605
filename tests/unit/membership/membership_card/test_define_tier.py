"""MembershipCard.defineTier

given somebody without the role
    it should refuse
given staff of the brand
    when the tier has no room for a single card
        it should refuse
    when the royalty is more than the whole price
        it should refuse
    when the tier is sound
        it should number it, keep its terms and announce them
        it should accept the largest terms there are
    when there are as many tiers as a card can tell apart
        it should refuse (the 32,767th is the last)
"""

from __future__ import annotations

import pytest
from brownie import MockCrowdedCard

from tests.support.cards import NATIVE, UNKNOWN_TIER
from tests.support.reverting import reverts


def test_refuses_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.defineTier(0, 1, 0, True, True, 1, "", {"from": stranger})


def test_refuses_a_tier_without_room(cards, issuer):
    with reverts("MembershipCard_NoSupply"):
        cards.defineTier(0, 0, 0, True, True, 1, "", {"from": issuer})


def test_refuses_a_royalty_above_the_price(cards, issuer):
    with reverts("MembershipCard_RoyaltyTooHigh", 10_001):
        cards.defineTier(0, 1, 10_001, True, True, 1, "", {"from": issuer})


def test_keeps_and_announces_the_terms(cards, issuer):
    tx = cards.defineTier(3_600, 7, 250, False, True, 12, "ipfs://tier", {"from": issuer})
    assert cards.tierCount() == UNKNOWN_TIER
    assert cards.tier(UNKNOWN_TIER) == (12, 3_600, 7, 0, 250, False, True, "ipfs://tier")
    assert tx.events["TierDefined"] == {
        "tierId": UNKNOWN_TIER,
        "period": 3_600,
        "maxSupply": 7,
        "royaltyBps": 250,
        "transferable": False,
        "uri": "ipfs://tier",
    }
    assert tx.events["TierSaleChanged"] == {"tierId": UNKNOWN_TIER, "onSale": True}
    assert tx.events["TierPriceChanged"] == {"tierId": UNKNOWN_TIER, "currency": NATIVE, "price": 12}


@pytest.mark.parametrize("transferable", [True, False])
@pytest.mark.parametrize("on_sale", [True, False])
def test_keeps_the_largest_terms_apart(cards, issuer, transferable, on_sale):
    cards.defineTier(2**32 - 1, 2**32 - 1, 10_000, transferable, on_sale, 2**96 - 1, "", {"from": issuer})
    terms = (2**96 - 1, 2**32 - 1, 2**32 - 1, 0, 10_000, transferable, on_sale, "")
    assert cards.tier(UNKNOWN_TIER) == terms


@pytest.fixture
def crowded_cards(authority, deployer, brand):
    """A collection whose next tier is the last. The brand is the admin of its authority."""
    return deployer.deploy(MockCrowdedCard, authority)


def test_refuses_more_tiers_than_cards_can_tell_apart(crowded_cards, alice, brand):
    crowded_cards.defineTier(0, 1, 0, True, True, 1, "", {"from": brand})
    crowded_cards.grantCard(alice, 0x7FFF, {"from": brand})
    assert crowded_cards.cardOf(1)[0] == 0x7FFF
    with reverts("MembershipCard_TooManyTiers"):
        crowded_cards.defineTier(0, 1, 0, True, True, 1, "", {"from": brand})
