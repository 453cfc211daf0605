"""Every EIP-712 message the contracts accept, built in one place.

A builder takes keyword arguments in the contract's own order and returns a :class:`TypedData`: sign it with :func:`sign`, or hand
:meth:`TypedData.as_json` to a wallet (``eth_signTypedData_v4``). Each is tested against the contract's own digest and eth-account.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    "consent_grant",
    "consent_request_erasure",
    "consent_withdraw",
    "consent_withdraw_all",
    "consent_withdraw_everywhere",
    "dataset_accept_move",
    "dataset_burn",
    "dataset_cancel_move",
    "dataset_mint",
    "dataset_propose_move",
    "dataset_update",
    "key_publish",
    "key_revoke",
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


# --- membership: MembershipCard ---------------------------------------------------------------------------------------


# --- membership: CardMarket -------------------------------------------------------------------------------------------


# --- data: ConsentRegistry --------------------------------------------------------------------------------------------


def consent_grant(
    *,
    domain: Domain,
    customer: str,
    brand: str,
    purposes: int,
    data_classes: int,
    notice_version: int,
    notice_digest: bytes,
    expires_at: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``ConsentRegistry.grantBySig``. ``nonce`` is the number the snapshot will get: ``snapshotCount`` plus one.

    ``notice_digest`` is the digest of the notice that was shown; the contract refuses the grant if the brand published
    another text under ``notice_version``.
    """
    return TypedData(
        domain,
        "GrantConsent",
        {
            "customer": "address",
            "brand": "address",
            "purposes": "uint64",
            "dataClasses": "uint64",
            "noticeVersion": "uint32",
            "noticeDigest": "bytes32",
            "expiresAt": "uint40",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "customer": customer,
            "brand": brand,
            "purposes": purposes,
            "dataClasses": data_classes,
            "noticeVersion": notice_version,
            "noticeDigest": notice_digest,
            "expiresAt": expires_at,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def consent_withdraw(
    *,
    domain: Domain,
    customer: str,
    brand: str,
    purposes: int,
    data_classes: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``ConsentRegistry.withdrawBySig``; ``nonce`` is any number the customer has not used with this contract."""
    return TypedData(
        domain,
        "WithdrawConsent",
        {
            "customer": "address",
            "brand": "address",
            "purposes": "uint64",
            "dataClasses": "uint64",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "customer": customer,
            "brand": brand,
            "purposes": purposes,
            "dataClasses": data_classes,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def consent_withdraw_all(
    *,
    domain: Domain,
    customer: str,
    brand: str,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``ConsentRegistry.withdrawAllBySig``; ``nonce`` is any number the customer has not used with this contract."""
    return TypedData(
        domain,
        "WithdrawAllConsent",
        {
            "customer": "address",
            "brand": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "customer": customer,
            "brand": brand,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def consent_withdraw_everywhere(
    *,
    domain: Domain,
    customer: str,
    brands: Sequence[str],
    nonce: int,
    deadline: int,
) -> TypedData:
    """``ConsentRegistry.withdrawEverywhereBySig``; ``nonce`` is any number not yet used with this contract."""
    return TypedData(
        domain,
        "WithdrawConsentEverywhere",
        {
            "customer": "address",
            "brands": "address[]",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "customer": customer,
            "brands": list(brands),
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def consent_request_erasure(
    *,
    domain: Domain,
    customer: str,
    brand: str,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``ConsentRegistry.requestErasureBySig``; ``nonce`` is any number the customer has not used with this contract."""
    return TypedData(
        domain,
        "RequestErasure",
        {
            "customer": "address",
            "brand": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "customer": customer,
            "brand": brand,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


# --- data: KeyDirectory -----------------------------------------------------------------------------------------------


def key_publish(
    *,
    domain: Domain,
    owner: str,
    recipient: bytes,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``KeyDirectory.publishBySig``. ``nonce`` is the epoch that the key begins: the present one plus one."""
    return TypedData(
        domain,
        "PublishKey",
        {
            "owner": "address",
            "recipient": "bytes32",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "recipient": recipient,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def key_revoke(
    *,
    domain: Domain,
    owner: str,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``KeyDirectory.revokeBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "RevokeKey",
        {
            "owner": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


# --- data: CustomerData -----------------------------------------------------------------------------------------------


def dataset_mint(
    *,
    domain: Domain,
    owner: str,
    manifest_digest: bytes,
    data_class: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.mintBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "MintDataset",
        {
            "owner": "address",
            "manifestDigest": "bytes32",
            "dataClass": "uint8",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "manifestDigest": manifest_digest,
            "dataClass": data_class,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_update(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    previous_digest: bytes,
    manifest_digest: bytes,
    key_epoch: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.updateBySig``; ``nonce`` is any number the owner has not used with this contract.

    ``previous_digest`` is the manifest that is replaced; once the dataset has another, the signature is worthless.
    """
    return TypedData(
        domain,
        "UpdateDataset",
        {
            "owner": "address",
            "datasetId": "uint256",
            "previousDigest": "bytes32",
            "manifestDigest": "bytes32",
            "keyEpoch": "uint32",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "previousDigest": previous_digest,
            "manifestDigest": manifest_digest,
            "keyEpoch": key_epoch,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_propose_move(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    new_wallet: str,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.proposeMoveBySig``. ``nonce`` is the round it begins: that of ``moveOf`` plus one."""
    return TypedData(
        domain,
        "ProposeMove",
        {
            "owner": "address",
            "datasetId": "uint256",
            "newWallet": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "newWallet": new_wallet,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_cancel_move(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.cancelMoveBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "CancelMove",
        {
            "owner": "address",
            "datasetId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_accept_move(
    *,
    domain: Domain,
    new_wallet: str,
    dataset_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.acceptMoveBySig``; ``nonce`` is any number the new wallet has not used with this contract."""
    return TypedData(
        domain,
        "AcceptMove",
        {
            "newWallet": "address",
            "datasetId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "newWallet": new_wallet,
            "datasetId": dataset_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def dataset_burn(
    *,
    domain: Domain,
    owner: str,
    dataset_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``CustomerData.burnBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "BurnDataset",
        {
            "owner": "address",
            "datasetId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "datasetId": dataset_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


# --- governance: ProgramGovernor --------------------------------------------------------------------------------------
