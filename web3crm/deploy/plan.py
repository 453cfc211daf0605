"""The steps that make the commons and a programme, in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from web3.contract.contract import ContractFunction

from web3crm.deploy.engine import Act, Deploy, Engine, Step
from web3crm.deploy.params import Params
from web3crm.domain import CONTRACT_ROLES, FUNCTION_ROLES, NATIVE, STAFF_ROLES, PerkParams, Role

__all__ = [
    "COMMONS_CONTRACTS",
    "PROGRAMME_CONTRACTS",
    "commons_plan",
    "programme_plan",
]

PROGRAMME_CONTRACTS = (
    "ProgramAuthority",
    "LoyaltyPoints",
    "MembershipCard",
    "PointsDistributor",
    "RewardCatalog",
    "PerkDesk",
    "ProgramTimelock",
    "ProgramGovernor",
)
COMMONS_CONTRACTS = ("ConsentRegistry", "KeyDirectory", "CustomerData", "CardMarket", "PointsExchange", "DataAccess")
"""The contracts that all brands of a chain share."""

ADMIN_OF_TIMELOCK = bytes(32)
"""OpenZeppelin's DEFAULT_ADMIN_ROLE."""


def commons_plan() -> list[Deploy]:
    """The steps that make the commons: contracts without any owner."""
    wired: dict[str, Callable[[Mapping[str, str]], list[Any]]] = {
        "DataAccess": lambda at: [at["ConsentRegistry"], at["CustomerData"]],
    }
    return [Deploy(name, wired.get(name, lambda _: [])) for name in COMMONS_CONTRACTS]


def constructor_args(params: Params, deployer: str) -> dict[str, Callable[[Mapping[str, str]], list[Any]]]:
    """The constructor arguments of a programme's contracts, in the order in which they are deployed."""
    points, card, dao = params.points, params.card, params.governance
    return {
        "ProgramAuthority": lambda _: [deployer],
        "LoyaltyPoints": lambda at: [
            points.name,
            points.symbol,
            points.contract_uri,
            at["ProgramAuthority"],
            points.issuance_budget,
            points.budget_period,
        ],
        "MembershipCard": lambda at: [
            card.name,
            card.symbol,
            card.contract_uri,
            at["ProgramAuthority"],
            at["LoyaltyPoints"],
        ],
        "PointsDistributor": lambda at: [at["ProgramAuthority"], at["LoyaltyPoints"], points.maturing_delay],
        "RewardCatalog": lambda at: [
            at["ProgramAuthority"],
            at["LoyaltyPoints"],
            at["MembershipCard"],
            at["PointsDistributor"],
        ],
        "PerkDesk": lambda at: [at["ProgramAuthority"], at["MembershipCard"]],
        # Nobody proposes until the governor is there; the zero address as executor means anybody.
        "ProgramTimelock": lambda _: [dao.timelock_delay, [], [NATIVE], deployer],
        "ProgramGovernor": lambda at: [
            dao.name,
            at["LoyaltyPoints"],
            at["ProgramTimelock"],
            dao.guardian,
            dao.voting_delay,
            dao.voting_period,
            dao.proposal_threshold,
            dao.quorum_percent,
            dao.late_quorum_extension,
        ],
    }


