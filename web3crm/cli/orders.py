"""Signed sell orders as files: a seller makes one, hands it to whoever may buy, and pays no gas for either."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3crm.chain import Chain, Sender
from web3crm.chain.accounts import address_of
from web3crm.chain.typed_data import Domain, TypedData, market_order
from web3crm.deploy import Programme
from web3crm.domain import NATIVE, NOTHING_LEFT
from web3crm.errors import InputError

__all__ = ["ORDER_STATUS", "Order", "make_order", "read_order", "save_order", "saved_orders"]

FOLDER = Path("build") / "orders"

ORDER_STATUS = (
    "open",
    "its collection is gone",
    "cancelled with all of the seller's orders",
    "expired",
    "not signed by its seller",
    "bought or cancelled",
    "its royalty is refused",
    "its currency is gone",
    "the seller does not have the card any more",
    "the seller did not approve the market",
    "the card's tier or term has changed",
    "the card has not the perks left that it promises",
)
"""The market's ``OrderStatus`` in words, in its order."""

_FIELDS = (
    "seller",
    "collection",
    "cardId",
    "currency",
    "price",
    "buyer",
    "tierId",
    "minExpiresAt",
    "perkDesk",
    "perksLeft",
    "expiresAt",
    "counter",
    "nonce",
)
_ADDRESSES = frozenset({"seller", "collection", "currency", "buyer", "perkDesk"})


@dataclass(frozen=True)
class Order:
    """A signed order: ``values`` are the fields of ``CardMarket``'s ``Order`` by name."""

    values: dict[str, Any]
    signature: bytes

    @property
    def as_tuple(self) -> tuple[Any, ...]:
        """The order as the contract takes it."""
        return tuple(self.values[name] for name in _FIELDS)


def perk_desk(programme: Programme) -> str | None:
    """The address of the programme's desk for perks, if it has one."""
    return programme.addresses.get("PerkDesk")


def make_order(
    programme: Programme,
    *,
    seller: Sender,
    card_id: int,
    currency: str,
    price: int,
    buyer: str,
    expires_at: int,
    pin_perks: bool = True,
) -> Order:
    """Signs an order for a card as it is now.

    Its tier and its expiry are pinned, so that the buyer gets what was offered, and so is what it has left of its
    perks, if the programme has a desk for them and ``pin_perks`` does not leave them open.
    """
    chain, market = programme.chain, programme.commons.market
    tier_id, _, card_expires_at = chain.call(programme.cards.functions.cardOf(card_id))
    owner = chain.call(programme.cards.functions.ownerOf(card_id))
    if owner != address_of(seller):
        raise InputError(f"card {card_id} belongs to {owner}, not to {address_of(seller)}")
    desk, left = perk_desk(programme), NOTHING_LEFT
    if desk is not None and pin_perks:
        left = chain.call(chain.contract("PerkDesk", desk).functions.perksLeft(card_id))
    order = market_order(
        domain=chain.domain(market),
        seller=address_of(seller),
        collection=str(programme.cards.address),
        card_id=card_id,
        currency=currency,
        price=price,
        buyer=buyer,
        tier_id=tier_id,
        min_expires_at=card_expires_at,
        perk_desk=NATIVE if desk is None or left == NOTHING_LEFT else desk,
        perks_left=left,
        expires_at=expires_at,
        counter=chain.call(market.functions.counterOf(address_of(seller))),
        # Unordered, so any number will do; random, so that no two orders share one by accident.
        nonce=secrets.randbits(64),
    )
    return Order(dict(order.message), chain.sign(order, sender=seller))


def order_status(chain: Chain, programme: Programme, order: Order) -> str:
    """Whether an order can be bought now, in words."""
    number = chain.call(programme.commons.market.functions.orderStatus(order.as_tuple, order.signature))
    return ORDER_STATUS[number]


def save_order(programme: Programme, order: Order, folder: Path = FOLDER) -> Path:
    """Writes an order as a JSON file and returns its path.

    It holds no secret: the signature is good for this order only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{programme.params.programme}-card-{order.values['cardId']}-{order.values['nonce']}.json"
    content = {
        "chainId": programme.chain.chain_id,
        "market": programme.commons.market.address,
        "order": {name: _as_text(value) for name, value in order.values.items()},
        "signature": "0x" + order.signature.hex(),
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path


def read_order(programme: Programme, path: Path) -> Order:
    """Reads an order's file, which may come from a stranger.

    Raises :class:`InputError` when it is none, is for another chain or market, or sells another collection's card.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        given = content["order"]
        values = {name: _from_text(name, given[name]) for name in _FIELDS}
        signature = bytes.fromhex(content["signature"].removeprefix("0x"))
        where = (content["chainId"], content["market"])
    except OSError as error:
        raise InputError(f"the order {path} cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise InputError(f"{path} is not an order: `membership sell` makes one") from None
    here = (programme.chain.chain_id, programme.commons.market.address)
    if where != here:
        raise InputError(
            f"{path} is an order for chain {where[0]} and market {where[1]}, not for {here[0]} and {here[1]}"
        )
    if values["collection"] != programme.cards.address:
        raise InputError(f"{path} sells a card of {values['collection']}, not of {programme.params.programme}")
    if values["currency"] != NATIVE and values["price"] == 0:
        raise InputError(f"{path} has no price")
    if values["perksLeft"] != NOTHING_LEFT and values["perkDesk"] != perk_desk(programme):
        raise InputError(
            f"{path} asks {values['perkDesk']} for the perks left, which is not {programme.params.programme}'s"
        )
    try:
        _typed(programme, values)
    except InputError as error:
        raise InputError(f"{path} is not an order: {error}") from None
    return Order(values, signature)


def _as_text(value: Any) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _from_text(name: str, text: Any) -> Any:
    if name in _ADDRESSES:
        return str(text)
    return bytes.fromhex(text.removeprefix("0x")) if name == "perksLeft" else int(text)


def _typed(programme: Programme, values: dict[str, Any]) -> TypedData:
    """What a seller signs, which checks each value's type and range."""
    snake = {re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): value for name, value in values.items()}
    domain = Domain("CardMarket", programme.chain.chain_id, str(programme.commons.market.address))
    return market_order(domain=domain, **snake)


def saved_orders(programme: Programme, folder: Path = FOLDER) -> list[tuple[Path, Order]]:
    """The orders for this programme's cards that are saved in ``folder`` and meant for this chain and market."""
    found = []
    for path in sorted(folder.glob(f"{programme.params.programme}-card-*.json")):
        try:
            found.append((path, read_order(programme, path)))
        except InputError:
            continue  # of an earlier development chain
    return found
