"""What the acts of PointsExchange cost. A brand's acts go through its authority, as they do in life."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import BUDGET, DAY, DEADLINE, MONTH, POINT, REF
from tests.support.clock import mine_at
from tests.support.exchange import ONE, RATE, Brand, agree, in_order, open_pair, terms_of
from tests.support.signing import signed_by
from web3crm.chain.typed_data import exchange_swap, points_permit

MAX = 2**256 - 1
CAP = 10_000 * POINT


@pytest.fixture(scope="module")
def exchange(deployer):
    from brownie import PointsExchange

    return deployer.deploy(PointsExchange)


@pytest.fixture(scope="module")
def brands(deployer, brand, guardian, issuer, authority, points, exchange, alice, bob, accounts):
    """Two programmes in order; the treasurer, alice and bob have points of both and let the exchange take them."""
    from brownie import LoyaltyPoints, ProgramAuthority

    other = deployer.deploy(ProgramAuthority, guardian)
    others = deployer.deploy(LoyaltyPoints, "Book Points", "BOOK", "ipfs://books", other, BUDGET, MONTH)
    holders = [accounts[9], alice, bob]
    points.issueBatch(holders, [10_000 * POINT] * 3, REF, {"from": issuer})
    others.issueBatch(holders, [10_000 * POINT] * 3, REF, {"from": guardian})
    for token in (points, others):
        for holder in holders:
            token.approve(exchange, MAX, {"from": holder})
    return in_order(Brand(authority, points, brand), Brand(other, others, guardian))


@pytest.fixture(scope="module")
def terms(brands):
    return terms_of(*brands, cap_a=CAP, cap_b=CAP, notice=DAY)


@pytest.fixture(scope="module")
def pair_id(exchange, brands, terms, accounts, bob):
    """At work: both reserves funded, and swaps made both ways."""
    pair_id = open_pair(exchange, *brands, terms, RATE)
    for each in brands:
        exchange.fund(pair_id, each.points, 2_000 * POINT, {"from": accounts[9]})
    exchange.swap(pair_id, brands[0].points, 100 * POINT, 0, bob, DEADLINE, {"from": bob})
    exchange.swap(pair_id, brands[1].points, 300 * POINT, 0, bob, DEADLINE, {"from": bob})
    exchange.swap(pair_id, brands[0].points, 200 * POINT, 0, bob, DEADLINE, {"from": bob})
    return pair_id


@pytest.fixture
def swap(exchange, pair_id, brands, alice):
    return lambda recipient: exchange.swap(
        pair_id, brands[0].points, POINT, 2 * POINT, recipient, DEADLINE, {"from": alice}
    )


def test_swap_for_a_holder(swap, alice, gas):
    gas("exchange: swap, holder of both", swap(alice))


def test_swap_for_a_new_holder(swap, carol, gas):
    gas("exchange: swap, new holder of the other points", swap(carol))


def test_swap_of_a_finite_allowance(swap, exchange, brands, alice, gas):
    brands[0].points.approve(exchange, 2 * POINT, {"from": alice})
    gas("exchange: swap, holder of both, finite allowance", swap(alice))


def test_swap_with_permit(exchange, pair_id, brands, domain, alice, gas):
    points = brands[0].points
    points.approve(exchange, 0, {"from": alice})
    message = points_permit(
        domain=domain(points, points.name()),
        owner=alice.address,
        spender=exchange.address,
        value=POINT,
        nonce=0,
        deadline=DEADLINE,
    )
    signature = signed_by(alice, message)
    permit = (POINT, DEADLINE, signature[64], signature[:32], signature[32:64])
    arguments = (pair_id, points, POINT, 2 * POINT, alice, DEADLINE, permit, {"from": alice})
    gas("exchange: swap with permit, holder of both, first signature", exchange.swapWithPermit(*arguments))


def test_swap_signed(exchange, pair_id, brands, domain, alice, relayer, gas):
    message = exchange_swap(
        domain=domain(exchange, "PointsExchange"),
        customer=alice.address,
        pair_id=pair_id,
        points_in=brands[0].points.address,
        amount_in=POINT,
        min_out=2 * POINT,
        recipient=alice.address,
        nonce=0,
        deadline=DEADLINE,
    )
    arguments = (alice, pair_id, brands[0].points, POINT, 2 * POINT, alice, 0, DEADLINE, signed_by(alice, message))
    tx = exchange.swapBySig(*arguments, {"from": relayer})
    gas("exchange: swap by signature, holder of both, first nonce of a word", tx)


def test_fund(exchange, pair_id, brands, alice, gas):
    gas("exchange: fund", exchange.fund(pair_id, brands[0].points, POINT, {"from": alice}))


def test_agree(exchange, brands, terms, gas):
    gas("exchange: agree, the first brand", brands[0].do(exchange, "agree", terms.as_struct()))
    gas("exchange: agree, the second brand", brands[1].do(exchange, "agree", terms.as_struct()))


def test_agree_anew(exchange, pair_id, brands, terms, gas):
    brands[0].do(exchange, "agree", terms.but(notice=2 * DAY).as_struct())
    tx = brands[1].do(exchange, "agree", terms.but(notice=2 * DAY).as_struct())
    gas("exchange: agree, the second brand, to other terms", tx)


def test_set_rate(exchange, brands, terms, gas):
    pair_id = agree(exchange, *brands, terms)
    gas("exchange: set the rate, first time", brands[0].do(exchange, "setRate", pair_id, RATE))
    gas("exchange: set the rate", brands[0].do(exchange, "setRate", pair_id, ONE))


def test_set_open(exchange, pair_id, brands, gas):
    gas("exchange: close", brands[0].do(exchange, "setOpen", pair_id, False))


def test_withdraw(exchange, pair_id, brands, alice, gas):
    points = brands[0].points
    announced = brands[0].do(exchange, "announceWithdrawal", pair_id, points, POINT, alice)
    gas("exchange: announce a withdrawal", announced)
    mine_at(announced.timestamp + DAY)
    gas("exchange: withdraw, to a holder", brands[0].do(exchange, "withdraw", pair_id, points))
