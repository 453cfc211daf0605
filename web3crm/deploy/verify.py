"""What the chain says of a programme, against its record: code, wiring, powers and settings, each difference named.

Powers are read twice: the authority's and the timelock's events say who ever got one, their getters who holds it now.
So a holder that nobody expects is found, not only an expected one that is missing. A difference is not always a
fault: staff come and go, and the DAO changes settings. It is what a person should know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from web3crm.chain.decoding import text_bytes
from web3crm.chain.logs import EventLog
from web3crm.deploy.plan import ADMIN_OF_TIMELOCK, expected_holders, perks_of, upgrade_prices
from web3crm.deploy.powers import events_of, handed_over, holders_by_role, role_name
from web3crm.deploy.programme import Programme
from web3crm.deploy.record import code_hash
from web3crm.domain import FUNCTION_ROLES, NATIVE, PUBLIC_ROLE, Role, duration_text

__all__ = ["Difference", "verify"]

_CODE, _WIRING, _POWER, _SETTING = "code", "wiring", "power", "setting"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as recorded. ``kind`` is code, wiring, power or setting."""

    kind: str
    subject: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject} is {self.actual}, expected {self.expected}"


def verify(programme: Programme) -> list[Difference]:
    """Every difference between the chain and the record of ``programme`` and its commons.

    None: it is as it was made.
    """
    found = list(_code(programme))
    if any(item.actual == "no code" for item in found):
        return found  # there is nothing there that could be asked
    for part in (_wiring, _authority, _timelock, _settings, _tiers, _perks, _rewards):
        found += part(programme)
    return found


def _code(programme: Programme) -> Iterator[Difference]:
    chain = programme.chain
    for record in (programme.commons.record, programme.record):
        for name, item in record.contracts.items():
            code = chain.code(item["address"])
            if not code:
                yield Difference(_CODE, f"{name} at {item['address']}", item["codeHash"], "no code")
                continue
            actual = code_hash(code)
            if actual != item["codeHash"]:
                yield Difference(_CODE, f"{name} at {item['address']}", item["codeHash"], actual)
            if not chain.artifacts.load(name).compiled_to(code):
                yield Difference(
                    _CODE, f"{name} at {item['address']}", "what is compiled here", "made from another source"
                )


def _wiring(programme: Programme) -> Iterator[Difference]:
    points, cards, governor = (item.functions for item in (programme.points, programme.cards, programme.governor))
    distributor, rewards, perks = (
        item.functions for item in (programme.distributor, programme.rewards, programme.perks)
    )
    commons = programme.commons
    yield from _compare(
        programme,
        _WIRING,
        {
            "the distributor's authority": (distributor.authority(), programme.brand),
            "the distributor's points": (distributor.points(), programme.points.address),
            "the distributor's minimum delay": (distributor.minimumDelay(), programme.params.points.maturing_delay),
            "the rewards' authority": (rewards.authority(), programme.brand),
            "the rewards' points": (rewards.points(), programme.points.address),
            "the rewards' cards": (rewards.cards(), programme.cards.address),
            "the rewards' distributor": (rewards.distributor(), programme.distributor.address),
            "the perks' authority": (perks.authority(), programme.brand),
            "the perks' cards": (perks.cards(), programme.cards.address),
            "the points' authority": (points.authority(), programme.brand),
            "the cards' authority": (cards.authority(), programme.brand),
            "the cards' points": (cards.points(), programme.points.address),
            "the accesses' consents": (commons.accesses.functions.consents(), commons.consents.address),
            "the accesses' datasets": (commons.accesses.functions.datasets(), commons.datasets.address),
            "the governor's token": (governor.token(), programme.points.address),
            "the governor's timelock": (governor.timelock(), programme.timelock.address),
        },
    )


