"""liability

given points that were issued to customers and to the distributor
    it should tell both apart
given claims
    it should count them as claimed and as outstanding
given a root that is published and not matured
    it should count what it adds as pending, and only that
given redemptions, refunds and burns
    it should count each, and the figures add up
given points that somebody sends to the distributor
    it should count them as not claimed, and still answer when more lies there than ever matured
given a pending root that brings less than has matured
    it should count nothing as pending
"""

from __future__ import annotations

import pytest

from tests.support.loyalty import POINT
from tests.support.loyalty import REF as ISSUE
from tests.support.rewards import redeem

ROOT = b"\x01" * 32
NOTHING = b"\x00" * 32
FIGURES = ("issued", "claimed", "redeemed", "refunded", "burned", "outstanding", "unclaimed", "pending")


@pytest.fixture
def matured(distributor, points, catalog, issuer):
    """70 points have matured, on top of the 150 that alice and bob have."""
    points.issue(distributor, 70 * POINT, ISSUE, {"from": issuer})
    distributor.setMatured(ROOT, 70 * POINT, {"from": issuer})


def figures(catalog):
    """The figures by name, in whole points; the equation that always holds is checked on the way."""
    found = dict(zip(FIGURES, catalog.liability(), strict=True))
    given = found["issued"] + found["refunded"]
    assert given == found["redeemed"] + found["burned"] + found["outstanding"] + found["unclaimed"]
    return {name: amount / POINT for name, amount in found.items() if amount}


def test_tells_customers_points_from_the_distributor_s(catalog, matured):
    assert figures(catalog) == {"issued": 220, "outstanding": 150, "unclaimed": 70}


def test_counts_claims(catalog, distributor, points, matured, alice):
    distributor.pay(points, alice, 30 * POINT, {"from": alice})

    assert figures(catalog) == {"issued": 220, "claimed": 30, "outstanding": 180, "unclaimed": 40}


def test_counts_what_a_pending_root_adds(catalog, distributor, matured, issuer):
    distributor.setPending(ROOT, 95 * POINT, 2**40 - 1, {"from": issuer})

    assert figures(catalog) == {"issued": 220, "outstanding": 150, "unclaimed": 70, "pending": 25}


def test_counts_a_first_root_that_is_pending(catalog, distributor, issuer):
    distributor.setPending(ROOT, 95 * POINT, 2**40 - 1, {"from": issuer})

    assert figures(catalog) == {"issued": 150, "outstanding": 150, "pending": 95}


def test_counts_redemptions_refunds_and_burns(catalog, points, mug, issuer, alice, bob):
    hers, another, _ = redeem(catalog, mug, alice), redeem(catalog, mug, alice), redeem(catalog, mug, bob)
    points.redeem(5 * POINT, ISSUE, {"from": bob})
    points.burn(7 * POINT, {"from": bob})
    catalog.cancel(hers, {"from": alice})
    catalog.refund(another, {"from": issuer})

    assert figures(catalog) == {"issued": 150, "redeemed": 35, "refunded": 20, "burned": 7, "outstanding": 128}


def test_counts_what_somebody_sends_to_the_distributor_as_unclaimed(catalog, distributor, points, matured, alice):
    points.transfer(distributor, 20 * POINT, {"from": alice})

    assert figures(catalog) == {"issued": 220, "outstanding": 130, "unclaimed": 90}


def test_counts_nothing_as_pending_of_a_root_that_brings_less(catalog, distributor, matured, issuer):
    distributor.setPending(NOTHING, 0, 0, {"from": issuer})

    assert "pending" not in figures(catalog)
