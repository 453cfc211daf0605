"""The IPFS store against daemons that misbehave (a small HTTP server plays them; the real one is in tests/integration).

given a daemon
├── when it names an upload otherwise than its bytes do
│   └── it should be found out
├── when it sends other, fewer or more bytes than the CID names
│   └── it should be found out at the end, before the end is told
├── when it breaks off a download
│   └── it should be told
├── when it does not answer
│   └── it should be given up in time
├── when it is not there, or is something else
│   └── it should be told, with its address
├── when it refuses
│   └── its words should be passed on
└── an upload should carry neither name nor path, and the settings that give the right CIDs
given an address
└── it should be a multiaddress or a URL
"""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.patterns import pattern
from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, BlobStoreUnreachable, InputError
from web3crm.vault.cids import cid_of
from web3crm.vault.stores import IpfsStore

DATA = pattern(100_000)
CID = cid_of(DATA)
HERE = {"Local": True}


class FakeDaemon:
    """Answers each path with what a test put into ``answers``: JSON, bytes, or a function of the request's handler."""

    def __init__(self):
        self.answers, self.requests = {}, []
        daemon = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                path = self.path.removeprefix("/api/v0")
                daemon.requests.append((path, dict(self.headers), self.body()))
                answer = daemon.answers[path.split("?")[0]]
                if callable(answer):
                    answer(self)
                elif isinstance(answer, bytes):
                    self.reply(200, answer)
                else:
                    self.reply(200, json.dumps(answer).encode(), "application/json")

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                data = b""
                while size := int(self.rfile.readline(), 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return data

            def reply(self, status, data, kind="text/plain"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.port = self._server.server_address[1]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def daemon():
    daemon = FakeDaemon()
    yield daemon
    daemon.close()


@pytest.fixture
def store(daemon):
    store = IpfsStore(f"/ip4/127.0.0.1/tcp/{daemon.port}", timeout=1)
    yield store
    store.close()


def read(store, cid=CID):
    with store.get(cid) as blob:
        return b"".join(iter(lambda: blob.read(1000), b""))


def test_an_upload_names_its_settings_and_no_file(store, daemon, tmp_path):
    (tmp_path / "alice-medical-report.pdf").write_bytes(DATA)
    daemon.answers["/add"] = {"Name": "x", "Hash": CID, "Size": "1"}
    with (tmp_path / "alice-medical-report.pdf").open("rb") as source:
        assert store.put(source) == CID
    path, headers, body = daemon.requests[0]
    settings = ["cid-version=1", "raw-leaves=true", "chunker=size-262144", "pin=true"]
    assert [setting for setting in settings if setting not in path] == []
    assert DATA in body
    assert [word for word in (b"alice", b"medical", str(tmp_path).encode()) if word in body] == []
    assert [value for value in headers.values() if "alice" in value] == []


@pytest.mark.parametrize("named", [cid_of(b"something else"), "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn", ""])
def test_a_daemon_that_names_an_upload_otherwise_is_found_out(store, daemon, named):
    daemon.answers["/add"] = {"Name": "x", "Hash": named, "Size": "1"}
    with pytest.raises(BlobCorrupt, match=CID):
        store.put(io.BytesIO(DATA))


@pytest.mark.parametrize("sent", [DATA[:-1] + b"!", DATA[:-1], DATA + b"!", b"", pattern(300_000)])
def test_a_daemon_that_sends_other_bytes_is_found_out(store, daemon, sent):
    daemon.answers.update({"/files/stat": HERE, "/cat": sent})
    with pytest.raises(BlobCorrupt, match=CID):
        read(store)


def test_right_bytes_are_given(store, daemon):
    daemon.answers.update({"/files/stat": HERE, "/cat": DATA})
    assert read(store) == DATA


def test_the_end_is_told_again_and_again(store, daemon):
    daemon.answers.update({"/files/stat": HERE, "/cat": DATA})
    with store.get(CID) as blob:
        assert blob.read(200_000) + blob.read(200_000) + blob.read(200_000) == DATA
        assert blob.read(10) == blob.read(10) == b""


def break_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA)))
    handler.end_headers()
    handler.wfile.write(DATA[:50_000])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def stall(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA)))
    handler.end_headers()
    handler.wfile.write(DATA[:50_000])
    handler.wfile.flush()
    time.sleep(2.5)


def say_nothing(handler):
    time.sleep(2.5)
    handler.close_connection = True


