"""redeemBySig (what every signature form refuses is in test_signatures.py)

given a redemption that the customer signed
    it should be her order, her points and her place, whoever relays it
given a redemption that somebody holds back
    when the reward was closed, she is at the limit, took the allowance back or used the nonce for another act
        it should be worthless
"""

from __future__ import annotations

import pytest
from brownie import chain

from tests.support.loyalty import FAR, POINT
from tests.support.reverting import reverts
from tests.support.rewards import MUG, REF, State, domain_of, redeem
from tests.support.signing import signed_by
from web3crm.chain.typed_data import reward_cancel, reward_redeem

NONCE = 300


@pytest.fixture
def redemption(catalog, mug, alice, relayer):
    """Sends alice's signed redemption of a mug."""
    message = reward_redeem(
        domain=domain_of(catalog), customer=alice.address, reward_id=mug, ref=REF, nonce=NONCE, deadline=FAR
    )
    signature = signed_by(alice, message)
    return lambda: catalog.redeemBySig(alice, mug, REF, NONCE, FAR, signature, {"from": relayer})


def test_redeems_the_signer_s_points_for_her(catalog, points, mug, redemption, alice, relayer):
    redemption()

    assert catalog.order(1) == (alice, mug, State.OPEN, chain[-1].timestamp, MUG.price)
    assert points.balanceOf(alice) == 90 * POINT
    assert (catalog.redeemedBy(mug, alice), catalog.redeemedBy(mug, relayer)) == (1, 0)


def test_redeems_nothing_once_the_reward_was_closed(catalog, points, mug, redemption, issuer, alice):
    closed_at = catalog.closeReward(mug, {"from": issuer}).timestamp

    with reverts("RewardCatalog_RewardOver", mug, closed_at):
        redemption()
    assert points.balanceOf(alice) == 100 * POINT


def test_redeems_nothing_once_the_allowance_was_taken_back(catalog, points, redemption, alice):
    points.approve(catalog, 0, {"from": alice})

    with reverts("ERC20InsufficientAllowance", catalog, 0, MUG.price):
        redemption()


def test_redeems_nothing_once_the_nonce_is_used_for_another_act(catalog, mug, redemption, alice):
    order = redeem(catalog, mug, alice)
    message = reward_cancel(
        domain=domain_of(catalog), customer=alice.address, order_id=order, nonce=NONCE, deadline=FAR
    )
    catalog.cancelBySig(alice, order, NONCE, FAR, signed_by(alice, message), {"from": alice})

    with reverts("Signed_NonceUsed", alice, NONCE):
        redemption()


def test_redeems_nothing_past_the_limit(catalog, mug, redemption, alice):
    redeem(catalog, mug, alice)
    redeem(catalog, mug, alice)

    with reverts("RewardCatalog_LimitReached", mug, alice, MUG.limit):
        redemption()
