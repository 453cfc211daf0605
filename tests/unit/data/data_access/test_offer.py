"""DataAccess.offer

given terms that cannot be
├── when price or period is zero
│   └── it should revert
├── when the purpose is not below 64
│   └── it should revert
├── when the minimum is longer than the period
│   └── it should revert
└── when its last second has passed
    └── it should revert
given value sent along with a token's offer
└── it should revert
given the same offer once more
├── when the first one stands
│   └── it should revert
├── when it was accepted
│   └── it should revert
├── when it was taken back
│   └── it should be offered anew
└── when its salt is another, or another brand makes it
    └── it should be another access
given a dataset
├── when it does not exist
│   └── it should revert
└── when it has another manifest
    └── it should revert
given a balance that does not cover the price
└── it should revert
given an offer that can be
├── it should say what was offered, and nothing of an acceptance
├── it should emit AccessOffered, under the id that accessIdOf says
├── it should take the price out of the balance, with the value sent along
├── it should keep in the balance what was sent too much
└── it should take the largest price that fits
given a brand that is a ProgramAuthority
└── it should offer through it
"""

from __future__ import annotations

import pytest
from brownie import MockCoin, ProgramAuthority
from eth_abi import encode
from eth_utils import keccak

from tests.support.access import (
    DATA_CLASS,
    DAY,
    ENVELOPE,
    MANIFEST,
    MINIMUM,
    NATIVE,
    PERIOD,
    PRICE,
    PURPOSE,
    Access,
)
from tests.support.reverting import reverts

LARGEST = 2**128 - 1


@pytest.mark.parametrize("changes", [{"price": 0}, {"period": 0, "minimum": 0}], ids=["price", "period"])
def test_reverts_on_nothing(accesses, terms, brand, changes):
    with reverts("DataAccess_Zero"):
        accesses.offer(terms(**changes).to_tuple(), {"from": brand})


@pytest.mark.parametrize("purpose", [64, 255])
def test_reverts_on_an_unknown_purpose(accesses, terms, brand, purpose):
    with reverts("DataAccess_UnknownPurpose", purpose):
        accesses.offer(terms(purpose=purpose).to_tuple(), {"from": brand})


def test_reverts_on_a_minimum_longer_than_the_period(accesses, terms, brand):
    with reverts("DataAccess_MinimumTooLong", PERIOD + 1, PERIOD):
        accesses.offer(terms(minimum=PERIOD + 1).to_tuple(), {"from": brand})


def test_reverts_after_its_last_second(accesses, terms, chain, brand):
    expires_at = chain[-1].timestamp - 1

    with reverts("DataAccess_OfferExpired", expires_at):
        accesses.offer(terms(expires_at=expires_at).to_tuple(), {"from": brand, "value": PRICE})


def test_reverts_on_value_for_a_token(accesses, terms, coin, brand):
    with reverts("DataAccess_WrongValue", 1, 0):
        accesses.offer(terms(currency=coin.address).to_tuple(), {"from": brand, "value": 1})


def test_reverts_if_it_stands(accesses, terms, brand):
    same = terms().to_tuple()
    accesses.offer(same, {"from": brand, "value": PRICE})

    with reverts("DataAccess_OfferExists", accesses.accessIdOf(brand, same)):
        accesses.offer(same, {"from": brand, "value": PRICE})


def test_reverts_if_it_was_accepted(accesses, granted, terms, alice, brand):
    same = terms().to_tuple()
    access_id = accesses.offer(same, {"from": brand, "value": PRICE}).return_value
    accesses.accept(access_id, ENVELOPE, {"from": alice})

    with reverts("DataAccess_OfferExists", access_id):
        accesses.offer(same, {"from": brand, "value": PRICE})


def test_is_offered_anew_after_it_was_taken_back(accesses, terms, read, brand):
    same = terms().to_tuple()
    access_id = accesses.offer(same, {"from": brand, "value": PRICE}).return_value
    before = read(access_id)
    accesses.retract(access_id, {"from": brand})

    assert accesses.offer(same, {"from": brand}).return_value == access_id
    assert read(access_id) == before


