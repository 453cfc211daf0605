"""What holders of cards sign for ``PerkDesk``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["perk_cancel_redemption", "perk_redeem"]


def perk_redeem(
    *,
    domain: Domain,
    holder: str,
    card_id: int,
    tier_id: int,
    perk_id: int,
    ref: bytes,
    nonce: int,
    deadline: int,
) -> TypedData:
    """``PerkDesk.redeemPerkBySig``: ``holder`` uses a perk of her card once, while it is in that tier.

    The function does not take ``tier_id``: it is the card's own.
    """
    return TypedData(
        domain=domain,
        primary_type="RedeemPerk",
        fields={
            "holder": "address",
            "cardId": "uint256",
            "tierId": "uint16",
            "perkId": "uint8",
            "ref": "bytes32",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "holder": holder,
            "cardId": card_id,
            "tierId": tier_id,
            "perkId": perk_id,
            "ref": ref,
            "nonce": nonce,
            "deadline": deadline,
        },
    )


def perk_cancel_redemption(
    *, domain: Domain, redeemer: str, redemption_id: bytes, nonce: int, deadline: int
) -> TypedData:
    """``PerkDesk.cancelRedemptionBySig``: ``redeemer`` does not want the goods any more."""
    return TypedData(
        domain=domain,
        primary_type="CancelRedemption",
        fields={"redeemer": "address", "redemptionId": "bytes32", "nonce": "uint256", "deadline": "uint256"},
        message={"redeemer": redeemer, "redemptionId": redemption_id, "nonce": nonce, "deadline": deadline},
    )
