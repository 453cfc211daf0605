"""Chapter: goods and services that come with a card."""

from __future__ import annotations

from eth_utils.crypto import keccak

from web3crm.chain import relay
from web3crm.chain.typed_data import Domain, perk_redeem
from web3crm.demo.cast import Cast
from web3crm.demo.stage import Stage
from web3crm.domain import perks_left as left_of

__all__ = ["perks_left", "redeem_perks"]

_BARISTA = 2
_ESPRESSO, _ROAST = 0, 2


def redeem_perks(stage: Stage, cast: Cast, card_id: int) -> None:
    """The holder of a Barista card takes an espresso and a bag of roast; the brand confirms the delivery of the bag."""
    stage.chapter("A card's perks: one used on the spot, one delivered")
    chain, desk = cast.chain, cast.coffee.perks
    holder = cast.holder(card_id)
    tier = cast.coffee.params.card.tiers[_BARISTA - 1]
    given = perks_left(cast, card_id)
    for given_perk, count in zip(tier.perks, given, strict=True):
        stage.say(f"card {card_id} gives {given_perk.name.lower()}: {count} left ({given_perk.kind.name.lower()})")
    found = {}
    for perk in (_ESPRESSO, _ROAST):
        redemption = perk_redeem(
            domain=Domain("PerkDesk", chain.chain_id, desk.address),
            holder=holder.address, card_id=card_id, tier_id=_BARISTA, perk_id=perk, ref=keccak(text=f"{holder}: perk {perk}"),
            nonce=cast.nonce(), deadline=cast.deadline(),
        )  # fmt: skip
        signature = cast.sign(redemption, holder)
        receipt = relay(chain, desk, "redeemPerkBySig", redemption, signature, sender=cast.relayer)
        stage.spent("redeem a perk (relayed)", receipt)
        (redeemed,) = chain.events(receipt, desk, "PerkRedeemed")
        found[perk] = redeemed.args["redemptionId"]
        stage.say(f"{holder} redeems: {tier.perks[perk].name.lower()}")
    receipt = chain.transact(desk.functions.confirmDelivery([found[_ROAST]]), sender=cast.staff)
    stage.spent("confirm a delivery", receipt)
    (confirmed,) = chain.events(receipt, desk, "DeliveryConfirmed")
    stage.check("the brand hands the bag over and confirms it", confirmed.args["redemptionId"], found[_ROAST])
    expected = tuple(count - (perk in found) for perk, count in enumerate(given))
    stage.check("each is one less; the other perk is untouched", perks_left(cast, card_id), expected)
    stage.facts["perks redeemed"] = len(found)


def perks_left(cast: Cast, card_id: int) -> tuple[int, ...]:
    """How often each perk of the card's tier may still be used."""
    chain, desk = cast.chain, cast.coffee.perks.functions
    tier_id = chain.call(cast.coffee.cards.functions.cardOf(card_id))[0]
    left = left_of(chain.call(desk.perksLeft(card_id)))
    return tuple(left.get(number, 0) for number in range(chain.call(desk.perkCount(tier_id))))
