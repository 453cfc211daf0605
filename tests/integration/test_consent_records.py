"""Notices, consent records and receipts on a running chain.

given version 1 of the notice, and a customer who consented to it
├── version 2 changes one purpose: that one alone should be refused, and asked again (G13)
├── when she consents again, nothing should be asked any more
├── what was revoked should be revoked when the contract says that it was outdated
└── the record should tell of each step, and what it says is allowed should be what the contract says
given a customer who withdraws a part, and everything, by herself and by signature
└── the record should tell each, who did it and how
given a consent that runs out, one to a notice that is too old, and a grant under an old notice
└── the record should tell when each ended, and by whom
given a record
├── it should hold, at its own block, whatever happened since
├── each value that is changed in it should be found
├── it should be of the registry, the chain and the block that the reader asks
└── without a consent there should be none
given a receipt
├── it should be of one grant, in the chosen language, with the brand's key of that time
├── it should hold, also after the withdrawal
└── a changed value, another brand or a grant that was none should be found
given the texts of the notices
├── they should be found in a blob store and in a folder
├── one that is missing, another one, or one that is no notice should be named where it is needed, and only there
└── a change that the brand did not mark should be found
given a node that has lost events, or contradicts itself
└── nothing should be made of what it says
"""

from __future__ import annotations

import copy
import io
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.package.privacy.making import EXAMPLES, edited, example
from tests.support.local_chain import rolled_back
from web3crm.chain import Chain, LocalChain, relay
from web3crm.chain.typed_data import consent_grant, consent_withdraw_all
from web3crm.deploy import Commons, deploy_commons
from web3crm.domain.consent import Notice, Refusal, Snapshot
from web3crm.errors import BlobCorrupt, ChainError, NoticeError, RecordError
from web3crm.privacy.history import (
    BlobNotices,
    FolderNotices,
    History,
    read_history,
    read_notices,
    snapshot_of,
)
from web3crm.privacy.notices import Asks, NoticeFile, asks, publication
from web3crm.privacy.receipts import brand_key, consent_receipt, verify_receipt
from web3crm.privacy.records import consent_record, verify_record
from web3crm.privacy.timeline import Kind, standing, timeline
from web3crm.vault import EmbeddedStore, Identity, recipient_to_bytes

DAY = 86_400
SERVICE, RECOMMENDATIONS, MARKETING, RESEARCH = 1 << 0, 1 << 2, 1 << 4, 1 << 8
DEMOGRAPHIC, CONTACT, PURCHASES, PREFERENCES = 1 << 0, 1 << 2, 1 << 3, 1 << 5
PURPOSES = SERVICE | RECOMMENDATIONS
CLASSES = DEMOGRAPHIC | PURCHASES
USES = ((0, 0), (0, 3), (2, 0), (2, 3))


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


