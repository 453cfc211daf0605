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
├── an upload should carry neither name nor path, and the settings that give the right CIDs
├── when a blob has many blocks
│   ├── each should be checked before its bytes are handed out
│   └── a node that is another, no node, or laid out in another way should be refused
├── when an answer does not end, or comes byte by byte, or is compressed
│   └── it should be given up, having taken neither much memory nor long
├── when it takes nothing of an upload, or answers before its end
│   └── it should be told
├── when it sends elsewhere
│   └── nobody should go there
└── the environment's proxies and passwords should not be used
given an address
└── it should be a multiaddress or a URL
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from multiformats import CID as CID_TYPE

from tests.support.patterns import PatternStream, pattern
from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, BlobStoreUnreachable, InputError
from web3crm.vault.cids import cid_of, cid_of_digest
from web3crm.vault.stores import IpfsStore
from web3crm.vault.unixfs import FileBuilder

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
        self._server.handle_error = lambda *_: None  # a client that hangs up is what is tested
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


@pytest.mark.parametrize(
    "answer", [b"<html>It works!</html>", b"", b"[1]", b'{"a":1}{"b":2}', b'{"a":1}\n{"b":2}', b"[" * 60_000, b"\xff"]
)
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
    pins = [CID, "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn", CID]
    daemon.answers["/pin/ls"] = b"".join(b'{"Cid":"%s","Type":"recursive"}\n' % pin.encode() for pin in pins)
    assert store.pins() == [CID]


@pytest.mark.parametrize("answer", [{"Keys": {}}, {"Cid": 7}])
def test_what_is_no_pin_is_told(store, daemon, answer):
    daemon.answers["/pin/ls"] = answer
    with pytest.raises(BlobStoreError, match="lists as a pin what is none"):
        store.pins()


def test_an_error_half_way_through_an_answer_is_told(store, daemon):
    daemon.answers["/pin/ls"] = b'{"Cid":"%s"}\n{"Message":"the disk is gone","Type":"error"}\n' % CID.encode()
    with pytest.raises(BlobStoreError, match="refused: the disk is gone"):
        store.pins()


def test_garbage_that_cannot_be_removed_is_told(store, daemon):
    daemon.answers["/repo/gc"] = b'{"Key":{"/":"%s"}}\n{"Key":null,"Error":"the disk is read-only"}\n' % CID.encode()
    with pytest.raises(BlobStoreError, match="could not remove all garbage: the disk is read-only"):
        store.collect_garbage()


# --- blobs of many blocks ---------------------------------------------------------------------------------------------

BIG = pattern(1_000_000)


@pytest.fixture
def big(daemon):
    """The CID of a blob of four leaves, of which the daemon has the nodes."""
    blocks = {}
    builder = FileBuilder(lambda block: blocks.__setitem__(cid_of_digest(block.digest, block.codec), block.data))
    builder.write(BIG)
    cid = builder.finish()
    daemon.answers.update(
        {"/files/stat": HERE, "/block/get": lambda handler: handler.reply(200, blocks[argument(handler)])}
    )
    return cid


def argument(handler):
    return parse_qs(urlsplit(handler.path).query)["arg"][0]


@pytest.mark.parametrize("size", [1000, 262_144, 2_000_000])
def test_many_blocks_are_read_as_one(store, daemon, big, size):
    daemon.answers["/cat"] = BIG
    with store.get(big) as blob:
        assert b"".join(iter(lambda: blob.read(size), b"")) == BIG
        assert blob.read(1) == b""


def test_no_byte_of_a_wrong_block_is_handed_out(store, daemon, big):
    daemon.answers["/cat"] = BIG[:600_000] + b"!" + BIG[600_001:]
    with store.get(big) as blob:
        assert blob.read(262_144) + blob.read(262_144) == BIG[:524_288]
        with pytest.raises(BlobCorrupt, match=f"{big} than it names, from byte 524,288 on"):
            blob.read(1)


@pytest.mark.parametrize("sent", [BIG[:-1], BIG[:262_144], b"", BIG + b"!", BIG[:262_144] * 4])
def test_other_fewer_or_more_blocks_are_found_out(store, daemon, big, sent):
    daemon.answers["/cat"] = sent
    with pytest.raises(BlobCorrupt, match=big):
        read(store, big)


def node(children):
    """A dag-pb block over (CID of a child, bytes below it), as another tool might write it."""

    def field(number, value):
        return bytes([number << 3 | 2]) + length(len(value)) + value

    def length(value):
        return bytes([value & 127 | 128]) + length(value >> 7) if value > 127 else bytes([value])

    links = b"".join(field(2, field(1, bytes(CID_TYPE.decode(child)))) for child, _ in children)
    sizes = b"".join(b"\x20" + length(size) for _, size in children)
    return links + field(1, b"\x08\x02\x18" + length(sum(size for _, size in children)) + sizes)


