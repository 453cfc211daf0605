"""Publishing roots the way these tests need them."""

from __future__ import annotations

from brownie import chain

from tests.support.clock import mine_at
from tests.support.loyalty import POINT, REF

CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
FIRST = (100 * POINT, 50 * POINT, 20 * POINT)
"""What Alice, Bob and Carol have earned at first."""
HOUR = 3_600


def published(distributor, root, total, issuer, basis=None):
    """Publishes ``root``, due in an hour, on what is matured now, and returns when it is due."""
    due = chain[-1].timestamp + HOUR
    basis = distributor.matured()[1] if basis is None else basis
    distributor.publish(root, total, CID, due, basis, {"from": issuer})
    return due


def fallen_due(distributor, root, total, issuer):
    """Publishes ``root`` and lets the hour pass: pending and due."""
    mine_at(published(distributor, root, total, issuer))


def matured(distributor, root, total, issuer):
    """Publishes ``root``, lets the hour pass and matures it."""
    fallen_due(distributor, root, total, issuer)
    distributor.mature({"from": issuer})


def use_up_the_budget(points, issuer, rest=0):
    """Leaves no more than ``rest`` to be issued in the period."""
    points.issue(issuer, points.issuable() - rest, REF, {"from": issuer})
