"""Manifests.

given a manifest
├── it should be read back from its bytes, and its digest should be its CID
├── it should satisfy the published schema
├── it should hold no file name and no plain digest of clear text
├── when its bytes are not canonical, or not what the schema says
│   └── it should be refused
├── when it is larger than one block
│   └── it should be refused
└── when its names are unsafe, missing or someone else's
    └── it should be refused
"""

from __future__ import annotations

import dataclasses
import hmac
import io
import json
from hashlib import sha256

import jsonschema
import pytest

from web3crm.errors import CiphertextError, InputError, ManifestError
from web3crm.vault.cids import cid_of, digest_of_cid
from web3crm.vault.encryption import encrypt
from web3crm.vault.identity import Identity
from web3crm.vault.manifest import (
    MANIFEST_LIMIT,
    Manifest,
    SealedFile,
    check_file_names,
    clear_digest,
    key_check,
    manifest_schema,
    seal_names,
)

IDENTITY = Identity(bytes(range(32)))
FILE = SealedFile("application/json", 120, "a1" * 32, 340, "b2" * 32, cid_of(b"cipher"))


def manifest(**changes):
    fields = {
        "data_class": 3,
        "key_epoch": 1,
        "key_check": key_check(IDENTITY),
        "sealed_names": seal_names(("profile.json",), IDENTITY.recipient),
        "files": (FILE,),
    }
    return Manifest(**{**fields, **changes})


def with_document(change):
    document = json.loads(manifest().to_bytes())
    change(document)
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def test_a_manifest_is_read_back():
    made = manifest()
    assert Manifest.parse(made.to_bytes()) == made


def test_the_digest_is_the_cid():
    made = manifest()
    assert made.digest == sha256(made.to_bytes()).digest() == digest_of_cid(made.cid)
    assert made.cid == cid_of(made.to_bytes())


def test_a_manifest_satisfies_the_published_schema():
    jsonschema.Draft202012Validator.check_schema(manifest_schema())
    jsonschema.validate(json.loads(manifest().to_bytes()), manifest_schema())


def test_a_manifest_shows_no_name():
    assert b"profile" not in manifest().to_bytes()


def test_the_length_of_names_does_not_show():
    short, long = (seal_names((name,), IDENTITY.recipient) for name in ("a", "a" * 200))
    assert abs(len(short) - len(long)) < 400  # age adds a header line of random length


def test_the_digest_of_clear_text_is_keyed():
    digest = clear_digest(IDENTITY, 0)
    digest.update(b'{"smoker":true}')
    guesses = {sha256(b'{"smoker":true}').hexdigest(), hmac.new(b"", b'{"smoker":true}', sha256).hexdigest()}
    assert digest.hexdigest() not in guesses


def test_the_digest_of_equal_files_differs_by_place_and_identity():
    def digest(identity, index):
        running = clear_digest(identity, index)
        running.update(b"same")
        return running.hexdigest()

    assert len({digest(IDENTITY, 0), digest(IDENTITY, 1), digest(Identity.generate(), 0), digest(IDENTITY, 0)}) == 3


def test_the_key_check_tells_identities_apart():
    assert key_check(IDENTITY) != key_check(Identity.generate())
    assert IDENTITY.export() not in key_check(IDENTITY)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(version=2),
        lambda document: document.update(version=1.0),
        lambda document: document.update(version=True),
        lambda document: document.update(dataClass=64),
        lambda document: document.update(dataClass=-1),
        lambda document: document.update(keyEpoch=0),
        lambda document: document.update(keyEpoch=2**32),
        lambda document: document.update(keyCheck="ab"),
        lambda document: document.update(keyCheck="AB" * 32),
        lambda document: document.update(names="not base64!"),
        lambda document: document.update(names=""),
        lambda document: document.update(files=[]),
        lambda document: document.update(owner="Alice"),
        lambda document: document.pop("keyCheck"),
        lambda document: document["files"][0].update(name="profile.json"),
        lambda document: document["files"][0].update(size=-1),
        lambda document: document["files"][0].update(size=1.5),
        lambda document: document["files"][0].update(mediaType="image/png\n"),
        lambda document: document["files"][0].update(mediaType="Image/PNG"),
        lambda document: document["files"][0].update(mediaType="png"),
        lambda document: document["files"][0].update(digest="a1" * 31),
        lambda document: document["files"][0].update(digest="a1" * 32 + "\n"),
        lambda document: document["files"][0]["cipher"].update(size=0),
        lambda document: document["files"][0]["cipher"].update(cid="../../../etc/passwd"),
        lambda document: document["files"][0]["cipher"].update(cid=cid_of(b"x")[:-1]),
        lambda document: document["files"][0]["cipher"].pop("sha256"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(change):
    with pytest.raises(ManifestError):
        Manifest.parse(with_document(change))


CANONICAL = manifest().to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        CANONICAL + b"\n",
        CANONICAL.replace(b'":', b'": ', 1),
        CANONICAL.replace(b"{", b'{"dataClass":5,', 1),
        CANONICAL.replace(b'"dataClass":3', b'"dataClass":3.0'),
        CANONICAL.replace(b'"dataClass":3', b'"dataClass":3e0'),
        CANONICAL.replace(b'"dataClass":3', b'"dataClass":NaN'),
        CANONICAL.replace(b"application/json", b"application\\/json"),
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data):
    with pytest.raises(ManifestError):
        Manifest.parse(data)


def test_a_manifest_larger_than_a_block_is_refused():
    with pytest.raises(ManifestError, match="262144 is the limit"):
        manifest(files=(FILE,) * 1000)


def test_bytes_larger_than_a_block_are_refused():
    with pytest.raises(ManifestError, match="is the limit"):
        Manifest.parse(CANONICAL + b" " * MANIFEST_LIMIT)


def test_hundreds_of_files_fit():
    files = tuple(dataclasses.replace(FILE, size=number) for number in range(250))
    assert len(Manifest.parse(manifest(files=files).to_bytes()).files) == 250


# --- names ----------------------------------------------------------------------------------------------------------


def test_names_come_back_for_the_identity():
    assert manifest().names(IDENTITY) == ("profile.json",)


def test_names_do_not_come_back_for_another():
    with pytest.raises(CiphertextError):
        manifest().names(Identity.generate())


@pytest.mark.parametrize(
    "names", ["a/b", "..", ".", "", ".bashrc", "a\\b", "a\x00", "con:", "x" * 256, " a", "a\n", "a."]
)
def test_names_that_are_not_safe_everywhere_are_refused(names):
    with pytest.raises(InputError, match="not a file name"):
        check_file_names((names,))


def test_names_that_collide_are_refused():
    with pytest.raises(InputError, match="same name"):
        check_file_names(("Profile.json", "profile.JSON"))


@pytest.mark.parametrize("name", ["profile.json", "ภาพถ่าย.png", "a b (1).tar.gz", "-rf", "é" * 100])
def test_ordinary_names_are_taken(name):
    check_file_names((name,))


@pytest.mark.parametrize(
    "clear",
    [
        b'{"names":["../../.ssh/authorized_keys"]}',
        b'{"names":["a","b"]}',
        b'{"names":[5]}',
        b'{"names":7}',
        b'["profile.json"]',
        b"not json",
        b"[" * 100_000,
    ],
)
def test_names_that_a_malicious_maker_sealed_are_refused(clear):
    sealed = io.BytesIO()
    encrypt(io.BytesIO(clear), sealed, [IDENTITY.recipient])
    with pytest.raises(ManifestError):
        manifest(sealed_names=sealed.getvalue()).names(IDENTITY)
