"""PointsExchange with points that cheat

given an open pair of honest points and crooked ones
├── when the crooked points keep a fee
│   ├── it should refuse to take them, in a swap and as a reserve
│   ├── it should refuse to pay them to a customer
│   └── it should let their brand withdraw them all the same
├── when they return false
│   └── it should revert wherever they move
├── when they return nothing
│   └── it should take them by what arrives
├── when they say they moved and did not
│   └── it should revert
├── when they shrink
│   └── it should pay nothing of any other kind for it, and leave other pairs as they are
├── when they call back in the middle of a transfer
│   ├── it should refuse every act that moves points
│   └── it should take a rate that their brand sets from then on, and not for the swap under way
└── when their brand prints as many as it likes
    ├── it should pay no more of the partner's points than the cap in a period
    └── the partner should be able to stop it at once
given a brand that sets the rate to a bound and swaps at it
└── it should get no more than the cap at the bound
"""

from __future__ import annotations

import pytest
from brownie import MockCrookedPoints

from tests.support.exchange import CAP, DAY, ONE, RESERVE, in_order, open_pair, terms_of
from tests.support.loyalty import FAR, POINT
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import exchange_swap

AMOUNT = 100 * POINT
REENTERED = "0x3ee5aeb5"
"""The selector of ReentrancyGuardReentrantCall."""


@pytest.fixture
def give(exchange, crooked_id, crook, alice):
    """Swaps crooked points for coffee's."""
    return lambda amount=AMOUNT, **sender: exchange.swap(
        crooked_id, crook.points, amount, 0, alice, FAR, {"from": sender.get("by", alice)}
    )


@pytest.fixture
def get(exchange, crooked_id, coffee, alice):
    """Swaps coffee's points for crooked ones."""
    return lambda: exchange.swap(crooked_id, coffee.points, AMOUNT, 0, alice, FAR, {"from": alice})


@pytest.fixture
def announced(exchange, crooked_id, crook, chain, bob):
    """The crook's brand may withdraw its points now, to bob."""
    crook.do(exchange, "announceWithdrawal", crooked_id, crook.points, AMOUNT, bob)
    chain.sleep(2 * DAY + 1)
    chain.mine()


