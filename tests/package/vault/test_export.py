"""Portability: everything a customer has, in clear.

given a vault with datasets
├── when it is exported
│   ├── every file should be there in clear, under its name, and each manifest
│   ├── the index should satisfy its published schema and name every file with its SHA-256
│   ├── it should say who an envelope is kept for
│   ├── the folder should be the customer's alone
│   └── no key should be in it
├── when the keys are asked for
│   └── they should open the sealed files
├── when blobs, manifests or keys are missing or damaged
│   └── the rest should be exported, and what is missing be named with the reason
├── when it breaks half-way
│   └── nothing should be left
└── when the folder exists, or an erasure is not finished
    └── it should be refused
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import stat

import jsonschema
import pytest

from tests.support.keys import keys_left, opened_by
from tests.support.patterns import pattern
from web3crm.errors import BlobStoreUnreachable, ErasureIncomplete, InputError
from web3crm.vault import ClearFile, Identity, Manifest, Vault, export_schema
from web3crm.vault.encryption import decrypt

PICTURES, CONTACT = 6, 2
PICTURE, PHONE = pattern(300_000), b'{"phone": "+66 2 123 4567"}'


@pytest.fixture
def pictures(vault, dataset):
    sealed = vault.create(
        [ClearFile("ภาพ.png", "image/png", PICTURE), ClearFile("empty.txt", "text/plain", b"")], data_class=PICTURES
    )
    vault.attach(sealed.manifest_digest, dataset)
    return sealed


@pytest.fixture
def contact(vault):
    """Sealed and not minted."""
    return vault.create([ClearFile("contact.json", "application/json", PHONE)], data_class=CONTACT)


def index_of(folder):
    return json.loads((folder / "index.json").read_bytes())


def test_every_file_is_there_in_clear(vault, pictures, contact, tmp_path):
    exported = vault.export(tmp_path / "mine")
    assert (exported.datasets, exported.files, exported.missing) == (2, 3, ())
    files = {path.name: path.read_bytes() for path in (tmp_path / "mine").glob("*/files/*")}
    assert files == {"ภาพ.png": PICTURE, "empty.txt": b"", "contact.json": PHONE}


def test_the_manifests_are_there(vault, pictures, contact, tmp_path):
    vault.export(tmp_path / "mine")
    manifests = {Manifest.parse(path.read_bytes()) for path in (tmp_path / "mine").glob("*/manifest.json")}
    assert manifests == {pictures.manifest, contact.manifest}


def test_the_index_satisfies_its_schema(vault, pictures, contact, tmp_path):
    jsonschema.Draft202012Validator.check_schema(export_schema())
    vault.export(tmp_path / "mine", identities=True)
    jsonschema.Draft202012Validator(export_schema()).validate(index_of(tmp_path / "mine"))


def test_the_index_says_what_is_where(vault, pictures, contact, dataset, tmp_path, alice_wallet):
    vault.export(tmp_path / "mine")
    index = index_of(tmp_path / "mine")
    first, second = index["datasets"]
    assert (index["customer"], index["damaged"]) == (alice_wallet.address, [])
    assert (first["dataset"], first["dataClass"], first["keyEpoch"]) == (str(dataset), PICTURES, 1)
    assert (second["dataset"], second["manifest"]["cid"]) == (None, contact.manifest_cid)
    assert first["files"][0] == {
        "name": "ภาพ.png",
        "mediaType": "image/png",
        "size": len(PICTURE),
        "cid": pictures.manifest.files[0].cid,
        "sha256": hashlib.sha256(PICTURE).hexdigest(),
        "path": "1/files/ภาพ.png",
        "missing": None,
    }
    paths = [file["path"] for item in index["datasets"] for file in item["files"]]
    assert all((tmp_path / "mine" / path).is_file() for path in paths)


def test_the_index_says_who_it_is_shared_with(vault, pictures, dataset, tmp_path, roastery, roastery_identity):
    vault.share(dataset, roastery, roastery_identity.recipient)
    vault.share(dataset, roastery, roastery_identity.recipient, access_id=2**255)
    vault.export(tmp_path / "mine")
    assert index_of(tmp_path / "mine")["datasets"][0]["sharedWith"] == [
        {"grantee": roastery, "accessId": None, "keyEpoch": 1},
        {"grantee": roastery, "accessId": str(2**255), "keyEpoch": 1},
    ]


def test_a_rotated_dataset_is_exported_in_its_newest_epoch(vault, pictures, dataset, ledger, tmp_path):
    ledger.mint(dataset, pictures.manifest_digest, PICTURES)
    vault.rotate(dataset, ledger, ledger.publish)
    vault.export(tmp_path / "mine")
    (item,) = index_of(tmp_path / "mine")["datasets"]
    assert item["keyEpoch"] == 2
    assert (tmp_path / "mine" / item["files"][0]["path"]).read_bytes() == PICTURE


def test_an_empty_vault_is_exported(vault, tmp_path):
    assert vault.export(tmp_path / "mine").datasets == 0
    assert index_of(tmp_path / "mine")["datasets"] == []


def test_the_folder_is_the_customers_alone(vault, pictures, tmp_path):
    vault.export(tmp_path / "mine", identities=True)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "mine", *(tmp_path / "mine").rglob("*")]}
    assert modes == {0o700, 0o600}


def read_all(store, cid):
    with store.get(cid) as blob:
        return b"".join(iter(lambda: blob.read(1 << 20), b""))


def test_no_key_is_in_it(vault, contact, store, tmp_path):
    vault.export(tmp_path / "mine")
    blobs = [read_all(store, file.cid) for file in contact.manifest.files]
    assert opened_by(keys_left([tmp_path / "mine"], [Identity.generate()]), blobs) == []


def test_the_keys_are_in_it_when_they_are_asked_for(vault, contact, store, tmp_path):
    vault.export(tmp_path / "mine", identities=True)
    text = (tmp_path / "mine" / index_of(tmp_path / "mine")["datasets"][0]["identity"]).read_text()
    (key,) = [line for line in text.splitlines() if not line.startswith("#")]
    clear = io.BytesIO()
    decrypt(io.BytesIO(read_all(store, contact.manifest.files[0].cid)), clear, Identity.parse(key))
    assert clear.getvalue() == PHONE


# --- what is missing ------------------------------------------------------------------------------------------------


def test_a_blob_that_is_gone_is_named_and_the_rest_exported(vault, pictures, contact, store, tmp_path):
    store.unpin(pictures.manifest.files[0].cid)
    store.collect_garbage()
    exported = vault.export(tmp_path / "mine")
    assert (exported.datasets, exported.files) == (2, 2)
    assert [line.split(":")[0] for line in exported.missing] == ["ภาพ.png"]
    (gone, _) = index_of(tmp_path / "mine")["datasets"][0]["files"]
    assert (gone["sha256"], gone["path"], gone["missing"].split(":")[0]) == (None, None, "BlobNotFound")
    assert {path.name for path in (tmp_path / "mine").glob("*/files/*")} == {"empty.txt", "contact.json"}


def test_a_manifest_that_is_gone_is_named_and_the_rest_exported(vault, pictures, contact, store, tmp_path):
    store.unpin(pictures.manifest_cid)
    store.collect_garbage()
    exported = vault.export(tmp_path / "mine", identities=True)
    assert (exported.datasets, exported.files, len(exported.missing)) == (2, 1, 1)
    item = index_of(tmp_path / "mine")["datasets"][0]
    assert (item["files"], item["manifest"]["path"], item["identity"]) == ([], None, "1/identity.txt")
    jsonschema.Draft202012Validator(export_schema()).validate(index_of(tmp_path / "mine"))


def test_files_of_the_vault_that_are_damaged_are_named(vault, pictures, contact, tmp_path):
    path = tmp_path / "vault" / "keyring" / f"{pictures.manifest_digest.hex()}.json"
    path.write_text("{")
    exported = vault.export(tmp_path / "mine")
    assert (exported.datasets, exported.files) == (1, 1)
    assert exported.missing == (f"keyring/{path.name}: the vault's file is damaged",)
    assert index_of(tmp_path / "mine")["damaged"] == [f"keyring/{path.name}"]


def test_what_another_identity_sealed_is_named(vault, pictures, store, ledger, tmp_path, alice_wallet):
    """As after the customer's key was replaced and the old one lost."""
    other = Vault(alice_wallet.address, Identity.generate(), store=store, folder=tmp_path / "vault", gate=ledger)
    exported = other.export(tmp_path / "mine", identities=True)
    assert (exported.files, len(exported.missing)) == (0, 1)
    assert index_of(tmp_path / "mine")["datasets"][0]["identity"] is None


