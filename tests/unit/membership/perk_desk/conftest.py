"""A desk for the collection's cards, with perks in three of its tiers."""

from __future__ import annotations

import pytest
from brownie import CardMarket, MockBatcher, MockPerkReceiver, PerkDesk

from tests.support.cards import FOUNDER, GOLD, SILVER, buy
from tests.support.perks import FULFILMENT, PERKS, TIERS_ROLE, define_perk
from web3crm.domain import perks_left

RESTRICTED = {
    TIERS_ROLE: ("definePerk", "retirePerk"),
    FULFILMENT: ("confirmDelivery", "declineRedemptions"),
}


@pytest.fixture(scope="module")
def deploy_desk(deployer, brand, issuer, authority, cards):
    """Deploys a desk on which the issuer holds every role."""

    def deploy():
        desk = deployer.deploy(PerkDesk, authority, cards)
        for role, functions in RESTRICTED.items():
            authority.setTargetFunctionRole(desk, [desk.signatures[name] for name in functions], role, {"from": brand})
            authority.grantRole(role, issuer, 0, {"from": brand})
        return desk

    return deploy


@pytest.fixture(scope="module")
def empty_desk(deploy_desk):
    """A desk before its first perk."""
    return deploy_desk()


@pytest.fixture(scope="module")
def desk(deploy_desk, issuer):
    """A desk with all its perks."""
    desk = deploy_desk()
    for perk in PERKS:
        assert define_perk(desk, perk, sender=issuer) == perk.perk_id
    return desk


@pytest.fixture(scope="module")
def perk_receiver(deployer):
    return deployer.deploy(MockPerkReceiver)


@pytest.fixture(scope="module")
def batcher(deployer):
    """A contract that holds cards and does many things at once."""
    return deployer.deploy(MockBatcher)


@pytest.fixture(scope="module")
def market(deployer):
    return deployer.deploy(CardMarket)


@pytest.fixture
def silver(cards, desk, alice):
    """Alice's silver card."""
    return buy(cards, SILVER, alice)


@pytest.fixture
def gold(cards, desk, alice):
    """Alice's gold card."""
    return buy(cards, GOLD, alice)


@pytest.fixture
def founder(cards, desk, alice):
    """Alice's card that never expires."""
    return buy(cards, FOUNDER, alice)


@pytest.fixture
def left(desk):
    """What a card has left, perk by perk."""
    return lambda card_id, **block: perks_left(bytes(desk.perksLeft(card_id, **block)))
