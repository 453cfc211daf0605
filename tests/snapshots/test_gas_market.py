"""What a resale costs: through the market, by a signed order, with a royalty of 5 %."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import DEADLINE, NATIVE, REF, SILVER, SILVER_COINS, SILVER_PRICE
from tests.support.signing import signed_by
from web3crm.chain.typed_data import market_cancel, market_order

PRICE = 10**17
PERKS_LEFT = bytes(29) + b"\xc8\xc8\xc7"


@pytest.fixture(scope="module")
def cards(cards, market, alice):
    """Alice has three cards, numbers 3 to 5, which the market may move."""
    for _ in range(3):
        cards.buy(SILVER, alice, NATIVE, SILVER_PRICE, {"from": alice, "value": SILVER_PRICE})
    cards.setApprovalForAll(market, True, {"from": alice})
    return cards


@pytest.fixture
def purses(coin, market, cards, alice, bob, carol):
    """Bob and Carol pay in the ERC-20; Alice and the till have some already."""
    for holder in (alice, bob, carol):
        coin.mint(holder, 10 * PRICE, {"from": holder})
        coin.approve(market, 2**256 - 1, {"from": holder})
    coin.transfer(cards, 1, {"from": bob})


@pytest.fixture
def order(cards, market, domain, alice):
    """An order of Alice's: the card's number, and what else differs from the usual."""

    def build(card_id, **changes):
        usual = {
            "seller": alice.address,
            "collection": cards.address,
            "card_id": card_id,
            "currency": NATIVE,
            "price": PRICE,
            "buyer": NATIVE,
            "tier_id": 0,
            "min_expires_at": 0,
            "perk_desk": NATIVE,
            "perks_left": bytes(32),
            "expires_at": DEADLINE,
            "counter": 0,
            "nonce": 1,
        }
        return market_order(domain=domain(market, "CardMarket"), **(usual | changes))

    return build


@pytest.fixture
def used_word(market, alice):
    """Alice has used another nonce of the word."""
    market.cancel([0], {"from": alice})


def buy(market, order, seller, buyer, value=0):
    terms = tuple(order.message.values())
    return market.buy(terms, signed_by(seller, order), buyer, {"from": buyer, "value": value})


def test_native_fresh(market, order, alice, bob, gas):
    tx = buy(market, order(4), alice, bob, value=PRICE)
    gas("market: resale in native coin, new holder, first nonce of a word", tx)


def test_native_new_holder(market, order, used_word, alice, bob, gas):
    gas("market: resale in native coin, new holder", buy(market, order(4), alice, bob, value=PRICE))


def test_native_holder(market, order, used_word, alice, carol, gas):
    tx = buy(market, order(4), alice, carol, value=PRICE)
    gas("market: resale in native coin, holder of others", tx)


def test_native_pinned(market, order, used_word, alice, carol, gas):
    tx = buy(market, order(4, tier_id=SILVER, min_expires_at=1), alice, carol, value=PRICE)
    gas("market: resale in native coin, holder of others, tier and expiry pinned", tx)


def test_native_perks_pinned(market, order, desk, used_word, alice, carol, gas):
    """As `membership sell` pins them: three perks, one of them used before."""
    desk.redeemPerk(4, 0, REF, {"from": alice})
    pins = {"tier_id": SILVER, "min_expires_at": 1, "perk_desk": desk.address, "perks_left": PERKS_LEFT}
    tx = buy(market, order(4, **pins), alice, carol, value=PRICE)
    gas("market: resale in native coin, holder of others, tier, expiry and three perks pinned", tx)


def test_erc20_new_holder(market, order, coin, purses, used_word, alice, bob, gas):
    gas(
        "market: resale in an ERC-20, new holder",
        buy(market, order(4, currency=coin.address, price=SILVER_COINS), alice, bob),
    )


def test_erc20_holder(market, order, coin, purses, used_word, alice, carol, gas):
    tx = buy(market, order(4, currency=coin.address, price=SILVER_COINS), alice, carol)
    gas("market: resale in an ERC-20, holder of others", tx)


def test_cancel(market, used_word, alice, gas):
    gas("market: cancel an order", market.cancel([1], {"from": alice}))


def test_cancel_all(market, alice, gas):
    market.cancelAll({"from": alice})
    gas("market: cancel all orders, again", market.cancelAll({"from": alice}))


def test_cancel_signed(market, used_word, domain, alice, relayer, gas):
    message = market_cancel(
        domain=domain(market, "CardMarket"), seller=alice.address, nonces=[1], nonce=2, deadline=DEADLINE
    )
    tx = market.cancelBySig(alice, [1], 2, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("market: cancel an order by signature", tx)
