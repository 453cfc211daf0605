"""What anybody signs for ``KeyDirectory``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["key_publish", "key_revoke"]


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
