"""Short ways to say what the consent tests say often."""

from __future__ import annotations

import pytest

from web3crm.chain.typed_data import Domain
from web3crm.domain.consent import Snapshot

DAY = 86_400


@pytest.fixture
def publish(consents, brand):
    """Publishes the brand's next notice: ``publish(changed_purposes=..., oldest=...)``."""

    def act(*, changed_purposes=0, changed_data_classes=0, oldest=0, period=30 * DAY, digest=b"\x11" * 32, by=brand):
        return consents.publishNotice(
            digest, "ipfs://notice", changed_purposes, changed_data_classes, oldest, period, {"from": by}
        )

    return act


@pytest.fixture
def snapshot(consents, alice, brand):
    """The latest snapshot, by default alice's with the brand."""

    def read(customer=alice, of=brand):
        return Snapshot(*consents.snapshotOf(customer, of))

    return read


@pytest.fixture
def domain(consents, chain):
    return Domain(name="ConsentRegistry", chain_id=chain.id, contract=consents.address)


@pytest.fixture
def soon(chain):
    """A deadline an hour from now."""
    return chain.time() + 3600
