"""schedule, cancel, execute with a delay

given staff whose acts are delayed
    it should refuse the act before it was scheduled, and before its time
    it should let the act happen once its time has come, and only once
    it should refuse the act after a week
given a guardian of the role
    it should let the guardian cancel what is scheduled, and do nothing else
given a stranger
    it should not let it cancel or schedule
given a revoked role
    it should keep what was scheduled under it from happening
given a delay
    it should hold for the brand's voice as for its own contracts
given delayed staff
    it should not let them shorten their delay
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError
from eth_utils.crypto import keccak

from tests.support.loyalty import ISSUER, POINT, REF
from tests.support.reverting import reverts, selector_of

ADMIN, PRIVACY, GUARDIAN = 0, 4, 78
DAY = 24 * 3600
WEEK = 7 * DAY
NOTE = keccak(text="notice 1")


@pytest.fixture(scope="module")
def clerk(authority, points, brand, guardian, accounts):
    """Issues points, a day after having said so; ``guardian`` may stop it."""
    authority.grantRole(ISSUER, accounts[9], DAY, {"from": brand})
    authority.setRoleGuardian(ISSUER, GUARDIAN, {"from": brand})
    authority.grantRole(GUARDIAN, guardian, 0, {"from": brand})
    return accounts[9]


@pytest.fixture
def issuing(points, alice):
    return points.issue.encode_input(alice, POINT, REF)


@pytest.fixture
def operation(authority, points, clerk, issuing):
    return authority.hashOperation(clerk, points, issuing)


@pytest.fixture
def scheduled(authority, points, clerk, issuing):
    authority.schedule(points, issuing, 0, {"from": clerk})


def test_refuses_what_was_not_scheduled(authority, points, clerk, alice, operation):
    with reverts("AccessManagerNotScheduled", operation):
        points.issue(alice, POINT, REF, {"from": clerk})


def test_refuses_what_was_not_scheduled_through_execute(authority, points, clerk, issuing, operation):
    with reverts("AccessManagerNotScheduled", operation):
        authority.execute(points, issuing, {"from": clerk})


def test_refuses_to_schedule_sooner_than_the_delay(authority, points, clerk, issuing, chain):
    with reverts("AccessManagerUnauthorizedCall", clerk, points, selector_of(points.issue)):
        authority.schedule(points, issuing, chain[-1].timestamp + DAY - 60, {"from": clerk})


def test_refuses_an_act_before_its_time(points, clerk, alice, chain, operation, scheduled):
    chain.sleep(DAY - 60)

    with reverts("AccessManagerNotReady", operation):
        points.issue(alice, POINT, REF, {"from": clerk})


def test_lets_an_act_happen_when_its_time_has_come(points, clerk, alice, chain, scheduled):
    chain.sleep(DAY)

    points.issue(alice, POINT, REF, {"from": clerk})

    assert points.balanceOf(alice) == POINT


def test_lets_an_act_happen_once(points, clerk, alice, chain, operation, scheduled):
    chain.sleep(DAY)
    points.issue(alice, POINT, REF, {"from": clerk})

    with reverts("AccessManagerNotScheduled", operation):
        points.issue(alice, POINT, REF, {"from": clerk})


def test_refuses_other_arguments_than_the_scheduled_ones(authority, points, clerk, alice, chain, scheduled):
    chain.sleep(DAY)
    other = authority.hashOperation(clerk, points, points.issue.encode_input(alice, 2 * POINT, REF))

    with reverts("AccessManagerNotScheduled", other):
        points.issue(alice, 2 * POINT, REF, {"from": clerk})


def test_refuses_an_act_that_waited_a_week(points, clerk, alice, chain, operation, scheduled):
    chain.sleep(DAY + WEEK)

    with reverts("AccessManagerExpired", operation):
        points.issue(alice, POINT, REF, {"from": clerk})


def test_lets_the_guardian_cancel(authority, points, clerk, guardian, alice, chain, issuing, operation, scheduled):
    authority.cancel(clerk, points, issuing, {"from": guardian})
    chain.sleep(DAY)

    with reverts("AccessManagerNotScheduled", operation):
        points.issue(alice, POINT, REF, {"from": clerk})


def test_lets_the_guardian_do_nothing_else(points, clerk, guardian, alice):
    with reverts("AccessManagedUnauthorized", guardian):
        points.issue(alice, POINT, REF, {"from": guardian})


def test_lets_no_stranger_cancel(authority, points, clerk, stranger, issuing, scheduled):
    with reverts("AccessManagerUnauthorizedCancel", stranger, clerk, points, selector_of(points.issue)):
        authority.cancel(clerk, points, issuing, {"from": stranger})


def test_lets_no_stranger_schedule(authority, points, stranger, issuing):
    with reverts("AccessManagerUnauthorizedCall", stranger, points, selector_of(points.issue)):
        authority.schedule(points, issuing, 0, {"from": stranger})


def test_stops_what_was_scheduled_under_a_revoked_role(authority, points, brand, clerk, alice, chain, scheduled):
    authority.revokeRole(ISSUER, clerk, {"from": brand})
    chain.sleep(DAY)

    with reverts("AccessManagedUnauthorized", clerk):
        points.issue(alice, POINT, REF, {"from": clerk})


def test_lets_no_stranger_use_up_what_is_scheduled(authority, clerk, stranger, issuing, operation, scheduled):
    with pytest.raises(VirtualMachineError):
        authority.consumeScheduledOp(clerk, issuing, {"from": stranger})

    assert authority.getSchedule(operation) > 0


def test_delays_the_brand_s_voice_as_well(authority, commons, brand, bob, chain):
    authority.setTargetFunctionRole(commons, [commons.publish.signature], PRIVACY, {"from": brand})
    authority.grantRole(PRIVACY, bob, DAY, {"from": brand})
    publishing = commons.publish.encode_input(NOTE)
    authority.schedule(commons, publishing, 0, {"from": bob})
    with reverts("AccessManagerNotReady", authority.hashOperation(bob, commons, publishing)):
        authority.execute(commons, publishing, {"from": bob})
    chain.sleep(DAY)

    authority.execute(commons, publishing, {"from": bob})

    assert str(commons.noteOf(authority)) == "0x" + NOTE.hex()


def test_lets_delayed_staff_not_shorten_their_delay(authority, clerk):
    with reverts("AccessManagerUnauthorizedAccount", clerk, ADMIN):
        authority.grantRole(ISSUER, clerk, 0, {"from": clerk})
