"""The customer's keyring.

given an identity in the keyring
├── it should come back for the customer, and for nobody else
├── it should be in no file in clear, and the files should be hers alone
├── when there is one for the manifest already
│   └── it should not be overwritten
├── when it is attached to a dataset
│   ├── it should be found by it, the newest epoch first
│   └── it should not be attached to another one
├── when a file is damaged, swapped or renamed
│   └── it should say so
└── when it is destroyed, once or twice
    └── it should be gone
"""

from __future__ import annotations

import json
import shutil
import stat

import pytest

from web3crm.errors import InputError, KeyringError, WrongIdentity
from web3crm.vault import DatasetId, Identity
from web3crm.vault.keyring import Keyring

FIRST, SECOND = b"\x01" * 32, b"\x02" * 32


@pytest.fixture
def keyring(tmp_path):
    return Keyring(tmp_path / "keyring")


@pytest.fixture
def add(keyring, alice_identity):
    def add(manifest_digest, key_epoch=1):
        key = Identity.generate()
        keyring.add(
            key,
            recipient=alice_identity.recipient,
            manifest_digest=manifest_digest,
            data_class=3,
            key_epoch=key_epoch,
        )
        return key

    return add


def file_of(tmp_path, manifest_digest):
    return tmp_path / "keyring" / f"{manifest_digest.hex()}.json"


def test_a_key_comes_back_for_the_customer(keyring, add, alice_identity):
    key = add(FIRST)
    assert keyring.open(keyring.entry(FIRST), alice_identity) == key


def test_a_key_comes_back_for_nobody_else(keyring, add):
    add(FIRST)
    with pytest.raises(WrongIdentity):
        keyring.open(keyring.entry(FIRST), Identity.generate())


def test_no_key_is_on_disk_in_clear(add, tmp_path):
    key = add(FIRST)
    written = file_of(tmp_path, FIRST).read_text()
    assert key.export() not in written
    assert "AGE-SECRET-KEY" not in written


def test_the_files_are_the_customers_alone(add, tmp_path):
    add(FIRST)
    assert stat.S_IMODE(file_of(tmp_path, FIRST).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keyring").stat().st_mode) == 0o700


def test_an_entry_is_not_overwritten(keyring, add, alice_identity):
    key = add(FIRST)
    with pytest.raises(KeyringError, match="already"):
        add(FIRST)
    assert keyring.open(keyring.entry(FIRST), alice_identity) == key


def test_the_newest_epoch_of_a_dataset_is_current(keyring, add, dataset):
    add(FIRST, key_epoch=1)
    add(SECOND, key_epoch=2)
    keyring.attach(SECOND, dataset)
    keyring.attach(FIRST, dataset)
    assert keyring.current(dataset).manifest_digest == SECOND
    assert [entry.key_epoch for entry in keyring.entries()] == [1, 2]


def test_an_attached_key_still_opens(keyring, add, dataset, alice_identity):
    key = add(FIRST)
    keyring.attach(FIRST, dataset)
    assert keyring.open(keyring.current(dataset), alice_identity) == key


def test_an_entry_is_attached_to_one_dataset_only(keyring, add, dataset):
    add(FIRST)
    keyring.attach(FIRST, dataset)
    with pytest.raises(KeyringError, match="belongs to"):
        keyring.attach(FIRST, DatasetId(dataset.chain_id, dataset.contract, 99))


def test_a_dataset_that_is_not_attached_is_told(keyring, add, dataset):
    add(FIRST)
    with pytest.raises(KeyringError, match="attached"):
        keyring.current(dataset)


def test_a_manifest_that_is_not_there_is_told(keyring):
    with pytest.raises(KeyringError, match=FIRST.hex()):
        keyring.entry(FIRST)


def test_a_manifest_digest_has_32_bytes(keyring):
    with pytest.raises(InputError, match="32 bytes"):
        keyring.entry(b"../../x")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"manifest": "zz"}', "\x00"])
def test_a_damaged_file_is_told(keyring, add, tmp_path, text):
    add(FIRST)
    file_of(tmp_path, FIRST).write_text(text)
    with pytest.raises(KeyringError, match="damaged"):
        keyring.entry(FIRST)


@pytest.mark.parametrize(
    "change", [{"keyEpoch": "2"}, {"keyEpoch": 0}, {"dataClass": None}, {"dataClass": 64}, {"dataset": {}}]
)
def test_a_file_with_a_wrong_value_is_told(keyring, add, tmp_path, change):
    add(FIRST)
    path = file_of(tmp_path, FIRST)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert keyring.survey() == ([], [path])
    with pytest.raises(KeyringError, match="damaged"):
        keyring.entries()


def test_a_file_that_nests_without_end_is_told(keyring, add, tmp_path):
    add(FIRST)
    file_of(tmp_path, FIRST).write_text("[" * 100_000)
    with pytest.raises(KeyringError, match="damaged"):
        keyring.entry(FIRST)


def test_a_renamed_file_is_told(keyring, add, tmp_path):
    add(FIRST)
    shutil.copy(file_of(tmp_path, FIRST), file_of(tmp_path, SECOND))
    with pytest.raises(KeyringError, match="another manifest"):
        keyring.entry(SECOND)


def test_a_swapped_key_is_told(keyring, add, tmp_path, alice_identity):
    add(FIRST)
    add(SECOND)
    first, second = (json.loads(file_of(tmp_path, digest).read_text()) for digest in (FIRST, SECOND))
    file_of(tmp_path, FIRST).write_text(json.dumps({**first, "sealed": second["sealed"]}))
    with pytest.raises(KeyringError, match="holds the identity of"):
        keyring.open(keyring.entry(FIRST), alice_identity)


def test_a_destroyed_key_is_gone(keyring, add, tmp_path):
    add(FIRST)
    keyring.destroy(FIRST)
    keyring.destroy(FIRST)
    assert list((tmp_path / "keyring").iterdir()) == []
    with pytest.raises(KeyringError):
        keyring.entry(FIRST)