class Scene:
    """A brand, a customer and somebody else, who act on one chain."""

    def __init__(self, local: LocalChain, commons: Commons, folder: Path) -> None:
        self.chain: Chain = local.chain
        self.commons = commons
        self.consents = commons.consents
        self.brand_account, self.relayer, self.customer_account = (
            local.accounts[1],
            local.accounts[6],
            local.accounts[3],
        )
        self.brand, self.customer = self.brand_account.address, self.customer_account.address
        self.blobs = EmbeddedStore(folder / "blobs")
        self.source = BlobNotices(self.blobs)
        self.from_block = 0

    def publish(self, file: NoticeFile, previous: NoticeFile | None = None) -> Any:
        self.blobs.put(io.BytesIO(file.raw))
        published = self.history().published
        act = self.consents.functions.publishNotice(*publication(file, previous, published).args)
        return self.chain.transact(act, sender=self.brand_account)

    def grant(self, purposes: int = PURPOSES, classes: int = CLASSES, version: int = 1, lasts: int = 0) -> Any:
        until = self.chain.now() + lasts if lasts else 0
        act = self.consents.functions.grant(self.brand, purposes, classes, version, until)
        return self.chain.transact(act, sender=self.customer_account)

    def withdraw(self, purposes: int = 0, classes: int = 0) -> Any:
        act = self.consents.functions.withdraw(self.brand, purposes, classes)
        return self.chain.transact(act, sender=self.customer_account)

    def history(self, **other: Any) -> History:
        options = {"customer": self.customer, "brand": self.brand, "source": self.source, **other}
        return read_history(self.chain, self.consents, **options)

    def record(self, **other: Any) -> dict[str, Any]:
        return consent_record(self.history(**other))

    def verify(self, record: Any, **other: Any) -> Any:
        options = {"chain": self.chain, "consents": self.consents, "source": self.source, **other}
        return verify_record(record, **options)

    def asked(self) -> Asks:
        newest = read_notices(self.chain, self.consents, self.brand, source=self.source)[-1]
        snapshot = snapshot_of(self.chain, self.consents, self.customer, self.brand)
        return asks(newest.text, self.history().published, snapshot, at=self.chain.now())

    def why_not(self, use: tuple[int, int]) -> Refusal:
        return Refusal(self.chain.call(self.consents.functions.whyNot(self.customer, self.brand, *use)))


@pytest.fixture
def scene(local: LocalChain, commons: Commons, tmp_path: Path) -> Iterator[Scene]:
    with rolled_back(local.chain):
        yield Scene(local, commons, tmp_path)


@pytest.fixture
def one(scene: Scene) -> NoticeFile:
    """Version 1 of the coffee brand's notice, published."""
    file = example("coffee", 1)
    scene.publish(file)
    return file


def kinds(history: History) -> list[tuple[Kind, int, tuple[tuple[int, int], ...]]]:
    return [(event.kind, event.version, event.uses) for event in timeline(history)]


def statuses(record: dict[str, Any]) -> list[str]:
    return [event["@type"][0] for event in record["dpv:hasConsentStatus"]]


def allowed(record: dict[str, Any]) -> list[bool]:
    return [item["web3crm:allowed"] for item in record["web3crm:standing"]]


# --- G13 --------------------------------------------------------------------------------------------------------------


def test_g13_a_new_version_refuses_and_asks_again_only_what_changed(scene: Scene, one: NoticeFile):
    scene.grant(lasts=365 * DAY)
    assert not scene.asked()
    scene.publish(example("coffee", 2), one)
    answers = {use: scene.why_not(use) for use in USES}
    assert answers == {
        (0, 0): Refusal.NONE,
        (0, 3): Refusal.NONE,
        (2, 0): Refusal.PURPOSE_CHANGED,
        (2, 3): Refusal.PURPOSE_CHANGED,
    }
    assert scene.asked() == Asks(purposes=RECOMMENDATIONS, new_data_classes=PREFERENCES)
    assert standing(scene.history()) == answers

    scene.grant(version=2, classes=CLASSES | PREFERENCES, lasts=365 * DAY)
    assert scene.asked() == Asks()
    assert {scene.why_not(use) for use in USES} == {Refusal.NONE}
    assert kinds(scene.history()) == [
        (Kind.GIVEN, 1, USES),
        (Kind.REVOKED, 1, ((2, 0), (2, 3))),
        (Kind.GIVEN, 2, ((2, 5),)),
        (Kind.RENEWED, 2, USES),
    ]


def test_a_revocation_is_at_the_time_at_which_the_contract_says_it_was_outdated(scene: Scene, one: NoticeFile):
    scene.grant()
    two, three = example("coffee", 2), edited(("version: 1\n", "version: 3\n"), ("en: Purchases", "en: Buys"))
    scene.chain.sleep(100)
    scene.publish(two, one)
    scene.chain.sleep(100)
    scene.publish(three, two)
    revoked = {use: event.at for event in timeline(scene.history()) if event.notice for use in event.uses}
    outdated_at = scene.consents.functions.outdatedAt
    answers = {use: scene.chain.call(outdated_at(scene.brand, 1, *use)) for use in USES}
    assert revoked == {use: at for use, at in answers.items() if at}
    assert [bool(answers[use]) for use in USES] == [False, True, True, True]
    assert answers[(2, 3)] == answers[(2, 0)] < answers[(0, 3)]


