"""Chapter: a customer changes the key of a dataset, and shuts out who may not read any more."""

from __future__ import annotations

from web3crm.chain.typed_data import dataset_update
from web3crm.demo.cast import Customer
from web3crm.demo.datasets import Archive, Reader, notice_of, purpose_bit, relayed
from web3crm.demo.stage import Stage
from web3crm.vault import DatasetId, PreparedRotation, fetch_manifest

__all__ = ["rotate_key"]


def rotate_key(
    stage: Stage, archive: Archive, customer: Customer, dataset: DatasetId, coffee: Reader, bookshop: Reader
) -> None:
    """New key epoch: sealed anew, wrapped for the bookshop, out of the coffee brand's reach."""
    stage.chapter("She changes the key: who may not read any more is shut out")
    cast, vault, ledger = archive.cast, archive.vault(customer), archive.ledger
    chain, datasets = cast.chain, coffee.programme.commons.datasets
    suggestions = purpose_bit(notice_of(bookshop.programme, 1), "recommendations")
    names = {coffee.brand: "coffee", bookshop.brand: "bookshop"}
    before = ledger.dataset(dataset)
    assert before is not None  # noqa: S101 - it was minted in the chapter before
    clear = bookshop.grantee.open(vault, dataset, purpose=suggestions).files[0].read()
    old = fetch_manifest(archive.blobs, before.manifest_digest)
    stage.say("who holds an envelope for her purchases:")
    for reader in vault.readers(ledger, dataset):
        answer = "may read" if reader.may_read else f"may not: {reader.reason}"
        stage.say(f"  {names[reader.grantee]:<9} key epoch {reader.key_epoch}   {answer}")

    def publish(prepared: PreparedRotation) -> None:
        update = dataset_update(
            domain=chain.domain(datasets),
            owner=customer.address, dataset_id=dataset.token_id, previous_digest=prepared.previous_digest,
            manifest_digest=prepared.manifest_digest, key_epoch=prepared.key_epoch, nonce=cast.nonce(),
            deadline=cast.deadline(),
        )  # fmt: skip
        relayed(stage, cast, customer, (datasets, "updateBySig"), update, "publish a new key epoch")

    rotated = vault.rotate(dataset, ledger, publish)
    stage.check("the files are sealed anew under key epoch 2", rotated.key_epoch, 2)
    again = bookshop.grantee.open(vault, dataset, purpose=suggestions).files[0].read()
    stage.check("the bookshop, which may read, has a new envelope and reads on", again, clear)
    shut_out = [names[grantee] for grantee, _, _ in rotated.shut_out]
    stage.check("the coffee brand, which may not, has none", shut_out, ["coffee"])
    archive.blobs.collect_garbage()
    gone = [archive.blobs.has(file.cid) for file in old.files]
    stage.check("the old sealed files are gone from the store", any(gone), False)
