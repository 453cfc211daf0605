"""DataAccess.fund

given an amount of zero
└── it should revert
given zero or the contract itself as the party
└── it should revert
given native coin
├── when the value sent is another than the amount
│   └── it should revert
└── when it is the amount
    └── it should be in the party's balance, and emit Funded
given a token
├── when native coin is sent along
│   └── it should revert
├── when it has no code
│   └── it should revert
├── when it answers false
│   └── it should revert
├── when nothing arrives, or less than before is there
│   └── it should revert
├── when part of it is kept as a fee
│   └── it should count what arrived
├── when it answers nothing, as some tokens do
│   └── it should count
├── when it calls back, to fund at the same time
│   └── it should refuse that call and count once
└── when it is LoyaltyPoints
    └── it should be in the party's balance
"""

from __future__ import annotations

import pytest

from tests.support.access import NATIVE
from tests.support.loyalty import POINT, REF, deploy_authority, deploy_points
from tests.support.reverting import reverts

AMOUNT = 1_000
GUARDED = "0x3ee5aeb5"
"""The selector of ReentrancyGuardReentrantCall."""


@pytest.mark.parametrize("value", [0, 1])
def test_reverts_on_an_amount_of_zero(accesses, brand, value):
    with reverts("DataAccess_Zero"):
        accesses.fund(brand, NATIVE, 0, {"from": brand, "value": value})


def test_reverts_if_the_party_is_nobody(accesses, brand):
    with reverts("DataAccess_InvalidRecipient", NATIVE):
        accesses.fund(NATIVE, NATIVE, AMOUNT, {"from": brand, "value": AMOUNT})


def test_reverts_if_the_party_is_the_contract(accesses, brand):
    with reverts("DataAccess_InvalidRecipient", accesses):
        accesses.fund(accesses, NATIVE, AMOUNT, {"from": brand, "value": AMOUNT})


@pytest.mark.parametrize("value", [0, AMOUNT - 1, AMOUNT + 1])
def test_reverts_on_another_value(accesses, brand, value):
    with reverts("DataAccess_WrongValue", value, AMOUNT):
        accesses.fund(brand, NATIVE, AMOUNT, {"from": brand, "value": value})


def test_counts_native_coin(accesses, brand, stranger):
    receipt = accesses.fund(brand, NATIVE, AMOUNT, {"from": stranger, "value": AMOUNT})

    assert accesses.balanceOf(brand, NATIVE) == accesses.balance() == AMOUNT
    assert accesses.balanceOf(stranger, NATIVE) == 0
    assert dict(receipt.events["Funded"]) == {
        "party": brand,
        "currency": NATIVE,
        "from": stranger,
        "amount": AMOUNT,
    }


def test_reverts_on_a_token_with_value(accesses, stablecoin, brand):
    with reverts("DataAccess_WrongValue", 1, 0):
        accesses.fund(brand, stablecoin, AMOUNT, {"from": brand, "value": 1})


def test_reverts_on_a_token_without_code(accesses, brand, stranger):
    with reverts("DataAccess_NothingArrived", stranger):
        accesses.fund(brand, stranger, AMOUNT, {"from": brand})


def test_reverts_if_the_token_answers_false(accesses, stablecoin, brand):
    stablecoin.setRefuses(True, {"from": brand})

    with reverts("SafeERC20FailedOperation", stablecoin):
        accesses.fund(brand, stablecoin, AMOUNT, {"from": brand})


def test_reverts_if_nothing_arrives(accesses, crooked, brand):
    crooked.setDeaf(True, {"from": brand})

    with reverts("DataAccess_NothingArrived", crooked):
        accesses.fund(brand, crooked, AMOUNT, {"from": brand})


def test_reverts_if_less_is_there_than_before(accesses, crooked, brand):
    accesses.fund(brand, crooked, AMOUNT, {"from": brand})
    crooked.setHook(crooked, crooked.shrink.encode_input(accesses, 2 * AMOUNT), {"from": brand})

    with reverts("DataAccess_NothingArrived", crooked):
        accesses.fund(brand, crooked, AMOUNT, {"from": brand})


def test_counts_what_arrived(accesses, stablecoin, brand):
    stablecoin.setFee(100, {"from": brand})

    event = accesses.fund(brand, stablecoin, AMOUNT, {"from": brand}).events["Funded"]

    assert event["amount"] == AMOUNT * 99 // 100
    assert accesses.balanceOf(brand, stablecoin) == stablecoin.balanceOf(accesses) == AMOUNT * 99 // 100


def test_counts_a_token_that_answers_nothing(accesses, crooked, brand):
    crooked.setSilent(True, {"from": brand})

    accesses.fund(brand, crooked, AMOUNT, {"from": brand})

    assert accesses.balanceOf(brand, crooked) == AMOUNT


def test_counts_once_if_the_token_calls_back(accesses, crooked, brand):
    crooked.mint(crooked, AMOUNT, {"from": brand})
    crooked.setHook(accesses, accesses.fund.encode_input(crooked, crooked, AMOUNT), {"from": brand})

    accesses.fund(brand, crooked, AMOUNT, {"from": brand})

    assert not crooked.hookSucceeded()
    assert str(crooked.hookResult()) == GUARDED
    assert accesses.balanceOf(brand, crooked) == AMOUNT
    assert accesses.balanceOf(crooked, crooked) == 0


def test_counts_points(accesses, deployer, brand, issuer):
    points = deploy_points(deployer, deploy_authority(deployer, brand), brand, issuer)
    points.issue(brand, 10 * POINT, REF, {"from": issuer})
    points.approve(accesses, POINT, {"from": brand})

    accesses.fund(brand, points, POINT, {"from": brand})

    assert accesses.balanceOf(brand, points) == points.balanceOf(accesses) == POINT
