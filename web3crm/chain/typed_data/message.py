"""EIP-712 messages as values: checked when they are made, signed by a key or handed to a wallet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address
from eth_utils.crypto import keccak

from web3crm.errors import InputError

__all__ = ["Domain", "TypedData", "sign"]

_DOMAIN_TYPE = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


@dataclass(frozen=True)
class Domain:
    """Where a signature is good: one contract (by its EIP-712 name and version) on one chain."""

    name: str
    chain_id: int
    contract: str
    version: str = "1"


@dataclass(frozen=True)
class TypedData:
    """One EIP-712 message: ``fields`` maps each field's name to its Solidity type, ``message`` to its value.

    A field may have one of the types in ``structs``, which maps a struct's name to its fields; its value is a dict of those.
    """

    domain: Domain
    primary_type: str
    fields: dict[str, str]
    message: dict[str, Any]
    structs: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # eth-account ignores extra fields and coerces types: check first (docs/toolchain.md).
        _check_struct(self.primary_type, self.fields, self.message, self.structs)
        _check_value("domain contract", "address", self.domain.contract)

    def as_json(self) -> dict[str, Any]:
        """The message as ``eth_signTypedData_v4`` takes it: bytes as 0x-prefixed hex, numbers as decimal text.

        Wallets and nodes in JavaScript lose the last digits of a JSON number above 2**53; of a text they do not.
        """
        types = {self.primary_type: self.fields, **self.structs}
        return {
            "types": {
                "EIP712Domain": _DOMAIN_TYPE,
                **{
                    struct: [{"name": name, "type": kind} for name, kind in fields.items()]
                    for struct, fields in types.items()
                },
            },
            "primaryType": self.primary_type,
            "domain": {
                "name": self.domain.name,
                "version": self.domain.version,
                "chainId": self.domain.chain_id,
                "verifyingContract": self.domain.contract,
            },
            "message": _as_text(self.message),
        }

    def digest(self) -> bytes:
        """The 32 bytes that are signed: keccak256(0x1901 ‖ domain separator ‖ struct hash)."""
        signable = encode_typed_data(full_message=self.as_json())
        return keccak(b"\x19" + signable.version + signable.header + signable.body)


def sign(typed_data: TypedData, signer: LocalAccount) -> bytes:
    """Signs ``typed_data``; returns the 65 bytes r ‖ s ‖ v that every signature form of the contracts takes."""
    signed = Account.sign_typed_data(signer.key, full_message=typed_data.as_json())
    return bytes(signed.signature)


def _as_text(value: Any) -> Any:
    """Bytes and numbers as text, wherever they are; everything else as it is."""
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_struct(name: str, fields: dict[str, str], message: Any, structs: dict[str, dict[str, str]]) -> None:
    if not isinstance(message, dict) or fields.keys() != message.keys():
        raise InputError(f"{name} takes {', '.join(fields)}; got {', '.join(message) if message else message!r}")
    for key, kind in fields.items():
        if kind in structs:
            _check_struct(f"{name}.{key}", structs[kind], message[key], structs)
        else:
            _check_value(f"{name}.{key}", kind, message[key])


def _check_value(name: str, kind: str, value: Any) -> None:
    if kind.endswith("[]"):
        if not isinstance(value, list | tuple):
            raise InputError(f"{name} must be a list of {kind[:-2]}, got {value!r}")
        for item in value:
            _check_value(name, kind[:-2], item)
    elif kind == "address":
        if not (isinstance(value, str) and is_checksum_address(value)):
            raise InputError(f"{name} must be a checksummed address, got {value!r}")
    elif kind.startswith("uint"):
        bits = int(kind.removeprefix("uint"))
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
            raise InputError(f"{name} must be a whole number from 0 to 2**{bits} - 1, got {value!r}")
    elif kind == "bool":
        if not isinstance(value, bool):
            raise InputError(f"{name} must be true or false, got {value!r}")
    elif kind == "bytes32":
        if not isinstance(value, bytes) or len(value) != 32:
            raise InputError(f"{name} must be 32 bytes, got {value!r}")
    elif kind == "string":
        if not isinstance(value, str):
            raise InputError(f"{name} must be text, got {value!r}")
    elif kind == "bytes":
        if not isinstance(value, bytes):
            raise InputError(f"{name} must be bytes, got {value!r}")
    else:
        raise InputError(f"{name} has a type this package does not sign: {kind}")
