"""A blob store on an IPFS daemon (Kubo), through ``ipfshttpclient``.

- Uploads and downloads are streams. The CID is computed here while the bytes pass, and must be the one the daemon
  answers: a daemon with other settings, or one that lies, is found out.
- Uploads carry no file name and no path.
- The daemon's version is not asked for: the client package refuses all that are younger than itself, for no reason
  that matters to the few calls used here. Tested with Kubo 0.40.
- Whether the daemon itself holds a blob is asked offline. Only then are its peers asked, and not for longer than
  ``timeout``.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import ipfshttpclient
import requests
import urllib3
from ipfshttpclient import exceptions as ipfs_errors

from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, BlobStoreUnreachable, InputError
from web3crm.vault.cids import codec_and_digest
from web3crm.vault.encryption import Readable
from web3crm.vault.unixfs import CHUNK_SIZE, FileBuilder

__all__ = ["IpfsStore"]

_OFFLINE = {"offline": "true"}
_ADD = {"cid-version": "1", "raw-leaves": "true", "chunker": f"size-{CHUNK_SIZE}", "cid-base": "base32", "pin": "true"}


class IpfsStore:
    """A daemon at a multiaddress (``/ip4/127.0.0.1/tcp/5001``) or URL.

    ``timeout`` (seconds) bounds every wait for the daemon's next bytes; connecting takes at most 10. With
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
        """Opens a blob; the bytes are checked against the CID when their end is reached."""
        codec_and_digest(cid)
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
            yield _Download(self, cid, stream)

    def has(self, cid: str) -> bool:
        """Whether the daemon itself holds the whole blob."""
        codec_and_digest(cid)
        try:
            with self._explained(f"looking for the blob {cid}"):
                answer = self._call("/files/stat", f"/ipfs/{cid}", {**_OFFLINE, "with-local": "true"})
        except BlobNotFound:
            return False
        return bool(answer.get("Local"))

    def pin(self, cid: str) -> None:
        """Keeps the blob through garbage collection; fetches it from peers if need be."""
        codec_and_digest(cid)
        here = self.has(cid)
        if not here and not self._peers:
            raise BlobNotFound(f"the blob {cid} is not on the daemon at {self._address}: nothing to pin")
        try:
            with self._explained(f"pinning the blob {cid}"):
                self._client.pin.add(cid, opts=_OFFLINE if here else {})
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
                self._client.pin.rm(cid)
            except ipfs_errors.ErrorResponse as error:
                if "not pinned" not in str(error):
                    raise

    def pins(self) -> list[str]:
        """The CIDs that are pinned, sorted; pins in forms that this package never writes are left out."""
        with self._explained("listing the pins"):
            keys = self._client.pin.ls(type="recursive").as_json().get("Keys") or {}
        return sorted(cid for cid in keys if _is_ours(cid))

    def collect_garbage(self) -> int:
        """Has the daemon remove every block that nobody pinned."""
        with self._explained("collecting garbage"):
            return len(self._client.repo.gc())

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __repr__(self) -> str:
        return f"IpfsStore({self._address!r})"

    def _call(self, path: str, argument: str, options: dict[str, str]) -> dict[str, Any]:
        answers = self._client._client.request(path, (argument,), opts=options, decoder="json")
        if len(answers) != 1 or not isinstance(answers[0], dict):
            raise BlobStoreError(f"the daemon at {self._address} gave an answer to {path} that is none")
        return dict(answers[0])

    @contextlib.contextmanager
    def _explained(self, act: str) -> Iterator[None]:
        """Turns what the client, requests and urllib3 raise into the store's errors."""
        where = f"the IPFS daemon at {self._address}"
        try:
            yield
        except (ipfs_errors.TimeoutError, requests.exceptions.Timeout) as error:
            raise BlobStoreUnreachable(f"{act}: {where} did not answer within {self._timeout} s") from error
        except ipfs_errors.ErrorResponse as error:
            message = str(error)
            if re.search(r"not found|could not find|no link named", message):
                raise BlobNotFound(f"{act}: {where} does not hold it: {message}") from None
            raise BlobStoreError(f"{act}: {where} refused: {message}") from None
        except (
            ipfs_errors.CommunicationError,
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
        ) as error:
            if "timed out" in str(error):
                raise BlobStoreUnreachable(f"{act}: {where} did not answer within {self._timeout} s") from error
            raise BlobStoreUnreachable(
                f"{act}: {where} is not there or went away; is it running, and is the address its API's? ({error})"
            ) from error
        except ipfs_errors.Error as error:
            raise BlobStoreError(f"{act}: what answers at {self._address} is not an IPFS daemon: {error}") from error


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
    """The daemon's answer as a stream that ends well only if all of it was what the CID names."""

    def __init__(self, store: IpfsStore, cid: str, chunks: Iterator[bytes]) -> None:
        self._store = store
        self._cid = cid
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._builder: FileBuilder | None = FileBuilder()

    def read(self, size: int, /) -> bytes:
        while not self._rest and self._builder is not None and size > 0:
            with self._store._explained(f"reading the blob {self._cid}"):
                chunk = next(self._chunks, None)
            if chunk is not None:
                self._builder.write(chunk)
                self._rest = memoryview(chunk)
                continue
            actual = self._builder.finish()
            if actual != self._cid:
                raise BlobCorrupt(
                    f"the daemon at {self._store._address} sent other bytes for {self._cid} than it names "
                    f"({self._builder.size} bytes of {actual})"
                )
            self._builder = None
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)


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
