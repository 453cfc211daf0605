"""A local chain.

given a program
    it should run on a port of its own with the mnemonic's accounts, and be gone afterwards
    it should follow the rules it is asked for, shanghai's otherwise
    when the block is left by an error
        it should be gone too
    when the port is taken, the program is unknown or its arguments are wrong
        it should say so and leave nothing running
given a chain that does not run
    asking for it should say how to start it
"""

from __future__ import annotations

import os
import socket

import pytest

from tests.support.local_chain import running
from web3crm.chain import LocalChain
from web3crm.errors import ChainError, InputError, RpcError

# PUSH0 TLOAD STOP: an opcode that came with cancun.
READ_TRANSIENT_STORAGE = "0x5f5c00"


def is_running(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("program", ["ganache", "anvil"])
def test_a_chain_runs_and_is_gone_afterwards(program: str) -> None:
    with running(program) as local:
        pid = local.pid
        assert local.chain.accounts()[:2] == [account.address for account in local.accounts[:2]]
        assert local.chain.balance(local.accounts[9].address) == 1_000 * 10**18
        assert is_running(pid)
    assert not is_running(pid)


def test_a_chain_follows_the_rules_it_is_asked_for() -> None:
    with running("anvil", hardfork="cancun") as local:
        assert local.chain.rpc("eth_call", [{"data": READ_TRANSIENT_STORAGE}]) == "0x"


def test_a_chain_follows_the_rules_of_shanghai_otherwise() -> None:
    with running("anvil") as local, pytest.raises(RpcError):
        local.chain.rpc("eth_call", [{"data": READ_TRANSIENT_STORAGE}])


def leave_by_an_error(pids: list[int | None]) -> None:
    with running("ganache") as local:
        pids.append(local.pid)
        raise KeyboardInterrupt


def test_a_chain_is_gone_after_an_error() -> None:
    pids: list[int | None] = []
    with pytest.raises(KeyboardInterrupt):
        leave_by_an_error(pids)
    assert not is_running(pids[0])


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        local = LocalChain(port=taken.getsockname()[1])
        with pytest.raises(ChainError, match="ganache did not start"):
            local.__enter__()
        assert local.pid is None


def test_wrong_arguments_are_told() -> None:
    local = LocalChain(arguments=["--chain.hardfork", "nonsense"])
    with pytest.raises(ChainError, match=r"ganache did not start.*nonsense"):
        local.__enter__()
    assert local.pid is None


def test_an_unknown_program_is_refused() -> None:
    with pytest.raises(InputError, match="ganache, anvil"):
        LocalChain("geth")


def test_a_chain_that_does_not_run_says_how_to_start_it() -> None:
    with pytest.raises(ChainError, match="with LocalChain"):
        _ = LocalChain().chain