def _authority(programme: Programme) -> Iterator[Difference]:
    chain, authority = programme.chain, programme.authority.functions
    events = events_of(programme, "ProgramAuthority")
    expected = expected_holders(programme.params, programme.addresses, handed_over(programme))
    actual = holders_by_role(programme, events)
    for role in sorted({int(role) for role in expected} | actual.keys()):
        wanted: dict[str, int] = expected.get(Role(role), {}) if role in list(Role) else {}
        yield from _holders(role_name(role), wanted, actual.get(role, {}))
    roles = {int(role) for role in Role} | {log.args["roleId"] for log in events if "roleId" in log.args}
    for role in sorted(roles - {int(Role.ADMIN), PUBLIC_ROLE}):
        yield from _compare(
            programme,
            _POWER,
            {
                f"who grants {role_name(role)}": (authority.getRoleAdmin(role), int(Role.ADMIN)),
                f"who may cancel for {role_name(role)}": (authority.getRoleGuardian(role), int(Role.ADMIN)),
            },
        )
    yield from _functions(programme, events)
    targets = {log.args["target"] for log in events if "target" in log.args} | set(_contracts(programme).values())
    for target in sorted(targets):
        if chain.call(authority.isTargetClosed(target)):
            yield Difference(_POWER, f"{_name(programme, target)}", "open", "closed to its staff")


def _functions(programme: Programme, events: list[EventLog]) -> Iterator[Difference]:
    """Which role may call what, for every function that was ever given one and for those that should have one."""
    chain = programme.chain
    addresses = _contracts(programme)
    names: dict[tuple[str, bytes], str] = {}
    expected: dict[tuple[str, bytes], int] = {}
    for item in FUNCTION_ROLES:
        for function in item.functions:
            key = (addresses[item.contract], chain.artifacts.load(item.contract).selector(function))
            names[key], expected[key] = f"{item.contract}.{function}", int(item.role)
    seen = {(log.args["target"], log.args["selector"]) for log in events if log.event == "TargetFunctionRoleUpdated"}
    for target, selector in sorted(seen | expected.keys()):
        held = chain.call(programme.authority.functions.getTargetFunctionRole(target, selector))
        wanted = expected.get((target, selector), int(Role.ADMIN))
        if held != wanted:
            what = names.get((target, selector), f"{_name(programme, target)}.0x{selector.hex()}")
            yield Difference(_POWER, f"who may call {what}", role_name(wanted), role_name(held))


def _timelock(programme: Programme) -> Iterator[Difference]:
    chain, timelock = programme.chain, programme.timelock
    roles = {
        chain.call(timelock.functions[f"{name}_ROLE"]()): name for name in ("PROPOSER", "CANCELLER", "EXECUTOR")
    } | {ADMIN_OF_TIMELOCK: "ADMIN"}
    governor, anyone = str(programme.governor.address), NATIVE
    expected = {
        "PROPOSER": {governor: 0},
        "CANCELLER": {governor: 0},
        "EXECUTOR": {anyone: 0},
        # OpenZeppelin's timelock administers itself, so only a passed proposal changes these roles.
        "ADMIN": {str(timelock.address): 0},
    }
    actual: dict[str, dict[str, int]] = {name: {} for name in expected}
    events = events_of(programme, "ProgramTimelock")
    pairs = {(log.args["role"], log.args["account"]) for log in events if log.event == "RoleGranted"}
    for role, account in sorted(pairs):
        if chain.call(timelock.functions.hasRole(role, account)):
            actual.setdefault(roles.get(role, "0x" + role.hex()), {})[account] = 0
    for name in sorted(actual):
        yield from _holders(f"the timelock's {name}", expected.get(name, {}), actual[name])
    yield from _waiting(programme, {log.args["id"] for log in events if log.event == "CallScheduled"})


def _waiting(programme: Programme, scheduled: set[bytes]) -> Iterator[Difference]:
    """What waits in the timelock without a proposal: an operation outlives the role of whoever scheduled it."""
    chain, timelock = programme.chain, programme.timelock.functions
    waiting = {item for item in scheduled if chain.call(timelock.isOperationPending(item))}
    if not waiting:
        return
    for log in events_of(programme, "ProgramGovernor"):
        if log.event == "ProposalCreated":
            calls = [log.args[name] for name in ("targets", "values", "calldatas")]
            digest = int.from_bytes(keccak(text_bytes(log.args["description"])), "big")
            # How OpenZeppelin's governor names a proposal towards its timelock.
            salt = (int(str(programme.governor.address), 16) << 96) ^ digest
            operation = timelock.hashOperationBatch(*calls, bytes(32), salt.to_bytes(32, "big"))
            waiting.discard(chain.call(operation))
    for item in sorted(waiting):
        yield Difference(_POWER, f"the timelock's operation 0x{item.hex()}", "a queued proposal", "nobody's proposal")


