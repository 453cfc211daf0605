"""A new key epoch.

given a dataset that two brands have an envelope of, one of whom may not read any more
├── when it is rotated
│   ├── it should open for the customer and for the brand that may read, every file, with a new identity
│   ├── the other brand should have no envelope, and the old one should not open the new epoch
│   ├── the new blobs should be unreadable with the old identity, and the old identity be nowhere
│   ├── the old blobs should be unpinned, the new ones pinned, and nothing else
│   ├── the envelope should be for the key that the brand has published now
│   └── an envelope under a paid access should be kept under it while it can be read under
├── when the process dies at any step
│   ├── before it goes on: the customer should read what the chain names, the brand shut out nothing
│   └── when it is run again: it should finish as if nothing had happened, and leave nothing behind
├── when the store or the chain does not answer, or the store lies or loses what it took
│   └── it should be told before the old epoch is gone, and finish when run again
├── when it is published in the owner's own time
│   ├── it should wait, and the old epoch hold until then
│   └── it should not be finished before the chain names the new manifest
├── when it is not to be published
│   └── it should be taken back without a trace
├── when the dataset is gone, another's, or was changed meanwhile
│   └── it should be refused before anything is destroyed
└── when the vault's note is damaged, or forged
    └── it should be told
given a film of 200 MB
└── it should take no more memory than a clip
"""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.dying import Dying, Killed
from tests.support.patterns import pattern
from web3crm.errors import (
    BlobCorrupt,
    BlobNotFound,
    BlobStoreUnreachable,
    ChainError,
    ContentError,
    EnvelopeError,
    JournalError,
    KeyReleaseRefused,
    KeyringError,
    ManifestError,
    RotationError,
    WrongIdentity,
)
from web3crm.vault import ClearFile, Identity, Vault, fetch_manifest, open_dataset
from web3crm.vault.encryption import decrypt, encrypt

PREFERENCES, RESEARCH, ACCESS = 5, 5, 2**200 + 1
FILES = {"profile.json": b'{"milk": "oat"}', "picture.png": pattern(300_000), "empty.txt": b""}


@pytest.fixture
def make_vault(alice_wallet, alice_identity, ledger, tmp_path):
    """The customer's vault, as a new process opens it."""

    def make(store):
        return Vault(alice_wallet.address, alice_identity, store=store, folder=tmp_path / "vault", gate=ledger)

    return make


@pytest.fixture
def vault(make_vault, store):
    return make_vault(store)


@pytest.fixture
def bookshop_identity():
    return Identity.generate()


@pytest.fixture
def sealed(vault, ledger, dataset, roastery, roastery_identity, bookshop, bookshop_identity):
    """Minted and shared with both brands; the bookshop's consent was withdrawn since."""
    files = [ClearFile(name, "application/octet-stream", data) for name, data in FILES.items()]
    sealed = vault.create(files, data_class=PREFERENCES)
    vault.attach(sealed.manifest_digest, dataset)
    ledger.mint(dataset, sealed.manifest_digest, PREFERENCES)
    ledger.allow(roastery, roastery_identity.recipient)
    vault.share(dataset, roastery, roastery_identity.recipient)
    vault.share(dataset, bookshop, bookshop_identity.recipient)
    ledger.refuse(bookshop, "the customer allows this brand nothing")
    return sealed


@pytest.fixture
def old_identity(vault, sealed):
    return vault.identity_of(sealed.manifest_digest)


@pytest.fixture
def old_envelope(vault, sealed, dataset, bookshop):
    """What the bookshop was given while it might read."""
    return vault.keeper.kept(dataset, bookshop).envelope


def contents(opened):
    return {file.name: file.read() for file in opened.files}


def named_by_chain(vault, ledger, dataset):
    """The dataset as the customer reads it: by the manifest that the chain names."""
    return contents(vault.open(ledger.dataset(dataset).manifest_digest))


def read_by(vault, ledger, dataset, grantee, identity, access_id=None):
    envelope = vault.release(dataset, grantee, purpose=RESEARCH, data_class=PREFERENCES, access_id=access_id)
    manifest = fetch_manifest(vault.store, ledger.dataset(dataset).manifest_digest)
    return contents(open_dataset(envelope, identity, manifest, dataset=dataset, grantee=grantee, store=vault.store))


def blobs_of(manifest):
    return sorted([*(file.cid for file in manifest.files), manifest.cid])


