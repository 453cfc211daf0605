"""Chapter: a customer asks to be forgotten; every processor signs what it erased, and the brand anchors the receipt."""

from __future__ import annotations

from pathlib import Path

from web3crm.chain.typed_data import consent_request_erasure, dataset_burn
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.datasets import (
    DAY,
    Archive,
    Reader,
    class_bit,
    grant,
    mint,
    notice_of,
    profile,
    purpose_bit,
    refusal,
    relayed,
)
from web3crm.demo.stage import Stage
from web3crm.errors import KeyringError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasing import Collected, Worker, acknowledge, erase_for
from web3crm.privacy.erasure_receipts import fetch_receipt, sign_receipt, verify
from web3crm.privacy.erasures import ErasureRequest, overdue, request_of, requests
from web3crm.privacy.processor_list import ListedProcessor, read_processors
from web3crm.privacy.processors import BlobStoreProcessor, KeeperProcessor
from web3crm.vault import ClearFile, DatasetId, EnvelopeKeeper

__all__ = ["be_forgotten"]

_PROCESSORS = Path("deployments/processors/coffee.yaml")


def be_forgotten(stage: Stage, archive: Archive, customer: Customer, other: Customer, coffee: Reader) -> None:
    """A request, three processors, a receipt on chain; and another request that nobody answers in time."""
    stage.chapter("She asks to be forgotten, and gets a receipt")
    cast, vault = archive.cast, archive.vault(customer)
    chain, consents = cast.chain, coffee.programme.commons.consents
    notice, listed = notice_of(coffee.programme, 2), read_processors(_PROCESSORS, chain.accounts())
    service = purpose_bit(notice, "service")
    files = [ClearFile("profile.json", "application/json", profile(customer))]
    dataset = mint(stage, archive, customer, files, data_class=class_bit(notice, "demographic"))
    grant(stage, cast, customer, coffee.programme, notice, ("service",))
    vault.share(dataset, coffee.brand, archive.recipient(coffee))
    coffee.grantee.open(vault, dataset, purpose=service)
    sealed = vault.open(archive.ledger.dataset(dataset).manifest_digest).manifest  # type: ignore[union-attr]

    for person in (customer, other):
        _request(stage, cast, person, coffee)
    request = request_of(chain, consents, customer=customer.address, brand=coffee.brand)
    assert request is not None  # noqa: S101 - it was just made
    stage.say(f"{customer} and {other} each sign a request: consent is withdrawn, and the brand has 30 days")
    reason = refusal(lambda: coffee.grantee.open(vault, dataset, purpose=service))
    stage.check(f"the coffee brand is refused at once: {reason}", bool(reason))

    chain.sleep(2 * DAY)
    _process(stage, archive, vault.keeper, request, coffee, listed)
    answered = request_of(chain, consents, customer=customer.address, brand=coffee.brand)
    assert answered is not None  # noqa: S101 - the request stays
    found = verify(fetch_receipt(archive.blobs, answered.receipt_digest), chain, consents, listed)
    stage.check("anybody fetches the receipt by the digest on chain and checks every signature", found.holds)

    shredded = vault.erase(dataset)
    _burn(stage, cast, customer, dataset)
    stage.check("she destroys her own key as well, and burns the dataset", len(shredded.identities), 1)
    left = [archive.blobs.has(cid) for cid in (sealed.cid, *(file.cid for file in sealed.files))]
    stage.check("nothing is left of the sealed files in the store", any(left), False)
    stage.check("her vault has no key left for a copy of them", _has_key(archive, customer, sealed.digest), False)

    chain.sleep(30 * DAY)
    late = [item.customer for item in overdue(chain, consents)]
    stage.check(f"a month later anybody can list who was left waiting: {other}", late, [other.address])
    stage.facts["erasures acknowledged"] = sum(not item.is_open for item in requests(chain, consents))


def _request(stage: Stage, cast: Cast, customer: Customer, coffee: Reader) -> None:
    chain, consents = cast.chain, coffee.programme.commons.consents
    message = consent_request_erasure(
        domain=chain.domain(consents),
        customer=customer.address, brand=coffee.brand, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    relayed(stage, cast, customer, (consents, "requestErasureBySig"), message, "ask for erasure")


def _process(
    stage: Stage,
    archive: Archive,
    keeper: EnvelopeKeeper,
    request: ErasureRequest,
    coffee: Reader,
    listed: tuple[ListedProcessor, ...],
) -> None:
    """The two processors of this suite erase and sign, then one outside it; the brand anchors what they signed."""
    cast = archive.cast
    chain, commons = cast.chain, coffee.programme.commons
    held, blobs, outside = listed
    collected = Collected(archive.folder / "erasures", chain, commons.consents, request, listed)
    here = (
        KeeperProcessor(keeper, name=held.name, address=held.address),
        BlobStoreProcessor(archive.blobs, chain, commons.datasets, own=True, name=blobs.name, address=blobs.address),
    )
    run = erase_for(collected, [Worker(processor, processor.address) for processor in here])
    for name, items in run.erased.items():
        stage.say(f"  {name:<16} signs: {items.in_words()}")
    stage.check("one is missing, so the brand cannot acknowledge yet", [item.name for item in collected.missing()],
                [outside.name])  # fmt: skip
    letters = ErasedItems.of([ErasedItem("letters", erased=1)])
    signed = sign_receipt(
        chain, commons.consents, request, processor=outside.address, name=outside.name, items=letters,
        erased_at=chain.now(), sender=outside.address,
    )  # fmt: skip
    collected.add(signed)
    stage.say(
        f"  {outside.name:<16} signs: {letters.in_words()}, in a receipt that it sends, as it is a company of its own"
    )
    done = acknowledge(collected, blobs=archive.blobs, sender=coffee.staff, as_brand=coffee.programme.as_brand)
    stage.check(
        f"the brand anchors {done.receipt.digest.hex()[:16]}…: {done.request.standing(chain.now())}",
        done.request.receipt_digest, done.receipt.digest,
    )  # fmt: skip


def _burn(stage: Stage, cast: Cast, customer: Customer, dataset: DatasetId) -> None:
    chain, datasets = cast.chain, cast.coffee.commons.datasets
    message = dataset_burn(
        domain=chain.domain(datasets),
        owner=customer.address, dataset_id=dataset.token_id, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    relayed(stage, cast, customer, (datasets, "burnBySig"), message, "burn a dataset")


def _has_key(archive: Archive, customer: Customer, manifest_digest: bytes) -> bool:
    try:
        archive.vault(customer).identity_of(manifest_digest)
    except KeyringError:
        return False
    return True
