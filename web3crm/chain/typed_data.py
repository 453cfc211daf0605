"""Every EIP-712 message the contracts accept, built in one place.

A builder takes keyword arguments in the contract's own order and returns a :class:`TypedData`: sign it with :func:`sign`, or hand
:meth:`TypedData.as_json` to a wallet (``eth_signTypedData_v4``). Each is tested against the contract's own digest and eth-account.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    "points_burn",
    "points_delegate_votes",
    "points_delegation",
    "points_permit",
    "points_redeem",
    "points_transfer",
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
    """One EIP-712 message: ``fields`` maps each field's name to its Solidity type, ``message`` to its value."""

    domain: Domain
    primary_type: str
    fields: dict[str, str]
    message: dict[str, Any]

    def __post_init__(self) -> None:
        # eth-account ignores extra fields and coerces types: check first (docs/toolchain.md).
        if self.fields.keys() != self.message.keys():
            raise InputError(f"{self.primary_type} takes {', '.join(self.fields)}; got {', '.join(self.message)}")
        for name, kind in self.fields.items():
            _check_value(f"{self.primary_type}.{name}", kind, self.message[name])
        _check_value("domain contract", "address", self.domain.contract)

    def as_json(self) -> dict[str, Any]:
        """The message as ``eth_signTypedData_v4`` takes it; bytes as 0x-prefixed hex."""
        return {
            "types": {
                "EIP712Domain": _DOMAIN_TYPE,
                self.primary_type: [{"name": name, "type": kind} for name, kind in self.fields.items()],
            },
            "primaryType": self.primary_type,
            "domain": {
                "name": self.domain.name,
                "version": self.domain.version,
                "chainId": self.domain.chain_id,
                "verifyingContract": self.domain.contract,
            },
            "message": {
                name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in self.message.items()
            },
        }

    def digest(self) -> bytes:
        """The 32 bytes that are signed: keccak256(0x1901 ‖ domain separator ‖ struct hash)."""
        signable = encode_typed_data(full_message=self.as_json())
        return keccak(b"\x19" + signable.version + signable.header + signable.body)


def sign(typed_data: TypedData, signer: LocalAccount) -> bytes:
    """Signs ``typed_data``; returns the 65 bytes r ‖ s ‖ v that every signature form of the contracts takes."""
    signed = Account.sign_typed_data(signer.key, full_message=typed_data.as_json())
    return bytes(signed.signature)


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
#
# The nonce is always the signer's current one, ``nonces(signer)``: one sequence for all of these.


def points_permit(*, domain: Domain, owner: str, spender: str, value: int, nonce: int, deadline: int) -> TypedData:
    """Builds ERC-2612's permit, for ``permit`` and for ``approveBySig``; ``value`` in the points' smallest unit."""
    return TypedData(
        domain,
        "Permit",
        {"owner": "address", "spender": "address", "value": "uint256", "nonce": "uint256", "deadline": "uint256"},
        {"owner": owner, "spender": spender, "value": value, "nonce": nonce, "deadline": deadline},
    )


def points_delegation(*, domain: Domain, delegatee: str, nonce: int, expiry: int) -> TypedData:
    """Builds ERC-5805's delegation, for ``delegateBySig``; good for accounts with a key (EOAs) only."""
    return TypedData(
        domain,
        "Delegation",
        {"delegatee": "address", "nonce": "uint256", "expiry": "uint256"},
        {"delegatee": delegatee, "nonce": nonce, "expiry": expiry},
    )


def points_delegate_votes(*, domain: Domain, customer: str, delegatee: str, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``delegateVotesBySig``: it names who delegates, so that contract wallets can."""
    return TypedData(
        domain,
        "DelegateVotes",
        {"customer": "address", "delegatee": "address", "nonce": "uint256", "deadline": "uint256"},
        {"customer": customer, "delegatee": delegatee, "nonce": nonce, "deadline": deadline},
    )


def points_transfer(*, domain: Domain, from_: str, to: str, amount: int, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``transferBySig``; ``amount`` in the points' smallest unit."""
    return TypedData(
        domain,
        "Transfer",
        {"from": "address", "to": "address", "amount": "uint256", "nonce": "uint256", "deadline": "uint256"},
        {"from": from_, "to": to, "amount": amount, "nonce": nonce, "deadline": deadline},
    )


def points_redeem(*, domain: Domain, customer: str, amount: int, ref: bytes, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``redeemBySig``; ``ref`` is the digest of what the points are redeemed for, 32 bytes."""
    return TypedData(
        domain,
        "Redeem",
        {"customer": "address", "amount": "uint256", "ref": "bytes32", "nonce": "uint256", "deadline": "uint256"},
        {"customer": customer, "amount": amount, "ref": ref, "nonce": nonce, "deadline": deadline},
    )


def points_burn(*, domain: Domain, customer: str, amount: int, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``burnBySig``; ``amount`` in the points' smallest unit."""
    return TypedData(
        domain,
        "Burn",
        {"customer": "address", "amount": "uint256", "nonce": "uint256", "deadline": "uint256"},
        {"customer": customer, "amount": amount, "nonce": nonce, "deadline": deadline},
    )


# --- membership: MembershipCard ---------------------------------------------------------------------------------------


# --- membership: CardMarket -------------------------------------------------------------------------------------------


# --- data: ConsentRegistry --------------------------------------------------------------------------------------------


# --- data: KeyDirectory -----------------------------------------------------------------------------------------------


# --- data: CustomerData -----------------------------------------------------------------------------------------------


# --- governance: ProgramGovernor --------------------------------------------------------------------------------------
