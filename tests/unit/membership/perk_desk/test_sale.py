"""A card's perks around its sale on the market

given a card whose perks were used before the sale
    the buyer should have what is left, and not a use more
given an order that pins what is left
    it should be filled when nothing was used, and leave the buyer at least that
    it should not be filled when the seller used a perk in front of it, nor say that it is open
    it should be filled again when the use was cancelled in time, or a new window has begun
    it should not be filled when the card was cancelled, or upgraded in front of it
    it should be filled when more is left than it says
given an order that pins nothing
    it should be filled whatever was used
given goods that the seller redeemed before the sale
    they should be the seller's: she may cancel them after it, and the buyer has one use more
    it should not lower what the buyer has, whatever the seller does
given a buyer who uses the card and sells it on
    the next one should have what is left then
"""

from __future__ import annotations

import pytest
from brownie import chain

from tests.support.cards import DAY, GOLD, NATIVE, SILVER, UPGRADE_PRICE
from tests.support.perks import ALL_OF_SILVER, CODE, COFFEE, MUG, redeem
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import OPEN, PERKS_USED, as_struct
from web3crm.chain.typed_data import Domain, market_order
from web3crm.domain import NOTHING_LEFT, perks_left, perks_word

PRICE = 10**16


@pytest.fixture
def sale(cards, desk, market, silver, alice):
    """Alice lets the market sell her card; builds an order of hers with a pin, by default on all that is left."""
    cards.setApprovalForAll(market, True, {"from": alice})

    def build(seller=alice, pin=None, tier_id=SILVER.tier_id):
        return market_order(
            domain=Domain("CardMarket", chain.id, market.address),
            seller=seller.address,
            collection=cards.address,
            card_id=silver,
            currency=NATIVE,
            price=PRICE,
            buyer=NATIVE,
            tier_id=tier_id,
            min_expires_at=0,
            perk_desk=desk.address,
            perks_left=bytes(desk.perksLeft(silver)) if pin is None else pin,
            expires_at=2**40 - 1,
            counter=0,
            nonce=1,
        )

    return build


@pytest.fixture
def buy_order(market, alice, bob):
    def buy(order, seller=alice, buyer=bob):
        return market.buy(as_struct(order), signed_by(seller, order), buyer, {"from": buyer, "value": PRICE})

    return buy


@pytest.fixture
def status(market, alice):
    return lambda order: market.orderStatus(as_struct(order), signed_by(alice, order))


def test_the_buyer_has_what_is_left(desk, left, silver, sale, buy_order, alice, bob):
    redeem(desk, silver, CODE, alice)
    redeem(desk, silver, COFFEE, alice)
    buy_order(sale())
    assert left(silver) == {COFFEE.perk_id: 2, MUG.perk_id: 2}
    with reverts("PerkDesk_NoneLeft", silver, CODE.perk_id):
        redeem(desk, silver, CODE, bob)
    for perk in (COFFEE, COFFEE, MUG, MUG):
        redeem(desk, silver, perk, bob)
    assert left(silver) == {}


def test_the_seller_has_nothing_after_it(desk, silver, sale, buy_order, alice):
    buy_order(sale())
    with reverts("PerkDesk_NotHolder", silver, alice):
        redeem(desk, silver, COFFEE, alice)


def test_is_filled_when_nothing_was_used(cards, left, silver, sale, buy_order, status, bob):
    order = sale()
    assert (perks_left(order.message["perksLeft"]), status(order)) == (ALL_OF_SILVER, OPEN)
    buy_order(order)
    assert cards.ownerOf(silver) == bob
    assert left(silver) == ALL_OF_SILVER


@pytest.mark.parametrize("perk", [COFFEE, CODE, MUG], ids=["service", "digital", "physical"])
def test_is_not_filled_when_the_seller_used_a_perk_in_front(
    cards, desk, silver, sale, buy_order, status, alice, bob, perk
):
    order, before = sale(), bob.balance()
    redeem(desk, silver, perk, alice)
    assert status(order) == PERKS_USED
    with reverts("CardMarket_PerksUsed", silver, desk, order.message["perksLeft"]):
        buy_order(order)
    assert cards.ownerOf(silver) == alice
    assert before - bob.balance() < PRICE


def test_is_filled_once_the_use_was_cancelled(cards, desk, silver, sale, buy_order, alice, bob):
    order = sale()
    desk.cancelRedemption(redeem(desk, silver, MUG, alice), {"from": alice})
    buy_order(order)
    assert cards.ownerOf(silver) == bob


def test_is_filled_in_a_new_window(cards, desk, left, silver, sale, buy_order, status, alice, bob):
    order = sale()
    redeem(desk, silver, COFFEE, alice)
    assert status(order) == PERKS_USED
    chain.sleep(8 * DAY)
    buy_order(order)
    assert left(silver) == ALL_OF_SILVER


def test_is_filled_when_more_is_left(left, silver, sale, buy_order):
    buy_order(sale(pin=perks_word({COFFEE.perk_id: 1})))
    assert left(silver) == ALL_OF_SILVER


def test_is_not_filled_once_the_card_was_cancelled(cards, desk, silver, sale, buy_order, alice):
    order = sale()
    cards.cancelSubscription(silver, {"from": alice})
    with reverts("CardMarket_PerksUsed", silver, desk, order.message["perksLeft"]):
        buy_order(order)


def test_is_not_filled_once_the_card_was_upgraded(cards, desk, silver, sale, buy_order, issuer, alice):
    """Another tier's perks may pass for those that were pinned: it is the tier's pin that catches it."""
    order, careless = sale(), sale(tier_id=0, pin=perks_word({COFFEE.perk_id: 3}))
    cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": issuer})
    cards.upgrade(silver, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": alice, "value": UPGRADE_PRICE})
    with reverts("CardMarket_TermsChanged", silver, SILVER.tier_id, 0):
        buy_order(order)
    buy_order(careless)


def test_pins_nothing_if_it_says_so(cards, desk, silver, sale, buy_order, alice, bob):
    order = sale(pin=NOTHING_LEFT)
    for perk in (COFFEE, CODE, MUG):
        redeem(desk, silver, perk, alice)
    buy_order(order)
    assert cards.ownerOf(silver) == bob


def test_goods_stay_the_sellers(desk, left, silver, sale, buy_order, alice, bob):
    number = redeem(desk, silver, MUG, alice)
    buy_order(sale())
    with reverts("PerkDesk_NotRedeemer", number, bob):
        desk.cancelRedemption(number, {"from": bob})
    desk.cancelRedemption(number, {"from": alice})
    assert left(silver) == ALL_OF_SILVER
    with reverts("PerkDesk_NotHolder", silver, alice):
        redeem(desk, silver, MUG, alice)


def test_goes_on_to_the_next_buyer(cards, desk, left, market, silver, sale, buy_order, alice, bob, carol):
    redeem(desk, silver, COFFEE, alice)
    buy_order(sale())
    redeem(desk, silver, COFFEE, bob)
    cards.setApprovalForAll(market, True, {"from": bob})
    buy_order(sale(seller=bob), seller=bob, buyer=carol)
    assert left(silver) == {COFFEE.perk_id: 1, CODE.perk_id: 1, MUG.perk_id: 2}
    cards.transferFrom(carol, alice, silver, {"from": carol})
    redeem(desk, silver, COFFEE, alice)
    with reverts("PerkDesk_NoneLeft", silver, COFFEE.perk_id):
        redeem(desk, silver, COFFEE, alice)
