"""Keccak-256, as fast as one call from Python can be.

A tree of a million customers takes three million hashes, so the call is what costs. ``safe-pysha3`` does one in about
half a microsecond; it has wheels for Linux only. Elsewhere ``pycryptodome``, which web3 requires, does the same about
six times as slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

__all__ = ["Digest", "keccak_256", "portable_keccak_256"]


class Digest(Protocol):
    """A finished hash."""

    def digest(self) -> bytes:
        """Its 32 bytes."""


def portable_keccak_256(data: bytes, /) -> Digest:
    """Keccak-256 by ``pycryptodome``."""
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=data)


def _fastest() -> Callable[[bytes], Digest]:
    try:
        from sha3 import keccak_256 as found
    except ImportError:
        return portable_keccak_256
    fastest: Callable[[bytes], Digest] = found
    return fastest


keccak_256 = _fastest()
"""``keccak_256(data).digest()``; loops call it as it is, since one more Python call would cost as much as the hash."""
