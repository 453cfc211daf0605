"""What a programme is to be: read from a YAML file and checked in full before anything is sent.

An address is checksummed, or ``account:N``, the N-th account of a development chain; that form is refused on any
other chain.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from web3crm.chain import Artifacts, Chain
from web3crm.domain import (
    NATIVE,
    PERKS_OF_A_TIER,
    STAFF_ROLES,
    PerkKind,
    PerkParams,
    Price,
    RewardParams,
    Role,
    TierParams,
    Upgrade,
)
from web3crm.errors import InputError
from web3crm.settings import Section, read_settings, read_text, wrong

__all__ = [
    "CardParams",
    "GovernanceParams",
    "Holder",
    "Params",
    "PointsParams",
    "RoleParams",
    "find_params",
    "parse_params",
    "read_params",
]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = frozenset({"commons"})
_MAX_TIERS = 32_767


@dataclass(frozen=True, kw_only=True)
class PointsParams:
    """The constructors of ``LoyaltyPoints`` and ``PointsDistributor``.

    At most ``issuance_budget`` (smallest units) within ``budget_period`` seconds. A root is pending for at least
    ``maturing_delay`` seconds.
    """

    name: str
    symbol: str
    contract_uri: str
    issuance_budget: int
    budget_period: int
    maturing_delay: int


@dataclass(frozen=True, kw_only=True)
class CardParams:
    """The constructor of ``MembershipCard``, its tiers (numbered from 1 in this order) and the upgrades on offer."""

    name: str
    symbol: str
    contract_uri: str
    tiers: tuple[TierParams, ...]
    upgrades: tuple[Upgrade, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GovernanceParams:
    """The constructors of ``ProgramGovernor`` and ``ProgramTimelock``.

    Times in seconds, the threshold in smallest units.
    """

    name: str
    guardian: str
    voting_delay: int
    voting_period: int
    proposal_threshold: int
    quorum_percent: int
    late_quorum_extension: int
    timelock_delay: int


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a role; with a ``delay`` in seconds, each of her acts must be scheduled that long before."""

    address: str
    delay: int = 0


@dataclass(frozen=True, kw_only=True)
class RoleParams:
    """Who holds the brand's powers in the end. The timelock always holds ``PARAMETERS``; the deployer holds nothing."""

    admin: str
    issuer: tuple[Holder, ...] = ()
    membership: tuple[Holder, ...] = ()
    treasurer: tuple[Holder, ...] = ()
    privacy: tuple[Holder, ...] = ()
    editor: tuple[Holder, ...] = ()
    fulfilment: tuple[Holder, ...] = ()
    tiers: tuple[Holder, ...] = ()
    exchange: tuple[Holder, ...] = ()
    access: tuple[Holder, ...] = ()

    def holders(self, role: Role) -> tuple[Holder, ...]:
        """The holders of one of the staff's roles."""
        found: tuple[Holder, ...] = getattr(self, role.name.lower())
        return found


@dataclass(frozen=True, kw_only=True)
class Params:
    """Everything a programme is deployed from. ``programme`` is its short name, used in file names."""

    programme: str
    points: PointsParams
    card: CardParams
    governance: GovernanceParams
    roles: RoleParams
    rewards: tuple[RewardParams, ...] = ()
    source: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        """The parameters as JSON values, complete: :meth:`from_json` gives them back."""
        found = asdict(self)
        del found["source"]
        return json.loads(json.dumps(found))  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Params:
        """The parameters out of what :meth:`as_json` wrote."""

        def prices(item: Mapping[str, Any]) -> dict[str, Any]:
            return {**item, "other_prices": tuple(Price(**price) for price in item["other_prices"])}

        card = dict(value["card"])

        def perks(item: Mapping[str, Any]) -> tuple[PerkParams, ...]:
            return tuple(PerkParams(**{**perk, "kind": PerkKind(perk["kind"])}) for perk in item["perks"])

        card["tiers"] = tuple(TierParams(**{**prices(tier), "perks": perks(tier)}) for tier in card["tiers"])
        card["upgrades"] = tuple(Upgrade(**prices(upgrade)) for upgrade in card["upgrades"])
        roles: dict[str, Any] = {
            name: item if name == "admin" else tuple(Holder(**holder) for holder in item)
            for name, item in value["roles"].items()
        }
        return cls(
            programme=value["programme"],
            points=PointsParams(**value["points"]),
            card=CardParams(**card),
            governance=GovernanceParams(**value["governance"]),
            roles=RoleParams(**roles),
            rewards=tuple(RewardParams(**reward) for reward in value["rewards"]),
        )

    @property
    def digest(self) -> str:
        """The SHA-256 of the parameters: a record made from others is never continued with these."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def tier_id(self, name: str) -> int:
        """The number the tier called ``name`` has on chain."""
        for number, tier in enumerate(self.card.tiers, 1):
            if tier.name == name:
                return number
        raise InputError(f"there is no tier {name!r}; there are: {', '.join(tier.name for tier in self.card.tiers)}")


def find_params(name: str, folder: Path | None = None) -> Path:
    """The parameter file of a programme's short name, in ``deployments/params``; or ``name`` itself if it is a path."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    folder = folder or Path("deployments") / "params"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in folder.glob("*.yaml"))) or "none"
        raise InputError(f"there is no parameter file {path}; there are: {known}")
    return path


