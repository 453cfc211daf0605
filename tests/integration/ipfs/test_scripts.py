"""The scripts on a real daemon, as a person runs them: one variable moves them there.

given a root that was published with its file in a folder
├── when the folder is moved to the daemon
│   ├── the root should hold with WEB3CRM_IPFS set, and the folder be as it was
│   └── done again nothing should be sent; on request the folder should be emptied
├── when a blob of the folder is damaged
│   └── it should be named, the others be moved, and the exit code be 1
└── when the daemon is not there, or the folder holds no blobs
    └── it should print one line and end with exit code 1
given WEB3CRM_IPFS from the start
└── a root should be published to the daemon, and no folder be made
"""

from __future__ import annotations

import io
import socket
from pathlib import Path

import pytest

from tests.integration.test_scripts import brownie, project
from tests.support.kubo import Kubo
from tests.support.patterns import pattern
from web3crm.chain import LocalChain
from web3crm.vault.stores import EmbeddedStore

__all__ = ["project"]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_store_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEB3CRM_IPFS", raising=False)
    monkeypatch.delenv("WEB3CRM_BLOBS", raising=False)


@pytest.fixture
def publish(project: tuple[Path, LocalChain]) -> tuple[str, ...]:
    """The arguments that publish a small root."""
    folder, local = project
    (folder / "rules.yaml").write_text("rules:\n  - rate: 10\n")
    (folder / "purchases.csv").write_text("customer,time,amount\nann,2026-01-01,10\n")
    (folder / "wallets.csv").write_text(f"customer,address\nann,{local.accounts[4].address}\n")
    return "points", "publish", "purchases.csv", "rules.yaml", "wallets.csv"


@pytest.fixture
def spoilt(tmp_path: Path) -> tuple[Path, str, str]:
    """A folder with a blob that is whole, and one that is not."""
    store = EmbeddedStore(tmp_path / "blobs")
    whole, damaged = store.put(io.BytesIO(b"whole")), store.put(io.BytesIO(pattern(1_000)))
    (tmp_path / "blobs/blocks" / damaged[-3:-1] / damaged).write_bytes(b"rot")
    return tmp_path / "blobs", whole, damaged


def test_a_folder_is_moved_and_everything_holds_there(
    project: tuple[Path, LocalChain], publish: tuple[str, ...], kubo: Kubo, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = brownie(project, *publish)
    folder = EmbeddedStore(project[0] / "build/blobs")
    pins = folder.pins()
    monkeypatch.setenv("WEB3CRM_IPFS", kubo.address)
    moved = brownie(project, "data", "migrate", "build/blobs")
    assert f"{len(pins)} blobs were sent to the IPFS daemon at {kubo.address}, 0 were there already" in moved.stdout, (
        moved.stderr
    )
    assert (published.returncode, moved.returncode, folder.pins()) == (0, 0, pins)
    verified = brownie(project, "points", "verify")
    assert "holds: 1 customers" in verified.stdout, verified.stdout + verified.stderr
    again = brownie(project, "data", "migrate", "build/blobs", "yes")
    assert f"0 blobs were sent to the IPFS daemon at {kubo.address}, {len(pins)} were there already" in again.stdout
    assert f"{len(pins)} blobs are removed from build/blobs" in again.stdout
    assert folder.pins() == []
    assert "pending already, nothing was sent" in brownie(project, *publish).stdout


def test_a_damaged_blob_is_named(
    project: tuple[Path, LocalChain],
    spoilt: tuple[Path, str, str],
    kubo: Kubo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, whole, damaged = spoilt
    monkeypatch.setenv("WEB3CRM_IPFS", kubo.address)
    ended = brownie(project, "data", "migrate", str(folder), "yes")
    assert ended.returncode == 1
    assert f"  {damaged} is damaged in {folder}, and is not moved: the block {damaged}" in ended.stdout
    assert "1 blobs are missing there; nothing is removed" in ended.stdout
    assert EmbeddedStore(folder).has(whole)
    assert whole in kubo.run("pin", "ls", "--type=recursive", "--quiet").split()


def test_what_cannot_be_moved_gets_one_line(
    project: tuple[Path, LocalChain], spoilt: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"/ip4/127.0.0.1/tcp/{probe.getsockname()[1]}"
    monkeypatch.setenv("WEB3CRM_IPFS", nobody)
    ended = [brownie(project, "data", "migrate", *arguments) for arguments in ((str(spoilt[0]),), ("mistyped",))]
    assert [one.returncode for one in ended] == [1, 1]
    assert f"error: listing the pins: the IPFS daemon at {nobody} is not there or went away" in ended[0].stderr
    assert "error: mistyped is not a folder of blobs" in ended[1].stderr
    assert "Traceback" not in ended[0].stderr + ended[1].stderr


def test_a_root_is_published_to_the_daemon_from_the_start(
    project: tuple[Path, LocalChain], publish: tuple[str, ...], kubo: Kubo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB3CRM_IPFS", kubo.address)
    monkeypatch.setenv("WEB3CRM_BLOBS", "build/never")
    (project[0] / "purchases.csv").write_text("customer,time,amount\nann,2026-01-01,11\n")
    published = brownie(project, *publish)
    cid = published.stdout.partition("\nproofs ")[2].split()[0]
    assert cid in kubo.run("pin", "ls", "--type=recursive", "--quiet").split()
    assert not (project[0] / "build/never").exists()
