"""Erasures by the scripts, as people run them, on a running Ganache.

given a customer who shared a dataset with the brand
├── she should ask, and anybody see it, and how long is left
├── the processors that run here should erase and sign, one outside hand in its receipt
├── while one is missing, staff should not be able to acknowledge
├── the acknowledgement should be found to hold, from the blob store alone
└── done again, nothing should be sent
given a request that is not answered in time
├── it should be listed as overdue, also ahead of time
└── it should be acknowledged without a processor that did not answer, and found to lack it
given a file or a digest of one's own
└── it should be anchored as it is, and found to be no receipt
given wrong arguments
└── it should print one line and end with exit code 1
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.test_scripts import ROOT, brownie, project, said
from tests.support.erasing import OpenGate
from tests.support.local_chain import rolled_back
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Programme, Records, load
from web3crm.vault import ClearFile, DatasetId, EmbeddedStore, Identity, Vault

__all__ = ["project"]

pytestmark = pytest.mark.slow

Project = tuple[Path, LocalChain]
CUSTOMER = "account:3"


@pytest.fixture(scope="module")
def programme(project: Project) -> Programme:
    folder, local = project
    shutil.copytree(ROOT / "deployments" / "processors", folder / "deployments" / "processors")
    said(project, "deploy")
    return load(Chain.connect(local.url, network="ganache-cli"), "coffee", records=Records(folder / "deployments"))


@pytest.fixture
def brand(project: Project, programme: Programme) -> Iterator[Programme]:
    """The programme, and a chain and a customer's home that are as before after each test."""
    folder, local = project
    with rolled_back(local.chain):
        yield programme
    shutil.rmtree(folder / ".web3crm", ignore_errors=True)


def share(project: Project, brand: Programme) -> tuple[EmbeddedStore, list[str]]:
    """The customer seals a profile into the brand's store and leaves it an envelope. Returns the store and the CIDs."""
    folder, local = project
    customer, chain = local.accounts[3], local.chain
    store = EmbeddedStore(folder / "build" / "blobs")
    home = folder / ".web3crm" / "vaults" / str(chain.chain_id) / customer.address
    vault = Vault(customer.address, Identity.generate(), store=store, folder=home, gate=OpenGate())
    sealed = vault.create([ClearFile("profile.json", "application/json", b"{}")], data_class=0)
    receipt = chain.transact(brand.commons.datasets.functions.mint(sealed.manifest_digest, 0), sender=customer)
    (made,) = chain.events(receipt, brand.commons.datasets, "DatasetMinted")
    dataset = DatasetId(chain.chain_id, str(brand.commons.datasets.address), made.args["datasetId"])
    vault.attach(sealed.manifest_digest, dataset)
    vault.share(dataset, brand.brand, Identity.generate().recipient)
    return store, [sealed.manifest_cid, *(file.cid for file in sealed.manifest.files)]


def sign_letters(project: Project) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEB3CRM_ACCOUNT", "account:9")
        return said(project, "erasure", "sign", "Letter service", CUSTOMER, "letters=2,drafts=0")


