"""DataAccess.canRead, accessOf, earningsOf

given an access that does not exist
├── canRead should say so
├── accessOf should revert
└── earningsOf should be zeros
given an offer
├── canRead should say that it was not accepted
└── earningsOf should be zeros
given an accepted access
├── when everything stands
│   └── it should be readable
├── when the dataset was burned, moved, or moved away and back
│   └── it should be gone
├── when a closing has taken effect
│   └── it should be closed, and readable up to then
├── when its period is over
│   └── it should be over, from that very second on
├── when the owner's consent does not cover it now
│   └── it should say what the registry says
├── when the owner's consent covers it again
│   ├── it should be interrupted, also if nobody has collected since
│   ├── it should be interrupted, also if it was lacking for less than a second
│   └── it should be readable if it never lacked
├── when a notice outdated the consent within the minimum
│   ├── it should not be readable until she consents to it
│   ├── it should be readable if she does before the minimum is over
│   └── it should be interrupted if she does after
├── when several reasons apply
│   └── it should say the first
└── when money was paid or taken back
    └── it should not matter
given a customer with very many snapshots
└── it should be readable still, and collect should make the question cheap
"""

from __future__ import annotations

import pytest
from brownie import MockBatcher

from tests.support.access import (
    DATA_CLASS,
    DATA_CLASSES,
    DAY,
    ENVELOPE,
    MANIFEST,
    MINIMUM,
    OTHER_DATA_CLASS,
    OTHER_PURPOSE,
    PERIOD,
    PURPOSE,
    PURPOSES,
)
from tests.support.clock import mine_at
from tests.support.reverting import reverts

ALL = 2**64 - 1
YES = (True, 0)
UNKNOWN, NOT_ACCEPTED, GONE, CLOSED, OVER = range(1, 6)
NO_CONSENT, NO_PURPOSE, NO_DATA_CLASS, EXPIRED, TOO_OLD, PURPOSE_CHANGED, DATA_CLASS_CHANGED, INTERRUPTED = range(6, 14)


@pytest.fixture
def why_not(accesses, access):
    """The reason why the access is not readable, zero if it is."""

    def ask():
        readable, reason = accesses.canRead(access)
        assert readable == (reason == 0)
        return reason

    return ask


def test_is_unknown(accesses):
    assert accesses.canRead(7) == (False, UNKNOWN)
    assert accesses.earningsOf(7, 0) == (0, 0)
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.accessOf(7)


def test_is_unknown_after_it_was_taken_back(accesses, offer, brand):
    access_id = offer()
    accesses.retract(access_id, {"from": brand})

    assert accesses.canRead(access_id) == (False, UNKNOWN)


def test_is_not_accepted(accesses, offer):
    access_id = offer()

    assert accesses.canRead(access_id) == (False, NOT_ACCEPTED)
    assert accesses.earningsOf(access_id, 0) == (0, 0)


def test_is_readable(accesses, access):
    assert accesses.canRead(access) == YES


def test_is_gone_after_the_burning(datasets, dataset, why_not, alice):
    datasets.burn(dataset, {"from": alice})

    assert why_not() == GONE


def test_is_gone_after_a_move_though_it_came_back(why_not, move, alice, bob):
    move(alice, bob)
    assert why_not() == GONE
    move(bob, alice)
    assert why_not() == GONE


def test_is_closed_by_the_owner_at_once(accesses, access, why_not, alice):
    accesses.close(access, {"from": alice})

    assert why_not() == CLOSED


def test_is_closed_by_the_brand_when_it_takes_effect(accesses, access, why_not, brand):
    closed = accesses.close(access, {"from": brand}).events["AccessClosed"]["closedAt"]
    mine_at(closed - 1)
    assert why_not() == 0
    mine_at(closed)
    assert why_not() == CLOSED


def test_is_over_in_the_very_second(read, access, why_not):
    over = read(access).started_at + PERIOD
    mine_at(over - 1)
    assert why_not() == 0
    mine_at(over)
    assert why_not() == OVER


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ({"purposes": 1 << OTHER_PURPOSE}, NO_PURPOSE),
        ({"data_classes": 1 << OTHER_DATA_CLASS}, NO_DATA_CLASS),
    ],
    ids=["purpose", "data class"],
)
def test_says_what_was_not_granted(why_not, grant, named, reason):
    grant(**named)

    assert why_not() == reason


def test_says_that_everything_was_withdrawn(why_not, withdraw):
    withdraw()

    assert why_not() == NO_CONSENT


