"""Every signature form of MembershipCard.

given an act of a customer
    when she signs it and somebody relays it
        it should behave as ``tests/behaviours/signatures.py`` says, form by form
    when she regrets it and signs any other act with the same nonce
        it should be worthless once that one was relayed
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.behaviours.signatures import AcceptsOnlyGoodSignatures, SignedAct
from tests.support.cards import FAR, GOLD, SILVER, domain_of
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain import typed_data


@pytest.fixture(scope="module")
def give_card(cards, issuer):
    """Grants a silver card to whoever signs; returns its number."""

    def give(holder):
        cards.grantCard(holder, SILVER.tier_id, {"from": issuer})
        return cards.cardCount()

    return give


@pytest.fixture(scope="module")
def give_points(cards, points, alice):
    """Gives whoever signs points that the collection may take. A wallet allows it through its owner, Alice."""

    def give(holder):
        points.mint(holder, 10**24, {"from": alice})
        allow = points.approve.encode_input(cards, 2**256 - 1)
        if holder == alice:
            alice.transfer(points, data=allow)
        else:
            holder.execute(points, allow, {"from": alice})

    return give


class TestBuyBySig(AcceptsOnlyGoodSignatures):
    fields = ("buyer", "tierId", "recipient", "currency", "maxPrice", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, points, give_points, bob, relayer):
        def make(signer):
            give_points(signer)
            price = SILVER.points_price
            message = partial(
                typed_data.card_buy,
                buyer=signer.address,
                tier_id=SILVER.tier_id,
                recipient=bob.address,
                currency=points.address,
                max_price=price,
            )

            def send(buyer, nonce, deadline, signature):
                return cards.buyBySig(
                    buyer, SILVER.tier_id, bob, points, price, nonce, deadline, signature, {"from": relayer}
                )

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


class TestRenewBySig(AcceptsOnlyGoodSignatures):
    fields = ("payer", "cardId", "periods", "currency", "maxPrice", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, points, give_card, give_points, bob, relayer):
        def make(signer):
            give_points(signer)
            card, price = give_card(bob), 2 * SILVER.points_price
            message = partial(
                typed_data.card_renew,
                payer=signer.address,
                card_id=card,
                periods=2,
                currency=points.address,
                max_price=price,
            )

            def send(payer, nonce, deadline, signature):
                return cards.renewBySig(payer, card, 2, points, price, nonce, deadline, signature, {"from": relayer})

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


class TestUpgradeBySig(AcceptsOnlyGoodSignatures):
    fields = ("holder", "cardId", "tierId", "currency", "maxPrice", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, points, give_card, give_points, issuer, relayer):
        def make(signer):
            give_points(signer)
            card, price = give_card(signer), 10**18
            cards.setUpgradePrice(SILVER.tier_id, GOLD.tier_id, points, price, {"from": issuer})
            message = partial(
                typed_data.card_upgrade,
                holder=signer.address,
                card_id=card,
                tier_id=GOLD.tier_id,
                currency=points.address,
                max_price=price,
            )

            def send(holder, nonce, deadline, signature):
                return cards.upgradeBySig(
                    holder, card, GOLD.tier_id, points, price, nonce, deadline, signature, {"from": relayer}
                )

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


class TestCancelSubscriptionBySig(AcceptsOnlyGoodSignatures):
    fields = ("holder", "cardId", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, give_card, relayer):
        def make(signer):
            card = give_card(signer)
            message = partial(typed_data.card_cancel_subscription, holder=signer.address, card_id=card)

            def send(holder, nonce, deadline, signature):
                return cards.cancelSubscriptionBySig(holder, card, nonce, deadline, signature, {"from": relayer})

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


class TestTransferBySig(AcceptsOnlyGoodSignatures):
    fields = ("from", "to", "cardId", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, give_card, bob, relayer):
        def make(signer):
            card = give_card(signer)
            message = partial(typed_data.card_transfer, from_=signer.address, to=bob.address, card_id=card)

            def send(holder, nonce, deadline, signature):
                return cards.transferBySig(holder, bob, card, nonce, deadline, signature, {"from": relayer})

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


class TestApproveBySig(AcceptsOnlyGoodSignatures):
    fields = ("holder", "spender", "cardId", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, give_card, bob, relayer):
        def make(signer):
            card = give_card(signer)
            message = partial(typed_data.card_approve, holder=signer.address, spender=bob.address, card_id=card)

            def send(holder, nonce, deadline, signature):
                return cards.approveBySig(holder, bob, card, nonce, deadline, signature, {"from": relayer})

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


class TestSetApprovalForAllBySig(AcceptsOnlyGoodSignatures):
    fields = ("owner", "operator", "approved", "nonce", "deadline")

    @pytest.fixture(scope="class")
    @classmethod
    def make_act(cls, cards, bob, relayer):
        def make(signer):
            message = partial(
                typed_data.card_set_approval_for_all, owner=signer.address, operator=bob.address, approved=True
            )

            def send(owner, nonce, deadline, signature):
                return cards.setApprovalForAllBySig(owner, bob, True, nonce, deadline, signature, {"from": relayer})

            return SignedAct(cards, signer.address, domain_of(cards), message, send)

        return make


def test_ends_with_another_act_of_the_same_nonce(cards, give_card, alice, bob, relayer):
    card = give_card(alice)
    regretted = typed_data.card_transfer(
        domain=domain_of(cards), from_=alice.address, to=bob.address, card_id=card, nonce=7, deadline=FAR
    )
    harmless = typed_data.card_set_approval_for_all(
        domain=domain_of(cards), owner=alice.address, operator=bob.address, approved=False, nonce=7, deadline=FAR
    )
    cards.setApprovalForAllBySig(alice, bob, False, 7, FAR, signed_by(alice, harmless), {"from": relayer})
    with reverts("Signed_NonceUsed", alice, 7):
        cards.transferBySig(alice, bob, card, 7, FAR, signed_by(alice, regretted), {"from": relayer})
