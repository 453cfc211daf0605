"""Deploying and loading: the one way a programme comes to a chain, for tests, the demo and live networks alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web3.contract import Contract
from web3.contract.contract import ContractFunction

from web3crm.chain import Chain, Sender
from web3crm.chain.accounts import address_of, sender_of
from web3crm.deploy.engine import Engine, Watcher
from web3crm.deploy.params import Params, check_constructors
from web3crm.deploy.plan import (
    COMMONS_CONTRACTS,
    PROGRAMME_CONTRACTS,
    commons_plan,
    constructor_args,
    programme_plan,
)
from web3crm.deploy.record import COMMONS, Record, Records
from web3crm.domain import FUNCTION_ROLES
from web3crm.errors import DeploymentError, InputError

__all__ = ["Commons", "Programme", "deploy_commons", "deploy_programme", "load", "load_commons"]


@dataclass(frozen=True)
class Commons:
    """The contracts that all brands of a chain share."""

    chain: Chain
    consents: Contract
    keys: Contract
    datasets: Contract
    market: Contract
    exchange: Contract
    accesses: Contract
    record: Record = field(repr=False)

    @property
    def addresses(self) -> dict[str, str]:
        """Contract name to address."""
        contracts = (self.consents, self.keys, self.datasets, self.market, self.exchange, self.accesses)
        return {name: str(contract.address) for name, contract in zip(COMMONS_CONTRACTS, contracts, strict=True)}


@dataclass(frozen=True)
class Programme:
    """One brand's deployed programme."""

    chain: Chain
    params: Params
    authority: Contract
    points: Contract
    cards: Contract
    distributor: Contract
    rewards: Contract
    perks: Contract
    governor: Contract
    timelock: Contract
    commons: Commons
    record: Record = field(repr=False)

    @property
    def brand(self) -> str:
        """The brand as the commons know it: its authority's address."""
        return str(self.authority.address)

    @property
    def addresses(self) -> dict[str, str]:
        """Contract name to address, the commons not among them."""
        contracts = (
            self.authority,
            self.points,
            self.cards,
            self.distributor,
            self.rewards,
            self.perks,
            self.timelock,
            self.governor,
        )
        return {name: str(contract.address) for name, contract in zip(PROGRAMME_CONTRACTS, contracts, strict=True)}

    def tier_id(self, name: str) -> int:
        """The number of the tier that the parameters call ``name``."""
        return self.params.tier_id(name)

    def as_brand(self, act: ContractFunction) -> ContractFunction:
        """``act`` called by the brand itself.

        Staff with the role for it send what this returns (``authority.execute``).
        """
        found: ContractFunction = self.authority.functions.execute(act.address, act._encode_transaction_data())
        return found


def deploy_commons(
    chain: Chain, *, sender: Sender, records: Records | None = None, progress: Watcher | None = None
) -> Commons:
    """Deploys the commons, or returns those that the records have.

    ``records`` defaults to memory on a development chain and to the folder ``deployments`` on any other. Raises
    :class:`DeploymentError` when a record does not fit the chain, or when an unfinished one is another deployer's.
    """
    records = records or Records.default(chain)
    sender = sender_of(sender)
    anywhere = dict.fromkeys(COMMONS_CONTRACTS, address_of(sender))
    for step in commons_plan():
        chain.creation(step.contract, step.args(anywhere))
    with records.locked():
        record = records.read(chain, COMMONS)
        if record is None:
            record = records.create(chain, COMMONS, deployer=address_of(sender))
        if not record.complete:
            _same_deployer(record, sender)
            Engine(chain, record, sender).run(commons_plan(), progress)
    return _commons(chain, record)