class Unreachable:
    """A store that goes away after some reads."""

    def __init__(self, store, reads):
        self._store, self._left = store, reads

    def __getattr__(self, name):
        return getattr(self._store, name)

    def get(self, cid):
        self._left -= 1
        if self._left < 0:
            raise BlobStoreUnreachable("the daemon went away")
        return self._store.get(cid)


@pytest.mark.parametrize("reads", [0, 1, 2])
def test_a_store_that_vanishes_half_way_leaves_nothing(
    vault, pictures, contact, store, tmp_path, alice_wallet, alice_identity, ledger, reads
):
    """Rather than an export in which everything seems lost."""
    cut_off = Unreachable(store, reads)
    broken = Vault(alice_wallet.address, alice_identity, store=cut_off, folder=tmp_path / "vault", gate=ledger)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BlobStoreUnreachable, match="went away"):
        broken.export(tmp_path / "mine")
    assert sorted(tmp_path.iterdir()) == before


def test_an_existing_folder_is_refused(vault, tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="new folder"):
        vault.export(tmp_path / "mine")


def test_a_folder_in_none_is_refused(vault, tmp_path):
    with pytest.raises(InputError, match="new folder"):
        vault.export(tmp_path / "nowhere" / "mine")


def test_an_erasure_that_is_not_finished_is_refused(
    vault, pictures, store, dataset, tmp_path, alice_wallet, alice_identity, ledger
):
    path = tmp_path / "vault" / "envelopes" / f"{'0' * 64}.json"
    path.write_text("{")
    with pytest.raises(ErasureIncomplete):
        vault.erase(dataset)
    again = vault.create([ClearFile("new", "text/plain", b"new")], data_class=0)
    vault.attach(again.manifest_digest, dataset)
    with pytest.raises(ErasureIncomplete, match="erase it again"):
        vault.export(tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_two_datasets_with_equal_names_lie_beside_each_other(vault, pictures, dataset, tmp_path):
    same = vault.create([ClearFile("ภาพ.png", "image/png", b"another")], data_class=PICTURES)
    vault.attach(same.manifest_digest, dataclasses.replace(dataset, token_id=43))
    vault.export(tmp_path / "mine")
    found = {path.read_bytes() for path in (tmp_path / "mine").glob("*/files/ภาพ.png")}
    assert found == {PICTURE, b"another"}
