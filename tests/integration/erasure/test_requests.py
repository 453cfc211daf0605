"""Requests for erasure as anybody reads them from the chain, on Ganache and on anvil.

given requests of several customers to several brands
├── it should list all of them, the earliest due first, with where they were made
├── it should list those of one brand, one customer, or one block
├── it should ask for many in few round trips
├── when one was acknowledged and made again
│   └── it should list both, each with its own times and receipt
├── when the clock has passed their last second
│   ├── it should list the open ones as overdue, and not a second before
│   ├── it should say what was overdue at an earlier time, and what will be at a later one
│   └── it should not list one that was acknowledged late, which still shows as late
└── when the node's logs and its state disagree, or no registry answers
    └── it should raise
"""

from __future__ import annotations

import pytest

from tests.support.erasing import DAY, PERIOD, Scene
from web3crm.errors import ChainError
from web3crm.privacy.erasures import latest, overdue, request_of, requests


@pytest.fixture
def bookshop(scene: Scene) -> str:
    """Another brand, which takes ten days at most."""
    act = scene.consents.functions.publishNotice(b"\x01" * 32, "", 0, 0, 1, 10 * DAY)
    scene.chain.transact(act, sender=scene.local.accounts[2])
    return str(scene.local.accounts[2].address)


def people(found):
    return [(item.customer, item.brand) for item in found]


def test_all_are_listed_the_earliest_due_first(scene, bookshop):
    first = scene.ask(3)
    scene.chain.sleep(DAY)
    second = scene.ask(4, brand=bookshop)
    found = requests(scene.chain, scene.consents)
    assert found == [second, first]
    assert [item.due_at - item.requested_at for item in found] == [10 * DAY, PERIOD]
    assert [item.is_open for item in found] == [True, True]
    mined = scene.chain.receipt(first.transaction)
    assert (mined["blockNumber"], mined["from"]) == (first.block, scene.customer().address)


def test_those_of_one_are_listed(scene, bookshop):
    brand = scene.brand.address
    made = [scene.ask(3), scene.chain.sleep(DAY) and scene.ask(4), scene.ask(3, brand=bookshop)]
    alice, bob = scene.customer(3).address, scene.customer(4).address
    assert people(requests(scene.chain, scene.consents, brand=brand)) == [(alice, brand), (bob, brand)]
    assert people(requests(scene.chain, scene.consents, customer=alice)) == [(alice, bookshop), (alice, brand)]
    assert people(requests(scene.chain, scene.consents, block=made[1].block)) == [(alice, brand), (bob, brand)]
    assert people(requests(scene.chain, scene.consents, from_block=made[1].block)) == [(alice, bookshop), (bob, brand)]
    assert request_of(scene.chain, scene.consents, customer=bob, brand=bookshop) is None


def test_many_are_asked_for_in_few_round_trips(scene, monkeypatch):
    brands = [f"0x{number:040x}" for number in range(0x10, 0x20)]
    for brand in brands:
        scene.chain.transact(
            scene.consents.functions.requestErasure(scene.chain.web3.to_checksum_address(brand)),
            sender=scene.customer(),
        )
    asked = []
    one, many = scene.chain.rpc, scene.chain.rpc_batch
    monkeypatch.setattr(scene.chain, "rpc", lambda *call: asked.append(call) or one(*call))
    monkeypatch.setattr(scene.chain, "rpc_batch", lambda calls: asked.append(calls) or many(calls))
    told = []
    found = requests(scene.chain, scene.consents, watch=lambda what: lambda done, of: told.append((what, done == of)))
    assert len(found) == len(brands)
    assert len(asked) == 4  # the newest block, the two kinds of logs, and all states at once
    assert {what for what, done in told if done} == {
        "reading ErasureRequested",
        "reading ErasureAcknowledged",
        "asking how they stand",
    }


def test_a_repeated_request_is_listed_twice(scene):
    first = scene.ask()
    scene.chain.sleep(2 * DAY)
    scene.anchor(first, b"\x11" * 32)
    scene.chain.sleep(DAY)
    second = scene.ask()
    found = requests(scene.chain, scene.consents)
    assert [item.receipt_digest for item in found] == [b"\x11" * 32, bytes(32)]
    assert (found[0].requested_at, found[0].due_at, found[0].block) == (first.requested_at, first.due_at, first.block)
    assert 2 * DAY <= found[0].took < 2 * DAY + 600
    assert scene.chain.receipt(found[1].transaction)["blockNumber"] == second.block
    assert latest(found) == [second]
    # Asking again while it is open changes nothing.
    assert scene.ask() == second
    # From the second on, the answer to the first is left out, too.
    assert requests(scene.chain, scene.consents, from_block=first.block + 1) == [second]


def test_an_open_one_is_overdue_after_its_last_second(scene):
    request = scene.ask()
    ask = {"customer": request.customer, "brand": request.brand}
    assert overdue(scene.chain, scene.consents) == []
    assert overdue(scene.chain, scene.consents, at=request.due_at) == []
    assert overdue(scene.chain, scene.consents, at=request.due_at + 1) == [request]
    scene.chain.sleep(PERIOD + 2 * DAY)
    (found,) = overdue(scene.chain, scene.consents, **ask)
    assert found == request
    assert scene.chain.call(scene.consents.functions.isErasureOverdue(request.customer, request.brand)) is True
    assert found.standing(scene.chain.now()).startswith("overdue by 2 d")
    assert overdue(scene.chain, scene.consents, block=request.block) == []


def test_a_late_acknowledgement_is_overdue_no_more_and_was_once(scene):
    request = scene.ask()
    scene.chain.sleep(PERIOD + 5 * DAY)
    scene.anchor(request, b"\x11" * 32)
    assert overdue(scene.chain, scene.consents) == []
    (then,) = overdue(scene.chain, scene.consents, at=request.due_at + DAY)
    assert (then.is_open, then.requested_at) == (False, request.requested_at)
    assert then.standing(scene.chain.now()).endswith("5 d late")


@pytest.mark.parametrize(
    ("event", "message"),
    [("ErasureRequested", "does not follow from those before"), ("ErasureAcknowledged", "the registry's state is")],
)
def test_a_node_that_hides_a_log_is_found_out(scene, monkeypatch, event, message):
    scene.anchor(scene.ask(), b"\x11" * 32)
    logs = scene.chain.logs
    monkeypatch.setattr(
        scene.chain, "logs", lambda contract, name, **options: () if name == event else logs(contract, name, **options)
    )
    with pytest.raises(ChainError, match=message):
        requests(scene.chain, scene.consents)


def test_a_node_that_lost_a_block_is_found_out(scene, monkeypatch):
    scene.anchor(scene.ask(), b"\x11" * 32)
    scene.ask()
    batch = scene.chain.rpc_batch
    monkeypatch.setattr(
        scene.chain, "rpc_batch", lambda calls: [None] * len(calls) if "Block" in calls[0][0] else batch(calls)
    )
    with pytest.raises(ChainError, match="the node does not have block"):
        requests(scene.chain, scene.consents)


def test_an_answer_that_is_none_is_found_out(scene, monkeypatch):
    scene.ask()
    monkeypatch.setattr(scene.chain, "rpc_batch", lambda calls: ["0x"] * len(calls))
    with pytest.raises(ChainError, match="no ConsentRegistry answers"):
        requests(scene.chain, scene.consents)
