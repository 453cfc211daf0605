"""A distributor of points that nobody has yet, and three customers' first totals."""

from __future__ import annotations

import pytest

from tests.support.loyalty import deploy_distributor, deploy_points
from tests.support.merkle import Tree
from tests.unit.loyalty.points_distributor.publishing import FIRST, matured


@pytest.fixture(scope="module")
def points(authority, deployer, brand, issuer):
    return deploy_points(deployer, authority, brand, issuer)


@pytest.fixture(scope="module")
def distributor(points, authority, deployer, brand):
    return deploy_distributor(deployer, authority, points, brand)


@pytest.fixture(scope="module")
def tree(alice, bob, carol):
    """Alice has earned 100 points, Bob 50 and Carol 20."""
    return Tree(zip([alice, bob, carol], FIRST, strict=True))


@pytest.fixture
def first(distributor, tree, issuer):
    """That tree, matured."""
    matured(distributor, tree.root, sum(FIRST), issuer)
    return tree
