"""grantRole, revokeRole, renounceRole, setGrantDelay, setRoleAdmin: who holds which power, and from when

given a caller who is not the role's admin
    it should refuse
when a role is granted
    it should work at once
when a role is revoked or renounced
    it should end at once, also for what was scheduled under it
given a delay before grants take effect
    it should work only after the delay
when the admin role is handed over
    it should empower the new admin, and the old one until it leaves
    it should leave the old admin without power once it left
    it should let the new admin remove the old one
given a role admin of its own
    it should let it grant that role, and nothing else
when the points move to another authority
    it should be the admin's act alone, and end the old staff's powers
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import ISSUER, POINT, REF, deploy_authority
from tests.support.reverting import reverts, selector_of

ADMIN, HUMAN_RESOURCES = 0, 77
FIVE_DAYS = 5 * 24 * 3600
DAY = 24 * 3600


def test_refuses_a_grant_by_anyone_but_the_admin(authority, issuer):
    with reverts("AccessManagerUnauthorizedAccount", issuer, ADMIN):
        authority.grantRole(ISSUER, issuer, 0, {"from": issuer})


def test_works_at_once(points, issuer, alice):
    points.issue(alice, POINT, REF, {"from": issuer})

    assert points.balanceOf(alice) == POINT


def test_ends_at_once_when_revoked(authority, points, brand, issuer):
    authority.revokeRole(ISSUER, issuer, {"from": brand})

    with reverts("AccessManagedUnauthorized", issuer):
        points.issue(issuer, POINT, REF, {"from": issuer})


def test_ends_at_once_when_renounced(authority, points, issuer):
    authority.renounceRole(ISSUER, issuer, {"from": issuer})

    with reverts("AccessManagedUnauthorized", issuer):
        points.issue(issuer, POINT, REF, {"from": issuer})


def test_lets_nobody_renounce_for_another(authority, issuer, stranger):
    with reverts("AccessManagerBadConfirmation"):
        authority.renounceRole(ISSUER, issuer, {"from": stranger})


@pytest.fixture
def slow_grants(authority, brand, chain):
    """Grants of the issuer's role take effect a day later (a change of this delay itself takes five days)."""
    authority.setGrantDelay(ISSUER, DAY, {"from": brand})
    chain.sleep(FIVE_DAYS + 1)
    chain.mine()


def test_keeps_a_new_holder_waiting_for_the_delay(authority, points, brand, alice, slow_grants):
    authority.grantRole(ISSUER, alice, 0, {"from": brand})

    with reverts("AccessManagedUnauthorized", alice):
        points.issue(alice, POINT, REF, {"from": alice})


def test_lets_a_new_holder_in_after_the_delay(authority, points, brand, alice, chain, slow_grants):
    authority.grantRole(ISSUER, alice, 0, {"from": brand})
    chain.sleep(DAY)

    points.issue(alice, POINT, REF, {"from": alice})

    assert points.balanceOf(alice) == POINT


def test_lets_the_admin_take_a_grant_back_before_it_takes_effect(authority, points, brand, alice, chain, slow_grants):
    authority.grantRole(ISSUER, alice, 0, {"from": brand})
    authority.revokeRole(ISSUER, alice, {"from": brand})
    chain.sleep(DAY)

    with reverts("AccessManagedUnauthorized", alice):
        points.issue(alice, POINT, REF, {"from": alice})


@pytest.fixture
def handed_over(authority, brand, carol):
    """carol is the admin; the brand's first key has left."""
    authority.grantRole(ADMIN, carol, 0, {"from": brand})
    authority.renounceRole(ADMIN, brand, {"from": brand})


def test_leaves_the_old_admin_without_power(authority, brand, handed_over):
    with reverts("AccessManagerUnauthorizedAccount", brand, ADMIN):
        authority.grantRole(ADMIN, brand, 0, {"from": brand})


def test_leaves_the_old_admin_without_the_brand_s_voice(authority, commons, brand, handed_over):
    with reverts("AccessManagerUnauthorizedCall", brand, commons, selector_of(commons.publish)):
        authority.execute(commons, commons.publish.encode_input(REF), {"from": brand})


def test_empowers_the_new_admin(authority, points, carol, alice, handed_over):
    authority.grantRole(ISSUER, alice, 0, {"from": carol})

    points.issue(alice, POINT, REF, {"from": alice})

    assert points.balanceOf(alice) == POINT


def test_lets_the_new_admin_remove_the_old_one(authority, brand, carol):
    authority.grantRole(ADMIN, carol, 0, {"from": brand})

    authority.revokeRole(ADMIN, brand, {"from": carol})

    assert authority.hasRole(ADMIN, brand) == (False, 0)


def test_lets_a_role_s_admin_grant_that_role(authority, points, brand, bob, alice):
    authority.setRoleAdmin(ISSUER, HUMAN_RESOURCES, {"from": brand})
    authority.grantRole(HUMAN_RESOURCES, bob, 0, {"from": brand})

    authority.grantRole(ISSUER, alice, 0, {"from": bob})

    assert authority.hasRole(ISSUER, alice) == (True, 0)


def test_lets_a_role_s_admin_grant_nothing_else(authority, brand, bob):
    authority.setRoleAdmin(ISSUER, HUMAN_RESOURCES, {"from": brand})
    authority.grantRole(HUMAN_RESOURCES, bob, 0, {"from": brand})

    with reverts("AccessManagerUnauthorizedAccount", bob, ADMIN):
        authority.grantRole(ADMIN, bob, 0, {"from": bob})


def test_moves_the_points_to_another_authority(authority, points, deployer, brand, issuer, carol):
    successor = deploy_authority(deployer, carol)

    authority.updateAuthority(points, successor, {"from": brand})

    assert points.authority() == successor
    with reverts("AccessManagedUnauthorized", issuer):
        points.issue(issuer, POINT, REF, {"from": issuer})


def test_lets_nobody_but_the_authority_move_the_points(points, deployer, brand):
    successor = deploy_authority(deployer, brand)

    with reverts("AccessManagedUnauthorized", brand):
        points.setAuthority(successor, {"from": brand})
