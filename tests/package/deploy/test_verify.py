"""Verifying.

given a programme to which something was done
    the difference should be named: its kind, what it is about, what was expected and what is
given a deployer who left an operation in the timelock, and the role to do so again
    the operation should be named
given a holder whose role is to begin later
    she should be named too
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.local_chain import set_code
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Difference, Programme, Records, deploy_programme, verify
from web3crm.domain import NATIVE, PUBLIC_ROLE, Role


@pytest.fixture
def authority(deployed: Programme) -> Any:
    return deployed.authority.functions


@pytest.fixture
def admin(deployed: Programme) -> str:
    return deployed.params.roles.admin


def test_a_new_holder_is_named(
    own_chain: Chain, local: LocalChain, deployed: Programme, authority: Any, admin: str
) -> None:
    stranger = local.accounts[7].address
    own_chain.transact(authority.grantRole(Role.ISSUER, stranger, 86_400), sender=admin)
    expected = Difference("power", f"{stranger} as ISSUER", "no holder", "holder with a delay of 1d")
    assert verify(deployed) == [expected]


def test_a_holder_to_come_is_named(
    own_chain: Chain, local: LocalChain, deployed: Programme, authority: Any, admin: str
) -> None:
    stranger = local.accounts[7].address
    own_chain.transact(authority.setGrantDelay(Role.ISSUER, 1_000), sender=admin)
    own_chain.sleep(10 * 86_400)
    own_chain.transact(authority.grantRole(Role.ISSUER, stranger, 0), sender=admin)
    assert verify(deployed) == [Difference("power", f"{stranger} as ISSUER", "no holder", "holder")]


def test_a_missing_holder_is_named(own_chain: Chain, deployed: Programme, authority: Any, admin: str) -> None:
    issuer = deployed.params.roles.issuer[0].address
    own_chain.transact(authority.revokeRole(Role.ISSUER, issuer), sender=admin)
    assert verify(deployed) == [Difference("power", f"{issuer} as ISSUER", "holder", "no holder")]


def test_a_role_that_nobody_knows_is_named(
    own_chain: Chain, local: LocalChain, deployed: Programme, authority: Any, admin: str
) -> None:
    stranger = local.accounts[7].address
    own_chain.transact(authority.grantRole(77, stranger, 0), sender=admin)
    assert verify(deployed) == [Difference("power", f"{stranger} as role 77", "no holder", "holder")]


def test_a_function_for_everybody_is_named(own_chain: Chain, deployed: Programme, authority: Any, admin: str) -> None:
    selector = own_chain.artifacts.load("LoyaltyPoints").selector("issue")
    act = authority.setTargetFunctionRole(deployed.points.address, [selector], PUBLIC_ROLE)
    own_chain.transact(act, sender=admin)
    assert verify(deployed) == [Difference("power", "who may call LoyaltyPoints.issue", "ISSUER", "EVERYBODY")]


def test_a_function_that_nobody_expects_is_named(
    own_chain: Chain, deployed: Programme, authority: Any, admin: str
) -> None:
    act = authority.setTargetFunctionRole(deployed.commons.datasets.address, [b"\x01\x02\x03\x04"], Role.EDITOR)
    own_chain.transact(act, sender=admin)
    assert verify(deployed) == [Difference("power", "who may call CustomerData.0x01020304", "ADMIN", "EDITOR")]


def test_another_grantor_is_named(own_chain: Chain, deployed: Programme, authority: Any, admin: str) -> None:
    own_chain.transact(authority.setRoleAdmin(Role.ISSUER, Role.EDITOR), sender=admin)
    assert verify(deployed) == [Difference("power", "who grants ISSUER", "0", "6")]


def test_a_closed_contract_is_named(own_chain: Chain, deployed: Programme, authority: Any, admin: str) -> None:
    own_chain.transact(authority.setTargetClosed(deployed.cards.address, True), sender=admin)
    assert verify(deployed) == [Difference("power", "MembershipCard", "open", "closed to its staff")]


def test_another_authority_is_named(
    own_chain: Chain, local: LocalChain, deployed: Programme, authority: Any, admin: str
) -> None:
    other, _ = own_chain.deploy("ProgramAuthority", [admin], sender=local.accounts[0])
    own_chain.transact(authority.updateAuthority(deployed.points.address, other.address), sender=admin)
    expected = Difference("wiring", "the points' authority", deployed.brand, str(other.address))
    assert verify(deployed) == [expected]


def test_changed_settings_are_named(own_chain: Chain, deployed: Programme, authority: Any) -> None:
    editor = deployed.params.roles.editor[0].address
    own_chain.transact(deployed.points.functions.setContractURI("ipfs://new"), sender=editor)
    own_chain.transact(deployed.cards.functions.setTierPrice(1, deployed.points.address, 5), sender=editor)
    assert verify(deployed) == [
        Difference("setting", "the points' contract URI", deployed.params.points.contract_uri, "ipfs://new"),
        Difference("setting", "the price in points of tier Regular", str(100 * 10**18), "5"),
    ]


def test_a_further_tier_is_named(own_chain: Chain, deployed: Programme) -> None:
    staff = deployed.params.roles.membership[0].address
    own_chain.transact(deployed.cards.functions.defineTier(0, 1, 0, True, True, 0, "ipfs://x"), sender=staff)
    assert verify(deployed) == [Difference("setting", "the number of tiers", "3", "4")]


def test_other_code_is_named(own_chain: Chain, local: LocalChain, deployed: Programme) -> None:
    code = own_chain.code(str(deployed.points.address))
    changed = code[:-1] + bytes([code[-1] ^ 1])
    set_code(local, str(deployed.points.address), changed)
    found = verify(deployed)
    assert [(item.kind, item.subject.split()[0]) for item in found] == [("code", "LoyaltyPoints")] * 2
    assert found[1].actual == "made from another source"


def test_accesses_under_other_consents_are_named(own_chain: Chain, local: LocalChain, deployed: Programme) -> None:
    commons, sender = deployed.commons, local.accounts[0]
    others, _ = own_chain.deploy("ConsentRegistry", sender=sender)
    args = [others.address, commons.datasets.address]
    accesses, _ = own_chain.deploy("DataAccess", args, sender=sender)
    set_code(local, str(commons.accesses.address), own_chain.code(str(accesses.address)))
    code, wiring = verify(deployed)
    assert (code.kind, code.subject.split()[0]) == ("code", "DataAccess")
    assert wiring == Difference("wiring", "the accesses' consents", str(commons.consents.address), str(others.address))


def test_missing_code_is_named(own_chain: Chain, local: LocalChain, deployed: Programme) -> None:
    set_code(local, str(deployed.points.address), b"")
    (found,) = verify(deployed)
    assert (found.kind, found.actual) == ("code", "no code")


def test_an_operation_that_the_deployer_left_behind_is_named(
    own_chain: Chain, local: LocalChain, deployed: Programme
) -> None:
    deployer, records = local.accounts[0], Records.in_memory()
    left: list[bytes] = []

    def leave_one(number: int, count: int, title: str, *, done: bool) -> None:
        if done or title != "give up the timelock's admin":
            return
        record = records.read(own_chain, "sly")
        assert record is not None
        timelock = own_chain.contract("ProgramTimelock", record.address("ProgramTimelock"))
        role = own_chain.call(timelock.functions.PROPOSER_ROLE())
        call = timelock.encode_abi("grantRole", [role, deployer.address])
        operation = (timelock.address, 0, call, bytes(32), bytes(32))
        left.append(own_chain.call(timelock.functions.hashOperation(*operation)))
        own_chain.transact(timelock.functions.grantRole(role, deployer.address), sender=deployer)
        own_chain.transact(timelock.functions.schedule(*operation, 2 * 86_400), sender=deployer)
        own_chain.transact(timelock.functions.renounceRole(role, deployer.address), sender=deployer)

    params = replace(deployed.params, programme="sly")
    sly = deploy_programme(
        own_chain, params, commons=deployed.commons, sender=deployer, records=records, progress=leave_one
    )
    expected = Difference(
        "power", f"the timelock's operation 0x{left[0].hex()}", "a queued proposal", "nobody's proposal"
    )
    assert verify(sly) == [expected]


def test_another_perk_and_reward_are_named(own_chain: Chain, deployed: Programme) -> None:
    roles = deployed.params.roles
    perk = deployed.perks.functions.definePerk(1, 1, 0, 0, deployed.brand, "ipfs://perk")
    own_chain.transact(perk, sender=roles.tiers[0].address)
    reward = deployed.rewards.functions.addReward(1, 1, 0, 0, 0, 0, "ipfs://reward")
    own_chain.transact(reward, sender=roles.membership[0].address)
    assert [item.subject for item in verify(deployed)] == [
        "the number of perks of tier Regular",
        "the number of rewards",
    ]


def test_a_price_in_a_currency_of_somebody_s_own_is_named(
    own_chain: Chain, local: LocalChain, deployed: Programme
) -> None:
    cards, staff = deployed.cards.functions, deployed.params.roles.tiers[0].address
    own = local.accounts[7].address
    own_chain.transact(cards.setTierPrice(3, own, 1), sender=staff)
    own_chain.transact(cards.setTierPrice(2, own, 1), sender=staff)
    own_chain.transact(cards.setTierPrice(2, own, 0), sender=staff)
    tier = deployed.params.card.tiers[2].name
    assert verify(deployed) == [Difference("setting", f"the price in {own} of tier {tier}", "0", "1")]


def test_an_upgrade_that_was_not_on_offer_is_named(own_chain: Chain, deployed: Programme) -> None:
    staff = deployed.params.roles.tiers[0].address
    own_chain.transact(deployed.cards.functions.setUpgradePrice(3, 1, NATIVE, 1), sender=staff)
    what = f"the price of the upgrade from tier 3 to 1 in {NATIVE}"
    assert verify(deployed) == [Difference("setting", what, "0", "1")]


def test_a_restocked_reward_is_named(own_chain: Chain, deployed: Programme) -> None:
    staff = deployed.params.roles.membership[0].address
    first = deployed.params.rewards[0]
    own_chain.transact(deployed.rewards.functions.restock(1, 1_000), sender=staff)
    expected = Difference(
        "setting", f"the stock of the reward {first.name}", str(first.stock), str(first.stock + 1_000)
    )
    assert verify(deployed) == [expected]
