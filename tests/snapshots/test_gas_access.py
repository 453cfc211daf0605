"""What paid access to datasets costs."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import ALL, DAY, DEADLINE, DIGEST, MONTH, NATIVE, OTHER_DIGEST
from tests.support.signing import signed_by
from web3crm.chain.typed_data import access_accept, access_close

PRICE = 10**16
PERIOD, MINIMUM = MONTH, DAY
STEPS = 100


@pytest.fixture(scope="module")
def accesses(deployer, consents, datasets, coin, alice, brand):
    """The brand has money here in native coin and a token; Alice holds some of the token already."""
    from brownie import DataAccess

    accesses = deployer.deploy(DataAccess, consents, datasets)
    accesses.fund(brand, NATIVE, 1, {"from": brand, "value": 1})
    coin.mint(brand, 10 * PRICE, {"from": brand})
    coin.mint(alice, 1, {"from": brand})
    coin.approve(accesses, 10 * PRICE, {"from": brand})
    accesses.fund(brand, coin, 5 * PRICE, {"from": brand})
    return accesses


@pytest.fixture(scope="module")
def dataset(consents, datasets, alice, brand):
    """A dataset of Alice's, who allows the brand everything."""
    consents.grant(brand, ALL, ALL, 2, 0, {"from": alice})
    return datasets.mint(DIGEST, 1, {"from": alice}).return_value


@pytest.fixture
def offer(accesses, dataset, brand):
    """Offers; returns the receipt."""

    def act(currency=NATIVE):
        terms = (dataset, DIGEST, currency, PRICE, 1, PERIOD, MINIMUM, DEADLINE, 0)
        return accesses.offer(terms, {"from": brand, "value": PRICE if currency == NATIVE else 0})

    return act


@pytest.fixture
def accept(accesses, offer, alice):
    """Offers and accepts; returns the id."""

    def act(currency=NATIVE):
        access_id = offer(currency).return_value
        accesses.accept(access_id, OTHER_DIGEST, {"from": alice})
        return access_id

    return act


@pytest.fixture
def withdrawn(accept, consents, chain, alice, brand):
    """An access that a withdrawal has ended: the third snapshot; returns the id."""
    access_id = accept()
    chain.sleep(DAY)
    consents.grant(brand, ALL, ALL, 2, 0, {"from": alice})
    consents.withdrawAll(brand, {"from": alice})
    chain.sleep(DAY)
    return access_id


def test_fund(accesses, brand, gas):
    gas("access: fund with native coin", accesses.fund(brand, NATIVE, PRICE, {"from": brand, "value": PRICE}))


def test_fund_tokens(accesses, coin, brand, gas):
    gas("access: fund with tokens", accesses.fund(brand, coin, PRICE, {"from": brand}))


def test_withdraw(accesses, coin, brand, gas):
    gas("access: withdraw tokens", accesses.withdraw(coin, PRICE, brand, {"from": brand}))


def test_offer(offer, gas):
    gas("access: offer native coin, sent along", offer())


def test_offer_tokens(offer, coin, gas):
    gas("access: offer tokens, from the balance", offer(coin.address))


def test_retract(accesses, offer, brand, gas):
    gas("access: retract", accesses.retract(offer().return_value, {"from": brand}))


def test_accept(accesses, offer, alice, gas):
    access_id = offer().return_value
    gas("access: accept", accesses.accept(access_id, OTHER_DIGEST, {"from": alice}))


def test_accept_signed(accesses, offer, dataset, domain, alice, brand, relayer, gas):
    access_id = offer().return_value
    message = access_accept(
        domain=domain(accesses, "DataAccess"),
        owner=alice.address,
        access_id=access_id,
        brand=brand.address,
        dataset_id=dataset,
        purpose=1,
        currency=NATIVE,
        price=PRICE,
        period=PERIOD,
        minimum=MINIMUM,
        envelope_digest=OTHER_DIGEST,
        nonce=0,
        deadline=DEADLINE,
    )
    signature = signed_by(alice, message)
    tx = accesses.acceptBySig(alice, access_id, OTHER_DIGEST, 0, DEADLINE, signature, {"from": relayer})
    gas("access: accept by signature, first nonce of a word", tx)


def test_close(accesses, accept, alice, gas):
    gas("access: close", accesses.close(accept(), {"from": alice}))


def test_close_signed(accesses, accept, domain, alice, relayer, gas):
    access_id = accept()
    message = access_close(
        domain=domain(accesses, "DataAccess"), owner=alice.address, access_id=access_id, nonce=0, deadline=DEADLINE
    )
    tx = accesses.closeBySig(alice, access_id, 0, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("access: close by signature, first nonce of a word", tx)


def test_collect(accesses, accept, chain, relayer, gas):
    access_id = accept()
    chain.sleep(DAY)
    gas("access: collect native coin", accesses.collect(access_id, 0, {"from": relayer}))


def test_collect_tokens(accesses, accept, coin, chain, relayer, gas):
    access_id = accept(coin.address)
    chain.sleep(DAY)
    gas("access: collect tokens", accesses.collect(access_id, 0, {"from": relayer}))


def test_collect_following(accesses, accept, consents, chain, alice, brand, relayer, gas):
    access_id = accept()
    for _ in range(STEPS):
        consents.grant(brand, ALL, ALL, 2, 0, {"from": alice})
    tx = accesses.collect(access_id, STEPS, {"from": relayer})
    gas("access: collect, each of 100 snapshots that are followed", tx, per=STEPS)


def test_take_back_after_a_withdrawal(accesses, withdrawn, relayer, gas):
    tx = accesses.takeBack(withdrawn, 3, {"from": relayer})
    gas("access: take back after a withdrawal", tx)


def test_take_back_after_a_closing(accesses, accept, alice, relayer, gas):
    access_id = accept()
    accesses.close(access_id, {"from": alice})
    gas("access: take back after a closing", accesses.takeBack(access_id, 0, {"from": relayer}))
