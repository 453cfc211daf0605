"""What consent, keys and datasets cost."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import (
    ALL,
    DEADLINE,
    DIGEST,
    EIGHT,
    OTHER_DIGEST,
    OTHER_RECIPIENT,
    RECIPIENT,
)
from tests.support.signing import signed_by
from web3crm.chain.typed_data import consent_grant, consent_withdraw_all, dataset_mint


@pytest.fixture
def granted(consents, alice, brand):
    """Alice allows the brand everything."""
    return consents.grant(brand, ALL, ALL, 1, 0, {"from": alice})


@pytest.fixture
def changed(consents, granted, alice, brand):
    """She has changed her consent once, so that a word of history is there."""
    return consents.grant(brand, 3, 3, 2, 0, {"from": alice})


@pytest.fixture
def dataset(datasets, alice):
    return datasets.mint(DIGEST, 1, {"from": alice}).return_value


def test_publish_notice(consents, brand, gas):
    tx = consents.publishNotice(DIGEST, "ipfs://notice", 1, 0, 1, 30 * 86_400, {"from": brand})
    gas("consent: publish a notice that changes one purpose", tx)


def test_first_grant(consents, alice, brand, gas):
    tx = consents.grant(brand, ALL, EIGHT, 1, 0, {"from": alice})
    gas("consent: first grant, 64 purposes, 8 data classes", tx)


def test_first_grant_of_everything(consents, alice, brand, gas):
    tx = consents.grant(brand, ALL, ALL, 1, 0, {"from": alice})
    gas("consent: first grant, 64 purposes, 64 data classes", tx)


def test_change(consents, granted, alice, brand, gas):
    gas("consent: change", consents.grant(brand, 3, 3, 2, 0, {"from": alice}))


def test_second_change(consents, changed, alice, brand, gas):
    gas("consent: second change", consents.grant(brand, ALL, ALL, 2, 0, {"from": alice}))


def test_withdraw_some(consents, granted, alice, brand, gas):
    gas("consent: withdraw some", consents.withdraw(brand, 1, 0, {"from": alice}))


def test_withdraw_all(consents, granted, alice, brand, gas):
    gas("consent: withdraw all", consents.withdrawAll(brand, {"from": alice}))


def test_first_grant_signed(consents, domain, alice, brand, relayer, gas):
    message = consent_grant(
        domain=domain(consents, "ConsentRegistry"),
        customer=alice.address,
        brand=brand.address,
        purposes=ALL,
        data_classes=ALL,
        notice_version=1,
        notice_digest=b"\x01" * 32,
        expires_at=0,
        nonce=1,
        deadline=DEADLINE,
    )
    signature = signed_by(alice, message)
    tx = consents.grantBySig(alice, brand, ALL, ALL, 1, 0, 1, DEADLINE, signature, {"from": relayer})
    gas("consent: first grant by signature, 64 purposes, 64 data classes", tx)


def test_withdraw_all_signed(consents, granted, domain, alice, brand, relayer, gas):
    message = consent_withdraw_all(
        domain=domain(consents, "ConsentRegistry"),
        customer=alice.address,
        brand=brand.address,
        nonce=0,
        deadline=DEADLINE,
    )
    tx = consents.withdrawAllBySig(alice, brand, 0, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("consent: withdraw all by signature, first nonce of a word", tx)


def test_request_erasure(consents, granted, alice, brand, gas):
    gas("consent: request erasure", consents.requestErasure(brand, {"from": alice}))


def test_acknowledge_erasure(consents, granted, alice, brand, gas):
    consents.requestErasure(brand, {"from": alice})
    gas("consent: acknowledge erasure", consents.acknowledgeErasure(alice, DIGEST, {"from": brand}))


def test_publish_key(keys, alice, gas):
    gas("keys: publish, first time", keys.publish(RECIPIENT, {"from": alice}))


def test_rotate_key(keys, alice, gas):
    keys.publish(RECIPIENT, {"from": alice})
    gas("keys: rotate", keys.publish(OTHER_RECIPIENT, {"from": alice}))


def test_mint(datasets, alice, gas):
    gas("dataset: mint, new holder", datasets.mint(DIGEST, 1, {"from": alice}))


def test_mint_another(datasets, dataset, alice, gas):
    gas("dataset: mint, holder of others", datasets.mint(OTHER_DIGEST, 2, {"from": alice}))


def test_mint_signed(datasets, domain, alice, relayer, gas):
    message = dataset_mint(
        domain=domain(datasets, "CustomerData"),
        owner=alice.address,
        manifest_digest=DIGEST,
        data_class=1,
        nonce=0,
        deadline=DEADLINE,
    )
    tx = datasets.mintBySig(alice, DIGEST, 1, 0, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("dataset: mint by signature, new holder, first nonce of a word", tx)


def test_update(datasets, dataset, alice, gas):
    gas("dataset: update", datasets.update(dataset, OTHER_DIGEST, 1, {"from": alice}))


def test_rotate(datasets, dataset, alice, gas):
    gas("dataset: update with a new key epoch", datasets.update(dataset, OTHER_DIGEST, 2, {"from": alice}))


def test_burn(datasets, dataset, alice, gas):
    gas("dataset: burn", datasets.burn(dataset, {"from": alice}))
