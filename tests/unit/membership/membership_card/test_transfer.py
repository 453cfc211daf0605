"""MembershipCard: transfers and approvals, beyond what every ERC-721 does (tests/behaviours/erc721.py)

given a card of a locked tier
    it should refuse every way of passing it on, with an approval or a signature or without
given native coin sent along
    it should refuse every transfer and approval: nobody could get it back
given any card
    when it is passed on
        it should keep its tier and its term
    when it has expired
        it should be passed on as well
given a signed transfer
    it should pass the card on and clear its approval
    it should refuse a card that is not the signer's, even if she may move it
    it should refuse nobody, a contract that takes no cards, and a card that does not exist
    it should tell a receiving contract
given a signed approval
    it should approve for that card; not if the signer is only an operator, nor for a card that does not exist
    it should take an approval back
given a signed approval for all cards
    it should approve for all, and take it back
"""

from __future__ import annotations

import pytest

from tests.support.cards import FAR, NOBODY, SILVER, STAFF, buy, domain_of, expire
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import card_approve, card_set_approval_for_all, card_transfer

TRANSFERS = [
    lambda cards, card, holder, to, extra: cards.transferFrom(holder, to, card, extra),
    lambda cards, card, holder, to, extra: cards.safeTransferFrom(holder, to, card, extra),
    lambda cards, card, holder, to, extra: cards.safeTransferFrom(holder, to, card, b"message", extra),
]
NAMES = ["transferFrom", "safeTransferFrom", "safeTransferFrom with data"]


@pytest.fixture
def silver(cards, alice):
    """Alice's silver card."""
    return buy(cards, SILVER, alice)


@pytest.fixture
def staff(cards, alice):
    """Alice's card of the locked tier."""
    return buy(cards, STAFF, alice)


@pytest.fixture
def transfer_by_sig(cards, alice, relayer):
    """Passes a card on with Alice's signature."""

    def send(card, to):
        typed = card_transfer(
            domain=domain_of(cards), from_=alice.address, to=str(to), card_id=card, nonce=7, deadline=FAR
        )
        return cards.transferBySig(alice, to, card, 7, FAR, signed_by(alice, typed), {"from": relayer})

    return send


@pytest.mark.parametrize("transfer", TRANSFERS, ids=NAMES)
def test_refuses_to_pass_on_a_locked_card(cards, staff, alice, bob, transfer):
    with reverts("MembershipCard_Locked", staff):
        transfer(cards, staff, alice, bob, {"from": alice})


@pytest.mark.parametrize("transfer", TRANSFERS, ids=NAMES)
def test_refuses_to_let_others_pass_on_a_locked_card(cards, staff, alice, bob, transfer):
    cards.approve(bob, staff, {"from": alice})
    cards.setApprovalForAll(bob, True, {"from": alice})
    with reverts("MembershipCard_Locked", staff):
        transfer(cards, staff, alice, bob, {"from": bob})


def test_refuses_to_pass_on_a_locked_card_by_signature(staff, transfer_by_sig, bob):
    with reverts("MembershipCard_Locked", staff):
        transfer_by_sig(staff, bob)


@pytest.mark.parametrize("transfer", TRANSFERS, ids=NAMES)
def test_refuses_native_coin_along_with_a_transfer(cards, silver, alice, bob, transfer):
    with reverts("MembershipCard_WrongValue", 1, 0):
        transfer(cards, silver, alice, bob, {"from": alice, "value": 1})


def test_refuses_native_coin_along_with_an_approval(cards, silver, alice, bob):
    with reverts("MembershipCard_WrongValue", 1, 0):
        cards.approve(bob, silver, {"from": alice, "value": 1})


def test_keeps_tier_and_term(cards, silver, alice, bob):
    before = cards.cardOf(silver)
    cards.transferFrom(alice, bob, silver, {"from": alice})
    assert cards.cardOf(silver) == before


