"""CustomerData.burn

given a dataset
├── when it does not exist
│   └── it should revert
├── when somebody else burns it, the invited wallet included
│   └── it should revert
└── when its owner burns it
    ├── it should be gone, with its digest and invitation
    ├── it should leave nothing in its word but the time
    └── it should emit DatasetBurned
"""

from __future__ import annotations

from eth_utils import keccak

from tests.support.reverting import reverts
from tests.support.storage import read_word

MANIFEST = b"\x22" * 32
NOBODY = "0x" + "00" * 20


def ownership_slot(dataset):
    """Where the base contract keeps the owner and the 96 bits beside it."""
    seed = bytes.fromhex("7d882553")
    return (2 * dataset + int.from_bytes(keccak(dataset.to_bytes(32, "big")[:28] + seed), "big")) % 2**256


def test_reverts_if_it_does_not_exist(datasets, alice):
    with reverts("CustomerData_UnknownDataset", 1):
        datasets.burn(1, {"from": alice})


def test_reverts_for_anybody_else(datasets, dataset, alice, bob):
    datasets.proposeMove(dataset, bob, {"from": alice})

    with reverts("CustomerData_NotOwner", bob, dataset):
        datasets.burn(dataset, {"from": bob})


def test_is_gone(datasets, dataset, alice, bob):
    datasets.proposeMove(dataset, bob, {"from": alice})
    datasets.burn(dataset, {"from": alice})

    assert datasets.balanceOf(alice) == 0
    assert datasets.moveOf(dataset) == (NOBODY, 0)
    with reverts("CustomerData_UnknownDataset", dataset):
        datasets.datasetOf(dataset)
    with reverts("CustomerData_UnknownDataset", dataset):
        datasets.acceptMove(dataset, {"from": bob})


def test_leaves_only_the_time_behind(datasets, dataset, alice):
    datasets.update(dataset, b"\x33" * 32, 1, {"from": alice})
    assert read_word(datasets, ownership_slot(dataset)) % 2**160 == int(alice.address, 16)

    receipt = datasets.burn(dataset, {"from": alice})

    assert read_word(datasets, ownership_slot(dataset)) == receipt.timestamp << 160


def test_emits_dataset_burned(datasets, dataset, alice):
    event = datasets.burn(dataset, {"from": alice}).events["DatasetBurned"]

    assert dict(event) == {"owner": alice, "datasetId": dataset}
