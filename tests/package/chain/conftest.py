from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.local_chain import PROGRAMS, rolled_back, running
from web3crm.chain import Chain, LocalChain


@pytest.fixture(scope="session", params=PROGRAMS)
def local(request: pytest.FixtureRequest) -> Iterator[LocalChain]:
    """Ganache and anvil in turn."""
    with running(request.param) as local:
        yield local


@pytest.fixture
def own_chain(local: LocalChain) -> Iterator[Chain]:
    """A chain that is as new after each test."""
    with rolled_back(local.chain) as chain:
        yield chain
