"""PointsExchange.announceWithdrawal, withdraw, withdrawalOf, withdrawable

given a pair with reserves
├── when a brand announces a withdrawal
│   ├── it should remember it and emit WithdrawalAnnounced
│   ├── it should leave the reserve swappable
│   └── it should revert for anybody else, foreign points, no amount, one beyond 128 bits, and a recipient that is zero or the exchange
├── when it announces another
│   └── it should replace the first and wait for its own time
├── when it withdraws before or after its time, or a second time, or without having announced it
│   └── it should revert
├── when it withdraws in its time
│   ├── it should get its own points, up to what the partner does not own
│   ├── it should get the partner's points that it is owed, and no more
│   ├── it should get what is left if swaps took some
│   ├── it should emit PointsWithdrawn
│   └── it should do so while the pair is closed
├── when nothing is its own by then
│   └── it should revert
├── when the notice was changed since
│   └── it should keep the time that was announced
├── when the partner announced the same points
│   └── it should not be touched
└── when it asks what is withdrawable
    └── both brands' parts should add up to the reserve; for anybody else it should revert
"""

from __future__ import annotations

import pytest

from tests.support.clock import mine_at
from tests.support.exchange import DAY, HOUR, RESERVE, agree
from tests.support.loyalty import POINT, ZERO_ADDRESS
from tests.support.reverting import reverts

NOTICE = 2 * DAY
NONE = (ZERO_ADDRESS, 0, 0, 0)


@pytest.fixture
def announce(exchange, pair_id, bob):
    """Announces a withdrawal to bob; returns when it is ready."""

    def act(brand, points, amount, to=bob):
        return brand.do(exchange, "announceWithdrawal", pair_id, points, amount, to).timestamp + NOTICE

    return act


@pytest.fixture
def withdraw(exchange, pair_id):
    return lambda brand, points: brand.do(exchange, "withdraw", pair_id, points)


def test_remembers_what_was_announced(exchange, pair_id, announce, coffee, bob):
    ready = announce(coffee, coffee.points, 10)

    assert exchange.withdrawalOf(pair_id, coffee.address, coffee.points) == (bob, ready, ready + NOTICE, 10)


def test_emits_withdrawal_announced(exchange, pair_id, coffee, bob):
    receipt = coffee.do(exchange, "announceWithdrawal", pair_id, coffee.points, 10, bob)

    assert dict(receipt.events["WithdrawalAnnounced"]) == {
        "pairId": "0x" + pair_id.hex(),
        "brand": coffee.address,
        "points": coffee.points,
        "amount": 10,
        "to": bob,
        "readyAt": receipt.timestamp + NOTICE,
        "expiresAt": receipt.timestamp + 2 * NOTICE,
    }


def test_leaves_the_reserve_to_customers(announce, swap, coffee, books, state):
    announce(books, books.points, RESERVE)
    swap(coffee.points, 10)

    assert state() == (RESERVE + 10, RESERVE - 20, 10, 0)


def test_announcing_reverts_for_anybody_else(exchange, pair_id, coffee):
    with reverts("PointsExchange_NotABrand", coffee.admin):
        exchange.announceWithdrawal(pair_id, coffee.points, 1, coffee.admin, {"from": coffee.admin})


def test_announcing_reverts_on_points_of_no_side(announce, pair_id, coffee, crook):
    with reverts("PointsExchange_NotInPair", pair_id, crook.points):
        announce(coffee, crook.points, 1)


def test_announcing_reverts_on_no_amount(announce, coffee):
    with reverts("PointsExchange_ZeroAmount"):
        announce(coffee, coffee.points, 0)


def test_announcing_reverts_on_an_amount_beyond_128_bits(announce, coffee):
    with reverts("SafeCastOverflowedUintDowncast", 128, 2**128):
        announce(coffee, coffee.points, 2**128)


def test_announcing_reverts_on_no_recipient(announce, coffee):
    with reverts("PointsExchange_InvalidRecipient", ZERO_ADDRESS):
        announce(coffee, coffee.points, 1, ZERO_ADDRESS)


def test_announcing_reverts_on_the_exchange_as_the_recipient(announce, coffee, exchange):
    with reverts("PointsExchange_InvalidRecipient", exchange):
        announce(coffee, coffee.points, 1, exchange)


