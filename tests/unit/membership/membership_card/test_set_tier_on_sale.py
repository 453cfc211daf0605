"""MembershipCard.setTierOnSale

given somebody without the role
    it should refuse
given staff of the brand
    when the tier is unknown
        it should refuse
    when it is known
        it should open or close its sale, announce it, and change nothing else
"""

from __future__ import annotations

import pytest

from tests.support.cards import SILVER, UNKNOWN_TIER, buy
from tests.support.reverting import reverts


def test_refuses_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.setTierOnSale(SILVER.tier_id, False, {"from": stranger})


def test_refuses_unknown_tiers(cards, issuer):
    with reverts("MembershipCard_UnknownTier", UNKNOWN_TIER):
        cards.setTierOnSale(UNKNOWN_TIER, True, {"from": issuer})


@pytest.mark.parametrize("on_sale", [True, False])
def test_opens_and_closes_the_sale(cards, issuer, alice, on_sale):
    buy(cards, SILVER, alice)
    before = tuple(cards.tier(SILVER.tier_id))
    tx = cards.setTierOnSale(SILVER.tier_id, on_sale, {"from": issuer})
    assert tuple(cards.tier(SILVER.tier_id)) == (*before[:6], on_sale, before[7])
    assert tx.events["TierSaleChanged"] == {"tierId": SILVER.tier_id, "onSale": on_sale}
