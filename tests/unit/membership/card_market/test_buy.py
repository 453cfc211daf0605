"""CardMarket.buy

given an order in native coin
    it moves the card to the recipient
    it pays the seller the price less the royalty, and the royalty's receiver the royalty, to the wei
    it keeps nothing
    it tells what was sold
    it gives the card to another recipient than the buyer
given an order in an ERC-20
    it pays both from the buyer, to the unit
    it accepts a token that returns nothing
    it makes the buyer pay exactly the price when the token takes a fee
    it reverts when value is sent along
    it reverts when the token returns false
    it reverts when the token's address has no code
    it reverts when the token is an ERC-721, whose transfer would take a card of the buyer's
    it reverts when the buyer did not approve the price
    it does not let the token re-enter with the same order
given an order at price 0
    it moves the card and no money, without asking for a royalty
given an order for one buyer
    it sells to that buyer
    it reverts for anyone else
given an order that pins tier and term
    it sells a card that has the tier and lasts as long
    it reverts when the tier changed in front of the purchase
    it reverts when the term was cut in front of the purchase
    it reverts when the collection does not know terms
given an order that pins the perks left
    it sells a card that has them, asking the order's desk about this card and this pin
    it does not ask the desk when it pins none
    it reverts when the desk says no, answers something else or nothing, or is no contract
when the order cannot be used
    it reverts past its time
    it reverts once it is filled, also when the seller has the card back
    it reverts once it is cancelled
    it reverts when its counter is old
    it reverts when its counter is the next number, after all were cancelled
    it reverts when any of its fields was changed after signing
    it reverts when a word is wider than its type
    it reverts when the wallet that signed (ERC-1271) has a new owner
when the money is wrong
    it reverts when less or more than the price is sent
when the recipient is the zero address or the market
    it reverts
when the card cannot move
    it reverts when the seller no longer owns it
    it reverts when the seller withdrew the approval
    it reverts when the tier may not be transferred
    it reverts when there is no contract
    it reverts when the collection is an ERC-20
    it reverts when the collection takes the transfer but keeps the card
given what the collection says of its royalty
    it pays the seller all when the collection says by ERC-165 that it has none
    it pays the seller all when the receiver is the zero address
    it pays the receiver all when the royalty is the price
    it reverts when ERC-2981 is claimed but unanswered, too short or no address
    it reverts when the collection answers nothing at all
    it reverts when the royalty is above the price
    it reverts when the market is the receiver
when a receiver makes trouble
    it reverts when the royalty's receiver refuses or burns all gas
    it reverts when the seller refuses
    it is not disturbed by what a receiver returns
    it does not let the royalty's receiver or the seller re-enter with the same order
    it leaves an independent sale inside the payment alone
"""

from __future__ import annotations

import pytest
from brownie import MockSaleCurrency, accounts, chain, web3
from brownie.exceptions import VirtualMachineError
from eth_abi import encode

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from tests.unit.membership.card_market.trading import (
    CARD,
    LATER,
    NATIVE,
    NEVER,
    PERKS,
    PRICE,
    ROYALTY,
    TIER,
    as_struct,
)

ACCEPT, REFUSE, BURN_GAS, BOMB_RETURN_DATA = range(4)
RETURN_FALSE, RETURN_NOTHING, TAKE_FEE = 1, 2, 3


@pytest.fixture
def buy(market, alice, bob):
    """Bob buys an order of Alice's for himself."""

    def send(order, value=None, recipient=bob, by=bob, signer=alice, **transaction):
        price = order.message["price"] if order.message["currency"] == NATIVE else 0
        value = price if value is None else value
        return market.buy(
            as_struct(order), signed_by(signer, order), recipient, {"from": by, "value": value, **transaction}
        )

    return send


def royalty(receiver, amount) -> bytes:
    return encode(["address", "uint256"], [str(receiver), amount])


# --- native coin ------------------------------------------------------------------------------------------------------


def test_moves_the_card(buy, order, collection, bob):
    buy(order)
    assert collection.ownerOf(CARD) == bob