# --- rotating -------------------------------------------------------------------------------------------------------


def test_the_new_epoch_opens_for_whoever_may_read(
    vault, sealed, old_identity, ledger, dataset, roastery, roastery_identity
):
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    assert ledger.dataset(dataset)[1:4] == (PREFERENCES, 2, rotated.manifest_digest)
    assert named_by_chain(vault, ledger, dataset) == FILES
    assert read_by(vault, ledger, dataset, roastery, roastery_identity) == FILES
    assert vault.identity_of(rotated.manifest_digest) != old_identity


def test_it_says_who_is_kept_and_who_is_shut_out(vault, sealed, ledger, dataset, roastery, bookshop):
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    assert (rotated.dataset, rotated.key_epoch, rotated.kept) == (dataset, 2, ((roastery, None),))
    assert rotated.shut_out == ((bookshop, None, "the customer allows this brand nothing"),)
    assert sorted(rotated.unpinned) == blobs_of(sealed.manifest)


def test_whoever_is_shut_out_has_no_envelope(vault, sealed, ledger, dataset, bookshop):
    vault.rotate(dataset, ledger, ledger.publish)
    ledger.allow(bookshop, Identity.generate().recipient)
    with pytest.raises(KeyReleaseRefused, match="shared no envelope"):
        vault.release(dataset, bookshop, purpose=RESEARCH, data_class=PREFERENCES)


def test_the_old_envelope_does_not_open_the_new_epoch(
    vault, sealed, old_envelope, ledger, store, dataset, bookshop, bookshop_identity
):
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    manifest = fetch_manifest(store, rotated.manifest_digest)
    with pytest.raises(EnvelopeError, match="keyEpoch 1"):
        open_dataset(old_envelope, bookshop_identity, manifest, dataset=dataset, grantee=bookshop, store=store)


def test_the_new_blobs_are_unreadable_with_the_old_identity(vault, sealed, old_identity, ledger, store, dataset):
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    manifest = fetch_manifest(store, rotated.manifest_digest)
    assert {file.cid for file in manifest.files}.isdisjoint(file.cid for file in sealed.manifest.files)
    for file in manifest.files:
        with store.get(file.cid) as blob, pytest.raises(WrongIdentity):
            decrypt(blob, io.BytesIO(), old_identity)


def test_the_old_identity_is_nowhere(vault, sealed, ledger, dataset):
    vault.rotate(dataset, ledger, ledger.publish)
    assert [entry.key_epoch for entry in vault.keyring.entries()] == [2]
    with pytest.raises(KeyringError, match="no identity"):
        vault.identity_of(sealed.manifest_digest)


def test_only_the_new_blobs_are_pinned(vault, sealed, ledger, store, dataset):
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    assert store.pins() == blobs_of(fetch_manifest(store, rotated.manifest_digest))


def test_the_envelope_is_for_the_key_published_now(vault, sealed, ledger, dataset, roastery):
    replaced = Identity.generate()
    ledger.allow(roastery, replaced.recipient)
    vault.rotate(dataset, ledger, ledger.publish)
    assert read_by(vault, ledger, dataset, roastery, replaced) == FILES


def test_an_envelope_under_an_access_is_kept_under_it(vault, sealed, ledger, dataset, roastery, roastery_identity):
    recipient = roastery_identity.recipient
    for access_id in (ACCESS, ACCESS + 1):
        vault.share(dataset, roastery, recipient, access_id=access_id)
    ledger.allow(roastery, recipient, ACCESS)
    ledger.refuse(roastery, "the time that was paid for is over", ACCESS + 1)
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    assert rotated.kept == ((roastery, None), (roastery, ACCESS))
    assert (roastery, ACCESS + 1, "the time that was paid for is over") in rotated.shut_out
    assert read_by(vault, ledger, dataset, roastery, roastery_identity, ACCESS) == FILES


def test_it_is_rotated_again_and_again(vault, sealed, ledger, dataset, roastery, roastery_identity):
    epochs = [vault.rotate(dataset, ledger, ledger.publish).key_epoch for _ in range(3)]
    assert (epochs, len(vault.keyring.entries())) == ([2, 3, 4], 1)
    assert read_by(vault, ledger, dataset, roastery, roastery_identity) == FILES


