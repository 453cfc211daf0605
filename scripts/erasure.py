"""Erasure: a customer asks, the brand's processors acknowledge with receipts, the brand anchors their digest.

brownie run erasure request                               the customer (WEB3CRM_ACCOUNT) asks, and withdraws everything
brownie run erasure list                                  anybody: all requests to the brand; `list all` to any brand
brownie run erasure overdue                               anybody: those past their time; `overdue brand 30d` in 30 days
brownie run erasure process 0x…                           the brand's processors that run here erase, and sign
brownie run erasure sign "Letter service" 0x… letters=2   a processor elsewhere (WEB3CRM_ACCOUNT) says what it erased
brownie run erasure receive letter-service-0x….json       … and the brand takes that in
brownie run erasure acknowledge 0x…                       staff with the role PRIVACY anchors the receipts' digest
brownie run erasure verify 0x…                            anybody: does the receipt hold, and was it in time?

The brand lists its processors in deployments/processors/; docs/erasure.md tells what a receipt proves.
"""

import sys

from brownie import network, web3

from web3crm.cli import act, digest, duration, one_of, open_session, say, unknown_act
from web3crm.cli import erasing as cli
from web3crm.cli.storage import programme_blobs
from web3crm.domain import Role, counted
from web3crm.errors import InputError
from web3crm.privacy import erasing
from web3crm.privacy.erasure_receipts import sign_receipt
from web3crm.progress import Bars

__getattr__ = unknown_act(__name__)

_WHOSE = {"brand": False, "all": True}


@act
def main() -> None:
    """Shows all requests to the brand."""
    list()


@act
def request() -> None:
    """Asks the brand to erase what it holds about one, and withdraws everything."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    session.send(programme.commons.consents.functions.requestErasure(programme.brand), sender=session.customer())
    asked = cli.find_request(session, session.me())
    say(f"{session.me()} asked {programme.brand} to erase everything: {asked.standing(session.chain.now())}")


@act
def list(whose: str = "brand") -> None:  # noqa: A001 - the word people use
    """Lists all requests to the `brand`, or `all` requests of the chain, open or not."""
    session = open_session(web3, network.show_active())
    everybody = one_of("whose", whose, _WHOSE)
    block, now = session.chain.head()
    found = cli.requests_to(session, block=block, everybody=everybody)
    head = f"{counted(len(found), 'requests')} as of block {block}"
    say(head, *(cli.request_line(item, now, brand=everybody) for item in found))


@act
def overdue(whose: str = "brand", ahead: str = "0s") -> None:
    """Lists the open requests whose time is up, or will be up `ahead` from now. Exit code 1 if there are any."""
    session = open_session(web3, network.show_active())
    everybody = one_of("whose", whose, _WHOSE)
    block, now = session.chain.head()
    at = now + duration("ahead", ahead)
    found = [item for item in cli.requests_to(session, block=block, everybody=everybody) if item.is_overdue(at)]
    one = len(found) == 1
    word = "is" if one else "are"
    when = (
        f"{word} overdue"
        if at == now
        else f"will be overdue in {ahead} unless {'it' if one else 'they'} {word} acknowledged"
    )
    say(
        f"{counted(len(found), 'requests')} {when}, as of block {block}",
        *(cli.request_line(item, at, brand=everybody) for item in found),
    )
    if found:
        sys.exit(1)


@act
def process(customer: str) -> None:
    """Has the processors that run here erase a customer's data and sign for it. Done again, it asks the missing ones."""
    session = open_session(web3, network.show_active())
    asked, listed = cli.find_request(session, session.address("customer", customer)), cli.listed_processors(session)
    collected = cli.collected(session, asked, listed)
    bars = Bars()
    staff = cli.staff_for(session, asked, listed, watch=bars)  # may ask for a password, which a bar would write over
    with bars as watch:
        done = erasing.erase_for(collected, staff.workers, watch=watch)
    missing = [item.name for item in collected.missing()]
    say(
        *(f"{name}: {items.in_words()}" for name, items in done.erased.items()),
        *(f"{name}: has signed before" for name in done.before),
        *(f"{name}: failed, and is to be asked again: {why}" for name, why in done.failed.items()),
        *(f"{name}: not asked, {why}" for name, why in staff.elsewhere.items() if name in missing),
        f"{len(listed) - len(missing)} of {len(listed)} processors have signed; {asked.standing(session.chain.now())}",
        *cli.unlisted_lines(session, asked.customer, listed),
    )
    if done.failed:
        sys.exit(1)


