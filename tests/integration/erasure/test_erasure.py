"""An erasure from the request to the anchored receipt, on Ganache and on anvil.

given a customer who shared datasets with a brand, and processors of it
├── when she asks and all processors acknowledge
│   ├── it should leave no envelope and no blob of hers, and those of others as they are
│   ├── it should anchor a digest under which anybody finds the receipt, and the receipt should hold
│   └── done again it should send nothing
├── when she asked by a signature that somebody relayed
│   └── it should be a request like any other
├── when she has no dataset
│   └── it should be acknowledged with zeros
├── when a processor fails, or the run breaks off between two of them
│   ├── it should keep the others' receipts and leave the request open
│   └── the next run should ask only those that have not acknowledged, and lose no count
├── when a processor is missing
│   ├── it should not be acknowledged
│   └── once it is overdue it should be, by name, and say so; its receipt should not be taken in afterwards
├── when the run breaks between sending and noticing
│   ├── the next should find it done
│   └── what was on its way should stay in the store when another is put together
├── when two of the staff are at it at once
│   └── the second should be told to wait, and nothing be asked or sent
├── when she asks again after an acknowledgement
│   └── it should be another request, with receipts of its own
└── when a worker is not as the brand lists it, or cannot sign, or the request is not open
    └── nothing should be erased
"""

from __future__ import annotations

import pytest

from tests.support.erasing import BLOBS, DAY, KEEPER, LETTERS, PERIOD, Fixed
from web3crm.errors import BlobStoreError, ChainError, ContractRevert, ErasureError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasing import Worker, erase_for
from web3crm.privacy.erasure_receipts import fetch_receipt


def counts(items: ErasedItems) -> dict[str, int]:
    return {item.kind: item.erased for item in items.items}


def test_the_whole_round_leaves_nothing_of_hers(scene):
    scene.share()
    sealed, _ = scene.share()
    other, kept = scene.share(4)
    request = scene.ask()
    run = erase_for(scene.collected(request), scene.everybody())
    assert (run.failed, run.before) == ({}, ())
    assert {name: counts(items) for name, items in run.erased.items()} == {
        KEEPER: {"envelopes": 2},
        BLOBS: {"files": 4, "manifests": 2},
        LETTERS: {"letters": 2},
    }
    assert [scene.blobs.has(file.cid) for file in sealed.manifest.files] == [False, False]
    assert not scene.blobs.has(sealed.manifest_cid)
    assert scene.vault().keeper.envelopes() == []
    assert scene.blobs.has(other.manifest_cid)
    assert all(scene.blobs.has(file.cid) for file in other.manifest.files)
    assert [item.envelope.dataset for item in scene.vault(4).keeper.envelopes()] == [kept]


def test_the_anchored_receipt_is_found_and_holds(scene):
    scene.share()
    request = scene.ask()
    scene.chain.sleep(2 * DAY)
    erase_for(scene.collected(request), scene.everybody())
    done = scene.acknowledge(request)
    now = scene.request()
    assert (now.receipt_digest, now.is_open) == (done.receipt.digest, False)
    assert done.request == now
    assert 2 * DAY <= done.request.took < 2 * DAY + 600
    data = fetch_receipt(scene.blobs, now.receipt_digest)
    found = scene.verified(data)
    assert (found.differences, found.request, found.receipt) == ((), now, done.receipt)
    assert done.receipt.cid in scene.blobs.pins()
    assert [path.name for path in scene.collected(request).folder.iterdir()] == ["receipt.json"]


def test_done_again_it_sends_nothing(scene):
    done = scene.whole_round()
    block = scene.chain.block_number()
    again = scene.acknowledge(scene.request())
    assert (again.receipt, again.request, again.transaction) == (done.receipt, done.request, "")
    assert scene.chain.block_number() == block


def test_envelopes_for_other_brands_stay(scene):
    _, dataset = scene.share()
    bookshop = scene.local.accounts[2].address
    scene.vault().share(dataset, bookshop, scene.key.recipient)
    assert counts(scene.keeper().erase(scene.ask())) == {"envelopes": 1}
    assert [item.envelope.grantee for item in scene.vault().keeper.envelopes()] == [bookshop]


def test_a_relayed_request_is_like_any_other(scene):
    scene.share()
    request = scene.ask_by_signature(3, relayer=6)
    assert request.customer == scene.customer().address
    erase_for(scene.collected(request), scene.everybody())
    assert scene.verified(scene.acknowledge(request).receipt.to_bytes()).holds


def test_without_a_dataset_it_is_acknowledged_with_zeros(scene):
    scene.share(4)
    done = scene.whole_round()
    by_name = {item.name: counts(item.items) for item in done.receipt.receipts}
    assert (by_name[KEEPER], by_name[BLOBS]) == ({"envelopes": 0}, {"files": 0, "manifests": 0})
    assert scene.verified(done.receipt.to_bytes()).holds


