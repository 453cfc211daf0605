"""Consent records (ISO/IEC TS 27560) and receipts (Kantara) from a history.

given a history
├── the record should have every field that the guide says must be present
├── every value of the chain and of the notice's text should show in it: another value, another record
├── what the notice says of purposes that she did not allow should not show
├── every string that it holds should be from the inputs, or be a fixed word of the format
└── every term should be one that the context knows
given the same for a receipt
└── the same, and each language should have its own texts
given acts in some order
├── a grant that leaves something out should withdraw it
├── a partial withdrawal should name what was taken back
├── a revocation and a later withdrawal should each be told once
├── an expiry in the second of another act should come first
└── an act before any grant should be no event
given bits, an empty set, or a version without a text
└── nothing should be made up
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.package.privacy.making import (
    BRAND,
    CUSTOMER,
    DEMOGRAPHIC,
    PURCHASES,
    RECOMMENDATIONS,
    RELAYER,
    RESEARCH,
    SERVICE,
    act,
    edited,
    example,
    granted,
    history,
    notices_on_chain,
)
from web3crm.domain.consent import Refusal, Snapshot
from web3crm.errors import InputError, NoticeError, RecordError
from web3crm.privacy.history import Block, History
from web3crm.privacy.receipts import consent_receipt
from web3crm.privacy.records import CONTEXT, consent_record
from web3crm.privacy.timeline import ConsentEvent, Kind, given_by, standing, timeline

ALL_USES = ((0, 0), (0, 3), (8, 3))
MUST = [
    "dct:conformsTo",
    "dct:identifier",
    "dpv:hasDataSubject",
    "dpv:hasNotice",
    "dpv:hasProcess",
    "dpv:hasEntity",
    "dpv:hasConsentStatus",
]
MUST_OF_A_PROCESS = [
    "dpv:hasPurpose",
    "dpv:hasPersonalData",
    "dpv:hasStorageCondition",
    "dpv:hasDataController",
    "dpv:hasRecipient",
    "dpv:hasConsentControl",
    "dpv:hasJurisdiction",
    "dpv:hasRight",
]
MUST_OF_AN_EVENT = ["dpv:isIndicatedAtTime", "dpv:hasDuration", "dpv:isIndicatedBy"]
MUST_OF_AN_ENTITY = ["dpv:hasName", "dpv:hasIdentifier", "schema:contactPoint", "schema:address"]
KANTARA = [
    "version",
    "jurisdiction",
    "consentTimestamp",
    "collectionMethod",
    "consentReceiptID",
    "publicKey",
    "language",
    "piiPrincipalId",
    "piiControllers",
    "policyUrl",
    "services",
    "sensitive",
    "spiCat",
]
KANTARA_PURPOSE = [
    "purpose",
    "purposeCategory",
    "consentType",
    "piiCategory",
    "primaryPurpose",
    "termination",
    "thirdPartyDisclosure",
    "thirdPartyName",
]


@pytest.fixture
def base() -> History:
    return history(act(granted(), block=30))


def test_a_record_has_what_must_be_present(base: History):
    record = consent_record(base)
    assert [key for key in MUST if key not in record] == []
    assert all(key in process for process in record["dpv:hasProcess"] for key in MUST_OF_A_PROCESS)
    assert all(key in event for event in record["dpv:hasConsentStatus"] for key in MUST_OF_AN_EVENT)
    assert all(key in entity for entity in record["dpv:hasEntity"] for key in MUST_OF_AN_ENTITY)
    assert record["dct:source"]["web3crm:block"] == 100


def test_a_receipt_has_the_fields_of_the_specification(base: History):
    receipt = consent_receipt(base, public_key="age1" + "q" * 58)
    assert list(receipt) == KANTARA
    assert [list(item) for item in receipt["services"][0]["purposes"]] == [KANTARA_PURPOSE[:-1], KANTARA_PURPOSE]


NEWER = notices_on_chain(
    example("coffee", 1), edited(("version: 1\n", "version: 2\n"), ("en: Running your", "en: Running a"))
)

# Everything that goes in. Each makes another history, and nothing else changes.
FROM_THE_CHAIN: dict[str, dict[str, Any]] = {
    "chain": {"chain_id": 1},
    "registry": {"registry": BRAND},
    "brand": {"brand": RELAYER},
    "customer": {"customer": RELAYER},
    "block": {"block": Block(101, "0x" + "ab" * 32, 500)},
    "block hash": {"block": Block(100, "0x" + "cd" * 32, 500)},
    "block time": {"block": Block(100, "0x" + "ab" * 32, 501)},
    "expired by then": {"block": Block(100, "0x" + "ab" * 32, 1_000)},
    "time of the notice": {"notices": notices_on_chain(example("coffee", 1), at=51)},
    "purposes": {"acts": (act(granted(purposes=SERVICE), block=30),)},
    "data classes": {"acts": (act(granted(data_classes=PURCHASES), block=30),)},
    "time": {"acts": (act(granted(at=101), block=30),)},
    "expiry": {"acts": (act(granted(expires_at=1_001), block=30),)},
    "no expiry": {"acts": (act(granted(expires_at=0), block=30),)},
    "place": {"acts": (act(granted(), block=31),)},
    "sender": {"acts": (act(granted(), block=30, sender=RELAYER),)},
    "function": {"acts": (act(granted(), block=30, sender=RELAYER, function="grantBySig"),)},
    "another sender": {"acts": (act(granted(), block=30, sender=BRAND, function="grantBySig"),)},
    "one more act": {"acts": (act(granted(), block=30), act(granted(number=2, at=120), block=40))},
    "a withdrawal": {
        "acts": (act(granted(), block=30), act(granted(purposes=SERVICE, number=2, at=120), block=40, granted=False))
    },
    "a newer notice before": {"notices": NEWER},
    "a later notice": {"notices": (NEWER[0], replace(NEWER[1], block=60))},
}
# Of the chain's values a receipt does not depend on what came after its grant.
AFTERWARDS = {
    "block",
    "block hash",
    "block time",
    "expired by then",
    "time of the notice",
    "a withdrawal",
    "a later notice",
}

FROM_THE_TEXT = {
    "jurisdiction": ("jurisdiction: TH", "jurisdiction: SG"),
    "title": ("en: Notice and request for consent", "en: Request for consent"),
    "title in Thai": ("หนังสือแจ้งและขอ", "หนังสือขอ"),
    "introduction": ("We ask to use your data", "We should like to use your data"),
    "service": ("en: Roastery loyalty programme\n", "en: Another programme\n"),
    "erasure period": ("erasure_period: 30d", "erasure_period: 29d"),
    "withdrawal": ("It costs nothing", "It is free"),
    "withdrawal url": ("privacy/withdraw", "privacy/stop"),
    "rights": ("have it corrected", "have it put right"),
    "rights url": ("privacy/rights", "privacy/your-rights"),
    "controller": ("en: Roastery Example Co., Ltd.", "en: Other Example Co., Ltd."),
    "controller's address": ("en: 99/1 Example Road", "en: 98/1 Example Road"),
    "controller's country": ("  country: TH\n  email: privacy@roastery", "  country: SG\n  email: privacy@roastery"),
    "controller's e-mail": ("email: privacy@roastery", "email: hello@roastery"),
    "controller's telephone": ("+66 2 555 0100", "+66 2 555 0199"),
    "controller's url": ("url: https://roastery.example/\n", "url: https://www.roastery.example/\n"),
    "officer": ("en: Data Protection Officer", "en: Privacy Officer"),
    "officer's e-mail": ("email: dpo@", "email: officer@"),
    "officer's telephone": ("+66 2 555 0101", "+66 2 555 0198"),
    "recipient": ("en: Example Institute", "en: Other Institute"),
    "recipient's role": ("role: third_party", "role: processor"),
    "recipient's address": ("en: 5 Example Road", "en: 6 Example Road"),
    "recipient's country": ("country: SG", "country: MY"),
    "recipient's e-mail": ("email: data@research", "email: hello@research"),
    "processor": ("en: Cloud Example", "en: Sky Example"),
    "class": ("en: Purchases", "en: Buys"),
    "class's text": ("at which branch and for how much", "and where"),
    "class's term": ("pd#Purchase", "pd#PurchasesAndSpendingHabit"),
    "class's sensitivity": ("pd#Purchase\n    sensitivity: none", "pd#Purchase\n    sensitivity: sensitive"),
    "special": ("pd#Purchase\n    sensitivity: none", "pd#Purchase\n    sensitivity: special"),
    "purpose": ("en: Running your membership", "en: Your membership"),
    "purpose's text": ("work out your points", "compute your points"),
    "purpose's term": ("dpv#ServiceProvision", "dpv#ServicePersonalisation"),
    "basis": (
        "#ServiceProvision\n    basis: https://w3id.org/dpv#Explicitly",
        "#ServiceProvision\n    basis: https://w3id.org/dpv#",
    ),
    "retention": ("retention: 730d", "retention: 100s"),
    "storage": ("[TH, SG]\n    primary: true", "[TH]\n    primary: true"),
    "necessity": ("primary: true", "primary: false"),
    "classes used": (
        "primary: true\n    data_classes: [demographic, purchases]",
        "primary: true\n    data_classes: [demographic]",
    ),
    "recipients": (
        "primary: true\n    data_classes: [demographic, purchases]\n    recipients: [cloud]",
        "primary: true\n    data_classes: [demographic, purchases]\n    recipients: [cloud, research]",
    ),
}


@pytest.mark.parametrize("change", FROM_THE_CHAIN.values(), ids=FROM_THE_CHAIN)
def test_every_value_of_the_chain_shows_in_the_record(base: History, change: dict[str, Any]):
    assert consent_record(replace(base, **change)) != consent_record(base)


@pytest.mark.parametrize("name", FROM_THE_CHAIN)
def test_every_value_of_the_grant_shows_in_the_receipt_and_nothing_later(base: History, name: str):
    same = consent_receipt(replace(base, **FROM_THE_CHAIN[name])) == consent_receipt(base)
    assert same is (name in AFTERWARDS)


def without_addresses(document: Any) -> str:
    """The document without what follows from the text's digest: all of that changes with every byte."""
    text = json.dumps(document, ensure_ascii=False)
    for item in (example("coffee", 1),):
        text = text.replace(item.cid, "CID").replace(item.digest.hex(), "DIGEST")
    return text


