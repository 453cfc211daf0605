"""Tiers and cards as pure values.

given a card
    it should be active from its start until just before its expiry
    when it never expires
        it should be active from its start on
given a tier
    it should say how many cards are left
given a sale
    the royalty should be rounded down
    when the royalty is more than the whole price
        it should be refused
"""

from __future__ import annotations

import pytest

from web3crm.domain import Card, Tier, royalty
from web3crm.errors import InputError

OWNER = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


@pytest.mark.parametrize(("at", "active"), [(99, False), (100, True), (199, True), (200, False)])
def test_a_card_is_active_until_just_before_its_expiry(at: int, active: bool) -> None:
    card = Card(card_id=1, owner=OWNER, tier_id=1, starts_at=100, expires_at=200)
    assert card.is_active(at) is active


@pytest.mark.parametrize(("at", "active"), [(99, False), (100, True), (2**40, True)])
def test_a_card_that_never_expires_is_active_from_its_start(at: int, active: bool) -> None:
    card = Card(card_id=1, owner=OWNER, tier_id=1, starts_at=100, expires_at=0)
    assert card.is_active(at) is active


def test_a_tier_says_how_many_cards_are_left() -> None:
    tier = Tier(
        tier_id=1,
        native_price=1,
        period=0,
        max_supply=10,
        supply=4,
        royalty_bps=0,
        transferable=True,
        on_sale=True,
        uri="ipfs://x",
    )
    assert tier.left == 6


@pytest.mark.parametrize(("price", "bps", "share"), [(10_000, 250, 250), (399, 250, 9), (1, 9_999, 0), (7, 10_000, 7)])
def test_a_royalty_is_rounded_down(price: int, bps: int, share: int) -> None:
    assert royalty(price, bps) == share


@pytest.mark.parametrize("bps", [-1, 10_001])
def test_a_royalty_outside_the_price_is_refused(bps: int) -> None:
    with pytest.raises(InputError, match="basis points"):
        royalty(100, bps)
