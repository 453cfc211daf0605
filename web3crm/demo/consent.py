"""Chapter: a customer's data opens under her consent only, and a new notice asks again for what changed."""

from __future__ import annotations

import io
import json
from hashlib import sha256

from web3crm.demo.cast import Customer
from web3crm.demo.datasets import (
    Archive,
    Reader,
    class_bit,
    grant,
    mint,
    notice_of,
    picture,
    profile,
    purpose_bit,
    refusal,
)
from web3crm.demo.stage import Stage
from web3crm.domain.consent import Notices
from web3crm.privacy.asking import asks, publication
from web3crm.privacy.history import BlobNotices, read_history, read_notices
from web3crm.privacy.notice import NoticeFile
from web3crm.privacy.receipts import consent_receipt
from web3crm.privacy.records import consent_record, verify_record
from web3crm.vault import ClearFile

__all__ = ["publish_notice", "share_profile"]

_AGREED = ("service", "recommendations", "commercial_research")


def share_profile(stage: Stage, archive: Archive, customer: Customer, coffee: Reader, bookshop: Reader) -> None:
    """Seals a profile, grants some purposes, lets the brand read, refuses others, and publishes a new notice."""
    stage.chapter("A customer's data opens under her consent, and for nothing else")
    chain, vault, consents = archive.cast.chain, archive.vault(customer), coffee.programme.commons.consents
    notice = publish_notice(stage, archive, coffee, 1)
    publish_notice(stage, archive, bookshop, 1)
    clear, drawing = profile(customer), picture()
    files = [ClearFile("profile.json", "application/json", clear), ClearFile("picture.png", "image/png", drawing)]
    data_class = class_bit(notice, "demographic")
    dataset = mint(stage, archive, customer, files, data_class=data_class)
    stage.say(f"{customer}'s profile ({len(clear)} B) and picture ({len(drawing):,} B) are encrypted and stored:")
    (entry,) = vault.keyring.entries()
    for file in vault.open(entry.manifest_digest).manifest.files:
        stage.say(f"  {file.media_type:<17} {file.cid}")
    owner = chain.call(coffee.programme.commons.datasets.functions.ownerOf(dataset.token_id))
    stage.check("the dataset is hers, and locked to her wallet", owner, customer.address)

    grant(stage, archive.cast, customer, coffee.programme, notice, _AGREED)
    names = ", ".join(_AGREED).replace("_", " ")
    stage.say(f"she consents for a year to {names} (notice {notice.version}, Thai or English)")
    for reader in (coffee, bookshop):
        vault.share(dataset, reader.brand, archive.recipient(reader))
    service, suggestions, marketing = (
        purpose_bit(notice, name) for name in ("service", "recommendations", "direct_marketing")
    )
    opened = coffee.grantee.open(vault, dataset, purpose=service)
    read = {file.name: file.read() for file in opened.files}
    stage.check("the coffee brand opens it and reads the profile", json.loads(read["profile.json"]), json.loads(clear))
    stage.check("and the picture, byte for byte", sha256(read["picture.png"]).digest(), sha256(drawing).digest())
    reason = refusal(lambda: coffee.grantee.open(vault, dataset, purpose=marketing))
    stage.check(f"for direct marketing the coffee brand is refused: {reason}", bool(reason))
    reason = refusal(lambda: bookshop.grantee.open(vault, dataset, purpose=service))
    stage.check(f"the bookshop is refused: {reason}", bool(reason))

    newer = publish_notice(stage, archive, coffee, 2)
    history = read_history(chain, consents, customer=customer.address, brand=coffee.brand)
    again = newer.names(asks(newer, history.published, history.snapshot, at=chain.now()).purposes, 0)[0]
    stage.check("she is asked again for what has changed, and for nothing else", again, ("recommendations",))
    reason = refusal(lambda: coffee.grantee.open(vault, dataset, purpose=suggestions))
    stage.check(f"until she answers it stays shut for that: {reason}", bool(reason))
    coffee.grantee.open(vault, dataset, purpose=service)
    stage.check("for the other purposes it opens as before", True)
    grant(stage, archive.cast, customer, coffee.programme, newer, _AGREED)
    coffee.grantee.open(vault, dataset, purpose=suggestions)
    stage.check("she says yes again, and it opens for that as well", True)
    _show_records(stage, archive, customer, coffee)
    stage.check("she never needed native coin", chain.balance(customer.address), 0)


def publish_notice(stage: Stage, archive: Archive, reader: Reader, version: int) -> NoticeFile:
    """Publishes a version of a brand's notice: its file goes to the blob store, its digest on chain."""
    chain, programme = archive.cast.chain, reader.programme
    consents = programme.commons.consents
    notice = notice_of(programme, version)
    previous = notice_of(programme, version - 1) if version > 1 else None
    before = read_notices(chain, consents, programme.brand)
    found = publication(notice, previous, Notices(tuple(item.notice for item in before)))
    archive.blobs.put(io.BytesIO(notice.raw))
    act = programme.as_brand(consents.functions.publishNotice(*found.args))
    stage.spent("publish a notice", chain.transact(act, sender=reader.staff))
    asked = ", ".join(notice.names(found.changed_purposes, 0)[0]).replace("_", " ")
    verb = "which changes" if previous else "on"
    stage.say(f"{programme.params.points.name} publishes notice {version}, {verb} {asked}")
    return notice


def _show_records(stage: Stage, archive: Archive, customer: Customer, reader: Reader) -> None:
    """What a data protection officer shows for this customer, made from chain state and the notices' texts."""
    chain, consents, source = archive.cast.chain, reader.programme.commons.consents, BlobNotices(archive.blobs)
    history = read_history(chain, consents, customer=customer.address, brand=reader.brand, source=source)
    record, receipt = consent_record(history), consent_receipt(history, language="th")
    verify_record(json.loads(json.dumps(record)), chain, consents, source)
    stage.check("her consent record (ISO/IEC TS 27560) is made from the chain, and holds when it is made again", True)
    agreed = ", ".join(item["purpose"].partition(":")[0] for item in receipt["services"][0]["purposes"])
    stage.say(f"her consent receipt ({receipt['version']}), in Thai: {agreed}")
