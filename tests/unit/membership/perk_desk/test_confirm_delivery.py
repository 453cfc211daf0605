"""PerkDesk.confirmDelivery

given somebody without the role
    it should refuse
given staff of the brand
    it should confirm and announce what waits for delivery, also of a card that was sold or has ended
    it should pass over what was cancelled in front, and confirm the others
    it should pass over what was confirmed before, has nothing to deliver or is not there
    it should not change what the card has left
"""

from __future__ import annotations

import pytest

from tests.support.cards import expire
from tests.support.perks import CANCELLED, COFFEE, DONE, MUG, NONE, number_of, redeem
from tests.support.reverting import reverts


@pytest.fixture
def mugs(desk, silver, alice):
    """The numbers of Alice's two open redemptions."""
    return [redeem(desk, silver, MUG, alice) for _ in range(2)]


def test_refuses_strangers(desk, mugs, alice):
    with reverts("AccessManagedUnauthorized", alice):
        desk.confirmDelivery(mugs, {"from": alice})


def test_confirms_what_waits(desk, left, silver, mugs, issuer, alice):
    before = left(silver)
    tx = desk.confirmDelivery(mugs, {"from": issuer})
    assert tx.return_value == 2
    assert [desk.redemption(number)[3:] for number in mugs] == [(DONE, alice)] * 2
    assert [dict(event) for event in tx.events["DeliveryConfirmed"]] == [
        {"redemptionId": "0x" + number.hex()} for number in mugs
    ]
    assert left(silver) == before


def test_confirms_for_a_card_that_was_sold_and_has_ended(cards, desk, silver, mugs, issuer, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    expire(cards, silver)
    assert desk.confirmDelivery(mugs, {"from": issuer}).return_value == 2


@pytest.mark.parametrize("cancelled", [0, 1])
def test_passes_over_what_was_cancelled_in_front(desk, mugs, issuer, alice, cancelled):
    desk.cancelRedemption(mugs[cancelled], {"from": alice})
    tx = desk.confirmDelivery(mugs, {"from": issuer})
    assert tx.return_value == 1
    assert desk.redemption(mugs[cancelled])[3] == CANCELLED
    assert desk.redemption(mugs[1 - cancelled])[3] == DONE


def test_passes_over_what_does_not_wait(desk, silver, mugs, issuer, alice):
    coffee, unknown = redeem(desk, silver, COFFEE, alice), number_of(silver, MUG, 3)
    tx = desk.confirmDelivery([mugs[0], mugs[0], coffee, unknown], {"from": issuer})
    assert tx.return_value == 1
    assert len(tx.events["DeliveryConfirmed"]) == 1
    assert desk.redemption(unknown)[3] == NONE
