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
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from web3crm.errors import EnvelopeError, InputError, KeyReleaseRefused
from web3crm.files import private_folder, sync_folder, write_private
from web3crm.vault.envelopes import DatasetId, Envelope, check_address
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
    ) -> Verdict:
        """Whether ``customer`` lets ``grantee`` (the brand) use this dataset of ``data_class`` for ``purpose`` now.

        ``recipient`` is whom the envelope is encrypted to; the grantee's key may be another one by now.
        """


@dataclass(frozen=True)
class KeptEnvelope:
    """An envelope and what the keeper needs to know to judge a request for it."""

    envelope: Envelope
    customer: str
    data_class: int
    recipient: str


class EnvelopeKeeper:
    """A folder with at most one envelope a dataset and grantee, that of the newest key epoch."""

    def __init__(self, folder: Path, gate: ConsentGate) -> None:
        self._folder = private_folder(folder)
        self._gate = gate

    def keep(self, envelope: Envelope, *, customer: str, data_class: int, recipient: str) -> None:
        """Takes an envelope in, in place of an older epoch's; raises :class:`EnvelopeError` if it has a newer one.

        ``recipient`` (``age1…``) is whom it is encrypted to.
        """
        recipient_to_bytes(recipient)
        check_address("customer", customer)
        check_bit("data class", data_class)
        path = self._path(envelope.dataset, envelope.grantee)
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
        write_private(path, json.dumps(document, indent=1).encode("ascii"))

    def release(self, dataset: DatasetId, grantee: str, *, purpose: int, data_class: int) -> Envelope:
        """The envelope of ``dataset`` for ``grantee`` if consent covers ``purpose`` and ``data_class`` now.

        Raises :class:`KeyReleaseRefused` with the reason; whatever the gate raises is passed on and nothing is
        released.
        """
        check_address("grantee", grantee)
        check_bit("purpose", purpose)
        check_bit("data class", data_class)
        kept = self._read(self._path(dataset, grantee))
        if kept is None:
            raise KeyReleaseRefused(_NOT_SHARED, grantee=grantee, dataset=str(dataset))
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
        )
        if verdict.allowed is not True:
            reason = verdict.reason or "the consent does not cover it"
            raise KeyReleaseRefused(reason, grantee=grantee, dataset=str(dataset), block=verdict.block)
        return kept.envelope

    def envelopes(self) -> list[KeptEnvelope]:
        """All that is kept, by dataset and grantee."""
        found = [kept for path in self._folder.glob("*.json") if (kept := self._read(path))]
        return sorted(found, key=lambda kept: (str(kept.envelope.dataset), kept.envelope.grantee))

    def forget(self, dataset: DatasetId, grantee: str | None = None) -> int:
        """Destroys the envelope of one grantee, or of all; returns how many there were."""
        if grantee is None:
            kept = [item.envelope for item in self.envelopes() if item.envelope.dataset == dataset]
            paths = [self._path(dataset, envelope.grantee) for envelope in kept]
        else:
            # By its name and unread: neither it nor another file being damaged keeps it from being destroyed.
            paths = [path for path in [self._path(dataset, grantee)] if path.exists()]
        for path in paths:
            path.unlink(missing_ok=True)
        sync_folder(self._folder)
        return len(paths)

    def _path(self, dataset: DatasetId, grantee: str) -> Path:
        return self._folder / f"{sha256(f'{dataset} {grantee}'.encode()).hexdigest()}.json"

    def _read(self, path: Path) -> KeptEnvelope | None:
        try:
            document = json.loads(path.read_bytes())
            envelope = Envelope.from_json(document["envelope"])
            kept = KeptEnvelope(envelope, document["customer"], document["dataClass"], document["recipient"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, EnvelopeError) as error:
            raise EnvelopeError(f"the keeper's file {path} is damaged: {error}") from None
        if path != self._path(kept.envelope.dataset, kept.envelope.grantee):
            raise EnvelopeError(f"the keeper's file {path} is that of another dataset or grantee")
        return kept


def check_bit(name: str, value: int) -> None:
    """Purposes and data classes are bits 0 to 63."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 64:
        raise InputError(f"{name} must be a whole number from 0 to 63, got {value!r}")
