"""A brand's authority, a contract it knows nothing of, and one of its own."""

from __future__ import annotations

import pytest
from brownie import MockTarget

from tests.support.loyalty import deploy_authority, deploy_points


@pytest.fixture(scope="module")
def authority(module_isolation, deployer, brand):
    return deploy_authority(deployer, brand)


@pytest.fixture(scope="module")
def points(authority, deployer, brand, issuer):
    return deploy_points(deployer, authority, brand, issuer)


@pytest.fixture(scope="module")
def commons(module_isolation, deployer):
    """A contract that all brands share: it knows its callers by their addresses alone."""
    return deployer.deploy(MockTarget)
