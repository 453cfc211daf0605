"""MembershipCard.grantCard

given somebody without the role
    it should refuse
given staff of the brand
    when the tier is unknown
        it should refuse
    when the tier is full
        it should refuse
    when the card would go to nobody
        it should refuse
    when the recipient is a contract that takes no cards
        it should refuse
    when all is well
        it should mint the next card with a term that starts now, on sale or not
        it should tell a receiving contract
"""

from __future__ import annotations

from tests.support.cards import CLOSED, FOUNDER, GOLD, NEVER, NOBODY, SILVER, UNKNOWN_TIER
from tests.support.reverting import reverts


def test_refuses_strangers(cards, stranger):
    with reverts("AccessManagedUnauthorized", stranger):
        cards.grantCard(stranger, SILVER.tier_id, {"from": stranger})


def test_refuses_unknown_tiers(cards, alice, issuer):
    with reverts("MembershipCard_UnknownTier", UNKNOWN_TIER):
        cards.grantCard(alice, UNKNOWN_TIER, {"from": issuer})


def test_refuses_when_the_tier_is_full(cards, alice, issuer):
    cards.grantCard(alice, GOLD.tier_id, {"from": issuer})
    cards.grantCard(alice, GOLD.tier_id, {"from": issuer})
    with reverts("MembershipCard_SoldOut", GOLD.tier_id):
        cards.grantCard(alice, GOLD.tier_id, {"from": issuer})


def test_refuses_nobody(cards, issuer):
    with reverts("TransferToZeroAddress"):
        cards.grantCard(NOBODY, SILVER.tier_id, {"from": issuer})


def test_refuses_contracts_that_take_no_cards(cards, points, issuer):
    with reverts("ERC721InvalidReceiver", points):
        cards.grantCard(points, SILVER.tier_id, {"from": issuer})


def test_grants_a_card(cards, alice, issuer):
    tx = cards.grantCard(alice, CLOSED.tier_id, {"from": issuer})
    assert cards.ownerOf(1) == alice
    assert cards.balanceOf(alice) == cards.cardCount() == cards.tier(CLOSED.tier_id)[3] == 1
    assert cards.cardOf(1) == (CLOSED.tier_id, tx.timestamp, tx.timestamp + CLOSED.period)
    assert tx.events["Transfer"] == {"from": NOBODY, "to": alice, "id": 1}
    assert tx.events["CardGranted"] == {"cardId": 1, "tierId": CLOSED.tier_id}
    assert tx.events["SubscriptionUpdate"] == {"tokenId": 1, "expiration": tx.timestamp + CLOSED.period}


def test_grants_a_card_that_never_expires(cards, alice, issuer):
    tx = cards.grantCard(alice, FOUNDER.tier_id, {"from": issuer})
    assert cards.cardOf(1) == (FOUNDER.tier_id, tx.timestamp, NEVER)


def test_tells_a_receiving_contract(cards, receiver, issuer):
    cards.grantCard(receiver, SILVER.tier_id, {"from": issuer})
    assert cards.ownerOf(1) == receiver
    assert (receiver.operator(), receiver.sender(), receiver.tokenId()) == (issuer, NOBODY, 1)
