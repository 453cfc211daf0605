"""DataAccess.withdraw

given an amount of zero
└── it should revert
given zero or the contract itself as the recipient
└── it should revert
given a balance that does not cover it
├── when the money lies in an escrow
│   └── it should revert
├── when it is somebody else's, or in another currency
│   └── it should revert
└── when it was withdrawn before
    └── it should revert
given a balance that covers it
├── when it is native coin
│   └── it should go to the recipient, and emit Withdrawn
├── when it is a token
│   └── it should go to the recipient
├── when the token answers false
│   └── it should revert and keep the balance
├── when the recipient refuses native coin
│   └── it should revert and keep the balance
└── when the recipient calls back, to withdraw again
    └── it should refuse that call
"""

from __future__ import annotations

import pytest
from brownie import MockSchemer
from brownie.exceptions import VirtualMachineError

from tests.support.access import NATIVE, PRICE
from tests.support.reverting import reverts

AMOUNT = 1_000
GUARDED = "0x3ee5aeb5"
"""The selector of ReentrancyGuardReentrantCall."""


@pytest.fixture
def funded(accesses, brand):
    accesses.fund(brand, NATIVE, AMOUNT, {"from": brand, "value": AMOUNT})


def test_reverts_on_an_amount_of_zero(accesses, funded, brand):
    with reverts("DataAccess_Zero"):
        accesses.withdraw(NATIVE, 0, brand, {"from": brand})


def test_reverts_if_the_recipient_is_nobody(accesses, funded, brand):
    with reverts("DataAccess_InvalidRecipient", NATIVE):
        accesses.withdraw(NATIVE, 1, NATIVE, {"from": brand})


def test_reverts_if_the_recipient_is_the_contract(accesses, funded, brand):
    with reverts("DataAccess_InvalidRecipient", accesses):
        accesses.withdraw(NATIVE, 1, accesses, {"from": brand})


def test_reverts_on_more_than_there_is(accesses, funded, brand):
    with reverts("DataAccess_BalanceTooLow", AMOUNT, AMOUNT + 1):
        accesses.withdraw(NATIVE, AMOUNT + 1, brand, {"from": brand})


def test_reverts_on_what_lies_in_an_escrow(accesses, offer, brand):
    offer()

    assert accesses.balance() == PRICE
    with reverts("DataAccess_BalanceTooLow", 0, 1):
        accesses.withdraw(NATIVE, 1, brand, {"from": brand})


def test_reverts_on_what_is_somebody_elses(accesses, funded, stranger):
    with reverts("DataAccess_BalanceTooLow", 0, 1):
        accesses.withdraw(NATIVE, 1, stranger, {"from": stranger})


def test_reverts_on_another_currency(accesses, funded, coin, brand):
    with reverts("DataAccess_BalanceTooLow", 0, 1):
        accesses.withdraw(coin, 1, brand, {"from": brand})


def test_reverts_the_second_time(accesses, funded, brand):
    accesses.withdraw(NATIVE, AMOUNT, brand, {"from": brand})

    with reverts("DataAccess_BalanceTooLow", 0, AMOUNT):
        accesses.withdraw(NATIVE, AMOUNT, brand, {"from": brand})


def test_pays_native_coin(accesses, funded, brand, carol):
    before = carol.balance()
    receipt = accesses.withdraw(NATIVE, AMOUNT - 1, carol, {"from": brand})

    assert carol.balance() - before == AMOUNT - 1
    assert accesses.balanceOf(brand, NATIVE) == 1
    assert dict(receipt.events["Withdrawn"]) == {
        "party": brand,
        "currency": NATIVE,
        "recipient": carol,
        "amount": AMOUNT - 1,
    }


def test_pays_tokens(accesses, stablecoin, brand, carol):
    accesses.fund(brand, stablecoin, AMOUNT, {"from": brand})
    accesses.withdraw(stablecoin, AMOUNT, carol, {"from": brand})

    assert stablecoin.balanceOf(carol) == AMOUNT
    assert accesses.balanceOf(brand, stablecoin) == stablecoin.balanceOf(accesses) == 0


def test_reverts_if_the_token_answers_false(accesses, stablecoin, brand):
    accesses.fund(brand, stablecoin, AMOUNT, {"from": brand})
    stablecoin.setRefuses(True, {"from": brand})

    with reverts("SafeERC20FailedOperation", stablecoin):
        accesses.withdraw(stablecoin, AMOUNT, brand, {"from": brand})
    assert accesses.balanceOf(brand, stablecoin) == AMOUNT


def test_reverts_if_the_recipient_refuses(accesses, funded, deployer, brand):
    recipient = deployer.deploy(MockSchemer, brand)
    recipient.plan(1, {"from": brand})

    with pytest.raises(VirtualMachineError):
        accesses.withdraw(NATIVE, AMOUNT, recipient, {"from": brand})
    assert accesses.balanceOf(brand, NATIVE) == AMOUNT


def test_refuses_to_be_called_back(accesses, deployer, brand):
    thief = deployer.deploy(MockSchemer, brand)
    accesses.fund(brand, NATIVE, AMOUNT, {"from": brand, "value": AMOUNT})
    accesses.fund(thief, NATIVE, AMOUNT, {"from": brand, "value": AMOUNT})
    again = accesses.withdraw.encode_input(NATIVE, AMOUNT // 2, thief)
    thief.planCall(accesses, again, 0, {"from": brand})

    thief.execute(accesses, again, {"from": brand})

    assert not thief.succeeded()
    assert str(thief.result()) == GUARDED
    assert thief.balance() == AMOUNT // 2
    assert accesses.balance() == AMOUNT + AMOUNT // 2
