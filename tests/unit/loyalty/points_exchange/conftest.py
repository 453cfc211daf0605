"""Two programmes, coffee (points A) and books (points B), with an open pair at two B for an A and 10,000 points of each in it.

Alice has 1,000 of both and lets the exchange take them; the treasurer is who funds the reserves.
"""

from __future__ import annotations

import pytest
from brownie import MockCrookedPoints, PointsExchange

from tests.support.exchange import (
    ONE,
    RATE,
    RESERVE,
    LoneBrand,
    agree,
    deploy_brand,
    domain_of,
    in_order,
    open_pair,
    terms_of,
)
from tests.support.loyalty import FAR, POINT, REF

MAX = 2**256 - 1


@pytest.fixture(scope="module")
def exchange(module_isolation, deployer):
    return deployer.deploy(PointsExchange)


@pytest.fixture(scope="module")
def treasurer(accounts):
    return accounts[9]


@pytest.fixture(scope="module")
def brands(deployer, brand, guardian, issuer, exchange, treasurer, alice):
    """In order; everybody's points are issued and approved."""
    brands = in_order(deploy_brand(deployer, brand, issuer), deploy_brand(deployer, guardian, issuer))
    for each in brands:
        each.points.issueBatch([treasurer, alice], [2 * RESERVE, 1_000 * POINT], REF, {"from": issuer})
        each.points.approve(exchange, MAX, {"from": treasurer})
        each.points.approve(exchange, MAX, {"from": alice})
    return brands


@pytest.fixture(scope="module")
def coffee(brands):
    return brands[0]


@pytest.fixture(scope="module")
def books(brands):
    return brands[1]


@pytest.fixture(scope="module")
def terms(coffee, books):
    return terms_of(coffee, books)


@pytest.fixture(scope="module")
def agreed(exchange, coffee, books, terms):
    """The pair with terms and nothing else."""
    return agree(exchange, coffee, books, terms)


@pytest.fixture(scope="module")
def pair_id(exchange, coffee, books, treasurer, terms):
    """The pair at work."""
    pair_id = open_pair(exchange, coffee, books, terms, RATE)
    exchange.fund(pair_id, coffee.points, RESERVE, {"from": treasurer})
    exchange.fund(pair_id, books.points, RESERVE, {"from": treasurer})
    return pair_id


@pytest.fixture
def swap(exchange, pair_id, alice):
    """Swaps alice's points for herself."""

    def act(points_in, amount_in, *, min_out=0, recipient=alice, deadline=FAR, by=alice):
        return exchange.swap(pair_id, points_in, amount_in, min_out, recipient, deadline, {"from": by})

    return act


@pytest.fixture(scope="module")
def domain(exchange, chain):
    return domain_of(exchange, chain.id)


@pytest.fixture
def state(exchange, pair_id):
    """What the pair holds of A and B, and how much of each the partner owns."""
    return lambda: tuple(exchange.pair(pair_id)[4:])


# --- a brand that cheats ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crook(deployer, stranger, alice, treasurer, exchange):
    """A lone brand with crooked points, 1,000 of them alice's and as many its own."""
    crook = LoneBrand(stranger, deployer.deploy(MockCrookedPoints, stranger))
    for holder in (alice, stranger, treasurer):
        crook.points.mint(holder, 1_000 * POINT, {"from": deployer})
        crook.points.approve(exchange, MAX, {"from": holder})
    return crook


@pytest.fixture(scope="module")
def crooked_id(exchange, coffee, crook, treasurer):
    """An open pair of coffee and the crook, one for one, with 500 points of each in it."""
    a, b = in_order(coffee, crook)
    pair_id = open_pair(exchange, a, b, terms_of(a, b), ONE)
    exchange.fund(pair_id, coffee.points, 500 * POINT, {"from": treasurer})
    exchange.fund(pair_id, crook.points, 500 * POINT, {"from": treasurer})
    return pair_id
