"""A programme's authority and points, alice with 100 points and bob with 50."""

from __future__ import annotations

import pytest

from tests.support.loyalty import POINT, REF, deploy_authority, deploy_distributor, deploy_points, domain_of
from tests.support.rewards import deploy_catalog


@pytest.fixture(scope="module")
def authority(module_isolation, deployer, brand):
    return deploy_authority(deployer, brand)


@pytest.fixture(scope="module")
def points(authority, deployer, brand, issuer, alice, bob):
    points = deploy_points(deployer, authority, brand, issuer)
    points.issueBatch([alice, bob], [100 * POINT, 50 * POINT], REF, {"from": issuer})
    return points


@pytest.fixture
def domain(points, chain):
    return domain_of(points, chain.id)


@pytest.fixture(scope="module")
def cards(points, authority, deployer):
    from brownie import MembershipCard

    return deployer.deploy(MembershipCard, "Coffee club", "CLUB", "ipfs://club", authority, points)


@pytest.fixture(scope="module")
def catalog(points, cards, distributor, authority, deployer, brand, issuer):
    return deploy_catalog(deployer, brand, issuer, authority, points, cards, distributor)


@pytest.fixture(scope="module")
def distributor(points, authority, deployer, brand):
    return deploy_distributor(deployer, authority, points, brand)


@pytest.fixture(scope="module")
def perk_desk(cards, authority, deployer):
    from brownie import PerkDesk

    return deployer.deploy(PerkDesk, authority, cards)
