"""A customer's data by the script, as people run it, on a running Ganache.

given files of a customer and a brand with a key
├── create should seal and mint them, and read give them back
├── open should give them to the brand under a consent, and name the condition that failed without one
├── under a paid access, open should work while that can be read under
├── rotate should shut out who may not read any more, readers say who may
├── what was interrupted should be told, and gone on with or taken back
├── export should write everything in clear, with keys only when they are asked for
└── erase should ask to be confirmed, and leave nothing to read
given wrong arguments
└── it should print one line and end with exit code 1, and show no secret
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.test_scripts import brownie, project, said
from tests.support.access import Offer
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Programme, Records, load
from web3crm.domain import Role
from web3crm.vault import (
    ChainGate,
    ChainLedger,
    DatasetId,
    EmbeddedStore,
    Identity,
    Vault,
    derive_identity,
    sign_with,
)

__all__ = ["project"]

pytestmark = pytest.mark.slow

PROFILE = b'{"milk": "oat", "roast": "light"}'
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1_200
DAY = 86_400


class Brand(NamedTuple):
    """The coffee brand: its programme and the file with its identity."""

    programme: Programme
    identity: Path


def staff(programme: Programme, role: Role) -> str:
    return programme.params.roles.holders(role)[0].address


@pytest.fixture(scope="module")
def brand(project: tuple[Path, LocalChain]) -> Iterator[Brand]:
    """Deployed; its key and a notice are published."""
    folder, local = project
    identity = folder / "brand.txt"
    key = said(project, "data", "new_identity", str(identity)).splitlines()[-1]
    assert f" published {key}" in said(project, "data", "publish_brand_key", key)
    chain = Chain(local.chain.web3, network="ganache-cli")
    programme = load(chain, "coffee", records=Records(folder / "deployments"))
    notice = programme.commons.consents.functions.publishNotice(b"\x01" * 32, "", 0, 0, 1, 30 * DAY)
    chain.transact(programme.as_brand(notice), sender=staff(programme, Role.PRIVACY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEB3CRM_IDENTITY", str(identity))
        patch.delenv("WEB3CRM_IPFS", raising=False)
        yield Brand(programme, identity)


@pytest.fixture(scope="module")
def files(project: tuple[Path, LocalChain]) -> tuple[str, str]:
    """A profile and a picture."""
    paths = project[0] / "profile.json", project[0] / "picture.png"
    for path, data in zip(paths, (PROFILE, PICTURE), strict=True):
        path.write_bytes(data)
    return str(paths[0]), str(paths[1])


def created(project: tuple[Path, LocalChain], *arguments: str) -> str:
    """The number of a dataset that is made now."""
    return re.search(r"has dataset (\d+) of class", said(project, "data", "create", *arguments))[1]


def refused(project: tuple[Path, LocalChain], *arguments: str) -> str:
    ended = brownie(project, "data", *arguments)
    assert ended.returncode == 1, ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    return next(line for line in ended.stderr.splitlines() if line.startswith("error:"))


def test_a_new_identity_is_private_and_opens_what_is_made_for_it(
    project: tuple[Path, LocalChain], brand: Brand
) -> None:
    identity = Identity.parse(brand.identity.read_text().splitlines()[-1])
    assert stat.S_IMODE(brand.identity.stat().st_mode) == 0o600
    assert identity.recipient in brand.identity.read_text()
    assert "is there already" in refused(project, "new_identity", str(brand.identity))


def test_the_whole_story(project: tuple[Path, LocalChain], brand: Brand, files: tuple[str, str]) -> None:
    folder, _ = project
    story = said(project, "data", "create", "5", *files)
    dataset = re.search(r"has dataset (\d+) of class 5 preferences", story)[1]
    assert len(re.findall(r"baf[ky]\w+", story)) == 3
    assert "2 files in" in said(project, "data", "read", dataset, str(folder / "own"))
    assert {path.name: path.read_bytes() for path in (folder / "own").iterdir()} == {
        "profile.json": PROFILE,
        "picture.png": PICTURE,
    }

    assert "is shared with" in said(project, "data", "share", dataset, "brand")
    assert "the customer allows this brand nothing" in refused(project, "open", dataset, "2", str(folder / "no"))
    said(project, "consent", "grant", "2", "5", "365d")
    assert "2 files in" in said(project, "data", "open", dataset, "2", str(folder / "brands"))
    assert (folder / "brands" / "profile.json").read_bytes() == PROFILE
    assert "does not allow this purpose" in refused(project, "open", dataset, "3", str(folder / "no"))
    assert not (folder / "no").exists()
    readers = said(project, "data", "readers")
    assert f"{brand.programme.brand} may read dataset {dataset} (5 preferences), epoch 1" in readers
    assert "for purpose 2 recommendations, until 20" in readers

    rotated = said(project, "data", "rotate", dataset)
    assert "is in key epoch 2" in rotated
    assert f"{brand.programme.brand} has its key" in rotated
    said(project, "data", "open", dataset, "2", str(folder / "again"))
    assert (folder / "again" / "picture.png").read_bytes() == PICTURE

    said(project, "consent", "withdraw")
    assert "may not read" in said(project, "data", "readers", dataset)
    assert f"{brand.programme.brand} is shut out: the customer allows" in said(project, "data", "rotate", dataset)
    assert "shared no envelope" in refused(project, "open", dataset, "2", str(folder / "no"))
    assert "nobody has an envelope" in said(project, "data", "readers")
    assert f"{dataset}: 5 preferences, epoch 3" in said(project, "data", "main")

    said(project, "data", "export", str(folder / "mine"))
    index = json.loads((folder / "mine" / "index.json").read_bytes())
    item = next(item for item in index["datasets"] if item["dataset"].endswith(f"/{dataset}"))
    assert (folder / "mine" / item["files"][0]["path"]).read_bytes() == PROFILE
    assert item["identity"] is None
    said(project, "data", "export", str(folder / "with keys"), "with_keys")
    assert "AGE-SECRET-KEY-1" in next((folder / "with keys").glob("*/identity.txt")).read_text()

    assert "add the word destroy" in refused(project, "erase", dataset)
    assert "1 keys and 0 envelopes destroyed, 3 blobs removed" in said(project, "data", "erase", dataset, "destroy")
    assert "no identity" in refused(project, "read", dataset, str(folder / "no"))
    assert "nothing to erase" in refused(project, "erase", dataset, "destroy")
    assert "is burned" in said(project, "data", "burn", dataset)


def test_a_paid_access_is_opened_while_it_lives(
    project: tuple[Path, LocalChain], brand: Brand, files: tuple[str, str]
) -> None:
    folder, local = project
    chain, programme = local.chain, brand.programme
    dataset = created(project, "5", files[0])
    said(project, "consent", "grant", "2", "5", "365d")
    accesses, customer = programme.commons.accesses, local.accounts[3].address
    chain.transact(accesses.functions.fund(programme.brand, "0x" + "00" * 20, 1_000), sender=customer, value=1_000)
    digest = chain.call(programme.commons.datasets.functions.datasetOf(int(dataset)))[3]
    terms = Offer(int(dataset), chain.now() + DAY, digest, price=1_000, purpose=2, minimum=0).to_tuple()
    receipt = chain.transact(programme.as_brand(accesses.functions.offer(terms)), sender=staff(programme, Role.ACCESS))
    access = chain.events(receipt, accesses, "AccessOffered")[0].args["accessId"]
    shared = said(project, "data", "share", dataset, "brand", str(access))
    assert "has not accepted" in refused(project, "open", dataset, "2", str(folder / "paid"), str(access))
    envelope = bytes.fromhex(re.search(r"envelope 0x([0-9a-f]{64})", shared)[1])
    chain.transact(accesses.functions.accept(access, envelope), sender=customer)
    assert "1 files in" in said(project, "data", "open", dataset, "2", str(folder / "paid"), str(access))
    assert "name the access" in refused(project, "open", dataset, "2", str(folder / "no"))
    assert f"under access {access}, for purpose 2" in said(project, "data", "readers", dataset)
    chain.transact(accesses.functions.close(access), sender=customer)
    assert "the access was closed" in refused(project, "open", dataset, "2", str(folder / "no"), str(access))
    assert "is released to" in said(project, "data", "unshare", dataset, "brand", str(access))
    assert "no envelope of dataset" in refused(project, "unshare", dataset, "brand", str(access))


def test_what_was_interrupted_is_told_and_gone_on_with(
    project: tuple[Path, LocalChain], brand: Brand, files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted before the vault knew the number; then with a rotation prepared that is not to be published."""
    folder, local = project
    monkeypatch.setenv("WEB3CRM_HOME", str(folder / "interrupted"))
    dataset = created(project, "5", files[0])
    (entry,) = (folder / "interrupted" / "vaults" / "1337").glob("*/keyring/*.json")
    entry.write_text(json.dumps({**json.loads(entry.read_text()), "dataset": None}))
    assert "not minted yet" in said(project, "data", "main")
    assert "1 files in" in said(project, "data", "read", hex(int(dataset)), str(folder / "after all"))
    assert f"{dataset}: 5 preferences" in said(project, "data", "main")

    note = _prepared(folder / "interrupted", local, brand.programme, int(dataset))
    assert f"the rotation of {dataset} is not finished" in said(project, "data", "main")
    assert "is taken back" in said(project, "data", "abandon", dataset)
    assert not note.exists()
    assert "no rotation of dataset" in refused(project, "abandon", dataset)
    assert "is in key epoch 2" in said(project, "data", "rotate", dataset)


