"""The data contracts, deployed once a module; every test rolls back what it does.

Brownie resets the chain in ``module_isolation``, so what lives as long as a module must come after it.
"""

from __future__ import annotations

import pytest
from brownie import ConsentRegistry, CustomerData, KeyDirectory, MockWallet


@pytest.fixture(scope="module")
def consents(module_isolation, deployer):  # type: ignore[no-untyped-def]
    return deployer.deploy(ConsentRegistry)


@pytest.fixture(scope="module")
def keys(module_isolation, deployer):  # type: ignore[no-untyped-def]
    return deployer.deploy(KeyDirectory)


@pytest.fixture(scope="module")
def datasets(module_isolation, deployer):  # type: ignore[no-untyped-def]
    return deployer.deploy(CustomerData)


@pytest.fixture(scope="module")
def wallet(module_isolation, deployer, alice):  # type: ignore[no-untyped-def]
    """A contract wallet that alice's key signs for."""
    return deployer.deploy(MockWallet, alice)
