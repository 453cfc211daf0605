"""Moving blobs from store to store (folders here; a real daemon in tests/integration/ipfs).

given a store with blobs
├── when they are moved
│   ├── each should be pinned there under the same CID, with the same bytes, and stay here
│   ├── what nobody pinned should stay behind
│   ├── what the other store has pinned should not be sent again, what it has not pinned should be
│   └── it should be told how far it is
├── when a blob is damaged, not whole, or its name is none
│   └── it should be named with what is wrong, the others be moved, and nothing of it left there
├── when the other store fails, or names a blob otherwise, or forgets its pins
│   └── it should be told, with how far it came
├── when the run is killed
│   └── the next one should send only what is missing
├── when they are to be removed
│   ├── they should be, once they were read back
│   ├── one that the other store has spoilt should be sent again first
│   ├── nothing should be if one is missing there, or is not given back
│   └── nothing should be if both are one store under two names
└── when both are the same store
    └── it should be refused
"""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.blob_stores import read_all
from tests.support.patterns import pattern
from web3crm.errors import BlobCorrupt, BlobStoreError, BlobStoreUnreachable, InputError
from web3crm.vault.cids import cid_of
from web3crm.vault.stores import EmbeddedStore
from web3crm.vault.stores.migration import Migration, migrate

SIZES = (0, 1, 300_000, 1_500_000)


class CountingStore(EmbeddedStore):
    """Remembers what was put."""

    def __init__(self, root):
        super().__init__(root)
        self.put_cids = []

    def put(self, source):
        self.put_cids.append(super().put(source))
        return self.put_cids[-1]


@pytest.fixture
def source(tmp_path):
    return EmbeddedStore(tmp_path / "old")


@pytest.fixture
def target(tmp_path):
    return CountingStore(tmp_path / "new")


@pytest.fixture
def cids(source):
    return sorted(source.put(io.BytesIO(pattern(size))) for size in SIZES)


def block(store_folder, cid):
    return store_folder / "blocks" / cid[-3:-1] / cid


LAST_LEAF = cid_of(pattern(1_500_000)[5 * 262_144 :])


@pytest.fixture
def big(source, cids):
    """The CID of the one of 1.5 MB."""
    return source.put(io.BytesIO(pattern(1_500_000)))


def test_all_blobs_are_pinned_there_under_the_same_cids(source, target, cids):
    assert migrate(source, target) == Migration(sent=4, present=0)
    assert target.pins() == source.pins() == cids
    assert [read_all(target, cid) for cid in cids] == [read_all(source, cid) for cid in cids]


def test_what_nobody_pinned_stays_behind(source, target, cids):
    source.unpin(cids[0])
    assert migrate(source, target).sent == 3
    assert not target.has(cids[0])


def test_what_is_pinned_there_is_not_sent_again(source, target, cids):
    migrate(source, target)
    target.put_cids.clear()
    later = source.put(io.BytesIO(b"later"))
    assert migrate(source, target) == Migration(sent=1, present=4)
    assert target.put_cids == [later]


def test_what_is_there_but_not_pinned_or_not_whole_is_sent_again(source, target, cids, big, tmp_path):
    migrate(source, target)
    small = cid_of(pattern(1))
    target.unpin(small)
    block(tmp_path / "new", LAST_LEAF).unlink()
    assert migrate(source, target) == Migration(sent=2, present=2)
    assert read_all(target, big) == pattern(1_500_000)
    assert target.pins() == cids


def test_it_is_told_how_far_it_is(source, target, cids):
    told = []
    migrate(source, target, remove=True, watch=lambda what: lambda done, of: told.append((what, done, of)))
    steps = [(number, 4) for number in range(5)]
    assert told == [("moving blobs", *step) for step in steps] + [("reading them back", *step) for step in steps]


def test_an_empty_store_is_moved_at_once(source, target):
    assert migrate(source, target, remove=True) == Migration(sent=0, present=0)


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        (lambda path: path.write_bytes(b"rot"), "has other bytes than its name says"),
        (lambda path: path.unlink(), "is missing in the store"),
    ],
    ids=["rotten", "missing"],
)
def test_a_damaged_blob_is_named_and_the_others_are_moved(source, target, cids, big, tmp_path, spoil, wrong):
    spoil(block(tmp_path / "old", LAST_LEAF))
    done = migrate(source, target, remove=True)
    assert (done.sent, done.removed, done.complete, list(done.damaged)) == (3, 0, False, [big])
    assert wrong in done.damaged[big]
    assert LAST_LEAF in done.damaged[big]
    assert target.pins() == [cid for cid in cids if cid != big]
    assert source.pins() == cids


def test_a_blob_whose_first_block_is_gone_is_named(source, target, cids, big, tmp_path):
    block(tmp_path / "old", big).unlink()
    assert list(migrate(source, target).damaged) == [big]


def test_a_damaged_blob_that_was_mended_is_moved_by_the_next_run(source, target, cids, big, tmp_path):
    block(tmp_path / "old", LAST_LEAF).write_bytes(b"rot")
    migrate(source, target)
    source.put(io.BytesIO(pattern(1_500_000)))
    assert migrate(source, target) == Migration(sent=1, present=3)


