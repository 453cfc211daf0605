"""A customer's vault: seals files into datasets, shares their keys, renews and destroys them, and opens them again.

The customer's side is :class:`Vault`; a grantee's side is :class:`~web3crm.vault.grantee.Grantee`. Clear text is never
written to disk but where the caller asks for it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from web3crm.errors import InputError, KeyringError
from web3crm.files import private_folder
from web3crm.vault import rotation, shredding
from web3crm.vault.envelopes import DatasetId, Envelope, check_address, check_bit, check_key_epoch, make_envelope
from web3crm.vault.export import Exported, export_vault
from web3crm.vault.holdings import Holdings, Journal
from web3crm.vault.identity import Identity
from web3crm.vault.keeper import ConsentGate, EnvelopeKeeper
from web3crm.vault.keyring import Keyring, KeyringEntry
from web3crm.vault.ledger import Ledger
from web3crm.vault.manifest import Manifest, SealedFile, check_file_names, key_check, seal_names
from web3crm.vault.opening import OpenDataset, OpenFile, fetch_manifest, open_dataset, open_with
from web3crm.vault.readers import Reader, list_readers
from web3crm.vault.rotation import PreparedRotation, Rotated
from web3crm.vault.sealing import ClearFile, seal_file
from web3crm.vault.shredding import Shredded
from web3crm.vault.stores import BlobStore, put_as
from web3crm.vault.streams import opened
from web3crm.vault.unfinished import Unfinished

__all__ = ["ClearFile", "OpenDataset", "OpenFile", "SealedDataset", "Vault", "fetch_manifest", "open_dataset"]


@dataclass(frozen=True)
class SealedDataset:
    """What :meth:`Vault.create` made. ``CustomerData.mint`` takes :attr:`manifest_digest` and the data class."""

    manifest: Manifest

    @property
    def manifest_digest(self) -> bytes:
        """SHA-256 of the manifest: what goes on chain."""
        return self.manifest.digest

    @property
    def manifest_cid(self) -> str:
        """Where the manifest lies in the blob store."""
        return self.manifest.cid


class Vault:
    """The datasets of one customer: keyring and envelopes in ``folder``, sealed bytes in ``store``.

    ``identity`` is the customer's own (:func:`~web3crm.vault.identity.derive_identity`); it stays in memory only.
    ``gate`` asks the chain before an envelope is released.
    """

    def __init__(self, customer: str, identity: Identity, *, store: BlobStore, folder: Path, gate: ConsentGate) -> None:
        check_address("customer", customer)
        self.customer = customer
        self.store = store
        self.keyring = Keyring(private_folder(folder) / "keyring")
        self.keeper = EnvelopeKeeper(folder / "envelopes", gate)
        self._identity = identity
        self._unfinished = Unfinished(folder / "unfinished", self.keyring.has)
        self._holdings = Holdings(
            customer,
            identity,
            store,
            self.keyring,
            self.keeper,
            folder=folder,
            drafts=private_folder(folder / "drafts"),
            rotations=Journal(folder / "rotations", "rotation", rotation.NOTE_SCHEMA),
            erasures=Journal(folder / "erasures", "erasure", shredding.NOTE_SCHEMA),
        )

    def __repr__(self) -> str:
        return f"<Vault of {self.customer}>"

    def create(self, files: Sequence[ClearFile], *, data_class: int, key_epoch: int = 1) -> SealedDataset:
        """Seals ``files`` under a fresh identity, stores and pins them and their manifest, and keeps the identity.

        All or nothing: what was stored is unpinned again when a later step fails, or at the latest by the next sealing
        when the store has died meanwhile. ``key_epoch`` is above 1 when an
        existing dataset gets other files under a new key. After the mint, :meth:`attach` tells the vault the dataset's
        id.
        """
        if not files:
            raise InputError("a dataset needs at least one file")
        check_bit("data class", data_class)
        check_key_epoch(key_epoch)
        names = tuple(file.name for file in files)
        check_file_names(names)
        identity = Identity.generate()
        with self._unfinished.storing(self.store) as announce:
            sealed = tuple(self._seal(file, identity, index, announce) for index, file in enumerate(files))
            sealed_names = seal_names(names, identity.recipient)
            manifest = Manifest(data_class, key_epoch, key_check(identity), sealed_names, sealed)
            announce(manifest.cid)
            put_as(self.store, io.BytesIO(manifest.to_bytes()), manifest.cid, what="the manifest")
            with self._holdings.alone():
                self.keyring.add(
                    identity,
                    recipient=self._identity.recipient,
                    manifest_digest=manifest.digest,
                    data_class=data_class,
                    key_epoch=key_epoch,
                )
        return SealedDataset(manifest)

    def attach(self, manifest_digest: bytes, dataset: DatasetId) -> KeyringEntry:
        """Notes the id that a sealed dataset got when it was minted (or that it is an existing one's new epoch)."""
        with self._holdings.alone():
            return self.keyring.attach(manifest_digest, dataset)

    def share(self, dataset: DatasetId, grantee: str, recipient: str, *, access_id: int | None = None) -> Envelope:
        """Makes the envelope of the dataset's newest key epoch for ``grantee`` and leaves it with the keeper.

        ``recipient`` is the grantee's in ``KeyDirectory``. With ``access_id`` the envelope is for that paid access of
        ``DataAccess``, whose owner accepts it with the envelope's :attr:`~Envelope.digest`; sharing again under the
        same access gives the same envelope, as long as key epoch and recipient are the same. Nothing is released by
        this: :meth:`release` asks the chain first.
        """
        with self._holdings.alone():
            self._holdings.not_erased(dataset)
            entry = self.keyring.current(dataset)
            kept = None if access_id is None else self.keeper.kept(dataset, grantee, access_id)
            if kept and (kept.envelope.key_epoch, kept.recipient) == (entry.key_epoch, recipient):
                return kept.envelope
            identity = self.keyring.open(entry, self._identity)
            envelope = make_envelope(
                identity, dataset=dataset, key_epoch=entry.key_epoch, grantee=grantee, recipient=recipient
            )
            self.keeper.keep(
                envelope,
                customer=self.customer,
                data_class=entry.data_class,
                recipient=recipient,
                access_id=access_id,
            )
        return envelope

    def unshare(self, dataset: DatasetId, grantee: str, *, access_id: int | None = None) -> bool:
        """Destroys the kept envelopes of ``grantee``, or the one under an access; True if there was one.

        What was released before stays released.
        """
        with self._holdings.alone():
            return self.keeper.forget(dataset, grantee, access_id) > 0

    def release(
        self, dataset: DatasetId, grantee: str, *, purpose: int, data_class: int, access_id: int | None = None
    ) -> Envelope:
        """The envelope, if consent covers it at the latest block; see :meth:`EnvelopeKeeper.release`."""
        return self.keeper.release(dataset, grantee, purpose=purpose, data_class=data_class, access_id=access_id)

    def readers(self, ledger: Ledger, dataset: DatasetId | None = None) -> list[Reader]:
        """Who can read what, and until when; see :func:`~web3crm.vault.readers.list_readers`."""
        return list_readers(self.keeper, ledger, dataset)

    def open(self, manifest_digest: bytes) -> OpenDataset:
        """The customer's own reading of a dataset of hers."""
        identity = self.identity_of(manifest_digest)
        return open_with(fetch_manifest(self.store, manifest_digest), identity, self.store, KeyringError)

    def identity_of(self, manifest_digest: bytes) -> Identity:
        """The identity of one dataset's epoch; exported, the standard age tools open the dataset's files with it."""
        return self.keyring.open(self.keyring.entry(manifest_digest), self._identity)

    # --- rotation, export, erasure ------------------------------------------------------------------------------------

    def rotate(self, dataset: DatasetId, ledger: Ledger, publish: Callable[[PreparedRotation], object]) -> Rotated:
        """Gives the dataset a new key epoch and shuts those out who may not read any more; see :mod:`.rotation`.

        ``publish`` has the chain name the new manifest (``CustomerData.update``) and returns once it does. After an
        interruption anywhere, running it again goes on.
        """
        prepared = self.prepare_rotation(dataset, ledger)
        state = ledger.dataset(dataset)
        if state is None or state.manifest_digest != prepared.manifest_digest:
            publish(prepared)
        return self.finish_rotation(dataset, ledger)

    def prepare_rotation(self, dataset: DatasetId, ledger: Ledger) -> PreparedRotation:
        """The first half of :meth:`rotate`, for those who publish in their own time: everything sealed anew."""
        return rotation.prepare(self._holdings, dataset, ledger)

    def finish_rotation(self, dataset: DatasetId, ledger: Ledger) -> Rotated:
        """The second half of :meth:`rotate`, once the chain names the new manifest."""
        return rotation.finish(self._holdings, dataset, ledger)

    def abandon_rotation(self, dataset: DatasetId, ledger: Ledger) -> bool:
        """Takes back what :meth:`prepare_rotation` made, if it was never published; True if there was something."""
        return rotation.abandon(self._holdings, dataset, ledger)

    def export(self, folder: Path, *, identities: bool = False) -> Exported:
        """Writes everything the vault has, in clear, into a new folder; see :func:`~web3crm.vault.export.export_vault`.

        ``identities`` also writes the datasets' keys: whoever gets hold of them opens every copy of the sealed files.
        """
        return export_vault(self._holdings, folder, identities=identities)

    def erase(self, dataset: DatasetId) -> Shredded:
        """Destroys all keys of a dataset for good and unpins its blobs; see :mod:`~web3crm.vault.shredding`."""
        return shredding.shred(self._holdings, dataset)

    def unfinished(self) -> tuple[list[DatasetId], list[DatasetId]]:
        """The datasets whose rotation, and those whose erasure, was begun and is not finished."""
        return self._holdings.rotations.datasets(), self._holdings.erasures.datasets()

    def _seal(self, file: ClearFile, identity: Identity, index: int, announce: Callable[[str], None]) -> SealedFile:
        with opened(file.source) as source:
            return seal_file(
                source,
                file.media_type,
                identity=identity,
                index=index,
                store=self.store,
                drafts=self._holdings.drafts,
                announce=announce,
            )
