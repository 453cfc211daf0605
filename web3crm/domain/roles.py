"""The roles of a programme: their numbers, what each may call, and the words they go by.

This is the one place where role ids live. The deployment writes them to the programme's ``ProgramAuthority`` and
labels them there; verification reads them back. A restricted function that no role is set for belongs to the admin.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "CONTRACT_ROLES",
    "FUNCTION_ROLES",
    "HANDED_OVER",
    "PUBLIC_ROLE",
    "STAFF_ROLES",
    "FunctionRole",
    "Role",
]

PUBLIC_ROLE = 2**64 - 1
"""``AccessManager``'s role that everybody holds. A programme gives it nothing."""


class Role(IntEnum):
    """Who may act for a brand. The value is the role's id on chain."""

    ADMIN = 0
    ISSUER = 1
    MEMBERSHIP = 2
    TREASURER = 3
    PRIVACY = 4
    PARAMETERS = 5
    EDITOR = 6
    FULFILMENT = 7
    REFUNDER = 8
    TIERS = 9
    EXCHANGE = 10
    ACCESS = 11

    @property
    def label(self) -> str:
        """The name the deployment writes on chain."""
        return self.name


STAFF_ROLES = (
    Role.ISSUER,
    Role.MEMBERSHIP,
    Role.TREASURER,
    Role.PRIVACY,
    Role.EDITOR,
    Role.FULFILMENT,
    Role.TIERS,
    Role.EXCHANGE,
    Role.ACCESS,
)
"""The roles a parameter file gives holders to.

``ADMIN`` has one holder, ``PARAMETERS`` belongs to the timelock, ``REFUNDER`` to a contract.
"""

CONTRACT_ROLES: tuple[tuple[Role, str], ...] = (
    (Role.ISSUER, "PointsDistributor"),
    (Role.REFUNDER, "RewardCatalog"),
    (Role.MEMBERSHIP, "RewardCatalog"),
)
"""The programme's own contracts that hold a role: to mint what a matured root promised, to give back what was redeemed,
to grant the card that a reward is. None of them can make any other call with it.
"""

HANDED_OVER = frozenset(STAFF_ROLES) - {Role.PRIVACY}
"""The roles that the DAO's timelock may be given in the place of staff.

Not ``PRIVACY``: somebody must answer to the customer for notices and erasures, and no vote may reach them. Not
``ADMIN``, which could give itself that role.
"""


@dataclass(frozen=True)
class FunctionRole:
    """``role`` may call ``functions`` of ``contract`` (a contract's name)."""

    contract: str
    role: Role
    functions: tuple[str, ...]


FUNCTION_ROLES: tuple[FunctionRole, ...] = (
    FunctionRole("LoyaltyPoints", Role.ISSUER, ("issue", "issueBatch")),
    FunctionRole("LoyaltyPoints", Role.PARAMETERS, ("setIssuanceBudget",)),
    FunctionRole("LoyaltyPoints", Role.EDITOR, ("setContractURI",)),
    FunctionRole("LoyaltyPoints", Role.REFUNDER, ("refund",)),
    FunctionRole("PointsDistributor", Role.ISSUER, ("publish", "discardPending")),
    FunctionRole("RewardCatalog", Role.MEMBERSHIP, ("addReward", "restock", "closeReward")),
    FunctionRole("RewardCatalog", Role.FULFILMENT, ("fulfil", "refund")),
    FunctionRole("MembershipCard", Role.TIERS, ("defineTier", "setTierPrice", "setUpgradePrice", "setTierOnSale")),
    FunctionRole("MembershipCard", Role.MEMBERSHIP, ("grantCard",)),
    FunctionRole("MembershipCard", Role.TREASURER, ("withdraw",)),
    FunctionRole("MembershipCard", Role.EDITOR, ("setContractURI", "setTierURI")),
    FunctionRole("PerkDesk", Role.TIERS, ("definePerk", "retirePerk")),
    FunctionRole("PerkDesk", Role.FULFILMENT, ("confirmDelivery", "declineRedemptions")),
    # The commons know the brand by its authority's address: staff reach them through `authority.execute`.
    FunctionRole("ConsentRegistry", Role.PRIVACY, ("publishNotice", "acknowledgeErasure")),
    FunctionRole("KeyDirectory", Role.PRIVACY, ("publish", "revoke")),
    FunctionRole("PointsExchange", Role.EXCHANGE, ("agree", "disagree")),
    FunctionRole("PointsExchange", Role.TREASURER, ("setRate", "setOpen", "announceWithdrawal", "withdraw")),
    FunctionRole("DataAccess", Role.ACCESS, ("offer", "retract", "close")),
    FunctionRole("DataAccess", Role.TREASURER, ("withdraw",)),
)
"""What each role may call.

Functions of the commons are called through the authority, so that the brand is the caller.
"""
