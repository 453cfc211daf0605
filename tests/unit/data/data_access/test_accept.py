"""DataAccess.accept, and what acceptBySig checks besides the signature

given an access that does not exist
└── it should revert, by signature too
given one that was accepted
└── it should revert
given an offer whose last second has passed
├── it should revert
└── it should be accepted in that very second
given a digest of zero
└── it should revert
given a dataset
├── when it was burned
│   └── it should revert
├── when it is somebody else's, also after it moved
│   └── it should revert
├── when it was updated since the offer
│   └── it should revert
└── when it moved before the offer is accepted
    └── it should be accepted by the new wallet, under the new wallet's consent
given the owner's consent
├── when it does not cover the purpose or data class, for whatever reason
│   └── it should revert with that reason
└── when it covers it
    ├── it should say who accepted, when, in which tenure and under which snapshot
    ├── it should keep the envelope's digest
    ├── it should emit AccessAccepted with the dataset's key epoch
    └── it should pay nothing yet
given an owner that is a contract wallet
└── it should be accepted by its own call
"""

from __future__ import annotations

import pytest

from tests.support.access import (
    DATA_CLASS,
    DATA_CLASSES,
    ENVELOPE,
    MANIFEST,
    OTHER_DATA_CLASS,
    OTHER_PURPOSE,
    PRICE,
    PURPOSE,
    PURPOSES,
)
from tests.support.mining import one_block
from tests.support.reverting import reverts

OTHER_MANIFEST = b"\x44" * 32
NO_CONSENT, NO_PURPOSE, NO_DATA_CLASS, EXPIRED, TOO_OLD, PURPOSE_CHANGED, DATA_CLASS_CHANGED = range(6, 13)


def test_reverts_if_it_does_not_exist(accesses, alice):
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.accept(7, ENVELOPE, {"from": alice})


def test_a_signature_reverts_if_it_does_not_exist(accesses, alice, relayer):
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.acceptBySig(alice, 7, ENVELOPE, 0, 2**40, b"", {"from": relayer})


def test_reverts_if_it_was_accepted(accesses, access, alice):
    with reverts("DataAccess_AlreadyAccepted", access):
        accesses.accept(access, ENVELOPE, {"from": alice})


def test_reverts_after_the_last_second(accesses, granted, offer, chain, alice):
    expires_at = chain[-1].timestamp + 60
    access_id = offer(expires_at=expires_at)
    chain.sleep(61)

    with reverts("DataAccess_OfferExpired", expires_at):
        accesses.accept(access_id, ENVELOPE, {"from": alice})


def test_is_accepted_in_the_last_second(accesses, granted, offer, read, chain, alice):
    expires_at = chain[-1].timestamp + 60
    access_id = offer(expires_at=expires_at)
    with one_block(at=expires_at):
        accesses.accept(access_id, ENVELOPE, {"from": alice, "required_confs": 0})

    assert read(access_id).started_at == expires_at


def test_reverts_without_a_digest(accesses, granted, offer, alice):
    with reverts("DataAccess_EmptyDigest"):
        accesses.accept(offer(), b"\x00" * 32, {"from": alice})


def test_reverts_if_the_dataset_was_burned(accesses, granted, offer, datasets, dataset, alice):
    access_id = offer()
    datasets.burn(dataset, {"from": alice})

    with reverts("CustomerData_UnknownDataset", dataset):
        accesses.accept(access_id, ENVELOPE, {"from": alice})


def test_reverts_for_anybody_else(accesses, granted, offer, alice, bob):
    with reverts("DataAccess_NotOwner", bob, alice):
        accesses.accept(offer(), ENVELOPE, {"from": bob})


def test_reverts_for_the_former_owner(accesses, granted, offer, move, alice, bob):
    access_id = offer()
    move(alice, bob)

    with reverts("DataAccess_NotOwner", alice, bob):
        accesses.accept(access_id, ENVELOPE, {"from": alice})


