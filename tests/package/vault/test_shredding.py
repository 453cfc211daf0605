"""Erasure by destroying keys.

given a dataset that was rotated, is shared with a brand, and of which somebody kept copies of all blobs
├── when it is erased
│   ├── it should return what was destroyed
│   ├── no key that is left in any file opens any copy, also for whoever has the customer's identity
│   ├── its blobs should be gone from a store that is the vault's own, and left to a daemon's garbage collection
│   ├── other datasets should be left as they are
│   └── there should be nothing to erase any more
├── when an envelope was released before
│   └── the grantee should still open the copies: nobody can take that back
├── when a rotation is under way
│   └── the identity of the epoch that was being made should be destroyed, too
├── when the process dies at any step
│   ├── it should be known that the erasure is not finished, and nothing else be done with the dataset
│   └── when it is run again: it should finish and return the whole
├── when the store does not answer
│   └── the keys should be destroyed all the same, and it should be said what is left
└── when a file is damaged that may hold a key of it
    └── it should destroy all others and say so
"""

from __future__ import annotations

import dataclasses

import pytest

from tests.support.dying import Dying, Killed
from tests.support.keys import keys_left, opened_by
from web3crm.errors import BlobStoreUnreachable, ErasureIncomplete, JournalError, KeyReleaseRefused, KeyringError
from web3crm.vault import ClearFile, EmbeddedStore, Identity, Vault, open_envelope

CONTACT, CARE, ACCESS = 2, 5, 7
PROFILE = b'{"phone": "+66 2 123 4567"}'
FILES = [ClearFile("profile.json", "application/json", PROFILE), ClearFile("note.txt", "text/plain", b"call after six")]
CLEAR = {PROFILE, b"call after six"}


def read_all(store, cid):
    with store.get(cid) as blob:
        return b"".join(iter(lambda: blob.read(1 << 20), b""))


@pytest.fixture
def make_vault(alice_wallet, alice_identity, ledger, tmp_path):
    def make(store):
        return Vault(alice_wallet.address, alice_identity, store=store, folder=tmp_path / "vault", gate=ledger)

    return make


@pytest.fixture
def vault(make_vault, store):
    return make_vault(store)


@pytest.fixture
def copies():
    """The ciphertext of every file of every epoch, as somebody kept it who copied the blobs."""
    return []


@pytest.fixture
def sealed(vault, store, ledger, dataset, roastery, roastery_identity, copies):
    """Epoch 2, shared with a brand with and without a paid access."""
    first = vault.create(FILES, data_class=CONTACT)
    vault.attach(first.manifest_digest, dataset)
    ledger.mint(dataset, first.manifest_digest, CONTACT)
    copies += [read_all(store, file.cid) for file in first.manifest.files]
    ledger.allow(roastery, roastery_identity.recipient)
    vault.share(dataset, roastery, roastery_identity.recipient)
    vault.rotate(dataset, ledger, ledger.publish)
    vault.share(dataset, roastery, roastery_identity.recipient, access_id=ACCESS)
    manifest = vault.open(ledger.dataset(dataset).manifest_digest).manifest
    copies += [read_all(store, file.cid) for file in manifest.files]
    return manifest


def everything_opened(tmp_path, copies, *known):
    return set(opened_by(keys_left([tmp_path / "vault"], known), copies))


# --- erasing --------------------------------------------------------------------------------------------------------


def test_it_returns_what_was_destroyed(vault, sealed, dataset, store, roastery):
    kept = [held.envelope.digest for held in vault.keeper.envelopes()]
    shredded = vault.erase(dataset)
    assert [(item.manifest_digest, item.key_epoch) for item in shredded.identities] == [(sealed.digest, 2)]
    assert [(item.grantee, item.access_id, item.key_epoch) for item in shredded.envelopes] == [
        (roastery, None, 2),
        (roastery, ACCESS, 2),
    ]
    assert [item.digest for item in shredded.envelopes] == kept
    assert sorted(shredded.unpinned) == sorted([*(file.cid for file in sealed.files), sealed.cid])
    assert shredded.collected is isinstance(store, EmbeddedStore)


def test_what_it_returns_can_be_written_as_json(vault, sealed, dataset, roastery):
    shredded = vault.erase(dataset).to_json()
    assert (shredded["dataset"], shredded["identities"]) == (
        str(dataset),
        [{"manifest": sealed.digest.hex(), "keyEpoch": 2}],
    )
    assert [item["accessId"] for item in shredded["envelopes"]] == [None, str(ACCESS)]


def test_before_the_erasure_the_keys_that_are_left_open_it(vault, sealed, tmp_path, copies, alice_identity):
    """Shows that the search below finds what there is to find."""
    assert everything_opened(tmp_path, copies, alice_identity) == CLEAR


def test_the_grantee_opens_it_with_the_kept_envelope_before_the_erasure(
    vault, sealed, tmp_path, copies, roastery_identity
):
    assert everything_opened(tmp_path, copies, roastery_identity) == CLEAR


