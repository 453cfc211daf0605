"""Frozen dataclasses and pure rules of the domain. Imports nothing of ours but the errors."""

from web3crm.domain.amounts import (
    DECIMALS,
    MAX_UINT256,
    NATIVE,
    Price,
    duration_text,
    parse_amount,
    parse_duration,
    parse_fraction,
    units_text,
)
from web3crm.domain.perks import (
    NOTHING_LEFT,
    PERKS_OF_A_TIER,
    PerkKind,
    PerkParams,
    RedemptionNumber,
    perks_left,
    perks_text,
    perks_word,
)
from web3crm.domain.rewards import OrderState, RewardParams
from web3crm.domain.roles import (
    CONTRACT_ROLES,
    FUNCTION_ROLES,
    HANDED_OVER,
    PUBLIC_ROLE,
    STAFF_ROLES,
    FunctionRole,
    Role,
)
from web3crm.domain.tiers import Card, Tier, TierParams, Upgrade, royalty

__all__ = [
    "CONTRACT_ROLES",
    "DECIMALS",
    "FUNCTION_ROLES",
    "HANDED_OVER",
    "MAX_UINT256",
    "NATIVE",
    "NOTHING_LEFT",
    "PERKS_OF_A_TIER",
    "PUBLIC_ROLE",
    "STAFF_ROLES",
    "Card",
    "FunctionRole",
    "OrderState",
    "PerkKind",
    "PerkParams",
    "Price",
    "RedemptionNumber",
    "RewardParams",
    "Role",
    "Tier",
    "TierParams",
    "Upgrade",
    "duration_text",
    "parse_amount",
    "parse_duration",
    "parse_fraction",
    "perks_left",
    "perks_text",
    "perks_word",
    "royalty",
    "units_text",
]
