"""What customers sign for ``PointsExchange``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["exchange_swap"]


def exchange_swap(
    *,
    domain: Domain,
    customer: str,
    pair_id: bytes,
    points_in: str,
    amount_in: int,
    min_out: int,
    recipient: str,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``PointsExchange.swapBySig``; both amounts in the smallest unit of their points.

    ``recipient`` gets at least ``min_out`` of the pair's other points for ``amount_in`` of ``points_in``, or nothing happens.
    """
    return TypedData(
        domain=domain,
        primary_type="Swap",
        fields={
            "customer": "address",
            "pairId": "bytes32",
            "pointsIn": "address",
            "amountIn": "uint256",
            "minOut": "uint256",
            "recipient": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "customer": customer,
            "pairId": pair_id,
            "pointsIn": points_in,
            "amountIn": amount_in,
            "minOut": min_out,
            "recipient": recipient,
            "nonce": nonce,
            "deadline": deadline,
        },
    )
