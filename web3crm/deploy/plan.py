"""The steps that make a programme, in order, and the engine that takes them one by one.

Each step is one transaction. A step that the record has is not taken again; one that the chain already shows (a role
that is granted, a tier that is there) is recorded and not sent; one that was sent but never confirmed is looked up
first. So a run may break anywhere and the next one ends in the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from web3crm.chain import Chain, Prepared, Sender
from web3crm.chain.accounts import address_of, sender_of
from web3crm.chain.connection import created_address
from web3crm.deploy.params import Params
from web3crm.deploy.record import Record, code_hash
from web3crm.domain import FUNCTION_ROLES, NATIVE, STAFF_ROLES, Role
from web3crm.errors import ChainError, DeploymentError

__all__ = [
    "COMMONS_CONTRACTS",
    "PROGRAMME_CONTRACTS",
    "Act",
    "Deploy",
    "Engine",
    "ProgressBar",
    "Step",
    "Watcher",
    "commons_plan",
    "programme_plan",
]

PROGRAMME_CONTRACTS = ("ProgramAuthority", "LoyaltyPoints", "MembershipCard", "ProgramTimelock", "ProgramGovernor")
COMMONS_CONTRACTS = ("ConsentRegistry", "KeyDirectory", "CustomerData", "CardMarket")
"""The contracts that all brands of a chain share."""

ADMIN_OF_TIMELOCK = bytes(32)
"""OpenZeppelin's DEFAULT_ADMIN_ROLE."""


@dataclass(frozen=True)
class Deploy:
    """Deploys ``contract``; ``args`` makes the constructor's arguments of the addresses of what was deployed before."""

    contract: str
    args: Callable[[Mapping[str, str]], Sequence[Any]]

    @property
    def key(self) -> str:
        """The step's name in the record."""
        return f"deploy {self.contract}"

    @property
    def title(self) -> str:
        """What a person reads."""
        return f"deploy {self.contract}"


@dataclass(frozen=True)
class Act:
    """One transaction to a deployed contract. ``done`` reads from the chain whether it is needed any more."""

    key: str
    title: str
    act: Callable[[Engine], ContractFunction]
    done: Callable[[Engine], bool]


Step = Deploy | Act


class Watcher(Protocol):
    """Is told of each step: before it is taken (``done`` false) and after."""

    def __call__(self, number: int, count: int, title: str, *, done: bool) -> None:
        """Step ``number`` of ``count``, counted from 1."""


