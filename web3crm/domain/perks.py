"""Perks as ``PerkDesk`` tells them: one word for what a card has left, one for a redemption's number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web3crm.errors import InputError

__all__ = ["NOTHING_LEFT", "RedemptionNumber", "perks_left", "perks_text", "perks_word"]

WORD = 32
NOTHING_LEFT = bytes(WORD)
"""No uses of any perk; in an order: nothing is pinned."""


def perks_left(word: bytes) -> dict[int, int]:
    """What a card has left, perk by perk; those with nothing left are not in it."""
    if len(word) != WORD:
        raise InputError(f"what is left of a card's perks is {WORD} bytes, got {len(word)}")
    return {perk_id: count for perk_id, count in enumerate(reversed(word)) if count}


def perks_word(left: Mapping[int, int]) -> bytes:
    """The word for ``left``, uses by perk: perk 0 is the lowest byte."""
    word = bytearray(WORD)
    for perk_id, count in left.items():
        if not (0 <= perk_id < WORD and 0 <= count <= 255):
            raise InputError(f"a tier has perks 0 to {WORD - 1} with up to 255 uses, got {count} of perk {perk_id}")
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
        if len(number) != WORD:
            raise InputError(f"a redemption's number is {WORD} bytes, got {len(number)}")
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
