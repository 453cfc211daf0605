"""A blob store in a folder, with the blocks and the CIDs that Kubo would have.

Layout: ``blocks/<two characters>/<CID>`` (one file a block), ``pins/<CID>`` (empty), ``lock``, ``format``. Blocks
appear whole (a draft is renamed), are checked against their digest whenever they are read, and are on disk before
:meth:`EmbeddedStore.put` returns. Any number of threads and processes may put, get and pin at once; collecting
garbage waits for running puts and holds new ones back.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from web3crm.errors import BlobCorrupt, BlobNotFound, BlobStoreError, BlobStoreUnreachable
from web3crm.files import atomic_file, private_folder, sync_folder
from web3crm.vault.cids import DAG_PB, RAW, cid_of_digest, codec_and_digest
from web3crm.vault.encryption import Readable
from web3crm.vault.unixfs import CHUNK_SIZE, Block, FileBuilder, Node, decode_node

__all__ = ["EmbeddedStore"]

_MARK = "format"
_FORMAT = "web3crm blob store 1\n"


class EmbeddedStore:
    """A folder of blocks. Made on first use; a folder that holds something else is refused."""

    def __init__(self, root: Path) -> None:
        self._root = Path(root)
        self._blocks, self._pins, self._lock = self._root / "blocks", self._root / "pins", self._root / "lock"
        with self._explained():
            self._open()

    @staticmethod
    def is_at(folder: Path) -> bool:
        """Whether there is a store in ``folder``; opening one would make it."""
        return (folder / _MARK).is_file()

    def put(self, source: Readable) -> str:
        """Stores and pins; see :class:`~web3crm.vault.stores.BlobStore`."""
        touched: set[Path] = set()
        builder = FileBuilder(lambda block: self._store(block, touched))
        with self._locked(fcntl.LOCK_SH):
            while data := source.read(CHUNK_SIZE):
                with self._explained():
                    builder.write(data)
            with self._explained():
                cid = builder.finish()
                for folder in touched:
                    sync_folder(folder)
                sync_folder(self._blocks)
                self._write_pin(cid)
        return cid

    @contextlib.contextmanager
    def get(self, cid: str) -> Iterator[Readable]:
        """Opens a blob; each block is checked before its bytes are handed out."""
        codec, digest = codec_and_digest(cid)
        if not self._path(codec, digest).exists():
            self._check_root()
            raise BlobNotFound(f"the blob {cid} is not in the store {self._root}")
        yield _BlobReader(self._leaves(codec, digest))

    def has(self, cid: str) -> bool:
        """Whether every block of the blob is here (only the nodes are read)."""
        try:
            if all(self._path(*block).exists() for block in self._tree(*codec_and_digest(cid))):
                return True
        except (BlobNotFound, BlobCorrupt):
            pass
        self._check_root()
        return False

    def pin(self, cid: str) -> None:
        """Keeps the blob through garbage collection."""
        codec_and_digest(cid)
        with self._locked(fcntl.LOCK_SH):
            if not self.has(cid):
                raise BlobNotFound(f"the blob {cid} is not (or not wholly) in the store {self._root}: nothing to pin")
            with self._explained():
                self._write_pin(cid)

    def unpin(self, cid: str) -> None:
        """Leaves the blob to garbage collection."""
        codec_and_digest(cid)
        with self._explained():
            (self._pins / cid).unlink(missing_ok=True)
            sync_folder(self._pins)

    def pins(self) -> list[str]:
        """The pinned CIDs, sorted."""
        with self._explained():
            return sorted(path.name for path in self._pins.iterdir() if not path.name.startswith("."))

    def collect_garbage(self) -> int:
        """Removes unpinned blocks and abandoned drafts; if a pinned tree cannot be read, nothing is removed."""
        with self._locked(fcntl.LOCK_EX):
            kept = {block for cid in self.pins() for block in self._tree(*codec_and_digest(cid))}
            names = {cid_of_digest(digest, codec) for codec, digest in kept}
            removed = 0
            with self._explained():
                for path in self._blocks.glob("*/*"):
                    if path.name not in names:
                        path.unlink()
                        removed += not path.name.startswith(".")
                for path in self._pins.glob(".*"):
                    path.unlink()
        return removed

    def close(self) -> None:
        """Nothing is kept open."""

    def __repr__(self) -> str:
        return f"EmbeddedStore({str(self._root.resolve())!r})"

    def __str__(self) -> str:
        return f"the folder {self._root}"

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _path(self, codec: str, digest: bytes) -> Path:
        cid = cid_of_digest(digest, codec)
        return self._blocks / cid[-3:-1] / cid

    def _store(self, block: Block, touched: set[Path]) -> None:
        path = self._path(block.codec, block.digest)
        # A block that is here already is read, not trusted: a put repairs what the disk has spoilt.
        if not (path.exists() and sha256(path.read_bytes()).digest() == block.digest):
            private_folder(path.parent)
            with atomic_file(path) as stream:
                stream.write(block.data)
        touched.add(path.parent)

    def _load(self, codec: str, digest: bytes) -> bytes:
        with self._explained():
            try:
                data = self._path(codec, digest).read_bytes()
            except FileNotFoundError:
                if not self._root.exists():
                    raise
                cid = cid_of_digest(digest, codec)
                raise BlobNotFound(f"the block {cid} is missing in the store {self._root}") from None
        if sha256(data).digest() != digest:
            raise BlobCorrupt(
                f"the block {cid_of_digest(digest, codec)} in the store {self._root} has other bytes than its name says"
            )
        return data

    def _node(self, digest: bytes) -> Node:
        try:
            return decode_node(self._load(DAG_PB, digest))
        except ValueError as error:
            raise BlobCorrupt(f"the block {cid_of_digest(digest, DAG_PB)} is not part of a file: {error}") from None

    def _tree(self, codec: str, digest: bytes) -> Iterator[tuple[str, bytes]]:
        """Every block of a blob, nodes before their children, leaves from first to last."""
        waiting = [(codec, digest)]
        while waiting:
            block = waiting.pop()
            yield block
            if block[0] == DAG_PB:
                waiting.extend(reversed(self._node(block[1]).children))

    def _leaves(self, codec: str, digest: bytes) -> Iterator[bytes]:
        return (self._load(*block) for block in self._tree(codec, digest) if block[0] == RAW)

    def _write_pin(self, cid: str) -> None:
        with atomic_file(self._pins / cid):
            pass

    # --- folder -----------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        mark = self._root / _MARK
        if not mark.exists():
            # Drafts are those of another process that makes the same store right now.
            strange = self._root.exists() and [path for path in self._root.iterdir() if path.suffix != ".part"]
            if strange and not mark.exists():
                raise BlobStoreError(f"{self._root} holds something else: name an empty or a new folder for the blobs")
            private_folder(self._root)
            with atomic_file(mark) as stream:
                stream.write(_FORMAT.encode())
        if mark.read_text() != _FORMAT:
            raise BlobStoreError(f"{self._root} has another format than this version reads: {mark.read_text()!r}")
        private_folder(self._blocks)
        private_folder(self._pins)

    def _check_root(self) -> None:
        """Tells a store that is gone from one that lacks a blob."""
        if not self._root.exists():
            raise BlobStoreUnreachable(f"the store's folder {self._root} is gone")

    @contextlib.contextmanager
    def _locked(self, mode: int) -> Iterator[None]:
        """Holds the folder's lock: shared by those who add, alone for the one who removes."""
        with self._explained():
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, mode)
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns the system's errors into the store's."""
        try:
            yield
        except FileNotFoundError as error:
            raise BlobStoreUnreachable(
                f"the store's folder {self._root} is gone, wholly or in part: {error}"
            ) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise BlobStoreError(f"no space is left for the store {self._root}") from error
            raise BlobStoreUnreachable(f"the store's folder {self._root} cannot be used: {error}") from error


class _BlobReader:
    """Leaves as one stream."""

    def __init__(self, leaves: Iterator[bytes]) -> None:
        self._leaves = leaves
        self._rest = memoryview(b"")

    def read(self, size: int, /) -> bytes:
        if size <= 0:
            return b""
        while not self._rest:
            leaf = next(self._leaves, None)
            if leaf is None:
                return b""
            self._rest = memoryview(leaf)
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)
