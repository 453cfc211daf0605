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
    name, _, said = (caught.value.revert_msg or "").partition(":")
    # Addresses arrive without their checksum, bytes as Python's own literal.
    assert (name, said.strip().lower()) == (error, ", ".join(shown(value) for value in values).lower())


def selector_of(function: object) -> bytes:
    """The selector of one of a contract's functions, as an error carries it."""
    return bytes.fromhex(str(function.signature).removeprefix("0x"))  # type: ignore[attr-defined]


def shown(value: object) -> str:
    """A value as an error's text shows it."""
    return str(bytes(value)) if isinstance(value, bytes) else str(value)
