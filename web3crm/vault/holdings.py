"""What a customer's vault is made of, and the notes in its folder about acts that take several steps."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema

from web3crm.errors import ErasureIncomplete, JournalError
from web3crm.files import private_folder, sync_folder, write_private
from web3crm.vault.envelopes import DatasetId
from web3crm.vault.identity import Identity
from web3crm.vault.keeper import EnvelopeKeeper
from web3crm.vault.keyring import Keyring
from web3crm.vault.stores import BlobStore

__all__ = ["Holdings", "Journal"]


class Journal:
    """A folder with at most one note a dataset: how far an act that takes several steps has come."""

    def __init__(self, folder: Path, act: str, schema: dict[str, Any]) -> None:
        self.folder = private_folder(folder)
        self._act = act
        required = [*schema["required"], "version", "dataset"]
        self._validator = jsonschema.Draft202012Validator({**schema, "required": required})

    def read(self, dataset: DatasetId) -> dict[str, Any] | None:
        """The note about ``dataset``; None if there is none. Raises :class:`JournalError` for a damaged one."""
        path = self.path(dataset)
        try:
            note = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            note = None
        good = self._validator.is_valid(note) and (note["version"], note["dataset"]) == (1, str(dataset))
        if not good:
            raise JournalError(f"the vault's note {path} on the {self._act} of {dataset} is damaged")
        return dict(note)

    def write(self, dataset: DatasetId, note: dict[str, Any]) -> None:
        """Writes the note, whole or not at all."""
        content = {"version": 1, "dataset": str(dataset), **note}
        write_private(self.path(dataset), json.dumps(content, indent=1).encode("ascii"))

    def remove(self, dataset: DatasetId) -> None:
        """Destroys the note."""
        self.path(dataset).unlink(missing_ok=True)
        sync_folder(self.folder)

    def datasets(self) -> list[DatasetId]:
        """Whose notes there are; raises :class:`JournalError` for a damaged one."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                found.append(DatasetId.parse(json.loads(path.read_bytes())["dataset"]))
            except (ValueError, KeyError, TypeError, RecursionError):
                raise JournalError(f"the vault's note {path} on the {self._act} of a dataset is damaged") from None
        return found

    def path(self, dataset: DatasetId) -> Path:
        """Where the note about ``dataset`` lies, if there is one."""
        return self.folder / f"{sha256(str(dataset).encode()).hexdigest()}.json"


@dataclass(frozen=True)
class Holdings:
    """The parts of a vault. ``identity`` is the customer's own; it stays in memory."""

    customer: str
    identity: Identity = field(repr=False)
    store: BlobStore
    keyring: Keyring
    keeper: EnvelopeKeeper
    folder: Path
    drafts: Path
    rotations: Journal
    erasures: Journal

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the vault's lock: of all that changes its keys and envelopes, one goes on at a time."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def sweep(self) -> None:
        """Removes the drafts that a crash left behind: they hold what was being written, an entry or an envelope.

        Only under the lock: then nothing is being written.
        """
        for folder in (self.keyring.folder, self.keeper.folder, self.rotations.folder, self.erasures.folder):
            for draft in folder.glob(".*.part"):
                draft.unlink(missing_ok=True)
            sync_folder(folder)

    def not_erased(self, dataset: DatasetId) -> None:
        """Raises :class:`ErasureIncomplete` when the erasure of ``dataset`` was begun and not finished."""
        if self.erasures.read(dataset) is not None:
            raise ErasureIncomplete(
                f"the erasure of {dataset} was begun and is not finished: erase it again, nothing else is done with it"
            )
