"""Portability: everything that a customer's vault has, in clear, in one folder with a machine-readable index."""

from __future__ import annotations

import datetime
import functools
import json
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from web3crm.errors import (
    BlobCorrupt,
    BlobNotFound,
    CiphertextError,
    ContentError,
    KeyringError,
    ManifestError,
)
from web3crm.files import atomic_file, whole_folder, write_private
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.holdings import Holdings
from web3crm.vault.keeper import access_id_text
from web3crm.vault.keyring import KeyringEntry
from web3crm.vault.opening import OpenFile, fetch_manifest, open_with
from web3crm.vault.streams import HashingWriter

__all__ = ["Exported", "export_schema", "export_vault"]

_MISSING = (BlobNotFound, BlobCorrupt, CiphertextError, ContentError, ManifestError, KeyringError)
"""What one blob may be: the rest is exported all the same. A store that does not answer at all fails the whole."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote: how many files of how many datasets, and what is missing, each with the reason."""

    folder: Path
    datasets: int
    files: int
    missing: tuple[str, ...]


def export_vault(vault: Holdings, folder: Path, *, identities: bool) -> Exported:
    """Writes all that the vault has into the new private ``folder``, which appears whole or not at all.

    ``index.json`` says what is what (:func:`export_schema`); ``<number>/files/`` has the files, ``<number>/manifest.json``
    the manifest, and with ``identities`` ``<number>/identity.txt`` the key for the standard age tools. What cannot be
    opened any more is named in the index. Raises :class:`InputError` when ``folder`` exists or cannot be made, and
    :class:`BlobStoreUnreachable` when the store does not answer: then nothing is written.
    """
    with whole_folder(folder) as draft:
        with vault.alone():
            entries, damaged = vault.keyring.survey()
            for entry in entries:
                if entry.dataset is not None:
                    vault.not_erased(entry.dataset)
            described = [
                _export_entry(vault, entry, draft, number, identities=identities)
                for number, entry in enumerate(entries, 1)
            ]
        index: dict[str, Any] = {
            "version": 1,
            "customer": vault.customer,
            "exportedAt": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
            "datasets": described,
            "damaged": sorted(path.relative_to(vault.folder).as_posix() for path in damaged),
        }
        _validator().validate(index)
        write_private(draft / "index.json", json.dumps(index, indent=2, ensure_ascii=False).encode())
    files = [file for item in described for file in item["files"]]
    missing = [
        f"{item['dataset'] or 'a dataset that was not minted'}: the manifest: {item['manifest']['missing']}"
        for item in described
        if item["manifest"]["missing"]
    ]
    missing += [f"{file['name']}: {file['missing']}" for file in files if file["missing"]]
    missing += [f"{path}: the vault's file is damaged" for path in index["damaged"]]
    return Exported(folder, len(described), sum(file["path"] is not None for file in files), tuple(missing))


@functools.cache
def export_schema() -> dict[str, Any]:
    """The published JSON schema (draft 2020-12) of ``index.json``; not to be changed by the caller."""
    text = resources.files("web3crm.vault").joinpath("export.schema.json").read_text("utf-8")
    return dict(json.loads(text))


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(export_schema())


def _export_entry(
    vault: Holdings, entry: KeyringEntry, draft: Path, number: int, *, identities: bool
) -> dict[str, Any]:
    place = draft / str(number)
    place.mkdir(mode=0o700)
    files: list[dict[str, Any]] = []
    missing, identity = None, None
    try:
        key = vault.keyring.open(entry, vault.identity)
        if identities:
            identity = f"{number}/identity.txt"
            about = f"# dataset: {entry.dataset or 'not minted'}, key epoch {entry.key_epoch}\n"
            write_private(draft / identity, f"{about}# public key: {key.recipient}\n{key.export()}\n".encode())
        manifest = fetch_manifest(vault.store, entry.manifest_digest)
        opened = open_with(manifest, key, vault.store, KeyringError)
    except _MISSING as error:
        missing = _why(error)
    else:
        write_private(place / "manifest.json", manifest.to_bytes())
        (place / "files").mkdir(mode=0o700)
        files = [_export_file(file, place, draft) for file in opened.files]
    kept = [] if entry.dataset is None else vault.keeper.survey(entry.dataset)[0]
    return {
        "dataset": None if entry.dataset is None else str(entry.dataset),
        "dataClass": entry.data_class,
        "keyEpoch": entry.key_epoch,
        "manifest": {
            "sha256": entry.manifest_digest.hex(),
            "cid": cid_of_digest(entry.manifest_digest),
            "path": None if missing else f"{number}/manifest.json",
            "missing": missing,
        },
        "files": files,
        "identity": identity,
        "sharedWith": [
            {
                "grantee": item.envelope.grantee,
                "accessId": access_id_text(item.access_id),
                "keyEpoch": item.envelope.key_epoch,
            }
            for item in kept
            if item.envelope.key_epoch == entry.key_epoch
        ],
    }


def _export_file(file: OpenFile, place: Path, draft: Path) -> dict[str, Any]:
    path, missing, digest = place / "files" / file.name, None, sha256()
    try:
        with atomic_file(path) as target:
            file.write_to(HashingWriter(target, digest))
    except _MISSING as error:
        missing = _why(error)
    return {
        "name": file.name,
        "mediaType": file.media_type,
        "size": file.size,
        "cid": file.sealed.cid,
        "sha256": None if missing else digest.hexdigest(),
        "path": None if missing else path.relative_to(draft).as_posix(),
        "missing": missing,
    }


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
