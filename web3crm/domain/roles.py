"""The roles of a programme: their numbers, what each may call, and the words they go by.

This is the one place where role ids live. The deployment writes them to the programme's ``ProgramAuthority`` and
labels them there; verification reads them back. A restricted function that no role is set for belongs to the admin.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["FUNCTION_ROLES", "PUBLIC_ROLE", "STAFF_ROLES", "FunctionRole", "Role"]

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

    @property
    def label(self) -> str:
        """The name the deployment writes on chain."""
        return self.name


STAFF_ROLES = (Role.ISSUER, Role.MEMBERSHIP, Role.TREASURER, Role.PRIVACY, Role.EDITOR)
"""The roles a parameter file gives holders to. ``ADMIN`` has one holder, ``PARAMETERS`` belongs to the timelock."""


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
    FunctionRole(
        "MembershipCard",
        Role.MEMBERSHIP,
        ("defineTier", "setTierPrice", "setUpgradePrice", "setTierOnSale", "grantCard"),
    ),
    FunctionRole("MembershipCard", Role.TREASURER, ("withdraw",)),
    FunctionRole("MembershipCard", Role.EDITOR, ("setContractURI", "setTierURI")),
    # The commons know the brand by its authority's address: staff reach them through `authority.execute`.
    FunctionRole("ConsentRegistry", Role.PRIVACY, ("publishNotice", "acknowledgeErasure")),
    FunctionRole("KeyDirectory", Role.PRIVACY, ("publish", "revoke")),
)
"""What each role may call.

Functions of the commons are called through the authority, so that the brand is the caller.
"""
