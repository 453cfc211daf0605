"""How the market's tests write orders: a usual one, and what a test changes in it."""

from __future__ import annotations

from typing import Any

from web3crm.chain.typed_data import Domain, TypedData, market_buy, market_cancel, market_cancel_all, market_order

NATIVE = "0x" + "00" * 20
ANYONE = NATIVE
CARD = 7
TIER = 2
NEVER = 2**40 - 1
PRICE = 1_000_003
ROYALTY = PRICE * 500 // 10_000
LATER = 2**40 - 1
PERKS = bytes(29) + b"\x01\x00\x03"
"""Three uses of perk 0 and one of perk 2."""

# The places of the members of ICardMarket.OrderStatus.
(
    OPEN,
    NO_COLLECTION,
    COUNTER_CHANGED,
    EXPIRED,
    INVALID_SIGNATURE,
    NONCE_USED,
    ROYALTY_REFUSED,
    NO_CURRENCY,
    NOT_OWNER,
    NOT_APPROVED,
    TERMS_CHANGED,
    PERKS_USED,
) = range(12)


def as_struct(order: TypedData) -> tuple[Any, ...]:
    """The order as the contract takes it."""
    return tuple(order.message.values())


class Trading:
    """Builds the messages for one market; every builder takes the fields that differ from the usual."""

    def __init__(self, market: Any, collection: Any, seller: Any, chain_id: int) -> None:
        self.domain = Domain("CardMarket", chain_id, market.address)
        self._order = {
            "seller": seller.address,
            "collection": collection.address,
            "card_id": CARD,
            "currency": NATIVE,
            "price": PRICE,
            "buyer": ANYONE,
            "tier_id": 0,
            "min_expires_at": 0,
            "perk_desk": NATIVE,
            "perks_left": bytes(32),
            "expires_at": LATER,
            "counter": 0,
            "nonce": 0,
        }

    def order(self, domain: Domain | None = None, **changes: Any) -> TypedData:
        values = {name: getattr(value, "address", value) for name, value in changes.items()}
        return market_order(domain=domain or self.domain, **(self._order | values))

    def buy(
        self, order: TypedData, buyer: Any, recipient: Any, nonce: int, deadline: int, domain: Domain | None = None
    ) -> TypedData:
        return market_buy(
            domain=domain or self.domain,
            order=order,
            buyer=buyer.address,
            recipient=recipient.address,
            nonce=nonce,
            deadline=deadline,
        )

    def cancel(
        self, seller: Any, nonces: list[int], nonce: int, deadline: int, domain: Domain | None = None
    ) -> TypedData:
        return market_cancel(
            domain=domain or self.domain, seller=seller.address, nonces=nonces, nonce=nonce, deadline=deadline
        )

    def cancel_all(self, seller: Any, nonce: int, deadline: int, domain: Domain | None = None) -> TypedData:
        return market_cancel_all(domain=domain or self.domain, seller=seller.address, nonce=nonce, deadline=deadline)
