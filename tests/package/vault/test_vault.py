"""A customer's vault, from sealing to opening.

given files
├── when they are sealed
│   ├── it should store and pin them and the manifest, and keep the identity for the customer only
│   ├── it should leave no clear text and no key on disk
│   └── it should seal the same files under another identity each time
├── when sealing breaks half-way
│   └── it should leave nothing pinned, kept or written
└── when they cannot be sealed as asked
    └── it should refuse before it stores anything
given a dataset that is shared
├── when consent lives
│   └── it should open for the grantee, byte for byte
├── when consent does not live
│   └── it should be refused with the reason
├── when the envelope is of another dataset, epoch, grantee or key
│   └── it should be refused
└── when a new key epoch is made
    └── it should not open with the old envelope
given a store that lies, swaps, cuts off or loses a blob
└── it should say so, and extract nothing
given what a malicious customer sealed
└── it should not give out more or other bytes than announced
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest

from tests.support.patterns import PatternStream, pattern
from web3crm.errors import (
    BlobCorrupt,
    BlobNotFound,
    BlobStoreUnreachable,
    CiphertextTampered,
    ContentError,
    EnvelopeError,
    InputError,
    KeyReleaseRefused,
    KeyringError,
    ManifestError,
    WrongIdentity,
)
from web3crm.vault import ClearFile, DatasetId, Identity, Manifest, Vault, Verdict, fetch_manifest, open_dataset
from web3crm.vault.cids import digest_of_cid
from web3crm.vault.envelopes import make_envelope
from web3crm.vault.vault import OpenFile

DEMOGRAPHIC = 3
RESEARCH = 5
PROFILE = b'{"name": "Alice Liddell", "city": "Chiang Mai", "likes": "washed Ethiopian"}'
FILES = [
    ClearFile("profile.json", "application/json", PROFILE),
    ClearFile("portrait.png", "image/png", pattern(300_000)),
]


@pytest.fixture
def sealed(vault, dataset):
    """A minted dataset of two files."""
    sealed = vault.create(FILES, data_class=DEMOGRAPHIC)
    vault.attach(sealed.manifest_digest, dataset)
    return sealed


@pytest.fixture
def envelope(vault, sealed, dataset, roastery, roastery_identity):
    vault.share(dataset, roastery, roastery_identity.recipient)
    return vault.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


@pytest.fixture
def opened(envelope, sealed, store, dataset, roastery, roastery_identity):
    manifest = fetch_manifest(store, sealed.manifest_digest)
    return open_dataset(envelope, roastery_identity, manifest, dataset=dataset, grantee=roastery, store=store)


def everything_under(folder):
    """The bytes of every file below a folder, one after the other."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# --- sealing --------------------------------------------------------------------------------------------------------


def test_a_sealed_dataset_is_described_by_its_manifest(sealed, store):
    manifest = fetch_manifest(store, sealed.manifest_digest)
    assert manifest == sealed.manifest
    assert [(file.media_type, file.size) for file in manifest.files] == [
        ("application/json", len(PROFILE)),
        ("image/png", 300_000),
    ]
    assert (manifest.data_class, manifest.key_epoch) == (DEMOGRAPHIC, 1)


def test_files_and_manifest_are_pinned(sealed, store):
    assert store.pins() == sorted([*(file.cid for file in sealed.manifest.files), sealed.manifest_cid])


def test_no_clear_text_and_no_key_is_on_disk(vault, sealed, envelope, tmp_path, alice_identity):
    key = vault.identity_of(sealed.manifest_digest)
    on_disk = everything_under(tmp_path)
    secrets = [b"Alice Liddell", b"profile.json", b"portrait.png", pattern(64), b"AGE-SECRET-KEY"]
    secrets += [key.export().encode(), key.subkey("manifest/key-check")[:16], alice_identity.export().encode()]
    assert [secret for secret in secrets if secret in on_disk] == []


