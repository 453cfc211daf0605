"""What customers of the catalog sign.

given a redemption or a cancellation
    it should have the digest that follows from EIP-712 and the type the contract writes down
    it should be recovered to its signer
given a value that its type cannot hold
    it should refuse to build the message
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from eth_abi import encode
from eth_account import Account
from eth_utils.crypto import keccak

from web3crm.chain.typed_data import Domain, TypedData, reward_cancel, reward_redeem, sign
from web3crm.errors import InputError

ALICE = Account.from_key(b"\x01" * 32)
CATALOG = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
DOMAIN = Domain("RewardCatalog", 31337, CATALOG)
REF = b"\x22" * 32


@dataclass(frozen=True)
class Message:
    """A message, and how the contract encodes it."""

    typed_data: TypedData
    signature: str
    types: list[str]
    values: list[Any]


REDEEM = Message(
    reward_redeem(domain=DOMAIN, customer=ALICE.address, reward_id=2**32 - 1, ref=REF, nonce=3, deadline=2**40),
    "RedeemReward(address customer,uint32 rewardId,bytes32 ref,uint256 nonce,uint256 deadline)",
    ["address", "uint32", "bytes32", "uint256", "uint256"],
    [ALICE.address, 2**32 - 1, REF, 3, 2**40],
)
CANCEL = Message(
    reward_cancel(domain=DOMAIN, customer=ALICE.address, order_id=2**256 - 1, nonce=3, deadline=2**40),
    "CancelOrder(address customer,uint256 orderId,uint256 nonce,uint256 deadline)",
    ["address", "uint256", "uint256", "uint256"],
    [ALICE.address, 2**256 - 1, 3, 2**40],
)


def separator() -> bytes:
    domain = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    hashes = [keccak(text=text) for text in (domain, "RewardCatalog", "1")]
    return keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], [*hashes, 31337, CATALOG]))


@pytest.mark.parametrize("message", [REDEEM, CANCEL], ids=["redeem", "cancel"])
def test_has_the_digest_of_the_contract_s_type(message: Message) -> None:
    struct_hash = keccak(encode(["bytes32", *message.types], [keccak(text=message.signature), *message.values]))
    assert message.typed_data.digest() == keccak(b"\x19\x01" + separator() + struct_hash)


@pytest.mark.parametrize("message", [REDEEM, CANCEL], ids=["redeem", "cancel"])
def test_is_recovered_to_its_signer(message: Message) -> None:
    signature = sign(message.typed_data, ALICE)
    assert Account._recover_hash(message.typed_data.digest(), signature=signature) == ALICE.address


def test_refuses_a_reward_s_number_that_is_too_large() -> None:
    with pytest.raises(InputError, match="rewardId"):
        reward_redeem(domain=DOMAIN, customer=ALICE.address, reward_id=2**32, ref=REF, nonce=0, deadline=1)


def test_refuses_a_ref_of_another_length() -> None:
    with pytest.raises(InputError, match="ref"):
        reward_redeem(domain=DOMAIN, customer=ALICE.address, reward_id=1, ref=b"mug", nonce=0, deadline=1)


def test_refuses_an_order_s_number_below_zero() -> None:
    with pytest.raises(InputError, match="orderId"):
        reward_cancel(domain=DOMAIN, customer=ALICE.address, order_id=-1, nonce=0, deadline=1)