def read_params(path: Path, chain: Chain | None = None) -> Params:
    """Reads and checks a parameter file. ``account:N`` needs a development ``chain`` to resolve it on.

    Raises :class:`InputError` for the first thing that is wrong.
    """
    return parse_params(read_text(path), source=str(path), chain=chain)


def parse_params(text: str, *, source: str = "parameters", chain: Chain | None = None) -> Params:
    """Reads and checks parameters given as YAML text. ``source`` is what errors call it."""
    accounts = chain.accounts() if chain is not None and chain.is_local else None
    with read_settings(text, source=source, accounts=accounts) as top:
        card = _card(top.section("card"))
        return Params(
            programme=top.take("programme", _slug, "a short name of a-z, 0-9 and single hyphens, other than commons"),
            points=_points(top.section("points")),
            card=card,
            governance=_governance(top.section("governance")),
            roles=_roles(top.section("roles")),
            rewards=_rewards(top.sections("rewards", optional=True), [tier.name for tier in card.tiers]),
            source=source,
        )


def check_constructors(artifacts: Artifacts, source: str, calls: Mapping[str, Sequence[Any]], codec: Any) -> None:
    """Checks arguments against the ABI of each constructor: their number, and that each value fits its type."""
    for name, args in calls.items():
        artifact = artifacts.load(name)
        inputs = artifact.constructor_inputs
        types = artifact.types(inputs)
        if len(types) != len(args):
            raise InputError(
                f"{source}: {name}'s compiled constructor takes {len(types)} values ({', '.join(types)}), "
                f"these parameters give {len(args)}: run `brownie compile --all`"
            )
        for item, kind, value in zip(inputs, types, args, strict=True):
            if not codec.is_encodable(kind, value):
                raise InputError(f"{source}: {name}'s {item['name'].strip('_')} is a {kind}, and {value!r} is none")


# --- sections ---------------------------------------------------------------------------------------------------------


def _points(section: Section) -> PointsParams:
    with section:
        return PointsParams(
            name=section.text("name"),
            symbol=section.text("symbol", longest=16),
            contract_uri=section.uri("contract_uri"),
            issuance_budget=section.amount("issuance_budget", bits=128),
            budget_period=section.duration("budget_period", bits=32, least=1),
            maturing_delay=section.duration("maturing_delay", bits=32),
        )


def _card(section: Section) -> CardParams:
    with section:
        tiers = [_tier(item) for item in section.sections("tiers", most=_MAX_TIERS)]
        names = [tier.name for tier in tiers]
        if not tiers:
            section.fail("tiers", "[]", "at least one tier")
        for number, name in enumerate(names):
            if name in names[:number]:
                section.fail(f"tiers[{number}].name", name, "a name that no other tier has")
        upgrades = [_upgrade(item, names) for item in section.sections("upgrades", optional=True)]
        for number, upgrade in enumerate(upgrades):
            if any((upgrade.source, upgrade.target) == (other.source, other.target) for other in upgrades[:number]):
                section.fail(f"upgrades[{number}]", f"{upgrade.source} to {upgrade.target}", "each upgrade once")
        return CardParams(
            name=section.text("name"),
            symbol=section.text("symbol", longest=16),
            contract_uri=section.uri("contract_uri"),
            tiers=tuple(tiers),
            upgrades=tuple(upgrades),
        )


