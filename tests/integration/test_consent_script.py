"""Consent by its script, as a person runs it, on a running Ganache.

given the notices of the coffee brand
├── version 1 should be published, stored and listed
├── a customer should be shown its text, in her language, and consent by names or by numbers
├── version 2 should ask again for one purpose, and say how to consent to it (G13)
├── what is allowed should be shown by name, and why the rest is not
├── record and receipt should be written, and hold
└── a part and everything should be withdrawn
given the notice of another programme, a version that is not the next, a previous file that was touched or is lost
└── it should be refused, and nothing be sent
given wrong arguments
└── it should print one line and end with exit code 1
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.integration.test_scripts import ROOT, brownie, project, said
from web3crm.chain import LocalChain

__all__ = ["project"]

pytestmark = pytest.mark.slow

NOTICES = Path("deployments") / "notices"


@pytest.fixture(scope="module")
def notices(project: tuple[Path, LocalChain]) -> Path:
    """The project's own copy of the notices."""
    shutil.copytree(ROOT / NOTICES, project[0] / NOTICES)
    return project[0] / NOTICES


def test_a_consent_from_the_notice_to_the_withdrawal(project: tuple[Path, LocalChain], notices: Path) -> None:
    folder, local = project
    me = local.accounts[3].address
    early = brownie(project, "consent", "grant", "0,2", "0", "365d")
    assert "error: the brand has published no notice to consent to yet" in early.stderr
    published = said(project, "consent", "publish_notice", str(NOTICES / "coffee" / "1.yaml"))
    assert "notice 1 of coffee is published: ipfs://bafkrei" in published

    granted = said(project, "consent", "grant", "0,2", "0", "365d")
    assert "Suggesting coffees: We use your profile, purchases and preferences" in granted
    assert "allows 0x" in granted
    assert "แนะนำกาแฟที่น่าจะถูกใจ" in said(
        project, "consent", "grant", "service,recommendations", "demographic,purchases", "30d", "th"
    )
    assert "nothing is to be asked" in said(project, "consent", "ask")

    second = said(project, "consent", "publish_notice", str(NOTICES / "coffee" / "2.yaml"))
    assert "asked again of whoever allowed it before: recommendations" in second.splitlines()[-1]
    asked = said(project, "consent", "ask", me)
    assert "ask again           purposes recommendations\n" in asked
    command = "consent grant service,recommendations demographic,purchases,preferences 365d"
    assert f"brownie run {command}" in asked
    shown = said(project, "consent", "snapshot")
    assert "service             demographic, purchases: allowed" in shown
    assert "recommendations     demographic, purchases: the purpose has changed its meaning since the consent" in shown
    assert said(project, "consent", "allowed", me, "service", "purchases").splitlines()[-1] == "yes"
    refused = "no: the purpose has changed its meaning since the consent"
    assert said(project, "consent", "allowed", me, "2", "0").splitlines()[-1] == refused
    said(project, *command.split())
    assert "nothing is to be asked" in said(project, "consent", "ask")

    assert "the record is in record.json" in said(project, "consent", "record", me, "record.json")
    assert "the receipt is in receipt.json" in said(project, "consent", "receipt", me, "receipt.json", "th")
    assert json.loads((folder / "record.json").read_text())["@type"] == "dpv:ConsentRecord"
    assert json.loads((folder / "receipt.json").read_text())["language"] == "th"
    assert '"consentReceiptID"' in said(project, "consent", "receipt")

    said(project, "consent", "withdraw", "recommendations")
    assert "recommendations" not in said(project, "consent", "snapshot")
    said(project, "consent", "withdraw")
    assert "she allows nothing" in said(project, "consent", "snapshot")
    assert f"the record holds: {me} and 0x" in said(project, "consent", "verify", "record.json")
    assert f"the receipt holds: {me} and 0x" in said(project, "consent", "verify", "receipt.json")
    listed = said(project, "consent", "notices")
    assert "changes service, recommendations, direct_marketing, commercial_research; demographic" in listed
    assert "changes recommendations; no data class" in listed
    forged = (folder / "record.json").read_text().replace("RenewedConsentGiven", "ConsentGiven")
    (folder / "forged.json").write_text(forged)
    found = brownie(project, "consent", "verify", "forged.json")
    assert "error: the record is not what the chain says: dpv:hasConsentStatus/" in found.stderr

    # Version 3 without the file of version 2 that was published.
    three = (notices / "coffee" / "2.yaml").read_text().replace("version: 2\n", "version: 3\n")
    (notices / "coffee" / "3.yaml").write_text(three)
    path = str(NOTICES / "coffee" / "3.yaml")
    (notices / "coffee" / "2.yaml").write_text(three.replace("version: 3\n", "version: 2\n") + "# touched\n")
    touched = brownie(project, "consent", "publish_notice", path)
    assert "error: the file of version 2 has the digest" in touched.stderr
    skipped = brownie(project, "consent", "publish_notice", str(NOTICES / "coffee" / "1.yaml"))
    assert "error: the notice is version 1, and the next one on chain is 3" in skipped.stderr
    other = brownie(project, "consent", "publish_notice", str(NOTICES / "bookshop" / "1.yaml"))
    assert "is a notice of 'bookshop', and this is the programme 'coffee'" in other.stderr
    (notices / "coffee" / "2.yaml").unlink()
    assert "asked again of whoever allowed it before: nothing" in said(project, "consent", "publish_notice", path)
    four = three.replace("version: 3\n", "version: 4\n")
    (notices / "coffee" / "4.yaml").write_text(four)
    lost = said(project, "consent", "publish_notice", str(NOTICES / "coffee" / "4.yaml"), "lost")
    assert "asked again of whoever allowed it before: everything" in lost


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("publish_notice", "/nowhere.yaml"), "/nowhere.yaml cannot be read: No such file"),
        (("grant", "0", "64"), "data_classes must be a whole number from 0 to 63"),
        (("grant", "gambling", "0"), "the notice has no purposes 'gambling'; it has: service (0), recommendations (2)"),
        (("grant", "0,1", "0"), "the notice has no purposes 1; it has: service (0)"),
        (("grant", "0", "0", "365d", "de"), "language must be one of th, en; got 'de'"),
        (("allowed", "account:3", "64", "0"), "purpose must be a whole number from 0 to 63"),
        (("withdraw", "0,64"), "purposes must be a whole number from 0 to 63"),
        (("record", "account:9"), "there is nothing to record"),
        (("receipt", "account:9"), "there is nothing to give a receipt for"),
        (("verify", "/nowhere.json"), "/nowhere.json cannot be read: No such file"),
    ],
)
def test_wrong_arguments_get_one_line(
    project: tuple[Path, LocalChain], notices: Path, arguments: tuple[str, ...], message: str
) -> None:
    ended = brownie(project, "consent", *arguments)
    assert ended.returncode == 1
    assert [line for line in ended.stderr.splitlines() if line.startswith("error:") and message in line], ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
