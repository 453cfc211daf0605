"""MembershipCard.upgrade and upgradeBySig

given a customer who wants her card in another tier
    when the card does not exist
        it should refuse
    when she does not hold it, even if she may move it for its holder
        it should refuse
    when its term is over
        it should refuse
    when no such upgrade is offered in that currency
        it should refuse
    when the price is above the most she agreed to
        it should refuse
    when the value sent is not exactly the price
        it should refuse
    when the new tier is full
        it should refuse
    when all is well
        it should move the card, start the new term now, and make its old place free
        it should not mind whether the new tier is on sale
    when the new tier is locked, or the old one was
        it should lock the card, or unlock it
    when one of the tiers never expires
        it should give the term of the new one
    when somebody relays her signed upgrade
        it should take her tokens
        it should refuse native coin, and cards that she passed on
"""

from __future__ import annotations

import pytest

from tests.support.cards import (
    CLOSED,
    FAR,
    FOUNDER,
    GOLD,
    NATIVE,
    NEVER,
    SILVER,
    STAFF,
    UPGRADE_PRICE,
    buy,
    domain_of,
    expire,
)
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import card_upgrade


@pytest.fixture
def offer(cards, points, coin, issuer):
    """Offers an upgrade in every currency for the same number of units."""

    def make(old, new):
        for currency in (NATIVE, points, coin):
            cards.setUpgradePrice(old.tier_id, new.tier_id, currency, UPGRADE_PRICE, {"from": issuer})

    return make


@pytest.fixture
def silver(cards, offer, alice):
    """Alice's silver card, which can become a gold one."""
    offer(SILVER, GOLD)
    return buy(cards, SILVER, alice)


def upgrade(cards, card, tier, holder):
    return cards.upgrade(card, tier.tier_id, NATIVE, UPGRADE_PRICE, {"from": holder, "value": UPGRADE_PRICE})


def test_refuses_a_card_that_does_not_exist(cards, alice):
    with reverts("TokenDoesNotExist"):
        upgrade(cards, 1, GOLD, alice)


def test_refuses_strangers(cards, silver, stranger):
    with reverts("MembershipCard_NotHolder", silver, stranger):
        upgrade(cards, silver, GOLD, stranger)


def test_refuses_those_who_may_only_move_it(cards, silver, alice, bob):
    cards.approve(bob, silver, {"from": alice})
    cards.setApprovalForAll(bob, True, {"from": alice})
    with reverts("MembershipCard_NotHolder", silver, bob):
        upgrade(cards, silver, GOLD, bob)


def test_refuses_an_expired_card(cards, silver, alice):
    expire(cards, silver)
    with reverts("MembershipCard_NotActive", silver):
        upgrade(cards, silver, GOLD, alice)


def test_refuses_a_cancelled_card(cards, silver, alice):
    cards.cancelSubscription(silver, {"from": alice})
    with reverts("MembershipCard_NotActive", silver):
        upgrade(cards, silver, GOLD, alice)


@pytest.mark.parametrize("tier_id", [0, SILVER.tier_id, STAFF.tier_id, 0x8000 | GOLD.tier_id])
def test_refuses_what_is_not_offered(cards, silver, alice, tier_id):
    with reverts("MembershipCard_UpgradeNotOffered", SILVER.tier_id, tier_id, NATIVE):
        cards.upgrade(silver, tier_id, NATIVE, UPGRADE_PRICE, {"from": alice, "value": UPGRADE_PRICE})


def test_refuses_a_currency_that_is_not_taken(cards, silver, stranger, alice):
    with reverts("MembershipCard_UpgradeNotOffered", SILVER.tier_id, GOLD.tier_id, stranger):
        cards.upgrade(silver, GOLD.tier_id, stranger, UPGRADE_PRICE, {"from": alice})


def test_refuses_a_price_raised_in_the_meantime(cards, silver, coin, purse, alice, issuer):
    cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, coin, UPGRADE_PRICE + 1, {"from": issuer})
    with reverts("MembershipCard_PriceAboveMaximum", UPGRADE_PRICE + 1, UPGRADE_PRICE):
        cards.upgrade(silver, GOLD.tier_id, coin, UPGRADE_PRICE, {"from": alice})


