"""PointsExchange.swapBySig

given a customer with points, who approved the exchange
├── when she signs a swap and somebody relays it
│   ├── it should behave as ``tests/behaviours/signatures.py`` says
│   ├── it should take her points, and pay the recipient she named
│   └── it should return what was paid
├── when the swap itself is refused
│   └── it should revert as `swap` does, and leave the nonce
├── when the rate moved while the relayer waited
│   └── it should revert if the result is less than the least she wants
└── when a relayer sends it to himself
    └── it should revert
"""

from __future__ import annotations

from functools import partial

import pytest
from brownie import chain

from tests.behaviours.signatures import AcceptsOnlyGoodSignatures, SignedAct
from tests.support.exchange import ONE, domain_of
from tests.support.loyalty import FAR, POINT, ZERO_ADDRESS
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import exchange_swap

AMOUNT, LEAST, NONCE = 10 * POINT, 20 * POINT, 7


class TestSwapBySig(AcceptsOnlyGoodSignatures):
    fields = ("customer", "pairId", "pointsIn", "amountIn", "minOut", "recipient", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, exchange, pair_id, coffee, alice, bob, treasurer, relayer):
        def make(signer):
            allow = coffee.points.approve.encode_input(exchange, AMOUNT)
            if signer != alice:  # her wallet
                coffee.points.transfer(signer, AMOUNT, {"from": treasurer})
                signer.execute(coffee.points, allow, {"from": alice})
            message = partial(
                exchange_swap,
                customer=signer.address,
                pair_id=pair_id,
                points_in=coffee.points.address,
                amount_in=AMOUNT,
                min_out=LEAST,
                recipient=bob.address,
            )

            def send(customer, nonce, deadline, signature):
                arguments = (customer, pair_id, coffee.points, AMOUNT, LEAST, bob, nonce, deadline, signature)
                return exchange.swapBySig(*arguments, {"from": relayer})

            return SignedAct(exchange, signer.address, domain_of(exchange, chain.id), message, send)

        return make


@pytest.fixture
def relay(exchange, pair_id, domain, coffee, alice, bob, relayer):
    """Signs alice's swap for bob and relays it, to ``sent_to`` if that is not whom she named."""

    def act(*, amount_in=AMOUNT, recipient=bob, sent_to=None):
        message = exchange_swap(
            domain=domain,
            customer=alice.address,
            pair_id=pair_id,
            points_in=coffee.points.address,
            amount_in=amount_in,
            min_out=LEAST,
            recipient=str(recipient),
            nonce=NONCE,
            deadline=FAR,
        )
        arguments = (alice, pair_id, coffee.points, amount_in, LEAST, sent_to or recipient, NONCE, FAR)
        return exchange.swapBySig(*arguments, signed_by(alice, message), {"from": relayer})

    return act


def test_swaps_her_points_for_whom_she_named(relay, coffee, books, alice, bob, relayer):
    receipt = relay()

    assert receipt.return_value == LEAST
    assert coffee.points.balanceOf(alice) == 990 * POINT
    assert books.points.balanceOf(bob) == LEAST
    assert receipt.events["PointsSwapped"]["customer"] == alice


def test_leaves_the_nonce_if_the_swap_is_refused(relay, exchange, pair_id, coffee, alice):
    coffee.do(exchange, "setOpen", pair_id, False)

    with reverts("PointsExchange_Closed", pair_id):
        relay()
    assert not exchange.isNonceUsed(alice, NONCE)


def test_reverts_if_the_rate_moved_against_her(relay, exchange, pair_id, books):
    books.do(exchange, "setRate", pair_id, ONE)

    with reverts("PointsExchange_BelowMinimum", AMOUNT, LEAST):
        relay()


@pytest.mark.parametrize("recipient", [ZERO_ADDRESS, "exchange"])
def test_reverts_for_a_recipient_that_cannot_be(request, relay, exchange, recipient):
    refused = {"exchange": exchange.address}.get(recipient, recipient)

    with reverts("PointsExchange_InvalidRecipient", refused):
        relay(recipient=refused)


def test_reverts_if_the_relayer_sends_it_to_himself(relay, alice, relayer):
    with reverts("Signed_InvalidSignature", alice):
        relay(sent_to=relayer)


def test_reverts_beyond_what_she_holds(relay, alice):
    with reverts("PointsExchange_CapExceeded", 2_002 * POINT, 1_000 * POINT):
        relay(amount_in=1_001 * POINT)