def test_pays_seller_and_royalty_to_the_wei(buy, order, collection, alice, bob):
    before = alice.balance(), bob.balance()
    receipt = buy(order)
    assert alice.balance() == before[0] + PRICE - ROYALTY
    assert collection.balance() == ROYALTY
    assert bob.balance() == before[1] - PRICE - receipt.gas_used * receipt.gas_price


def test_keeps_nothing(buy, order, market):
    buy(order)
    assert market.balance() == 0


def test_tells_what_was_sold(buy, order, collection, alice, bob):
    receipt = buy(order)
    assert dict(receipt.events["CardSold"]) == {
        "collection": collection,
        "seller": alice,
        "buyer": bob,
        "cardId": CARD,
        "currency": NATIVE,
        "price": PRICE,
        "royalty": ROYALTY,
        "nonce": 0,
    }


def test_gives_the_card_to_another_recipient(buy, order, collection, carol):
    buy(order, recipient=carol)
    assert collection.ownerOf(CARD) == carol


# --- ERC-20 -----------------------------------------------------------------------------------------------------------


def test_pays_both_in_a_token(buy, trading, collection, currency, market, alice, bob):
    buy(trading.order(currency=currency))
    assert collection.ownerOf(CARD) == bob
    assert currency.balanceOf(alice) == PRICE - ROYALTY
    assert currency.balanceOf(collection) == ROYALTY
    assert currency.balanceOf(bob) == 9 * PRICE
    assert currency.balanceOf(market) == 0


def test_accepts_a_token_that_returns_nothing(buy, trading, currency, alice):
    currency.setMode(RETURN_NOTHING, {"from": alice})
    buy(trading.order(currency=currency))
    assert currency.balanceOf(alice) == PRICE - ROYALTY


def test_buyer_pays_exactly_the_price_when_the_token_takes_a_fee(buy, trading, currency, alice, bob):
    currency.setMode(TAKE_FEE, {"from": alice})
    buy(trading.order(currency=currency))
    assert currency.balanceOf(bob) == 9 * PRICE
    assert currency.balanceOf(alice) == PRICE - ROYALTY - (PRICE - ROYALTY) // 100


def test_reverts_when_value_comes_with_a_token_order(buy, trading, currency):
    with reverts("CardMarket_WrongValue", 1, 0):
        buy(trading.order(currency=currency), value=1)


def test_reverts_when_the_token_returns_false(buy, trading, currency, alice):
    currency.setMode(RETURN_FALSE, {"from": alice})
    with reverts("SafeERC20FailedOperation", currency):
        buy(trading.order(currency=currency))


def test_reverts_when_the_token_has_no_code(buy, trading, stranger):
    with reverts("SafeERC20FailedOperation", stranger):
        buy(trading.order(currency=stranger))


def test_reverts_when_the_currency_is_a_collection(buy, trading, collection, deployer, market, bob):
    collection.mint(bob, PRICE - ROYALTY, TIER, 0, NEVER, {"from": deployer})
    collection.mint(bob, ROYALTY, TIER, 0, NEVER, {"from": deployer})
    collection.setApprovalForAll(market, True, {"from": bob})
    with reverts("CardMarket_InvalidCurrency", collection):
        buy(trading.order(currency=collection))


def test_reverts_when_the_buyer_approved_too_little(buy, trading, currency, market, collection, alice, bob):
    currency.approve(market, PRICE - 1, {"from": bob})
    with reverts("ERC20InsufficientAllowance", market, PRICE - 1 - ROYALTY, PRICE - ROYALTY):
        buy(trading.order(currency=currency))
    assert collection.ownerOf(CARD) == alice


def test_token_cannot_reenter_with_the_same_order(buy, trading, currency, market, alice):
    order = trading.order(currency=currency)
    again = market.buy.encode_input(as_struct(order), signed_by(alice, order), alice)
    currency.planCall(market, again, {"from": alice})
    buy(order)
    assert not currency.succeeded()
    assert currency.result() == error_data("Signed_NonceUsed(address,uint256)", alice, 0)


# --- gifts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("currency_name", ["native", "token", "no contract"])
def test_gives_a_card_away_without_asking_for_a_royalty(buy, trading, crooked, currency, alice, bob, currency_name):
    crooked.revertRoyalty({"from": alice})
    currencies = {"native": NATIVE, "token": currency, "no contract": accounts[9]}
    buy(trading.order(collection=crooked, price=0, currency=currencies[currency_name]))
    assert crooked.ownerOf(CARD) == bob
    assert currency.balanceOf(bob) == 10 * PRICE


