"""Who can read what, and until when: the kept envelopes, each with what the chain says about it now."""

from __future__ import annotations

from dataclasses import dataclass

from web3crm.vault.envelopes import DatasetId
from web3crm.vault.keeper import EnvelopeKeeper, KeptEnvelope
from web3crm.vault.ledger import DatasetState, Ledger

__all__ = ["Reader", "list_readers"]


@dataclass(frozen=True)
class Reader:
    """One kept envelope, as of ``block``.

    ``purposes`` are the bits that ``grantee`` may read the dataset for; ``until`` is the Unix time in seconds from
    which on she may not any more (the consent's expiry, or the end of the access she pays for), None if that is open.
    ``reason`` says why her envelope is not released any more, and is empty while it is. What was released before is
    not in this list: nobody can take it back.
    """

    dataset: DatasetId
    grantee: str
    purposes: tuple[int, ...]
    data_class: int
    until: int | None
    access_id: int | None
    key_epoch: int
    reason: str
    block: int

    @property
    def may_read(self) -> bool:
        """Whether the envelope would be released now."""
        return not self.reason


def list_readers(keeper: EnvelopeKeeper, ledger: Ledger, dataset: DatasetId | None = None) -> list[Reader]:
    """The readers of one dataset or of all, by dataset, grantee and access; each answer of the newest block.

    Raises :class:`EnvelopeError` for a damaged file of the keeper's and :class:`ChainError` when the chain does not
    answer.
    """
    return [_reader(kept, ledger) for kept in keeper.envelopes(dataset)]


def _reader(kept: KeptEnvelope, ledger: Ledger) -> Reader:
    envelope = kept.envelope
    standing = ledger.standing(
        customer=kept.customer,
        grantee=envelope.grantee,
        dataset=envelope.dataset,
        data_class=kept.data_class,
        access_id=kept.access_id,
    )
    reason = standing.reason or _envelope_reason(kept, standing.recipient, ledger.dataset(envelope.dataset))
    return Reader(
        envelope.dataset,
        envelope.grantee,
        () if reason else standing.purposes,
        kept.data_class,
        None if reason else standing.until,
        kept.access_id,
        envelope.key_epoch,
        reason,
        standing.block,
    )


def _envelope_reason(kept: KeptEnvelope, recipient: str | None, state: DatasetState | None) -> str:
    if state is None:
        return "the dataset does not exist any more"
    if state.key_epoch != kept.envelope.key_epoch:
        return f"the envelope is of key epoch {kept.envelope.key_epoch}, the dataset is in {state.key_epoch}"
    return "" if recipient == kept.recipient else "the envelope is for a key that the grantee has replaced"
