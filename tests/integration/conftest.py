from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_chain import PROGRAMS, rolled_back, running
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Programme, deploy_programme, read_params

PARAMS = Path(__file__).parents[2] / "deployments" / "params"
COFFEE, BOOKSHOP = PARAMS / "coffee.yaml", PARAMS / "bookshop.yaml"


@pytest.fixture(scope="session", params=PROGRAMS)
def local(request: pytest.FixtureRequest) -> Iterator[LocalChain]:
    """Ganache and anvil in turn."""
    with running(request.param) as local:
        yield local


@pytest.fixture(scope="session")
def coffee(local: LocalChain) -> Programme:
    """The coffee programme, deployed as on a live network."""
    return deploy_programme(local.chain, read_params(COFFEE, local.chain), sender=local.accounts[0])


@pytest.fixture
def live(local: LocalChain, coffee: Programme) -> Iterator[Chain]:
    """The chain with the coffee programme, as it was after each test."""
    with rolled_back(local.chain) as chain:
        yield chain
