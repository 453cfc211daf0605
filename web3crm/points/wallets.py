"""Which wallet a customer's points go to.

The brand knows its customers by ids of its own, the chain knows addresses: a CSV with the columns ``customer`` and
``address`` says which is whose. A customer who changes her wallet keeps her line and gets another one, with the moment
of the change in a third column ``from``: what she buys from then on goes to the new wallet, what she earned before
stays with the old one, and nothing is paid twice.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from eth_account import Account
from eth_utils.crypto import keccak

from web3crm.domain.earning import Earning
from web3crm.domain.purchases import open_lines
from web3crm.errors import InputError
from web3crm.points.tree import address_bytes
from web3crm.progress import Counter

__all__ = ["DemonstrationWallets", "Totals", "WalletBook", "Wallets", "demonstration_key", "read_wallets", "totals_of"]

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_STEP = 1_024


class Wallets(Protocol):
    """Who has which wallet."""

    def address_at(self, customer: str, at: datetime) -> bytes | None:
        """The wallet that a customer had at that moment, or None."""


class WalletBook:
    """The wallets of a mapping file: customer, address, and since when it is hers (None: always)."""

    def __init__(self, entries: Iterable[tuple[str, bytes, datetime | None]]) -> None:
        self._entries: dict[str, list[tuple[datetime, bytes]]] = {}
        for customer, address, since in entries:
            mine = self._entries.setdefault(customer, [])
            at = since or _ALWAYS
            if any(at == other for other, _ in mine):
                raise InputError(f"customer {customer!r} has two wallets from the same moment on")
            mine.append((at, address))
        for mine in self._entries.values():
            mine.sort()

    def __len__(self) -> int:
        return len(self._entries)

    def address_at(self, customer: str, at: datetime) -> bytes | None:
        """The wallet that a customer had at that moment, or None."""
        mine = self._entries.get(customer, [])
        number = bisect_right(mine, at, key=lambda entry: entry[0])
        return mine[number - 1][1] if number else None


def demonstration_key(customer: str) -> bytes:
    """The key of a customer's demonstration wallet, which anybody can work out."""
    return keccak(text=f"web3crm demonstration, customer {customer}")


class DemonstrationWallets:
    """A wallet for every customer of a demonstration.

    Its key is made from her number and so known to everybody: good for development chains only.
    """

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def address_at(self, customer: str, at: datetime) -> bytes:
        """The customer's one wallet."""
        del at
        if customer not in self._known:
            address = Account.from_key(demonstration_key(customer)).address
            self._known[customer] = bytes.fromhex(address[2:])
        return self._known[customer]


def read_wallets(path: Path) -> WalletBook:
    """Reads a mapping file. Raises :class:`InputError` for the first line that is wrong."""
    with open_lines(path, "wallets") as lines:
        return WalletBook(_entries(path, csv.DictReader(lines)))


def _entries(path: Path, rows: csv.DictReader[str]) -> Iterator[tuple[str, bytes, datetime | None]]:
    missing = [column for column in ("customer", "address") if column not in (rows.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: the header must name customer and address; missing: {', '.join(missing)}")
    for row in rows:
        customer, address, since = ((row.get(name) or "").strip() for name in ("customer", "address", "from"))
        where = f"{path}:{rows.line_num}"
        if not customer:
            raise InputError(f"{where}: the customer is empty")
        try:
            found = address_bytes(address)
            at = datetime.fromisoformat(since) if since else None
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        except ValueError:
            raise InputError(f"{where}: {since!r} is not a date or time (ISO 8601)") from None
        if not any(found):
            raise InputError(f"{where}: the zero address is nobody's wallet")
        yield customer, found, at.replace(tzinfo=UTC) if at and not at.tzinfo else at


@dataclass(frozen=True)
class Totals:
    """What each wallet earned in all, zero included, and what customers earned who had no wallet, by customer."""

    by_wallet: dict[bytes, int]
    without: dict[str, int] = field(default_factory=dict)


def totals_of(earnings: Iterable[Earning], wallets: Wallets, progress: Counter | None = None) -> Totals:
    """Sums up what purchases earned. Customers who share a wallet share its total."""
    items = list(earnings)
    found = Totals({})
    without: dict[str, int] = {}
    for number, earning in enumerate(items, 1):
        purchase = earning.purchase
        address = wallets.address_at(purchase.customer, purchase.at)
        if address is None:
            without[purchase.customer] = without.get(purchase.customer, 0) + earning.points
        else:
            found.by_wallet[address] = found.by_wallet.get(address, 0) + earning.points
        if progress and (number % _STEP == 0 or number == len(items)):
            progress(number, len(items))
    found.without.update({customer: points for customer, points in without.items() if points})
    return found
