"""ERC-20, ERC-2612 and ERC-5805 as behaviours any token of ours must show.

A test module makes a class of its own from one of these (``class TestPoints(ERC20Behaviour)``) and provides the
fixtures ``token`` (alice holds 100 units of 10**18, bob 50, nobody else any), ``domain`` and the actors.
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError
from eth_utils.crypto import keccak

from tests.support.loyalty import FAR, POINT, ZERO_ADDRESS
from tests.support.reverting import reverts
from tests.support.signing import malleable, signed_by
from web3crm.chain.typed_data import points_delegation, points_permit

MAX = 2**256 - 1


class ERC20Behaviour:
    """Balances, transfers, allowances."""

    def test_counts_what_everyone_holds(self, token, alice, bob, carol):
        assert [token.balanceOf(holder) for holder in (alice, bob, carol)] == [100 * POINT, 50 * POINT, 0]
        assert token.totalSupply() == 150 * POINT

    @pytest.mark.parametrize("amount", [0, 1, 100 * POINT])
    def test_transfers(self, token, alice, bob, amount):
        receipt = token.transfer(bob, amount, {"from": alice})

        assert receipt.return_value is True
        assert token.balanceOf(alice) == 100 * POINT - amount
        assert token.balanceOf(bob) == 50 * POINT + amount
        assert dict(receipt.events["Transfer"]) == {"from": alice, "to": bob, "value": amount}

    def test_transfers_to_oneself(self, token, alice):
        token.transfer(alice, 100 * POINT, {"from": alice})

        assert token.balanceOf(alice) == 100 * POINT

    def test_refuses_to_transfer_more_than_is_held(self, token, alice, bob):
        with reverts("ERC20InsufficientBalance", alice, 100 * POINT, 100 * POINT + 1):
            token.transfer(bob, 100 * POINT + 1, {"from": alice})

    def test_refuses_to_transfer_to_nobody(self, token, alice):
        with reverts("ERC20InvalidReceiver", ZERO_ADDRESS):
            token.transfer(ZERO_ADDRESS, 1, {"from": alice})

    def test_approves(self, token, alice, bob):
        receipt = token.approve(bob, 7, {"from": alice})

        assert receipt.return_value is True
        assert token.allowance(alice, bob) == 7
        assert dict(receipt.events["Approval"]) == {"owner": alice, "spender": bob, "value": 7}

    def test_replaces_an_allowance(self, token, alice, bob):
        token.approve(bob, 7, {"from": alice})

        token.approve(bob, 5, {"from": alice})

        assert token.allowance(alice, bob) == 5

    def test_refuses_to_approve_nobody(self, token, alice):
        with reverts("ERC20InvalidSpender", ZERO_ADDRESS):
            token.approve(ZERO_ADDRESS, 1, {"from": alice})

    def test_spends_an_allowance(self, token, alice, bob, carol):
        token.approve(bob, 7, {"from": alice})

        receipt = token.transferFrom(alice, carol, 5, {"from": bob})

        assert receipt.return_value is True
        assert token.allowance(alice, bob) == 2
        assert token.balanceOf(carol) == 5

    def test_leaves_an_endless_allowance_as_it_is(self, token, alice, bob, carol):
        token.approve(bob, MAX, {"from": alice})

        token.transferFrom(alice, carol, 5, {"from": bob})

        assert token.allowance(alice, bob) == MAX

    def test_refuses_to_spend_more_than_is_allowed(self, token, alice, bob, carol):
        token.approve(bob, 7, {"from": alice})

        with reverts("ERC20InsufficientAllowance", bob, 7, 8):
            token.transferFrom(alice, carol, 8, {"from": bob})

    def test_refuses_to_spend_more_than_is_held(self, token, alice, bob, carol):
        token.approve(bob, MAX, {"from": alice})

        with reverts("ERC20InsufficientBalance", alice, 100 * POINT, 100 * POINT + 1):
            token.transferFrom(alice, carol, 100 * POINT + 1, {"from": bob})

    def test_lets_nobody_spend_without_an_allowance_not_even_the_holder(self, token, alice, bob):
        with reverts("ERC20InsufficientAllowance", alice, 0, 1):
            token.transferFrom(alice, bob, 1, {"from": alice})


class PermitBehaviour:
    """ERC-2612: an allowance by signature."""

    @pytest.fixture
    def permit(self, token, domain, alice, bob, relayer):
        """Sends a permit of 7 from alice to bob; ``sign`` turns the message into the signature to send."""

        def send(sign, *, nonce=0, deadline=FAR, value=7, signed_domain=domain):
            message = points_permit(
                domain=signed_domain, owner=alice.address, spender=bob.address, value=7, nonce=nonce, deadline=deadline
            )
            signature = sign(message)
            v, r, s = signature[64], signature[:32], signature[32:64]
            return token.permit(alice, bob, value, deadline, v, r, s, {"from": relayer})

        return send

    def test_permits(self, permit, token, alice, bob):
        events = permit(lambda message: signed_by(alice, message)).events

        assert token.allowance(alice, bob) == 7
        assert token.nonces(alice) == 1
        assert dict(events["Approval"]) == {"owner": alice, "spender": bob, "value": 7}

    def test_has_the_domain_that_is_signed(self, token, domain):
        type_hash = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
        words = [
            type_hash,
            keccak(text=domain.name),
            keccak(text=domain.version),
            domain.chain_id.to_bytes(32, "big"),
            bytes.fromhex(domain.contract[2:]).rjust(32, b"\0"),
        ]

        assert str(token.DOMAIN_SEPARATOR()) == "0x" + keccak(b"".join(words)).hex()

    def test_refuses_a_past_deadline(self, permit, chain, alice):
        past = chain[-1].timestamp - 1

        with reverts("ERC2612ExpiredSignature", past):
            permit(lambda message: signed_by(alice, message), deadline=past)

    def test_refuses_a_signature_of_someone_else(self, permit, alice, stranger):
        with reverts("ERC2612InvalidSigner", stranger, alice):
            permit(lambda message: signed_by(stranger, message))

    def test_refuses_a_malleable_signature(self, permit, alice):
        with pytest.raises(VirtualMachineError, match="ECDSAInvalidSignatureS"):
            permit(lambda message: malleable(signed_by(alice, message)))

    def test_refuses_no_signature(self, permit):
        with reverts("ECDSAInvalidSignature"):
            permit(lambda message: b"\0" * 65)

    @pytest.mark.parametrize("change", [{"nonce": 1}, {"value": 8}], ids=["another nonce", "another value"])
    def test_recovers_another_signer_from_what_was_not_signed(self, permit, token, alice, bob, change):
        with pytest.raises(VirtualMachineError, match="ERC2612InvalidSigner"):
            permit(lambda message: signed_by(alice, message), **change)
        assert token.allowance(alice, bob) == 0

    def test_refuses_a_used_nonce(self, permit, token, alice, bob):
        permit(lambda message: signed_by(alice, message))
        token.approve(bob, 0, {"from": alice})

        with pytest.raises(VirtualMachineError, match="ERC2612InvalidSigner"):
            permit(lambda message: signed_by(alice, message))
        assert token.allowance(alice, bob) == 0


class VotesBehaviour:
    """ERC-5805 and ERC-6372: votes are the points of whoever delegated, by the second."""

    def test_counts_time_in_seconds(self, token, chain):
        assert token.CLOCK_MODE() == "mode=timestamp"
        assert token.clock(block_identifier=chain.height) == chain[-1].timestamp

    def test_gives_no_votes_to_who_never_delegated(self, token, alice):
        assert token.delegates(alice) == ZERO_ADDRESS
        assert token.getVotes(alice) == 0

    def test_delegates(self, token, alice, bob):
        events = token.delegate(bob, {"from": alice}).events

        assert token.delegates(alice) == bob
        assert (token.getVotes(alice), token.getVotes(bob)) == (0, 100 * POINT)
        assert dict(events["DelegateChanged"]) == {
            "delegator": alice,
            "fromDelegate": ZERO_ADDRESS,
            "toDelegate": bob,
        }
        assert dict(events["DelegateVotesChanged"]) == {
            "delegate": bob,
            "previousVotes": 0,
            "newVotes": 100 * POINT,
        }

    def test_moves_votes_to_another_delegate(self, token, alice, bob, carol):
        token.delegate(bob, {"from": alice})

        token.delegate(carol, {"from": alice})

        assert (token.getVotes(bob), token.getVotes(carol)) == (0, 100 * POINT)

    def test_moves_votes_with_the_points(self, token, alice, bob, carol):
        token.delegate(alice, {"from": alice})
        token.delegate(carol, {"from": bob})

        token.transfer(bob, 30 * POINT, {"from": alice})

        assert (token.getVotes(alice), token.getVotes(carol)) == (70 * POINT, 80 * POINT)

    def test_remembers_votes_and_supply(self, token, chain, alice, bob):
        at = token.delegate(alice, {"from": alice}).timestamp
        chain.sleep(10)
        token.transfer(bob, 30 * POINT, {"from": alice})
        chain.sleep(10)
        chain.mine()

        assert token.getPastVotes(alice, at - 1) == 0
        assert token.getPastVotes(alice, at) == 100 * POINT
        assert token.getPastVotes(alice, chain[-1].timestamp - 1) == 70 * POINT
        assert token.getPastTotalSupply(at) == 150 * POINT

    def test_keeps_the_past_when_points_move_in_the_present(self, token, chain, alice, bob):
        token.delegate(alice, {"from": alice})
        token.delegate(bob, {"from": bob})
        chain.sleep(10)
        moved = token.transfer(bob, 100 * POINT, {"from": alice}).timestamp
        chain.sleep(10)
        chain.mine()

        assert (token.getPastVotes(alice, moved - 1), token.getPastVotes(bob, moved - 1)) == (100 * POINT, 50 * POINT)
        assert (token.getPastVotes(alice, moved), token.getPastVotes(bob, moved)) == (0, 150 * POINT)

    @pytest.mark.parametrize("view", ["getPastVotes", "getPastTotalSupply"])
    def test_tells_nothing_of_the_present_or_future(self, token, chain, alice, view):
        future = chain[-1].timestamp + 1000
        arguments = {"getPastVotes": (alice, future), "getPastTotalSupply": (future,)}[view]

        with pytest.raises(VirtualMachineError, match="ERC5805FutureLookup"):
            getattr(token, view)(*arguments)

    def test_delegates_by_signature(self, token, domain, alice, bob, relayer):
        message = points_delegation(domain=domain, delegatee=bob.address, nonce=0, expiry=FAR)
        signature = signed_by(alice, message)

        token.delegateBySig(bob, 0, FAR, signature[64], signature[:32], signature[32:64], {"from": relayer})

        assert token.delegates(alice) == bob
        assert token.nonces(alice) == 1

    def test_refuses_a_delegation_s_used_nonce(self, token, domain, alice, bob, relayer):
        message = points_delegation(domain=domain, delegatee=bob.address, nonce=0, expiry=FAR)
        signature = signed_by(alice, message)
        arguments = (bob, 0, FAR, signature[64], signature[:32], signature[32:64])
        token.delegateBySig(*arguments, {"from": relayer})

        with reverts("InvalidAccountNonce", alice, 1):
            token.delegateBySig(*arguments, {"from": relayer})

    def test_refuses_a_delegation_after_its_expiry(self, token, domain, chain, alice, bob, relayer):
        past = chain[-1].timestamp - 1
        signature = signed_by(alice, points_delegation(domain=domain, delegatee=bob.address, nonce=0, expiry=past))

        with reverts("VotesExpiredSignature", past):
            token.delegateBySig(bob, 0, past, signature[64], signature[:32], signature[32:64], {"from": relayer})

    def test_refuses_a_malleable_delegation(self, token, domain, alice, bob, relayer):
        message = points_delegation(domain=domain, delegatee=bob.address, nonce=0, expiry=FAR)
        signature = malleable(signed_by(alice, message))

        with pytest.raises(VirtualMachineError, match="ECDSAInvalidSignatureS"):
            token.delegateBySig(bob, 0, FAR, signature[64], signature[:32], signature[32:64], {"from": relayer})

    def test_pays_for_no_checkpoint_between_people_who_never_delegated(self, token, alice, bob):
        events = token.transfer(bob, 30 * POINT, {"from": alice}).events

        assert list(events.keys()) == ["Transfer"]
