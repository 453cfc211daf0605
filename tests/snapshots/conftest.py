"""A programme with some history, and the recorder of gas. Only ``make gas`` runs these tests."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from tests.snapshots.programme import (
    BUDGET,
    DAY,
    GOLD,
    ISSUER,
    MONTH,
    NATIVE,
    PARAMETERS,
    PHYSICAL,
    POINT,
    SERVICE,
    SILVER,
    SILVER_COINS,
    SILVER_POINTS,
    SILVER_PRICE,
    UPGRADE_PRICE,
    YEAR,
)

MEASURED = os.environ.get("WEB3CRM_GAS")
if not MEASURED:
    collect_ignore_glob = ["test_*.py"]

_acts: dict[str, int] = {}


@pytest.fixture
def gas():
    """Records what an act cost: the gas of its whole receipt, or of one of the ``per`` things done in it, rounded up."""

    def record(act: str, receipt, per: int = 1) -> None:
        assert receipt.status == 1
        assert act not in _acts, f"two scenarios measure {act!r}"
        _acts[act] = math.ceil(receipt.gas_used / per)

    return record


def pytest_sessionfinish() -> None:
    if MEASURED:
        Path(MEASURED).write_text(json.dumps(_acts))


@pytest.fixture(scope="module", autouse=True)
def steady_clock(module_isolation):
    """Twelve seconds from block to block: whether two acts share a second decides if they share a checkpoint of votes."""
    from brownie import web3

    web3.provider.make_request("anvil_setBlockTimestampInterval", [12])


# --- the programme; the brand, as admin, does what no role was given for ----------------------------------------------


@pytest.fixture(scope="module")
def authority(deployer, brand):
    from brownie import ProgramAuthority

    return deployer.deploy(ProgramAuthority, brand)


@pytest.fixture(scope="module")
def points(deployer, brand, issuer, authority):
    from brownie import LoyaltyPoints

    points = deployer.deploy(LoyaltyPoints, "Bean Points", "BEAN", "ipfs://points", authority, BUDGET, MONTH)
    issuing = [points.issue.signature, points.issueBatch.signature]
    authority.setTargetFunctionRole(points, issuing, ISSUER, {"from": brand})
    authority.grantRole(ISSUER, issuer, 0, {"from": brand})
    return points


@pytest.fixture(scope="module")
def coin(deployer):
    """A plain ERC-20."""
    from brownie import MockCoin

    return deployer.deploy(MockCoin)


@pytest.fixture(scope="module")
def cards(deployer, brand, carol, authority, points, coin):
    """Two tiers on sale in native coin, points and an ERC-20; Carol has bought the first card of each, so nobody else does."""
    from brownie import MembershipCard

    cards = deployer.deploy(MembershipCard, "Bean Club", "CLUB", "ipfs://club", authority, points)
    cards.defineTier(MONTH, 10_000, 500, True, True, SILVER_PRICE, "ipfs://silver", {"from": brand})
    cards.defineTier(YEAR, 1_000, 500, True, True, 10 * SILVER_PRICE, "ipfs://gold", {"from": brand})
    cards.setTierPrice(SILVER, points, SILVER_POINTS, {"from": brand})
    cards.setTierPrice(SILVER, coin, SILVER_COINS, {"from": brand})
    cards.setUpgradePrice(SILVER, GOLD, NATIVE, UPGRADE_PRICE, {"from": brand})
    cards.buy(SILVER, carol, NATIVE, SILVER_PRICE, {"from": carol, "value": SILVER_PRICE})
    cards.buy(GOLD, carol, NATIVE, 10 * SILVER_PRICE, {"from": carol, "value": 10 * SILVER_PRICE})
    return cards


@pytest.fixture(scope="module")
def market(deployer):
    from brownie import CardMarket

    return deployer.deploy(CardMarket)


@pytest.fixture(scope="module")
def desk(deployer, brand, authority, cards):
    """With a service, goods and a service that a contract is told of, for cards of the first tier."""
    from brownie import MockPerkReceiver, PerkDesk

    desk = deployer.deploy(PerkDesk, authority, cards)
    receiver = deployer.deploy(MockPerkReceiver)
    for kind, told in ((SERVICE, NATIVE), (PHYSICAL, NATIVE), (SERVICE, receiver)):
        desk.definePerk(SILVER, 200, DAY, kind, told, "ipfs://perk", {"from": brand})
    return desk


@pytest.fixture(scope="module")
def timelock(deployer):
    from brownie import ProgramTimelock

    return deployer.deploy(ProgramTimelock, 2 * DAY, [], [NATIVE], deployer)


@pytest.fixture(scope="module")
def governor(deployer, brand, guardian, authority, points, timelock):
    """Wired: proposes to the timelock, which holds the role that sets the budget."""
    from brownie import ProgramGovernor

    settings = (DAY // 2, 7 * DAY, POINT, 4, DAY)
    governor = deployer.deploy(ProgramGovernor, "Bean DAO", points, timelock, guardian, *settings)
    timelock.grantRole(timelock.PROPOSER_ROLE(), governor, {"from": deployer})
    timelock.grantRole(timelock.CANCELLER_ROLE(), governor, {"from": deployer})
    timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), deployer, {"from": deployer})
    authority.setTargetFunctionRole(points, [points.setIssuanceBudget.signature], PARAMETERS, {"from": brand})
    authority.grantRole(PARAMETERS, timelock, 0, {"from": brand})
    return governor


@pytest.fixture(scope="module")
def consents(deployer, brand):
    """With two versions of the brand's notice."""
    from brownie import ConsentRegistry

    consents = deployer.deploy(ConsentRegistry)
    for version in (1, 2):
        digest = bytes([version]) * 32
        consents.publishNotice(digest, "ipfs://notice", 2**64 - 1, 2**64 - 1, 1, MONTH, {"from": brand})
    return consents


@pytest.fixture(scope="module")
def keys(deployer):
    from brownie import KeyDirectory

    return deployer.deploy(KeyDirectory)


@pytest.fixture(scope="module")
def datasets(deployer):
    from brownie import CustomerData

    return deployer.deploy(CustomerData)


@pytest.fixture(scope="module")
def domain(chain):
    """Where a signature is good, by the contract and its name."""
    from web3crm.chain.typed_data import Domain

    return lambda contract, name: Domain(name, chain.id, contract.address)


@pytest.fixture(scope="module")
def holders(points, issuer):
    """A hundred customers who have points already."""
    customers = [f"0x{number + 1:02x}{'7e' * 19}" for number in range(100)]
    points.issueBatch(customers, [POINT] * 100, b"\x11" * 32, {"from": issuer})
    return customers
