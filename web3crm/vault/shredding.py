"""Crypto-shredding: destroying the keys of a dataset, so that every copy of its files is noise.

First a note says that the erasure has begun and what is to be destroyed; then the envelopes go, then the identities of
all key epochs (those of a rotation under way included), and only then the blobs are unpinned: the keys do not wait for
a store that does not answer. Whatever is interrupted leaves the note, and with it :class:`ErasureIncomplete` from all
that would use the dataset; erasing it again goes on and returns the whole of what was destroyed.

What is *not* promised: that the bytes of a deleted file are overwritten. On journaling and copy-on-write file systems,
on flash memory with its wear levelling, in snapshots and backups, writing over a file does not reach its old blocks;
claiming so would be a false comfort. What protects those remains is that each of them is encrypted: an entry of the
keyring to the customer, an envelope to its grantee. Who has the customer's wallet and an image of her disk from before
may recover an entry; who has a grantee's identity and her envelope reads what she could read before.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3crm.errors import (
    BlobCorrupt,
    BlobNotFound,
    BlobStoreError,
    ErasureIncomplete,
    JournalError,
    KeyringError,
    ManifestError,
)
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.envelopes import DatasetId
from web3crm.vault.holdings import Holdings
from web3crm.vault.keeper import access_id_text, parse_access_id
from web3crm.vault.opening import fetch_manifest
from web3crm.vault.rotation import blobs_of, new_blobs, new_manifests
from web3crm.vault.stores import EmbeddedStore

__all__ = ["DestroyedEnvelope", "DestroyedIdentity", "Shredded", "shred"]

_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
NOTE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["identities", "envelopes", "blobs"],
    "properties": {
        "identities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["manifest", "keyEpoch"],
                "properties": {"manifest": _DIGEST, "keyEpoch": {"type": "integer", "minimum": 1}},
            },
        },
        "envelopes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["grantee", "accessId", "keyEpoch", "digest"],
                "properties": {
                    "grantee": {"type": "string"},
                    "accessId": {"type": ["string", "null"]},
                    "keyEpoch": {"type": "integer", "minimum": 1},
                    "digest": _DIGEST,
                },
            },
        },
        "blobs": {"type": "array", "items": {"type": "string"}},
    },
}
"""What the vault's note on an erasure holds: no key."""


@dataclass(frozen=True)
class DestroyedIdentity:
    """The identity of one key epoch, named by the SHA-256 of the manifest it belonged to."""

    manifest_digest: bytes
    key_epoch: int


@dataclass(frozen=True)
class DestroyedEnvelope:
    """An envelope that was kept for ``grantee``, under ``access_id`` if there was one."""

    grantee: str
    access_id: int | None
    key_epoch: int
    digest: bytes


@dataclass(frozen=True)
class Shredded:
    """What an erasure destroyed, for receipts. ``unpinned`` are CIDs, of the files and of the manifests.

    ``collected`` says that the store is the vault's own and has removed the blobs, too; a shared daemon does that when
    it collects its garbage.
    """

    dataset: DatasetId
    identities: tuple[DestroyedIdentity, ...]
    envelopes: tuple[DestroyedEnvelope, ...]
    unpinned: tuple[str, ...]
    collected: bool

    def to_json(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "dataset": str(self.dataset),
            "identities": [
                {"manifest": identity.manifest_digest.hex(), "keyEpoch": identity.key_epoch}
                for identity in self.identities
            ],
            "envelopes": [
                {
                    "grantee": envelope.grantee,
                    "accessId": access_id_text(envelope.access_id),
                    "keyEpoch": envelope.key_epoch,
                    "digest": envelope.digest.hex(),
                }
                for envelope in self.envelopes
            ],
            "unpinned": list(self.unpinned),
            "collected": self.collected,
        }


