"""A withdrawal and something else in one block, in both orders, on Ganache and anvil: the order in the block decides.

given a withdrawal and an acceptance in one block
├── the acceptance after it should be refused
└── the acceptance before it should earn nothing, and the brand get its price back
given a withdrawal and a collection in one block
└── in either order the owner should be paid up to that second, and no more
given a withdrawal and a taking back that names it in one block
├── after it the rest should go back
└── before it nothing should
given a withdrawal and another grant in one block
├── the grant after it should allow, and the access stay ended
└── the withdrawal after it should leave nothing
given a withdrawal and a held-back grant that somebody relays in one block
└── in either order nothing should be allowed
given an envelope that was shared under the access
└── from the block of the withdrawal on the gate should refuse it, whatever else is in that block
given many acts in one block, in random orders
└── what is done should be what their order says, and both sides should get all of the price
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from tests.support.local_chain import rolled_back
from tests.support.paid_access import DATA_CLASS, ENVELOPE, PERIOD, PRICE, PURPOSE, Stage, prepare
from web3crm.chain import LocalChain
from web3crm.chain.relay import signed_arguments
from web3crm.chain.typed_data import access_accept, consent_grant
from web3crm.domain import NATIVE
from web3crm.domain.access import Reason
from web3crm.domain.consent import Refusal
from web3crm.vault import ChainGate, DatasetId, Identity, recipient_to_bytes
from web3crm.vault.accesses import Settled, read_access, settle, standing_of

FAR = 2**40
ORDERS = ("withdrawal first", "withdrawal last")


@pytest.fixture(scope="module")
def prepared(local: LocalChain) -> Stage:
    return prepare(local)


@pytest.fixture
def stage(local: LocalChain, prepared: Stage) -> Iterator[Stage]:
    with rolled_back(local.chain):
        yield prepared


@pytest.fixture
def access_id(stage: Stage) -> int:
    """Accepted three hundred seconds ago."""
    found = stage.accepted()
    stage.chain.sleep(300)
    return found


def ordered(order: str, withdrawal: Any, other: Any) -> list[Any]:
    return [withdrawal, other] if order == ORDERS[0] else [other, withdrawal]


def signed_acceptance(stage: Stage, access_id: int) -> Any:
    message = access_accept(
        domain=stage.chain.domain(stage.accesses),
        owner=stage.alice,
        access_id=access_id,
        brand=stage.brand,
        dataset_id=stage.dataset_id,
        purpose=PURPOSE,
        currency=NATIVE,
        price=PRICE,
        period=PERIOD,
        minimum=0,
        envelope_digest=ENVELOPE,
        nonce=1,
        deadline=FAR,
    )
    signature = stage.chain.sign(message, sender=stage.alice)
    arguments = signed_arguments(stage.accesses, "acceptBySig", message, signature, {})
    return stage.accesses.functions.acceptBySig(*arguments)


def held_back_grant(stage: Stage) -> Any:
    """Good for the next snapshot."""
    consents = stage.commons.consents
    message = consent_grant(
        domain=stage.chain.domain(consents),
        customer=stage.alice,
        brand=stage.brand,
        purposes=1 << PURPOSE,
        data_classes=1 << DATA_CLASS,
        notice_version=1,
        notice_digest=b"\x01" * 32,
        expires_at=0,
        nonce=stage.chain.call(consents.functions.snapshotCount(stage.alice, stage.brand)) + 1,
        deadline=FAR,
    )
    signature = stage.chain.sign(message, sender=stage.alice)
    return consents.functions.grantBySig(*signed_arguments(consents, "grantBySig", message, signature, {}))


def earned(stage: Stage, access_id: int, at: int) -> int:
    """What the access had earned by then."""
    return PRICE * (at - read_access(stage.chain, stage.accesses, access_id).started_at) // PERIOD


@pytest.mark.parametrize("order", ORDERS)
def test_a_withdrawal_and_an_acceptance(stage, order):
    access_id = stage.offer()
    accept = (stage.anybody, signed_acceptance(stage, access_id))
    mined = stage.in_one_block(*ordered(order, (stage.alice, stage.withdraw()), accept))
    first = order == ORDERS[0]
    assert mined.done == ([True, False] if first else [True, True])
    assert (stage.is_allowed(), stage.state(access_id)[0]) == (False, False)
    assert stage.state(access_id)[1] == (Reason.NOT_ACCEPTED if first else Reason.NO_CONSENT)


def test_an_acceptance_just_before_the_withdrawal_earns_nothing(stage):
    access_id = stage.offer()
    acts = [(stage.anybody, signed_acceptance(stage, access_id)), (stage.alice, stage.withdraw())]
    assert stage.in_one_block(*acts).done == [True, True]
    stage.chain.sleep(PERIOD)
    assert settle(stage.chain, stage.accesses, access_id, **stage.parts, sender=stage.anybody) == Settled(0, PRICE)


@pytest.mark.parametrize("order", ORDERS)
def test_a_withdrawal_and_a_collection(stage, access_id, order):
    collect = (stage.anybody, stage.accesses.functions.collect(access_id, 10))
    mined = stage.in_one_block(*ordered(order, (stage.alice, stage.withdraw()), collect))
    paid = read_access(stage.chain, stage.accesses, access_id).paid
    assert mined.done == [True, True]
    assert paid == earned(stage, access_id, mined.at) > 0
    assert (stage.is_allowed(), stage.state(access_id)) == (False, (False, Reason.NO_CONSENT))
    stage.chain.sleep(100)
    settled = settle(stage.chain, stage.accesses, access_id, **stage.parts, sender=stage.anybody)
    assert settled == Settled(0, PRICE - paid)


@pytest.mark.parametrize("order", ORDERS)
def test_a_withdrawal_and_a_taking_back(stage, access_id, order):
    take_back = (stage.anybody, stage.accesses.functions.takeBack(access_id, 2))
    first = order == ORDERS[0]
    mined = stage.in_one_block(*ordered(order, (stage.alice, stage.withdraw()), take_back))
    assert mined.done == ([True, True] if first else [False, True])
    rest = PRICE - earned(stage, access_id, mined.at)
    assert read_access(stage.chain, stage.accesses, access_id).refunded == (rest if first else 0)
    settled = settle(stage.chain, stage.accesses, access_id, **stage.parts, sender=stage.anybody)
    assert settled == Settled(PRICE - rest, 0 if first else rest)


@pytest.mark.parametrize("order", ORDERS)
def test_a_withdrawal_and_another_grant(stage, access_id, order):
    acts = ordered(order, (stage.alice, stage.withdraw()), (stage.alice, stage.grant()))
    mined = stage.in_one_block(*acts)
    assert mined.done == [True, True]
    first = order == ORDERS[0]
    assert (stage.is_allowed(), stage.state(access_id)[0]) == (first, False)
    assert stage.state(access_id)[1] == (Reason.INTERRUPTED if first else Reason.NO_CONSENT)
    rest = PRICE - earned(stage, access_id, mined.at)
    stage.chain.sleep(100)
    settled = settle(stage.chain, stage.accesses, access_id, **stage.parts, sender=stage.anybody)
    assert settled == Settled(PRICE - rest, rest)


@pytest.mark.parametrize("order", ORDERS)
def test_a_withdrawal_and_a_held_back_grant(stage, access_id, order):
    relayed = (stage.anybody, held_back_grant(stage))
    mined = stage.in_one_block(*ordered(order, (stage.alice, stage.withdraw()), relayed))
    assert mined.done == ([True, False] if order == ORDERS[0] else [True, True])
    assert (stage.is_allowed(), stage.state(access_id)) == (False, (False, Reason.NO_CONSENT))


@pytest.mark.parametrize("others", list(permutations(("collect", "grant by signature"))))
def test_the_gate_refuses_at_the_block_of_the_withdrawal(stage, access_id, others):
    key = Identity.generate()
    publish = stage.commons.keys.functions.publish(recipient_to_bytes(key.recipient))
    stage.chain.transact(publish, sender=stage.brand)
    contracts = {"keys": stage.commons.keys, "accesses": stage.accesses, **stage.parts}
    gate = ChainGate(stage.chain, **contracts)
    question = {
        "customer": stage.alice,
        "grantee": stage.brand,
        "recipient": key.recipient,
        "purpose": PURPOSE,
        "data_class": DATA_CLASS,
        "dataset": DatasetId(stage.chain.chain_id, str(stage.commons.datasets.address), stage.dataset_id),
        "key_epoch": 1,
    }
    acts = {
        "collect": (stage.anybody, stage.accesses.functions.collect(access_id, 10)),
        "grant by signature": (stage.local.accounts[7].address, held_back_grant(stage)),
    }
    before = [gate.check(**question).allowed, gate.check(**question, access_id=access_id).allowed]

    def ask() -> list[Any]:
        return [gate.check(**question), gate.check(**question, access_id=access_id)]

    mined = stage.in_one_block((stage.alice, stage.withdraw()), *(acts[name] for name in others), then=ask)
    assert before == [True, True]
    assert [(each.allowed, each.reason, each.block) for each in mined.seen] == [
        (False, Refusal.NO_CONSENT.text, mined.block),
        (False, Refusal.NO_CONSENT.text, mined.block),
    ]


ROUNDS = 8


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_many_acts_in_any_order(stage, access_id, seed):
    offered, alice, functions = stage.offer(1), stage.alice, stage.accesses.functions
    acts = {
        "withdraw": (alice, stage.withdraw()),
        "accept": (stage.anybody, signed_acceptance(stage, offered)),
        "collect": (stage.local.accounts[5].address, functions.collect(access_id, 10)),
        "take back": (stage.local.accounts[7].address, functions.takeBack(access_id, 2)),
        "grant": (stage.local.accounts[8].address, held_back_grant(stage)),
    }
    order = random.Random(seed).sample(list(acts), len(acts))
    mined = stage.in_one_block(*(acts[name] for name in order))
    done = dict(zip(order, mined.done, strict=True))
    place = {name: order.index(name) for name in order}
    granted = place["grant"] < place["withdraw"]
    assert done == {
        "withdraw": True,
        "collect": True,
        "grant": granted,
        "accept": place["accept"] < place["withdraw"],
        # Where the grant was relayed before, the second snapshot is the grant, which shows no end.
        "take back": not granted and place["withdraw"] < place["take back"],
    }
    assert (stage.is_allowed(), stage.state(access_id), stage.state(offered)[0]) == (
        False,
        (False, Reason.NO_CONSENT),
        False,
    )
    expected = earned(stage, access_id, mined.at)
    stage.chain.sleep(100)
    settle(stage.chain, stage.accesses, access_id, **stage.parts, sender=stage.anybody)
    access = read_access(stage.chain, stage.accesses, access_id)
    assert (access.paid, access.refunded) == (expected, PRICE - expected)
    assert standing_of(stage.chain, access, **stage.parts).end.snapshot == (3 if granted else 2)
