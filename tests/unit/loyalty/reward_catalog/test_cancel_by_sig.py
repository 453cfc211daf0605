"""cancelBySig (what every signature form refuses is in test_signatures.py)

given a cancellation that the customer signed
    it should give her the points back, whoever relays it
    when the order is not hers, or was fulfilled
        it should refuse, and the nonce stays unused
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import FAR, POINT
from tests.support.reverting import reverts
from tests.support.rewards import State, domain_of, redeem, state_of
from tests.support.signing import signed_by
from web3crm.chain.typed_data import reward_cancel

NONCE = 300


@pytest.fixture
def cancellation(catalog, relayer):
    """Sends a customer's signed cancellation of an order."""

    def send(customer, order_id):
        message = reward_cancel(
            domain=domain_of(catalog), customer=customer.address, order_id=order_id, nonce=NONCE, deadline=FAR
        )
        signature = signed_by(customer, message)
        return catalog.cancelBySig(customer, order_id, NONCE, FAR, signature, {"from": relayer})

    return send


def test_cancels_the_signer_s_order(catalog, points, mug, cancellation, alice):
    order = redeem(catalog, mug, alice)

    cancellation(alice, order)

    assert state_of(catalog, order) == State.CANCELLED
    assert points.balanceOf(alice) == 100 * POINT


def test_refuses_to_cancel_another_customer_s_order(catalog, mug, cancellation, alice, bob):
    order = redeem(catalog, mug, alice)

    with reverts("RewardCatalog_NotCustomer", order, bob):
        cancellation(bob, order)
    assert not catalog.isNonceUsed(bob, NONCE)


def test_refuses_to_cancel_what_was_fulfilled(catalog, mug, cancellation, issuer, alice):
    order = redeem(catalog, mug, alice)
    catalog.fulfil([order], {"from": issuer})

    with reverts("RewardCatalog_NotOpen", order, State.FULFILLED):
        cancellation(alice, order)
    assert not catalog.isNonceUsed(alice, NONCE)
