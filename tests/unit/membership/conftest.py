"""A brand's collection of cards, its points and a stablecoin it takes."""

from __future__ import annotations

import pytest
from brownie import MembershipCard, MockAuthority, MockPoints, MockReceiver, MockStablecoin

from tests.support.cards import EDITOR, MEMBERSHIP, TIERS, TREASURER, define

RESTRICTED = {
    MEMBERSHIP: ("defineTier", "setTierPrice", "setUpgradePrice", "setTierOnSale", "grantCard"),
    TREASURER: ("withdraw",),
    EDITOR: ("setTierURI", "setContractURI"),
}


@pytest.fixture(scope="module")
def authority(module_isolation, brand):
    return brand.deploy(MockAuthority, brand)


@pytest.fixture(scope="module")
def points(module_isolation, deployer):
    return deployer.deploy(MockPoints)


@pytest.fixture(scope="module")
def coin(module_isolation, deployer):
    """Another ERC-20 that the brand takes for every tier on sale."""
    return deployer.deploy(MockStablecoin)


@pytest.fixture(scope="module")
def receiver(module_isolation, deployer):
    """A contract that may hold cards."""
    return deployer.deploy(MockReceiver)


@pytest.fixture(scope="module")
def empty_cards(deployer, brand, issuer, authority, points):
    """A collection before its first tier; the issuer holds every role."""
    cards = deployer.deploy(MembershipCard, "Coffee club", "CLUB", "ipfs://club", authority, points)
    for role, functions in RESTRICTED.items():
        selectors = [cards.signatures[name] for name in functions]
        authority.setTargetFunctionRole(cards, selectors, role, {"from": brand})
        authority.grantRole(role, issuer, 0, {"from": brand})
    return cards


@pytest.fixture(scope="module")
def cards(empty_cards, issuer, coin):
    """The collection with its tiers, on sale in native coin, points and the stablecoin."""
    for tier in TIERS:
        define(empty_cards, tier, sender=issuer)
        empty_cards.setTierPrice(tier.tier_id, coin, tier.coin_price, {"from": issuer})
    return empty_cards


@pytest.fixture
def purse(cards, points, coin, alice):
    """Alice's points and stablecoins, which she lets the collection take."""
    for token in (points, coin):
        token.mint(alice, 10**24, {"from": alice})
        token.approve(cards, 2**256 - 1, {"from": alice})
