"""CardMarket.buyBySig (what every signature form refuses is in test_signatures.py)

given a purchase in an ERC-20 that the buyer signed
    it moves the card and takes the money from the buyer, whoever sends it
    it gives the card to the recipient who was signed
    it names the buyer, not the sender
    it lets a contract wallet buy
given a gift in native coin
    it moves the card
when the order is in native coin
    it reverts
when the order is for another buyer
    it reverts
when the purchase was signed for another order, recipient or buyer
    it reverts
when the order's own signature is wrong
    it reverts
when the buyer cancelled the purchase
    it reverts
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import CARD, LATER, PRICE, ROYALTY, as_struct


@pytest.fixture(scope="module")
def token_order(trading, currency):
    return trading.order(currency=currency)


@pytest.fixture
def send(market, trading, alice, bob, relayer):
    """The relayer sends what Bob signed, or what a test says he signed."""

    def send(order, recipient, signed=None, buyer=bob, order_signature=None):
        signed = signed or trading.buy(order, buyer, recipient, nonce=5, deadline=LATER)
        return market.buyBySig(
            as_struct(order),
            order_signature or signed_by(alice, order),
            buyer,
            recipient,
            5,
            LATER,
            signed_by(bob, signed),
            {"from": relayer},
        )

    return send


def test_moves_card_and_money(send, token_order, collection, currency, market, alice, bob):
    send(token_order, bob)
    assert collection.ownerOf(CARD) == bob
    assert currency.balanceOf(bob) == 9 * PRICE
    assert currency.balanceOf(alice) == PRICE - ROYALTY
    assert currency.balanceOf(collection) == ROYALTY
    assert currency.balanceOf(market) == 0


def test_gives_the_card_to_the_recipient(send, token_order, collection, carol):
    send(token_order, carol)
    assert collection.ownerOf(CARD) == carol


def test_names_the_buyer(send, token_order, bob, carol):
    assert send(token_order, carol).events["CardSold"]["buyer"] == bob


def test_lets_a_wallet_buy(market, trading, token_order, collection, currency, schemer, alice, relayer):
    currency.mint(schemer, PRICE, {"from": relayer})
    schemer.execute(currency, currency.approve.encode_input(market, PRICE), {"from": relayer})
    purchase = trading.buy(token_order, schemer, schemer, nonce=0, deadline=LATER)
    market.buyBySig(
        as_struct(token_order),
        signed_by(alice, token_order),
        schemer,
        schemer,
        0,
        LATER,
        signed_by(alice, purchase),
        {"from": relayer},
    )
    assert collection.ownerOf(CARD) == schemer
    assert currency.balanceOf(schemer) == 0


def test_moves_a_gift(send, trading, collection, bob):
    send(trading.order(price=0, buyer=bob), bob)
    assert collection.ownerOf(CARD) == bob


def test_reverts_when_the_order_is_in_native_coin(send, order, bob):
    with reverts("CardMarket_NativeBySignature"):
        send(order, bob)


def test_reverts_when_the_order_is_for_another_buyer(send, trading, currency, bob, carol):
    with reverts("CardMarket_WrongBuyer", bob, carol):
        send(trading.order(currency=currency, buyer=carol), bob)


def test_reverts_when_the_purchase_was_of_another_order(send, trading, token_order, currency, bob):
    dearer = trading.order(currency=currency, price=PRICE + 1)
    with reverts("Signed_InvalidSignature", bob):
        send(dearer, bob, signed=trading.buy(token_order, bob, bob, nonce=5, deadline=LATER))


def test_reverts_when_the_purchase_was_for_another_recipient(send, trading, token_order, bob, relayer):
    with reverts("Signed_InvalidSignature", bob):
        send(token_order, relayer, signed=trading.buy(token_order, bob, bob, nonce=5, deadline=LATER))


def test_reverts_when_the_purchase_was_for_another_buyer(send, token_order, carol):
    with reverts("Signed_InvalidSignature", carol):
        send(token_order, carol, buyer=carol)


def test_reverts_when_the_seller_did_not_sign(send, token_order, alice, bob, carol):
    with reverts("Signed_InvalidSignature", alice):
        send(token_order, bob, order_signature=signed_by(carol, token_order))


def test_reverts_when_the_buyer_cancelled_the_purchase(send, token_order, market, bob):
    market.cancel([5], {"from": bob})
    with reverts("Signed_NonceUsed", bob, 5):
        send(token_order, bob)
