"""The blob store on a real Kubo daemon (``WEB3CRM_KUBO`` names the binary; without it these tests are skipped).

given a daemon
├── it should do all that every blob store does
├── when the same bytes go to the folder and to the daemon
│   ├── it should give one CID, the one that the daemon's own command line gives
│   └── what one store gives the other should take
├── when a blob is put
│   └── it should be what the daemon's own command line reads, under no name and no path
├── when a peer of the daemon has a blob
│   └── it should be read and pinned from there, unless peers are not to be asked
├── when a blob is nowhere
│   └── it should give up in time
└── when the daemon dies
    ├── it should say so, in the middle of an upload or a download as before it
    ├── a cut-off upload should leave nothing pinned, and nothing at all once garbage is collected
    └── after a restart an upload should be taken again, a download be read again, and all that was pinned be there
"""

from __future__ import annotations

import io

import pytest

from tests.support.blob_stores import BlobStoreBehaviour, read_all
from tests.support.kubo import running_kubo
from tests.support.patterns import PatternStream, pattern
from web3crm.errors import BlobNotFound, BlobStoreUnreachable
from web3crm.vault.cids import cid_of
from web3crm.vault.stores import EmbeddedStore, IpfsStore, open_store

MISSING = cid_of(b"nobody has these bytes")


@pytest.fixture
def store(kubo):
    store = IpfsStore(kubo.address, timeout=20, peers=False)
    yield store
    store.close()


@pytest.fixture
def location(kubo):
    return kubo.address


class TestIpfsStore(BlobStoreBehaviour):
    pass


@pytest.mark.parametrize(
    "size",
    [0, 1, 262_143, 262_144, 262_145, 1_048_576, pytest.param(50_000_000, marks=pytest.mark.slow)],
)
def test_both_stores_and_the_command_line_name_the_same_bytes_alike(store, kubo, tmp_path, size):
    named = kubo.run("add", "--quieter", "--cid-version=1", "--raw-leaves", data=pattern(size))
    assert store.put(PatternStream(size)) == EmbeddedStore(tmp_path / "blobs").put(PatternStream(size)) == named


def test_what_the_daemon_pins_it_gives_to_the_folder_and_back(store, tmp_path):
    folder = EmbeddedStore(tmp_path / "blobs")
    cid = store.put(PatternStream(1_500_000))
    with store.get(cid) as blob:
        assert folder.put(blob) == cid
    with folder.get(cid) as blob:
        assert store.put(blob) == cid


def test_the_command_line_reads_what_was_put(store, kubo):
    cid = store.put(io.BytesIO(b"the daemon's own words"))
    assert kubo.run("cat", cid) == "the daemon's own words"


def test_an_upload_of_a_file_carries_no_name(store, kubo, tmp_path):
    path = tmp_path / "alice-medical-report.pdf"
    path.write_bytes(pattern(300_000))
    with path.open("rb") as source:
        cid = store.put(source)
    assert kubo.run("pin", "ls", "--names", cid) == f"{cid} recursive"
    assert kubo.run("files", "ls", "/") == ""


def test_open_store_takes_the_daemon_from_the_environment(kubo, monkeypatch, tmp_path):
    monkeypatch.setenv("WEB3CRM_IPFS", kubo.address)
    store = open_store(tmp_path / "unused")
    assert read_all(store, store.put(io.BytesIO(b"by the environment"))) == b"by the environment"
    assert not (tmp_path / "unused").exists()


def test_a_blob_that_no_peer_has_is_given_up_in_time(kubo):
    store = IpfsStore(kubo.address, timeout=1)
    with pytest.raises(BlobNotFound, match="among its peers"), store.get(MISSING):
        pass


def test_a_pin_of_what_no_peer_has_is_given_up_in_time(kubo):
    with pytest.raises(BlobNotFound, match="nor its peers"):
        IpfsStore(kubo.address, timeout=1).pin(MISSING)


