"""The commons of a chain, and a scene of customers, a brand and its processors on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.erasing import Scene
from tests.support.local_chain import rolled_back
from web3crm.chain import LocalChain
from web3crm.deploy import Commons, deploy_commons


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


@pytest.fixture
def scene(local: LocalChain, commons: Commons, tmp_path: Path) -> Iterator[Scene]:
    with rolled_back(local.chain) as chain:
        yield Scene(local, chain, commons, tmp_path)
