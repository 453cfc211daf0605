"""The contract that a perk's redemptions are told to

given a perk with a receiver
    it should be told everything, by the desk
    it should be told of the redemption that somebody else relays
    it should have 50,000 gas
when the receiver reverts, burns all its gas, returns a bomb or is no contract
    the redemption should stand, and it should be announced that the receiver failed if it did
    it should cost little more than its 50,000 gas
when the receiver re-enters
    it should be refused a card that is not its own, and a use of one that is should be counted like any other
when whoever sends the redemption gives too little gas for the receiver
    it should refuse, so that there is no redemption that the receiver was not told of
given several perks of a card, one with a receiver that reverts
    the others should be redeemed as ever
"""

from __future__ import annotations

import pytest
from brownie.exceptions import VirtualMachineError
from eth_abi import encode
from eth_utils.crypto import keccak

from tests.support.cards import FAR, SILVER
from tests.support.perks import COFFEE, REF, SERVICE, domain_of_desk, redeem
from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import perk_redeem
from web3crm.domain import RedemptionNumber

REVERT, BURN_GAS, BOMB = 1, 2, 3
TOLD = 3
"""The perk with a receiver, after silver's other three."""
STIPEND = 50_000


@pytest.fixture
def told(desk, silver, perk_receiver, issuer):
    """Alice's silver card, whose tier has a perk with a receiver."""
    desk.definePerk(SILVER.tier_id, 10, 0, SERVICE, perk_receiver, "ipfs://told", {"from": issuer})
    return silver


def digest(desk, card_id, holder, serial):
    number = bytes(RedemptionNumber(card_id=card_id, tier_id=SILVER.tier_id, perk_id=TOLD, serial=serial))
    kinds = ["address", "bytes32", "uint256", "address", "uint16", "uint8", "bytes32"]
    return keccak(encode(kinds, [desk.address, number, card_id, str(holder), SILVER.tier_id, TOLD, REF]))


def test_is_told_everything(desk, told, perk_receiver, alice):
    tx = desk.redeemPerk(told, TOLD, REF, {"from": alice})
    assert bytes(perk_receiver.told()) == digest(desk, told, alice, 1)
    assert "ReceiverFailed" not in tx.events


def test_is_told_of_what_is_relayed(desk, told, perk_receiver, alice, relayer):
    typed = perk_redeem(
        domain=domain_of_desk(desk), holder=alice.address, card_id=told, tier_id=SILVER.tier_id, perk_id=TOLD, ref=REF,
        nonce=0, deadline=FAR,
    )  # fmt: skip
    desk.redeemPerkBySig(alice, told, TOLD, REF, 0, FAR, signed_by(alice, typed), {"from": relayer})
    assert bytes(perk_receiver.told()) == digest(desk, told, alice, 1)


@pytest.mark.gas
def test_has_its_gas(desk, told, perk_receiver, alice):
    desk.redeemPerk(told, TOLD, REF, {"from": alice})
    assert STIPEND - 1_000 < perk_receiver.toldGas() <= STIPEND


@pytest.mark.parametrize("answer", [REVERT, BURN_GAS, BOMB], ids=["reverts", "burns gas", "bomb"])
def test_cannot_undo_a_redemption(desk, left, told, perk_receiver, alice, answer):
    without = desk.redeemPerk(told, COFFEE.perk_id, REF, {"from": alice}).gas_used
    perk_receiver.setAnswer(answer, {"from": alice})
    tx = desk.redeemPerk(told, TOLD, REF, {"from": alice})
    assert left(told)[TOLD] == 9
    assert bytes(perk_receiver.told()) == bytes(32)
    assert tx.events["ReceiverFailed"] == {"redemptionId": tx.return_value, "receiver": perk_receiver}
    assert tx.gas_used < without + STIPEND + 7_500


def test_may_be_no_contract(desk, left, silver, issuer, alice, stranger):
    desk.definePerk(SILVER.tier_id, 1, 0, SERVICE, stranger, "", {"from": issuer})
    desk.redeemPerk(silver, TOLD, REF, {"from": alice})
    assert TOLD not in left(silver)


def test_may_be_the_desk_or_the_cards_and_then_fails(cards, desk, left, silver, issuer, alice):
    for receiver in (desk, cards):
        desk.definePerk(SILVER.tier_id, 1, 0, SERVICE, receiver, "", {"from": issuer})
    for perk_id in (TOLD, TOLD + 1):
        assert "ReceiverFailed" in desk.redeemPerk(silver, perk_id, REF, {"from": alice}).events


@pytest.mark.parametrize(("perk_id", "succeeds", "coffees"), [(COFFEE.perk_id, True, 1), (TOLD, False, 2)])
def test_may_use_a_card_of_its_own(cards, desk, left, told, perk_receiver, alice, perk_id, succeeds, coffees):
    """Of the perk that it is told of it has not the gas for another."""
    redeem(desk, told, COFFEE, alice)
    cards.transferFrom(alice, perk_receiver, told, {"from": alice})
    perk_receiver.setAct(desk, desk.redeemPerk.encode_input(told, perk_id, REF), {"from": alice})
    perk_receiver.execute(desk, desk.redeemPerk.encode_input(told, TOLD, REF), {"from": alice})
    assert perk_receiver.actSucceeded() == succeeds
    assert (left(told)[TOLD], left(told)[COFFEE.perk_id]) == (9, coffees)


def test_cannot_use_the_card_it_is_told_of(desk, left, told, perk_receiver, alice):
    perk_receiver.setAct(desk, desk.redeemPerk.encode_input(told, COFFEE.perk_id, REF), {"from": alice})
    desk.redeemPerk(told, TOLD, REF, {"from": alice})
    assert not perk_receiver.actSucceeded()
    assert left(told)[COFFEE.perk_id] == COFFEE.count


def test_cannot_be_left_untold_for_want_of_gas(desk, left, told, perk_receiver, alice):
    """Whatever gas is sent, either there is a redemption and the receiver knows of it, or there is neither."""
    enough = desk.redeemPerk.estimate_gas(told, TOLD, REF, {"from": alice})
    chosen = range(enough - 60_000, enough + 20_000, 4_000)
    outcomes = [_outcome(desk, told, alice, gas, perk_receiver) for gas in chosen]
    assert set(outcomes) == {("refused", False), ("redeemed", True)}
    assert left(told)[TOLD] == 10 - outcomes.count(("redeemed", True))


def _outcome(desk, card_id, holder, gas, receiver):
    before = bytes(receiver.told())
    try:
        desk.redeemPerk(card_id, TOLD, REF, {"from": holder, "gas_limit": gas})
    except (VirtualMachineError, ValueError):
        return "refused", bytes(receiver.told()) != before
    return "redeemed", bytes(receiver.told()) != before


def test_says_so_when_there_is_too_little_gas(desk, told, alice):
    with reverts("PerkDesk_TooLittleGas"):
        desk.redeemPerk(told, TOLD, REF, {"from": alice, "gas_limit": 110_000})


def test_does_not_stand_in_the_way_of_other_perks(desk, left, told, perk_receiver, alice):
    perk_receiver.setAnswer(BURN_GAS, {"from": alice})
    desk.redeemPerk(told, TOLD, REF, {"from": alice})
    redeem(desk, told, COFFEE, alice)
    assert (left(told)[TOLD], left(told)[COFFEE.perk_id]) == (9, 2)
