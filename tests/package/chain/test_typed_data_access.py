"""What owners of datasets sign for paid access.

given an acceptance and a closing
    their digests should be those of the types that the contract names
given a signed acceptance
    when somebody relays it by its names
        the contract should take it, though the offer's terms are no arguments of it
    when it was signed for another price than the offer's
        the contract should refuse
"""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import encode
from eth_utils.crypto import keccak

from tests.support.access import ENVELOPE, MANIFEST, NATIVE, NOTICE, Access, Offer
from web3crm.chain import Chain, LocalChain, relay
from web3crm.chain.typed_data import Domain, TypedData, access_accept, access_close
from web3crm.errors import ContractRevert

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
BRAND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
HERE = Domain(name="DataAccess", chain_id=1, contract=ALICE)


def digest(signature: str, *values: Any) -> bytes:
    """The EIP-712 digest in the domain ``HERE``, by hand."""
    domain = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    separator = keccak(
        domain + keccak(text="DataAccess") + keccak(text="1") + encode(["uint256", "address"], [1, ALICE])
    )
    kinds = [field.split()[0] for field in signature[signature.index("(") + 1 : -1].split(",")]
    return keccak(b"\x19\x01" + separator + keccak(keccak(text=signature) + encode(kinds, values)))


def test_an_acceptance_has_the_contracts_type() -> None:
    typed = access_accept(
        domain=HERE,
        owner=ALICE,
        access_id=2**255,
        brand=BRAND,
        dataset_id=3,
        purpose=63,
        currency=NATIVE,
        price=2**128 - 1,
        period=2**32 - 1,
        minimum=5,
        envelope_digest=ENVELOPE,
        nonce=6,
        deadline=7,
    )
    assert typed.digest() == digest(
        "AcceptAccess(address owner,uint256 accessId,address brand,uint256 datasetId,uint8 purpose,address currency,"
        "uint256 price,uint32 period,uint32 minimum,bytes32 envelopeDigest,uint256 nonce,uint256 deadline)",
        *(ALICE, 2**255, BRAND, 3, 63, NATIVE, 2**128 - 1, 2**32 - 1, 5, ENVELOPE, 6, 7),
    )


def test_a_closing_has_the_contracts_type() -> None:
    typed = access_close(domain=HERE, owner=ALICE, access_id=2**255, nonce=6, deadline=7)
    assert typed.digest() == digest(
        "CloseAccess(address owner,uint256 accessId,uint256 nonce,uint256 deadline)", *(ALICE, 2**255, 6, 7)
    )


@pytest.fixture
def accesses(own_chain: Chain, local: LocalChain) -> Any:
    """An offer for Alice's dataset, under a consent of hers."""
    brand, alice = local.accounts[1], local.accounts[3]
    consents, _ = own_chain.deploy("ConsentRegistry", [], sender=brand)
    datasets, _ = own_chain.deploy("CustomerData", [], sender=brand)
    accesses, _ = own_chain.deploy("DataAccess", [consents.address, datasets.address], sender=brand)
    own_chain.transact(consents.functions.publishNotice(NOTICE, "", 0, 0, 0, 86_400), sender=brand)
    own_chain.transact(consents.functions.grant(brand.address, 2**64 - 1, 2**64 - 1, 1, 0), sender=alice)
    own_chain.transact(datasets.functions.mint(MANIFEST, 3), sender=alice)
    offer = offered(own_chain, datasets, alice.address)
    own_chain.transact(accesses.functions.offer(offer.to_tuple()), sender=brand, value=offer.price)
    return accesses


def offered(chain: Chain, datasets: Any, owner: str) -> Offer:
    return Offer(chain.call(datasets.functions.datasetIdOf(owner, MANIFEST, 3)), 2**39)


def acceptance(chain: Chain, accesses: Any, owner: str, brand: str, **changes: Any) -> TypedData:
    datasets = chain.contract("CustomerData", chain.call(accesses.functions.datasets()))
    offer = offered(chain, datasets, owner)
    terms = {"purpose": offer.purpose, "currency": NATIVE, "price": offer.price}
    return access_accept(
        domain=chain.domain(accesses),
        owner=owner,
        access_id=chain.call(accesses.functions.accessIdOf(brand, offer.to_tuple())),
        brand=brand,
        dataset_id=offer.dataset_id,
        period=offer.period,
        minimum=offer.minimum,
        envelope_digest=ENVELOPE,
        nonce=0,
        deadline=2**40,
        **terms | changes,
    )


def test_anybody_relays_an_acceptance(own_chain: Chain, local: LocalChain, accesses: Any) -> None:
    brand, alice, relayer = local.accounts[1], local.accounts[3], local.accounts[6]
    typed = acceptance(own_chain, accesses, alice.address, brand.address)
    signature = own_chain.sign(typed, sender=alice.address)
    relay(own_chain, accesses, "acceptBySig", typed, signature, sender=relayer)
    accepted = Access(*own_chain.call(accesses.functions.accessOf(typed.message["accessId"])))
    assert (accepted.owner, accepted.digest) == (alice.address, ENVELOPE)


def test_an_acceptance_of_another_price_is_refused(own_chain: Chain, local: LocalChain, accesses: Any) -> None:
    brand, alice, relayer = local.accounts[1], local.accounts[3], local.accounts[6]
    typed = acceptance(own_chain, accesses, alice.address, brand.address, price=2 * 10**18)
    signature = own_chain.sign(typed, sender=alice.address)
    with pytest.raises(ContractRevert, match="Signed_InvalidSignature"):
        relay(own_chain, accesses, "acceptBySig", typed, signature, sender=relayer)
