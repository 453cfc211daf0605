"""What the tests of paid access agree on."""

from __future__ import annotations

from typing import NamedTuple

DAY = 86_400
NATIVE = "0x" + "00" * 20
MANIFEST = b"\x22" * 32
ENVELOPE = b"\x33" * 32
NOTICE = b"\x11" * 32

PURPOSE, OTHER_PURPOSE = 1, 2
DATA_CLASS, OTHER_DATA_CLASS = 3, 4
PURPOSES = 1 << PURPOSE | 1 << OTHER_PURPOSE
DATA_CLASSES = 1 << DATA_CLASS | 1 << OTHER_DATA_CLASS

PRICE = 10**18 + 1
"""Odd, so that hardly any share of it comes out even."""
PERIOD = 30 * DAY
MINIMUM = 2 * DAY


class Offer(NamedTuple):
    """What a brand offers, in the contract's order."""

    dataset_id: int
    expires_at: int
    manifest_digest: bytes = MANIFEST
    currency: str = NATIVE
    price: int = PRICE
    purpose: int = PURPOSE
    period: int = PERIOD
    minimum: int = MINIMUM
    salt: int = 0

    def to_tuple(self) -> tuple[object, ...]:
        """As the contract takes it."""
        return (
            self.dataset_id,
            self.manifest_digest,
            self.currency,
            self.price,
            self.purpose,
            self.period,
            self.minimum,
            self.expires_at,
            self.salt,
        )


class Access(NamedTuple):
    """What ``accessOf`` returns."""

    brand: str
    dataset_id: int
    currency: str
    price: int
    purpose: int
    data_class: int
    period: int
    minimum: int
    expires_at: int
    digest: str
    owner: str
    started_at: int
    tenure: int
    snapshot: int
    paid_until: int
    closed_at: int
    refunded_from: int


def accrued(seconds: int, price: int = PRICE, period: int = PERIOD) -> int:
    """What an access has earned after so many seconds."""
    return price * seconds // period
