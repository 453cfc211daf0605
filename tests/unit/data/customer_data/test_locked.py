"""CustomerData is locked: ERC-5192, ERC-5484, ERC-165

given a dataset
├── when anybody, its owner included, transfers it or approves somebody
│   └── it should revert
├── it should say that it is locked, and that its owner alone may burn it
└── it should name the standards it keeps, and no other
given an unknown dataset
└── it should revert to ask whether it is locked, who may burn it, where its manifest is
"""

from __future__ import annotations

import pytest
from eth_utils import keccak

from tests.support.reverting import reverts

OWNER_ONLY = 1


@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize(
    "act",
    [
        lambda d, i, alice, bob, who: d.transferFrom(alice, bob, i, {"from": who}),
        lambda d, i, alice, bob, who: d.safeTransferFrom["address,address,uint256"](alice, bob, i, {"from": who}),
        lambda d, i, alice, bob, who: d.safeTransferFrom["address,address,uint256,bytes"](
            alice, bob, i, b"", {"from": who}
        ),
        lambda d, i, alice, bob, who: d.approve(bob, i, {"from": who}),
    ],
    ids=["transferFrom", "safeTransferFrom", "safeTransferFromWithData", "approve"],
)
def test_reverts_to_transfer_or_approve(datasets, dataset, request, alice, bob, act, who):
    with reverts("CustomerData_TransferLocked"):
        act(datasets, dataset, alice, bob, request.getfixturevalue(who))


@pytest.mark.parametrize("approved", [True, False])
def test_reverts_to_approve_for_all(datasets, alice, bob, approved):
    with reverts("CustomerData_TransferLocked"):
        datasets.setApprovalForAll(bob, approved, {"from": alice})


def test_is_locked(datasets, dataset):
    assert datasets.locked(dataset)


def test_its_owner_alone_may_burn_it(datasets, dataset):
    assert datasets.burnAuth(dataset) == OWNER_ONLY


@pytest.mark.parametrize("view", ["locked", "burnAuth", "tokenURI"])
def test_views_revert_on_an_unknown_dataset(datasets, view):
    with reverts("CustomerData_UnknownDataset", 1):
        getattr(datasets, view)(1)


def interface_id(*signatures):
    result = 0
    for signature in signatures:
        result ^= int.from_bytes(keccak(text=signature)[:4], "big")
    return result.to_bytes(4, "big")


ERC165 = interface_id("supportsInterface(bytes4)")
ERC5192 = interface_id("locked(uint256)")
ERC5484 = interface_id("burnAuth(uint256)")
ERC721 = interface_id(
    "balanceOf(address)",
    "ownerOf(uint256)",
    "safeTransferFrom(address,address,uint256,bytes)",
    "safeTransferFrom(address,address,uint256)",
    "transferFrom(address,address,uint256)",
    "approve(address,uint256)",
    "setApprovalForAll(address,bool)",
    "getApproved(uint256)",
    "isApprovedForAll(address,address)",
)
ERC721_METADATA = interface_id("name()", "symbol()", "tokenURI(uint256)")
ERC4906 = bytes.fromhex("49064906")


def test_the_ids_are_those_the_standards_print():
    assert (ERC5192.hex(), ERC5484.hex()) == ("b45a3c0e", "0489b56f")
    assert (ERC165.hex(), ERC721.hex(), ERC721_METADATA.hex()) == ("01ffc9a7", "80ac58cd", "5b5e139f")


@pytest.mark.parametrize("standard", [ERC165, ERC721, ERC721_METADATA, ERC4906, ERC5192, ERC5484], ids=bytes.hex)
def test_names_the_standards_it_keeps(datasets, standard):
    assert datasets.supportsInterface(standard)


@pytest.mark.parametrize("standard", ["ffffffff", "780e9d63", "2a55205a"])
def test_names_no_other(datasets, standard):
    assert not datasets.supportsInterface(bytes.fromhex(standard))


def test_has_a_name(datasets):
    assert (datasets.name(), datasets.symbol()) == ("web3crm Customer Data", "DATA")
