"""PerkDesk.redeemPerk

given somebody who asks for a perk
    when the card does not exist, or is not hers, even if she may move it
        it should refuse
    when its term is over, or was cancelled
        it should refuse
    when its tier has no such perk
        it should refuse
    when its uses are used up in this window
        it should refuse
given the holder of an active card
    it should number the use, announce it as the desk and as ERC-6672 do, and count it
    it should keep who redeemed goods, which wait for delivery, and of anything else that it is done
    it should count each perk and each card for itself
    it should have all 255 uses of a perk with so many, and no more
given a window's end
    it should have the whole count again from the second in which the next begins
    it should not add up what was left
given another term
    when the card is renewed before its end
        its windows should go on
    when it is renewed after its end, or cancelled and renewed
        a first window should begin, which was paid for
    when it is upgraded
        it should have the new tier's perks, and those of the old one anew if it comes back
    when it comes back in the same second
        it should have no more than it had
given a card that is bought, used and passed on in one transaction
    the use should be counted
given a card that never expires and a perk without a window
    it should be there once and for ever, until the card is cancelled
"""

from __future__ import annotations

import pytest

from tests.support.cards import DAY, FOUNDER, GOLD, NATIVE, SILVER, UNKNOWN_TIER, UPGRADE_PRICE, buy, expire
from tests.support.clock import mine_at
from tests.support.perks import (
    ALL_OF_SILVER,
    BOOK,
    CODE,
    COFFEE,
    DONE,
    LOUNGE,
    MUG,
    NONE,
    OPEN,
    REF,
    STATUE,
    number_of,
    redeem,
)
from tests.support.reverting import reverts

PRICE = SILVER.native_price


@pytest.fixture
def upgrades(cards, issuer):
    """From silver to gold and back, for the same price."""
    for way in ((SILVER.tier_id, GOLD.tier_id), (GOLD.tier_id, SILVER.tier_id)):
        cards.setUpgradePrice(*way, NATIVE, UPGRADE_PRICE, {"from": issuer})


@pytest.fixture
def used_up(desk, silver, alice):
    """Alice's silver card after all coffees of the window."""
    for _ in range(COFFEE.count):
        redeem(desk, silver, COFFEE, alice)
    return silver


def renew(cards, card_id, payer):
    cards.renew(card_id, 1, NATIVE, PRICE, {"from": payer, "value": PRICE})


def upgrade(cards, card_id, tier, holder, **transaction):
    payment = {"from": holder, "value": UPGRADE_PRICE, **transaction}
    return cards.upgrade(card_id, tier.tier_id, NATIVE, UPGRADE_PRICE, payment)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_refuses_a_card_that_does_not_exist(desk, alice):
    with reverts("TokenDoesNotExist"):
        redeem(desk, 99, COFFEE, alice)


def test_refuses_strangers(desk, silver, stranger):
    with reverts("PerkDesk_NotHolder", silver, stranger):
        redeem(desk, silver, COFFEE, stranger)


def test_refuses_those_who_may_only_move_it(cards, desk, silver, alice, bob):
    cards.approve(bob, silver, {"from": alice})
    cards.setApprovalForAll(bob, True, {"from": alice})
    with reverts("PerkDesk_NotHolder", silver, bob):
        redeem(desk, silver, COFFEE, bob)


def test_refuses_an_expired_card(cards, desk, silver, alice):
    expire(cards, silver)
    with reverts("PerkDesk_NotActive", silver):
        redeem(desk, silver, COFFEE, alice)


def test_refuses_a_cancelled_card(cards, desk, silver, alice):
    cards.cancelSubscription(silver, {"from": alice})
    with reverts("PerkDesk_NotActive", silver):
        redeem(desk, silver, COFFEE, alice)


@pytest.mark.parametrize("perk_id", [3, 32, 255])
def test_refuses_a_perk_that_its_tier_does_not_have(desk, silver, alice, perk_id):
    with reverts("PerkDesk_UnknownPerk", SILVER.tier_id, perk_id):
        desk.redeemPerk(silver, perk_id, REF, {"from": alice})


def test_refuses_what_is_used_up(desk, used_up, alice):
    with reverts("PerkDesk_NoneLeft", used_up, COFFEE.perk_id):
        redeem(desk, used_up, COFFEE, alice)


# --- a use ------------------------------------------------------------------------------------------------------------


