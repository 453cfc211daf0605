"""One programme's authority and points as the tests of this family use them."""

from __future__ import annotations

from typing import Any

from eth_utils.crypto import keccak

from web3crm.chain.typed_data import Domain

ISSUER, PARAMETERS, EDITOR = 1, 5, 6

NAME = "Bean Points"
SYMBOL = "BEAN"
CONTRACT_URI = "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
POINT = 10**18
BUDGET = 1_000_000 * POINT
PERIOD = 30 * 24 * 3600
REF = keccak(text="purchases-1997-01.csv")
ZERO_ADDRESS = "0x" + "00" * 20
FAR = 2**40
"""A deadline that does not pass."""


def deploy_authority(deployer: Any, admin: Any) -> Any:
    """Deploys a brand's authority with ``admin`` as its first admin."""
    from brownie import ProgramAuthority

    return deployer.deploy(ProgramAuthority, admin)


def deploy_points(deployer: Any, authority: Any, brand: Any, issuer: Any) -> Any:
    """Deploys points and wires them: ``issuer`` issues, ``brand`` (the admin) sets the budget and edits."""
    from brownie import LoyaltyPoints

    points = deployer.deploy(LoyaltyPoints, NAME, SYMBOL, CONTRACT_URI, authority, BUDGET, PERIOD)
    roles = {
        ISSUER: [points.issue.signature, points.issueBatch.signature],
        PARAMETERS: [points.setIssuanceBudget.signature],
        EDITOR: [points.setContractURI.signature],
    }
    for role, selectors in roles.items():
        authority.setTargetFunctionRole(points, selectors, role, {"from": brand})
    authority.grantRole(ISSUER, issuer, 0, {"from": brand})
    authority.grantRole(PARAMETERS, brand, 0, {"from": brand})
    authority.grantRole(EDITOR, brand, 0, {"from": brand})
    return points


def domain_of(points: Any, chain_id: int) -> Domain:
    """Where a signature over ``points``' messages is good."""
    return Domain(name=NAME, chain_id=chain_id, contract=points.address)


def deploy_distributor(deployer: Any, authority: Any, points: Any, brand: Any, minimum_delay: int = 0) -> Any:
    """Deploys a distributor of ``points`` that issues to itself; whoever issues points publishes its roots."""
    from brownie import PointsDistributor

    distributor = deployer.deploy(PointsDistributor, authority, points, minimum_delay)
    publishing = [distributor.publish.signature, distributor.discardPending.signature]
    authority.setTargetFunctionRole(distributor, publishing, ISSUER, {"from": brand})
    authority.grantRole(ISSUER, distributor, 0, {"from": brand})
    return distributor
