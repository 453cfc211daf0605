"""Who can read what, and until when, by a ledger that says what a test has it say (the chain's is tested on a chain).

given kept envelopes
├── each should be listed with what the ledger says, those of one dataset only if one is named
├── when the envelope is of another epoch, or for another key
│   └── it should say so, though the consent would allow it
├── when the ledger does not answer
│   └── it should raise
└── when a file is damaged
    └── it should be told
"""

from __future__ import annotations

import dataclasses

import pytest

from web3crm.errors import ChainError, EnvelopeError
from web3crm.vault import EnvelopeKeeper, Identity, Reader, list_readers, make_envelope

ACCESS = 9


@pytest.fixture
def keeper(tmp_path, ledger):
    return EnvelopeKeeper(tmp_path / "keeper", ledger)


@pytest.fixture
def keep(keeper, dataset, ledger, roastery, roastery_identity, alice_wallet):
    ledger.mint(dataset, b"\x01" * 32, 3)

    def keep(token=dataset, access_id=None, grantee=roastery):
        recipient = roastery_identity.recipient
        envelope = make_envelope(Identity.generate(), dataset=token, key_epoch=1, grantee=grantee, recipient=recipient)
        keeper.keep(envelope, customer=alice_wallet.address, data_class=3, recipient=recipient, access_id=access_id)

    return keep


def test_a_reader_is_listed(keeper, keep, ledger, dataset, roastery, roastery_identity):
    keep()
    ledger.allow(roastery, roastery_identity.recipient)
    (reader,) = list_readers(keeper, ledger)
    assert reader == Reader(dataset, roastery, (5,), 3, 2_000, None, 1, "", 7)
    assert reader.may_read


def test_who_may_not_is_listed_with_the_reason(keeper, keep, ledger, roastery):
    keep(access_id=ACCESS)
    ledger.refuse(roastery, "the access was closed", ACCESS)
    (reader,) = list_readers(keeper, ledger)
    assert (reader.may_read, reader.purposes, reader.until, reader.access_id, reader.reason) == (
        False, (), None, ACCESS, "the access was closed",
    )  # fmt: skip


def test_each_access_is_judged_by_itself(keeper, keep, ledger, roastery, roastery_identity):
    keep()
    keep(access_id=ACCESS)
    ledger.allow(roastery, roastery_identity.recipient, ACCESS)
    assert [(reader.access_id, reader.may_read) for reader in list_readers(keeper, ledger)] == [
        (None, False),
        (ACCESS, True),
    ]


def test_those_of_one_dataset_can_be_asked_for(keeper, keep, ledger, dataset):
    other = dataclasses.replace(dataset, token_id=43)
    keep()
    keep(token=other)
    assert [reader.dataset for reader in list_readers(keeper, ledger, other)] == [other]
    assert [reader.dataset for reader in list_readers(keeper, ledger)] == [dataset, other]


def test_an_envelope_of_another_epoch_is_told(keeper, keep, ledger, dataset, roastery, roastery_identity):
    keep()
    ledger.allow(roastery, roastery_identity.recipient)
    ledger.mint(dataset, b"\x02" * 32, 3, 2)
    (reader,) = list_readers(keeper, ledger)
    assert (reader.purposes, reader.reason) == ((), "the envelope is of key epoch 1, the dataset is in 2")


def test_an_envelope_for_another_key_is_told(keeper, keep, ledger, roastery):
    keep()
    ledger.allow(roastery, Identity.generate().recipient)
    (reader,) = list_readers(keeper, ledger)
    assert (reader.until, reader.reason) == (None, "the envelope is for a key that the grantee has replaced")


def test_a_dataset_that_is_gone_is_told(keeper, keep, ledger, roastery, roastery_identity):
    keep()
    ledger.allow(roastery, roastery_identity.recipient)
    ledger.datasets.clear()
    assert [reader.reason for reader in list_readers(keeper, ledger)] == ["the dataset does not exist any more"]


def test_a_silent_ledger_lists_nothing(keeper, keep, ledger):
    keep()
    ledger.silent = True
    with pytest.raises(ChainError, match="does not answer"):
        list_readers(keeper, ledger)


def test_a_damaged_file_is_told(keeper, keep, ledger, tmp_path):
    keep()
    next((tmp_path / "keeper").iterdir()).write_text("{")
    with pytest.raises(EnvelopeError, match="damaged"):
        list_readers(keeper, ledger)
