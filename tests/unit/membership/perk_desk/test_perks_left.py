"""PerkDesk.perksLeft and hasPerksLeft

given a card that does not exist
    both should refuse
given a card
    it should tell what is left of every perk of its tier, the first in the lowest bits, nothing of others
    it should have every pin that is at most that, perk by perk
    it should not have a pin that is more in any one, or of a perk that its tier does not have
    when its term is over
        it should have nothing left, and no pin but the empty one
given a tier with 32 perks of 255 uses
    it should tell them all
"""

from __future__ import annotations

import pytest

from tests.support.cards import NATIVE, SILVER, buy, expire
from tests.support.perks import COFFEE, MUG, SERVICE, redeem
from tests.support.reverting import reverts
from web3crm.domain import NOTHING_LEFT, perks_word


@pytest.fixture
def used(desk, silver, alice):
    """Alice's silver card with two coffees, a code and a mug left."""
    redeem(desk, silver, COFFEE, alice)
    redeem(desk, silver, MUG, alice)
    return silver


def test_refuses_a_card_that_does_not_exist(desk):
    with reverts("TokenDoesNotExist"):
        desk.perksLeft(1)
    with reverts("TokenDoesNotExist"):
        desk.hasPerksLeft(1, NOTHING_LEFT)


def test_tells_what_is_left(desk, used):
    assert bytes(desk.perksLeft(used)) == bytes(29) + b"\x01\x01\x02"


@pytest.mark.parametrize("pin", [{}, {0: 2}, {2: 1}, {0: 2, 1: 1, 2: 1}, {0: 1, 2: 1}])
def test_has_what_is_at_most_that(desk, used, pin):
    assert desk.hasPerksLeft(used, perks_word(pin))


@pytest.mark.parametrize("pin", [{0: 3}, {1: 2}, {0: 2, 1: 1, 2: 2}, {0: 255}, {3: 1}, {31: 1}, {0: 1, 31: 255}])
def test_has_not_what_is_more(desk, used, pin):
    assert not desk.hasPerksLeft(used, perks_word(pin))


@pytest.mark.parametrize(("pin", "has"), [({}, True), ({0: 1}, False)])
def test_has_nothing_once_its_term_is_over(cards, desk, used, pin, has):
    expire(cards, used)
    assert bytes(desk.perksLeft(used)) == NOTHING_LEFT
    assert desk.hasPerksLeft(used, perks_word(pin)) == has


def test_tells_of_32_perks_with_255_uses(cards, empty_desk, issuer, alice):
    card = buy(cards, SILVER, alice)
    for _ in range(32):
        empty_desk.definePerk(SILVER.tier_id, 255, 0, SERVICE, NATIVE, "", {"from": issuer})
    assert bytes(empty_desk.perksLeft(card)) == b"\xff" * 32
    assert empty_desk.hasPerksLeft(card, b"\xff" * 32)
    empty_desk.redeemPerk(card, 31, bytes(32), {"from": alice})
    assert bytes(empty_desk.perksLeft(card)) == b"\xfe" + b"\xff" * 31
    assert not empty_desk.hasPerksLeft(card, b"\xff" * 32)
