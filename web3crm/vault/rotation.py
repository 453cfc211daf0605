"""Rotation: a dataset gets a new key epoch, and those who may not read any more are shut out of it.

Every file is opened and sealed anew as a stream, without clear text on disk. Three phases:

1. *Prepare*: a fresh identity, the files encrypted to it, the new manifest; stored and pinned beside the old ones, and
   read back: a store that loses or spoils them is found out while the old ones are there.
2. *Publish*: the owner has ``CustomerData`` name the new manifest and key epoch, however she sends that.
3. *Finish*, once the chain names it: those who are still allowed, asked at the newest block, get an envelope for the
   key that they have published now; the others' are destroyed; the old blobs are unpinned, the old identity destroyed.

A note in the vault's folder says after each step how far it has come. Whatever is interrupted goes on from there: until
the chain names the new manifest the old epoch is whole, afterwards the new one is, and no step destroys what the other
one needs. The note names each blob before the store gets it, so that none is left pinned without an owner.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hmac
import io
import json
from dataclasses import dataclass
from typing import Any

from web3crm.errors import (
    BlobCorrupt,
    BlobNotFound,
    IdentityError,
    JournalError,
    KeyringError,
    ManifestError,
    RotationError,
)
from web3crm.vault.cids import RAW, codec_and_digest
from web3crm.vault.encryption import decrypt, encrypt
from web3crm.vault.envelopes import DatasetId, make_envelope
from web3crm.vault.holdings import Holdings
from web3crm.vault.identity import Identity
from web3crm.vault.keeper import access_id_text, parse_access_id
from web3crm.vault.ledger import DatasetState, Ledger
from web3crm.vault.manifest import Manifest, SealedFile, key_check, seal_names
from web3crm.vault.opening import OpenFile, fetch_manifest, open_with
from web3crm.vault.sealing import seal_file
from web3crm.vault.stores import put_as
from web3crm.vault.streams import piped

__all__ = ["PreparedRotation", "Rotated", "abandon", "finish", "prepare"]

_LAST_EPOCH = (1 << 32) - 1
_TEXT = {"type": "string"}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_CID = {"type": "string", "pattern": "^baf(krei|ybei)[a-z2-7]{51}[aeimquy4]$"}
_CIDS = {"type": "array", "items": _CID}
NOTE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "keyEpoch", "dataClass", "previous", "retired", "identity", "names", "files", "storing", "manifest", "shutOut",
    ],
    "properties": {
        "keyEpoch": {"type": "integer", "minimum": 2, "maximum": _LAST_EPOCH},
        "dataClass": {"type": "integer", "minimum": 0, "maximum": 63},
        "previous": _DIGEST,
        "retired": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["manifest", "blobs"],
                "properties": {"manifest": _DIGEST, "blobs": _CIDS},
            },
        },
        "identity": _TEXT,
        "names": _TEXT,
        "files": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [field.name for field in dataclasses.fields(SealedFile)],
                "properties": {
                    field.name: {"type": "integer" if field.type == "int" else "string"}
                    for field in dataclasses.fields(SealedFile)
                } | {"cid": _CID},
                "additionalProperties": False,
            },
        },
        "storing": {"anyOf": [_CID, {"type": "null"}]},
        "manifest": {
            "type": ["object", "null"],
            "required": ["digest", "cid"],
            "properties": {"digest": _DIGEST, "cid": _CID},
        },
        "shutOut": {
            "type": "array",
            "items": {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": ["string", "null"]}},
        },
    },
}  # fmt: skip
"""What the vault's note on a rotation holds: never a key in clear."""


@dataclass(frozen=True)
class PreparedRotation:
    """A new key epoch that only has to be published: ``CustomerData.update(token id, manifest digest, key epoch)``."""

    dataset: DatasetId
    previous_digest: bytes
    manifest_digest: bytes
    key_epoch: int


@dataclass(frozen=True)
class Rotated:
    """A rotation that is finished.

    ``kept`` and ``shut_out`` are grantees (with the access that an envelope was shared under, or None) who have an
    envelope of the new epoch, and whose envelope was destroyed, with the reason. ``unpinned`` are the old CIDs.
    """

    dataset: DatasetId
    manifest_digest: bytes
    key_epoch: int
    kept: tuple[tuple[str, int | None], ...]
    shut_out: tuple[tuple[str, int | None, str], ...]
    unpinned: tuple[str, ...]


