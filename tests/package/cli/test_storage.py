"""Where scripts find blobs and a customer's own things.

given no variable
├── blobs should be in the customer's home, or in the folder that is asked for
└── a programme's should be in the project, by the kind of chain
given WEB3CRM_BLOBS
└── it should be the folder, whatever is asked for, also after ~
given WEB3CRM_IPFS
├── it should be the daemon, whatever else is said, and no folder be made
└── what is no daemon's address should be refused
given WEB3CRM_HOME
└── it should be the customer's home, absolute, also after ~
given a chain and a customer
├── her vault should have one folder however her address is spelt, and none be made
└── what is no chain or no address should be refused
given a folder of blobs
├── they should be moved to the store of the moment
└── what is no folder of blobs should be refused, and none be made
given the scripts
└── none should open a store in another way
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from web3crm.cli.storage import home, move_blobs, open_blobs, programme_blobs, vault_folder
from web3crm.errors import InputError
from web3crm.vault.stores import EmbeddedStore, IpfsStore

ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
SCRIPTS = Path(__file__).parents[3] / "scripts"


@dataclass
class FakeChain:
    is_local: bool


@dataclass
class FakeSession:
    chain: FakeChain


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch, tmp_path):
    for name in ("WEB3CRM_IPFS", "WEB3CRM_BLOBS", "WEB3CRM_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "mary"))
    monkeypatch.chdir(tmp_path)


def pinned(store, folder):
    """Whether what is put into the store is pinned in the folder."""
    return (folder / "pins" / store.put(io.BytesIO(b"beans"))).exists()


def test_blobs_are_in_the_customers_home(tmp_path):
    assert pinned(open_blobs(), tmp_path / "mary/.web3crm/blobs")


def test_blobs_are_in_the_folder_that_is_asked_for(tmp_path):
    assert pinned(open_blobs(tmp_path / "here"), tmp_path / "here")


@pytest.mark.parametrize(("is_local", "folder"), [(True, "build/blobs"), (False, "deployments/blobs")])
def test_a_programmes_blobs_are_in_the_project_by_the_kind_of_chain(tmp_path, is_local, folder):
    (tmp_path / folder).parent.mkdir()
    assert pinned(programme_blobs(FakeSession(FakeChain(is_local))), tmp_path / folder)


@pytest.mark.parametrize(
    "opening",
    [open_blobs, lambda: open_blobs(Path("here")), lambda: programme_blobs(FakeSession(FakeChain(is_local=True)))],
    ids=["customer", "folder", "programme"],
)
class TestOneVariableMovesEverything:
    def test_blobs_are_in_the_folder_of_the_variable(self, tmp_path, monkeypatch, opening):
        monkeypatch.setenv("WEB3CRM_BLOBS", str(tmp_path / "elsewhere"))
        assert pinned(opening(), tmp_path / "elsewhere")

    def test_the_folder_of_the_variable_may_be_below_the_home_folder(self, tmp_path, monkeypatch, opening):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("WEB3CRM_BLOBS", "~/elsewhere")
        assert pinned(opening(), tmp_path / "elsewhere")

    def test_blobs_are_on_the_daemon_of_the_variable(self, tmp_path, monkeypatch, opening):
        monkeypatch.setenv("WEB3CRM_BLOBS", str(tmp_path / "elsewhere"))
        monkeypatch.setenv("WEB3CRM_IPFS", "/ip4/127.0.0.1/tcp/5001")
        assert isinstance(opening(), IpfsStore)
        assert list(tmp_path.iterdir()) == []

    def test_what_is_no_daemon_is_refused(self, tmp_path, monkeypatch, opening):
        monkeypatch.setenv("WEB3CRM_IPFS", "localhost:5001")
        with pytest.raises(InputError, match="WEB3CRM_IPFS must be a daemon's address"):
            opening()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "folder"), [("", "mary/.web3crm"), ("~/mine", "mary/mine"), ("mine", "mine"), ("/srv/crm", "/srv/crm")]
)
def test_the_home_is_what_the_variable_says(tmp_path, monkeypatch, said, folder):
    monkeypatch.setenv("WEB3CRM_HOME", said)
    assert home() == tmp_path / folder


def test_a_home_of_nobody_is_refused(monkeypatch):
    monkeypatch.setenv("WEB3CRM_HOME", "~nobody-has-this-name/crm")
    with pytest.raises(InputError, match="name a folder in WEB3CRM_HOME"):
        home()


@pytest.mark.parametrize("spelt", [ADDRESS, ADDRESS.lower(), "0x" + ADDRESS[2:].upper()])
def test_a_vault_has_one_folder_however_the_address_is_spelt(tmp_path, spelt):
    assert vault_folder(1337, spelt) == tmp_path / "mary/.web3crm/vaults/1337" / ADDRESS
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chain_id", [0, -1])
def test_a_chain_without_an_id_is_refused(chain_id):
    with pytest.raises(InputError, match=f"a number from 1, got {chain_id}"):
        vault_folder(chain_id, ADDRESS)


@pytest.mark.parametrize("address", ["", "../../etc", ADDRESS[:-1], ADDRESS.replace("FbDB", "fbDB"), "alice.eth"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InputError, match="customer must be an address"):
        vault_folder(1, address)


def test_blobs_are_moved_to_the_store_of_the_moment(tmp_path):
    cid = open_blobs(tmp_path / "here").put(io.BytesIO(b"beans"))
    done, target = move_blobs(Path("here"), remove=True)
    assert (done.sent, done.removed, target.pins()) == (1, 1, [cid])
    assert (tmp_path / "mary/.web3crm/blobs/pins" / cid).exists()


@pytest.mark.parametrize("folder", ["mistyped", "empty"])
def test_what_is_no_folder_of_blobs_is_refused(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=f"{folder} is not a folder of blobs"):
        move_blobs(tmp_path / folder)
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_no_script_opens_a_store_in_another_way(script):
    assert re.findall(r"\b(EmbeddedStore|IpfsStore|open_store)\b", script.read_text()) == []


def test_a_store_that_is_opened_is_a_folder_by_default():
    assert isinstance(open_blobs(), EmbeddedStore)