def test_a_daemon_that_dies_before_an_act_is_named(mortal_kubo):
    store = IpfsStore(mortal_kubo.address, timeout=5)
    mortal_kubo.kill()
    with pytest.raises(BlobStoreUnreachable, match="is not there or went away"):
        store.put(io.BytesIO(b"too late"))


class KillingSource(io.RawIOBase):
    """Kills the daemon once the upload is under way."""

    def __init__(self, daemon, size):
        self._daemon, self._stream, self._reads = daemon, PatternStream(size), 0

    def read(self, size=-1):
        self._reads += 1
        if self._reads == 200:
            self._daemon.kill()
        return self._stream.read(size)


def test_an_upload_cut_off_by_the_daemons_death_is_told_and_can_be_repeated(mortal_kubo):
    size = 30_000_000
    store = IpfsStore(mortal_kubo.address, timeout=10)
    kept = store.put(io.BytesIO(b"stored before"))
    with pytest.raises(BlobStoreUnreachable):
        store.put(KillingSource(mortal_kubo, size))
    mortal_kubo.start()
    store = IpfsStore(mortal_kubo.address, timeout=10)
    assert store.pins() == [kept]
    cid = store.put(PatternStream(size))
    assert read_all(store, cid) == pattern(size)
    assert store.pins() == sorted([kept, cid])


def test_an_upload_that_is_not_repeated_leaves_nothing(mortal_kubo):
    store = IpfsStore(mortal_kubo.address, timeout=10)
    kept = store.put(io.BytesIO(b"stored before"))
    before = set(mortal_kubo.run("refs", "local").split())
    with pytest.raises(BlobStoreUnreachable):
        store.put(KillingSource(mortal_kubo, 30_000_000))
    mortal_kubo.start()
    store = IpfsStore(mortal_kubo.address, timeout=10)
    store.collect_garbage()
    assert set(mortal_kubo.run("refs", "local").split()) <= before
    assert read_all(store, kept) == b"stored before"


def test_a_download_cut_off_by_the_daemons_death_is_told_and_can_be_repeated(mortal_kubo):
    store = IpfsStore(mortal_kubo.address, timeout=10)
    cid = store.put(PatternStream(40_000_000))

    def read_past_the_death():
        with store.get(cid) as blob:
            blob.read(1000)
            mortal_kubo.kill()
            while blob.read(1 << 20):
                pass

    with pytest.raises(BlobStoreUnreachable, match=cid):
        read_past_the_death()
    mortal_kubo.start()
    assert read_all(IpfsStore(mortal_kubo.address, timeout=10), cid) == pattern(40_000_000)


@pytest.fixture
def neighbours(mortal_kubo, tmp_path):
    """A daemon, and another that is its peer and has a blob of its own: the first one's store, and the blob's CID."""
    (tmp_path / "peer").mkdir()
    with running_kubo(tmp_path / "peer") as peer:
        address = next(line for line in peer.run("id", "-f", "<addrs>").split() if "/tcp/" in line)
        mortal_kubo.run("swarm", "connect", address)
        cid = IpfsStore(peer.address, timeout=10).put(PatternStream(1_000_000))
        yield mortal_kubo.address, cid


def test_what_a_peer_has_is_read_from_there(neighbours):
    address, cid = neighbours
    assert not IpfsStore(address, timeout=10).has(cid)
    assert read_all(IpfsStore(address, timeout=10), cid) == pattern(1_000_000)


def test_what_a_peer_has_is_pinned_from_there(neighbours):
    address, cid = neighbours
    store = IpfsStore(address, timeout=10)
    store.pin(cid)
    assert store.has(cid)
    assert store.pins() == [cid]


@pytest.mark.parametrize("act", [read_all, IpfsStore.pin])
def test_a_peer_that_is_not_to_be_asked_is_not(neighbours, act):
    address, cid = neighbours
    with pytest.raises(BlobNotFound, match="is not on the daemon"):
        act(IpfsStore(address, timeout=10, peers=False), cid)
