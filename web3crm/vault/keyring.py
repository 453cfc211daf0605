"""The customer's keyring: the identities of her datasets, encrypted to her own identity, one small private file each.

Nothing here is a key in clear. What stands beside each sealed identity (manifest digest, dataset, data class, key
epoch) is on chain anyway; the manifest's digest is bound inside the ciphertext as well, so that two entries cannot be
swapped.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from web3crm.errors import IdentityError, InputError, KeyringError
from web3crm.files import private_folder, sync_folder, write_private
from web3crm.vault.encryption import decrypt, encrypt
from web3crm.vault.envelopes import DatasetId, check_bit, check_key_epoch
from web3crm.vault.identity import Identity

__all__ = ["Keyring", "KeyringEntry"]


@dataclass(frozen=True)
class KeyringEntry:
    """One key epoch of one dataset; ``dataset`` is None until :meth:`Keyring.attach` is told the minted NFT's id."""

    manifest_digest: bytes
    data_class: int
    key_epoch: int
    dataset: DatasetId | None
    sealed: bytes = field(repr=False)


class Keyring:
    """A folder of entries; every reading of a key takes the customer's ``identity``."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)

    def add(
        self, identity: Identity, *, recipient: str, manifest_digest: bytes, data_class: int, key_epoch: int
    ) -> KeyringEntry:
        """Keeps ``identity``, sealed for the owner's ``recipient``; :class:`KeyringError` if there is one already."""
        if self._path(manifest_digest).exists():
            raise KeyringError(f"the keyring has an identity for the manifest {manifest_digest.hex()} already")
        clear = {"manifest": manifest_digest.hex(), "identity": identity.export()}
        sealed = io.BytesIO()
        encrypt(io.BytesIO(json.dumps(clear).encode("ascii")), sealed, [recipient])
        entry = KeyringEntry(manifest_digest, data_class, key_epoch, None, sealed.getvalue())
        self._write(entry)
        return entry

    def attach(self, manifest_digest: bytes, dataset: DatasetId) -> KeyringEntry:
        """Notes which dataset the manifest was minted (or updated) as; :class:`KeyringError` if it is another one's."""
        entry = self.entry(manifest_digest)
        if entry.dataset not in (None, dataset):
            raise KeyringError(f"the manifest {manifest_digest.hex()} belongs to {entry.dataset}, not to {dataset}")
        entry = dataclasses.replace(entry, dataset=dataset)
        self._write(entry)
        return entry

    def entry(self, manifest_digest: bytes) -> KeyringEntry:
        """The entry of a manifest; raises :class:`KeyringError`."""
        path = self._path(manifest_digest)
        try:
            document = json.loads(path.read_bytes())
            entry = KeyringEntry(
                bytes.fromhex(document["manifest"]),
                document["dataClass"],
                document["keyEpoch"],
                None if document["dataset"] is None else DatasetId.parse(document["dataset"]),
                base64.b64decode(document["sealed"], validate=True),
            )
            check_bit("data class", entry.data_class)
            check_key_epoch(entry.key_epoch)
        except FileNotFoundError:
            raise KeyringError(f"the keyring has no identity for the manifest {manifest_digest.hex()}") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise KeyringError(f"the keyring's file {path} is damaged: {type(error).__name__}") from None
        if entry.manifest_digest != manifest_digest:
            raise KeyringError(f"the keyring's file {path} is that of another manifest")
        return entry

    def entries(self) -> list[KeyringEntry]:
        """All entries, by dataset and key epoch; those not minted yet come last."""
        names = [path.stem for path in self.folder.glob("*.json")]
        # Whatever else a person or a program put into the folder is not an entry.
        found = [self.entry(bytes.fromhex(name)) for name in names if re.fullmatch("[0-9a-f]{64}", name)]
        return sorted(found, key=_order)

    def survey(self, dataset: DatasetId | None = None) -> tuple[list[KeyringEntry], list[Path]]:
        """The entries (of one dataset) and the files that cannot be read; what one says is not known."""
        found, damaged = [], []
        for path in sorted(self.folder.glob("*.json")):
            if not re.fullmatch("[0-9a-f]{64}", path.stem):
                continue
            try:
                entry = self.entry(bytes.fromhex(path.stem))
            except KeyringError:
                damaged.append(path)
            else:
                found += [entry] if dataset in (None, entry.dataset) else []
        return sorted(found, key=_order), damaged

    def has(self, manifest_digest: bytes) -> bool:
        """Whether there is an identity for the manifest, be its file a damaged one."""
        return self._path(manifest_digest).exists()

    def current(self, dataset: DatasetId) -> KeyringEntry:
        """The entry of the dataset's newest key epoch; raises :class:`KeyringError`."""
        found = [entry for entry in self.entries() if entry.dataset == dataset]
        if not found:
            raise KeyringError(f"the keyring has no identity for {dataset}: was its manifest attached to it?")
        return max(found, key=lambda entry: entry.key_epoch)

    def open(self, entry: KeyringEntry, identity: Identity) -> Identity:
        """The dataset's identity, opened with the customer's: :class:`CiphertextError` or :class:`KeyringError`."""
        clear = io.BytesIO()
        decrypt(io.BytesIO(entry.sealed), clear, identity, size=len(entry.sealed))
        try:
            content = json.loads(clear.getvalue())
            manifest, opened = content["manifest"], Identity.parse(content["identity"])
        except (ValueError, KeyError, TypeError, IdentityError):
            raise KeyringError(f"the keyring's entry of {entry.manifest_digest.hex()} holds no identity") from None
        if manifest != entry.manifest_digest.hex():
            raise KeyringError(f"the keyring's entry of {entry.manifest_digest.hex()} holds the identity of {manifest}")
        return opened

    def destroy(self, manifest_digest: bytes) -> None:
        """Destroys the identity, unread, also though it is gone already.

        Without another copy or an envelope the dataset's files never open again.
        """
        self._path(manifest_digest).unlink(missing_ok=True)
        sync_folder(self.folder)

    def _path(self, manifest_digest: bytes) -> Path:
        if len(manifest_digest) != 32:
            raise InputError(f"a manifest digest has 32 bytes, got {len(manifest_digest)}")
        return self.folder / f"{manifest_digest.hex()}.json"

    def _write(self, entry: KeyringEntry) -> None:
        document = {
            "version": 1,
            "manifest": entry.manifest_digest.hex(),
            "dataset": None if entry.dataset is None else str(entry.dataset),
            "dataClass": entry.data_class,
            "keyEpoch": entry.key_epoch,
            "sealed": base64.b64encode(entry.sealed).decode("ascii"),
        }
        write_private(self._path(entry.manifest_digest), json.dumps(document, indent=1).encode("ascii"))


def _order(entry: KeyringEntry) -> tuple[bool, str, int]:
    return entry.dataset is None, str(entry.dataset), entry.key_epoch
