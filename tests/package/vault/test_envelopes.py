"""Envelopes.

given an envelope for a grantee
├── it should give her the dataset's identity, and nobody else
├── it should show no identity in its repr or JSON
├── it should be read back from its JSON
├── it should have canonical bytes, whose SHA-256 is its digest
├── when she expects another dataset, chain, contract, key epoch or grantee
│   └── it should be refused
├── when its clear label was changed
│   └── it should still go by what is bound inside
└── when it holds something else
    └── it should be refused without being quoted
"""

from __future__ import annotations

import dataclasses
import io
import json
from hashlib import sha256

import pytest

from web3crm.errors import CiphertextTampered, EnvelopeError, IdentityError, InputError, WrongIdentity
from web3crm.vault.encryption import encrypt
from web3crm.vault.envelopes import DatasetId, Envelope, make_envelope, open_envelope
from web3crm.vault.identity import Identity

KEY = Identity(bytes(range(32)))
CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
OTHER_CONTRACT = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"


@pytest.fixture
def envelope(dataset, roastery, roastery_identity):
    return make_envelope(KEY, dataset=dataset, key_epoch=2, grantee=roastery, recipient=roastery_identity.recipient)


def test_the_grantee_gets_the_identity(envelope, dataset, roastery, roastery_identity):
    assert open_envelope(envelope, roastery_identity, dataset=dataset, key_epoch=2, grantee=roastery) == KEY


def test_nobody_else_gets_it(envelope, dataset, roastery):
    with pytest.raises(WrongIdentity):
        open_envelope(envelope, Identity.generate(), dataset=dataset, key_epoch=2, grantee=roastery)


def test_the_identity_does_not_show(envelope):
    assert KEY.export()[20:] not in repr(envelope) + json.dumps(envelope.to_json())


def test_an_envelope_is_read_back(envelope):
    again = Envelope.from_json(json.loads(json.dumps(envelope.to_json())))
    assert again == envelope
    assert again.digest == envelope.digest
    assert len(envelope.digest) == 32


def test_the_digest_is_that_of_the_canonical_bytes(envelope):
    data = envelope.to_bytes()
    assert envelope.digest == sha256(data).digest()
    assert Envelope.from_json(json.loads(data)).to_bytes() == data
    assert data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":")).encode("ascii")


@pytest.mark.parametrize(
    "change",
    [{"key_epoch": 3}, {"grantee": OTHER_CONTRACT}, {"sealed": b"other"}, {"dataset": DatasetId(1, CONTRACT, 1)}],
)
def test_every_part_of_it_is_in_the_digest(envelope, change):
    assert dataclasses.replace(envelope, **change).digest != envelope.digest


@pytest.mark.parametrize(
    "expected",
    [
        {"dataset": DatasetId(1337, CONTRACT, 43)},
        {"dataset": DatasetId(1, CONTRACT, 42)},
        {"dataset": DatasetId(1337, OTHER_CONTRACT, 42)},
        {"key_epoch": 1},
        {"key_epoch": 3},
        {"grantee": OTHER_CONTRACT},
    ],
)
def test_an_envelope_of_something_else_is_refused(envelope, dataset, roastery, roastery_identity, expected):
    expectation = {"dataset": dataset, "key_epoch": 2, "grantee": roastery, **expected}
    with pytest.raises(EnvelopeError, match="another one"):
        open_envelope(envelope, roastery_identity, **expectation)


def test_a_relabelled_envelope_is_refused(envelope, dataset, roastery, roastery_identity):
    stale = dataclasses.replace(envelope, key_epoch=3)
    with pytest.raises(EnvelopeError, match="keyEpoch 2"):
        open_envelope(stale, roastery_identity, dataset=dataset, key_epoch=3, grantee=roastery)


