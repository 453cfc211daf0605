"""The scripts, run by Brownie against a running Ganache, as a person runs them.

given a chain without a programme
    an act should deploy the example first, and say so
    the next act should find it
    the status should say that everything is as recorded
given wrong arguments
    it should print one line and end with exit code 1, without a traceback
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_chain import running
from web3crm.chain import Artifacts, LocalChain

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LocalChain]]:
    """A copy of the project's outside, with compiled contracts, that talks to a Ganache of its own."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "deployments" / "params", folder / "deployments" / "params")
    (folder / "contracts").mkdir()
    with running("ganache") as local:
        port = local.url.rpartition(":")[2]
        (folder / "brownie-config.yaml").write_text(
            "networks:\n  default: ganache-cli\n"
            f"  ganache-cli: {{host: 'http://127.0.0.1', cmd_settings: {{port: {port}, chain_id: 1337}}}}\n"
        )
        yield folder, local


def brownie(project: tuple[Path, LocalChain], *arguments: str) -> subprocess.CompletedProcess[str]:
    folder, _ = project
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "WEB3CRM_ARTIFACTS": str(Artifacts.find().folder.resolve()),
        "HOME": str(folder),
    }
    command = ["brownie", "run", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_first_act_deploys_and_the_next_finds_it(project: tuple[Path, LocalChain]) -> None:
    customer = project[1].accounts[4].address
    first = brownie(project, "points", "issue", customer, "100.5", "receipt 1")
    second = brownie(project, "points", "balance", customer)
    status = brownie(project, "status")
    assert "There is no programme 'coffee' on this development chain: deploying it first." in first.stdout
    assert f"{customer} got 100.5 points, and has 100.5" in first.stdout, first.stderr
    assert f"{customer} has 100.5 points and 0 votes" in second.stdout
    assert "deploying" not in second.stdout
    assert (status.returncode, "Everything is as recorded." in status.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("points", "issue", "0x12", "1"), "customer must be an address"),
        (("points", "issue", "account:4", "ten"), "points: an amount is a plain number"),
        (("points", "issue"), "Usage: brownie run points issue <customer> <points> [<what_for>]"),
        (("points", "isue"), "points has no act 'isue'; it has: balance, burn, claim, claim_all"),
        (("deploy", "main", "tea"), "there is no parameter file"),
        (("membership", "buy", "Unheard"), "there is no tier 'Unheard'"),
        (("membership", "buy", "99999999"), "tier must be a whole number from 1 to 65535"),
        (("membership", "take", "/nowhere"), "the order /nowhere cannot be read"),
        (("data", "grant", "0", "64"), "data_classes must be a whole number from 0 to 63"),
        (("data", "publish_key", "AGE-SECRET-KEY-1QQ"), "key must be an age recipient"),
    ],
)
def test_wrong_arguments_get_one_line(
    project: tuple[Path, LocalChain], arguments: tuple[str, ...], message: str
) -> None:
    ended = brownie(project, *arguments)
    assert ended.returncode == 1
    assert [line for line in ended.stderr.splitlines() if line.startswith("error:") and message in line]
    assert "Traceback" not in ended.stdout + ended.stderr
