"""DataAccess.collect

given an access
├── when it does not exist
│   └── it should revert
├── when it was not accepted
│   └── it should revert
└── when nothing is due and no snapshot was followed
    └── it should revert
given an accepted access whose consent stands
├── it should pay the owner by the second, whoever sends it
├── it should write up to when she was paid, and emit EarningsPaid
├── it should pay nothing twice, however often it is called
├── it should pay the whole price after the period, and nothing after that, also years later
└── it should say beforehand what it would pay and what was paid (earningsOf)
given an owner who changed her consent and never withdrew the use
├── it should go as far as the steps reach, and go on from there next time
└── it should follow without paying where nothing is due, so that the steps are done
given a withdrawal of the purpose, the data class or everything
└── it should pay up to it, and nothing for the time after, also if she grants anew
given a withdrawal of something else
└── it should pay on
given a grant that names other purposes
└── it should pay up to it
given a consent that expires
├── it should pay up to the expiry
├── it should go on if she consented anew before, or in that very second
└── it should not go on if she consented anew after, or took the expired snapshot along
given a notice of the brand's
├── when it changes another purpose or data class
│   └── it should pay on
├── when it outdates the consent after the minimum
│   └── it should pay up to its publication
├── when it outdates the consent before the minimum is over
│   ├── it should pay up to the minimum
│   └── it should pay on if she consents to it by then
└── when she consents anew under a notice left behind before she accepted
    └── it should pay up to that grant, and not take back what was paid
given a dataset that is burned, moved, or moved away and back
└── it should pay up to that
given a dataset that had moved before it was accepted
└── it should pay for the whole of it
given a dataset that is updated
└── it should pay on
given an owner that refuses native coin
└── it should revert, and take nothing from her
given an owner that calls back while she is paid
└── it should refuse that call
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError

from tests.support.access import (
    DATA_CLASS,
    DAY,
    MINIMUM,
    OTHER_PURPOSE,
    PERIOD,
    PRICE,
    PURPOSE,
    accrued,
)
from tests.support.mining import one_block
from tests.support.reverting import reverts

GUARDED = "0x3ee5aeb5"
"""The selector of ReentrancyGuardReentrantCall."""
ALL = 2**64 - 1
"""More steps than anyone can take."""


@pytest.fixture
def collect(accesses, stranger):
    """Collects as somebody who has nothing to do with it; returns the amount."""

    def act(access_id, steps=ALL):
        return accesses.collect(access_id, steps, {"from": stranger}).return_value

    return act


@pytest.fixture
def collected(collect, read, chain, access):
    """Waits far beyond the period and collects everything; returns for how many seconds was paid."""

    def act():
        chain.sleep(2 * PERIOD)
        amount = collect(access)
        seconds = read(access).paid_until - read(access).started_at
        assert amount == accrued(seconds)
        return seconds

    return act


@pytest.fixture
def since(read, access):
    """How many seconds after the acceptance a transaction came."""
    return lambda receipt: receipt.timestamp - read(access).started_at


def test_reverts_if_it_does_not_exist(accesses, stranger):
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.collect(7, 0, {"from": stranger})


def test_reverts_if_it_was_not_accepted(accesses, offer, stranger):
    access_id = offer()

    with reverts("DataAccess_NotAccepted", access_id):
        accesses.collect(access_id, 0, {"from": stranger})


def test_reverts_if_nothing_is_due(accesses, access, withdraw, chain, collect, stranger):
    chain.sleep(DAY)
    withdraw()
    collect(access)

    with reverts("DataAccess_NothingDue", access):
        accesses.collect(access, ALL, {"from": stranger})


def test_pays_the_owner_by_the_second(accesses, access, read, chain, alice, stranger):
    chain.sleep(3 * DAY)
    before = alice.balance()
    receipt = accesses.collect(access, 0, {"from": stranger})

    amount = accrued(receipt.timestamp - read(access).started_at)
    assert receipt.return_value == amount
    assert alice.balance() - before == amount
    assert accesses.balance() == PRICE - amount


def test_writes_and_emits(accesses, access, read, chain, alice, stranger):
    chain.sleep(3 * DAY)
    receipt = accesses.collect(access, 0, {"from": stranger})

    assert read(access).paid_until == receipt.timestamp
    assert dict(receipt.events["EarningsPaid"]) == {
        "accessId": access,
        "owner": alice,
        "amount": receipt.return_value,
        "until": receipt.timestamp,
    }


def test_pays_nothing_twice(access, read, chain, collect):
    amounts = [chain.sleep(DAY) or collect(access) for _ in range(3)]

    assert sum(amounts) == accrued(read(access).paid_until - read(access).started_at)


@pytest.mark.parametrize("wait", [PERIOD, 10 * 365 * DAY])
def test_pays_the_whole_price_in_the_end(accesses, access, read, chain, collect, stranger, wait):
    chain.sleep(PERIOD // 3)
    first = collect(access)
    chain.sleep(wait)
    second = collect(access)

    assert first + second == PRICE
    assert accesses.balance() == 0
    assert read(access).paid_until == read(access).started_at + PERIOD
    with reverts("DataAccess_NothingDue", access):
        accesses.collect(access, ALL, {"from": stranger})


def test_says_beforehand_what_it_would_pay(accesses, access, read, chain, collect):
    assert accesses.earningsOf(access, 0)[1] == 0
    chain.sleep(PERIOD)
    chain.mine()
    due = accesses.earningsOf(access, 0)

    assert due == (PRICE, 0)
    assert collect(access) == PRICE
    assert accesses.earningsOf(access, 0) == (0, PRICE)


def test_goes_as_far_as_the_steps_reach(access, read, chain, collect, grant, since):
    changes = [chain.sleep(DAY) or since(grant()) for _ in range(3)]
    chain.sleep(2 * PERIOD)

    assert collect(access, 0) == accrued(changes[0])
    assert read(access).snapshot == 1
    assert collect(access, 2) == accrued(changes[2]) - accrued(changes[0])
    assert read(access).snapshot == 3
    assert collect(access, 1) == PRICE - accrued(changes[2])
    assert read(access).snapshot == 4


def test_follows_where_nothing_is_due(accesses, access, read, chain, collect, grant, stranger):
    chain.sleep(2 * PERIOD)
    for _ in range(4):
        grant()
    assert collect(access, 0) == PRICE

    assert collect(access, 3) == 0
    assert read(access).snapshot == 4
    assert "EarningsPaid" not in accesses.collect(access, 3, {"from": stranger}).events
    with reverts("DataAccess_NothingDue", access):
        accesses.collect(access, 3, {"from": stranger})


@pytest.mark.parametrize(
    "named",
    [{}, {"purposes": 1 << PURPOSE, "data_classes": 0}, {"purposes": 0, "data_classes": 1 << DATA_CLASS}],
    ids=["everything", "the purpose", "the data class"],
)
def test_pays_up_to_a_withdrawal(chain, withdraw, grant, collected, since, access, named):
    chain.sleep(DAY)
    withdrawn = since(withdraw(**named))
    chain.sleep(DAY)
    grant()

    assert collected() == withdrawn


def test_pays_on_after_a_withdrawal_of_something_else(chain, withdraw, collected, access):
    chain.sleep(DAY)
    withdraw(purposes=1 << OTHER_PURPOSE, data_classes=0)

    assert collected() == PERIOD


def test_pays_the_rest_up_to_a_withdrawal_and_no_more(accesses, access, chain, collect, read, withdraw, grant, since):
    chain.sleep(DAY)
    first = collect(access)
    chain.sleep(DAY)
    withdrawn = since(withdraw())
    chain.sleep(DAY)
    grant()
    chain.sleep(DAY)

    assert first + collect(access) == accrued(withdrawn)
    assert read(access).snapshot == 1
    assert accesses.earningsOf(access, ALL) == (0, accrued(withdrawn))


def test_pays_up_to_a_grant_of_something_else(chain, grant, collected, since, access):
    chain.sleep(DAY)
    changed = since(grant(purposes=1 << OTHER_PURPOSE))
    grant()

    assert collected() == changed


@pytest.fixture
def expiry(granted, grant, chain):
    """When the consent under which Alice accepts expires: ten days from now."""
    expires_at = chain[-1].timestamp + 10 * DAY
    grant(expires_at=expires_at)
    return expires_at


def test_pays_up_to_the_expiry(expiry, access, read, collected, chain, grant):
    chain.sleep(11 * DAY)
    grant()

    assert collected() == expiry - read(access).started_at


def test_pays_until_now_while_it_expires_in_the_future(expiry, access, collect, chain):
    chain.sleep(9 * DAY)

    assert collect(access) > accrued(9 * DAY - 60)


def test_goes_on_if_she_consented_anew_before_the_expiry(expiry, access, collected, chain, grant):
    chain.sleep(9 * DAY)
    grant()

    assert collected() == PERIOD


def test_goes_on_if_she_consented_anew_in_that_very_second(expiry, access, collected, chain, grant):
    with one_block(at=expiry):
        grant(required_confs=0)

    assert chain[-1].timestamp == expiry
    assert collected() == PERIOD


def test_does_not_go_on_if_she_took_the_expiry_along(expiry, access, read, collected, withdraw):
    with one_block(at=expiry):
        withdraw(purposes=1 << OTHER_PURPOSE, data_classes=0, required_confs=0)

    assert collected() == expiry - read(access).started_at


def test_pays_on_after_a_notice_that_changes_something_else(access, collected, chain, publish):
    chain.sleep(DAY)
    publish(purposes=1 << OTHER_PURPOSE, data_classes=2**64 - 1 - (1 << DATA_CLASS), oldest=1)

    assert collected() == PERIOD


OUTDATING = [{"purposes": 1 << PURPOSE}, {"data_classes": 1 << DATA_CLASS}, {"oldest": 2}]


@pytest.mark.parametrize("change", OUTDATING, ids=["purpose", "data class", "oldest acceptable"])
def test_pays_up_to_a_notice_that_outdates_the_consent(access, collected, since, chain, publish, grant, change):
    chain.sleep(MINIMUM + DAY)
    published = since(publish(**change))
    chain.sleep(DAY)
    grant(version=2)

    assert collected() == published


@pytest.mark.parametrize("change", OUTDATING, ids=["purpose", "data class", "oldest acceptable"])
def test_pays_the_minimum_if_a_notice_outdates_the_consent_before(access, collected, chain, publish, grant, change):
    chain.sleep(DAY)
    publish(**change)
    chain.sleep(MINIMUM)
    grant(version=2)

    assert collected() == MINIMUM


def test_pays_on_if_she_consents_to_the_notice_before_the_minimum_is_over(access, collected, chain, publish, grant):
    publish(purposes=1 << PURPOSE)
    chain.sleep(MINIMUM - 60)
    grant(version=2)

    assert collected() == PERIOD


def test_pays_up_to_a_withdrawal_after_a_notice(access, collected, since, chain, publish, withdraw):
    publish(purposes=1 << PURPOSE)
    chain.sleep(DAY)
    withdrawn = since(withdraw())

    assert collected() == withdrawn < MINIMUM


@pytest.fixture
def second_notice(granted, publish, grant, chain):
    """A notice that changed the purpose, and Alice's consent to it, a while ago."""
    publish(purposes=1 << PURPOSE)
    grant(version=2)
    chain.sleep(60)


