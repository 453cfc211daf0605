"""MembershipCard.cancelSubscription and cancelSubscriptionBySig

given a holder who wants no membership any more
    when native coin comes along
        it should refuse
    when the card does not exist, or is not hers, even if she may move it
        it should refuse
    when its term is over already
        it should refuse
    when it is active
        it should end the term and keep the card hers, in its tier, passed on as before
        it should let anyone renew it later, with a term from then
    when it would never have expired
        it should end it for good
    when somebody relays her signature
        it should end the term; not that of a card she has passed on
"""

from __future__ import annotations

import pytest

from tests.support.cards import FAR, FOUNDER, NATIVE, SILVER, STAFF, buy, domain_of, expire
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import card_cancel_subscription

PRICE = SILVER.native_price


@pytest.fixture
def silver(cards, alice):
    """Alice's silver card."""
    return buy(cards, SILVER, alice)


def test_refuses_native_coin(cards, silver, alice):
    with reverts("MembershipCard_WrongValue", 1, 0):
        cards.cancelSubscription(silver, {"from": alice, "value": 1})


def test_refuses_a_card_that_does_not_exist(cards, alice):
    with reverts("TokenDoesNotExist"):
        cards.cancelSubscription(1, {"from": alice})


def test_refuses_strangers(cards, silver, stranger):
    with reverts("MembershipCard_NotHolder", silver, stranger):
        cards.cancelSubscription(silver, {"from": stranger})


def test_refuses_those_who_may_only_move_it(cards, silver, alice, bob):
    cards.approve(bob, silver, {"from": alice})
    cards.setApprovalForAll(bob, True, {"from": alice})
    with reverts("MembershipCard_NotHolder", silver, bob):
        cards.cancelSubscription(silver, {"from": bob})


def test_refuses_an_expired_card(cards, silver, alice):
    expire(cards, silver)
    with reverts("MembershipCard_NotActive", silver):
        cards.cancelSubscription(silver, {"from": alice})


def test_refuses_to_cancel_twice(cards, silver, alice):
    cards.cancelSubscription(silver, {"from": alice})
    with reverts("MembershipCard_NotActive", silver):
        cards.cancelSubscription(silver, {"from": alice})


def test_ends_the_term(cards, silver, alice):
    _, start, _ = cards.cardOf(silver)
    tx = cards.cancelSubscription(silver, {"from": alice})
    assert cards.cardOf(silver) == (SILVER.tier_id, start, 0)
    assert cards.expiresAt(silver) == 0
    assert not cards.isActive(silver)
    assert cards.ownerOf(silver) == alice
    assert cards.balanceOf(alice) == cards.tier(SILVER.tier_id)[3] == 1
    assert tx.events["SubscriptionUpdate"] == {"tokenId": silver, "expiration": 0}
    assert tx.events["MetadataUpdate"] == {"tokenId": silver}


def test_leaves_the_card_to_be_passed_on(cards, silver, alice, bob):
    cards.cancelSubscription(silver, {"from": alice})
    cards.transferFrom(alice, bob, silver, {"from": alice})
    assert cards.ownerOf(silver) == bob


def test_keeps_a_locked_card_locked(cards, alice, bob):
    card = buy(cards, STAFF, alice)
    cards.cancelSubscription(card, {"from": alice})
    with reverts("MembershipCard_Locked", card):
        cards.transferFrom(alice, bob, card, {"from": alice})


def test_lets_it_be_renewed(cards, silver, alice):
    cards.cancelSubscription(silver, {"from": alice})
    assert cards.isRenewable(silver)
    tx = cards.renew(silver, 1, NATIVE, PRICE, {"from": alice, "value": PRICE})
    assert cards.cardOf(silver) == (SILVER.tier_id, tx.timestamp, tx.timestamp + SILVER.period)


def test_ends_a_card_that_never_expires_for_good(cards, alice):
    card = buy(cards, FOUNDER, alice)
    cards.cancelSubscription(card, {"from": alice})
    assert not cards.isActive(card)
    assert not cards.isRenewable(card)
    with reverts("MembershipCard_NotRenewable", card):
        cards.renew(card, 1, NATIVE, 10**18, {"from": alice, "value": FOUNDER.native_price})


@pytest.fixture
def signed_cancellation(cards, silver, alice):
    """Alice's signed cancellation, as arguments of cancelSubscriptionBySig."""
    typed = card_cancel_subscription(
        domain=domain_of(cards), holder=alice.address, card_id=silver, nonce=7, deadline=FAR
    )
    return (alice, silver, 7, FAR, signed_by(alice, typed))


def test_ends_the_term_by_signature(cards, silver, signed_cancellation, relayer):
    cards.cancelSubscriptionBySig(*signed_cancellation, {"from": relayer})
    assert not cards.isActive(silver)


def test_refuses_a_card_that_the_signer_passed_on(cards, silver, signed_cancellation, alice, bob, relayer):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    with reverts("MembershipCard_NotHolder", silver, alice):
        cards.cancelSubscriptionBySig(*signed_cancellation, {"from": relayer})
