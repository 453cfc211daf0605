"""age files between the vault and the JavaScript implementation of age, which browsers use.

given an identity of the vault
├── when the vault encrypts to it
│   └── the other should decrypt with the exported identity
├── when the other encrypts to its recipient
│   └── the vault should decrypt
├── when the vault has sealed a dataset
│   └── the other should open a blob of it with the dataset's exported identity
└── when the identity is another one
    └── the other should refuse
"""

from __future__ import annotations

import io
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