def programme_plan(params: Params, deployer: str) -> list[Step]:
    """The steps that make a programme of ``params``. Until the last of them only the deployer has any power over it."""
    steps: list[Step] = [Deploy(name, args) for name, args in constructor_args(params, deployer).items()]
    # Tiers come first: what no role is set for yet, the admin may call, and that is still the deployer.
    steps += [_tier_step(params, number) for number in range(1, len(params.card.tiers) + 1)]
    if params.card.upgrades:
        steps.append(
            Act(
                "upgrades",
                "offer upgrades",
                lambda run: _offer_upgrades(run, params),
                lambda run: _offered(run, params),
            )
        )
    if any(tier.perks for tier in params.card.tiers):
        steps.append(
            Act(
                "perks",
                "define the perks",
                lambda run: _define_perks(run, params),
                lambda run: _perks_there(run, params),
            )
        )
    if params.rewards:
        steps.append(
            Act(
                "rewards",
                "add the rewards",
                lambda run: _add_rewards(run, params),
                lambda run: bool(run.chain.call(run.contract("RewardCatalog").functions.rewardCount())),
            )
        )
    steps.append(Act("functions", "say which role may call what", _set_functions, _functions_set))
    steps.append(
        Act("roles", "grant the roles", lambda run: _grant_roles(run, params), lambda run: _granted(run, params))
    )
    for role in ("PROPOSER_ROLE", "CANCELLER_ROLE"):
        word = role.partition("_")[0].lower()
        steps.append(Act(f"timelock {word}", f"make the governor the timelock's {word}", _timelock(role), _has(role)))
    steps.append(
        Act(
            "timelock renounced",
            "give up the timelock's admin",
            lambda run: run.contract("ProgramTimelock").functions.renounceRole(ADMIN_OF_TIMELOCK, run.deployer),
            lambda run: (
                not run.chain.call(run.contract("ProgramTimelock").functions.hasRole(ADMIN_OF_TIMELOCK, run.deployer))
            ),
        )
    )
    if params.roles.admin != deployer:
        steps.append(
            Act(
                "handed over",
                "hand the programme to its admin and leave",
                lambda run: _hand_over(run, params.roles.admin),
                lambda run: not _holds(run, Role.ADMIN, run.deployer) and _holds(run, Role.ADMIN, params.roles.admin),
            )
        )
    return steps


def expected_holders(
    params: Params, addresses: Mapping[str, str], handed_over: Collection[Role] = ()
) -> dict[Role, dict[str, int]]:
    """Role to its holders and their delays, as the parameters want them once all is done.

    A role that was handed over has the timelock in the place of staff.
    """
    timelock = addresses["ProgramTimelock"]
    found: dict[Role, dict[str, int]] = {Role.ADMIN: {params.roles.admin: 0}, Role.PARAMETERS: {timelock: 0}}
    for role in STAFF_ROLES:
        staff = {holder.address: holder.delay for holder in params.roles.holders(role)}
        found[role] = {timelock: 0} if role in handed_over else staff
    for role, contract in CONTRACT_ROLES:
        found.setdefault(role, {})[addresses[contract]] = 0
    return found


def _authority(run: Engine) -> Any:
    return run.contract("ProgramAuthority").functions


def _all_at_once(run: Engine, calls: Sequence[ContractFunction]) -> ContractFunction:
    """Several calls to the authority as one transaction, so that all of them happen or none."""
    found: ContractFunction = _authority(run).multicall([call._encode_transaction_data() for call in calls])
    return found


def _set_functions(run: Engine) -> ContractFunction:
    calls = [_authority(run).labelRole(role, role.label) for role in Role if role is not Role.ADMIN]
    for item in FUNCTION_ROLES:
        artifact = run.chain.artifacts.load(item.contract)
        selectors = [artifact.selector(name) for name in item.functions]
        calls.append(_authority(run).setTargetFunctionRole(run.addresses[item.contract], selectors, item.role))
    return _all_at_once(run, calls)


def _functions_set(run: Engine) -> bool:
    last = FUNCTION_ROLES[-1]
    selector = run.chain.artifacts.load(last.contract).selector(last.functions[-1])
    held = run.chain.call(_authority(run).getTargetFunctionRole(run.addresses[last.contract], selector))
    return bool(held == last.role)


def _tier_step(params: Params, number: int) -> Act:
    tier = params.card.tiers[number - 1]

    def act(run: Engine) -> ContractFunction:
        cards = run.contract("MembershipCard").functions
        calls = [
            cards.defineTier(
                tier.period,
                tier.max_supply,
                tier.royalty_bps,
                tier.transferable,
                tier.on_sale,
                tier.native_price,
                tier.uri,
            )
        ]
        if tier.points_price:
            calls.append(cards.setTierPrice(number, run.addresses["LoyaltyPoints"], tier.points_price))
        calls += [cards.setTierPrice(number, price.currency, price.amount) for price in tier.other_prices]
        return _through_authority(run, calls)

    def done(run: Engine) -> bool:
        return bool(run.chain.call(run.contract("MembershipCard").functions.tierCount()) >= number)

    return Act(f"tier {number}", f"define the tier {tier.name}", act, done)


def _offer_upgrades(run: Engine, params: Params) -> ContractFunction:
    cards = run.contract("MembershipCard").functions
    return _through_authority(run, [cards.setUpgradePrice(*values) for values in _upgrade_prices(run, params)])


