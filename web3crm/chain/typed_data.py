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
    "card_approve",
    "card_buy",
    "card_cancel_subscription",
    "card_renew",
    "card_set_approval_for_all",
    "card_transfer",
    "card_upgrade",
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


def card_buy(
    *,
    domain: Domain,
    buyer: str,
    tier_id: int,
    recipient: str,
    currency: str,
    max_price: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.buyBySig``: ``buyer`` pays at most ``max_price`` for a card of the tier, for ``recipient``."""
    return TypedData(
        domain=domain,
        primary_type="BuyCard",
        fields={
            "buyer": "address",
            "tierId": "uint16",
            "recipient": "address",
            "currency": "address",
            "maxPrice": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "buyer": buyer,
            "tierId": tier_id,
            "recipient": recipient,
            "currency": currency,
            "maxPrice": max_price,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def card_renew(
    *,
    domain: Domain,
    payer: str,
    card_id: int,
    periods: int,
    currency: str,
    max_price: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.renewBySig``: ``payer`` pays at most ``max_price`` in all for more periods of a card."""
    return TypedData(
        domain=domain,
        primary_type="RenewCard",
        fields={
            "payer": "address",
            "cardId": "uint256",
            "periods": "uint16",
            "currency": "address",
            "maxPrice": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "payer": payer,
            "cardId": card_id,
            "periods": periods,
            "currency": currency,
            "maxPrice": max_price,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def card_upgrade(
    *,
    domain: Domain,
    holder: str,
    card_id: int,
    tier_id: int,
    currency: str,
    max_price: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.upgradeBySig``: ``holder`` pays at most ``max_price`` to move her card to the tier."""
    return TypedData(
        domain=domain,
        primary_type="UpgradeCard",
        fields={
            "holder": "address",
            "cardId": "uint256",
            "tierId": "uint16",
            "currency": "address",
            "maxPrice": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "holder": holder,
            "cardId": card_id,
            "tierId": tier_id,
            "currency": currency,
            "maxPrice": max_price,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def card_cancel_subscription(
    *,
    domain: Domain,
    holder: str,
    card_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.cancelSubscriptionBySig``: ``holder`` ends the term of her card."""
    return TypedData(
        domain=domain,
        primary_type="CancelSubscription",
        fields={
            "holder": "address",
            "cardId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "holder": holder,
            "cardId": card_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def card_transfer(
    *,
    domain: Domain,
    from_: str,
    to: str,
    card_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.transferBySig``: ``from_`` passes her card to ``to``."""
    return TypedData(
        domain=domain,
        primary_type="TransferCard",
        fields={
            "from": "address",
            "to": "address",
            "cardId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "from": from_,
            "to": to,
            "cardId": card_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def card_approve(
    *,
    domain: Domain,
    holder: str,
    spender: str,
    card_id: int,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.approveBySig``: ``holder`` lets ``spender`` pass on one card."""
    return TypedData(
        domain=domain,
        primary_type="ApproveForCard",
        fields={
            "holder": "address",
            "spender": "address",
            "cardId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "holder": holder,
            "spender": spender,
            "cardId": card_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def card_set_approval_for_all(
    *,
    domain: Domain,
    owner: str,
    operator: str,
    approved: bool,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``MembershipCard.setApprovalForAllBySig``: ``owner`` lets ``operator`` pass on all her cards, or no longer."""
    return TypedData(
        domain=domain,
        primary_type="ApproveForAllCards",
        fields={
            "owner": "address",
            "operator": "address",
            "approved": "bool",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "owner": owner,
            "operator": operator,
            "approved": approved,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


# --- membership: CardMarket -------------------------------------------------------------------------------------------


# --- data: ConsentRegistry --------------------------------------------------------------------------------------------


# --- data: KeyDirectory -----------------------------------------------------------------------------------------------


# --- data: CustomerData -----------------------------------------------------------------------------------------------


# --- governance: ProgramGovernor --------------------------------------------------------------------------------------
