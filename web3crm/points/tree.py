"""The tree that claims are proved against, laid out as OpenZeppelin's ``StandardMerkleTree`` lays it out.

A leaf is ``keccak256(keccak256(abi.encode(address, uint256)))``. All nodes stand in one array: the root first, the
children of node ``i`` at ``2i + 1`` and ``2i + 2``, the leaves at its end in descending order. A parent hashes its two
children, the lesser first.

A tree of N customers is kept in ``120 N`` bytes: 52 a customer, 64 for her two nodes, 4 for her leaf's place.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from eth_utils.address import is_checksum_address, is_hex_address, to_checksum_address

from web3crm.domain import MAX_UINT256
from web3crm.errors import InputError, PointsError, ProofFileError
from web3crm.points.hashing import keccak_256
from web3crm.progress import Counter

__all__ = ["Claim", "PointsTree", "address_bytes", "leaf_hash", "verify_proof"]

NODE = 32
"""Bytes of a node."""
RECORD = 52
"""Bytes of a customer: 20 of her address, 32 of her total."""
MAX_CUSTOMERS = 2**31
_STEP = 1 << 14
_PAD = bytes(12)


@dataclass(frozen=True)
class Claim:
    """What a customer shows to be paid: her address, the total she ever earned, and the proof of both."""

    customer: str
    total: int
    proof: tuple[bytes, ...]


def address_bytes(text: str) -> bytes:
    """The 20 bytes of an address: checksummed, or written in one case."""
    one_case = text[2:] in (text[2:].lower(), text[2:].upper())
    if not (text.startswith("0x") and is_hex_address(text) and (one_case or is_checksum_address(text))):
        raise InputError(f"an address is 0x and 40 hex digits with the right checksum, got {text!r}")
    return bytes.fromhex(text[2:])


def leaf_hash(address: bytes, total: int) -> bytes:
    """The leaf of a customer."""
    return keccak_256(keccak_256(_PAD + _record(address, total)).digest()).digest()


def verify_proof(root: bytes, claim: Claim) -> bool:
    """Whether ``claim`` belongs to the tree with this root."""
    node = leaf_hash(address_bytes(claim.customer), claim.total)
    for other in claim.proof:
        node = keccak_256(node + other if node < other else other + node).digest()
    return node == root


class PointsTree:
    """A finished tree. Make one with :meth:`build`, or :meth:`restore` one that was written down."""

    def __init__(self, records: bytes, nodes: bytes, places: array[int]) -> None:
        self._records = records
        self._nodes = nodes
        self._places = places

    @classmethod
    def build(cls, totals: Mapping[bytes, int], progress: Counter | None = None) -> PointsTree:
        """The tree of ``totals``: a customer's 20 bytes to all she ever earned. Their order does not matter.

        Raises :class:`InputError` when there are none, or for an address or a total that is none.
        """
        if not totals:
            raise InputError("a tree needs at least one customer")
        records = b"".join(_record(address, totals[address]) for address in sorted(totals))
        return cls._of(records, progress)

    @classmethod
    def _of(cls, records: bytes, progress: Counter | None) -> PointsTree:
        count = len(records) // RECORD
        if count > MAX_CUSTOMERS:
            raise InputError(f"a tree has at most {MAX_CUSTOMERS} customers, got {count}")
        watch = progress or _nobody
        leaves: list[bytes] = []
        for start in range(0, count, _STEP):
            leaves += _leaves(records, start, min(start + _STEP, count))
            watch(len(leaves), 2 * count)
        order = sorted(range(count), key=leaves.__getitem__, reverse=True)
        places = array("I", bytes(4 * count))
        for place, index in enumerate(order, count - 1):
            places[index] = place
        nodes = bytearray(NODE * (count - 1))
        nodes += b"".join(map(leaves.__getitem__, order))
        del leaves, order
        for last in range(count - 2, -1, -_STEP):
            first = max(last - _STEP + 1, 0)
            for node in range(NODE * last, NODE * first - 1, -NODE):
                left = 2 * node + NODE
                a, b = bytes(nodes[left : left + NODE]), bytes(nodes[left + NODE : left + 2 * NODE])
                nodes[node : node + NODE] = keccak_256(a + b if a < b else b + a).digest()
            watch(2 * count - first, 2 * count)
        watch(2 * count, 2 * count)
        return cls(records, bytes(nodes), places)

    @classmethod
    def restore(cls, records: bytes, nodes: bytes, places: array[int]) -> PointsTree:
        """The tree of what a file holds, every hash worked out again.

        Raises :class:`ProofFileError` when anything does not fit: what passes proves exactly what it says.
        """
        count = len(records) // RECORD
        if not count or len(places) != count or len(records) != RECORD * count:
            raise ProofFileError("the file has no customers")
        if len(nodes) != NODE * (2 * count - 1):
            raise ProofFileError(f"{count} customers take {2 * count - 1} nodes, the file has {len(nodes) // NODE}")
        taken = bytearray(count)
        for start in range(0, count, _STEP):
            found = _leaves(records, start, min(start + _STEP, count))
            for index, leaf in enumerate(found, start):
                place = places[index]
                if not count - 1 <= place < 2 * count - 1 or taken[place - count + 1]:
                    raise ProofFileError(f"value {index} claims place {place}, which is no leaf or is taken")
                taken[place - count + 1] = 1
                if nodes[NODE * place : NODE * (place + 1)] != leaf:
                    raise ProofFileError(f"value {index} is not what the leaf at place {place} was made from")
        for number in range(count - 1):
            left = NODE * (2 * number + 1)
            a, b = nodes[left : left + NODE], nodes[left + NODE : left + 2 * NODE]
            if nodes[NODE * number : NODE * (number + 1)] != keccak_256(a + b if a < b else b + a).digest():
                raise ProofFileError(f"node {number} is not the hash of its children")
        if len({records[at : at + 20] for at in range(0, len(records), RECORD)}) != count:
            raise ProofFileError("a customer is there twice")
        return cls(records, nodes, places)

    @property
    def root(self) -> bytes:
        """The root, which is published."""
        return self._nodes[:NODE]

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, address: bytes) -> bool:
        return self._find(address) is not None

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        """Each customer's address and total, in the order of the file."""
        records = self._records
        for at in range(0, len(records), RECORD):
            yield records[at : at + 20], int.from_bytes(records[at + 20 : at + RECORD], "big")

    def total_of(self, address: bytes) -> int:
        """What a customer ever earned; zero if the tree does not have her."""
        index = self._find(address)
        if index is None:
            return 0
        return int.from_bytes(self._records[RECORD * index + 20 : RECORD * (index + 1)], "big")

    def totals(self) -> dict[bytes, int]:
        """All customers with their totals."""
        return dict(self)

    def claim(self, address: bytes) -> Claim:
        """What a customer shows to be paid. Raises :class:`PointsError` when the tree does not have her."""
        index = self._find(address)
        customer = to_checksum_address(address)
        if index is None:
            raise PointsError(f"{customer} has no points in the tree 0x{self.root.hex()}")
        place, proof = self._places[index], []
        while place:
            sibling = place + 1 if place % 2 else place - 1
            proof.append(self._nodes[NODE * sibling : NODE * (sibling + 1)])
            place = (place - 1) // 2
        return Claim(customer, self.total_of(address), tuple(proof))

    def proofs(self) -> Iterator[tuple[bytes, int, tuple[bytes, ...]]]:
        """Streams every customer's address, total and proof, from leaf to leaf as they stand in the tree.

        Neighbours share all of their way but its beginning, so this costs about two steps a customer however large the
        tree is, and no memory.
        """
        nodes, records, count = self._nodes, self._records, len(self)
        at_place = array("I", bytes(4 * count))
        for index, place in enumerate(self._places):
            at_place[place - count + 1] = index
        waiting: list[tuple[int, tuple[bytes, ...]]] = [(0, ())]
        while waiting:
            node, above = waiting.pop()
            if node >= count - 1:
                at = RECORD * at_place[node - count + 1]
                yield records[at : at + 20], int.from_bytes(records[at + 20 : at + RECORD], "big"), above
                continue
            left = 2 * node + 1
            middle = NODE * (left + 1)
            waiting.append((left + 1, (nodes[middle - NODE : middle], *above)))
            waiting.append((left, (nodes[middle : middle + NODE], *above)))

    def claims(self) -> Iterator[Claim]:
        """Streams every customer's claim, as :meth:`proofs` does."""
        for address, total, proof in self.proofs():
            yield Claim(to_checksum_address(address), total, proof)

    # --- as they are written down -------------------------------------------------------------------------------------

    def node_rows(self, step: int = 1_024) -> Iterator[bytes]:
        """The nodes, ``step`` of them at a time."""
        for at in range(0, len(self._nodes), NODE * step):
            yield self._nodes[at : at + NODE * step]

    def value_rows(self) -> Iterator[tuple[bytes, int, int]]:
        """Each customer's address, total and place in the array of nodes."""
        for (address, total), place in zip(self, self._places, strict=True):
            yield address, total, place

    def _find(self, address: bytes) -> int | None:
        at = self._records.find(address)
        while at != -1 and at % RECORD:
            at = self._records.find(address, at + 1)
        return None if at == -1 or len(address) != 20 else at // RECORD


def pack_records(rows: Iterable[tuple[bytes, int]]) -> bytes:
    """Addresses and totals as a tree keeps them."""
    return b"".join(_record(address, total) for address, total in rows)


def _record(address: bytes, total: int) -> bytes:
    if len(address) != 20:
        raise InputError(f"an address has 20 bytes, got {len(address)}")
    if not 0 <= total <= MAX_UINT256:
        raise InputError(f"a total is from 0 to 2**256 - 1 smallest units, got {total}")
    return address + total.to_bytes(32, "big")


def _leaves(records: bytes, start: int, end: int) -> list[bytes]:
    return [
        keccak_256(keccak_256(_PAD + records[at : at + RECORD]).digest()).digest()
        for at in range(RECORD * start, RECORD * end, RECORD)
    ]


def _nobody(done: int, of: int) -> None:
    """Watches nothing."""
