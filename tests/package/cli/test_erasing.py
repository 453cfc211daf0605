"""What the acts on erasures work with.

given a programme without a list of processors
└── it should be said where one is expected, or another be read
given the notices that a customer consented to
├── a processor that they name and the list has not should be named
└── where a text is missing that should be said, and stop nothing
given the processors of a list
├── on a development chain each should sign by its account, or by the one that a variable names
├── on a live chain each should sign by the keystore that its variable names, and be elsewhere without one
├── one whose name has other letters than A to Z should have a variable and a file by its address
├── a keystore of another account should be refused, and no key be shown
├── one outside should be elsewhere
├── a keeper's folder should be the one that is named, which must be there; on a live chain it must be named
└── a blob store should be the one that is named, whatever variables say, and its own unless it is a daemon
given what an outside processor erased, as text
└── it should be read, or named what is wrong
given a processor's receipt
└── it should be written for its owner only, in a file for its customer that is not there yet, and read again
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from eth_account import Account

from tests.package.privacy.making import act, granted, history
from tests.package.privacy.test_erasure_receipts import KEEPER, WHOLE
from web3crm.chain import write_keystore
from web3crm.cli import erasing
from web3crm.errors import InputError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasures import ErasureRequest
from web3crm.privacy.history import History
from web3crm.privacy.processor_list import ListedProcessor
from web3crm.vault.stores import EmbeddedStore, IpfsStore

ONE, TWO = (Account.from_key(bytes([number]) * 32) for number in (1, 2))
REQUEST = ErasureRequest(customer=TWO.address, brand=ONE.address, requested_at=1_000, due_at=2_000)


@dataclass
class FakeChain:
    is_local: bool
    chain_id: int = 1337

    def code(self, address: str) -> bytes:
        return b""


@dataclass
class FakeRecord:
    contracts: dict[str, Any] = field(default_factory=lambda: {"CustomerData": {"block": 5}})


@dataclass
class FakeCommons:
    datasets: str = "the datasets"
    record: FakeRecord = field(default_factory=FakeRecord)


@dataclass
class FakeProgramme:
    commons: FakeCommons = field(default_factory=FakeCommons)


@dataclass
class FakeSession:
    chain: FakeChain
    accounts: list[str]
    name: str = "coffee"
    programme: FakeProgramme = field(default_factory=FakeProgramme)


@dataclass
class FakeDesk:
    told: History

    def history(self, customer: str) -> History:
        return self.told


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch, tmp_path):
    for name in ("WEB3CRM_IPFS", "WEB3CRM_BLOBS", "WEB3CRM_HOME", "WEB3CRM_PROCESSOR_BLOB_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "mary"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def local():
    return FakeSession(FakeChain(is_local=True), [ONE.address, TWO.address])


@pytest.fixture
def live():
    return FakeSession(FakeChain(is_local=False, chain_id=1), [])


def blob_store(**other):
    return ListedProcessor(name="Blob store", address=ONE.address, kind="blobs", **other)


def keeper(**other):
    return ListedProcessor(name="Keeper", address=ONE.address, kind="keeper", **other)


def one_worker(session, item):
    (worker,) = erasing.staff_for(session, REQUEST, [item]).workers
    return worker


def test_a_processor_that_she_was_told_of_and_nobody_asks_is_named(local, monkeypatch):
    told = history(act(granted(), block=30), act(granted(number=2), block=40))
    monkeypatch.setattr(erasing, "open_desk", lambda session: FakeDesk(told))
    (said,) = erasing.unlisted_lines(local, TWO.address, [blob_store()])
    assert "names the processor Cloud Example Pte. Ltd., and none that is listed has `recipient: cloud`" in said
    assert erasing.unlisted_lines(local, TWO.address, [blob_store(recipient="cloud")]) == []


def test_a_notice_that_cannot_be_compared_is_no_reason_to_stop(local, monkeypatch):
    (unread,) = (replace(item, file=None, problem="it burned") for item in history().notices)
    told = replace(history(act(granted(), block=30)), notices=(unread,))
    monkeypatch.setattr(erasing, "open_desk", lambda session: FakeDesk(told))
    (said,) = erasing.unlisted_lines(local, TWO.address, [blob_store()])
    assert said == "WARNING: the list of processors could not be compared with the notices that she saw: it burned"


def test_another_list_can_be_named(local, tmp_path):
    (tmp_path / "then.yaml").write_text(
        f"processors: [{{name: Blobs, address: '{ONE.address}', kind: blobs, holds: files, within: 7d}}]"
    )
    assert [item.name for item in erasing.listed_processors(local, "then.yaml")] == ["Blobs"]


def test_a_missing_list_is_named(local):
    with pytest.raises(InputError, match=r"deployments/processors/coffee.yaml is missing: it lists the processors"):
        erasing.listed_processors(local)


def test_on_a_development_chain_an_account_signs(local, monkeypatch):
    assert one_worker(local, blob_store()).sender == ONE.address
    monkeypatch.setenv("WEB3CRM_PROCESSOR_BLOB_STORE", "account:1")
    assert one_worker(local, blob_store()).sender == TWO.address
    monkeypatch.setenv("WEB3CRM_PROCESSOR_BLOB_STORE", "0x90F79bf6EB2c4f870365E785982E1f101E93b906")
    assert set(erasing.staff_for(local, REQUEST, [blob_store()]).elsewhere) == {"Blob store"}


def test_on_a_live_chain_a_keystore_signs(live, monkeypatch, tmp_path):
    found = erasing.staff_for(live, REQUEST, [blob_store()])
    assert found.elsewhere == {"Blob store": "its key is not here: name its keystore in WEB3CRM_PROCESSOR_BLOB_STORE"}
    write_keystore(ONE, tmp_path / "one.json", "a password")
    monkeypatch.setenv("WEB3CRM_PROCESSOR_BLOB_STORE", "one.json")
    monkeypatch.setenv("WEB3CRM_PASSWORD", "a password")
    assert one_worker(live, blob_store()).sender.address == ONE.address


def test_names_in_any_script_are_told_apart(live):
    kept = [
        ListedProcessor(name=name, address=account.address, kind="blobs")
        for name, account in (("คลังไฟล์ 1", ONE), ("คลังกุญแจ 1", TWO))
    ]
    assert erasing.staff_for(live, REQUEST, kept).elsewhere == {
        item.name: f"its key is not here: name its keystore in WEB3CRM_PROCESSOR_{item.address.upper()}"
        for item in kept
    }


def test_a_keystore_of_another_account_is_refused(live, monkeypatch, tmp_path):
    write_keystore(TWO, tmp_path / "two.json", "a password")
    monkeypatch.setenv("WEB3CRM_PROCESSOR_BLOB_STORE", "two.json")
    monkeypatch.setenv("WEB3CRM_PASSWORD", "a password")
    with pytest.raises(InputError, match=f"is {TWO.address}, but Blob store is {ONE.address}"):
        erasing.staff_for(live, REQUEST, [blob_store()])


def test_a_key_in_place_of_a_keystore_is_not_shown(live, monkeypatch):
    monkeypatch.setenv("WEB3CRM_PROCESSOR_BLOB_STORE", "0x" + "01" * 32)
    with pytest.raises(InputError, match="not shown here") as caught:
        erasing.staff_for(live, REQUEST, [blob_store()])
    assert "01" * 8 not in str(caught.value)


def test_one_outside_is_elsewhere(local):
    item = ListedProcessor(name="Letter service", address=ONE.address)
    found = erasing.staff_for(local, REQUEST, [item])
    assert (found.workers, list(found.elsewhere)) == ((), ["Letter service"])


def test_a_keeper_has_the_folder_that_is_named(local, tmp_path):
    (tmp_path / "kept").mkdir()
    named = one_worker(local, keeper(folder="kept")).processor
    hers = one_worker(local, keeper()).processor
    assert named._keeper.folder.absolute() == tmp_path / "kept"
    assert hers._keeper.folder == tmp_path / "mary/.web3crm/vaults/1337" / TWO.address / "envelopes"


def test_a_folder_that_is_not_there_is_refused(local, tmp_path):
    with pytest.raises(InputError, match="its folder kept is not there"):
        erasing.staff_for(local, REQUEST, [keeper(folder="kept")])
    assert not (tmp_path / "kept").exists()


def test_on_a_live_chain_the_folder_must_be_named(live, monkeypatch, tmp_path):
    write_keystore(ONE, tmp_path / "one.json", "a password")
    monkeypatch.setenv("WEB3CRM_PROCESSOR_KEEPER", "one.json")
    monkeypatch.setenv("WEB3CRM_PASSWORD", "a password")
    with pytest.raises(InputError, match=r"Keeper: its `folder` is missing in deployments/processors/coffee.yaml"):
        erasing.staff_for(live, REQUEST, [keeper()])


@pytest.mark.parametrize(
    ("store", "own", "kind", "is_own"),
    [
        ("", None, EmbeddedStore, True),
        ("", False, EmbeddedStore, False),
        ("here", None, EmbeddedStore, True),
        ("/ip4/127.0.0.1/tcp/1", None, IpfsStore, False),
        ("http://127.0.0.1:1", True, IpfsStore, True),
    ],
)
def test_a_blob_store_is_the_one_that_is_named(local, store, own, kind, is_own):
    EmbeddedStore(erasing.Path("here"))
    found = one_worker(local, blob_store(store=store, own=own)).processor
    assert (type(found._store), found._own, found._from_block) == (kind, is_own, 5)


def test_no_variable_turns_a_named_store_into_another(local, monkeypatch):
    EmbeddedStore(erasing.Path("here"))
    monkeypatch.setenv("WEB3CRM_IPFS", "/ip4/127.0.0.1/tcp/1")
    assert isinstance(one_worker(local, blob_store(store="here")).processor._store, EmbeddedStore)
    assert isinstance(one_worker(local, blob_store()).processor._store, IpfsStore)


def test_a_store_that_is_none_is_refused(local, tmp_path):
    with pytest.raises(InputError, match="its store nowhere is neither a daemon's address nor a folder of blobs"):
        erasing.staff_for(local, REQUEST, [blob_store(store="nowhere")])
    assert not (tmp_path / "nowhere").exists()


def test_a_keeper_that_is_being_emptied_releases_nothing():
    assert erasing._Closed().check(purpose=1).allowed is False


def test_items_are_read():
    expected = ErasedItems.of([ErasedItem("letters", erased=2), ErasedItem("drafts")])
    assert erasing.erased_items("letters=2, drafts=0") == expected


@pytest.mark.parametrize("text", ["", "letters", "letters=", "letters=-1", "Letters=1", "letters=1,letters=1"])
def test_items_that_are_none_are_refused(text):
    with pytest.raises(InputError, match=r"letters|items|kind"):
        erasing.erased_items(text)


def test_a_receipt_is_written_for_its_owner_and_read(tmp_path):
    path = erasing.write_receipt_file(KEEPER)
    assert (str(path), path.stat().st_mode & 0o777) == (f"envelope-keeper-{KEEPER.customer}.json", 0o600)
    assert erasing.read_receipt_file(str(path)) == KEEPER
    assert erasing.is_receipt(str(path)) is False
    (tmp_path / "whole.json").write_bytes(WHOLE.to_bytes())
    assert erasing.is_receipt("whole.json") is True
    assert erasing.is_receipt("0x" + "11" * 32) is False


def test_the_file_of_a_name_in_another_script_goes_by_the_address():
    path = erasing.write_receipt_file(replace(KEEPER, name="ผู้เก็บกุญแจ"))
    assert str(path) == f"{KEEPER.processor}-{KEEPER.customer}.json"


def test_no_receipt_is_written_over_another():
    path = erasing.write_receipt_file(KEEPER)
    with pytest.raises(InputError, match=f"{path} exists: name another file, nothing is overwritten"):
        erasing.write_receipt_file(replace(KEEPER, erased_at=KEEPER.erased_at + 1))
    assert erasing.read_receipt_file(str(path)) == KEEPER


def test_a_receipt_that_cannot_be_written_or_read_is_named():
    with pytest.raises(InputError, match=r"no/where.json cannot be written: No such file"):
        erasing.write_receipt_file(KEEPER, "no/where.json")
    with pytest.raises(InputError, match=r"nowhere.json cannot be read: No such file"):
        erasing.read_receipt_file("nowhere.json")
    with pytest.raises(InputError, match="cannot be read"):
        erasing.read_receipt_file("nul\0")


def test_a_request_is_told_in_one_line():
    assert erasing.request_line(REQUEST, 1_990) == f"{TWO.address}  block 0  10 s left"
    assert erasing.request_line(REQUEST, 2_060, brand=True) == (
        f"{TWO.address} to {ONE.address}  block 0  overdue by 1 min"
    )
