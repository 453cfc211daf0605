"""CardMarket.cancel, cancelBySig (what every signature form refuses is in test_signatures.py)

given nonces of orders that are open
    it uses them up and says so for each
    it leaves the seller's other nonces, also those in the same word, and other sellers' alone
given a nonce that is used already
    it passes it over, without an event, and still cancels the others
given the same nonce twice
    it says so once
given no nonces
    it does nothing
given a cancellation that the seller signed
    it does the same, whoever sends it
    it uses up the cancellation's own nonce
when other nonces are sent than were signed
    it reverts
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import LATER, PRICE, as_struct


def test_uses_the_nonces_up(market, alice):
    receipt = market.cancel([0, 255, 256, 2**256 - 1], {"from": alice})
    assert [market.isNonceUsed(alice, nonce) for nonce in (0, 255, 256, 2**256 - 1)] == [True] * 4
    assert [dict(event) for event in receipt.events["OrderCancelled"]] == [
        {"seller": alice, "nonce": nonce} for nonce in (0, 255, 256, 2**256 - 1)
    ]


def test_leaves_other_nonces_alone(market, alice, bob):
    market.cancel([5], {"from": alice})
    assert [market.isNonceUsed(alice, nonce) for nonce in (4, 6, 5 + 256)] == [False] * 3
    assert not market.isNonceUsed(bob, 5)


def test_passes_over_an_order_that_was_filled_first(market, order, signature, alice, bob):
    market.buy(as_struct(order), signature, bob, {"from": bob, "value": PRICE})
    receipt = market.cancel([0, 1], {"from": alice})
    assert [event["nonce"] for event in receipt.events["OrderCancelled"]] == [1]
    assert market.isNonceUsed(alice, 1)


def test_says_once_what_is_named_twice(market, alice):
    receipt = market.cancel([3, 3], {"from": alice})
    assert [event["nonce"] for event in receipt.events["OrderCancelled"]] == [3]


def test_does_nothing_without_nonces(market, alice):
    receipt = market.cancel([], {"from": alice})
    assert "OrderCancelled" not in receipt.events


def test_does_the_same_by_signature(market, trading, alice, relayer):
    cancellation = trading.cancel(alice, [1, 2], nonce=9, deadline=LATER)
    receipt = market.cancelBySig(alice, [1, 2], 9, LATER, signed_by(alice, cancellation), {"from": relayer})
    assert [dict(event) for event in receipt.events["OrderCancelled"]] == [
        {"seller": alice, "nonce": 1},
        {"seller": alice, "nonce": 2},
    ]
    assert [market.isNonceUsed(alice, nonce) for nonce in (1, 2, 9)] == [True] * 3


@pytest.mark.parametrize("sent", [[], [1], [2, 1], [1, 2, 3]])
def test_reverts_when_other_nonces_are_sent_than_signed(market, trading, alice, relayer, sent):
    cancellation = trading.cancel(alice, [1, 2], nonce=9, deadline=LATER)
    with reverts("Signed_InvalidSignature", alice):
        market.cancelBySig(alice, sent, 9, LATER, signed_by(alice, cancellation), {"from": relayer})
