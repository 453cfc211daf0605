"""PerkDesk.retirePerk

given somebody without the role
    it should refuse
given staff of the brand
    when there is no such perk, or it is retired already
        it should refuse
    when it is retired
        it should keep and announce since when
        it should leave it to the terms that have started, also when they are extended, and to a card's next holder
        it should leave it to a card that never expires
        it should not be had by terms that start later: of a new card, of a renewal after the end, of an upgrade
        it should leave the tier's other perks alone
"""

from __future__ import annotations

import pytest

from tests.support.cards import GOLD, NATIVE, SILVER, UPGRADE_PRICE, buy, expire
from tests.support.perks import ALL_OF_SILVER, CODE, COFFEE, LOUNGE, MUG, STATUE, redeem
from tests.support.reverting import reverts

PRICE = SILVER.native_price
WITHOUT_COFFEE = {CODE.perk_id: CODE.count, MUG.perk_id: MUG.count}


@pytest.fixture
def retired(desk, silver, issuer, chain):
    """The coffee is retired, a while after Alice's term has started."""
    chain.sleep(10)
    return desk.retirePerk(SILVER.tier_id, COFFEE.perk_id, {"from": issuer})


def test_refuses_strangers(desk, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        desk.retirePerk(SILVER.tier_id, COFFEE.perk_id, {"from": stranger})


def test_refuses_a_perk_that_is_not_there(desk, issuer):
    with reverts("PerkDesk_UnknownPerk", SILVER.tier_id, 3):
        desk.retirePerk(SILVER.tier_id, 3, {"from": issuer})


def test_refuses_the_second_time(desk, retired, issuer):
    with reverts("PerkDesk_PerkRetired", SILVER.tier_id, COFFEE.perk_id):
        desk.retirePerk(SILVER.tier_id, COFFEE.perk_id, {"from": issuer})


def test_keeps_and_announces_since_when(desk, retired):
    assert desk.perk(SILVER.tier_id, COFFEE.perk_id)[3] == retired.timestamp
    assert retired.events["PerkRetired"] == {"tierId": SILVER.tier_id, "perkId": COFFEE.perk_id}


def test_leaves_it_to_terms_that_have_started(desk, left, silver, retired, alice):
    assert left(silver) == ALL_OF_SILVER
    redeem(desk, silver, COFFEE, alice)


def test_leaves_it_to_terms_that_are_extended(cards, desk, left, silver, retired, alice, chain):
    cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    chain.sleep(SILVER.period + 100)
    redeem(desk, silver, COFFEE, alice)
    assert left(silver)[COFFEE.perk_id] == COFFEE.count - 1


def test_leaves_it_to_the_cards_next_holder(cards, desk, silver, retired, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    redeem(desk, silver, COFFEE, bob)


def test_leaves_it_to_a_card_that_never_expires(desk, founder, issuer, alice, chain):
    chain.sleep(10)
    desk.retirePerk(STATUE.tier.tier_id, STATUE.perk_id, {"from": issuer})
    chain.sleep(10**9)
    redeem(desk, founder, STATUE, alice)


def test_a_new_card_does_not_have_it(cards, desk, left, retired, bob, chain):
    chain.sleep(10)
    card = buy(cards, SILVER, bob)
    assert left(card) == WITHOUT_COFFEE
    with reverts("PerkDesk_PerkRetired", SILVER.tier_id, COFFEE.perk_id):
        redeem(desk, card, COFFEE, bob)


def test_a_renewal_after_the_end_does_not_have_it(cards, desk, left, silver, retired, alice):
    expire(cards, silver)
    cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    assert left(silver) == WITHOUT_COFFEE
    with reverts("PerkDesk_PerkRetired", SILVER.tier_id, COFFEE.perk_id):
        redeem(desk, silver, COFFEE, alice)


def test_an_upgrade_does_not_have_it(cards, desk, silver, issuer, alice, chain):
    cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": issuer})
    desk.retirePerk(GOLD.tier_id, LOUNGE.perk_id, {"from": issuer})
    chain.sleep(10)
    cards.upgrade(silver, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": alice, "value": UPGRADE_PRICE})
    with reverts("PerkDesk_PerkRetired", GOLD.tier_id, LOUNGE.perk_id):
        redeem(desk, silver, LOUNGE, alice)
