"""What every signature form of CardMarket has in common: the order itself, buyBySig, cancelBySig, cancelAllBySig

given a message signed for this market on this chain, in time, with a fresh nonce
    it is accepted from an EOA and from the ERC-1271 wallet that its owner's key signs for
    its digest is the contract's own (orderHash)
when it was signed for another chain or another contract
    it reverts
when it was signed by somebody else, for an EOA or a wallet
    it reverts
when it is sent a second time
    it reverts
when its time is over
    it reverts
when the signature is malleable, compact, cut or empty
    it reverts
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from brownie import chain

from tests.support.reverting import reverts
from tests.support.signing import compact, malleable, signed_by
from tests.unit.membership.card_market.trading import CARD, LATER, PRICE, as_struct
from web3crm.chain.typed_data import Domain, TypedData

NONCE = 300


@dataclass
class Form:
    """One signature form, ready to be signed and sent."""

    message: Callable[[Domain | None, int], TypedData]
    send: Callable[[bytes, int], Any]


@pytest.fixture(scope="module")
def forms(market, trading, collection, currency, alice, bob, relayer):
    """Builds a form by its name for a signer, an EOA or a wallet, who can both sell the card and pay for Alice's."""

    def order(signer: Any) -> Form:
        def message(domain: Domain | None, deadline: int) -> TypedData:
            return trading.order(domain, seller=signer, currency=currency, expires_at=deadline, nonce=NONCE)

        def send(signature: bytes, deadline: int) -> Any:
            return market.buy(as_struct(message(None, deadline)), signature, bob, {"from": bob})

        return Form(message, send)

    def buy_by_sig(signer: Any) -> Form:
        sold = trading.order(seller=bob, card_id=CARD + 1, currency=currency)

        def message(domain: Domain | None, deadline: int) -> TypedData:
            return trading.buy(sold, signer, relayer, NONCE, deadline, domain)

        def send(signature: bytes, deadline: int) -> Any:
            return market.buyBySig(
                as_struct(sold), signed_by(bob, sold), signer, relayer, NONCE, deadline, signature, {"from": relayer}
            )

        return Form(message, send)

    def cancel_by_sig(signer: Any) -> Form:
        def message(domain: Domain | None, deadline: int) -> TypedData:
            return trading.cancel(signer, [1, 2], NONCE, deadline, domain)

        def send(signature: bytes, deadline: int) -> Any:
            return market.cancelBySig(signer, [1, 2], NONCE, deadline, signature, {"from": relayer})

        return Form(message, send)

    def cancel_all_by_sig(signer: Any) -> Form:
        def message(domain: Domain | None, deadline: int) -> TypedData:
            return trading.cancel_all(signer, NONCE, deadline, domain)

        def send(signature: bytes, deadline: int) -> Any:
            return market.cancelAllBySig(signer, NONCE, deadline, signature, {"from": relayer})

        return Form(message, send)

    return {"order": order, "buy": buy_by_sig, "cancel": cancel_by_sig, "cancel all": cancel_all_by_sig}


@pytest.fixture(scope="module")
def bobs_card(market, collection, currency, alice, bob):
    """Bob sells a card too, and Alice has the money for it."""
    collection.mint(bob, CARD + 1, 0, 0, 0, {"from": alice})
    collection.setApprovalForAll(market, True, {"from": bob})
    currency.mint(alice, PRICE, {"from": alice})
    currency.approve(market, PRICE, {"from": alice})


@pytest.fixture(params=["order", "buy", "cancel", "cancel all"])
def form(request, forms, bobs_card, alice):
    return forms[request.param](alice)


@pytest.fixture(params=["order", "buy", "cancel", "cancel all"])
def wallet_form(request, forms, bobs_card, market, collection, currency, schemer, alice):
    """The same with a contract wallet as the signer; Alice's key signs for it."""
    collection.transferFrom(alice, schemer, CARD, {"from": alice})
    schemer.execute(collection, collection.setApprovalForAll.encode_input(market, True), {"from": alice})
    currency.transfer(schemer, PRICE, {"from": alice})
    schemer.execute(currency, currency.approve.encode_input(market, PRICE), {"from": alice})
    return forms[request.param](schemer)


def test_accepts_an_eoa(form, market, alice):
    form.send(signed_by(alice, form.message(None, LATER)), LATER)
    assert market.isNonceUsed(alice, NONCE)


def test_accepts_a_wallet(wallet_form, market, schemer, alice):
    wallet_form.send(signed_by(alice, wallet_form.message(None, LATER)), LATER)
    assert market.isNonceUsed(schemer, NONCE)


def test_hashes_orders_as_the_contract_does(market, trading, currency, bob):
    order = trading.order(
        currency=currency,
        buyer=bob,
        tier_id=3,
        min_expires_at=4,
        perk_desk=bob,
        perks_left=b"\x05" * 32,
        counter=6,
        nonce=7,
    )
    assert bytes(market.orderHash(as_struct(order))) == order.digest()


def test_reverts_for_another_chain(form, trading, alice):
    elsewhere = Domain("CardMarket", chain.id + 1, trading.domain.contract)
    with reverts("Signed_InvalidSignature", alice):
        form.send(signed_by(alice, form.message(elsewhere, LATER)), LATER)


def test_reverts_for_another_contract(form, collection, alice):
    elsewhere = Domain("CardMarket", chain.id, collection.address)
    with reverts("Signed_InvalidSignature", alice):
        form.send(signed_by(alice, form.message(elsewhere, LATER)), LATER)


def test_reverts_for_another_signer(form, alice, carol):
    with reverts("Signed_InvalidSignature", alice):
        form.send(signed_by(carol, form.message(None, LATER)), LATER)


def test_reverts_when_the_wallet_refuses(wallet_form, schemer, carol):
    with reverts("Signed_InvalidSignature", schemer):
        wallet_form.send(signed_by(carol, wallet_form.message(None, LATER)), LATER)


def test_reverts_the_second_time(form, alice):
    signature = signed_by(alice, form.message(None, LATER))
    form.send(signature, LATER)
    with reverts("Signed_NonceUsed", alice, NONCE):
        form.send(signature, LATER)


def test_reverts_past_the_deadline(form, alice):
    deadline = chain.time() + 100
    signature = signed_by(alice, form.message(None, deadline))
    chain.sleep(200)
    with reverts("Signed_Expired", deadline):
        form.send(signature, deadline)


@pytest.mark.parametrize(
    "spoil",
    [malleable, compact, lambda signature: signature[:-1], lambda signature: b""],
    ids=["malleable", "compact", "cut", "empty"],
)
def test_reverts_with_a_spoilt_signature(form, alice, spoil):
    with reverts("Signed_InvalidSignature", alice):
        form.send(spoil(signed_by(alice, form.message(None, LATER))), LATER)
