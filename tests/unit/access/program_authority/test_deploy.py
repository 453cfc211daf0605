"""constructor

given no admin
    it should refuse
otherwise
    it should make the admin the only one, at once and without a delay
    it should leave the deployer without power
    it should take no funds
"""

from __future__ import annotations

import pytest
from brownie import ProgramAuthority
from brownie.exceptions import VirtualMachineError

from tests.support.loyalty import ZERO_ADDRESS
from tests.support.reverting import reverts

ADMIN = 0


def test_refuses_no_admin(deployer):
    with reverts("AccessManagerInvalidInitialAdmin", ZERO_ADDRESS):
        deployer.deploy(ProgramAuthority, ZERO_ADDRESS)


def test_makes_the_admin_one_at_once(authority, brand):
    assert authority.hasRole(ADMIN, brand) == (True, 0)


def test_leaves_the_deployer_without_power(authority, deployer):
    assert authority.hasRole(ADMIN, deployer) == (False, 0)


def test_takes_no_funds(authority, stranger):
    with pytest.raises(VirtualMachineError):
        stranger.transfer(authority, 1)
