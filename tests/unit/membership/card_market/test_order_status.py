"""CardMarket.orderStatus

given an order that somebody can buy now
    it is Open, in native coin, in an ERC-20, as a gift, with pins that fit, with the approval of the one card
    it is Open exactly as long as a purchase succeeds
given an order that nobody can buy now
    it gives the first reason: NoCollection, CounterChanged, Expired, InvalidSignature, NonceUsed (filled or cancelled),
    RoyaltyRefused (unknown, above the price, to the market), NoCurrency (no contract, an ERC-721), NotOwner (moved or
    never minted), NotApproved, TermsChanged, PerksUsed
given a collection that answers nonsense
    it gives a reason and does not revert
"""

from __future__ import annotations

import pytest
from brownie import chain
from eth_abi import encode

from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import (
    CARD,
    COUNTER_CHANGED,
    EXPIRED,
    INVALID_SIGNATURE,
    NEVER,
    NO_COLLECTION,
    NO_CURRENCY,
    NONCE_USED,
    NOT_APPROVED,
    NOT_OWNER,
    OPEN,
    PERKS,
    PERKS_USED,
    PRICE,
    ROYALTY_REFUSED,
    TERMS_CHANGED,
    TIER,
    as_struct,
)


@pytest.fixture
def status(market, alice):
    def ask(order):
        return market.orderStatus(as_struct(order), signed_by(alice, order))

    return ask


@pytest.mark.parametrize("pins", [{}, {"tier_id": TIER}, {"min_expires_at": NEVER}, {"price": 0}])
def test_is_open(status, trading, pins):
    assert status(trading.order(**pins)) == OPEN


def test_is_open_in_a_token(status, trading, currency):
    assert status(trading.order(currency=currency)) == OPEN


def test_is_open_with_the_approval_of_one_card(status, order, collection, market, alice):
    collection.setApprovalForAll(market, False, {"from": alice})
    collection.approve(market, CARD, {"from": alice})
    assert status(order) == OPEN


def test_is_open_until_the_purchase(status, market, order, signature, bob):
    before = status(order)
    market.buy(as_struct(order), signature, bob, {"from": bob, "value": PRICE})
    assert (before, status(order)) == (OPEN, NONCE_USED)


def test_no_collection(status, trading, stranger):
    assert status(trading.order(collection=stranger)) == NO_COLLECTION


def test_counter_changed(status, order, market, alice):
    market.cancelAll({"from": alice})
    assert status(order) == COUNTER_CHANGED


def test_expired(status, trading):
    order = trading.order(expires_at=chain.time() + 100)
    chain.sleep(200)
    chain.mine()
    assert status(order) == EXPIRED


def test_invalid_signature(market, order, carol):
    assert market.orderStatus(as_struct(order), signed_by(carol, order)) == INVALID_SIGNATURE


def test_invalid_signature_when_empty(market, order):
    assert market.orderStatus(as_struct(order), b"") == INVALID_SIGNATURE


def test_cancelled(status, order, market, alice):
    market.cancel([0], {"from": alice})
    assert status(order) == NONCE_USED


def test_royalty_unknown(status, trading, crooked):
    assert status(trading.order(collection=crooked)) == ROYALTY_REFUSED


def test_royalty_above_the_price(status, trading, crooked, alice):
    crooked.answerRoyalty(encode(["address", "uint256"], [alice.address, PRICE + 1]), {"from": alice})
    assert status(trading.order(collection=crooked)) == ROYALTY_REFUSED


def test_royalty_to_the_market(status, trading, crooked, market, alice):
    crooked.answerRoyalty(encode(["address", "uint256"], [market.address, 1]), {"from": alice})
    assert status(trading.order(collection=crooked)) == ROYALTY_REFUSED


def test_no_currency(status, trading, stranger):
    assert status(trading.order(currency=stranger)) == NO_CURRENCY


def test_no_currency_but_a_collection(status, trading, collection):
    assert status(trading.order(currency=collection)) == NO_CURRENCY


def test_not_the_owner(status, order, collection, alice, carol):
    collection.transferFrom(alice, carol, CARD, {"from": alice})
    assert status(order) == NOT_OWNER


def test_not_minted(status, trading):
    assert status(trading.order(card_id=CARD + 1)) == NOT_OWNER


def test_not_approved(status, order, collection, market, alice):
    collection.setApprovalForAll(market, False, {"from": alice})
    assert status(order) == NOT_APPROVED


@pytest.mark.parametrize("pins", [{"tier_id": TIER + 1}, {"min_expires_at": 1001}])
def test_terms_changed(status, trading, collection, alice, pins):
    collection.setCard(CARD, TIER, 0, 1000, {"from": alice})
    assert status(trading.order(**pins)) == TERMS_CHANGED


@pytest.mark.parametrize("answer", [b"", b"\xff" * 31, b"\xff" * 96], ids=["none", "short", "wide"])
def test_nonsense_terms(status, trading, crooked, alice, answer):
    crooked.answerTerms(answer, {"from": alice})
    assert status(trading.order(collection=crooked, tier_id=TIER, price=0)) == TERMS_CHANGED


def test_is_open_with_the_perks_left(status, trading, perk_desk):
    assert status(trading.order(perk_desk=perk_desk, perks_left=PERKS)) == OPEN


@pytest.mark.parametrize("answer", [b"", b"\xff" * 31, b"\xff" * 96], ids=["none", "short", "wide"])
def test_nonsense_perks(status, trading, perk_desk, alice, answer):
    perk_desk.setAnswer(answer, {"from": alice})
    assert status(trading.order(perk_desk=perk_desk, perks_left=PERKS)) == PERKS_USED


def test_perks_used(status, trading, perk_desk):
    assert status(trading.order(perk_desk=perk_desk, perks_left=b"\x01" * 32)) == PERKS_USED


def test_a_changed_term_comes_before_used_perks(status, trading, perk_desk):
    assert status(trading.order(tier_id=TIER + 1, perk_desk=perk_desk, perks_left=b"\x01" * 32)) == TERMS_CHANGED


def test_a_collection_that_is_a_token(status, trading, currency):
    assert status(trading.order(collection=currency, price=0)) == NOT_OWNER