def test_passes_on_an_expired_card(cards, silver, alice, bob):
    expire(cards, silver)
    cards.transferFrom(alice, bob, silver, {"from": alice})
    assert cards.ownerOf(silver) == bob
    assert not cards.isActive(silver)


def test_passes_on_by_signature(cards, silver, transfer_by_sig, alice, bob, carol):
    cards.approve(carol, silver, {"from": alice})
    tx = transfer_by_sig(silver, bob)
    assert cards.ownerOf(silver) == bob
    assert cards.getApproved(silver) == NOBODY
    assert tx.events["Transfer"] == {"from": alice, "to": bob, "id": silver}


def test_refuses_a_signer_who_may_only_move_it(cards, transfer_by_sig, alice, bob):
    card = buy(cards, SILVER, bob)
    cards.setApprovalForAll(alice, True, {"from": bob})
    with reverts("TransferFromIncorrectOwner"):
        transfer_by_sig(card, alice)


def test_refuses_nobody_by_signature(silver, transfer_by_sig):
    with reverts("TransferToZeroAddress"):
        transfer_by_sig(silver, NOBODY)


def test_refuses_a_missing_card_by_signature(cards, transfer_by_sig, bob):
    with reverts("TokenDoesNotExist"):
        transfer_by_sig(1, bob)


def test_refuses_a_contract_that_takes_no_cards_by_signature(silver, points, transfer_by_sig):
    with reverts("TransferToNonERC721ReceiverImplementer"):
        transfer_by_sig(silver, points)


def test_tells_a_receiving_contract_by_signature(cards, silver, receiver, transfer_by_sig, alice, relayer):
    transfer_by_sig(silver, receiver)
    assert (receiver.operator(), receiver.sender(), receiver.tokenId()) == (relayer, alice, silver)


@pytest.fixture
def approve_by_sig(cards, alice, relayer):
    """Approves for one card with Alice's signature."""

    def send(card, spender, nonce=7):
        typed = card_approve(
            domain=domain_of(cards),
            holder=alice.address,
            spender=str(spender),
            card_id=card,
            nonce=nonce,
            deadline=FAR,
        )
        return cards.approveBySig(alice, spender, card, nonce, FAR, signed_by(alice, typed), {"from": relayer})

    return send


def test_approves_by_signature(cards, silver, approve_by_sig, alice, bob):
    tx = approve_by_sig(silver, bob)
    assert cards.getApproved(silver) == bob
    assert tx.events["Approval"] == {"owner": alice, "account": bob, "id": silver}


def test_takes_an_approval_back_by_signature(cards, silver, approve_by_sig, bob):
    approve_by_sig(silver, bob)
    approve_by_sig(silver, NOBODY, nonce=8)
    assert cards.getApproved(silver) == NOBODY


def test_refuses_the_approval_of_an_operator_by_signature(cards, approve_by_sig, alice, bob):
    card = buy(cards, SILVER, bob)
    cards.setApprovalForAll(alice, True, {"from": bob})
    with reverts("MembershipCard_NotHolder", card, alice):
        approve_by_sig(card, alice)


def test_refuses_the_approval_of_a_missing_card_by_signature(approve_by_sig, bob):
    with reverts("TokenDoesNotExist"):
        approve_by_sig(1, bob)


@pytest.mark.parametrize("approved", [True, False])
def test_approves_for_all_by_signature(cards, alice, bob, relayer, approved):
    cards.setApprovalForAll(bob, not approved, {"from": alice})
    typed = card_set_approval_for_all(
        domain=domain_of(cards), owner=alice.address, operator=bob.address, approved=approved, nonce=7, deadline=FAR
    )
    signature = signed_by(alice, typed)
    tx = cards.setApprovalForAllBySig(alice, bob, approved, 7, FAR, signature, {"from": relayer})
    assert cards.isApprovedForAll(alice, bob) == approved
    assert tx.events["ApprovalForAll"] == {"owner": alice, "operator": bob, "isApproved": approved}
