"""A dataset of alice's."""

from __future__ import annotations

import pytest

from web3crm.chain.typed_data import Domain

MANIFEST = b"\x22" * 32


@pytest.fixture
def dataset(datasets, alice):
    """The id of a dataset that alice minted, of the data class 3."""
    return datasets.mint(MANIFEST, 3, {"from": alice}).return_value


@pytest.fixture
def domain(datasets, chain):
    return Domain(name="CustomerData", chain_id=chain.id, contract=datasets.address)


@pytest.fixture
def soon(chain):
    """A deadline an hour from now."""
    return chain.time() + 3600
