"""A programme's authority and points, with nothing issued yet."""

from __future__ import annotations

import pytest

from tests.support.loyalty import deploy_authority, deploy_points


@pytest.fixture(scope="module")
def authority(module_isolation, deployer, brand):
    return deploy_authority(deployer, brand)


@pytest.fixture(scope="module")
def points(authority, deployer, brand, issuer):
    return deploy_points(deployer, authority, brand, issuer)
