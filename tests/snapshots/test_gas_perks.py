"""What the acts of PerkDesk cost."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import DAY, DEADLINE, NATIVE, REF, SILVER, SILVER_PRICE
from tests.support.clock import mine_at
from tests.support.signing import signed_by
from web3crm.chain.typed_data import perk_redeem

CARD = 3
SERVED, DELIVERED, TOLD = range(3)
TEN = 10


@pytest.fixture(scope="module")
def desk(desk, cards, alice):
    """Alice has a card of the tier with perks."""
    cards.buy(SILVER, alice, NATIVE, SILVER_PRICE, {"from": alice, "value": SILVER_PRICE})
    assert cards.cardCount() == CARD
    return desk


def redeem(desk, alice, perk_id):
    return desk.redeemPerk(CARD, perk_id, REF, {"from": alice})


def test_service_first(desk, alice, gas):
    gas("perk: redeem a service, the card's first", redeem(desk, alice, SERVED))


def test_service_again(desk, alice, gas):
    redeem(desk, alice, SERVED)
    gas("perk: redeem a service, again in the window", redeem(desk, alice, SERVED))


def test_service_next_window(desk, alice, chain, gas):
    redeem(desk, alice, SERVED)
    mine_at(chain[-1].timestamp + DAY)
    gas("perk: redeem a service, in the next window", redeem(desk, alice, SERVED))


def test_goods_first(desk, alice, gas):
    gas("perk: redeem goods, the card's first", redeem(desk, alice, DELIVERED))


def test_goods_again(desk, alice, gas):
    redeem(desk, alice, DELIVERED)
    gas("perk: redeem goods, again in the window", redeem(desk, alice, DELIVERED))


def test_told(desk, alice, gas):
    redeem(desk, alice, TOLD)
    gas("perk: redeem a service that a contract is told of, again in the window", redeem(desk, alice, TOLD))


def test_signed(desk, domain, alice, relayer, gas):
    redeem(desk, alice, SERVED)
    message = perk_redeem(
        domain=domain(desk, "PerkDesk"),
        holder=alice.address,
        card_id=CARD,
        tier_id=SILVER,
        perk_id=SERVED,
        ref=REF,
        nonce=1,
        deadline=DEADLINE,
    )
    tx = desk.redeemPerkBySig(alice, CARD, SERVED, REF, 1, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("perk: redeem a service by signature, again in the window, first nonce of a word", tx)


def test_cancel(desk, alice, gas):
    number = redeem(desk, alice, DELIVERED).return_value
    gas("perk: cancel a redemption of goods", desk.cancelRedemption(number, {"from": alice}))


def test_confirm(desk, brand, alice, gas):
    numbers = [redeem(desk, alice, DELIVERED).return_value for _ in range(TEN)]
    gas("perk: confirm a delivery, ten in a call", desk.confirmDelivery(numbers, {"from": brand}), per=TEN)
