"""Typed data as it is handed to wallets.

given a message with numbers that JavaScript cannot hold
    when its JSON is read by a program whose numbers are doubles, as a browser's are
        it should have the digest that a key held here signs
    it should be signed the same by a key held here, and by a node that is given the JSON as a wallet gets it
    it should leave the message itself as it was given
"""

from __future__ import annotations

import json

from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from web3crm.chain import Chain, LocalChain
from web3crm.chain.typed_data import Domain, TypedData, sign

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
LARGE = 2**53 + 1


def message(chain_id: int = 1) -> TypedData:
    """Large numbers wherever one can stand: in a field, in a list, in a struct."""
    return TypedData(
        domain=Domain(name="Test", chain_id=chain_id, contract=ALICE),
        primary_type="Act",
        fields={"amount": "uint256", "many": "uint256[]", "item": "Item", "yes": "bool", "ref": "bytes32"},
        message={
            "amount": 2**256 - 1,
            "many": [1, LARGE],
            "item": {"price": LARGE, "many": [LARGE]},
            "yes": True,
            "ref": b"\x01" * 32,
        },
        structs={"Item": {"price": "uint256", "many": "uint256[]"}},
    )


def test_a_program_whose_numbers_are_doubles_reads_the_same_digest() -> None:
    read = json.loads(json.dumps(message().as_json()), parse_int=lambda text: int(float(text)))
    signable = encode_typed_data(full_message=read)
    assert keccak(b"\x19" + signable.version + signable.header + signable.body) == message().digest()


def test_a_node_signs_the_json_as_a_key_held_here_does(local: LocalChain, own_chain: Chain) -> None:
    alice, typed_data = local.accounts[3], message(own_chain.chain_id)
    answer = own_chain.rpc("eth_signTypedData_v4", [alice.address, typed_data.as_json()])
    assert bytes.fromhex(answer[2:]) == sign(typed_data, alice) == own_chain.sign(typed_data, sender=alice.address)


def test_the_message_keeps_its_numbers() -> None:
    typed_data = message()
    typed_data.as_json()
    assert typed_data.message["amount"] == 2**256 - 1