def test_older_epochs_that_were_left_are_destroyed_too(vault, sealed, ledger, store, dataset):
    newer = vault.create([ClearFile("a", "text/plain", b"a")], data_class=PREFERENCES, key_epoch=2)
    vault.attach(newer.manifest_digest, dataset)
    ledger.mint(dataset, newer.manifest_digest, PREFERENCES, 2)
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    assert [entry.key_epoch for entry in vault.keyring.entries()] == [3]
    assert sorted(rotated.unpinned) == sorted(blobs_of(sealed.manifest) + blobs_of(newer.manifest))


def test_other_datasets_are_left_alone(vault, sealed, ledger, store, dataset):
    other = vault.create([ClearFile("a", "text/plain", b"a")], data_class=1)
    vault.attach(other.manifest_digest, dataclasses.replace(dataset, token_id=43))
    vault.rotate(dataset, ledger, ledger.publish)
    assert contents(vault.open(other.manifest_digest)) == {"a": b"a"}
    assert set(blobs_of(other.manifest)) <= set(store.pins())


# --- dying ----------------------------------------------------------------------------------------------------------

STEPS = 26
"""How many steps the rotation of this dataset has; the next test counts them."""


def test_no_step_is_left_out(make_vault, sealed, store, ledger, dataset, tmp_path, monkeypatch):
    dying = Dying(tmp_path / "vault", monkeypatch)
    make_vault(dying.store(store)).rotate(dataset, ledger, dying.act(ledger.publish))
    assert dying.steps == STEPS


@pytest.mark.parametrize("step", range(STEPS))
def test_dying_at_any_step_loses_nothing_and_opens_nothing(
    make_vault, sealed, old_envelope, store, ledger, dataset, tmp_path, step,
    roastery, roastery_identity, bookshop, bookshop_identity,
):  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        dying = Dying(tmp_path / "vault", patch, at=step)
        doomed = make_vault(dying.store(store))
        with pytest.raises(Killed):
            doomed.rotate(dataset, ledger, dying.act(ledger.publish))
    vault = make_vault(store)
    assert named_by_chain(vault, ledger, dataset) == FILES
    with pytest.raises(KeyReleaseRefused):
        vault.release(dataset, bookshop, purpose=RESEARCH, data_class=PREFERENCES)

    assert vault.rotate(dataset, ledger, ledger.publish).dataset == dataset
    assert named_by_chain(vault, ledger, dataset) == FILES
    assert read_by(vault, ledger, dataset, roastery, roastery_identity) == FILES
    assert [kept.envelope.grantee for kept in vault.keeper.envelopes()] == [roastery]
    manifest = fetch_manifest(store, ledger.dataset(dataset).manifest_digest)
    with pytest.raises(EnvelopeError, match="keyEpoch 1"):
        open_dataset(old_envelope, bookshop_identity, manifest, dataset=dataset, grantee=bookshop, store=store)
    assert store.pins() == blobs_of(manifest)
    assert [entry.manifest_digest for entry in vault.keyring.entries()] == [manifest.digest]
    left = [path.name for path in (tmp_path / "vault").rglob("*") if path.is_file()]
    assert len(left) == 3, left  # the lock, one entry of the keyring, one envelope


# --- stores and chains that fail ------------------------------------------------------------------------------------


class Unlucky:
    """A store whose n-th call of a method fails."""

    def __init__(self, store, method, lucky):
        self._store, self._method, self._left = store, method, lucky

    def __getattr__(self, name):
        found = getattr(self._store, name)
        if name != self._method:
            return found
        self._left -= 1
        if self._left < 0:
            raise BlobStoreUnreachable("the daemon went away")
        return found


@pytest.mark.parametrize(
    ("method", "lucky"), [("get", 0), ("get", 3), ("put", 0), ("put", 2), ("put", 3), ("unpin", 2)]
)
def test_a_store_that_vanishes_half_way_is_no_loss(make_vault, sealed, store, ledger, dataset, method, lucky):
    with pytest.raises(BlobStoreUnreachable, match="went away"):
        make_vault(Unlucky(store, method, lucky)).rotate(dataset, ledger, ledger.publish)
    vault = make_vault(store)
    assert named_by_chain(vault, ledger, dataset) == FILES
    rotated = vault.rotate(dataset, ledger, ledger.publish)
    assert (rotated.key_epoch, named_by_chain(vault, ledger, dataset)) == (2, FILES)
    assert store.pins() == blobs_of(fetch_manifest(store, rotated.manifest_digest))


