"""Paid and refunded, in every order

given an access that ended, however
├── when collecting and taking back come in any order, any number of times
│   └── it should be the price, to the smallest unit, with odd prices and periods
└── when it is settled years later
    └── it should be the same as at once
given two accesses of one brand in one currency
└── it should pay neither out of the other
given a currency
├── when it is a token, LoyaltyPoints or one that takes fees
│   └── it should pay the owner and return to the brand in it
├── when it calls back while the owner is paid
│   └── it should refuse that call
├── when it answers false while the owner is paid
│   └── it should revert, and the brand's part come back all the same
└── when it pays the largest price there is, over the longest period
    └── it should pay it to the last unit
given a registry or datasets that answer what cannot be
├── when the end they show lies before what was paid
│   └── it should return only what was not paid
└── when the life they show lies beyond what was returned
    └── it should pay only what was not returned
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from brownie import MockCoin
from brownie.exceptions import VirtualMachineError

from tests.support.access import DAY, NATIVE, PERIOD, PRICE, Access, accrued
from tests.support.loyalty import POINT, REF, deploy_authority, deploy_points
from tests.support.reverting import reverts
from tests.support.storage import read_word, slot_of, write_word
from web3crm.domain.consent import Snapshot

ALL = 2**64 - 1
GUARDED = "0x3ee5aeb5"
"""The selector of ReentrancyGuardReentrantCall."""
LARGEST = 2**128 - 1
LONGEST = 2**32 - 1
CONSENTS_SLOT = 10

COLLECT_NEAR, COLLECT_FAR, BACK_LATER, BACK_FIRST, BACK_PLAIN = range(5)
"""Collect without following, or to the end; take back by the later or the first gap, or by what needs no snapshot."""
ORDERS = [
    (COLLECT_FAR, BACK_FIRST),
    (BACK_FIRST, COLLECT_FAR),
    (BACK_LATER, COLLECT_FAR, BACK_FIRST),
    (BACK_LATER, BACK_FIRST, COLLECT_NEAR, COLLECT_FAR),
    (COLLECT_NEAR, BACK_PLAIN, COLLECT_FAR, BACK_LATER, BACK_FIRST),
    (BACK_PLAIN, BACK_LATER, COLLECT_FAR, BACK_FIRST),
    (BACK_PLAIN, COLLECT_NEAR, BACK_FIRST, COLLECT_FAR),
]


@pytest.fixture
def settle(accesses, stranger):
    """Does one step of settling, whether or not anything is due; returns what was paid and what was returned."""
    steps = {
        COLLECT_NEAR: (accesses.collect, 0),
        COLLECT_FAR: (accesses.collect, ALL),
        BACK_LATER: (accesses.takeBack, 6),
        BACK_FIRST: (accesses.takeBack, 4),
        BACK_PLAIN: (accesses.takeBack, 0),
    }

    def act(access_id, step):
        function, argument = steps[step]
        try:
            events = function(access_id, argument, {"from": stranger}).events
        except VirtualMachineError as refusal:
            if "NothingDue" not in refusal.revert_msg:
                raise
            return 0, 0
        paid = events["EarningsPaid"]["amount"] if "EarningsPaid" in events else 0
        return paid, events["PriceRefunded"]["amount"] if "PriceRefunded" in events else 0

    return act


@pytest.fixture
def lives_and_ends(accesses, accept, grant, withdraw, read, chain, alice, stranger):
    """An access with two changes of the consent, two gaps and a closing after them; returns its id and its life in seconds."""

    def act(**changes):
        access_id = accept(**changes)
        chain.sleep(DAY)
        grant()
        chain.sleep(DAY // 3)
        accesses.collect(access_id, 0, {"from": stranger})
        grant()
        chain.sleep(DAY)
        ended = withdraw().timestamp
        chain.sleep(DAY)
        grant()
        chain.sleep(DAY)
        withdraw()
        chain.sleep(DAY)
        accesses.close(access_id, {"from": alice})
        chain.sleep(60)
        return access_id, ended - read(access_id).started_at

    return act


@pytest.fixture
def settled_exactly(accesses, lives_and_ends, settle, chain, brand):
    """Settles in an order, some time after the end, and checks that nothing is left but the brand's part."""

    def act(order, price=PRICE, period=PERIOD, wait=0):
        access_id, lived = lives_and_ends(price=price, period=period)
        chain.sleep(wait)
        settled = [settle(access_id, step) for step in order]

        paid = accrued(lived, price, period)
        assert accesses.earningsOf(access_id, 0) == (0, paid)
        assert accesses.balance() == accesses.balanceOf(brand, NATIVE) == price - paid
        assert sum(returned for _, returned in settled) == price - paid
        assert [settle(access_id, step) for step in (COLLECT_FAR, BACK_FIRST)] == [(0, 0), (0, 0)]

    return act


