"""Sealing one file: clear text in, an age file in the store out, as streams."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from web3crm.vault.encryption import Readable, encrypt
from web3crm.vault.identity import Identity
from web3crm.vault.manifest import SealedFile, clear_digest
from web3crm.vault.stores import BlobStore, put_as
from web3crm.vault.streams import HashingReader, HashingWriter
from web3crm.vault.unixfs import FileBuilder

__all__ = ["ClearFile", "seal_file"]


@dataclass(frozen=True)
class ClearFile:
    """A file to be sealed: its name (kept secret), its media type (public) and where its bytes come from."""

    name: str
    media_type: str
    source: Path | bytes | Readable = field(repr=False)


def seal_file(
    source: Readable,
    media_type: str,
    *,
    identity: Identity,
    index: int,
    store: BlobStore,
    drafts: Path,
    announce: Callable[[str], None],
) -> SealedFile:
    """Encrypts ``source`` as file number ``index`` of ``identity``'s epoch, and puts it into ``store``.

    Only the age file touches the disk, in ``drafts``. ``announce`` is told its CID before the store gets it, so that
    whoever is interrupted knows what to unpin. Raises :class:`BlobCorrupt` when the store calls it something else.
    """
    with tempfile.TemporaryFile(dir=drafts) as draft:
        clear = HashingReader(source, clear_digest(identity, index))
        target = _Draft(draft)
        cipher = HashingWriter(target)
        encrypt(clear, cipher, [identity.recipient])
        cid = target.builder.finish()
        announce(cid)
        draft.seek(0)
        put_as(store, draft, cid)
    return SealedFile(
        media_type=media_type,
        size=clear.size,
        digest=clear.digest.hexdigest(),
        cipher_size=cipher.size,
        cipher_sha256=cipher.digest.hexdigest(),
        cid=cid,
    )


class _Draft:
    """A file, and the CID of what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.builder = FileBuilder()

    def write(self, data: bytes, /) -> int:
        self.builder.write(data)
        return self._file.write(data)
