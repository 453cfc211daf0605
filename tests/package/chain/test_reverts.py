"""Reverts.

given a node's error
    it should find the revert data however the node wraps it
    when it is no revert
        it should find none
    when it is about a transaction that was mined
        it should find its hash
given revert data
    it should be decoded to the error's name and values, against any known ABI
    when it is a text, a panic, empty, unknown or cut off
        it should still be an error that says so
"""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from web3crm.chain import ErrorTable
from web3crm.chain.reverts import mined_failure, revert_data

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
ABI = [
    {"type": "error", "name": "Nothing", "inputs": []},
    {
        "type": "error",
        "name": "TooMuch",
        "inputs": [{"name": "who", "type": "address"}, {"name": "most", "type": "uint256"}],
    },
    {
        "type": "error",
        "name": "Odd",
        "inputs": [
            {
                "name": "all",
                "type": "tuple[]",
                "components": [{"name": "a", "type": "address"}, {"name": "b", "type": "bytes4"}],
            }
        ],
    },
]
TABLE = ErrorTable([[], ABI])


@pytest.mark.parametrize(
    ("error", "data"),
    [
        ({"code": 3, "message": "execution reverted", "data": "0x1234"}, b"\x12\x34"),
        (
            {"code": -32000, "message": "VM Exception while processing transaction: revert", "data": "0x1234"},
            b"\x12\x34",
        ),
        ({"message": "VM Exception", "data": {"hash": None, "programCounter": 1, "result": "0x1234"}}, b"\x12\x34"),
        ({"message": "wrapped", "data": {"data": "0x1234"}}, b"\x12\x34"),
        ({"message": "VM execution error", "data": "Reverted 0x1234"}, b"\x12\x34"),
        ({"code": 3, "message": "execution reverted"}, b""),
        ({"code": 3, "message": "execution reverted", "data": "0x"}, b""),
        ({"code": -32000, "message": "insufficient funds for gas"}, None),
        ({"code": -32000, "message": "insufficient funds for gas", "data": {"hash": None}}, None),
        ("not an object", None),
    ],
)
def test_the_data_is_found_however_it_is_wrapped(error: object, data: bytes | None) -> None:
    assert revert_data(error) == data


@pytest.mark.parametrize(
    ("error", "mined"),
    [
        ({"message": "VM Exception: revert", "data": {"hash": "0xabcd", "result": "0xabcd", "reason": None}}, "0xabcd"),
        ({"message": "VM Exception: revert", "data": {"hash": None, "result": "0xabcd"}}, None),
        ({"message": "VM Exception: revert", "data": "0xabcd"}, None),
        ("not an object", None),
    ],
)
def test_a_failure_that_was_mined_is_known_by_its_hash(error: object, mined: str | None) -> None:
    assert mined_failure(error) == mined


def test_a_known_error_has_its_name_and_values() -> None:
    selector = keccak(text="TooMuch(address,uint256)")[:4]
    found = TABLE.decode(selector + encode(["address", "uint256"], [ALICE, 7]), act="issue")
    assert (found.name, found.args_, found.act) == ("TooMuch", (ALICE, 7), "issue")
    assert str(found) == f"issue: the contract refused with TooMuch({ALICE}, 7)"


def test_lists_and_structs_are_tuples_with_checksummed_addresses() -> None:
    data = keccak(text="Odd((address,bytes4)[])")[:4] + encode(["(address,bytes4)[]"], [[(ALICE, b"abcd")]])
    assert TABLE.decode(data).args_ == (((ALICE, b"abcd"),),)


@pytest.mark.parametrize(
    ("data", "name", "values"),
    [
        (b"", "NoReason", ()),
        (bytes.fromhex("08c379a0") + encode(["string"], ["no"]), "Error", ("no",)),
        (bytes.fromhex("4e487b71") + encode(["uint256"], [0x11]), "Panic", (17, "arithmetic overflow or underflow")),
        (bytes.fromhex("4e487b71") + encode(["uint256"], [0x99]), "Panic", (0x99, "unknown")),
        (bytes.fromhex("12345678"), "UnknownError", ("0x12345678",)),
        (bytes.fromhex("08c379a0") + b"\xff" * 40, "UnknownError", ("0x08c379a0" + "ff" * 40,)),
        (b"\x01", "UnknownError", ("0x01",)),
    ],
)
def test_other_data_says_what_it_is(data: bytes, name: str, values: tuple[object, ...]) -> None:
    found = TABLE.decode(data)
    assert (found.name, found.args_) == (name, values)


def test_bytes_are_shown_as_hex() -> None:
    table = ErrorTable([[{"type": "error", "name": "Bad", "inputs": [{"name": "selector", "type": "bytes4"}]}]])
    found = table.decode(keccak(text="Bad(bytes4)")[:4] + encode(["bytes4"], [b"\x01\x02\x03\x04"]))
    assert str(found).endswith("Bad(0x01020304)")
