"""The gate that asks the chain: who owns the dataset, in which key epoch it is, and whether her consent stands.

It also asks whether the grantee still has the key that the envelope is for (whoever got hold of a key that was revoked
gets no envelope any more) and, for an envelope that was shared under a paid access, whether that still lives. All
answers are of one block, the newest; nothing is cached.
"""

from __future__ import annotations

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.domain.consent import Refusal
from web3crm.vault.envelopes import DatasetId
from web3crm.vault.identity import recipient_to_bytes
from web3crm.vault.keeper import Verdict
from web3crm.vault.ledger import ChainLedger

__all__ = ["ChainGate"]


class ChainGate:
    """A :class:`~web3crm.vault.keeper.ConsentGate` over the four contracts of consented data.

    A node that has fallen behind does not know of the latest withdrawals: when its newest block is more than
    ``max_age`` seconds old, nothing is released. By default that is five minutes, and any age on a development chain,
    which makes no block without a transaction. Without ``accesses`` no envelope is released under a paid access.
    """

    def __init__(
        self,
        chain: Chain,
        *,
        consents: Contract,
        datasets: Contract,
        keys: Contract,
        accesses: Contract | None = None,
        max_age: int | None = None,
    ) -> None:
        self._ledger = ChainLedger(
            chain, consents=consents, datasets=datasets, keys=keys, accesses=accesses, max_age=max_age
        )

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
        access_id: int | None = None,
    ) -> Verdict:
        """Whether ``customer`` lets ``grantee`` use this dataset for ``purpose`` at the newest block.

        With ``access_id``, also whether that access is hers, the grantee's, to this dataset and for this purpose, and
        can be read under. Raises :class:`ChainError` when the chain does not answer, or not with what is new: then
        nothing is released.
        """
        ledger, block = self._ledger, self._ledger.newest()
        reason = ledger.dataset_reason(customer, dataset, data_class, block, key_epoch=key_epoch)
        if not reason:
            reason = self._key_reason(grantee, recipient, block)
        if not reason:
            refusal = ledger.refusal(customer, grantee, purpose, data_class, block)
            reason = "" if refusal is Refusal.NONE else refusal.text
        if not reason and access_id is not None:
            reason = ledger.access_reason(
                ledger.access(access_id, block),
                customer=customer,
                grantee=grantee,
                dataset=dataset,
                data_class=data_class,
                purpose=purpose,
                block=block,
            )
        return Verdict(not reason, reason, block)

    def _key_reason(self, grantee: str, recipient: str, block: int) -> str:
        published = self._ledger.published_key(grantee, block).recipient
        if published == bytes(32):
            return "the grantee has revoked its key"
        return (
            ""
            if published == recipient_to_bytes(recipient)
            else "the envelope is for a key that the grantee has replaced"
        )
