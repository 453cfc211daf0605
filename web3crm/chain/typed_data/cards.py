"""What holders and buyers of ``MembershipCard`` sign."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = [
    "card_approve",
    "card_buy",
    "card_cancel_subscription",
    "card_renew",
    "card_set_approval_for_all",
    "card_transfer",
    "card_upgrade",
]


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