def test_says_that_the_consent_expired(granted, grant, accept, accesses, chain):
    expires_at = chain[-1].timestamp + DAY
    grant(expires_at=expires_at)
    access_id = accept()
    mine_at(expires_at - 1)
    assert accesses.canRead(access_id) == YES
    mine_at(expires_at)
    assert accesses.canRead(access_id) == (False, EXPIRED)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"oldest": 2}, TOO_OLD),
        ({"purposes": 1 << PURPOSE}, PURPOSE_CHANGED),
        ({"data_classes": 1 << DATA_CLASS}, DATA_CLASS_CHANGED),
    ],
    ids=["oldest acceptable", "purpose", "data class"],
)
def test_says_that_the_notice_is_outdated_at_once(why_not, publish, change, reason):
    publish(**change)

    assert why_not() == reason


def test_is_interrupted_if_she_granted_anew(why_not, withdraw, grant, chain):
    withdraw()
    chain.sleep(60)
    grant()

    assert why_not() == INTERRUPTED


def test_is_interrupted_also_after_many_more_grants(accesses, access, why_not, withdraw, grant, brand):
    grant()
    withdraw()
    grant()
    grant()
    assert why_not() == INTERRUPTED
    accesses.collect(access, 1, {"from": brand})
    assert why_not() == INTERRUPTED


def test_is_interrupted_if_she_renewed_too_late(granted, grant, accept, accesses, chain):
    grant(expires_at=chain[-1].timestamp + DAY)
    access_id = accept()
    chain.sleep(2 * DAY)
    grant()

    assert accesses.canRead(access_id) == (False, INTERRUPTED)


def test_a_withdrawal_and_a_grant_in_one_second_interrupt_it(
    accesses, consents, datasets, offer, deployer, alice, publish, brand
):
    """A snapshot that lacks the purpose ends it, however short its life."""
    publish()
    owner = deployer.deploy(MockBatcher)
    grant = (consents, 0, consents.grant.encode_input(brand, PURPOSES, DATA_CLASSES, 1, 0))
    mint = (datasets, 0, datasets.mint.encode_input(MANIFEST, DATA_CLASS))
    owner.executeAll([grant, mint], {"from": alice})
    access_id = offer(dataset_id=datasets.datasetIdOf(owner, MANIFEST, DATA_CLASS))
    accept = (accesses, 0, accesses.accept.encode_input(access_id, ENVELOPE))
    owner.executeAll([accept, grant, grant], {"from": alice})
    assert accesses.canRead(access_id) == YES
    owner.executeAll([(consents, 0, consents.withdrawAll.encode_input(brand)), grant], {"from": alice})

    assert accesses.canRead(access_id) == (False, INTERRUPTED)


def test_is_readable_again_if_she_consents_within_the_minimum(why_not, publish, grant, chain):
    publish(purposes=1 << PURPOSE)
    chain.sleep(DAY)
    grant(version=2)

    assert why_not() == 0


def test_is_interrupted_if_she_consents_after_the_minimum(why_not, publish, grant, chain):
    publish(purposes=1 << PURPOSE)
    chain.sleep(MINIMUM + 60)
    grant(version=2)

    assert why_not() == INTERRUPTED


def test_says_the_first_reason(accesses, datasets, dataset, access, why_not, read, withdraw, grant, alice):
    withdraw()
    grant()
    assert why_not() == INTERRUPTED
    withdraw()
    assert why_not() == NO_CONSENT
    mine_at(read(access).started_at + PERIOD)
    assert why_not() == OVER
    accesses.close(access, {"from": alice})
    assert why_not() == CLOSED
    datasets.burn(dataset, {"from": alice})
    assert why_not() == GONE


def test_money_does_not_matter(accesses, access, why_not, chain, brand, stranger):
    accesses.close(access, {"from": brand})
    accesses.takeBack(access, 0, {"from": brand})
    chain.sleep(DAY)
    accesses.collect(access, ALL, {"from": stranger})

    assert why_not() == 0


def test_is_readable_after_very_many_changes(accesses, consents, datasets, publish, offer, deployer, alice, brand):
    publish()
    owner = deployer.deploy(MockBatcher)
    grant = (consents, 0, consents.grant.encode_input(brand, PURPOSES, DATA_CLASSES, 1, 0))
    mint = (datasets, 0, datasets.mint.encode_input(MANIFEST, DATA_CLASS))
    owner.executeAll([grant, mint], {"from": alice})
    access_id = offer(dataset_id=datasets.datasetIdOf(owner, MANIFEST, DATA_CLASS))
    owner.executeAll([(accesses, 0, accesses.accept.encode_input(access_id, ENVELOPE))], {"from": alice})
    owner.executeAll([grant] * 300, {"from": alice})
    asking = {"from": alice}
    before = accesses.canRead.estimate_gas(access_id, asking)
    accesses.collect(access_id, 299, {"from": brand})
    after = accesses.canRead.estimate_gas(access_id, asking)

    assert accesses.canRead(access_id) == YES
    assert (before > 1_000_000, after < 200_000) == (True, True)