def nested(levels):
    """The blocks of a leaf below so many nodes, by CID; the last is the root."""
    blocks = {CID: DATA}
    for _ in range(levels):
        data = node([(list(blocks)[-1], len(DATA))])
        blocks[cid_of(data, "dag-pb")] = data
    return blocks


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"not what was asked for", "other bytes for the block"),
        (b"\x0a\x02\x08\x01", "is not part of a file"),
        (node([(CID, 300_000)]), "laid out in another way"),
        (node([(CID, 0)]), "laid out in another way"),
    ],
    ids=["another", "a directory", "a leaf too long", "an empty leaf"],
)
def test_a_node_that_cannot_be_ours_is_refused(store, daemon, data, wrong):
    cid = cid_of(b"asked for", "dag-pb") if wrong.startswith("other") else cid_of(data, "dag-pb")
    daemon.answers.update({"/files/stat": HERE, "/cat": DATA, "/block/get": data})
    with pytest.raises(BlobCorrupt, match=wrong):
        read(store, cid)


def test_a_tree_deeper_than_any_is_refused(store, daemon):
    blocks = nested(50)
    daemon.answers.update(
        {"/files/stat": HERE, "/cat": DATA, "/block/get": lambda handler: handler.reply(200, blocks[argument(handler)])}
    )
    with pytest.raises(BlobCorrupt, match="laid out in another way"):
        read(store, list(blocks)[-1])
    assert len([path for path, _, _ in daemon.requests if path.startswith("/block/get")]) <= 6


# --- answers without end ----------------------------------------------------------------------------------------------


class Endless:
    """An answer that ends only when nobody listens any more; counts what was sent of it."""

    def __init__(self, piece=b"x" * 65_536, status=200, pause=0.0):
        self.piece, self.status, self.pause, self.sent = piece, status, pause, 0

    def __call__(self, handler):
        handler.send_response(self.status)
        handler.end_headers()
        handler.close_connection = True
        with contextlib.suppress(OSError):
            while self.sent < 1 << 30:
                handler.wfile.write(self.piece)
                self.sent += len(self.piece)
                time.sleep(self.pause)


MUCH = 32 << 20
"""More than fits into the buffers between the two."""


@pytest.mark.parametrize("length", [{}, {"Content-Length": str(1 << 40)}], ids=["open", "announced"])
def test_a_blob_without_end_is_given_up_after_its_block(store, daemon, length):
    endless = Endless(DATA)
    daemon.answers.update({"/files/stat": HERE, "/cat": endless})
    with pytest.raises(BlobCorrupt, match=CID):
        read(store)
    assert endless.sent < MUCH


def test_many_blocks_without_end_are_given_up_after_the_last(store, daemon, big):
    endless = Endless(BIG)
    daemon.answers["/cat"] = endless
    with pytest.raises(BlobCorrupt, match="from byte 1,000,000 on"):
        read(store, big)
    assert endless.sent < MUCH


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("/files/stat", lambda store: store.has(CID)),
        ("/pin/ls", IpfsStore.pins),
        ("/repo/gc", IpfsStore.collect_garbage),
        ("/add", lambda store: store.put(io.BytesIO(b"beans"))),
    ],
)
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("piece", [b" " * 65_536, b'{"Message":"' + b"x" * 65_536])
def test_an_answer_without_end_is_given_up(store, daemon, path, act, status, piece):
    daemon.answers[path] = endless = Endless(piece, status)
    with pytest.raises(BlobStoreError, match="is not an IPFS daemon") as caught:
        act(store)
    assert endless.sent < MUCH
    assert len(str(caught.value)) < 1_500


def test_a_node_without_end_is_given_up(store, daemon, big):
    daemon.answers.update({"/cat": BIG, "/block/get": Endless()})
    with pytest.raises(BlobStoreError, match="its answer has more than 1,048,576 bytes"):
        read(store, big)


def test_a_long_refusal_is_cut(store, daemon):
    daemon.answers["/add"] = refuse("no! " * 10_000)
    with pytest.raises(BlobStoreError, match="refused: no! no!") as caught:
        store.put(io.BytesIO(DATA))
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_comes_byte_by_byte_is_given_up(store, daemon, status):
    daemon.answers["/files/stat"] = Endless(b" ", status, pause=0.02)
    with pytest.raises(BlobStoreUnreachable, match="did not answer within 1 s"):
        store.has(CID)


def test_a_blob_that_comes_byte_by_byte_is_given_up(store, daemon):
    daemon.answers.update({"/files/stat": HERE, "/cat": Endless(b"x", pause=0.02)})
    with pytest.raises(BlobStoreUnreachable, match="did not answer within 1 s"):
        read(store)


def test_a_reader_that_takes_its_time_is_not_the_daemons_fault(daemon):
    daemon.answers.update({"/files/stat": HERE, "/cat": DATA})
    with IpfsStore(f"/ip4/127.0.0.1/tcp/{daemon.port}", timeout=0.2).get(CID) as blob:
        first = blob.read(1)
        time.sleep(0.5)
        assert first + blob.read(200_000) == DATA


