"""PerkDesk.cancelRedemption

given a redemption
    when there is none of that number, or it has nothing to deliver
        it should refuse
    when it was delivered, or cancelled before
        it should refuse
    when it was somebody else's, even the card's present holder's
        it should refuse
given goods that wait for delivery
    when who redeemed them cancels
        it should cancel and announce it, and give the use back to the card
        the use should be there to be used once, under a new number
    when the card was sold meanwhile
        it should give the use back to the card, so to its present holder
    when the card's term is over
        it should cancel all the same
    when the window is over, or another term has begun
        it should not give the use back in the next one, used already or not
    when the card is in another tier
        it should not give a use to that
"""

from __future__ import annotations

import pytest

from tests.support.cards import GOLD, NATIVE, SILVER, UPGRADE_PRICE, expire
from tests.support.clock import mine_at
from tests.support.perks import ALL_OF_SILVER, BOOK, CANCELLED, COFFEE, LOUNGE, MUG, number_of, redeem
from tests.support.reverting import reverts

PRICE = SILVER.native_price


@pytest.fixture
def mug(desk, silver, alice):
    """The number of Alice's open redemption."""
    return redeem(desk, silver, MUG, alice)


def test_refuses_a_number_that_is_not_there(desk, silver, alice):
    number = number_of(silver, MUG, 1)
    with reverts("PerkDesk_NotOpen", number):
        desk.cancelRedemption(number, {"from": alice})


def test_refuses_what_has_nothing_to_deliver(desk, silver, alice):
    number = redeem(desk, silver, COFFEE, alice)
    with reverts("PerkDesk_NotOpen", number):
        desk.cancelRedemption(number, {"from": alice})


def test_refuses_what_was_delivered(desk, mug, issuer, alice):
    desk.confirmDelivery([mug], {"from": issuer})
    with reverts("PerkDesk_NotOpen", mug):
        desk.cancelRedemption(mug, {"from": alice})


def test_refuses_the_second_time(desk, mug, alice):
    desk.cancelRedemption(mug, {"from": alice})
    with reverts("PerkDesk_NotOpen", mug):
        desk.cancelRedemption(mug, {"from": alice})


def test_refuses_strangers(desk, mug, stranger):
    with reverts("PerkDesk_NotRedeemer", mug, stranger):
        desk.cancelRedemption(mug, {"from": stranger})


def test_refuses_the_cards_next_holder(cards, desk, silver, mug, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    with reverts("PerkDesk_NotRedeemer", mug, bob):
        desk.cancelRedemption(mug, {"from": bob})


def test_cancels_and_gives_the_use_back(desk, left, silver, mug, alice):
    assert left(silver)[MUG.perk_id] == 1
    tx = desk.cancelRedemption(mug, {"from": alice})
    assert left(silver) == ALL_OF_SILVER
    assert desk.redemption(mug) == (silver, SILVER.tier_id, MUG.perk_id, CANCELLED, alice)
    assert tx.events["RedemptionCancelled"] == {"redemptionId": "0x" + mug.hex(), "by": alice}
    assert tx.events["Cancel"] == {
        "operator": desk,
        "tokenId": silver,
        "redemptionId": "0x" + mug.hex(),
        "memo": "",
    }


def test_the_use_is_there_once_under_a_new_number(desk, silver, mug, alice):
    desk.cancelRedemption(mug, {"from": alice})
    numbers = [redeem(desk, silver, MUG, alice) for _ in range(2)]
    assert numbers == [number_of(silver, MUG, 2), number_of(silver, MUG, 3)]
    with reverts("PerkDesk_NoneLeft", silver, MUG.perk_id):
        redeem(desk, silver, MUG, alice)


def test_gives_the_use_to_the_cards_present_holder(cards, desk, left, silver, mug, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    desk.cancelRedemption(mug, {"from": alice})
    assert left(silver)[MUG.perk_id] == 2
    with reverts("PerkDesk_NotHolder", silver, alice):
        redeem(desk, silver, MUG, alice)
    redeem(desk, silver, MUG, bob)


def test_cancels_after_the_term(cards, desk, left, silver, mug, alice):
    expire(cards, silver)
    desk.cancelRedemption(mug, {"from": alice})
    assert desk.redemption(mug)[3] == CANCELLED
    assert left(silver) == {}


@pytest.fixture
def next_window(cards, silver, mug, alice):
    """The card was extended and its second period has begun."""
    cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    mine_at(cards.cardOf(silver)[1] + SILVER.period)


def test_does_not_add_to_the_next_window(desk, left, silver, mug, next_window, alice):
    desk.cancelRedemption(mug, {"from": alice})
    assert left(silver)[MUG.perk_id] == MUG.count
    numbers = [redeem(desk, silver, MUG, alice) for _ in range(MUG.count)]
    assert len(set(numbers)) == 2
    with reverts("PerkDesk_NoneLeft", silver, MUG.perk_id):
        redeem(desk, silver, MUG, alice)


def test_does_not_add_to_a_window_that_is_in_use(desk, left, silver, mug, next_window, alice):
    redeem(desk, silver, MUG, alice)
    desk.cancelRedemption(mug, {"from": alice})
    assert left(silver)[MUG.perk_id] == MUG.count - 1


def test_does_not_add_to_another_term(cards, desk, left, silver, mug, alice):
    expire(cards, silver)
    cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    redeem(desk, silver, MUG, alice)
    desk.cancelRedemption(mug, {"from": alice})
    assert left(silver)[MUG.perk_id] == MUG.count - 1


def test_does_not_add_to_another_tier(cards, desk, left, silver, mug, issuer, alice):
    cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": issuer})
    cards.upgrade(silver, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": alice, "value": UPGRADE_PRICE})
    desk.cancelRedemption(mug, {"from": alice})
    assert left(silver) == {LOUNGE.perk_id: LOUNGE.count, BOOK.perk_id: BOOK.count}
