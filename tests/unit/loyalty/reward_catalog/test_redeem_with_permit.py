"""redeemWithPermit

given a permit for the price and no allowance before
    it should redeem
given a permit that somebody sent before her
    it should redeem all the same
given a permit that is wrong or too late, and an allowance
    it should redeem
given a permit that is wrong, too late, another's or too small, and no allowance
    it should refuse for want of the allowance
given a reward that is over
    it should refuse, and the permit stays unused
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import FAR, domain_of
from tests.support.reverting import reverts
from tests.support.rewards import MUG, REF, State, state_of
from tests.support.signing import signed_by
from web3crm.chain.typed_data import points_permit


@pytest.fixture
def permit(catalog, points, chain, alice):
    """Builds the last arguments of the call: alice's permit for the mug's price, or what differs from that."""

    def build(*, signer=alice, value=MUG.price, deadline=FAR):
        message = points_permit(
            domain=domain_of(points, chain.id),
            owner=alice.address,
            spender=catalog.address,
            value=value,
            nonce=0,
            deadline=deadline,
        )
        signature = signed_by(signer, message)
        return value, deadline, signature[64], signature[:32], signature[32:64]

    return build


@pytest.fixture
def no_allowance(catalog, points, alice):
    points.approve(catalog, 0, {"from": alice})


def test_redeems_with_the_permit(catalog, points, mug, permit, no_allowance, alice):
    catalog.redeemWithPermit(mug, REF, *permit(), {"from": alice})

    assert catalog.order(1)[:3] == (alice, mug, State.OPEN)
    assert (points.nonces(alice), points.allowance(alice, catalog)) == (1, 0)


def test_redeems_when_somebody_sent_the_permit_before(catalog, points, mug, permit, no_allowance, alice, stranger):
    points.permit(alice, catalog, *permit(), {"from": stranger})

    catalog.redeemWithPermit(mug, REF, *permit(), {"from": alice})

    assert state_of(catalog, 1) == State.OPEN


@pytest.mark.parametrize("changes", [{"deadline": 1}, {"value": 0, "deadline": 1}], ids=["too late", "nothing"])
def test_redeems_with_the_allowance_there_is(catalog, points, mug, permit, alice, changes):
    catalog.redeemWithPermit(mug, REF, *permit(**changes), {"from": alice})

    assert state_of(catalog, 1) == State.OPEN
    assert points.nonces(alice) == 0


def test_refuses_a_permit_that_is_too_late(catalog, mug, permit, no_allowance, alice):
    with reverts("ERC20InsufficientAllowance", catalog, 0, MUG.price):
        catalog.redeemWithPermit(mug, REF, *permit(deadline=1), {"from": alice})


def test_refuses_a_permit_that_someone_else_signed(catalog, mug, permit, no_allowance, alice, bob):
    with reverts("ERC20InsufficientAllowance", catalog, 0, MUG.price):
        catalog.redeemWithPermit(mug, REF, *permit(signer=bob), {"from": alice})


def test_refuses_a_permit_that_is_too_small(catalog, mug, permit, no_allowance, alice):
    with reverts("ERC20InsufficientAllowance", catalog, MUG.price - 1, MUG.price):
        catalog.redeemWithPermit(mug, REF, *permit(value=MUG.price - 1), {"from": alice})


def test_refuses_to_spend_another_customer_s_permit(catalog, points, mug, permit, no_allowance, carol):
    with reverts("ERC20InsufficientAllowance", catalog, 0, MUG.price):
        catalog.redeemWithPermit(mug, REF, *permit(), {"from": carol})


def test_leaves_the_permit_unused_when_the_reward_is_over(catalog, points, mug, permit, no_allowance, alice, issuer):
    closed_at = catalog.closeReward(mug, {"from": issuer}).timestamp

    with reverts("RewardCatalog_RewardOver", mug, closed_at):
        catalog.redeemWithPermit(mug, REF, *permit(), {"from": alice})
    assert (points.nonces(alice), points.allowance(alice, catalog)) == (0, 0)
