"""The gate that asks the chain: who owns the dataset, in which key epoch it is, and whether her consent stands.

It also asks whether the grantee still has the key that the envelope is for: whoever got hold of a key that was
revoked gets no envelope any more. All answers are of one block, the newest; nothing is cached.
"""

from __future__ import annotations

import time

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.domain.consent import Refusal
from web3crm.errors import ChainError, ContractRevert
from web3crm.vault.envelopes import DatasetId
from web3crm.vault.identity import recipient_to_bytes
from web3crm.vault.keeper import Verdict

__all__ = ["ChainGate"]

_MAX_AGE = 300


class ChainGate:
    """A :class:`~web3crm.vault.keeper.ConsentGate` over ``ConsentRegistry``, ``CustomerData`` and ``KeyDirectory``.

    A node that has fallen behind does not know of the latest withdrawals: when its newest block is more than
    ``max_age`` seconds old, nothing is released. By default that is five minutes, and any age on a development chain,
    which makes no block without a transaction.
    """

    def __init__(
        self, chain: Chain, *, consents: Contract, datasets: Contract, keys: Contract, max_age: int | None = None
    ) -> None:
        self._chain = chain
        self._consents = consents
        self._datasets = datasets
        self._keys = keys
        self._max_age = _MAX_AGE if max_age is None and not chain.is_local else max_age

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
        """Whether ``customer`` lets ``grantee`` use this dataset for ``purpose`` at the newest block.

        Raises :class:`ChainError` when the chain does not answer, or not with what is new: then nothing is released.
        """
        block, timestamp = self._chain.head()
        age = int(time.time()) - timestamp
        if self._max_age is not None and age > self._max_age:
            raise ChainError(
                f"the node's newest block is {age} s old: it has fallen behind, so a consent may have been withdrawn "
                "that it does not know of"
            )
        reason = self._dataset_reason(customer, data_class, dataset, key_epoch, block)
        if reason is None:
            reason = self._key_reason(grantee, recipient, block)
        if reason is None:
            asked = self._consents.functions.whyNot(customer, grantee, purpose, data_class)
            refusal = Refusal(self._chain.call(asked, block=block))
            reason = None if refusal is Refusal.NONE else refusal.text
        return Verdict(reason is None, reason or "", block)

    def _dataset_reason(
        self, customer: str, data_class: int, dataset: DatasetId, key_epoch: int, block: int
    ) -> str | None:
        here = (self._chain.chain_id, self._datasets.address)
        if (dataset.chain_id, dataset.contract) != here:
            return f"the dataset {dataset} is not of this chain and contract"
        try:
            found = self._chain.call(self._datasets.functions.datasetOf(dataset.token_id), block=block)
        except ContractRevert as revert:
            if revert.name != "CustomerData_UnknownDataset":
                raise
            return "the dataset does not exist any more"
        owner, minted_class, current_epoch = found[:3]
        if owner != customer:
            return "the dataset has moved to another wallet"
        if minted_class != data_class:
            return f"the dataset is of data class {minted_class}"
        if current_epoch != key_epoch:
            return f"the envelope is of key epoch {key_epoch}, the dataset is in {current_epoch}"
        return None

    def _key_reason(self, grantee: str, recipient: str, block: int) -> str | None:
        published, *_ = self._chain.call(self._keys.functions.recipientOf(grantee), block=block)
        if published == bytes(32):
            return "the grantee has revoked its key"
        if published != recipient_to_bytes(recipient):
            return "the envelope is for a key that the grantee has replaced"
        return None
