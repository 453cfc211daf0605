"""Signing as the actors, and signatures that must be refused."""

from __future__ import annotations

from eth_account import Account
from eth_account.signers.local import LocalAccount

from web3crm.chain.typed_data import TypedData, sign

MNEMONIC = "test test test test test test test test test test test junk"
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

Account.enable_unaudited_hdwallet_features()
_KEYS: dict[str, LocalAccount] = {}


def key_of(actor: object) -> LocalAccount:
    """The local account behind one of the actors: the same address, with its private key."""
    if not _KEYS:
        for index in range(10):
            account = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
            _KEYS[account.address] = account
    return _KEYS[str(actor)]


def signed_by(actor: object, typed_data: TypedData) -> bytes:
    """The 65-byte signature of ``typed_data`` by ``actor``."""
    return sign(typed_data, key_of(actor))


def malleable(signature: bytes) -> bytes:
    """The other signature of the same message by the same key: s becomes the curve's order minus s, v flips."""
    s = int.from_bytes(signature[32:64], "big")
    return signature[:32] + (CURVE_ORDER - s).to_bytes(32, "big") + bytes([55 - signature[64]])


def compact(signature: bytes) -> bytes:
    """The ERC-2098 form, 64 bytes, which the contracts refuse as too short."""
    y_parity = signature[64] - 27
    s = int.from_bytes(signature[32:64], "big") | y_parity << 255
    return signature[:32] + s.to_bytes(32, "big")