@act
def sign(processor: str, customer: str, items: str, out: str = "") -> None:
    """Signs, as a processor of the brand's, what one erased: kinds and counts such as letters=2,drafts=0."""
    session = open_session(web3, network.show_active())
    asked = cli.find_request(session, session.address("customer", customer))
    listed = {item.name: item for item in cli.listed_processors(session)}
    if processor not in listed:
        raise InputError(f"the brand lists no processor {processor!r}; it lists: {', '.join(listed)}")
    signed = sign_receipt(
        session.chain,
        session.programme.commons.consents,
        asked,
        processor=listed[processor].address,
        name=processor,
        items=cli.erased_items(items),
        erased_at=session.chain.now(),
        sender=session.customer(),
    )
    path = cli.write_receipt_file(signed, out)
    say(f"{processor}: {signed.items.in_words()}; the receipt is in {path}")


@act
def receive(receipt: str) -> None:
    """Takes in the receipt that a processor outside has signed."""
    session = open_session(web3, network.show_active())
    found = cli.read_receipt_file(receipt)
    collected = cli.collected(session, cli.find_request(session, found.customer), cli.listed_processors(session))
    with collected.alone():
        collected.add(found)
    missing = ", ".join(item.name for item in collected.missing()) or "nobody"
    say(f"{found.name}: {found.items.in_words()}", f"missing now: {missing}")


@act
def acknowledge(customer: str, receipt: str = "", without: str = "") -> None:
    """Anchors the digest of the processors' receipts as the brand's acknowledgement.

    `without` names processors, with commas between them, that have not answered in their time. With `receipt`, a file
    or a digest, that is anchored instead, whatever it is.
    """
    session = open_session(web3, network.show_active())
    programme, who = session.programme, session.address("customer", customer)
    if receipt:
        anchored = digest("receipt", receipt)
        act_ = programme.commons.consents.functions.acknowledgeErasure(who, anchored)
        session.send(programme.as_brand(act_), sender=session.staff(Role.PRIVACY))
        say(f"the erasure of {who} is acknowledged with 0x{anchored.hex()}")
        if not cli.is_receipt(receipt):
            say(
                "That is no receipt file of this suite: `verify` holds only for one that is in the blob store under this digest."
            )
        return
    collected = cli.collected(session, cli.find_request(session, who), cli.listed_processors(session))
    done = erasing.acknowledge(
        collected,
        blobs=programme_blobs(session),
        sender=session.staff(Role.PRIVACY),
        as_brand=programme.as_brand,
        without=[name.strip() for name in without.split(",") if name.strip()],
    )
    say(
        f"the erasure of {who} {'is' if done.transaction else 'was already'} acknowledged "
        f"with 0x{done.receipt.digest.hex()}: {done.request.standing(session.chain.now())}",
        f"signed by {counted(len(done.receipt.receipts), 'processors')}; the receipt is in the blob store under {done.receipt.cid}",
        *(f"{name} has not signed, and the receipt says so" for _, name in done.receipt.missing),
    )


@act
def verify(customer: str, receipt: str = "", processors: str = "") -> None:
    """Checks the receipt of a customer's erasure: a file, or the one that was anchored. Exit code 1 if it does not hold.

    `processors` is the brand's list of that time, if it has changed since.
    """
    session = open_session(web3, network.show_active())
    asked = cli.find_request(session, session.address("customer", customer))
    listed = cli.listed_processors(session, processors)
    found = cli.verified(session, asked, listed, receipt)
    signed = found.receipt.receipts if found.receipt else ()
    say(
        f"as of block {found.block} the receipt {'holds' if found.holds else 'does not hold'}",
        *(f"  {item.name}: {item.items.in_words()}" for item in signed),
        *(f"  wrong: {difference}" for difference in found.differences),
        *([f"  {found.request.standing(session.chain.now())}"] if found.request else []),
        *(f"  {line}" for line in cli.unlisted_lines(session, asked.customer, listed)),
    )
    if not found.holds:
        sys.exit(1)
