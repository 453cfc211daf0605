"""ERC-6672 as the desk stands in for it: redeem, cancel, isRedeemed, getRedemptionIds, supportsInterface

given a holder who knows the number of the next redemption
    redeem should do what redeemPerk does, with her memo
    when the number is not the next of its perk on this card
        it should refuse
    when somebody else holds the card
        it should refuse
given goods that wait for delivery
    cancel should do what cancelRedemption does, with her memo
    when the number is another card's
        it should refuse
    when somebody else redeemed them
        it should refuse
given redemptions of several cards
    isRedeemed should be true for the desk, the card and the number, until it is cancelled
    getRedemptionIds should list them for the desk, across tiers, without what was cancelled
    any other operator should have none, nor should a card without any, or a number that only looks like one
it should claim ERC-6672 and ERC-165, and not ERC-721
"""

from __future__ import annotations

import pytest

from tests.support.cards import GOLD, NATIVE, SILVER, UPGRADE_PRICE, buy
from tests.support.perks import BOOK, CANCELLED, CODE, COFFEE, DONE, LOUNGE, MUG, OPEN, number_of, redeem
from tests.support.reverting import reverts

MEMO = "for the office"


def test_redeems_the_next(desk, left, silver, alice):
    number = number_of(silver, COFFEE, 1)
    tx = desk.redeem(number, silver, MEMO, {"from": alice})
    assert left(silver)[COFFEE.perk_id] == 2
    assert tx.events["Redeem"] == {
        "operator": desk,
        "tokenId": silver,
        "redeemer": alice,
        "redemptionId": "0x" + number.hex(),
        "memo": MEMO,
    }
    assert tx.events["PerkRedeemed"] == {
        "redemptionId": "0x" + number.hex(),
        "redeemer": alice,
        "ref": "0x" + "00" * 32,
    }


def test_redeems_only_once_under_a_number(desk, silver, alice):
    number = number_of(silver, COFFEE, 1)
    desk.redeem(number, silver, MEMO, {"from": alice})
    with reverts("PerkDesk_NotNext", number, number_of(silver, COFFEE, 2)):
        desk.redeem(number, silver, MEMO, {"from": alice})


@pytest.mark.parametrize(
    ("perk", "serial", "card"), [(COFFEE, 0, 1), (COFFEE, 2, 1), (COFFEE, 1, 2)], ids=["none", "later", "other card"]
)
def test_refuses_another_number(desk, silver, alice, perk, serial, card):
    number = number_of(card, perk, serial)
    with reverts("PerkDesk_NotNext", number, number_of(silver, perk, 1)):
        desk.redeem(number, silver, MEMO, {"from": alice})


def test_refuses_a_number_of_another_tier(desk, silver, alice):
    number = number_of(silver, LOUNGE, 1)
    with reverts("PerkDesk_NotNext", number, number_of(silver, COFFEE, 1)):
        desk.redeem(number, silver, MEMO, {"from": alice})


def test_refuses_a_card_that_does_not_exist(desk, alice):
    with reverts("TokenDoesNotExist"):
        desk.redeem(number_of(1, COFFEE, 1), 1, MEMO, {"from": alice})


def test_refuses_strangers(desk, silver, stranger):
    with reverts("PerkDesk_NotHolder", silver, stranger):
        desk.redeem(number_of(silver, COFFEE, 1), silver, MEMO, {"from": stranger})


def test_cancels_with_a_memo(desk, left, silver, alice):
    number = redeem(desk, silver, MUG, alice)
    tx = desk.cancel(number, silver, MEMO, {"from": alice})
    assert desk.redemption(number)[3] == CANCELLED
    assert left(silver)[MUG.perk_id] == 2
    assert tx.events["Cancel"] == {
        "operator": desk,
        "tokenId": silver,
        "redemptionId": "0x" + number.hex(),
        "memo": MEMO,
    }


def test_refuses_to_cancel_for_another_card(cards, desk, silver, alice):
    number, other = redeem(desk, silver, MUG, alice), buy(cards, SILVER, alice)
    with reverts("PerkDesk_NotOpen", number):
        desk.cancel(number, other, MEMO, {"from": alice})


def test_refuses_to_cancel_what_does_not_wait(desk, silver, alice):
    number = redeem(desk, silver, COFFEE, alice)
    with reverts("PerkDesk_NotOpen", number):
        desk.cancel(number, silver, MEMO, {"from": alice})


def test_refuses_to_cancel_for_strangers(desk, silver, alice, stranger):
    number = redeem(desk, silver, MUG, alice)
    with reverts("PerkDesk_NotRedeemer", number, stranger):
        desk.cancel(number, silver, MEMO, {"from": stranger})


@pytest.mark.parametrize("perk", [COFFEE, CODE, MUG], ids=["service", "digital", "physical"])
def test_is_redeemed(desk, silver, alice, stranger, perk):
    number = number_of(silver, perk, 1)
    before = desk.isRedeemed(desk, number, silver)
    redeem(desk, silver, perk, alice)
    assert (before, desk.isRedeemed(desk, number, silver)) == (False, True)
    assert not desk.isRedeemed(stranger, number, silver)
    assert not desk.isRedeemed(alice, number, silver)
    assert not desk.isRedeemed(desk, number, silver + 1)
    assert not desk.isRedeemed(desk, number_of(silver, perk, 2), silver)


def test_is_redeemed_once_delivered_and_not_once_cancelled(desk, silver, issuer, alice):
    kept, dropped = (redeem(desk, silver, MUG, alice) for _ in range(2))
    desk.confirmDelivery([kept], {"from": issuer})
    desk.cancelRedemption(dropped, {"from": alice})
    assert desk.isRedeemed(desk, kept, silver)
    assert not desk.isRedeemed(desk, dropped, silver)


@pytest.fixture
def history(cards, desk, silver, issuer, alice, bob):
    """Alice used her card, sold it, and Bob upgraded and used it; the numbers that stand."""
    numbers = [redeem(desk, silver, perk, alice) for perk in (COFFEE, COFFEE, MUG, MUG)]
    desk.cancelRedemption(numbers.pop(2), {"from": alice})
    redeem(desk, buy(cards, SILVER, bob), COFFEE, bob)
    cards.transferFrom(alice, bob, silver, {"from": alice})
    cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": issuer})
    cards.upgrade(silver, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": bob, "value": UPGRADE_PRICE})
    return numbers + [redeem(desk, silver, perk, bob) for perk in (LOUNGE, BOOK)]


def test_lists_what_stands(desk, silver, history):
    assert [bytes(number) for number in desk.getRedemptionIds(desk, silver)] == history
    assert {desk.redemption(number)[3] for number in history} == {DONE, OPEN}


def test_lists_nothing_for_others(desk, silver, history, alice):
    assert desk.getRedemptionIds(alice, silver) == ()
    assert desk.getRedemptionIds(desk, 99) == ()


@pytest.mark.parametrize("bit", [168, 232, 255])
def test_a_number_that_only_looks_like_a_cards_has_none(desk, silver, history, bit):
    forged = silver + (1 << bit)
    assert desk.getRedemptionIds(desk, forged) == ()
    assert not desk.isRedeemed(desk, history[0], forged)


@pytest.mark.parametrize(
    ("interface", "claimed"), [("0x4dddf83f", True), ("0x01ffc9a7", True), ("0x80ac58cd", False), ("0xffffffff", False)]
)
def test_claims_what_it_is(desk, interface, claimed):
    assert desk.supportsInterface(interface) == claimed