# --- one buyer --------------------------------------------------------------------------------------------------------


def test_sells_to_the_buyer_it_is_for(buy, trading, collection, bob):
    buy(trading.order(buyer=bob))
    assert collection.ownerOf(CARD) == bob


def test_reverts_for_another_buyer(buy, trading, bob, carol):
    with reverts("CardMarket_WrongBuyer", carol, bob):
        buy(trading.order(buyer=bob), by=carol, recipient=bob)


# --- tier and term ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tier_id", "min_expires_at"), [(TIER, 0), (0, 1000), (TIER, 1000), (TIER, 999)])
def test_sells_a_card_with_the_tier_and_term(buy, trading, collection, alice, bob, tier_id, min_expires_at):
    collection.setCard(CARD, TIER, 0, 1000, {"from": alice})
    buy(trading.order(tier_id=tier_id, min_expires_at=min_expires_at))
    assert collection.ownerOf(CARD) == bob


def test_reverts_when_the_tier_changed(buy, trading, collection, alice):
    collection.setCard(CARD, TIER + 1, 0, NEVER, {"from": alice})
    with reverts("CardMarket_TermsChanged", CARD, TIER, 0):
        buy(trading.order(tier_id=TIER))


@pytest.mark.parametrize("expires_at", [0, 999])
def test_reverts_when_the_term_was_cut(buy, trading, collection, alice, expires_at):
    collection.setCard(CARD, TIER, 0, expires_at, {"from": alice})
    with reverts("CardMarket_TermsChanged", CARD, 0, 1000):
        buy(trading.order(min_expires_at=1000))


@pytest.mark.parametrize("answer", [b"", encode(["uint256"] * 2, [TIER, 0])], ids=["none", "short"])
def test_reverts_when_the_collection_knows_no_terms(buy, trading, crooked, alice, answer):
    crooked.answerRoyalty(royalty(crooked, 0), {"from": alice})
    crooked.answerTerms(answer, {"from": alice})
    with reverts("CardMarket_TermsChanged", CARD, TIER, 0):
        buy(trading.order(collection=crooked, tier_id=TIER))


# --- perks ------------------------------------------------------------------------------------------------------------


def test_sells_a_card_with_the_perks_left(buy, trading, collection, perk_desk, bob):
    buy(trading.order(perk_desk=perk_desk, perks_left=PERKS))
    assert collection.ownerOf(CARD) == bob


def test_does_not_ask_the_desk_when_nothing_is_pinned(buy, trading, collection, perk_desk, alice, bob):
    perk_desk.setAnswer(b"", {"from": alice})
    buy(trading.order(perk_desk=perk_desk))
    assert collection.ownerOf(CARD) == bob


@pytest.mark.parametrize("pin", [bytes(31) + b"\x04", b"\x01" + bytes(31), b"\xff" * 32])
def test_reverts_when_perks_were_used(buy, trading, collection, perk_desk, alice, pin):
    with reverts("CardMarket_PerksUsed", CARD, perk_desk, pin):
        buy(trading.order(perk_desk=perk_desk, perks_left=pin))
    assert collection.ownerOf(CARD) == alice


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00" * 31, encode(["uint256"], [0]), encode(["uint256"], [2]), b"\xff" * 4096],
    ids=["reverts", "short", "no", "no boolean", "wide"],
)
def test_reverts_when_the_desk_does_not_say_yes(buy, trading, perk_desk, alice, answer):
    perk_desk.setAnswer(answer, {"from": alice})
    with reverts("CardMarket_PerksUsed", CARD, perk_desk, PERKS):
        buy(trading.order(perk_desk=perk_desk, perks_left=PERKS))


@pytest.mark.parametrize("desk", [NATIVE, "0x00000000000000000000000000000000DeaDBeef"], ids=["zero", "no contract"])
def test_reverts_when_there_is_no_desk(buy, trading, desk):
    with reverts("CardMarket_PerksUsed", CARD, desk, PERKS):
        buy(trading.order(perk_desk=desk, perks_left=PERKS))


