"""What owners of datasets sign for ``DataAccess``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["access_accept", "access_close"]


def access_accept(
    *,
    domain: Domain,
    owner: str,
    access_id: int,
    brand: str,
    dataset_id: int,
    purpose: int,
    currency: str,
    price: int,
    period: int,
    minimum: int,
    envelope_digest: bytes,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``DataAccess.acceptBySig``; ``nonce`` is any number the owner has not used with this contract.

    ``price`` is in the currency's smallest unit, ``period`` and ``minimum`` in seconds. The function does not take the terms, from ``brand`` to
    ``minimum``: they are the offer's own, and signed so that a wallet shows them.
    """
    return TypedData(
        domain,
        "AcceptAccess",
        {
            "owner": "address",
            "accessId": "uint256",
            "brand": "address",
            "datasetId": "uint256",
            "purpose": "uint8",
            "currency": "address",
            "price": "uint256",
            "period": "uint32",
            "minimum": "uint32",
            "envelopeDigest": "bytes32",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "accessId": access_id,
            "brand": brand,
            "datasetId": dataset_id,
            "purpose": purpose,
            "currency": currency,
            "price": price,
            "period": period,
            "minimum": minimum,
            "envelopeDigest": envelope_digest,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def access_close(*, domain: Domain, owner: str, access_id: int, nonce: int, deadline: int) -> TypedData:
    """``DataAccess.closeBySig``; ``nonce`` is any number the owner has not used with this contract."""
    return TypedData(
        domain,
        "CloseAccess",
        {
            "owner": "address",
            "accessId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        {
            "owner": owner,
            "accessId": access_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )
