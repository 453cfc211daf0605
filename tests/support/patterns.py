"""Deterministic bytes of any length, the same on every machine and in every language."""

from __future__ import annotations

import io
from hashlib import sha256

__all__ = ["PatternStream", "pattern"]

_BLOCK = b"".join(sha256(number.to_bytes(4, "big")).digest() for number in range(2048))
"""65,536 bytes: SHA-256 of the numbers 0 to 2047 as four bytes, big-endian, one after another."""


def pattern(size: int) -> bytes:
    """The first ``size`` bytes of: number (eight bytes, big-endian, from 0), block, next number, block, and so on."""
    return PatternStream(size).read()


class PatternStream(io.RawIOBase):
    """:func:`pattern` as a stream, for sizes that one does not want in memory."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._number = 0
        self._buffer = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target) -> int:  # type: ignore[no-untyped-def]
        if not self._buffer:
            self._buffer = self._number.to_bytes(8, "big") + _BLOCK
            self._number += 1
        count = min(len(target), len(self._buffer), self._left)
        target[:count] = self._buffer[:count]
        self._buffer = self._buffer[count:]
        self._left -= count
        return count
