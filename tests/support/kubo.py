"""A private Kubo daemon for tests: free ports, own repository folder, loopback only, no peers, stopped by its process.

The fixture takes the binary from ``WEB3CRM_KUBO``; without it the tests that ask for a daemon are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

__all__ = ["Kubo", "kubo", "mortal_kubo"]

_SETTINGS = {
    "AutoConf.Enabled": False,
    "AutoTLS.Enabled": False,
    "Discovery.MDNS.Enabled": False,
    "Provide.Enabled": False,
    "Routing.Type": "none",
    "Swarm.DisableNatPortMap": True,
    "Swarm.RelayClient.Enabled": False,
}


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
                self._process = subprocess.Popen(
                    [self._binary, "daemon"], env=self._environment(), stdout=output, stderr=subprocess.STDOUT
                )
            while self._process.poll() is None and time.monotonic() < deadline:
                if b"Daemon is ready" in log.read_bytes():
                    return
                time.sleep(0.05)
            time.sleep(0.5)
        self.stop()
        raise AssertionError(f"the Kubo daemon did not start: {log.read_text()[-2000:]}")

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
        done = subprocess.run(
            [self._binary, *arguments], env=self._environment(), input=data, capture_output=True, check=True, timeout=60
        )
        return done.stdout.decode().strip()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "IPFS_PATH": str(self._repo), "HOME": str(self._home), "IPFS_TELEMETRY": "off"}


def _new_kubo(home: Path) -> Iterator[Kubo]:
    binary = os.environ.get("WEB3CRM_KUBO")
    if not binary:
        pytest.skip("WEB3CRM_KUBO does not name a Kubo binary")
    daemon = Kubo(Path(binary), home)
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture(scope="session")
def kubo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubo]:
    """A daemon for all tests of a run."""
    yield from _new_kubo(tmp_path_factory.mktemp("kubo"))


@pytest.fixture
def mortal_kubo(tmp_path: Path) -> Iterator[Kubo]:
    """A daemon of a test's own, to be killed."""
    yield from _new_kubo(tmp_path)
