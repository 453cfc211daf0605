"""What a broken sealing leaves pinned.

given a sealing
├── when it ends well
│   └── no note should be left, and nothing be unpinned
├── when it breaks
│   ├── what it stored should be unpinned, and its error be raised
│   └── unless the store has died: then the next sealing should do it
├── when its process is killed
│   ├── the next sealing should unpin what it stored
│   └── unless it had come to its end: then all should stay
└── while it goes on
    └── another should leave it alone
given a note
├── whose last line is cut off, it should be used up to there
└── of another store, it should be kept for that one
"""

from __future__ import annotations

import io
import stat

import pytest

from tests.support.patterns import pattern
from web3crm.errors import BlobStoreUnreachable, InputError
from web3crm.vault import ClearFile, EmbeddedStore, Identity, Vault
from web3crm.vault.cids import cid_of, digest_of_cid
from web3crm.vault.unfinished import Unfinished

FILES = [ClearFile(f"{number}.bin", "application/octet-stream", pattern(300_000 + number)) for number in range(3)]


@pytest.fixture
def blobs(tmp_path):
    return EmbeddedStore(tmp_path / "blobs")


class Mortal:
    """A store that dies at its n-th put, and is asked for nothing more until it lives again."""

    def __init__(self, store, puts):
        self.store, self.puts = store, puts

    def __getattr__(self, name):
        if self.puts < 0:
            raise BlobStoreUnreachable("it has died")
        return getattr(self.store, name)

    def __repr__(self):
        return repr(self.store)

    def put(self, source):
        self.puts -= 1
        if self.puts < 0:
            raise BlobStoreUnreachable("it has died")
        return self.store.put(source)


@pytest.fixture
def vault_on(alice_wallet, alice_identity, gate, tmp_path):
    def act(store):
        return Vault(alice_wallet.address, alice_identity, store=store, folder=tmp_path / "vault", gate=gate)

    return act


def notes(tmp_path):
    return sorted(path.name for path in (tmp_path / "vault" / "unfinished").iterdir())


def test_a_sealing_that_ends_well_leaves_no_note(vault_on, blobs, tmp_path):
    sealed = vault_on(blobs).create(FILES, data_class=1)
    assert notes(tmp_path) == []
    assert blobs.pins() == sorted([*(file.cid for file in sealed.manifest.files), sealed.manifest_cid])


@pytest.mark.parametrize("puts", [0, 1, 2, 3])
def test_what_a_dead_store_kept_is_unpinned_by_the_next_sealing(vault_on, blobs, tmp_path, puts):
    with pytest.raises(BlobStoreUnreachable, match="it has died"):
        vault_on(Mortal(blobs, puts)).create(FILES, data_class=1)
    assert (len(blobs.pins()), len(notes(tmp_path))) == (puts, 1)
    sealed = vault_on(blobs).create(FILES, data_class=1)
    assert blobs.pins() == sorted([*(file.cid for file in sealed.manifest.files), sealed.manifest_cid])
    assert notes(tmp_path) == []


def test_a_sealing_that_breaks_unpins_at_once(vault_on, blobs, tmp_path):
    missing = ClearFile("missing.bin", "application/octet-stream", tmp_path / "missing.bin")
    with pytest.raises(InputError, match=r"missing\.bin cannot be read"):
        vault_on(blobs).create([*FILES, missing], data_class=1)
    assert (blobs.pins(), notes(tmp_path)) == ([], [])


# --- the notes themselves ---------------------------------------------------------------------------------------------


@pytest.fixture
def kept():
    """Digests of manifests whose keys are kept."""
    return set()


@pytest.fixture
def unfinished(tmp_path, kept):
    return Unfinished(tmp_path / "vault" / "unfinished", kept.__contains__)


@pytest.fixture
def killed(tmp_path, blobs, unfinished):
    """The note of a sealing whose process is no more, and the CIDs of what it stored."""
    cids = [blobs.put(io.BytesIO(data)) for data in (b"a file", b"a manifest")]
    (tmp_path / "vault/unfinished/x.note").write_text("\n".join([repr(blobs), *cids, "bafkreicut"]))
    return cids


def test_what_a_killed_sealing_stored_is_unpinned(unfinished, killed, blobs, tmp_path):
    other = blobs.put(io.BytesIO(b"somebody's"))
    assert unfinished.settle(blobs) == 1
    assert (blobs.pins(), notes(tmp_path)) == ([other], [])


def test_a_sealing_killed_after_its_end_loses_nothing(unfinished, killed, kept, blobs, tmp_path):
    kept.add(digest_of_cid(cid_of(b"a manifest")))
    unfinished.settle(blobs)
    assert (blobs.pins(), notes(tmp_path)) == (sorted(killed), [])


def test_the_note_of_another_store_is_kept_for_it(unfinished, killed, blobs, tmp_path):
    elsewhere = EmbeddedStore(tmp_path / "elsewhere")
    unfinished.settle(elsewhere)
    assert (blobs.pins(), notes(tmp_path)) == (sorted(killed), ["x.note"])
    unfinished.settle(blobs)
    assert (blobs.pins(), notes(tmp_path)) == ([], [])


def test_a_sealing_that_goes_on_is_left_alone(unfinished, blobs, tmp_path):
    with unfinished.storing(blobs) as announce:
        announce(cid_of(b"beans"))
        blobs.put(io.BytesIO(b"beans"))
        assert unfinished.settle(blobs) == 0
        assert blobs.pins() == [cid_of(b"beans")]
        (note,) = (tmp_path / "vault/unfinished").iterdir()
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert blobs.pins() == [cid_of(b"beans")]


def test_a_store_that_cannot_be_asked_is_told_and_the_note_stays(unfinished, killed, blobs, tmp_path):
    with pytest.raises(BlobStoreUnreachable, match="it has died"), unfinished.storing(Mortal(blobs, -1)):
        pytest.fail("nothing is sealed before")
    assert notes(tmp_path) == ["x.note"]


def test_the_identity_of_a_broken_sealing_is_not_kept(vault_on, blobs, alice_identity):
    vault = vault_on(Mortal(blobs, 3))
    with pytest.raises(BlobStoreUnreachable):
        vault.create(FILES, data_class=1)
    assert vault.keyring.entries() == []
    assert isinstance(alice_identity, Identity)