def prepare(vault: Holdings, dataset: DatasetId, ledger: Ledger) -> PreparedRotation:
    """Phase 1; goes on with one that was interrupted, and returns the one that waits to be published.

    Raises :class:`RotationError` when the dataset is not the customer's any more or was changed by somebody else
    meanwhile, and whatever the store raises: run it again then.
    """
    with vault.alone():
        vault.not_erased(dataset)
        state = _owned(vault, dataset, ledger)
        note = vault.rotations.read(dataset)
        if note is None:
            note = _begin(vault, dataset, state)
        prepared = _prepared(dataset, note)
        if prepared is None or state.manifest_digest != prepared.manifest_digest:
            _check_unchanged(dataset, note, state)
        return prepared or _seal(vault, dataset, note)


def finish(vault: Holdings, dataset: DatasetId, ledger: Ledger) -> Rotated:
    """Phase 3; goes on with one that was interrupted.

    Raises :class:`RotationError` when none is under way, or the chain does not name the new manifest.
    """
    with vault.alone():
        vault.not_erased(dataset)
        state = _owned(vault, dataset, ledger)
        note = vault.rotations.read(dataset)
        prepared = None if note is None else _prepared(dataset, note)
        if note is None or prepared is None:
            raise RotationError(f"no rotation of {dataset} waits to be finished: begin with preparing one")
        if (state.manifest_digest, state.key_epoch) != (prepared.manifest_digest, prepared.key_epoch):
            raise RotationError(
                f"the chain does not name the new manifest {prepared.manifest_digest.hex()} of {dataset} yet: publish "
                "it, then finish. Until then the old key epoch holds"
            )
        return _finish(vault, dataset, ledger, note, prepared)


def abandon(vault: Holdings, dataset: DatasetId, ledger: Ledger) -> bool:
    """Takes back a rotation that is not to be published: destroys the new identity, unpins the new blobs.

    True if there was one. The publishing transaction must not be under way any more: once it is mined, nobody opens
    the dataset. Raises :class:`RotationError` when the chain names the new manifest already.
    """
    with vault.alone():
        note = vault.rotations.read(dataset)
        if note is None:
            return False
        state = ledger.dataset(dataset)
        prepared = _prepared(dataset, note)
        if prepared and state and state.manifest_digest == prepared.manifest_digest:
            raise RotationError(f"the chain names the new manifest of {dataset} already: finish the rotation instead")
        for digest in new_manifests(note):
            vault.keyring.destroy(digest)
        for cid in new_blobs(note):
            vault.store.unpin(cid)
        vault.rotations.remove(dataset)
        return True


def blobs_of(manifest: Manifest) -> list[str]:
    """All CIDs of a sealed dataset, the manifest's last: with it gone the others are not known any more."""
    return [*(file.cid for file in manifest.files), manifest.cid]


def new_blobs(note: dict[str, Any]) -> list[str]:
    """The CIDs that a rotation has stored, or was about to."""
    return [
        *(file["cid"] for file in note["files"]),
        *([note["storing"]] if note["storing"] else []),
        *([note["manifest"]["cid"]] if note["manifest"] else []),
    ]


def new_manifests(note: dict[str, Any]) -> list[bytes]:
    """What the new manifest's digest is, or may be: it has its identity before the note names it for good."""
    return [digest for cid in new_blobs(note) for codec, digest in [codec_and_digest(cid)] if codec == RAW]


# --- phase 1 ----------------------------------------------------------------------------------------------------------


