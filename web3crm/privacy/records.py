"""Consent records by ISO/IEC TS 27560:2023, in the form of the W3C DPV Community Group's guide: JSON-LD with DPV's terms.

One record is about one customer and one brand. It is made from a :class:`~web3crm.privacy.history.History` and from
nothing else, says which block it relies on, and can be made again by anybody: :func:`verify_record` does, and compares.
What is DPV's stands under ``dpv:``; what the guide has no term for (the block, the snapshots as the chain has them, what
is allowed at that block) stands under ``web3crm:``. docs/consent-records.md tells where each field comes from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.domain.consent import BITS, Refusal, Snapshot
from web3crm.errors import RecordError
from web3crm.privacy.documents import RECORD, check_document, first_difference, iso_time
from web3crm.privacy.history import ConsentAct, History, NoticeSource, PublishedNotice, read_history
from web3crm.privacy.notices import LANGUAGES, DataClass, Purpose, Recipient, Text
from web3crm.privacy.timeline import ConsentEvent, Kind, Use, standing, timeline

__all__ = ["PROFILE", "Verified", "account_id", "consent_record", "how_indicated", "verify_record"]

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record"
"""The profile of the guide that a record conforms to."""

_IRI = {"@type": "@id"}
CONTEXT: dict[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "web3crm": "urn:web3crm:consent-record:1#",
    "dct:conformsTo": {"@id": "dct:conformsTo", **_IRI},
    "dct:created": {"@id": "dct:created", "@type": "xsd:dateTime"},
    "dct:date": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "dct:modified": {"@id": "dct:modified", "@type": "xsd:dateTime"},
    "dpv:hasDataController": {"@id": "dpv:hasDataController", **_IRI},
    "dpv:hasDataProcessor": {"@id": "dpv:hasDataProcessor", **_IRI},
    "dpv:hasDataProtectionOfficer": {"@id": "dpv:hasDataProtectionOfficer", **_IRI},
    "dpv:hasJurisdiction": {"@id": "dpv:hasJurisdiction", **_IRI},
    "dpv:hasLegalBasis": {"@id": "dpv:hasLegalBasis", **_IRI},
    "dpv:hasLocation": {"@id": "dpv:hasLocation", **_IRI},
    "dpv:hasNecessity": {"@id": "dpv:hasNecessity", **_IRI},
    "dpv:hasNotice": {"@id": "dpv:hasNotice", **_IRI},
    "dpv:hasPersonalData": {"@id": "dpv:hasPersonalData", **_IRI},
    "dpv:hasRecipient": {"@id": "dpv:hasRecipient", **_IRI},
    "dpv:isExercisedAt": {"@id": "dpv:isExercisedAt", **_IRI},
    "dpv:isIndicatedAtTime": {"@id": "dpv:isIndicatedAtTime", "@type": "xsd:dateTime"},
    "dpv:isIndicatedBy": {"@id": "dpv:isIndicatedBy", **_IRI},
    "skos:broader": {"@id": "skos:broader", **_IRI},
    "web3crm:process": {"@id": "web3crm:process", **_IRI},
}
_PREFIXES = {str(CONTEXT[name]): name for name in ("dpv", "pd", "loc", "eu-gdpr")}
_SENSITIVITY = {
    "none": "dpv:PersonalData",
    "sensitive": "dpv:SensitivePersonalData",
    "special": "dpv:SpecialCategoryPersonalData",
}
_ROLE = {"processor": "dpv:DataProcessor", "third_party": "dpv:ThirdParty"}
_DAY = 86_400
_BLOCK = re.compile(r"eip155:([0-9]+):(0x[0-9a-fA-F]{40})")


@dataclass(frozen=True)
class Verified:
    """What a record or receipt that holds is about. Whoever was handed it checks that this is who she means."""

    customer: str
    brand: str
    block: int


def account_id(chain_id: int, address: str) -> str:
    """An account as CAIP-10 writes it, ``eip155:1:0x…``: a pseudonym, good for this chain."""
    return f"eip155:{chain_id}:{address}"


def how_indicated(history: History, act: ConsentAct) -> str:
    """How the customer expressed herself, as far as the chain tells."""
    if act.sender == history.customer:
        return f"{act.function or 'an act'} of ConsentRegistry, in a transaction that the customer's wallet signed"
    if act.function.endswith("BySig"):
        return f"{act.function} of ConsentRegistry, a message that the customer's wallet signed, sent by {act.sender}"
    return (
        f"through another contract, in a transaction that {act.sender} sent: an act of the customer's wallet contract, or a "
        "message that the customer's wallet signed"
    )


def consent_record(history: History) -> dict[str, Any]:
    """The record, checked against its schema.

    Raises:
        RecordError: There is nothing to record: no consent was given that a notice describes.
        NoticeError: The text of a notice that was consented to is missing, or is not what the chain names.

    """
    events = timeline(history)
    if not events:
        raise RecordError(
            f"{history.customer} has not allowed {history.brand} anything by block {history.block.number} that a notice "
            "describes: there is nothing to record"
        )
    record = _Maker(history, events).record()
    check_document(RECORD, record)
    return record


def verify_record(
    document: Any, chain: Chain, consents: Contract, source: NoticeSource, *, from_block: int = 0
) -> Verified:
    """Makes the record anew from the chain, as of the block that it states, and compares all of it.

    ``consents`` is the registry that the reader trusts, not the one that the record names.

    Raises:
        RecordError: It is malformed, of another chain or registry, of a block that is not on the chain, or not what
            the chain says; the message names the first value that differs.
        NoticeError: The text of a notice is missing, or is not what the chain names.
        ChainError: The chain does not answer, or the node has lost events.

    """
    check_document(RECORD, document)
    relied = document["dct:source"]
    registry = account_id(chain.chain_id, str(consents.address))
    if relied["web3crm:registry"] != registry:
        raise RecordError(f"the record is of the registry {relied['web3crm:registry']}, not of {registry}")
    number = relied["web3crm:block"]
    if type(number) is not int:  # for JSON schemas 7.0 is a whole number, too
        raise RecordError(f"the record relies on block {number!r}, which is no block's number")
    if number > chain.block_number():
        raise RecordError(f"the record relies on block {number}, which the chain has not got yet")
    customer, brand = (_address(document, key, chain) for key in ("dpv:hasDataSubject", "web3crm:brand"))
    history = read_history(
        chain, consents, customer=customer, brand=brand, source=source, block=number, from_block=from_block
    )
    if history.block.hash != relied["web3crm:blockHash"]:
        raise RecordError(
            f"the record relies on block {number} with the hash {relied['web3crm:blockHash']}, the chain has "
            f"{history.block.hash} there: it was replaced, or the record is of another chain"
        )
    difference = first_difference(document, consent_record(history))
    if difference:
        raise RecordError(f"the record is not what the chain says: {difference}")
    return Verified(customer, brand, number)


def _address(document: dict[str, Any], key: str, chain: Chain) -> str:
    found = _BLOCK.fullmatch(document[key]["dct:identifier"])
    if found is None or int(found[1]) != chain.chain_id or not chain.web3.is_checksum_address(found[2]):
        raise RecordError(f"{key} of the record is no account of chain {chain.chain_id}")
    return found[2]


class _Maker:
    """Builds a record. What a notice's version describes gets ids with the version in them, as versions may differ."""

    def __init__(self, history: History, events: tuple[ConsentEvent, ...]) -> None:
        self.history = history
        self.events = events
        self.uuid = str(
            uuid5(NAMESPACE_URL, "/".join((self.account(history.registry), history.brand, history.customer)))
        )
        self.id = f"urn:uuid:{self.uuid}"
        used: dict[int, set[Use]] = {}
        for event in events:
            used.setdefault(event.version, set()).update(event.uses)
        self.used = {version: sorted(uses) for version, uses in sorted(used.items())}

    def account(self, address: str) -> str:
        return account_id(self.history.chain_id, address)

    def record(self) -> dict[str, Any]:
        history = self.history
        notices = [history.notice(version) for version in self.used]
        processors = [
            self.part(item.version, "recipient", recipient.key)
            for item in notices
            for recipient in self.recipients(item)
            if recipient.role == "processor"
        ]
        return {
            "@context": CONTEXT,
            "@id": self.id,
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": PROFILE,
            "dct:identifier": self.uuid,
            "dpv:hasIdentifier": self.uuid,
            "dct:created": iso_time(self.events[0].at),
            "dct:modified": iso_time(self.events[-1].at),
            "dct:source": {
                "@type": "web3crm:Block",
                "web3crm:registry": self.account(history.registry),
                "web3crm:block": history.block.number,
                "web3crm:blockHash": history.block.hash,
                "web3crm:blockTime": iso_time(history.block.time),
            },
            "dpv:hasDataSubject": self.who(history.customer, "dpv:DataSubject"),
            "web3crm:brand": self.who(history.brand, "dpv:DataController"),
            "dpv:hasDataController": [self.part(item.version, "controller") for item in notices],
            **({"dpv:hasDataProcessor": processors} if processors else {}),
            "dpv:hasJurisdiction": sorted({f"loc:{item.text.jurisdiction}" for item in notices}),
            "dpv:hasNotice": [self.notice(item) for item in notices],
            "dpv:hasProcess": [
                self.process(item, purpose)
                for item in notices
                for purpose in item.text.purposes
                if self.classes(item, purpose)
            ],
            "dpv:hasConsentStatus": [self.event(event) for event in self.events],
            "dpv:hasEntity": [entity for item in notices for entity in self.entities(item)],
            "web3crm:standing": self.standing(),
            "web3crm:snapshots": [self.act(act) for act in history.acts],
        }

    # --- what a notice says -------------------------------------------------------------------------------------------

    def part(self, version: int, *words: str) -> str:
        return f"{self.id}#{'-'.join(('notice', str(version), *words))}"

    def who(self, address: str, kind: str) -> dict[str, Any]:
        identifier = self.account(address)
        return {"@id": f"did:pkh:{identifier}", "@type": kind, "dct:identifier": identifier}

    def classes(self, item: PublishedNotice, purpose: Purpose) -> list[DataClass]:
        bits = {use[1] for use in self.used[item.version] if use[0] == purpose.bit}
        return [found for found in item.text.classes_of(purpose) if found.bit in bits]

    def recipients(self, item: PublishedNotice) -> list[Recipient]:
        purposes = {use[0] for use in self.used[item.version]}
        keys = {key for purpose in item.text.purposes if purpose.bit in purposes for key in purpose.recipients}
        return [found for found in item.text.recipients if found.key in keys]

    def notice(self, item: PublishedNotice) -> dict[str, Any]:
        text = item.text
        return {
            "@id": text.uri,
            "@type": "dpv:ConsentNotice",
            "dct:title": _texts(text.title),
            "dct:description": _texts(text.introduction),
            "dct:language": list(LANGUAGES),
            "dct:date": iso_time(item.notice.published_at),
            "schema:version": str(item.version),
            "web3crm:sha256": item.notice.digest.hex(),
            "web3crm:block": item.block,
            "web3crm:transaction": item.transaction,
        }

    def process(self, item: PublishedNotice, purpose: Purpose) -> dict[str, Any]:
        text, version = item.text, item.version
        controller = self.part(version, "controller")
        recipients = [self.part(version, "recipient", found.key) for found in text.recipients_of(purpose)]
        return {
            "@id": self.part(version, "purpose", str(purpose.bit)),
            "@type": "dpv:Process",
            "dpv:hasNotice": text.uri,
            "dpv:hasService": {"@type": "dpv:Service", "dct:title": _texts(text.service)},
            "dpv:hasPurpose": {
                "@type": "dpv:Purpose",
                "skos:broader": _compact(purpose.term),
                "dct:identifier": str(purpose.bit),
                "dct:title": _texts(purpose.title),
                "dct:description": _texts(purpose.text),
            },
            "dpv:hasNecessity": "dpv:Required" if purpose.primary else "dpv:Optional",
            "dpv:hasPersonalData": [
                {
                    "@id": self.part(version, "class", str(found.bit)),
                    "@type": _SENSITIVITY[found.sensitivity],
                    "skos:broader": _compact(found.term),
                    "dct:identifier": str(found.bit),
                    "dct:title": _texts(found.title),
                    "dct:description": _texts(found.text),
                }
                for found in self.classes(item, purpose)
            ],
            "dpv:hasStorageCondition": [
                {"@type": "dpv:StorageLocation", "dpv:hasLocation": [f"loc:{code}" for code in purpose.stored_in]},
                {"@type": "dpv:StorageDuration", "dpv:hasDuration": _lasting(purpose.retention)},
                {"@type": "dpv:StorageDeletion", "dpv:hasDuration": _lasting(item.notice.erasure_period)},
            ],
            "dpv:hasDataController": controller,
            "dpv:hasLegalBasis": _compact(purpose.basis),
            "dpv:hasRecipient": [controller, *recipients],
            "dpv:hasConsentControl": {
                "@type": "dpv:WithdrawConsent",
                "dct:description": _texts(text.withdrawal),
                "dpv:isExercisedAt": text.withdrawal_url,
            },
            "dpv:hasRight": {
                "@type": "dpv:DataSubjectRight",
                "dct:description": _texts(text.rights),
                "dpv:isExercisedAt": text.rights_url,
            },
            "dpv:hasJurisdiction": f"loc:{text.jurisdiction}",
        }

    def entities(self, item: PublishedNotice) -> list[dict[str, Any]]:
        text, version = item.text, item.version
        controller, dpo = text.controller, text.dpo
        identifier, officer = self.part(version, "controller"), self.part(version, "dpo")
        found = [
            {
                "@id": identifier,
                "@type": "dpv:DataController",
                "dpv:hasIdentifier": self.account(self.history.brand),
                "dpv:hasName": _texts(controller.name),
                "schema:address": _address_of(controller.address, controller.country),
                "schema:contactPoint": _contact(controller.email, controller.phone),
                "schema:url": controller.url,
                "dpv:hasDataProtectionOfficer": officer,
            },
            {
                "@id": officer,
                "@type": "dpv:DataProtectionOfficer",
                "dpv:hasIdentifier": officer,
                "dpv:hasName": _texts(dpo.name),
                "schema:address": _address_of(controller.address, controller.country),
                "schema:contactPoint": _contact(dpo.email, dpo.phone),
            },
        ]
        for recipient in self.recipients(item):
            name = self.part(version, "recipient", recipient.key)
            found.append(
                {
                    "@id": name,
                    "@type": _ROLE[recipient.role],
                    "dpv:hasIdentifier": name,
                    "dpv:hasName": _texts(recipient.name),
                    "schema:address": _address_of(recipient.address, recipient.country),
                    "schema:contactPoint": _contact(recipient.email),
                }
            )
        return found

    # --- what happened ------------------------------------------------------------------------------------------------

    def event(self, event: ConsentEvent) -> dict[str, Any]:
        text = self.history.notice(event.version).text
        purposes = {use[0] for use in event.uses}
        bases = dict.fromkeys(_compact(item.basis) for item in text.purposes if item.bit in purposes)
        given = event.kind in (Kind.GIVEN, Kind.RENEWED)
        return {
            "@type": [f"dpv:{event.kind.value}", *bases],
            "dpv:isIndicatedAtTime": iso_time(event.at),
            "dpv:hasDuration": _until(event.act.snapshot) if given else {"@type": "dpv:EndlessDuration"},
            **self.cause(event),
            "dpv:hasNotice": text.uri,
            "dpv:hasProcess": [
                {
                    "@type": "dpv:Process",
                    "web3crm:process": self.part(event.version, "purpose", str(bit)),
                    "dpv:hasPersonalData": [
                        self.part(event.version, "class", str(use[1])) for use in event.uses if use[0] == bit
                    ],
                }
                for bit in sorted(purposes)
            ],
        }

    def cause(self, event: ConsentEvent) -> dict[str, Any]:
        """Who did it, how, and where that stands on the chain."""
        history, act, notice = self.history, event.act, event.notice
        if notice is not None:
            return {
                "dpv:isIndicatedBy": f"did:pkh:{self.account(history.brand)}",
                "dpv:hasIndicationMethod": f"notice {notice.version} of the brand, which changes what was consented to",
                "web3crm:transaction": notice.transaction,
                "web3crm:block": notice.block,
                "web3crm:snapshot": act.snapshot.number,
            }
        how = how_indicated(history, act)
        return {
            "dpv:isIndicatedBy": f"did:pkh:{self.account(history.customer)}",
            "dpv:hasIndicationMethod": f"the expiry set by {how}" if event.kind is Kind.EXPIRED else how,
            "web3crm:transaction": act.transaction,
            "web3crm:block": act.block,
            "web3crm:snapshot": act.snapshot.number,
        }

    def standing(self) -> list[dict[str, Any]]:
        version = self.history.snapshot.notice_version
        return [
            {
                "web3crm:process": self.part(version, "purpose", str(purpose)),
                "dpv:hasPersonalData": self.part(version, "class", str(data_class)),
                "web3crm:allowed": refusal is Refusal.NONE,
                "web3crm:because": refusal.text,
            }
            for (purpose, data_class), refusal in standing(self.history).items()
        ]

    def act(self, act: ConsentAct) -> dict[str, Any]:
        snapshot = act.snapshot
        return {
            "web3crm:number": snapshot.number,
            "web3crm:act": "granted" if act.granted else "withdrew",
            "web3crm:at": iso_time(snapshot.at),
            "web3crm:purposes": _bits(snapshot.purposes),
            "web3crm:dataClasses": _bits(snapshot.data_classes),
            "web3crm:noticeVersion": snapshot.notice_version,
            "web3crm:expiresAt": iso_time(snapshot.expires_at) if snapshot.expires_at else None,
            "web3crm:block": act.block,
            "web3crm:transaction": act.transaction,
        }


