"""MembershipCard.renew, renewBySig and renewSubscription

given anyone who pays for a card's next term
    when the card does not exist
        it should refuse
    when its term never ends
        it should refuse
    when no period is paid for, or a part of one
        it should refuse
    when the tier has no price in that currency
        it should refuse
    when the price of all periods is above the most she agreed to
        it should refuse
    when the value sent is not exactly the price
        it should refuse
    when the term would end after 40 bits do
        it should refuse
    when the card is active
        it should extend the term
    when the card has expired
        it should start a term now
    when the tier is not on sale any more
        it should renew: who is in may stay
    when somebody else pays
        it should renew
    when she pays in points or in another token
        it should redeem or keep them, once for each period
    when somebody relays her signed renewal
        it should take her tokens
        it should refuse native coin
"""

from __future__ import annotations

import pytest

from tests.support.cards import (
    CLOSED,
    FAR,
    FOUNDER,
    NATIVE,
    NEVER,
    SILVER,
    STAFF,
    UNKNOWN_TIER,
    buy,
    domain_of,
    expire,
)
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import card_renew

PRICE = SILVER.native_price
CENTURY = 2**32 - 1


@pytest.fixture
def silver(cards, alice):
    """Alice's silver card."""
    return buy(cards, SILVER, alice)


def test_refuses_a_card_that_does_not_exist(cards, alice):
    with reverts("TokenDoesNotExist"):
        cards.renew(1, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})


def test_refuses_a_subscription_that_does_not_exist(cards, alice):
    with reverts("TokenDoesNotExist"):
        cards.renewSubscription(1, SILVER.period, {"from": alice, "value": PRICE})


def test_refuses_a_card_that_never_expires(cards, alice):
    card = buy(cards, FOUNDER, alice)
    with reverts("MembershipCard_NotRenewable", card):
        cards.renew(card, 1, NATIVE, 10**18, {"from": alice, "value": FOUNDER.native_price})


def test_refuses_a_subscription_that_never_expires(cards, alice):
    card = buy(cards, FOUNDER, alice)
    with reverts("MembershipCard_NotRenewable", card):
        cards.renewSubscription(card, SILVER.period, {"from": alice, "value": FOUNDER.native_price})


def test_refuses_no_periods(cards, silver, alice):
    with reverts("MembershipCard_NoPeriods"):
        cards.renew(silver, 0, NATIVE, PRICE, {"from": alice})


def test_refuses_no_duration(cards, silver, alice):
    with reverts("MembershipCard_NoPeriods"):
        cards.renewSubscription(silver, 0, {"from": alice})


@pytest.mark.parametrize("duration", [1, SILVER.period - 1, SILVER.period + 1, 2**64 - 1])
def test_refuses_a_part_of_a_period(cards, silver, alice, duration):
    with reverts("MembershipCard_InvalidDuration", duration, SILVER.period):
        cards.renewSubscription(silver, duration, {"from": alice, "value": PRICE})


def test_refuses_a_currency_that_is_not_taken(cards, silver, stranger, alice):
    with reverts("MembershipCard_NotSoldIn", SILVER.tier_id, stranger):
        cards.renew(silver, 1, stranger, PRICE, {"from": alice})


def test_refuses_a_subscription_without_a_native_price(cards, silver, alice, issuer):
    cards.setTierPrice(SILVER.tier_id, NATIVE, 0, {"from": issuer})
    with reverts("MembershipCard_NotSoldIn", SILVER.tier_id, NATIVE):
        cards.renewSubscription(silver, SILVER.period, {"from": alice})


def test_refuses_a_price_above_the_maximum_for_all_periods(cards, silver, alice):
    with reverts("MembershipCard_PriceAboveMaximum", 3 * PRICE, 3 * PRICE - 1):
        cards.renew(silver, 3, NATIVE, 3 * PRICE - 1, {"from": alice, "value": 3 * PRICE})


@pytest.mark.parametrize("value", [0, PRICE, 2 * PRICE - 1, 2 * PRICE + 1])
def test_refuses_any_other_value_than_the_price(cards, silver, alice, value):
    with reverts("MembershipCard_WrongValue", value, 2 * PRICE):
        cards.renew(silver, 2, NATIVE, 2**255, {"from": alice, "value": value})


def test_refuses_any_other_value_than_the_price_of_a_subscription(cards, silver, alice):
    with reverts("MembershipCard_WrongValue", PRICE, 2 * PRICE):
        cards.renewSubscription(silver, 2 * SILVER.period, {"from": alice, "value": PRICE})


def test_refuses_native_coin_along_with_tokens(cards, silver, coin, purse, alice):
    with reverts("MembershipCard_WrongValue", 1, 0):
        cards.renew(silver, 1, coin, SILVER.coin_price, {"from": alice, "value": 1})


@pytest.fixture
def old_card(cards, alice, issuer):
    """A card of a tier whose period is as long as can be, so that few renewals exhaust 40 bits."""
    cards.defineTier(CENTURY, 1, 0, True, True, 1, "", {"from": issuer})
    cards.grantCard(alice, UNKNOWN_TIER, {"from": issuer})
    return cards.cardCount()


def test_renews_up_to_the_end_of_40_bits(cards, old_card, alice):
    before = cards.expiresAt(old_card)
    periods = (NEVER - 1 - before) // CENTURY
    cards.renew(old_card, periods, NATIVE, periods, {"from": alice, "value": periods})
    assert cards.expiresAt(old_card) == before + periods * CENTURY < NEVER


