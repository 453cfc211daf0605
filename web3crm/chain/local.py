"""A development chain of one's own.

Starts Ganache or anvil on a free port, waits until it answers, and stops it in any case.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import requests
from eth_account import Account
from eth_account.signers.local import LocalAccount

from web3crm.chain.connection import Chain
from web3crm.errors import ChainError, InputError

__all__ = ["DEVELOPMENT_MNEMONIC", "LocalChain"]

DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk"
"""The mnemonic that development tools share. Its keys are known to everybody: never send anything of value to them."""

CHAIN_IDS = {"ganache": 1337, "anvil": 31337}
GAS_LIMIT = 30_000_000
_TRIES = 3


class LocalChain:
    """A context manager that runs a node: ``with LocalChain() as local: local.chain.…``.

    ``program`` is ``"ganache"`` (the default) or ``"anvil"``, looked for in the project's ``node_modules`` and on
    ``PATH``; ``hardfork`` is whose rules it follows. The accounts come from ``mnemonic`` and hold 1,000 coins each.
    The node stops when the block is left, by an error or by Ctrl-C too.
    """

    def __init__(
        self,
        program: str = "ganache",
        *,
        accounts: int = 10,
        mnemonic: str = DEVELOPMENT_MNEMONIC,
        port: int | None = None,
        start_timeout: float = 60,
        hardfork: str = "shanghai",
        arguments: Sequence[str] = (),
        **options: Any,
    ) -> None:
        if program not in CHAIN_IDS:
            raise InputError(f"a local chain is one of {', '.join(CHAIN_IDS)}, got {program!r}")
        self.program = program
        self.mnemonic = mnemonic
        self.count = accounts
        self.start_timeout = start_timeout
        self.hardfork = hardfork
        self.arguments = list(arguments)
        self.options = options
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._chain: Chain | None = None

    @property
    def chain(self) -> Chain:
        """The running chain."""
        if self._chain is None:
            raise ChainError(f"{self.program} is not running: use `with LocalChain() as local:`")
        return self._chain

    @property
    def url(self) -> str:
        """The running chain's address."""
        return str(self.chain.web3.provider.endpoint_uri)  # type: ignore[attr-defined]

    @property
    def accounts(self) -> list[LocalAccount]:
        """The funded accounts with their keys."""
        return mnemonic_accounts(self.mnemonic, self.count)

    @property
    def pid(self) -> int | None:
        """The node's process id while it runs."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> LocalChain:
        return self.start()

    def start(self) -> LocalChain:
        """Starts the node and waits until it answers; :meth:`stop` ends it. A ``with`` block does both."""
        executable = find_program(self.program)
        for attempt in range(1, _TRIES + 1):
            port = self._port or free_port()
            try:
                self._start(executable, port)
            except ChainError:
                # Another program may have taken the free port in between.
                if self._port is not None or attempt == _TRIES:
                    raise
            else:
                break
        return self

    def _start(self, executable: str, port: int) -> None:
        with tempfile.TemporaryFile() as output:
            self._process = subprocess.Popen(  # noqa: S603 - a program of the project's own node_modules
                [executable, *self._command_line(port), *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches Python only, which then stops the node
            )
            try:
                self._chain = self._wait(f"http://127.0.0.1:{port}")
            except BaseException as error:
                self.stop()
                if isinstance(error, ChainError):
                    output.seek(0)
                    said = output.read().decode(errors="replace").strip().splitlines()[-5:]
                    raise ChainError(f"{self.program} did not start: {error}. It said: {' / '.join(said)}") from None
                raise

    def _command_line(self, port: int) -> list[str]:
        if self.program == "anvil":
            return [
                "--port", str(port), "--chain-id", str(CHAIN_IDS["anvil"]), "--accounts", str(self.count),
                "--balance", "1000",
                "--hardfork", self.hardfork, "--gas-limit", str(GAS_LIMIT), "--mnemonic", self.mnemonic, "--silent",
            ]  # fmt: skip
        return [
            "--server.host", "127.0.0.1", "--server.port", str(port), "--chain.chainId", str(CHAIN_IDS["ganache"]),
            "--chain.networkId", str(CHAIN_IDS["ganache"]), "--chain.hardfork", self.hardfork,
            "--wallet.totalAccounts", str(self.count),
            "--wallet.defaultBalance", "1000", "--wallet.mnemonic", self.mnemonic,
            "--miner.blockGasLimit", hex(GAS_LIMIT), "--logging.quiet",
        ]  # fmt: skip

    def _wait(self, url: str) -> Chain:
        until = time.monotonic() + self.start_timeout
        while True:
            if self._process is not None and self._process.poll() is not None:
                raise ChainError(f"it ended with exit code {self._process.returncode}")
            if not answers(url):
                if time.monotonic() > until:
                    raise ChainError(f"no answer within {self.start_timeout:.0f} s")
                time.sleep(0.05)
                continue
            chain = Chain.connect(url, **self.options)
            ours = mnemonic_accounts(self.mnemonic, 1)[0].address
            if chain.chain_id != CHAIN_IDS[self.program] or ours not in chain.accounts():
                raise ChainError(f"another program answers at {url}")
            return chain

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stops the node; does nothing when it is not running."""
        process, self._process, self._chain = self._process, None, None
        if process is None:
            return
        # The node leads its own process group; ending the group ends what it started, and nothing else.
        for name in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, name)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
                return


def mnemonic_accounts(mnemonic: str, count: int) -> list[LocalAccount]:
    """The first ``count`` accounts of a mnemonic, on the path development chains use (m/44'/60'/0'/0/n)."""
    Account.enable_unaudited_hdwallet_features()
    return [Account.from_mnemonic(mnemonic, account_path=f"m/44'/60'/0'/0/{index}") for index in range(count)]


def answers(url: str) -> bool:
    """Whether a node answers at once."""
    try:
        request = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
        return bool(requests.post(url, json=request, timeout=2).ok)
    except requests.RequestException:
        return False


def free_port() -> int:
    """A TCP port of this machine that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_program(program: str) -> str:
    """The path of ``ganache`` or ``anvil``.

    From ``node_modules`` around the working directory or this package, else from PATH.
    """
    for folder in (Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents):
        candidate = folder / "node_modules" / ".bin" / program
        if os.access(candidate, os.X_OK):
            return str(candidate)
    found = shutil.which(program)
    if found is None:
        raise ChainError(f"{program} is not installed here: run `make setup` (or `npm ci`) in the project")
    return found
