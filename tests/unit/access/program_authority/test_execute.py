"""execute, as staff use it to speak for the brand

given no role for the function
    it should refuse staff and let the admin
given a role for the function
    it should let its holders call it, with the authority as the sender
    it should keep them from every other function and every other contract
given a call of less than a selector
    it should refuse
given a target that refuses
    it should refuse with the target's error
given value
    it should pass all of it on
    it should refuse a target that takes none, and one that sends change back
given the authority itself as the target
    it should let staff call nothing that belongs to the admin
given staff without a role
    it should not let them in through the authority's own multicall
"""

from __future__ import annotations

import pytest
from brownie import MockTarget
from brownie.exceptions import VirtualMachineError
from eth_utils.crypto import keccak

from tests.support.loyalty import POINT, REF
from tests.support.reverting import reverts, selector_of

ADMIN, ISSUER, PRIVACY = 0, 1, 4
NOTE = keccak(text="notice 1")


@pytest.fixture(scope="module")
def officer(authority, commons, brand, accounts):
    """Staff that may publish, and do nothing else, in the brand's name."""
    authority.setTargetFunctionRole(commons, [commons.publish.signature], PRIVACY, {"from": brand})
    authority.grantRole(PRIVACY, accounts[9], 0, {"from": brand})
    return accounts[9]


def test_lets_the_officer_speak_for_the_brand(authority, commons, officer):
    authority.execute(commons, commons.publish.encode_input(NOTE), {"from": officer})

    assert str(commons.noteOf(authority)) == "0x" + NOTE.hex()
    assert int(str(commons.noteOf(officer)), 16) == 0


def test_lets_the_admin_call_what_no_role_was_set_for(authority, commons, brand):
    authority.execute(commons, commons.acknowledge.encode_input(NOTE), {"from": brand})

    assert str(commons.noteOf(authority)) == "0x" + NOTE.hex()


def test_refuses_a_stranger(authority, commons, officer, stranger):
    with reverts("AccessManagerUnauthorizedCall", stranger, commons, selector_of(commons.publish)):
        authority.execute(commons, commons.publish.encode_input(NOTE), {"from": stranger})


def test_refuses_the_admin_without_the_function_s_role(authority, commons, officer, brand):
    with reverts("AccessManagerUnauthorizedCall", brand, commons, selector_of(commons.publish)):
        authority.execute(commons, commons.publish.encode_input(NOTE), {"from": brand})


def test_keeps_the_officer_from_another_function(authority, commons, officer):
    with reverts("AccessManagerUnauthorizedCall", officer, commons, selector_of(commons.acknowledge)):
        authority.execute(commons, commons.acknowledge.encode_input(NOTE), {"from": officer})


def test_keeps_the_officer_from_the_same_function_elsewhere(authority, deployer, officer):
    other = deployer.deploy(MockTarget)

    with reverts("AccessManagerUnauthorizedCall", officer, other, selector_of(other.publish)):
        authority.execute(other, other.publish.encode_input(NOTE), {"from": officer})


def test_keeps_the_officer_from_issuing_through_the_authority(authority, points, officer):
    with reverts("AccessManagerUnauthorizedCall", officer, points, selector_of(points.issue)):
        authority.execute(points, points.issue.encode_input(officer, POINT, REF), {"from": officer})


def test_lets_the_issuer_issue_through_the_authority(authority, points, issuer, alice):
    events = authority.execute(points, points.issue.encode_input(alice, POINT, REF), {"from": issuer}).events

    assert points.balanceOf(alice) == POINT
    assert events["PointsIssued"]["issuer"] == authority


@pytest.mark.parametrize("data", ["0x", "0x123456"])
def test_refuses_less_than_a_selector(authority, commons, brand, data):
    with pytest.raises(VirtualMachineError):
        authority.execute(commons, data, {"from": brand})


def test_refuses_with_the_target_s_error(authority, commons, brand):
    with reverts("MockTarget_Refused", NOTE):
        authority.execute(commons, commons.refuse.encode_input(NOTE), {"from": brand})


def test_passes_all_value_on(authority, commons, brand):
    authority.execute(commons, commons.pay.encode_input(), {"from": brand, "value": 1000})

    assert commons.paidBy(authority) == 1000
    assert (authority.balance(), commons.balance()) == (0, 1000)


def test_refuses_a_target_that_takes_no_value(authority, commons, brand):
    with reverts("FailedCall"):
        authority.execute(commons, commons.acknowledge.encode_input(NOTE), {"from": brand, "value": 1})


def test_refuses_a_target_that_sends_change_back(authority, commons, brand):
    with pytest.raises(VirtualMachineError, match="no change taken"):
        authority.execute(commons, commons.payAndTakeChange.encode_input(), {"from": brand, "value": 1000})

    assert authority.balance() == 0


def test_keeps_staff_from_the_admin_s_functions_through_execute(authority, officer):
    grant = authority.grantRole.encode_input(ADMIN, officer, 0)

    with reverts("AccessManagerUnauthorizedCall", officer, authority, selector_of(authority.grantRole)):
        authority.execute(authority, grant, {"from": officer})


def test_keeps_staff_from_the_admin_s_functions_through_multicall(authority, officer):
    grant = authority.grantRole.encode_input(ADMIN, officer, 0)

    with reverts("AccessManagerUnauthorizedAccount", officer, ADMIN):
        authority.multicall([grant], {"from": officer})


def test_keeps_staff_from_the_target_while_it_is_closed(authority, commons, officer, brand):
    authority.setTargetClosed(commons, True, {"from": brand})

    with reverts("AccessManagerUnauthorizedCall", officer, commons, selector_of(commons.publish)):
        authority.execute(commons, commons.publish.encode_input(NOTE), {"from": officer})
