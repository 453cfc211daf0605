"""PointsExchange.setRate, setOpen

given a pair with terms that hold
├── when either brand sets a rate within the bounds
│   └── it should hold, and emit RateSet
├── when it is outside the bounds
│   └── it should revert
├── when either brand opens or closes
│   ├── it should turn its own switch alone
│   └── it should emit SwitchSet
└── when anybody else does, also a brand's admin for himself
    └── it should revert
given a pair without terms
└── it should revert
"""

from __future__ import annotations

import pytest

from tests.support.exchange import ONE
from tests.support.reverting import reverts


@pytest.mark.parametrize("who", ["coffee", "books"])
@pytest.mark.parametrize("rate", [ONE // 2, ONE, 4 * ONE])
def test_either_brand_sets_the_rate(request, exchange, agreed, who, rate):
    brand = request.getfixturevalue(who)
    event = brand.do(exchange, "setRate", agreed, rate).events["RateSet"]

    assert exchange.pair(agreed)[1] == rate
    assert dict(event) == {"pairId": "0x" + agreed.hex(), "brand": brand.address, "rate": rate}


@pytest.mark.parametrize("rate", [0, ONE // 2 - 1, 4 * ONE + 1, 2**128 - 1])
def test_reverts_on_a_rate_out_of_bounds(exchange, agreed, coffee, rate):
    with reverts("PointsExchange_RateOutOfBounds", rate, ONE // 2, 4 * ONE):
        coffee.do(exchange, "setRate", agreed, rate)


@pytest.mark.parametrize(("who", "switches"), [("coffee", (True, False)), ("books", (False, True))])
def test_each_brand_turns_its_own_switch(request, exchange, agreed, who, switches):
    brand = request.getfixturevalue(who)
    event = brand.do(exchange, "setOpen", agreed, True).events["SwitchSet"]

    assert exchange.pair(agreed)[2:4] == switches
    assert dict(event) == {"pairId": "0x" + agreed.hex(), "brand": brand.address, "open": True}


@pytest.mark.parametrize(("who", "switches"), [("coffee", (False, True)), ("books", (True, False))])
def test_each_brand_closes_at_once(request, exchange, pair_id, who, switches):
    request.getfixturevalue(who).do(exchange, "setOpen", pair_id, False)

    assert exchange.pair(pair_id)[2:4] == switches


@pytest.mark.parametrize(("function", "value"), [("setRate", ONE), ("setOpen", True)])
def test_reverts_for_anybody_else(exchange, agreed, stranger, function, value):
    with reverts("PointsExchange_NotABrand", stranger):
        getattr(exchange, function)(agreed, value, {"from": stranger})


@pytest.mark.parametrize(("function", "value"), [("setRate", ONE), ("setOpen", True)])
def test_reverts_for_a_brand_s_admin_himself(exchange, agreed, coffee, function, value):
    with reverts("PointsExchange_NotABrand", coffee.admin):
        getattr(exchange, function)(agreed, value, {"from": coffee.admin})


@pytest.mark.parametrize(("function", "value"), [("setRate", 0), ("setOpen", True)])
def test_reverts_for_a_pair_without_terms(exchange, coffee, function, value):
    with reverts("PointsExchange_NotABrand", coffee.address):
        coffee.do(exchange, function, b"\x07" * 32, value)


def test_reverts_for_the_brand_of_another_pair(exchange, agreed, crooked_id, crook):
    with reverts("PointsExchange_NotABrand", crook.address):
        crook.do(exchange, "setRate", agreed, ONE)
