"""ConsentRegistry.requestErasure, acknowledgeErasure

given a customer
├── when she asks a brand for erasure
│   ├── it should withdraw everything
│   ├── it should be due after the brand's present period, 30 days if it never published one
│   ├── it should emit ErasureRequested
│   └── it should keep its due date whatever the brand publishes later
└── when she asks again while the request is open
    └── it should withdraw again, keep the dates, and emit no second ErasureRequested
given an open request
├── when it is past its due date
│   └── it should be overdue
├── when the brand acknowledges without a receipt
│   └── it should revert
├── when somebody else acknowledges
│   └── it should revert
└── when the brand acknowledges
    ├── it should keep time and receipt
    ├── it should emit ErasureAcknowledged
    ├── it should not be overdue any more
    ├── it should not be possible twice
    └── it should be possible to ask again, with nothing left of the first request
given no request
└── it should revert to acknowledge
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from web3crm.domain.consent import Snapshot

DAY = 86_400
RECEIPT = b"\x77" * 32
NONE = "0x" + "00" * 32


@pytest.fixture
def requested(consents, brand, alice):
    return consents.requestErasure(brand, {"from": alice})


def test_withdraws_everything(consents, publish, snapshot, brand, alice):
    publish()
    consents.grant(brand, 7, 7, 1, 0, {"from": alice})

    event = consents.requestErasure(brand, {"from": alice}).events["ConsentWithdrawn"]

    assert not snapshot().allows_something
    assert Snapshot.unpack(event["snapshot"]) == snapshot()


def test_is_due_after_thirty_days_by_default(consents, requested, brand, alice):
    assert consents.erasureOf(alice, brand) == (requested.timestamp, requested.timestamp + 30 * DAY, 0, NONE)


def test_is_due_after_the_brands_period(consents, publish, brand, alice):
    publish(period=7 * DAY)

    receipt = consents.requestErasure(brand, {"from": alice})

    assert consents.erasureOf(alice, brand)[1] == receipt.timestamp + 7 * DAY


def test_emits_erasure_requested(requested, brand, alice):
    assert dict(requested.events["ErasureRequested"]) == {
        "customer": alice,
        "brand": brand,
        "dueAt": requested.timestamp + 30 * DAY,
    }


def test_keeps_its_due_date(consents, publish, requested, brand, alice):
    publish(period=90 * DAY)

    assert consents.erasureOf(alice, brand)[1] == requested.timestamp + 30 * DAY


def test_asking_again_withdraws_again_and_keeps_the_dates(consents, publish, requested, chain, brand, alice):
    publish(period=90 * DAY)
    consents.grant(brand, 1, 1, 1, 0, {"from": alice})
    chain.sleep(DAY)

    again = consents.requestErasure(brand, {"from": alice})

    assert not consents.isAllowed(alice, brand, 0, 0)
    assert consents.erasureOf(alice, brand) == (requested.timestamp, requested.timestamp + 30 * DAY, 0, NONE)
    assert "ErasureRequested" not in again.events


def test_is_overdue_after_the_due_date(consents, requested, chain, brand, alice):
    chain.sleep(30 * DAY + 10)
    chain.mine()

    assert consents.isErasureOverdue(alice, brand)


def test_is_not_overdue_shortly_before_the_due_date(consents, requested, chain, brand, alice):
    chain.sleep(30 * DAY - 60)
    chain.mine()

    assert not consents.isErasureOverdue(alice, brand)


def test_is_not_overdue_at_first(consents, requested, brand, alice):
    assert not consents.isErasureOverdue(alice, brand)


def test_nothing_is_overdue_without_a_request(consents, brand, alice):
    assert not consents.isErasureOverdue(alice, brand)


def test_acknowledging_reverts_without_a_receipt(consents, requested, brand, alice):
    with reverts("ConsentRegistry_EmptyDigest"):
        consents.acknowledgeErasure(alice, b"\x00" * 32, {"from": brand})


@pytest.mark.parametrize("who", ["stranger", "alice", "deployer"])
def test_acknowledging_reverts_for_anybody_but_the_brand(consents, requested, request, alice, who):
    somebody = request.getfixturevalue(who)

    with reverts("ConsentRegistry_NoErasureRequested", alice, somebody):
        consents.acknowledgeErasure(alice, RECEIPT, {"from": somebody})


def test_acknowledging_reverts_without_a_request(consents, brand, alice):
    with reverts("ConsentRegistry_NoErasureRequested", alice, brand):
        consents.acknowledgeErasure(alice, RECEIPT, {"from": brand})


def test_acknowledging_keeps_time_and_receipt(consents, requested, brand, alice):
    receipt = consents.acknowledgeErasure(alice, RECEIPT, {"from": brand})

    assert consents.erasureOf(alice, brand) == (
        requested.timestamp,
        requested.timestamp + 30 * DAY,
        receipt.timestamp,
        "0x" + RECEIPT.hex(),
    )


def test_acknowledging_emits_erasure_acknowledged(consents, requested, brand, alice):
    event = consents.acknowledgeErasure(alice, RECEIPT, {"from": brand}).events["ErasureAcknowledged"]

    assert dict(event) == {"customer": alice, "brand": brand, "receiptDigest": "0x" + RECEIPT.hex()}


def test_what_is_acknowledged_is_not_overdue(consents, requested, chain, brand, alice):
    chain.sleep(31 * DAY)
    consents.acknowledgeErasure(alice, RECEIPT, {"from": brand})

    assert not consents.isErasureOverdue(alice, brand)


def test_acknowledging_reverts_the_second_time(consents, requested, brand, alice):
    consents.acknowledgeErasure(alice, RECEIPT, {"from": brand})

    with reverts("ConsentRegistry_NoErasureRequested", alice, brand):
        consents.acknowledgeErasure(alice, RECEIPT, {"from": brand})


def test_she_may_ask_again_after_the_receipt(consents, requested, brand, alice):
    consents.acknowledgeErasure(alice, RECEIPT, {"from": brand})

    again = consents.requestErasure(brand, {"from": alice})

    assert consents.erasureOf(alice, brand) == (again.timestamp, again.timestamp + 30 * DAY, 0, NONE)
    assert "ErasureRequested" in again.events
