"""CustomerData.tenureEnd

given a dataset that never existed
└── it should be zero
given a dataset whose first owner has it
├── it should be zero
└── it should be zero whatever she proposes and cancels
given a dataset that moved away and back to its first owner
├── it should be the time of each move for the tenures before
└── it should be zero for the one that lasts, and for those to come
given a dataset that was burned
├── it should be the time of the burning for its last tenure, the first or a later one
├── it should still be the time of the move for the ones before
└── it should be zero for tenures that never began
given an invitation to a wallet
└── it should count rounds and tenures apart from each other
"""

from __future__ import annotations

import pytest

NOBODY = "0x" + "00" * 20


@pytest.fixture
def move(datasets, dataset, chain):
    """Moves the dataset, some time after whatever came before; returns when."""

    def act(owner, new_wallet):
        chain.sleep(100)
        datasets.proposeMove(dataset, new_wallet, {"from": owner})
        return datasets.acceptMove(dataset, {"from": new_wallet}).timestamp

    return act


@pytest.mark.parametrize("tenure", [0, 1, 2**32 - 1])
def test_is_zero_if_it_never_existed(datasets, tenure):
    assert datasets.tenureEnd(1, tenure) == 0


@pytest.mark.parametrize("tenure", [0, 1, 2**32 - 1])
def test_is_zero_while_the_first_owner_has_it(datasets, dataset, tenure):
    assert datasets.tenureEnd(dataset, tenure) == 0


def test_proposals_end_nothing(datasets, dataset, alice, bob):
    datasets.proposeMove(dataset, bob, {"from": alice})
    datasets.proposeMove(dataset, NOBODY, {"from": alice})

    assert datasets.tenureEnd(dataset, 0) == 0
    assert datasets.datasetOf(dataset)[5] == 0


def test_every_move_ends_one(datasets, dataset, move, alice, bob):
    ends = [move(alice, bob), move(bob, alice)]

    assert [datasets.tenureEnd(dataset, tenure) for tenure in range(4)] == [*ends, 0, 0]
    assert datasets.datasetOf(dataset)[5] == 2


def test_burning_ends_the_first(datasets, dataset, alice):
    burned = datasets.burn(dataset, {"from": alice}).timestamp

    assert [datasets.tenureEnd(dataset, tenure) for tenure in range(3)] == [burned, 0, 0]


def test_burning_ends_a_later_one(datasets, dataset, move, chain, alice, bob):
    moved = move(alice, bob)
    chain.sleep(100)
    burned = datasets.burn(dataset, {"from": bob}).timestamp

    assert burned > moved
    assert [datasets.tenureEnd(dataset, tenure) for tenure in range(3)] == [moved, burned, 0]


def test_rounds_and_tenures_are_counted_apart(datasets, dataset, move, alice, bob, carol):
    datasets.proposeMove(dataset, carol, {"from": alice})
    move(alice, bob)
    datasets.proposeMove(dataset, carol, {"from": bob})

    assert datasets.moveOf(dataset) == (carol, 3)
    assert datasets.datasetOf(dataset)[5] == 1
