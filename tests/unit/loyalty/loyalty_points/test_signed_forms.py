"""redeemBySig, burnBySig, transferBySig, approveBySig, delegateVotesBySig

given a signature of the customer
    it should do the act, whoever relays it, and use up the nonce
    it should tell the act as its direct form does
    it should agree with the digest and the type that the package builds
given a signature of her contract wallet's key
    it should do the act for the wallet, and not for another wallet of the same key
given a signature that the wallet does not accept
    it should refuse
given a signature for another chain or contract, by someone else, with a nonce that was used or is not yet due,
in its malleable form, cut short, or none
    it should refuse
given a past deadline
    it should refuse
given another argument than the signed one
    it should refuse
given no customer
    it should refuse
given an act that its direct form refuses
    it should refuse with the same error, and leave the nonce
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from brownie import MockWallet

from tests.support.loyalty import FAR, NAME, POINT, REF, ZERO_ADDRESS, deploy_points
from tests.support.reverting import reverts
from tests.support.signing import compact, malleable, signed_by
from web3crm.chain.typed_data import (
    Domain,
    TypedData,
    points_burn,
    points_delegate_votes,
    points_permit,
    points_redeem,
    points_transfer,
)

AMOUNT = 30 * POINT


@dataclass(frozen=True)
class Form:
    """One signed form, as a customer of 100 points uses it towards bob, who has 50."""

    name: str
    arguments: Callable[[Any], tuple[Any, ...]]
    """What follows the customer and comes before the deadline."""
    message: Callable[..., TypedData]
    """Of the domain, the customer, bob, the nonce and the deadline."""
    outcome: tuple[int, ...]
    """Her points, bob's, redeemed, burned, what bob may spend, bob's votes."""
    event: str


FORMS = [
    Form(
        "redeemBySig",
        lambda bob: (AMOUNT, REF),
        lambda domain, customer, bob, nonce, deadline: points_redeem(
            domain=domain, customer=customer, amount=AMOUNT, ref=REF, nonce=nonce, deadline=deadline
        ),
        (70 * POINT, 50 * POINT, AMOUNT, 0, 0, 0),
        "PointsRedeemed",
    ),
    Form(
        "burnBySig",
        lambda bob: (AMOUNT,),
        lambda domain, customer, bob, nonce, deadline: points_burn(
            domain=domain, customer=customer, amount=AMOUNT, nonce=nonce, deadline=deadline
        ),
        (70 * POINT, 50 * POINT, 0, AMOUNT, 0, 0),
        "PointsBurned",
    ),
    Form(
        "transferBySig",
        lambda bob: (bob, AMOUNT),
        lambda domain, customer, bob, nonce, deadline: points_transfer(
            domain=domain, from_=customer, to=bob, amount=AMOUNT, nonce=nonce, deadline=deadline
        ),
        (70 * POINT, 80 * POINT, 0, 0, 0, 0),
        "Transfer",
    ),
    Form(
        "approveBySig",
        lambda bob: (bob, AMOUNT),
        lambda domain, customer, bob, nonce, deadline: points_permit(
            domain=domain, owner=customer, spender=bob, value=AMOUNT, nonce=nonce, deadline=deadline
        ),
        (100 * POINT, 50 * POINT, 0, 0, AMOUNT, 0),
        "Approval",
    ),
    Form(
        "delegateVotesBySig",
        lambda bob: (bob,),
        lambda domain, customer, bob, nonce, deadline: points_delegate_votes(
            domain=domain, customer=customer, delegatee=bob, nonce=nonce, deadline=deadline
        ),
        (100 * POINT, 50 * POINT, 0, 0, 0, 100 * POINT),
        "DelegateChanged",
    ),
]


@dataclass(frozen=True)
class Act:
    """A form at work: one customer, one deadline."""

    form: Form
    points: Any
    domain: Domain
    customer: Any
    bob: Any
    relayer: Any
    deadline: int = FAR

    def message(self, *, nonce: int = 0) -> TypedData:
        return self.form.message(self.domain, self.customer.address, self.bob.address, nonce, self.deadline)

    def send(self, signature: bytes) -> Any:
        arguments = (self.customer, *self.form.arguments(self.bob), self.deadline, signature)
        return getattr(self.points, self.form.name)(*arguments, {"from": self.relayer})

    def outcome(self) -> tuple[int, ...]:
        points = self.points
        return (
            points.balanceOf(self.customer),
            points.balanceOf(self.bob),
            points.totalRedeemed(),
            points.totalBurned(),
            points.allowance(self.customer, self.bob),
            points.getVotes(self.bob),
        )


@pytest.fixture(params=FORMS, ids=lambda form: form.name)
def act(request, points, domain, alice, bob, relayer):
    return Act(request.param, points, domain, alice, bob, relayer)


@pytest.fixture
def wallet(points, deployer, issuer, alice):
    """A contract wallet that signs with alice's key, with 100 points of its own."""
    wallet = deployer.deploy(MockWallet, alice)
    points.issue(wallet, 100 * POINT, REF, {"from": issuer})
    return wallet