def _begin(vault: Holdings, dataset: DatasetId, state: DatasetState) -> dict[str, Any]:
    if state.key_epoch >= _LAST_EPOCH:
        raise RotationError(f"{dataset} is in the last key epoch there is")
    if not vault.keyring.has(state.manifest_digest):
        raise KeyringError(
            f"the keyring has no identity for the manifest {state.manifest_digest.hex()} that the chain names for "
            f"{dataset}: without it nothing can be sealed anew"
        )
    vault.keyring.attach(state.manifest_digest, dataset)
    manifest = fetch_manifest(vault.store, state.manifest_digest)
    old = vault.keyring.open(vault.keyring.entry(state.manifest_digest), vault.identity)
    opened = open_with(manifest, old, vault.store, KeyringError)
    identity, key_epoch = Identity.generate(), state.key_epoch + 1
    proof = _proof(vault, dataset, key_epoch, identity)
    clear = {"identity": identity.export(), "dataset": str(dataset), "keyEpoch": key_epoch, "proof": proof}
    sealed = io.BytesIO()
    encrypt(io.BytesIO(json.dumps(clear).encode("ascii")), sealed, [vault.identity.recipient])
    note = {
        "keyEpoch": key_epoch,
        "dataClass": state.data_class,
        "previous": state.manifest_digest.hex(),
        "retired": _retired(vault, dataset, state.manifest_digest, manifest),
        "identity": _text(sealed.getvalue()),
        "names": _text(seal_names(tuple(file.name for file in opened.files), identity.recipient)),
        "files": [],
        "storing": None,
        "manifest": None,
        "shutOut": [],
    }
    vault.rotations.write(dataset, note)
    return note


def _retired(vault: Holdings, dataset: DatasetId, digest: bytes, manifest: Manifest) -> list[dict[str, Any]]:
    """What the chain will not name any more: the manifest it names now and those of older epochs, with their blobs."""
    retired = [{"manifest": digest.hex(), "blobs": blobs_of(manifest)}]
    for entry in vault.keyring.entries():
        if entry.dataset == dataset and entry.manifest_digest != digest:
            blobs: list[str] = []
            with contextlib.suppress(BlobNotFound, BlobCorrupt, ManifestError):  # what is gone need not be unpinned
                blobs = blobs_of(fetch_manifest(vault.store, entry.manifest_digest))
            retired.append({"manifest": entry.manifest_digest.hex(), "blobs": blobs})
    return retired


def _seal(vault: Holdings, dataset: DatasetId, note: dict[str, Any]) -> PreparedRotation:
    identity = _identity(vault, dataset, note)
    digest = bytes.fromhex(note["previous"])
    old = vault.keyring.open(vault.keyring.entry(digest), vault.identity)
    opened = open_with(fetch_manifest(vault.store, digest), old, vault.store, KeyringError)
    if note["storing"]:
        # Whether it came to the store is not known; a file that is sealed again becomes another blob.
        vault.store.unpin(note["storing"])

    def announce(cid: str) -> None:
        note["storing"] = cid
        vault.rotations.write(dataset, note)

    for index, file in enumerate(opened.files):
        if index < len(note["files"]):
            continue
        with piped(file.write_to) as clear:
            sealed = seal_file(
                clear,
                file.media_type,
                identity=identity,
                index=index,
                store=vault.store,
                drafts=vault.drafts,
                announce=announce,
            )
        # Read back in full: what is lost now would be lost for good once the old epoch is gone.
        OpenFile(file.name, sealed, index, identity, vault.store).check()
        note["files"].append(dataclasses.asdict(sealed))
        note["storing"] = None
        vault.rotations.write(dataset, note)
    files = tuple(SealedFile(**file) for file in note["files"])
    names = base64.b64decode(note["names"])
    manifest = Manifest(note["dataClass"], note["keyEpoch"], key_check(identity), names, files)
    announce(manifest.cid)
    # The identity before the manifest: there is never a manifest whose key is in no keyring.
    if not vault.keyring.has(manifest.digest):
        vault.keyring.add(
            identity,
            recipient=vault.identity.recipient,
            manifest_digest=manifest.digest,
            data_class=manifest.data_class,
            key_epoch=manifest.key_epoch,
        )
    put_as(vault.store, io.BytesIO(manifest.to_bytes()), manifest.cid, what="the manifest")
    fetch_manifest(vault.store, manifest.digest)
    note["storing"] = None
    note["manifest"] = {"digest": manifest.digest.hex(), "cid": manifest.cid}
    vault.rotations.write(dataset, note)
    return PreparedRotation(dataset, digest, manifest.digest, manifest.key_epoch)


# --- phase 3 ----------------------------------------------------------------------------------------------------------