def test_no_key_that_is_left_opens_any_copy(
    vault, sealed, dataset, tmp_path, copies, alice_identity, roastery_identity
):
    """Neither with the customer's wallet nor with the grantee's identity at hand."""
    vault.erase(dataset)
    assert len(copies) == 4
    assert everything_opened(tmp_path, copies, alice_identity, roastery_identity) == set()


def test_what_was_released_before_stays_with_the_grantee(
    vault, sealed, dataset, tmp_path, copies, alice_identity, roastery, roastery_identity
):
    """What cannot be promised: she holds the key of that epoch. Erasure does not reach into her memory."""
    envelope = vault.release(dataset, roastery, purpose=CARE, data_class=CONTACT)
    vault.erase(dataset)
    key = open_envelope(envelope, roastery_identity, dataset=dataset, key_epoch=2, grantee=roastery)
    assert set(opened_by([key], copies[2:])) == CLEAR
    assert opened_by([key], copies[:2]) == []


def test_nothing_is_released_opened_or_shared_any_more(vault, sealed, dataset, roastery, roastery_identity):
    vault.erase(dataset)
    with pytest.raises(KeyReleaseRefused, match="shared no envelope"):
        vault.release(dataset, roastery, purpose=CARE, data_class=CONTACT)
    with pytest.raises(KeyringError, match="no identity"):
        vault.open(sealed.digest)
    with pytest.raises(KeyringError, match="no identity"):
        vault.share(dataset, roastery, roastery_identity.recipient)


def test_the_blobs_are_gone_from_a_store_of_ones_own(vault, sealed, dataset, store):
    shredded = vault.erase(dataset)
    assert store.pins() == []
    assert [store.has(cid) for cid in shredded.unpinned] == [not shredded.collected] * 3


def test_a_daemon_removes_them_with_its_garbage(vault, sealed, dataset, store):
    shredded = vault.erase(dataset)
    store.collect_garbage()
    assert [store.has(cid) for cid in shredded.unpinned] == [False] * 3


def test_other_datasets_are_left_as_they_are(vault, sealed, dataset, store, roastery, roastery_identity):
    other = dataclasses.replace(dataset, token_id=43)
    kept = vault.create(FILES, data_class=CONTACT)
    vault.attach(kept.manifest_digest, other)
    vault.share(other, roastery, roastery_identity.recipient)
    vault.erase(dataset)
    assert {file.read() for file in vault.open(kept.manifest_digest).files} == CLEAR
    assert [held.envelope.dataset for held in vault.keeper.envelopes()] == [other]


def test_there_is_nothing_to_erase_twice(vault, sealed, dataset):
    vault.erase(dataset)
    with pytest.raises(KeyringError, match="nothing to erase"):
        vault.erase(dataset)
    assert vault.unfinished() == ([], [])


def test_a_dataset_the_vault_never_had_is_told(vault, dataset):
    with pytest.raises(KeyringError, match="nothing to erase"):
        vault.erase(dataset)
    assert vault.unfinished() == ([], [])


def test_the_epoch_that_was_being_made_is_destroyed_too(
    vault, sealed, dataset, ledger, store, tmp_path, copies, alice_identity
):
    prepared = vault.prepare_rotation(dataset, ledger)
    copies += [read_all(store, file.cid) for file in vault.open(prepared.manifest_digest).manifest.files]
    assert len(opened_by(keys_left([tmp_path / "vault"], [alice_identity]), copies[4:])) == 2
    shredded = vault.erase(dataset)
    assert sorted(item.key_epoch for item in shredded.identities) == [2, 3]
    assert everything_opened(tmp_path, copies, alice_identity) == set()
    assert (store.pins(), vault.unfinished()) == ([], ([], []))


class Unlucky:
    """A store whose n-th call of a method, and all later ones, fail."""

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


@pytest.mark.parametrize("lucky", [0, 1, 2])
def test_an_epoch_that_was_only_begun_is_destroyed_too(
    make_vault, sealed, dataset, ledger, store, tmp_path, copies, alice_identity, lucky
):
    with pytest.raises(BlobStoreUnreachable):
        make_vault(Unlucky(store, "put", lucky)).prepare_rotation(dataset, ledger)
    vault = make_vault(store)
    vault.erase(dataset)
    assert everything_opened(tmp_path, copies, alice_identity) == set()
    assert (store.pins(), vault.keyring.entries()) == ([], [])


# --- dying ----------------------------------------------------------------------------------------------------------

STEPS = 10
"""How many steps the erasure of this dataset has; the next test counts them."""


def test_no_step_is_left_out(make_vault, sealed, store, dataset, tmp_path, monkeypatch):
    dying = Dying(tmp_path / "vault", monkeypatch)
    make_vault(dying.store(store)).erase(dataset)
    assert dying.steps == STEPS


