"""PointsExchange.swap, quote, swappable, settlement

given a pair at two B for an A
├── when A are swapped
│   ├── it should take the A and pay twice as many B, to the recipient
│   ├── it should book both
│   ├── it should owe the A to the brand that gave the B
│   └── it should emit PointsSwapped and return what was paid
├── when B are swapped
│   └── it should pay half as many A
├── when points come home
│   ├── it should pay first what the partner owes, and give that brand its own points back
│   └── it should share the points between the brands by what each gave
├── when the result is no whole number
│   └── it should round it down
├── when it is asked for a quote
│   └── it should say what a swap pays
├── when it is the deadline's own second
│   └── it should still swap
├── when the deadline has passed, or the recipient is zero or the exchange, or the points are not in the pair
│   └── it should revert
├── when the pair is unknown, also for points at address zero
│   └── it should revert
├── when either switch is closed, or there is no rate
│   └── it should revert
├── when the amount is zero, or too small to be worth a unit, or too large for the books
│   └── it should revert
├── when the rate moved in front of the swap
│   └── it should revert if the result is less than the least she wants
├── when the reserve is too small
│   └── it should revert
├── when the cap is reached
│   └── it should revert, until a period has passed
├── when points are swapped forth and back
│   └── it should leave the cap as it was
├── when the cap was lowered below what was used
│   └── it should revert
├── when the customer has too few points or did not approve
│   └── it should revert
└── when somebody sends points without funding
    └── it should not pay them out
given the largest numbers
└── it should not overflow
"""

from __future__ import annotations

import pytest

from tests.support.clock import mine_at
from tests.support.exchange import CAP, DAY, ONE, RATE, RESERVE, Terms, agree, open_pair
from tests.support.loyalty import POINT, ZERO_ADDRESS
from tests.support.reverting import reverts

MAX_128 = 2**128 - 1


def test_pays_twice_as_many_b(swap, coffee, books, alice, bob):
    swap(coffee.points, 10 * POINT, recipient=bob)

    assert (coffee.points.balanceOf(alice), coffee.points.balanceOf(bob)) == (990 * POINT, 0)
    assert (books.points.balanceOf(alice), books.points.balanceOf(bob)) == (1_000 * POINT, 20 * POINT)


def test_pays_half_as_many_a(swap, coffee, books, alice):
    swap(books.points, 10 * POINT)

    assert coffee.points.balanceOf(alice) == 1_005 * POINT
    assert books.points.balanceOf(alice) == 990 * POINT


def test_books_both(swap, state, coffee, books, exchange):
    swap(coffee.points, 10 * POINT)

    assert state() == (RESERVE + 10 * POINT, RESERVE - 20 * POINT, 10 * POINT, 0)
    assert coffee.points.balanceOf(exchange) == RESERVE + 10 * POINT
    assert books.points.balanceOf(exchange) == RESERVE - 20 * POINT


def test_owes_the_points_to_who_gave_the_others(swap, exchange, pair_id, coffee, books):
    swap(coffee.points, 10 * POINT)

    assert exchange.settlement(pair_id) == (10 * POINT, 0)
    assert exchange.withdrawable(pair_id, books.address, coffee.points) == 10 * POINT
    assert exchange.withdrawable(pair_id, coffee.address, coffee.points) == RESERVE


def test_emits_points_swapped(swap, pair_id, coffee, alice, bob):
    receipt = swap(coffee.points, 10 * POINT, recipient=bob)

    assert receipt.return_value == 20 * POINT
    assert dict(receipt.events["PointsSwapped"]) == {
        "pairId": "0x" + pair_id.hex(),
        "customer": alice,
        "pointsIn": coffee.points,
        "amountIn": 10 * POINT,
        "amountOut": 20 * POINT,
        "recipient": bob,
    }


def test_pays_first_what_the_partner_owes(swap, state, coffee, books):
    swap(coffee.points, 10 * POINT)
    swap(books.points, 20 * POINT)

    assert state() == (RESERVE, RESERVE, 0, 0)


def test_shares_by_what_each_gave(swap, state, coffee, books):
    swap(coffee.points, 10 * POINT)
    swap(books.points, 60 * POINT)  # for 30 A: books gives the 10 it is owed, coffee 20

    assert state() == (RESERVE - 20 * POINT, RESERVE + 40 * POINT, 0, 40 * POINT)


def test_pays_nobody_twice_for_the_same_points(swap, exchange, pair_id, coffee, books, chain, treasurer, state):
    """A brand that took what it was owed has been paid: points that come home afterwards are the partner's."""
    swap(books.points, 100 * POINT)
    coffee.do(exchange, "announceWithdrawal", pair_id, books.points, 100 * POINT, treasurer)
    chain.sleep(2 * DAY + 1)
    coffee.do(exchange, "withdraw", pair_id, books.points)

    swap(coffee.points, 50 * POINT)

    assert state() == (RESERVE, RESERVE - 100 * POINT, 50 * POINT, 0)


