"""Perks as pure values: what a card of a tier gives its holder, so and so often in a window of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from web3crm.domain.amounts import NATIVE
from web3crm.errors import InputError

__all__ = ["PERKS_OF_A_TIER", "PerkKind", "PerkParams", "pack_perks", "unpack_perks"]

PERKS_OF_A_TIER = 32
"""As many perks as a tier can have: what is left of them fits one word, a byte each."""


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


def unpack_perks(word: bytes) -> tuple[int, ...]:
    """How often each perk may still be used, by its number, from the word in which ``PerkDesk`` says it."""
    if len(word) != PERKS_OF_A_TIER:
        raise InputError(f"perks are {PERKS_OF_A_TIER} bytes, got {len(word)}")
    return tuple(reversed(word))


def pack_perks(left: tuple[int, ...]) -> bytes:
    """The word that an order pins: perk 0 in the lowest byte."""
    if len(left) > PERKS_OF_A_TIER or not all(0 <= count <= 255 for count in left):
        raise InputError(f"perks left are at most {PERKS_OF_A_TIER} numbers from 0 to 255, got {left}")
    return bytes(reversed((*left, *(0,) * (PERKS_OF_A_TIER - len(left)))))
