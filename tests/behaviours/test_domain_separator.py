"""DOMAIN_SEPARATOR of every contract that takes signatures

given each contract
    it should be the EIP-712 hash of the contract's name, version "1", the chain and the contract's address
"""

from __future__ import annotations

import pytest
from brownie import (
    CardMarket,
    ConsentRegistry,
    CustomerData,
    DataAccess,
    KeyDirectory,
    LoyaltyPoints,
    MembershipCard,
    PerkDesk,
    PointsExchange,
    ProgramAuthority,
    RewardCatalog,
)
from eth_abi import encode
from eth_utils.crypto import keccak

DOMAIN = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
NOBODY = "0x" + "00" * 20


@pytest.fixture(scope="module")
def authority(deployer):
    return deployer.deploy(ProgramAuthority, deployer)


COMMONS = [CardMarket, ConsentRegistry, CustomerData, KeyDirectory, PointsExchange]


@pytest.fixture(params=COMMONS, ids=lambda contract: contract._name)
def commons(request, deployer):
    return deployer.deploy(request.param)


def separator(name, contract, chain):
    words = [DOMAIN, keccak(text=name), keccak(text="1"), chain.id, contract.address]
    return "0x" + keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], words)).hex()


def test_of_the_commons(commons, chain):
    assert str(commons.DOMAIN_SEPARATOR()) == separator(commons._name, commons, chain)


def test_of_the_accesses(deployer, chain):
    accesses = deployer.deploy(DataAccess, NOBODY, NOBODY)
    assert str(accesses.DOMAIN_SEPARATOR()) == separator("DataAccess", accesses, chain)


def test_of_the_cards(deployer, authority, chain):
    cards = deployer.deploy(MembershipCard, "Bean Club", "CLUB", "", authority, NOBODY)
    assert str(cards.DOMAIN_SEPARATOR()) == separator("MembershipCard", cards, chain)


def test_of_the_points(deployer, authority, chain):
    points = deployer.deploy(LoyaltyPoints, "Bean Points", "BEAN", "", authority, 1, 1)
    assert str(points.DOMAIN_SEPARATOR()) == separator("Bean Points", points, chain)


def test_of_the_catalog(deployer, authority, chain):
    catalog = deployer.deploy(RewardCatalog, authority, authority, authority, authority)
    assert str(catalog.DOMAIN_SEPARATOR()) == separator("RewardCatalog", catalog, chain)


def test_of_the_perks(deployer, authority, chain):
    desk = deployer.deploy(PerkDesk, authority, NOBODY)
    assert str(desk.DOMAIN_SEPARATOR()) == separator("PerkDesk", desk, chain)