class Lying(Unlucky):
    """A store that names what it is given wrongly."""

    def put(self, source):
        return self._store.put(io.BytesIO(b"something else" + source.read(1 << 20)))


def test_a_store_that_stores_something_else_is_found_out(make_vault, sealed, store, ledger, dataset):
    with pytest.raises(BlobCorrupt, match="stores something else"):
        make_vault(Lying(store, "", 0)).rotate(dataset, ledger, ledger.publish)
    assert ledger.dataset(dataset).key_epoch == 1


class Forgetful(Unlucky):
    """A store that names what it is given rightly, and loses the n-th of it."""

    def put(self, source):
        cid = self._store.put(source)
        self._left -= 1
        if self._left == -1:
            self._store.unpin(cid)
            self._store.collect_garbage()
        return cid


@pytest.mark.parametrize("lucky", [0, 1, 3])
def test_a_store_that_loses_what_it_took_is_found_out_before_the_old_epoch_is_gone(
    make_vault, sealed, store, ledger, dataset, lucky
):
    with pytest.raises(BlobNotFound):
        make_vault(Forgetful(store, "", lucky)).rotate(dataset, ledger, ledger.publish)
    vault = make_vault(store)
    assert (ledger.dataset(dataset).key_epoch, named_by_chain(vault, ledger, dataset)) == (1, FILES)
    vault.rotate(dataset, ledger, ledger.publish)
    assert named_by_chain(vault, ledger, dataset) == FILES


def test_a_blob_that_is_gone_stops_it_before_anything_is_published(vault, sealed, store, ledger, dataset):
    store.unpin(sealed.manifest.files[1].cid)
    store.collect_garbage()
    with pytest.raises(BlobNotFound):
        vault.rotate(dataset, ledger, ledger.publish)
    assert (ledger.dataset(dataset).key_epoch, len(vault.keyring.entries())) == (1, 1)


def test_a_blob_that_was_sealed_broken_is_not_sealed_anew(vault, sealed, store, ledger, dataset, monkeypatch):
    monkeypatch.setattr(
        "web3crm.vault.opening.clear_digest", lambda *_: __import__("hmac").new(b"x", digestmod="sha256")
    )
    with pytest.raises(ContentError, match="not the file"):
        vault.rotate(dataset, ledger, ledger.publish)
    assert ledger.dataset(dataset).key_epoch == 1


def test_a_store_that_shows_an_older_manifest_is_found_out(make_vault, sealed, store, ledger, dataset):
    vault = make_vault(store)
    rotated = vault.rotate(dataset, ledger, ledger.publish)

    class RolledBack(Unlucky):
        def get(self, cid):
            again = cid == fetch_manifest(store, rotated.manifest_digest).cid
            return self._store.get(sealed.manifest_cid if again else cid)

    with pytest.raises((ManifestError, BlobCorrupt)):
        make_vault(RolledBack(store, "", 0)).rotate(dataset, ledger, ledger.publish)
    assert ledger.dataset(dataset).key_epoch == 2


def test_a_silent_chain_destroys_nothing(vault, sealed, ledger, dataset):
    prepared = vault.prepare_rotation(dataset, ledger)
    ledger.publish(prepared)
    ledger.silent = True
    with pytest.raises(ChainError):
        vault.finish_rotation(dataset, ledger)
    assert (len(vault.keeper.envelopes()), len(vault.keyring.entries())) == (2, 2)


def test_a_transaction_that_fails_can_be_sent_again(vault, sealed, ledger, dataset):
    def fail(prepared):
        raise ChainError("the transaction ran out of gas")

    with pytest.raises(ChainError, match="out of gas"):
        vault.rotate(dataset, ledger, fail)
    prepared = vault.prepare_rotation(dataset, ledger)
    assert vault.rotate(dataset, ledger, ledger.publish).manifest_digest == prepared.manifest_digest


# --- in two phases --------------------------------------------------------------------------------------------------


def test_the_old_epoch_holds_until_it_is_published(vault, sealed, ledger, dataset, roastery, roastery_identity):
    prepared = vault.prepare_rotation(dataset, ledger)
    assert (prepared.previous_digest, prepared.key_epoch) == (sealed.manifest_digest, 2)
    assert vault.share(dataset, roastery, roastery_identity.recipient).key_epoch == 1
    assert read_by(vault, ledger, dataset, roastery, roastery_identity) == FILES
    assert vault.unfinished() == ([dataset], [])
    assert vault.prepare_rotation(dataset, ledger) == prepared