# --- records ----------------------------------------------------------------------------------------------------------


def test_a_record_tells_each_step_and_allows_what_the_contract_allows(scene: Scene, one: NoticeFile):
    granted = scene.grant(lasts=365 * DAY)
    first = scene.record()
    second_notice = scene.publish(example("coffee", 2), one)
    changed = scene.record()
    scene.grant(version=2)
    renewed = scene.record()
    withdrawn_at = scene.withdraw(purposes=RECOMMENDATIONS)
    partly = scene.record()
    everything = scene.chain.transact(scene.consents.functions.withdrawAll(scene.brand), sender=scene.customer_account)
    gone = scene.record()

    records = [first, changed, renewed, partly, gone]
    assert [statuses(record) for record in records] == [
        ["dpv:ConsentGiven"],
        ["dpv:ConsentGiven", "dpv:ConsentRevoked"],
        ["dpv:ConsentGiven", "dpv:ConsentRevoked", "dpv:RenewedConsentGiven"],
        ["dpv:ConsentGiven", "dpv:ConsentRevoked", "dpv:RenewedConsentGiven", "dpv:ConsentWithdrawn"],
        [
            "dpv:ConsentGiven",
            "dpv:ConsentRevoked",
            "dpv:RenewedConsentGiven",
            "dpv:ConsentWithdrawn",
            "dpv:ConsentWithdrawn",
        ],
    ]
    assert [allowed(record) for record in records] == [
        [True, True, True, True],
        [True, True, False, False],
        [True, True, True, True],
        [True, True],
        [],
    ]
    events = gone["dpv:hasConsentStatus"]
    sent = [granted, second_notice, None, withdrawn_at, everything]
    for event, receipt in zip(events, sent, strict=True):
        if receipt is not None:
            assert event["web3crm:block"] == receipt["blockNumber"]
    assert events[1]["dpv:isIndicatedBy"] == gone["web3crm:brand"]["@id"]
    assert {events[at]["dpv:isIndicatedBy"] for at in (0, 2, 3, 4)} == {gone["dpv:hasDataSubject"]["@id"]}
    assert len({record["dct:identifier"] for record in records}) == 1


def test_what_is_signed_and_relayed_is_told_apart_from_what_she_sends(scene: Scene, one: NoticeFile):
    chain, consents = scene.chain, scene.consents
    domain = chain.domain(consents)
    grant = consent_grant(
        domain=domain,
        customer=scene.customer,
        brand=scene.brand,
        purposes=PURPOSES,
        data_classes=CLASSES,
        notice_version=1,
        notice_digest=one.digest,
        expires_at=0,
        nonce=1,
        deadline=chain.now() + 1_000,
    )
    relay(chain, consents, "grantBySig", grant, chain.sign(grant, sender=scene.customer_account), sender=scene.relayer)
    withdrawal = consent_withdraw_all(
        domain=domain, customer=scene.customer, brand=scene.brand, nonce=7, deadline=chain.now() + 1_000
    )
    signature = chain.sign(withdrawal, sender=scene.customer_account)
    relay(chain, consents, "withdrawAllBySig", withdrawal, signature, sender=scene.relayer)
    scene.grant()
    how = [event["dpv:hasIndicationMethod"] for event in scene.record()["dpv:hasConsentStatus"]]
    signed = f"a message that the customer's wallet signed, sent by {scene.relayer.address}"
    assert how == [
        f"grantBySig of ConsentRegistry, {signed}",
        f"withdrawAllBySig of ConsentRegistry, {signed}",
        "grant of ConsentRegistry, in a transaction that the customer's wallet signed",
    ]