def _tier(section: Section) -> TierParams:
    with section:
        return TierParams(
            name=section.text("name"),
            period=section.duration("period", bits=32, words={"never": 0}, least=1),
            max_supply=section.whole("max_supply", bits=32, least=1),
            royalty_bps=section.percent("royalty"),
            transferable=section.boolean("transferable"),
            on_sale=section.boolean("on_sale"),
            uri=section.uri("uri"),
            perks=_perks(section, section.sections("perks", optional=True, most=PERKS_OF_A_TIER)),
            **_prices(section.section("price", optional=True)),
        )


def _perks(tier: Section, sections: list[Section]) -> tuple[PerkParams, ...]:
    found: list[PerkParams] = []
    kinds = {kind.name.lower(): kind for kind in PerkKind}
    for number, section in enumerate(sections):
        with section:
            perk = PerkParams(
                name=section.text("name"),
                count=section.whole("count", least=1, most=255),
                window=section.duration("window", bits=32, words={"period": 0}, least=1),
                kind=section.one_of("kind", kinds),
                uri=section.uri("uri"),
                receiver=section.address("receiver", none=True, default=NATIVE),
            )
        if perk.name in [other.name for other in found]:
            tier.fail(f"perks[{number}].name", perk.name, "a name that no other perk of the tier has")
        found.append(perk)
    return tuple(found)


def _rewards(sections: list[Section], tiers: list[str]) -> tuple[RewardParams, ...]:
    found: list[RewardParams] = []
    for section in sections:
        with section:
            reward = RewardParams(
                name=section.text("name"),
                price=section.amount("price", bits=96, least=1),
                stock=section.whole("stock", bits=32, least=1),
                uri=section.uri("uri"),
                limit=section.whole("limit", bits=32, default=0),
                starts_at=section.date("from", default=0),
                ends_at=section.date("until", default=0),
                tier=section.one_of("tier", {tier: tier for tier in tiers}, default="", what="one of the tiers"),
            )
            if reward.name in [other.name for other in found]:
                section.fail("name", reward.name, "a name that no other reward has")
            if reward.ends_at and reward.ends_at <= reward.starts_at:
                section.fail("until", reward.ends_at, "a later day than `from`")
        found.append(reward)
    return tuple(found)


def _upgrade(section: Section, tiers: list[str]) -> Upgrade:
    with section:
        names = {tier: tier for tier in tiers}
        source, target = (section.one_of(key, names, what="one of the tiers") for key in ("from", "to"))
        if source == target:
            section.fail("to", target, "another tier than `from`")
        return Upgrade(source=source, target=target, **_prices(section.section("price")))


def _prices(section: Section) -> dict[str, Any]:
    with section:
        others = []
        for key in sorted(section.keys - {"native", "points"}):
            currency = section.key_address(key)
            others.append(Price(currency=currency, amount=section.whole(key, bits=96, least=1)))
        return {
            "native_price": section.amount("native", bits=96, default=0, least=1),
            "points_price": section.amount("points", bits=96, default=0, least=1),
            "other_prices": tuple(others),
        }


def _governance(section: Section) -> GovernanceParams:
    with section:
        return GovernanceParams(
            name=section.text("name"),
            guardian=section.address("guardian", none=True),
            voting_delay=section.duration("voting_delay", bits=48),
            voting_period=section.duration("voting_period", bits=32, least=1),
            proposal_threshold=section.amount("proposal_threshold", bits=208),
            quorum_percent=section.whole("quorum_percent", least=1, most=100),
            late_quorum_extension=section.duration("late_quorum_extension", bits=48),
            timelock_delay=section.duration("timelock_delay", bits=48),
        )


def _roles(section: Section) -> RoleParams:
    with section:
        staff = {role.name.lower(): _holders(section, role.name.lower()) for role in STAFF_ROLES}
        return RoleParams(admin=section.address("admin"), **staff)


def _holders(section: Section, key: str) -> tuple[Holder, ...]:
    found: list[Holder] = []
    for number, item in enumerate(section.entries(key, word="address")):
        with item:
            delay = item.duration("delay", bits=32, default=0)
            found.append(Holder(address=item.address("address"), delay=delay))
        if found[-1].address in [holder.address for holder in found[:-1]]:
            section.fail(f"{key}[{number}]", found[-1].address, "an address that does not hold this role already")
    return tuple(found)


def _slug(text: str) -> str:
    return text if _SLUG.fullmatch(text) and len(text) <= 40 and text not in _RESERVED else wrong()
