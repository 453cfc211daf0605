"""What the acts on a customer's data work with: her vault, the brand's own identity, and lists that people read."""

from __future__ import annotations

import datetime
import mimetypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from web3crm.chain.accounts import address_of
from web3crm.cli.accesses import number
from web3crm.cli.session import Session
from web3crm.cli.storage import open_blobs, vault_folder
from web3crm.domain.consent import DATA_CLASSES, PURPOSES
from web3crm.errors import IdentityError, InputError
from web3crm.settings import read_text
from web3crm.vault import (
    BlobStore,
    ChainGate,
    ChainLedger,
    ClearFile,
    DatasetId,
    EnvelopeKeeper,
    Grantee,
    Identity,
    PreparedRotation,
    Reader,
    Vault,
    derive_identity,
    recipient_from_bytes,
    sign_with,
)

__all__ = [
    "DESTROY",
    "brand_identity",
    "class_name",
    "clear_files",
    "dataset_id",
    "fill_identity_file",
    "mint_dataset",
    "open_grantee",
    "open_keeper",
    "open_ledger",
    "open_vault",
    "optional_access",
    "publish_rotation",
    "published_recipient",
    "reader_text",
    "vault_of",
]

IDENTITY_VARIABLE = "WEB3CRM_IDENTITY"
DESTROY = "destroy"
"""The word that confirms an erasure."""
_OTHER = "application/octet-stream"


# --- whose ------------------------------------------------------------------------------------------------------------


def open_ledger(session: Session) -> ChainLedger:
    """What the chain says about datasets, keys, consents and accesses."""
    commons = session.programme.commons
    return ChainLedger(
        session.chain,
        consents=commons.consents,
        datasets=commons.datasets,
        keys=commons.keys,
        accesses=commons.accesses,
    )


def _open_gate(session: Session) -> ChainGate:
    commons = session.programme.commons
    return ChainGate(
        session.chain,
        consents=commons.consents,
        datasets=commons.datasets,
        keys=commons.keys,
        accesses=commons.accesses,
    )


def open_vault(session: Session, store: BlobStore | None = None) -> Vault:
    """The vault of the customer (WEB3CRM_ACCOUNT), opened with the identity that her wallet's signature gives.

    On a development chain the node signs for an account it has unlocked.
    """
    sender = session.customer()
    address = address_of(sender)

    def sign_by_node(message: dict[str, Any]) -> bytes:
        answer: str = session.chain.rpc("eth_signTypedData_v4", [address, message])
        return bytes.fromhex(answer.removeprefix("0x"))

    identity = derive_identity(address, sign_by_node if isinstance(sender, str) else sign_with(sender))
    return Vault(
        address,
        identity,
        store=store or open_blobs(),
        folder=vault_folder(session.chain.chain_id, address),
        gate=_open_gate(session),
    )


def vault_of(session: Session, dataset: DatasetId) -> Vault:
    """As :func:`open_vault`, for an act on one dataset: a vault that was interrupted before it knew the number is told."""
    vault, ledger = open_vault(session), open_ledger(session)
    state = ledger.dataset(dataset) if ledger.is_here(dataset) else None
    if state and state.owner == vault.customer:
        waiting = [entry.manifest_digest for entry in vault.keyring.survey()[0] if entry.dataset is None]
        if state.manifest_digest in waiting:
            vault.attach(state.manifest_digest, dataset)
    return vault


def open_keeper(session: Session, owner: str) -> EnvelopeKeeper:
    """The keeper of a customer's envelopes, on this machine; :class:`InputError` when her vault is not here."""
    folder = vault_folder(session.chain.chain_id, owner) / "envelopes"
    if not folder.is_dir():
        raise InputError(
            f"the vault of {owner} is not on this machine ({folder.parent}): run this where her envelopes are kept, or "
            "name her home folder in WEB3CRM_HOME"
        )
    return EnvelopeKeeper(folder, _open_gate(session))


def open_grantee(session: Session) -> Grantee:
    """The brand of the programme, with its identity from the file that ``$WEB3CRM_IDENTITY`` names."""
    return Grantee(session.programme.brand, brand_identity(), ledger=open_ledger(session), store=open_blobs())


def published_recipient(session: Session, grantee: str) -> str:
    """The key (``age1…``) that ``grantee`` has published; :class:`InputError` if there is none."""
    published, *_ = session.chain.call(session.programme.commons.keys.functions.recipientOf(grantee))
    if published == bytes(32):
        raise InputError(f"{grantee} has published no key to encrypt to: `data publish_brand_key`, or `publish_key`")
    return recipient_from_bytes(published)


