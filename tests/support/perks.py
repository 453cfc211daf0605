"""The perks of some tiers, and the acts with them that tests repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brownie import web3

from tests.support.cards import DAY, FOUNDER, GOLD, NATIVE, SILVER, TierTerms
from web3crm.chain.typed_data import Domain
from web3crm.domain import RedemptionNumber

# Roles, as the architecture page numbers them.
FULFILMENT, TIERS_ROLE = 7, 9
SERVICE, DIGITAL, PHYSICAL = range(3)
# The places of the members of IPerkDesk.State.
NONE, OPEN, DONE, CANCELLED = range(4)
REF = b"\x07" * 32


@dataclass(frozen=True)
class PerkTerms:
    """What a perk is defined with; ``window`` 0 stands for the tier's period."""

    tier: TierTerms
    perk_id: int
    count: int
    window: int
    kind: int
    uri: str


COFFEE = PerkTerms(SILVER, 0, 3, 7 * DAY, SERVICE, "ipfs://coffee")
CODE = PerkTerms(SILVER, 1, 1, 0, DIGITAL, "ipfs://code")
MUG = PerkTerms(SILVER, 2, 2, 0, PHYSICAL, "ipfs://mug")
LOUNGE = PerkTerms(GOLD, 0, 255, DAY, SERVICE, "ipfs://lounge")
BOOK = PerkTerms(GOLD, 1, 1, 0, PHYSICAL, "ipfs://book")
STATUE = PerkTerms(FOUNDER, 0, 1, 0, PHYSICAL, "ipfs://statue")
PERKS = (COFFEE, CODE, MUG, LOUNGE, BOOK, STATUE)
ALL_OF_SILVER = {COFFEE.perk_id: COFFEE.count, CODE.perk_id: CODE.count, MUG.perk_id: MUG.count}


def define_perk(desk: Any, perk: PerkTerms, *, sender: Any, receiver: Any = NATIVE) -> int:
    """Defines ``perk`` and returns its number, which is the next of its tier."""
    tx = desk.definePerk(perk.tier.tier_id, perk.count, perk.window, perk.kind, receiver, perk.uri, {"from": sender})
    return int(tx.events["PerkDefined"]["perkId"])


def redeem(desk: Any, card_id: int, perk: PerkTerms, holder: Any) -> bytes:
    """Uses a perk once; returns the redemption's number."""
    return bytes(desk.redeemPerk(card_id, perk.perk_id, REF, {"from": holder}).return_value)


def number_of(card_id: int, perk: PerkTerms, serial: int) -> bytes:
    """The number of the perk's use ``serial``, counted from 1, by a card."""
    return bytes(RedemptionNumber(card_id=card_id, tier_id=perk.tier.tier_id, perk_id=perk.perk_id, serial=serial))


def domain_of_desk(desk: Any) -> Domain:
    """The EIP-712 domain of a desk on the test chain."""
    return Domain("PerkDesk", web3.eth.chain_id, desk.address)
