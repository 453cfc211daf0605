"""What customers allow a brand: notices, grants, withdrawals.

    brownie run consent publish_notice notice.html https://…  staff with the role PRIVACY: what customers consent to
    brownie run consent grant 0,2 0 365d                      the customer (WEB3CRM_ACCOUNT): purposes 0 and 2, class 0
    brownie run consent allowed 0x… 2 0                       anybody: may the brand use class 0 of 0x… for purpose 2?
    brownie run consent withdraw                              the customer takes everything back; `withdraw 2 0` a part

Purposes and data classes are the numbers 0 to 63 of the brand's notice.
"""

from brownie import network, web3

from web3crm.cli import act, bits, digest, duration, open_session, say, unknown_act, whole
from web3crm.domain import Role
from web3crm.domain.consent import Refusal
from web3crm.errors import InputError

__getattr__ = unknown_act(__name__)


@act
def main(customer: str = "me") -> None:
    """Shows a customer's consent."""
    snapshot(customer)


@act
def snapshot(customer: str = "me") -> None:
    """Shows what a customer allows the brand at present."""
    session = open_session(web3, network.show_active())
    programme, who = session.programme, session.address("customer", customer)
    consents = programme.commons.consents.functions
    (names, values) = (
        [item["name"] for item in consents.snapshotOf(who, programme.brand).abi["outputs"][0]["components"]],
        session.chain.call(consents.snapshotOf(who, programme.brand)),
    )
    say(
        f"consent of {who} to {programme.brand}",
        *(f"  {name:14} {value}" for name, value in zip(names, values, strict=True)),
    )


@act
def allowed(customer: str, purpose: str, data_class: str) -> None:
    """Says whether the brand may use a data class of a customer for a purpose, and if not, why not."""
    session = open_session(web3, network.show_active())
    programme, who = session.programme, session.address("customer", customer)
    number, kind = whole("purpose", purpose, most=63), whole("data_class", data_class, most=63)
    answer = session.chain.call(programme.commons.consents.functions.whyNot(who, programme.brand, number, kind))
    refusal = Refusal(answer)
    say("yes" if refusal is Refusal.NONE else f"no: {refusal.text}")


@act
def publish_notice(text: str, uri: str, erasure_period: str = "30d") -> None:
    """Publishes a version of the brand's notice: the digest of the file `text`, which stands at `uri`."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    consents, period = programme.commons.consents, duration("erasure_period", erasure_period)
    version = session.chain.call(consents.functions.noticeState(programme.brand))[0] + 1
    every = 2**64 - 1
    act_ = consents.functions.publishNotice(digest("text", text), uri, every, every, version, period)
    receipt = session.send(programme.as_brand(act_), sender=session.staff(Role.PRIVACY))
    (published,) = session.chain.events(receipt, consents, "NoticePublished")
    say(f"notice {published.args['version']} of {programme.brand} is published; earlier consents are asked for again")


@act
def grant(purposes: str, data_classes: str, lasts: str = "365d") -> None:
    """Allows the brand these purposes on these data classes, under its newest notice."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    consents = programme.commons.consents.functions
    wanted, kinds = bits("purposes", purposes), bits("data_classes", data_classes)
    version = session.chain.call(consents.noticeState(programme.brand))[0]
    if version == 0:
        raise InputError("the brand has published no notice to consent to yet: `brownie run consent publish_notice`")
    until = session.chain.now() + duration("lasts", lasts)
    session.send(consents.grant(programme.brand, wanted, kinds, version, until), sender=session.customer())
    say(f"{session.me()} allows {programme.brand} purposes {purposes} on data classes {data_classes} for {lasts}")


@act
def withdraw(purposes: str = "", data_classes: str = "") -> None:
    """Takes consent back: all of it, or the named purposes and data classes."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    consents = programme.commons.consents.functions
    if purposes or data_classes:
        gone = bits("purposes", purposes) if purposes else 0
        kinds = bits("data_classes", data_classes) if data_classes else 0
        session.send(consents.withdraw(programme.brand, gone, kinds), sender=session.customer())
    else:
        session.send(consents.withdrawAll(programme.brand), sender=session.customer())
    say(f"{session.me()} has withdrawn {'a part' if purposes or data_classes else 'everything'} from {programme.brand}")
