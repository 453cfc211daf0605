"""CustomerData.proposeMove, acceptMove

given a dataset
├── when it does not exist
│   └── it should revert to propose, cancel or accept
├── when somebody else proposes or cancels
│   └── it should revert
├── when its owner proposes herself
│   └── it should revert
├── when a signed proposal names no wallet
│   └── it should revert
├── when its owner proposes another wallet
│   ├── it should be invited, in a new round
│   └── it should emit MoveProposed, and move nothing
├── when its owner proposes zero
│   └── it should take the invitation back and emit MoveCancelled
├── when a wallet accepts that is not invited, or not any more
│   └── it should revert
└── when the invited wallet accepts
    ├── it should be the owner, of the same dataset, in a new tenure
    ├── it should clear the invitation
    ├── it should emit Unlocked, Transfer, Locked and DatasetMoved in this order
    ├── it should leave the old wallet without any power over it
    └── it should not bring consent along (G3)
given a signed proposal that somebody holds back
├── when its owner proposes otherwise or cancels
│   └── it should be worthless
└── when it is relayed before a signed cancellation
    └── it should be cancelled all the same
given a signed acceptance of an invitation that was taken back
└── it should revert
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import dataset_accept_move, dataset_cancel_move, dataset_propose_move

MANIFEST = b"\x22" * 32
NOBODY = "0x" + "00" * 20
DAY = 86_400


@pytest.fixture
def invited(datasets, dataset, alice, bob):
    return datasets.proposeMove(dataset, bob, {"from": alice})


@pytest.fixture
def moved(datasets, dataset, invited, bob):
    return datasets.acceptMove(dataset, {"from": bob})


@pytest.fixture
def held_back(datasets, dataset, domain, soon, alice, carol, relayer):
    """Alice signed an invitation of carol for the first round; returns the act of relaying it."""
    message = dataset_propose_move(
        domain=domain, owner=str(alice), dataset_id=dataset, new_wallet=str(carol), nonce=1, deadline=soon
    )
    signature = signed_by(alice, message)
    return lambda: datasets.proposeMoveBySig(alice, dataset, carol, 1, soon, signature, {"from": relayer})


@pytest.mark.parametrize("new_wallet", ["0x" + "11" * 20, NOBODY], ids=["propose", "cancel"])
def test_proposing_reverts_if_it_does_not_exist(datasets, alice, new_wallet):
    with reverts("CustomerData_UnknownDataset", 1):
        datasets.proposeMove(1, new_wallet, {"from": alice})


@pytest.mark.parametrize("new_wallet", ["0x" + "11" * 20, NOBODY], ids=["propose", "cancel"])
def test_proposing_reverts_for_anybody_else(datasets, dataset, bob, new_wallet):
    with reverts("CustomerData_NotOwner", bob, dataset):
        datasets.proposeMove(dataset, new_wallet, {"from": bob})


def test_proposing_reverts_on_the_owner_herself(datasets, dataset, alice):
    with reverts("CustomerData_InvalidWallet", alice):
        datasets.proposeMove(dataset, alice, {"from": alice})


def test_a_signed_proposal_must_name_a_wallet(datasets, dataset, soon, alice, relayer):
    with reverts("CustomerData_InvalidWallet", NOBODY):
        datasets.proposeMoveBySig(alice, dataset, NOBODY, 1, soon, b"", {"from": relayer})


def test_proposing_invites(datasets, dataset, invited, alice, bob):
    assert datasets.moveOf(dataset) == (bob, 1)
    assert datasets.ownerOf(dataset) == alice
    assert dict(invited.events["MoveProposed"]) == {
        "owner": alice,
        "datasetId": dataset,
        "newWallet": bob,
        "round": 1,
    }


def test_proposing_zero_takes_the_invitation_back(datasets, dataset, invited, alice):
    event = datasets.proposeMove(dataset, NOBODY, {"from": alice}).events["MoveCancelled"]

    assert datasets.moveOf(dataset) == (NOBODY, 2)
    assert dict(event) == {"owner": alice, "datasetId": dataset, "round": 2}


def test_accepting_reverts_if_it_does_not_exist(datasets, bob):
    with reverts("CustomerData_UnknownDataset", 1):
        datasets.acceptMove(1, {"from": bob})


def test_accepting_reverts_without_an_invitation(datasets, dataset, bob):
    with reverts("CustomerData_NotInvited", bob, dataset):
        datasets.acceptMove(dataset, {"from": bob})


def test_accepting_reverts_for_anybody_else(datasets, dataset, invited, stranger):
    with reverts("CustomerData_NotInvited", stranger, dataset):
        datasets.acceptMove(dataset, {"from": stranger})


def test_accepting_reverts_after_another_invitation(datasets, dataset, invited, alice, bob, carol):
    datasets.proposeMove(dataset, carol, {"from": alice})

    with reverts("CustomerData_NotInvited", bob, dataset):
        datasets.acceptMove(dataset, {"from": bob})


def test_accepting_reverts_after_a_cancellation(datasets, dataset, invited, alice, bob):
    datasets.proposeMove(dataset, NOBODY, {"from": alice})

    with reverts("CustomerData_NotInvited", bob, dataset):
        datasets.acceptMove(dataset, {"from": bob})


def test_accepting_makes_the_new_wallet_the_owner(datasets, dataset, alice, bob, invited):
    before = datasets.datasetOf(dataset)
    datasets.acceptMove(dataset, {"from": bob})

    assert datasets.datasetOf(dataset) == (bob, *before[1:-1], 1)
    assert (datasets.balanceOf(alice), datasets.balanceOf(bob)) == (0, 1)


def test_accepting_clears_the_invitation(datasets, dataset, moved, bob):
    assert datasets.moveOf(dataset) == (NOBODY, 1)
    with reverts("CustomerData_NotInvited", bob, dataset):
        datasets.acceptMove(dataset, {"from": bob})


def test_accepting_emits_its_events_in_order(dataset, moved, alice, bob):
    assert [event.name for event in moved.events] == ["Unlocked", "Transfer", "Locked", "DatasetMoved"]
    assert dict(moved.events["DatasetMoved"]) == {"from": alice, "to": bob, "datasetId": dataset}


def test_the_old_wallet_has_no_power_left(datasets, dataset, moved, alice):
    with reverts("CustomerData_NotOwner", alice, dataset):
        datasets.burn(dataset, {"from": alice})
    with reverts("CustomerData_NotOwner", alice, dataset):
        datasets.update(dataset, b"\x33" * 32, 1, {"from": alice})
    with reverts("CustomerData_NotOwner", alice, dataset):
        datasets.proposeMove(dataset, alice, {"from": alice})


def test_consent_does_not_come_along(datasets, dataset, consents, invited, brand, alice, bob):
    consents.publishNotice(b"\x11" * 32, "", 0, 0, 0, 30 * DAY, {"from": brand})
    consents.grant(brand, 1, 1 << 3, 1, 0, {"from": alice})

    datasets.acceptMove(dataset, {"from": bob})

    assert consents.isAllowed(alice, brand, 0, 3)
    assert not consents.isAllowed(datasets.ownerOf(dataset), brand, 0, 3)


def test_a_proposal_held_back_is_worthless_after_another(datasets, dataset, held_back, invited):
    with reverts("CustomerData_StaleProposal", 1, 2):
        held_back()


def test_a_proposal_held_back_is_worthless_after_a_cancellation(datasets, dataset, held_back, alice):
    datasets.proposeMove(dataset, NOBODY, {"from": alice})

    with reverts("CustomerData_StaleProposal", 1, 2):
        held_back()


def test_a_cancellation_survives_a_proposal_relayed_first(
    datasets, dataset, held_back, domain, soon, alice, carol, relayer
):
    message = dataset_cancel_move(domain=domain, owner=str(alice), dataset_id=dataset, nonce=1, deadline=soon)
    signature = signed_by(alice, message)
    held_back()

    datasets.cancelMoveBySig(alice, dataset, 1, soon, signature, {"from": relayer})

    with reverts("CustomerData_NotInvited", carol, dataset):
        datasets.acceptMove(dataset, {"from": carol})


def test_a_signed_acceptance_needs_an_invitation(datasets, dataset, invited, domain, soon, alice, bob, relayer):
    message = dataset_accept_move(domain=domain, new_wallet=str(bob), dataset_id=dataset, nonce=1, deadline=soon)
    datasets.proposeMove(dataset, NOBODY, {"from": alice})

    with reverts("CustomerData_NotInvited", bob, dataset):
        datasets.acceptMoveBySig(bob, dataset, 1, soon, signed_by(bob, message), {"from": relayer})


def test_a_proposal_signed_by_a_former_owner_is_refused(datasets, dataset, moved, domain, soon, alice, carol, relayer):
    message = dataset_propose_move(
        domain=domain, owner=str(alice), dataset_id=dataset, new_wallet=str(carol), nonce=2, deadline=soon
    )

    with reverts("CustomerData_NotOwner", alice, dataset):
        datasets.proposeMoveBySig(alice, dataset, carol, 2, soon, signed_by(alice, message), {"from": relayer})