def test_a_processor_that_fails_leaves_the_others_receipts(scene):
    scene.share()
    request = scene.ask()
    broken = scene.letters(BlobStoreError("the letters are on fire"))
    first = erase_for(scene.collected(request), scene.workers(scene.keeper(), broken, scene.blob_store()))
    assert (set(first.erased), first.failed) == ({KEEPER, BLOBS}, {LETTERS: "the letters are on fire"})
    assert scene.request().is_open
    scene.chain.sleep(DAY // 2)
    with pytest.raises(ErasureError, match=f"{LETTERS} has not acknowledged yet, and has 19 d 1[12] h"):
        scene.acknowledge(request)
    idle = [Fixed(KEEPER, scene.listed[0].address), Fixed(BLOBS, scene.listed[1].address), scene.letters()]
    second = erase_for(scene.collected(request), scene.workers(*idle))
    assert ([item.asked for item in idle], set(second.before)) == ([0, 0, 1], {KEEPER, BLOBS})
    assert scene.verified(scene.acknowledge(request).receipt.to_bytes()).holds


def test_a_run_that_breaks_off_goes_on_where_it_was(scene):
    scene.share()
    request = scene.ask()
    crash = scene.letters(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        erase_for(scene.collected(request), scene.workers(scene.keeper(), crash, scene.blob_store()))
    assert [item.name for item in scene.collected(request).missing()] == [BLOBS, LETTERS]
    run = erase_for(scene.collected(request), scene.everybody())
    assert (set(run.erased), run.before) == ({BLOBS, LETTERS}, (KEEPER,))


def test_what_was_erased_before_it_could_be_signed_is_counted(scene, monkeypatch):
    scene.share()
    request = scene.ask()

    def unreachable(*_, **__):
        raise ChainError("nothing answers")

    with monkeypatch.context() as patch:
        patch.setattr(scene.chain, "sign", unreachable)
        run = erase_for(scene.collected(request), scene.workers(scene.keeper(), scene.blob_store()))
    assert run.failed == {KEEPER: "nothing answers", BLOBS: "nothing answers"}
    again = erase_for(scene.collected(request), scene.workers(scene.keeper(), scene.blob_store()))
    assert counts(again.erased[KEEPER]) == {"envelopes": 1}
    assert counts(again.erased[BLOBS]) == {"files": 2, "manifests": 1}


def test_a_missing_processor_is_left_out_only_once_it_is_overdue(scene):
    request = scene.ask()
    erase_for(scene.collected(request), scene.workers(scene.keeper(), scene.blob_store()))
    scene.chain.sleep(DAY // 2)
    with pytest.raises(ErasureError, match=f"{LETTERS} still has 19 d 1[12] h.*: wait for it"):
        scene.acknowledge(request, without=[LETTERS])
    scene.chain.sleep(20 * DAY)
    with pytest.raises(ErasureError, match=f"{LETTERS} has not acknowledged yet, and is overdue by"):
        scene.acknowledge(request)
    with pytest.raises(ErasureError, match=f"{KEEPER}: no processor of that name is missing"):
        scene.acknowledge(request, without=[KEEPER, LETTERS])
    assert scene.request().is_open
    done = scene.acknowledge(request, without=[LETTERS])
    assert done.receipt.missing == ((scene.listed[2].address, LETTERS),)
    (said,) = scene.verified(done.receipt.to_bytes()).differences
    assert said == f"the processor {LETTERS} ({scene.listed[2].address}) has not signed, as the receipt itself says"
    with pytest.raises(
        ErasureError, match="the receipt of 'Letter service' comes after the acknowledgement of the time"
    ):
        scene.collected(done.request).add(scene.signed(done.request, 2))
    assert [path.name for path in scene.collected(request).folder.iterdir()] == ["receipt.json"]


def test_a_run_that_broke_after_sending_is_found_done(scene, monkeypatch):
    request = scene.ask()
    erase_for(scene.collected(request), scene.everybody())
    transact = scene.chain.transact

    def lost(act, **options):
        transact(act, **options)
        raise ChainError("the line went dead")

    with monkeypatch.context() as patch:
        patch.setattr(scene.chain, "transact", lost)
        with pytest.raises(ChainError, match="the line went dead"):
            scene.acknowledge(request)
    block = scene.chain.block_number()
    found = scene.acknowledge(request)
    assert (found.transaction, found.request.receipt_digest) == ("", found.receipt.digest)
    assert scene.chain.block_number() == block
    assert scene.verified(found.receipt.to_bytes()).holds


def test_what_was_put_together_and_never_anchored_is_not_kept(scene, monkeypatch):
    request = scene.ask()
    erase_for(scene.collected(request), scene.everybody())

    def refused(act, **options):
        raise ChainError("nothing was sent")

    with monkeypatch.context() as patch:
        patch.setattr(scene.chain, "transact", refused)
        with pytest.raises(ChainError, match="nothing was sent"):
            scene.acknowledge(request)
    (draft,) = scene.blobs.pins()
    scene.chain.sleep(60)
    scene.collected(request).add(scene.signed(request, 2))
    done = scene.acknowledge(request)
    assert draft != done.receipt.cid
    assert scene.blobs.pins() == [done.receipt.cid]


def test_a_receipt_that_was_on_its_way_stays(scene, monkeypatch):
    request = scene.ask()
    erase_for(scene.collected(request), scene.everybody())
    transact, sent = scene.chain.transact, []

    def slow(act, **options):
        sent.append((act, options))
        raise ChainError("it was not mined in time")

    def overtaken(act, **options):
        transact(sent[0][0], **sent[0][1])
        return transact(act, **options)

    with monkeypatch.context() as patch:
        patch.setattr(scene.chain, "transact", slow)
        with pytest.raises(ChainError, match="it was not mined in time"):
            scene.acknowledge(request)
    scene.chain.sleep(60)
    scene.collected(request).add(scene.signed(request, 2))
    with monkeypatch.context() as patch:
        patch.setattr(scene.chain, "transact", overtaken)
        with pytest.raises(ContractRevert):
            scene.acknowledge(request)
    scene.blobs.collect_garbage()
    assert scene.verified(fetch_receipt(scene.blobs, scene.request().receipt_digest)).holds


def test_two_at_once_do_not_count_each_other_s_work_away(scene):
    request = scene.ask()
    second = scene.letters()

    class Slow(Fixed):
        """While it erases, somebody else of the staff starts the same."""

        def erase(self, request):
            erase_for(scene.collected(request), scene.workers(second))
            return super().erase(request)

    run = erase_for(scene.collected(request), scene.workers(Slow(LETTERS, scene.listed[2].address)))
    assert run.failed == {LETTERS: "another run is working on this request: wait for it, and do it again"}
    with scene.collected(request).alone(), pytest.raises(ErasureError, match="another run is working on this request"):
        scene.acknowledge(request)
    assert second.asked == 0
    assert scene.request().is_open


def test_a_second_request_has_receipts_of_its_own(scene):
    first = scene.whole_round()
    scene.chain.sleep(DAY)
    scene.share()
    request = scene.ask()
    assert request.is_open
    assert [item.name for item in scene.collected(request).missing()] == [KEEPER, BLOBS, LETTERS]
    with pytest.raises(ErasureError, match=f"answers a request of the time {first.request.requested_at}"):
        scene.collected(request).add(first.receipt.receipts[0])
    with pytest.raises(ErasureError, match="is not her last one"):
        erase_for(scene.collected(first.request), scene.everybody())
    erase_for(scene.collected(request), scene.everybody())
    second = scene.acknowledge(request)
    assert second.receipt.digest != first.receipt.digest
    # The earlier one still verifies, although erasureOf tells of the later one only.
    assert [scene.verified(done.receipt.to_bytes()).holds for done in (first, second)] == [True, True]


def test_an_acknowledged_request_is_not_worked_on(scene):
    done = scene.whole_round()
    with pytest.raises(ErasureError, match="there is nothing to do until she asks again"):
        erase_for(scene.collected(done.request), scene.everybody())


@pytest.mark.parametrize(("name", "account"), [("Post office", 9), (LETTERS, 6)])
def test_a_worker_that_is_not_listed_is_not_asked(scene, name, account):
    request = scene.ask()
    stranger = Fixed(name, scene.local.accounts[account].address)
    workers = scene.workers(scene.letters(), stranger)
    with pytest.raises(ErasureError, match=f"the brand lists no processor '{name}' at"):
        erase_for(scene.collected(request), workers)
    assert stranger.asked == 0


def test_a_worker_whose_key_is_another_s_is_not_asked(scene):
    letters = scene.letters()
    with pytest.raises(ErasureError, match=f"cannot sign for the processor {LETTERS}"):
        erase_for(scene.collected(scene.ask()), [Worker(letters, scene.local.accounts[7])])
    assert letters.asked == 0


def test_a_late_acknowledgement_stays_late(scene):
    request = scene.ask()
    scene.chain.sleep(PERIOD + 3 * DAY)
    erase_for(scene.collected(request), scene.everybody())
    done = scene.acknowledge(request)
    assert 3 * DAY <= done.request.late_by(scene.chain.now()) < 3 * DAY + 600
    assert done.request.standing(scene.chain.now()).endswith("3 d late")
    assert scene.verified(done.receipt.to_bytes()).holds


def test_items_of_a_draft_that_is_damaged_are_left(scene):
    request = scene.ask()
    collected = scene.collected(request)
    items = ErasedItems.of([ErasedItem("letters", erased=1)])
    assert collected.note(scene.listed[2].address, items) == items
    (draft,) = collected.folder.iterdir()
    draft.write_bytes(b"{")
    assert collected.note(scene.listed[2].address, items) == items