def deploy_programme(
    chain: Chain,
    params: Params,
    *,
    commons: Commons | None = None,
    sender: Sender,
    records: Records | None = None,
    progress: Watcher | None = None,
) -> Programme:
    """Deploys and wires the programme of ``params``, resumes a run that broke, or returns the programme that is there.

    Everything is checked before anything is sent. In the end the sender has no power over the programme, unless the
    parameters make it the admin. ``commons`` are taken from the records, or deployed, when not given.

    Raises :class:`InputError` when the parameters do not fit the contracts, :class:`DeploymentError` when a record is
    of other parameters, another deployer or another chain.
    """
    records = records or Records.default(chain)
    sender = sender_of(sender)
    deployer = address_of(sender)
    _check(chain, params, deployer)
    if commons is None:
        commons = deploy_commons(chain, sender=sender, records=records, progress=progress)
    with records.locked():
        record = records.read(chain, params.programme)
        if record is None:
            record = records.create(
                chain,
                params.programme,
                deployer=deployer,
                paramsDigest=params.digest,
                params=params.as_json(),
                commons=commons.addresses,
            )
        if record.data["paramsDigest"] != params.digest:
            raise DeploymentError(
                f"{record.where} was made from other parameters "
                f"({record.data['paramsDigest'][:12]}, now {params.digest[:12]}): "
                "restore them, or give the new programme another short name"
            )
        if record.data["commons"] != commons.addresses:
            raise DeploymentError(
                f"{record.where} belongs to other commons than those given: load them from its records"
            )
        if not record.complete:
            _same_deployer(record, sender)
            engine = Engine(chain, record, sender, deployed=commons.addresses)
            engine.run(programme_plan(params, deployer), progress)
    return _programme(chain, record, commons)


def load_commons(chain: Chain, *, records: Records | None = None) -> Commons:
    """The deployed commons of a chain. Raises :class:`DeploymentError` when the records have none that are complete."""
    records = records or Records.default(chain)
    record = records.read(chain, COMMONS)
    if record is None or not record.complete:
        raise DeploymentError(
            f"no finished commons on chain {chain.chain_id} ({chain.network}): deploy a programme first"
        )
    return _commons(chain, record)


def load(chain: Chain, programme: str, *, records: Records | None = None) -> Programme:
    """The deployed programme with this short name.

    Raises :class:`DeploymentError` when it is not there or not finished.
    """
    records = records or Records.default(chain)
    record = records.read(chain, programme)
    if record is None:
        known = ", ".join(records.names(chain)) or "none"
        raise DeploymentError(
            f"no programme {programme!r} on chain {chain.chain_id} ({chain.network}); there are: {known}"
        )
    if not record.complete:
        raise DeploymentError(f"{record.where} is not finished: run the deployment again, it resumes")
    commons = load_commons(chain, records=records)
    if record.data["commons"] != commons.addresses:
        raise DeploymentError(f"{record.where} belongs to other commons than {commons.record.where}")
    return _programme(chain, record, commons)


def _check(chain: Chain, params: Params, deployer: str) -> None:
    """Checks the parameters against all that is compiled, and the deployer's purse, before anything is sent."""
    anywhere: Mapping[str, str] = dict.fromkeys((*COMMONS_CONTRACTS, *constructor_args(params, deployer)), deployer)
    calls = {name: args(anywhere) for name, args in constructor_args(params, deployer).items()}
    source = params.source or f"the parameters of {params.programme}"
    check_constructors(chain.artifacts, source, calls, chain.web3.codec)
    for item in FUNCTION_ROLES:
        for function in item.functions:
            chain.artifacts.load(item.contract).selector(function)
    if not chain.balance(deployer):
        raise InputError(f"the deployer {deployer} has no native coin on chain {chain.chain_id} to pay for gas")


def _same_deployer(record: Record, sender: Sender) -> None:
    if record.deployer != address_of(sender):
        raise DeploymentError(
            f"{record.where} was begun by {record.deployer}: only she can finish it, not {address_of(sender)}"
        )


def _commons(chain: Chain, record: Record) -> Commons:
    consents, keys, datasets, market, exchange, accesses = (
        chain.contract(name, record.address(name)) for name in COMMONS_CONTRACTS
    )
    return Commons(chain, consents, keys, datasets, market, exchange, accesses, record)


def _programme(chain: Chain, record: Record, commons: Commons) -> Programme:
    return Programme(
        chain=chain,
        params=Params.from_json(record.data["params"]),
        authority=chain.contract("ProgramAuthority", record.address("ProgramAuthority")),
        points=chain.contract("LoyaltyPoints", record.address("LoyaltyPoints")),
        cards=chain.contract("MembershipCard", record.address("MembershipCard")),
        distributor=chain.contract("PointsDistributor", record.address("PointsDistributor")),
        rewards=chain.contract("RewardCatalog", record.address("RewardCatalog")),
        perks=chain.contract("PerkDesk", record.address("PerkDesk")),
        governor=chain.contract("ProgramGovernor", record.address("ProgramGovernor")),
        timelock=chain.contract("ProgramTimelock", record.address("ProgramTimelock")),
        commons=commons,
        record=record,
    )
