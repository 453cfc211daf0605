"""A customer's vault: seals files into datasets, shares their keys, and opens them again.

The customer's side is :class:`Vault`; a grantee's side is :func:`open_dataset`, which needs the released envelope,
her own identity and the manifest that the chain names. Clear text is never written to disk but where the caller asks
for it.
"""

from __future__ import annotations

import contextlib
import hmac
import io
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from web3crm.errors import (
    BlobCorrupt,
    CiphertextError,
    ContentError,
    EnvelopeError,
    InputError,
    KeyringError,
    ManifestError,
)
from web3crm.files import private_folder, sync_folder
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.encryption import Readable, Writable, decrypt, encrypt
from web3crm.vault.envelopes import DatasetId, Envelope, check_address, check_key_epoch, make_envelope, open_envelope
from web3crm.vault.identity import Identity
from web3crm.vault.keeper import ConsentGate, EnvelopeKeeper, check_bit
from web3crm.vault.keyring import Keyring, KeyringEntry
from web3crm.vault.manifest import (
    MANIFEST_LIMIT,
    Manifest,
    SealedFile,
    check_file_names,
    clear_digest,
    key_check,
    seal_names,
)
from web3crm.vault.stores import BlobStore

__all__ = ["ClearFile", "OpenDataset", "OpenFile", "SealedDataset", "Vault", "fetch_manifest", "open_dataset"]


@dataclass(frozen=True)
class ClearFile:
    """A file to be sealed: its name (kept secret), its media type (public) and where its bytes come from."""

    name: str
    media_type: str
    source: Path | bytes | Readable = field(repr=False)


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
        self._drafts = private_folder(folder / "drafts")

    def __repr__(self) -> str:
        return f"<Vault of {self.customer}>"

    def create(self, files: Sequence[ClearFile], *, data_class: int, key_epoch: int = 1) -> SealedDataset:
        """Seals ``files`` under a fresh identity, stores and pins them and their manifest, and keeps the identity.

        All or nothing: what was stored is unpinned again when a later step fails. ``key_epoch`` is above 1 when an
        existing dataset gets a new key. After the mint, :meth:`attach` tells the vault the dataset's id.
        """
        if not files:
            raise InputError("a dataset needs at least one file")
        check_bit("data class", data_class)
        check_key_epoch(key_epoch)
        names = tuple(file.name for file in files)
        check_file_names(names)
        identity = Identity.generate()
        stored: list[str] = []
        try:
            sealed = tuple(self._seal(file, identity, index, stored) for index, file in enumerate(files))
            sealed_names = seal_names(names, identity.recipient)
            manifest = Manifest(data_class, key_epoch, key_check(identity), sealed_names, sealed)
            stored.append(self.store.put(io.BytesIO(manifest.to_bytes())))
            if stored[-1] != manifest.cid:
                raise BlobCorrupt(f"the store named the manifest {stored[-1]}, its bytes say {manifest.cid}")
            self.keyring.add(
                identity,
                recipient=self._identity.recipient,
                manifest_digest=manifest.digest,
                data_class=data_class,
                key_epoch=key_epoch,
            )
        except BaseException:
            for cid in stored:
                with contextlib.suppress(Exception):  # the first failure is the one to tell
                    self.store.unpin(cid)
            raise
        return SealedDataset(manifest)

    def attach(self, manifest_digest: bytes, dataset: DatasetId) -> KeyringEntry:
        """Notes the id that a sealed dataset got when it was minted (or that it is an existing one's new epoch)."""
        return self.keyring.attach(manifest_digest, dataset)

    def share(self, dataset: DatasetId, grantee: str, recipient: str) -> Envelope:
        """Makes the envelope of the dataset's newest key epoch for ``grantee`` and leaves it with the keeper.

        ``recipient`` is the grantee's in ``KeyDirectory``. Nothing is released by this: :meth:`release` asks the
        chain first.
        """
        entry = self.keyring.current(dataset)
        identity = self.keyring.open(entry, self._identity)
        envelope = make_envelope(
            identity, dataset=dataset, key_epoch=entry.key_epoch, grantee=grantee, recipient=recipient
        )
        self.keeper.keep(envelope, customer=self.customer, data_class=entry.data_class, recipient=recipient)
        return envelope

    def unshare(self, dataset: DatasetId, grantee: str) -> bool:
        """Destroys the kept envelope of ``grantee``; True if there was one. What was released before stays released."""
        return self.keeper.forget(dataset, grantee) > 0

    def release(self, dataset: DatasetId, grantee: str, *, purpose: int, data_class: int) -> Envelope:
        """The envelope, if consent covers it at the latest block; see :meth:`EnvelopeKeeper.release`."""
        return self.keeper.release(dataset, grantee, purpose=purpose, data_class=data_class)

    def open(self, manifest_digest: bytes) -> OpenDataset:
        """The customer's own reading of a dataset of hers."""
        manifest = fetch_manifest(self.store, manifest_digest)
        return _open(manifest, self.identity_of(manifest_digest), self.store, KeyringError)

    def identity_of(self, manifest_digest: bytes) -> Identity:
        """The identity of one dataset's epoch; exported, the standard age tools open the dataset's files with it."""
        return self.keyring.open(self.keyring.entry(manifest_digest), self._identity)

    def _seal(self, file: ClearFile, identity: Identity, index: int, stored: list[str]) -> SealedFile:
        with _opened(file.source) as source, tempfile.TemporaryFile(dir=self._drafts) as draft:
            clear = _HashingReader(source, clear_digest(identity, index))
            cipher = _HashingWriter(draft)
            encrypt(clear, cipher, [identity.recipient])
            draft.seek(0)
            stored.append(self.store.put(draft))
        return SealedFile(
            media_type=file.media_type,
            size=clear.size,
            digest=clear.digest.hexdigest(),
            cipher_size=cipher.size,
            cipher_sha256=cipher.digest.hexdigest(),
            cid=stored[-1],
        )


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
        clear = _HashingWriter(target, digest, limit=self.sealed.size)
        with self._store.get(self.sealed.cid) as blob:
            cipher = _HashingReader(blob, sha256())
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

    def _check_cipher(self, cipher: _HashingReader) -> None:
        cipher.drain(self.sealed.cipher_size + 1)
        if cipher.size != self.sealed.cipher_size or cipher.digest.hexdigest() != self.sealed.cipher_sha256:
            raise BlobCorrupt(
                f"the store gave other bytes for {self.sealed.cid} than the manifest names "
                f"({cipher.size} bytes, expected {self.sealed.cipher_size})"
            )