@pytest.mark.parametrize(("old", "new"), FROM_THE_TEXT.values(), ids=FROM_THE_TEXT)
def test_every_value_of_the_text_shows_in_the_record(base: History, old: str, new: str):
    file = edited((old, new))
    other = consent_record(replace(base, notices=notices_on_chain(file)))
    text = json.dumps(other, ensure_ascii=False).replace(file.cid, "CID").replace(file.digest.hex(), "DIGEST")
    assert text != without_addresses(consent_record(base))


@pytest.mark.parametrize(
    "name",
    [
        "jurisdiction",
        "service",
        "controller",
        "controller's address",
        "controller's country",
        "controller's e-mail",
        "controller's telephone",
        "controller's url",
        "officer",
        "officer's e-mail",
        "officer's telephone",
        "recipient",
        "recipient's role",
        "class's term",
        "class's sensitivity",
        "purpose",
        "purpose's text",
        "purpose's term",
        "basis",
        "retention",
        "necessity",
        "classes used",
        "recipients",
    ],
)
def test_every_value_of_the_text_that_kantara_has_a_field_for_shows_in_the_receipt(base: History, name: str):
    file = edited(FROM_THE_TEXT[name])
    other = consent_receipt(replace(base, notices=notices_on_chain(file)))
    assert json.dumps(other, ensure_ascii=False).replace(file.cid, "CID") != without_addresses(consent_receipt(base))


