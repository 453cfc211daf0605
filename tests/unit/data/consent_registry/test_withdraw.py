"""ConsentRegistry.withdraw, withdrawAll, withdrawEverywhere

given what a customer allows
├── when withdraw names nothing
│   └── it should revert
├── when she withdraws some of it
│   ├── it should leave the rest, with its notice and expiry
│   ├── it should emit ConsentWithdrawn with the snapshot's word
│   ├── it should keep what was allowed before under its number
│   └── it should do no harm to name what is not allowed
├── when she withdraws all of it
│   ├── it should leave nothing
│   └── it should be safe to repeat
├── when she withdraws everywhere
│   ├── it should leave nothing with any brand named, granted or not, named twice or not
│   └── it should leave a brand alone that is not named
├── when the brand has made her notice unacceptable
│   └── it should withdraw all the same
└── when the consent has run out
    └── it should withdraw all the same
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from web3crm.domain.consent import Snapshot


@pytest.fixture(autouse=True)
def granted(publish, consents, brand, alice):
    publish()
    return consents.grant(brand, 7, 7, 1, 2**40 - 1, {"from": alice})


def test_reverts_if_nothing_is_named(consents, brand, alice):
    with reverts("ConsentRegistry_NothingNamed"):
        consents.withdraw(brand, 0, 0, {"from": alice})


def test_leaves_the_rest(consents, snapshot, brand, alice):
    receipt = consents.withdraw(brand, 1, 6, {"from": alice})

    assert snapshot() == Snapshot(6, 1, 1, receipt.timestamp, 2**40 - 1, 2)
    assert consents.isAllowed(alice, brand, 1, 0)
    assert not consents.isAllowed(alice, brand, 0, 0)
    assert not consents.isAllowed(alice, brand, 1, 1)


def test_emits_consent_withdrawn(consents, snapshot, brand, alice):
    event = consents.withdraw(brand, 1, 0, {"from": alice}).events["ConsentWithdrawn"]

    assert (event["customer"], event["brand"]) == (alice, brand)
    assert Snapshot.unpack(event["snapshot"]) == snapshot()


def test_keeps_what_was_allowed_before(consents, granted, brand, alice):
    consents.withdraw(brand, 1, 0, {"from": alice})

    assert Snapshot(*consents.snapshotAt(alice, brand, 1)) == Snapshot(7, 7, 1, granted.timestamp, 2**40 - 1, 1)


def test_does_no_harm_to_name_what_is_not_allowed(consents, snapshot, brand, alice):
    consents.withdraw(brand, 2**63, 2**63, {"from": alice})

    assert (snapshot().purposes, snapshot().data_classes) == (7, 7)


def test_withdraw_all_leaves_nothing(consents, snapshot, brand, alice):
    consents.withdrawAll(brand, {"from": alice})

    assert not snapshot().allows_something
    assert not consents.isAllowed(alice, brand, 0, 0)


def test_withdraw_all_is_safe_to_repeat(consents, snapshot, brand, alice):
    consents.withdrawAll(brand, {"from": alice})
    consents.withdrawAll(brand, {"from": alice})

    assert not snapshot().allows_something
    assert snapshot().number == 3


def test_withdraw_everywhere_leaves_nothing(consents, publish, snapshot, brand, issuer, stranger, alice):
    publish(by=issuer)
    consents.grant(issuer, 1, 1, 1, 0, {"from": alice})

    consents.withdrawEverywhere([brand, issuer, stranger, brand], {"from": alice})

    assert not snapshot(of=brand).allows_something
    assert not snapshot(of=issuer).allows_something
    assert not snapshot(of=stranger).allows_something
    assert [snapshot(of=each).number for each in (brand, issuer, stranger)] == [3, 2, 1]


def test_withdraw_everywhere_leaves_others_alone(consents, snapshot, brand, stranger, alice):
    consents.withdrawEverywhere([stranger], {"from": alice})

    assert consents.isAllowed(alice, brand, 0, 0)


def test_works_under_a_notice_that_is_too_old(consents, publish, snapshot, brand, alice):
    publish(changed_purposes=7, oldest=2)

    consents.withdraw(brand, 1, 0, {"from": alice})

    assert snapshot().purposes == 6


def test_works_after_the_expiry(consents, snapshot, chain, brand, alice):
    consents.grant(brand, 7, 7, 1, chain.time() + 100, {"from": alice})
    chain.sleep(200)
    chain.mine()

    consents.withdrawAll(brand, {"from": alice})

    assert not snapshot().allows_something