def test_a_request_for_erasure_is_a_withdrawal(scene: Scene, one: NoticeFile):
    scene.grant()
    scene.chain.transact(scene.consents.functions.requestErasure(scene.brand), sender=scene.customer_account)
    record = scene.record()
    assert statuses(record) == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert record["dpv:hasConsentStatus"][1]["dpv:hasIndicationMethod"].startswith("requestErasure of ConsentRegistry")


def test_an_expiry_is_told_at_its_second(scene: Scene, one: NoticeFile):
    scene.grant(lasts=1_000)
    until = scene.history().snapshot.expires_at
    before = scene.record()
    scene.chain.sleep(1_001)
    after = scene.record()
    assert (statuses(before), allowed(before)) == (["dpv:ConsentGiven"], [True] * 4)
    assert (statuses(after), allowed(after)) == (["dpv:ConsentGiven", "dpv:ConsentExpired"], [False] * 4)
    expiry = timeline(scene.history())[-1]
    assert (expiry.at, expiry.uses) == (until, USES)
    assert {scene.why_not(use) for use in USES} == {Refusal.EXPIRED}
    assert (scene.asked().purposes, scene.asked().data_classes) == (PURPOSES, CLASSES)


def test_a_consent_that_ran_out_is_renewed_and_later_notices_revoke_it_once(scene: Scene, one: NoticeFile):
    scene.grant(lasts=1_000)
    scene.chain.sleep(1_001)
    two = example("coffee", 2)
    scene.publish(two, one)
    scene.grant(version=2)
    scene.publish(edited(("version: 1\n", "version: 3\n"), ("oldest_acceptable: 1", "oldest_acceptable: 3")), two)
    assert kinds(scene.history()) == [
        (Kind.GIVEN, 1, USES),
        (Kind.EXPIRED, 1, USES),
        (Kind.RENEWED, 2, USES),
        (Kind.REVOKED, 2, USES),
    ]
    assert {scene.why_not(use) for use in USES} == {Refusal.NOTICE_TOO_OLD}
    assert set(standing(scene.history()).values()) == {Refusal.NOTICE_TOO_OLD}


def test_a_grant_under_an_old_notice_does_not_cover_what_has_changed(scene: Scene, one: NoticeFile):
    scene.publish(example("coffee", 2), one)
    scene.grant(version=1)
    assert kinds(scene.history()) == [(Kind.GIVEN, 1, USES), (Kind.REVOKED, 1, ((2, 0), (2, 3)))]
    receipt = consent_receipt(scene.history())
    (service,) = receipt["services"]
    assert [item["purposeCategory"] for item in service["purposes"]] == [["https://w3id.org/dpv#ServiceProvision"]]


def test_bits_that_no_text_describes_are_kept_and_are_no_use(scene: Scene, one: NoticeFile):
    scene.grant(purposes=SERVICE | MARKETING | 1 << 63, classes=PURCHASES | 1 << 62)
    record = scene.record()
    assert [item["dpv:hasPurpose"]["dct:identifier"] for item in record["dpv:hasProcess"]] == ["0"]
    (snapshot,) = record["web3crm:snapshots"]
    assert (snapshot["web3crm:purposes"], snapshot["web3crm:dataClasses"]) == ([0, 4, 63], [3, 62])


# --- verifying --------------------------------------------------------------------------------------------------------


def test_a_record_holds_at_its_own_block_whatever_came_later(scene: Scene, one: NoticeFile):
    scene.grant(lasts=1_000)
    record = scene.record()
    scene.chain.sleep(1_001)
    scene.publish(example("coffee", 2), one)
    scene.withdraw(purposes=SERVICE)
    found = scene.verify(record)
    assert (found.customer, found.brand, found.block) == (
        scene.customer,
        scene.brand,
        record["dct:source"]["web3crm:block"],
    )
    assert found.block < scene.chain.block_number()
    assert scene.verify(scene.record()).block == scene.chain.block_number()


