"""Two programmes and the exchange between them, as the tests of swapping use them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.support.loyalty import POINT, deploy_authority, deploy_points
from web3crm.chain.typed_data import Domain

HOUR, DAY = 3600, 86_400
ONE = 10**18
"""The rate of one for one."""
RATE = 2 * ONE
"""Two points B for a point A."""
CAP = 1_000 * POINT
RESERVE = 10_000 * POINT


@dataclass(frozen=True)
class Brand:
    """A programme's authority, its points, and the admin who speaks for it."""

    authority: Any
    points: Any
    admin: Any

    @property
    def address(self) -> str:
        return str(self.authority.address)

    def do(self, exchange: Any, function: str, *arguments: Any) -> Any:
        """Calls ``function`` of the exchange in the brand's name."""
        data = getattr(exchange, function).encode_input(*arguments)
        return self.authority.execute(exchange, data, {"from": self.admin})


@dataclass(frozen=True)
class LoneBrand:
    """A brand that is an account, and whatever it calls its points."""

    account: Any
    points: Any

    @property
    def address(self) -> str:
        return str(self.account.address)

    def do(self, exchange: Any, function: str, *arguments: Any) -> Any:
        """Calls ``function`` of the exchange as the account."""
        return getattr(exchange, function)(*arguments, {"from": self.account})


@dataclass(frozen=True)
class Terms:
    """What two brands agree on, in the contract's order."""

    brand_a: str
    brand_b: str
    points_a: str
    points_b: str
    min_rate: int = ONE // 2
    max_rate: int = 4 * ONE
    cap_a: int = CAP
    cap_b: int = CAP
    period: int = DAY
    notice: int = 2 * DAY

    def but(self, **changes: Any) -> Terms:
        return replace(self, **changes)

    def as_struct(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


def in_order(one: Any, other: Any) -> tuple[Any, Any]:
    """The two brands, first the one whose points have the lower address."""
    return (one, other) if int(one.points.address, 16) < int(other.points.address, 16) else (other, one)


def deploy_brand(deployer: Any, admin: Any, issuer: Any) -> Brand:
    authority = deploy_authority(deployer, admin)
    return Brand(authority, deploy_points(deployer, authority, admin, issuer), admin)


def terms_of(a: Any, b: Any, **changes: Any) -> Terms:
    return Terms(a.address, b.address, a.points.address, b.points.address, **changes)


def agree(exchange: Any, a: Any, b: Any, terms: Terms) -> bytes:
    """Both brands agree; returns the pair's id."""
    a.do(exchange, "agree", terms.as_struct())
    b.do(exchange, "agree", terms.as_struct())
    return bytes(exchange.pairIdOf(a.address, b.address, a.points, b.points))


def open_pair(exchange: Any, a: Any, b: Any, terms: Terms, rate: int) -> bytes:
    """Agreed, with a rate, both switches open; nothing in the reserves."""
    pair_id = agree(exchange, a, b, terms)
    a.do(exchange, "setRate", pair_id, rate)
    a.do(exchange, "setOpen", pair_id, True)
    b.do(exchange, "setOpen", pair_id, True)
    return pair_id


def domain_of(exchange: Any, chain_id: int) -> Domain:
    return Domain("PointsExchange", chain_id, exchange.address)
