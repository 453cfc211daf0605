"""What customers sign for PointsExchange. That the digest is the contract's own: tests/unit/loyalty/points_exchange/test_swap_by_sig.py.

given a swap
    it should have the type that the contract hashes
    it should be signed the same by a key held here, and by a node that is given the JSON as a wallet gets it
    it should refuse amounts, addresses and ids of the wrong kind
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from web3crm.chain import Chain, LocalChain
from web3crm.chain.typed_data import Domain, TypedData, exchange_swap, sign
from web3crm.errors import InputError

EXCHANGE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
POINTS = "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"
TYPE = (
    "Swap(address customer,bytes32 pairId,address pointsIn,uint256 amountIn,uint256 minOut,address recipient,"
    "uint256 nonce,uint256 deadline)"
)


def swap(customer: str = POINTS, chain_id: int = 1) -> TypedData:
    return exchange_swap(
        domain=Domain("PointsExchange", chain_id, EXCHANGE),
        customer=customer,
        pair_id=b"\x11" * 32,
        points_in=POINTS,
        amount_in=2**128 - 1,
        min_out=2**256 - 1,
        recipient=EXCHANGE,
        nonce=2**53 + 1,
        deadline=2**40,
    )


def word(value: int | str | bytes) -> bytes:
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return value if isinstance(value, bytes) else value.to_bytes(32, "big")


def test_has_the_contract_s_type() -> None:
    message = swap()
    signable = encode_typed_data(full_message=message.as_json())

    assert signable.body == keccak(keccak(text=TYPE) + b"".join(word(value) for value in message.message.values()))


def test_a_node_signs_it_as_a_key_held_here_does(local: LocalChain, own_chain: Chain) -> None:
    alice = local.accounts[3]
    message = swap(alice.address, own_chain.chain_id)
    answer = own_chain.rpc("eth_signTypedData_v4", [alice.address, message.as_json()])

    assert bytes.fromhex(answer[2:]) == sign(message, alice)


@pytest.mark.parametrize(
    ("field", "value"),
    [("pairId", b"\x11" * 31), ("amountIn", -1), ("minOut", 2**256), ("recipient", EXCHANGE.lower()), ("nonce", True)],
)
def test_refuses_values_of_the_wrong_kind(field: str, value: object) -> None:
    message = swap()

    with pytest.raises(InputError, match=rf"Swap\.{field}"):
        replace(message, message=message.message | {field: value})
