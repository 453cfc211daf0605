"""The file of proofs: all that anybody needs to rebuild a published tree, claim from it, and check it.

It is what ``StandardMerkleTree.dump()`` of ``@openzeppelin/merkle-tree`` gives, as ``JSON.stringify`` writes it, with
one key of ours, ``web3crm``, which that package passes over::

    {"format": "standard-v1", "leafEncoding": ["address", "uint256"],
     "web3crm": {"version": 1, "total": "…", "previous": {"cid": "…", "root": "0x…"} or null,
                 "purchases": "sha256", "rules": "sha256", "peaks": [["0x…", "…"], …]},
     "tree": ["0x…", …], "values": [{"value": ["0x…", "…"], "treeIndex": 7}, …]}

A customer's *peak* is the highest total she ever had in a root that matured, or in this one. The published ``total``
is the sum of all peaks, so that it never falls, and what was minted always covers what anybody may claim. ``peaks``
names only those whose peak exceeds the total in ``values``: customers who owe points for what they returned.

The same customers, totals and digests give the same bytes and so the same CID. Files are written and read as streams,
with no more memory than the tree itself takes.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from web3crm.errors import InputError, ProofFileError
from web3crm.points.tree import NODE, PointsTree, pack_records
from web3crm.progress import Counter
from web3crm.vault.cids import codec_and_digest
from web3crm.vault.encryption import Readable
from web3crm.vault.stores import BlobStore
from web3crm.vault.unixfs import CHUNK_SIZE, FileBuilder

__all__ = ["MAX_TOTAL", "Previous", "ProofFile", "cid_of", "fetch", "read", "read_tree", "store", "write"]

FORMAT = "standard-v1"
LEAF_ENCODING = ["address", "uint256"]
KEY = "web3crm"
VERSION = 1
MAX_TOTAL = 2**128 - 1
"""What ``PointsDistributor`` counts a root's total in."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_HASH = re.compile(r"0x[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,78}|0x[0-9a-fA-F]{1,64}")
_ROWS = 4_096


@dataclass(frozen=True)
class Previous:
    """The file that peaks are carried on from: that of the root which was matured when this one was published."""

    cid: str
    root: bytes

    def __post_init__(self) -> None:
        codec_and_digest(self.cid)
        if len(self.root) != NODE:
            raise InputError(f"a root has {NODE} bytes, got {len(self.root)}")


@dataclass(frozen=True, kw_only=True)
class ProofFile:
    """One published state. ``peaks`` has those customers only whose peak exceeds their total in the tree.

    ``purchases`` and ``rules`` are SHA-256 digests of what the totals were worked out from, in hex.
    """

    tree: PointsTree = field(repr=False)
    peaks: Mapping[bytes, int] = field(repr=False, default_factory=dict)
    previous: Previous | None = None
    purchases: str
    rules: str
    total: int = field(init=False)

    def __post_init__(self) -> None:
        for name in ("purchases", "rules"):
            if not _DIGEST.fullmatch(getattr(self, name)):
                raise InputError(f"the digest of the {name} is 64 hex digits in lower case, got {getattr(self, name)}")
        total, found = 0, 0
        for address, earned in self.tree:
            peak = self.peaks.get(address)
            total += earned if peak is None else peak
            if peak is not None:
                found += 1
                if peak <= earned:
                    raise InputError(f"0x{address.hex()} has a peak of {peak}, no more than her total of {earned}")
        if found != len(self.peaks):
            raise InputError(f"{len(self.peaks) - found} peaks are of customers whom the tree does not have")
        if total > MAX_TOTAL:
            raise InputError(f"all peaks together must be less than 2**128 smallest units, got {total}")
        object.__setattr__(self, "total", total)

    @classmethod
    def following(
        cls,
        totals: Mapping[bytes, int],
        previous: tuple[str, ProofFile] | None = None,
        *,
        purchases: str,
        rules: str,
        progress: Counter | None = None,
    ) -> ProofFile:
        """The next state: ``totals`` now, and the CID and the file of the state that is matured, if there is one.

        A customer of the previous file who has nothing now stays in the tree with zero, so that her debt can be
        proved; one who never had anything is left out.
        """
        peaks: dict[bytes, int] = {}
        now = {address: total for address, total in totals.items() if total}
        if previous is not None:
            for address, peak in previous[1].all_peaks():
                if peak and peak > now.setdefault(address, 0):
                    peaks[address] = peak
        return cls(
            tree=PointsTree.build(now, progress),
            peaks=peaks,
            previous=None if previous is None else Previous(previous[0], previous[1].tree.root),
            purchases=purchases,
            rules=rules,
        )

    def peak_of(self, address: bytes) -> int:
        """The highest total a customer ever had; zero for a stranger."""
        return self.peaks.get(address) or self.tree.total_of(address)

    def all_peaks(self) -> Iterator[tuple[bytes, int]]:
        """Every customer with her peak."""
        for address, total in self.tree:
            yield address, self.peaks.get(address, total)