def _set(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        assert document[path[-1]] != to
        document[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            _set("dpv:hasConsentStatus", 0, "@type", 0, to="dpv:RenewedConsentGiven"),
            "dpv:hasConsentStatus/0/@type/0 is",
        ),
        (_set("dpv:hasConsentStatus", 0, "dpv:isIndicatedAtTime", to="2020-01-01T00:00:00Z"), "isIndicatedAtTime is"),
        (_set("web3crm:standing", 0, "web3crm:allowed", to=False), "web3crm:standing/0/web3crm:allowed is false"),
        (_set("web3crm:standing", to=[]), "web3crm:standing has 0 items, it should have 4"),
        (
            _set("dpv:hasProcess", 0, "dpv:hasPurpose", "skos:broader", to="dpv:Marketing"),
            "dpv:hasPurpose/skos:broader",
        ),
        (_set("dpv:hasProcess", 0, "dpv:hasRight", "dpv:isExercisedAt", to="https://evil.example"), "isExercisedAt is"),
        (_set("dpv:hasNotice", 0, "schema:version", to="2"), "schema:version is"),
        (_set("@context", "web3crm", to="urn:other#"), "@context/web3crm is"),
        (_set("dpv:hasDataSubject", "@id", to="did:pkh:eip155:1:0x" + "0" * 40), "dpv:hasDataSubject/@id is"),
        (_set("web3crm:snapshots", 0, "web3crm:purposes", to=[0]), "web3crm:purposes has 1 items"),
        (_set("dct:source", "web3crm:blockTime", to="2020-01-01T00:00:00Z"), "blockTime is"),
        (lambda document: document.pop("dpv:hasDataProcessor"), "dpv:hasDataProcessor is missing"),
        (lambda document: document.pop("dpv:hasNotice"), "schema at the whole: 'dpv:hasNotice' is a required"),
        (_set("dct:source", "web3crm:block", to="1"), "schema at dct:source/web3crm:block"),
        (_set("dct:source", "web3crm:blockHash", to="0x" + "1" * 64), "it was replaced, or the record is of another"),
        (_set("dct:source", "web3crm:block", to=10**9), "which the chain has not got yet"),
        (_set("dct:source", "web3crm:registry", to="eip155:1:0x" + "0" * 40), "is of the registry eip155:1:0x0000"),
    ],
)
def test_a_changed_record_is_found(scene: Scene, one: NoticeFile, change: Callable[[Any], None], message: str):
    scene.grant()
    record = scene.record()
    forged = copy.deepcopy(record)
    change(forged)
    assert scene.verify(record).customer == scene.customer
    with pytest.raises(RecordError, match=message):
        scene.verify(forged)


def test_a_block_that_is_no_whole_number_is_refused(scene: Scene, one: NoticeFile):
    scene.grant()
    record = scene.record()
    record["dct:source"]["web3crm:block"] = float(record["dct:source"]["web3crm:block"])
    with pytest.raises(RecordError, match="which is no block's number"):
        scene.verify(record)


@pytest.mark.parametrize("identifier", ["eip155:1:0x" + "0" * 40, "eip155:{chain}:0x{lower}"])
def test_a_record_of_another_chains_account_is_refused(scene: Scene, one: NoticeFile, identifier: str):
    scene.grant()
    record = scene.record()
    text = identifier.format(chain=scene.chain.chain_id, lower=scene.customer[2:].lower())
    record["dpv:hasDataSubject"]["dct:identifier"] = text
    with pytest.raises(RecordError, match="dpv:hasDataSubject of the record is no account of chain"):
        scene.verify(record)


def test_a_record_of_another_customers_consent_is_found(scene: Scene, one: NoticeFile):
    scene.grant()
    record = scene.record()
    stranger = f"eip155:{scene.chain.chain_id}:{scene.relayer.address}"
    record["dpv:hasDataSubject"] |= {"@id": f"did:pkh:{stranger}", "dct:identifier": stranger}
    with pytest.raises(RecordError, match=r"has not allowed .* anything by block"):
        scene.verify(record)


