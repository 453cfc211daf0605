"""What a sealing that was broken off has left pinned, and its removal.

A sealing that breaks is not gone on with: its key was never kept, so what it stored is noise to everybody. It is unpinned
at once; if that fails too (the store has died) or nobody is left to do it (so has the process), the next sealing does.
For that, each sealing has a note of the CIDs that it may have stored, each written before the store gets the blob. The
note is locked while its sealing goes on, and destroyed when all is well.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from web3crm.errors import InputError
from web3crm.files import private_folder, sync_folder
from web3crm.vault.cids import RAW, codec_and_digest
from web3crm.vault.stores import BlobStore

__all__ = ["Unfinished"]

_SUFFIX = ".note"
_LIMIT = 1 << 24


class Unfinished:
    """The notes of a vault. ``is_kept`` tells of a manifest's digest whether the vault has its key: it is finished then."""

    def __init__(self, folder: Path, is_kept: Callable[[bytes], bool]) -> None:
        self.folder = private_folder(folder)
        self._is_kept = is_kept

    @contextlib.contextmanager
    def storing(self, store: BlobStore) -> Iterator[Callable[[str], None]]:
        """Notes what is stored in the block: it is given a function to be told each CID before ``store`` gets the blob.

        What earlier sealings left is unpinned first. When the block raises, so is what it stored; its own error goes on.
        """
        self.settle(store)
        draft = self.folder / f".{secrets.token_hex(8)}.part"
        path = draft.with_name(draft.stem.lstrip(".") + _SUFFIX)
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # before it has a name that others look for
            os.write(descriptor, f"{store!r}\n".encode())
            draft.rename(path)
            sync_folder(self.folder)

            def announce(cid: str) -> None:
                os.write(descriptor, f"{cid}\n".encode())
                os.fsync(descriptor)

            try:
                yield announce
            except BaseException:
                with contextlib.suppress(Exception):  # the first failure is the one to tell; the note stays
                    self._settle(path, store)
                raise
            path.unlink()
        finally:
            draft.unlink(missing_ok=True)
            os.close(descriptor)

    def settle(self, store: BlobStore) -> int:
        """Unpins what sealings that nobody goes on with have left in ``store``; returns how many those were."""
        settled = 0
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as note:
                fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._settle(path, store)
                settled += 1
        return settled

    def _settle(self, path: Path, store: BlobStore) -> None:
        with path.open("rb") as note:
            place, *lines = note.read(_LIMIT).decode(errors="replace").split("\n")
        cids = list(filter(_is_cid, lines))
        if not any(self._is_kept(digest) for codec, digest in map(codec_and_digest, cids) if codec == RAW):
            for cid in cids:
                store.unpin(cid)
            if place != repr(store):
                return  # it is kept for the store that it names: a blob may be pinned there as well
        path.unlink()


def _is_cid(line: str) -> bool:
    """The last line of a note may be cut off: its blob was not stored."""
    try:
        codec_and_digest(line)
    except InputError:
        return False
    return True