# --- writing ----------------------------------------------------------------------------------------------------------


def write(file: ProofFile, progress: Counter | None = None) -> Readable:
    """The file's bytes, as a stream."""
    return _Stream(_counted(file, progress) if progress else _pieces(file))


def cid_of(file: ProofFile) -> str:
    """The file's CID; nothing is stored."""
    builder = FileBuilder()
    for piece in _pieces(file):
        builder.write(piece)
    return builder.finish()


def store(file: ProofFile, blobs: BlobStore) -> str:
    """Puts the file into a blob store and returns its CID."""
    return blobs.put(write(file))


def _pieces(file: ProofFile) -> Iterator[bytes]:
    """The file in pieces of some hundred kilobytes."""
    previous = file.previous and {"cid": file.previous.cid, "root": "0x" + file.previous.root.hex()}
    ours = {
        "version": VERSION,
        "total": str(file.total),
        "previous": previous,
        "purchases": file.purchases,
        "rules": file.rules,
    }
    head = {"format": FORMAT, "leafEncoding": LEAF_ENCODING, KEY: ours}
    yield json.dumps(head, separators=(",", ":")).encode()[:-2] + b',"peaks":['
    peaks = (f'["0x{address.hex()}","{file.peaks[address]}"]' for address in sorted(file.peaks))
    yield from _joined(peaks)
    yield b']},"tree":['
    comma = ""
    for row in file.tree.node_rows(_ROWS):
        hexes = row.hex(",", NODE).replace(",", '","0x')
        yield f'{comma}"0x{hexes}"'.encode()
        comma = ","
    yield b'],"values":['
    yield from _joined(
        f'{{"value":["0x{address.hex()}","{total}"],"treeIndex":{place}}}'
        for address, total, place in file.tree.value_rows()
    )
    yield b"]}"