def test_the_folder_is_the_customers_alone(vault, sealed, tmp_path):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "vault").rglob("*")}
    assert modes == {0o700, 0o600}


def test_nothing_is_left_in_the_drafts(vault, sealed, tmp_path):
    assert list((tmp_path / "vault" / "drafts").iterdir()) == []


def test_the_same_files_are_sealed_under_another_identity(vault):
    first, second = (vault.create(FILES, data_class=DEMOGRAPHIC) for _ in range(2))
    assert vault.identity_of(first.manifest_digest) != vault.identity_of(second.manifest_digest)
    assert {file.digest for file in first.manifest.files}.isdisjoint(file.digest for file in second.manifest.files)


def test_files_may_come_from_paths_and_streams(vault, tmp_path):
    (tmp_path / "on-disk.bin").write_bytes(b"from a path")
    sealed = vault.create(
        [
            ClearFile("a.bin", "application/octet-stream", tmp_path / "on-disk.bin"),
            ClearFile("b.bin", "application/octet-stream", PatternStream(70_000)),
        ],
        data_class=0,
    )
    assert [file.read() for file in vault.open(sealed.manifest_digest).files] == [b"from a path", pattern(70_000)]


def test_the_standard_tools_open_a_blob_with_the_exported_identity(vault, sealed, store):
    exported = vault.identity_of(sealed.manifest_digest).export()
    with store.get(sealed.manifest.files[0].cid) as blob:
        assert pyrage.decrypt(blob.read(1 << 20), [pyrage.x25519.Identity.from_str(exported)]) == PROFILE


def test_another_customer_with_the_same_folder_opens_nothing(vault, sealed, store, gate, tmp_path, bob_wallet):
    thief = Vault(bob_wallet.address, Identity.generate(), store=store, folder=tmp_path / "vault", gate=gate)
    with pytest.raises(WrongIdentity):
        thief.open(sealed.manifest_digest)


def test_no_secret_shows_in_reprs_or_logs(vault, sealed, envelope, opened, caplog):
    caplog.set_level(logging.DEBUG)
    opened.files[0].read()
    key = vault.identity_of(sealed.manifest_digest).export()
    shown = repr([vault, sealed, envelope, opened, opened.files, vault.keyring.entries(), FILES]) + caplog.text
    assert [secret for secret in (key[20:], "AGE-SECRET", "Alice") if secret in shown] == []


class Unlucky:
    """A store that fails at its n-th put."""

    def __init__(self, store, lucky_puts):
        self._store, self._left = store, lucky_puts

    def put(self, source):
        if self._left == 0:
            raise BlobStoreUnreachable("the daemon went away")
        self._left -= 1
        return self._store.put(source)

    def __getattr__(self, name):
        return getattr(self._store, name)


@pytest.mark.parametrize("lucky_puts", [0, 1, 2])
def test_a_store_that_fails_half_way_leaves_nothing(alice_wallet, alice_identity, store, gate, tmp_path, lucky_puts):
    unlucky = Unlucky(store, lucky_puts)
    vault = Vault(alice_wallet.address, alice_identity, store=unlucky, folder=tmp_path / "vault", gate=gate)
    with pytest.raises(BlobStoreUnreachable, match="went away"):
        vault.create(FILES, data_class=DEMOGRAPHIC)
    assert store.pins() == []
    assert vault.keyring.entries() == []
    assert list((tmp_path / "vault" / "drafts").iterdir()) == []


def test_a_file_that_cannot_be_read_leaves_nothing(vault, store, tmp_path):
    with pytest.raises(InputError, match=r"missing\.bin"):
        vault.create([FILES[0], ClearFile("b", "text/plain", tmp_path / "missing.bin")], data_class=DEMOGRAPHIC)
    assert store.pins() == []


