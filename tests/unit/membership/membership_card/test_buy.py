"""MembershipCard.buy and buyBySig

given a customer who wants a card
    when the tier is not on sale, or unknown
        it should refuse
    when the tier has no price in that currency
        it should refuse
    when the price is above the most she agreed to (the brand raised it in the meantime)
        it should refuse
    when the value sent is not exactly the price, or native coin comes along with tokens
        it should refuse
    when the tier is full
        it should refuse
    when the card would go to nobody, or to a contract that takes no cards
        it should refuse
    when she lacks the tokens or the points, or did not allow them to be taken
        it should refuse
    when she pays in native coin
        it should mint the next card for the recipient, keep the money and announce it all
    when she pays in points
        it should redeem them, for the card of that number
    when she pays in another ERC-20
        it should keep the tokens
    when the token takes a fee on transfers
        it should sell the card and keep what arrives
    when the token answers false
        it should refuse
    when the token or the recipient calls back in the middle
        it should have counted the card already, and never sell more than there are
    when somebody else relays her signed purchase
        it should take her tokens, not the relayer's
        it should refuse native coin, which cannot be pulled
"""

from __future__ import annotations

import pytest

from tests.support.cards import CLOSED, FAR, FOUNDER, GOLD, NATIVE, NEVER, NOBODY, SILVER, UNKNOWN_TIER, buy, domain_of
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import card_buy

PRICE = SILVER.native_price


def test_refuses_a_tier_that_is_not_on_sale(cards, alice):
    with reverts("MembershipCard_NotOnSale", CLOSED.tier_id):
        cards.buy(CLOSED.tier_id, alice, NATIVE, 10**18, {"from": alice, "value": CLOSED.native_price})


@pytest.mark.parametrize("tier_id", [0, UNKNOWN_TIER, 0x8000 | SILVER.tier_id])
def test_refuses_an_unknown_tier(cards, alice, tier_id):
    with reverts("MembershipCard_NotOnSale", tier_id):
        cards.buy(tier_id, alice, NATIVE, 0, {"from": alice})


def test_refuses_native_coin_where_it_is_not_taken(cards, alice, issuer):
    cards.setTierPrice(SILVER.tier_id, NATIVE, 0, {"from": issuer})
    with reverts("MembershipCard_NotSoldIn", SILVER.tier_id, NATIVE):
        cards.buy(SILVER.tier_id, alice, NATIVE, 10**18, {"from": alice})


def test_refuses_a_token_that_is_not_taken(cards, stranger, alice):
    with reverts("MembershipCard_NotSoldIn", SILVER.tier_id, stranger):
        cards.buy(SILVER.tier_id, alice, stranger, 10**18, {"from": alice})


def test_refuses_a_price_raised_in_the_meantime(cards, coin, purse, alice, issuer):
    cards.setTierPrice(SILVER.tier_id, coin, SILVER.coin_price + 1, {"from": issuer})
    with reverts("MembershipCard_PriceAboveMaximum", SILVER.coin_price + 1, SILVER.coin_price):
        cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice})


@pytest.mark.parametrize("value", [0, PRICE - 1, PRICE + 1])
def test_refuses_any_other_value_than_the_price(cards, alice, value):
    with reverts("MembershipCard_WrongValue", value, PRICE):
        cards.buy(SILVER.tier_id, alice, NATIVE, 10**18, {"from": alice, "value": value})


def test_refuses_native_coin_along_with_tokens(cards, coin, purse, alice):
    with reverts("MembershipCard_WrongValue", 1, 0):
        cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice, "value": 1})


def test_refuses_when_the_tier_is_full(cards, alice, bob):
    buy(cards, GOLD, alice)
    buy(cards, GOLD, bob)
    with reverts("MembershipCard_SoldOut", GOLD.tier_id):
        buy(cards, GOLD, alice)


def test_refuses_nobody(cards, alice):
    with reverts("TransferToZeroAddress"):
        cards.buy(SILVER.tier_id, NOBODY, NATIVE, PRICE, {"from": alice, "value": PRICE})


def test_refuses_contracts_that_take_no_cards(cards, points, alice):
    with reverts("ERC721InvalidReceiver", points):
        cards.buy(SILVER.tier_id, points, NATIVE, PRICE, {"from": alice, "value": PRICE})


def test_refuses_a_buyer_without_enough_tokens(cards, coin, bob):
    coin.approve(cards, 2**256 - 1, {"from": bob})
    with reverts("ERC20InsufficientBalance", bob, 0, SILVER.coin_price):
        cards.buy(SILVER.tier_id, bob, coin, SILVER.coin_price, {"from": bob})