def _finish(
    vault: Holdings, dataset: DatasetId, ledger: Ledger, note: dict[str, Any], prepared: PreparedRotation
) -> Rotated:
    entry = vault.keyring.attach(prepared.manifest_digest, dataset)
    identity = vault.keyring.open(entry, vault.identity)
    kept = []
    for held in vault.keeper.envelopes(dataset):
        grantee, access_id = held.envelope.grantee, held.access_id
        standing = ledger.standing(
            customer=vault.customer,
            grantee=grantee,
            dataset=dataset,
            data_class=entry.data_class,
            access_id=access_id,
        )
        if standing.reason or standing.recipient is None:
            note["shutOut"].append([grantee, access_id_text(access_id), standing.reason])
            vault.rotations.write(dataset, note)
            vault.keeper.destroy(held)
            continue
        # One that was made before an interruption stays, unless it is for a key that was replaced since.
        if (held.envelope.key_epoch, held.recipient) != (entry.key_epoch, standing.recipient):
            envelope = make_envelope(
                identity,
                dataset=dataset,
                key_epoch=entry.key_epoch,
                grantee=grantee,
                recipient=standing.recipient,
            )
            vault.keeper.keep(
                envelope,
                customer=vault.customer,
                data_class=entry.data_class,
                recipient=standing.recipient,
                access_id=access_id,
            )
        kept.append((grantee, access_id))
    unpinned = []
    for old in note["retired"]:
        for cid in old["blobs"]:
            vault.store.unpin(cid)
            unpinned.append(cid)
        vault.keyring.destroy(bytes.fromhex(old["manifest"]))
    vault.sweep()
    vault.rotations.remove(dataset)
    # Noted before it was destroyed: an interruption between the two leaves it here twice.
    shut_out = {(grantee, parse_access_id(access)): reason for grantee, access, reason in note["shutOut"]}
    return Rotated(
        dataset,
        prepared.manifest_digest,
        prepared.key_epoch,
        tuple(kept),
        tuple((grantee, access_id, reason) for (grantee, access_id), reason in shut_out.items()),
        tuple(unpinned),
    )


# --- all phases -------------------------------------------------------------------------------------------------------


def _owned(vault: Holdings, dataset: DatasetId, ledger: Ledger) -> DatasetState:
    state = ledger.dataset(dataset)
    if state is None:
        raise RotationError(f"{dataset} does not exist on chain (any more)")
    if state.owner != vault.customer:
        raise RotationError(f"{dataset} belongs to {state.owner}, not to {vault.customer}")
    return state


def _check_unchanged(dataset: DatasetId, note: dict[str, Any], state: DatasetState) -> None:
    if state.manifest_digest.hex() != note["previous"]:
        raise RotationError(
            f"{dataset} got the manifest {state.manifest_digest.hex()} while a rotation from {note['previous']} was "
            "under way: abandon that rotation, then begin anew"
        )


def _prepared(dataset: DatasetId, note: dict[str, Any]) -> PreparedRotation | None:
    if note["manifest"] is None:
        return None
    digest = bytes.fromhex(note["manifest"]["digest"])
    return PreparedRotation(dataset, bytes.fromhex(note["previous"]), digest, note["keyEpoch"])


def _identity(vault: Holdings, dataset: DatasetId, note: dict[str, Any]) -> Identity:
    clear, sealed = io.BytesIO(), base64.b64decode(note["identity"])
    decrypt(io.BytesIO(sealed), clear, vault.identity, size=len(sealed))
    try:
        content = json.loads(clear.getvalue())
        bound, identity = (content["dataset"], content["keyEpoch"]), Identity.parse(content["identity"])
        proof = str(content["proof"]).encode()
    except (ValueError, KeyError, TypeError, RecursionError, IdentityError):
        raise JournalError(f"the vault's note on the rotation of {dataset} holds no identity") from None
    if bound != (str(dataset), note["keyEpoch"]):
        raise JournalError(f"the vault's note on the rotation of {dataset} holds the identity of {bound}")
    # age does not say who sealed it: everybody who knows her recipient can, with an identity that he knows, too.
    if not hmac.compare_digest(proof, _proof(vault, dataset, note["keyEpoch"], identity).encode()):
        raise JournalError(
            f"the vault's note on the rotation of {dataset} holds an identity that its owner did not make"
        )
    return identity


def _proof(vault: Holdings, dataset: DatasetId, key_epoch: int, identity: Identity) -> str:
    """What only the vault's owner can say about the identity of a new key epoch."""
    return vault.identity.subkey(f"rotation/{dataset}/{key_epoch}/{identity.recipient}").hex()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