def test_a_pin_whose_name_is_none_is_named(source, target, cids, tmp_path):
    (tmp_path / "old" / "pins" / "notes.txt").touch()
    done = migrate(source, target)
    assert (done.sent, list(done.damaged)) == (4, ["notes.txt"])
    assert "is not a CID" in done.damaged["notes.txt"]


class OtherLayout(EmbeddedStore):
    """Gives a blob as one that was cut in another way would be: the same bytes, by another name."""

    def pins(self):
        return [cid_of(b"another layout")]

    def get(self, cid):
        return super().get(self.real)


def test_a_blob_laid_out_in_another_way_is_named_and_not_left_pinned(target, tmp_path):
    source = OtherLayout(tmp_path / "old")
    source.real = source.put(io.BytesIO(b"beans"))
    (wrong,) = migrate(source, target).damaged.values()
    assert f"its bytes would be {source.real}" in wrong
    assert target.pins() == []


class FailingStore(CountingStore):
    """Fails at the third blob."""

    failure = BlobStoreUnreachable("the daemon at X is not there or went away")

    def put(self, source):
        if len(self.put_cids) == 2:
            source.read(1)
            raise self.failure
        return super().put(source)


@pytest.mark.parametrize(
    "failure", [BlobStoreUnreachable("went away"), BlobCorrupt("named it otherwise"), BlobStoreError("is full")]
)
def test_a_target_that_fails_is_told_with_how_far_it_came(source, cids, tmp_path, failure):
    failing = FailingStore(tmp_path / "new")
    failing.failure = failure
    with pytest.raises(type(failure), match=rf"{failure} .2 of 4 blobs are moved: repeat it to go on") as caught:
        migrate(source, failing, remove=True)
    assert type(caught.value) is type(failure)
    assert source.pins() == cids
    assert migrate(source, EmbeddedStore(tmp_path / "new")) == Migration(sent=2, present=2)


def test_a_source_that_vanishes_is_told(source, target, cids, tmp_path):
    def vanish(what):
        return lambda done, of: (tmp_path / "old").rename(tmp_path / "away") if done == 2 else None

    with pytest.raises(BlobStoreUnreachable, match=r"old is gone .2 of 4 blobs are moved"):
        migrate(source, target, watch=vanish)


class ForgetfulStore(CountingStore):
    """Pins nothing."""

    def pins(self):
        return []


def test_a_target_that_does_not_pin_is_told_and_nothing_removed(source, cids, tmp_path):
    with pytest.raises(BlobStoreError, match=f"took 4 blobs and has not pinned them, such as {cids[0]}"):
        migrate(source, ForgetfulStore(tmp_path / "new"), remove=True)
    assert source.pins() == cids


KILLED = """
import os, signal, sys
from pathlib import Path
from web3crm.vault.stores import EmbeddedStore
from web3crm.vault.stores.migration import migrate

def watch(what):
    return lambda done, of: os.kill(os.getpid(), signal.SIGKILL) if done == 3 else None

migrate(*(EmbeddedStore(Path(sys.argv[1]) / name) for name in ("old", "new")), watch=watch)
"""


def test_a_run_that_was_killed_is_gone_on_with(source, target, cids, tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=Path(__file__).parents[3])
    assert killed.returncode == -signal.SIGKILL
    assert migrate(source, target) == Migration(sent=1, present=3)
    assert target.pins() == cids


# --- removing ---------------------------------------------------------------------------------------------------------


def test_nothing_is_removed_unasked(source, target, cids):
    assert migrate(source, target).removed == 0
    assert source.pins() == cids


def test_they_are_removed_once_all_are_there(source, target, cids, tmp_path):
    assert migrate(source, target, remove=True) == Migration(sent=4, present=0, removed=4)
    assert source.pins() == list((tmp_path / "old" / "blocks").glob("*/*")) == []
    assert [read_all(target, cid) for cid in sorted(map(cid_of, map(pattern, SIZES[:2])))]
    assert all(target.has(cid) for cid in cids)


def test_what_the_target_has_spoilt_is_sent_again_before_it_is_removed(source, target, cids, big, tmp_path):
    migrate(source, target)
    block(tmp_path / "new", LAST_LEAF).write_bytes(b"rot")
    assert migrate(source, target, remove=True) == Migration(sent=0, present=4, removed=4)
    assert read_all(target, big) == pattern(1_500_000)


class LosingStore(CountingStore):
    """Says that it has what it does not give back."""

    def get(self, cid):
        raise BlobCorrupt(f"other bytes for {cid}")


def test_nothing_is_removed_that_is_not_given_back(source, cids, tmp_path):
    with pytest.raises(BlobCorrupt, match=cids[0]):
        migrate(source, LosingStore(tmp_path / "new"), remove=True)
    assert source.pins() == cids


class UnderAnotherName(EmbeddedStore):
    """The same store, reached in another way, as a daemon is by two addresses."""

    def __repr__(self):
        return "another name"


def test_one_store_under_two_names_loses_nothing(source, cids, tmp_path):
    with pytest.raises(InputError, match="one store under two names: nothing was removed"):
        migrate(source, UnderAnotherName(tmp_path / "old"), remove=True)
    assert source.pins() == cids
    assert all(source.has(cid) for cid in cids)


def test_a_store_is_not_moved_to_itself(source, cids, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "old")
    with pytest.raises(InputError, match="both where the blobs are and where they should go"):
        migrate(source, EmbeddedStore(tmp_path / "link"), remove=True)
