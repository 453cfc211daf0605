"""What customers allow a brand: notices, grants, withdrawals, records.

brownie run consent publish_notice deployments/notices/coffee/1.yaml
                                                          staff with the role PRIVACY: what customers consent to
brownie run consent notices                               anybody: all versions, and what each changed
brownie run consent grant service,2 demographic 365d      the customer (WEB3CRM_ACCOUNT): purposes, data classes, how long
brownie run consent ask 0x…                               anybody: what the newest notice asks of 0x… again
brownie run consent snapshot 0x…                          anybody: what 0x… allows, and what of it still holds
brownie run consent allowed 0x… recommendations 0         anybody: may the brand use class 0 of 0x… for that?
brownie run consent withdraw                              the customer takes everything back; `withdraw 2 0` a part
brownie run consent record 0x… record.json                anybody: her consent record (ISO/IEC TS 27560) as a file
brownie run consent receipt 0x… receipt.json th           anybody: the receipt of her newest grant (Kantara), in Thai
brownie run consent verify record.json                    anybody: is it what the chain says?

Purposes and data classes go by the names or the numbers (0 to 63) of the brand's notice. docs/consent-records.md tells
what a notice's file holds.
"""

from pathlib import Path

from brownie import network, web3

from web3crm.cli import act, bits, duration, open_session, say, unknown_act
from web3crm.cli.notices import (
    asked_lines,
    chosen,
    document_lines,
    notice_lines,
    one,
    open_desk,
    publish,
    show_text,
    snapshot_lines,
    withdrawn,
)
from web3crm.domain.consent import Refusal

__getattr__ = unknown_act(__name__)


@act
def main(customer: str = "me") -> None:
    """Shows a customer's consent."""
    snapshot(customer)


@act
def snapshot(customer: str = "me") -> None:
    """Shows what a customer allows the brand at present, and what of it the contract lets pass."""
    session = open_session(web3, network.show_active())
    desk = open_desk(session)
    say(*snapshot_lines(desk, session.address("customer", customer)))


@act
def allowed(customer: str, purpose: str, data_class: str) -> None:
    """Says whether the brand may use a data class of a customer for a purpose, and if not, why not."""
    session = open_session(web3, network.show_active())
    desk, who = open_desk(session), session.address("customer", customer)
    numbers = purpose.isdigit() and data_class.isdigit()
    file = None if numbers else desk.newest().text
    number = one("purpose", purpose, file and file.purposes)
    kind = one("data_class", data_class, file and file.data_classes)
    refusal = desk.why_not(who, number, kind)
    say("yes" if refusal is Refusal.NONE else f"no: {refusal.text}")


@act
def notices() -> None:
    """Lists all versions of the brand's notice: when, where its text is, and what it changed."""
    say(*notice_lines(open_desk(open_session(web3, network.show_active()))))


@act
def publish_notice(file: str, previous: str = "") -> None:
    """Publishes a file as the next version of the brand's notice. What has changed since the previous one is found by itself.

    `previous` is the previous version's file, if it does not stand beside; `lost` when there is none: then customers
    are asked for everything again.
    """
    desk = open_desk(open_session(web3, network.show_active()))
    notice, purposes, classes = publish(desk, Path(file), previous)
    names = [name for found in notice.names(purposes, classes) for name in found]
    what = "everything" if len(names) == 128 else ", ".join(names) or "nothing"
    say(
        f"notice {notice.version} of {notice.programme} is published: {notice.uri}",
        f"new or changed, and asked again of whoever allowed it before: {what}",
    )


@act
def grant(purposes: str, data_classes: str, lasts: str = "365d", language: str = "en") -> None:
    """Allows the brand these purposes on these data classes, under its newest notice, whose text it shows.

    It replaces what was allowed before: what is not named is withdrawn.
    """
    session = open_session(web3, network.show_active())
    for name, text in (("purposes", purposes), ("data_classes", data_classes)):
        if text.replace(",", "").replace(" ", "").isdigit():
            bits(name, text)
    desk, period = open_desk(session), duration("lasts", lasts)
    newest = desk.newest()
    wanted = chosen("purposes", purposes, newest.file and newest.file.purposes)
    kinds = chosen("data_classes", data_classes, newest.file and newest.file.data_classes)
    show_text(newest, wanted, kinds, language)
    until = session.chain.now() + period
    act_ = desk.consents.functions.grant(desk.brand, wanted, kinds, newest.version, until)
    session.send(act_, sender=session.customer())
    say(f"{session.me()} allows {desk.brand} purposes {purposes} on data classes {data_classes} for {lasts}")


@act
def ask(customer: str = "me") -> None:
    """Says what a customer must be asked again since the notice that she saw, and what is new to her. Sends nothing."""
    session = open_session(web3, network.show_active())
    desk, who = open_desk(session), session.address("customer", customer)
    notice, asked = desk.asks(who)
    say(*asked_lines(notice, asked, desk.snapshot(who), who))


@act
def withdraw(purposes: str = "", data_classes: str = "") -> None:
    """Takes consent back: all of it, or the named purposes and data classes."""
    session = open_session(web3, network.show_active())
    desk = open_desk(session)
    consents = desk.consents.functions
    if purposes or data_classes:
        gone, kinds = withdrawn(desk, "purposes", purposes), withdrawn(desk, "data_classes", data_classes)
        act_ = consents.withdraw(desk.brand, gone, kinds)
    else:
        act_ = consents.withdrawAll(desk.brand)
    session.send(act_, sender=session.customer())
    say(f"{session.me()} has withdrawn {'a part' if purposes or data_classes else 'everything'} from {desk.brand}")


@act
def record(customer: str = "me", file: str = "") -> None:
    """Exports a customer's consent record (ISO/IEC TS 27560) into a file, or shows it. Sends nothing."""
    session = open_session(web3, network.show_active())
    desk, who = open_desk(session), session.address("customer", customer)
    say(*document_lines("record", desk.record(who), file))


@act
def receipt(customer: str = "me", file: str = "", language: str = "en") -> None:
    """Exports the receipt of a customer's newest grant (Kantara 1.1.0) into a file, or shows it. Sends nothing."""
    session = open_session(web3, network.show_active())
    desk, who = open_desk(session), session.address("customer", customer)
    say(*document_lines("receipt", desk.receipt(who, language), file))


@act
def verify(file: str) -> None:
    """Makes a record or a receipt anew from the chain and says whether it is the same."""
    desk = open_desk(open_session(web3, network.show_active()))
    kind, found = desk.verify(Path(file))
    say(f"the {kind} holds: {found.customer} and {found.brand}, as of block {found.block}")
