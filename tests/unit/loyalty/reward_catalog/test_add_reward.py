"""addReward, reward, rewardURI

given a caller without the role
    it should refuse
given no price
    it should refuse
given no stock
    it should refuse
given a window that ends at or before its beginning, or now, or before
    it should refuse
given a window of one second
    it should add the reward
given a tier that the cards do not have
    it should refuse
given the cards' last tier
    it should add the reward
given a huge description
    it should add it, and make no redemption dearer
otherwise
    it should number rewards from 1, keep the terms and tell them
given a number that no reward has
    it should refuse to describe it
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.reverting import reverts
from tests.support.rewards import CLUB, MOST, MUG, REF, add

HOUR = 3_600


def test_refuses_a_caller_without_the_role(catalog, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        catalog.addReward(*MUG.arguments(), {"from": stranger})


def test_refuses_no_price(catalog, issuer):
    with reverts("RewardCatalog_ZeroPrice"):
        catalog.addReward(*replace(MUG, price=0).arguments(), {"from": issuer})


def test_refuses_no_stock(catalog, issuer):
    with reverts("RewardCatalog_ZeroStock"):
        catalog.addReward(*replace(MUG, stock=0).arguments(), {"from": issuer})


@pytest.mark.parametrize("length", [0, -1, -HOUR])
def test_refuses_an_empty_window(catalog, issuer, chain, length):
    from_ = chain[-1].timestamp + 2 * HOUR

    with reverts("RewardCatalog_EmptyWindow", from_, from_ + length):
        catalog.addReward(*replace(MUG, from_=from_, until=from_ + length).arguments(), {"from": issuer})


def test_refuses_a_window_that_is_over(catalog, issuer, chain):
    until = chain[-1].timestamp

    with reverts("RewardCatalog_EmptyWindow", 0, until):
        catalog.addReward(*replace(MUG, until=until).arguments(), {"from": issuer})


def test_takes_a_window_of_one_second(catalog, issuer, chain):
    from_ = chain[-1].timestamp + HOUR
    reward_id = add(catalog, replace(MUG, from_=from_, until=from_ + 1), sender=issuer)

    assert catalog.reward(reward_id)[3:5] == (from_, from_ + 1)


def test_refuses_a_tier_that_the_cards_do_not_have(catalog, issuer):
    with reverts("RewardCatalog_UnknownTier", 2):
        catalog.addReward(*replace(CLUB, tier_id=2).arguments(), {"from": issuer})


def test_takes_the_cards_last_tier(catalog, cards, issuer):
    assert cards.tierCount() == CLUB.tier_id
    reward_id = add(catalog, CLUB, sender=issuer)

    assert catalog.reward(reward_id)[5] == CLUB.tier_id


def test_makes_no_redemption_dearer_by_a_huge_description(catalog, issuer, alice, chain):
    terms = replace(MUG, limit=0)
    plain, huge = [add(catalog, replace(terms, uri=uri), sender=issuer) for uri in ("ipfs://mug", "x" * 10_000)]

    def gas_of(reward_id):
        chain.sleep(60)  # two redemptions in one second share a checkpoint of the points' supply
        return catalog.redeem(reward_id, REF, {"from": alice}).gas_used

    gas_of(plain)
    assert catalog.rewardURI(huge) == "x" * 10_000
    assert gas_of(huge) == gas_of(plain)


def test_numbers_rewards_from_1_and_keeps_their_terms(catalog, issuer, chain):
    until = chain[-1].timestamp + HOUR
    largest = replace(MUG, price=2**96 - 1, stock=MOST, limit=MOST, until=2**40 - 1)

    assert [add(catalog, terms, sender=issuer) for terms in (replace(MUG, until=until), largest, CLUB)] == [1, 2, 3]
    assert catalog.rewardCount() == 3
    assert catalog.reward(1) == (MUG.price, MUG.stock, MUG.limit, 0, until, 0)
    assert catalog.reward(2) == (2**96 - 1, MOST, MOST, 0, 2**40 - 1, 0)
    assert (catalog.rewardURI(1), catalog.rewardURI(3)) == (MUG.uri, CLUB.uri)
    assert (catalog.stockAdded(1), catalog.stockAdded(2), catalog.stockAdded(4)) == (MUG.stock, MOST, 0)


def test_tells_the_terms(catalog, issuer):
    events = catalog.addReward(*CLUB.arguments(), {"from": issuer}).events

    assert dict(events["RewardAdded"]) == {
        "rewardId": 1,
        "price": CLUB.price,
        "stock": CLUB.stock,
        "limit": CLUB.limit,
        "from": 0,
        "until": 0,
        "tierId": CLUB.tier_id,
        "uri": CLUB.uri,
    }


@pytest.mark.parametrize("view", ["reward", "rewardURI"])
def test_refuses_to_describe_what_there_is_not(catalog, mug, view):
    with reverts("RewardCatalog_UnknownReward", mug + 1):
        getattr(catalog, view)(mug + 1)
