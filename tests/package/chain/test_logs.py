"""Reading logs.

given the events of a contract
    they should be those that web3.py itself reads, in order
    when they are asked for by an indexed value
        only those with that value should come
    when the range is read in small steps
        the same should come
given a node that refuses large ranges
    it should be asked for smaller ones until it answers
    when it refuses a single block
        the error should be raised
given an event
    its static and dynamic values should be decoded
    when its text is not UTF-8
        it should be decoded all the same, and the bytes be known
    when a condition names no indexed value
        it should be refused
given logs of another event with the same signature
    they should be left out
"""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount

from web3crm.chain import Chain, EventDecoder, LocalChain, read_logs
from web3crm.chain.decoding import text_bytes
from web3crm.errors import InputError, RpcError

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
TRANSFER = {
    "type": "event",
    "name": "Transfer",
    "inputs": [
        {"name": "from", "type": "address", "indexed": True},
        {"name": "to", "type": "address", "indexed": True},
        {"name": "value", "type": "uint256", "indexed": False},
    ],
}
ODD = {
    "type": "event",
    "name": "Odd",
    "inputs": [
        {"name": "name", "type": "string", "indexed": True},
        {"name": "flag", "type": "bool", "indexed": False},
        {"name": "delta", "type": "int64", "indexed": False},
        {"name": "tag", "type": "bytes4", "indexed": False},
    ],
}
LONG = {"type": "event", "name": "Long", "inputs": [{"name": "uri", "type": "string", "indexed": False}]}


def raw(event: dict[str, Any], topics: list[str], data: bytes, block: int = 1) -> dict[str, Any]:
    return {
        "address": ALICE.lower(),
        "topics": [EventDecoder(event).topic, *topics],
        "data": "0x" + data.hex(),
        "blockNumber": hex(block),
        "logIndex": "0x0",
        "transactionHash": "0x" + "ab" * 32,
    }


class StingyNode:
    """A node with a log in every tenth block, which answers for at most ``most`` blocks at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked: list[int] = []

    def block_number(self) -> int:
        return 99

    def rpc(self, method: str, params: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first, last = (int(params[0][key], 16) for key in ("fromBlock", "toBlock"))
        self.asked.append(last - first + 1)
        if self.asked[-1] > self.most:
            raise RpcError(method, {"code": -32005, "message": "query returned more than 10000 results"})
        party = "0x" + "00" * 31 + "01"
        return [
            raw(TRANSFER, [party, party], encode(["uint256"], [n]), n) for n in range(first, last + 1) if n % 10 == 0
        ]


@pytest.fixture
def points(own_chain: Chain, local: LocalChain):  # type: ignore[no-untyped-def]
    """Points that two customers got, in three blocks."""
    issuer: LocalAccount = local.accounts[2]
    authority, _ = own_chain.deploy("ProgramAuthority", [issuer.address], sender=issuer)
    args = ["Beans", "BEAN", "ipfs://x", authority.address, 10**30, 60]
    points, _ = own_chain.deploy("LoyaltyPoints", args, sender=issuer)
    for number in (3, 4, 3):
        act = points.functions.issue(local.accounts[number].address, number, bytes(32))
        own_chain.transact(act, sender=issuer)
    return points


def test_the_logs_are_those_that_web3_reads(own_chain: Chain, points: Any) -> None:
    expected = [
        (log["blockNumber"], log["logIndex"], "0x" + log["transactionHash"].hex(), log["address"], dict(log["args"]))
        for log in points.events.Transfer.get_logs(from_block=0)
    ]
    found = list(own_chain.logs(points, "Transfer"))
    assert [(log[0], log[1], log[2], log[3], log.args) for log in found] == expected
    assert len(found) == 3


def test_logs_are_found_by_an_indexed_value(own_chain: Chain, points: Any, local: LocalChain) -> None:
    found = own_chain.logs(points, "Transfer", where={"to": local.accounts[3].address})
    assert [log.args["value"] for log in found] == [3, 3]


def test_logs_are_found_by_several_values(own_chain: Chain, points: Any, local: LocalChain) -> None:
    wanted = [local.accounts[3].address, local.accounts[4].address]
    assert len(list(own_chain.logs(points, "Transfer", where={"to": wanted}))) == 3


def test_small_steps_find_the_same(own_chain: Chain, points: Any) -> None:
    assert list(own_chain.logs(points, "Transfer", step=1)) == list(own_chain.logs(points, "Transfer"))


def test_an_event_that_is_not_there_is_refused(own_chain: Chain, points: Any) -> None:
    with pytest.raises(InputError, match="no event Moved"):
        own_chain.logs(points, "Moved")


@pytest.mark.parametrize("most", [1, 7, 50, 1_000])
def test_a_refused_range_is_halved(most: int) -> None:
    node = StingyNode(most)
    found = [log.block_number for log in read_logs(node, [TRANSFER], address=ALICE)]  # type: ignore[arg-type]
    assert found == list(range(0, 100, 10))


def test_a_refused_block_is_an_error() -> None:
    with pytest.raises(RpcError, match="more than 10000"):
        list(read_logs(StingyNode(0), [TRANSFER], address=ALICE))  # type: ignore[arg-type]


def test_both_ends_of_a_range_are_read() -> None:
    found = read_logs(StingyNode(5), [TRANSFER], address=ALICE, from_block=10, to_block=30)  # type: ignore[arg-type]
    assert [log.block_number for log in found] == [10, 20, 30]


def test_conditions_are_for_one_event() -> None:
    with pytest.raises(InputError, match="one event"):
        list(read_logs(StingyNode(5), [TRANSFER, ODD], address=ALICE, where={"to": ALICE}))  # type: ignore[arg-type]


def test_static_values_are_decoded() -> None:
    topic = "0x" + "cd" * 32
    data = encode(["bool", "int64", "bytes4"], [True, -5, b"\x01\x02\x03\x04"])
    assert EventDecoder(ODD).decode(raw(ODD, [topic], data)).args == {
        "name": b"\xcd" * 32,
        "flag": True,
        "delta": -5,
        "tag": b"\x01\x02\x03\x04",
    }


def test_dynamic_values_are_decoded() -> None:
    log = EventDecoder(LONG).decode(raw(LONG, [], encode(["string"], ["ipfs://ü"])))
    assert log.args == {"uri": "ipfs://ü"}


def test_text_that_is_no_text_stops_no_reader() -> None:
    found = EventDecoder(LONG).decode(raw(LONG, [], encode(["bytes"], [b"ipfs://\xff\xc3"])))
    assert found.args["uri"].startswith("ipfs://")
    assert text_bytes(found.args["uri"]) == b"ipfs://\xff\xc3"


def test_a_condition_on_what_is_not_indexed_is_refused() -> None:
    with pytest.raises(InputError, match="it has: from, to"):
        EventDecoder(TRANSFER).topics({"value": 1})


def test_trailing_conditions_are_left_out() -> None:
    assert EventDecoder(TRANSFER).topics({"from": ALICE})[1:] == [["0x" + "00" * 12 + ALICE[2:].lower()]]


def test_anothers_event_of_the_same_signature_is_left_out() -> None:
    node = StingyNode(1_000)
    unindexed = {**TRANSFER, "inputs": [{**item, "indexed": False} for item in TRANSFER["inputs"]]}  # type: ignore[union-attr]
    assert list(read_logs(node, [unindexed], address=None)) == []  # type: ignore[arg-type]
