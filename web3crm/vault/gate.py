"""The gate that asks the chain: who owns the dataset, in which key epoch it is, and whether her consent stands.

All answers are of one block, the newest; nothing is cached.
"""

from __future__ import annotations

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.domain.consent import Refusal
from web3crm.errors import ContractRevert
from web3crm.vault.envelopes import DatasetId
from web3crm.vault.keeper import Verdict

__all__ = ["ChainGate"]


class ChainGate:
    """A :class:`~web3crm.vault.keeper.ConsentGate` over ``ConsentRegistry`` and ``CustomerData``."""

    def __init__(self, chain: Chain, *, consents: Contract, datasets: Contract) -> None:
        self._chain = chain
        self._consents = consents
        self._datasets = datasets

    def check(
        self, *, customer: str, grantee: str, purpose: int, data_class: int, dataset: DatasetId, key_epoch: int
    ) -> Verdict:
        """Whether ``customer`` lets ``grantee`` use this dataset for ``purpose`` at the newest block.

        Raises :class:`ChainError` when the chain does not answer: then nothing is released.
        """
        block = self._chain.block_number()
        reason = self._dataset_reason(customer, data_class, dataset, key_epoch, block)
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