def test_the_whole_round(project: Project, brand: Programme) -> None:
    store, cids = share(project, brand)
    who = project[1].accounts[3].address
    asked = said(project, "erasure", "request")
    assert f"{who} asked {brand.brand} to erase everything: 30 d left" in asked
    assert "1 request as of block" in said(project, "erasure", "list")
    processed = said(project, "erasure", "process", CUSTOMER)
    assert "Envelope keeper: 1 envelope erased" in processed
    assert "Blob store: 1 file erased; 1 manifest erased" in processed
    assert "Letter service: not asked, it is outside: `receive` takes its receipt" in processed
    assert "2 of 3 processors have signed" in processed
    assert [store.has(cid) for cid in cids] == [False, False]
    refused = brownie(project, "erasure", "acknowledge", CUSTOMER)
    assert "error: the processor Letter service has not acknowledged yet" in refused.stderr
    letters = f"letter-service-{who}.json"
    assert f"0 drafts erased; 2 letters erased; the receipt is in {letters}" in sign_letters(project)
    assert "missing now: nobody" in said(project, "erasure", "receive", letters)
    assert "Envelope keeper: has signed before" in said(project, "erasure", "process", CUSTOMER)
    done = said(project, "erasure", "acknowledge", CUSTOMER)
    assert "signed by 3 processors; the receipt is in the blob store under bafkrei" in done
    assert "was already acknowledged" in said(project, "erasure", "acknowledge", CUSTOMER)
    verified = said(project, "erasure", "verify", CUSTOMER)
    assert "the receipt holds" in verified
    assert "acknowledged after" in verified
    assert "in time" in verified
    assert "WARNING" not in verified
    listed = project[0] / "deployments" / "processors" / "coffee.yaml"
    shorter = listed.read_text().partition("  - name: Letter service")[0]
    (project[0] / "shorter.yaml").write_text(shorter)
    other = brownie(project, "erasure", "verify", CUSTOMER, "", "shorter.yaml")
    assert (other.returncode, "has signed, and the brand does not list it" in other.stdout) == (1, True)


def test_what_is_not_answered_is_overdue(project: Project, brand: Programme) -> None:
    said(project, "erasure", "request")
    ahead = brownie(project, "erasure", "overdue", "brand", "31d")
    assert (ahead.returncode, "1 request will be overdue in 31d unless it is" in ahead.stdout) == (1, True)
    assert "0 requests are overdue" in said(project, "erasure", "overdue")
    project[1].chain.sleep(31 * 86_400)
    late = brownie(project, "erasure", "overdue", "all")
    assert (late.returncode, f"to {brand.brand}" in late.stdout, "overdue by 1 d" in late.stdout) == (1, True, True)
    said(project, "erasure", "process", CUSTOMER)
    done = said(project, "erasure", "acknowledge", CUSTOMER, "", "Letter service")
    assert "Letter service has not signed, and the receipt says so" in done
    found = brownie(project, "erasure", "verify", CUSTOMER)
    assert found.returncode == 1
    assert "wrong: the processor Letter service" in found.stdout
    assert "1 d 0 h late" in found.stdout or "1 d late" in found.stdout


def test_anything_can_be_anchored_and_is_found_out(project: Project, brand: Programme) -> None:
    said(project, "erasure", "request")
    note = project[0] / "note.txt"
    note.write_text("all is erased, trust us")
    done = said(project, "erasure", "acknowledge", CUSTOMER, str(note))
    assert "That is no receipt file of this suite" in done
    found = brownie(project, "erasure", "verify", CUSTOMER, str(note))
    assert (found.returncode, "wrong: the receipt is not JSON" in found.stdout) == (1, True)
    nowhere = brownie(project, "erasure", "verify", CUSTOMER)
    assert "is not in the store" in nowhere.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("process", "account:5"), "has asked"),
        (("list", "mine"), "whose must be one of brand, all"),
        (("receive", "/nowhere.json"), "/nowhere.json cannot be read: No such file"),
        (
            ("sign", "Post office", CUSTOMER, "letters=1"),
            "the brand lists no processor 'Post office'; it lists: Envelope",
        ),
        (("sign", "Letter service", CUSTOMER, "letters"), "items must be kinds and counts such as letters=2"),
        (("sign", "Letter service", CUSTOMER, "letters=1"), "cannot sign for the processor Letter service"),
        (("verify", CUSTOMER), "was not acknowledged yet: there is no receipt to verify"),
        (("acknowledge", CUSTOMER), "the processor Envelope keeper has not acknowledged yet"),
    ],
)
def test_wrong_arguments_get_one_line(
    project: Project, brand: Programme, arguments: tuple[str, ...], message: str
) -> None:
    project[1].chain.transact(
        brand.commons.consents.functions.requestErasure(brand.brand), sender=project[1].accounts[3]
    )
    ended = brownie(project, "erasure", *arguments)
    assert ended.returncode == 1
    assert [line for line in ended.stderr.splitlines() if line.startswith("error:") and message in line], ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
