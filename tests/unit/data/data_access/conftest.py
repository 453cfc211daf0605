"""Alice has a dataset and allows the brand two purposes and two data classes; the brand wants to pay for one of each."""

from __future__ import annotations

import pytest
from brownie import DataAccess, MockCoin, MockCrookedPoints, MockSchemer, MockStablecoin

from tests.support.access import (
    DATA_CLASS,
    DATA_CLASSES,
    DAY,
    ENVELOPE,
    MANIFEST,
    NATIVE,
    NOTICE,
    PURPOSES,
    Access,
    Offer,
)


@pytest.fixture(scope="module")
def accesses(consents, datasets, deployer):
    return deployer.deploy(DataAccess, consents, datasets)


@pytest.fixture(scope="module")
def coin(module_isolation, deployer, brand):
    """A plain ERC-20 of which the brand has plenty."""
    coin = deployer.deploy(MockCoin)
    coin.mint(brand, 10**30, {"from": brand})
    return coin


@pytest.fixture
def crooked(deployer, brand, accesses):
    """An ERC-20 that can be told to cheat, of which the brand has plenty and lets the contract take it."""
    token = deployer.deploy(MockCrookedPoints, NATIVE)
    token.mint(brand, 10**30, {"from": brand})
    token.approve(accesses, 2**256 - 1, {"from": brand})
    return token


@pytest.fixture
def stablecoin(deployer, brand, accesses):
    """An ERC-20 that can take fees, refuse and call back, of which the brand has plenty and lets the contract take it."""
    token = deployer.deploy(MockStablecoin)
    token.mint(brand, 10**30, {"from": brand})
    token.approve(accesses, 2**256 - 1, {"from": brand})
    return token


@pytest.fixture
def publish(consents, brand):
    """Publishes the brand's next notice."""

    def act(*, purposes=0, data_classes=0, oldest=0):
        return consents.publishNotice(
            NOTICE, "ipfs://notice", purposes, data_classes, oldest, 30 * DAY, {"from": brand}
        )

    return act


@pytest.fixture
def grant(consents, alice, brand):
    """Alice allows the brand what she allows it at first, or what is named."""

    def act(*, purposes=PURPOSES, data_classes=DATA_CLASSES, version=1, expires_at=0, **sending):
        return consents.grant(brand, purposes, data_classes, version, expires_at, {"from": alice} | sending)

    return act


@pytest.fixture
def withdraw(consents, alice, brand):
    """Alice withdraws everything from the brand, or what is named."""

    def act(*, purposes=2**64 - 1, data_classes=2**64 - 1, **sending):
        return consents.withdraw(brand, purposes, data_classes, {"from": alice} | sending)

    return act


@pytest.fixture
def granted(publish, grant):
    publish()
    return grant()


@pytest.fixture
def dataset(datasets, alice):
    return datasets.mint(MANIFEST, DATA_CLASS, {"from": alice}).return_value


@pytest.fixture
def terms(dataset, chain):
    """What the brand offers, by default; ``terms(price=...)`` changes it."""
    return lambda **changes: Offer(**{"dataset_id": dataset, "expires_at": chain[-1].timestamp + DAY} | changes)


@pytest.fixture
def offer(accesses, terms, brand):
    """Offers, and returns the id; native coin is sent along."""

    def act(by=brand, **changes):
        offered = terms(**changes)
        value = offered.price if offered.currency == NATIVE else 0
        return accesses.offer(offered.to_tuple(), {"from": by, "value": value}).return_value

    return act


@pytest.fixture
def accept(accesses, granted, offer, alice):
    """Offers and lets Alice accept; returns the id."""

    def act(by=alice, **changes):
        access_id = offer(**changes)
        accesses.accept(access_id, ENVELOPE, {"from": by})
        return access_id

    return act


@pytest.fixture
def access(accept):
    """The id of an access that Alice has accepted, for native coin."""
    return accept()


@pytest.fixture
def read(accesses):
    """What the contract says of an access."""
    return lambda access_id: Access(*accesses.accessOf(access_id))


@pytest.fixture
def move(datasets, dataset):
    """Moves the dataset from one wallet to another."""

    def act(owner, new_wallet):
        datasets.proposeMove(dataset, new_wallet, {"from": owner})
        return datasets.acceptMove(dataset, {"from": new_wallet})

    return act


@pytest.fixture
def schemer(deployer, alice, consents, datasets, brand, granted):
    """A contract wallet of Alice's that can make trouble; it has a dataset and allows the brand what Alice does."""
    wallet = deployer.deploy(MockSchemer, alice)
    wallet.execute(datasets, datasets.mint.encode_input(MANIFEST, DATA_CLASS), {"from": alice})
    wallet.execute(consents, consents.grant.encode_input(brand, PURPOSES, DATA_CLASSES, 1, 0), {"from": alice})
    return wallet


@pytest.fixture
def schemers_access(schemer, accesses, offer, datasets, alice):
    """An access that the contract wallet has accepted."""
    access_id = offer(dataset_id=datasets.datasetIdOf(schemer, MANIFEST, DATA_CLASS))
    schemer.execute(accesses, accesses.accept.encode_input(access_id, ENVELOPE), {"from": alice})
    return access_id
