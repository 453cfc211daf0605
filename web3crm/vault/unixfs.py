"""UnixFS files as ``ipfs add --cid-version=1 --raw-leaves`` lays them out: the same bytes, the same CID.

The bytes are cut into chunks of 256 KiB, each a raw block. A file of one chunk *is* that block. Longer ones get a
balanced tree: nodes of up to 174 children, all leaves at the same depth, full from left to right. A node is a dag-pb
block: its links (child's multihash, empty name, size of everything below) and a UnixFS message with the file's size
and each child's share. See the IPFS specifications for dag-pb and UnixFS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from web3crm.vault.cids import DAG_PB, RAW, cid_of_digest

__all__ = ["CHUNK_SIZE", "MAX_LINKS", "Block", "FileBuilder", "Node", "decode_node"]

CHUNK_SIZE = 256 * 1024
MAX_LINKS = 174

_CID_PREFIX = {RAW: bytes([1, 0x55, 0x12, 32]), DAG_PB: bytes([1, 0x70, 0x12, 32])}
_FILE = 2
"""UnixFS' number for a file."""


@dataclass(frozen=True)
class Block:
    """One block to be stored under its digest."""

    codec: str
    digest: bytes
    data: bytes


@dataclass(frozen=True)
class _Child:
    codec: str
    digest: bytes
    content_size: int  # bytes of the file below
    tree_size: int  # bytes of all blocks below, this one included


class FileBuilder:
    """Builds the tree while the bytes come in; keeps one chunk and at most 174 links a level in memory.

    Each block is handed to ``store``; without it the blocks are let go, and what remains is the CID.
    """

    def __init__(self, store: Callable[[Block], None] | None = None, *, chunk_size: int = CHUNK_SIZE) -> None:
        self._store = store
        self._chunk_size = chunk_size
        self._chunk = bytearray()
        self._levels: list[list[_Child]] = []
        self.size = 0

    def write(self, data: bytes, /) -> int:
        """Takes the file's next bytes."""
        self.size += len(data)
        view = memoryview(data)
        while view:
            # A full chunk is stored only once more bytes follow: an exact multiple of the size gets no empty leaf.
            if len(self._chunk) == self._chunk_size:
                self._store_leaf()
            room = self._chunk_size - len(self._chunk)
            self._chunk += view[:room]
            view = view[room:]
        return len(data)

    def finish(self) -> str:
        """Stores what is left and returns the file's CID."""
        self._store_leaf()
        level = 0
        while level + 1 < len(self._levels) or len(self._levels[level]) > 1:
            if self._levels[level]:
                self._close(level)
            level += 1
        root = self._levels[level][0]
        return cid_of_digest(root.digest, root.codec)

    def _store_leaf(self) -> None:
        data = bytes(self._chunk)
        self._chunk.clear()
        digest = sha256(data).digest()
        if self._store:
            self._store(Block(RAW, digest, data))
        self._add(0, _Child(RAW, digest, len(data), len(data)))

    def _add(self, level: int, child: _Child) -> None:
        if level == len(self._levels):
            self._levels.append([])
        if len(self._levels[level]) == MAX_LINKS:
            self._close(level)
        self._levels[level].append(child)

    def _close(self, level: int) -> None:
        """Makes a node of a level's children and hands it one level up."""
        children, self._levels[level] = self._levels[level], []
        data = _encode_node(children)
        digest = sha256(data).digest()
        if self._store:
            self._store(Block(DAG_PB, digest, data))
        content_size = sum(child.content_size for child in children)
        tree_size = len(data) + sum(child.tree_size for child in children)
        self._add(level + 1, _Child(DAG_PB, digest, content_size, tree_size))


@dataclass(frozen=True)
class Node:
    """A decoded node: its children (codec, digest) with the bytes of the file below each."""

    children: tuple[tuple[str, bytes], ...]
    sizes: tuple[int, ...]


def decode_node(data: bytes) -> Node:
    """Reads a dag-pb block that is part of a file; ``ValueError`` for anything this module does not write."""
    links, unixfs = [], b""
    for number, value in _fields(data):
        if number == 2 and isinstance(value, bytes):
            links.append(_link_target(value))
        elif number == 1 and isinstance(value, bytes):
            unixfs = value
        else:
            raise ValueError(f"unexpected field {number} in a dag-pb node")
    kind, size, sizes = None, None, []
    for number, value in _fields(unixfs):
        if number == 1:
            kind = value
        elif number == 3:
            size = value
        elif number == 4 and isinstance(value, int):
            sizes.append(value)
        else:
            raise ValueError(f"unexpected field {number} in a UnixFS message")
    if kind != _FILE or not links or len(links) != len(sizes) or size != sum(sizes):
        raise ValueError("the node is not a UnixFS file whose sizes agree")
    return Node(tuple(links), tuple(sizes))


def _link_target(link: bytes) -> tuple[str, bytes]:
    for number, value in _fields(link):
        if number == 1 and isinstance(value, bytes):
            for codec, prefix in _CID_PREFIX.items():
                if value.startswith(prefix) and len(value) == len(prefix) + 32:
                    return codec, value[len(prefix) :]
    raise ValueError("a link does not name a raw or dag-pb block by sha2-256")


def _encode_node(children: list[_Child]) -> bytes:
    links = b"".join(
        _bytes_field(
            2,
            _bytes_field(1, _CID_PREFIX[child.codec] + child.digest)
            + _bytes_field(2, b"")
            + _number_field(3, child.tree_size),
        )
        for child in children
    )
    unixfs = _number_field(1, _FILE) + _number_field(3, sum(child.content_size for child in children))
    unixfs += b"".join(_number_field(4, child.content_size) for child in children)
    return links + _bytes_field(1, unixfs)


# --- protocol buffers: the two wire types that are used -------------------------------------------------------------


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _number_field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes_field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _fields(message: bytes) -> list[tuple[int, int | bytes]]:
    fields: list[tuple[int, int | bytes]] = []
    place = 0
    while place < len(message):
        key, place = _read_varint(message, place)
        value, place = _read_varint(message, place)
        if key & 7 == 0:
            fields.append((key >> 3, value))
        elif key & 7 == 2:
            if place + value > len(message):
                raise ValueError("a field is longer than its message")
            fields.append((key >> 3, message[place : place + value]))
            place += value
        else:
            raise ValueError(f"wire type {key & 7} is not used in dag-pb")
    return fields


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(message) and shift < 63:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise ValueError("a number is cut off or too long")
