"""What customers sign for ``ConsentRegistry``."""

from __future__ import annotations

from collections.abc import Sequence

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = [
    "consent_grant",
    "consent_request_erasure",
    "consent_withdraw",
    "consent_withdraw_all",
    "consent_withdraw_everywhere",
]


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