def test_does_the_act_whoever_relays_it(act, alice):
    act.send(signed_by(alice, act.message()))

    assert act.outcome() == act.form.outcome
    assert act.points.nonces(alice) == 1


def test_tells_the_act(act, alice):
    events = act.send(signed_by(alice, act.message())).events

    assert alice in events[act.form.event].values()


def test_uses_up_the_nonce_and_no_other(act, points, alice):
    act.send(signed_by(alice, act.message()))

    assert points.isNonceUsed(alice, 0)
    assert not points.isNonceUsed(alice, 1)


def test_does_a_second_act_with_the_next_nonce(act, alice):
    act.send(signed_by(alice, act.message()))

    act.send(signed_by(alice, act.message(nonce=1)))

    assert act.points.nonces(alice) == 2


def test_does_the_act_of_a_contract_wallet(act, wallet, alice):
    act = replace(act, customer=wallet)

    act.send(signed_by(alice, act.message()))

    assert act.outcome() == act.form.outcome


def test_keeps_a_wallet_s_signature_from_other_wallets_of_the_same_key(act, deployer, wallet, alice):
    twin = deployer.deploy(MockWallet, alice)
    signature = signed_by(alice, replace(act, customer=wallet).message())

    with reverts("Signed_InvalidSignature", twin):
        replace(act, customer=twin).send(signature)
    with reverts("Signed_InvalidSignature", alice):
        act.send(signature)


def test_refuses_a_signature_that_the_wallet_does_not_accept(act, wallet, stranger):
    act = replace(act, customer=wallet)

    with reverts("Signed_InvalidSignature", wallet):
        act.send(signed_by(stranger, act.message()))


def test_refuses_a_contract_that_checks_no_signatures(act, authority, alice):
    act = replace(act, customer=authority)

    with reverts("Signed_InvalidSignature", authority):
        act.send(signed_by(alice, act.message()))


def test_refuses_the_points_themselves_as_the_customer(act, points, alice):
    # A batch writes its supply checkpoint in the points' own name: they must never come to delegate.
    act = replace(act, customer=points)

    with reverts("Signed_InvalidSignature", points):
        act.send(signed_by(alice, act.message()))


def test_refuses_a_signature_of_someone_else(act, alice, stranger):
    with reverts("Signed_InvalidSignature", alice):
        act.send(signed_by(stranger, act.message()))


def test_refuses_a_signature_for_another_chain(act, domain, alice):
    elsewhere = replace(act, domain=replace(domain, chain_id=domain.chain_id + 1))

    with reverts("Signed_InvalidSignature", alice):
        act.send(signed_by(alice, elsewhere.message()))


def test_refuses_a_signature_for_another_contract(act, authority, deployer, brand, issuer, domain, alice):
    other = deploy_points(deployer, authority, brand, issuer)
    elsewhere = replace(act, domain=replace(domain, contract=other.address))

    with reverts("Signed_InvalidSignature", alice):
        act.send(signed_by(alice, elsewhere.message()))


def test_refuses_a_signature_for_another_version_of_the_contract(act, domain, alice):
    elsewhere = replace(act, domain=replace(domain, version="2"))

    with reverts("Signed_InvalidSignature", alice):
        act.send(signed_by(alice, elsewhere.message()))


def test_refuses_a_used_nonce(act, alice):
    signature = signed_by(alice, act.message())
    act.send(signature)

    with reverts("Signed_InvalidSignature", alice):
        act.send(signature)


def test_refuses_a_nonce_not_yet_due(act, alice):
    with reverts("Signed_InvalidSignature", alice):
        act.send(signed_by(alice, act.message(nonce=1)))


def test_refuses_a_past_deadline(act, chain, alice):
    act = replace(act, deadline=chain[-1].timestamp - 1)

    with reverts("Signed_Expired", act.deadline):
        act.send(signed_by(alice, act.message()))


def test_refuses_another_deadline_than_the_signed_one(act, alice):
    signature = signed_by(alice, act.message())

    with reverts("Signed_InvalidSignature", alice):
        replace(act, deadline=FAR + 1).send(signature)


def test_refuses_another_customer_than_the_signed_one(act, alice, carol):
    with reverts("Signed_InvalidSignature", carol):
        replace(act, customer=carol).send(signed_by(alice, act.message()))


def test_refuses_another_first_argument_than_the_signed_one(act, alice, carol):
    changed = replace(act.form, arguments=lambda bob: _with_first_changed(act.form.arguments(bob), carol))

    with reverts("Signed_InvalidSignature", alice):
        replace(act, form=changed).send(signed_by(alice, act.message()))


def test_refuses_another_last_argument_than_the_signed_one(act, alice, carol):
    changed = replace(act.form, arguments=lambda bob: _with_last_changed(act.form.arguments(bob), carol))

    with reverts("Signed_InvalidSignature", alice):
        replace(act, form=changed).send(signed_by(alice, act.message()))