def _settings(programme: Programme) -> Iterator[Difference]:
    params = programme.params
    dao = params.governance
    points, cards, governor = (item.functions for item in (programme.points, programme.cards, programme.governor))
    timelock = programme.timelock.functions
    yield from _compare(
        programme,
        _SETTING,
        {
            "the points' name": (points.name(), params.points.name),
            "the points' symbol": (points.symbol(), params.points.symbol),
            "the points' contract URI": (points.contractURI(), params.points.contract_uri),
            "the cards' name": (cards.name(), params.card.name),
            "the cards' symbol": (cards.symbol(), params.card.symbol),
            "the cards' contract URI": (cards.contractURI(), params.card.contract_uri),
            "the governor's name": (governor.name(), dao.name),
            "the guardian": (governor.proposalGuardian(), dao.guardian),
            "the voting delay": (governor.votingDelay(), dao.voting_delay),
            "the voting period": (governor.votingPeriod(), dao.voting_period),
            "the proposal threshold": (governor.proposalThreshold(), dao.proposal_threshold),
            "the quorum's percentage": (governor.quorumNumerator(), dao.quorum_percent),
            "the late quorum's extension": (governor.lateQuorumVoteExtension(), dao.late_quorum_extension),
            "the timelock's delay": (timelock.getMinDelay(), dao.timelock_delay),
        },
    )
    budget, period, *_ = programme.chain.call(points.issuanceBudget())
    if (budget, period) != (params.points.issuance_budget, params.points.budget_period):
        yield Difference(
            _SETTING,
            "the issuance budget",
            f"{params.points.issuance_budget} in {duration_text(params.points.budget_period)}",
            f"{budget} in {duration_text(period)}",
        )


def _tiers(programme: Programme) -> Iterator[Difference]:
    chain, cards, params = programme.chain, programme.cards.functions, programme.params
    points = str(programme.points.address)
    count = chain.call(cards.tierCount())
    if count != len(params.card.tiers):
        yield Difference(_SETTING, "the number of tiers", str(len(params.card.tiers)), str(count))
    for number, tier in enumerate(params.card.tiers[:count], 1):
        native, period, most, _, royalty_bps, transferable, on_sale, uri = chain.call(cards.tier(number))
        expected = {
            "period": (tier.period, period),
            "supply limit": (tier.max_supply, most),
            "royalty": (tier.royalty_bps, royalty_bps),
            "transferability": (tier.transferable, transferable),
            "sale": (tier.on_sale, on_sale),
            "price in native coin": (tier.native_price, native),
            "price in points": (tier.points_price, chain.call(cards.tierPrice(number, points))),
            "URI": (tier.uri, uri),
        }
        for price in tier.other_prices:
            actual = chain.call(cards.tierPrice(number, price.currency))
            expected[f"price in {price.currency}"] = (price.amount, actual)
        for what, (wanted, held) in expected.items():
            if wanted != held:
                yield Difference(_SETTING, f"the {what} of tier {tier.name}", str(wanted), str(held))
    if count >= len(params.card.tiers):
        for source, target, currency, amount in upgrade_prices(params, points):
            held = chain.call(cards.upgradePrice(source, target, currency))
            if held != amount:
                what = f"the price of the upgrade from tier {source} to {target} in {currency}"
                yield Difference(_SETTING, what, str(amount), str(held))
    yield from _further_prices(programme)


