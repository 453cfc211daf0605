"""Trees of what customers have earned, in OpenZeppelin's standard form for ``["address", "uint256"]``."""

from __future__ import annotations

from collections.abc import Iterable

from eth_utils.crypto import keccak


def leaf_of(customer: object, total: int) -> bytes:
    return keccak(keccak(bytes(12) + bytes.fromhex(str(customer)[2:]) + total.to_bytes(32, "big")))


class Tree:
    """The tree over pairs of a customer and all she has earned; a customer may come twice."""

    def __init__(self, pairs: Iterable[tuple[object, int]]) -> None:
        leaves = sorted(leaf_of(customer, total) for customer, total in pairs)
        # A heap: the children of node i are 2 i + 1 and 2 i + 2, and the leaves come last.
        self.nodes = [b""] * (len(leaves) - 1) + leaves[::-1]
        for index in reversed(range(len(leaves) - 1)):
            self.nodes[index] = keccak(b"".join(sorted(self.nodes[2 * index + 1 : 2 * index + 3])))
        self.root = self.nodes[0]
        self._index = {node: index for index, node in enumerate(self.nodes)}

    def proof(self, customer: object, total: int) -> list[bytes]:
        """The siblings from the leaf up."""
        index, siblings = self._index[leaf_of(customer, total)], []
        while index:
            siblings.append(self.nodes[index + 1 if index % 2 else index - 1])
            index = (index - 1) // 2
        return siblings

    def claim(self, customer: object, total: int) -> tuple[object, int, list[bytes]]:
        """What ``claim`` and ``standingOf`` take."""
        return customer, total, self.proof(customer, total)