def test_it_is_not_finished_before_the_chain_names_it(vault, sealed, ledger, dataset, bookshop):
    vault.prepare_rotation(dataset, ledger)
    with pytest.raises(RotationError, match="does not name the new manifest"):
        vault.finish_rotation(dataset, ledger)
    assert vault.keeper.kept(dataset, bookshop) is not None
    assert named_by_chain(vault, ledger, dataset) == FILES


def test_a_publisher_that_does_nothing_is_found_out(vault, sealed, ledger, dataset):
    with pytest.raises(RotationError, match="does not name the new manifest"):
        vault.rotate(dataset, ledger, lambda prepared: None)


def test_there_must_be_one_to_finish(vault, sealed, ledger, dataset):
    with pytest.raises(RotationError, match="no rotation"):
        vault.finish_rotation(dataset, ledger)


def test_it_is_taken_back_without_a_trace(vault, sealed, ledger, store, dataset, tmp_path):
    vault.prepare_rotation(dataset, ledger)
    assert vault.abandon_rotation(dataset, ledger) is True
    assert vault.abandon_rotation(dataset, ledger) is False
    assert (store.pins(), vault.unfinished()) == (blobs_of(sealed.manifest), ([], []))
    assert [entry.manifest_digest for entry in vault.keyring.entries()] == [sealed.manifest_digest]


def test_it_is_taken_back_though_it_was_only_begun(make_vault, sealed, ledger, store, dataset):
    with pytest.raises(BlobStoreUnreachable):
        make_vault(Unlucky(store, "put", 3)).prepare_rotation(dataset, ledger)
    vault = make_vault(store)
    assert vault.abandon_rotation(dataset, ledger) is True
    assert store.pins() == blobs_of(sealed.manifest)
    assert [entry.manifest_digest for entry in vault.keyring.entries()] == [sealed.manifest_digest]


def test_what_is_published_is_not_taken_back(vault, sealed, ledger, dataset):
    ledger.publish(vault.prepare_rotation(dataset, ledger))
    with pytest.raises(RotationError, match="finish the rotation instead"):
        vault.abandon_rotation(dataset, ledger)
    vault.finish_rotation(dataset, ledger)
    assert named_by_chain(vault, ledger, dataset) == FILES


# --- what cannot be rotated -----------------------------------------------------------------------------------------


def test_a_dataset_that_is_gone_is_refused(vault, sealed, ledger, dataset):
    ledger.datasets.clear()
    with pytest.raises(RotationError, match="does not exist"):
        vault.rotate(dataset, ledger, ledger.publish)


def test_another_owners_dataset_is_refused(vault, sealed, ledger, dataset, bob_wallet):
    ledger.datasets[dataset] = ledger.datasets[dataset]._replace(owner=bob_wallet.address)
    with pytest.raises(RotationError, match=bob_wallet.address):
        vault.rotate(dataset, ledger, ledger.publish)


def test_a_manifest_without_a_key_is_refused(vault, sealed, ledger, dataset):
    ledger.mint(dataset, b"\x07" * 32, PREFERENCES)
    with pytest.raises(KeyringError, match="without it nothing can be sealed anew"):
        vault.rotate(dataset, ledger, ledger.publish)


def test_the_last_key_epoch_is_refused(vault, sealed, ledger, dataset):
    ledger.mint(dataset, sealed.manifest_digest, PREFERENCES, 2**32 - 1)
    with pytest.raises(RotationError, match="last key epoch"):
        vault.rotate(dataset, ledger, ledger.publish)


