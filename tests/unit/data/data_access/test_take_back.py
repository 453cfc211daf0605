"""DataAccess.takeBack

given an access that does not exist
└── it should revert
given one that was not accepted
└── it should revert
given a snapshot that is older than the last one that was followed, or does not exist
└── it should revert
given nothing that shows an end
├── when it lives on
│   └── it should revert, whatever snapshot is named
├── when its period is over
│   └── it should revert
├── when a named snapshot still covered the use when the next one was taken
│   └── it should revert
└── when it ends in this very second
    └── it should revert: she may still consent anew
given a closing
├── it should return what comes after it, also before it takes effect
└── it should return more if the owner closes before
given a dataset that was burned, moved, or moved away and back
└── it should return what comes after that
given a withdrawal
├── it should return what comes after it, to the brand, whoever sends it
├── it should write from when on, and emit PriceRefunded
├── it should return nothing twice
├── it should return more if a later one was named first
└── it should return it though the owner granted anew since
given a consent that expired, and was or was not renewed too late
└── it should return what comes after the expiry
given a notice that outdated the consent
├── when the minimum was over
│   └── it should return what comes after its publication
└── when it was not
    └── it should return what comes after the minimum, and nothing before that has passed
given an owner who was paid up to the end
└── it should return exactly the rest
given more than one end
└── it should return what comes after the first that is shown
given an owner that refuses native coin
└── it should return the brand's part all the same
"""

from __future__ import annotations

import pytest

from tests.support.access import (
    DATA_CLASS,
    DAY,
    MINIMUM,
    NATIVE,
    OTHER_PURPOSE,
    PERIOD,
    PRICE,
    PURPOSE,
    accrued,
)
from tests.support.mining import one_block
from tests.support.reverting import reverts

ALL = 2**64 - 1


@pytest.fixture
def since(read, access):
    """How many seconds after the acceptance a transaction came."""
    return lambda receipt: receipt.timestamp - read(access).started_at


@pytest.fixture
def take_back(accesses, access, stranger):
    """Takes back as somebody who has nothing to do with it; returns the amount."""
    return lambda snapshot=0: accesses.takeBack(access, snapshot, {"from": stranger}).return_value


@pytest.fixture
def refused(accesses, access, stranger):
    """Expects that nothing is due."""

    def act(snapshot=0):
        with reverts("DataAccess_NothingDue", access):
            accesses.takeBack(access, snapshot, {"from": stranger})

    return act


def rest_after(seconds):
    return PRICE - accrued(seconds)


def test_reverts_if_it_does_not_exist(accesses, brand):
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.takeBack(7, 0, {"from": brand})


def test_reverts_if_it_was_not_accepted(accesses, offer, brand):
    access_id = offer()

    with reverts("DataAccess_NotAccepted", access_id):
        accesses.takeBack(access_id, 0, {"from": brand})


def test_reverts_on_a_snapshot_that_does_not_exist(accesses, access, grant, brand):
    grant()

    with reverts("DataAccess_SnapshotOutOfRange", 3, 1, 2):
        accesses.takeBack(access, 3, {"from": brand})


def test_reverts_on_a_snapshot_before_the_acceptance(accesses, granted, withdraw, grant, accept, brand):
    withdraw()
    grant()
    access_id = accept()

    with reverts("DataAccess_SnapshotOutOfRange", 2, 3, 3):
        accesses.takeBack(access_id, 2, {"from": brand})


def test_reverts_on_a_snapshot_before_the_last_that_was_followed(accesses, access, grant, chain, brand):
    grant()
    chain.sleep(60)
    accesses.collect(access, ALL, {"from": brand})

    with reverts("DataAccess_SnapshotOutOfRange", 1, 2, 2):
        accesses.takeBack(access, 1, {"from": brand})


@pytest.mark.parametrize("snapshot", [0, 1, 2])
def test_reverts_while_it_lives(access, grant, chain, refused, snapshot):
    chain.sleep(DAY)
    grant()
    chain.sleep(DAY)

    refused(snapshot)


@pytest.mark.parametrize("snapshot", [0, 1])
def test_reverts_if_its_period_is_over(access, chain, withdraw, refused, snapshot):
    chain.sleep(PERIOD + 1)
    withdraw()

    refused(snapshot)


def test_reverts_in_the_very_second_of_the_expiry(accesses, granted, grant, accept, chain, brand):
    expires_at = chain[-1].timestamp + DAY
    grant(expires_at=expires_at)
    access_id = accept()
    with one_block(at=expires_at):
        receipt = accesses.takeBack(access_id, 2, {"from": brand, "required_confs": 0, "gas_limit": 1_000_000})

    receipt.wait(1)
    assert receipt.status == 0
    assert chain[-1].timestamp == expires_at


def test_returns_what_comes_after_the_owners_closing(accesses, access, since, take_back, chain, alice, brand):
    chain.sleep(DAY)
    closed = since(accesses.close(access, {"from": alice}))

    assert take_back() == rest_after(closed)
    assert accesses.balanceOf(brand, NATIVE) == rest_after(closed)


def test_returns_what_comes_after_the_brands_closing_before_it_takes_effect(accesses, access, take_back, brand, chain):
    accesses.close(access, {"from": brand})

    assert take_back() == rest_after(MINIMUM)
    chain.sleep(PERIOD)
    assert accesses.collect(access, 0, {"from": brand}).return_value == accrued(MINIMUM)
    assert accesses.balance() == accesses.balanceOf(brand, NATIVE)


