"""Nothing in the consent or erasure path can be reached by any proposal.

given the contracts that hold consents, keys, datasets, orders and swaps
    it should find no restricted function, no authority and no owner in them
given every restricted function of every contract of a programme
    it should find a role for each, in a table that somebody has to change
given a DAO that was handed every role that can be handed over
    it should not be able to speak for the brand in the consent path, nor to use the authority's own powers
    it should not be able to give itself a role
    when it passes a proposal that acknowledges an erasure in the brand's name
        it should fail when it is executed
    when it passes a proposal that withdraws or grants consents
        it should touch nobody's but the timelock's own
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.behaviours.access import restricted_functions, writing_functions
from tests.integration.test_dao_owns_rules import admin_of, execute
from tests.support.local_chain import rolled_back
from web3crm.chain import LocalChain
from web3crm.deploy import Programme, hand_over
from web3crm.deploy.plan import COMMONS_CONTRACTS, PROGRAMME_CONTRACTS
from web3crm.deploy.record import Record
from web3crm.domain import FUNCTION_ROLES, HANDED_OVER, Role
from web3crm.errors import ContractRevert

BUILD = Path(__file__).parents[2] / "build" / "contracts"
CONSENT_PATH = ("ConsentRegistry", "KeyDirectory", "CustomerData")
POWERS = {"authority", "owner", "paused", "admin", "getRoleAdmin", "hasRole", "upgradeTo", "upgradeToAndCall"}


def built(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BUILD / f"{name}.json").read_text())
    return found


def deployable() -> list[str]:
    """Every contract of ours that can be deployed, mocks apart."""
    artifacts = [json.loads(path.read_text()) for path in sorted(BUILD.glob("*.json"))]
    return [
        item["contractName"]
        for item in artifacts
        if item.get("sourcePath", "").startswith("contracts/")
        and not item["sourcePath"].startswith(("contracts/mocks/", "contracts/libraries/"))
        and item["type"] == "contract"
        and item["bytecode"]
    ]


def sources_of(name: str) -> list[dict[str, Any]]:
    """The syntax trees of a contract and of those of ours that it inherits from."""
    artifact = built(name)
    trees = [artifact["ast"]]
    trees += [built(base)["ast"] for base in artifact["dependencies"] if (BUILD / f"{base}.json").exists()]
    return [tree for tree in trees if tree["absolutePath"].startswith("contracts/")]


@pytest.fixture
def captured(local: LocalChain, coffee: Programme) -> Iterator[Programme]:
    """The coffee programme after everything that can be handed over was."""
    with rolled_back(local.chain):
        programme = dataclasses.replace(coffee, record=Record(copy.deepcopy(coffee.record.data), None))
        for role in sorted(HANDED_OVER - {Role.ISSUER}):  # somebody must issue the points that vote
            hand_over(programme, role, sender=admin_of(local, programme))
        yield programme


def test_every_contract_is_looked_at() -> None:
    assert set(deployable()) == set(COMMONS_CONTRACTS) | set(PROGRAMME_CONTRACTS)


@pytest.mark.parametrize("name", COMMONS_CONTRACTS)
def test_the_commons_have_no_power_to_take_over(name: str) -> None:
    names = {entry["name"] for entry in built(name)["abi"] if entry["type"] == "function"}
    assert restricted_functions(*sources_of(name)) == set()
    assert names & POWERS == set()


@pytest.mark.parametrize("name", PROGRAMME_CONTRACTS)
def test_every_restricted_function_has_its_role(name: str) -> None:
    tabled = {function for item in FUNCTION_ROLES if item.contract == name for function in item.functions}
    restricted = restricted_functions(*sources_of(name)) & writing_functions(built(name)["abi"])
    assert restricted == tabled


@pytest.mark.parametrize("name", [*CONSENT_PATH, "ProgramAuthority"])
def test_the_dao_cannot_speak_for_the_brand(local: LocalChain, captured: Programme, name: str) -> None:
    target = {**captured.commons.addresses, **captured.addresses}[name]
    can_call = captured.authority.functions.canCall
    answers = {
        function: local.chain.call(can_call(captured.timelock.address, target, selector))
        for function, selector in selectors(local, name).items()
    }
    assert answers
    assert set(map(tuple, answers.values())) == {(False, 0)}


def selectors(local: LocalChain, name: str) -> dict[str, bytes]:
    artifact = local.chain.artifacts.load(name)
    overloaded = {"safeTransferFrom"}  # two functions of this name: locked datasets refuse both
    return {function: artifact.selector(function) for function in writing_functions(artifact.abi) - overloaded}


def test_the_dao_cannot_give_itself_a_role(local: LocalChain, captured: Programme) -> None:
    authority, timelock = captured.authority.functions, str(captured.timelock.address)
    assert local.chain.call(authority.hasRole(Role.ADMIN, timelock))[0] is False
    assert {local.chain.call(authority.getRoleAdmin(role)) for role in Role} == {Role.ADMIN}
    act = authority.grantRole(Role.PRIVACY, timelock, 0)
    with pytest.raises(ContractRevert, match="AccessManagerUnauthorizedAccount"):
        execute(local.chain, captured, local.accounts[5], act)


def test_a_proposal_cannot_acknowledge_an_erasure(local: LocalChain, captured: Programme) -> None:
    chain, alice, consents = local.chain, local.accounts[3], captured.commons.consents.functions
    privacy = captured.params.roles.privacy[0].address
    notice = consents.publishNotice(b"\x01" * 32, "ipfs://notice", 1, 1, 1, 30 * 86_400)
    chain.transact(captured.as_brand(notice), sender=privacy)
    chain.transact(consents.requestErasure(captured.brand), sender=alice)
    act = captured.as_brand(consents.acknowledgeErasure(alice.address, b"\x02" * 32))
    with pytest.raises(ContractRevert, match="AccessManagerUnauthorizedCall"):
        execute(chain, captured, local.accounts[5], act)


def test_a_proposal_touches_nobody_s_consent_but_the_timelock_s(local: LocalChain, captured: Programme) -> None:
    chain, alice, consents = local.chain, local.accounts[3], captured.commons.consents.functions
    notice = consents.publishNotice(b"\x01" * 32, "ipfs://notice", 1, 1, 1, 30 * 86_400)
    chain.transact(captured.as_brand(notice), sender=captured.params.roles.privacy[0].address)
    chain.transact(consents.grant(captured.brand, 1, 1, 1, chain.now() + 10**8), sender=alice)
    before = chain.call(consents.snapshotOf(alice.address, captured.brand))
    assert execute(chain, captured, local.accounts[5], consents.withdrawAll(captured.brand)) == "executed"
    assert chain.call(consents.snapshotOf(alice.address, captured.brand)) == before
    assert chain.call(consents.isAllowed(alice.address, captured.brand, 0, 0)) is True
