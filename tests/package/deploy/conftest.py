from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_chain import quickest, rolled_back, running
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Params, Programme, Records, deploy_programme, read_params

PARAMS = Path(__file__).parents[3] / "deployments" / "params"


@pytest.fixture(scope="session")
def local() -> Iterator[LocalChain]:
    with running(quickest()) as local:
        yield local


@pytest.fixture(scope="session")
def coffee(local: LocalChain) -> Params:
    return read_params(PARAMS / "coffee.yaml", local.chain)


@pytest.fixture(scope="session")
def records() -> Records:
    return Records.in_memory()


@pytest.fixture(scope="session")
def deployed(local: LocalChain, coffee: Params, records: Records) -> Programme:
    """A coffee programme that nobody has touched: tests that do roll the chain back."""
    return deploy_programme(local.chain, coffee, sender=local.accounts[0], records=records)


@pytest.fixture
def own_chain(local: LocalChain, deployed: Programme) -> Iterator[Chain]:
    """The chain with the coffee programme, as it was after each test."""
    with rolled_back(local.chain) as chain:
        yield chain
