"""The blob store in a folder.

given a folder
├── it should do all that every blob store does
├── when a block on disk was changed
│   ├── it should refuse to hand it out
│   └── it should repair it when the same bytes are put again
├── when a block is missing half-way
│   └── it should hand out what comes before and say which is missing
├── when something abandoned a draft
│   └── it should remove it with the garbage
├── when a pinned blob cannot be walked
│   └── it should remove nothing at all
├── when a folder holds something else, or another format
│   └── it should refuse it and leave it alone
├── when the folder goes away
│   └── it should say so
└── when threads put and collect at once
    └── it should lose nothing that was pinned
"""

from __future__ import annotations

import io
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.blob_stores import BlobStoreBehaviour, read_all
from tests.support.patterns import pattern
from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, BlobStoreUnreachable, InputError
from web3crm.vault.cids import cid_of
from web3crm.vault.stores import BlobStore, EmbeddedStore, IpfsStore, open_store

DATA = pattern(600_000)
SECOND_LEAF = cid_of(DATA[262_144:524_288])


@pytest.fixture
def store(tmp_path):
    return EmbeddedStore(tmp_path / "blobs")


@pytest.fixture
def location(tmp_path):
    return str(tmp_path / "blobs")


def block(tmp_path, cid):
    return tmp_path / "blobs" / "blocks" / cid[-3:-1] / cid


class TestEmbeddedStore(BlobStoreBehaviour):
    pass


def test_it_is_a_blob_store(store):
    assert isinstance(store, BlobStore)


def test_a_changed_leaf_is_refused(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    block(tmp_path, SECOND_LEAF).write_bytes(b"x" * 262_144)
    with pytest.raises(BlobCorrupt, match=SECOND_LEAF):
        read_all(store, cid)


def test_a_changed_node_is_refused(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    block(tmp_path, cid).write_bytes(block(tmp_path, store.put(io.BytesIO(DATA[:-1]))).read_bytes())
    with pytest.raises(BlobCorrupt, match=cid):
        read_all(store, cid)


def test_a_put_repairs_a_changed_block(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    block(tmp_path, SECOND_LEAF).write_bytes(b"rot")
    store.put(io.BytesIO(DATA))
    assert read_all(store, cid) == DATA


def test_a_missing_leaf_is_named_when_it_is_reached(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    block(tmp_path, SECOND_LEAF).unlink()
    with store.get(cid) as blob:
        assert blob.read(262_144) == DATA[:262_144]
        with pytest.raises(BlobNotFound, match=SECOND_LEAF):
            blob.read(1)


def test_a_blob_with_a_missing_leaf_is_not_there(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    block(tmp_path, SECOND_LEAF).unlink()
    assert not store.has(cid)


def test_a_block_that_is_no_file_is_refused(store, tmp_path):
    forged = cid_of(b"\x0a\x02\x08\x01", "dag-pb")  # an empty directory
    block(tmp_path, forged).parent.mkdir()
    block(tmp_path, forged).write_bytes(b"\x0a\x02\x08\x01")
    with pytest.raises(BlobCorrupt, match="not part of a file"):
        read_all(store, forged)


def test_garbage_collection_removes_abandoned_drafts(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    draft = block(tmp_path, cid).parent / ".0123456789abcdef.part"
    draft.write_bytes(b"half")
    assert store.collect_garbage() == 0
    assert not draft.exists()


def test_garbage_collection_stops_at_a_pinned_blob_it_cannot_walk(store, tmp_path):
    broken, loose = store.put(io.BytesIO(DATA)), store.put(io.BytesIO(b"loose"))
    store.unpin(loose)
    block(tmp_path, broken).unlink()
    with pytest.raises(BlobNotFound, match=broken):
        store.collect_garbage()
    assert store.has(loose)


def test_a_folder_with_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BlobStoreError, match="holds something else"):
        EmbeddedStore(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_new_folder_may_be_opened_by_many_at_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: EmbeddedStore(tmp_path / "new"), range(32)))
    assert read_all(stores[-1], stores[0].put(io.BytesIO(DATA))) == DATA


def test_another_format_is_refused(store, tmp_path):
    (tmp_path / "blobs" / "format").write_text("web3crm blob store 99\n")
    with pytest.raises(BlobStoreError, match="another format"):
        EmbeddedStore(tmp_path / "blobs")


def test_a_second_object_sees_what_the_first_put(store, tmp_path):
    cid = store.put(io.BytesIO(DATA))
    assert read_all(EmbeddedStore(tmp_path / "blobs"), cid) == DATA


def test_a_folder_that_went_away_is_told(store, tmp_path):
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    with pytest.raises(BlobStoreUnreachable, match="blobs"):
        store.put(io.BytesIO(DATA))


@pytest.mark.parametrize("act", [EmbeddedStore.has, lambda store, cid: store.get(cid).__enter__()], ids=["has", "get"])
def test_a_folder_that_went_away_is_not_taken_for_one_without_the_blob(store, tmp_path, act):
    cid = store.put(io.BytesIO(b"beans"))
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    with pytest.raises(BlobStoreUnreachable, match="is gone"):
        act(store, cid)


def test_a_store_is_known_by_its_folder_without_making_one(store, tmp_path):
    places = [tmp_path / "blobs", tmp_path, tmp_path / "nowhere"]
    assert [EmbeddedStore.is_at(place) for place in places] == [True, False, False]
    assert not (tmp_path / "nowhere").exists()


def test_blocks_are_private_files(store, tmp_path):
    cid = store.put(io.BytesIO(b"private"))
    assert stat.S_IMODE(block(tmp_path, cid).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "blobs").stat().st_mode) == 0o700


def test_threads_that_put_while_garbage_is_collected_lose_nothing(store):
    stop = threading.Event()

    def collect():
        while not stop.is_set():
            store.collect_garbage()

    collector = threading.Thread(target=collect)
    collector.start()
    with ThreadPoolExecutor(4) as pool:
        cids = list(pool.map(lambda number: store.put(io.BytesIO(bytes([number]) * 300_000)), range(24)))
    stop.set()
    collector.join()
    assert store.pins() == sorted(cids)
    assert all(store.has(cid) for cid in cids)


# --- open_store -----------------------------------------------------------------------------------------------------


def test_open_store_takes_a_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("WEB3CRM_IPFS", raising=False)
    assert isinstance(open_store(tmp_path / "blobs"), EmbeddedStore)


@pytest.mark.parametrize("location", ["/ip4/127.0.0.1/tcp/5001", "/dns/ipfs/tcp/5001/https", "http://127.0.0.1:5001"])
def test_open_store_takes_a_daemon(location):
    assert isinstance(open_store(location), IpfsStore)


def test_open_store_prefers_the_environment_to_a_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WEB3CRM_IPFS", "/ip4/127.0.0.1/tcp/5001")
    assert isinstance(open_store(tmp_path / "blobs"), IpfsStore)


def test_open_store_refuses_an_environment_that_is_no_address(tmp_path, monkeypatch):
    monkeypatch.setenv("WEB3CRM_IPFS", "localhost")
    with pytest.raises(InputError, match="WEB3CRM_IPFS"):
        open_store(tmp_path / "blobs")


def test_open_store_needs_a_place(monkeypatch):
    monkeypatch.delenv("WEB3CRM_IPFS", raising=False)
    with pytest.raises(InputError, match="WEB3CRM_IPFS"):
        open_store()
