"""Perks: the goods and services that come with a card, for whoever holds it.

    brownie run perks list                                    anybody
    brownie run perks left 1                                  anybody: what card 1 still has
    brownie run perks redeem 1 "Espresso on the house"        the holder of card 1 (WEB3CRM_ACCOUNT)
    brownie run perks cancel 0x…                              who redeemed it, before its delivery is confirmed
    brownie run perks deliver 0x…,0x…                         staff with the role FULFILMENT
    brownie run perks define Regular 2 30d service ipfs://…   staff with the role TIERS: count, window, kind, metadata
    brownie run perks retire Regular 0                        staff with the role TIERS

A perk is its name in the parameter file or its number, counted from 0 in its tier.
"""

from brownie import network, web3

from web3crm.cli import Session, act, digests, duration, one_of, open_session, reference, say, unknown_act, whole
from web3crm.domain import NATIVE, PerkKind, Role, duration_text, perks_left
from web3crm.errors import InputError

__getattr__ = unknown_act(__name__)


def _names(session: Session, tier: int) -> list[str]:
    tiers = session.programme.params.card.tiers
    return [perk.name for perk in tiers[tier - 1].perks] if tier <= len(tiers) else []


def _perk(session: Session, tier: int, text: str) -> int:
    """A perk argument: its name or its number."""
    if text.isdigit():
        return whole("perk", text, most=31)
    names = _names(session, tier)
    if text not in names:
        raise InputError(f"tier {tier} has no perk {text!r}; it has: {', '.join(names) or 'none'}")
    return names.index(text)


def _name(session: Session, tier: int, number: int) -> str:
    names = _names(session, tier)
    return names[number] if number < len(names) else f"perk {number}"


@act
def main() -> None:
    """Shows the perks of all tiers."""
    list()


@act
def list() -> None:  # noqa: A001 - the word people use
    """Shows the perks of all tiers."""
    session = open_session(web3, network.show_active())
    call, desk = session.chain.call, session.programme.perks.functions
    for tier in range(1, call(session.programme.cards.functions.tierCount()) + 1):
        for number in range(call(desk.perkCount(tier))):
            count, window, kind, retired = call(desk.perk(tier, number))[:4]
            often = f"{count} times in {duration_text(window)}" if window else f"{count} times a period"
            end = ", not given any more" if retired else ""
            say(f"tier {tier}, {number} {_name(session, tier, number)}: {often}, {PerkKind(kind).name.lower()}{end}")


@act
def left(card: str) -> None:
    """Shows what a card still has."""
    session = open_session(web3, network.show_active())
    card_id = whole("card", card)
    tier = session.chain.call(session.programme.cards.functions.cardOf(card_id))[0]
    counts = perks_left(session.chain.call(session.programme.perks.functions.perksLeft(card_id)))
    for number in range(session.chain.call(session.programme.perks.functions.perkCount(tier))):
        say(f"card {card_id}, {number} {_name(session, tier, number)}: {counts.get(number, 0)} left")


@act
def redeem(card: str, perk: str, what_for: str = "") -> None:
    """Uses a perk of a card that one holds. `what_for`, such as an address's digest, is kept as a digest only."""
    session = open_session(web3, network.show_active())
    card_id, desk = whole("card", card), session.programme.perks
    tier = session.chain.call(session.programme.cards.functions.cardOf(card_id))[0]
    number = _perk(session, tier, perk)
    receipt = session.send(desk.functions.redeemPerk(card_id, number, reference(what_for)), sender=session.customer())
    (used,) = session.chain.events(receipt, desk, "PerkRedeemed")
    say(f"{_name(session, tier, number)} of card {card_id} is redeemed: 0x{bytes(used.args['redemptionId']).hex()}")
    left(card)


@act
def cancel(redemption: str) -> None:
    """Takes back a redemption whose delivery was not confirmed yet: the use is the card's again."""
    session = open_session(web3, network.show_active())
    (chosen,) = digests("redemption", redemption)
    session.send(session.programme.perks.functions.cancelRedemption(chosen), sender=session.customer())
    say(f"redemption {redemption} is cancelled")


@act
def deliver(redemptions: str) -> None:
    """Confirms that the goods of redemptions were handed out."""
    session = open_session(web3, network.show_active())
    chosen = digests("redemptions", redemptions)
    session.send(session.programme.perks.functions.confirmDelivery(chosen), sender=session.staff(Role.FULFILMENT))
    say(f"{len(chosen)} deliveries are confirmed")


@act
def define(tier: str, count: str, window: str, kind: str, uri: str, receiver: str = "nobody") -> None:
    """Gives the cards of a tier a perk. A window is a duration or `period`, the tier's own."""
    session = open_session(web3, network.show_active())
    tier_id, desk = session.tier(tier), session.programme.perks
    call = desk.functions.definePerk(
        tier_id,
        whole("count", count, least=1, most=255),
        0 if window == "period" else duration("window", window),
        one_of("kind", kind, {item.name.lower(): item for item in PerkKind}),
        NATIVE if receiver == "nobody" else session.address("receiver", receiver),
        uri,
    )
    session.send(call, sender=session.staff(Role.TIERS))
    say(f"tier {tier_id} has {session.chain.call(desk.functions.perkCount(tier_id))} perks")


@act
def retire(tier: str, perk: str) -> None:
    """Ends a perk of a tier."""
    session = open_session(web3, network.show_active())
    tier_id = session.tier(tier)
    number = _perk(session, tier_id, perk)
    session.send(session.programme.perks.functions.retirePerk(tier_id, number), sender=session.staff(Role.TIERS))
    say(f"{_name(session, tier_id, number)} of tier {tier_id} is retired")