@pytest.mark.parametrize(
    ("files", "arguments", "error"),
    [
        ([], {"data_class": 3}, InputError),
        (FILES, {"data_class": 64}, InputError),
        (FILES, {"data_class": 3, "key_epoch": 0}, InputError),
        ([FILES[0], FILES[0]], {"data_class": 3}, InputError),
        ([ClearFile("../x", "text/plain", b"")], {"data_class": 3}, InputError),
        ([ClearFile("x", "plain text", b"")], {"data_class": 3}, ManifestError),
    ],
)
def test_what_cannot_be_sealed_is_refused(vault, store, files, arguments, error):
    with pytest.raises(error):
        vault.create(files, **arguments)
    assert store.pins() == []


# --- sharing --------------------------------------------------------------------------------------------------------


def test_a_grantee_opens_what_was_sealed(opened):
    assert [(file.name, file.media_type, file.read()) for file in opened.files] == [
        ("profile.json", "application/json", PROFILE),
        ("portrait.png", "image/png", pattern(300_000)),
    ]


def test_the_customer_opens_it_too(vault, sealed):
    assert vault.open(sealed.manifest_digest).files[0].read() == PROFILE


def test_files_are_extracted_under_their_names(opened, tmp_path):
    opened.extract(tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == {
        "profile.json": PROFILE,
        "portrait.png": pattern(300_000),
    }
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_extracting_overwrites_nothing(opened, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="new folder"):
        opened.extract(tmp_path / "out")


def test_sharing_alone_releases_nothing(vault, sealed, gate, dataset, roastery, roastery_identity):
    gate.verdict = Verdict(False, "the customer gave no consent", 9)
    vault.share(dataset, roastery, roastery_identity.recipient)
    with pytest.raises(KeyReleaseRefused, match="gave no consent"):
        vault.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_a_withdrawal_stops_the_next_release(vault, envelope, gate, dataset, roastery):
    gate.verdict = Verdict(False, "the consent was withdrawn", 10)
    with pytest.raises(KeyReleaseRefused, match="withdrawn"):
        vault.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_a_released_envelope_keeps_opening_its_epoch(vault, envelope, opened, gate):
    """What cannot be promised: a key that was given out is out. Rotation shuts the grantee out of what comes after."""
    gate.verdict = Verdict(False, "the consent was withdrawn", 10)
    assert opened.files[0].read() == PROFILE


def test_unsharing_destroys_the_envelope(vault, envelope, dataset, roastery):
    assert vault.unshare(dataset, roastery)
    assert not vault.unshare(dataset, roastery)
    with pytest.raises(KeyReleaseRefused, match="shared no envelope"):
        vault.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)


def test_a_dataset_is_shared_once_it_is_attached(vault, dataset, roastery, roastery_identity):
    vault.create(FILES, data_class=DEMOGRAPHIC)
    with pytest.raises(KeyringError, match="attached"):
        vault.share(dataset, roastery, roastery_identity.recipient)


def test_the_envelope_of_an_older_epoch_does_not_open_a_newer(
    vault, envelope, store, dataset, roastery, roastery_identity
):
    newer = vault.create(FILES, data_class=DEMOGRAPHIC, key_epoch=2)
    vault.attach(newer.manifest_digest, dataset)
    with pytest.raises(EnvelopeError, match="keyEpoch 1"):
        open_dataset(envelope, roastery_identity, newer.manifest, dataset=dataset, grantee=roastery, store=store)


def test_sharing_after_a_new_epoch_wraps_the_new_key(vault, envelope, store, dataset, roastery, roastery_identity):
    newer = vault.create(FILES, data_class=DEMOGRAPHIC, key_epoch=2)
    vault.attach(newer.manifest_digest, dataset)
    vault.share(dataset, roastery, roastery_identity.recipient)
    released = vault.release(dataset, roastery, purpose=RESEARCH, data_class=DEMOGRAPHIC)
    opened = open_dataset(released, roastery_identity, newer.manifest, dataset=dataset, grantee=roastery, store=store)
    assert opened.files[0].read() == PROFILE


