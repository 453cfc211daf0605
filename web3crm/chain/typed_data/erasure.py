"""What a brand's processors sign when they have erased. Never sent to a contract.

The domain has a name of its own, so that its separator is none that a contract of this suite (or anybody's, short of
one that calls itself "web3crm erasure" and lies at the registry's address) compares a signature with: no signature of
a receipt can be used as a request, a grant or anything else on chain, and no signature made for a contract as a
receipt. It still names the registry as the verifying contract: a receipt is good for one registry on one chain.
"""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["ERASURE_DOMAIN", "erasure_receipt"]

ERASURE_DOMAIN = "web3crm erasure"


def erasure_receipt(
    *,
    chain_id: int,
    consents: str,
    processor: str,
    name: str,
    customer: str,
    brand: str,
    requested_at: int,
    erased_at: int,
    items_digest: bytes,
) -> TypedData:
    """``processor`` has erased what it held about ``customer`` for ``brand``.

    ``requested_at`` and ``erased_at`` are Unix times in seconds, ``items_digest`` is the SHA-256 of the list of what was
    erased (:attr:`~web3crm.privacy.erased_items.ErasedItems.digest`), ``consents`` the ``ConsentRegistry``'s address.
    """
    return TypedData(
        Domain(ERASURE_DOMAIN, chain_id, consents),
        "ErasureReceipt",
        {
            "processor": "address",
            "name": "string",
            "customer": "address",
            "brand": "address",
            "requestedAt": "uint256",
            "erasedAt": "uint256",
            "itemsDigest": "bytes32",
        },
        {
            "processor": processor,
            "name": name,
            "customer": customer,
            "brand": brand,
            "requestedAt": requested_at,
            "erasedAt": erased_at,
            "itemsDigest": items_digest,
        },
    )
