"""Every signature form of DataAccess.

given an act of an owner
    when she signs it and somebody relays it
        it should behave as ``tests/behaviours/signatures.py`` says, form by form
given a signed acceptance
    when the offer was taken back
        it should be refused
    when the same offer was made again
        it should be good: the terms are the same
    when the terms were other ones
        it should be refused (every field of the message is tried above)
given a signed closing
    when the access is another owner's
        it should be refused
    when the access does not exist or was not accepted
        it should be refused
    when she has closed it herself
        it should be refused
"""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest
from eth_utils.crypto import keccak

from tests.behaviours.signatures import AcceptsOnlyGoodSignatures, SignedAct
from tests.support.access import (
    DATA_CLASS,
    DATA_CLASSES,
    DAY,
    ENVELOPE,
    MINIMUM,
    NATIVE,
    NOTICE,
    PERIOD,
    PRICE,
    PURPOSE,
    PURPOSES,
    Offer,
)
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import Domain, access_accept, access_close

FAR = 2**39
NONCE = 5


@pytest.fixture(scope="module")
def home(accesses):
    """Where signatures for the contract are good."""
    from brownie import chain

    return Domain(name="DataAccess", chain_id=chain.id, contract=accesses.address)


@pytest.fixture(scope="module")
def noticed(consents, brand):
    return consents.publishNotice(NOTICE, "ipfs://notice", 0, 0, 0, 30 * DAY, {"from": brand})


@pytest.fixture(scope="module")
def does(alice):
    """Lets a signer act herself: Alice, or a wallet of hers."""

    def act(signer, function, *arguments):
        data = function.encode_input(*arguments)
        if signer == alice:
            alice.transfer(function._address, data=data)
        else:
            signer.execute(function._address, data, {"from": alice})

    return act


@pytest.fixture(scope="module")
def offered(accesses, consents, datasets, noticed, does, brand):
    """Gives a signer a new dataset, a consent and an offer; returns the offer's id and its terms."""
    manifests = (keccak(text=f"manifest {number}") for number in count())

    def make(signer):
        manifest = next(manifests)
        does(signer, datasets.mint, manifest, DATA_CLASS)
        does(signer, consents.grant, brand, PURPOSES, DATA_CLASSES, 1, 0)
        offer = Offer(datasets.datasetIdOf(signer, manifest, DATA_CLASS), FAR, manifest)
        accesses.offer(offer.to_tuple(), {"from": brand, "value": PRICE})
        return accesses.accessIdOf(brand, offer.to_tuple()), offer

    return make


@pytest.fixture(scope="module")
def acceptance(home, brand):
    """Builds the message that accepts an offer."""

    def build(signer, access_id, offer):
        return partial(
            access_accept,
            owner=str(signer),
            access_id=access_id,
            brand=str(brand),
            dataset_id=offer.dataset_id,
            purpose=PURPOSE,
            currency=NATIVE,
            price=PRICE,
            period=PERIOD,
            minimum=MINIMUM,
            envelope_digest=ENVELOPE,
        )

    return build


class TestAcceptBySig(AcceptsOnlyGoodSignatures):
    fields = (
        "owner",
        "accessId",
        "brand",
        "datasetId",
        "purpose",
        "currency",
        "price",
        "period",
        "minimum",
        "envelopeDigest",
        "nonce",
        "deadline",
    )

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, accesses, home, offered, acceptance, relayer):
        def make(signer):
            access_id, offer = offered(signer)

            def send(owner, nonce, deadline, signature):
                return accesses.acceptBySig(owner, access_id, ENVELOPE, nonce, deadline, signature, {"from": relayer})

            return SignedAct(accesses, signer.address, home, acceptance(signer, access_id, offer), send)

        return make


class TestCloseBySig(AcceptsOnlyGoodSignatures):
    fields = ("owner", "accessId", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, accesses, home, offered, does, relayer):
        def make(signer):
            access_id, _ = offered(signer)
            does(signer, accesses.accept, access_id, ENVELOPE)
            message = partial(access_close, owner=signer.address, access_id=access_id)

            def send(owner, nonce, deadline, signature):
                return accesses.closeBySig(owner, access_id, nonce, deadline, signature, {"from": relayer})

            return SignedAct(accesses, signer.address, home, message, send)

        return make


@pytest.fixture
def alices_offer(offered, alice):
    return offered(alice)


@pytest.fixture
def relay_acceptance(accesses, alices_offer, acceptance, home, alice, relayer):
    """Alice has signed the acceptance; relays it."""
    typed = acceptance(alice, *alices_offer)(domain=home, nonce=NONCE, deadline=FAR)
    signature = signed_by(alice, typed)
    return lambda: accesses.acceptBySig(alice, alices_offer[0], ENVELOPE, NONCE, FAR, signature, {"from": relayer})


@pytest.fixture
def relay_closing(accesses, home, relayer):
    """Relays the closing that an owner signs."""

    def act(owner, access_id):
        typed = access_close(domain=home, owner=str(owner), access_id=access_id, nonce=NONCE + 1, deadline=FAR)
        return accesses.closeBySig(owner, access_id, NONCE + 1, FAR, signed_by(owner, typed), {"from": relayer})

    return act


def test_an_acceptance_is_refused_if_the_offer_was_taken_back(accesses, alices_offer, relay_acceptance, brand):
    accesses.retract(alices_offer[0], {"from": brand})

    with reverts("DataAccess_UnknownAccess", alices_offer[0]):
        relay_acceptance()


def test_an_acceptance_is_good_if_the_same_offer_was_made_again(accesses, alices_offer, relay_acceptance, alice, brand):
    access_id, offer = alices_offer
    accesses.retract(access_id, {"from": brand})
    accesses.offer(offer.to_tuple(), {"from": brand})

    assert relay_acceptance().events["AccessAccepted"]["owner"] == alice


def test_an_acceptance_that_is_refused_leaves_the_nonce(
    accesses, consents, alices_offer, relay_acceptance, alice, brand
):
    consents.withdrawAll(brand, {"from": alice})

    with reverts("DataAccess_NotAllowed", 6):
        relay_acceptance()
    assert not accesses.isNonceUsed(alice, NONCE)


def test_a_closing_is_refused_for_another_owners(accesses, alices_offer, relay_acceptance, relay_closing, alice, bob):
    relay_acceptance()

    with reverts("DataAccess_NotOwner", bob, alice):
        relay_closing(bob, alices_offer[0])


def test_a_closing_is_refused_if_there_is_no_such_access(relay_closing, alice):
    with reverts("DataAccess_UnknownAccess", 7):
        relay_closing(alice, 7)


def test_a_closing_is_refused_if_it_was_not_accepted(alices_offer, relay_closing, alice):
    with reverts("DataAccess_NotAccepted", alices_offer[0]):
        relay_closing(alice, alices_offer[0])


def test_a_closing_is_refused_if_she_closed_it_herself(accesses, alices_offer, relay_acceptance, relay_closing, alice):
    relay_acceptance()
    closed = accesses.close(alices_offer[0], {"from": alice}).timestamp

    with reverts("DataAccess_AlreadyClosed", alices_offer[0], closed):
        relay_closing(alice, alices_offer[0])