def test_without_a_consent_there_is_nothing_to_record(scene: Scene, one: NoticeFile):
    with pytest.raises(RecordError, match="there is nothing to record"):
        scene.record()
    scene.withdraw(purposes=SERVICE)
    with pytest.raises(RecordError, match="there is nothing to record"):
        scene.record()
    with pytest.raises(RecordError, match=r"has given .* no consent by block"):
        consent_receipt(scene.history())


# --- receipts ---------------------------------------------------------------------------------------------------------


def test_a_receipt_is_of_one_grant_and_holds_after_the_withdrawal(scene: Scene, one: NoticeFile):
    keys = scene.commons.keys
    old, new = Identity.generate().recipient, Identity.generate().recipient
    publish = keys.functions.publish
    scene.grant(purposes=SERVICE, classes=CLASSES)
    scene.chain.transact(publish(recipient_to_bytes(old)), sender=scene.brand_account)
    mined = scene.grant(purposes=SERVICE | RESEARCH, classes=CLASSES, lasts=1_000)
    scene.chain.transact(publish(recipient_to_bytes(new)), sender=scene.brand_account)
    scene.chain.transact(scene.consents.functions.withdrawAll(scene.brand), sender=scene.customer_account)

    history = scene.history()
    without, act, _ = history.acts
    assert brand_key(scene.chain, keys, scene.brand, without) == ""
    assert brand_key(scene.chain, keys, scene.brand, act) == old
    receipt = consent_receipt(history, language="th", public_key=old)
    assert (receipt["language"], receipt["publicKey"], receipt["consentTimestamp"]) == ("th", old, act.snapshot.at)
    assert receipt["policyUrl"] == one.uri
    assert "0x" + bytes(mined["transactionHash"]).hex().removeprefix("0x") in receipt["collectionMethod"]
    purposes = receipt["services"][0]["purposes"]
    assert [item["thirdPartyDisclosure"] for item in purposes] == [False, True]
    assert purposes[1]["thirdPartyName"] == "สถาบันวิจัยผู้บริโภคตัวอย่าง"
    first = consent_receipt(history, number=1)
    assert first["consentReceiptID"] != receipt["consentReceiptID"]
    options = {"source": scene.source, "brand": scene.brand, "keys": keys}
    assert verify_receipt(receipt, scene.chain, scene.consents, **options).customer == scene.customer
    assert verify_receipt(first, scene.chain, scene.consents, **options).block == without.block


def test_a_revoked_key_is_none(scene: Scene, one: NoticeFile):
    keys = scene.commons.keys
    recipient = recipient_to_bytes(Identity.generate().recipient)
    scene.chain.transact(keys.functions.publish(recipient), sender=scene.brand_account)
    scene.chain.transact(keys.functions.revoke(), sender=scene.brand_account)
    scene.grant()
    assert brand_key(scene.chain, keys, scene.brand, scene.history().acts[0]) == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("consentTimestamp", to=1), "consentTimestamp is 1"),
        (_set("services", 0, "purposes", 0, "termination", to="never"), "termination is"),
        (_set("piiControllers", 0, "email", to="x@evil.example"), "email is"),
        (_set("consentReceiptID", to="00000000-0000-0000-0000-000000000000"), "is of no grant of"),
        (_set("piiPrincipalId", to="eip155:1:0x" + "0" * 40), "piiPrincipalId is no account of chain"),
        (_set("version", to="KI-CR-v1.0.0"), "schema at version"),
        (_set("sensitive", to=True), "schema at spiCat"),
    ],
)
def test_a_changed_receipt_is_found(scene: Scene, one: NoticeFile, change: Callable[[Any], None], message: str):
    scene.grant()
    receipt = consent_receipt(scene.history())
    change(receipt)
    with pytest.raises(RecordError, match=message):
        verify_receipt(receipt, scene.chain, scene.consents, scene.source, brand=scene.brand)


