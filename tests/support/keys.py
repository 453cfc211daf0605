"""Finding every key that is left in some folders, and trying all of them: what a thief with time would do."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyrage

from web3crm.errors import CiphertextError, IdentityError
from web3crm.vault import Identity
from web3crm.vault.encryption import decrypt

__all__ = ["keys_left", "opened_by"]

_WINDOW = 32
"""Bytes of an X25519 secret."""
_SMALL = 16 * 1024
"""In files up to this size every 32 bytes in a row are taken for a key; larger ones are blobs."""


def keys_left(folders: Iterable[Path], known: Iterable[Identity] = ()) -> set[Identity]:
    """Every identity that can be had from the files below ``folders`` by whoever holds the identities ``known``.

    Text as the age tools write it, 64 hex digits, any 32 bytes in a row, and the same inside whatever a key found so
    far decrypts: base64 in text and age files as they lie there, again and again until nothing new is found.
    """
    texts = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    sealed = {blob for text in texts for blob in _age_files(text)}
    written = {key for text in texts for key in _written_keys(text)}
    raw = {key for text in texts if len(text) <= _SMALL for key in _raw_keys(text)}
    found, fresh = set(known) | raw | written, set(known) | written
    while fresh:
        clear = {text for key in fresh for blob in sealed if (text := _decrypted(blob, key)) is not None}
        fresh = {key for text in clear for key in _written_keys(text)} - found
        found |= fresh
    return found


def opened_by(keys: Iterable[Identity], blobs: Iterable[bytes]) -> list[bytes]:
    """The clear texts of those of ``blobs`` (age files) that any of the ``keys`` opens."""
    every = [key.to_age() for key in keys]
    found = []
    for blob in blobs:
        with contextlib.suppress(pyrage.DecryptError):
            found.append(pyrage.decrypt(blob, every))
    return found


def _written_keys(text: bytes) -> Iterator[Identity]:
    for word in re.findall(rb"AGE-SECRET-KEY-1[0-9A-Z]{58}", text):
        try:
            yield Identity.parse(word.decode())
        except IdentityError:
            continue
    for word in re.findall(rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{64})(?![0-9a-fA-F])", text):
        yield Identity(bytes.fromhex(word.decode()))


def _raw_keys(text: bytes) -> Iterator[Identity]:
    windows = (text[at : at + _WINDOW] for at in range(len(text) - _WINDOW + 1))
    # 32 random bytes are plain text once in four thousand million times.
    return (Identity(window) for window in windows if not window.isascii())


def _age_files(text: bytes) -> Iterator[bytes]:
    if text.startswith(b"age-encryption.org/v1"):
        yield text
    for word in re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", text):
        try:
            data = base64.b64decode(word, validate=True)
        except binascii.Error:
            continue
        if data.startswith(b"age-encryption.org/v1"):
            yield data


def _decrypted(blob: bytes, key: Identity) -> bytes | None:
    clear = io.BytesIO()
    try:
        decrypt(io.BytesIO(blob), clear, key, size=len(blob))
    except CiphertextError:
        return None
    return clear.getvalue()
