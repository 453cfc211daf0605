"""The constructor

given an authority that is no contract
    it should refuse
given points, cards or a distributor that are no contract
    it should refuse
otherwise
    it should know them, and have neither rewards nor orders
"""

from __future__ import annotations

import pytest
from brownie import RewardCatalog

from tests.support.reverting import reverts

NOBODY = "0x" + "00" * 20


def test_refuses_an_authority_that_is_no_contract(deployer, points, cards, distributor, stranger):
    with reverts("AccessManagedInvalidAuthority", stranger):
        deployer.deploy(RewardCatalog, stranger, points, cards, distributor)


@pytest.mark.parametrize("place", [0, 1, 2], ids=["points", "cards", "distributor"])
@pytest.mark.parametrize("someone", [NOBODY, "0x" + "a1" * 20], ids=["zero", "no contract"])
def test_refuses_parts_that_are_no_contract(deployer, authority, points, cards, distributor, place, someone):
    parts = [points, cards, distributor]
    parts[place] = someone

    with reverts("RewardCatalog_NoContract", someone):
        deployer.deploy(RewardCatalog, authority, *parts)


def test_knows_its_parts(deployer, authority, points, cards, distributor):
    catalog = deployer.deploy(RewardCatalog, authority, points, cards, distributor)

    assert (catalog.points(), catalog.cards(), catalog.distributor()) == (points, cards, distributor)
    assert catalog.authority() == authority
    assert (catalog.rewardCount(), catalog.orderCount()) == (0, 0)
