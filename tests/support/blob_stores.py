"""What every blob store must do: the same tests for the folder and for a Kubo daemon.

given a store
├── when bytes of any length are put
│   ├── it should name them by the CID that Kubo gives
│   └── it should give the same bytes back, also to a reader that asks for little at a time
├── when the same bytes are put twice
│   └── it should give the same CID
├── when a blob is not there
│   ├── it should say so on reading, on pinning, and in ``has``
│   └── it should do nothing on unpinning
├── when garbage is collected
│   ├── it should keep what is pinned, and every block of it that an unpinned blob has too
│   ├── it should make an unpinned blob unreachable
│   └── a blob put again should be there again
├── when a film is put and read
│   └── it should take no more memory than a clip
├── when the source of a put breaks
│   └── it should raise the source's own error and pin nothing
└── when a CID is malformed
    └── it should refuse it everywhere
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.patterns import PatternStream, pattern
from web3crm.errors import BlobNotFound, InputError
from web3crm.vault.cids import cid_of
from web3crm.vault.encryption import Readable
from web3crm.vault.stores import BlobStore, EmbeddedStore, IpfsStore

__all__ = ["CID_VECTORS", "BlobStoreBehaviour", "BrokenSource", "own_blobs", "read_all"]

_VECTORS = json.loads((Path(__file__).parents[1] / "package/vault/cid_vectors.json").read_text())
CID_VECTORS = [(int(size), cid) for size, cid in _VECTORS["chunks_of_256_KiB"].items()]
_QUICK = [vector for vector in CID_VECTORS if vector[0] < 6_000_000]
_BIG = [vector for vector in CID_VECTORS if vector[0] > 6_000_000]
_MISSING = cid_of(b"these bytes were never put anywhere")


def read_all(store: BlobStore, cid: str, size: int = 1 << 20) -> bytes:
    """The whole blob, asked for in pieces of ``size``."""
    with store.get(cid) as blob:
        return b"".join(iter(lambda: blob.read(size), b""))


class BrokenSource(io.RawIOBase):
    """A stream that fails after its first bytes."""

    def __init__(self, size: int) -> None:
        self._start = PatternStream(size)

    def read(self, size: int = -1) -> bytes:
        data = self._start.read(size)
        if not data:
            raise OSError("the disk is on fire")
        return data


class AsIfEmpty:
    """A store in use, as if it held nothing but what is put through this: for tests that count its pins."""

    def __init__(self, store: BlobStore) -> None:
        self._store, self._before, self._mine = store, set(store.pins()), set[str]()

    def put(self, source: Readable) -> str:
        cid = self._store.put(source)
        self._mine.add(cid)
        return cid

    def get(self, cid: str) -> AbstractContextManager[Readable]:
        return self._store.get(cid)

    def has(self, cid: str) -> bool:
        return self._store.has(cid)

    def pin(self, cid: str) -> None:
        self._store.pin(cid)
        self._mine.add(cid)

    def unpin(self, cid: str) -> None:
        if cid not in self._before:
            self._store.unpin(cid)
        self._mine.discard(cid)

    def pins(self) -> list[str]:
        return sorted(self._mine.intersection(self._store.pins()))

    def collect_garbage(self) -> int:
        return self._store.collect_garbage()

    def close(self) -> None:
        """Leaves the store as it was found."""
        for cid in self._mine - self._before:
            self._store.unpin(cid)
        self._store.close()


@pytest.fixture
def own_blobs(tmp_path: Path) -> Iterator[BlobStore]:
    """A folder of a test's own, or with WEB3CRM_IPFS that daemon as if it were empty: CI runs such tests on both."""
    address = os.environ.get("WEB3CRM_IPFS")
    if not address:
        yield EmbeddedStore(tmp_path / "blobs")
        return
    store = AsIfEmpty(IpfsStore(address, timeout=20, peers=False))
    yield store
    store.close()