def test_reverts_if_the_dataset_was_updated(accesses, granted, offer, datasets, dataset, alice):
    access_id = offer()
    datasets.update(dataset, OTHER_MANIFEST, 1, {"from": alice})

    with reverts("DataAccess_DatasetChanged", OTHER_MANIFEST, MANIFEST):
        accesses.accept(access_id, ENVELOPE, {"from": alice})


def test_the_new_wallet_needs_a_consent_of_its_own(accesses, granted, offer, move, alice, bob):
    access_id = offer()
    move(alice, bob)

    with reverts("DataAccess_NotAllowed", NO_CONSENT):
        accesses.accept(access_id, ENVELOPE, {"from": bob})


def test_the_new_wallet_accepts(accesses, granted, consents, offer, read, move, alice, bob, brand):
    access_id = offer()
    move(alice, bob)
    consents.grant(brand, PURPOSES, DATA_CLASSES, 1, 0, {"from": bob})
    accesses.accept(access_id, ENVELOPE, {"from": bob})

    assert (read(access_id).owner, read(access_id).tenure) == (bob, 1)


def test_reverts_without_a_consent(accesses, publish, offer, alice):
    publish()

    with reverts("DataAccess_NotAllowed", NO_CONSENT):
        accesses.accept(offer(), ENVELOPE, {"from": alice})


@pytest.mark.parametrize(
    ("named", "reason"),
    [({"purposes": 1 << OTHER_PURPOSE}, NO_PURPOSE), ({"data_classes": 1 << OTHER_DATA_CLASS}, NO_DATA_CLASS)],
    ids=["purpose", "data class"],
)
def test_reverts_if_it_was_not_granted(accesses, publish, grant, offer, alice, named, reason):
    publish()
    grant(**named)

    with reverts("DataAccess_NotAllowed", reason):
        accesses.accept(offer(), ENVELOPE, {"from": alice})


def test_reverts_if_the_consent_has_expired(accesses, publish, grant, offer, chain, alice):
    publish()
    grant(expires_at=chain[-1].timestamp + 60)
    chain.sleep(60)

    with reverts("DataAccess_NotAllowed", EXPIRED):
        accesses.accept(offer(), ENVELOPE, {"from": alice})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"oldest": 2}, TOO_OLD),
        ({"purposes": 1 << PURPOSE}, PURPOSE_CHANGED),
        ({"data_classes": 1 << DATA_CLASS}, DATA_CLASS_CHANGED),
    ],
    ids=["oldest acceptable", "purpose", "data class"],
)
def test_reverts_if_the_notice_is_outdated(accesses, granted, publish, offer, alice, change, reason):
    publish(**change)

    with reverts("DataAccess_NotAllowed", reason):
        accesses.accept(offer(), ENVELOPE, {"from": alice})


def test_says_who_accepted_when_and_under_what(accesses, granted, grant, offer, read, alice):
    grant()
    access_id = offer()
    before = read(access_id)
    receipt = accesses.accept(access_id, ENVELOPE, {"from": alice})

    assert read(access_id) == before._replace(
        owner=alice,
        started_at=receipt.timestamp,
        paid_until=receipt.timestamp,
        snapshot=2,
        digest="0x" + ENVELOPE.hex(),
    )


def test_emits_access_accepted(accesses, granted, terms, datasets, dataset, alice, brand):
    datasets.update(dataset, OTHER_MANIFEST, 2, {"from": alice})
    offered = terms(manifest_digest=OTHER_MANIFEST).to_tuple()
    access_id = accesses.offer(offered, {"from": brand, "value": PRICE}).return_value

    event = accesses.accept(access_id, ENVELOPE, {"from": alice}).events["AccessAccepted"]

    assert dict(event) == {
        "accessId": access_id,
        "owner": alice,
        "datasetId": dataset,
        "envelopeDigest": "0x" + ENVELOPE.hex(),
        "keyEpoch": 2,
    }


def test_pays_nothing_yet(accesses, access, alice):
    assert accesses.balance() == PRICE
    assert accesses.earningsOf(access, 0)[1] == 0


def test_a_contract_wallet_accepts(schemers_access, schemer, read):
    assert read(schemers_access).owner == schemer
