"""Earning by the scripts, as a person runs them, on a running Ganache.

given the CDNOW data set and a file of rules
├── a dry run should show what purchases earn and why, and send nothing
├── one command should publish it, and done again send nothing
├── anybody should find that it holds, and how a customer stands
├── it should be said when it is more than the budget lets mature
└── it should be taken back, and the liability shown
given purchases and wallets in files of one's own
├── they should be published; who has no wallet should be named
└── who is missing the next time should be refused
given wrong arguments
└── it should print one line and end with exit code 1
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.integration.test_scripts import brownie, project
from web3crm.chain import LocalChain

__all__ = ["project"]

pytestmark = pytest.mark.slow

RULES = "rules:\n  - rate: 10\n  - first_purchase: 50\n  - cap: 5000\n"


@pytest.fixture
def rules(project: tuple[Path, LocalChain]) -> str:
    path = project[0] / "rules.yaml"
    path.write_text(RULES)
    return str(path)


def test_a_dry_run_shows_what_is_earned_and_why(project: tuple[Path, LocalChain], rules: str) -> None:
    out = project[0] / "earned.csv"
    ended = brownie(project, "points", "earn", "cdnow", rules, "00004", str(out))
    assert ended.returncode == 0, ended.stderr
    assert "69,659 purchases by 23,570 customers earn" in ended.stdout
    assert "This was a dry run" in ended.stdout
    assert "10 a unit: 0 → 293.3; 50 for the first purchase: 293.3 → 343.3" in " ".join(ended.stdout.split())
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), rows[0]["points"]) == (69_659, "167.7")


def test_the_whole_set_is_published_by_one_command(project: tuple[Path, LocalChain], rules: str) -> None:
    customer = project[1].accounts[4].address
    first = brownie(project, "points", "publish", "cdnow", rules)
    again = brownie(project, "points", "publish", "cdnow", rules)
    verified = brownie(project, "points", "verify")
    standing = brownie(project, "points", "standing", customer)
    liability = brownie(project, "points", "liability")
    discarded = brownie(project, "points", "discard")
    nothing = brownie(project, "points", "claim", customer)
    assert "of 23,502 customers: published" in first.stdout, first.stdout + first.stderr
    for what in ("reading the purchases", "applying the rules", "building the tree", "storing the proofs"):
        assert what in first.stdout
    assert "can be issued now" not in first.stdout
    assert "pending already, nothing was sent" in again.stdout
    assert "holds: 23,502 customers" in verified.stdout, verified.stdout + verified.stderr
    assert "pending  has nothing of hers" in standing.stdout
    assert "outstanding    0" in liability.stdout
    assert "was taken back" in discarded.stdout
    assert "error: nothing can be claimed from 0x" in nothing.stderr


def test_files_of_ones_own_are_published_and_claimed(project: tuple[Path, LocalChain], rules: str) -> None:
    folder, local = project
    ann, bea = (local.accounts[number].address for number in (4, 5))
    purchases, wallets = folder / "purchases.csv", folder / "wallets.csv"
    purchases.write_text("customer,time,amount\nann,2026-01-01,10\nbea,2026-01-01,20\ncleo,2026-01-01,1\n")
    wallets.write_text(f"customer,address\nann,{ann}\nbea,{bea}\n")
    first = brownie(project, "points", "publish", str(purchases), rules, str(wallets), "13h")
    local.chain.sleep(13 * 3_600 + 1)
    claimed = brownie(project, "points", "claim", ann)
    everybody = brownie(project, "points", "claim_all")
    standing = brownie(project, "points", "standing", bea)
    purchases.write_text("customer,time,amount\nann,2026-01-01,10\n")
    missing = brownie(project, "points", "publish", str(purchases), rules, str(wallets))
    kept = brownie(project, "points", "publish", str(purchases), rules, str(wallets), "1d", "yes")
    assert "1 customers have no wallet: their 60 points wait until they have one (cleo)" in first.stdout, first.stderr
    assert f"{ann} got 150 points, and has earned 150" in claimed.stdout
    assert "1 customers got 250 points in 1 transactions" in everybody.stdout
    assert "matured  earned 250, can claim 0, owes 0" in standing.stdout
    assert "error: 1 customers of the matured root are not among those given" in missing.stderr
    assert "of 2 customers: matured already, nothing was sent" in kept.stdout


def test_more_than_the_budget_lets_mature_is_said(project: tuple[Path, LocalChain]) -> None:
    folder, local = project
    purchases, wallets, rules = (folder / name for name in ("dear.csv", "wallets.csv", "plain.yaml"))
    purchases.write_text("customer,time,amount\nann,2026-01-01,4000000\n")
    wallets.write_text(f"customer,address\nann,{local.accounts[4].address}\n")
    rules.write_text("rules:\n  - rate: 10\n")
    ended = brownie(project, "points", "publish", str(purchases), str(rules), str(wallets), "1d", "yes")
    assert "points that can be issued now: it cannot mature before the budget allows it" in ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("earn", "cdnow", "/nowhere.yaml"), "/nowhere.yaml cannot be read: No such file"),
        (("earn", "/nowhere.csv", "{rules}"), "cannot read the purchases in /nowhere.csv"),
        (("earn", "cdnow", "{rules}", "nobody"), "customer 'nobody' bought nothing"),
        (("publish", "cdnow", "{rules}", "/nowhere.csv"), "cannot read the wallets in /nowhere.csv"),
        (("publish", "cdnow", "{rules}", "", "soon"), "matures_in: a duration is a whole number"),
        (("publish", "cdnow", "{rules}", "", "7d", "perhaps"), "keep_missing must be one of yes, no"),
        (("verify", "none"), "which must be one of present, all"),
        (("claim_all", "0"), "batch must be a whole number from 1 to 400"),
    ],
)
def test_wrong_arguments_get_one_line(
    project: tuple[Path, LocalChain], rules: str, arguments: tuple[str, ...], message: str
) -> None:
    ended = brownie(project, "points", *(argument.format(rules=rules) for argument in arguments))
    assert ended.returncode == 1
    assert [line for line in ended.stderr.splitlines() if line.startswith("error:") and message in line]
    assert "Traceback" not in ended.stdout + ended.stderr