def test_reverts_when_the_desk_is_of_another_kind(buy, trading, collection):
    with reverts("CardMarket_PerksUsed", CARD, collection, PERKS):
        buy(trading.order(perk_desk=collection, perks_left=PERKS))


# --- orders that cannot be used ---------------------------------------------------------------------------------------


def test_reverts_past_its_time(buy, trading):
    expires_at = chain.time() + 100
    order = trading.order(expires_at=expires_at)
    chain.sleep(200)
    with reverts("Signed_Expired", expires_at):
        buy(order)


def test_reverts_once_filled(buy, order, collection, alice, bob):
    buy(order)
    collection.transferFrom(bob, alice, CARD, {"from": bob})
    with reverts("Signed_NonceUsed", alice, 0):
        buy(order)


def test_reverts_once_cancelled(buy, order, market, alice):
    market.cancel([0], {"from": alice})
    with reverts("Signed_NonceUsed", alice, 0):
        buy(order)


def test_reverts_with_an_old_counter(buy, order, market, alice):
    market.cancelAll({"from": alice})
    with reverts("CardMarket_CounterChanged", 0, market.counterOf(alice)):
        buy(order)


def test_reverts_with_the_next_counter_after_all_were_cancelled(buy, trading, market, alice):
    order = trading.order(counter=1)
    market.cancelAll({"from": alice})
    with reverts("CardMarket_CounterChanged", 1, market.counterOf(alice)):
        buy(order)


