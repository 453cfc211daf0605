"""constructor, metadata, supportsInterface

given an authority without code
    it should refuse
given no period
    it should refuse
when deployed
    it should carry the name, the symbol, 18 decimals, the metadata's address and the authority
    it should start with an unused budget
when an editor sets the metadata's address
    it should return the new one and tell so
given any other caller
    it should refuse
it should claim the interfaces it has, and no others
"""

from __future__ import annotations

from functools import reduce

import pytest
from brownie import LoyaltyPoints
from eth_utils.crypto import keccak

from tests.support.loyalty import BUDGET, CONTRACT_URI, NAME, PERIOD, SYMBOL
from tests.support.reverting import reverts

# The functions of each interface, as its standard prints them.
ERC165 = ["supportsInterface(bytes4)"]
ERC20 = [
    "totalSupply()",
    "balanceOf(address)",
    "transfer(address,uint256)",
    "allowance(address,address)",
    "approve(address,uint256)",
    "transferFrom(address,address,uint256)",
]
ERC20_METADATA = ["name()", "symbol()", "decimals()"]
ERC2612 = [
    "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
    "nonces(address)",
    "DOMAIN_SEPARATOR()",
]
ERC5267 = ["eip712Domain()"]
ERC6372 = ["clock()", "CLOCK_MODE()"]
ERC5805_VOTES = [
    "getVotes(address)",
    "getPastVotes(address,uint256)",
    "getPastTotalSupply(uint256)",
    "delegates(address)",
    "delegate(address)",
    "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)",
]


def interface_id(functions):
    """ERC-165: the exclusive or of the functions' selectors."""
    return reduce(
        lambda left, right: bytes(a ^ b for a, b in zip(left, right, strict=True)),
        [keccak(text=function)[:4] for function in functions],
    )


def test_refuses_an_authority_without_code(deployer, stranger):
    with reverts("AccessManagedInvalidAuthority", stranger):
        deployer.deploy(LoyaltyPoints, NAME, SYMBOL, CONTRACT_URI, stranger, BUDGET, PERIOD)


def test_refuses_no_period(deployer, authority):
    with reverts("LoyaltyPoints_ZeroPeriod"):
        deployer.deploy(LoyaltyPoints, NAME, SYMBOL, CONTRACT_URI, authority, BUDGET, 0)


def test_carries_what_it_was_deployed_with(points, authority):
    assert (points.name(), points.symbol(), points.decimals()) == (NAME, SYMBOL, 18)
    assert points.contractURI() == CONTRACT_URI
    assert points.authority() == authority


def test_starts_with_an_unused_budget(deployer, authority):
    points = deployer.deploy(LoyaltyPoints, NAME, SYMBOL, CONTRACT_URI, authority, BUDGET, PERIOD)

    budget, period, _, issued = points.issuanceBudget()
    assert (budget, period, issued) == (BUDGET, PERIOD, 0)
    assert points.issuable() == BUDGET
    assert dict(points.tx.events["IssuanceBudgetSet"]) == {"budget": BUDGET, "period": PERIOD}


def test_signs_under_a_name_longer_than_a_word(deployer, authority):
    name = "Points of the society of friends of the slowly roasted bean"
    points = deployer.deploy(LoyaltyPoints, name, SYMBOL, CONTRACT_URI, authority, BUDGET, PERIOD)

    assert points.eip712Domain()[1:3] == (name, "1")


def test_lets_an_editor_set_the_metadata_s_address(points, brand):
    events = points.setContractURI("ipfs://new", {"from": brand}).events

    assert points.contractURI() == "ipfs://new"
    assert len(events["ContractURIUpdated"]) == 1


def test_lets_nobody_else_set_the_metadata_s_address(points, issuer):
    with reverts("AccessManagedUnauthorized", issuer):
        points.setContractURI("ipfs://new", {"from": issuer})


@pytest.mark.parametrize(
    "functions",
    [ERC165, ERC20, ERC20_METADATA, ERC2612, ERC5267, ERC6372, ERC5805_VOTES],
    ids=["ERC-165", "ERC-20", "ERC-20 metadata", "ERC-2612", "ERC-5267", "ERC-6372", "ERC-5805"],
)
def test_claims_the_interfaces_it_has(points, functions):
    selectors = {keccak(text=function)[:4].hex() for function in functions}

    assert points.supportsInterface(interface_id(functions))
    assert selectors <= {selector.removeprefix("0x") for selector in points.selectors}


@pytest.mark.parametrize("interface", ["0xffffffff", "0x00000000", "0x80ac58cd"])
def test_claims_no_others(points, interface):
    assert not points.supportsInterface(interface)
