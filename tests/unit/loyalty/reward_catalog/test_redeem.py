"""redeem

given a reward that does not exist
    it should refuse
given the last second before its window
    it should refuse
given the first second of its window
    it should redeem
given the last second of its window
    it should redeem
given the first second after it
    it should refuse
given a reward that was closed, also in the same second or before its window
    it should refuse
given no stock left
    it should refuse, and redeem again after a restock
given a customer at the limit
    it should refuse her and serve others
    it should not let her past the limit by fulfilled and refunded orders
    it should let her redeem again after she cancelled, as often as she does
given a reward without a limit
    it should redeem as often as there is stock, and count nobody
given no allowance, or not enough points
    it should refuse
otherwise
    it should burn the price and open an order
    it should take a piece from the stock and count the order
    it should tell the order, also in the points
    it should number the orders from 1 and say when each was opened
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.clock import mine_at
from tests.support.loyalty import POINT
from tests.support.reverting import reverts
from tests.support.rewards import MUG, REF, State, add, redeem, state_of, stock_of

HOUR = 3_600


@pytest.fixture
def opening(catalog, mug, issuer, chain):
    """A reward whose window begins in an hour and lasts an hour; returns its number and the window."""
    from_ = chain[-1].timestamp + HOUR
    return add(catalog, replace(MUG, from_=from_, until=from_ + HOUR), sender=issuer), from_, from_ + HOUR


def view_redeem_at(catalog, reward_id, customer, timestamp):
    """What a redemption in exactly this second would return, or its refusal."""
    return catalog.redeem.call(reward_id, REF, {"from": customer}, block_identifier=mine_at(timestamp))


def test_refuses_a_reward_that_does_not_exist(catalog, mug, alice):
    with reverts("RewardCatalog_UnknownReward", mug + 1):
        catalog.redeem(mug + 1, REF, {"from": alice})


def test_refuses_reward_zero(catalog, mug, alice):
    with reverts("RewardCatalog_UnknownReward", 0):
        catalog.redeem(0, REF, {"from": alice})


def test_refuses_the_last_second_before_the_window(catalog, opening, alice):
    reward_id, from_, _ = opening

    with reverts("RewardCatalog_NotOpenYet", reward_id, from_):
        view_redeem_at(catalog, reward_id, alice, from_ - 1)


def test_redeems_in_the_first_second_of_the_window(catalog, opening, alice):
    reward_id, from_, _ = opening

    assert view_redeem_at(catalog, reward_id, alice, from_) == 1


def test_redeems_in_the_last_second_of_the_window(catalog, opening, alice):
    reward_id, _, until = opening

    assert view_redeem_at(catalog, reward_id, alice, until - 1) == 1


def test_refuses_the_first_second_after_the_window(catalog, opening, alice):
    reward_id, _, until = opening

    with reverts("RewardCatalog_RewardOver", reward_id, until):
        view_redeem_at(catalog, reward_id, alice, until)


def test_refuses_a_closed_reward_in_the_same_second(catalog, mug, issuer, alice):
    closing = catalog.closeReward(mug, {"from": issuer})

    with reverts("RewardCatalog_RewardOver", mug, closing.timestamp):
        catalog.redeem.call(mug, REF, {"from": alice}, block_identifier=closing.block_number)


def test_refuses_a_reward_that_was_closed_before_its_window(catalog, opening, issuer, alice):
    reward_id, from_, _ = opening
    closing = catalog.closeReward(reward_id, {"from": issuer})

    with reverts("RewardCatalog_RewardOver", reward_id, closing.timestamp):
        view_redeem_at(catalog, reward_id, alice, from_)


def test_refuses_without_stock_until_there_is_more(catalog, mug, issuer, alice, bob):
    last = add(catalog, replace(MUG, stock=1), sender=issuer)
    redeem(catalog, last, alice)

    with reverts("RewardCatalog_OutOfStock", last):
        catalog.redeem(last, REF, {"from": bob})
    catalog.restock(last, 1, {"from": issuer})
    assert state_of(catalog, redeem(catalog, last, bob)) == State.OPEN
    assert stock_of(catalog, last) == 0


def test_refuses_a_customer_at_the_limit_and_serves_others(catalog, mug, alice, bob):
    redeem(catalog, mug, alice)
    redeem(catalog, mug, alice)

    with reverts("RewardCatalog_LimitReached", mug, alice, MUG.limit):
        catalog.redeem(mug, REF, {"from": alice})
    assert state_of(catalog, redeem(catalog, mug, bob)) == State.OPEN
    assert (catalog.redeemedBy(mug, alice), catalog.redeemedBy(mug, bob)) == (2, 1)


def test_counts_an_order_that_was_fulfilled_and_refunded(catalog, mug, issuer, alice):
    orders = [redeem(catalog, mug, alice), redeem(catalog, mug, alice)]
    catalog.fulfil(orders, {"from": issuer})
    catalog.refund(orders[0], {"from": issuer})

    with reverts("RewardCatalog_LimitReached", mug, alice, MUG.limit):
        catalog.redeem(mug, REF, {"from": alice})


@pytest.mark.parametrize("cycles", [1, 3])
def test_lets_her_redeem_again_after_she_cancelled(catalog, mug, alice, cycles):
    redeem(catalog, mug, alice)
    [catalog.cancel(redeem(catalog, mug, alice), {"from": alice}) for _ in range(cycles)]
    redeem(catalog, mug, alice)

    with reverts("RewardCatalog_LimitReached", mug, alice, MUG.limit):
        catalog.redeem(mug, REF, {"from": alice})


def test_redeems_without_a_limit_as_often_as_there_is_stock(catalog, mug, issuer, alice):
    free = add(catalog, replace(MUG, limit=0), sender=issuer)
    [redeem(catalog, free, alice) for _ in range(MUG.stock)]

    assert catalog.redeemedBy(free, alice) == 0
    with reverts("RewardCatalog_OutOfStock", free):
        catalog.redeem(free, REF, {"from": alice})


def test_refuses_without_allowance(catalog, points, mug, alice):
    points.approve(catalog, MUG.price - 1, {"from": alice})

    with reverts("ERC20InsufficientAllowance", catalog, MUG.price - 1, MUG.price):
        catalog.redeem(mug, REF, {"from": alice})


def test_refuses_without_the_points(catalog, points, mug, alice, carol):
    points.transfer(carol, 91 * POINT, {"from": alice})

    with reverts("ERC20InsufficientBalance", alice, 9 * POINT, MUG.price):
        catalog.redeem(mug, REF, {"from": alice})


def test_burns_the_price_and_opens_an_order(catalog, points, mug, alice):
    tx = catalog.redeem(mug, REF, {"from": alice})

    assert points.balanceOf(alice) == 90 * POINT
    assert (points.totalSupply(), points.totalRedeemed()) == (140 * POINT, 10 * POINT)
    assert points.balanceOf(catalog) == 0
    assert catalog.order(1) == (alice, mug, State.OPEN, tx.timestamp, MUG.price)


def test_takes_a_piece_from_the_stock_and_counts_the_order(catalog, mug, alice):
    redeem(catalog, mug, alice)

    assert stock_of(catalog, mug) == MUG.stock - 1
    assert catalog.redeemedBy(mug, alice) == 1
    assert catalog.stockAdded(mug) == MUG.stock


def test_leaves_the_rest_of_the_reward_as_it_was(catalog, mug, alice):
    redeem(catalog, mug, alice)

    assert catalog.reward(mug) == (MUG.price, MUG.stock - 1, MUG.limit, MUG.from_, MUG.until, MUG.tier_id)


def test_tells_the_order_also_in_the_points(catalog, mug, alice):
    events = catalog.redeem(mug, REF, {"from": alice}).events

    assert dict(events["RewardRedeemed"]) == {
        "orderId": 1,
        "customer": alice,
        "rewardId": mug,
        "paid": MUG.price,
        "ref": "0x" + REF.hex(),
    }
    assert dict(events["PointsRedeemed"]) == {
        "customer": alice,
        "redeemer": catalog,
        "ref": "0x" + (1).to_bytes(32, "big").hex(),
        "amount": MUG.price,
    }
    assert "OrderFulfilled" not in events


def test_numbers_the_orders_from_1(catalog, mug, alice, bob):
    assert [redeem(catalog, mug, alice), redeem(catalog, mug, bob)] == [1, 2]
    assert catalog.orderCount() == 2
    assert (catalog.order(1)[0], catalog.order(2)[0]) == (alice, bob)


def test_knows_no_order_that_was_not_opened(catalog, mug, alice):
    redeem(catalog, mug, alice)

    nobody = "0x" + "00" * 20
    assert catalog.order(0) == catalog.order(2) == (nobody, 0, State.NONE, 0, 0)