def test_another_salt_or_brand_makes_another_access(offer, brand, bob):
    assert len({offer(), offer(salt=1), offer(by=bob)}) == 3


def test_reverts_if_the_dataset_does_not_exist(accesses, terms, brand):
    with reverts("CustomerData_UnknownDataset", 7):
        accesses.offer(terms(dataset_id=7).to_tuple(), {"from": brand, "value": PRICE})


def test_reverts_on_another_manifest(accesses, terms, brand):
    with reverts("DataAccess_DatasetChanged", MANIFEST, ENVELOPE):
        accesses.offer(terms(manifest_digest=ENVELOPE).to_tuple(), {"from": brand, "value": PRICE})


@pytest.mark.parametrize("value", [0, PRICE - 1])
def test_reverts_without_the_money(accesses, terms, brand, value):
    with reverts("DataAccess_BalanceTooLow", value, PRICE):
        accesses.offer(terms().to_tuple(), {"from": brand, "value": value})


def test_says_what_was_offered(offer, read, dataset, chain, brand):
    expires_at = chain[-1].timestamp + DAY

    assert read(offer(expires_at=expires_at)) == Access(
        brand=brand,
        dataset_id=dataset,
        currency=NATIVE,
        price=PRICE,
        purpose=PURPOSE,
        data_class=DATA_CLASS,
        period=PERIOD,
        minimum=MINIMUM,
        expires_at=expires_at,
        digest="0x" + MANIFEST.hex(),
        owner=NATIVE,
        started_at=0,
        tenure=0,
        snapshot=0,
        paid_until=0,
        closed_at=0,
        refunded_from=0,
    )


def test_emits_access_offered(accesses, terms, dataset, brand):
    offered = terms().to_tuple()
    receipt = accesses.offer(offered, {"from": brand, "value": PRICE})
    words = encode(
        ["address", "(uint256,bytes32,address,uint128,uint8,uint32,uint32,uint40,uint256)"], [brand.address, offered]
    )
    access_id = int.from_bytes(keccak(words), "big")

    assert receipt.return_value == accesses.accessIdOf(brand, offered) == access_id
    event = receipt.events["AccessOffered"]
    assert (event["accessId"], event["brand"], event["datasetId"]) == (access_id, brand, dataset)
    assert tuple(event["offer"]) == (dataset, "0x" + MANIFEST.hex(), *offered[2:])


def test_takes_the_price_out_of_the_balance(accesses, terms, brand):
    accesses.fund(brand, NATIVE, PRICE, {"from": brand, "value": PRICE})
    receipt = accesses.offer(terms().to_tuple(), {"from": brand, "value": 7})

    assert accesses.balanceOf(brand, NATIVE) == 7
    assert receipt.events["Funded"]["amount"] == 7


def test_takes_tokens_out_of_the_balance(accesses, terms, stablecoin, brand):
    accesses.fund(brand, stablecoin, PRICE + 1, {"from": brand})
    accesses.offer(terms(currency=stablecoin.address).to_tuple(), {"from": brand})

    assert accesses.balanceOf(brand, stablecoin) == 1
    assert stablecoin.balanceOf(accesses) == PRICE + 1


def test_takes_the_largest_price(accesses, offer, read, deployer, brand):
    token = deployer.deploy(MockCoin)
    token.mint(brand, LARGEST, {"from": brand})
    token.approve(accesses, LARGEST, {"from": brand})
    accesses.fund(brand, token, LARGEST, {"from": brand})

    assert read(offer(currency=token.address, price=LARGEST)).price == LARGEST


def test_a_programme_offers_through_its_authority(accesses, terms, read, deployer, brand):
    authority = deployer.deploy(ProgramAuthority, brand)
    authority.setTargetFunctionRole(accesses, [accesses.offer.signature], 11, {"from": brand})
    authority.grantRole(11, brand, 0, {"from": brand})
    offered = terms().to_tuple()

    authority.execute(accesses, accesses.offer.encode_input(offered), {"from": brand, "value": PRICE})

    assert read(accesses.accessIdOf(authority, offered)).brand == authority
