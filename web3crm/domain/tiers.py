"""Tiers and cards as pure values, with the rules that ``MembershipCard`` keeps."""

from __future__ import annotations

from dataclasses import dataclass

from web3crm.domain.amounts import Price
from web3crm.domain.perks import PerkParams
from web3crm.errors import InputError

__all__ = ["Card", "Tier", "TierParams", "Upgrade", "royalty"]

BPS = 10_000


@dataclass(frozen=True, kw_only=True)
class TierParams:
    """A tier as a parameter file defines it. ``period`` in seconds, 0 = a card of it never expires."""

    name: str
    period: int
    max_supply: int
    royalty_bps: int
    transferable: bool
    on_sale: bool
    uri: str
    native_price: int = 0
    points_price: int = 0
    other_prices: tuple[Price, ...] = ()
    perks: tuple[PerkParams, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """The price of changing a card of tier ``source`` into one of ``target`` (tiers by name)."""

    source: str
    target: str
    native_price: int = 0
    points_price: int = 0
    other_prices: tuple[Price, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A tier as the contract holds it (``MembershipCard.tier``)."""

    tier_id: int
    native_price: int
    period: int
    max_supply: int
    supply: int
    royalty_bps: int
    transferable: bool
    on_sale: bool
    uri: str

    @property
    def left(self) -> int:
        """How many cards of the tier can still be made."""
        return self.max_supply - self.supply


@dataclass(frozen=True, kw_only=True)
class Card:
    """A card as the contract holds it (``MembershipCard.cardOf``); ``expires_at`` 0 = never."""

    card_id: int
    owner: str
    tier_id: int
    starts_at: int
    expires_at: int

    def is_active(self, at: int) -> bool:
        """Whether the card is good at time ``at`` (seconds): from its start until just before its expiry."""
        return self.starts_at <= at and (self.expires_at == 0 or at < self.expires_at)


def royalty(price: int, royalty_bps: int) -> int:
    """The royalty of a sale, rounded down to the smallest unit (ERC-2981)."""
    if not 0 <= royalty_bps <= BPS:
        raise InputError(f"a royalty is from 0 to {BPS} basis points, got {royalty_bps}")
    return price * royalty_bps // BPS
