"""The blob store on a real Kubo daemon (``WEB3CRM_KUBO`` names the binary; without it these tests are skipped).

given a daemon
├── it should do all that every blob store does
├── when the same bytes go to the folder and to the daemon
│   └── it should give one CID, and a folder should move to the daemon with all CIDs unchanged
├── when a blob is put
│   └── it should be what the daemon's own command line reads, under no name and no path
├── when a blob is nowhere
│   └── it should give up in time
└── when the daemon dies
    ├── it should say so, in the middle of an upload as before it
    └── it should take the upload again after a restart
"""

from __future__ import annotations

import io

import pytest

from tests.support.blob_stores import BlobStoreBehaviour, read_all
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


class TestIpfsStore(BlobStoreBehaviour):
    pass


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_048_576])
def test_both_stores_name_the_same_bytes_alike(store, tmp_path, size):
    assert store.put(PatternStream(size)) == EmbeddedStore(tmp_path / "blobs").put(PatternStream(size))


def test_a_folder_moves_to_the_daemon_with_its_cids(store, tmp_path):
    folder = EmbeddedStore(tmp_path / "blobs")
    cids = [folder.put(PatternStream(size)) for size in (10, 300_000, 1_500_000)]

    def move(cid):
        with folder.get(cid) as blob:
            return store.put(blob)

    assert [move(cid) for cid in cids] == cids


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
    with pytest.raises(BlobStoreUnreachable):
        store.put(KillingSource(mortal_kubo, size))
    mortal_kubo.start()
    store = IpfsStore(mortal_kubo.address, timeout=10)
    cid = store.put(PatternStream(size))
    assert store.has(cid)
    assert store.pins().count(cid) == 1


def test_a_download_cut_off_by_the_daemons_death_is_told(mortal_kubo):
    store = IpfsStore(mortal_kubo.address, timeout=10)
    cid = store.put(PatternStream(40_000_000))

    def read_past_the_death():
        with store.get(cid) as blob:
            blob.read(1000)
            mortal_kubo.kill()
            while blob.read(1 << 20):
                pass

    with pytest.raises(BlobStoreUnreachable):
        read_past_the_death()
