"""PerkDesk's constructor

given an authority and a collection
    it should serve the one and obey the other
"""

from __future__ import annotations


def test_knows_its_cards_and_its_authority(empty_desk, cards, authority):
    assert empty_desk.cards() == cards
    assert empty_desk.authority() == authority