@pytest.mark.parametrize(
    "expected",
    [
        {"dataset": DatasetId(1, "0x5FbDB2315678afecb367f032d93F642f64180aa3", 42)},
        {"grantee": "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"},
    ],
)
def test_an_envelope_of_something_else_opens_nothing(
    envelope, sealed, store, dataset, roastery, roastery_identity, expected
):
    expectation = {"dataset": dataset, "grantee": roastery, **expected}
    with pytest.raises(EnvelopeError, match="another one"):
        open_dataset(envelope, roastery_identity, sealed.manifest, store=store, **expectation)


def test_a_forged_envelope_with_another_key_opens_nothing(sealed, store, dataset, roastery, roastery_identity):
    forged = make_envelope(
        Identity.generate(), dataset=dataset, key_epoch=1, grantee=roastery, recipient=roastery_identity.recipient
    )
    with pytest.raises(EnvelopeError, match="key is not that of the manifest"):
        open_dataset(forged, roastery_identity, sealed.manifest, dataset=dataset, grantee=roastery, store=store)


# --- a store that lies ----------------------------------------------------------------------------------------------


class Lying:
    """A store without any checks that answers for one CID with other bytes."""

    def __init__(self, store, cid, answer):
        self._store, self._cid, self._answer = store, cid, answer

    @contextlib.contextmanager
    def get(self, cid):
        with self._store.get(cid) as blob:
            yield self._answer(blob) if cid == self._cid else blob


class Cut:
    """A blob whose connection breaks after its first bytes."""

    def __init__(self, blob):
        self._first = io.BytesIO(blob.read(100_000))

    def read(self, size, /):
        data = self._first.read(size)
        if not data:
            raise BlobStoreUnreachable("the daemon went away")
        return data


def flipped(blob):
    data = blob.read(1 << 20)
    return io.BytesIO(data[:-5] + bytes([data[-5] ^ 1]) + data[-4:])


def shortened(blob):
    return io.BytesIO(blob.read(1 << 20)[:-1])


def lengthened(blob):
    return io.BytesIO(blob.read(1 << 20) + b"more")


def swapped(blob):
    sealed = io.BytesIO()
    pyrage.encrypt_io(io.BytesIO(b"other data"), sealed, [pyrage.x25519.Identity.generate().to_public()])
    return io.BytesIO(sealed.getvalue())


