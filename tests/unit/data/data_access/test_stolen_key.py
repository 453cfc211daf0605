"""What a thief can do who has a key with the ACCESS role of a brand's authority

given money in the brand's balance
├── it should pay himself for a dataset of his own, down to the last unit of the balance, and no more
├── it should not withdraw
└── it should get nothing where the role has a delay and its guardian cancels what he scheduled
given an access that an owner accepted
├── it should close it no earlier than the brand could: she is paid the minimum
└── it should bring what comes back into the brand's balance, not to him
given an offer that nobody accepted
└── it should bring its price into the brand's balance, not to him
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from brownie import ProgramAuthority

from tests.support.access import (
    DATA_CLASS,
    DATA_CLASSES,
    DAY,
    ENVELOPE,
    MANIFEST,
    MINIMUM,
    NATIVE,
    NOTICE,
    PERIOD,
    PRICE,
    PURPOSES,
    accrued,
)
from tests.support.reverting import reverts, selector_of

TREASURER, PRIVACY, ACCESS, GUARDIAN = 3, 4, 11, 78
ALL = 2**64 - 1


@dataclass(frozen=True)
class Staff:
    """A key of the brand's that speaks through its authority."""

    authority: Any
    key: Any

    def sends(self, function: Any, *arguments: Any, contract: Any) -> Any:
        return self.authority.execute(contract, function.encode_input(*arguments), {"from": self.key})


@pytest.fixture
def authority(deployer, brand, accesses, consents):
    """The brand, with a role for each of its acts; the admin holds what the thief does not."""
    authority = deployer.deploy(ProgramAuthority, brand)
    opened = [
        (accesses, [accesses.offer, accesses.retract, accesses.close], ACCESS),
        (accesses, [accesses.withdraw], TREASURER),
        (consents, [consents.publishNotice], PRIVACY),
    ]
    for contract, functions, role in opened:
        authority.setTargetFunctionRole(contract, [each.signature for each in functions], role, {"from": brand})
    for role in (TREASURER, PRIVACY):
        authority.grantRole(role, brand, 0, {"from": brand})
    notice = consents.publishNotice.encode_input(NOTICE, "", 0, 0, 1, 30 * DAY)
    authority.execute(consents, notice, {"from": brand})
    accesses.fund(authority, NATIVE, PRICE, {"from": brand, "value": PRICE})
    return authority


@pytest.fixture
def thief(authority, brand, carol):
    authority.grantRole(ACCESS, carol, 0, {"from": brand})
    return Staff(authority, carol)


@pytest.fixture
def to_himself(consents, datasets, terms, authority, thief):
    """The thief's offer to himself: everything, for a second, for a dataset that he made for it."""
    consents.grant(authority, PURPOSES, DATA_CLASSES, 1, 0, {"from": thief.key})
    dataset_id = datasets.mint(MANIFEST, DATA_CLASS, {"from": thief.key}).return_value
    return terms(dataset_id=dataset_id, period=1, minimum=1).to_tuple()


@pytest.fixture
def offered_to_alice(accesses, consents, terms, authority, thief, alice):
    """What the brand offered to Alice while the key was its own; the id."""
    consents.grant(authority, PURPOSES, DATA_CLASSES, 1, 0, {"from": alice})
    offered = terms().to_tuple()
    thief.sends(accesses.offer, offered, contract=accesses)
    return accesses.accessIdOf(authority, offered)


@pytest.fixture
def accepted_by_alice(accesses, offered_to_alice, alice):
    accesses.accept(offered_to_alice, ENVELOPE, {"from": alice})
    return offered_to_alice


def test_pays_himself_the_balance_and_no_more(accesses, offered_to_alice, authority, thief, to_himself, chain, brand):
    accesses.fund(authority, NATIVE, PRICE, {"from": brand, "value": PRICE})
    thief.sends(accesses.offer, to_himself, contract=accesses)
    access_id = accesses.accessIdOf(authority, to_himself)
    accesses.accept(access_id, ENVELOPE, {"from": thief.key})
    chain.sleep(60)
    accesses.collect(access_id, ALL, {"from": brand})

    assert accesses.earningsOf(access_id, 0) == (0, PRICE)
    assert accesses.balance() == PRICE == accesses.accessOf(offered_to_alice)[3]
    with reverts("DataAccess_BalanceTooLow", 0, PRICE):
        thief.sends(accesses.offer, (*to_himself[:-1], 1), contract=accesses)


def test_does_not_withdraw(accesses, authority, thief):
    with reverts("AccessManagerUnauthorizedCall", thief.key, accesses, selector_of(accesses.withdraw)):
        thief.sends(accesses.withdraw, NATIVE, PRICE, thief.key, contract=accesses)

    assert accesses.balanceOf(authority, NATIVE) == PRICE


def test_gets_nothing_if_the_guardian_cancels(accesses, authority, thief, to_himself, guardian, chain, brand):
    authority.grantRole(ACCESS, thief.key, DAY, {"from": brand})
    authority.setRoleGuardian(ACCESS, GUARDIAN, {"from": brand})
    authority.grantRole(GUARDIAN, guardian, 0, {"from": brand})
    offering = accesses.offer.encode_input(to_himself)
    operation = authority.hashOperation(thief.key, accesses, offering)
    with reverts("AccessManagerNotScheduled", operation):
        thief.sends(accesses.offer, to_himself, contract=accesses)

    authority.schedule(accesses, offering, 0, {"from": thief.key})
    authority.cancel(thief.key, accesses, offering, {"from": guardian})
    chain.sleep(DAY // 2)

    with reverts("AccessManagerNotScheduled", operation):
        thief.sends(accesses.offer, to_himself, contract=accesses)
    assert accesses.balanceOf(authority, NATIVE) == PRICE


def test_closes_no_earlier_than_the_brand(accesses, accepted_by_alice, authority, thief, chain, alice):
    thief.sends(accesses.close, accepted_by_alice, contract=accesses)
    accesses.takeBack(accepted_by_alice, 0, {"from": thief.key})
    chain.sleep(PERIOD)
    accesses.collect(accepted_by_alice, ALL, {"from": thief.key})

    assert accesses.earningsOf(accepted_by_alice, 0) == (0, accrued(MINIMUM))
    assert accesses.balanceOf(authority, NATIVE) == accesses.balance() == PRICE - accrued(MINIMUM)


def test_takes_an_offer_back_for_the_brand(accesses, offered_to_alice, authority, thief):
    thief.sends(accesses.retract, offered_to_alice, contract=accesses)

    assert accesses.balanceOf(authority, NATIVE) == accesses.balance() == PRICE
    assert accesses.balanceOf(thief.key, NATIVE) == 0
