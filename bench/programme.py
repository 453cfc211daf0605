"""Our own contracts with some history, wired as the gas scenarios of ``tests/snapshots`` wire them."""

from __future__ import annotations

from web3.contract import Contract

from bench.stage import DAY, MONTH, NATIVE, POINT, Stage
from web3crm.domain.roles import Role

BUDGET = 10**9 * POINT
SILVER = 1
SILVER_PRICE = 10**16
SILVER_POINTS = 100 * POINT
SILVER_COINS = 25 * 10**6


def deploy_authority(stage: Stage) -> Contract:
    """The brand's own; the brand is its admin and does what no role was given for."""
    return stage.deploy("ProgramAuthority", stage.brand)


def allow(stage: Stage, authority: Contract, target: Contract, name: str, functions: list[str], role: Role) -> None:
    """Gives functions of ``target``, a contract called ``name``, to a role."""
    selectors = [stage.ours.artifacts.load(name).selector(function) for function in functions]
    stage.send(authority.functions.setTargetFunctionRole(target.address, selectors, role), stage.brand)


def deploy_points(stage: Stage, authority: Contract) -> Contract:
    """The brand's points and their issuer."""
    points = stage.deploy("LoyaltyPoints", "Bean Points", "BEAN", "ipfs://points", authority.address, BUDGET, MONTH)
    allow(stage, authority, points, "LoyaltyPoints", ["issue", "issueBatch"], Role.ISSUER)
    stage.send(authority.functions.grantRole(Role.ISSUER, stage.issuer, 0), stage.brand)
    return points


def deploy_cards(stage: Stage, authority: Contract, points: Contract, coin: Contract) -> Contract:
    """Cards on sale in native coin, points and an ERC-20."""
    cards = stage.deploy("MembershipCard", "Bean Club", "CLUB", "ipfs://club", authority.address, points.address)
    acts = cards.functions
    stage.send(acts.defineTier(MONTH, 10_000, 500, True, True, SILVER_PRICE, "ipfs://silver"), stage.brand)
    stage.send(acts.setTierPrice(SILVER, points.address, SILVER_POINTS), stage.brand)
    stage.send(acts.setTierPrice(SILVER, coin.address, SILVER_COINS), stage.brand)
    return cards


def deploy_governor(stage: Stage, authority: Contract, points: Contract) -> Contract:
    """Proposes to the timelock, which holds the role that sets the budget."""
    timelock = stage.deploy("ProgramTimelock", 2 * DAY, [], [NATIVE], stage.deployer)
    settings = (DAY // 2, 7 * DAY, POINT, 4, DAY)
    governor = stage.deploy("ProgramGovernor", "Bean DAO", points.address, timelock.address, stage.guardian, *settings)
    appoint(stage, timelock, governor)
    allow(stage, authority, points, "LoyaltyPoints", ["setIssuanceBudget"], Role.PARAMETERS)
    stage.send(authority.functions.grantRole(Role.PARAMETERS, timelock.address, 0), stage.brand)
    return governor


def appoint(stage: Stage, timelock: Contract, governor: Contract) -> None:
    """Makes a governor the only one who proposes to a timelock."""
    for role in ("PROPOSER_ROLE", "CANCELLER_ROLE"):
        act = timelock.functions.grantRole(stage.call(timelock.functions[role]()), governor.address)
        stage.send(act, stage.deployer)


def deploy_consents(stage: Stage) -> Contract:
    """With two versions of the brand's notice."""
    consents = stage.deploy("ConsentRegistry")
    for version in (1, 2):
        everything = 2**64 - 1
        notice = consents.functions.publishNotice(
            bytes([version]) * 32, "ipfs://notice", everything, everything, 1, MONTH
        )
        stage.send(notice, stage.brand)
    return consents
