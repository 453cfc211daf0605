"""Files that appear whole or not at all, readable by their owner only unless said otherwise."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from web3crm.errors import InputError

__all__ = ["atomic_file", "locked", "private_folder", "sync_folder", "whole_folder", "write_private"]

_LONGEST_NAME = 255


@contextlib.contextmanager
def atomic_file(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Opens a file (private unless ``mode`` says otherwise) beside ``path`` for writing and renames it to ``path`` when the block ends well.

    When the block raises, the new file is removed and what was at ``path`` stays as it was. The bytes are on disk
    before the rename, and the rename is on disk before the block's end returns.
    """
    draft = path.parent / f".{secrets.token_hex(8)}.part"
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            yield stream
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_private(path: Path, data: bytes) -> None:
    """Writes a small private file, whole or not at all."""
    with atomic_file(path) as stream:
        stream.write(data)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Makes the new private folder ``path``, which appears when the block ends well: the block fills the draft it is given.

    When the block raises, the draft is removed. Raises :class:`InputError` when something is at ``path`` or its parent is
    no folder, and when the system refuses to write (a full disk, a folder of others).
    """
    try:
        fits = path.parent.is_dir() and not os.path.lexists(path) and len(os.fsencode(path.name)) <= _LONGEST_NAME
        if not fits:
            raise InputError(f"{path} must be a new folder in one that exists")
        draft = path.parent / f".{secrets.token_hex(8)}.part"
        draft.mkdir(mode=0o700)
        try:
            yield draft
            draft.rename(path)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error


def private_folder(path: Path) -> Path:
    """Makes ``path`` (and its parents) if need be; what is made here is 0700."""
    if not path.parent.exists():  # mkdir's own `parents` would be open to all
        private_folder(path.parent)
    path.mkdir(exist_ok=True, mode=0o700)
    return path


@contextlib.contextmanager
def locked(folder: Path, busy: Exception) -> Iterator[None]:
    """Holds a folder's lock; raises ``busy`` when somebody else does. The lock ends with the process, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        yield
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Puts a folder's entries on disk, so that a rename survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
