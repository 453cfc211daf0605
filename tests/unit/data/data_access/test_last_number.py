"""What happens to accesses when the numbers of a customer's snapshots run out

given a customer whose next snapshot is her 65,533rd
└── it should be accepted and bear the access
given a customer with 65,534 snapshots or all 65,535
└── accepting should revert, and an access be unreadable
given an access accepted under the 65,533rd
├── when the 65,534th is taken, though it covers the use
│   └── it should end with that, for both sides
└── when the very last is overwritten again and again
    └── it should not move the end
"""

from __future__ import annotations

import pytest

from tests.support.access import DATA_CLASSES, DAY, ENVELOPE, OTHER_PURPOSE, PRICE, PURPOSES, accrued
from tests.support.reverting import reverts
from tests.support.storage import read_word, slot_of, write_word
from web3crm.domain.consent import LAST_NUMBER, Snapshot

ALL = 2**64 - 1
INTERRUPTED = 13
CONSENTS_SLOT = 10


@pytest.fixture
def at_number(consents, granted, brand, alice):
    """Lets Alice's consent have the given number."""
    slot = slot_of(CONSENTS_SLOT, alice, brand)
    latest = Snapshot(*consents.snapshotOf(alice, brand))
    assert read_word(consents, slot) == latest.pack()

    def put(number):
        write_word(consents, slot, Snapshot(PURPOSES, DATA_CLASSES, 1, latest.at, 0, number).pack())

    return put


def test_the_last_but_two_bears_it(at_number, accept, accesses, read):
    at_number(LAST_NUMBER - 2)
    access_id = accept()

    assert read(access_id).snapshot == LAST_NUMBER - 2
    assert accesses.canRead(access_id) == (True, 0)


@pytest.mark.parametrize("number", [LAST_NUMBER - 1, LAST_NUMBER])
def test_the_last_two_do_not(at_number, accesses, offer, alice, number):
    at_number(number)

    with reverts("DataAccess_NotAllowed", INTERRUPTED):
        accesses.accept(offer(), ENVELOPE, {"from": alice})


def test_it_ends_with_the_last_but_one(at_number, accept, accesses, read, grant, chain, stranger):
    at_number(LAST_NUMBER - 2)
    access_id = accept()
    chain.sleep(DAY)
    ended = grant().timestamp - read(access_id).started_at
    chain.sleep(DAY)

    assert accesses.canRead(access_id) == (False, INTERRUPTED)
    assert accesses.collect(access_id, ALL, {"from": stranger}).return_value == accrued(ended)
    assert accesses.takeBack(access_id, LAST_NUMBER - 1, {"from": stranger}).return_value == PRICE - accrued(ended)


def test_overwriting_does_not_move_the_end(at_number, accept, accesses, read, withdraw, chain, stranger):
    at_number(LAST_NUMBER - 2)
    access_id = accept()
    chain.sleep(DAY)
    ended = withdraw(purposes=1 << OTHER_PURPOSE, data_classes=0).timestamp - read(access_id).started_at
    later = [chain.sleep(DAY) or withdraw(purposes=1 << OTHER_PURPOSE, data_classes=0).timestamp for _ in range(3)]
    chain.sleep(DAY)

    paid = accesses.collect(access_id, ALL, {"from": stranger}).return_value
    by_the_last = accesses.takeBack(access_id, LAST_NUMBER, {"from": stranger}).return_value
    by_the_one_before = accesses.takeBack(access_id, LAST_NUMBER - 1, {"from": stranger}).return_value

    assert paid == accrued(ended)
    assert by_the_last == PRICE - accrued(later[-1] - read(access_id).started_at)
    assert paid + by_the_last + by_the_one_before == PRICE