def test_a_download_that_breaks_off_is_told(store, daemon):
    daemon.answers.update({"/files/stat": HERE, "/cat": break_off})
    with pytest.raises(BlobStoreUnreachable, match=CID):
        read(store)


def test_a_download_that_stalls_is_given_up_in_time(store, daemon):
    daemon.answers.update({"/files/stat": HERE, "/cat": stall})
    with pytest.raises(BlobStoreUnreachable, match="did not answer within 1 s"):
        read(store)


@pytest.mark.parametrize("act", ["has", "unpin"])
def test_a_daemon_that_says_nothing_is_given_up_in_time(store, daemon, act):
    daemon.answers.update({"/files/stat": say_nothing, "/pin/rm": say_nothing})
    with pytest.raises(BlobStoreUnreachable, match="did not answer within 1 s"):
        getattr(store, act)(CID)


def test_a_blob_that_is_not_here_and_not_found_in_time_is_not_there(store, daemon):
    daemon.answers.update({"/files/stat": {"Local": False}, "/cat": say_nothing})
    with pytest.raises(BlobNotFound, match="within 1 s"):
        read(store)


def test_without_peers_only_the_daemon_itself_is_asked(daemon):
    daemon.answers["/files/stat"] = {"Local": False}
    with pytest.raises(BlobNotFound, match="not on the daemon"):
        read(IpfsStore(f"/ip4/127.0.0.1/tcp/{daemon.port}", timeout=1, peers=False))
    assert [path.split("?")[0] for path, _, _ in daemon.requests] == ["/files/stat"]


def refuse(message):
    return lambda handler: handler.reply(500, json.dumps({"Message": message, "Code": 0, "Type": "error"}).encode())


def test_a_refusal_is_passed_on(store, daemon):
    daemon.answers["/add"] = refuse("the repository is read-only")
    with pytest.raises(BlobStoreError, match="read-only"):
        store.put(io.BytesIO(DATA))


def test_a_missing_block_is_not_there(store, daemon):
    daemon.answers["/files/stat"] = refuse("block was not found locally (offline): ipld: could not find bafk")
    assert not store.has(CID)


def test_unpinning_what_is_not_pinned_is_fine(store, daemon):
    daemon.answers["/pin/rm"] = refuse("not pinned or pinned indirectly")
    store.unpin(CID)


def test_an_error_in_unpinning_is_told(store, daemon):
    daemon.answers["/pin/rm"] = refuse("database is locked")
    with pytest.raises(BlobStoreError, match="locked"):
        store.unpin(CID)


@pytest.mark.parametrize("answer", [b"<html>It works!</html>", b"", b"[1]", b'{"a":1}{"b":2}'])
def test_something_else_that_answers_is_told(store, daemon, answer):
    daemon.answers["/files/stat"] = answer
    with pytest.raises(BlobStoreError):
        store.has(CID)


def test_a_daemon_that_is_not_there_is_told_with_its_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = IpfsStore(f"/ip4/127.0.0.1/tcp/{port}", timeout=1)
    with pytest.raises(BlobStoreUnreachable, match=f"/ip4/127.0.0.1/tcp/{port}.*is it running"):
        store.put(io.BytesIO(DATA))


def test_only_pins_in_our_form_are_listed(store, daemon):
    keys = {CID: {}, "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn": {}}
    daemon.answers["/pin/ls"] = {"Keys": keys}
    assert store.pins() == [CID]


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("/ip4/127.0.0.1/tcp/5001", "/ip4/127.0.0.1/tcp/5001"),
        ("http://127.0.0.1:5001", "/ip4/127.0.0.1/tcp/5001/http"),
        ("http://[::1]:5001/", "/ip6/::1/tcp/5001/http"),
        ("https://ipfs.example.org", "/dns/ipfs.example.org/tcp/443/https"),
        ("http://ipfs:5001", "/dns/ipfs/tcp/5001/http"),
    ],
)
def test_an_address_is_a_multiaddress_or_a_url(location, address):
    assert repr(IpfsStore(location)) == f"IpfsStore('{address}')"


@pytest.mark.parametrize(
    "location", ["", "localhost", "/tcp/5001", "http://user:secret@ipfs:5001", "ftp://x", "/ip4/x"]
)
def test_what_is_no_address_is_refused(location):
    with pytest.raises(InputError, match="address"):
        IpfsStore(location)


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_timeout_is_positive(timeout):
    with pytest.raises(InputError, match="timeout"):
        IpfsStore("/ip4/127.0.0.1/tcp/5001", timeout=timeout)
