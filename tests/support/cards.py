"""A collection of cards with one tier of each kind, and the acts that tests repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brownie import chain, web3

from web3crm.chain.typed_data import Domain
from web3crm.domain import NATIVE

NOBODY = NATIVE
NEVER = 2**40 - 1
DAY = 86_400
FAR = 2**40
"""A deadline no test reaches."""

# Roles, as the architecture page numbers them.
MEMBERSHIP, TREASURER, EDITOR = 2, 3, 6


@dataclass(frozen=True)
class TierTerms:
    """What a tier is defined with; prices are those of one period."""

    tier_id: int
    period: int
    max_supply: int
    royalty_bps: int
    transferable: bool
    on_sale: bool
    native_price: int
    points_price: int
    coin_price: int
    uri: str


SILVER = TierTerms(1, 30 * DAY, 1_000, 500, True, True, 10**16, 100 * 10**18, 25 * 10**6, "ipfs://silver")
GOLD = TierTerms(2, 365 * DAY, 2, 1_000, True, True, 10**17, 1_000 * 10**18, 250 * 10**6, "ipfs://gold")
STAFF = TierTerms(3, 90 * DAY, 10, 0, False, True, 10**15, 10 * 10**18, 5 * 10**6, "ipfs://staff")
FOUNDER = TierTerms(4, 0, 3, 10_000, True, True, 10**18, 5_000 * 10**18, 900 * 10**6, "ipfs://founder")
CLOSED = TierTerms(5, 30 * DAY, 5, 250, True, False, 10**16, 0, 0, "ipfs://closed")
TIERS = (SILVER, GOLD, STAFF, FOUNDER, CLOSED)
UNKNOWN_TIER = len(TIERS) + 1

UPGRADE_PRICE = 3 * 10**16


def define(cards: Any, tier: TierTerms, *, sender: Any) -> None:
    """Defines ``tier`` and sets its prices in points; the coin's is set by whoever has the coin."""
    cards.defineTier(
        tier.period,
        tier.max_supply,
        tier.royalty_bps,
        tier.transferable,
        tier.on_sale,
        tier.native_price,
        tier.uri,
        {"from": sender},
    )
    cards.setTierPrice(tier.tier_id, cards.points(), tier.points_price, {"from": sender})


def buy(cards: Any, tier: TierTerms, buyer: Any) -> int:
    """Buys a card in native coin; returns its number."""
    tx = cards.buy(tier.tier_id, buyer, NATIVE, tier.native_price, {"from": buyer, "value": tier.native_price})
    return int(tx.events["CardBought"]["cardId"])


def expire(cards: Any, card_id: int) -> None:
    """Moves the clock past the end of the card's term."""
    chain.sleep(cards.expiresAt(card_id) - now() + DAY)
    chain.mine()


def domain_of(cards: Any) -> Domain:
    """The EIP-712 domain of a collection on the test chain."""
    return Domain("MembershipCard", web3.eth.chain_id, cards.address)


def now() -> int:
    """The time of the latest block."""
    return int(chain[-1].timestamp)