def test_what_is_compressed_is_not_unpacked(store, daemon):
    bomb = gzip.compress(bytes(50_000_000))

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    daemon.answers.update({"/files/stat": HERE, "/cat": send})
    with pytest.raises(BlobCorrupt, match=CID):
        read(store)
    assert {headers["Accept-Encoding"] for _, headers, _ in daemon.requests} == {"identity"}


# --- uploads ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def raw_server():
    """A function that starts a server which does with each connection what it is told, and gives its port."""
    servers = []

    def start(act):
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    servers.append(connection)
                    act(connection)

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    yield start
    for one in servers:
        one.close()


def test_a_daemon_that_takes_nothing_of_an_upload_is_given_up(raw_server):
    store = IpfsStore(f"/ip4/127.0.0.1/tcp/{raw_server(lambda connection: None)}", timeout=1)
    with pytest.raises(BlobStoreUnreachable, match="did not answer within 1 s"):
        store.put(PatternStream(50_000_000))


def test_a_daemon_that_answers_before_the_uploads_end_is_found_out(raw_server):
    answer = json.dumps({"Name": "x", "Hash": CID, "Size": "1"}).encode()
    early = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(answer), answer)

    def act(connection):
        connection.recv(1000)
        connection.sendall(early)
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    store = IpfsStore(f"/ip4/127.0.0.1/tcp/{raw_server(act)}", timeout=1)
    with pytest.raises(BlobStoreError, match=r"storing a blob|it stores something else"):
        store.put(PatternStream(50_000_000))


# --- something else, somewhere else -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "banner", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\x15\x03\x01\x00\x02\x02P", b"-ERR unknown command\r\n"]
)
def test_another_service_is_told(raw_server, banner):
    def greet(connection):
        connection.recv(100_000)
        connection.sendall(banner)
        connection.close()

    store = IpfsStore(f"/ip4/127.0.0.1/tcp/{raw_server(greet)}", timeout=1)
    with pytest.raises(BlobStoreUnreachable, match="is the address its API's"):
        store.has(CID)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 500])
def test_another_web_server_is_told_with_what_it_answered(store, daemon, status):
    daemon.answers["/files/stat"] = lambda handler: handler.reply(status, b"<html>sorry</html>")
    with pytest.raises(
        BlobStoreError, match=rf"not the API of an IPFS daemon, or does not let us use it .HTTP {status}."
    ):
        store.has(CID)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_does_not_reach_the_daemon_is_told(store, daemon, status):
    daemon.answers["/files/stat"] = lambda handler: handler.reply(status, b"<html>sorry</html>")
    with pytest.raises(BlobStoreUnreachable, match=f"does not reach it .HTTP {status}"):
        store.has(CID)


@pytest.fixture
def elsewhere():
    daemon = FakeDaemon()
    daemon.answers.update({"/files/stat": HERE, "/cat": DATA, "/add": {"Name": "x", "Hash": CID, "Size": "1"}})
    yield daemon
    daemon.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("act", [read, lambda store: store.put(io.BytesIO(DATA))], ids=["get", "put"])
def test_nobody_goes_where_a_daemon_sends_to(store, daemon, elsewhere, status, act):
    def send(handler):
        handler.send_response(status)
        handler.send_header("Location", f"http://127.0.0.1:{elsewhere.port}{handler.path}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    daemon.answers.update({"/files/stat": send, "/add": send})
    with pytest.raises(BlobStoreError, match=f"answers with HTTP {status}, and a daemon sends nobody elsewhere"):
        act(store)
    assert elsewhere.requests == []


def test_proxies_and_passwords_of_the_environment_are_not_used(daemon, elsewhere, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login mary password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{elsewhere.port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{elsewhere.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    daemon.answers["/files/stat"] = HERE
    assert IpfsStore(f"/ip4/127.0.0.1/tcp/{daemon.port}", timeout=1).has(CID)
    assert elsewhere.requests == []
    assert [headers for _, headers, _ in daemon.requests if "Authorization" in headers] == []


@pytest.mark.parametrize("kind", ["dns", "dns4"])
def test_a_name_is_looked_up(daemon, kind):
    daemon.answers["/files/stat"] = HERE
    assert IpfsStore(f"/{kind}/localhost/tcp/{daemon.port}", timeout=1).has(CID)


def test_a_name_of_nobody_is_told():
    with pytest.raises(BlobStoreUnreachable, match=r"/dns/nobody\.invalid/tcp/5001 is not there"):
        IpfsStore("/dns/nobody.invalid/tcp/5001", timeout=1).has(CID)


@pytest.mark.parametrize("local", ["yes", 1, None, {}])
def test_only_a_plain_yes_says_that_a_blob_is_there(store, daemon, local):
    daemon.answers["/files/stat"] = {"Local": local}
    assert not store.has(CID)


# --- addresses --------------------------------------------------------------------------------------------------------


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
