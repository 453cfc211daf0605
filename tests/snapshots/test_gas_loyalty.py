"""What the acts of LoyaltyPoints cost."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import DEADLINE, POINT, REF
from tests.support.signing import signed_by
from web3crm.chain.typed_data import points_burn, points_permit, points_redeem, points_transfer


@pytest.fixture(scope="module")
def points(points, issuer, alice, bob):
    """Alice and Bob have points; nobody has delegated."""
    points.issueBatch([alice, bob], [1_000 * POINT, 1_000 * POINT], REF, {"from": issuer})
    return points


@pytest.fixture
def points_domain(domain, points):
    return domain(points, "Bean Points")


def test_transfer_to_a_holder(points, alice, bob, gas):
    gas("points: transfer, existing holder", points.transfer(bob, POINT, {"from": alice}))


def test_transfer_to_a_new_holder(points, alice, carol, gas):
    gas("points: transfer, new holder", points.transfer(carol, POINT, {"from": alice}))


def test_transfer_between_voters(points, alice, bob, gas):
    points.delegate(alice, {"from": alice})
    points.delegate(bob, {"from": bob})
    gas("points: transfer, both delegated", points.transfer(bob, POINT, {"from": alice}))


def test_transfer_signed(points, points_domain, alice, bob, relayer, gas):
    message = points_transfer(
        domain=points_domain, from_=alice.address, to=bob.address, amount=POINT, nonce=0, deadline=DEADLINE
    )
    tx = points.transferBySig(alice, bob, POINT, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("points: transfer by signature, existing holder, first signature", tx)


def test_issue_to_a_holder(points, issuer, alice, gas):
    gas("points: issue, existing holder", points.issue(alice, POINT, REF, {"from": issuer}))


def test_issue_to_a_new_holder(points, issuer, carol, gas):
    gas("points: issue, new holder", points.issue(carol, POINT, REF, {"from": issuer}))


def test_issue_batch_to_holders(points, holders, issuer, gas):
    tx = points.issueBatch(holders, [POINT] * 100, REF, {"from": issuer})
    gas("points: batch issue, per existing holder, 100 in a call", tx, per=100)


def test_issue_batch_to_new_holders(points, issuer, gas):
    newcomers = [f"0x{number + 1:02x}{'8d' * 19}" for number in range(100)]
    tx = points.issueBatch(newcomers, [POINT] * 100, REF, {"from": issuer})
    gas("points: batch issue, per new holder, 100 in a call", tx, per=100)


def test_redeem_first(points, alice, gas):
    gas("points: redeem, the programme's first", points.redeem(POINT, REF, {"from": alice}))


def test_redeem_later(points, alice, bob, gas):
    points.redeem(POINT, REF, {"from": bob})
    gas("points: redeem", points.redeem(POINT, REF, {"from": alice}))


def test_redeem_signed(points, points_domain, alice, bob, relayer, gas):
    points.redeem(POINT, REF, {"from": bob})
    message = points_redeem(
        domain=points_domain, customer=alice.address, amount=POINT, ref=REF, nonce=0, deadline=DEADLINE
    )
    tx = points.redeemBySig(alice, POINT, REF, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("points: redeem by signature, first signature", tx)


def test_burn(points, alice, bob, gas):
    points.burn(POINT, {"from": bob})
    gas("points: burn", points.burn(POINT, {"from": alice}))


def test_burn_signed(points, points_domain, alice, bob, relayer, gas):
    points.burn(POINT, {"from": bob})
    message = points_burn(domain=points_domain, customer=alice.address, amount=POINT, nonce=0, deadline=DEADLINE)
    tx = points.burnBySig(alice, POINT, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("points: burn by signature, first signature", tx)


def test_permit(points, points_domain, alice, bob, relayer, gas):
    message = points_permit(
        domain=points_domain, owner=alice.address, spender=bob.address, value=POINT, nonce=0, deadline=DEADLINE
    )
    signature = signed_by(alice, message)
    r, s, v = signature[:32], signature[32:64], signature[64]
    tx = points.permit(alice, bob, POINT, DEADLINE, v, r, s, {"from": relayer})
    gas("points: permit, first signature, new allowance", tx)


def test_delegate(points, alice, gas):
    gas("points: delegate to oneself, first time", points.delegate(alice, {"from": alice}))