@pytest.mark.parametrize(
    "spoil",
    [malleable, compact, lambda signature: signature[:64], lambda signature: b"", lambda signature: signature + b"\0"],
    ids=["malleable", "compact", "cut short", "none", "too long"],
)
def test_refuses_a_malformed_signature(act, alice, spoil):
    with reverts("Signed_InvalidSignature", alice):
        act.send(spoil(signed_by(alice, act.message())))


def test_refuses_no_customer(act, domain, bob):
    signature = b"\0" * 65

    with reverts("Signed_InvalidSignature", ZERO_ADDRESS):
        getattr(act.points, act.form.name)(
            ZERO_ADDRESS, *act.form.arguments(bob), FAR, signature, {"from": act.relayer}
        )


def test_takes_a_permit_s_signature_in_either_form(points, domain, alice, bob, relayer):
    permit = points_permit(domain=domain, owner=alice.address, spender=bob.address, value=5, nonce=0, deadline=FAR)
    signature = signed_by(alice, permit)

    points.permit(alice, bob, 5, FAR, signature[64], signature[:32], signature[32:64], {"from": relayer})

    assert points.allowance(alice, bob) == 5
    with reverts("Signed_InvalidSignature", alice):
        points.approveBySig(alice, bob, 5, FAR, signature, {"from": relayer})


def test_names_its_domain_as_the_points_do(points, domain):
    fields, name, version, chain_id, contract, _, extensions = points.eip712Domain()

    assert (int(str(fields), 16), name, version, chain_id, contract) == (0x0F, NAME, "1", domain.chain_id, points)
    assert extensions == ()


def test_refuses_to_redeem_nothing_and_leaves_the_nonce(points, domain, alice, relayer):
    message = points_redeem(domain=domain, customer=alice.address, amount=0, ref=REF, nonce=0, deadline=FAR)

    with reverts("LoyaltyPoints_ZeroAmount"):
        points.redeemBySig(alice, 0, REF, FAR, signed_by(alice, message), {"from": relayer})
    assert points.nonces(alice) == 0


def test_refuses_to_redeem_more_than_she_holds(points, domain, alice, relayer):
    amount = 100 * POINT + 1
    message = points_redeem(domain=domain, customer=alice.address, amount=amount, ref=REF, nonce=0, deadline=FAR)

    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, amount):
        points.redeemBySig(alice, amount, REF, FAR, signed_by(alice, message), {"from": relayer})


def test_refuses_to_burn_nothing(points, domain, alice, relayer):
    message = points_burn(domain=domain, customer=alice.address, amount=0, nonce=0, deadline=FAR)

    with reverts("LoyaltyPoints_ZeroAmount"):
        points.burnBySig(alice, 0, FAR, signed_by(alice, message), {"from": relayer})


def test_refuses_to_burn_more_than_she_holds(points, domain, alice, relayer):
    amount = 100 * POINT + 1
    message = points_burn(domain=domain, customer=alice.address, amount=amount, nonce=0, deadline=FAR)

    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, amount):
        points.burnBySig(alice, amount, FAR, signed_by(alice, message), {"from": relayer})


def test_refuses_to_transfer_to_nobody(points, domain, alice, relayer):
    message = points_transfer(domain=domain, from_=alice.address, to=ZERO_ADDRESS, amount=1, nonce=0, deadline=FAR)

    with reverts("ERC20InvalidReceiver", ZERO_ADDRESS):
        points.transferBySig(alice, ZERO_ADDRESS, 1, FAR, signed_by(alice, message), {"from": relayer})


def test_refuses_to_transfer_more_than_she_holds(points, domain, alice, bob, relayer):
    amount = 100 * POINT + 1
    message = points_transfer(domain=domain, from_=alice.address, to=bob.address, amount=amount, nonce=0, deadline=FAR)

    with reverts("ERC20InsufficientBalance", alice, 100 * POINT, amount):
        points.transferBySig(alice, bob, amount, FAR, signed_by(alice, message), {"from": relayer})


def test_refuses_to_approve_nobody(points, domain, alice, relayer):
    message = points_permit(domain=domain, owner=alice.address, spender=ZERO_ADDRESS, value=1, nonce=0, deadline=FAR)

    with reverts("ERC20InvalidSpender", ZERO_ADDRESS):
        points.approveBySig(alice, ZERO_ADDRESS, 1, FAR, signed_by(alice, message), {"from": relayer})


def _with_first_changed(arguments, other):
    return (_changed(arguments[0], other), *arguments[1:])


def _with_last_changed(arguments, other):
    return (*arguments[:-1], _changed(arguments[-1], other))


def _changed(argument, other):
    """The next number, other bytes, or the address ``other``."""
    changes = {int: lambda: argument + 1, bytes: lambda: argument[::-1]}
    return changes.get(type(argument), lambda: other)()