def test_waits_anew_after_a_second_announcement(announce, withdraw, coffee, chain):
    first = announce(coffee, coffee.points, 10)
    chain.sleep(NOTICE // 2)
    second = announce(coffee, coffee.points, 20)
    mine_at(first + 60)

    with reverts("PointsExchange_NotReady", coffee.address, coffee.points, second, second + NOTICE):
        withdraw(coffee, coffee.points)


def test_is_ready_after_the_notice_and_no_second_before(exchange, pair_id, announce, coffee):
    ready = announce(coffee, coffee.points, 10)
    before, at = mine_at(ready - 1), mine_at(ready)
    call = {"from": coffee.address}

    with reverts("PointsExchange_NotReady", coffee.address, coffee.points, ready, ready + NOTICE):
        exchange.withdraw.call(pair_id, coffee.points, call, block_identifier=before)
    assert exchange.withdraw.call(pair_id, coffee.points, call, block_identifier=at) == 10


def test_is_ready_for_one_notice_and_no_second_longer(exchange, pair_id, announce, coffee):
    ready = announce(coffee, coffee.points, 10)
    last, over = mine_at(ready + NOTICE - 1), mine_at(ready + NOTICE)
    call = {"from": coffee.address}

    assert exchange.withdraw.call(pair_id, coffee.points, call, block_identifier=last) == 10
    with reverts("PointsExchange_NotReady", coffee.address, coffee.points, ready, ready + NOTICE):
        exchange.withdraw.call(pair_id, coffee.points, call, block_identifier=over)


def test_reverts_without_an_announcement(withdraw, coffee):
    with reverts("PointsExchange_NotReady", coffee.address, coffee.points, 0, 0):
        withdraw(coffee, coffee.points)


def test_reverts_the_second_time(announce, withdraw, coffee):
    mine_at(announce(coffee, coffee.points, 10))
    withdraw(coffee, coffee.points)

    with reverts("PointsExchange_NotReady", coffee.address, coffee.points, 0, 0):
        withdraw(coffee, coffee.points)


def test_pays_a_brand_its_own_points(announce, withdraw, coffee, bob, state, exchange, pair_id):
    mine_at(announce(coffee, coffee.points, 10))
    event = withdraw(coffee, coffee.points).events["PointsWithdrawn"]

    assert coffee.points.balanceOf(bob) == 10
    assert state() == (RESERVE - 10, RESERVE, 0, 0)
    assert exchange.withdrawalOf(pair_id, coffee.address, coffee.points) == NONE
    assert dict(event) == {
        "pairId": "0x" + pair_id.hex(),
        "brand": coffee.address,
        "points": coffee.points,
        "amount": 10,
        "to": bob,
    }


def test_pays_a_brand_no_more_than_its_own(announce, withdraw, swap, coffee, bob, state):
    swap(coffee.points, 10)
    mine_at(announce(coffee, coffee.points, 2**128 - 1))
    withdraw(coffee, coffee.points)

    assert coffee.points.balanceOf(bob) == RESERVE
    assert state() == (10, RESERVE - 20, 10, 0)


def test_pays_a_brand_what_the_partner_owes(announce, withdraw, swap, coffee, books, bob, state):
    swap(coffee.points, 10)
    mine_at(announce(books, coffee.points, 4))
    withdraw(books, coffee.points)

    assert coffee.points.balanceOf(bob) == 4
    assert state() == (RESERVE + 6, RESERVE - 20, 6, 0)


def test_pays_a_brand_no_more_than_the_partner_owes(announce, withdraw, swap, coffee, books, bob, state):
    swap(coffee.points, 10)
    mine_at(announce(books, coffee.points, RESERVE))
    withdraw(books, coffee.points)

    assert coffee.points.balanceOf(bob) == 10
    assert state() == (RESERVE, RESERVE - 20, 0, 0)


def test_pays_what_swaps_have_left(announce, withdraw, swap, coffee, books, bob):
    ready = announce(books, books.points, RESERVE)
    swap(coffee.points, 10)
    mine_at(ready)
    withdraw(books, books.points)

    assert books.points.balanceOf(bob) == RESERVE - 20


def test_pays_while_the_pair_is_closed(announce, withdraw, exchange, pair_id, coffee, books, bob):
    ready = announce(coffee, coffee.points, 10)
    books.do(exchange, "setOpen", pair_id, False)
    mine_at(ready)
    withdraw(coffee, coffee.points)

    assert coffee.points.balanceOf(bob) == 10


def test_reverts_if_nothing_is_its_own(announce, withdraw, coffee, books):
    mine_at(announce(books, coffee.points, RESERVE))

    with reverts("PointsExchange_NothingToWithdraw", books.address, coffee.points):
        withdraw(books, coffee.points)


def test_keeps_its_time_when_the_notice_changes(announce, exchange, pair_id, coffee, books, terms):
    ready = announce(coffee, coffee.points, 10)
    agree(exchange, coffee, books, terms.but(notice=HOUR))

    assert exchange.withdrawalOf(pair_id, coffee.address, coffee.points)[1:3] == (ready, ready + NOTICE)


def test_leaves_the_partner_s_announcement_alone(announce, withdraw, swap, exchange, pair_id, coffee, books):
    swap(coffee.points, 10)
    ready = announce(coffee, coffee.points, 10)
    announced = announce(books, coffee.points, 10)
    mine_at(ready)
    withdraw(coffee, coffee.points)

    assert exchange.withdrawalOf(pair_id, books.address, coffee.points)[1] == announced
    assert exchange.withdrawalOf(pair_id, books.address, books.points) == NONE


@pytest.mark.parametrize("whose", ["coffee", "books"])
def test_shares_the_reserve_without_a_rest(request, swap, exchange, pair_id, coffee, books, whose):
    swap(coffee.points, 30 * POINT)
    swap(books.points, 7)
    points = request.getfixturevalue(whose).points
    parts = [exchange.withdrawable(pair_id, brand.address, points) for brand in (coffee, books)]

    assert sum(parts) == points.balanceOf(exchange)


def test_nothing_is_withdrawable_by_anybody_else(exchange, pair_id, coffee, stranger):
    with reverts("PointsExchange_NotABrand", stranger):
        exchange.withdrawable(pair_id, stranger, coffee.points)


def test_no_points_of_another_pair_are_withdrawable(exchange, pair_id, coffee, crook):
    with reverts("PointsExchange_NotInPair", pair_id, crook.points):
        exchange.withdrawable(pair_id, coffee.address, crook.points)
