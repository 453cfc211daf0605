"""MembershipCard as an ERC-721.

given cards of a tier that can be passed on
    it should behave as ``tests/behaviours/erc721.py`` says
"""

from __future__ import annotations

import pytest

from tests.behaviours.erc721 import BehavesLikeERC721
from tests.support.cards import SILVER


class TestMembershipCard(BehavesLikeERC721):
    @pytest.fixture(scope="class")
    @classmethod
    def tokens(cls, cards):
        return cards

    @pytest.fixture(scope="class")
    @classmethod
    def mint(cls, cards, issuer):
        def mint(holder):
            cards.grantCard(holder, SILVER.tier_id, {"from": issuer})
            return cards.cardCount()

        return mint