def test_pays_up_to_a_grant_under_a_notice_left_behind_before(second_notice, access, collect, since, chain, grant):
    chain.sleep(MINIMUM // 2)
    first = collect(access)
    changed = since(grant(version=1))
    chain.sleep(2 * PERIOD)

    assert first + collect(access) == accrued(changed)


def test_pays_up_to_the_burning(datasets, dataset, access, collected, since, chain, alice):
    chain.sleep(DAY)
    burned = since(datasets.burn(dataset, {"from": alice}))

    assert collected() == burned


def test_pays_up_to_a_move(access, collected, since, chain, move, alice, bob):
    chain.sleep(DAY)
    moved = since(move(alice, bob))

    assert collected() == moved


def test_pays_up_to_a_move_if_the_dataset_came_back(access, collected, since, chain, move, alice, bob):
    chain.sleep(DAY)
    moved = since(move(alice, bob))
    chain.sleep(DAY)
    move(bob, alice)

    assert collected() == moved


def test_pays_from_its_own_tenure_if_the_dataset_had_moved_before(move, alice, bob, accept, chain, collect, since):
    move(alice, bob)
    chain.sleep(DAY)
    move(bob, alice)
    access = accept()
    chain.sleep(2 * PERIOD)

    assert collect(access) == PRICE


def test_pays_on_after_an_update(datasets, dataset, access, collected, alice):
    datasets.update(dataset, b"\x44" * 32, 2, {"from": alice})

    assert collected() == PERIOD


def test_reverts_if_the_owner_refuses_the_coin(accesses, schemer, schemers_access, chain, read, alice, stranger):
    schemer.plan(1, {"from": alice})
    chain.sleep(DAY)

    with pytest.raises(VirtualMachineError):
        accesses.collect(schemers_access, ALL, {"from": stranger})

    assert read(schemers_access).paid_until == read(schemers_access).started_at
    schemer.plan(0, {"from": alice})
    assert accesses.collect(schemers_access, ALL, {"from": stranger}).return_value == schemer.balance() > 0


def test_refuses_to_be_called_back(accesses, schemer, schemers_access, chain, alice, stranger):
    schemer.planCall(accesses, accesses.collect.encode_input(schemers_access, ALL), 0, {"from": alice})
    chain.sleep(DAY)

    amount = accesses.collect(schemers_access, ALL, {"from": stranger}).return_value

    assert not schemer.succeeded()
    assert schemer.result() == GUARDED
    assert schemer.balance() == amount