def test_refuses_a_buyer_who_allowed_nothing(cards, points, bob):
    points.mint(bob, 10**24, {"from": bob})
    with reverts("ERC20InsufficientAllowance", cards, 0, SILVER.points_price):
        cards.buy(SILVER.tier_id, bob, points, SILVER.points_price, {"from": bob})


def test_sells_for_native_coin(cards, alice, bob):
    tx = cards.buy(SILVER.tier_id, bob, NATIVE, PRICE, {"from": alice, "value": PRICE})
    end = tx.timestamp + SILVER.period
    assert cards.ownerOf(1) == bob
    assert (cards.balanceOf(bob), cards.balanceOf(alice)) == (1, 0)
    assert cards.cardOf(1) == (SILVER.tier_id, tx.timestamp, end)
    assert cards.tier(SILVER.tier_id)[3] == cards.cardCount() == 1
    assert cards.balance() == PRICE
    assert tx.events["Transfer"] == {"from": NOBODY, "to": bob, "id": 1}
    assert tx.events["SubscriptionUpdate"] == {"tokenId": 1, "expiration": end}
    assert tx.events["CardBought"] == {
        "cardId": 1,
        "buyer": alice,
        "tierId": SILVER.tier_id,
        "currency": NATIVE,
        "price": PRICE,
    }


def test_sells_a_card_that_never_expires(cards, alice):
    card = buy(cards, FOUNDER, alice)
    assert cards.cardOf(card)[2] == NEVER
    assert cards.isActive(card)


def test_numbers_the_cards_of_all_tiers_in_one_row(cards, alice, bob):
    assert [buy(cards, SILVER, alice), buy(cards, GOLD, bob), buy(cards, SILVER, alice)] == [1, 2, 3]
    assert (cards.tier(SILVER.tier_id)[3], cards.tier(GOLD.tier_id)[3]) == (2, 1)


def test_sells_for_points(cards, points, purse, alice):
    supply = points.totalSupply()
    tx = cards.buy(SILVER.tier_id, alice, points, SILVER.points_price, {"from": alice})
    assert cards.ownerOf(1) == alice
    assert supply - points.totalSupply() == SILVER.points_price
    assert points.balanceOf(cards) == 0
    redeemed = tx.events["PointsRedeemed"]
    assert (redeemed["customer"], redeemed["amount"]) == (alice, SILVER.points_price)
    assert int(str(redeemed["ref"]), 16) == 1


def test_sells_for_another_token(cards, coin, purse, alice):
    tx = cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice})
    assert cards.ownerOf(1) == alice
    assert coin.balanceOf(cards) == SILVER.coin_price
    assert (tx.events["CardBought"]["currency"], tx.events["CardBought"]["price"]) == (coin, SILVER.coin_price)


def test_keeps_what_arrives_of_a_token_with_a_fee(cards, coin, purse, alice, issuer):
    coin.setFee(100, {"from": alice})
    cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice})
    arrived = SILVER.coin_price * 99 // 100
    assert coin.balanceOf(cards) == arrived
    coin.setFee(0, {"from": alice})
    with reverts("ERC20InsufficientBalance", cards, arrived, SILVER.coin_price):
        cards.withdraw(coin, issuer, SILVER.coin_price, {"from": issuer})


def test_refuses_a_token_that_answers_false(cards, coin, purse, alice):
    coin.setRefuses(True, {"from": alice})
    with reverts("SafeERC20FailedOperation", coin):
        cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice})


def test_refuses_a_token_that_is_no_contract(cards, stranger, alice, issuer):
    cards.setTierPrice(SILVER.tier_id, stranger, 1, {"from": issuer})
    with reverts("SafeERC20FailedOperation", stranger):
        cards.buy(SILVER.tier_id, alice, stranger, 1, {"from": alice})


def test_has_counted_the_card_when_the_token_calls_back(cards, coin, purse, receiver, alice):
    """The last gold card but one is bought; in the middle of the payment another customer buys the last one."""
    coin.mint(receiver, GOLD.coin_price, {"from": alice})
    receiver.execute(coin, coin.approve.encode_input(cards, 2**256 - 1), {"from": alice})
    second = cards.buy.encode_input(GOLD.tier_id, receiver, coin, GOLD.coin_price)
    coin.setHook(receiver, receiver.execute.encode_input(cards, second), {"from": alice})
    cards.buy(GOLD.tier_id, alice, coin, GOLD.coin_price, {"from": alice})
    assert coin.hookSucceeded()
    assert (cards.ownerOf(1), cards.ownerOf(2)) == (alice, receiver)
    assert cards.tier(GOLD.tier_id)[3] == cards.cardCount() == 2
    assert coin.balanceOf(cards) == 2 * GOLD.coin_price


