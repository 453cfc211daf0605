"""PointsExchange.swapWithPermit

given a customer with points, who approved nothing
├── when she swaps with a permit
│   └── it should swap, by that permit alone
├── when somebody sent her permit before she could
│   └── it should swap all the same
├── when the permit is for less, past its deadline, somebody else's or for somebody else
│   └── it should revert for want of an allowance
├── when an allowance is there and the permit is of no use
│   └── it should swap
├── when somebody else sends her permit with a swap of his
│   └── it should swap nothing of hers
├── when the points know no permit
│   └── it should swap if the allowance is there
├── when the points call back from the permit
│   └── it should let nothing happen
└── when the deadline has passed, or the points are not in the pair
    └── it should revert before anybody is asked
"""

from __future__ import annotations

import pytest
from brownie import MockCrookedPoints

from tests.support.loyalty import FAR, POINT
from tests.support.loyalty import domain_of as points_domain_of
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import points_permit

AMOUNT = 10 * POINT
REENTERED = "0x3ee5aeb5"
"""The selector of ReentrancyGuardReentrantCall."""
NO_PERMIT = (AMOUNT, FAR, 27, b"\x00" * 32, b"\x00" * 32)


@pytest.fixture(scope="module")
def customer(coffee, treasurer, carol):
    """Carol has points and has approved nothing."""
    coffee.points.transfer(carol, 100 * POINT, {"from": treasurer})
    return carol


@pytest.fixture
def permit(exchange, coffee, customer, chain):
    """Carol's permit for the exchange, as the contract takes it."""

    def sign(*, value=AMOUNT, deadline=FAR, by=customer, spender=exchange):
        message = points_permit(
            domain=points_domain_of(coffee.points, chain.id),
            owner=customer.address,
            spender=spender.address,
            value=value,
            nonce=0,
            deadline=deadline,
        )
        signature = signed_by(by, message)
        return (value, deadline, signature[64], signature[:32], signature[32:64])

    return sign


@pytest.fixture
def swap_with(exchange, pair_id, coffee, customer):
    def act(permit, *, by=customer, deadline=FAR, points_in=coffee.points, pair=pair_id):
        return exchange.swapWithPermit(pair, points_in, AMOUNT, 0, by, deadline, permit, {"from": by})

    return act


def test_swaps_by_the_permit_alone(swap_with, permit, exchange, coffee, books, customer):
    receipt = swap_with(permit())

    assert receipt.return_value == 20 * POINT
    assert books.points.balanceOf(customer) == 20 * POINT
    assert coffee.points.allowance(customer, exchange) == 0


def test_swaps_if_the_permit_was_sent_before(swap_with, permit, exchange, coffee, books, customer, stranger):
    signed = permit()
    coffee.points.permit(customer, exchange, *signed, {"from": stranger})

    swap_with(signed)

    assert books.points.balanceOf(customer) == 20 * POINT


@pytest.mark.parametrize(
    ("changes", "allowance"), [({"value": AMOUNT - 1}, AMOUNT - 1), ({"deadline": 1}, 0)], ids=["for less", "too late"]
)
def test_reverts_if_the_permit_does_not_reach(swap_with, permit, exchange, changes, allowance):
    with reverts("ERC20InsufficientAllowance", exchange, allowance, AMOUNT):
        swap_with(permit(**changes))


def test_reverts_on_a_permit_that_somebody_else_signed(swap_with, permit, exchange, stranger):
    with reverts("ERC20InsufficientAllowance", exchange, 0, AMOUNT):
        swap_with(permit(by=stranger))


def test_reverts_on_a_permit_for_somebody_else(swap_with, permit, exchange, bob):
    with reverts("ERC20InsufficientAllowance", exchange, 0, AMOUNT):
        swap_with(permit(spender=bob))


def test_swaps_by_the_allowance_if_the_permit_is_of_no_use(swap_with, exchange, coffee, books, customer):
    coffee.points.approve(exchange, AMOUNT, {"from": customer})

    swap_with(NO_PERMIT)

    assert books.points.balanceOf(customer) == 20 * POINT


def test_swaps_nothing_of_hers_for_who_has_her_permit(swap_with, permit, exchange, coffee, customer, stranger):
    with reverts("ERC20InsufficientAllowance", exchange, 0, AMOUNT):
        swap_with(permit(), by=stranger)
    assert coffee.points.balanceOf(customer) == 100 * POINT


def test_swaps_points_without_permits(exchange, crooked_id, crook, coffee, alice):
    receipt = exchange.swapWithPermit(crooked_id, crook.points, AMOUNT, 0, alice, FAR, NO_PERMIT, {"from": alice})

    assert receipt.return_value == AMOUNT


def test_refuses_acts_from_within_a_permit(exchange, crooked_id, crook, alice):
    data = exchange.swap.encode_input(crooked_id, crook.points, 1, 0, alice, FAR)
    crook.points.setHook(exchange, data, {"from": crook.account})

    receipt = exchange.swapWithPermit(crooked_id, crook.points, AMOUNT, 0, alice, FAR, NO_PERMIT, {"from": alice})

    assert str(crook.points.hookResult()) == REENTERED
    assert receipt.return_value == AMOUNT


def test_reverts_after_the_deadline(swap_with, permit, chain):
    past = chain[-1].timestamp - 1

    with reverts("PointsExchange_Expired", past):
        swap_with(permit(), deadline=past)


def test_asks_no_points_of_another_pair(swap_with, pair_id, deployer, stranger):
    elsewhere = deployer.deploy(MockCrookedPoints, stranger)

    with reverts("PointsExchange_NotInPair", pair_id, elsewhere):
        swap_with(NO_PERMIT, points_in=elsewhere)
