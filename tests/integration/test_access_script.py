"""Paid access by the script, as a person runs it, on a running Ganache.

given a brand with money, and a customer with a dataset and a consent
├── the brand should offer, the customer accept with the envelope's file, and be paid by the second
├── once she has withdrawn, the rest should go back without anybody naming a snapshot
├── it should be shown who pays whom how much for what until when, and why it cannot be read
├── an offer should be taken back, an access closed, and the brand's money withdrawn
└── an envelope for another dataset, or a file that is none, should be refused
given wrong arguments
└── it should print one line and end with exit code 1
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_scripts import brownie, project, said
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Programme, Records, load
from web3crm.vault import DatasetId, Identity, make_envelope

__all__ = ["project"]

pytestmark = pytest.mark.slow

DAY = 86_400
MANIFEST = b"\x11" * 32
PURPOSE, DATA_CLASS = 2, 5


@dataclass(frozen=True)
class Scene:
    """The deployed programme, the customer and her dataset."""

    project: tuple[Path, LocalChain]
    programme: Programme
    customer: str
    dataset_id: int

    def said(self, *arguments: str) -> str:
        return said(self.project, "access", *arguments)

    def refused(self, *arguments: str) -> str:
        ended = brownie(self.project, "access", *arguments)
        assert (ended.returncode, "Traceback" in ended.stdout + ended.stderr) == (1, False)
        return ended.stderr

    def transact(self, act: Any) -> None:
        """The customer does it."""
        self.programme.chain.transact(act, sender=self.customer)

    def offered(self, *more: str) -> str:
        """Offers one coin for thirty days; the access's id."""
        said = self.said("offer", hex(self.dataset_id), "recommendations", "1", "native", "30d", *more)
        return said.partition("access ")[2].partition(":")[0]

    def envelope(self, name: str, dataset_id: int) -> str:
        """The file of an envelope for the brand."""
        dataset = DatasetId(self.programme.chain.chain_id, str(self.programme.commons.datasets.address), dataset_id)
        made = make_envelope(
            Identity.generate(),
            dataset=dataset,
            key_epoch=1,
            grantee=self.programme.brand,
            recipient=Identity.generate().recipient,
        )
        path = self.project[0] / name
        path.write_text(json.dumps(made.to_json()))
        return str(path)


@pytest.fixture(scope="module")
def scene(project: tuple[Path, LocalChain]) -> Scene:
    """The brand has five coins to offer; the customer allows recommendations from her preferences."""
    folder, local = project
    assert "coffee has 5 native coin to offer" in said(project, "access", "fund", "5", "native")
    chain, customer = Chain(local.chain.web3, network="ganache-cli"), local.accounts[3].address
    programme = load(chain, "coffee", records=Records(folder / "deployments"))
    consents, datasets = programme.commons.consents.functions, programme.commons.datasets.functions
    notice = programme.as_brand(consents.publishNotice(b"\x01" * 32, "", 0, 0, 1, 30 * DAY))
    chain.transact(notice, sender=programme.params.roles.privacy[0].address)
    chain.transact(consents.grant(programme.brand, 1 << PURPOSE, 1 << DATA_CLASS, 1, 0), sender=customer)
    chain.transact(datasets.mint(MANIFEST, DATA_CLASS), sender=customer)
    return Scene(project, programme, customer, chain.call(datasets.datasetIdOf(customer, MANIFEST, DATA_CLASS)))


def test_a_customer_is_paid_until_she_withdraws(scene: Scene) -> None:
    chain, consents = scene.programme.chain, scene.programme.commons.consents.functions
    access = scene.offered("1d")
    listed = scene.said("offers", hex(scene.dataset_id))
    wrong = scene.refused("accept", access, scene.envelope("wrong.json", 77))
    accepted = scene.said("accept", access, scene.envelope("right.json", scene.dataset_id))
    chain.sleep(9 * DAY)
    paid = scene.said("collect", access)
    chain.sleep(DAY)
    scene.transact(consents.withdrawAll(scene.programme.brand))
    late = scene.refused("accept", scene.offered(), "0x" + "22" * 32)
    chain.sleep(DAY)
    returned = scene.said("take_back", access)
    shown = scene.said("show", access)
    assert f"access {access}: coffee ({scene.programme.brand}) pays 1 native coin for 30d, at least for 1d" in listed
    assert "purpose 2 recommendations with data class 5 preferences" in listed
    assert "offered  until" in listed
    assert "make the envelope anew" in wrong
    assert f"paid to  {scene.customer} since" in accepted
    assert "reading  yes" in accepted
    assert f"{scene.customer} was paid 0.300" in paid
    assert "an access needs a consent that covers it: the customer allows this brand nothing" in late
    assert f"native coin went back to {scene.programme.brand}" in returned
    assert "the consent ended" in shown
    assert "reading  no: the customer allows this brand nothing" in shown
    assert "and 0 native coin can be taken back" in shown
    scene.transact(consents.grant(scene.programme.brand, 1 << PURPOSE, 1 << DATA_CLASS, 1, 0))


def test_offers_are_taken_back_and_accesses_closed(scene: Scene) -> None:
    first, second = scene.offered(), scene.offered()
    retracted = scene.said("retract", first)
    gone = scene.refused("show", first)
    scene.said("accept", second, "0x" + "22" * 32)
    closed = scene.said("close", second, "brand")
    again = scene.refused("close", second)
    took = scene.said("withdraw", "0.5", "native")
    assert "the offer is taken back" in retracted
    assert "it was never offered, or the offer was taken back" in gone
    assert "it was closed" in closed
    assert "DataAccess_AlreadyClosed" in again
    assert "got 0.5 native coin; coffee has" in took


def test_a_file_that_is_no_envelope_is_refused(scene: Scene) -> None:
    access = scene.offered()
    path = scene.project[0] / "none.json"
    path.write_text("[" * 50_000)
    assert "is not an envelope" in scene.refused("accept", access, str(path))
    assert "cannot be read: No such file" in scene.refused("accept", access, "/nowhere.json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "12"), "there is no access 12"),
        (("show", "twelve"), "access must be a whole number"),
        (("offer", "1", "juggling", "1", "native", "30d"), "no purpose is called 'juggling'; known are service"),
        (("offer", "1", "64", "1", "native", "30d"), "purpose must be a whole number from 0 to 63"),
        (("offer", "1", "2", "1", "native", "30d"), "CustomerData_UnknownDataset"),
        (("fund", "0", "native"), "value must be more than 0"),
        (("withdraw", "1000", "native"), "DataAccess_BalanceTooLow"),
        (("fnd",), "access has no act 'fnd'; it has: accept, close, collect, fund"),
        (("accept", "12"), "Usage: brownie run access accept <access> <envelope>"),
    ],
)
def test_wrong_arguments_get_one_line(scene: Scene, arguments: tuple[str, ...], message: str) -> None:
    assert [line for line in scene.refused(*arguments).splitlines() if line.startswith("error:") and message in line]
