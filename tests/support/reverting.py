"""Asserting on custom errors the same way on Ganache and anvil."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from brownie.exceptions import VirtualMachineError


@contextmanager
def reverts(error: str, *values: object) -> Iterator[None]:
    """Expects the custom error ``error`` with exactly ``values``, in order. With no values given, the error must have none."""
    with pytest.raises(VirtualMachineError) as caught:
        yield
    actual = (caught.value.revert_msg or "").strip()
    expected = f"{error}: {', '.join(_shown(value) for value in values)}".strip()
    assert actual == expected


def selector_of(function: object) -> bytes:
    """The selector of one of a contract's functions, as an error carries it."""
    return bytes.fromhex(str(function.signature).removeprefix("0x"))  # type: ignore[attr-defined]


def _shown(value: object) -> str:
    """The value as Brownie's decoded error shows it: addresses without their checksum, bytes as Python's own literal."""
    if isinstance(value, bytes):
        return str(bytes(value))
    text = str(value)
    return text.lower() if text.startswith("0x") else text