def test_refuses_a_term_that_40_bits_cannot_hold(cards, old_card, alice):
    before = cards.expiresAt(old_card)
    periods = (NEVER - 1 - before) // CENTURY + 1
    with reverts("MembershipCard_TermTooLong", before + periods * CENTURY):
        cards.renew(old_card, periods, NATIVE, periods, {"from": alice, "value": periods})


def test_refuses_a_subscription_that_40_bits_cannot_hold(cards, old_card, alice):
    before = cards.expiresAt(old_card)
    periods = 2**64 // CENTURY - 1
    with reverts("MembershipCard_TermTooLong", before + periods * CENTURY):
        cards.renewSubscription(old_card, periods * CENTURY, {"from": alice, "value": periods})


def test_extends_the_term_of_an_active_card(cards, silver, alice):
    _, start, end = cards.cardOf(silver)
    tx = cards.renew(silver, 2, NATIVE, 2 * PRICE, {"from": alice, "value": 2 * PRICE})
    assert cards.cardOf(silver) == (SILVER.tier_id, start, end + 2 * SILVER.period)
    assert cards.balance() == 3 * PRICE
    assert tx.events["SubscriptionUpdate"] == {"tokenId": silver, "expiration": end + 2 * SILVER.period}
    assert tx.events["MetadataUpdate"] == {"tokenId": silver}
    assert tx.events["CardRenewed"] == {
        "cardId": silver,
        "payer": alice,
        "periods": 2,
        "currency": NATIVE,
        "price": 2 * PRICE,
    }


def test_extends_a_subscription(cards, silver, alice):
    end = cards.expiresAt(silver)
    tx = cards.renewSubscription(silver, 3 * SILVER.period, {"from": alice, "value": 3 * PRICE})
    assert cards.expiresAt(silver) == end + 3 * SILVER.period
    assert tx.events["CardRenewed"]["periods"] == 3


def test_starts_a_term_for_an_expired_card(cards, silver, alice):
    expire(cards, silver)
    tx = cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    assert cards.cardOf(silver) == (SILVER.tier_id, tx.timestamp, tx.timestamp + SILVER.period)
    assert cards.isActive(silver)


def test_keeps_a_locked_card_locked(cards, alice, bob):
    card = buy(cards, STAFF, alice)
    cards.renew(card, 1, NATIVE, STAFF.native_price, {"from": alice, "value": STAFF.native_price})
    with reverts("MembershipCard_Locked", card):
        cards.transferFrom(alice, bob, card, {"from": alice})


def test_renews_what_is_not_on_sale(cards, alice, issuer):
    cards.grantCard(alice, CLOSED.tier_id, {"from": issuer})
    end = cards.expiresAt(1)
    cards.renew(1, 1, NATIVE, CLOSED.native_price, {"from": alice, "value": CLOSED.native_price})
    assert cards.expiresAt(1) == end + CLOSED.period


def test_renews_for_anyone_who_pays(cards, silver, alice, stranger):
    end = cards.expiresAt(silver)
    tx = cards.renew(silver, 1, NATIVE, PRICE, {"from": stranger, "value": PRICE})
    assert cards.expiresAt(silver) == end + SILVER.period
    assert cards.ownerOf(silver) == alice
    assert tx.events["CardRenewed"]["payer"] == stranger


def test_keeps_owner_balance_and_supply(cards, silver, alice):
    cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    assert cards.ownerOf(silver) == alice
    assert cards.balanceOf(alice) == cards.tier(SILVER.tier_id)[3] == 1


def test_redeems_points_for_each_period(cards, silver, points, purse, alice):
    supply = points.totalSupply()
    tx = cards.renew(silver, 2, points, 2 * SILVER.points_price, {"from": alice})
    assert supply - points.totalSupply() == 2 * SILVER.points_price
    assert int(str(tx.events["PointsRedeemed"]["ref"]), 16) == silver


def test_keeps_tokens_for_each_period(cards, silver, coin, purse, alice):
    cards.renew(silver, 2, coin, 2 * SILVER.coin_price, {"from": alice})
    assert coin.balanceOf(cards) == 2 * SILVER.coin_price


def test_refuses_a_payer_who_allowed_nothing(cards, silver, coin, bob):
    with reverts("ERC20InsufficientAllowance", cards, 0, SILVER.coin_price):
        cards.renew(silver, 1, coin, SILVER.coin_price, {"from": bob})


@pytest.fixture
def signed_renewal(cards, silver, alice):
    """Alice's signed renewal for two periods, as arguments of renewBySig."""

    def arguments(currency, max_price):
        act = {"payer": alice.address, "card_id": silver, "periods": 2, "currency": str(currency)}
        typed = card_renew(domain=domain_of(cards), **act, max_price=max_price, nonce=7, deadline=FAR)
        return (alice, silver, 2, currency, max_price, 7, FAR, signed_by(alice, typed))

    return arguments


def test_takes_the_tokens_of_the_signer(cards, silver, coin, purse, signed_renewal, alice, relayer):
    before, end = coin.balanceOf(alice), cards.expiresAt(silver)
    cards.renewBySig(*signed_renewal(coin, 2 * SILVER.coin_price), {"from": relayer})
    assert before - coin.balanceOf(alice) == 2 * SILVER.coin_price
    assert cards.expiresAt(silver) == end + 2 * SILVER.period


def test_pulls_no_native_coin(cards, signed_renewal, relayer):
    with reverts("MembershipCard_WrongValue", 0, 2 * PRICE):
        cards.renewBySig(*signed_renewal(NATIVE, 2 * PRICE), {"from": relayer})
