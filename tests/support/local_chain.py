"""A chain of a test session's own, for tests of the package.

It needs no Brownie, and its chain is not the one the contracts' tests use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from web3crm.chain import Chain, LocalChain
from web3crm.chain.local import find_program
from web3crm.errors import ChainError

PROGRAMS = ("ganache", "anvil")


@contextmanager
def running(program: str, *arguments: str, **options: Any) -> Iterator[LocalChain]:
    """A running node; the test is skipped where anvil, which is optional, is not installed."""
    try:
        find_program(program)
    except ChainError:
        if program == "ganache":
            raise
        pytest.skip("anvil is not installed")
    with LocalChain(program, arguments=arguments, **options) as local:
        yield local


def quickest() -> str:
    """The program that answers soonest: anvil where it is installed."""
    try:
        find_program("anvil")
    except ChainError:
        return "ganache"
    return "anvil"


def set_code(local: LocalChain, address: str, code: bytes) -> None:
    """Puts other code at an address, as no transaction could."""
    method = {"ganache": "evm_setAccountCode", "anvil": "anvil_setCode"}[local.program]
    local.chain.rpc(method, [address, "0x" + code.hex()])


@contextmanager
def rolled_back(chain: Chain) -> Iterator[Chain]:
    """The chain, which is as it was before when the block is left."""
    snapshot = chain.snapshot()
    try:
        yield chain
    finally:
        chain.revert(snapshot)
