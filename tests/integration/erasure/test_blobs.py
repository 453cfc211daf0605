"""What an erasure removes from a brand's blob store and from its keeper, and what it must not, on Ganache and on anvil.

given a customer's datasets in a store that is the brand's own
├── when she burned one before she asked, or gave it another manifest
│   └── it should erase all versions of it
├── when she moved one to another wallet
│   ├── it should leave what that wallet has now, and say so
│   ├── it should erase the versions before
│   └── it should erase all once she has it back, or the other wallet asks
├── when somebody's dataset names blobs of hers, or of the brand
│   └── it should leave them, and say so
├── when somebody else names her blobs after her
│   └── it should erase them all the same
├── when a dataset's manifest is none, or is not in the store
│   └── it should leave what lies there
├── when the run breaks before or after the garbage is collected
│   └── the next should finish it
└── when something of hers stays although garbage was collected
    └── it should fail
given a store that others use too
├── it should unpin and not collect garbage
└── it should say what may be there still, and on the next run what is gone
given a keeper
├── it should destroy her envelopes under accesses too, and leave those that another wallet shared
├── when a file of it is damaged
│   └── it should fail and promise nothing
└── when an envelope is shared again while it erases
    └── it should fail
"""

from __future__ import annotations

import io
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.support.erasing import DAY
from web3crm.errors import BlobStoreError, EnvelopeError, ErasureError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems, Kept
from web3crm.privacy.erasing import erase_for
from web3crm.vault.manifest import Manifest


def items(files: ErasedItem | int, manifests: ErasedItem | int) -> ErasedItems:
    """What a blob store answers; a number stands for so many erased and nothing else."""
    found = {"files": files, "manifests": manifests}
    return ErasedItems.of(
        ErasedItem(kind, erased=item) if isinstance(item, int) else item for kind, item in found.items()
    )


def cids(manifest: Manifest) -> list[str]:
    return [manifest.cid, *(file.cid for file in manifest.files)]


def held(scene, *manifests: Manifest) -> list[bool]:
    """Whether the store has all of each manifest's blobs (True), none of them (False), or some (None)."""
    return [
        {frozenset({True}): True, frozenset({False}): False}.get(frozenset(map(scene.blobs.has, cids(item))))
        for item in manifests
    ]


def update(scene, dataset, digest: bytes, number: int = 3) -> None:
    act = scene.datasets.functions.update(dataset.token_id, digest, 1)
    scene.chain.transact(act, sender=scene.customer(number))


def move(scene, dataset, number: int, to: int) -> None:
    old, new = scene.customer(number), scene.customer(to)
    scene.chain.transact(scene.datasets.functions.proposeMove(dataset.token_id, new.address), sender=old)
    scene.chain.transact(scene.datasets.functions.acceptMove(dataset.token_id), sender=new)


def forge(scene, *names: str) -> Manifest:
    """A manifest, put into the store, that names other people's blobs."""
    honest = scene.seal(5, files=1).manifest
    forged = replace(honest, files=tuple(replace(honest.files[0], cid=name) for name in names))
    assert scene.blobs.put(io.BytesIO(forged.to_bytes())) == forged.cid
    return forged


def test_a_burned_dataset_is_erased(scene):
    sealed, dataset = scene.share()
    scene.chain.transact(scene.datasets.functions.burn(dataset.token_id), sender=scene.customer())
    assert scene.blob_store().erase(scene.ask()) == items(2, 1)
    assert held(scene, sealed.manifest) == [False]


def test_all_versions_are_erased(scene):
    first, dataset = scene.share()
    second = scene.seal()
    update(scene, dataset, second.manifest_digest)
    assert scene.blob_store().erase(scene.ask()) == items(4, 2)
    assert held(scene, first.manifest, second.manifest) == [False, False]


def test_what_has_moved_to_another_wallet_stays(scene):
    first, dataset = scene.share()
    second = scene.seal()
    update(scene, dataset, second.manifest_digest)
    move(scene, dataset, 3, 4)
    found = scene.blob_store().erase(scene.ask())
    assert found == items(
        ErasedItem("files", erased=2, kept=((Kept.MOVED, 2),)),
        ErasedItem("manifests", erased=1, kept=((Kept.MOVED, 1),)),
    )
    assert held(scene, first.manifest, second.manifest) == [False, True]


