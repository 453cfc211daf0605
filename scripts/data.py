"""A customer's data: consent, keys, datasets, erasure. All but notices and receipts are acts of the customer herself.

    brownie run data publish_notice notice.html https://…     staff with the role PRIVACY: what customers consent to
    brownie run data grant 0,2 0 365d                         the customer (WEB3CRM_ACCOUNT): purposes 0 and 2, class 0
    brownie run data allowed 0x… 2 0                          anybody: may the brand use class 0 of 0x… for purpose 2?
    brownie run data withdraw                                 the customer takes everything back; `withdraw 2 0` a part
    brownie run data mint manifest.json 0                     the customer makes a dataset of data class 0

Purposes and data classes are the numbers 0 to 63 of the brand's notice.
"""

from brownie import network, web3

from web3crm.cli import act, bits, digest, duration, open_session, recipient, say, unknown_act, whole
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
        raise InputError("the brand has published no notice to consent to yet: `brownie run data publish_notice`")
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


@act
def publish_key(key: str) -> None:
    """Publishes the age recipient (age1…, or its 32 bytes as hex) that keys are wrapped to for oneself."""
    session = open_session(web3, network.show_active())
    published = recipient("key", key)
    session.send(session.programme.commons.keys.functions.publish(published), sender=session.customer())
    say(f"{session.me()} published {key}")


@act
def publish_brand_key(key: str) -> None:
    """Publishes the brand's own recipient."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    act_ = programme.commons.keys.functions.publish(recipient("key", key))
    session.send(programme.as_brand(act_), sender=session.staff(Role.PRIVACY))
    say(f"{programme.brand} published {key}")


@act
def mint(manifest: str, data_class: str) -> None:
    """Makes a dataset of a manifest (a file, or its SHA-256 as 0x and hex digits)."""
    session = open_session(web3, network.show_active())
    datasets, kind = session.programme.commons.datasets, whole("data_class", data_class, most=63)
    receipt = session.send(datasets.functions.mint(digest("manifest", manifest), kind), sender=session.customer())
    (made,) = session.chain.events(receipt, datasets, "DatasetMinted")
    say(f"{session.me()} has dataset {made.args['datasetId']}")


@act
def burn(dataset: str) -> None:
    """Burns a dataset of one's own."""
    session = open_session(web3, network.show_active())
    number = whole("dataset", dataset)
    session.send(session.programme.commons.datasets.functions.burn(number), sender=session.customer())
    say(f"dataset {number} is burned")


@act
def request_erasure() -> None:
    """Asks the brand to erase what it holds about one, and withdraws everything."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    session.send(programme.commons.consents.functions.requestErasure(programme.brand), sender=session.customer())
    say(f"{session.me()} asked {programme.brand} to erase everything")


@act
def acknowledge_erasure(customer: str, receipt: str) -> None:
    """States that the brand has erased a customer's data; `receipt` is the receipt's file or digest."""
    session = open_session(web3, network.show_active())
    programme, who = session.programme, session.address("customer", customer)
    act_ = programme.commons.consents.functions.acknowledgeErasure(who, digest("receipt", receipt))
    session.send(programme.as_brand(act_), sender=session.staff(Role.PRIVACY))
    say(f"the erasure of {who} is acknowledged")
