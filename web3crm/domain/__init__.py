"""Frozen dataclasses and pure rules of the domain. Imports nothing of ours but the errors."""

from web3crm.domain.amounts import (
    DECIMALS,
    MAX_UINT256,
    NATIVE,
    Price,
    duration_text,
    parse_amount,
    parse_duration,
    units_text,
)
from web3crm.domain.perks import NOTHING_LEFT, RedemptionNumber, perks_left, perks_text, perks_word
from web3crm.domain.roles import FUNCTION_ROLES, PUBLIC_ROLE, STAFF_ROLES, FunctionRole, Role
from web3crm.domain.tiers import Card, Tier, TierParams, Upgrade, royalty

__all__ = [
    "DECIMALS",
    "FUNCTION_ROLES",
    "MAX_UINT256",
    "NATIVE",
    "NOTHING_LEFT",
    "PUBLIC_ROLE",
    "STAFF_ROLES",
    "Card",
    "FunctionRole",
    "Price",
    "RedemptionNumber",
    "Role",
    "Tier",
    "TierParams",
    "Upgrade",
    "duration_text",
    "parse_amount",
    "parse_duration",
    "perks_left",
    "perks_text",
    "perks_word",
    "royalty",
    "units_text",
]
