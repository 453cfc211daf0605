"""What the acts of MembershipCard cost."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import (
    DEADLINE,
    GOLD,
    NATIVE,
    POINT,
    REF,
    SILVER,
    SILVER_COINS,
    SILVER_POINTS,
    SILVER_PRICE,
    UPGRADE_PRICE,
)
from tests.support.signing import signed_by
from web3crm.chain.typed_data import card_transfer


@pytest.fixture
def alices_card(cards, alice):
    """Alice's only card."""
    return buy(cards, alice).return_value


@pytest.fixture
def alices_cards(cards, alice, alices_card):
    """Alice's second of two cards."""
    return buy(cards, alice).return_value


def buy(cards, customer):
    return cards.buy(SILVER, customer, NATIVE, SILVER_PRICE, {"from": customer, "value": SILVER_PRICE})


def test_buy_new_member(cards, alice, gas):
    gas("card: buy in native coin, new member", buy(cards, alice))


def test_buy_another(cards, alices_card, alice, gas):
    gas("card: buy in native coin, member already", buy(cards, alice))


def test_buy_in_points(cards, points, issuer, alice, bob, gas):
    points.issueBatch([alice, bob], [1_000 * POINT] * 2, REF, {"from": issuer})
    points.approve(cards, 2**256 - 1, {"from": alice})
    points.redeem(POINT, REF, {"from": bob})
    gas("card: buy in points, new member", cards.buy(SILVER, alice, points, SILVER_POINTS, {"from": alice}))


def test_buy_in_an_erc20(cards, coin, alice, bob, gas):
    for customer in (alice, bob):
        coin.mint(customer, 10 * SILVER_COINS, {"from": customer})
        coin.approve(cards, 2**256 - 1, {"from": customer})
    cards.buy(SILVER, bob, coin, SILVER_COINS, {"from": bob})
    gas("card: buy in an ERC-20, new member", cards.buy(SILVER, alice, coin, SILVER_COINS, {"from": alice}))


def test_grant(cards, brand, alice, gas):
    gas("card: grant, new member", cards.grantCard(alice, SILVER, {"from": brand}))


def test_renew(cards, alices_card, alice, gas):
    tx = cards.renew(alices_card, 1, NATIVE, SILVER_PRICE, {"from": alice, "value": SILVER_PRICE})
    gas("card: renew in native coin", tx)


def test_renew_in_points(cards, alices_card, points, issuer, alice, bob, gas):
    points.issueBatch([alice, bob], [1_000 * POINT] * 2, REF, {"from": issuer})
    points.approve(cards, 2**256 - 1, {"from": alice})
    points.redeem(POINT, REF, {"from": bob})
    gas("card: renew in points", cards.renew(alices_card, 1, points, SILVER_POINTS, {"from": alice}))


def test_upgrade(cards, alices_card, alice, gas):
    tx = cards.upgrade(alices_card, GOLD, NATIVE, UPGRADE_PRICE, {"from": alice, "value": UPGRADE_PRICE})
    gas("card: upgrade in native coin", tx)


def test_transfer_to_a_new_holder(cards, alices_cards, alice, bob, gas):
    tx = cards.transferFrom(alice, bob, alices_cards, {"from": alice})
    gas("card: transfer to a new holder, sender keeps others", tx)


def test_transfer_to_a_holder(cards, alices_cards, alice, carol, gas):
    tx = cards.transferFrom(alice, carol, alices_cards, {"from": alice})
    gas("card: transfer to a holder of others, sender keeps others", tx)


def test_transfer_signed(cards, alices_cards, domain, alice, bob, relayer, gas):
    message = card_transfer(
        domain=domain(cards, "MembershipCard"),
        from_=alice.address,
        to=bob.address,
        card_id=alices_cards,
        nonce=0,
        deadline=DEADLINE,
    )
    signature = signed_by(alice, message)
    tx = cards.transferBySig(alice, bob, alices_cards, 0, DEADLINE, signature, {"from": relayer})
    gas("card: transfer by signature to a new holder, first nonce of a word", tx)
