"""What a programme is to be: read from a YAML file and checked in full before anything is sent.

Every value is read as text and parsed here, so that YAML's own guesses (an address as a number, ``no`` as false,
``010`` as eight) cannot change what was meant. An error names the file, the key's path, the value, and what is
expected there.

An address is checksummed, or ``account:N``, the N-th account of a development chain; that form is refused on any
other chain.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from eth_utils.address import is_checksum_address

from web3crm.chain import Artifacts, Chain
from web3crm.domain import NATIVE, STAFF_ROLES, Price, Role, TierParams, Upgrade, parse_amount, parse_duration
from web3crm.errors import InputError

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

T = TypeVar("T")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = frozenset({"commons"})
_MAX_TIERS = 32_767


@dataclass(frozen=True, kw_only=True)
class PointsParams:
    """The constructor of ``LoyaltyPoints``.

    At most ``issuance_budget`` (smallest units) within ``budget_period`` seconds.
    """

    name: str
    symbol: str
    contract_uri: str
    issuance_budget: int
    budget_period: int


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
        card["tiers"] = tuple(TierParams(**prices(tier)) for tier in card["tiers"])
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
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text") from None
    return parse_params(text, source=str(path), chain=chain)


def parse_params(text: str, *, source: str = "parameters", chain: Chain | None = None) -> Params:
    """Reads and checks parameters given as YAML text. ``source`` is what errors call it."""
    try:
        value = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - a loader that makes text, lists and mappings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{source}{where}: not readable as YAML: {getattr(error, 'problem', error)}") from None
    accounts = chain.accounts() if chain is not None and chain.is_local else None
    with _Section(source, "", value, accounts) as top:
        return Params(
            programme=top.take("programme", _slug, "a short name of a-z, 0-9 and single hyphens, other than commons"),
            points=_points(top.section("points")),
            card=_card(top.section("card")),
            governance=_governance(top.section("governance")),
            roles=_roles(top.section("roles")),
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


def _points(section: _Section) -> PointsParams:
    with section:
        return PointsParams(
            name=section.text("name"),
            symbol=section.text("symbol", longest=16),
            contract_uri=section.uri("contract_uri"),
            issuance_budget=section.amount("issuance_budget", bits=128),
            budget_period=section.duration("budget_period", bits=32, least=1),
        )


def _card(section: _Section) -> CardParams:
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


def _tier(section: _Section) -> TierParams:
    with section:
        return TierParams(
            name=section.text("name"),
            period=section.duration("period", bits=32, words={"never": 0}, least=1),
            max_supply=section.whole("max_supply", bits=32, least=1),
            royalty_bps=section.percent("royalty"),
            transferable=section.boolean("transferable"),
            on_sale=section.boolean("on_sale"),
            uri=section.uri("uri"),
            **_prices(section.section("price", optional=True)),
        )


def _upgrade(section: _Section, tiers: list[str]) -> Upgrade:
    with section:
        expected = f"one of the tiers: {', '.join(tiers)}"

        def known(text: str) -> str:
            return text if text in tiers else _wrong()

        source, target = section.take("from", known, expected), section.take("to", known, expected)
        if source == target:
            section.fail("to", target, "another tier than `from`")
        return Upgrade(source=source, target=target, **_prices(section.section("price")))


def _prices(section: _Section) -> dict[str, Any]:
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


def _governance(section: _Section) -> GovernanceParams:
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


def _roles(section: _Section) -> RoleParams:
    with section:
        staff = {role.name.lower(): section.holders(role.name.lower()) for role in STAFF_ROLES}
        return RoleParams(admin=section.address("admin"), **staff)


# --- reading ----------------------------------------------------------------------------------------------------------


class _TextLoader(yaml.BaseLoader):
    """Reads every scalar as text and refuses a key that is there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Section:
    """A mapping of the file. Leaving it without an error checks that no key was left over."""

    def __init__(self, source: str, path: str, value: Any, accounts: list[str] | None) -> None:
        self._source, self._path, self._accounts = source, path, accounts
        if not isinstance(value, dict):
            raise InputError(f"{source}: {path or 'the file'} must be a mapping of keys to values, got {value!r}")
        self._value = value
        self.keys = frozenset(value)
        self._taken: set[str] = set()

    def __enter__(self) -> _Section:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        left = sorted(self._value.keys() - self._taken)
        if kind is None and left:
            known = ", ".join(sorted(self._taken))
            raise InputError(f"{self._source}: {self._at(left[0])} is not a known key here; known are: {known}")

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def fail(self, key: str, value: Any, expected: str) -> None:
        """Raises the error about one key."""
        raise InputError(f"{self._source}: {self._at(key)} must be {expected}, got {value!r}")

    def take(self, key: str, parse: Callable[[str], T], expected: str, default: T | None = None) -> T:
        """The value of ``key`` as ``parse`` reads it.

        ``parse`` raises ValueError (as InputError is) for a wrong one.
        """
        self._taken.add(key)
        if key not in self._value:
            if default is not None:
                return default
            raise InputError(f"{self._source}: {self._at(key)} is missing: it must be {expected}")
        value = self._value[key]
        if not isinstance(value, str):
            self.fail(key, value, expected)
        try:
            return parse(value)
        except ValueError:
            raise InputError(f"{self._source}: {self._at(key)} must be {expected}, got {value!r}") from None

    def section(self, key: str, *, optional: bool = False) -> _Section:
        self._taken.add(key)
        if key not in self._value:
            if not optional:
                raise InputError(f"{self._source}: {self._at(key)} is missing: it must be a mapping of keys to values")
            return _Section(self._source, self._at(key), {}, self._accounts)
        return _Section(self._source, self._at(key), self._value[key], self._accounts)

    def items(self, key: str, *, optional: bool = False) -> list[Any]:
        self._taken.add(key)
        if key not in self._value and optional:
            return []
        value = self._value.get(key)
        if not isinstance(value, list):
            self.fail(key, value, "a list")
        return list(value or [])

    def sections(self, key: str, *, optional: bool = False, most: int = 1_000) -> list[_Section]:
        items = self.items(key, optional=optional)
        if len(items) > most:
            self.fail(key, f"{len(items)} items", f"a list of at most {most}")
        return [
            _Section(self._source, f"{self._at(key)}[{number}]", item, self._accounts)
            for number, item in enumerate(items)
        ]

    def text(self, key: str, *, longest: int = 100) -> str:
        def parse(text: str) -> str:
            return text if text.strip() == text and 0 < len(text) <= longest and text.isprintable() else _wrong()

        return self.take(key, parse, f"text of 1 to {longest} characters on one line")

    def uri(self, key: str) -> str:
        def parse(text: str) -> str:
            return text if re.fullmatch(r"(ipfs|https|ar|data):\S{1,1990}", text) else _wrong()

        return self.take(key, parse, "a URI that starts with ipfs:, https:, ar: or data:")

    def whole(self, key: str, *, bits: int = 256, least: int = 0, most: int | None = None) -> int:
        highest = 2**bits - 1 if most is None else most

        def parse(text: str) -> int:
            if not re.fullmatch(r"[0-9]{1,78}", text):
                _wrong()
            return _within(int(text), least, highest)

        return self.take(key, parse, f"a whole number from {least} to {_limit(highest, bits, most)}")

    def amount(self, key: str, *, bits: int, least: int = 0, default: int | None = None) -> int:
        def parse(text: str) -> int:
            return _within(parse_amount(text), least, 2**bits - 1)

        more = "more than 0" if least else "0 or more"
        expected = f"an amount such as 100 or 1.5, {more}, of at most 18 decimal places and {bits} bits"
        return self.take(key, parse, expected, default)

    def duration(self, key: str, *, bits: int, least: int = 0, words: Mapping[str, int] | None = None) -> int:
        def parse(text: str) -> int:
            if words and text in words:
                return words[text]
            return _within(parse_duration(text), least, 2**bits - 1)

        also = "".join(f", or {word}" for word in words or ())
        return self.take(key, parse, f"a duration such as 90s, 12h or 30d, from {least} to 2**{bits} - 1 seconds{also}")

    def percent(self, key: str) -> int:
        """A percentage in hundredths of a per cent: ``7.5%`` is 750."""

        def parse(text: str) -> int:
            found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%", text)
            return _within(parse_amount(found[1], decimals=2), 0, 10_000) if found else _wrong()

        return self.take(key, parse, "a percentage from 0% to 100% of at most two decimal places, such as 7.5%")

    def boolean(self, key: str) -> bool:
        def parse(text: str) -> bool:
            return {"true": True, "false": False}[text] if text in ("true", "false") else _wrong()

        return self.take(key, parse, "true or false")

    def address(self, key: str, *, none: bool = False) -> str:
        def parse(text: str) -> str:
            return NATIVE if none and text == "none" else self._address(text)

        return self.take(key, parse, self._address_form + (", or none" if none else ""))

    def key_address(self, key: str) -> str:
        """The address that a key is."""
        try:
            return self._address(key)
        except ValueError:
            raise InputError(
                f"{self._source}: {self._path} takes native, points and the addresses of other currencies "
                f"({self._address_form}), got {key!r}"
            ) from None

    def holders(self, key: str) -> tuple[Holder, ...]:
        found: list[Holder] = []
        for number, item in enumerate(self.items(key, optional=True)):
            wrapped = {"address": item} if isinstance(item, str) else item
            with _Section(self._source, f"{self._at(key)}[{number}]", wrapped, self._accounts) as section:
                delay = section.duration("delay", bits=32) if "delay" in wrapped else 0
                found.append(Holder(address=section.address("address"), delay=delay))
            if found[-1].address in [holder.address for holder in found[:-1]]:
                self.fail(f"{key}[{number}]", found[-1].address, "an address that does not hold this role already")
        return tuple(found)

    @property
    def _address_form(self) -> str:
        if self._accounts is None:
            return "a checksummed address (account:N works on development chains only)"
        return f"a checksummed address, or account:0 to account:{len(self._accounts) - 1} of this development chain"

    def _address(self, text: str) -> str:
        number = re.fullmatch(r"account:([0-9]{1,4})", text)
        if number and self._accounts and int(number[1]) < len(self._accounts):
            return self._accounts[int(number[1])]
        return text if is_checksum_address(text) and text != NATIVE else _wrong()


def _slug(text: str) -> str:
    return text if _SLUG.fullmatch(text) and len(text) <= 40 and text not in _RESERVED else _wrong()


def _within(value: int, least: int, most: int) -> int:
    return value if least <= value <= most else _wrong()


def _limit(highest: int, bits: int, most: int | None) -> str:
    return str(highest) if most is not None else f"2**{bits} - 1"


def _wrong() -> Any:
    """Refuses a value; :meth:`_Section.take` says where it stands and what is expected."""
    raise ValueError
