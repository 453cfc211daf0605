"""Where scripts keep things: blobs, and what is the customer's own.

Blobs lie on the daemon that ``$WEB3CRM_IPFS`` names (a multiaddress or URL), else in the folder ``$WEB3CRM_BLOBS``,
else in a folder that depends on whose they are. A customer's home is ``$WEB3CRM_HOME``, ``~/.web3crm`` if that is not
set: ``vaults/<chain id>/<address>/`` and ``blobs/``. Nothing is made by asking for a path.
"""

from __future__ import annotations

import os
from pathlib import Path

from web3crm.cli import arguments
from web3crm.cli.session import Session
from web3crm.errors import InputError
from web3crm.progress import Watch, silent
from web3crm.vault.stores import BlobStore, EmbeddedStore, open_store
from web3crm.vault.stores.migration import Migration, migrate

__all__ = ["home", "move_blobs", "open_blobs", "programme_blobs", "vault_folder"]

BLOBS_VARIABLE = "WEB3CRM_BLOBS"
HOME_VARIABLE = "WEB3CRM_HOME"


def home() -> Path:
    """The customer's folder: ``$WEB3CRM_HOME``, or ``~/.web3crm``. Raises :class:`InputError` where ``~`` is nobody's."""
    return _expanded(HOME_VARIABLE, os.environ.get(HOME_VARIABLE) or "~/.web3crm")


def vault_folder(chain_id: int, address: str) -> Path:
    """Where a customer's keyring and envelopes of one chain lie, one folder however her address is spelt."""
    if chain_id < 1:
        raise InputError(f"a chain's id is a number from 1, got {chain_id}")
    return home() / "vaults" / str(chain_id) / arguments.address("customer", address)


def open_blobs(folder: Path | None = None) -> BlobStore:
    """The blob store: ``$WEB3CRM_IPFS``, else the folder ``$WEB3CRM_BLOBS``, else ``folder``, else the customer's own."""
    chosen = os.environ.get(BLOBS_VARIABLE)
    return open_store(_expanded(BLOBS_VARIABLE, chosen) if chosen else folder or home() / "blobs")


def programme_blobs(session: Session) -> BlobStore:
    """Where a programme's files of proofs are kept: as :func:`open_blobs`, but without any variable set in the project.

    That is a folder of ``build`` for a development chain, and of ``deployments`` for any other.
    """
    return open_blobs(Path("build" if session.chain.is_local else "deployments") / "blobs")


def move_blobs(folder: Path, *, remove: bool = False, watch: Watch = silent) -> tuple[Migration, BlobStore]:
    """Moves the blobs of a folder to :func:`open_blobs`, which is given back with what it came to.

    Raises :class:`InputError` when the folder holds no blobs: a mistyped name must not look like nothing to do.
    """
    if not EmbeddedStore.is_at(folder):
        raise InputError(f"{folder} is not a folder of blobs: name one that holds blocks, pins and format")
    target = open_blobs()
    return migrate(EmbeddedStore(folder.absolute()), target, remove=remove, watch=watch), target


def _expanded(variable: str, text: str) -> Path:
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise InputError(f"the home folder of {text} is not known: name a folder in {variable}") from None