@pytest.mark.parametrize(("amount_in", "amount_out"), [(2, 1), (3, 1), (POINT + 1, POINT // 2)])
def test_rounds_down(swap, exchange, pair_id, books, amount_in, amount_out):
    assert exchange.quote(pair_id, books.points, amount_in) == amount_out
    assert swap(books.points, amount_in).return_value == amount_out


def test_quotes_the_present_rate(exchange, pair_id, coffee, books):
    books.do(exchange, "setRate", pair_id, 3 * ONE)

    assert exchange.quote(pair_id, coffee.points, 10) == 30
    assert exchange.quote(pair_id, books.points, 10) == 3


def test_takes_the_deadline_s_own_second(exchange, pair_id, chain, coffee, alice):
    deadline = chain[-1].timestamp + 60
    block = mine_at(deadline)
    arguments = (pair_id, coffee.points, 10, 20, alice, deadline)

    assert exchange.swap.call(*arguments, {"from": alice}, block_identifier=block) == 20


def test_reverts_after_the_deadline(swap, chain, coffee):
    past = chain[-1].timestamp - 1

    with reverts("PointsExchange_Expired", past):
        swap(coffee.points, 10, deadline=past)


def test_reverts_for_no_recipient(swap, coffee):
    with reverts("PointsExchange_InvalidRecipient", ZERO_ADDRESS):
        swap(coffee.points, 10, recipient=ZERO_ADDRESS)


def test_reverts_for_itself_as_the_recipient(swap, coffee, exchange):
    with reverts("PointsExchange_InvalidRecipient", exchange):
        swap(coffee.points, 10, recipient=exchange)


def test_reverts_on_points_of_no_side(swap, crook, pair_id):
    with reverts("PointsExchange_NotInPair", pair_id, crook.points):
        swap(crook.points, 10)


@pytest.mark.parametrize("points", [ZERO_ADDRESS, "0x00000000000000000000000000000000000000A1"])
def test_reverts_on_an_unknown_pair(exchange, alice, points):
    unknown = b"\x07" * 32

    with reverts("PointsExchange_NotInPair", unknown, points):
        exchange.swap(unknown, points, 1, 0, alice, 2**40, {"from": alice})


@pytest.mark.parametrize("closer", ["coffee", "books"])
def test_reverts_while_either_switch_is_closed(request, swap, exchange, pair_id, coffee, closer):
    request.getfixturevalue(closer).do(exchange, "setOpen", pair_id, False)

    with reverts("PointsExchange_Closed", pair_id):
        swap(coffee.points, 10)


def test_reverts_without_a_rate(exchange, agreed, coffee, books, alice):
    coffee.do(exchange, "setOpen", agreed, True)
    books.do(exchange, "setOpen", agreed, True)
    coffee.do(exchange, "setRate", agreed, ONE)
    # New bounds that leave the rate outside.
    agree(exchange, coffee, books, terms_with(exchange, agreed, 2 * ONE, 3 * ONE))

    with reverts("PointsExchange_NoRate", agreed):
        exchange.swap(agreed, coffee.points, 10, 0, alice, 2**40, {"from": alice})
    with reverts("PointsExchange_NoRate", agreed):
        exchange.quote(agreed, coffee.points, 10)


@pytest.mark.parametrize("amount", [0, 1])
def test_reverts_if_there_is_nothing_to_pay(swap, books, amount):
    with reverts("PointsExchange_NothingToPay", amount):
        swap(books.points, amount)


def test_reverts_on_an_amount_beyond_128_bits(swap, coffee):
    with reverts("SafeCastOverflowedUintDowncast", 128, 2**128):
        swap(coffee.points, 2**128)


def test_reverts_if_the_rate_moved_against_her(swap, exchange, pair_id, coffee, books):
    books.do(exchange, "setRate", pair_id, RATE - 1)

    with reverts("PointsExchange_BelowMinimum", 20 * POINT - 10, 20 * POINT):
        swap(coffee.points, 10 * POINT, min_out=20 * POINT)


def test_reverts_beyond_the_reserve(swap, exchange, pair_id, coffee, books, treasurer, terms):
    agree(exchange, coffee, books, terms.but(cap_b=2 * RESERVE))

    with reverts("PointsExchange_ReserveExceeded", RESERVE + 2, RESERVE):
        swap(coffee.points, RESERVE // 2 + 1, by=treasurer)


def test_pays_out_a_whole_cap_and_no_unit_more(swap, exchange, pair_id, coffee, books):
    swap(coffee.points, CAP // 2)

    assert exchange.swappable(pair_id, books.points) == 0
    with reverts("PointsExchange_CapExceeded", 2, 0):
        swap(coffee.points, 1)


def test_frees_the_cap_one_period_later(swap, exchange, pair_id, coffee, books, chain):
    mine_at((chain[-1].timestamp // DAY + 2) * DAY + 100)
    at = swap(coffee.points, CAP // 2).timestamp

    before, after = mine_at(at + DAY - 1), mine_at(at + DAY)

    assert exchange.swappable(pair_id, books.points, block_identifier=before) == 0
    assert exchange.swappable(pair_id, books.points, block_identifier=after) == CAP


def test_gives_no_second_cap_behind_a_window_s_end(swap, coffee, books, chain):
    mine_at((chain[-1].timestamp // DAY + 3) * DAY - 100)
    swap(coffee.points, CAP // 2)
    chain.sleep(200)

    with reverts("PointsExchange_CapExceeded", 2, 0):
        swap(coffee.points, 1)


def test_keeps_the_cap_for_others_when_one_swaps_forth_and_back(swap, exchange, pair_id, coffee, books):
    swap(coffee.points, CAP // 2)
    swap(books.points, CAP)

    assert exchange.swappable(pair_id, books.points) == CAP
    assert exchange.swappable(pair_id, coffee.points) == CAP // 2


def test_gives_back_what_was_used_in_the_window_before(swap, exchange, pair_id, coffee, books, chain):
    mine_at((chain[-1].timestamp // DAY + 3) * DAY - 100)
    swap(coffee.points, CAP // 2)
    chain.sleep(200)
    swap(books.points, CAP // 2)

    assert exchange.swappable(pair_id, books.points) == CAP // 2


def test_gives_back_from_both_windows(swap, exchange, pair_id, coffee, books, chain):
    mine_at((chain[-1].timestamp // DAY + 3) * DAY - 100)
    swap(coffee.points, CAP // 4)
    chain.sleep(200)
    swap(coffee.points, CAP // 8)
    swap(books.points, CAP // 2)

    assert exchange.swappable(pair_id, books.points) == 3 * CAP // 4


def test_saves_no_cap_up_by_swapping_the_other_way(swap, exchange, pair_id, coffee, books):
    swap(books.points, CAP // 2)

    assert exchange.swappable(pair_id, books.points) == CAP


def test_pays_nothing_when_the_cap_was_lowered_below_what_was_used(swap, exchange, pair_id, coffee, books, terms):
    swap(coffee.points, CAP // 4)
    agree(exchange, coffee, books, terms.but(cap_b=CAP // 4))

    assert exchange.swappable(pair_id, books.points) == 0
    with reverts("PointsExchange_CapExceeded", 2, 0):
        swap(coffee.points, 1)


def test_lets_the_reserve_bound_what_is_swappable(exchange, pair_id, coffee, books, terms):
    agree(exchange, coffee, books, terms.but(cap_a=2 * RESERVE))

    assert exchange.swappable(pair_id, coffee.points) == RESERVE


@pytest.mark.parametrize("closer", ["coffee", "books"])
def test_has_nothing_swappable_while_closed(request, exchange, pair_id, coffee, closer):
    request.getfixturevalue(closer).do(exchange, "setOpen", pair_id, False)

    assert exchange.swappable(pair_id, coffee.points) == 0


def test_reverts_if_she_has_too_few_points(swap, coffee, bob, exchange):
    coffee.points.approve(exchange, 10, {"from": bob})

    with reverts("ERC20InsufficientBalance", bob, 0, 10):
        swap(coffee.points, 10, by=bob)


def test_reverts_if_she_did_not_approve(swap, coffee, treasurer, bob, exchange):
    coffee.points.transfer(bob, 10, {"from": treasurer})

    with reverts("ERC20InsufficientAllowance", exchange, 0, 10):
        swap(coffee.points, 10, by=bob)


def test_books_nothing_that_was_only_sent(state, coffee, alice, exchange, pair_id):
    coffee.points.transfer(exchange, 500 * POINT, {"from": alice})

    assert state() == (RESERVE, RESERVE, 0, 0)
    assert exchange.withdrawable(pair_id, exchange.pair(pair_id)[0][0], coffee.points) == RESERVE


def test_gains_nothing_by_a_round_trip_of_single_units(swap, coffee, books, alice):
    before = 2 * coffee.points.balanceOf(alice) + books.points.balanceOf(alice)
    swap(books.points, 3)
    swap(coffee.points, 1)
    swap(books.points, 5)

    assert 2 * coffee.points.balanceOf(alice) + books.points.balanceOf(alice) == before - 2


@pytest.mark.parametrize("rate", [1, MAX_128])
def test_holds_the_most_extreme_rates(exchange, coffee, books, alice, terms, treasurer, rate):
    pair_id = open_pair(exchange, coffee, books, terms.but(min_rate=1, max_rate=MAX_128), rate)

    assert exchange.quote(pair_id, coffee.points, MAX_128) == MAX_128 * rate // ONE
    assert exchange.quote(pair_id, books.points, MAX_128) == MAX_128 * ONE // rate
    with reverts("PointsExchange_NothingToPay", 1):
        exchange.swap(pair_id, [coffee, books][rate > 1].points, 1, 0, alice, 2**40, {"from": alice})


def test_cannot_overflow_the_books(exchange, crooked_id, crook, deployer, alice, state):
    crook.points.mint(alice, MAX_128, {"from": deployer})
    room = MAX_128 - 500 * POINT
    exchange.fund(crooked_id, crook.points, room, {"from": alice})

    with reverts("Integer overflow"):
        exchange.swap(crooked_id, crook.points, POINT, 0, alice, 2**40, {"from": alice})


def terms_with(exchange, pair_id, min_rate, max_rate):
    return Terms(*exchange.pair(pair_id)[0]).but(min_rate=min_rate, max_rate=max_rate)