def test_refuses_a_swap_of_points_that_keep_a_fee(give, crook):
    crook.points.setFee(100, {"from": crook.account})

    with reverts("PointsExchange_WrongAmountReceived", crook.points, AMOUNT * 99 // 100, AMOUNT):
        give()


def test_refuses_a_reserve_of_points_that_keep_a_fee(exchange, crooked_id, crook, alice):
    crook.points.setFee(100, {"from": crook.account})

    with reverts("PointsExchange_WrongAmountReceived", crook.points, AMOUNT * 99 // 100, AMOUNT):
        exchange.fund(crooked_id, crook.points, AMOUNT, {"from": alice})


def test_refuses_to_pay_points_that_keep_a_fee(get, crook):
    crook.points.setFee(100, {"from": crook.account})

    with reverts("PointsExchange_WrongAmountReceived", crook.points, AMOUNT * 99 // 100, AMOUNT):
        get()


def test_lets_the_brand_withdraw_points_that_keep_a_fee(exchange, crooked_id, crook, announced, bob):
    crook.points.setFee(100, {"from": crook.account})

    crook.do(exchange, "withdraw", crooked_id, crook.points)

    assert crook.points.balanceOf(bob) == AMOUNT * 99 // 100


def test_refuses_a_swap_of_points_that_return_false(give, crook):
    crook.points.setRefuses(True, {"from": crook.account})

    with reverts("SafeERC20FailedOperation", crook.points):
        give()


def test_refuses_a_swap_for_points_that_return_false(get, crook):
    crook.points.setRefuses(True, {"from": crook.account})

    with reverts("SafeERC20FailedOperation", crook.points):
        get()


def test_refuses_to_withdraw_points_that_return_false(exchange, crooked_id, crook, announced):
    crook.points.setRefuses(True, {"from": crook.account})

    with reverts("SafeERC20FailedOperation", crook.points):
        crook.do(exchange, "withdraw", crooked_id, crook.points)


def test_takes_and_pays_points_that_return_nothing(give, get, crook, alice):
    crook.points.setSilent(True, {"from": crook.account})

    give()
    get()

    assert crook.points.balanceOf(alice) == 1_000 * POINT


def test_refuses_points_that_only_say_they_came(give, crook):
    crook.points.setDeaf(True, {"from": crook.account})

    with reverts("PointsExchange_WrongAmountReceived", crook.points, 0, AMOUNT):
        give()


def test_refuses_points_that_only_say_they_went(get, crook):
    crook.points.setDeaf(True, {"from": crook.account})

    with reverts("PointsExchange_WrongAmountReceived", crook.points, 0, AMOUNT):
        get()


def test_pays_nothing_else_for_points_that_shrank(exchange, pair_id, crooked_id, crook, coffee, get, state):
    crook.points.shrink(exchange, 450 * POINT, {"from": crook.account})

    with reverts("ERC20InsufficientBalance", exchange, 50 * POINT, AMOUNT):
        get()
    assert coffee.points.balanceOf(exchange) == RESERVE + 500 * POINT
    assert state() == (RESERVE, RESERVE, 0, 0)


@pytest.fixture
def calls_back(crook, alice):
    """Makes the crooked points call the exchange from within their next transfer."""

    def plan(exchange, function, *arguments):
        data = getattr(exchange, function).encode_input(*arguments)
        crook.points.setHook(exchange, data, {"from": crook.account})

    return plan


REENTERING = {
    "swap": lambda s: (s.crooked, s.crook, 1, 0, s.alice, FAR),
    "swapWithPermit": lambda s: (s.crooked, s.crook, 1, 0, s.alice, FAR, (1, 1, 27, b"\0" * 32, b"\0" * 32)),
    "swapBySig": lambda s: (s.alice, s.crooked, s.coffee, 1, 0, s.alice, 1, FAR, s.signature),
    "fund": lambda s: (s.crooked, s.crook, 1),
    "withdraw": lambda s: (s.crooked, s.crook),
}


@pytest.fixture
def scene(exchange, crooked_id, coffee, crook, alice, domain):
    message = exchange_swap(
        domain=domain,
        customer=alice.address,
        pair_id=crooked_id,
        points_in=coffee.points.address,
        amount_in=1,
        min_out=0,
        recipient=alice.address,
        nonce=1,
        deadline=FAR,
    )

    class Scene:
        crooked = crooked_id
        signature = signed_by(alice, message)

    scene = Scene()
    scene.alice, scene.coffee, scene.crook = alice.address, coffee.points.address, crook.points.address
    return scene


@pytest.mark.parametrize("function", REENTERING)
def test_refuses_every_act_from_within_a_swap(exchange, calls_back, scene, give, crook, function, crooked_id):
    calls_back(exchange, function, *REENTERING[function](scene))

    give()

    assert crook.points.hookSucceeded() is False
    assert str(crook.points.hookResult()) == REENTERED
    # The other way round: 500 of coffee's less the 100 paid.
    assert sorted(exchange.pair(crooked_id)[4:6]) == [400 * POINT, 600 * POINT]


@pytest.mark.parametrize("function", ["swap", "fund"])
def test_refuses_acts_from_within_funding(exchange, calls_back, scene, crooked_id, crook, alice, function):
    calls_back(exchange, function, *REENTERING[function](scene))

    exchange.fund(crooked_id, crook.points, AMOUNT, {"from": alice})

    assert str(crook.points.hookResult()) == REENTERED


@pytest.mark.parametrize("function", ["swap", "withdraw"])
def test_refuses_acts_from_within_a_withdrawal(exchange, calls_back, scene, crooked_id, crook, announced, function):
    calls_back(exchange, function, *REENTERING[function](scene))

    crook.do(exchange, "withdraw", crooked_id, crook.points)

    assert str(crook.points.hookResult()) == REENTERED


class OwnBrand:
    """Points that are their own brand, and act through their hook."""

    def __init__(self, points, account):
        self.points, self.account, self.address = points, account, points.address

    def do(self, exchange, function, *arguments):
        self.points.setHook(exchange, getattr(exchange, function).encode_input(*arguments), {"from": self.account})
        self.points.mint(self.account, 1, {"from": self.account})
        self.points.transfer(self.account, 1, {"from": self.account})
        assert self.points.hookSucceeded() is True


def test_keeps_the_swap_s_rate_if_its_points_are_a_brand_that_sets_another(
    exchange, deployer, coffee, treasurer, alice, calls_back
):
    """Points that are their own brand: what they say from within a transfer comes too late for it."""
    points = deployer.deploy(MockCrookedPoints, deployer)
    points.setAuthority(points, {"from": deployer})
    itself = OwnBrand(points, deployer)
    pair_id = open_pair(exchange, *in_order(coffee, itself), terms_of(*in_order(coffee, itself)), ONE)
    exchange.fund(pair_id, coffee.points, AMOUNT, {"from": treasurer})
    points.mint(alice, AMOUNT, {"from": deployer})
    points.approve(exchange, AMOUNT, {"from": alice})
    points.setHook(exchange, exchange.setRate.encode_input(pair_id, ONE // 2), {"from": deployer})

    receipt = exchange.swap(pair_id, points, AMOUNT, 0, alice, FAR, {"from": alice})

    assert points.hookSucceeded() is True
    assert exchange.pair(pair_id)[1] == ONE // 2
    assert receipt.return_value == AMOUNT


def test_pays_a_printer_no_more_than_the_cap(exchange, crooked_id, crook, coffee, give, treasurer, deployer):
    exchange.fund(crooked_id, coffee.points, 2 * CAP, {"from": treasurer})
    crook.points.mint(crook.account, 10 * CAP, {"from": deployer})

    give(CAP, by=crook.account)

    with reverts("PointsExchange_CapExceeded", 1, 0):
        give(1, by=crook.account)


def test_lets_the_partner_stop_a_printer_at_once(exchange, crooked_id, crook, coffee, give):
    coffee.do(exchange, "setOpen", crooked_id, False)

    with reverts("PointsExchange_Closed", crooked_id):
        give(1, by=crook.account)


def test_bounds_what_a_brand_gets_by_setting_the_rate(exchange, pair_id, coffee, books, swap, alice, treasurer):
    """Books makes its own points as dear as it may, and swaps what it has, for itself, until the cap stops it."""
    books.do(exchange, "setRate", pair_id, ONE // 2)

    swap(books.points, CAP // 2, by=alice)

    assert coffee.points.balanceOf(alice) == 1_000 * POINT + CAP
    with reverts("PointsExchange_CapExceeded", 2, 0):
        swap(books.points, 1)


def test_bounds_what_a_brand_gets_by_swapping_forth_and_back_while_it_moves_the_rate(
    exchange, pair_id, coffee, books, swap, state
):
    """Each way at the bound that suits it: of neither points more than a cap is gone within a period."""
    books.do(exchange, "setRate", pair_id, 4 * ONE)
    swap(coffee.points, CAP // 4)
    books.do(exchange, "setRate", pair_id, ONE // 2)
    swap(books.points, CAP // 2)

    assert exchange.swappable(pair_id, coffee.points) == 0
    assert state()[:2] == (RESERVE + CAP // 4 - CAP, RESERVE + CAP // 2 - CAP)
    with reverts("PointsExchange_CapExceeded", 2, 0):
        swap(books.points, 1)
