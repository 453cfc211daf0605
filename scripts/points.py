"""Loyalty points: issue, see, transfer, redeem, burn; and earn, for all customers by one root.

    brownie run points issue 0x… 100 "receipt 4711"     staff with the role ISSUER
    brownie run points balance 0x…                      anybody
    brownie run points transfer 0x… 25                  the customer who sends (WEB3CRM_ACCOUNT)

    brownie run points earn cdnow rules.yaml            a dry run: what each purchase earns, and why
    brownie run points publish cdnow rules.yaml         staff with the role ISSUER: from purchases to a published root
    brownie run points verify                           anybody: does the root say what its file says?
    brownie run points standing 0x…                     anybody: what a customer was paid, can claim, owes
    brownie run points claim 0x…                        anybody: have a customer paid; `claim_all` everybody
    brownie run points liability                        anybody: what the programme owes its customers

A customer is an address, `account:N` on a development chain, or `me`. Purchases are a CSV or `cdnow`, the data set that
comes along; web3crm/domain/purchases.py tells the columns, web3crm/points/rules.py the rules' form. Wallets are a CSV
of customer and address; a development chain has some for demonstrations. deployments/rules has an example.
"""

import sys
from pathlib import Path

from brownie import network, web3
from rich.console import Console

from web3crm.cli import act, amount, duration, one_of, open_session, reference, say, unknown_act, whole
from web3crm.cli.earning import (
    earnings_table,
    find_wallets,
    open_distributor,
    published_files,
    work_out,
    write_earnings,
)
from web3crm.cli.storage import programme_blobs
from web3crm.domain import Role, units_text
from web3crm.errors import InputError
from web3crm.points import claims
from web3crm.points.liability import read_liability
from web3crm.points.publish import publish_totals
from web3crm.points.tree import address_bytes
from web3crm.points.verify import verify_root
from web3crm.progress import Bars

_SHOWN, _NAMED = 40, 10

__getattr__ = unknown_act(__name__)


@act
def main() -> None:
    """Shows what the programme owes its customers."""
    liability()


@act
def issue(customer: str, points: str, what_for: str = "") -> None:
    """Issues points to a customer. `what_for` is kept as a digest only."""
    session = open_session(web3, network.show_active())
    to, value = session.address("customer", customer), amount("points", points)
    token = session.programme.points.functions
    session.send(token.issue(to, value, reference(what_for)), sender=session.staff(Role.ISSUER))
    say(f"{to} got {units_text(value)} points, and has {units_text(session.chain.call(token.balanceOf(to)))}")


@act
def balance(customer: str = "me") -> None:
    """Shows a customer's points and votes."""
    session = open_session(web3, network.show_active())
    who, token = session.address("customer", customer), session.programme.points.functions
    held, votes = (session.chain.call(question) for question in (token.balanceOf(who), token.getVotes(who)))
    say(f"{who} has {units_text(held)} points and {units_text(votes)} votes")


@act
def transfer(to: str, points: str) -> None:
    """Sends points of one's own to somebody."""
    session = open_session(web3, network.show_active())
    receiver, value = session.address("to", to), amount("points", points)
    session.send(session.programme.points.functions.transfer(receiver, value), sender=session.customer())
    say(f"{receiver} got {units_text(value)} points from {session.me()}")


@act
def redeem(points: str, what_for: str = "") -> None:
    """Redeems points of one's own. `what_for` is kept as a digest only."""
    session = open_session(web3, network.show_active())
    value = amount("points", points)
    session.send(session.programme.points.functions.redeem(value, reference(what_for)), sender=session.customer())
    say(f"{session.me()} redeemed {units_text(value)} points")


@act
def burn(points: str) -> None:
    """Gives up points of one's own for nothing."""
    session = open_session(web3, network.show_active())
    value = amount("points", points)
    session.send(session.programme.points.functions.burn(value), sender=session.customer())
    say(f"{session.me()} burned {units_text(value)} points")


# --- earning ----------------------------------------------------------------------------------------------------------


@act
def earn(purchases: str, rules: str, customer: str = "", out: str = "") -> None:
    """Shows what purchases earn and why, all of one customer's or the first; `out` takes all as a CSV. Sends nothing."""
    with Bars() as watch:
        found = work_out(purchases, rules, watch)
    chosen = [item for item in found.earnings if customer in ("", item.purchase.customer)]
    if not chosen:
        raise InputError(f"customer {customer!r} bought nothing")
    shown = chosen if customer else chosen[:_SHOWN]
    Console(width=max(Console().width, 120), highlight=False).print(earnings_table(shown))
    if out:
        write_earnings(Path(out), found.earnings)
    unmatched = sum(1 for item in found.earnings if item.unmatched)
    say(
        *(
            [f"… and {len(chosen) - len(shown):,} purchases more: name a customer, or a file"]
            if len(shown) < len(chosen)
            else []
        ),
        f"{len(found.purchases):,} purchases by {found.customers:,} customers earn "
        f"{units_text(found.points, grouped=True)} points. This was a dry run: `publish` sends",
        *([f"{unmatched} returns match no purchase, wholly or in part"] if unmatched else []),
    )


