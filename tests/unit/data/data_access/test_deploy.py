"""DataAccess after its deployment

given a deployed contract
├── it should name the registry of consents and the datasets
├── it should hold nothing for anybody
└── it should refuse native coin that comes without a call
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError

from tests.support.access import NATIVE


def test_names_what_it_rests_on(accesses, consents, datasets):
    assert (accesses.consents(), accesses.datasets()) == (consents, datasets)


def test_holds_nothing(accesses, brand, coin):
    assert (accesses.balanceOf(brand, NATIVE), accesses.balanceOf(brand, coin)) == (0, 0)


def test_refuses_native_coin_without_a_call(accesses, brand):
    with pytest.raises(VirtualMachineError):
        brand.transfer(accesses, 1)
