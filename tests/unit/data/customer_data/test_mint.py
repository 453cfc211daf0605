"""CustomerData.mint

given any customer
├── when the digest is zero
│   └── it should revert
├── when the data class is no bit from 0 to 63
│   └── it should revert
├── when she has minted this manifest in this data class before
│   ├── and still has it: it should revert
│   ├── and has burned it: it should revert
│   └── and has moved it: it should revert
└── when all is well
    ├── it should be hers, with its class, digest, time and the key epoch 1
    ├── it should have the id that datasetIdOf says
    ├── it should emit Transfer, Locked, Issued and DatasetMinted in this order
    └── it should leave others free to mint the same manifest
given an id that was never minted
└── datasetOf should revert
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts

MANIFEST = b"\x22" * 32
OTHER_MANIFEST = b"\x33" * 32
OWNER_ONLY = 1


def test_reverts_without_a_digest(datasets, alice):
    with reverts("CustomerData_EmptyDigest"):
        datasets.mint(b"\x00" * 32, 3, {"from": alice})


@pytest.mark.parametrize("data_class", [64, 255])
def test_reverts_on_an_unknown_data_class(datasets, alice, data_class):
    with reverts("CustomerData_UnknownDataClass", data_class):
        datasets.mint(MANIFEST, data_class, {"from": alice})


def test_reverts_if_she_has_it(datasets, dataset, alice):
    with reverts("CustomerData_IdUsed", dataset):
        datasets.mint(MANIFEST, 3, {"from": alice})


def test_reverts_if_she_burned_it(datasets, dataset, alice):
    datasets.burn(dataset, {"from": alice})

    with reverts("CustomerData_IdUsed", dataset):
        datasets.mint(MANIFEST, 3, {"from": alice})


def test_reverts_if_she_moved_it(datasets, dataset, alice, bob):
    datasets.proposeMove(dataset, bob, {"from": alice})
    datasets.acceptMove(dataset, {"from": bob})

    with reverts("CustomerData_IdUsed", dataset):
        datasets.mint(MANIFEST, 3, {"from": alice})


@pytest.mark.parametrize("data_class", [0, 63])
def test_is_hers(datasets, alice, data_class):
    receipt = datasets.mint(MANIFEST, data_class, {"from": alice})

    assert datasets.datasetOf(receipt.return_value) == (
        alice,
        data_class,
        1,
        "0x" + MANIFEST.hex(),
        receipt.timestamp,
        0,
    )
    assert datasets.ownerOf(receipt.return_value) == alice
    assert datasets.balanceOf(alice) == 1


def test_has_the_id_that_was_announced(datasets, alice):
    announced = datasets.datasetIdOf(alice, MANIFEST, 3)

    assert datasets.mint(MANIFEST, 3, {"from": alice}).return_value == announced


def test_emits_its_events_in_order(datasets, alice):
    receipt = datasets.mint(MANIFEST, 3, {"from": alice})
    dataset = receipt.return_value

    assert [event.name for event in receipt.events] == ["Transfer", "Locked", "Issued", "DatasetMinted"]
    assert dict(receipt.events["Locked"]) == {"tokenId": dataset}
    assert dict(receipt.events["Issued"]) == {"from": alice, "to": alice, "tokenId": dataset, "burnAuth": OWNER_ONLY}
    assert dict(receipt.events["DatasetMinted"]) == {
        "owner": alice,
        "datasetId": dataset,
        "manifestDigest": "0x" + MANIFEST.hex(),
        "dataClass": 3,
    }


def test_leaves_others_free_to_mint_it(datasets, dataset, bob):
    other = datasets.mint(MANIFEST, 3, {"from": bob}).return_value

    assert other != dataset
    assert datasets.ownerOf(other) == bob


def test_dataset_of_reverts_on_an_unknown_id(datasets):
    with reverts("CustomerData_UnknownDataset", 1):
        datasets.datasetOf(1)