def test_announces_the_use(desk, silver, alice):
    number = number_of(silver, COFFEE, 1)
    assert bytes(desk.nextRedemptionId(silver, COFFEE.perk_id)) == number
    tx = desk.redeemPerk(silver, COFFEE.perk_id, REF, {"from": alice})
    assert bytes(tx.return_value) == number
    assert bytes(desk.nextRedemptionId(silver, COFFEE.perk_id)) == number_of(silver, COFFEE, 2)
    assert tx.events["PerkRedeemed"] == {
        "redemptionId": "0x" + number.hex(),
        "redeemer": alice,
        "ref": "0x" + REF.hex(),
    }
    assert tx.events["Redeem"] == {
        "operator": desk,
        "tokenId": silver,
        "redeemer": alice,
        "redemptionId": "0x" + number.hex(),
        "memo": "",
    }
    assert "ReceiverFailed" not in tx.events


@pytest.mark.parametrize("perk", [COFFEE, CODE], ids=["service", "digital"])
def test_is_done_with_what_needs_no_delivery(desk, silver, alice, perk):
    number = redeem(desk, silver, perk, alice)
    assert desk.redemption(number) == (silver, SILVER.tier_id, perk.perk_id, DONE, NATIVE)


def test_keeps_who_redeemed_goods(desk, silver, alice):
    number = redeem(desk, silver, MUG, alice)
    assert desk.redemption(number) == (silver, SILVER.tier_id, MUG.perk_id, OPEN, alice)


@pytest.mark.parametrize(("perk", "serial"), [(MUG, 0), (MUG, 2), (COFFEE, 1), (COFFEE, 0), (BOOK, 1)])
def test_knows_no_redemption_that_was_not_made(desk, silver, alice, perk, serial):
    redeem(desk, silver, MUG, alice)
    number = number_of(silver, perk, serial)
    assert desk.redemption(number) == (silver, perk.tier.tier_id, perk.perk_id, NONE, NATIVE)


def test_counts_each_perk_and_card_for_itself(cards, desk, left, silver, alice):
    other = buy(cards, SILVER, alice)
    redeem(desk, silver, COFFEE, alice)
    redeem(desk, silver, MUG, alice)
    redeem(desk, other, CODE, alice)
    assert left(silver) == {COFFEE.perk_id: 2, CODE.perk_id: 1, MUG.perk_id: 1}
    assert left(other) == {COFFEE.perk_id: 3, MUG.perk_id: 2}


def test_has_255_uses_and_no_more(desk, left, gold, alice):
    numbers = [redeem(desk, gold, LOUNGE, alice) for _ in range(255)]
    assert numbers[-1] == number_of(gold, LOUNGE, 255)
    assert left(gold) == {BOOK.perk_id: 1}
    with reverts("PerkDesk_NoneLeft", gold, LOUNGE.perk_id):
        redeem(desk, gold, LOUNGE, alice)


# --- windows ----------------------------------------------------------------------------------------------------------


def test_a_window_begins_anew_to_the_second(cards, desk, left, used_up):
    _, start, _ = cards.cardOf(used_up)
    before = mine_at(start + COFFEE.window - 1)
    after = mine_at(start + COFFEE.window)
    assert COFFEE.perk_id not in left(used_up, block_identifier=before)
    assert left(used_up, block_identifier=after)[COFFEE.perk_id] == COFFEE.count


def test_a_window_has_its_count_and_no_more(cards, desk, used_up, alice):
    mine_at(cards.cardOf(used_up)[1] + COFFEE.window)
    numbers = [redeem(desk, used_up, COFFEE, alice) for _ in range(COFFEE.count)]
    assert numbers == [number_of(used_up, COFFEE, serial) for serial in (4, 5, 6)]
    with reverts("PerkDesk_NoneLeft", used_up, COFFEE.perk_id):
        redeem(desk, used_up, COFFEE, alice)


def test_what_was_left_is_not_added_up(cards, desk, left, silver):
    mine_at(cards.cardOf(silver)[1] + 3 * COFFEE.window)
    assert left(silver) == ALL_OF_SILVER


def test_a_window_is_that_of_the_term_not_of_the_first_use(cards, desk, left, silver, alice):
    _, start, _ = cards.cardOf(silver)
    mine_at(start + COFFEE.window - 3_600)
    redeem(desk, silver, COFFEE, alice)
    assert left(silver)[COFFEE.perk_id] == 2
    mine_at(start + COFFEE.window + 3_600)
    assert left(silver)[COFFEE.perk_id] == 3


# --- terms ------------------------------------------------------------------------------------------------------------


def test_an_extension_does_not_begin_a_window(cards, desk, left, used_up, alice):
    renew(cards, used_up, alice)
    assert COFFEE.perk_id not in left(used_up)
    with reverts("PerkDesk_NoneLeft", used_up, COFFEE.perk_id):
        redeem(desk, used_up, COFFEE, alice)


