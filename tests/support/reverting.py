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
    name, _, shown = (caught.value.revert_msg or "").partition(":")
    # Addresses arrive without their checksum.
    assert (name, shown.strip().lower()) == (error, ", ".join(str(value) for value in values).lower())
