"""The market, a collection with one tier at 5 % royalty, and orders for Alice's card."""

from __future__ import annotations

import pytest
from brownie import (
    CardMarket,
    MockCardCollection,
    MockCrookedCollection,
    MockPerkTerms,
    MockSaleCurrency,
    MockSchemer,
    chain,
)

from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import CARD, NEVER, PERKS, PRICE, TIER, Trading


@pytest.fixture(scope="module")
def market(deployer):
    return deployer.deploy(CardMarket)


@pytest.fixture(scope="module")
def collection(deployer, market, alice):
    """Alice holds the card; she and Bob let the market move theirs."""
    return stocked(deployer.deploy(MockCardCollection), deployer, market, alice)


@pytest.fixture(scope="module")
def crooked(deployer, market, alice):
    """The same on a collection that answers what a test wants; royalty and terms are unanswered until it says."""
    return stocked(deployer.deploy(MockCrookedCollection), deployer, market, alice)


@pytest.fixture(scope="module")
def currency(deployer, market, bob):
    """Bob has ten times the price and lets the market spend it."""
    currency = deployer.deploy(MockSaleCurrency)
    currency.mint(bob, 10 * PRICE, {"from": deployer})
    currency.approve(market, 10 * PRICE, {"from": bob})
    return currency


@pytest.fixture(scope="module")
def schemer(deployer, alice):
    """A contract that signs with Alice's key (ERC-1271) and takes money as a test wants it to."""
    return deployer.deploy(MockSchemer, alice)


@pytest.fixture(scope="module")
def perk_desk(deployer):
    """A desk that says that the card has these perks left, and of nothing else."""
    desk = deployer.deploy(MockPerkTerms)
    desk.know(CARD, PERKS, {"from": deployer})
    return desk


@pytest.fixture(scope="module")
def trading(market, collection, alice):
    return Trading(market, collection, alice, chain.id)


@pytest.fixture(scope="module")
def order(trading):
    """Alice sells her card to anyone, in native coin."""
    return trading.order()


@pytest.fixture(scope="module")
def signature(order, alice):
    return signed_by(alice, order)


def stocked(collection, deployer, market, alice):
    collection.setTier(TIER, 500, False, {"from": deployer})
    collection.mint(alice, CARD, TIER, 0, NEVER, {"from": deployer})
    collection.setApprovalForAll(market, True, {"from": alice})
    return collection
