"""A blob store on an IPFS daemon (Kubo), through ``ipfshttpclient``.

- Uploads and downloads are streams. The CID of an upload is computed here while the bytes pass, and must be the one the
  daemon answers: a daemon with other settings, or one that lies, is found out. A download is checked block by block
  before its bytes are handed out, so that what does not end, or is not what was asked for, ends at once.
- Uploads carry no file name and no path.
- The daemon's version is not asked for: the client package refuses all that are younger than itself, for no reason
  that matters to the few calls used here. Tested with Kubo 0.40.
- Whether the daemon itself holds a blob is asked offline. Only then are its peers asked, and not for longer than
  ``timeout``.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import ipfshttpclient
import requests
import urllib3
from ipfshttpclient import exceptions as ipfs_errors

from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, BlobStoreUnreachable, InputError
from web3crm.vault.cids import DAG_PB, RAW, cid_of_digest, codec_and_digest
from web3crm.vault.encryption import Readable
from web3crm.vault.stores.guard import AnswerTooLong, Redirected, guard
from web3crm.vault.unixfs import CHUNK_SIZE, FileBuilder, Node, decode_node

__all__ = ["IpfsStore"]

_LINE = 1 << 16
_DEEPEST = 6
"""Levels of nodes; 6 of them hold more than there is."""
_SAID = 500
_GATEWAY_ERRORS = (502, 503, 504)
_OFFLINE = {"offline": "true"}
_ADD = {"cid-version": "1", "raw-leaves": "true", "chunker": f"size-{CHUNK_SIZE}", "cid-base": "base32", "pin": "true"}


class IpfsStore:
    """A daemon at a multiaddress (``/ip4/127.0.0.1/tcp/5001``) or URL.

    ``timeout`` (seconds) bounds every wait for the daemon's next bytes; connecting takes at most 10, and so does each
    wait until it takes more of an upload. With
    ``peers=False`` blobs that the daemon does not hold itself are not looked for elsewhere. Garbage collection is the
    daemon's: it removes whatever *nobody* pinned there, so share a daemon only with those who pin too.
    """

    def __init__(self, location: str, *, timeout: float = 60, peers: bool = True) -> None:
        if timeout <= 0:
            raise InputError(f"timeout must be more than 0 seconds, got {timeout}")
        self._address = _multiaddress(location)
        self._timeout = timeout
        self._peers = peers
        try:
            self._client = ipfshttpclient.Client(self._address, session=True, timeout=(min(10, timeout), timeout))
            guard(self._client._client._session, timeout=timeout)
            for adapter in self._client._client._session.adapters.values():
                # urllib3 no longer knows this setting of the client's and warns with every connection.
                adapter.poolmanager.connection_pool_kw.pop("strict", None)
        except Exception as error:  # multiaddr and the client raise many kinds for a malformed address
            raise InputError(f"{location!r} is not the address of an IPFS daemon: {error}") from None

    def put(self, source: Readable) -> str:
        """Uploads and pins; see :class:`~web3crm.vault.stores.BlobStore`."""
        upload = _Upload(source)
        try:
            with self._explained("storing a blob"):
                answer = str(self._client.add_bytes(upload.chunks(), opts=_ADD))
        except BlobStoreError:
            if upload.failure is not None:
                raise upload.failure from None
            raise
        cid = upload.cid
        if cid is None or answer != cid:
            raise BlobCorrupt(
                f"the daemon at {self._address} named the blob {answer}, its bytes say {cid}: it stores something else"
            )
        return cid

    @contextlib.contextmanager
    def get(self, cid: str) -> Iterator[Readable]:
        """Opens a blob; each block is checked before its bytes are handed out."""
        block = codec_and_digest(cid)
        here = self.has(cid)
        if not here and not self._peers:
            raise BlobNotFound(f"the blob {cid} is not on the daemon at {self._address}")
        try:
            with self._explained(f"reading the blob {cid}"):
                stream = self._client.cat(cid, stream=True, opts=_OFFLINE if here else {})
        except BlobStoreUnreachable as error:
            if not here and isinstance(error.__cause__, ipfs_errors.TimeoutError):
                raise BlobNotFound(
                    f"the blob {cid} is not on the daemon at {self._address}, nor did it find it among its peers "
                    f"within {self._timeout} s"
                ) from None
            raise
        with contextlib.closing(stream):
            yield _Download(self, cid, stream, self._leaves(*block, _OFFLINE if here else {}))

    def has(self, cid: str) -> bool:
        """Whether the daemon itself holds the whole blob."""
        codec_and_digest(cid)
        try:
            with self._explained(f"looking for the blob {cid}"):
                answer = self._call("/files/stat", f"/ipfs/{cid}", {**_OFFLINE, "with-local": "true"})
        except BlobNotFound:
            return False
        return answer.get("Local") is True

    def pin(self, cid: str) -> None:
        """Keeps the blob through garbage collection; fetches it from peers if need be."""
        codec_and_digest(cid)
        here = self.has(cid)
        if not here and not self._peers:
            raise BlobNotFound(f"the blob {cid} is not on the daemon at {self._address}: nothing to pin")
        try:
            with self._explained(f"pinning the blob {cid}"):
                self._call("/pin/add", cid, _OFFLINE if here else {})
        except BlobStoreUnreachable as error:
            if not here and isinstance(error.__cause__, ipfs_errors.TimeoutError):
                raise BlobNotFound(
                    f"neither the daemon at {self._address} nor its peers had the blob {cid} within {self._timeout} s"
                ) from None
            raise

    def unpin(self, cid: str) -> None:
        """Leaves the blob to the daemon's garbage collection."""
        codec_and_digest(cid)
        with self._explained(f"unpinning the blob {cid}"):
            try:
                self._call("/pin/rm", cid, {})
            except ipfs_errors.ErrorResponse as error:
                if "not pinned" not in str(error):
                    raise

    def pins(self) -> list[str]:
        """The CIDs that are pinned, sorted; pins in forms that this package never writes are left out."""
        found = set()
        with self._explained("listing the pins"):
            for answer in self._answers("/pin/ls", (), {"type": "recursive", "stream": "true"}):
                if not isinstance(cid := answer.get("Cid"), str):
                    raise BlobStoreError(f"the daemon at {self._address} lists as a pin what is none: {_cut(answer)}")
                if _is_ours(cid):
                    found.add(cid)
        return sorted(found)

    def collect_garbage(self) -> int:
        """Has the daemon remove every block that nobody pinned."""
        removed = 0
        with self._explained("collecting garbage"):
            for answer in self._answers("/repo/gc", (), {}):
                if answer.get("Error"):
                    raise BlobStoreError(
                        f"the daemon at {self._address} could not remove all garbage: {_cut(answer['Error'])}"
                    )
                removed += 1
        return removed

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __repr__(self) -> str:
        return f"IpfsStore({self._address!r})"

    def __str__(self) -> str:
        return f"the IPFS daemon at {self._address}"

    def _call(self, path: str, argument: str, options: dict[str, str]) -> dict[str, Any]:
        answers = list(self._answers(path, (argument,), options))
        if len(answers) != 1:
            raise BlobStoreError(f"the daemon at {self._address} gave {len(answers)} answers to {path}, not one")
        return answers[0]

    def _answers(self, path: str, arguments: tuple[str, ...], options: dict[str, str]) -> Iterator[dict[str, Any]]:
        """The daemon's answer, line by line; none is longer than any that a daemon writes."""
        with contextlib.closing(self._client._client.request(path, arguments, opts=options, stream=True)) as stream:
            rest = b""
            for piece in stream:
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    yield from self._answer(path, line)
                if len(rest) > _LINE:
                    break  # for :meth:`_answer` to refuse
            yield from self._answer(path, rest)

    def _answer(self, path: str, line: bytes) -> Iterator[dict[str, Any]]:
        if len(line) <= _LINE and not line.strip():
            return
        try:
            answer = json.loads(line) if len(line) <= _LINE else None
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise BlobStoreError(
                f"what answers at {self._address} is not an IPFS daemon: it says {_cut(line)} to {path}"
            )
        if answer.get("Type") == "error":
            raise ipfs_errors.PartialErrorResponse(str(answer.get("Message")))
        yield answer

    def _leaves(
        self, codec: str, digest: bytes, options: dict[str, str], depth: int = 1
    ) -> Iterator[tuple[bytes, int]]:
        """Digest and size of each leaf of a blob, from first to last; the size of a lone one is not known: 0."""
        if codec == RAW:
            yield digest, 0
            return
        node = self._node(digest, options)
        for (kind, child), size in zip(node.children, node.sizes, strict=True):
            if kind == DAG_PB and depth < _DEEPEST:
                yield from self._leaves(kind, child, options, depth + 1)
            elif kind == RAW and 0 < size <= CHUNK_SIZE:
                yield child, size
            else:
                raise BlobCorrupt(
                    f"the block {cid_of_digest(digest, DAG_PB)} is laid out in another way than this package does it"
                )

    def _node(self, digest: bytes, options: dict[str, str]) -> Node:
        cid = cid_of_digest(digest, DAG_PB)
        with self._explained(f"reading the block {cid}"):
            data = b"".join(self._client._client.request("/block/get", (cid,), opts=options, stream=True))
        if sha256(data).digest() != digest:
            raise BlobCorrupt(f"the daemon at {self._address} sent other bytes for the block {cid} than it names")
        try:
            return decode_node(data)
        except ValueError as error:
            raise BlobCorrupt(f"the block {cid} is not part of a file: {error}") from None

    @contextlib.contextmanager
    def _explained(self, act: str) -> Iterator[None]:
        """Turns what the client, requests and urllib3 raise into the store's errors."""
        where = f"the IPFS daemon at {self._address}"
        try:
            yield
        except (ipfs_errors.TimeoutError, requests.exceptions.Timeout) as error:
            raise BlobStoreUnreachable(f"{act}: {where} did not answer within {self._timeout} s") from error
        except ipfs_errors.ErrorResponse as error:
            message = _cut(error)
            if re.search(r"not found|could not find|no link named", message):
                raise BlobNotFound(f"{act}: {where} does not hold it: {message}") from None
            raise BlobStoreError(f"{act}: {where} refused: {message}") from None
        except ipfs_errors.StatusError as error:
            status = error.original.response.status_code
            if status in _GATEWAY_ERRORS:
                raise BlobStoreUnreachable(
                    f"{act}: what is before {where} does not reach it (HTTP {status})"
                ) from error
            raise BlobStoreError(
                f"{act}: what answers at {self._address} is not the API of an IPFS daemon, or does not let us use it "
                f"(HTTP {status})"
            ) from error
        except (Redirected, AnswerTooLong) as error:
            raise BlobStoreError(f"{act}: what answers at {self._address} is not an IPFS daemon: {error}") from None
        except (
            ipfs_errors.CommunicationError,
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
        ) as error:
            if "timed out" in str(error):
                raise BlobStoreUnreachable(f"{act}: {where} did not answer within {self._timeout} s") from error
            raise BlobStoreUnreachable(
                f"{act}: {where} is not there or went away; is it running, and is the address its API's? ({_cut(error)})"
            ) from error
        except ipfs_errors.Error as error:
            raise BlobStoreError(
                f"{act}: what answers at {self._address} is not an IPFS daemon: {_cut(error)}"
            ) from error