def _counted(file: ProofFile, progress: Counter) -> Iterator[bytes]:
    """The pieces, each one reported as it is taken."""
    items = (2 * len(file.tree) - 1, len(file.tree), len(file.peaks))
    count = 4 + sum(-(-number // _ROWS) for number in items)
    for number, piece in enumerate(_pieces(file), 1):
        progress(number, count)
        yield piece


def _joined(items: Iterator[str]) -> Iterator[bytes]:
    """Items with commas between them, some thousands in a piece."""
    rows: list[str] = []
    begun = False
    for item in items:
        rows.append(item)
        if len(rows) == _ROWS:
            yield ("," * begun + ",".join(rows)).encode()
            rows.clear()
            begun = True
    if rows:
        yield ("," * begun + ",".join(rows)).encode()


class _Stream:
    """Pieces of bytes as something to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def read(self, size: int, /) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)


# --- reading ----------------------------------------------------------------------------------------------------------


def fetch(cid: str, blobs: BlobStore) -> ProofFile:
    """Reads the file with this CID from a blob store, which vouches for its bytes, and checks it throughout."""
    with blobs.get(cid) as stream:
        return read(stream, name=f"the file {cid}")


def read(stream: Readable, *, name: str = "the file of proofs") -> ProofFile:
    """Reads a file and checks all of it: every hash, the total, and that the peaks are higher than the totals.

    Raises :class:`ProofFileError`, with ``name`` in it, for a file that is malformed, cut off or tampered with, or
    that lacks the key ``web3crm``.
    """
    parts = _Parts()
    scanner = _Scanner(stream, name)
    tree = _read(scanner, parts)
    if not parts.ours:
        scanner.fail(f"it has no key {KEY}: it is a tree, but none that was published here")
    try:
        file = ProofFile(
            tree=tree,
            peaks=parts.peaks,
            previous=parts.previous,
            purchases=parts.texts["purchases"],
            rules=parts.texts["rules"],
        )
    except InputError as error:
        scanner.fail(str(error))
    if str(file.total) != parts.texts["total"]:
        scanner.fail(f"it says a total of {parts.texts['total']}, its peaks make {file.total}")
    return file


def read_tree(stream: Readable, *, name: str = "the file of proofs") -> PointsTree:
    """Reads the tree alone, from a file that ``StandardMerkleTree.dump()`` wrote, too."""
    return _read(_Scanner(stream, name), _Parts())


@dataclass
class _Parts:
    """What is found of a file, in whatever order it comes."""

    nodes: bytes = b""
    records: bytes = b""
    places: array[int] = field(default_factory=lambda: array("I"))
    peaks: dict[bytes, int] = field(default_factory=dict)
    previous: Previous | None = None
    texts: dict[str, str] = field(default_factory=dict)
    ours: bool = False


def _read(scanner: _Scanner, parts: _Parts) -> PointsTree:
    seen = []
    for key in scanner.walk():
        seen.append(key)
        match key:
            case "format":
                _expect(scanner, key, FORMAT)
            case "leafEncoding":
                _expect(scanner, key, LEAF_ENCODING)
            case "tree":
                parts.nodes = _read_nodes(scanner)
            case "values":
                parts.records, parts.places = _read_values(scanner)
            case "web3crm":
                _read_ours(scanner, parts)
            case _:
                scanner.fail(f"it has a key {key!r}, which is unknown")
    scanner.end()
    for key in ("format", "leafEncoding", "tree", "values"):
        if key not in seen:
            scanner.fail(f"it has no {key}")
    try:
        return PointsTree.restore(parts.records, parts.nodes, parts.places)
    except ProofFileError as error:
        scanner.fail(str(error))


def _expect(scanner: _Scanner, key: str, expected: object) -> None:
    found = scanner.small()
    if found != expected:
        scanner.fail(f"its {key} is {found!r}, and only {expected!r} is read here")


def _read_nodes(scanner: _Scanner) -> bytes:
    nodes = bytearray()
    for row in scanner.rows('"'):
        for item in row:
            if not (isinstance(item, str) and len(item) == 66 and item.startswith("0x")):
                scanner.fail(f"a node must be 0x and 64 hex digits, got {_short(item)}")
        found = _hex(scanner, "".join([item[2:] for item in row]))
        if len(found) != NODE * len(row):
            scanner.fail("a node must be 0x and 64 hex digits, one has blanks")
        nodes += found
    return bytes(nodes)


def _read_values(scanner: _Scanner) -> tuple[bytes, array[int]]:
    records, places = bytearray(), array("I")
    for row in scanner.rows("}"):
        for item in row:
            place = item.get("treeIndex") if isinstance(item, dict) and len(item) == 2 else None
            if type(place) is not int or not 0 <= place < 2**32:
                scanner.fail(f"a value must have a value and a treeIndex, got {_short(item)}")
            places.append(place)
        records += pack_records(_pair(scanner, item.get("value")) for item in row)
    return bytes(records), places


def _read_ours(scanner: _Scanner, parts: _Parts) -> None:
    parts.ours = True
    for key in scanner.walk():
        match key:
            case "version":
                _expect(scanner, f"{KEY}.version", VERSION)
                parts.texts[key] = str(VERSION)
            case "total" | "purchases" | "rules":
                value = scanner.small()
                if not isinstance(value, str) or not (_NUMBER if key == "total" else _DIGEST).fullmatch(value):
                    scanner.fail(f"its {KEY}.{key} is {_short(value)}")
                parts.texts[key] = value
            case "previous":
                parts.previous = _previous(scanner, scanner.small())
            case "peaks":
                _read_peaks(scanner, parts.peaks)
            case _:
                scanner.fail(f"it has a key {KEY}.{key}, which is unknown")
    for key in ("version", "total", "purchases", "rules"):
        if key not in parts.texts:
            scanner.fail(f"it has no {KEY}.{key}")


def _read_peaks(scanner: _Scanner, peaks: dict[bytes, int]) -> None:
    for row in scanner.rows("]"):
        for item in row:
            address, peak = _pair(scanner, item)
            if address in peaks:
                scanner.fail(f"it has two peaks of 0x{address.hex()}")
            peaks[address] = peak


def _previous(scanner: _Scanner, value: Any) -> Previous | None:
    if value is None:
        return None
    root = value.get("root") if isinstance(value, dict) and len(value) == 2 else None
    if not (isinstance(root, str) and _HASH.fullmatch(root)):
        scanner.fail(f"its {KEY}.previous must be null or a CID and a root, got {_short(value)}")
    try:
        return Previous(value.get("cid"), bytes.fromhex(root[2:]))
    except InputError as error:
        scanner.fail(f"its {KEY}.previous: {error}")


def _pair(scanner: _Scanner, value: Any) -> tuple[bytes, int]:
    """An address and a number, which the other package takes as a number or as text, decimal or hex."""
    if not (isinstance(value, list) and len(value) == 2):
        scanner.fail(f"an address and a number were expected, got {_short(value)}")
    address, number = value
    found = _hex(scanner, address[2:]) if isinstance(address, str) and address.startswith("0x") else b""
    if len(found) != 20 or len(address) != 42:
        scanner.fail(f"an address is 0x and 40 hex digits, got {_short(address)}")
    if isinstance(number, str) and _NUMBER.fullmatch(number):
        number = int(number, 16 if number.startswith("0x") else 10)
    if type(number) is not int or not 0 <= number < 2**256:
        scanner.fail(f"points are a whole number below 2**256, got {_short(number)}")
    return found, number


def _hex(scanner: _Scanner, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        scanner.fail(f"it has something else where hex digits were expected: {_short(text)}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:100] + "…"


_LARGEST = 64 * 1024
"""No single value of a file is as long: what is, is not read on into memory."""


class _Scanner:
    """Walks through JSON text that comes in pieces.

    Objects are walked key by key and long lists in rows of as many items as have arrived: the rows themselves, and all
    small values, are read by :mod:`json`.
    """

    def __init__(self, source: Readable, name: str) -> None:
        self._source = source
        self._name = name
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def fail(self, what: str) -> NoReturn:
        """Raises the error about this file."""
        raise ProofFileError(f"{self._name} cannot be used: {what}") from None

    def walk(self) -> Iterator[str]:
        """The keys of the object that comes next; the caller reads each one's value before it asks for another."""
        self._take("{")
        seen: set[str] = set()
        while True:
            key = self.small()
            if not isinstance(key, str) or key in seen:
                self.fail(f"it has {_short(key)} for a key, or has that twice")
            seen.add(key)
            self._take(":")
            yield key
            if self._next() != ",":
                self._take("}")
                return
            self._take(",")

    def small(self) -> Any:
        """The small value that comes next."""
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._text) - self._at > _LARGEST or not self._more():
                    self.fail(f"it is not JSON, or is cut off ({error})")
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self._at = end
            return value

    def rows(self, close: str) -> Iterator[list[Any]]:
        """The items of the list that comes next, row by row. Every item ends with ``close``."""
        self._take("[")
        if self._next() == "]":
            self._take("]")
            return
        ending = re.compile(re.escape(close) + r"\s*\]")
        while True:
            found = ending.search(self._text, self._at)
            if found is not None:
                yield self._row(found.start() + 1)
                self._at = found.end()
                return
            cut = self._text.rfind(close + ",", self._at)
            if cut != -1:
                yield self._row(cut + 1)
                self._at = cut + 2
            elif len(self._text) - self._at > _LARGEST + CHUNK_SIZE:
                self.fail("an item of a list in it is far too long, or no comma follows it")
            if not self._more():
                self.fail("it ends in the middle of a list: it is cut off")

    def end(self) -> None:
        """Checks that nothing follows."""
        if self._next(optional=True):
            self.fail("something follows its end")

    def _row(self, end: int) -> list[Any]:
        try:
            found: list[Any] = json.loads(f"[{self._text[self._at : end]}]")
        except (ValueError, RecursionError) as error:
            self.fail(f"it is not JSON ({error})")
        return found

    def _next(self, *, optional: bool = False) -> str:
        """The next character that is no blank; it stays where it is."""
        while True:
            rest = self._text[self._at : self._at + 64]
            stripped = rest.lstrip(" \t\r\n")
            self._at += len(rest) - len(stripped)
            if stripped:
                return stripped[0]
            if not rest and not self._more():
                if not optional:
                    self.fail("it ends too early: it is cut off")
                return ""

    def _take(self, character: str) -> None:
        found = self._next()
        if found != character:
            self.fail(f"{character!r} was expected where it has {found!r}")
        self._at += 1

    def _more(self) -> bool:
        data = self._source.read(CHUNK_SIZE)
        if not data.isascii():
            self.fail("it has bytes that such a file never has")
        self._text = self._text[self._at :] + data.decode("ascii")
        self._at = 0
        return bool(data)
