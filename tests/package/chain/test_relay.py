"""Relaying.

given a signed act
    anybody should be able to send it, and it should be the signer's
    its arguments should be found by name: values, the signature's parts, a struct, what is given beside them
    when an argument is missing, left over or contradicts what was signed
        it should be refused
    when it was signed for another contract or chain
        it should be refused before anything is sent
"""

from __future__ import annotations

from typing import Any

import pytest
from web3 import Web3

from web3crm.chain import Chain, LocalChain, relay, signed_arguments
from web3crm.chain.typed_data import Domain, TypedData
from web3crm.errors import InputError

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
HERE = Domain(name="Test", chain_id=1, contract=ALICE)
SIGNATURE = bytes(range(65))


def function(name: str, *inputs: dict[str, Any]) -> Any:
    abi = {"type": "function", "name": name, "inputs": list(inputs), "outputs": [], "stateMutability": "nonpayable"}
    return Web3().eth.contract(address=ALICE, abi=[abi])


def value(name: str, kind: str = "uint256") -> dict[str, Any]:
    return {"name": name, "type": kind}


def signed(**message: int) -> TypedData:
    return TypedData(domain=HERE, primary_type="Act", fields=dict.fromkeys(message, "uint256"), message=message)


def permit(chain: Chain, points: Any, owner: str, spender: str) -> TypedData:
    return TypedData(
        domain=chain.domain(points),
        primary_type="Permit",
        fields={
            "owner": "address",
            "spender": "address",
            "value": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={"owner": owner, "spender": spender, "value": 9, "nonce": 0, "deadline": 2**40},
    )


def test_anybody_sends_what_was_signed(own_chain: Chain, local: LocalChain) -> None:
    alice, bob, relayer = local.accounts[3:6]
    authority, _ = own_chain.deploy("ProgramAuthority", [alice.address], sender=relayer)
    args = ["Beans", "BEAN", "ipfs://x", authority.address, 100, 60]
    points, _ = own_chain.deploy("LoyaltyPoints", args, sender=relayer)
    message = permit(own_chain, points, alice.address, bob.address)
    before = own_chain.balance(alice.address)
    relay(own_chain, points, "permit", message, own_chain.sign(message, sender=alice), sender=relayer)
    assert own_chain.call(points.functions.allowance(alice.address, bob.address)) == 9
    assert own_chain.balance(alice.address) == before


def test_values_and_the_signature_are_found_by_name() -> None:
    contract = function("doBySig", value("deadline_"), value("_amount"), value("signature", "bytes"))
    assert signed_arguments(contract, "doBySig", signed(amount=1, deadline=2, nonce=3), SIGNATURE, {}) == [
        2,
        1,
        SIGNATURE,
    ]


def test_the_signatures_parts_are_found_by_name() -> None:
    contract = function("permit", value("v", "uint8"), value("r", "bytes32"), value("s", "bytes32"))
    assert signed_arguments(contract, "permit", signed(nonce=3), SIGNATURE, {}) == [
        64,
        SIGNATURE[:32],
        SIGNATURE[32:64],
    ]


def test_a_struct_is_made_of_the_signed_values() -> None:
    order = {"name": "order", "type": "tuple", "components": [value("price"), value("nonce")]}
    contract = function("buy", order, value("signature", "bytes"))
    assert signed_arguments(contract, "buy", signed(nonce=3, price=4), SIGNATURE, {}) == [(4, 3), SIGNATURE]


def test_what_is_given_beside_is_used() -> None:
    contract = function("doBySig", value("voter", "address"), value("amount"))
    assert signed_arguments(contract, "doBySig", signed(amount=1), SIGNATURE, {"voter": ALICE}) == [ALICE, 1]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({}, "also takes address voter"),
        ({"voter": ALICE, "colour": 1}, "takes no colour"),
        ({"voter": ALICE, "amount": 2}, "amount was signed as 1 and cannot be sent as 2"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(extra: dict[str, Any], message: str) -> None:
    contract = function("doBySig", value("voter", "address"), value("amount"))
    with pytest.raises(InputError, match=message):
        signed_arguments(contract, "doBySig", signed(amount=1), SIGNATURE, extra)


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ({"contract": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}, "for the contract 0x7099"),
        ({"chain_id": 5}, "for chain 5"),
    ],
)
def test_what_was_signed_for_elsewhere_is_refused(
    own_chain: Chain, local: LocalChain, domain: dict[str, Any], message: str
) -> None:
    contract = function("doBySig", value("amount"))
    elsewhere = Domain(**{"name": "Test", "chain_id": own_chain.chain_id, "contract": ALICE, **domain})
    act = TypedData(domain=elsewhere, primary_type="Act", fields={"amount": "uint256"}, message={"amount": 1})
    with pytest.raises(InputError, match=message):
        relay(own_chain, contract, "doBySig", act, SIGNATURE, sender=local.accounts[0])
