"""The grantee's side: from a request for a dataset to its open files."""

from __future__ import annotations

from typing import Protocol

from web3crm.errors import ChainError, EnvelopeError, KeyReleaseRefused, ManifestError
from web3crm.vault.envelopes import DatasetId, Envelope, check_address
from web3crm.vault.identity import Identity
from web3crm.vault.ledger import ChainLedger, DatasetState
from web3crm.vault.opening import OpenDataset, fetch_manifest, open_dataset
from web3crm.vault.stores import BlobStore

__all__ = ["EnvelopeSource", "Grantee"]


class EnvelopeSource(Protocol):
    """Who releases envelopes: a keeper, or a vault."""

    def release(
        self, dataset: DatasetId, grantee: str, *, purpose: int, data_class: int, access_id: int | None = None
    ) -> Envelope:
        """The envelope, or :class:`KeyReleaseRefused` with the reason."""


class Grantee:
    """Who was given access: her ``address`` (a brand's is that of its authority) and her own ``identity``."""

    def __init__(self, address: str, identity: Identity, *, ledger: ChainLedger, store: BlobStore) -> None:
        check_address("grantee", address)
        self.address = address
        self._identity = identity
        self._ledger = ledger
        self._store = store

    def __repr__(self) -> str:
        return f"<Grantee {self.address}>"

    def open(
        self, source: EnvelopeSource, dataset: DatasetId, *, purpose: int, access_id: int | None = None
    ) -> OpenDataset:
        """Opens a dataset for a purpose, under a paid access if one is named.

        1. Asks ``source`` for the envelope; it asks the chain, at the newest block, before it releases one.
        2. Under an access, checks that it is the envelope that the owner accepted with, unless the dataset was rotated
           or the grantee's key replaced since; then the manifest alone vouches for the key inside.
        3. Fetches the manifest that the chain names, whatever the store would rather show, and compares its key epoch
           and data class with the chain's.
        4. Opens.

        Raises :class:`KeyReleaseRefused` with the condition that failed, :class:`EnvelopeError`,
        :class:`ManifestError`, :class:`CiphertextError` or :class:`BlobStoreError` for what does not fit, and
        :class:`ChainError` when the chain does not answer.
        """
        envelope = source.release(
            dataset, self.address, purpose=purpose, data_class=self._state(dataset).data_class, access_id=access_id
        )
        state = self._state(dataset)
        if access_id is not None:
            self._check_accepted(envelope, access_id, state)
        manifest = fetch_manifest(self._store, state.manifest_digest)
        found = (manifest.key_epoch, manifest.data_class)
        if found != (state.key_epoch, state.data_class):
            raise ManifestError(
                f"the manifest {manifest.digest.hex()} says key epoch {found[0]} and data class {found[1]}, the chain "
                f"says {state.key_epoch} and {state.data_class}: its owner published it wrongly"
            )
        return open_dataset(
            envelope, self._identity, manifest, dataset=dataset, grantee=self.address, store=self._store
        )

    def _state(self, dataset: DatasetId) -> DatasetState:
        state = self._ledger.dataset(dataset)
        if state is None:
            reason = "the dataset does not exist any more"
            raise KeyReleaseRefused(reason, grantee=self.address, dataset=str(dataset))
        return state

    def _check_accepted(self, envelope: Envelope, access_id: int, state: DatasetState) -> None:
        block = self._ledger.newest()
        access = self._ledger.access(access_id, block)
        if access is None:
            raise ChainError(f"there is no access {access_id} on chain, though an envelope was released under it")
        if envelope.digest == access.digest:
            return
        if self._ledger.published_key(self.address, block).published_at > access.started_at:
            return
        # `updated_at` also moves when a manifest is replaced within an epoch, so the log has the last word.
        changed = state.updated_at >= access.started_at
        if changed and self._ledger.accepted_in_epoch(access_id, access) < state.key_epoch:
            return
        raise EnvelopeError(
            f"the envelope (digest {envelope.digest.hex()}) is not the one that the owner accepted access {access_id} "
            f"with ({access.digest.hex()})"
        )
