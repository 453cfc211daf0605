"""Looking for keys the way somebody would who got hold of a disk: everything on it is tried as a key to everything else.

Secret keys in clear are found in any file, and so are age files, as they are or in base64 inside of others. Each age
file is tried with each key; what opens is searched for more keys and more age files, until nothing new turns up.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable
from pathlib import Path

from web3crm.errors import CiphertextError, IdentityError
from web3crm.vault import Identity
from web3crm.vault.encryption import decrypt

__all__ = ["found_keys", "opened"]

_HEADER = b"age-encryption.org/v1\n"
_SECRET = re.compile(rb"AGE-SECRET-KEY-1[0-9A-Za-z]{58}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")


def found_keys(folders: Iterable[Path], known: Iterable[Identity]) -> list[Identity]:
    """Every key that somebody gets who has these folders and knows these keys, the known ones among them."""
    keys = {key.export(): key for key in known}
    sealed: set[bytes] = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                _look(path.read_bytes(), keys, sealed)
    tried: set[tuple[bytes, str]] = set()
    while waiting := {(data, name) for data in sealed for name in keys} - tried:
        for data, name in waiting:
            tried.add((data, name))
            clear = opened(data, keys[name])
            if clear is not None:
                _look(clear, keys, sealed)
    return list(keys.values())


def opened(sealed: bytes, key: Identity) -> bytes | None:
    """The clear text of an age file, if this key opens it."""
    clear = io.BytesIO()
    try:
        decrypt(io.BytesIO(sealed), clear, key, size=len(sealed))
    except CiphertextError:
        return None
    return clear.getvalue()


def _look(data: bytes, keys: dict[str, Identity], sealed: set[bytes]) -> None:
    for text in _SECRET.findall(data):
        try:
            key = Identity.parse(text.decode())
        except IdentityError:
            continue
        keys[key.export()] = key
    if data.startswith(_HEADER):
        sealed.add(data)
    for text in _BASE64.findall(data):
        try:
            inner = base64.b64decode(text)
        except binascii.Error:
            continue
        if inner.startswith(_HEADER):
            sealed.add(inner)
