"""Blob stores: where sealed bytes live, named by their CIDs.

One protocol, two stores. :class:`EmbeddedStore` keeps a folder and needs nothing else; :class:`IpfsStore` speaks to a
Kubo daemon. Both give the same CIDs for the same bytes, so that a programme started on the folder moves to IPFS with
nothing changed on chain.
"""

from __future__ import annotations

import os
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

from web3crm.errors import BlobCorrupt, InputError
from web3crm.vault.encryption import Readable
from web3crm.vault.stores.embedded import EmbeddedStore
from web3crm.vault.stores.ipfs import IpfsStore

__all__ = ["BlobStore", "EmbeddedStore", "IpfsStore", "open_store", "put_as"]

LOCATION_VARIABLE = "WEB3CRM_IPFS"


@runtime_checkable
class BlobStore(Protocol):
    """What the vault asks of a store. All errors are :class:`BlobStoreError`, or :class:`InputError` for a bad CID."""

    def put(self, source: Readable) -> str:
        """Stores the stream's bytes, pins them and returns their CID. A put that broke may simply be repeated."""

    def get(self, cid: str) -> AbstractContextManager[Readable]:
        """Opens a blob for reading. Its end is reported only once all bytes are known to be those the CID names."""

    def has(self, cid: str) -> bool:
        """Whether the store itself holds the whole blob."""

    def pin(self, cid: str) -> None:
        """Keeps a blob through garbage collection; pinning twice changes nothing."""

    def unpin(self, cid: str) -> None:
        """Leaves a blob to garbage collection; what is not pinned is left as it is."""

    def pins(self) -> list[str]:
        """The CIDs that are pinned, sorted."""

    def collect_garbage(self) -> int:
        """Removes every block that no pinned blob needs; returns how many."""

    def close(self) -> None:
        """Gives back connections; the store is not used afterwards."""


def put_as(store: BlobStore, source: Readable, cid: str, *, what: str = "a blob") -> None:
    """Stores and pins a blob whose CID is known; raises :class:`BlobCorrupt` when the store calls it something else."""
    named = store.put(source)
    if named != cid:
        raise BlobCorrupt(f"the store named {what} {named}, its bytes say {cid}: it stores something else")


def open_store(location: str | Path | None = None, *, timeout: float = 60) -> EmbeddedStore | IpfsStore:
    """The store at ``location``: a multiaddress (``/ip4/127.0.0.1/tcp/5001``), a URL (``http://…``) or a folder.

    ``$WEB3CRM_IPFS``, when set, wins over a folder, so that one variable moves every script to IPFS; with neither, an
    :class:`InputError` says so.
    """
    text = "" if location is None else str(location)
    if not _is_daemon(text) and os.environ.get(LOCATION_VARIABLE):
        text = os.environ[LOCATION_VARIABLE]
        if not _is_daemon(text):
            raise InputError(
                f"{LOCATION_VARIABLE} must be a daemon's address, such as /ip4/127.0.0.1/tcp/5001; got {text!r}"
            )
    if not text:
        raise InputError(f"name a folder for the blobs, or a daemon in {LOCATION_VARIABLE}")
    if _is_daemon(text):
        return IpfsStore(text, timeout=timeout)
    return EmbeddedStore(Path(text))


def _is_daemon(text: str) -> bool:
    return re.match(r"/(ip4|ip6|dns|dns4|dns6)/|https?://", text) is not None
