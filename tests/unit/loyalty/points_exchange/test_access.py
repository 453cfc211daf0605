"""Who may call what of PointsExchange, which has no owner and no roles of its own

given an act of a brand
├── when a stranger, or a brand's own staff, sends it in their own name
│   └── it should refuse
├── when staff send it through the brand's authority without the role for it
│   └── it should refuse
├── when they have the role
│   └── it should be the brand's act
└── when the brand speaks for another pair
    └── it should refuse
given any other function that writes
└── it should be one that is meant for everyone
"""

from __future__ import annotations

import pytest

from tests.behaviours.access import restricted_functions, writing_functions
from tests.behaviours.test_access import ast_of
from tests.support.exchange import ONE
from tests.support.loyalty import POINT
from tests.support.reverting import reverts, selector_of

TREASURER = 3

# What each act of a brand takes after the pair's id, with the refusal of who is not the brand.
BRAND_ONLY = {
    "announceWithdrawal": lambda s: (s["pair"], s["points"], POINT, s["bob"]),
    "setOpen": lambda s: (s["pair"], False),
    "setRate": lambda s: (s["pair"], ONE),
}
# These tell a brand by what it did before: agreed, or announced.
OWN_DEEDS = {
    "agree": lambda s: (s["terms"],),
    "disagree": lambda s: (s["pair"],),
    "withdraw": lambda s: (s["pair"], s["points"]),
}
OPEN_TO_ALL = {"fund", "swap", "swapBySig", "swapWithPermit"}


@pytest.fixture
def scene(exchange, pair_id, terms, coffee, bob):
    return {"pair": pair_id, "points": coffee.points.address, "bob": bob, "terms": terms.as_struct()}


@pytest.fixture
def refusals(coffee):
    """The error of each act when ``caller`` is no brand."""
    return lambda caller: {
        "agree": ("PointsExchange_NotABrand", caller),
        "disagree": ("PointsExchange_NothingAgreed", caller),
        "withdraw": ("PointsExchange_NotReady", caller, coffee.points, 0, 0),
    }


@pytest.fixture(scope="module")
def officer(accounts, coffee, exchange):
    """Coffee's staff who may set the rate in its name, and nothing else."""
    role = (exchange, [exchange.setRate.signature], TREASURER)
    coffee.authority.setTargetFunctionRole(*role, {"from": coffee.admin})
    coffee.authority.grantRole(TREASURER, accounts[6], 0, {"from": coffee.admin})
    return accounts[6]


@pytest.mark.parametrize("function", sorted(BRAND_ONLY | OWN_DEEDS))
def test_refuses_a_stranger(exchange, scene, refusals, stranger, function):
    arguments = (BRAND_ONLY | OWN_DEEDS)[function](scene)

    with reverts(*refusals(stranger).get(function, ("PointsExchange_NotABrand", stranger))):
        getattr(exchange, function)(*arguments, {"from": stranger})


@pytest.mark.parametrize("function", sorted(BRAND_ONLY | OWN_DEEDS))
def test_refuses_the_admin_in_his_own_name(exchange, scene, refusals, coffee, function):
    arguments = (BRAND_ONLY | OWN_DEEDS)[function](scene)

    with reverts(*refusals(coffee.admin).get(function, ("PointsExchange_NotABrand", coffee.admin))):
        getattr(exchange, function)(*arguments, {"from": coffee.admin})


@pytest.mark.parametrize("function", sorted((BRAND_ONLY | OWN_DEEDS).keys() - {"setRate"}))
def test_refuses_staff_without_the_role(exchange, scene, coffee, officer, function):
    act = getattr(exchange, function)
    data = act.encode_input(*(BRAND_ONLY | OWN_DEEDS)[function](scene))

    with reverts("AccessManagerUnauthorizedCall", officer, exchange, selector_of(act)):
        coffee.authority.execute(exchange, data, {"from": officer})


def test_takes_what_staff_with_the_role_send_as_the_brand_s(exchange, pair_id, coffee, officer):
    receipt = coffee.authority.execute(exchange, exchange.setRate.encode_input(pair_id, ONE), {"from": officer})

    assert receipt.events["RateSet"]["brand"] == coffee.address
    assert exchange.pair(pair_id)[1] == ONE


@pytest.mark.parametrize("function", sorted(BRAND_ONLY))
def test_refuses_a_brand_of_another_pair(exchange, scene, crooked_id, crook, function):
    with reverts("PointsExchange_NotABrand", crook.address):
        crook.do(exchange, function, *BRAND_ONLY[function](scene))


def test_names_every_function_that_writes(exchange):
    assert writing_functions(exchange.abi) == BRAND_ONLY.keys() | OWN_DEEDS.keys() | OPEN_TO_ALL


def test_has_no_function_that_an_authority_restricts(exchange):
    assert restricted_functions(ast_of("PointsExchange"), ast_of("SwapPairs")) == set()