def test_an_extension_goes_on_to_the_next_windows(cards, desk, left, silver, alice):
    redeem(desk, silver, CODE, alice)
    renew(cards, silver, alice)
    mine_at(cards.cardOf(silver)[1] + SILVER.period)
    assert left(silver) == ALL_OF_SILVER


def test_a_renewal_after_the_end_begins_a_term(cards, desk, left, used_up, alice):
    expire(cards, used_up)
    assert left(used_up) == {}
    renew(cards, used_up, alice)
    assert left(used_up) == ALL_OF_SILVER


def test_a_cancelled_card_begins_a_term_when_it_is_renewed(cards, desk, left, used_up, alice, chain):
    chain.sleep(100)
    cards.cancelSubscription(used_up, {"from": alice})
    assert left(used_up) == {}
    renew(cards, used_up, alice)
    assert left(used_up) == ALL_OF_SILVER


def test_an_upgrade_has_the_perks_of_its_tier(cards, desk, left, used_up, upgrades, alice):
    upgrade(cards, used_up, GOLD, alice)
    assert left(used_up) == {LOUNGE.perk_id: 255, BOOK.perk_id: 1}
    assert redeem(desk, used_up, LOUNGE, alice) == number_of(used_up, LOUNGE, 1)


def test_a_card_that_comes_back_to_its_tier_begins_a_term(cards, desk, left, used_up, upgrades, alice, chain):
    chain.sleep(100)
    upgrade(cards, used_up, GOLD, alice)
    upgrade(cards, used_up, SILVER, alice)
    assert left(used_up) == ALL_OF_SILVER
    assert redeem(desk, used_up, COFFEE, alice) == number_of(used_up, COFFEE, COFFEE.count + 1)


def test_terms_of_the_same_second_share_their_uses(cards, desk, left, upgrades, batcher, alice):
    coffee = (desk, 0, desk.redeemPerk.encode_input(1, COFFEE.perk_id, REF))
    there, back = (
        (cards, UPGRADE_PRICE, cards.upgrade.encode_input(1, tier.tier_id, NATIVE, UPGRADE_PRICE))
        for tier in (GOLD, SILVER)
    )
    bought = (cards, PRICE, cards.buy.encode_input(SILVER.tier_id, batcher, NATIVE, PRICE))
    calls = [bought, coffee, coffee, there, back, coffee]
    batcher.executeAll(calls, {"from": alice, "value": PRICE + 2 * UPGRADE_PRICE})
    assert left(1) == {CODE.perk_id: 1, MUG.perk_id: 2}
    assert bytes(desk.nextRedemptionId(1, COFFEE.perk_id)) == number_of(1, COFFEE, 4)


def test_is_there_in_the_transaction_that_buys_the_card(cards, desk, left, batcher, alice):
    """As in a flash purchase: bought, used and passed on at once. The use is counted."""
    calls = [
        (cards, PRICE, cards.buy.encode_input(SILVER.tier_id, batcher, NATIVE, PRICE)),
        (desk, 0, desk.redeemPerk.encode_input(1, CODE.perk_id, REF)),
        (cards, 0, cards.transferFrom.encode_input(batcher, alice, 1)),
    ]
    batcher.executeAll(calls, {"from": alice, "value": PRICE})
    assert left(1) == {COFFEE.perk_id: 3, MUG.perk_id: 2}
    with reverts("PerkDesk_NoneLeft", 1, CODE.perk_id):
        redeem(desk, 1, CODE, alice)


def test_a_perk_without_a_window_is_there_once_for_ever(cards, desk, left, founder, alice, chain):
    redeem(desk, founder, STATUE, alice)
    chain.sleep(10**9)
    chain.mine()
    assert left(founder) == {}
    with reverts("PerkDesk_NoneLeft", founder, STATUE.perk_id):
        redeem(desk, founder, STATUE, alice)


def test_a_card_that_was_cancelled_for_good_has_none(cards, desk, left, founder, alice):
    cards.cancelSubscription(founder, {"from": alice})
    assert left(founder) == {}
    with reverts("PerkDesk_NotActive", founder):
        redeem(desk, founder, STATUE, alice)


@pytest.mark.parametrize("days", [0, 1, 400])
def test_each_day_of_a_card_that_never_expires_is_a_window_if_the_perk_says_so(
    desk, left, founder, issuer, days, chain
):
    desk.definePerk(FOUNDER.tier_id, 2, DAY, 0, NATIVE, "", {"from": issuer})
    chain.sleep(days * DAY)
    chain.mine()
    assert left(founder) == {STATUE.perk_id: 1, 1: 2}


def test_no_perks_in_a_tier_without(desk):
    assert desk.perkCount(UNKNOWN_TIER) == 0