class Engine:
    """Takes the steps of one record's deployment."""

    def __init__(
        self, chain: Chain, record: Record, sender: Sender, *, deployed: Mapping[str, str] | None = None
    ) -> None:
        self.chain = chain
        self.record = record
        self.sender = sender_of(sender)
        self._deployed = dict(deployed or {})

    @property
    def deployer(self) -> str:
        """The address that deploys."""
        return address_of(self.sender)

    @property
    def addresses(self) -> dict[str, str]:
        """Contract name to address: what was given (the commons) and what this record has."""
        return {**self._deployed, **{name: item["address"] for name, item in self.record.contracts.items()}}

    def contract(self, name: str) -> Contract:
        """A contract of this deployment."""
        return self.chain.contract(name, self.addresses[name])

    def run(self, steps: Sequence[Step], watch: Watcher | None = None) -> None:
        """Takes all steps that are not taken yet, then marks the record complete."""
        for number, step in enumerate(steps, 1):
            if watch:
                watch(number, len(steps), step.title, done=False)
            if isinstance(step, Deploy):
                self._deploy(step)
            else:
                self._act(step)
            if watch:
                watch(number, len(steps), step.title, done=True)
        self.record.data["complete"] = True
        self.record.save()

    def _deploy(self, step: Deploy) -> None:
        if step.contract in self.record.contracts:
            return
        args = list(step.args(self.addresses))
        found = self._sent_before(step.key)
        address: str | None = None
        transaction: str | None = None
        block = 0
        if found is not None:
            receipt, address = found
        else:
            receipt = self._send(step.key, self.chain.prepare_deployment(step.contract, args, sender=self.sender))
        if receipt is not None:
            address = str(receipt["contractAddress"])
            transaction, block = "0x" + bytes(receipt["transactionHash"]).hex(), receipt["blockNumber"]
        assert address is not None  # noqa: S101 - one of both is known
        code = self.chain.code(address)
        if not self.chain.artifacts.load(step.contract).compiled_to(code):
            raise DeploymentError(
                f"what stands at {address} is not the compiled {step.contract}: "
                "was it recompiled since this deployment began? Nothing was recorded"
            )
        self.record.contracts[step.contract] = {
            "address": address,
            "transaction": transaction,
            "block": block,
            "args": _json(args),
            "codeHash": code_hash(code),
        }
        self._confirmed()

    def _act(self, step: Act) -> None:
        if step.key in self.record.steps:
            return
        self._sent_before(step.key)
        if step.done(self):
            self.record.steps[step.key] = {"transaction": None, "block": self.chain.block_number()}
        else:
            receipt = self._send(step.key, self.chain.prepare(step.act(self), sender=self.sender))
            self.record.steps[step.key] = {
                "transaction": "0x" + bytes(receipt["transactionHash"]).hex(),
                "block": receipt["blockNumber"],
            }
        self._confirmed()

    def _send(self, key: str, prepared: Prepared) -> TxReceipt:
        pending = {"step": key, "sender": prepared.sender, "nonce": prepared.nonce, "transaction": prepared.hash}
        self.record.data["pending"] = pending
        self.record.save()
        pending["transaction"] = self.chain.submit(prepared)
        self.record.save()
        return self.chain.wait(str(pending["transaction"]), act=key)

    def _sent_before(self, key: str) -> tuple[TxReceipt | None, str | None] | None:
        """What became of a transaction that an earlier run sent for this step: its receipt, or the contract it made."""
        pending = self.record.data["pending"]
        if pending is None or pending["step"] != key:
            return None
        sent = pending["transaction"]
        if sent is not None and self.chain.rpc("eth_getTransactionByHash", [sent]) is not None:
            try:
                return self.chain.wait(sent, act=key), None
            except ChainError:
                receipt = self.chain.receipt(sent)
                if receipt is None or receipt["status"] == 1:
                    raise  # it may still be mined: sending another one could do it twice
        made = created_address(pending["sender"], pending["nonce"])
        if key.startswith("deploy ") and self.chain.code(made):
            return None, made
        return None

    def _confirmed(self) -> None:
        self.record.data["pending"] = None
        self.record.save()


# --- the plans --------------------------------------------------------------------------------------------------------


def commons_plan() -> list[Step]:
    """The steps that make the commons: four contracts without any owner."""
    return [Deploy(name, lambda _: []) for name in COMMONS_CONTRACTS]


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


def expected_holders(params: Params, timelock: str) -> dict[Role, dict[str, int]]:
    """Role to its holders and their delays, as the parameters want them once all is done."""
    found = {Role.ADMIN: {params.roles.admin: 0}, Role.PARAMETERS: {timelock: 0}}
    for role in STAFF_ROLES:
        found[role] = {holder.address: holder.delay for holder in params.roles.holders(role)}
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


def _through_authority(run: Engine, calls: Sequence[ContractFunction]) -> ContractFunction:
    """Restricted calls to other contracts, made through the authority by its admin, in one transaction."""
    acts = [_authority(run).execute(call.address, call._encode_transaction_data()) for call in calls]
    return _all_at_once(run, acts)


def _grants(run: Engine, params: Params) -> list[tuple[Role, str, int]]:
    found = expected_holders(params, run.addresses["ProgramTimelock"])
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


def _json(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return "0x" + value.hex() if isinstance(value, bytes) else value


# --- progress ---------------------------------------------------------------------------------------------------------


class ProgressBar(AbstractContextManager["ProgressBar"]):
    """A :class:`Watcher` that shows the steps as a bar on the terminal: ``with ProgressBar() as watch: …``."""

    def __init__(self, what: str = "deploying", console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[what]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
        )
        self._task = self._progress.add_task("", total=None, what=what)

    def __enter__(self) -> ProgressBar:
        return self  # the bar appears with the first step: there may be none to take

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, number: int, count: int, title: str, *, done: bool) -> None:
        """Shows the step that is being taken."""
        self._progress.start()
        self._progress.update(self._task, total=count, completed=number if done else number - 1, description=title)
