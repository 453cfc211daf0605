"""A private Kubo daemon: free ports, own repository folder, loopback only, no peers, stopped by its process.

    python -m tests.support.kubo <command> …       runs a command with a daemon of its own, which WEB3CRM_IPFS names

The binary is the one that ``WEB3CRM_KUBO`` names; ``.ci/run`` builds it. Without it the tests that ask for a daemon are
skipped.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

__all__ = ["Kubo", "KuboError", "kubo", "mortal_kubo", "running_kubo"]

BINARY_VARIABLE = "WEB3CRM_KUBO"

_SETTINGS = {
    "AutoConf.Enabled": False,
    "AutoTLS.Enabled": False,
    "Discovery.MDNS.Enabled": False,
    "Provide.Enabled": False,
    "Routing.Type": "none",
    "Swarm.DisableNatPortMap": True,
    "Swarm.RelayClient.Enabled": False,
}


class KuboError(Exception):
    """There is no daemon to be had; says why."""


class Kubo:
    """One daemon and its repository."""

    def __init__(self, binary: Path, home: Path) -> None:
        self._binary, self._home, self._repo = binary, home, home / "repo"
        self._process: subprocess.Popen[bytes] | None = None
        self._run("init", "--profile=test")
        self._run("bootstrap", "rm", "--all")
        for name, value in _SETTINGS.items():
            self._run("config", "--json", name, json.dumps(value))

    @property
    def pid(self) -> int:
        """The daemon's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def address(self) -> str:
        """The API's multiaddress."""
        return (self._repo / "api").read_text().strip()

    def start(self) -> None:
        """Starts the daemon and waits until it answers; a lock left by a killed one may hold it up for a while."""
        (self._repo / "api").unlink(missing_ok=True)
        log = self._home / "daemon.log"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with log.open("wb") as output:
                # A session of its own: an interrupt at the terminal ends the command first, and then the daemon.
                self._process = subprocess.Popen(
                    [self._binary, "daemon"],
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            while self._process.poll() is None and time.monotonic() < deadline:
                if b"Daemon is ready" in log.read_bytes():
                    return
                time.sleep(0.05)
            time.sleep(0.5)
        self.stop()
        raise KuboError(f"the Kubo daemon did not start: {log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stops the daemon this object started."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends the daemon on the spot, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(20)

    def run(self, *arguments: str, data: bytes | None = None) -> str:
        """What ``ipfs <arguments>`` prints."""
        return self._run(*arguments, data=data)

    def _run(self, *arguments: str, data: bytes | None = None) -> str:
        command = [self._binary, *arguments]
        try:
            done = subprocess.run(command, env=self._environment(), input=data, capture_output=True, timeout=60)
        except OSError as error:
            raise KuboError(f"{BINARY_VARIABLE} names {self._binary}, which does not run: {error.strerror}") from None
        if done.returncode:
            raise KuboError(f"ipfs {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode().strip()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "IPFS_PATH": str(self._repo), "HOME": str(self._home), "IPFS_TELEMETRY": "off"}


@contextlib.contextmanager
def running_kubo(home: Path) -> Iterator[Kubo]:
    """A daemon of one's own with its repository in ``home``; raises :class:`KuboError` if there is none to be had."""
    binary = os.environ.get(BINARY_VARIABLE)
    if not binary:
        raise KuboError(f"{BINARY_VARIABLE} does not name a Kubo binary: .ci/run builds one (see docs/ipfs.md)")
    daemon = Kubo(Path(binary), home)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()


def _kubo_for_tests(home: Path) -> Iterator[Kubo]:
    if not os.environ.get(BINARY_VARIABLE):
        pytest.skip(f"{BINARY_VARIABLE} does not name a Kubo binary")
    with running_kubo(home) as daemon:
        yield daemon


@pytest.fixture(scope="session")
def kubo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubo]:
    """A daemon for all tests of a run."""
    yield from _kubo_for_tests(tmp_path_factory.mktemp("kubo"))


@pytest.fixture
def mortal_kubo(tmp_path: Path) -> Iterator[Kubo]:
    """A daemon of a test's own, to be killed."""
    yield from _kubo_for_tests(tmp_path)


# --- a command with a daemon ------------------------------------------------------------------------------------------


class _Command:
    """A command that is passed on the signals this process gets, so that the daemon is stopped after it, not under it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._passed_on)

    def run(self, arguments: list[str], environment: dict[str, str]) -> int:
        """Its exit code, as a shell would give it."""
        try:
            self._process = subprocess.Popen(arguments, env=environment)
        except OSError as error:
            print(f"kubo: {arguments[0]} does not run: {error.strerror}", file=sys.stderr)
            return 127
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def _passed_on(self, number: int, frame: FrameType | None) -> None:
        if self._process is None:  # the daemon is still starting
            raise SystemExit(128 + number)
        # A terminal has sent its interrupt to the command already.
        if not (number == signal.SIGINT and sys.stdin is not None and sys.stdin.isatty()):
            self._process.send_signal(number)


def main(arguments: list[str]) -> int:
    """Runs a command with ``WEB3CRM_IPFS`` naming a daemon of its own; gives its exit code."""
    if not arguments:
        print("usage: python -m tests.support.kubo <command> [<argument> …]", file=sys.stderr)
        return 2
    command = _Command()
    with tempfile.TemporaryDirectory(prefix="web3crm-kubo-") as home:
        try:
            with running_kubo(Path(home)) as daemon:
                return command.run(arguments, {**os.environ, "WEB3CRM_IPFS": daemon.address})
        except KuboError as error:
            print(f"kubo: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
