"""MembershipCard.setTierURI, setContractURI, tokenURI, contractURI, name, symbol

given somebody without the role
    it should refuse both setters
given staff of the brand
    when a tier is unknown
        it should refuse its metadata
    when a tier gets new metadata
        every card in it should show them, and marketplaces should hear of it (ERC-4906)
    when the collection gets new metadata
        it should show them and announce it (ERC-7572)
given anyone
    when a card does not exist
        it should have no metadata
"""

from __future__ import annotations

from tests.support.cards import GOLD, SILVER, UNKNOWN_TIER, buy
from tests.support.reverting import reverts


def test_refuses_tier_metadata_from_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.setTierURI(SILVER.tier_id, "ipfs://fake", {"from": stranger})


def test_refuses_collection_metadata_from_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.setContractURI("ipfs://fake", {"from": stranger})


def test_refuses_metadata_of_unknown_tiers(cards, issuer):
    with reverts("MembershipCard_UnknownTier", UNKNOWN_TIER):
        cards.setTierURI(UNKNOWN_TIER, "ipfs://new", {"from": issuer})


def test_changes_the_metadata_of_a_tier(cards, issuer, alice):
    silver, gold = buy(cards, SILVER, alice), buy(cards, GOLD, alice)
    tx = cards.setTierURI(SILVER.tier_id, "ipfs://new", {"from": issuer})
    assert cards.tokenURI(silver) == "ipfs://new"
    assert cards.tokenURI(gold) == GOLD.uri
    assert tx.events["TierURIChanged"] == {"tierId": SILVER.tier_id, "uri": "ipfs://new"}
    assert tx.events["BatchMetadataUpdate"] == {"fromTokenId": 1, "toTokenId": 2**256 - 1}


def test_changes_the_metadata_of_the_collection(cards, issuer):
    tx = cards.setContractURI("ipfs://new", {"from": issuer})
    assert cards.contractURI() == "ipfs://new"
    assert "ContractURIUpdated" in tx.events


def test_has_its_names(cards, points, authority):
    assert (cards.name(), cards.symbol(), cards.contractURI()) == ("Coffee club", "CLUB", "ipfs://club")
    assert (cards.points(), cards.authority()) == (points, authority)


def test_has_no_metadata_of_missing_cards(cards):
    with reverts("TokenDoesNotExist"):
        cards.tokenURI(1)