def _texts(text: Text) -> list[dict[str, str]]:
    return [{"@value": text[language], "@language": language} for language in LANGUAGES]


def _compact(iri: str) -> str:
    """A term with its prefix, where the context has one."""
    space, _, name = iri.partition("#")
    prefix = _PREFIXES.get(f"{space}#")
    return iri if prefix is None else f"{prefix}:{name}"


def _lasting(seconds: int) -> dict[str, str]:
    value = f"P{seconds // _DAY}D" if seconds % _DAY == 0 else f"PT{seconds}S"
    return {"@type": "dpv:TemporalDuration", "rdf:value": value}


def _until(snapshot: Snapshot) -> dict[str, str]:
    if snapshot.expires_at:
        return {"@type": "dpv:UntilTimeDuration", "rdf:value": iso_time(snapshot.expires_at)}
    return {"@type": "dpv:UntilEventDuration", "rdf:value": "withdrawal of the consent"}


def _address_of(address: Text, country: str) -> dict[str, Any]:
    return {"@type": "schema:PostalAddress", "schema:streetAddress": _texts(address), "schema:addressCountry": country}


def _contact(email: str, phone: str = "") -> dict[str, Any]:
    more = {"schema:telephone": phone} if phone else {}
    return {"@type": "schema:ContactPoint", "schema:email": email, **more}


def _bits(bits: int) -> list[int]:
    return [bit for bit in range(BITS) if bits >> bit & 1]
