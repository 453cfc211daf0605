"""restock

given a caller without the role
    it should refuse
given a reward that does not exist
    it should refuse
given a reward that is over
    it should refuse
given nothing to add
    it should refuse
given more than 32 bits hold, counting what open orders may give back
    it should refuse
given as much as 32 bits hold
    it should add it, and a cancellation after that should still find room
otherwise
    it should add to the stock, leave the rest of the reward alone and tell it
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.rewards import MOST, MUG, redeem, stock_of


def test_refuses_a_caller_without_the_role(catalog, mug, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        catalog.restock(mug, 1, {"from": stranger})


def test_refuses_a_reward_that_does_not_exist(catalog, mug, issuer):
    with reverts("RewardCatalog_UnknownReward", mug + 1):
        catalog.restock(mug + 1, 1, {"from": issuer})


def test_refuses_a_reward_that_is_over(catalog, mug, issuer):
    closed_at = catalog.closeReward(mug, {"from": issuer}).timestamp

    with reverts("RewardCatalog_RewardOver", mug, closed_at):
        catalog.restock(mug, 1, {"from": issuer})


def test_refuses_nothing(catalog, mug, issuer):
    with reverts("RewardCatalog_ZeroStock"):
        catalog.restock(mug, 0, {"from": issuer})


@pytest.mark.parametrize("beyond", [1, MUG.stock])
def test_refuses_more_than_can_come_back(catalog, mug, issuer, alice, beyond):
    redeem(catalog, mug, alice)

    with reverts("RewardCatalog_TooMuchStock", mug, MOST + beyond):
        catalog.restock(mug, MOST - MUG.stock + beyond, {"from": issuer})


def test_leaves_room_for_every_cancellation(catalog, mug, issuer, alice):
    order = redeem(catalog, mug, alice)
    catalog.restock(mug, MOST - MUG.stock, {"from": issuer})

    catalog.cancel(order, {"from": alice})

    assert stock_of(catalog, mug) == catalog.stockAdded(mug) == MOST


def test_adds_to_the_stock_and_leaves_the_rest_alone(catalog, mug, issuer, alice):
    redeem(catalog, mug, alice)

    events = catalog.restock(mug, 7, {"from": issuer}).events

    assert catalog.reward(mug) == (MUG.price, MUG.stock - 1 + 7, MUG.limit, MUG.from_, MUG.until, MUG.tier_id)
    assert catalog.stockAdded(mug) == MUG.stock + 7
    assert dict(events["RewardRestocked"]) == {"rewardId": mug, "stock": 7}