def test_a_receipt_of_another_brand_or_of_no_grant_is_refused(scene: Scene, one: NoticeFile):
    scene.grant()
    scene.withdraw(purposes=SERVICE)
    receipt = consent_receipt(scene.history())
    with pytest.raises(RecordError, match="is of no grant of"):
        verify_receipt(receipt, scene.chain, scene.consents, scene.source, brand=scene.relayer.address)
    with pytest.raises(RecordError, match="no grant as snapshot 2"):
        consent_receipt(scene.history(), number=2)


def test_a_receipt_of_bits_that_no_text_describes_is_refused(scene: Scene, one: NoticeFile):
    scene.grant(purposes=1 << 63)
    with pytest.raises(RecordError, match="allows nothing that notice 1 describes"):
        consent_receipt(scene.history())


# --- texts ------------------------------------------------------------------------------------------------------------


def test_a_folder_serves_as_well_as_a_blob_store(scene: Scene, one: NoticeFile):
    scene.grant()
    assert scene.record(source=FolderNotices(EXAMPLES / "coffee")) == scene.record()


def test_a_missing_text_is_named_where_it_is_needed_and_only_there(scene: Scene, one: NoticeFile, tmp_path: Path):
    scene.grant()
    two = example("coffee", 2)
    scene.publish(two, one)
    shutil.copy(EXAMPLES / "coffee" / "1.yaml", tmp_path)
    folder = FolderNotices(tmp_path)
    assert statuses(scene.record(source=folder)) == ["dpv:ConsentGiven", "dpv:ConsentRevoked"]
    scene.grant(version=2)
    with pytest.raises(NoticeError, match=r"text of notice 2 is missing: .*2.yaml: No such file"):
        scene.record(source=folder)
    empty = BlobNotices(EmbeddedStore(tmp_path / "empty"))
    with pytest.raises(NoticeError, match=f"text of notice 1 is missing: the blob store has not got {one.cid}"):
        scene.record(source=empty)
    with pytest.raises(NoticeError, match="the text of notice 1 was not read"):
        scene.record(source=None)


def test_another_text_is_refused(scene: Scene, one: NoticeFile, tmp_path: Path):
    scene.grant()
    (tmp_path / "1.yaml").write_bytes(one.raw + b"\n")
    with pytest.raises(NoticeError, match=f"1.yaml is not the notice 1 that was published: .* {one.digest.hex()}"):
        scene.record(source=FolderNotices(tmp_path))
    (tmp_path / "1.yaml").write_bytes(b"#" * 300_000)
    with pytest.raises(NoticeError, match="it is no notice"):
        scene.record(source=FolderNotices(tmp_path))

    class Liar:
        def fetch(self, digest: bytes, version: int) -> bytes:
            return one.raw + b"\n"

    with pytest.raises(NoticeError, match="has not got its digest"):
        scene.record(source=Liar())


def test_a_store_whose_bytes_were_touched_is_found_out(scene: Scene, one: NoticeFile, tmp_path: Path):
    scene.grant()
    (block,) = (tmp_path / "blobs" / "blocks").glob(f"*/{one.cid}")
    block.chmod(0o600)
    block.write_bytes(one.raw + b"\n")
    with pytest.raises(BlobCorrupt):
        scene.record()


@pytest.mark.parametrize(
    ("raw", "message"),
    [(b"We read your profile.", "must be a mapping"), (example("coffee", 2).raw, "says that it is version 2")],
)
def test_a_published_text_that_is_no_notice_is_named(scene: Scene, raw: bytes, message: str):
    cid = scene.blobs.put(io.BytesIO(raw))
    digest = sha256(raw).digest()
    act = scene.consents.functions.publishNotice(digest, f"ipfs://{cid}", 0, 0, 1, 30 * DAY)
    scene.chain.transact(act, sender=scene.brand_account)
    scene.grant()
    with pytest.raises(NoticeError, match=message):
        scene.record()


