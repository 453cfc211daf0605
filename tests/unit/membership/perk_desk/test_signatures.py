"""Every signature form of PerkDesk.

given an act of a holder
    when she signs it and somebody relays it
        it should behave as ``tests/behaviours/signatures.py`` says, form by form
given a signed redemption
    when the card does not exist
        it should refuse
    when the card was sold, in the same second or later
        it should refuse, whoever relays it
    when the card was passed on and came back
        it should be good, once, until its deadline
    when the card was upgraded
        it should refuse: the same number is another perk there
    when the perk is used up
        it should refuse and leave the nonce fresh
    it should be announced as the holder's, with what she said it is for
given a signed cancellation
    when the card was sold
        it should still be the redeemer's to cancel, and nobody else's
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.behaviours.signatures import AcceptsOnlyGoodSignatures, SignedAct
from tests.support.cards import FAR, GOLD, NATIVE, SILVER, UPGRADE_PRICE
from tests.support.perks import CANCELLED, CODE, COFFEE, MUG, OPEN, REF, domain_of_desk, number_of, redeem
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import perk_cancel_redemption, perk_redeem


@pytest.fixture(scope="module")
def give_card(cards, desk, issuer):
    """Grants a silver card to whoever signs; returns its number."""

    def give(holder):
        cards.grantCard(holder, SILVER.tier_id, {"from": issuer})
        return cards.cardCount()

    return give


class TestRedeemPerkBySig(AcceptsOnlyGoodSignatures):
    fields = ("holder", "cardId", "tierId", "perkId", "ref", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, desk, give_card, relayer):
        def make(signer):
            card = give_card(signer)
            message = partial(
                perk_redeem,
                holder=signer.address,
                card_id=card,
                tier_id=SILVER.tier_id,
                perk_id=COFFEE.perk_id,
                ref=REF,
            )

            def send(holder, nonce, deadline, signature):
                return desk.redeemPerkBySig(
                    holder, card, COFFEE.perk_id, REF, nonce, deadline, signature, {"from": relayer}
                )

            return SignedAct(desk, signer.address, domain_of_desk(desk), message, send)

        return make


class TestCancelRedemptionBySig(AcceptsOnlyGoodSignatures):
    fields = ("redeemer", "redemptionId", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, desk, give_card, alice, relayer):
        def make(signer):
            card = give_card(signer)
            mug = desk.redeemPerk.encode_input(card, MUG.perk_id, REF)
            if signer == alice:
                alice.transfer(desk, data=mug)
            else:
                signer.execute(desk, mug, {"from": alice})
            number = number_of(card, MUG, 1)
            message = partial(perk_cancel_redemption, redeemer=signer.address, redemption_id=number)

            def send(redeemer, nonce, deadline, signature):
                return desk.cancelRedemptionBySig(redeemer, number, nonce, deadline, signature, {"from": relayer})

            return SignedAct(desk, signer.address, domain_of_desk(desk), message, send)

        return make


@pytest.fixture
def signed_redemption(desk, silver, alice):
    """Alice's signed redemption of her silver card's code, as arguments of redeemPerkBySig."""
    typed = perk_redeem(
        domain=domain_of_desk(desk),
        holder=alice.address,
        card_id=silver,
        tier_id=SILVER.tier_id,
        perk_id=CODE.perk_id,
        ref=REF,
        nonce=5,
        deadline=FAR,
    )
    return (alice, silver, CODE.perk_id, REF, 5, FAR, signed_by(alice, typed))


def test_refuses_a_card_that_does_not_exist(desk, signed_redemption, alice, relayer):
    with reverts("TokenDoesNotExist"):
        desk.redeemPerkBySig(alice, 99, *signed_redemption[2:], {"from": relayer})


def test_announces_it_as_the_holders(desk, left, silver, signed_redemption, alice, relayer):
    tx = desk.redeemPerkBySig(*signed_redemption, {"from": relayer})
    number = number_of(silver, CODE, 1)
    assert bytes(tx.return_value) == number
    assert tx.events["PerkRedeemed"] == {
        "redemptionId": "0x" + number.hex(),
        "redeemer": alice,
        "ref": "0x" + REF.hex(),
    }
    assert tx.events["Redeem"]["redeemer"] == alice
    assert CODE.perk_id not in left(silver)


def test_refuses_once_the_card_is_sold(cards, desk, left, silver, signed_redemption, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    for sender in (alice, bob):
        with reverts("PerkDesk_NotHolder", silver, alice):
            desk.redeemPerkBySig(*signed_redemption, {"from": sender})
    assert left(silver)[CODE.perk_id] == 1


def test_refuses_in_the_very_second_of_the_sale(cards, desk, silver, signed_redemption, batcher, alice, bob):
    cards.approve(batcher, silver, {"from": alice})
    calls = [
        (cards, 0, cards.transferFrom.encode_input(alice, bob, silver)),
        (desk, 0, desk.redeemPerkBySig.encode_input(*signed_redemption)),
    ]
    with reverts("PerkDesk_NotHolder", silver, alice):
        batcher.executeAll(calls, {"from": alice})
    assert cards.ownerOf(silver) == alice


def test_is_good_once_when_the_card_comes_back(cards, desk, left, silver, signed_redemption, alice, bob, relayer):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    cards.transferFrom(bob, alice, silver, {"from": bob})
    desk.redeemPerkBySig(*signed_redemption, {"from": relayer})
    assert CODE.perk_id not in left(silver)
    with reverts("Signed_NonceUsed", alice, 5):
        desk.redeemPerkBySig(*signed_redemption, {"from": relayer})


def test_refuses_once_the_card_is_of_another_tier(cards, desk, left, silver, signed_redemption, issuer, alice, relayer):
    cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": issuer})
    cards.upgrade(silver, GOLD.tier_id, NATIVE, UPGRADE_PRICE, {"from": alice, "value": UPGRADE_PRICE})
    with reverts("Signed_InvalidSignature", alice):
        desk.redeemPerkBySig(*signed_redemption, {"from": relayer})
    assert left(silver)[CODE.perk_id] == 1


def test_leaves_the_nonce_fresh_when_nothing_is_left(desk, silver, signed_redemption, alice, relayer):
    redeem(desk, silver, CODE, alice)
    with reverts("PerkDesk_NoneLeft", silver, CODE.perk_id):
        desk.redeemPerkBySig(*signed_redemption, {"from": relayer})
    assert not desk.isNonceUsed(alice, 5)


@pytest.fixture
def signed_cancellation(desk, silver, alice):
    """The mug that Alice redeemed, and her signed cancellation as arguments of cancelRedemptionBySig."""
    number = redeem(desk, silver, MUG, alice)
    typed = perk_cancel_redemption(
        domain=domain_of_desk(desk), redeemer=alice.address, redemption_id=number, nonce=6, deadline=FAR
    )
    return (alice, number, 6, FAR, signed_by(alice, typed))


def test_cancels_for_who_redeemed_though_the_card_is_sold(cards, desk, silver, signed_cancellation, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    desk.cancelRedemptionBySig(*signed_cancellation, {"from": bob})
    assert desk.redemption(signed_cancellation[1])[3] == CANCELLED


def test_does_not_cancel_for_the_next_holder(cards, desk, silver, signed_cancellation, alice, bob):
    cards.transferFrom(alice, bob, silver, {"from": alice})
    number = signed_cancellation[1]
    typed = perk_cancel_redemption(
        domain=domain_of_desk(desk), redeemer=bob.address, redemption_id=number, nonce=6, deadline=FAR
    )
    with reverts("PerkDesk_NotRedeemer", number, bob):
        desk.cancelRedemptionBySig(bob, number, 6, FAR, signed_by(bob, typed), {"from": bob})
    assert desk.redemption(number)[3] == OPEN
