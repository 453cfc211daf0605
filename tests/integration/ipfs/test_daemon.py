"""The private daemon that tests, CI and ``python -m tests.support.kubo`` use.

given a daemon
├── it should know no peer and none to begin with
├── all its sockets should be on the loopback
└── two at once should have ports and blocks of their own
given a command
├── it should run with the daemon's address in WEB3CRM_IPFS, and the daemon be gone afterwards
├── its exit code should be passed on, also when a signal ended it
├── when the helper is told to end, the command should be told, and the daemon be gone afterwards
├── without a binary, or with one that does not run, it should say so and not run the command
└── without a command it should say how it is used
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.kubo import running_kubo
from web3crm.vault.cids import cid_of

ROOT = Path(__file__).parents[3]
LOOPBACK = {"0100007F", "0" * 24 + "01000000"}
STORE = """
import io, os
from web3crm.vault import open_store
print(open_store().put(io.BytesIO(b"beans")), os.environ["WEB3CRM_IPFS"])
"""


def with_daemon(*command, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tests.support.kubo", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def local_addresses(pid):
    """The local IP addresses, as the kernel writes them, of all sockets of a process."""
    links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]
    owned = {str(link)[8:-1] for link in links if str(link).startswith("socket:")}
    tables = [Path(f"/proc/{pid}/net/{kind}") for kind in ("tcp", "tcp6", "udp", "udp6")]
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[9] in owned}


def connect(address):
    socket.create_connection(("127.0.0.1", int(address.rpartition("/")[2])), timeout=5).close()


def test_it_knows_no_peer(kubo):
    assert [kubo.run("swarm", "peers"), kubo.run("bootstrap", "list")] == ["", ""]


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="sockets are read from Linux's /proc")
def test_all_its_sockets_are_on_the_loopback(kubo):
    found = local_addresses(kubo.pid)
    assert found
    assert found <= LOOPBACK


def test_two_at_once_are_apart(kubo, tmp_path):
    with running_kubo(tmp_path) as other:
        assert other.address != kubo.address
        cid = other.run("add", "--quieter", "--cid-version=1", data=b"only here")
        assert cid not in kubo.run("refs", "local")
        assert kubo.run("swarm", "peers") == other.run("swarm", "peers") == ""


def test_a_command_has_a_daemon_that_is_gone_afterwards(kubo):
    done = with_daemon(sys.executable, "-c", STORE)
    assert done.returncode == 0, done.stderr
    cid, address = done.stdout.split()
    assert cid == cid_of(b"beans")
    assert address.startswith("/ip4/127.0.0.1/tcp/")
    assert address != kubo.address
    with pytest.raises(ConnectionRefusedError):
        connect(address)


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_the_exit_code_is_passed_on(kubo, program, code):
    assert with_daemon(sys.executable, "-c", program).returncode == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_command_and_the_daemon_is_gone_afterwards(kubo, number):
    wait = "import os, sys, time; print(os.environ['WEB3CRM_IPFS'], flush=True); time.sleep(100)"
    helper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.kubo", sys.executable, "-c", wait],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = helper.stdout.readline().strip()
    connect(address)
    helper.send_signal(number)
    assert helper.wait(60) == 128 + number
    with pytest.raises(ConnectionRefusedError):
        connect(address)


@pytest.mark.parametrize(
    ("binary", "message"), [("", "WEB3CRM_KUBO does not name a Kubo binary"), ("/nowhere/ipfs", "does not run")]
)
def test_without_a_binary_it_says_so_and_does_not_run_the_command(binary, message):
    done = with_daemon(sys.executable, "-c", "print('ran')", WEB3CRM_KUBO=binary)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_is_not_there_is_named(kubo):
    done = with_daemon("no-such-command")
    assert (done.returncode, done.stderr) == (127, "kubo: no-such-command does not run: No such file or directory\n")


def test_without_a_command_it_says_how_it_is_used():
    done = with_daemon()
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m tests.support.kubo <command>")
