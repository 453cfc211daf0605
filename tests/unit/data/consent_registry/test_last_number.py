"""What happens when the numbers of snapshots run out

given a customer with 65,533 snapshots
└── it should take one more grant, the last
given a customer with 65,534 snapshots
├── when she grants
│   └── it should revert
└── when she withdraws
    └── it should take the last number, and keep the last grant readable
given a customer with 65,535 snapshots
├── when she grants, directly or by signature
│   └── it should revert
└── when she withdraws, or asks for erasure
    └── it should overwrite the last withdrawal
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from tests.support.storage import read_word, slot_of, write_word
from web3crm.chain.typed_data import consent_grant
from web3crm.domain.consent import LAST_NUMBER, Snapshot

# Where `_consents` begins in storage; the fixture checks it against a snapshot that is there.
CONSENTS_SLOT = 10


@pytest.fixture
def at_number(publish, consents, snapshot, brand, alice):
    """Lets alice have granted the brand two purposes and two data classes, under the given number."""
    publish()
    consents.grant(brand, 3, 3, 1, 0, {"from": alice})
    slot = slot_of(CONSENTS_SLOT, alice, brand)
    assert read_word(consents, slot) == snapshot().pack()

    def put(number):
        granted = Snapshot(3, 3, 1, snapshot().at, 0, number)
        write_word(consents, slot, granted.pack())
        return granted

    return put


def test_takes_one_more_grant(at_number, consents, snapshot, brand, alice):
    granted = at_number(LAST_NUMBER - 2)

    consents.grant(brand, 1, 1, 1, 0, {"from": alice})

    assert snapshot().number == LAST_NUMBER - 1
    assert Snapshot(*consents.snapshotAt(alice, brand, LAST_NUMBER - 2)) == granted


@pytest.mark.parametrize("number", [LAST_NUMBER - 1, LAST_NUMBER])
def test_reverts_on_a_grant(at_number, consents, brand, alice, number):
    at_number(number)

    with reverts("ConsentRegistry_HistoryFull"):
        consents.grant(brand, 1, 1, 1, 0, {"from": alice})


@pytest.mark.parametrize("number", [LAST_NUMBER - 1, LAST_NUMBER])
def test_reverts_on_a_signed_grant(at_number, consents, domain, soon, brand, alice, relayer, number):
    at_number(number)
    message = consent_grant(
        domain=domain,
        customer=str(alice),
        brand=str(brand),
        purposes=1,
        data_classes=1,
        notice_version=1,
        notice_digest=b"\x11" * 32,
        expires_at=0,
        nonce=number + 1,
        deadline=soon,
    )

    with reverts("ConsentRegistry_HistoryFull"):
        consents.grantBySig(alice, brand, 1, 1, 1, 0, number + 1, soon, signed_by(alice, message), {"from": relayer})


def test_a_withdrawal_takes_the_last_number(at_number, consents, snapshot, brand, alice):
    granted = at_number(LAST_NUMBER - 1)

    consents.withdraw(brand, 1, 1, {"from": alice})

    assert (snapshot().number, snapshot().purposes, snapshot().data_classes) == (LAST_NUMBER, 2, 2)
    assert Snapshot(*consents.snapshotAt(alice, brand, LAST_NUMBER - 1)) == granted


def test_a_withdrawal_overwrites_the_last_one(at_number, consents, snapshot, brand, alice):
    at_number(LAST_NUMBER)

    consents.withdraw(brand, 1, 0, {"from": alice})

    assert (snapshot().number, snapshot().purposes) == (LAST_NUMBER, 2)
    assert not consents.isAllowed(alice, brand, 0, 0)
    assert consents.isAllowed(alice, brand, 1, 0)


@pytest.mark.parametrize(
    "act",
    [
        lambda consents, brand, alice: consents.withdrawAll(brand, {"from": alice}),
        lambda consents, brand, alice: consents.withdrawEverywhere([brand, brand], {"from": alice}),
        lambda consents, brand, alice: consents.requestErasure(brand, {"from": alice}),
    ],
    ids=["withdrawAll", "withdrawEverywhere", "requestErasure"],
)
def test_everything_can_still_be_withdrawn(at_number, consents, snapshot, brand, alice, act):
    at_number(LAST_NUMBER)

    act(consents, brand, alice)

    assert not snapshot().allows_something
    assert snapshot().number == LAST_NUMBER