def shred(vault: Holdings, dataset: DatasetId) -> Shredded:
    """Destroys every key of ``dataset`` in the vault and unpins its blobs; goes on with an erasure that was interrupted.

    Raises :class:`KeyringError` when the vault has nothing of the dataset, and :class:`ErasureIncomplete` when
    something is left: blobs of a store that does not answer, files that are damaged and may hold a key of it.
    """
    with vault.alone():
        note, damaged = _note(vault, dataset)
        vault.erasures.write(dataset, note)
        _destroy_keys(vault, dataset, note)
        damaged = [path for path in damaged if path.exists()]
        if damaged:
            names = ", ".join(map(str, damaged))
            raise ErasureIncomplete(
                f"these files of the vault are damaged and may hold a key of {dataset}: {names}. Remove them (or bring "
                "them back from a backup), then erase again; all other keys of the dataset are destroyed"
            )
        try:
            _unpin(vault, dataset, note)
            collected = isinstance(vault.store, EmbeddedStore)
            if collected:
                vault.store.collect_garbage()
        except BlobStoreError as error:
            raise ErasureIncomplete(
                f"every key of {dataset} is destroyed, but the blobs are not all removed: {error}. Erase again when the "
                "store answers"
            ) from error
        vault.erasures.remove(dataset)
    return Shredded(
        dataset,
        tuple(DestroyedIdentity(bytes.fromhex(item["manifest"]), item["keyEpoch"]) for item in note["identities"]),
        tuple(
            DestroyedEnvelope(
                item["grantee"],
                parse_access_id(item["accessId"]),
                item["keyEpoch"],
                bytes.fromhex(item["digest"]),
            )
            for item in note["envelopes"]
        ),
        tuple(note["blobs"]),
        collected,
    )


def _note(vault: Holdings, dataset: DatasetId) -> tuple[dict[str, Any], list[Path]]:
    """What is to be destroyed, together with what was destroyed before an interruption; and what cannot be read."""
    begun = vault.erasures.read(dataset)
    note = begun or {"identities": [], "envelopes": [], "blobs": []}
    entries, damaged_entries = vault.keyring.survey(dataset)
    envelopes, damaged_envelopes = vault.keeper.survey(dataset)
    damaged, rotation = damaged_entries + damaged_envelopes, None
    try:
        rotation = vault.rotations.read(dataset)
    except JournalError:
        damaged.append(vault.rotations.path(dataset))
    if begun is None and not (entries or envelopes or rotation or damaged):
        raise KeyringError(f"the vault has nothing of {dataset}: there is nothing to erase")
    identities = [(entry.manifest_digest, entry.key_epoch) for entry in entries]
    if rotation is not None:
        # By their names, so that neither being damaged keeps one from being destroyed.
        made = [(digest, rotation["keyEpoch"]) for digest in new_manifests(rotation)]
        made += [(bytes.fromhex(old["manifest"]), rotation["keyEpoch"] - 1) for old in rotation["retired"][:1]]
        known = {digest for digest, _ in identities}
        identities += [item for item in made if item[0] not in known and vault.keyring.has(item[0])]
        _add(note["blobs"], [cid for old in rotation["retired"] for cid in old["blobs"]] + new_blobs(rotation))
    _add(note["identities"], [{"manifest": digest.hex(), "keyEpoch": epoch} for digest, epoch in identities])
    _add(
        note["envelopes"],
        [
            {
                "grantee": kept.envelope.grantee,
                "accessId": access_id_text(kept.access_id),
                "keyEpoch": kept.envelope.key_epoch,
                "digest": kept.envelope.digest.hex(),
            }
            for kept in envelopes
        ],
    )
    return note, damaged


def _destroy_keys(vault: Holdings, dataset: DatasetId, note: dict[str, Any]) -> None:
    for kept in vault.keeper.survey(dataset)[0]:
        vault.keeper.destroy(kept)
    for item in note["identities"]:
        vault.keyring.destroy(bytes.fromhex(item["manifest"]))
    with contextlib.suppress(JournalError):  # a damaged one is named, and left to its owner
        vault.rotations.read(dataset)
        vault.rotations.remove(dataset)  # it holds the identity of an epoch that was being made
    vault.sweep()


def _unpin(vault: Holdings, dataset: DatasetId, note: dict[str, Any]) -> None:
    """Manifests are public: which blobs they name can be found after the keys are gone."""
    for item in note["identities"]:
        with contextlib.suppress(BlobNotFound, BlobCorrupt, ManifestError):  # what is gone need not be unpinned
            _add(note["blobs"], blobs_of(fetch_manifest(vault.store, bytes.fromhex(item["manifest"]))))
        _add(note["blobs"], [cid_of_digest(bytes.fromhex(item["manifest"]))])
    vault.erasures.write(dataset, note)
    for cid in note["blobs"]:
        vault.store.unpin(cid)


def _add(items: list[Any], more: list[Any]) -> None:
    items += [item for number, item in enumerate(more) if item not in items and item not in more[:number]]