@pytest.mark.parametrize("value", [0, UPGRADE_PRICE - 1, UPGRADE_PRICE + 1])
def test_refuses_any_other_value_than_the_price(cards, silver, alice, value):
    with reverts("MembershipCard_WrongValue", value, UPGRADE_PRICE):
        cards.upgrade(silver, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": alice, "value": value})


def test_refuses_native_coin_along_with_tokens(cards, silver, coin, purse, alice):
    with reverts("MembershipCard_WrongValue", 1, 0):
        cards.upgrade(silver, GOLD.tier_id, coin, UPGRADE_PRICE, {"from": alice, "value": 1})


def test_refuses_when_the_new_tier_is_full(cards, silver, alice, bob):
    buy(cards, GOLD, bob)
    buy(cards, GOLD, bob)
    with reverts("MembershipCard_SoldOut", GOLD.tier_id):
        upgrade(cards, silver, GOLD, alice)


def test_refuses_a_holder_who_allowed_nothing(cards, silver, coin, alice):
    with reverts("ERC20InsufficientAllowance", cards, 0, UPGRADE_PRICE):
        cards.upgrade(silver, GOLD.tier_id, coin, UPGRADE_PRICE, {"from": alice})


def test_moves_the_card(cards, silver, alice):
    tx = upgrade(cards, silver, GOLD, alice)
    end = tx.timestamp + GOLD.period
    assert cards.cardOf(silver) == (GOLD.tier_id, tx.timestamp, end)
    assert cards.ownerOf(silver) == alice
    assert (cards.tier(SILVER.tier_id)[3], cards.tier(GOLD.tier_id)[3], cards.cardCount()) == (0, 1, 1)
    assert cards.balance() == SILVER.native_price + UPGRADE_PRICE
    assert cards.tokenURI(silver) == GOLD.uri
    assert tx.events["SubscriptionUpdate"] == {"tokenId": silver, "expiration": end}
    assert tx.events["MetadataUpdate"] == {"tokenId": silver}
    assert tx.events["CardUpgraded"] == {
        "cardId": silver,
        "fromTierId": SILVER.tier_id,
        "toTierId": GOLD.tier_id,
        "currency": NATIVE,
        "price": UPGRADE_PRICE,
    }


def test_frees_the_old_place(cards, offer, alice, bob):
    offer(GOLD, SILVER)
    first = buy(cards, GOLD, alice)
    buy(cards, GOLD, alice)
    upgrade(cards, first, SILVER, alice)
    assert buy(cards, GOLD, bob) == 3
    with reverts("MembershipCard_SoldOut", GOLD.tier_id):
        buy(cards, GOLD, bob)


def test_does_not_mind_that_the_new_tier_is_not_on_sale(cards, silver, offer, alice):
    offer(SILVER, CLOSED)
    upgrade(cards, silver, CLOSED, alice)
    assert cards.cardOf(silver)[0] == CLOSED.tier_id


def test_locks_a_card_that_moves_to_a_locked_tier(cards, silver, offer, alice, bob):
    offer(SILVER, STAFF)
    upgrade(cards, silver, STAFF, alice)
    with reverts("MembershipCard_Locked", silver):
        cards.transferFrom(alice, bob, silver, {"from": alice})


def test_unlocks_a_card_that_leaves_a_locked_tier(cards, offer, alice, bob):
    offer(STAFF, SILVER)
    card = buy(cards, STAFF, alice)
    upgrade(cards, card, SILVER, alice)
    cards.transferFrom(alice, bob, card, {"from": alice})
    assert cards.ownerOf(card) == bob


def test_moves_to_a_tier_that_never_expires(cards, silver, offer, alice):
    offer(SILVER, FOUNDER)
    upgrade(cards, silver, FOUNDER, alice)
    assert cards.expiresAt(silver) == NEVER


def test_moves_from_a_tier_that_never_expires(cards, offer, alice):
    offer(FOUNDER, SILVER)
    card = buy(cards, FOUNDER, alice)
    tx = upgrade(cards, card, SILVER, alice)
    assert cards.expiresAt(card) == tx.timestamp + SILVER.period


def test_redeems_points(cards, silver, points, purse, alice):
    supply = points.totalSupply()
    tx = cards.upgrade(silver, GOLD.tier_id, points, UPGRADE_PRICE, {"from": alice})
    assert supply - points.totalSupply() == UPGRADE_PRICE
    assert int(str(tx.events["PointsRedeemed"]["ref"]), 16) == silver


def test_keeps_tokens(cards, silver, coin, purse, alice):
    cards.upgrade(silver, GOLD.tier_id, coin, UPGRADE_PRICE, {"from": alice})
    assert coin.balanceOf(cards) == UPGRADE_PRICE


@pytest.fixture
def signed_upgrade(cards, silver, alice):
    """Alice's signed upgrade to gold, as arguments of upgradeBySig."""

    def arguments(currency):
        act = {"holder": alice.address, "card_id": silver, "tier_id": GOLD.tier_id, "currency": str(currency)}
        typed = card_upgrade(domain=domain_of(cards), **act, max_price=UPGRADE_PRICE, nonce=7, deadline=FAR)
        return (alice, silver, GOLD.tier_id, currency, UPGRADE_PRICE, 7, FAR, signed_by(alice, typed))

    return arguments


def test_takes_the_tokens_of_the_signer(cards, silver, coin, purse, signed_upgrade, alice, relayer):
    before = coin.balanceOf(alice)
    cards.upgradeBySig(*signed_upgrade(coin), {"from": relayer})
    assert before - coin.balanceOf(alice) == UPGRADE_PRICE
    assert cards.cardOf(silver)[0] == GOLD.tier_id


def test_pulls_no_native_coin(cards, signed_upgrade, relayer):
    with reverts("MembershipCard_WrongValue", 0, UPGRADE_PRICE):
        cards.upgradeBySig(*signed_upgrade(NATIVE), {"from": relayer})


def test_refuses_a_card_that_the_signer_passed_on(cards, silver, coin, purse, signed_upgrade, alice, bob, relayer):
    arguments = signed_upgrade(coin)
    cards.transferFrom(alice, bob, silver, {"from": alice})
    with reverts("MembershipCard_NotHolder", silver, alice):
        cards.upgradeBySig(*arguments, {"from": relayer})