def _prepared(home: Path, local: LocalChain, programme: Programme, number: int) -> Path:
    """Prepares a rotation and stops there; the note in the vault's folder."""
    chain, commons, owner = local.chain, programme.commons, local.accounts[3]
    parts = {"consents": commons.consents, "datasets": commons.datasets, "keys": commons.keys}
    folder = home / "vaults" / "1337" / owner.address
    vault = Vault(
        owner.address,
        derive_identity(owner.address, sign_with(owner)),
        store=EmbeddedStore(home / "blobs"),
        folder=folder,
        gate=ChainGate(chain, **parts),
    )
    vault.prepare_rotation(DatasetId(1337, str(commons.datasets.address), number), ChainLedger(chain, **parts))
    (note,) = (folder / "rotations").iterdir()
    return note


def test_another_machine_is_told_that_the_vault_is_not_there(
    project: tuple[Path, LocalChain], brand: Brand, files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = project
    dataset = created(project, "5", files[0])
    monkeypatch.setenv("WEB3CRM_HOME", str(folder / "elsewhere"))
    assert "is not on this machine" in refused(project, "open", dataset, "2", str(folder / "no"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must hold one age identity"),
        ("AGE-SECRET-KEY-1QQ\n", "this is not an age identity"),
        ("AGE-SECRET-KEY-1QQ\nAGE-SECRET-KEY-1QQ\n", "it holds 2 others"),
    ],
)
def test_a_wrong_identity_file_is_told_and_not_shown(
    project: tuple[Path, LocalChain],
    brand: Brand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    message: str,
) -> None:
    (tmp_path / "key.txt").write_text(content)
    monkeypatch.setenv("WEB3CRM_IDENTITY", str(tmp_path / "key.txt"))
    said_ = refused(project, "open", "1", "2", str(tmp_path / "no"))
    assert message in said_
    assert "1QQ" not in said_


def test_a_key_in_the_variable_is_told_and_not_shown(
    project: tuple[Path, LocalChain], brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Identity.generate().export()
    monkeypatch.setenv("WEB3CRM_IDENTITY", key)
    said_ = refused(project, "open", "1", "2", str(tmp_path / "no"))
    assert "not shown here" in said_
    assert key[20:] not in said_


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("create", "5"), "name at least one file"),
        (("create", "64", "{file}"), "data_class must be a whole number from 0 to 63"),
        (("create", "5", "/nowhere"), "/nowhere is not a file that can be read"),
        (("share", "x", "brand"), "dataset must be a whole number"),
        (("share", "7", "nobody"), "grantee must be an address"),
        (("share", "7", "account:5"), "has published no key"),
        (("share", "7", "brand"), "no identity for eip155:1337"),
        (("share", "7", "brand", "x"), "access must be a whole number"),
        (("share", "0x7", "brand", "0x7"), "no identity for eip155:1337"),
        (("read", "7", "/nowhere/x"), "no identity for eip155:1337"),
        (("open", "7", "2", "/nowhere/x"), "there is no dataset 7"),
        (("open", "7", "64", "/nowhere/x"), "purpose must be a whole number from 0 to 63"),
        (("rotate", "7"), "does not exist on chain"),
        (("export", "/nowhere/x"), "must be a new folder in one that exists"),
        (("export", "/nowhere/x", "keys"), "keys must be one of without_keys, with_keys"),
        (("erase", "7", "yes"), "add the word destroy"),
        (("new_identity", "/nowhere/x"), "cannot be written"),
    ],
)
def test_wrong_arguments_get_one_line(
    project: tuple[Path, LocalChain], brand: Brand, files: tuple[str, str], arguments: tuple[str, ...], message: str
) -> None:
    assert message in refused(project, *(argument.format(file=files[0]) for argument in arguments))
