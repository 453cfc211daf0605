"""Every EIP-712 message the contracts accept, built in one place.

A builder takes keyword arguments in the contract's own order and returns a :class:`TypedData`: sign it with :func:`sign`, or hand
:meth:`TypedData.as_json` to a wallet (``eth_signTypedData_v4``). Each is tested against the contract's own digest and eth-account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address
from eth_utils.crypto import keccak

from web3crm.errors import InputError

__all__ = [
    "Domain",
    "TypedData",
    "governor_ballot",
    "governor_extended_ballot",
    "market_buy",
    "market_cancel",
    "market_cancel_all",
    "market_order",
    "sign",
]

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

    A field may be of a type in ``structs``, which maps a struct's name to its fields; its value is a dict of those.
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
        """The message as ``eth_signTypedData_v4`` takes it; bytes as 0x-prefixed hex."""
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
            "message": _with_hex(self.message),
        }

    def digest(self) -> bytes:
        """The 32 bytes that are signed: keccak256(0x1901 ‖ domain separator ‖ struct hash)."""
        signable = encode_typed_data(full_message=self.as_json())
        return keccak(b"\x19" + signable.version + signable.header + signable.body)


def sign(typed_data: TypedData, signer: LocalAccount) -> bytes:
    """Signs ``typed_data``; returns the 65 bytes r ‖ s ‖ v that every signature form of the contracts takes."""
    signed = Account.sign_typed_data(signer.key, full_message=typed_data.as_json())
    return bytes(signed.signature)


def _with_hex(message: dict[str, Any]) -> dict[str, Any]:
    hexed: dict[str, Any] = {}
    for name, value in message.items():
        if isinstance(value, bytes):
            hexed[name] = "0x" + value.hex()
        else:
            hexed[name] = _with_hex(value) if isinstance(value, dict) else value
    return hexed


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


# --- loyalty: LoyaltyPoints -------------------------------------------------------------------------------------------


# --- membership: MembershipCard ---------------------------------------------------------------------------------------


# --- membership: CardMarket -------------------------------------------------------------------------------------------

_MARKET_ORDER = {
    "seller": "address",
    "collection": "address",
    "cardId": "uint256",
    "currency": "address",
    "price": "uint256",
    "buyer": "address",
    "tierId": "uint16",
    "minExpiresAt": "uint40",
    "expiresAt": "uint40",
    "counter": "uint256",
    "nonce": "uint256",
}


def market_order(
    *,
    domain: Domain,
    seller: str,
    collection: str,
    card_id: int,
    currency: str,
    price: int,
    buyer: str,
    tier_id: int,
    min_expires_at: int,
    expires_at: int,
    counter: int,
    nonce: int,
) -> TypedData:
    """What a seller signs to sell one card; ``tuple(order.message.values())`` is the contract's ``Order``.

    The zero address is, as ``currency``, the native coin, as ``buyer``, anyone; ``tier_id`` and ``min_expires_at`` 0
    pin nothing.
    """
    return TypedData(
        domain=domain,
        primary_type="Order",
        fields=_MARKET_ORDER,
        message={
            "seller": seller,
            "collection": collection,
            "cardId": card_id,
            "currency": currency,
            "price": price,
            "buyer": buyer,
            "tierId": tier_id,
            "minExpiresAt": min_expires_at,
            "expiresAt": expires_at,
            "counter": counter,
            "nonce": nonce,
        },
    )


def market_buy(*, domain: Domain, order: TypedData, buyer: str, recipient: str, nonce: int, deadline: int) -> TypedData:
    """What a buyer signs to buy ``order``, made by :func:`market_order`, and pay for it in the order's ERC-20."""
    return TypedData(
        domain=domain,
        primary_type="Buy",
        fields={
            "order": "Order",
            "buyer": "address",
            "recipient": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "order": order.message,
            "buyer": buyer,
            "recipient": recipient,
            "nonce": nonce,
            "deadline": deadline,
        },
        structs={"Order": _MARKET_ORDER},
    )


def market_cancel(*, domain: Domain, seller: str, nonces: list[int], nonce: int, deadline: int) -> TypedData:
    """What a seller signs to cancel the orders with these ``nonces``; ``nonce`` is the cancellation's own."""
    return TypedData(
        domain=domain,
        primary_type="Cancel",
        fields={"seller": "address", "nonces": "uint256[]", "nonce": "uint256", "deadline": "uint256"},
        message={"seller": seller, "nonces": nonces, "nonce": nonce, "deadline": deadline},
    )


def market_cancel_all(*, domain: Domain, seller: str, nonce: int, deadline: int) -> TypedData:
    """What a seller signs to cancel every order signed so far."""
    return TypedData(
        domain=domain,
        primary_type="CancelAll",
        fields={"seller": "address", "nonce": "uint256", "deadline": "uint256"},
        message={"seller": seller, "nonce": nonce, "deadline": deadline},
    )


# --- data: ConsentRegistry --------------------------------------------------------------------------------------------


# --- data: KeyDirectory -----------------------------------------------------------------------------------------------


# --- data: CustomerData -----------------------------------------------------------------------------------------------


# --- governance: ProgramGovernor --------------------------------------------------------------------------------------


def governor_ballot(*, domain: Domain, proposal_id: int, support: int, voter: str, nonce: int) -> TypedData:
    """What a voter signs to vote: ``support`` 0 is against, 1 for, 2 abstain; ``nonce`` is ``nonces(voter)`` now."""
    return TypedData(
        domain=domain,
        primary_type="Ballot",
        fields={"proposalId": "uint256", "support": "uint8", "voter": "address", "nonce": "uint256"},
        message={"proposalId": proposal_id, "support": support, "voter": voter, "nonce": nonce},
    )


def governor_extended_ballot(
    *,
    domain: Domain,
    proposal_id: int,
    support: int,
    voter: str,
    nonce: int,
    reason: str,
    params: bytes,
) -> TypedData:
    """What a voter signs to vote with a ``reason`` that everyone can read; this governor makes no use of ``params``."""
    return TypedData(
        domain=domain,
        primary_type="ExtendedBallot",
        fields={
            "proposalId": "uint256",
            "support": "uint8",
            "voter": "address",
            "nonce": "uint256",
            "reason": "string",
            "params": "bytes",
        },
        message={
            "proposalId": proposal_id,
            "support": support,
            "voter": voter,
            "nonce": nonce,
            "reason": reason,
            "params": params,
        },
    )
