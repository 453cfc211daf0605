"""Rewards as pure values: what points can be redeemed for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["OrderState", "RewardParams"]


class OrderState(IntEnum):
    """Where the order that a redemption opens stands, as ``RewardCatalog`` counts it."""

    NONE = 0
    OPEN = 1
    FULFILLED = 2
    CANCELLED = 3
    REFUNDED = 4


@dataclass(frozen=True, kw_only=True)
class RewardParams:
    """A reward as a parameter file defines it.

    ``price`` in the points' smallest units; at most ``stock`` in all and ``limit`` to one customer (0: no limit);
    offered from ``starts_at`` to ``ends_at`` (seconds since 1970; 0: no such end). ``tier`` names the tier of the card
    it grants, or is empty.
    """

    name: str
    price: int
    stock: int
    uri: str
    limit: int = 0
    starts_at: int = 0
    ends_at: int = 0
    tier: str = ""