def empty(blob):
    return io.BytesIO()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (flipped, BlobCorrupt),
        (shortened, BlobCorrupt),
        (lengthened, BlobCorrupt),
        (swapped, BlobCorrupt),
        (empty, BlobCorrupt),
        (Cut, BlobStoreUnreachable),
    ],
)
def test_a_store_that_lies_is_found_out_and_nothing_is_extracted(vault, sealed, store, tmp_path, answer, error):
    lying = Lying(store, sealed.manifest.files[1].cid, answer)
    opened = vault.open(sealed.manifest_digest)
    files = tuple(dataclasses.replace(file, _store=lying) for file in opened.files)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(error):
        dataclasses.replace(opened, files=files).extract(tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def test_a_blob_that_is_gone_is_told(vault, sealed, store):
    store.unpin(sealed.manifest.files[0].cid)
    store.collect_garbage()
    with pytest.raises(BlobNotFound):
        vault.open(sealed.manifest_digest).files[0].read()


def test_another_manifest_than_the_chains_is_told(vault, sealed, store):
    other = vault.create(FILES[:1], data_class=DEMOGRAPHIC)
    lying = Lying(store, sealed.manifest_cid, lambda blob: io.BytesIO(other.manifest.to_bytes()))
    with pytest.raises(ManifestError, match="another manifest"):
        fetch_manifest(lying, sealed.manifest_digest)


def test_a_digest_that_names_something_else_is_told(sealed, store):
    cid = store.put(io.BytesIO(b"a picture of a cat"))
    with pytest.raises(ManifestError, match="not JSON"):
        fetch_manifest(store, digest_of_cid(cid))


# --- what a malicious customer sealed -------------------------------------------------------------------------------


def reopened(vault, sealed, store, **changes):
    """The first file, as a manifest with changed claims announces it."""
    identity = vault.identity_of(sealed.manifest_digest)
    claims = dataclasses.replace(sealed.manifest.files[0], **changes)
    Manifest(DEMOGRAPHIC, 1, sealed.manifest.key_check, sealed.manifest.sealed_names, (claims,))
    return OpenFile("profile.json", claims, 0, identity, store)


@pytest.mark.parametrize("size", [0, 1, len(PROFILE) - 1])
def test_no_more_bytes_come_out_than_announced(vault, sealed, store, size):
    target = io.BytesIO()
    with pytest.raises(ContentError, match="longer than"):
        reopened(vault, sealed, store, size=size).write_to(target)
    assert len(target.getvalue()) <= size


def test_fewer_bytes_than_announced_are_told(vault, sealed, store):
    with pytest.raises(ContentError, match="not the file"):
        reopened(vault, sealed, store, size=len(PROFILE) + 1).read()


def test_other_clear_text_than_announced_is_told(vault, sealed, store):
    with pytest.raises(ContentError, match="not the file"):
        reopened(vault, sealed, store, digest="00" * 32).read()


def test_files_in_another_order_are_told(vault, sealed, store):
    identity = vault.identity_of(sealed.manifest_digest)
    with pytest.raises(ContentError):
        OpenFile("profile.json", sealed.manifest.files[0], 1, identity, store).read()


def test_a_blob_sealed_broken_is_told_as_the_makers_fault(vault, sealed, store):
    """The store gives the very bytes that the manifest names: it is not the one to blame."""
    with store.get(sealed.manifest.files[0].cid) as blob:
        data = bytearray(blob.read(1 << 20))
    data[-1] ^= 1
    broken = reopened(vault, sealed, store, cid=store.put(io.BytesIO(data)), cipher_sha256=sha256(data).hexdigest())
    with pytest.raises(CiphertextTampered):
        broken.read()


# Of this process alone: ru_maxrss would begin with the parent's.
SEAL_AND_OPEN = r"""
import re, sys
from pathlib import Path
from tests.support.patterns import PatternStream
from web3crm.vault import ClearFile, EmbeddedStore, Identity, Vault

size, folder = int(sys.argv[1]), Path(sys.argv[2])
store = EmbeddedStore(folder / "blobs")
vault = Vault("0x" + "11" * 20, Identity.generate(), store=store, folder=folder / "vault", gate=None)
sealed = vault.create([ClearFile("film.mp4", "video/mp4", PatternStream(size))], data_class=1)
with (folder / "film.mp4").open("wb") as target:
    vault.open(sealed.manifest_digest).files[0].write_to(target)
print(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def peak_memory_of_sealing(size, folder):
    """KiB that a process of its own needs at most, the code in Rust included."""
    folder.mkdir()
    command = [sys.executable, "-c", SEAL_AND_OPEN, str(size), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert (folder / "film.mp4").stat().st_size == size
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_a_film_of_200_megabytes_takes_no_more_memory_than_a_clip_of_2(tmp_path):
    clip = peak_memory_of_sealing(2_000_000, tmp_path / "clip")
    film = peak_memory_of_sealing(200_000_000, tmp_path / "film")
    assert film - clip < 32_768


def test_a_strange_file_in_the_keyring_keeps_nothing_from_being_shared(
    vault, sealed, dataset, roastery, roastery_identity, tmp_path
):
    vault.attach(sealed.manifest_digest, dataset)
    (tmp_path / "vault" / "keyring" / "notes.json").write_text("{}")
    assert vault.share(dataset, roastery, roastery_identity.recipient).grantee == roastery
