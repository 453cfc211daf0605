"""Every restricted function of every contract refuses a stranger

given a contract of ours that has restricted functions
    it should have a class of rows here
given a restricted function
    it should have a row
    it should refuse a stranger
given any other function that writes
    it should be one that is meant for everyone
"""

from __future__ import annotations

from typing import ClassVar

import pytest
from brownie import ZERO_ADDRESS, project

from tests.behaviours.access import AccessBehaviour, restricted_functions
from tests.support.loyalty import POINT, REF

SOMEONE = "0x00000000000000000000000000000000000000A1"


def ast_of(contract_name):
    """The syntax tree of the file that ``contract_name`` is defined in."""
    return project.get_loaded_projects()[0]._build.get(contract_name)["ast"]


class TestLoyaltyPoints(AccessBehaviour):
    """The points' restricted functions."""

    rows: ClassVar = {
        "issue": (SOMEONE, POINT, REF),
        "issueBatch": ([SOMEONE], [POINT], REF),
        "setIssuanceBudget": (10**30, 1),
        "setContractURI": ("ipfs://forged",),
    }
    open_to_all: ClassVar = {
        "approve",
        "approveBySig",
        "burn",
        "burnBySig",
        "burnFrom",
        "delegate",
        "delegateBySig",
        "delegateVotesBySig",
        "permit",
        "redeem",
        "redeemBySig",
        "redeemFrom",
        "setAuthority",  # the authority alone: tests/unit/access/program_authority/test_roles.py
        "transfer",
        "transferBySig",
        "transferFrom",
    }

    @pytest.fixture
    def contract(self, points):
        return points

    @pytest.fixture
    def asts(self):
        return [ast_of("LoyaltyPoints")]

    @pytest.fixture
    def refusal(self, stranger):
        return ("AccessManagedUnauthorized", stranger)


class TestMembershipCard(AccessBehaviour):
    """The cards' restricted functions, those of their tiers among them."""

    rows: ClassVar = {
        "defineTier": (0, 1, 0, True, True, 1, "ipfs://forged"),
        "grantCard": (SOMEONE, 1),
        "setContractURI": ("ipfs://forged",),
        "setTierOnSale": (1, True),
        "setTierPrice": (1, ZERO_ADDRESS, 1),
        "setTierURI": (1, "ipfs://forged"),
        "setUpgradePrice": (1, 2, ZERO_ADDRESS, 1),
        "withdraw": (ZERO_ADDRESS, SOMEONE, 1),
    }
    open_to_all: ClassVar = {
        "approve",
        "approveBySig",
        "buy",
        "buyBySig",
        "cancelSubscription",
        "cancelSubscriptionBySig",
        "renew",
        "renewBySig",
        "renewSubscription",
        "safeTransferFrom",
        "setApprovalForAll",
        "setApprovalForAllBySig",
        "setAuthority",  # the authority alone: tests/unit/access/program_authority/test_roles.py
        "transferBySig",
        "transferFrom",
        "upgrade",
        "upgradeBySig",
    }

    @pytest.fixture
    def contract(self, cards):
        return cards

    @pytest.fixture
    def asts(self):
        return [ast_of("MembershipCard"), ast_of("CardTiers")]

    @pytest.fixture
    def refusal(self, stranger):
        return ("AccessManagedUnauthorized", stranger)


class TestPointsDistributor(AccessBehaviour):
    """The distributor's restricted functions."""

    rows: ClassVar = {
        "discardPending": (REF,),
        "publish": (REF, POINT, "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", 2**39, 0),
    }
    open_to_all: ClassVar = {
        "claim",
        "claimMany",
        "mature",
        "setAuthority",  # the authority alone: tests/unit/access/program_authority/test_roles.py
    }

    @pytest.fixture
    def contract(self, distributor):
        return distributor

    @pytest.fixture
    def asts(self):
        return [ast_of("PointsDistributor")]

    @pytest.fixture
    def refusal(self, stranger):
        return ("AccessManagedUnauthorized", stranger)


class TestProgramAuthority(AccessBehaviour):
    """The admin's functions."""

    rows: ClassVar = {
        "grantRole": (1, SOMEONE, 0),
        "labelRole": (1, "MINE"),
        "revokeRole": (0, SOMEONE),
        "setGrantDelay": (1, 0),
        "setRoleAdmin": (1, 2**64 - 1),
        "setRoleGuardian": (1, 2**64 - 1),
        "setTargetAdminDelay": (SOMEONE, 0),
        "setTargetClosed": (SOMEONE, True),
        "setTargetFunctionRole": (SOMEONE, ["0x12345678"], 2**64 - 1),
        "updateAuthority": (SOMEONE, ZERO_ADDRESS),
    }
    open_to_all: ClassVar = {
        "cancel",
        "consumeScheduledOp",
        "execute",
        "multicall",
        "renounceRole",
        "schedule",
    }

    @pytest.fixture
    def contract(self, authority):
        return authority

    @pytest.fixture
    def asts(self):
        return [ast_of("ProgramAuthority"), ast_of("AccessManager")]

    @pytest.fixture
    def refusal(self, stranger):
        return ("AccessManagerUnauthorizedAccount", stranger, 0)


def test_has_rows_for_every_contract_with_restricted_functions(points):
    ours = {
        name: artifact
        for name, artifact in project.get_loaded_projects()[0]._build.items()
        if artifact.get("sourcePath", "").startswith("contracts/") and "/mocks/" not in artifact["sourcePath"]
    }
    restricted = {name for name, artifact in ours.items() if restricted_functions(artifact["ast"])}
    deployable = {
        name
        for name, artifact in ours.items()
        if artifact["bytecode"] and restricted & {name, *artifact["dependencies"]}
    }

    assert {f"Test{name}" for name in deployable} <= set(globals())
