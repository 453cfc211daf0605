"""DataAccess.close

given an access that does not exist
└── it should revert
given one that was not accepted
└── it should revert
given somebody who is neither its owner nor its brand, the new owner of the dataset too
└── it should revert
given its owner
├── it should close now, whatever the minimum, and emit AccessClosed
└── it should revert if it is closed already
given its brand
├── when the minimum is not over
│   └── it should close when the minimum is over
├── when the minimum is over
│   └── it should close now
├── when it has announced a closing, or the owner has closed
│   └── it should revert
└── when there is no minimum
    └── it should close now
given a closing that the brand announced
├── when the owner closes before it takes effect
│   └── it should close now
└── when the owner closes after it took effect
    └── it should revert
given a brand that is also the owner
└── it should close now
"""

from __future__ import annotations

import pytest

from tests.support.access import DATA_CLASS, DATA_CLASSES, ENVELOPE, MANIFEST, MINIMUM, PURPOSES
from tests.support.reverting import reverts


@pytest.fixture
def close(accesses):
    """Closes, and returns the event."""
    return lambda party, access_id: accesses.close(access_id, {"from": party}).events["AccessClosed"]


def test_reverts_if_it_does_not_exist(accesses, brand):
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.close(7, {"from": brand})


def test_reverts_if_it_was_not_accepted(accesses, offer, brand):
    access_id = offer()

    with reverts("DataAccess_NotAccepted", access_id):
        accesses.close(access_id, {"from": brand})


def test_reverts_for_anybody_else(accesses, access, stranger):
    with reverts("DataAccess_NotParty", stranger):
        accesses.close(access, {"from": stranger})


def test_reverts_for_the_new_owner_of_the_dataset(accesses, access, move, alice, bob):
    move(alice, bob)

    with reverts("DataAccess_NotParty", bob):
        accesses.close(access, {"from": bob})


def test_the_owner_closes_now(accesses, access, read, alice):
    receipt = accesses.close(access, {"from": alice})

    assert read(access).closed_at == receipt.timestamp
    assert dict(receipt.events["AccessClosed"]) == {
        "accessId": access,
        "party": alice,
        "closedAt": receipt.timestamp,
    }


def test_the_owner_closes_once(accesses, access, close, chain, alice):
    closed = close(alice, access)["closedAt"]
    chain.sleep(60)

    with reverts("DataAccess_AlreadyClosed", access, closed):
        accesses.close(access, {"from": alice})


def test_the_brand_closes_when_the_minimum_is_over(access, close, read, brand):
    event = close(brand, access)

    assert event["party"] == brand
    assert event["closedAt"] == read(access).closed_at == read(access).started_at + MINIMUM


def test_the_brand_closes_now_after_the_minimum(accesses, access, read, chain, brand):
    chain.sleep(MINIMUM + 60)
    receipt = accesses.close(access, {"from": brand})

    assert read(access).closed_at == receipt.timestamp


def test_the_brand_closes_now_without_a_minimum(accesses, accept, read, brand):
    access_id = accept(minimum=0)
    receipt = accesses.close(access_id, {"from": brand})

    assert read(access_id).closed_at == receipt.timestamp


@pytest.mark.parametrize("wait", [60, 2 * MINIMUM], ids=["before it takes effect", "after"])
def test_the_brand_closes_once(accesses, access, close, chain, brand, wait):
    closed = close(brand, access)["closedAt"]
    chain.sleep(wait)

    with reverts("DataAccess_AlreadyClosed", access, closed):
        accesses.close(access, {"from": brand})


def test_the_brand_cannot_put_off_the_owners_closing(accesses, access, close, alice, brand):
    closed = close(alice, access)["closedAt"]

    with reverts("DataAccess_AlreadyClosed", access, closed):
        accesses.close(access, {"from": brand})


def test_the_owner_closes_before_the_brands_closing_takes_effect(accesses, access, close, read, alice, brand):
    announced = close(brand, access)["closedAt"]
    receipt = accesses.close(access, {"from": alice})

    assert read(access).closed_at == receipt.timestamp < announced


def test_the_owner_cannot_close_after_the_brands_closing_took_effect(accesses, access, close, chain, alice, brand):
    announced = close(brand, access)["closedAt"]
    chain.sleep(MINIMUM)

    with reverts("DataAccess_AlreadyClosed", access, announced):
        accesses.close(access, {"from": alice})


def test_a_brand_that_is_the_owner_closes_now(accesses, consents, datasets, granted, offer, read, brand):
    dataset = datasets.mint(MANIFEST, DATA_CLASS, {"from": brand}).return_value
    consents.grant(brand, PURPOSES, DATA_CLASSES, 1, 0, {"from": brand})
    access_id = offer(dataset_id=dataset)
    accesses.accept(access_id, ENVELOPE, {"from": brand})
    receipt = accesses.close(access_id, {"from": brand})

    assert read(access_id).closed_at == receipt.timestamp
