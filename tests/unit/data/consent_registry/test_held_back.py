"""What a hostile brand can do with the signatures it was given

given a signed grant that the brand holds back
├── when the customer withdraws before it is relayed, where nothing was allowed yet
│   └── it should be worthless
├── when she withdraws all of an earlier consent, or again after that, or a part, or asks for erasure
│   └── it should be worthless
└── when she grants otherwise herself
    └── it should be worthless
given a signed withdrawal, and a signed grant that the brand relays first
└── it should withdraw all the same
given a signed request for erasure, and a signed grant that the brand relays first
└── it should be requested all the same, and nothing stay allowed
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import consent_grant, consent_request_erasure, consent_withdraw_all

DIGEST = b"\x11" * 32


@pytest.fixture(autouse=True)
def notice(publish):
    publish()


@pytest.fixture
def held_back(consents, domain, soon, brand, alice):
    """Signs a grant with the given number; returns the act of relaying it."""

    def sign(number):
        message = consent_grant(
            domain=domain,
            customer=str(alice),
            brand=str(brand),
            purposes=1,
            data_classes=1,
            notice_version=1,
            notice_digest=DIGEST,
            expires_at=0,
            nonce=number,
            deadline=soon,
        )
        signature = signed_by(alice, message)
        return lambda: consents.grantBySig(alice, brand, 1, 1, 1, 0, number, soon, signature, {"from": brand})

    return sign


LATER_ACTS = {
    "withdraws_a_part": lambda consents, brand, alice: consents.withdraw(brand, 1, 0, {"from": alice}),
    "withdraws_all": lambda consents, brand, alice: consents.withdrawAll(brand, {"from": alice}),
    "withdraws_everywhere": lambda consents, brand, alice: consents.withdrawEverywhere([brand], {"from": alice}),
    "asks_for_erasure": lambda consents, brand, alice: consents.requestErasure(brand, {"from": alice}),
    "grants_otherwise": lambda consents, brand, alice: consents.grant(brand, 2, 2, 1, 0, {"from": alice}),
}


@pytest.mark.parametrize("act", LATER_ACTS.values(), ids=LATER_ACTS.keys())
def test_a_grant_held_back_is_worthless_after_her_first_act(consents, held_back, brand, alice, act):
    relay = held_back(1)
    act(consents, brand, alice)

    with reverts("ConsentRegistry_StaleGrant", 1, 2):
        relay()

    assert not consents.isAllowed(alice, brand, 0, 0)


@pytest.mark.parametrize("act", LATER_ACTS.values(), ids=LATER_ACTS.keys())
def test_a_grant_held_back_is_worthless_after_any_later_act(consents, held_back, brand, alice, act):
    consents.grant(brand, 3, 3, 1, 0, {"from": alice})
    consents.withdrawAll(brand, {"from": alice})
    relay = held_back(3)
    act(consents, brand, alice)

    with reverts("ConsentRegistry_StaleGrant", 3, 4):
        relay()


def test_a_withdrawal_survives_a_grant_relayed_first(consents, held_back, domain, soon, brand, alice, relayer):
    message = consent_withdraw_all(domain=domain, customer=str(alice), brand=str(brand), nonce=1, deadline=soon)
    signature = signed_by(alice, message)
    held_back(1)()

    consents.withdrawAllBySig(alice, brand, 1, soon, signature, {"from": relayer})

    assert not consents.isAllowed(alice, brand, 0, 0)


def test_a_request_survives_a_grant_relayed_first(consents, held_back, domain, soon, brand, alice, relayer):
    message = consent_request_erasure(domain=domain, customer=str(alice), brand=str(brand), nonce=1, deadline=soon)
    signature = signed_by(alice, message)
    held_back(1)()

    consents.requestErasureBySig(alice, brand, 1, soon, signature, {"from": relayer})

    assert not consents.isAllowed(alice, brand, 0, 0)
    assert consents.erasureOf(alice, brand)[0] != 0