def test_what_the_other_wallet_made_of_it_stays(scene):
    sealed, dataset = scene.share()
    move(scene, dataset, 3, 4)
    added = scene.seal(4, files=1).manifest
    grown = replace(added, files=(*sealed.manifest.files, *added.files))
    scene.blobs.put(io.BytesIO(grown.to_bytes()))
    update(scene, dataset, grown.digest, 4)
    found = scene.blob_store().erase(scene.ask())
    assert found == items(ErasedItem("files", kept=((Kept.MOVED, 2),)), 1)
    assert held(scene, sealed.manifest, grown) == [None, True]


def test_what_came_back_is_erased(scene):
    first, dataset = scene.share()
    move(scene, dataset, 3, 4)
    move(scene, dataset, 4, 3)
    second = scene.seal()
    update(scene, dataset, second.manifest_digest)
    scene.chain.transact(scene.datasets.functions.burn(dataset.token_id), sender=scene.customer())
    assert scene.blob_store().erase(scene.ask()) == items(4, 2)
    assert held(scene, first.manifest, second.manifest) == [False, False]


def test_the_wallet_it_moved_to_can_ask(scene):
    sealed, dataset = scene.share()
    move(scene, dataset, 3, 4)
    assert scene.blob_store().erase(scene.ask(4)) == items(2, 1)
    assert held(scene, sealed.manifest) == [False]


def test_a_burned_dataset_that_had_moved_is_erased(scene):
    sealed, dataset = scene.share()
    move(scene, dataset, 3, 4)
    scene.chain.transact(scene.datasets.functions.burn(dataset.token_id), sender=scene.customer(4))
    assert scene.blob_store().erase(scene.ask()) == items(2, 1)
    assert held(scene, sealed.manifest) == [False]


def test_blobs_of_others_are_not_erased_by_naming_them(scene):
    sealed, _ = scene.share()
    forged = forge(scene, *(file.cid for file in sealed.manifest.files))
    scene.mint(forged.digest, 5)
    found = scene.blob_store().erase(scene.ask(5))
    assert found == items(ErasedItem("files", kept=((Kept.OTHERS, 2),)), 1)
    assert held(scene, sealed.manifest) == [True]


def test_manifests_of_others_are_not_erased_by_naming_them(scene):
    sealed, _ = scene.share()
    scene.mint(sealed.manifest_digest, 5)
    found = scene.blob_store().erase(scene.ask(5))
    assert found == items(
        ErasedItem("files", kept=((Kept.OTHERS, 2),)), ErasedItem("manifests", kept=((Kept.OTHERS, 1),))
    )
    assert held(scene, sealed.manifest) == [True]


def test_who_names_them_later_does_not_keep_them(scene):
    sealed, _ = scene.share()
    scene.mint(sealed.manifest_digest, 5)
    scene.mint(forge(scene, *(file.cid for file in sealed.manifest.files)).digest, 5)
    assert scene.blob_store().erase(scene.ask()) == items(2, 1)
    assert held(scene, sealed.manifest) == [False]


def test_what_is_not_sealed_is_not_erased(scene):
    proofs = scene.blobs.put(io.BytesIO(b'{"proofs": "of everybody\'s points"}'))
    notice = scene.blobs.put(io.BytesIO(b"age"))
    scene.mint(forge(scene, proofs, notice).digest, 5)
    scene.mint(sha256(b"age").digest(), 5)
    found = scene.blob_store().erase(scene.ask(5))
    assert found == items(ErasedItem("files", kept=((Kept.OTHERS, 2),)), 1)
    assert [scene.blobs.has(cid) for cid in (proofs, notice)] == [True, True]


def test_a_manifest_that_is_nowhere_erases_nothing(scene):
    sealed, _ = scene.share(4)
    scene.mint(b"\x11" * 32)
    assert scene.blob_store().erase(scene.ask()) == items(0, 0)
    assert held(scene, sealed.manifest) == [True]


