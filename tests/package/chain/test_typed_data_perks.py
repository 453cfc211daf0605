"""What holders sign for a desk of perks.

given a redemption and a cancellation
    their digests should be those of the types that the contract's interface names
given a signed redemption
    when somebody relays it by its names
        the desk should take it, though the tier that was signed is no argument of it
    when it was signed for another tier than the card's
        the desk should refuse
"""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import encode
from eth_utils.crypto import keccak

from web3crm.chain import Chain, LocalChain, relay
from web3crm.chain.typed_data import Domain, TypedData, perk_cancel_redemption, perk_redeem
from web3crm.domain import NATIVE, RedemptionNumber
from web3crm.errors import ContractRevert

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
HERE = Domain(name="PerkDesk", chain_id=1, contract=ALICE)
REF = b"\x07" * 32


def digest(signature: str, *values: Any) -> bytes:
    """The EIP-712 digest in the domain ``HERE``, by hand."""
    domain = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    separator = keccak(domain + keccak(text="PerkDesk") + keccak(text="1") + encode(["uint256", "address"], [1, ALICE]))
    kinds = [field.split()[0] for field in signature[signature.index("(") + 1 : -1].split(",")]
    return keccak(b"\x19\x01" + separator + keccak(keccak(text=signature) + encode(kinds, values)))


def test_a_redemption_has_the_contracts_type() -> None:
    typed = perk_redeem(domain=HERE, holder=ALICE, card_id=5, tier_id=2, perk_id=31, ref=REF, nonce=6, deadline=7)
    assert typed.digest() == digest(
        "RedeemPerk(address holder,uint256 cardId,uint16 tierId,uint8 perkId,bytes32 ref,"
        "uint256 nonce,uint256 deadline)",
        *(ALICE, 5, 2, 31, REF, 6, 7),
    )


def test_a_cancellation_has_the_contracts_type() -> None:
    typed = perk_cancel_redemption(domain=HERE, redeemer=ALICE, redemption_id=REF, nonce=6, deadline=7)
    assert typed.digest() == digest(
        "CancelRedemption(address redeemer,bytes32 redemptionId,uint256 nonce,uint256 deadline)", *(ALICE, REF, 6, 7)
    )


@pytest.fixture
def desk(own_chain: Chain, local: LocalChain) -> Any:
    """A desk with one perk in the first of two tiers; Alice has card 1 of it."""
    brand, alice = local.accounts[1], local.accounts[3]
    authority, _ = own_chain.deploy("ProgramAuthority", [brand.address], sender=brand)
    cards, _ = own_chain.deploy("MembershipCard", ["Club", "CLUB", "", authority.address, NATIVE], sender=brand)
    desk, _ = own_chain.deploy("PerkDesk", [authority.address, cards.address], sender=brand)
    for _ in range(2):
        own_chain.transact(cards.functions.defineTier(60, 9, 0, True, True, 1, ""), sender=brand)
    own_chain.transact(desk.functions.definePerk(1, 1, 0, 0, NATIVE, ""), sender=brand)
    own_chain.transact(cards.functions.grantCard(alice.address, 1), sender=brand)
    return desk


def redemption(chain: Chain, desk: Any, holder: str, tier_id: int) -> TypedData:
    return perk_redeem(
        domain=chain.domain(desk),
        holder=holder,
        card_id=1,
        tier_id=tier_id,
        perk_id=0,
        ref=REF,
        nonce=0,
        deadline=2**40,
    )


def test_anybody_relays_a_redemption(own_chain: Chain, local: LocalChain, desk: Any) -> None:
    alice, relayer = local.accounts[3], local.accounts[6]
    typed = redemption(own_chain, desk, alice.address, 1)
    receipt = relay(
        own_chain, desk, "redeemPerkBySig", typed, own_chain.sign(typed, sender=alice.address), sender=relayer
    )
    (redeemed,) = own_chain.events(receipt, desk, "PerkRedeemed")
    assert redeemed.args["redeemer"] == alice.address
    number = RedemptionNumber.read(redeemed.args["redemptionId"])
    assert number == RedemptionNumber(card_id=1, tier_id=1, perk_id=0, serial=1)


def test_a_redemption_for_another_tier_is_refused(own_chain: Chain, local: LocalChain, desk: Any) -> None:
    alice, relayer = local.accounts[3], local.accounts[6]
    typed = redemption(own_chain, desk, alice.address, 2)
    signature = own_chain.sign(typed, sender=alice.address)
    with pytest.raises(ContractRevert, match="Signed_InvalidSignature"):
        relay(own_chain, desk, "redeemPerkBySig", typed, signature, sender=relayer)