# --- the brand's identity ---------------------------------------------------------------------------------------------


def brand_identity() -> Identity:
    """The identity in the file that ``$WEB3CRM_IDENTITY`` names, as the standard age tools write it.

    What the file holds is never repeated in an error.
    """
    name = os.environ.get(IDENTITY_VARIABLE, "").strip()
    if "AGE-SECRET-KEY-" in name.upper():
        raise InputError(f"{IDENTITY_VARIABLE} holds a secret key (not shown here): put it into a file and name that")
    if not name:
        raise InputError(f"name the file with the brand's age identity in {IDENTITY_VARIABLE}: `data new_identity`")
    path = Path(name).expanduser()
    lines = [line.strip() for line in read_text(path).splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if len(keys) != 1:
        raise InputError(f"{path} must hold one age identity, and lines that begin with #; it holds {len(keys)} others")
    try:
        return Identity.parse(keys[0])
    except IdentityError as error:
        raise InputError(f"{path}: {error}") from None


def fill_identity_file(path: Path) -> str:
    """Writes a fresh identity into a new file that only its owner may read; returns the recipient (``age1…``).

    A file that is there is never replaced.
    """
    identity = Identity.generate()
    now = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = f"# created: {now}\n# public key: {identity.recipient}\n{identity.export()}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise InputError(f"{path} is there already: an identity is never replaced") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return identity.recipient


# --- arguments --------------------------------------------------------------------------------------------------------


def dataset_id(session: Session, text: str) -> DatasetId:
    """A dataset argument: its number, decimal or 0x, or its whole id ``eip155:…``."""
    if text.startswith("eip155:"):
        return DatasetId.parse(text)
    token_id = number("dataset", text)
    return DatasetId(session.chain.chain_id, str(session.programme.commons.datasets.address), token_id)


def optional_access(text: str) -> int | None:
    """An access argument: its id, decimal or 0x, or nothing."""
    return number("access", text) if text else None


def clear_files(paths: Sequence[str]) -> list[ClearFile]:
    """Files to be sealed, under their own names; the media type goes by the name's ending."""
    if not paths:
        raise InputError("name at least one file")
    found = [Path(path) for path in paths]
    for path in found:
        if not path.is_file():
            raise InputError(f"{path} is not a file that can be read")
    return [ClearFile(path.name, (mimetypes.guess_type(path.name)[0] or _OTHER).lower(), path) for path in found]


# --- acts -------------------------------------------------------------------------------------------------------------


def mint_dataset(session: Session, digest: bytes, data_class: int) -> DatasetId:
    """Mints a dataset for the customer (WEB3CRM_ACCOUNT) and tells her vault, if that sealed it."""
    datasets = session.programme.commons.datasets
    receipt = session.send(datasets.functions.mint(digest, data_class), sender=session.customer())
    (made,) = session.chain.events(receipt, datasets, "DatasetMinted")
    dataset = DatasetId(session.chain.chain_id, str(datasets.address), made.args["datasetId"])
    if vault_folder(session.chain.chain_id, session.me()).is_dir():
        vault = open_vault(session)
        if vault.keyring.has(digest):
            vault.attach(digest, dataset)
    return dataset


def publish_rotation(session: Session, prepared: PreparedRotation) -> None:
    """Has the chain name the manifest of a new key epoch, by a transaction of the customer's."""
    update = session.programme.commons.datasets.functions.update
    act = update(prepared.dataset.token_id, prepared.manifest_digest, prepared.key_epoch)
    session.send(act, sender=session.customer())


# --- what people read -------------------------------------------------------------------------------------------------


def class_name(data_class: int) -> str:
    """A data class by number and the name that programmes start with."""
    return _named(DATA_CLASSES.names(1 << data_class)[0], data_class)


def reader_text(reader: Reader) -> str:
    """One line about who can read what, and until when."""
    under = "" if reader.access_id is None else f", under access {reader.access_id}"
    what = f"dataset {reader.dataset.token_id} ({class_name(reader.data_class)}), epoch {reader.key_epoch}{under}"
    if not reader.may_read:
        return f"{reader.grantee} may not read {what}: {reader.reason}"
    purposes = ", ".join(_named(PURPOSES.names(1 << purpose)[0], purpose) for purpose in reader.purposes)
    until = "until withdrawn" if reader.until is None else f"until {_time(reader.until)}"
    return f"{reader.grantee} may read {what}, for purpose {purposes}, {until}"


def _named(name: str, number: int) -> str:
    return name if name == str(number) else f"{number} {name}"


def _time(seconds: int) -> str:
    try:
        return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"
