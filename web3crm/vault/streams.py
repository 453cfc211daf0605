"""Streams that count, hash, or pass bytes from a writer to a reader; all in constant memory."""

from __future__ import annotations

import contextlib
import io
import threading
from collections import deque
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from web3crm.errors import ContentError, InputError
from web3crm.vault.encryption import Readable, Writable

__all__ = ["Digest", "HashingReader", "HashingWriter", "Pipe", "opened", "piped"]


@contextlib.contextmanager
def opened(source: Path | bytes | Readable) -> Iterator[Readable]:
    """Bytes, a file or a stream as a stream; :class:`InputError` for a file that cannot be read."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, Path):
        try:
            stream: BinaryIO = source.open("rb")
        except OSError as error:
            raise InputError(f"{source} cannot be read: {error.strerror}") from error
        with stream:
            yield stream
    else:
        yield source


class Digest(Protocol):
    """A running digest, as hashlib and hmac make them."""

    def update(self, data: bytes, /) -> Any:
        """Takes the next bytes."""

    def digest(self) -> bytes:
        """The digest of what was taken."""

    def hexdigest(self) -> str:
        """The same in hex digits."""


class HashingReader:
    """Counts and hashes what is read through it."""

    def __init__(self, source: Readable, digest: Digest) -> None:
        self._source = source
        self.digest = digest
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes of the source."""
        data = self._source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data

    def drain(self, limit: int) -> None:
        """Reads on to the end, or until ``limit`` bytes are counted."""
        while self.size < limit and self.read(min(65536, limit - self.size)):
            pass


class HashingWriter:
    """Counts and hashes what is written through it; more than ``limit`` bytes are refused before they are passed on."""

    def __init__(self, target: Writable, digest: Digest | None = None, *, limit: int | None = None) -> None:
        self._target = target
        self._limit = limit
        self.digest = sha256() if digest is None else digest
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Passes all of ``data`` on, also to raw targets that take less than they are given."""
        if self._limit is not None and self.size + len(data) > self._limit:
            raise ContentError(f"the file is longer than the {self._limit} bytes that the manifest announces")
        rest = data
        while rest:
            written = self._target.write(rest)
            rest = rest[written:] if isinstance(written, int) else b""
        self.digest.update(data)
        self.size += len(data)
        return len(data)


class Pipe:
    """Bytes from one thread to another; whoever is ahead waits, so that at most ``most`` bytes and a chunk are held."""

    def __init__(self, most: int = 1 << 20) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._ended = self._abandoned = False
        self._failure: BaseException | None = None

    def write(self, data: bytes, /) -> int:
        """Takes ``data``; raises :class:`BrokenPipeError` once nobody reads any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._held < self._most or self._abandoned)
            if self._abandoned:
                raise BrokenPipeError("nobody reads any more")
            if data:
                self._chunks.append(bytes(data))
                self._held += len(data)
                self._changed.notify_all()
        return len(data)

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; raises what the writer ended with, after all that it wrote."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._chunks) or self._ended)
            if not self._chunks:
                if self._failure is not None:
                    raise self._failure
                return b""
            chunk = self._chunks.popleft()
            data, rest = chunk[:size], chunk[size:]
            if rest:
                self._chunks.appendleft(rest)
            self._held -= len(data)
            self._changed.notify_all()
        return data

    def end(self, failure: BaseException | None = None) -> None:
        """No more is written; ``failure`` is why, if it broke."""
        with self._changed:
            self._ended, self._failure = True, failure
            self._changed.notify_all()

    def abandon(self) -> None:
        """No more is read."""
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()


@contextlib.contextmanager
def piped(write_to: Callable[[Writable], None]) -> Iterator[Readable]:
    """What ``write_to`` writes, as a stream: it runs in a thread of its own, which has ended when the block is left."""
    pipe = Pipe()

    def work() -> None:
        try:
            write_to(pipe)
        except BaseException as error:
            pipe.end(error)
        else:
            pipe.end()

    thread = threading.Thread(target=work, name="vault pipe", daemon=True)
    thread.start()
    try:
        yield pipe
    finally:
        pipe.abandon()
        thread.join()