@pytest.mark.parametrize("calls", [0, 1], ids=["files", "manifests"])
def test_a_run_that_breaks_before_garbage_is_collected_is_finished(scene, monkeypatch, calls):
    sealed, _ = scene.share()
    request, collect, made = scene.ask(), scene.blobs.collect_garbage, []

    def broken() -> int:
        made.append(None)
        if len(made) > calls:
            raise BlobStoreError("the disk went away")
        return collect()

    with monkeypatch.context() as patch:
        patch.setattr(scene.blobs, "collect_garbage", broken)
        run = erase_for(scene.collected(request), scene.workers(scene.blob_store()))
    assert run.failed == {"Blob store": "the disk went away"}
    assert scene.blobs.has(sealed.manifest_cid)
    assert scene.blob_store().erase(request) == items(2 * (calls == 0), 1)
    assert held(scene, sealed.manifest) == [False]
    assert scene.blob_store().erase(request) == items(0, 0)


def test_a_blob_that_lost_a_part_is_erased(scene):
    sealed, _ = scene.share()
    cid = sealed.manifest.files[0].cid
    (path,) = scene.folder.glob(f"blobs/blocks/*/{cid}")
    path.unlink()
    assert scene.blob_store().erase(scene.ask()) == items(2, 1)
    assert held(scene, sealed.manifest) == [False]


def test_what_stays_in_a_store_of_its_own_is_a_failure(scene, monkeypatch):
    scene.share()
    monkeypatch.setattr(scene.blobs, "collect_garbage", lambda: 0)
    with pytest.raises(ErasureError, match="2 files are still in the store after its garbage was collected"):
        scene.blob_store().erase(scene.ask())


def test_a_shared_store_is_left_to_whoever_collects_there(scene):
    sealed, _ = scene.share()
    stranger = scene.blobs.put(io.BytesIO(b"somebody else's, not pinned"))
    scene.blobs.unpin(stranger)
    request, processor = scene.ask(), scene.blob_store(own=False)
    first = processor.erase(request)
    assert first == items(ErasedItem("files", unverified=2), ErasedItem("manifests", unverified=1))
    assert first.in_words() == (
        "0 files erased, 2 let go, which may be elsewhere; 0 manifests erased, 1 let go, which may be elsewhere"
    )
    assert not set(cids(sealed.manifest)) & set(scene.blobs.pins())
    assert (scene.blobs.has(stranger), processor.erase(request)) == (True, first)
    scene.blobs.collect_garbage()
    assert processor.erase(request).after(first) == items(2, 1)


def test_envelopes_under_accesses_are_destroyed_and_those_of_another_wallet_are_not(scene):
    _, dataset = scene.share()
    scene.vault().share(dataset, scene.brand.address, scene.key.recipient, access_id=7)
    keeper = scene.vault().keeper
    (envelope, *_) = keeper.envelopes()
    moved = {"customer": scene.customer(4).address, "data_class": 0, "recipient": scene.key.recipient, "access_id": 8}
    keeper.keep(envelope.envelope, **moved)
    assert scene.keeper().erase(scene.ask()) == ErasedItems.of([ErasedItem("envelopes", erased=2)])
    assert [item.access_id for item in keeper.envelopes()] == [8]


def test_a_damaged_envelope_promises_nothing(scene):
    _, dataset = scene.share()
    request = scene.ask()
    (path,) = (scene.folder / "vaults").glob("*/envelopes/*.json")
    path.write_bytes(b"{}")
    with pytest.raises(EnvelopeError, match=f"{path} is damaged"):
        scene.keeper().erase(request)
    scene.vault().keeper.forget(dataset, scene.brand.address)
    assert scene.keeper().erase(request) == ErasedItems.of([ErasedItem("envelopes")])


def test_an_envelope_that_is_shared_meanwhile_promises_nothing(scene, monkeypatch):
    _, dataset = scene.share()
    request, keeper = scene.ask(), scene.vault().keeper
    destroy = keeper.destroy

    def racing(kept) -> None:
        destroy(kept)
        scene.vault().share(dataset, scene.brand.address, scene.key.recipient)

    with monkeypatch.context() as patch:
        patch.setattr(keeper, "destroy", racing)
        with pytest.raises(ErasureError, match="still has envelopes of the customer"):
            scene.keeper().erase(request)
    assert scene.keeper().erase(request) == ErasedItems.of([ErasedItem("envelopes", erased=1)])


def test_it_is_told_how_far_it_is(scene):
    scene.share(4)
    scene.chain.sleep(DAY)
    scene.share()
    told = set()
    processor = scene.blob_store()
    processor._watch = lambda what: lambda done, of: told.add((what, done == of))
    processor.erase(scene.ask())
    assert {what for what, whole in told if whole} >= {"unpinning files", "looking who named them first"}
