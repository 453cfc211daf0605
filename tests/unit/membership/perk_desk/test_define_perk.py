"""PerkDesk.definePerk, perk and perkCount

given somebody without the role
    it should refuse
given staff of the brand
    when the tier is unknown, or the perk has no uses, or is the tier's 33rd, or of no kind
        it should refuse
    when the perk is sound
        it should number it from 0 in its tier, keep and announce it
        it should be there for the cards that are out already
    when its window is 0
        it should be the tier's period, and nothing for cards that never expire
    when it has 255 uses
        it should have all of them
given a number that no perk has
    it should refuse to tell
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError

from tests.support.cards import DAY, FOUNDER, GOLD, NATIVE, SILVER, UNKNOWN_TIER, buy
from tests.support.perks import COFFEE, DIGITAL, LOUNGE, PERKS, SERVICE, STATUE, define_perk
from tests.support.reverting import reverts


def test_refuses_strangers(empty_desk, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        define_perk(empty_desk, COFFEE, sender=stranger)


@pytest.mark.parametrize("tier_id", [0, UNKNOWN_TIER])
def test_refuses_an_unknown_tier(empty_desk, issuer, tier_id):
    with reverts("MembershipCard_UnknownTier", tier_id):
        empty_desk.definePerk(tier_id, 1, 0, SERVICE, NATIVE, "", {"from": issuer})


def test_refuses_a_perk_without_uses(empty_desk, issuer):
    with reverts("PerkDesk_NoUses"):
        empty_desk.definePerk(SILVER.tier_id, 0, DAY, SERVICE, NATIVE, "", {"from": issuer})


def test_refuses_a_33rd_perk(empty_desk, issuer):
    numbers = [define_perk(empty_desk, COFFEE, sender=issuer) for _ in range(32)]
    with reverts("PerkDesk_TooManyPerks", SILVER.tier_id):
        define_perk(empty_desk, COFFEE, sender=issuer)
    assert numbers == list(range(32))
    assert empty_desk.perkCount(SILVER.tier_id) == 32


def test_refuses_a_perk_of_no_kind(empty_desk, issuer):
    with pytest.raises(VirtualMachineError):
        empty_desk.definePerk(SILVER.tier_id, 1, 0, 3, NATIVE, "", {"from": issuer})


def test_keeps_and_announces_it(empty_desk, perk_receiver, issuer):
    tx = empty_desk.definePerk(GOLD.tier_id, 9, DAY, DIGITAL, perk_receiver, "ipfs://nine", {"from": issuer})
    assert empty_desk.perk(GOLD.tier_id, 0) == (9, DAY, DIGITAL, 0, perk_receiver, "ipfs://nine")
    assert (empty_desk.perkCount(GOLD.tier_id), empty_desk.perkCount(SILVER.tier_id)) == (1, 0)
    assert tx.events["PerkDefined"] == {
        "tierId": GOLD.tier_id,
        "perkId": 0,
        "count": 9,
        "window": DAY,
        "kind": DIGITAL,
        "receiver": perk_receiver,
        "uri": "ipfs://nine",
    }


def test_is_there_for_the_cards_that_are_out(cards, empty_desk, issuer, alice):
    card = buy(cards, SILVER, alice)
    define_perk(empty_desk, COFFEE, sender=issuer)
    empty_desk.redeemPerk(card, 0, bytes(32), {"from": alice})


def test_takes_the_tiers_period_for_a_window_of_0(desk):
    windows = {(perk.tier.tier_id, perk.perk_id): desk.perk(perk.tier.tier_id, perk.perk_id)[1] for perk in PERKS}
    assert windows == {
        (SILVER.tier_id, 0): COFFEE.window,
        (SILVER.tier_id, 1): SILVER.period,
        (SILVER.tier_id, 2): SILVER.period,
        (GOLD.tier_id, 0): LOUNGE.window,
        (GOLD.tier_id, 1): GOLD.period,
        (FOUNDER.tier_id, 0): 0,
    }


def test_has_up_to_255_uses(left, gold):
    assert left(gold)[LOUNGE.perk_id] == LOUNGE.count == 255


@pytest.mark.parametrize("perk_id", [3, 255])
def test_does_not_tell_of_a_perk_that_is_not_there(desk, perk_id):
    with reverts("PerkDesk_UnknownPerk", SILVER.tier_id, perk_id):
        desk.perk(SILVER.tier_id, perk_id)
    with reverts("PerkDesk_UnknownPerk", UNKNOWN_TIER, STATUE.perk_id):
        desk.perk(UNKNOWN_TIER, STATUE.perk_id)