@act
def publish(purchases: str, rules: str, wallets: str = "", matures_in: str = "7d", keep_missing: str = "no") -> None:
    """Publishes what all customers earned as one root. Done again with the same purchases it sends nothing.

    Until it is due, `matures_in` from now, it can be replaced by publishing again or taken back by `discard`.
    `keep_missing yes` lets customers of the root before, who are in the files no more, keep what they earned.
    """
    session = open_session(web3, network.show_active())
    keep = one_of("keep_missing", keep_missing, {"yes": True, "no": False})
    wait = duration("matures_in", matures_in)
    roots = open_distributor(session.programme)
    issuer = session.staff(Role.ISSUER)  # may ask for a password, which a bar would write over
    with Bars() as watch:
        found = work_out(purchases, rules, watch)
        totals = found.totals(find_wallets(session, wallets), watch)
        done = publish_totals(
            roots,
            totals.by_wallet,
            blobs=programme_blobs(session),
            sender=issuer,
            matures_in=wait,
            purchases=found.digest,
            rules=found.rules.digest,
            keep_missing=keep,
            watch=watch,
        )
    if totals.without:
        points = units_text(sum(totals.without.values()), grouped=True)
        some = ", ".join(list(totals.without)[:_NAMED]) + ", …" * (len(totals.without) > _NAMED)
        say(f"{len(totals.without)} customers have no wallet: their {points} points wait until they have one ({some})")
    say(
        f"root 0x{done.root.hex()} of {done.customers:,} customers: {done.outcome.value}"
        + ("" if done.transaction else ", nothing was sent"),
        f"total {units_text(done.total, grouped=True)}, of which {units_text(done.mints, grouped=True)} are issued "
        f"as it matures; {done.debtors:,} customers owe something",
        f"proofs {done.cid}",
    )
    issuable = session.chain.call(session.programme.points.functions.issuable())
    if done.mints > issuable:
        say(
            f"That is more than the {units_text(issuable, grouped=True)} points that can be issued now: "
            "it cannot mature before the budget allows it"
        )


@act
def discard() -> None:
    """Takes the pending root back."""
    session = open_session(web3, network.show_active())
    roots = open_distributor(session.programme)
    state = roots.state()
    if not state.has_pending:
        raise InputError("no root is pending")
    session.send(roots.contract.functions.discardPending(state.pending_root), sender=session.staff(Role.ISSUER))
    say(f"root 0x{state.pending_root.hex()} was taken back")


@act
def claim(customer: str = "me") -> None:
    """Has a customer paid what she earned and has not claimed."""
    session = open_session(web3, network.show_active())
    who = session.address("customer", customer)
    roots = open_distributor(session.programme)
    _, file = claims.paying_file(roots, programme_blobs(session))
    paid = claims.claim(roots, file.tree.claim(address_bytes(who)), sender=session.customer())
    say(f"{who} got {units_text(paid)} points, and has earned {units_text(file.tree.total_of(address_bytes(who)))}")


@act
def claim_all(batch: str = "100", most: str = "1000") -> None:
    """Has customers paid who have something to claim, at most so many, `batch` of them in a transaction."""
    session = open_session(web3, network.show_active())
    size, limit = whole("batch", batch, least=1, most=400), whole("most", most, least=1, most=10**9)
    roots = open_distributor(session.programme)
    sender = session.customer()  # may ask for a password, which a bar would write over
    _, file = claims.paying_file(roots, programme_blobs(session))
    with Bars() as watch:
        done = claims.claim_many(roots, file.tree.claims(), sender=sender, batch=size, most=limit, watch=watch)
    say(
        f"{done.customers:,} customers got {units_text(done.paid, grouped=True)} points in {done.transactions} transactions"
    )


@act
def standing(customer: str = "me") -> None:
    """Shows what a customer earned by the matured and the pending root, was paid, can claim, and owes."""
    session = open_session(web3, network.show_active())
    who = session.address("customer", customer)
    roots, address = open_distributor(session.programme), address_bytes(who)
    say(f"{who} was paid {units_text(session.chain.call(roots.contract.functions.claimed(who)))} points by roots")
    for word, file in published_files(roots, programme_blobs(session)):
        if address not in file.tree:
            say(f"  {word:8} has nothing of hers")
            continue
        found = claims.standing(roots, file.tree.claim(address))
        say(
            f"  {word:8} earned {units_text(file.tree.total_of(address))}, can claim {units_text(found.claimable)}, "
            f"owes {units_text(found.debt)}"
        )


@act
def verify(which: str = "present") -> None:
    """Checks the roots on chain against their files: the `present` ones, or `all` that ever were. Exit code 1 if not."""
    session = open_session(web3, network.show_active())
    roots, blobs = open_distributor(session.programme), programme_blobs(session)
    state = roots.state()
    chosen = one_of("which", which, {"present": {state.matured_root, state.pending_root}, "all": None})
    publications = [item for item in roots.publications() if chosen is None or item.root in chosen]
    wrong = False
    for item in publications:
        with Bars() as watch:
            found = verify_root(roots, item, blobs, watch=watch)
        wrong = wrong or not found.holds
        words = f"holds: {found.customers:,} customers, {units_text(item.total, grouped=True)} points in all"
        say(f"root 0x{item.root.hex()} of block {item.block} {words if found.holds else 'does not hold'}")
        say(*(f"  {difference}" for difference in found.differences))
    if not publications:
        say("no root was published yet")
    if wrong:
        sys.exit(1)


@act
def liability() -> None:
    """Shows what the programme owes its customers, all of one block."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    found = read_liability(session.chain, programme.points, programme.distributor, rewards=programme.rewards)
    names = ("issued", "claimed", "redeemed", "refunded", "burned", "outstanding", "unclaimed", "pending", "owed")
    say(f"block {found.block}", *(f"{name:14} {units_text(getattr(found, name), grouped=True)}" for name in names))
