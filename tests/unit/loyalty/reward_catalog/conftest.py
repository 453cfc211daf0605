"""A catalog with a mug and a card in it; alice and bob let it redeem their points."""

from __future__ import annotations

import pytest
from brownie import MembershipCard, MockPublishedPoints, MockReceiver

from tests.support.loyalty import POINT, REF
from tests.support.rewards import CLUB, MUG, add, deploy_catalog

PERIOD = 30 * 86_400


@pytest.fixture(scope="module")
def cards(authority, points, deployer):
    """One tier, room for two."""
    return deployer.deploy(MembershipCard, "Coffee club", "CLUB", "ipfs://club", authority, points)


@pytest.fixture(scope="module")
def distributor(module_isolation, deployer):
    return deployer.deploy(MockPublishedPoints)


@pytest.fixture(scope="module")
def catalog(deployer, brand, issuer, authority, points, cards, distributor, alice, bob):
    catalog = deploy_catalog(deployer, brand, issuer, authority, points, cards, distributor)
    cards.defineTier(PERIOD, 2, 500, True, False, 0, "ipfs://silver", {"from": issuer})
    for customer in (alice, bob):
        points.approve(catalog, 2**256 - 1, {"from": customer})
    return catalog


@pytest.fixture(scope="module")
def mug(catalog, issuer):
    return add(catalog, MUG, sender=issuer)


@pytest.fixture(scope="module")
def club(catalog, mug, issuer):
    """The second reward."""
    return add(catalog, CLUB, sender=issuer)


@pytest.fixture(scope="module")
def receiver(catalog, points, deployer, issuer):
    """A contract that takes cards, with 100 points that the catalog may redeem."""
    receiver = deployer.deploy(MockReceiver)
    points.issue(receiver, 100 * POINT, REF, {"from": issuer})
    receiver.execute(points, points.approve.encode_input(catalog, 2**256 - 1), {"from": deployer})
    return receiver
