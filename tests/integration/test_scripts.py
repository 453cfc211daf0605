"""The scripts, run by Brownie against a running Ganache, as a person runs them.

given a chain without a programme
    an act should deploy the example first, and say so
    the next act should find it
    the status should say that everything is as recorded
given a programme
    a reward should be redeemed, cancelled, handed out and refunded
    a perk should be redeemed, delivered and cancelled
    points should be swapped with another brand's, on terms both agreed to
    a role should be handed to the DAO, and the status should expect it there
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


def said(project: tuple[Path, LocalChain], *arguments: str) -> str:
    """What an act that must succeed prints."""
    ended = brownie(project, *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_a_reward_is_redeemed_cancelled_and_handed_out(project: tuple[Path, LocalChain]) -> None:
    said(project, "points", "issue", "account:3", "1000")
    assert "1 Cup                      250 points; 5000 left, at most 4 each" in said(project, "rewards", "list")
    assert "order 1: Cup for 250 points, open" in said(project, "rewards", "redeem", "Cup", "a blue one")
    assert "order 1 is cancelled" in said(project, "rewards", "cancel", "1")
    assert "order 2: Cup for 250 points, open" in said(project, "rewards", "redeem", "Cup")
    assert "order 2 is fulfilled" in said(project, "rewards", "fulfil", "1,2")
    assert "order 2 is refunded" in said(project, "rewards", "refund", "2")
    assert "has 1000 points" in said(project, "points", "balance", "account:3")


def test_a_perk_is_redeemed_and_delivered(project: tuple[Path, LocalChain]) -> None:
    assert "has card 1 of tier 2" in said(project, "membership", "buy", "Barista")
    assert "tier 2, 2 Bag of new roast: 4 times in 365d, physical" in said(project, "perks", "list")
    redeemed = said(project, "perks", "redeem", "1", "Bag of new roast")
    assert "card 1, 2 Bag of new roast: 3 left" in redeemed
    number = redeemed.partition("is redeemed: ")[2].split()[0]
    assert "1 deliveries are confirmed" in said(project, "perks", "deliver", number)
    other = said(project, "perks", "redeem", "1", "2").partition("is redeemed: ")[2].split()[0]
    said(project, "perks", "cancel", other)
    assert "card 1, 2 Bag of new roast: 3 left" in said(project, "perks", "left", "1")


def test_points_are_swapped_with_another_brand_s(project: tuple[Path, LocalChain]) -> None:
    said(project, "deploy", "main", "bookshop")
    terms = ("1/3", "3", "10000", "10000", "1d", "3d")
    assert "once bookshop has agreed" in said(project, "exchange", "agree", "bookshop", *terms)
    assert "the terms hold" in said_as("bookshop", project, "exchange", "agree", "coffee", *terms)
    said_as("bookshop", project, "points", "issue", "account:3", "500")
    said_as("bookshop", project, "exchange", "fund", "coffee", "400")
    said(project, "exchange", "rate", "bookshop", "0.5")
    said(project, "exchange", "open", "bookshop")
    assert "1 EARS = 2 BEAN; open: yes" in said_as("bookshop", project, "exchange", "open", "coffee")
    assert "got 50 EARS for 100 BEAN" in said(project, "exchange", "swap", "bookshop", "100")
    assert "coffee owes bookshop 100 BEAN" in said(project, "exchange", "show", "bookshop")
    assert "can be withdrawn" in said_as("bookshop", project, "exchange", "announce", "coffee", "other", "100")


def said_as(programme: str, project: tuple[Path, LocalChain], *arguments: str) -> str:
    """What an act on another programme prints."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEB3CRM_PROGRAMME", programme)
        return said(project, *arguments)


def test_a_role_is_handed_to_the_dao(project: tuple[Path, LocalChain]) -> None:
    assert "tiers is the DAO's from now on" in said(project, "dao", "hand_over", "tiers")
    assert "Everything is as recorded." in said(project, "status")
    refused = brownie(project, "dao", "hand_over", "privacy")
    assert "the role PRIVACY cannot be handed over: somebody must answer to the customer" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rewards", "redeem", "Car"), "there is no reward 'Car'; there are: Cup, Grinder, A year as Regular"),
        (("perks", "retire", "Regular", "Massage"), "tier 1 has no perk 'Massage'; it has: Espresso on the house"),
        (("perks", "deliver", "0x12"), "redemptions must be 0x and 64 hex digits"),
        (("exchange", "swap", "coffee", "1"), "a programme swaps with another one, not with itself"),
        (("exchange", "show", "teashop"), "no programme 'teashop' on chain 1337"),
        (("dao", "hand_over", "king"), "role must be one of admin, issuer"),
        (("points", "issue", "0x12", "1"), "customer must be an address"),
        (("points", "issue", "account:4", "ten"), "points: an amount is a plain number"),
        (("points", "issue"), "Usage: brownie run points issue <customer> <points> [<what_for>]"),
        (("points", "isue"), "points has no act 'isue'; it has: balance, burn, claim"),
        (("deploy", "main", "tea"), "there is no parameter file"),
        (("membership", "buy", "Unheard"), "there is no tier 'Unheard'"),
        (("membership", "buy", "99999999"), "tier must be a whole number from 1 to 65535"),
        (("membership", "take", "/nowhere"), "the order /nowhere cannot be read"),
        (("membership", "sell", "1", "1", "native", "7d", "anyone", "half"), "perks must be one of pinned, open"),
        (("consent", "grant", "0", "64"), "data_classes must be a whole number from 0 to 63"),
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