def test_never_sells_too_many_to_a_token_that_calls_back(cards, coin, purse, receiver, alice, bob):
    buy(cards, GOLD, bob)
    coin.mint(receiver, GOLD.coin_price, {"from": alice})
    receiver.execute(coin, coin.approve.encode_input(cards, 2**256 - 1), {"from": alice})
    second = cards.buy.encode_input(GOLD.tier_id, receiver, coin, GOLD.coin_price)
    coin.setHook(receiver, receiver.execute.encode_input(cards, second), {"from": alice})
    cards.buy(GOLD.tier_id, alice, coin, GOLD.coin_price, {"from": alice})
    assert not coin.hookSucceeded()
    assert cards.tier(GOLD.tier_id)[3] == cards.cardCount() == GOLD.max_supply


def test_never_sells_too_many_to_a_recipient_that_calls_back(cards, receiver, alice, bob):
    buy(cards, GOLD, bob)
    again = cards.buy.encode_input(GOLD.tier_id, receiver, NATIVE, GOLD.native_price)
    receiver.setAct(cards, again, {"from": alice, "value": GOLD.native_price})
    cards.buy(GOLD.tier_id, receiver, NATIVE, GOLD.native_price, {"from": alice, "value": GOLD.native_price})
    assert not receiver.actSucceeded()
    assert cards.balanceOf(receiver) == 1
    assert cards.tier(GOLD.tier_id)[3] == cards.cardCount() == GOLD.max_supply
    assert cards.balance() == 2 * GOLD.native_price


def test_lets_a_recipient_pass_its_card_on_at_once(cards, receiver, alice, bob):
    receiver.setAct(cards, cards.transferFrom.encode_input(receiver, bob, 1), {"from": alice})
    cards.buy(SILVER.tier_id, receiver, NATIVE, PRICE, {"from": alice, "value": PRICE})
    assert receiver.actSucceeded()
    assert cards.ownerOf(1) == bob
    assert (cards.balanceOf(receiver), cards.balanceOf(bob)) == (0, 1)


@pytest.fixture
def signed_purchase(cards, alice, bob):
    """Alice's signed purchase of a silver card for Bob, as arguments of buyBySig."""

    def arguments(currency, max_price):
        act = {"buyer": alice.address, "tier_id": SILVER.tier_id, "recipient": bob.address}
        typed = card_buy(
            domain=domain_of(cards), **act, currency=str(currency), max_price=max_price, nonce=7, deadline=FAR
        )
        return (alice, SILVER.tier_id, bob, currency, max_price, 7, FAR, signed_by(alice, typed))

    return arguments


def test_takes_the_tokens_of_the_signer(cards, coin, purse, signed_purchase, alice, bob, relayer):
    before = coin.balanceOf(alice)
    tx = cards.buyBySig(*signed_purchase(coin, SILVER.coin_price), {"from": relayer})
    assert before - coin.balanceOf(alice) == SILVER.coin_price
    assert cards.ownerOf(1) == bob
    assert tx.events["CardBought"]["buyer"] == alice


def test_redeems_the_points_of_the_signer(cards, points, purse, signed_purchase, alice, relayer):
    before = points.balanceOf(alice)
    cards.buyBySig(*signed_purchase(points, SILVER.points_price), {"from": relayer})
    assert before - points.balanceOf(alice) == SILVER.points_price


def test_pulls_no_native_coin(cards, signed_purchase, relayer):
    with reverts("MembershipCard_WrongValue", 0, PRICE):
        cards.buyBySig(*signed_purchase(NATIVE, PRICE), {"from": relayer})


def test_keeps_to_the_price_that_was_signed(cards, coin, purse, signed_purchase, relayer, issuer):
    arguments = signed_purchase(coin, SILVER.coin_price)
    cards.setTierPrice(SILVER.tier_id, coin, SILVER.coin_price + 1, {"from": issuer})
    with reverts("MembershipCard_PriceAboveMaximum", SILVER.coin_price + 1, SILVER.coin_price):
        cards.buyBySig(*arguments, {"from": relayer})
