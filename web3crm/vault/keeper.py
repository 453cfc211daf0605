"""The keeper: holds a customer's envelopes and gives one out only under a live consent.

The keeper cannot read what it keeps (each envelope is encrypted to its grantee), so it may run on a server that the
customer does not have to trust with her data, only to ask the chain before it answers. It fails closed: no answer
from the chain, no envelope.

What a release means, plainly: a grantee who was given an envelope holds the key of that epoch from then on. She can
keep it, copy it, pass it on, and open every copy of that epoch's files that she finds, also after the consent was
withdrawn. Withdrawal stops the *next* release, and rotation (a new epoch) shuts her out of what comes after; neither
makes her forget.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from web3crm.errors import EnvelopeError, InputError, KeyReleaseRefused, VaultError
from web3crm.files import private_folder, sync_folder, write_private
from web3crm.vault.envelopes import DatasetId, Envelope, check_address, check_bit
from web3crm.vault.identity import recipient_to_bytes

__all__ = ["ConsentGate", "EnvelopeKeeper", "KeptEnvelope", "Verdict"]

_NOT_SHARED = "the customer has shared no envelope of this dataset with this grantee"


@dataclass(frozen=True)
class Verdict:
    """What the chain says about one release: ``reason`` in words when refused, and the ``block`` it was read at."""

    allowed: bool
    reason: str = ""
    block: int | None = None


class ConsentGate(Protocol):
    """Asks the chain: reads at the *latest* block, caches nothing, raises when the chain does not answer."""

    def check(
        self,
        *,
        customer: str,
        grantee: str,
        recipient: str,
        purpose: int,
        data_class: int,
        dataset: DatasetId,
        key_epoch: int,
        access_id: int | None,
    ) -> Verdict:
        """Whether ``customer`` lets ``grantee`` (the brand) use this dataset of ``data_class`` for ``purpose`` now.

        ``recipient`` is whom the envelope is encrypted to; the grantee's key may be another one by now. ``access_id``
        names the paid access that the envelope was shared under, None if there was none.
        """


@dataclass(frozen=True)
class KeptEnvelope:
    """An envelope and what the keeper needs to know to judge a request for it.

    ``access_id`` is the paid access of ``DataAccess`` that it was shared under, None if it was shared without one.
    """

    envelope: Envelope
    customer: str
    data_class: int
    recipient: str
    access_id: int | None = None


class EnvelopeKeeper:
    """A folder with at most one envelope a dataset, grantee and access, that of the newest key epoch."""

    def __init__(self, folder: Path, gate: ConsentGate) -> None:
        self.folder = private_folder(folder)
        self._gate = gate

    def keep(
        self, envelope: Envelope, *, customer: str, data_class: int, recipient: str, access_id: int | None = None
    ) -> None:
        """Takes an envelope in, in place of an older epoch's; raises :class:`EnvelopeError` if it has a newer one.

        ``recipient`` (``age1…``) is whom it is encrypted to. With ``access_id`` it is released only while that paid
        access can be read under.
        """
        recipient_to_bytes(recipient)
        check_address("customer", customer)
        check_bit("data class", data_class)
        check_access_id(access_id)
        path = self._path(envelope.dataset, envelope.grantee, access_id)
        kept = self._read(path)
        if kept and kept.envelope.key_epoch > envelope.key_epoch:
            raise EnvelopeError(
                f"there is an envelope of key epoch {kept.envelope.key_epoch} for {envelope.grantee} already, "
                f"newer than {envelope.key_epoch}"
            )
        document = {
            "customer": customer,
            "dataClass": data_class,
            "recipient": recipient,
            "envelope": envelope.to_json(),
        }
        if access_id is not None:
            document["accessId"] = str(access_id)
        write_private(path, json.dumps(document, indent=1).encode("ascii"))

    def release(
        self, dataset: DatasetId, grantee: str, *, purpose: int, data_class: int, access_id: int | None = None
    ) -> Envelope:
        """The envelope of ``dataset`` for ``grantee`` if consent covers ``purpose`` and ``data_class`` now.

        ``access_id`` asks for the one that was shared under that paid access. Raises :class:`KeyReleaseRefused` with
        the reason; whatever the gate raises is passed on and nothing is released.
        """
        check_address("grantee", grantee)
        check_bit("purpose", purpose)
        check_bit("data class", data_class)
        check_access_id(access_id)
        kept = self._read(self._path(dataset, grantee, access_id))
        if kept is None:
            reason = self._not_shared(dataset, grantee, access_id)
            raise KeyReleaseRefused(reason, grantee=grantee, dataset=str(dataset))
        if kept.data_class != data_class:
            # Otherwise a consent for one class of data would open a dataset of another.
            reason = f"the dataset is of data class {kept.data_class}, the request names {data_class}"
            raise KeyReleaseRefused(reason, grantee=grantee, dataset=str(dataset))
        verdict = self._gate.check(
            customer=kept.customer,
            grantee=grantee,
            recipient=kept.recipient,
            purpose=purpose,
            data_class=kept.data_class,
            dataset=dataset,
            key_epoch=kept.envelope.key_epoch,
            access_id=kept.access_id,
        )
        if verdict.allowed is not True:
            reason = verdict.reason or "the consent does not cover it"
            raise KeyReleaseRefused(reason, grantee=grantee, dataset=str(dataset), block=verdict.block)
        return kept.envelope

    def kept(self, dataset: DatasetId, grantee: str, access_id: int | None = None) -> KeptEnvelope | None:
        """What is kept for a grantee, under an access if one is named; None if nothing is."""
        return self._read(self._path(dataset, grantee, access_id))

    def envelopes(self, dataset: DatasetId | None = None) -> list[KeptEnvelope]:
        """All that is kept, or all of one dataset, by dataset, grantee and access."""
        found = [kept for path in self.folder.glob("*.json") if (kept := self._read(path))]
        return sorted((kept for kept in found if dataset in (None, kept.envelope.dataset)), key=_order)

    def survey(self, dataset: DatasetId) -> tuple[list[KeptEnvelope], list[Path]]:
        """As :meth:`envelopes` of one dataset, and the files that cannot be read and may be its, too."""
        found, damaged = [], []
        for path in sorted(self.folder.glob("*.json")):
            try:
                kept = self._read(path)
            except EnvelopeError:
                damaged.append(path)
            else:
                found += [kept] if kept and kept.envelope.dataset == dataset else []
        return sorted(found, key=_order), damaged

    def forget(self, dataset: DatasetId, grantee: str, access_id: int | None = None) -> int:
        """Destroys one envelope, or all of a grantee's (without an access); returns how many."""
        path = self._path(dataset, grantee, access_id)
        paths = [path] if access_id is not None else list(self.folder.glob(f"{path.stem}*.json"))
        # By their names and unread: neither one nor another file being damaged keeps it from being destroyed.
        paths = [path for path in paths if path.exists()]
        for path in paths:
            path.unlink(missing_ok=True)
        sync_folder(self.folder)
        return len(paths)

    def destroy(self, kept: KeptEnvelope) -> None:
        """Destroys exactly this one; what was kept without an access is not one kept under any."""
        self._path(kept.envelope.dataset, kept.envelope.grantee, kept.access_id).unlink(missing_ok=True)
        sync_folder(self.folder)

    def _path(self, dataset: DatasetId, grantee: str, access_id: int | None = None) -> Path:
        under = "" if access_id is None else f"-{access_id:064x}"
        return self.folder / f"{sha256(f'{dataset} {grantee}'.encode()).hexdigest()}{under}.json"

    def _not_shared(self, dataset: DatasetId, grantee: str, access_id: int | None) -> str:
        if access_id is not None:
            return f"{_NOT_SHARED} under access {access_id}"
        if any(self.folder.glob(f"{self._path(dataset, grantee).stem}-*.json")):
            return f"{_NOT_SHARED} without a paid access: name the access that it was shared under"
        return _NOT_SHARED

    def _read(self, path: Path) -> KeptEnvelope | None:
        try:
            document = json.loads(path.read_bytes())
            envelope = Envelope.from_json(document["envelope"])
            access_id = parse_access_id(document.get("accessId"))  # not there without an access
            kept = KeptEnvelope(envelope, document["customer"], document["dataClass"], document["recipient"], access_id)
            check_address("customer", kept.customer)
            check_bit("data class", kept.data_class)
            recipient_to_bytes(kept.recipient)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, VaultError) as error:
            raise EnvelopeError(f"the keeper's file {path} is damaged: {error}") from None
        if path != self._path(kept.envelope.dataset, kept.envelope.grantee, kept.access_id):
            raise EnvelopeError(f"the keeper's file {path} is that of another dataset or grantee")
        return kept


def _order(kept: KeptEnvelope) -> tuple[str, str, int]:
    return str(kept.envelope.dataset), kept.envelope.grantee, -1 if kept.access_id is None else kept.access_id


def check_access_id(access_id: int | None) -> None:
    """Ids of accesses are 256 bits; None stands for no access."""
    whole = isinstance(access_id, int) and not isinstance(access_id, bool)
    if access_id is not None and not (whole and 0 <= access_id < 1 << 256):
        raise InputError(f"an access id is a whole number below 2**256, got {access_id!r}")


def access_id_text(access_id: int | None) -> str | None:
    """An access id for JSON, in decimal digits: readers that know 53 bits only would round a number; None for none."""
    return None if access_id is None else str(access_id)


def parse_access_id(text: str | None) -> int | None:
    """What :func:`access_id_text` made."""
    if text is None:
        return None
    if not (isinstance(text, str) and re.fullmatch("0|[1-9][0-9]{0,77}", text)):
        raise InputError(f"an access id is a whole number below 2**256, got {text!r}")
    check_access_id(int(text))
    return int(text)
