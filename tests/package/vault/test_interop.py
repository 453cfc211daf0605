"""age files between the vault and the JavaScript implementation of age, which browsers use.

given an identity of the vault
├── when the vault encrypts to it
│   └── the other should decrypt with the exported identity
├── when the other encrypts to its recipient
│   └── the vault should decrypt
├── when the vault has sealed a dataset
│   └── the other should open a blob of it with the dataset's exported identity
├── when a dataset was rotated
│   ├── the other should open every file of it with the exported identity of the new epoch, and none with the old
│   └── the other should open its envelope and its names, which are age files, too
├── when an export has the keys
│   └── the other should open every sealed file with them
├── when the other sealed what a customer takes in
│   └── the vault should seal, rotate and give back those very bytes
└── when the identity is another one
    └── the other should refuse
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from web3crm.vault import ClearFile, Identity
from web3crm.vault.encryption import decrypt, encrypt

HELPER = Path(__file__).parents[2] / "support" / "age.mjs"
PACKAGE = Path(__file__).parents[3] / "node_modules" / "age-encryption"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGE.is_dir(), reason="Node.js or its package age-encryption is not here"
)

CLEAR = [b"", b"beans", bytes(range(256)) * 256, b"\x5a" * (3 * 65_536 + 1)]
"""Nothing, little, exactly one of age's chunks, several and a bit."""
SIZES = ["empty", "small", "one chunk", "several chunks"]


def javascript(act: str, key: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["node", str(HELPER), act, key], input=data, capture_output=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def identity():
    return Identity.generate()


@pytest.mark.parametrize("clear", CLEAR, ids=SIZES)
def test_the_other_opens_what_the_vault_encrypted(identity, clear):
    sealed = io.BytesIO()
    encrypt(io.BytesIO(clear), sealed, [identity.recipient])
    opened = javascript("decrypt", identity.export(), sealed.getvalue())
    assert (opened.returncode, opened.stdout) == (0, clear), opened.stderr


@pytest.mark.parametrize("clear", CLEAR, ids=SIZES)
def test_the_vault_opens_what_the_other_encrypted(identity, clear):
    sealed = javascript("encrypt", identity.recipient, clear)
    opened = io.BytesIO()
    decrypt(io.BytesIO(sealed.stdout), opened, identity, size=len(sealed.stdout))
    assert opened.getvalue() == clear


def test_the_other_opens_a_blob_of_a_dataset(vault, store):
    sealed = vault.create([ClearFile("a.json", "application/json", b'{"milk": "oat"}')], data_class=1)
    with store.get(sealed.manifest.files[0].cid) as blob:
        data = blob.read(1_000_000)
    opened = javascript("decrypt", vault.identity_of(sealed.manifest_digest).export(), data)
    assert (opened.returncode, opened.stdout) == (0, b'{"milk": "oat"}'), opened.stderr


def test_the_other_refuses_a_wrong_identity(identity):
    sealed = io.BytesIO()
    encrypt(io.BytesIO(b"beans"), sealed, [identity.recipient])
    opened = javascript("decrypt", Identity.generate().export(), sealed.getvalue())
    assert (opened.returncode != 0, opened.stdout) == (True, b"")


FILES = {"empty.txt": b"", "profile.json": b'{"milk": "oat"}', "film.mp4": b"\x5a" * (2 * 65_536 + 1)}


@pytest.fixture
def rotated(vault, ledger, dataset, roastery, roastery_identity):
    """A dataset in its second epoch, shared with a brand; with the identity of the first."""
    files = [ClearFile(name, "application/octet-stream", data) for name, data in FILES.items()]
    sealed = vault.create(files, data_class=1)
    vault.attach(sealed.manifest_digest, dataset)
    ledger.mint(dataset, sealed.manifest_digest, 1)
    ledger.allow(roastery, roastery_identity.recipient)
    vault.share(dataset, roastery, roastery_identity.recipient)
    old = vault.identity_of(sealed.manifest_digest)
    return vault.open(vault.rotate(dataset, ledger, ledger.publish).manifest_digest).manifest, old


def blob_of(store, cid):
    with store.get(cid) as blob:
        return b"".join(iter(lambda: blob.read(1 << 20), b""))


def test_the_other_opens_every_file_of_a_rotated_dataset(vault, store, rotated):
    manifest, old = rotated
    key = vault.identity_of(manifest.digest).export()
    blobs = [blob_of(store, file.cid) for file in manifest.files]
    opened = [javascript("decrypt", key, blob) for blob in blobs]
    assert [(done.returncode, done.stdout) for done in opened] == [(0, data) for data in FILES.values()]
    assert all(javascript("decrypt", old.export(), blob).returncode != 0 for blob in blobs)


def test_the_other_opens_names_and_envelope(vault, store, rotated, dataset, roastery, roastery_identity):
    manifest, _ = rotated
    key = vault.identity_of(manifest.digest)
    names = javascript("decrypt", key.export(), manifest.sealed_names)
    assert json.loads(names.stdout)["names"] == list(FILES)
    envelope = vault.keeper.kept(dataset, roastery).envelope
    opened = json.loads(javascript("decrypt", roastery_identity.export(), envelope.sealed).stdout)
    assert (opened["identity"], opened["keyEpoch"]) == (key.export(), 2)


def test_the_other_opens_the_sealed_files_with_an_exports_keys(vault, store, rotated, tmp_path):
    vault.export(tmp_path / "mine", identities=True)
    (item,) = json.loads((tmp_path / "mine" / "index.json").read_text())["datasets"]
    key = (tmp_path / "mine" / item["identity"]).read_text().splitlines()[-1]
    for file in item["files"]:
        opened = javascript("decrypt", key, blob_of(store, file["cid"]))
        assert (opened.returncode, opened.stdout) == (0, FILES[file["name"]])


def test_the_vault_takes_in_and_rotates_what_the_other_sealed(vault, ledger, dataset):
    """An age file is a file like any other: sealed as it is, rotated as it is, and opened by its own key afterwards."""
    own = Identity.generate()
    made = javascript("encrypt", own.recipient, b"a letter").stdout
    sealed = vault.create([ClearFile("letter.age", "application/octet-stream", made)], data_class=1)
    vault.attach(sealed.manifest_digest, dataset)
    ledger.mint(dataset, sealed.manifest_digest, 1)
    (file,) = vault.open(vault.rotate(dataset, ledger, ledger.publish).manifest_digest).files
    opened = javascript("decrypt", own.export(), file.read())
    assert (opened.returncode, opened.stdout) == (0, b"a letter")
