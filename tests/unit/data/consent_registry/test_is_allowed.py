"""ConsentRegistry.isAllowed, whyNot, snapshotAt

given a customer who never granted, or has withdrawn everything
└── it should refuse: NO_CONSENT
given a consent
├── when purpose and data class are both in it
│   └── it should allow
├── when the purpose is not, or is no bit at all
│   └── it should refuse: PURPOSE_NOT_GRANTED
├── when the data class is not, or is no bit at all
│   └── it should refuse: DATA_CLASS_NOT_GRANTED
├── when it has run out
│   └── it should refuse from that second on: EXPIRED
└── when a new notice was published since
    ├── that does not accept hers any longer
    │   └── it should refuse: NOTICE_TOO_OLD
    ├── that changed the purpose
    │   ├── it should refuse: PURPOSE_CHANGED
    │   ├── it should allow what has not changed
    │   └── it should allow again once she has granted under it
    ├── that changed the data class
    │   └── it should refuse: DATA_CLASS_CHANGED
    └── that changed something else
        └── it should allow
given a number that no snapshot has
└── snapshotAt should revert
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from web3crm.domain.consent import Refusal


@pytest.fixture(autouse=True)
def notice(publish):
    publish(changed_purposes=2**64 - 1, changed_data_classes=2**64 - 1)


@pytest.fixture
def consent(consents, brand, alice):
    """Alice allows the purposes 0 and 5 on the data classes 1 and 63."""
    return consents.grant(brand, 2**0 + 2**5, 2**1 + 2**63, 1, 0, {"from": alice})


@pytest.fixture
def answer(consents, brand, alice):
    """What the contract says about a purpose and a data class; both views must agree."""

    def ask(purpose, data_class):
        refusal = Refusal(consents.whyNot(alice, brand, purpose, data_class))
        assert consents.isAllowed(alice, brand, purpose, data_class) == (refusal is Refusal.NONE)
        return refusal

    return ask


def test_refuses_without_a_consent(answer):
    assert answer(0, 1) is Refusal.NO_CONSENT


def test_refuses_after_a_withdrawal(consents, consent, answer, brand, alice):
    consents.withdrawAll(brand, {"from": alice})

    assert answer(0, 1) is Refusal.NO_CONSENT


@pytest.mark.parametrize(("purpose", "data_class"), [(0, 1), (0, 63), (5, 1), (5, 63)])
def test_allows_what_is_granted(consent, answer, purpose, data_class):
    assert answer(purpose, data_class) is Refusal.NONE


@pytest.mark.parametrize("purpose", [1, 4, 6, 63, 64, 69, 128, 255])
def test_refuses_another_purpose(consent, answer, purpose):
    assert answer(purpose, 1) is Refusal.PURPOSE_NOT_GRANTED


@pytest.mark.parametrize("data_class", [0, 2, 62, 64, 65, 127, 255])
def test_refuses_another_data_class(consent, answer, data_class):
    assert answer(0, data_class) is Refusal.DATA_CLASS_NOT_GRANTED


def test_refuses_when_it_has_run_out(consents, answer, chain, brand, alice):
    expires_at = chain.time() + 1000
    consents.grant(brand, 1, 2, 1, expires_at, {"from": alice})
    before = answer(0, 1)
    chain.sleep(expires_at - chain.time())
    chain.mine()

    assert before is Refusal.NONE
    assert answer(0, 1) is Refusal.EXPIRED


def test_refuses_under_a_notice_that_is_too_old(consent, publish, answer):
    publish(oldest=2)

    assert answer(0, 1) is Refusal.NOTICE_TOO_OLD


def test_asks_again_for_a_changed_purpose_only(consent, publish, answer):
    publish(changed_purposes=2**5)

    assert answer(5, 1) is Refusal.PURPOSE_CHANGED
    assert answer(0, 1) is Refusal.NONE


def test_asks_again_for_a_changed_data_class_only(consent, publish, answer):
    publish(changed_data_classes=2**63)

    assert answer(0, 63) is Refusal.DATA_CLASS_CHANGED
    assert answer(0, 1) is Refusal.NONE


def test_keeps_refusing_when_a_later_notice_changes_nothing(consent, publish, answer):
    publish(changed_purposes=2**5)
    publish()

    assert answer(5, 1) is Refusal.PURPOSE_CHANGED
    assert answer(0, 1) is Refusal.NONE


def test_allows_again_after_a_grant_under_the_new_notice(consents, consent, publish, answer, brand, alice):
    publish(changed_purposes=2**5)
    consents.grant(brand, 2**5, 2**1, 2, 0, {"from": alice})

    assert answer(5, 1) is Refusal.NONE


def test_a_partial_withdrawal_does_not_renew_the_notice(consents, consent, publish, answer, brand, alice):
    publish(changed_purposes=2**5)
    consents.withdraw(brand, 2**0, 0, {"from": alice})

    assert answer(5, 1) is Refusal.PURPOSE_CHANGED


@pytest.mark.parametrize("number", [0, 2, 65_535])
def test_snapshot_at_reverts_on_an_unknown_number(consents, consent, brand, alice, number):
    with reverts("ConsentRegistry_UnknownSnapshot", number):
        consents.snapshotAt(alice, brand, number)


def test_snapshot_at_the_last_number_is_the_latest(consents, consent, brand, alice):
    assert consents.snapshotAt(alice, brand, 1) == consents.snapshotOf(alice, brand)
