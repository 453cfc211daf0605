"""Perks as pure values: what a tier gives, and how ``PerkDesk`` tells it.

One word says what a card has left, another is a redemption's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from web3crm.domain.amounts import NATIVE
from web3crm.errors import InputError

__all__ = [
    "NOTHING_LEFT",
    "PERKS_OF_A_TIER",
    "PerkKind",
    "PerkParams",
    "RedemptionNumber",
    "perks_left",
    "perks_text",
    "perks_word",
]

PERKS_OF_A_TIER = 32
"""As many perks as a tier can have: what a card has left of them is one word, a byte each."""
NOTHING_LEFT = bytes(PERKS_OF_A_TIER)
"""No uses of any perk; in an order: nothing is pinned."""


class PerkKind(IntEnum):
    """What a perk is. The goods of a physical one are handed out, and the brand confirms that."""

    SERVICE = 0
    DIGITAL = 1
    PHYSICAL = 2


@dataclass(frozen=True, kw_only=True)
class PerkParams:
    """A perk as a parameter file defines it.

    A card gives it ``count`` times in each ``window`` of seconds since its term began; 0 is the tier's own period, and
    the whole life of a card that never expires. ``receiver`` is a contract that is told of each use, if any.
    """

    name: str
    count: int
    window: int
    kind: PerkKind
    uri: str
    receiver: str = NATIVE


def perks_left(word: bytes) -> dict[int, int]:
    """What a card has left, perk by perk; those with nothing left are not in it."""
    if len(word) != PERKS_OF_A_TIER:
        raise InputError(f"what is left of a card's perks is {PERKS_OF_A_TIER} bytes, got {len(word)}")
    return {perk_id: count for perk_id, count in enumerate(reversed(word)) if count}


def perks_word(left: Mapping[int, int]) -> bytes:
    """The word for ``left``, uses by perk: perk 0 is the lowest byte."""
    word = bytearray(PERKS_OF_A_TIER)
    for perk_id, count in left.items():
        if not (0 <= perk_id < PERKS_OF_A_TIER and 0 <= count <= 255):
            raise InputError(
                f"a tier has perks 0 to {PERKS_OF_A_TIER - 1} with up to 255 uses, got {count} of perk {perk_id}"
            )
        word[-1 - perk_id] = count
    return bytes(word)


def perks_text(word: bytes) -> str:
    """What a card has left as a person reads it."""
    found = ", ".join(f"{count} of perk {perk_id}" for perk_id, count in perks_left(word).items())
    return found or "none"


@dataclass(frozen=True, kw_only=True)
class RedemptionNumber:
    """What a redemption's number says; ``serial`` counts from 1 for each perk of each card."""

    card_id: int
    tier_id: int
    perk_id: int
    serial: int

    @classmethod
    def read(cls, number: bytes) -> RedemptionNumber:
        """Takes a number apart."""
        if len(number) != PERKS_OF_A_TIER:
            raise InputError(f"a redemption's number is {PERKS_OF_A_TIER} bytes, got {len(number)}")
        value = int.from_bytes(number, "big")
        return cls(
            card_id=value >> 88, tier_id=value >> 72 & 0xFFFF, perk_id=value >> 64 & 0xFF, serial=value & (1 << 64) - 1
        )

    def __bytes__(self) -> bytes:
        """The number as the contract takes it."""
        parts = ((self.card_id, 21), (self.tier_id, 2), (self.perk_id, 1), (self.serial, 8))
        try:
            return b"".join(value.to_bytes(size, "big") for value, size in parts)
        except OverflowError:
            raise InputError(f"there is no redemption of that number: {self}") from None
