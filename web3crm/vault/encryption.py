"""age files (age-encryption.org/v1), written and read as streams of any size in constant memory.

The files are plain age files: the standard ``age`` tools open them with an exported identity. age authenticates
chunks of 64 KiB: nothing that was changed is ever handed out, but a *stream* target has already received the good
chunks when a later one turns out bad, so whoever passes a stream discards it on an error. :func:`encrypt_file` and
:func:`decrypt_file` do that themselves: the destination appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyrage

from web3crm.errors import (
    CiphertextError,
    CiphertextTampered,
    CiphertextTruncated,
    InputError,
    VaultError,
    WrongIdentity,
)
from web3crm.files import atomic_file
from web3crm.vault.identity import Identity, recipient_to_bytes

__all__ = ["Readable", "Writable", "decrypt", "decrypt_file", "encrypt", "encrypt_file"]

_FIRST_LINE = b"age-encryption.org/v1\n"
_HEADER_LIMIT = 128 * 1024
"""The header and the first chunk are read before anything is written. Without a limit a forged one fills the memory."""


class Readable(Protocol):
    """What is read: any object with ``read(size)``; short reads are fine, empty bytes mean the end."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""


class Writable(Protocol):
    """What is written to: any object with ``write(bytes)``."""

    def write(self, data: bytes, /) -> Any:
        """Takes ``data``; a raw target may take less and say how much."""


def encrypt(source: Readable, target: Writable, recipients: Sequence[str]) -> None:
    """Encrypts ``source`` to every one of ``recipients`` (``age1…``).

    Errors of ``source`` and ``target`` are raised as they are; :class:`IdentityError` names a bad recipient.
    """
    if not recipients:
        raise InputError("encrypting needs at least one recipient: nobody could read the result")
    parsed = []
    for recipient in recipients:
        recipient_to_bytes(recipient)
        parsed.append(pyrage.x25519.Recipient.from_str(recipient))
    reader, writer = _Reader(source), _Writer(target)
    try:
        pyrage.encrypt_io(reader, writer, parsed)
    except (pyrage.EncryptError, OSError) as error:
        _raise_cause(reader, writer)
        raise VaultError(f"age could not encrypt: {error}") from error


def decrypt(source: Readable, target: Writable, identity: Identity, *, size: int | None = None) -> None:
    """Decrypts ``source`` with ``identity``.

    ``size`` is the length of the whole age file where it is known (a manifest says it); with it, a file that was cut
    off is told from one that was changed even when the cut falls inside a chunk. Raises :class:`WrongIdentity`,
    :class:`CiphertextTampered` or :class:`CiphertextTruncated`; errors of ``source`` and ``target`` are raised as
    they are.
    """
    writer = _Writer(target)
    reader = _Reader(source, before_read=lambda count: _check_header_size(count, writer))
    try:
        pyrage.decrypt_io(reader, writer, [identity.to_age()])
    except (pyrage.DecryptError, OSError) as error:
        _raise_cause(reader, writer)
        raise _explain(str(error), reader, size) from None


def encrypt_file(source: Path, target: Path, recipients: Sequence[str]) -> None:
    """Encrypts the file ``source`` into ``target``, which appears whole (0600) or not at all."""
    with source.open("rb") as clear, atomic_file(target) as sealed:
        encrypt(clear, sealed, recipients)


def decrypt_file(source: Path, target: Path, identity: Identity) -> None:
    """Decrypts the file ``source`` into ``target``, which appears whole (0600) or not at all."""
    size = source.stat().st_size
    if size == 0:
        raise CiphertextTruncated(f"{source} is empty: nothing is left of the age file")
    with source.open("rb") as sealed, atomic_file(target) as clear:
        decrypt(sealed, clear, identity)


class _Reader:
    """Passes reads on; keeps what was raised (pyrage makes a string of it) and what explains an error."""

    def __init__(self, source: Readable, before_read: Callable[[int], None] | None = None) -> None:
        self._source = source
        self._before_read = before_read
        self.count = 0
        self.start = b""
        self.failure: BaseException | None = None

    def read(self, size: int = 65536, /) -> bytes:
        try:
            if self._before_read:
                self._before_read(self.count)
            data = self._source.read(size)
        except BaseException as error:
            self.failure = error
            raise
        if len(self.start) < len(_FIRST_LINE):
            self.start = (self.start + data)[: len(_FIRST_LINE)]
        self.count += len(data)
        return data

    def skip_to(self, size: int) -> None:
        """Reads on until ``size`` bytes are counted or the source ends."""
        while self.count < size and (data := self._source.read(min(65536, size - self.count))):
            self.count += len(data)


class _Writer:
    """Passes writes on whole, also to raw targets that take less than they are given."""

    def __init__(self, target: Writable) -> None:
        self._target = target
        self.count = 0
        self.failure: BaseException | None = None

    def write(self, data: bytes, /) -> int:
        try:
            rest = data
            while rest:
                written = self._target.write(rest)
                rest = rest[written:] if isinstance(written, int) else b""
        except BaseException as error:
            self.failure = error
            raise
        self.count += len(data)
        return len(data)

    def flush(self) -> None:
        """Leaves flushing to whoever opened the target."""


def _raise_cause(reader: _Reader, writer: _Writer) -> None:
    cause = reader.failure or writer.failure
    if cause is not None:
        raise cause


def _check_header_size(count: int, writer: _Writer) -> None:
    if writer.count == 0 and count > _HEADER_LIMIT:
        raise CiphertextTampered(
            f"the age header is longer than {_HEADER_LIMIT} bytes: this file was not made by the vault"
        )


def _explain(message: str, reader: _Reader, size: int | None) -> CiphertextError:
    if not _FIRST_LINE.startswith(reader.start):
        return CiphertextTampered("this is not an age file: its first line is wrong")
    if "No matching keys" in message:
        return WrongIdentity("this age file was encrypted to someone else: use the identity of its recipient")
    cut = "truncated" in message or "Incomplete header" in message or "fill whole buffer" in message
    if size is not None:
        reader.skip_to(size)
    if cut or (size is not None and reader.count < size):
        expected = "" if size is None else f" of {size}"
        return CiphertextTruncated(f"the end of this age file is missing: {reader.count} bytes{expected} are left")
    doubt = "" if size is not None else " (or cut off inside a chunk)"
    return CiphertextTampered(f"this age file was changed{doubt}: {message}")
