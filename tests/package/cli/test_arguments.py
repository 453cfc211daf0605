"""Arguments of a command line.

given a text
    it should be read as what it stands for
    when it is none
        the error should name the argument and say what is expected, in one line
given a value of a Solidity type
    it should be what the contract takes
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from web3crm.cli import (
    address,
    amount,
    bits,
    digest,
    duration,
    fraction,
    one_of,
    recipient,
    reference,
    solidity_value,
    whole,
    wholes,
)
from web3crm.errors import InputError, Web3CrmError
from web3crm.vault import Identity, recipient_to_bytes

ALICE = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
DIGEST = "0x" + "ab" * 32


@pytest.mark.parametrize("text", [ALICE, ALICE.lower(), "0x" + ALICE[2:].upper(), "account:1"])
def test_an_address_is_read(text: str) -> None:
    assert address("to", text, ["0x0", ALICE]) == ALICE


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda: address("to", ALICE.replace("F", "f")), "to must be an address .* its checksum is wrong"),
        (lambda: address("to", "account:2", ["0x0", ALICE]), "to must be an address .* or account:0 to account:1"),
        (lambda: address("to", "account:0"), "to must be an address"),
        (lambda: address("to", "alice"), "to must be an address .* got 'alice'"),
        (lambda: amount("points", "0"), "points must be more than 0"),
        (lambda: amount("points", "ten"), "points: an amount is a plain number"),
        (lambda: duration("time", "soon"), "time: a duration is"),
        (lambda: fraction("rate", "1/0"), "rate: a fraction is a number more than 0"),
        (lambda: whole("card", "-1"), "card must be a whole number from 0"),
        (lambda: whole("card", "7", most=6), "card must be a whole number from 0 to 6, got '7'"),
        (lambda: wholes("purposes", "1,,2"), "purposes must be a whole number"),
        (lambda: bits("purposes", "64"), "purposes must be a whole number from 0 to 63"),
        (lambda: digest("manifest", "/does/not/exist"), "manifest must be a file or 0x and 64 hex digits"),
        (lambda: digest("manifest", "/"), "manifest must be a file or 0x and 64 hex digits"),
        (lambda: digest("manifest", "x" * 300), "manifest must be a file or 0x and 64 hex digits"),
        (lambda: duration("lasts", "999999999999y"), "lasts must be at most 4294967295 seconds"),
        (lambda: whole("tier", "\u00b2"), "tier must be a whole number"),
        (
            lambda: one_of("choice", "maybe", {"for": 1, "against": 0}),
            "choice must be one of for, against; got 'maybe'",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_line(read: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "found"), [("0", 1), ("0,2", 5), ("63", 2**63), ("3, 3", 8), ("all", 2**64 - 1)])
def test_bits_are_read(text: str, found: int) -> None:
    assert bits("purposes", text) == found


def test_a_digest_is_of_the_file_or_as_given(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(b"{}")
    assert digest("manifest", str(path)) == hashlib.sha256(b"{}").digest()
    assert digest("manifest", DIGEST) == b"\xab" * 32


@pytest.mark.parametrize(
    ("text", "found"), [("", bytes(32)), (DIGEST, b"\xab" * 32), ("receipt 1", keccak(text="receipt 1"))]
)
def test_a_reference_is_32_bytes(text: str, found: bytes) -> None:
    assert reference(text) == found


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("address", ALICE, ALICE),
        ("bool", "true", True),
        ("string", "any text", "any text"),
        ("uint256", "12", 12),
        ("uint128", "1.5points", 15 * 10**17),
        ("uint32", "30d", 2_592_000),
        ("bytes4", "0x01020304", b"\x01\x02\x03\x04"),
        ("bytes", "0x", b""),
        ("uint256[]", "1, 2", [1, 2]),
        ("address[]", "", []),
    ],
)
def test_a_value_is_what_the_contract_takes(kind: str, text: str, value: object) -> None:
    assert solidity_value("it", kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [("uint8", "256"), ("uint256", "1.5"), ("bool", "yes"), ("bytes4", "0x01"), ("bytes", "01"), ("tuple", "1")],
)
def test_a_value_that_does_not_fit_is_refused(kind: str, text: str) -> None:
    with pytest.raises(InputError, match="it"):
        solidity_value("it", kind, text)


def test_a_recipient_is_read_in_both_forms() -> None:
    published = Identity.generate().recipient
    raw = recipient_to_bytes(published)
    assert recipient("key", published) == recipient("key", "0x" + raw.hex()) == raw


@pytest.mark.parametrize("text", ["0x" + "00" * 32, "0x" + "ff" * 32, "age1nothing", "0x12"])
def test_a_recipient_that_must_not_be_used_is_refused(text: str) -> None:
    with pytest.raises(Web3CrmError):
        recipient("key", text)


def test_a_secret_given_as_a_recipient_is_not_repeated() -> None:
    secret = Identity.generate().export()
    with pytest.raises(InputError) as caught:
        recipient("key", secret)
    assert secret not in str(caught.value)
