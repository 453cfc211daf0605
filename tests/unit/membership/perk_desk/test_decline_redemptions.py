"""PerkDesk.declineRedemptions

given somebody without the role
    it should refuse
given staff of the brand
    it should cancel what waits for delivery, give the uses back and announce it
    it should pass over what was delivered, cancelled before, has nothing to deliver or is not there, or comes twice
    it should do nothing for an empty list
"""

from __future__ import annotations

import pytest

from tests.support.perks import (
    ALL_OF_SILVER,
    CANCELLED,
    COFFEE,
    DONE,
    MUG,
    NONE,
    number_of,
    redeem,
)
from tests.support.reverting import reverts


@pytest.fixture
def mugs(desk, silver, alice):
    """The numbers of Alice's two open redemptions."""
    return [redeem(desk, silver, MUG, alice) for _ in range(2)]


def test_refuses_strangers(desk, mugs, alice):
    with reverts("AccessManagedUnauthorized", alice):
        desk.declineRedemptions(mugs, {"from": alice})


def test_cancels_what_waits(desk, left, silver, mugs, issuer):
    tx = desk.declineRedemptions(mugs, {"from": issuer})
    assert tx.return_value == 2
    assert left(silver) == ALL_OF_SILVER
    assert [desk.redemption(number)[3] for number in mugs] == [CANCELLED, CANCELLED]
    assert [dict(event) for event in tx.events["RedemptionCancelled"]] == [
        {"redemptionId": "0x" + number.hex(), "by": issuer} for number in mugs
    ]
    assert len(tx.events["Cancel"]) == 2


def test_passes_over_what_does_not_wait(desk, silver, mugs, issuer, alice):
    coffee, unknown = redeem(desk, silver, COFFEE, alice), number_of(silver, MUG, 3)
    desk.confirmDelivery(mugs[:1], {"from": issuer})
    tx = desk.declineRedemptions([coffee, mugs[0], unknown, mugs[1], mugs[1]], {"from": issuer})
    assert tx.return_value == 1
    assert [desk.redemption(number)[3] for number in (coffee, *mugs, unknown)] == [DONE, DONE, CANCELLED, NONE]


def test_does_nothing_for_an_empty_list(desk, issuer):
    assert desk.declineRedemptions([], {"from": issuer}).return_value == 0
