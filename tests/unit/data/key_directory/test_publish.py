"""KeyDirectory.publish, revoke

given any address
├── when it publishes zero
│   └── it should revert
├── when it publishes the key it has
│   └── it should revert
├── when it publishes another key
│   ├── it should begin an epoch
│   └── it should emit KeyPublished
├── when it revokes
│   ├── it should have no key from a new epoch on
│   ├── it should emit KeyRevoked
│   └── it should be safe to repeat, also where there never was a key
└── when it publishes again after revoking
    └── it should begin another epoch
given a signed key that somebody holds back
├── when its owner publishes another, or revokes, also where there is no key yet
│   └── it should be worthless
└── when it is relayed before a signed revocation
    └── it should be revoked all the same
"""

from __future__ import annotations

import pytest

from tests.support.reverting import reverts
from tests.support.signing import signed_by
from web3crm.chain.typed_data import Domain, key_publish, key_revoke

KEY = b"\x44" * 32
OTHER_KEY = b"\x55" * 32
NONE = "0x" + "00" * 32


@pytest.fixture
def domain(keys, chain):
    return Domain(name="KeyDirectory", chain_id=chain.id, contract=keys.address)


@pytest.fixture
def held_back(keys, domain, chain, alice, relayer):
    """Signs the key for the first epoch; returns the act of relaying it."""
    deadline = chain.time() + 3600
    message = key_publish(domain=domain, owner=str(alice), recipient=KEY, nonce=1, deadline=deadline)
    signature = signed_by(alice, message)
    return lambda: keys.publishBySig(alice, KEY, 1, deadline, signature, {"from": relayer})


def test_nobody_has_a_key_at_first(keys, alice):
    assert keys.recipientOf(alice) == (NONE, 0, 0)


def test_publishing_reverts_on_zero(keys, alice):
    with reverts("KeyDirectory_EmptyRecipient"):
        keys.publish(b"\x00" * 32, {"from": alice})


def test_publishing_reverts_on_the_same_key(keys, alice):
    keys.publish(KEY, {"from": alice})

    with reverts("KeyDirectory_SameRecipient", KEY):
        keys.publish(KEY, {"from": alice})


def test_publishing_begins_an_epoch(keys, alice, bob):
    first = keys.publish(KEY, {"from": alice})
    before = keys.recipientOf(alice)
    second = keys.publish(OTHER_KEY, {"from": alice})

    assert before == ("0x" + KEY.hex(), 1, first.timestamp)
    assert keys.recipientOf(alice) == ("0x" + OTHER_KEY.hex(), 2, second.timestamp)
    assert keys.recipientOf(bob) == (NONE, 0, 0)


def test_publishing_emits_key_published(keys, alice):
    event = keys.publish(KEY, {"from": alice}).events["KeyPublished"]

    assert dict(event) == {"owner": alice, "recipient": "0x" + KEY.hex(), "epoch": 1}


def test_revoking_leaves_no_key(keys, alice):
    keys.publish(KEY, {"from": alice})
    event = keys.revoke({"from": alice}).events["KeyRevoked"]

    assert keys.recipientOf(alice) == (NONE, 2, 0)
    assert dict(event) == {"owner": alice, "epoch": 2}


def test_revoking_is_safe_to_repeat(keys, alice):
    keys.revoke({"from": alice})
    keys.revoke({"from": alice})

    assert keys.recipientOf(alice) == (NONE, 2, 0)


def test_publishing_after_revoking_begins_another_epoch(keys, alice):
    keys.publish(KEY, {"from": alice})
    keys.revoke({"from": alice})
    receipt = keys.publish(KEY, {"from": alice})

    assert keys.recipientOf(alice) == ("0x" + KEY.hex(), 3, receipt.timestamp)


@pytest.mark.parametrize(
    "act",
    [lambda keys, alice: keys.publish(OTHER_KEY, {"from": alice}), lambda keys, alice: keys.revoke({"from": alice})],
    ids=["publishes", "revokes"],
)
def test_a_key_held_back_cannot_return(keys, held_back, alice, act):
    act(keys, alice)

    with reverts("KeyDirectory_StaleKey", 1, 2):
        held_back()


def test_a_revocation_survives_a_key_relayed_first(keys, held_back, domain, chain, alice, relayer):
    deadline = chain.time() + 3600
    message = key_revoke(domain=domain, owner=str(alice), nonce=1, deadline=deadline)
    signature = signed_by(alice, message)
    held_back()

    keys.revokeBySig(alice, 1, deadline, signature, {"from": relayer})

    assert keys.recipientOf(alice)[0] == NONE


@pytest.mark.parametrize(("recipient", "error"), [(b"\x00" * 32, "KeyDirectory_EmptyRecipient")])
def test_a_signed_key_is_checked_like_any_other(keys, domain, chain, alice, relayer, recipient, error):
    deadline = chain.time() + 3600
    message = key_publish(domain=domain, owner=str(alice), recipient=recipient, nonce=1, deadline=deadline)

    with reverts(error):
        keys.publishBySig(alice, recipient, 1, deadline, signed_by(alice, message), {"from": relayer})
