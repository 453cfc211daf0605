"""constructor

given an authority without code
    it should refuse
given points without code
    it should refuse
when deployed
    it should obey the authority and pay the points
    it should have no root, neither matured nor pending
"""

from __future__ import annotations

from brownie import PointsDistributor

from tests.support.reverting import reverts

NO_ROOT = "0x" + "00" * 32


def test_refuses_an_authority_without_code(deployer, points, stranger):
    with reverts("AccessManagedInvalidAuthority", stranger):
        deployer.deploy(PointsDistributor, stranger, points, 0)


def test_refuses_points_without_code(deployer, authority, stranger):
    with reverts("PointsDistributor_NotPoints", stranger):
        deployer.deploy(PointsDistributor, authority, stranger, 0)


def test_obeys_the_authority_and_pays_the_points(distributor, authority, points):
    assert distributor.authority() == authority
    assert distributor.points() == points
    assert distributor.minimumDelay() == 0


def test_has_no_root(distributor):
    assert distributor.matured() == (NO_ROOT, 0)
    assert distributor.pending() == (NO_ROOT, 0, 0)