def test_what_she_did_not_allow_does_not_show(base: History):
    text = json.dumps(consent_record(base), ensure_ascii=False)
    assert "Suggesting coffees" not in text
    assert "e-mail address and telephone" not in text
    only_service = replace(base, acts=(act(granted(purposes=SERVICE), block=30),))
    assert "Institute" not in json.dumps(consent_record(only_service))


def words(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from words(value)
    elif isinstance(document, list):
        for item in document:
            yield from words(item)
    elif isinstance(document, str):
        yield document


def test_every_term_has_a_prefix_that_the_context_knows(base: History):
    record = consent_record(base)
    del record["@context"]
    prefixes = {
        word.partition(":")[0]
        for word in words(record)
        if word.partition(":")[0] in ("dpv", "pd", "loc", "dct", "skos", "schema", "rdf", "web3crm")
    }
    assert prefixes == {"dpv", "pd", "loc", "dct", "skos", "schema", "rdf", "web3crm"}
    assert prefixes <= CONTEXT.keys()
    assert all(":" in key or key.startswith("@") for key in record)


def test_ids_that_are_referred_to_are_there(base: History):
    record = consent_record(base)
    there = {item["@id"] for item in record["dpv:hasEntity"]}
    there |= {process["@id"] for process in record["dpv:hasProcess"]}
    there |= {item["@id"] for process in record["dpv:hasProcess"] for item in process["dpv:hasPersonalData"]}
    named = {word for word in words(record) if word.startswith("urn:uuid:") and "#" in word}
    assert named == there


def test_sensitive_classes_are_named(base: History):
    file = edited(("pd#Purchase\n    sensitivity: none", "pd#Purchase\n    sensitivity: sensitive"))
    receipt = consent_receipt(replace(base, notices=notices_on_chain(file)))
    assert (receipt["sensitive"], receipt["spiCat"]) == (True, ["https://w3id.org/dpv/pd#Purchase"])
    record = consent_record(replace(base, notices=notices_on_chain(file)))
    kinds = {item["@type"] for process in record["dpv:hasProcess"] for item in process["dpv:hasPersonalData"]}
    assert kinds == {"dpv:PersonalData", "dpv:SensitivePersonalData"}


@pytest.mark.parametrize(
    ("language", "expires_at", "termination"),
    [
        ("en", 1_000, "consent until 1970-01-01T00:16:40Z, or its withdrawal; data is kept for at most 730 days"),
        ("en", 0, "consent until its withdrawal; data is kept for at most 730 days"),
        ("th", 1_000, "ความยินยอมมีผลถึง 1970-01-01T00:16:40Z หรือจนกว่าจะถอน เก็บข้อมูลไว้ไม่เกิน 730 วัน"),
        ("th", 0, "ความยินยอมมีผลจนกว่าจะถอน เก็บข้อมูลไว้ไม่เกิน 730 วัน"),
    ],
)
def test_a_receipt_says_when_it_ends(language: str, expires_at: int, termination: str):
    receipt = consent_receipt(history(act(granted(expires_at=expires_at), block=30)), language=language)
    assert receipt["services"][0]["purposes"][0]["termination"] == termination


def test_each_language_has_its_own_texts(base: History):
    thai, english = (consent_receipt(base, language=language) for language in ("th", "en"))
    assert thai["piiControllers"][0]["piiController"] == "บริษัท โรสเตอรี่ ตัวอย่าง จำกัด"
    assert english["piiControllers"][0]["piiController"] == "Roastery Example Co., Ltd."
    with pytest.raises(InputError, match="languages are th and en, got 'de'"):
        consent_receipt(base, language="de")


def test_an_expiry_beyond_the_calendar_is_the_calendars_end():
    record = consent_record(history(act(granted(expires_at=2**40 - 1), block=30)))
    assert record["dpv:hasConsentStatus"][0]["dpv:hasDuration"]["rdf:value"] == "9999-12-31T23:59:59Z"


# --- what became of it ------------------------------------------------------------------------------------------------


def told(events: tuple[ConsentEvent, ...]) -> list[tuple[Kind, int, int, tuple[tuple[int, int], ...]]]:
    return [(event.kind, event.at, event.version, event.uses) for event in events]


def test_a_grant_that_leaves_something_out_withdraws_it():
    second = granted(purposes=SERVICE | RECOMMENDATIONS, data_classes=DEMOGRAPHIC, number=2, at=120)
    found = timeline(history(act(granted(), block=30), act(second, block=40)))
    assert told(found) == [
        (Kind.GIVEN, 100, 1, ALL_USES),
        (Kind.WITHDRAWN, 120, 1, ((0, 3), (8, 3))),
        (Kind.GIVEN, 120, 1, ((2, 0),)),
        (Kind.RENEWED, 120, 1, ((0, 0),)),
    ]


def test_a_partial_withdrawal_names_what_was_taken_back():
    left = granted(data_classes=DEMOGRAPHIC, number=2, at=120)
    found = timeline(history(act(granted(), block=30), act(left, block=40, granted=False)))
    assert told(found) == [(Kind.GIVEN, 100, 1, ALL_USES), (Kind.WITHDRAWN, 120, 1, ((0, 3), (8, 3)))]


def test_what_was_revoked_is_told_once_and_withdrawn_all_the_same():
    files = (
        example("coffee", 1),
        edited(("version: 1\n", "version: 2\n"), ("en: Running your", "en: Running a")),
        edited(("version: 1\n", "version: 3\n"), ("en: Running your", "en: Running the")),
    )
    none = granted(purposes=0, data_classes=0, number=2, at=400)
    first = act(granted(at=50), block=15)
    found = timeline(history(first, act(none, block=40, granted=False), files=files))
    assert told(found) == [
        (Kind.GIVEN, 50, 1, ALL_USES),
        (Kind.REVOKED, 51, 1, ((0, 0), (0, 3))),
        (Kind.WITHDRAWN, 400, 1, ALL_USES),
    ]
    assert found[1].notice is not None
    assert found[1].notice.version == 2


def test_an_expiry_in_the_second_of_a_withdrawal_comes_first():
    none = granted(purposes=0, data_classes=0, number=2, at=1_000)
    found = timeline(history(act(granted(), block=30), act(none, block=40, granted=False), now=2_000))
    assert [(event.kind, event.at) for event in found] == [
        (Kind.GIVEN, 100),
        (Kind.EXPIRED, 1_000),
        (Kind.WITHDRAWN, 1_000),
    ]


def test_what_was_withdrawn_before_does_not_expire():
    left = granted(purposes=SERVICE, number=2, at=120)
    found = timeline(history(act(granted(), block=30), act(left, block=40, granted=False), now=1_000))
    assert told(found)[-1] == (Kind.EXPIRED, 1_000, 1, ((0, 0), (0, 3)))


def test_a_withdrawal_before_any_grant_is_no_event():
    early = act(Snapshot(at=90, number=1), block=20, granted=False)
    found = timeline(history(early, act(granted(number=2), block=30)))
    assert told(found) == [(Kind.GIVEN, 100, 1, ALL_USES)]
    assert [
        item["web3crm:number"]
        for item in consent_record(history(early, act(granted(number=2), block=30)))["web3crm:snapshots"]
    ] == [1, 2]


@pytest.mark.parametrize(
    "snapshot",
    [
        granted(purposes=1 << 63),
        granted(data_classes=1 << 62),
        granted(purposes=RESEARCH, data_classes=DEMOGRAPHIC),
    ],
)
def test_what_no_text_describes_is_no_use(snapshot: Snapshot):
    found = history(act(snapshot, block=30))
    assert (timeline(found), standing(found), given_by(found, found.acts[0])) == ((), {}, ())
    with pytest.raises(RecordError, match="there is nothing to record"):
        consent_record(found)


def test_a_history_without_acts_stands_for_nothing():
    assert (timeline(history()), standing(history()), history().snapshot) == ((), {}, Snapshot())
    with pytest.raises(RecordError, match=f"{CUSTOMER} has not allowed {BRAND} anything by block 100"):
        consent_record(history())


def test_a_version_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="has published notices 1 to 1, not 2"):
        timeline(history(act(granted(notice_version=2), block=30)))