@pytest.mark.parametrize(("price", "period"), [(PRICE, PERIOD), (10**6 + 7, 5_000_011)])
@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_are_the_price(settled_exactly, order, price, period):
    settled_exactly(order, price, period)


@pytest.mark.parametrize("order", [(COLLECT_FAR, BACK_FIRST), (BACK_LATER, BACK_FIRST, COLLECT_FAR)], ids=str)
def test_are_the_price_years_later(settled_exactly, order):
    settled_exactly(order, wait=10 * 365 * DAY)


def test_accesses_do_not_pay_for_each_other(accesses, accept, offer, settle, chain, alice):
    first = accept()
    second = accept(salt=1)
    offer(salt=2)
    chain.sleep(DAY)
    accesses.close(first, {"from": alice})
    chain.sleep(2 * PERIOD)

    paid, returned = settle(first, COLLECT_FAR)[0], settle(first, BACK_PLAIN)[1]

    assert paid + returned == PRICE
    assert settle(second, COLLECT_FAR) == (PRICE, 0)
    assert settle(second, BACK_PLAIN) == settle(first, COLLECT_FAR) == settle(first, BACK_PLAIN) == (0, 0)
    assert accesses.balance() == PRICE + returned


@pytest.fixture
def settle_in(accesses, accept, chain, alice, brand, stranger):
    """An access for a token that the owner closes after a day or so, settled; returns its life in seconds."""

    def act(token, price=PRICE):
        access_id = accept(currency=token.address, price=price)
        chain.sleep(DAY)
        accesses.close(access_id, {"from": alice})
        chain.sleep(DAY)
        accesses.takeBack(access_id, 0, {"from": stranger})
        accesses.collect(access_id, ALL, {"from": stranger})
        access = accesses.accessOf(access_id)
        return access[15] - access[11]

    return act


def test_tokens_are_paid_and_returned(accesses, stablecoin, settle_in, alice, brand):
    accesses.fund(brand, stablecoin, PRICE, {"from": brand})
    paid = accrued(settle_in(stablecoin))

    assert (stablecoin.balanceOf(alice), accesses.balanceOf(brand, stablecoin)) == (paid, PRICE - paid)
    assert stablecoin.balanceOf(accesses) == PRICE - paid


def test_points_are_paid_and_returned(accesses, settle_in, deployer, alice, brand, issuer):
    points = deploy_points(deployer, deploy_authority(deployer, brand), brand, issuer)
    points.issue(brand, 10 * POINT, REF, {"from": issuer})
    points.approve(accesses, 10 * POINT, {"from": brand})
    accesses.fund(brand, points, 10 * POINT, {"from": brand})
    paid = accrued(settle_in(points, 10 * POINT), 10 * POINT)

    assert (points.balanceOf(alice), accesses.balanceOf(brand, points)) == (paid, 10 * POINT - paid)


def test_a_token_that_takes_fees_keeps_its_own_books(accesses, stablecoin, settle_in, alice, brand):
    stablecoin.setFee(1_000, {"from": brand})
    accesses.fund(brand, stablecoin, 2 * PRICE, {"from": brand})
    arrived = accesses.balanceOf(brand, stablecoin)
    paid = accrued(settle_in(stablecoin))

    assert arrived == 2 * PRICE - 2 * PRICE // 10
    assert stablecoin.balanceOf(alice) == paid - paid // 10
    assert accesses.balanceOf(brand, stablecoin) == stablecoin.balanceOf(accesses) == arrived - paid


def test_a_token_that_calls_back_collects_nothing_twice(accesses, stablecoin, accept, chain, alice, brand, stranger):
    accesses.fund(brand, stablecoin, 2 * PRICE, {"from": brand})
    access_id = accept(currency=stablecoin.address)
    chain.sleep(2 * PERIOD)
    stablecoin.setHook(accesses, accesses.collect.encode_input(access_id, ALL), {"from": brand})
    accesses.collect(access_id, ALL, {"from": stranger})

    assert not stablecoin.hookSucceeded()
    assert str(stablecoin.hookResult()) == GUARDED
    assert stablecoin.balanceOf(alice) == stablecoin.balanceOf(accesses) == PRICE


