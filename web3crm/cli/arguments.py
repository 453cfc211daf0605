"""Arguments of a command line, which all arrive as text.

Each function reads one kind and names the argument when it is wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from eth_utils.address import is_checksum_address, is_hex_address, to_checksum_address
from eth_utils.crypto import keccak

from web3crm.domain import DECIMALS, parse_amount, parse_duration, parse_fraction
from web3crm.errors import InputError

__all__ = [
    "address",
    "amount",
    "bits",
    "digest",
    "digests",
    "duration",
    "fraction",
    "one_of",
    "recipient",
    "reference",
    "solidity_value",
    "solidity_values",
    "whole",
    "wholes",
]

T = TypeVar("T")

_ACCOUNT = re.compile(r"account:([0-9]{1,4})")
_DIGEST = re.compile(r"0x[0-9a-fA-F]{64}")


def address(name: str, text: str, accounts: Sequence[str] = ()) -> str:
    """A checksummed address, or ``account:N`` of ``accounts``."""
    numbered = _ACCOUNT.fullmatch(text)
    if numbered and int(numbered[1]) < len(accounts):
        return accounts[int(numbered[1])]
    if is_checksum_address(text):
        return text
    if text.startswith("0x") and is_hex_address(text) and text[2:] in (text[2:].lower(), text[2:].upper()):
        # Written in one case it has no checksum to be wrong.
        return to_checksum_address(text)
    also = f" or account:0 to account:{len(accounts) - 1}" if accounts else ""
    wrong = "its checksum is wrong: a digit or a letter's case was changed" if is_hex_address(text) else f"got {text!r}"
    raise InputError(f"{name} must be an address such as 0x1234…{also}; {wrong}")


def amount(name: str, text: str, *, decimals: int = DECIMALS) -> int:
    """An amount such as ``100`` or ``1.5`` in smallest units; more than nothing."""
    value = _named(name, lambda: parse_amount(text, decimals=decimals))
    if value == 0:
        raise InputError(f"{name} must be more than 0")
    return value


def duration(name: str, text: str, *, most: int = 2**32 - 1) -> int:
    """A duration such as ``90s``, ``12h`` or ``30d`` in seconds; at most 136 years unless said otherwise."""
    value = _named(name, lambda: parse_duration(text))
    if value > most:
        raise InputError(f"{name} must be at most {most} seconds, got {text!r}")
    return value


def fraction(name: str, text: str) -> Fraction:
    """A number such as ``2``, ``0.5`` or ``1/3``, exactly; more than 0."""
    return _named(name, lambda: parse_fraction(text))


def whole(name: str, text: str, *, least: int = 0, most: int = 2**256 - 1) -> int:
    """A whole number."""
    if not re.fullmatch(r"[0-9]{1,78}", text) or not least <= int(text) <= most:
        limit = str(most) if most < 2**64 else "2**256 - 1"
        raise InputError(f"{name} must be a whole number from {least} to {limit}, got {text!r}")
    return int(text)


def wholes(name: str, text: str, *, most: int = 2**256 - 1) -> list[int]:
    """Whole numbers with commas between them, such as ``0,3,5``; at least one."""
    return [whole(name, item.strip(), most=most) for item in text.split(",")]


def bits(name: str, text: str) -> int:
    """The numbers of purposes or data classes (0 to 63, commas between them, or ``all``) as a set of bits."""
    if text == "all":
        return 2**64 - 1
    found = 0
    for number in wholes(name, text, most=63):
        found |= 1 << number
    return found


def digest(name: str, text: str) -> bytes:
    """32 bytes: given as 0x and 64 hex digits, or the SHA-256 of the file that ``text`` is the path of."""
    if _DIGEST.fullmatch(text):
        return bytes.fromhex(text[2:])
    try:
        with Path(text).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except (OSError, ValueError):  # not there, not readable, a folder, too long for a name
        raise InputError(f"{name} must be a file or 0x and 64 hex digits, got {text!r}") from None


def digests(name: str, text: str) -> list[bytes]:
    """32-byte values as 0x and 64 hex digits, with commas between them; at least one."""
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if not _DIGEST.fullmatch(word):
            raise InputError(f"{name} must be 0x and 64 hex digits, with commas between several, got {word!r}")
    return [bytes.fromhex(word[2:]) for word in words]


def recipient(name: str, text: str) -> bytes:
    """The 32 bytes of an age recipient, given as ``age1…`` or as 0x and 64 hex digits.

    Raises :class:`IdentityError` for a key that must not be encrypted to. What is not a recipient is not repeated in
    the error: it may be the secret half.
    """
    from web3crm.vault import recipient_from_bytes, recipient_to_bytes  # late: only this argument needs the vault

    if _DIGEST.fullmatch(text):
        return recipient_to_bytes(recipient_from_bytes(bytes.fromhex(text[2:])))
    if not text.startswith("age1"):
        raise InputError(f"{name} must be an age recipient (age1…) or 0x and 64 hex digits; what was given is neither")
    return recipient_to_bytes(text)


def reference(text: str) -> bytes:
    """What points are for, as 32 bytes.

    0x and 64 hex digits as they are, any other text by its keccak-256, nothing as zeros.
    """
    if not text:
        return bytes(32)
    return bytes.fromhex(text[2:]) if _DIGEST.fullmatch(text) else keccak(text=text)


def one_of(name: str, text: str, choices: Mapping[str, T]) -> T:
    """One of some words."""
    if text not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}; got {text!r}")
    return choices[text]


def solidity_value(name: str, kind: str, text: str, accounts: Sequence[str] = ()) -> Any:
    """A value of a Solidity type.

    A number is whole, or ``100points`` (18 decimals), or a duration such as ``30d``; a list has commas between its
    items.
    """
    if kind.endswith("[]"):
        items = text.split(",") if text else []
        return [solidity_value(name, kind[:-2], item.strip(), accounts) for item in items]
    if kind == "address":
        return address(name, text, accounts)
    if kind == "bool":
        return one_of(name, text, {"true": True, "false": False})
    if kind == "string":
        return text
    if kind.startswith("uint"):
        return _number(name, kind, text)
    if kind.startswith("bytes"):
        return _bytes(name, kind, text)
    raise InputError(f"{name} is a {kind}, which cannot be given on a command line")


def solidity_values(
    function: str, inputs: Sequence[Mapping[str, Any]], text: str, accounts: Sequence[str] = ()
) -> list[Any]:
    """The values of a function's inputs, written with commas between them; a struct's stand one after the other."""
    words = [word.strip() for word in text.split(",")] if text else []
    leaves = [leaf for item in inputs for leaf in item.get("components", [item])]
    if len(words) != len(leaves):
        wanted = ", ".join(f"{leaf['type']} {leaf['name']}" for leaf in leaves)
        raise InputError(f"{function} takes {len(leaves)} values ({wanted}), got {len(words)}")
    given = iter(words)

    def value(item: Mapping[str, Any]) -> Any:
        if item["type"] == "tuple":
            return tuple(value(component) for component in item["components"])
        return solidity_value(item["name"], item["type"], next(given), accounts)

    return [value(item) for item in inputs]


def _number(name: str, kind: str, text: str) -> int:
    most = 2 ** int(kind.removeprefix("uint") or 256) - 1
    if text.endswith("points"):
        value = amount(name, text.removesuffix("points"))
    elif text.isdigit():
        value = whole(name, text)
    else:
        value = duration(name, text, most=most)
    if value > most:
        raise InputError(f"{name} must fit a {kind}, got {text!r}")
    return value


def _bytes(name: str, kind: str, text: str) -> bytes:
    size = kind.removeprefix("bytes")
    if not re.fullmatch(r"0x(?:[0-9a-fA-F]{2})*", text) or (size and len(text) != 2 + 2 * int(size)):
        raise InputError(f"{name} must be {size or 'some'} bytes as 0x and hex digits, got {text!r}")
    return bytes.fromhex(text[2:])


def _named(name: str, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