@pytest.mark.parametrize("step", range(1, STEPS))
def test_dying_at_any_step_is_known_and_made_good(
    make_vault, sealed, store, dataset, ledger, tmp_path, copies, alice_identity, roastery, roastery_identity, step
):
    with pytest.MonkeyPatch.context() as patch:
        dying = Dying(tmp_path / "vault", patch, at=step)
        doomed = make_vault(dying.store(store))
        with pytest.raises(Killed):
            doomed.erase(dataset)
    vault = make_vault(store)
    assert vault.unfinished() == ([], [dataset])
    for use in (
        lambda: vault.share(dataset, roastery, roastery_identity.recipient),
        lambda: vault.prepare_rotation(dataset, ledger),
        lambda: vault.finish_rotation(dataset, ledger),
    ):
        with pytest.raises(ErasureIncomplete, match="erase it again"):
            use()
    shredded = vault.erase(dataset)
    assert (len(shredded.identities), len(shredded.envelopes), len(shredded.unpinned)) == (1, 2, 3)
    assert everything_opened(tmp_path, copies, alice_identity, roastery_identity) == set()
    assert (store.pins(), vault.unfinished()) == ([], ([], []))
    assert [path.name for path in (tmp_path / "vault").rglob("*") if path.is_file()] == ["lock"]


def test_dying_before_the_first_step_changes_nothing(make_vault, sealed, store, dataset, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        dying = Dying(tmp_path / "vault", patch, at=0)
        doomed = make_vault(dying.store(store))
        with pytest.raises(Killed):
            doomed.erase(dataset)
    vault = make_vault(store)
    assert vault.unfinished() == ([], [])
    assert {file.read() for file in vault.open(sealed.digest).files} == CLEAR


# --- stores and files that fail -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "lucky"), [("get", 0), ("unpin", 0), ("unpin", 2)])
def test_the_keys_do_not_wait_for_the_store(
    make_vault, sealed, store, dataset, tmp_path, copies, alice_identity, method, lucky
):
    with pytest.raises(ErasureIncomplete, match=r"every key of .* is destroyed, but the blobs"):
        make_vault(Unlucky(store, method, lucky)).erase(dataset)
    assert everything_opened(tmp_path, copies, alice_identity) == set()
    vault = make_vault(store)
    assert vault.unfinished() == ([], [dataset])
    assert (len(vault.erase(dataset).unpinned), store.pins()) == (3, [])


def test_blobs_that_are_gone_already_are_no_hindrance(vault, sealed, dataset, store):
    for cid in store.pins():
        store.unpin(cid)
    store.collect_garbage()
    assert vault.erase(dataset).unpinned == (sealed.cid,)


@pytest.fixture
def prepare(ledger, dataset, folder):
    """Begins a rotation where its note is to be damaged."""
    return lambda vault: folder == "rotations" and vault.prepare_rotation(dataset, ledger)


@pytest.mark.parametrize("folder", ["keyring", "envelopes", "rotations"])
def test_a_damaged_file_is_named_and_all_others_are_destroyed(
    vault, sealed, dataset, tmp_path, copies, alice_identity, roastery, roastery_identity, folder, prepare
):
    prepare(vault)
    path = min((tmp_path / "vault" / folder).iterdir())
    path.write_text("{")
    with pytest.raises(ErasureIncomplete, match=str(path)):
        vault.erase(dataset)
    assert everything_opened(tmp_path, copies, alice_identity, roastery_identity) == set()
    with pytest.raises(ErasureIncomplete, match="erase it again"):
        vault.share(dataset, roastery, roastery_identity.recipient)
    path.unlink()
    vault.erase(dataset)
    assert vault.unfinished() == ([], [])


def test_a_damaged_entry_that_a_rotation_knows_is_destroyed_by_its_name(
    vault, sealed, dataset, ledger, tmp_path, copies, alice_identity
):
    prepared = vault.prepare_rotation(dataset, ledger)
    for digest in (sealed.digest, prepared.manifest_digest):
        (tmp_path / "vault" / "keyring" / f"{digest.hex()}.json").write_text("{")
    assert {item.key_epoch for item in vault.erase(dataset).identities} == {2, 3}
    assert [path.name for path in (tmp_path / "vault").rglob("*") if path.is_file()] == ["lock"]


def test_a_damaged_note_is_told(vault, sealed, dataset, store, make_vault, tmp_path):
    with pytest.raises(ErasureIncomplete):
        make_vault(Unlucky(store, "unpin", 0)).erase(dataset)
    (path,) = (tmp_path / "vault" / "erasures").iterdir()
    path.write_text("{}")
    with pytest.raises(JournalError, match="damaged"):
        vault.erase(dataset)
    with pytest.raises(JournalError, match="damaged"):
        vault.unfinished()


def test_drafts_that_a_crash_left_are_removed(vault, sealed, dataset, tmp_path, copies, alice_identity):
    entry = next((tmp_path / "vault" / "keyring").glob("*.json"))
    (entry.parent / ".0123456789abcdef.part").write_bytes(entry.read_bytes())
    vault.erase(dataset)
    assert everything_opened(tmp_path, copies, alice_identity) == set()


def test_a_key_of_another_kind_does_not_open_it_by_accident(copies, sealed):
    assert opened_by([Identity.generate()], copies) == []
