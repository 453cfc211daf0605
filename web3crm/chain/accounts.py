"""Who sends: a key held here, or an address that the node holds the key of.

No key is ever printed, logged or put into an error.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address

from web3crm.errors import InputError

__all__ = ["Sender", "account_from_environment", "account_from_keystore", "find_account", "sender_of", "write_keystore"]

Sender = LocalAccount | str
"""An account whose key is held here, or the checksummed address of one the node has unlocked (development chains)."""

KEY_VARIABLE = "WEB3CRM_KEY"
ACCOUNT_VARIABLE = "WEB3CRM_ACCOUNT"
PASSWORD_VARIABLE = "WEB3CRM_PASSWORD"  # noqa: S105 - a variable's name
_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_SECRET = re.compile(r"[0-9a-fA-F]{64}|(?:\b[a-z]{3,8}\s+){11}[a-z]{3,8}\b")
"""What must not be repeated in an error: it has a private key or a mnemonic of 12 words or more in it."""


def sender_of(account: Any) -> Sender:
    """Makes a sender of a local account, an address, or a Brownie account.

    Raises :class:`InputError` for anything else; an address must be checksummed.
    """
    if isinstance(account, LocalAccount):
        return account
    key = getattr(account, "private_key", None)  # Brownie's accounts with a key of their own
    if isinstance(key, str):
        return account_from_key(key)
    address = getattr(account, "address", account)
    if isinstance(address, str) and is_checksum_address(address):
        return str(address)
    raise InputError(f"a sender is an account or a checksummed address, got {_shown(account)}")


def address_of(sender: Sender) -> str:
    """The sender's address."""
    return sender if isinstance(sender, str) else str(sender.address)


def account_from_key(key: str) -> LocalAccount:
    """The account of a private key (64 hex digits)."""
    if _KEY.fullmatch(key) is None:
        raise InputError("a private key is 64 hex digits; what was given is not (it is not shown here)")
    try:
        account: LocalAccount = Account.from_key(key)
    except Exception:
        raise InputError("this private key is not in the curve's range (it is not shown here)") from None
    return account


def account_from_environment(variable: str = KEY_VARIABLE) -> LocalAccount:
    """The account whose private key is in an environment variable."""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise InputError(f"the environment variable {variable} is empty: put the sender's private key there")
    return account_from_key(key)


def account_from_keystore(path: Path, password: str | None = None) -> LocalAccount:
    """The account of an encrypted keystore file (the web3 secret storage format, as geth and Brownie write it).

    The password is the argument, else ``$WEB3CRM_PASSWORD``, else asked for on a terminal.
    """
    try:
        keystore = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"there is no keystore file {path}") from None
    except OSError as error:
        raise InputError(f"the keystore file {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{path} is not a keystore file: it is not JSON") from None
    if password is None:
        password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        if not sys.stdin.isatty():
            raise InputError(f"{path} needs its password: set {PASSWORD_VARIABLE} or run on a terminal")
        password = getpass.getpass(f"password of {path.name}: ")
    try:
        key = Account.decrypt(keystore, password)
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{path} could not be opened: wrong password, or not a keystore file") from None
    account: LocalAccount = Account.from_key(key)
    return account


def write_keystore(account: LocalAccount, path: Path, password: str) -> None:
    """Writes an encrypted keystore that only its owner may read. Refuses to replace a file."""
    if not password:
        raise InputError("a keystore needs a password")
    content = json.dumps(account.encrypt(password)).encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(f"{path} is there already: a keystore is never replaced") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def find_account(name: str | None = None) -> LocalAccount:
    """The account to send from on a live network.

    ``name`` (default ``$WEB3CRM_ACCOUNT``) is a keystore file's path or the id of a Brownie account (``brownie
    accounts list``); with neither, the key in ``$WEB3CRM_KEY``.
    """
    chosen = (name or os.environ.get(ACCOUNT_VARIABLE, "")).strip()
    if not chosen:
        if os.environ.get(KEY_VARIABLE):
            return account_from_environment()
        raise InputError(
            f"no sender: set {ACCOUNT_VARIABLE} to a keystore file or a Brownie account id, "
            f"or {KEY_VARIABLE} to a private key"
        )
    if _SECRET.search(chosen):
        raise InputError(
            f"{ACCOUNT_VARIABLE} holds a private key or a mnemonic (not shown here): it takes a keystore's path or id "
            f"({KEY_VARIABLE} takes a key)"
        )
    path = Path(chosen).expanduser()
    if path.is_file():
        return account_from_keystore(path)
    brownie = Path.home() / ".brownie" / "accounts" / f"{chosen}.json"
    if re.fullmatch(r"[\w.-]+", chosen) and brownie.is_file():
        return account_from_keystore(brownie)
    raise InputError(f"{chosen!r} is neither a keystore file nor a Brownie account id (brownie accounts list)")


def _shown(value: Any) -> str:
    """What an error may show of a wrong sender: never something that could be a key."""
    if not isinstance(value, str):
        return f"a value of type {type(value).__name__}"  # bytes and numbers may be keys, too
    return "something that may be a key (not shown)" if _SECRET.search(value) else repr(value)