def test_a_change_by_somebody_else_meanwhile_is_refused(vault, sealed, ledger, dataset):
    """Were the new identity destroyed here, a transaction that is still under way could name a manifest nobody opens."""
    vault.prepare_rotation(dataset, ledger)
    ledger.mint(dataset, b"\x07" * 32, PREFERENCES, 2)
    with pytest.raises(RotationError, match="abandon that rotation"):
        vault.rotate(dataset, ledger, ledger.publish)
    assert len(vault.keyring.entries()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"files": [{}]},
        {"keyEpoch": "2"},
        {"version": 2},
        {"dataset": "eip155:1"},
        {"storing": "../keyring"},
        {"retired": [{"manifest": "00" * 32, "blobs": ["bafkrei"]}]},
        None,
    ],
)
def test_a_damaged_note_is_told(vault, sealed, ledger, dataset, tmp_path, change):
    vault.prepare_rotation(dataset, ledger)
    (path,) = (tmp_path / "vault" / "rotations").iterdir()
    path.write_text("{" if change is None else json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(JournalError, match="damaged"):
        vault.rotate(dataset, ledger, ledger.publish)


def test_a_note_with_another_identity_is_told(vault, sealed, ledger, dataset, tmp_path, make_vault, store):
    """As when two notes were swapped: the identity says inside which dataset and epoch it is for."""
    with pytest.raises(BlobStoreUnreachable):
        make_vault(Unlucky(store, "put", 1)).prepare_rotation(dataset, ledger)
    (path,) = (tmp_path / "vault" / "rotations").iterdir()
    path.write_text(json.dumps({**json.loads(path.read_text()), "keyEpoch": 3}))
    with pytest.raises(JournalError, match="holds the identity of"):
        vault.prepare_rotation(dataset, ledger)


def test_a_note_with_an_identity_of_somebody_else_s_making_is_told(
    vault, sealed, ledger, dataset, tmp_path, make_vault, store, alice_identity
):
    """Anybody who knows her recipient can seal an identity for her: her data would be sealed to a key that he knows."""
    with pytest.raises(BlobStoreUnreachable):
        make_vault(Unlucky(store, "put", 1)).prepare_rotation(dataset, ledger)
    (path,) = (tmp_path / "vault" / "rotations").iterdir()
    forged = {"identity": Identity.generate().export(), "dataset": str(dataset), "keyEpoch": 2, "proof": "00" * 32}
    planted = io.BytesIO()
    encrypt(io.BytesIO(json.dumps(forged).encode()), planted, [alice_identity.recipient])
    identity = base64.b64encode(planted.getvalue()).decode()
    path.write_text(json.dumps({**json.loads(path.read_text()), "identity": identity}))
    with pytest.raises(JournalError, match="did not make"):
        vault.prepare_rotation(dataset, ledger)


def test_the_note_is_private_and_shows_no_key_or_name(vault, sealed, ledger, dataset, tmp_path):
    prepared = vault.prepare_rotation(dataset, ledger)
    (path,) = (tmp_path / "vault" / "rotations").iterdir()
    text = path.read_text()
    secrets = [vault.identity_of(prepared.manifest_digest).export()[20:], "AGE-SECRET", *FILES]
    assert [secret for secret in secrets if secret in text] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- memory ---------------------------------------------------------------------------------------------------------

ROTATE = r"""
import re, sys
from pathlib import Path
from tests.support.ledgers import FakeLedger
from tests.support.patterns import PatternStream
from web3crm.vault import ClearFile, DatasetId, EmbeddedStore, Identity, Vault

size, folder, owner = int(sys.argv[1]), Path(sys.argv[2]), "0x" + "11" * 20
ledger, dataset = FakeLedger(owner), DatasetId(1337, "0x5FbDB2315678afecb367f032d93F642f64180aa3", 1)
vault = Vault(owner, Identity.generate(), store=EmbeddedStore(folder / "blobs"), folder=folder / "vault", gate=ledger)
sealed = vault.create([ClearFile("film.mp4", "video/mp4", PatternStream(size))], data_class=1)
vault.attach(sealed.manifest_digest, dataset)
ledger.mint(dataset, sealed.manifest_digest, 1)
rotated = vault.rotate(dataset, ledger, ledger.publish)
with (folder / "film.mp4").open("wb") as target:
    vault.open(rotated.manifest_digest).files[0].write_to(target)
print(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def peak_memory_of_rotating(size, folder):
    """KiB that a process of its own needs at most, the code in Rust included."""
    folder.mkdir()
    command = [sys.executable, "-c", ROTATE, str(size), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert (folder / "film.mp4").stat().st_size == size
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_rotating_a_film_takes_no_more_memory_than_rotating_a_clip(tmp_path):
    clip = peak_memory_of_rotating(2_000_000, tmp_path / "clip")
    film = peak_memory_of_rotating(200_000_000, tmp_path / "film")
    assert film - clip < 32_768