class _Upload:
    """The chunks of a source, with its CID computed on the way and its own errors kept apart from the daemon's."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.cid: str | None = None
        self.failure: BaseException | None = None

    def chunks(self) -> Iterator[bytes]:
        builder = FileBuilder()
        while True:
            try:
                data = self._source.read(CHUNK_SIZE)
            except BaseException as error:
                self.failure = error
                raise
            if not data:
                break
            builder.write(data)
            yield data
        self.cid = builder.finish()


class _Download:
    """The daemon's answer as a stream of checked leaves; it ends well only if nothing follows the last."""

    def __init__(
        self, store: IpfsStore, cid: str, chunks: Iterator[bytes], leaves: Iterator[tuple[bytes, int]]
    ) -> None:
        self._store = store
        self._cid = cid
        self._chunks = chunks
        self._ahead = bytearray()
        self._checked = self._check(leaves)
        self._rest = memoryview(b"")
        self._place = 0

    def read(self, size: int, /) -> bytes:
        while not self._rest and size > 0:
            leaf = next(self._checked, None)
            if leaf is None:
                return b""
            self._rest = memoryview(leaf)
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)

    def _check(self, leaves: Iterator[tuple[bytes, int]]) -> Iterator[bytes]:
        for digest, size in leaves:
            # Of a lone leaf only the most is known: one byte more than that, and it is found out.
            leaf = self._take(size or CHUNK_SIZE + 1)
            if sha256(leaf).digest() != digest:
                raise self._lie()
            self._place += len(leaf)
            if leaf:
                yield leaf
        if self._take(1):
            raise self._lie()

    def _take(self, size: int) -> bytes:
        """The next ``size`` bytes, or what is left."""
        while len(self._ahead) < size:
            with self._store._explained(f"reading the blob {self._cid}"):
                chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._ahead += chunk
        data = bytes(self._ahead[:size])
        del self._ahead[:size]
        return data

    def _lie(self) -> BlobCorrupt:
        return BlobCorrupt(
            f"the daemon at {self._store._address} sent other, fewer or more bytes for {self._cid} than it names, "
            f"from byte {self._place:,} on"
        )


def _multiaddress(location: str) -> str:
    """The multiaddress of a URL; anything else stays as it is."""
    match = re.fullmatch(r"(https?)://([^/:@]+|\[[0-9a-fA-F:]+\])(?::(\d+))?/?", location)
    if match is None:
        return location
    scheme, host, port = match[1], match[2].strip("[]"), match[3] or ("443" if match[1] == "https" else "80")
    kind = "ip6" if ":" in host else "ip4" if re.fullmatch(r"[0-9.]+", host) else "dns"
    return f"/{kind}/{host}/tcp/{port}/{scheme}"


def _is_ours(cid: str) -> bool:
    try:
        codec_and_digest(cid)
    except InputError:
        return False
    return True


def _cut(said: object) -> str:
    """What a daemon said, no longer than anybody reads."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return repr(text[:_SAID]) if isinstance(said, bytes) else text[:_SAID]