def test_returns_more_if_the_owner_closes_before_the_brands_closing(
    accesses, access, since, take_back, chain, alice, brand
):
    accesses.close(access, {"from": brand})
    first = take_back()
    chain.sleep(DAY)
    closed = since(accesses.close(access, {"from": alice}))

    assert first + take_back() == rest_after(closed) > rest_after(MINIMUM)


def test_returns_what_comes_after_the_burning(datasets, dataset, access, since, take_back, chain, alice):
    chain.sleep(DAY)
    burned = since(datasets.burn(dataset, {"from": alice}))

    assert take_back() == rest_after(burned)


def test_returns_what_comes_after_a_move_though_it_came_back(access, since, take_back, chain, move, alice, bob):
    chain.sleep(DAY)
    moved = since(move(alice, bob))
    chain.sleep(DAY)
    move(bob, alice)

    assert take_back() == rest_after(moved)


@pytest.mark.parametrize(
    "named",
    [{}, {"purposes": 1 << PURPOSE, "data_classes": 0}, {"purposes": 0, "data_classes": 1 << DATA_CLASS}],
    ids=["everything", "the purpose", "the data class"],
)
def test_returns_what_comes_after_a_withdrawal(access, since, withdraw, take_back, chain, named):
    chain.sleep(DAY)
    withdrawn = since(withdraw(**named))

    assert take_back(2) == rest_after(withdrawn)


def test_writes_and_emits(accesses, access, read, withdraw, chain, brand, stranger):
    chain.sleep(DAY)
    withdrawn = withdraw().timestamp
    receipt = accesses.takeBack(access, 2, {"from": stranger})

    assert read(access).refunded_from == withdrawn
    assert (accesses.balanceOf(brand, NATIVE), accesses.balanceOf(stranger, NATIVE)) == (receipt.return_value, 0)
    assert dict(receipt.events["PriceRefunded"]) == {
        "accessId": access,
        "brand": brand,
        "amount": receipt.return_value,
        "from": withdrawn,
    }


def test_returns_nothing_twice(access, withdraw, take_back, refused):
    withdraw()
    take_back(2)

    refused(2)


def test_returns_more_if_a_later_withdrawal_was_named_first(access, read, since, withdraw, grant, take_back, chain):
    ends = [chain.sleep(DAY) or since(withdraw()), chain.sleep(DAY) or grant(), chain.sleep(DAY) or since(withdraw())]
    first = take_back(4)
    second = take_back(2)

    assert (first, first + second) == (rest_after(ends[2]), rest_after(ends[0]))
    assert read(access).refunded_from - read(access).started_at == ends[0]


def test_returns_it_though_she_granted_anew(accesses, access, since, withdraw, grant, take_back, chain, brand):
    withdrawn = since(withdraw())
    chain.sleep(DAY)
    grant()

    assert accesses.canRead(access)[0] is False
    assert take_back(2) == rest_after(withdrawn)


@pytest.mark.parametrize("renewed", [False, True])
def test_returns_what_comes_after_the_expiry(accesses, granted, grant, accept, read, chain, brand, renewed):
    expires_at = chain[-1].timestamp + DAY
    grant(expires_at=expires_at)
    access_id = accept()
    chain.sleep(2 * DAY)
    grant(purposes=1 << (PURPOSE if renewed else OTHER_PURPOSE))

    amount = accesses.takeBack(access_id, 2, {"from": brand}).return_value
    assert amount == rest_after(expires_at - read(access_id).started_at)


@pytest.mark.parametrize(
    "change",
    [{"purposes": 1 << PURPOSE}, {"data_classes": 1 << DATA_CLASS}, {"oldest": 2}],
    ids=["purpose", "data class", "oldest acceptable"],
)
def test_returns_what_comes_after_a_notice(access, since, publish, take_back, chain, change):
    chain.sleep(MINIMUM + DAY)
    published = since(publish(**change))
    chain.sleep(1)

    assert take_back(1) == rest_after(published)


def test_a_notice_does_not_save_the_brand_the_minimum(access, publish, take_back, refused, chain):
    publish(oldest=2)
    chain.sleep(DAY)
    refused(1)
    chain.sleep(MINIMUM)

    assert take_back(1) == rest_after(MINIMUM)


def test_returns_exactly_the_rest(accesses, access, since, withdraw, take_back, chain, stranger):
    chain.sleep(DAY)
    withdrawn = since(withdraw())
    paid = accesses.collect(access, ALL, {"from": stranger}).return_value

    assert (paid, paid + take_back(2)) == (accrued(withdrawn), PRICE)


def test_returns_what_comes_after_the_first_end_that_is_shown(
    accesses, datasets, dataset, access, since, withdraw, take_back, chain, alice
):
    ends = [
        chain.sleep(DAY) or since(withdraw()),
        chain.sleep(DAY) or since(accesses.close(access, {"from": alice})),
        chain.sleep(DAY) or since(datasets.burn(dataset, {"from": alice})),
    ]

    assert take_back() == rest_after(ends[1])
    assert take_back(2) == rest_after(ends[0]) - rest_after(ends[1])


def test_an_owner_that_refuses_native_coin_blocks_nobody_else(
    accesses, consents, schemer, schemers_access, read, chain, alice, brand
):
    schemer.plan(1, {"from": alice})
    chain.sleep(DAY)
    withdrawn = schemer.execute(consents, consents.withdrawAll.encode_input(brand), {"from": alice}).timestamp

    amount = accesses.takeBack(schemers_access, 2, {"from": brand}).return_value
    accesses.withdraw(NATIVE, amount, brand, {"from": brand})

    assert amount == rest_after(withdrawn - read(schemers_access).started_at)
    assert accesses.balance() == PRICE - amount