def test_a_token_that_answers_false_blocks_only_the_paying(accesses, stablecoin, accept, chain, alice, brand, stranger):
    accesses.fund(brand, stablecoin, PRICE, {"from": brand})
    access_id = accept(currency=stablecoin.address)
    chain.sleep(DAY)
    accesses.close(access_id, {"from": alice})
    stablecoin.setRefuses(True, {"from": brand})

    with reverts("SafeERC20FailedOperation", stablecoin):
        accesses.collect(access_id, ALL, {"from": stranger})
    returned = accesses.takeBack(access_id, 0, {"from": stranger}).return_value
    stablecoin.setRefuses(False, {"from": brand})

    assert returned + accesses.collect(access_id, ALL, {"from": stranger}).return_value == PRICE
    assert stablecoin.balanceOf(alice) == PRICE - returned


def test_the_largest_price_is_paid_to_the_last_unit(accesses, settle_in, deployer, alice, brand):
    token = deployer.deploy(MockCoin)
    token.mint(brand, LARGEST, {"from": brand})
    token.approve(accesses, LARGEST, {"from": brand})
    accesses.fund(brand, token, LARGEST, {"from": brand})
    paid = accrued(settle_in(token, LARGEST), LARGEST)

    assert (token.balanceOf(alice), accesses.balanceOf(brand, token)) == (paid, LARGEST - paid)


def test_the_longest_period_is_settled_exactly(accesses, accept, deployer, chain, alice, brand, stranger):
    token = deployer.deploy(MockCoin)
    token.mint(brand, LARGEST, {"from": brand})
    token.approve(accesses, LARGEST, {"from": brand})
    accesses.fund(brand, token, LARGEST, {"from": brand})
    access_id = accept(currency=token.address, price=LARGEST, period=LONGEST, minimum=LONGEST)
    closed_at = accesses.close(access_id, {"from": brand}).events["AccessClosed"]["closedAt"]
    chain.sleep(DAY)
    with reverts("DataAccess_NothingDue", access_id):
        accesses.takeBack(access_id, 0, {"from": stranger})
    accesses.collect(access_id, ALL, {"from": stranger})
    chain.sleep(DAY)
    ended = accesses.close(access_id, {"from": alice}).timestamp
    accesses.takeBack(access_id, 0, {"from": stranger})
    accesses.collect(access_id, ALL, {"from": stranger})

    access = Access(*accesses.accessOf(access_id))
    paid = accrued(ended - access.started_at, LARGEST, LONGEST)
    assert closed_at == access.started_at + LONGEST
    assert (token.balanceOf(alice), accesses.balanceOf(brand, token)) == (paid, LARGEST - paid)


@pytest.fixture
def rewrite(consents, alice, brand):
    """Makes the registry answer what it never would: replaces the word of Alice's latest snapshot."""

    def act(**changes):
        slot = slot_of(CONSENTS_SLOT, alice, brand)
        latest = Snapshot(*consents.snapshotOf(alice, brand))
        assert read_word(consents, slot) == latest.pack()
        write_word(consents, slot, replace(latest, **changes).pack())

    return act


def test_an_end_before_what_was_paid_returns_only_the_rest(accesses, access, read, rewrite, chain, brand, stranger):
    chain.sleep(2 * DAY)
    paid = accesses.collect(access, ALL, {"from": stranger}).return_value
    rewrite(purposes=0, at=read(access).started_at - DAY)

    assert accesses.takeBack(access, 1, {"from": brand}).return_value == PRICE - paid
    assert accesses.balance() == accesses.balanceOf(brand, NATIVE)


def test_a_life_beyond_what_was_returned_pays_only_up_to_there(
    accesses, access, withdraw, rewrite, chain, brand, stranger
):
    chain.sleep(2 * DAY)
    withdraw()
    returned = accesses.takeBack(access, 2, {"from": brand}).return_value
    rewrite(purposes=2**64 - 1, data_classes=2**64 - 1)
    chain.sleep(2 * PERIOD)

    assert accesses.collect(access, ALL, {"from": stranger}).return_value == PRICE - returned
    assert accesses.balance() == accesses.balanceOf(brand, NATIVE) == returned
