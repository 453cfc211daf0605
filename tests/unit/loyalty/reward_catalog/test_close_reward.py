"""closeReward

given a caller without the role
    it should refuse
given a reward that does not exist
    it should refuse
given a reward that is over, by its window or because it was closed
    it should refuse: its end must not move
otherwise
    it should end the window now and tell it
    it should leave open orders to be fulfilled, cancelled or refunded
"""

from __future__ import annotations

from dataclasses import replace

from tests.support.reverting import reverts
from tests.support.rewards import MUG, State, add, redeem, state_of


def test_refuses_a_caller_without_the_role(catalog, mug, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        catalog.closeReward(mug, {"from": stranger})


def test_refuses_a_reward_that_does_not_exist(catalog, mug, issuer):
    with reverts("RewardCatalog_UnknownReward", mug + 1):
        catalog.closeReward(mug + 1, {"from": issuer})


def test_refuses_a_reward_whose_window_ended(catalog, issuer, chain):
    until = chain[-1].timestamp + 100
    reward_id = add(catalog, replace(MUG, until=until), sender=issuer)
    chain.sleep(200)

    with reverts("RewardCatalog_RewardOver", reward_id, until):
        catalog.closeReward(reward_id, {"from": issuer})


def test_refuses_a_reward_that_was_closed(catalog, mug, issuer):
    closed_at = catalog.closeReward(mug, {"from": issuer}).timestamp

    with reverts("RewardCatalog_RewardOver", mug, closed_at):
        catalog.closeReward(mug, {"from": issuer})


def test_ends_the_window_now(catalog, mug, issuer):
    closing = catalog.closeReward(mug, {"from": issuer})

    assert catalog.reward(mug) == (MUG.price, MUG.stock, MUG.limit, MUG.from_, closing.timestamp, MUG.tier_id)
    assert dict(closing.events["RewardClosed"]) == {"rewardId": mug}


def test_leaves_open_orders_to_be_settled(catalog, points, mug, issuer, alice, bob):
    hers, his, another = redeem(catalog, mug, alice), redeem(catalog, mug, bob), redeem(catalog, mug, bob)
    catalog.closeReward(mug, {"from": issuer})

    catalog.cancel(hers, {"from": alice})
    catalog.fulfil([his], {"from": issuer})
    catalog.refund(another, {"from": issuer})

    states = [state_of(catalog, order) for order in (hers, his, another)]
    assert states == [State.CANCELLED, State.FULFILLED, State.REFUNDED]
    assert points.totalRefunded() == 2 * MUG.price
