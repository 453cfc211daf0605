"""CardMarket.cancelAll, cancelAllBySig, counterOf (what every signature form refuses is in test_signatures.py)

given a seller who never cancelled all
    it has counter 0
given a seller who cancels all
    it raises the counter and says so
    it raises the counter by a number that is not known in advance
    it leaves other sellers' counters alone
    it lets the seller sign anew with the new counter
given a cancellation that the seller signed
    it does the same, whoever sends it
"""

from __future__ import annotations

from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import CARD, LATER, PRICE, as_struct


def test_starts_at_zero(market, alice):
    assert market.counterOf(alice) == 0


def test_raises_the_counter(market, alice):
    receipt = market.cancelAll({"from": alice})
    assert market.counterOf(alice) > 0
    assert dict(receipt.events["AllOrdersCancelled"]) == {"seller": alice, "counter": market.counterOf(alice)}


def test_jumps_to_a_number_nobody_knew(market, alice):
    market.cancelAll({"from": alice})
    first = market.counterOf(alice)
    market.cancelAll({"from": alice})
    second = market.counterOf(alice)
    assert first > 2**64
    assert second - first > 2**64
    assert second - first != first


def test_leaves_other_sellers_alone(market, alice, bob):
    market.cancelAll({"from": alice})
    assert market.counterOf(bob) == 0


def test_lets_the_seller_sign_anew(market, trading, collection, alice, bob):
    market.cancelAll({"from": alice})
    order = trading.order(counter=market.counterOf(alice))
    market.buy(as_struct(order), signed_by(alice, order), bob, {"from": bob, "value": PRICE})
    assert collection.ownerOf(CARD) == bob


def test_does_the_same_by_signature(market, trading, alice, relayer):
    cancellation = trading.cancel_all(alice, nonce=3, deadline=LATER)
    receipt = market.cancelAllBySig(alice, 3, LATER, signed_by(alice, cancellation), {"from": relayer})
    assert dict(receipt.events["AllOrdersCancelled"]) == {"seller": alice, "counter": market.counterOf(alice)}
    assert market.counterOf(alice) > 0