@dataclass(frozen=True)
class OpenDataset:
    """A dataset whose key is at hand: nothing is decrypted but the names until a file is read."""

    manifest: Manifest
    files: tuple[OpenFile, ...]

    def extract(self, folder: Path) -> None:
        """Decrypts all files into a new private folder, which appears whole or not at all."""
        if folder.exists():
            raise InputError(f"{folder} exists already: name a new folder")
        draft = folder.parent / f".{secrets.token_hex(8)}.part"
        draft.mkdir(mode=0o700)
        try:
            for file in self.files:
                with (draft / file.name).open("xb") as target:
                    file.write_to(target)
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_folder(folder.parent)


def fetch_manifest(store: BlobStore, digest: bytes) -> Manifest:
    """The manifest whose digest the chain stores; raises :class:`ManifestError` when the store gives another one."""
    with store.get(cid_of_digest(digest)) as blob:
        reader = _HashingReader(blob, sha256())
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
    return _open(manifest, key, store, EnvelopeError)


def _open(
    manifest: Manifest, identity: Identity, store: BlobStore, mismatch: type[EnvelopeError] | type[KeyringError]
) -> OpenDataset:
    if not hmac.compare_digest(key_check(identity), manifest.key_check):
        raise mismatch(f"the key is not that of the manifest {manifest.digest.hex()}")
    names = manifest.names(identity)
    files = zip(names, manifest.files, strict=True)
    return OpenDataset(
        manifest, tuple(OpenFile(name, sealed, index, identity, store) for index, (name, sealed) in enumerate(files))
    )


@contextlib.contextmanager
def _opened(source: Path | bytes | Readable) -> Iterator[Readable]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, Path):
        try:
            stream: BinaryIO = source.open("rb")
        except OSError as error:
            raise InputError(f"{source} cannot be read: {error.strerror}") from error
        with stream:
            yield stream
    else:
        yield source


class _Digest(Protocol):
    def update(self, data: bytes, /) -> Any: ...

    def digest(self) -> bytes: ...

    def hexdigest(self) -> str: ...


class _HashingReader:
    """Counts and hashes what is read through it."""

    def __init__(self, source: Readable, digest: _Digest) -> None:
        self._source = source
        self.digest = digest
        self.size = 0

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data

    def drain(self, limit: int) -> None:
        """Reads on to the end, or until ``limit`` bytes are counted."""
        while self.size < limit and self.read(min(65536, limit - self.size)):
            pass


class _HashingWriter:
    """Counts and hashes what is written through it; more than ``limit`` bytes are refused before they are passed on."""

    def __init__(self, target: Writable, digest: _Digest | None = None, *, limit: int | None = None) -> None:
        self._target = target
        self._limit = limit
        self.digest = sha256() if digest is None else digest
        self.size = 0

    def write(self, data: bytes, /) -> int:
        if self._limit is not None and self.size + len(data) > self._limit:
            raise ContentError(f"the file is longer than the {self._limit} bytes that the manifest announces")
        rest = data
        while rest:
            written = self._target.write(rest)
            rest = rest[written:] if isinstance(written, int) else b""
        self.digest.update(data)
        self.size += len(data)
        return len(data)