def _further_prices(programme: Programme) -> Iterator[Difference]:
    """Prices that the parameters do not have. No getter lists them: a card for one unit of a coin of one's own."""
    chain, cards, params = programme.chain, programme.cards.functions, programme.params
    points, first = str(programme.points.address), programme.record.contracts["MembershipCard"]["block"]
    known = {
        (number, currency)
        for number, tier in enumerate(params.card.tiers, 1)
        for currency in (NATIVE, points, *(price.currency for price in tier.other_prices))
    }
    logs = chain.logs(programme.cards, "TierPriceChanged", from_block=first)
    for number, currency in sorted({(log.args["tierId"], log.args["currency"]) for log in logs} - known):
        held = chain.call(cards.tierPrice(number, currency))
        # A tier that the parameters do not have is a difference of its own.
        if held and number <= len(params.card.tiers):
            what = f"the price in {currency} of tier {params.card.tiers[number - 1].name}"
            yield Difference(_SETTING, what, "0", str(held))
    names = ("fromTierId", "toTierId", "currency")
    logs = chain.logs(programme.cards, "UpgradePriceChanged", from_block=first)
    offered = {upgrade[:3] for upgrade in upgrade_prices(params, points)}
    for source, target, currency in sorted({tuple(log.args[name] for name in names) for log in logs} - offered):
        held = chain.call(cards.upgradePrice(source, target, currency))
        if held:
            what = f"the price of the upgrade from tier {source} to {target} in {currency}"
            yield Difference(_SETTING, what, "0", str(held))


def _perks(programme: Programme) -> Iterator[Difference]:
    chain, desk, params = programme.chain, programme.perks.functions, programme.params
    for tier_id, tier in enumerate(params.card.tiers, 1):
        count = chain.call(desk.perkCount(tier_id))
        if count != len(tier.perks):
            yield Difference(_SETTING, f"the number of perks of tier {tier.name}", str(len(tier.perks)), str(count))
    for tier_id, perk_id, perk in perks_of(params):
        if perk_id < chain.call(desk.perkCount(tier_id)):
            held = chain.call(desk.perk(tier_id, perk_id))
            window = perk.window or params.card.tiers[tier_id - 1].period
            wanted = (perk.count, window, int(perk.kind), 0, perk.receiver, perk.uri)
            if tuple(held) != wanted:
                yield Difference(_SETTING, f"the perk {perk.name} of tier {tier_id}", str(wanted), str(tuple(held)))


def _rewards(programme: Programme) -> Iterator[Difference]:
    chain, rewards, params = programme.chain, programme.rewards.functions, programme.params
    count = chain.call(rewards.rewardCount())
    if count != len(params.rewards):
        yield Difference(_SETTING, "the number of rewards", str(len(params.rewards)), str(count))
    for number, reward in enumerate(params.rewards[:count], 1):
        price, _, limit, starts_at, ends_at, tier_id = chain.call(rewards.reward(number))[:6]
        held = (price, limit, starts_at, ends_at, tier_id)
        tier = params.tier_id(reward.tier) if reward.tier else 0
        wanted = (reward.price, reward.limit, reward.starts_at, reward.ends_at, tier)
        if held != wanted:
            yield Difference(_SETTING, f"the reward {reward.name}", str(wanted), str(held))
        added = chain.call(rewards.stockAdded(number))
        if added != reward.stock:
            yield Difference(_SETTING, f"the stock of the reward {reward.name}", str(reward.stock), str(added))


def _compare(
    programme: Programme, kind: str, questions: dict[str, tuple[ContractFunction, Any]]
) -> Iterator[Difference]:
    for subject, (question, expected) in questions.items():
        actual = programme.chain.call(question)
        if actual != expected:
            yield Difference(kind, subject, str(expected), str(actual))


def _holders(role: str, expected: dict[str, int], actual: dict[str, int]) -> Iterator[Difference]:
    for account in sorted(expected.keys() | actual.keys()):
        wanted, held = expected.get(account), actual.get(account)
        if wanted != held:
            yield Difference(_POWER, f"{account} as {role}", _held(wanted), _held(held))


def _held(delay: int | None) -> str:
    if delay is None:
        return "no holder"
    return f"holder with a delay of {duration_text(delay)}" if delay else "holder"


def _contracts(programme: Programme) -> dict[str, str]:
    own = {name: str(item["address"]) for name, item in programme.record.contracts.items()}
    return {**programme.commons.addresses, **own}


def _name(programme: Programme, address: str) -> str:
    for name, known in _contracts(programme).items():
        if known == address:
            return name
    return address