def test_a_text_that_was_not_read_is_named(base: History):
    blank = tuple(replace(item, file=None) for item in base.notices)
    with pytest.raises(NoticeError, match="the text of notice 1 was not read"):
        consent_record(replace(base, notices=blank))
    gone = tuple(replace(item, file=None, problem="it burned") for item in base.notices)
    with pytest.raises(NoticeError, match="it burned"):
        consent_receipt(replace(base, notices=gone))


def test_what_stands_is_what_the_rules_say():
    expired = history(act(granted(), block=30), now=1_000)
    assert standing(expired) == dict.fromkeys(ALL_USES, Refusal.EXPIRED)
    assert standing(history(act(granted(), block=30), now=999)) == dict.fromkeys(ALL_USES, Refusal.NONE)


def test_a_message_a_transaction_and_another_contract_are_told_apart():
    ways = [
        act(granted(), block=30),
        act(granted(), block=30, sender=RELAYER, function="grantBySig"),
        replace(act(granted(), block=30, sender=RELAYER), function=""),
    ]
    how = [consent_record(history(way))["dpv:hasConsentStatus"][0]["dpv:hasIndicationMethod"] for way in ways]
    assert how == [
        "grant of ConsentRegistry, in a transaction that the customer's wallet signed",
        f"grantBySig of ConsentRegistry, a message that the customer's wallet signed, sent by {RELAYER}",
        # A relayer's contract may have passed on her message as well: the chain tells no more.
        f"through another contract, in a transaction that {RELAYER} sent: an act of the customer's wallet contract, or a "
        "message that the customer's wallet signed",
    ]
