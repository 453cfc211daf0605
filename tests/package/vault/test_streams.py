"""Bytes from a writer in one thread to a reader in another.

given something that writes to a stream
├── when it is read
│   ├── it should give all bytes in order, however few are asked for
│   └── it should hold no more than a little of them
├── when the writer breaks
│   └── its own error should be raised, after all that it wrote
└── when the reader leaves early
    └── the writer should be told, and its thread should have ended
"""

from __future__ import annotations

import threading

import pytest

from tests.support.patterns import pattern
from web3crm.errors import BlobCorrupt, BlobStoreUnreachable
from web3crm.vault import ClearFile, EmbeddedStore
from web3crm.vault.streams import Pipe, piped


def in_pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize(("written", "read"), [(65_536, 65_536), (1, 7), (65_536, 997), (100_000, 1 << 20)])
def test_all_bytes_come_in_order(written, read):
    data = pattern(20_000 if written == 1 else 3_000_000)

    def write(target):
        for piece in in_pieces(data, written):
            assert target.write(piece) == len(piece)

    with piped(write) as stream:
        assert b"".join(iter(lambda: stream.read(read), b"")) == data


def test_nothing_written_is_an_empty_stream():
    with piped(lambda target: target.write(b"")) as stream:
        assert (stream.read(1), stream.read(1)) == (b"", b"")


def test_the_writer_waits_for_the_reader():
    pipe, written = Pipe(most=10), []
    waits = threading.Event()

    def write():
        for number in range(100):
            if number == 2:
                waits.set()
            pipe.write(b"12345")
            written.append(number)
        pipe.end()

    thread = threading.Thread(target=write)
    thread.start()
    assert waits.wait(30)
    assert len(written) <= 2
    assert b"".join(iter(lambda: pipe.read(5), b"")) == b"12345" * 100
    thread.join(30)
    assert len(written) == 100


def test_the_writers_error_comes_after_its_bytes():
    def write(target):
        target.write(b"so far")
        raise BlobStoreUnreachable("the daemon went away")

    with piped(write) as stream:
        assert stream.read(100) == b"so far"
        with pytest.raises(BlobStoreUnreachable, match="went away"):
            stream.read(100)


def test_a_reader_that_leaves_early_ends_the_writer():
    seen = []

    def write(target):
        try:
            while True:
                target.write(b"x" * 65_536)
        except BrokenPipeError as error:
            seen.append(error)
            raise

    with piped(write) as stream:
        assert stream.read(1) == b"x"
    assert len(seen) == 1
    assert [thread for thread in threading.enumerate() if thread.name == "vault pipe"] == []


def test_a_store_that_names_a_file_wrongly_is_found_out_when_sealing(tmp_path, vault, monkeypatch):
    store = EmbeddedStore(tmp_path / "lying")
    right = store.put
    store.put = lambda source: right(type("Other", (), {"read": lambda self, size: source.read(size)[:10]})())
    vault.store = store
    with pytest.raises(BlobCorrupt, match="named a blob"):
        vault.create([ClearFile("a", "text/plain", b"a")], data_class=1)
    assert vault.keyring.entries() == []
