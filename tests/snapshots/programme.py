"""What the gas scenarios agree on. All of it constant: calldata, and so gas, must not change from run to run."""

from __future__ import annotations

POINT = 10**18
BUDGET = 10**9 * POINT
DAY = 86_400
MONTH = 30 * DAY
YEAR = 365 * DAY
NATIVE = "0x" + "00" * 20
ISSUER, PARAMETERS = 1, 5

SILVER, GOLD = 1, 2
SILVER_PRICE = 10**16
SILVER_POINTS = 100 * POINT
SILVER_COINS = 25 * 10**6
UPGRADE_PRICE = 8 * 10**16

SERVICE, PHYSICAL = 0, 2

REF = b"\x22" * 32
DIGEST = b"\x33" * 32
OTHER_DIGEST = b"\x44" * 32
RECIPIENT = b"\x55" * 32
OTHER_RECIPIENT = b"\x66" * 32
ALL = 2**64 - 1
"""Every one of the 64 purposes, or data classes."""
EIGHT = 0xFF
"""The first eight of them."""
DEADLINE = 4_102_444_800
"""2100-01-01: a deadline and an expiry that do not pass."""
