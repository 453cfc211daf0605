"""CustomerData.update

given a dataset
├── when it does not exist
│   └── it should revert
├── when somebody else updates it
│   └── it should revert
├── when the digest is zero, or the one it has
│   └── it should revert
├── when the key epoch goes down, or up by more than one
│   └── it should revert
├── when the key epoch stays or goes up by one
│   ├── it should take the manifest, the epoch and the time, and keep owner and class
│   └── it should emit MetadataUpdate (ERC-4906) and DatasetUpdated
└── when a signed update was held back and she has updated it otherwise since
    └── it should be worthless
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import dataset_update

MANIFEST = b"\x22" * 32
SECOND = b"\x33" * 32
THIRD = b"\x44" * 32


def test_reverts_if_it_does_not_exist(datasets, alice):
    with reverts("CustomerData_UnknownDataset", 1):
        datasets.update(1, SECOND, 1, {"from": alice})


def test_reverts_for_anybody_else(datasets, dataset, bob):
    with reverts("CustomerData_NotOwner", bob, dataset):
        datasets.update(dataset, SECOND, 1, {"from": bob})


def test_reverts_without_a_digest(datasets, dataset, alice):
    with reverts("CustomerData_EmptyDigest"):
        datasets.update(dataset, b"\x00" * 32, 0, {"from": alice})


def test_reverts_on_the_same_manifest(datasets, dataset, alice):
    with reverts("CustomerData_SameManifest", MANIFEST):
        datasets.update(dataset, MANIFEST, 1, {"from": alice})


@pytest.mark.parametrize("epoch", [0, 3, 2**32 - 1])
def test_reverts_on_an_epoch_out_of_range(datasets, dataset, alice, epoch):
    datasets.update(dataset, SECOND, 1, {"from": alice})

    with reverts("CustomerData_KeyEpochOutOfRange", epoch, 1):
        datasets.update(dataset, THIRD, epoch, {"from": alice})


@pytest.mark.parametrize("epoch", [1, 2])
def test_takes_the_manifest(datasets, dataset, chain, alice, epoch):
    chain.sleep(100)
    receipt = datasets.update(dataset, SECOND, epoch, {"from": alice})

    assert datasets.datasetOf(dataset) == (alice, 3, epoch, "0x" + SECOND.hex(), receipt.timestamp, 0)


def test_emits_its_events(datasets, dataset, alice):
    receipt = datasets.update(dataset, SECOND, 1, {"from": alice})

    assert dict(receipt.events["MetadataUpdate"]) == {"_tokenId": dataset}
    assert dict(receipt.events["DatasetUpdated"]) == {
        "owner": alice,
        "datasetId": dataset,
        "manifestDigest": "0x" + SECOND.hex(),
        "keyEpoch": 1,
    }


def test_an_update_held_back_is_worthless(datasets, dataset, domain, soon, alice, relayer):
    message = dataset_update(
        domain=domain,
        owner=str(alice),
        dataset_id=dataset,
        previous_digest=MANIFEST,
        manifest_digest=SECOND,
        key_epoch=1,
        nonce=1,
        deadline=soon,
    )
    datasets.update(dataset, THIRD, 1, {"from": alice})

    with reverts("Signed_InvalidSignature", alice):
        datasets.updateBySig(alice, dataset, SECOND, 1, 1, soon, signed_by(alice, message), {"from": relayer})
