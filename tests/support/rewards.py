"""A catalog of rewards, wired, and the acts that tests repeat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from eth_utils.crypto import keccak

from tests.support.loyalty import POINT
from web3crm.chain.typed_data import Domain

MEMBERSHIP, FULFILMENT, REFUNDER = 2, 7, 8

REF = keccak(text="where to send it, encrypted")
MOST = 2**32 - 1
"""The most pieces a reward can have."""


class State(IntEnum):
    """``IRewardCatalog.OrderState``."""

    NONE = 0
    OPEN = 1
    FULFILLED = 2
    CANCELLED = 3
    REFUNDED = 4


@dataclass(frozen=True)
class RewardTerms:
    """What a reward is added with."""

    price: int
    stock: int
    limit: int
    from_: int
    until: int
    tier_id: int
    uri: str

    def arguments(self) -> tuple[Any, ...]:
        """As ``addReward`` takes them."""
        return (self.price, self.stock, self.limit, self.from_, self.until, self.tier_id, self.uri)


MUG = RewardTerms(10 * POINT, 5, 2, 0, 0, 0, "ipfs://mug")
"""Goods; two for each customer."""
CLUB = RewardTerms(20 * POINT, 5, 2, 0, 0, 1, "ipfs://club")
"""A card of the first tier."""


def deploy_catalog(
    deployer: Any, brand: Any, issuer: Any, authority: Any, points: Any, cards: Any, distributor: Any
) -> Any:
    """Deploys the catalog and wires it: it refunds points and grants cards; ``issuer`` keeps it and hands the goods out."""
    from brownie import RewardCatalog

    catalog = deployer.deploy(RewardCatalog, authority, points, cards, distributor)
    kept = [catalog.addReward.signature, catalog.restock.signature, catalog.closeReward.signature]
    handed_out = [catalog.fulfil.signature, catalog.refund.signature]
    for target, role, selectors in (
        (catalog, MEMBERSHIP, kept),
        (catalog, FULFILMENT, handed_out),
        (cards, MEMBERSHIP, [cards.grantCard.signature, cards.defineTier.signature]),
        (points, REFUNDER, [points.refund.signature]),
    ):
        authority.setTargetFunctionRole(target, selectors, role, {"from": brand})
    for role, holder in ((MEMBERSHIP, issuer), (MEMBERSHIP, catalog), (FULFILMENT, issuer), (REFUNDER, catalog)):
        authority.grantRole(role, holder, 0, {"from": brand})
    return catalog


def add(catalog: Any, terms: RewardTerms, *, sender: Any) -> int:
    """Adds a reward; returns its number."""
    return int(catalog.addReward(*terms.arguments(), {"from": sender}).events["RewardAdded"]["rewardId"])


def redeem(catalog: Any, reward_id: int, customer: Any) -> int:
    """Redeems a reward; returns the order's number."""
    return int(catalog.redeem(reward_id, REF, {"from": customer}).events["RewardRedeemed"]["orderId"])


def state_of(catalog: Any, order_id: int) -> State:
    return State(catalog.order(order_id)[2])


def stock_of(catalog: Any, reward_id: int) -> int:
    return int(catalog.reward(reward_id)[1])


def domain_of(catalog: Any) -> Domain:
    """Where a signature for the catalog is good."""
    from brownie import web3

    return Domain("RewardCatalog", web3.eth.chain_id, catalog.address)
