"""Reading and writing a contract's storage, to reach states that would take tens of thousands of transactions."""

from __future__ import annotations

from brownie import web3
from eth_abi import encode
from eth_utils import keccak


def slot_of(base: int, *keys: object) -> int:
    """The slot of an entry of nested mappings from addresses that begin at the slot ``base``."""
    slot = base
    for key in keys:
        slot = int.from_bytes(keccak(encode(["address", "uint256"], [str(key), slot])), "big")
    return slot


def read_word(contract: object, slot: int) -> int:
    return int.from_bytes(web3.eth.get_storage_at(contract.address, slot), "big")  # type: ignore[attr-defined]


def write_word(contract: object, slot: int, word: int) -> None:
    """Overwrites one word, on Ganache and on anvil."""
    method = "anvil_setStorageAt" if "anvil" in web3.client_version else "evm_setAccountStorageAt"
    value = "0x" + word.to_bytes(32, "big").hex()
    answer = web3.provider.make_request(method, [contract.address, hex(slot), value])  # type: ignore[attr-defined]
    assert "error" not in answer, answer
    assert read_word(contract, slot) == word
