"""Deploying.

given parameters
    the programme should be what they say, to the last role and price
    the deployer should hold no power when it is done
    staff should act for the brand in the commons, and nobody else
    a second programme should share the commons
    deploying again should send nothing
given a run that is killed at every step in turn
    it should be finished by resuming, with nothing done twice
given a record that does not belong to the chain, the parameters, the commons or the deployer
    it should be refused, and left as it is
given an unfinished or missing deployment
    loading it should say so
given a deployer without native coin
    nothing should be sent
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from web3crm.chain import Chain, LocalChain, Prepared, Sender
from web3crm.deploy import (
    Params,
    Programme,
    Records,
    deploy_commons,
    deploy_programme,
    load,
    powers,
    read_params,
    verify,
)
from web3crm.deploy.plan import COMMONS_CONTRACTS, programme_plan
from web3crm.domain import Role
from web3crm.errors import ContractRevert, DeploymentError, InputError

EXAMPLES = Path(__file__).parents[3] / "deployments" / "params"


class KilledError(BaseException):
    """What stands for a process that ends at once."""


def killing(chain: Chain, monkeypatch: pytest.MonkeyPatch, *, after_sending: bool) -> None:
    """Makes each second transaction end the run: before it is sent, or after and before anybody learns of it."""
    submit: Callable[[Prepared], str] = chain.submit
    count = 0

    def dying(prepared: Prepared) -> str:
        nonlocal count
        count += 1
        if count % 2 == 0:
            return submit(prepared)
        if after_sending:
            submit(prepared)
        raise KilledError

    monkeypatch.setattr(chain, "submit", dying)


def run_until_done(run: Callable[[], Programme]) -> tuple[Programme, int]:
    """Starts again whenever the run was killed; returns how often it was."""
    for deaths in range(100):
        try:
            return run(), deaths
        except KilledError:
            continue
    raise AssertionError("the deployment never ended")


def sent_by(chain: Chain, address: str) -> int:
    return int(chain.rpc("eth_getTransactionCount", [address, "latest"]), 16)


def test_the_programme_is_what_the_parameters_say(deployed: Programme) -> None:
    assert verify(deployed) == []


def test_the_deployer_holds_no_power(deployed: Programme, local: LocalChain) -> None:
    deployer = local.accounts[0].address
    assert deployer not in {power.holder for power in powers(deployed)}
    admin = bytes(32)
    assert not local.chain.call(deployed.timelock.functions.hasRole(admin, deployer))


def test_the_powers_are_those_of_the_parameters(deployed: Programme) -> None:
    roles = deployed.params.roles
    assert {(power.role, power.holder) for power in powers(deployed)} == {
        ("ADMIN", roles.admin),
        ("ISSUER", roles.issuer[0].address),
        ("MEMBERSHIP", roles.membership[0].address),
        ("TREASURER", roles.treasurer[0].address),
        ("PRIVACY", roles.privacy[0].address),
        ("EDITOR", roles.editor[0].address),
        ("FULFILMENT", roles.fulfilment[0].address),
        ("TIERS", roles.tiers[0].address),
        ("EXCHANGE", roles.exchange[0].address),
        ("ACCESS", roles.access[0].address),
        ("ISSUER", deployed.distributor.address),
        ("MEMBERSHIP", deployed.rewards.address),
        ("REFUNDER", deployed.rewards.address),
        ("PARAMETERS", deployed.timelock.address),
    }


def test_staff_speaks_for_the_brand_in_the_commons(own_chain: Chain, deployed: Programme) -> None:
    keys = deployed.commons.keys.functions
    officer = deployed.params.roles.privacy[0].address
    own_chain.transact(deployed.as_brand(keys.publish(b"\x01" * 32)), sender=officer)
    assert own_chain.call(keys.recipientOf(deployed.brand))[0] == b"\x01" * 32


@pytest.mark.parametrize("number", [0, 1, 3])
def test_nobody_else_does(own_chain: Chain, local: LocalChain, deployed: Programme, number: int) -> None:
    act = deployed.as_brand(deployed.commons.keys.functions.publish(b"\x01" * 32))
    with pytest.raises(ContractRevert, match="AccessManagerUnauthorizedCall"):
        own_chain.transact(act, sender=local.accounts[number])


def test_the_deployer_issues_nothing(own_chain: Chain, local: LocalChain, deployed: Programme) -> None:
    act = deployed.points.functions.issue(local.accounts[0].address, 1, bytes(32))
    with pytest.raises(ContractRevert, match="AccessManagedUnauthorized"):
        own_chain.transact(act, sender=local.accounts[0])


def test_deploying_again_sends_nothing(
    own_chain: Chain, local: LocalChain, deployed: Programme, coffee: Params, records: Records
) -> None:
    before = sent_by(own_chain, local.accounts[0].address)
    again = deploy_programme(own_chain, coffee, sender=local.accounts[0], records=records)
    assert again.brand == deployed.brand
    assert sent_by(own_chain, local.accounts[0].address) == before


def test_a_second_programme_shares_the_commons(own_chain: Chain, local: LocalChain, deployed: Programme) -> None:
    params = read_params(EXAMPLES / "bookshop.yaml", own_chain)
    records = Records.in_memory()
    other = deploy_programme(own_chain, params, commons=deployed.commons, sender=local.accounts[0], records=records)
    assert other.commons.addresses == deployed.commons.addresses
    assert other.brand != deployed.brand
    assert verify(other) == []


def test_an_admin_that_deploys_stays_admin(own_chain: Chain, deployed: Programme, coffee: Params) -> None:
    admin = coffee.roles.admin
    params = replace(coffee, programme="own")
    own = deploy_programme(own_chain, params, commons=deployed.commons, sender=admin, records=Records.in_memory())
    assert verify(own) == []
    assert [power.holder for power in powers(own) if power.role == Role.ADMIN.label] == [admin]


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "after sending"])
@pytest.mark.parametrize("unlocked", [False, True], ids=["own key", "the node's key"])
def test_a_run_that_is_killed_at_every_step_is_finished(
    own_chain: Chain,
    local: LocalChain,
    coffee: Params,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    after_sending: bool,
    unlocked: bool,
) -> None:
    deployer = local.accounts[9]
    sender: Sender = deployer.address if unlocked else deployer
    before = sent_by(own_chain, deployer.address)
    killing(own_chain, monkeypatch, after_sending=after_sending)
    records = Records(tmp_path)
    programme, deaths = run_until_done(lambda: deploy_programme(own_chain, coffee, sender=sender, records=records))
    steps = len(COMMONS_CONTRACTS) + len(programme_plan(coffee, deployer.address))
    assert sent_by(own_chain, deployer.address) - before == steps
    assert deaths >= steps // 2
    assert verify(programme) == []
    assert load(own_chain, "coffee", records=records).brand == programme.brand
    assert programme.record.data["pending"] is None


def stopped(chain: Chain, local: LocalChain, coffee: Params, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    """The records of a run that was killed at the second of its own steps."""
    records = Records(folder)
    deploy_commons(chain, sender=local.accounts[0], records=records)
    with monkeypatch.context() as patch:
        killing(chain, patch, after_sending=True)
        with pytest.raises(KilledError):
            deploy_programme(chain, coffee, sender=local.accounts[0], records=records)
    return records


def test_another_deployer_cannot_finish(
    own_chain: Chain, local: LocalChain, coffee: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = stopped(own_chain, local, coffee, tmp_path, monkeypatch)
    with pytest.raises(DeploymentError, match="only she can finish it"):
        deploy_programme(own_chain, coffee, sender=local.accounts[5], records=records)


def test_other_parameters_cannot_finish(
    own_chain: Chain, local: LocalChain, coffee: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = stopped(own_chain, local, coffee, tmp_path, monkeypatch)
    other = replace(coffee, points=replace(coffee.points, name="Other"))
    with pytest.raises(DeploymentError, match="was made from other parameters"):
        deploy_programme(own_chain, other, sender=local.accounts[0], records=records)


def test_an_unfinished_programme_is_not_loaded(
    own_chain: Chain, local: LocalChain, coffee: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = stopped(own_chain, local, coffee, tmp_path, monkeypatch)
    with pytest.raises(DeploymentError, match="is not finished: run the deployment again"):
        load(own_chain, "coffee", records=records)


def test_a_programme_that_is_not_there_is_told(own_chain: Chain, records: Records) -> None:
    with pytest.raises(DeploymentError, match=r"no programme 'tea' .*there are: coffee"):
        load(own_chain, "tea", records=records)


def test_a_deployer_without_coin_sends_nothing(own_chain: Chain, coffee: Params) -> None:
    poor = "0x000000000000000000000000000000000000dEaD"
    with pytest.raises(InputError, match="has no native coin"):
        deploy_programme(own_chain, coffee, sender=poor, records=Records.in_memory())


def test_a_record_of_a_chain_that_was_thrown_away_is_disregarded(
    own_chain: Chain, local: LocalChain, coffee: Params, tmp_path: Path
) -> None:
    records = Records(tmp_path)
    snapshot = own_chain.snapshot()
    deploy_programme(own_chain, coffee, sender=local.accounts[0], records=records)
    own_chain.revert(snapshot)
    again = deploy_programme(own_chain, coffee, sender=local.accounts[8], records=records)
    assert again.record.deployer == local.accounts[8].address


def test_a_record_that_a_live_chain_does_not_confirm_is_refused(
    own_chain: Chain, local: LocalChain, coffee: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records(tmp_path)
    snapshot = own_chain.snapshot()
    programme = deploy_programme(own_chain, coffee, sender=local.accounts[0], records=records)
    own_chain.revert(snapshot)
    path = programme.record.path
    assert path is not None
    before = path.read_text()
    monkeypatch.setattr(own_chain, "is_local", False)
    with pytest.raises(DeploymentError, match="does not fit the chain: there is no code at"):
        deploy_programme(own_chain, coffee, sender=local.accounts[0], records=records)
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chainId": 5}, "is of chain 5"),
        ({"environment": "tea"}, "and 'tea'"),
        ({"format": 0}, "is not a record of format 1"),
    ],
)
def test_a_record_of_another_chain_is_refused(
    own_chain: Chain, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    records = Records(tmp_path)
    record = records.create(own_chain, "coffee", deployer="0x0")
    assert record.path is not None
    record.path.write_text(json.dumps({**record.data, **change}))
    with pytest.raises(DeploymentError, match=message):
        records.read(own_chain, "coffee")


def test_a_record_that_is_no_json_is_refused(own_chain: Chain, tmp_path: Path) -> None:
    records = Records(tmp_path)
    path = records.path(own_chain, "coffee")
    assert path is not None
    path.write_text("{")
    with pytest.raises(DeploymentError, match="cannot be read as a record"):
        records.read(own_chain, "coffee")


def test_a_record_is_never_replaced_on_a_live_chain(
    own_chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = Records(tmp_path)
    records.create(own_chain, "coffee", deployer="0x0")
    monkeypatch.setattr(own_chain, "is_local", False)
    with pytest.raises(DeploymentError, match="never replaced"):
        records.create(own_chain, "coffee", deployer="0x0")


def test_two_runs_do_not_deploy_at_once(tmp_path: Path) -> None:
    with Records(tmp_path).locked(), pytest.raises(DeploymentError, match="another run"), Records(tmp_path).locked():
        pass


def test_a_failed_write_leaves_the_record_as_it_was(
    own_chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Records(tmp_path).create(own_chain, "coffee", deployer="0x0")
    assert record.path is not None
    before = record.path.read_text()
    record.data["complete"] = True
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        record.save()
    assert record.path.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == [record.path.name]


def test_a_local_chain_leaves_no_record(own_chain: Chain) -> None:
    assert Records.default(own_chain).folder is None