# Of this process alone: ru_maxrss would begin with the parent's.
_PUT_AND_READ = r"""
import re, sys
from pathlib import Path
from tests.support.patterns import PatternStream
from web3crm.vault.stores import open_store

store, size = open_store(sys.argv[1]), int(sys.argv[2])
cid = store.put(PatternStream(size))
with store.get(cid) as blob:
    assert sum(len(piece) for piece in iter(lambda: blob.read(65_536), b"")) == size
print(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def _peak_memory(location: str, size: int) -> int:
    """KiB that a process of its own needs at most to put a blob and read it."""
    environment = {name: value for name, value in os.environ.items() if name != "WEB3CRM_IPFS"}
    command = [sys.executable, "-c", _PUT_AND_READ, location, str(size)]
    root = Path(__file__).parents[2]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=root, env=environment).stdout)


class BlobStoreBehaviour:
    """Inherit, and give a fixture ``store``, and ``location`` by which another process opens the same."""

    @pytest.mark.parametrize(("size", "cid"), _QUICK)
    def test_put_names_bytes_as_kubo_does(self, store, size, cid):
        assert store.put(PatternStream(size)) == cid

    @pytest.mark.slow
    @pytest.mark.parametrize(("size", "cid"), _BIG)
    def test_put_names_large_files_as_kubo_does(self, store, size, cid):
        assert store.put(PatternStream(size)) == cid
        with store.get(cid) as blob:
            assert _equal(blob, PatternStream(size))

    @pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_048_576])
    def test_get_gives_the_same_bytes(self, store, size):
        assert read_all(store, store.put(PatternStream(size))) == pattern(size)

    def test_get_serves_small_reads(self, store):
        cid = store.put(io.BytesIO(pattern(300_000)))
        assert read_all(store, cid, size=997) == pattern(300_000)

    def test_put_twice_gives_the_same_cid(self, store):
        assert store.put(io.BytesIO(b"twice")) == store.put(io.BytesIO(b"twice"))

    def test_put_pins(self, store):
        assert store.put(io.BytesIO(b"pinned")) in store.pins()

    def test_has_knows_what_is_there(self, store):
        assert store.has(store.put(io.BytesIO(pattern(600_000))))

    def test_has_knows_what_is_not_there(self, store):
        assert not store.has(_MISSING)

    def test_get_refuses_what_is_not_there(self, store):
        with pytest.raises(BlobNotFound, match=_MISSING), store.get(_MISSING):
            pass

    def test_pin_refuses_what_is_not_there(self, store):
        with pytest.raises(BlobNotFound, match=_MISSING):
            store.pin(_MISSING)

    def test_unpin_of_what_is_not_pinned_changes_nothing(self, store):
        before = store.pins()
        store.unpin(_MISSING)
        assert store.pins() == before

    def test_pinned_blobs_outlive_garbage_collection(self, store):
        cid = store.put(io.BytesIO(pattern(700_001)))
        store.collect_garbage()
        assert read_all(store, cid) == pattern(700_001)

    def test_unpinned_blobs_are_gone_after_garbage_collection(self, store):
        cid = store.put(io.BytesIO(b"gone" + pattern(700_002)))
        store.unpin(cid)
        assert store.collect_garbage() >= 4  # three leaves and their node
        assert not store.has(cid)
        assert cid not in store.pins()
        with pytest.raises(BlobNotFound, match=cid):
            read_all(store, cid)

    def test_a_blob_that_is_gone_can_be_put_again(self, store):
        data = b"back" + pattern(700_004)
        cid = store.put(io.BytesIO(data))
        store.unpin(cid)
        store.collect_garbage()
        assert store.put(io.BytesIO(data)) == cid
        assert read_all(store, cid) == data
        assert cid in store.pins()

    def test_a_pin_set_again_saves_a_blob(self, store):
        cid = store.put(io.BytesIO(b"saved" + pattern(700_003)))
        store.unpin(cid)
        store.pin(cid)
        store.collect_garbage()
        assert store.has(cid)

    def test_a_chunk_shared_with_a_pinned_blob_stays(self, store):
        kept, dropped = pattern(262_144) + b"kept", pattern(262_144) + b"dropped"
        cid, other = store.put(io.BytesIO(kept)), store.put(io.BytesIO(dropped))
        store.unpin(other)
        store.collect_garbage()
        assert read_all(store, cid) == kept

    def test_an_unpinned_blob_that_is_a_chunk_of_a_pinned_one_stays(self, store):
        chunk = b"shared" + pattern(262_138)
        small, large = store.put(io.BytesIO(chunk)), store.put(io.BytesIO(chunk + b"and more"))
        store.unpin(small)
        store.collect_garbage()
        assert read_all(store, large) == chunk + b"and more"
        assert read_all(store, small) == chunk
        assert small not in store.pins()

    def test_a_pinned_chunk_of_an_unpinned_blob_stays_alone(self, store):
        chunk = b"alone" + pattern(262_139)
        small, large = store.put(io.BytesIO(chunk)), store.put(io.BytesIO(chunk + b"and more"))
        store.unpin(large)
        store.collect_garbage()
        assert read_all(store, small) == chunk
        assert not store.has(large)

    @pytest.mark.slow
    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
    def test_a_film_takes_no_more_memory_than_a_clip(self, store, location):
        clip, film = (_peak_memory(location, size) for size in (2_000_000, 200_000_000))
        assert film - clip < 16_384

    def test_an_error_of_the_source_is_raised_as_it_is(self, store):
        before = store.pins()
        with pytest.raises(OSError, match="the disk is on fire"):
            store.put(BrokenSource(600_000))
        assert store.pins() == before

    @pytest.mark.parametrize("act", ["get", "has", "pin", "unpin"])
    @pytest.mark.parametrize("cid", ["", "../../etc/passwd", "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn", "bafy"])
    def test_a_malformed_cid_is_refused(self, store, act, cid):
        with pytest.raises(InputError, match="CID"):
            getattr(store, act)(cid).__enter__()


def _equal(blob, expected) -> bool:  # type: ignore[no-untyped-def]
    while True:
        piece = blob.read(65_536)
        other = b""
        while len(other) < len(piece) and (more := expected.read(len(piece) - len(other))):
            other += more
        if piece != other:
            return False
        if not piece:
            return not expected.read(1)
