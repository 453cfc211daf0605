"""Senders.

given a private key
    it should make an account
    when it is wrong
        the error should not show it
given a keystore
    it should be readable by its owner only, open with its password, and never be replaced
    when the password is wrong or missing, or the file is none
        it should say so
given the environment
    it should find the key, the keystore or the Brownie account it names
    when it names nothing, or holds a key where a name belongs
        it should say what to set, and not show the key
given something that is to be a sender
    it should be an account, an address, or a Brownie account
    when it is anything else
        it should be refused, and not shown if it could be a key
"""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from eth_account import Account

from web3crm.chain import account_from_environment, account_from_keystore, find_account, sender_of, write_keystore
from web3crm.chain.accounts import account_from_key
from web3crm.errors import InputError

KEY = "0x" + "5a" * 32
ACCOUNT = Account.from_key(KEY)


class Unlocked:
    """What Brownie's account of a development chain looks like."""

    address = ACCOUNT.address


class WithKey:
    """What Brownie's account with a key of its own looks like."""

    address = ACCOUNT.address
    private_key = KEY


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("WEB3CRM_ACCOUNT", "WEB3CRM_KEY", "WEB3CRM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "store.json"
    write_keystore(ACCOUNT, path, "correct horse")
    return path


@pytest.mark.parametrize("key", ["5a" * 31, "zz" * 32, "", "0x" + "5a" * 33, "0" * 64, "f" * 64])
def test_a_wrong_key_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(InputError, match="not shown here") as caught:
        account_from_key(key)
    assert not key or key not in str(caught.value)


def test_a_keystore_is_its_owners_alone(keystore: Path) -> None:
    assert stat.S_IMODE(keystore.stat().st_mode) == 0o600


def test_a_keystore_opens_with_its_password(keystore: Path) -> None:
    assert account_from_keystore(keystore, "correct horse").address == ACCOUNT.address


def test_a_keystore_opens_with_the_environments_password(
    keystore: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB3CRM_PASSWORD", "correct horse")
    assert account_from_keystore(keystore).address == ACCOUNT.address


def test_a_keystore_is_never_replaced(keystore: Path) -> None:
    with pytest.raises(InputError, match="never replaced"):
        write_keystore(ACCOUNT, keystore, "another")


def test_a_keystore_needs_a_password(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a password"):
        write_keystore(ACCOUNT, tmp_path / "store.json", "")


def test_a_wrong_password_is_refused(keystore: Path) -> None:
    with pytest.raises(InputError, match="wrong password"):
        account_from_keystore(keystore, "wrong")


def test_a_missing_password_is_asked_for_on_a_terminal_only(
    keystore: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(InputError, match="WEB3CRM_PASSWORD"):
        account_from_keystore(keystore)


@pytest.mark.parametrize(("content", "message"), [("{", "not JSON"), (json.dumps({"a": 1}), "could not be opened")])
def test_a_file_that_is_no_keystore_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        account_from_keystore(path, "x")


def test_a_keystore_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no keystore file"):
        account_from_keystore(tmp_path / "none.json", "x")


def test_the_environments_key_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB3CRM_KEY", KEY)
    assert find_account().address == account_from_environment().address == ACCOUNT.address


def test_the_environments_keystore_is_found(home: Path, keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB3CRM_ACCOUNT", str(keystore))
    monkeypatch.setenv("WEB3CRM_PASSWORD", "correct horse")
    assert find_account().address == ACCOUNT.address


def test_a_brownie_account_is_found(home: Path, keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / ".brownie" / "accounts"
    folder.mkdir(parents=True)
    (folder / "roaster.json").write_bytes(keystore.read_bytes())
    monkeypatch.setenv("WEB3CRM_PASSWORD", "correct horse")
    assert find_account("roaster").address == ACCOUNT.address


@pytest.mark.parametrize("name", ["", "nobody", "../roaster"])
def test_no_account_says_what_to_set(home: Path, name: str) -> None:
    with pytest.raises(InputError, match="keystore file"):
        find_account(name)


def test_an_empty_key_says_what_to_set(home: Path) -> None:
    with pytest.raises(InputError, match="WEB3CRM_KEY is empty"):
        account_from_environment()


def test_a_key_in_the_place_of_a_name_is_not_shown(home: Path) -> None:
    with pytest.raises(InputError, match="holds a private key") as caught:
        find_account(KEY)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("given", [ACCOUNT.address, Unlocked()])
def test_an_address_is_sent_from_by_the_node(given: object) -> None:
    assert sender_of(given) == ACCOUNT.address


@pytest.mark.parametrize("given", [ACCOUNT, WithKey()])
def test_a_key_is_signed_with_here(given: object) -> None:
    assert sender_of(given) == ACCOUNT


@pytest.mark.parametrize("given", [ACCOUNT.address.lower(), None, 7, "alice"])
def test_anything_else_is_refused(given: object) -> None:
    with pytest.raises(InputError, match="a sender is"):
        sender_of(given)


def test_what_could_be_a_key_is_not_shown() -> None:
    with pytest.raises(InputError) as caught:
        sender_of(KEY)
    assert "5a5a" not in str(caught.value)


@pytest.mark.parametrize("secret", ["  " + "ab" * 32 + " ", "path/" + "ab" * 32, "test " * 11 + "junk"])
def test_a_secret_in_the_wrong_variable_is_not_repeated(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("WEB3CRM_ACCOUNT", secret)
    with pytest.raises(InputError) as caught:
        find_account()
    assert secret.strip() not in str(caught.value)


@pytest.mark.parametrize("key", [b"\x01" * 32, int("7" * 70), "test " * 11 + "junk"])
def test_a_wrong_sender_is_not_repeated_when_it_may_be_a_key(key: object) -> None:
    with pytest.raises(InputError) as caught:
        sender_of(key)
    assert str(key) not in str(caught.value)
    assert repr(key) not in str(caught.value)


def test_a_keystore_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        account_from_keystore(tmp_path, "password")
