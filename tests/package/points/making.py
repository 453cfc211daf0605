"""Customers, trees and files for the tests of points."""

from __future__ import annotations

from collections.abc import Iterable

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from web3crm.points.proofs import ProofFile, write

PURCHASES, RULES = "ab" * 32, "cd" * 32


def customer(number: int) -> bytes:
    """The address of a customer, spread over all addresses."""
    return keccak(text=f"customer {number}")[12:]


def totals(count: int) -> dict[bytes, int]:
    return {customer(number): (number + 1) * 10**18 + number for number in range(count)}


def proof_file(earned: dict[bytes, int], previous: tuple[str, ProofFile] | None = None) -> ProofFile:
    return ProofFile.following(earned, previous, purchases=PURCHASES, rules=RULES)


def content(file: ProofFile) -> bytes:
    stream = write(file)
    return b"".join(iter(lambda: stream.read(100_000), b""))


class Drops:
    """A stream that hands out a few bytes at a time, as a network does; ``data`` is what it still has."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self._size = data, size

    def read(self, size: int, /) -> bytes:
        given, self.data = self.data[: self._size], self.data[self._size :]
        return given


# --- the plain reference: one step after another, with other people's keccak and abi.encode ---------------------------


def reference_leaf(address: bytes, total: int) -> bytes:
    return keccak(keccak(encode(["address", "uint256"], [to_checksum_address(address), total])))


def reference_pair(a: bytes, b: bytes) -> bytes:
    return keccak(min(a, b) + max(a, b))


def reference_nodes(earned: Iterable[tuple[bytes, int]]) -> list[bytes]:
    leaves = sorted(reference_leaf(address, total) for address, total in earned)
    nodes = [b""] * (len(leaves) - 1) + leaves[::-1]
    for node in range(len(leaves) - 2, -1, -1):
        nodes[node] = reference_pair(nodes[2 * node + 1], nodes[2 * node + 2])
    return nodes