def test_a_changed_envelope_is_refused(envelope, dataset, roastery, roastery_identity):
    changed = dataclasses.replace(envelope, sealed=envelope.sealed[:-1] + bytes([envelope.sealed[-1] ^ 1]))
    with pytest.raises(CiphertextTampered):
        open_envelope(changed, roastery_identity, dataset=dataset, key_epoch=2, grantee=roastery)


@pytest.mark.parametrize(
    "clear",
    [b"", b"not json", b"[]", b"{}", b'{"identity":5}', b'{"identity":"AGE-SECRET-KEY-1QQQ"}', b"[" * 5000],
)
def test_what_holds_no_identity_is_refused(dataset, roastery, roastery_identity, clear):
    sealed = io.BytesIO()
    encrypt(io.BytesIO(clear), sealed, [roastery_identity.recipient])
    forged = Envelope(dataset, 2, roastery, sealed.getvalue())
    with pytest.raises(EnvelopeError, match="holds no identity"):
        open_envelope(forged, roastery_identity, dataset=dataset, key_epoch=2, grantee=roastery)


def test_an_oversized_envelope_is_refused(dataset, roastery, roastery_identity):
    with pytest.raises(EnvelopeError, match="limit"):
        open_envelope(
            Envelope(dataset, 2, roastery, bytes(9000)),
            roastery_identity,
            dataset=dataset,
            key_epoch=2,
            grantee=roastery,
        )


def test_a_recipient_that_all_can_read_is_refused(dataset, roastery):
    with pytest.raises(IdentityError):
        make_envelope(KEY, dataset=dataset, key_epoch=1, grantee=roastery, recipient="age1" + "q" * 58)


@pytest.mark.parametrize("key_epoch", [0, -1, 2**32, True, "1"])
def test_a_key_epoch_counts_from_one(dataset, roastery, roastery_identity, key_epoch):
    with pytest.raises(InputError, match="key epoch"):
        make_envelope(
            KEY, dataset=dataset, key_epoch=key_epoch, grantee=roastery, recipient=roastery_identity.recipient
        )


def test_a_grantee_is_a_checksummed_address(dataset, roastery, roastery_identity):
    with pytest.raises(InputError, match="checksummed"):
        make_envelope(
            KEY, dataset=dataset, key_epoch=1, grantee=roastery.lower(), recipient=roastery_identity.recipient
        )


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"dataset": "dataset 7"}, {"keyEpoch": "2"}, {"grantee": 5}, {"sealed": "?"}, {"sealed": None}],
)
def test_json_that_is_no_envelope_is_refused(envelope, change):
    with pytest.raises(EnvelopeError):
        Envelope.from_json({**envelope.to_json(), **change})


@pytest.mark.parametrize("document", [None, [], "x", {}])
def test_what_is_no_object_is_no_envelope(document):
    with pytest.raises(EnvelopeError):
        Envelope.from_json(document)


# --- dataset ids ----------------------------------------------------------------------------------------------------


def test_a_dataset_id_is_read_back(dataset):
    assert str(dataset) == f"eip155:1337/erc721:{CONTRACT}/42"
    assert DatasetId.parse(str(dataset)) == dataset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        f"eip155:01/erc721:{CONTRACT}/1",
        f"eip155:1/erc721:{CONTRACT.lower()}/1",
        f"eip155:1/erc721:{CONTRACT}/01",
        f"eip155:1/erc721:{CONTRACT}/1\n",
        f"eip155:1/erc721:{CONTRACT}/{2**256}",
    ],
)
def test_what_is_no_dataset_id_is_refused(text):
    with pytest.raises(InputError):
        DatasetId.parse(text)


@pytest.mark.parametrize("change", [{"sealed": "é"}, {"dataset": f"eip155:1/erc721:0x{'0' * 40}/{'9' * 5000}"}])
def test_json_that_python_stumbles_over_is_told(envelope, change):
    with pytest.raises(EnvelopeError, match="not an envelope"):
        Envelope.from_json({**envelope.to_json(), **change})
