"""What sellers and buyers sign for ``CardMarket``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["market_buy", "market_cancel", "market_cancel_all", "market_order"]

_MARKET_ORDER = {
    "seller": "address",
    "collection": "address",
    "cardId": "uint256",
    "currency": "address",
    "price": "uint256",
    "buyer": "address",
    "tierId": "uint16",
    "minExpiresAt": "uint40",
    "perkDesk": "address",
    "perksLeft": "bytes32",
    "expiresAt": "uint40",
    "counter": "uint256",
    "nonce": "uint256",
}


def market_order(
    *,
    domain: Domain,
    seller: str,
    collection: str,
    card_id: int,
    currency: str,
    price: int,
    buyer: str,
    tier_id: int,
    min_expires_at: int,
    perk_desk: str,
    perks_left: bytes,
    expires_at: int,
    counter: int,
    nonce: int,
) -> TypedData:
    """What a seller signs to sell one card; ``tuple(order.message.values())`` is the contract's ``Order``.

    The zero address as ``currency`` is the native coin, as ``buyer`` anyone; ``tier_id`` and ``min_expires_at`` 0 pin nothing.
    Neither do ``perks_left`` of zeros; otherwise ``perk_desk`` is asked, when the card is sold, whether it has them.
    """
    return TypedData(
        domain=domain,
        primary_type="Order",
        fields=_MARKET_ORDER,
        message={
            "seller": seller,
            "collection": collection,
            "cardId": card_id,
            "currency": currency,
            "price": price,
            "buyer": buyer,
            "tierId": tier_id,
            "minExpiresAt": min_expires_at,
            "perkDesk": perk_desk,
            "perksLeft": perks_left,
            "expiresAt": expires_at,
            "counter": counter,
            "nonce": nonce,
        },
    )


def market_buy(*, domain: Domain, order: TypedData, buyer: str, recipient: str, nonce: int, deadline: int) -> TypedData:
    """What a buyer signs to buy ``order``, made by :func:`market_order`, and pay for it in the order's ERC-20."""
    return TypedData(
        domain=domain,
        primary_type="Buy",
        fields={
            "order": "Order",
            "buyer": "address",
            "recipient": "address",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "order": order.message,
            "buyer": buyer,
            "recipient": recipient,
            "nonce": nonce,
            "deadline": deadline,
        },
        structs={"Order": _MARKET_ORDER},
    )


def market_cancel(*, domain: Domain, seller: str, nonces: list[int], nonce: int, deadline: int) -> TypedData:
    """What a seller signs to cancel the orders with these ``nonces``; ``nonce`` is the cancellation's own."""
    return TypedData(
        domain=domain,
        primary_type="Cancel",
        fields={"seller": "address", "nonces": "uint256[]", "nonce": "uint256", "deadline": "uint256"},
        message={"seller": seller, "nonces": nonces, "nonce": nonce, "deadline": deadline},
    )


def market_cancel_all(*, domain: Domain, seller: str, nonce: int, deadline: int) -> TypedData:
    """What a seller signs to cancel every order signed so far."""
    return TypedData(
        domain=domain,
        primary_type="CancelAll",
        fields={"seller": "address", "nonce": "uint256", "deadline": "uint256"},
        message={"seller": seller, "nonce": nonce, "deadline": deadline},
    )
