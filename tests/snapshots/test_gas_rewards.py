"""What the acts of RewardCatalog cost, in a programme where points were redeemed and refunded before."""

from __future__ import annotations

import pytest

from tests.snapshots.programme import DEADLINE, POINT, REF, SILVER
from tests.support.rewards import deploy_catalog
from tests.support.signing import signed_by
from web3crm.chain.typed_data import points_permit, reward_cancel, reward_redeem

PRICE = 10 * POINT
STOCK = 1_000
GOODS, LIMITED, CARD = 1, 2, 3


@pytest.fixture(scope="module")
def catalog(deployer, brand, issuer, authority, points, cards, alice, bob):
    """Three rewards, of which Bob redeemed each; Alice and he have points, which the catalog may redeem without end."""
    from brownie import MockPublishedPoints

    distributor = deployer.deploy(MockPublishedPoints)
    catalog = deploy_catalog(deployer, brand, issuer, authority, points, cards, distributor)
    for limit, tier in ((0, 0), (5, 0), (0, SILVER)):
        catalog.addReward(PRICE, STOCK, limit, 0, 0, tier, "ipfs://reward", {"from": issuer})
    points.issueBatch([alice, bob], [1_000 * POINT, 1_000 * POINT], REF, {"from": issuer})
    for customer in (alice, bob):
        points.approve(catalog, 2**256 - 1, {"from": customer})
    for reward in (GOODS, LIMITED, CARD, GOODS):
        catalog.redeem(reward, REF, {"from": bob})
    catalog.cancel(4, {"from": bob})
    return catalog


@pytest.fixture
def order(catalog, alice):
    """An open order of Alice's for goods without a limit."""
    catalog.redeem(GOODS, REF, {"from": alice})
    return catalog.orderCount()


@pytest.fixture
def limited_order(catalog, alice):
    catalog.redeem(LIMITED, REF, {"from": alice})
    return catalog.orderCount()


def test_redeem(catalog, alice, gas):
    gas("rewards: redeem for goods, no limit", catalog.redeem(GOODS, REF, {"from": alice}))


def test_redeem_limited(catalog, alice, gas):
    gas("rewards: redeem for goods, a limit, her first", catalog.redeem(LIMITED, REF, {"from": alice}))


def test_redeem_limited_again(catalog, limited_order, alice, gas):
    gas("rewards: redeem for goods, a limit, her second", catalog.redeem(LIMITED, REF, {"from": alice}))


def test_redeem_for_a_card(catalog, alice, gas):
    gas("rewards: redeem for a card, new member", catalog.redeem(CARD, REF, {"from": alice}))


def test_redeem_with_permit(catalog, points, domain, alice, gas):
    points.approve(catalog, 0, {"from": alice})
    permit = points_permit(
        domain=domain(points, "Bean Points"),
        owner=alice.address,
        spender=catalog.address,
        value=PRICE,
        nonce=0,
        deadline=DEADLINE,
    )
    signature = signed_by(alice, permit)
    r, s, v = signature[:32], signature[32:64], signature[64]
    tx = catalog.redeemWithPermit(GOODS, REF, PRICE, DEADLINE, v, r, s, {"from": alice})
    gas("rewards: redeem for goods with a permit, no limit, first signature", tx)


def test_redeem_signed(catalog, domain, alice, relayer, gas):
    message = reward_redeem(
        domain=domain(catalog, "RewardCatalog"),
        customer=alice.address,
        reward_id=GOODS,
        ref=REF,
        nonce=1,
        deadline=DEADLINE,
    )
    tx = catalog.redeemBySig(alice, GOODS, REF, 1, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("rewards: redeem for goods by signature, no limit, first nonce of a word", tx)


def test_cancel(catalog, order, alice, gas):
    gas("rewards: cancel, no limit", catalog.cancel(order, {"from": alice}))


def test_cancel_limited(catalog, limited_order, alice, gas):
    gas("rewards: cancel, a limit, her only order", catalog.cancel(limited_order, {"from": alice}))


def test_cancel_signed(catalog, domain, order, alice, relayer, gas):
    message = reward_cancel(
        domain=domain(catalog, "RewardCatalog"), customer=alice.address, order_id=order, nonce=1, deadline=DEADLINE
    )
    tx = catalog.cancelBySig(alice, order, 1, DEADLINE, signed_by(alice, message), {"from": relayer})
    gas("rewards: cancel by signature, no limit, first nonce of a word", tx)


def test_fulfil(catalog, alice, issuer, gas):
    orders = [catalog.redeem(GOODS, REF, {"from": alice}).events["RewardRedeemed"]["orderId"] for _ in range(50)]
    gas("rewards: fulfil, per order, 50 in a call", catalog.fulfil(orders, {"from": issuer}), per=50)


def test_refund(catalog, order, issuer, gas):
    catalog.fulfil([order], {"from": issuer})
    gas("rewards: refund a fulfilled order", catalog.refund(order, {"from": issuer}))


def test_add(catalog, issuer, gas):
    tx = catalog.addReward(PRICE, STOCK, 5, 0, 0, 0, "ipfs://reward", {"from": issuer})
    gas("rewards: add a reward, its URI in one word", tx)
