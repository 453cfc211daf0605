"""Consent receipts by the Kantara Initiative's Consent Receipt Specification 1.1.0: one grant, as a text a person can keep.

A receipt is of one snapshot that a grant took, and stays true whatever happens later: it says what was consented to then,
under which notice, in which transaction. What still holds is in the consent record. Its values come from the chain and
from the notice's text; ``language`` chooses which of the texts.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.errors import RecordError
from web3crm.privacy.documents import RECEIPT, check_document, first_difference, iso_time
from web3crm.privacy.history import ConsentAct, History, NoticeSource, read_history
from web3crm.privacy.notice import days_text
from web3crm.privacy.notices import BASES, DataClass, NoticeFile, Purpose
from web3crm.privacy.records import Verified, account_id, how_indicated
from web3crm.privacy.timeline import given_by
from web3crm.vault.identity import recipient_from_bytes

__all__ = ["VERSION", "brand_key", "consent_receipt", "verify_receipt"]

VERSION = "KI-CR-v1.1.0"


def consent_receipt(
    history: History, *, language: str = "en", number: int | None = None, public_key: str = ""
) -> dict[str, Any]:
    """The receipt of a grant, checked against its schema: of snapshot ``number``, or of the newest grant.

    ``public_key`` is what :func:`brand_key` finds for that grant; without one the field is left out.

    Raises:
        RecordError: There is no such grant, or it allowed nothing that its notice describes.
        NoticeError: The text of its notice is missing, or is not what the chain names.
        InputError: The notice is not in that language.

    """
    act = _grant(history, number)
    item = history.notice(act.snapshot.notice_version)
    text = item.text
    uses = given_by(history, act)
    if not uses:
        raise RecordError(
            f"snapshot {act.snapshot.number} of {history.customer} allows nothing that notice {item.version} describes: "
            "there is nothing to give a receipt for"
        )
    bits = {use[0] for use in uses}
    purposes = [purpose for purpose in text.purposes if purpose.bit in bits]
    classes = [found for found in text.data_classes if found.bit in {use[1] for use in uses}]
    sensitive = [found.term for found in classes if found.sensitivity != "none"]
    receipt = {
        "version": VERSION,
        "jurisdiction": text.jurisdiction,
        "consentTimestamp": act.snapshot.at,
        "collectionMethod": f"{how_indicated(history, act)}; block {act.block}, transaction {act.transaction}",
        "consentReceiptID": _identifier(history, act),
        **({"publicKey": public_key} if public_key else {}),
        "language": language,
        "piiPrincipalId": account_id(history.chain_id, history.customer),
        "piiControllers": [_controller(text, language)],
        "policyUrl": text.uri,
        "services": [
            {
                "service": text.service[language],
                "purposes": [
                    _purpose(
                        text, purpose, [found for found in classes if (purpose.bit, found.bit) in uses], act, language
                    )
                    for purpose in purposes
                ],
            }
        ],
        "sensitive": bool(sensitive),
        "spiCat": sensitive,
    }
    check_document(RECEIPT, receipt)
    return receipt


def verify_receipt(
    document: Any,
    chain: Chain,
    consents: Contract,
    source: NoticeSource,
    *,
    brand: str,
    keys: Contract | None = None,
    from_block: int = 0,
) -> Verified:
    """Makes the receipt anew from the chain and compares all of it.

    A receipt names the brand by its name only, so that the reader says which brand she means; ``keys`` is the
    ``KeyDirectory``, for receipts that show the brand's key. Raises as :func:`~web3crm.privacy.records.verify_record`.
    """
    check_document(RECEIPT, document)
    prefix = account_id(chain.chain_id, "")
    customer = document["piiPrincipalId"].removeprefix(prefix)
    if not document["piiPrincipalId"].startswith(prefix) or not chain.web3.is_checksum_address(customer):
        raise RecordError(f"the receipt's piiPrincipalId is no account of chain {chain.chain_id}")
    history = read_history(chain, consents, customer=customer, brand=brand, source=source, from_block=from_block)
    for act in history.acts:
        if act.granted and _identifier(history, act) == document["consentReceiptID"]:
            break
    else:
        raise RecordError(f"the receipt is of no grant of {customer} to {brand} in this registry")
    key = "" if keys is None else brand_key(chain, keys, brand, act, from_block=from_block)
    right = consent_receipt(history, language=document["language"], number=act.snapshot.number, public_key=key)
    difference = first_difference(document, right)
    if difference:
        raise RecordError(f"the receipt is not what the chain says: {difference}")
    return Verified(customer, brand, act.block)


def brand_key(chain: Chain, keys: Contract, brand: str, act: ConsentAct, *, from_block: int = 0) -> str:
    """The age recipient that a brand had published when ``act`` was mined; empty if it had none."""
    logs = [
        log
        for event in ("KeyPublished", "KeyRevoked")
        for log in chain.logs(keys, event, from_block=from_block, to_block=act.block, where={"owner": brand})
        if (log.block_number, log.log_index) < (act.block, act.log_index)
    ]
    newest = max(logs, key=lambda log: (log.block_number, log.log_index), default=None)
    if newest is None or newest.event == "KeyRevoked":
        return ""
    return recipient_from_bytes(newest.args["recipient"])


def _grant(history: History, number: int | None) -> ConsentAct:
    grants = [act for act in history.acts if act.granted]
    if number is not None:
        grants = [act for act in grants if act.snapshot.number == number]
    if not grants:
        which = "no consent" if number is None else f"no grant as snapshot {number}"
        raise RecordError(
            f"{history.customer} has given {history.brand} {which} by block {history.block.number}: "
            "there is nothing to give a receipt for"
        )
    return grants[-1]


def _identifier(history: History, act: ConsentAct) -> str:
    registry = account_id(history.chain_id, history.registry)
    parts = (registry, history.brand, history.customer, str(act.snapshot.number), act.transaction)
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


def _controller(text: NoticeFile, language: str) -> dict[str, Any]:
    controller, dpo = text.controller, text.dpo
    return {
        "piiController": controller.name[language],
        "contact": f"{dpo.name[language]}, {dpo.email}, {dpo.phone}",
        "address": {"streetAddress": controller.address[language], "addressCountry": controller.country},
        "email": controller.email,
        "phone": controller.phone,
        "piiControllerUrl": controller.url,
    }


def _purpose(
    text: NoticeFile, purpose: Purpose, classes: list[DataClass], act: ConsentAct, language: str
) -> dict[str, Any]:
    third_parties = [item.name[language] for item in text.recipients_of(purpose) if item.role == "third_party"]
    return {
        "purpose": f"{purpose.title[language]}: {purpose.text[language]}",
        "purposeCategory": [purpose.term],
        "consentType": BASES[purpose.basis],
        "piiCategory": [item.term for item in classes],
        "primaryPurpose": purpose.primary,
        "termination": _termination(purpose, act, language),
        "thirdPartyDisclosure": bool(third_parties),
        **({"thirdPartyName": ", ".join(third_parties)} if third_parties else {}),
    }


def _termination(purpose: Purpose, act: ConsentAct, language: str) -> str:
    """Until when the consent holds, and how long data is kept for the purpose."""
    ends = iso_time(act.snapshot.expires_at) if act.snapshot.expires_at else ""
    kept = days_text(purpose.retention, language)
    if language == "th":
        until = f"ความยินยอมมีผลถึง {ends} หรือจนกว่าจะถอน" if ends else "ความยินยอมมีผลจนกว่าจะถอน"
        return f"{until} เก็บข้อมูลไว้ไม่เกิน {kept}"
    until = f"consent until {ends}, or its withdrawal" if ends else "consent until its withdrawal"
    return f"{until}; data is kept for at most {kept}"
