"""Opening sealed datasets: what a key at hand and a manifest make of the bytes in a store."""

from __future__ import annotations

import hmac
import io
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from web3crm.errors import (
    BlobCorrupt,
    CiphertextError,
    ContentError,
    EnvelopeError,
    KeyringError,
    ManifestError,
)
from web3crm.files import atomic_file, whole_folder
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.encryption import Writable, decrypt
from web3crm.vault.envelopes import DatasetId, Envelope, open_envelope
from web3crm.vault.identity import Identity
from web3crm.vault.manifest import MANIFEST_LIMIT, Manifest, SealedFile, clear_digest, key_check
from web3crm.vault.stores import BlobStore
from web3crm.vault.streams import HashingReader, HashingWriter

__all__ = ["OpenDataset", "OpenFile", "fetch_manifest", "open_dataset", "open_with"]


@dataclass(frozen=True)
class OpenFile:
    """One file of an opened dataset. Its bytes are decrypted when they are asked for, and checked in full."""

    name: str
    sealed: SealedFile
    _index: int = field(repr=False)
    _identity: Identity = field(repr=False)
    _store: BlobStore = field(repr=False)

    @property
    def media_type(self) -> str:
        """As the manifest says it."""
        return self.sealed.media_type

    @property
    def size(self) -> int:
        """Bytes of clear text."""
        return self.sealed.size

    def write_to(self, target: Writable) -> None:
        """Decrypts into a stream of the caller's, in constant memory; on an error the caller discards what was written.

        Raises :class:`BlobStoreError` when the store fails or gives other bytes than the manifest names,
        :class:`CiphertextError` when they cannot be decrypted, :class:`ContentError` when the clear text is another
        one.
        """
        digest = clear_digest(self._identity, self._index)
        clear = HashingWriter(target, digest, limit=self.sealed.size)
        with self._store.get(self.sealed.cid) as blob:
            cipher = HashingReader(blob, sha256())
            try:
                decrypt(cipher, clear, self._identity, size=self.sealed.cipher_size)
            except (CiphertextError, ContentError):
                # Is it the store that gave other bytes, or was the dataset sealed like this?
                self._check_cipher(cipher)
                raise
            self._check_cipher(cipher)
        if clear.size != self.sealed.size or not hmac.compare_digest(digest.hexdigest(), self.sealed.digest):
            raise ContentError(f"{self.name!r} is not the file that the manifest announces")

    def read(self) -> bytes:
        """The whole clear text in memory: for small files."""
        clear = io.BytesIO()
        self.write_to(clear)
        return clear.getvalue()

    def check(self) -> None:
        """Reads all of it to nowhere; raises as :meth:`write_to` does."""
        self.write_to(_Nowhere())

    def _check_cipher(self, cipher: HashingReader) -> None:
        cipher.drain(self.sealed.cipher_size + 1)
        if cipher.size != self.sealed.cipher_size or cipher.digest.hexdigest() != self.sealed.cipher_sha256:
            raise BlobCorrupt(
                f"the store gave other bytes for {self.sealed.cid} than the manifest names "
                f"({cipher.size} bytes, expected {self.sealed.cipher_size})"
            )


class _Nowhere:
    def write(self, data: bytes, /) -> int:
        return len(data)


@dataclass(frozen=True)
class OpenDataset:
    """A dataset whose key is at hand: nothing is decrypted but the names until a file is read."""

    manifest: Manifest
    files: tuple[OpenFile, ...]

    def extract(self, folder: Path) -> None:
        """Decrypts all files into a new private folder, which appears whole or not at all.

        Raises :class:`InputError` when ``folder`` is there already or cannot be made.
        """
        with whole_folder(folder) as draft:
            for file in self.files:
                with atomic_file(draft / file.name) as target:
                    file.write_to(target)


def fetch_manifest(store: BlobStore, digest: bytes) -> Manifest:
    """The manifest whose digest the chain stores; raises :class:`ManifestError` when the store gives another one."""
    with store.get(cid_of_digest(digest)) as blob:
        reader = HashingReader(blob, sha256())
        data = b""
        while len(data) <= MANIFEST_LIMIT and (more := reader.read(MANIFEST_LIMIT + 1 - len(data))):
            data += more
    if reader.digest.digest() != digest:
        raise ManifestError(f"the store gave another manifest than the one with digest {digest.hex()}")
    return Manifest.parse(data)


def open_dataset(
    envelope: Envelope, identity: Identity, manifest: Manifest, *, dataset: DatasetId, grantee: str, store: BlobStore
) -> OpenDataset:
    """Opens a dataset as ``grantee``, with a released ``envelope`` and the grantee's own ``identity``.

    ``manifest`` comes from :func:`fetch_manifest` with the digest on chain. Raises :class:`EnvelopeError` when the
    envelope belongs to another dataset, key epoch or grantee or holds another key, :class:`CiphertextError` when it
    does not open.
    """
    key = open_envelope(envelope, identity, dataset=dataset, key_epoch=manifest.key_epoch, grantee=grantee)
    return open_with(manifest, key, store, EnvelopeError)


def open_with(
    manifest: Manifest, identity: Identity, store: BlobStore, mismatch: type[EnvelopeError] | type[KeyringError]
) -> OpenDataset:
    """Opens a dataset with its epoch's ``identity``; raises ``mismatch`` when it is not that of the manifest."""
    if not hmac.compare_digest(key_check(identity), manifest.key_check):
        raise mismatch(f"the key is not that of the manifest {manifest.digest.hex()}")
    names = manifest.names(identity)
    files = zip(names, manifest.files, strict=True)
    return OpenDataset(
        manifest, tuple(OpenFile(name, sealed, index, identity, store) for index, (name, sealed) in enumerate(files))
    )
