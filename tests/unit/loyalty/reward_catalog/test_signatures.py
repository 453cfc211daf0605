"""The signature forms of RewardCatalog.

given an act of a customer
    when she signs it and somebody relays it
        it should behave as ``tests/behaviours/signatures.py`` says, form by form
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.behaviours.signatures import AcceptsOnlyGoodSignatures, SignedAct
from tests.support.loyalty import POINT
from tests.support.loyalty import REF as ISSUE
from tests.support.rewards import REF, domain_of
from web3crm.chain.typed_data import reward_cancel, reward_redeem


@pytest.fixture(scope="module")
def give_points(catalog, points, issuer, alice):
    """Gives whoever signs points that the catalog may redeem. A wallet allows it through its owner, Alice."""

    def give(customer):
        if customer != alice:
            points.issue(customer, 100 * POINT, ISSUE, {"from": issuer})
            customer.execute(points, points.approve.encode_input(catalog, 2**256 - 1), {"from": alice})

    return give


class TestRedeemBySig(AcceptsOnlyGoodSignatures):
    fields = ("customer", "rewardId", "ref", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, catalog, mug, give_points, relayer):
        def make(signer):
            give_points(signer)
            message = partial(reward_redeem, customer=signer.address, reward_id=mug, ref=REF)

            def send(customer, nonce, deadline, signature):
                return catalog.redeemBySig(customer, mug, REF, nonce, deadline, signature, {"from": relayer})

            return SignedAct(catalog, signer.address, domain_of(catalog), message, send)

        return make


class TestCancelBySig(AcceptsOnlyGoodSignatures):
    fields = ("customer", "orderId", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, catalog, mug, give_points, alice, relayer):
        def make(signer):
            give_points(signer)
            redeeming = catalog.redeem.encode_input(mug, REF)
            if signer == alice:
                alice.transfer(catalog, data=redeeming)
            else:
                signer.execute(catalog, redeeming, {"from": alice})
            order = catalog.orderCount()
            message = partial(reward_cancel, customer=signer.address, order_id=order)

            def send(customer, nonce, deadline, signature):
                return catalog.cancelBySig(customer, order, nonce, deadline, signature, {"from": relayer})

            return SignedAct(catalog, signer.address, domain_of(catalog), message, send)

        return make
