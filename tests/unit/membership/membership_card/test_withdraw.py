"""MembershipCard.withdraw

given somebody without the role
    it should refuse
given the brand's treasurer
    when the money would go to nobody
        it should refuse
    when the till holds less, in native coin or in a token
        it should refuse
    when the token answers false
        it should refuse
    when the receiver is a contract that refuses native coin
        it should refuse, and the till keeps it
    when the till holds enough
        it should pay out native coin: first sales and royalties alike
        it should pay out tokens, points that came as royalties among them
"""

from __future__ import annotations

from tests.support.cards import NATIVE, NOBODY, SILVER, buy
from tests.support.reverting import reverts


def test_refuses_strangers(cards, alice, stranger):
    buy(cards, SILVER, alice)
    with reverts("AccessManagedUnauthorized", stranger):
        cards.withdraw(NATIVE, stranger, 1, {"from": stranger})


def test_refuses_to_pay_nobody(cards, alice, issuer):
    buy(cards, SILVER, alice)
    with reverts("MembershipCard_NoRecipient"):
        cards.withdraw(NATIVE, NOBODY, 1, {"from": issuer})


def test_refuses_more_native_coin_than_there_is(cards, alice, issuer):
    buy(cards, SILVER, alice)
    with reverts("InsufficientBalance", SILVER.native_price, SILVER.native_price + 1):
        cards.withdraw(NATIVE, issuer, SILVER.native_price + 1, {"from": issuer})


def test_refuses_more_tokens_than_there_are(cards, coin, issuer):
    with reverts("ERC20InsufficientBalance", cards, 0, 1):
        cards.withdraw(coin, issuer, 1, {"from": issuer})


def test_refuses_a_token_that_answers_false(cards, coin, purse, alice, issuer):
    cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice})
    coin.setRefuses(True, {"from": alice})
    with reverts("SafeERC20FailedOperation", coin):
        cards.withdraw(coin, issuer, 1, {"from": issuer})


def test_refuses_when_the_receiver_refuses(cards, points, alice, issuer):
    buy(cards, SILVER, alice)
    with reverts("FailedCall"):
        cards.withdraw(NATIVE, points, 1, {"from": issuer})
    assert cards.balance() == SILVER.native_price


def test_pays_out_sales_and_royalties(cards, alice, bob, guardian, issuer):
    buy(cards, SILVER, alice)
    bob.transfer(cards, 5)
    before = guardian.balance()
    tx = cards.withdraw(NATIVE, guardian, SILVER.native_price + 4, {"from": issuer})
    assert guardian.balance() - before == SILVER.native_price + 4
    assert cards.balance() == 1
    assert tx.events["ProceedsWithdrawn"] == {
        "currency": NATIVE,
        "to": guardian,
        "amount": SILVER.native_price + 4,
    }


def test_pays_out_tokens(cards, coin, purse, alice, guardian, issuer):
    cards.buy(SILVER.tier_id, alice, coin, SILVER.coin_price, {"from": alice})
    tx = cards.withdraw(coin, guardian, SILVER.coin_price, {"from": issuer})
    assert coin.balanceOf(guardian) == SILVER.coin_price
    assert coin.balanceOf(cards) == 0
    assert tx.events["ProceedsWithdrawn"] == {"currency": coin, "to": guardian, "amount": SILVER.coin_price}


def test_pays_out_points_that_came_as_royalties(cards, points, purse, alice, guardian, issuer):
    points.transfer(cards, 50, {"from": alice})
    cards.withdraw(points, guardian, 50, {"from": issuer})
    assert points.balanceOf(guardian) == 50
