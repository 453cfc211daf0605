"""Erasing on a real Kubo daemon (``WEB3CRM_KUBO`` names the binary; without it these tests are skipped).

given a customer whose datasets the brand has on a daemon
├── when the daemon is the brand's own
│   └── nothing of hers should be left there, and the receipt be found there and hold
└── when others use the daemon
    └── hers should be unpinned, and said to be there still until somebody collects its garbage
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.erasing import Scene
from tests.support.kubo import Kubo
from tests.support.local_chain import rolled_back
from web3crm.chain import LocalChain
from web3crm.deploy import Commons, deploy_commons
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasure_receipts import fetch_receipt
from web3crm.vault import IpfsStore


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


@pytest.fixture
def scene(local: LocalChain, commons: Commons, tmp_path: Path, kubo: Kubo) -> Iterator[Scene]:
    store = IpfsStore(kubo.address, timeout=20, peers=False)
    with rolled_back(local.chain) as chain:
        yield Scene(local, chain, commons, tmp_path, store=store)
    store.close()


def items(**counts: int) -> ErasedItems:
    return ErasedItems.of(
        [ErasedItem("files", **{key: 2 * value for key, value in counts.items()}), ErasedItem("manifests", **counts)]
    )


def test_nothing_is_left_on_a_daemon_of_the_brand_s_own(scene):
    sealed, _ = scene.share()
    other, _ = scene.share(4)
    done = scene.whole_round()
    by_name = {item.name: item.items for item in done.receipt.receipts}
    assert by_name["Blob store"] == items(erased=1)
    assert [scene.blobs.has(cid) for cid in (sealed.manifest_cid, other.manifest_cid)] == [False, True]
    assert not any(scene.blobs.has(file.cid) for file in sealed.manifest.files)
    assert scene.verified(fetch_receipt(scene.blobs, scene.request().receipt_digest)).holds


def test_what_may_be_left_on_a_shared_daemon_is_said(scene):
    sealed, _ = scene.share()
    request, processor = scene.ask(), scene.blob_store(own=False)
    first = processor.erase(request)
    assert first == items(unverified=1)
    assert sealed.manifest_cid not in scene.blobs.pins()
    scene.blobs.collect_garbage()
    assert processor.erase(request).after(first) == items(erased=1)
