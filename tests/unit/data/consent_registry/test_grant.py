"""ConsentRegistry.grant

given a brand with notices
├── when no purpose or no data class is named
│   └── it should revert
├── when the notice does not exist
│   └── it should revert
├── when the notice is older than the oldest acceptable one
│   └── it should revert
├── when the expiry is now or past
│   └── it should revert
├── when no number is left
│   └── it should revert (test_last_number.py)
└── when all is well
    ├── it should take a snapshot
    ├── it should emit ConsentGranted with the snapshot's word
    ├── it should replace what was allowed before, and keep it under its number
    ├── it should accept a notice that is old but still acceptable
    └── it should leave other customers and brands alone
given a signed grant
├── when the brand published another text under the version that was signed
│   └── it should revert
└── when the customer's own checks fail
    └── it should revert with their error, not the signature's
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import consent_grant
from web3crm.domain.consent import Snapshot


@pytest.fixture(autouse=True)
def notice(publish):
    publish(oldest=1)


@pytest.mark.parametrize(("purposes", "data_classes"), [(0, 1), (1, 0), (0, 0)])
def test_reverts_if_it_allows_nothing(consents, brand, alice, purposes, data_classes):
    with reverts("ConsentRegistry_NothingNamed"):
        consents.grant(brand, purposes, data_classes, 1, 0, {"from": alice})


@pytest.mark.parametrize("version", [0, 2])
def test_reverts_on_an_unknown_notice(consents, brand, alice, version):
    with reverts("ConsentRegistry_UnknownNotice", brand, version):
        consents.grant(brand, 1, 1, version, 0, {"from": alice})


def test_reverts_for_a_brand_without_notices(consents, stranger, alice):
    with reverts("ConsentRegistry_UnknownNotice", stranger, 0):
        consents.grant(stranger, 1, 1, 0, 0, {"from": alice})


def test_reverts_on_a_notice_that_is_too_old(consents, publish, brand, alice):
    publish(oldest=2)

    with reverts("ConsentRegistry_NoticeTooOld", 1, 2):
        consents.grant(brand, 1, 1, 1, 0, {"from": alice})


def test_reverts_if_the_expiry_is_past(consents, chain, brand, alice):
    past = chain[-1].timestamp

    with reverts("ConsentRegistry_ExpiryNotInFuture", past):
        consents.grant(brand, 1, 1, 1, past, {"from": alice})


def test_takes_a_snapshot(consents, snapshot, chain, brand, alice):
    expires_at = chain.time() + 1000
    receipt = consents.grant(brand, 2**64 - 1, 2**63 + 1, 1, expires_at, {"from": alice})

    assert snapshot() == Snapshot(2**64 - 1, 2**63 + 1, 1, receipt.timestamp, expires_at, 1)
    assert consents.snapshotCount(alice, brand) == 1


def test_emits_consent_granted(consents, snapshot, brand, alice):
    event = consents.grant(brand, 6, 5, 1, 0, {"from": alice}).events["ConsentGranted"]

    assert (event["customer"], event["brand"]) == (alice, brand)
    assert Snapshot.unpack(event["snapshot"]) == snapshot()


def test_replaces_what_was_allowed(consents, snapshot, brand, alice):
    first = consents.grant(brand, 6, 5, 1, 0, {"from": alice})
    second = consents.grant(brand, 1, 2, 1, 0, {"from": alice})

    assert snapshot() == Snapshot(1, 2, 1, second.timestamp, 0, 2)
    assert Snapshot(*consents.snapshotAt(alice, brand, 1)) == Snapshot(6, 5, 1, first.timestamp, 0, 1)


def test_accepts_an_old_notice(consents, publish, brand, alice):
    publish(changed_purposes=2, oldest=1)
    consents.grant(brand, 3, 1, 1, 0, {"from": alice})

    assert consents.isAllowed(alice, brand, 0, 0)
    assert not consents.isAllowed(alice, brand, 1, 0)


def test_leaves_others_alone(consents, snapshot, brand, stranger, alice, bob):
    consents.grant(brand, 1, 1, 1, 0, {"from": alice})

    assert snapshot(bob) == Snapshot()
    assert snapshot(alice, stranger) == Snapshot()
    assert not consents.isAllowed(bob, brand, 0, 0)
    assert not consents.isAllowed(alice, stranger, 0, 0)


def test_a_signed_grant_is_good_for_one_text_only(consents, domain, soon, brand, alice, relayer):
    shown = b"\x99" * 32
    message = consent_grant(
        domain=domain,
        customer=str(alice),
        brand=str(brand),
        purposes=1,
        data_classes=1,
        notice_version=1,
        notice_digest=shown,
        expires_at=0,
        nonce=1,
        deadline=soon,
    )

    with reverts("Signed_InvalidSignature", alice):
        consents.grantBySig(alice, brand, 1, 1, 1, 0, 1, soon, signed_by(alice, message), {"from": relayer})


def test_a_signed_grant_is_checked_like_any_other(consents, soon, brand, alice, relayer):
    with reverts("ConsentRegistry_UnknownNotice", brand, 9):
        consents.grantBySig(alice, brand, 1, 1, 9, 0, 1, soon, b"", {"from": relayer})