def _offered(run: Engine, params: Params) -> bool:
    cards = run.contract("MembershipCard").functions
    *key, price = _upgrade_prices(run, params)[-1]
    return bool(run.chain.call(cards.upgradePrice(*key)) == price)


def _upgrade_prices(run: Engine, params: Params) -> list[tuple[int, int, str, int]]:
    return upgrade_prices(params, run.addresses["LoyaltyPoints"])


def upgrade_prices(params: Params, points: str) -> list[tuple[int, int, str, int]]:
    """From tier, to tier, currency and price of each upgrade on offer."""
    found = []
    for upgrade in params.card.upgrades:
        prices = [(NATIVE, upgrade.native_price), (points, upgrade.points_price)]
        prices += [(price.currency, price.amount) for price in upgrade.other_prices]
        found += [
            (params.tier_id(upgrade.source), params.tier_id(upgrade.target), currency, price)
            for currency, price in prices
            if price
        ]
    return found


def perks_of(params: Params) -> Iterator[tuple[int, int, PerkParams]]:
    """Tier number, perk number and perk, of all perks in their order."""
    for tier_id, tier in enumerate(params.card.tiers, 1):
        for perk_id, perk in enumerate(tier.perks):
            yield tier_id, perk_id, perk


def _define_perks(run: Engine, params: Params) -> ContractFunction:
    desk = run.contract("PerkDesk").functions
    return _through_authority(
        run,
        [
            desk.definePerk(tier_id, perk.count, perk.window, perk.kind, perk.receiver, perk.uri)
            for tier_id, _, perk in perks_of(params)
        ],
    )


def _perks_there(run: Engine, params: Params) -> bool:
    tier_id = max(tier_id for tier_id, _, _ in perks_of(params))
    return bool(run.chain.call(run.contract("PerkDesk").functions.perkCount(tier_id)))


def _add_rewards(run: Engine, params: Params) -> ContractFunction:
    rewards = run.contract("RewardCatalog").functions
    return _through_authority(
        run,
        [
            rewards.addReward(
                reward.price,
                reward.stock,
                reward.limit,
                reward.starts_at,
                reward.ends_at,
                params.tier_id(reward.tier) if reward.tier else 0,
                reward.uri,
            )
            for reward in params.rewards
        ],
    )


def _through_authority(run: Engine, calls: Sequence[ContractFunction]) -> ContractFunction:
    """Restricted calls to other contracts, made through the authority by its admin, in one transaction."""
    acts = [_authority(run).execute(call.address, call._encode_transaction_data()) for call in calls]
    return _all_at_once(run, acts)


def _grants(run: Engine, params: Params) -> list[tuple[Role, str, int]]:
    found = expected_holders(params, run.addresses)
    return [
        (role, holder, delay)
        for role, holders in found.items()
        if role is not Role.ADMIN
        for holder, delay in holders.items()
    ]


def _grant_roles(run: Engine, params: Params) -> ContractFunction:
    return _all_at_once(run, [_authority(run).grantRole(*grant) for grant in _grants(run, params)])


def _granted(run: Engine, params: Params) -> bool:
    return all(_holds(run, role, holder) for role, holder, _ in _grants(run, params))


def _holds(run: Engine, role: Role, account: str) -> bool:
    held, _ = run.chain.call(_authority(run).hasRole(role, account))
    return bool(held)


def _timelock(role: str) -> Callable[[Engine], ContractFunction]:
    def act(run: Engine) -> ContractFunction:
        timelock = run.contract("ProgramTimelock").functions
        found: ContractFunction = timelock.grantRole(run.chain.call(timelock[role]()), run.addresses["ProgramGovernor"])
        return found

    return act


def _has(role: str) -> Callable[[Engine], bool]:
    def done(run: Engine) -> bool:
        timelock = run.contract("ProgramTimelock").functions
        number = run.chain.call(timelock[role]())
        return bool(run.chain.call(timelock.hasRole(number, run.addresses["ProgramGovernor"])))

    return done


def _hand_over(run: Engine, admin: str) -> ContractFunction:
    return _all_at_once(
        run,
        [_authority(run).grantRole(Role.ADMIN, admin, 0), _authority(run).renounceRole(Role.ADMIN, run.deployer)],
    )
