"""What customers of ``RewardCatalog`` sign."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["reward_cancel", "reward_redeem"]


def reward_redeem(*, domain: Domain, customer: str, reward_id: int, ref: bytes, nonce: int, deadline: int) -> TypedData:
    """``RewardCatalog.redeemBySig``: ``customer`` redeems the reward's price; ``ref`` is her digest for the brand, 32 bytes."""
    return TypedData(
        domain=domain,
        primary_type="RedeemReward",
        fields={
            "customer": "address",
            "rewardId": "uint32",
            "ref": "bytes32",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "customer": customer,
            "rewardId": reward_id,
            "ref": ref,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def reward_cancel(*, domain: Domain, customer: str, order_id: int, nonce: int, deadline: int) -> TypedData:
    """``RewardCatalog.cancelBySig``: ``customer`` takes her open order back."""
    return TypedData(
        domain=domain,
        primary_type="CancelOrder",
        fields={
            "customer": "address",
            "orderId": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "customer": customer,
            "orderId": order_id,
            "nonce": nonce,
            "deadline": deadline,
        },
    )
