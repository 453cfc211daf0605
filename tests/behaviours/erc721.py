"""What every ERC-721 collection must do whose tokens can be passed on, on Solady's base.

A test module binds it to a collection: a class that inherits :class:`BehavesLikeERC721` and gives two fixtures of class
scope: ``tokens``, the contract, and ``mint``, a function from a holder to the number of her new token.
"""

from __future__ import annotations

import pytest
from brownie import MockReceiver

from tests.support.reverting import reverts

NOBODY = "0x0000000000000000000000000000000000000000"
MISSING = 10**9


class BehavesLikeERC721:
    """Given a collection and a token of Alice's.

    it should count tokens by owner, and refuse to count nobody's
    it should have no owner, approval or transfer of a token that does not exist
    when its owner, its approved account or her operator passes it on
        it should change hands, clear the approval, move one unit of balance and emit Transfer
    when anyone else does, or the owner is named wrongly, or nobody would get it
        it should refuse
    when it is passed on safely to a contract
        it should tell the contract, with the data, and refuse unless it accepts
        it should have changed hands before the contract is told
    when its owner or her operator approves somebody
        it should keep and announce the approval; nobody else may
    when an operator is taken back
        it should refuse her
    it should let it be passed on to its own owner without counting it twice
    """

    @pytest.fixture(scope="class")
    @classmethod
    def token(cls, mint, alice):
        return mint(alice)

    @pytest.fixture(scope="class")
    @classmethod
    def catcher(cls, module_isolation, deployer):
        """A contract that is told of safe transfers."""
        return deployer.deploy(MockReceiver)

    def test_counts_tokens_by_owner(self, tokens, token, mint, alice, bob):
        mint(alice)
        assert tokens.balanceOf(alice) == 2
        assert tokens.balanceOf(bob) == 0
        assert tokens.ownerOf(token) == alice

    def test_does_not_count_the_tokens_of_nobody(self, tokens):
        with reverts("BalanceQueryForZeroAddress"):
            tokens.balanceOf(NOBODY)

    @pytest.mark.parametrize("view", ["ownerOf", "getApproved", "tokenURI"])
    @pytest.mark.parametrize("missing", [0, MISSING, 2**256 - 1])
    def test_knows_nothing_of_missing_tokens(self, tokens, token, view, missing):
        with reverts("TokenDoesNotExist"):
            getattr(tokens, view)(missing)

    def test_does_not_pass_on_missing_tokens(self, tokens, token, alice, bob):
        with reverts("TokenDoesNotExist"):
            tokens.transferFrom(alice, bob, MISSING, {"from": alice})

    def test_does_not_approve_for_missing_tokens(self, tokens, token, alice, bob):
        with reverts("TokenDoesNotExist"):
            tokens.approve(bob, MISSING, {"from": alice})

    def test_is_passed_on_by_its_owner(self, tokens, token, alice, bob):
        tx = tokens.transferFrom(alice, bob, token, {"from": alice})
        assert tokens.ownerOf(token) == bob
        assert (tokens.balanceOf(alice), tokens.balanceOf(bob)) == (0, 1)
        assert [tuple(event.values()) for event in tx.events] == [(alice, bob, token)]
        assert tx.events[0].name == "Transfer"

    def test_is_passed_on_by_its_approved_account(self, tokens, token, alice, bob, carol):
        tokens.approve(bob, token, {"from": alice})
        tokens.transferFrom(alice, carol, token, {"from": bob})
        assert tokens.ownerOf(token) == carol

    def test_is_passed_on_by_an_operator(self, tokens, token, alice, bob, carol):
        tokens.setApprovalForAll(bob, True, {"from": alice})
        tokens.transferFrom(alice, carol, token, {"from": bob})
        assert tokens.ownerOf(token) == carol

    def test_loses_its_approval_when_it_is_passed_on(self, tokens, token, alice, bob, carol):
        tokens.approve(bob, token, {"from": alice})
        tokens.transferFrom(alice, carol, token, {"from": alice})
        assert tokens.getApproved(token) == NOBODY
        with reverts("NotOwnerNorApproved"):
            tokens.transferFrom(carol, bob, token, {"from": bob})

    def test_does_not_follow_the_operators_of_a_former_owner(self, tokens, token, alice, bob, carol):
        tokens.setApprovalForAll(bob, True, {"from": alice})
        tokens.transferFrom(alice, carol, token, {"from": alice})
        with reverts("NotOwnerNorApproved"):
            tokens.transferFrom(carol, bob, token, {"from": bob})

    def test_is_not_passed_on_by_others(self, tokens, token, alice, stranger):
        with reverts("NotOwnerNorApproved"):
            tokens.transferFrom(alice, stranger, token, {"from": stranger})

    def test_is_not_passed_on_from_another_than_its_owner(self, tokens, token, alice, bob):
        with reverts("TransferFromIncorrectOwner"):
            tokens.transferFrom(bob, alice, token, {"from": alice})

    def test_is_not_passed_on_to_nobody(self, tokens, token, alice):
        with reverts("TransferToZeroAddress"):
            tokens.transferFrom(alice, NOBODY, token, {"from": alice})

    def test_is_not_passed_on_by_an_operator_who_was_taken_back(self, tokens, token, alice, bob):
        tokens.setApprovalForAll(bob, True, {"from": alice})
        tokens.setApprovalForAll(bob, False, {"from": alice})
        with reverts("NotOwnerNorApproved"):
            tokens.transferFrom(alice, bob, token, {"from": bob})

    def test_counts_once_when_it_is_passed_on_to_its_owner(self, tokens, token, alice):
        tokens.transferFrom(alice, alice, token, {"from": alice})
        assert tokens.ownerOf(token) == alice
        assert tokens.balanceOf(alice) == 1

    def test_is_passed_on_safely_to_a_person(self, tokens, token, alice, bob):
        tokens.safeTransferFrom(alice, bob, token, {"from": alice})
        assert tokens.ownerOf(token) == bob

    def test_tells_a_contract_that_gets_it(self, tokens, token, catcher, alice, bob):
        tokens.approve(bob, token, {"from": alice})
        tokens.safeTransferFrom(alice, catcher, token, b"for the safe", {"from": bob})
        assert tokens.ownerOf(token) == catcher
        assert (catcher.operator(), catcher.sender(), catcher.tokenId()) == (bob, alice, token)
        assert bytes(catcher.message()) == b"for the safe"

    def test_has_changed_hands_before_the_contract_is_told(self, tokens, token, catcher, alice, bob):
        catcher.setAct(tokens, tokens.transferFrom.encode_input(catcher, bob, token), {"from": alice})
        tokens.safeTransferFrom(alice, catcher, token, {"from": alice})
        assert catcher.actSucceeded()
        assert tokens.ownerOf(token) == bob
        assert tokens.balanceOf(catcher) == 0

    @pytest.mark.parametrize("answer", [1, 2], ids=["another value", "a revert"])
    def test_is_not_forced_on_a_contract(self, tokens, token, catcher, alice, answer):
        catcher.setAnswer(answer, {"from": alice})
        with reverts("TransferToNonERC721ReceiverImplementer"):
            tokens.safeTransferFrom(alice, catcher, token, {"from": alice})

    def test_shows_why_a_contract_refuses_it(self, tokens, token, catcher, alice):
        catcher.setAnswer(3, {"from": alice})
        with reverts("MockReceiver_Refused", token):
            tokens.safeTransferFrom(alice, catcher, token, {"from": alice})

    def test_is_not_sent_safely_to_a_contract_that_takes_none(self, tokens, token, alice):
        with reverts("TransferToNonERC721ReceiverImplementer"):
            tokens.safeTransferFrom(alice, tokens, token, {"from": alice})

    def test_keeps_an_approval(self, tokens, token, alice, bob):
        tx = tokens.approve(bob, token, {"from": alice})
        assert tokens.getApproved(token) == bob
        assert tx.events["Approval"] == {"owner": alice, "account": bob, "id": token}

    def test_keeps_the_approval_of_an_operator(self, tokens, token, alice, bob, carol):
        tokens.setApprovalForAll(bob, True, {"from": alice})
        tx = tokens.approve(carol, token, {"from": bob})
        assert tokens.getApproved(token) == carol
        assert tx.events["Approval"]["owner"] == alice

    def test_keeps_no_approval_of_the_approved_account(self, tokens, token, alice, bob, carol):
        tokens.approve(bob, token, {"from": alice})
        with reverts("NotOwnerNorApproved"):
            tokens.approve(carol, token, {"from": bob})

    def test_keeps_no_approval_of_others(self, tokens, token, stranger):
        with reverts("NotOwnerNorApproved"):
            tokens.approve(stranger, token, {"from": stranger})

    @pytest.mark.parametrize("approved", [True, False])
    def test_keeps_operators(self, tokens, alice, bob, carol, approved):
        tx = tokens.setApprovalForAll(bob, approved, {"from": alice})
        assert tokens.isApprovedForAll(alice, bob) is approved
        assert tokens.isApprovedForAll(bob, alice) is False
        assert tokens.isApprovedForAll(alice, carol) is False
        assert tx.events["ApprovalForAll"] == {"owner": alice, "operator": bob, "isApproved": approved}