def test_a_change_that_the_brand_did_not_mark_is_found(scene: Scene, one: NoticeFile):
    two = example("coffee", 2)
    scene.blobs.put(io.BytesIO(two.raw))
    act = scene.consents.functions.publishNotice(two.digest, two.uri, 0, 0, 1, 30 * DAY)
    scene.chain.transact(act, sender=scene.brand_account)
    first, second = read_notices(scene.chain, scene.consents, scene.brand, source=scene.source)
    assert (first.text, second.text) == (one, two)
    assert second.unmarked(first) == (RECOMMENDATIONS, 0)


# --- a node that cannot be relied on ----------------------------------------------------------------------------------


def test_lost_events_are_found_out(scene: Scene, one: NoticeFile):
    first = scene.grant()
    scene.grant()
    after_notice = first["blockNumber"]
    with pytest.raises(ChainError, match="has not got the event of notice 1 of"):
        scene.history(from_block=after_notice)
    scene.publish(example("coffee", 2), one)
    with pytest.raises(ChainError, match="has not got the events of notices 1 to 2 of"):
        scene.history(from_block=after_notice)


class Forgetful:
    """A chain that loses the events of one kind beyond the first ``keep``."""

    def __init__(self, chain: Chain, event: str, keep: slice) -> None:
        self._chain, self._event, self._keep = chain, event, keep

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def logs(self, contract: Any, event: str, **options: Any) -> Any:
        found = list(self._chain.logs(contract, event, **options))
        return found[self._keep] if event == self._event else found


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (slice(1, None), "has not got the events of snapshots 1 to 2 of"),
        (slice(0, 1), "has not got the event of snapshot 2 of"),
        (slice(0, 0), "has not got the event of snapshot 1 of"),
    ],
)
def test_lost_snapshots_are_found_out(scene: Scene, one: NoticeFile, keep: slice, message: str):
    scene.grant()
    scene.grant()
    chain: Any = Forgetful(scene.chain, "ConsentGranted", keep)
    whose = {"customer": scene.customer, "brand": scene.brand}
    with pytest.raises(ChainError, match=message):
        read_history(chain, scene.consents, **whose)
    before = scene.chain.block_number()
    scene.chain.sleep(10)
    with pytest.raises(ChainError, match=message):
        read_history(chain, scene.consents, block=before + 1, **whose)


@pytest.mark.parametrize(
    ("function", "answer", "message"),
    [
        ("snapshotAt", tuple(vars(Snapshot(1, 1, 1, 5, 0, 1)).values()), "contradicts itself about snapshot 1"),
        (
            "noticeOf",
            tuple(vars(Notice(b"\1" * 32, 0, 0, 1, DAY, 5, "")).values()),
            "contradicts itself about notice 1",
        ),
    ],
)
def test_a_node_that_contradicts_itself_is_found_out(
    scene: Scene, one: NoticeFile, monkeypatch: pytest.MonkeyPatch, function: str, answer: Any, message: str
):
    scene.grant()
    right = scene.chain.call
    monkeypatch.setattr(
        scene.chain, "call", lambda act, **options: answer if act.fn_name == function else right(act, **options)
    )
    with pytest.raises(ChainError, match=message):
        scene.history()


def test_a_block_that_is_replaced_while_it_is_read_is_found_out(
    scene: Scene, one: NoticeFile, monkeypatch: pytest.MonkeyPatch
):
    right, asked = scene.chain.rpc, []

    def rpc(method: str, params: Any) -> Any:
        found = right(method, params)
        if method == "eth_getBlockByNumber":
            asked.append(params)
            found = {**found, "hash": f"0x{len(asked):064x}"}
        return found

    monkeypatch.setattr(scene.chain, "rpc", rpc)
    with pytest.raises(ChainError, match="was replaced while it was read"):
        scene.history()


def test_a_block_that_is_not_there_is_refused(scene: Scene):
    with pytest.raises(ChainError, match="the chain has no block 1000000000 yet"):
        scene.history(block=10**9)