@pytest.mark.parametrize(
    "change",
    [
        {"card_id": CARD + 1},
        {"price": PRICE - 1},
        {"buyer": "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"},
        {"tier_id": TIER},
        {"min_expires_at": 1},
        {"perk_desk": "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"},
        {"perks_left": bytes(31) + b"\x01"},
        {"expires_at": LATER - 1},
        {"nonce": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_reverts_when_a_field_was_changed(market, trading, signature, alice, bob, change):
    changed = trading.order(**change)
    with reverts("Signed_InvalidSignature", alice):
        market.buy(as_struct(changed), signature, bob, {"from": bob, "value": changed.message["price"]})


def test_reverts_when_the_collection_or_currency_was_changed(market, trading, signature, crooked, currency, alice, bob):
    with reverts("Signed_InvalidSignature", alice):
        market.buy(as_struct(trading.order(collection=crooked)), signature, bob, {"from": bob, "value": PRICE})
    with reverts("Signed_InvalidSignature", alice):
        market.buy(as_struct(trading.order(currency=currency)), signature, bob, {"from": bob})


@pytest.mark.parametrize("word", [0, 1, 3, 5, 6, 7, 8, 10])
def test_reverts_when_a_word_is_wider_than_its_type(market, order, signature, collection, alice, bob, word):
    data = bytearray.fromhex(market.buy.encode_input(as_struct(order), signature, bob)[2:])
    data[4 + 32 * word] = 1
    with pytest.raises(VirtualMachineError):
        bob.transfer(market, PRICE, data="0x" + data.hex(), gas_limit=1_000_000)
    assert collection.ownerOf(CARD) == alice


def test_reverts_when_the_wallet_has_a_new_owner(buy, trading, collection, schemer, market, alice, carol):
    approve = collection.setApprovalForAll.encode_input(market, True)
    schemer.execute(collection, approve, {"from": alice})
    collection.transferFrom(alice, schemer, CARD, {"from": alice})
    schemer.changeOwner(carol, {"from": alice})
    with reverts("Signed_InvalidSignature", schemer):
        buy(trading.order(seller=schemer))


# --- wrong money, wrong recipient -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, PRICE - 1, PRICE + 1])
def test_reverts_when_the_value_is_not_the_price(buy, order, value):
    with reverts("CardMarket_WrongValue", value, PRICE):
        buy(order, value=value)


def test_reverts_when_the_recipient_is_the_zero_address(buy, order):
    with reverts("CardMarket_InvalidRecipient", NATIVE):
        buy(order, recipient=NATIVE)


def test_reverts_when_the_recipient_is_the_market(buy, order, market):
    with reverts("CardMarket_InvalidRecipient", market):
        buy(order, recipient=market)


# --- cards that cannot move -------------------------------------------------------------------------------------------


def test_reverts_when_the_seller_no_longer_owns_the_card(buy, order, collection, alice, carol):
    collection.transferFrom(alice, carol, CARD, {"from": alice})
    with reverts("TransferFromIncorrectOwner"):
        buy(order)


def test_reverts_when_the_seller_withdrew_the_approval(buy, order, collection, market, alice):
    collection.setApprovalForAll(market, False, {"from": alice})
    with reverts("NotOwnerNorApproved"):
        buy(order)


def test_reverts_when_the_tier_may_not_be_transferred(buy, order, collection, alice):
    collection.setTier(TIER, 500, True, {"from": alice})
    with reverts("MockCardCollection_Locked", CARD):
        buy(order)


@pytest.mark.parametrize("price", [0, PRICE])
def test_reverts_when_there_is_no_collection(buy, trading, stranger, price):
    with reverts("CardMarket_NoCollection", stranger):
        buy(trading.order(collection=stranger, price=price))


def test_reverts_when_the_collection_is_a_token(buy, trading, market, deployer, alice, bob):
    token = deployer.deploy(MockSaleCurrency)
    token.mint(alice, CARD, {"from": deployer})
    token.approve(market, CARD, {"from": alice})
    with reverts("CardMarket_CardNotMoved", token, CARD, bob):
        buy(trading.order(collection=token, price=0))


def test_reverts_when_the_collection_keeps_the_card(buy, trading, crooked, alice, bob):
    crooked.answerRoyalty(royalty(crooked, 0), {"from": alice})
    crooked.keepCards({"from": alice})
    with reverts("CardMarket_CardNotMoved", crooked, CARD, bob):
        buy(trading.order(collection=crooked))


# --- royalties --------------------------------------------------------------------------------------------------------


def test_pays_the_seller_all_when_the_collection_has_no_royalty(buy, trading, crooked, alice):
    crooked.revertRoyalty({"from": alice})
    crooked.denyRoyalty({"from": alice})
    order, before = trading.order(collection=crooked), alice.balance()
    buy(order)
    assert alice.balance() == before + PRICE


def test_pays_the_seller_all_when_the_receiver_is_nobody(buy, trading, crooked, alice, carol):
    crooked.answerRoyalty(royalty(NATIVE, ROYALTY), {"from": carol})
    before = alice.balance()
    receipt = buy(trading.order(collection=crooked))
    assert alice.balance() == before + PRICE
    assert receipt.events["CardSold"]["royalty"] == 0


def test_pays_the_receiver_all_when_the_royalty_is_the_price(buy, trading, crooked, alice, carol, deployer):
    crooked.answerRoyalty(royalty(carol, PRICE), {"from": deployer})
    before = alice.balance(), carol.balance()
    buy(trading.order(collection=crooked))
    assert (alice.balance(), carol.balance()) == (before[0], before[1] + PRICE)


@pytest.mark.parametrize(
    "answer", [b"", encode(["uint256"], [5]), encode(["uint256"] * 2, [2**160, 5])], ids=["none", "short", "wide"]
)
def test_reverts_when_the_royalty_is_claimed_but_unreadable(buy, trading, crooked, alice, answer):
    crooked.answerRoyalty(answer, {"from": alice})
    with reverts("CardMarket_UnknownRoyalty", crooked):
        buy(trading.order(collection=crooked))


def test_reverts_when_the_royalty_call_reverts(buy, trading, crooked, alice):
    crooked.revertRoyalty({"from": alice})
    with reverts("CardMarket_UnknownRoyalty", crooked):
        buy(trading.order(collection=crooked))


def test_reverts_when_the_collection_answers_nothing_at_all(buy, trading, crooked, alice):
    crooked.revertRoyalty({"from": alice})
    crooked.denyInterfaces({"from": alice})
    with reverts("CardMarket_UnknownRoyalty", crooked):
        buy(trading.order(collection=crooked))


def test_reverts_when_the_royalty_is_above_the_price(buy, trading, crooked, alice, carol):
    crooked.answerRoyalty(royalty(carol, PRICE + 1), {"from": alice})
    with reverts("CardMarket_InvalidRoyalty", carol, PRICE + 1, PRICE):
        buy(trading.order(collection=crooked))


@pytest.mark.parametrize("in_token", [True, False])
def test_reverts_when_the_market_would_receive_the_royalty(buy, trading, crooked, currency, market, alice, in_token):
    crooked.answerRoyalty(royalty(market, 1), {"from": alice})
    with reverts("CardMarket_InvalidRoyalty", market, 1, PRICE):
        buy(trading.order(collection=crooked, currency=[NATIVE, currency][in_token]))


# --- receivers that make trouble --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [REFUSE, BURN_GAS])
def test_reverts_when_the_royalty_is_refused(buy, trading, crooked, schemer, alice, scheme):
    crooked.answerRoyalty(royalty(schemer, ROYALTY), {"from": alice})
    schemer.plan(scheme, {"from": alice})
    with reverts("CardMarket_PaymentRefused", schemer, ROYALTY):
        buy(trading.order(collection=crooked), gas_limit=400_000)
    assert crooked.ownerOf(CARD) == alice


@pytest.fixture
def wallet_order(trading, collection, schemer, market, alice):
    """The schemer itself owns the card and sells it."""
    schemer.execute(collection, collection.setApprovalForAll.encode_input(market, True), {"from": alice})
    collection.transferFrom(alice, schemer, CARD, {"from": alice})
    return trading.order(seller=schemer)


def test_reverts_when_the_seller_refuses(buy, wallet_order, collection, schemer, alice):
    schemer.plan(REFUSE, {"from": alice})
    with reverts("CardMarket_PaymentRefused", schemer, PRICE - ROYALTY):
        buy(wallet_order)
    assert (collection.ownerOf(CARD), collection.balance()) == (schemer, 0)


def test_is_not_disturbed_by_what_a_receiver_returns(buy, trading, crooked, schemer, alice, bob):
    crooked.answerRoyalty(royalty(schemer, ROYALTY), {"from": alice})
    schemer.plan(BOMB_RETURN_DATA, {"from": alice})
    buy(trading.order(collection=crooked))
    assert (crooked.ownerOf(CARD), schemer.balance()) == (bob, ROYALTY)


def test_royalty_receiver_cannot_reenter_with_the_same_order(buy, trading, crooked, schemer, market, alice, bob):
    crooked.answerRoyalty(royalty(schemer, ROYALTY), {"from": alice})
    bob.transfer(schemer, PRICE)
    order = trading.order(collection=crooked)
    again = market.buy.encode_input(as_struct(order), signed_by(alice, order), schemer)
    schemer.planCall(market, again, PRICE, {"from": alice})
    buy(order)
    assert not schemer.succeeded()
    assert schemer.result() == error_data("Signed_NonceUsed(address,uint256)", alice, 0)


def test_seller_cannot_sell_the_card_again_while_paid(buy, trading, wallet_order, schemer, market, alice):
    gift = trading.order(seller=schemer, price=0, nonce=1)
    again = market.buy.encode_input(as_struct(gift), signed_by(alice, gift), schemer)
    schemer.planCall(market, again, 0, {"from": alice})
    buy(wallet_order)
    assert not schemer.succeeded()
    assert schemer.result() == error_data("TransferFromIncorrectOwner()")


def test_an_independent_sale_inside_the_payment_is_left_alone(
    buy, trading, wallet_order, collection, schemer, market, alice, bob
):
    collection.mint(bob, CARD + 1, TIER, 0, NEVER, {"from": alice})
    collection.setApprovalForAll(market, True, {"from": bob})
    gift = trading.order(seller=bob, card_id=CARD + 1, price=0)
    inner = market.buy.encode_input(as_struct(gift), signed_by(bob, gift), schemer)
    schemer.planCall(market, inner, 0, {"from": alice})
    buy(wallet_order)
    assert (collection.ownerOf(CARD), collection.ownerOf(CARD + 1)) == (bob, schemer)
    assert schemer.balance() == PRICE - ROYALTY


def error_data(signature: str, *values: object) -> str:
    """What a revert with this custom error returns."""
    kinds = [kind for kind in signature[signature.index("(") + 1 : -1].split(",") if kind]
    values = [getattr(value, "address", value) for value in values]
    return "0x" + (web3.keccak(text=signature)[:4] + encode(kinds, values)).hex().removeprefix("0x")
