"""What the vault reads from the chain: datasets, published keys, consents and paid accesses, each set at one block.

:class:`Ledger` is what rotation and the list of readers ask; :class:`ChainLedger` answers from the contracts. Nothing
is cached, and a node that has fallen behind is refused: it does not know of the latest withdrawals.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from web3.contract import Contract

from web3crm.chain import Chain
from web3crm.domain.access import Reason
from web3crm.domain.consent import Refusal, Snapshot
from web3crm.errors import ChainError, ContractRevert, IdentityError, InputError
from web3crm.vault.accesses import Access, find_access
from web3crm.vault.envelopes import DatasetId
from web3crm.vault.identity import recipient_from_bytes

__all__ = ["ChainLedger", "DatasetState", "Ledger", "PublishedKey", "Standing"]

_MAX_AGE = 300
_PURPOSES = 64


class DatasetState(NamedTuple):
    """A dataset of ``CustomerData``; the fields in the contract's order."""

    owner: str
    data_class: int
    key_epoch: int
    manifest_digest: bytes
    updated_at: int


class PublishedKey(NamedTuple):
    """An entry of ``KeyDirectory``; ``recipient`` are 32 zeros where there is none."""

    recipient: bytes
    epoch: int
    published_at: int


@dataclass(frozen=True)
class Standing:
    """What a grantee may do with a dataset as of ``block``, whatever envelope she has.

    ``purposes`` are the bits she may read it for; ``until`` is the first second at which she may not any more, as far
    as that is known (None: until withdrawn). ``recipient`` is her published key, None if she has none that can be
    encrypted to. ``reason`` says why not, and is empty while she may.
    """

    purposes: tuple[int, ...]
    until: int | None
    recipient: str | None
    reason: str
    block: int


class Ledger(Protocol):
    """The chain as rotation and the list of readers ask it: at the newest block, every time."""

    def dataset(self, dataset: DatasetId) -> DatasetState | None:
        """The dataset; None if it does not exist (any more). Raises :class:`ChainError` for want of an answer."""

    def standing(
        self, *, customer: str, grantee: str, dataset: DatasetId, data_class: int, access_id: int | None
    ) -> Standing:
        """What ``customer`` lets ``grantee`` read; under a paid access, only what that is for."""


class ChainLedger:
    """A :class:`Ledger` over ``ConsentRegistry``, ``CustomerData``, ``KeyDirectory`` and ``DataAccess``.

    Without ``accesses`` (a chain that has none) nothing is readable under a paid access. When the newest block is more
    than ``max_age`` seconds old, :class:`ChainError` is raised: five minutes by default, any age on a development
    chain, which makes no block without a transaction.
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
        self._chain = chain
        self._consents = consents
        self._datasets = datasets
        self._keys = keys
        self._accesses = accesses
        self._max_age = _MAX_AGE if max_age is None and not chain.is_local else max_age

    def newest(self) -> int:
        """The newest block's number; raises :class:`ChainError` when the node has fallen behind."""
        block, timestamp = self._chain.head()
        age = int(time.time()) - timestamp
        if self._max_age is not None and age > self._max_age:
            raise ChainError(
                f"the node's newest block is {age} s old: it has fallen behind, so a consent may have been withdrawn "
                "that it does not know of"
            )
        return block

    def dataset(self, dataset: DatasetId, block: int | None = None) -> DatasetState | None:
        """The dataset at ``block``, the newest by default; None if it does not exist (any more).

        Raises :class:`InputError` for a dataset of another chain or contract.
        """
        if not self.is_here(dataset):
            raise InputError(f"the dataset {dataset} is not of this chain and contract")
        at = self.newest() if block is None else block
        try:
            found = self._chain.call(self._datasets.functions.datasetOf(dataset.token_id), block=at)
        except ContractRevert as revert:
            if revert.name != "CustomerData_UnknownDataset":
                raise
            return None
        return DatasetState(*found[:5])

    def is_here(self, dataset: DatasetId) -> bool:
        """Whether a dataset is of this ledger's chain and contract."""
        return (dataset.chain_id, dataset.contract) == (self._chain.chain_id, self._datasets.address)

    def dataset_reason(
        self, customer: str, dataset: DatasetId, data_class: int, block: int, *, key_epoch: int | None = None
    ) -> str:
        """Why this is not ``customer``'s dataset of ``data_class`` (and in ``key_epoch``); empty if it is."""
        if not self.is_here(dataset):
            return f"the dataset {dataset} is not of this chain and contract"
        state = self.dataset(dataset, block)
        if state is None:
            return "the dataset does not exist any more"
        if state.owner != customer:
            return "the dataset has moved to another wallet"
        if state.data_class != data_class:
            return f"the dataset is of data class {state.data_class}"
        if key_epoch not in (None, state.key_epoch):
            return f"the envelope is of key epoch {key_epoch}, the dataset is in {state.key_epoch}"
        return ""

    def published_key(self, owner: str, block: int) -> PublishedKey:
        """What ``owner`` has published in ``KeyDirectory``."""
        return PublishedKey(*self._chain.call(self._keys.functions.recipientOf(owner), block=block))

    def refusal(self, customer: str, brand: str, purpose: int, data_class: int, block: int) -> Refusal:
        """What ``ConsentRegistry`` says about a use."""
        asked = self._consents.functions.whyNot(customer, brand, purpose, data_class)
        return Refusal(self._chain.call(asked, block=block))

    def access(self, access_id: int, block: int) -> Access | None:
        """An access of ``DataAccess``; None if there is none."""
        if self._accesses is None:
            return None
        return find_access(self._chain, self._accesses, access_id, block=block)

    def access_reason(
        self,
        access: Access | None,
        *,
        customer: str,
        grantee: str,
        dataset: DatasetId,
        data_class: int,
        purpose: int | None,
        block: int,
    ) -> str:
        """Why the access does not let ``grantee`` read ``customer``'s dataset for ``purpose``; empty if it does.

        With ``purpose`` None, the one that the access is for; ``access`` is what :meth:`access` found at ``block``.
        """
        if access is None:
            return Reason.UNKNOWN_ACCESS.text
        if access.brand != grantee:
            return "the access is another brand's"
        if access.dataset_id != dataset.token_id:
            return "the access is to another dataset"
        if access.owner != customer:
            return "another owner accepted the access" if access.started_at else Reason.NOT_ACCEPTED.text
        if access.data_class != data_class:
            return f"the access is to data class {access.data_class}"
        if purpose not in (None, access.purpose):
            return f"the access is for purpose {access.purpose} only"
        readable, reason = self._chain.call(self._contract().functions.canRead(access.access_id), block=block)
        if readable is True:
            return ""
        return Reason(reason).text

    def standing(
        self, *, customer: str, grantee: str, dataset: DatasetId, data_class: int, access_id: int | None
    ) -> Standing:
        """What ``customer`` lets ``grantee`` read, all of it as of the newest block."""
        block = self.newest()
        recipient = self._recipient(grantee, block)
        snapshot = Snapshot(*self._chain.call(self._consents.functions.snapshotOf(customer, grantee), block=block))
        until = snapshot.expires_at or None
        refusals = {
            purpose: self.refusal(customer, grantee, purpose, data_class, block)
            for purpose in range(_PURPOSES)
            if snapshot.purposes >> purpose & 1
        }
        purposes = tuple(purpose for purpose, refusal in refusals.items() if refusal is Refusal.NONE)
        reason = self.dataset_reason(customer, dataset, data_class, block)
        if not reason and access_id is not None:
            access = self.access(access_id, block)
            reason = self.access_reason(
                access,
                customer=customer,
                grantee=grantee,
                dataset=dataset,
                data_class=data_class,
                purpose=None,
                block=block,
            )
            if access is not None and not reason:
                purposes = tuple(purpose for purpose in purposes if purpose == access.purpose)
                ends = [access.started_at + access.terms.period, access.closed_at, snapshot.expires_at]
                until = min(end for end in ends if end)
        if not reason and not purposes:
            refused = refusals.values() or [self.refusal(customer, grantee, 0, data_class, block)]
            reason = next(iter(refused)).text
        if not reason and recipient is None:
            reason = "the grantee has no published key that can be encrypted to"
        return Standing(() if reason else purposes, None if reason else until, recipient, reason, block)

    def accepted_in_epoch(self, access_id: int, access: Access) -> int:
        """The dataset's key epoch when the access was accepted, from the chain's log.

        Raises :class:`ChainError` when the node does not have the log any more.
        """
        last = self._chain.block_number()
        first = self._first_block(lambda time: time >= access.started_at, last)
        beyond = self._first_block(lambda time: time > access.started_at, last)
        found = self._chain.logs(
            self._contract(), "AccessAccepted", from_block=first, to_block=beyond, where={"accessId": access_id}
        )
        for log in found:
            return int(log.args["keyEpoch"])
        raise ChainError(f"the node has no log of the acceptance of access {access_id}: ask one with the whole history")

    def _contract(self) -> Contract:
        if self._accesses is None:
            raise ChainError("this chain has no contract for paid accesses")
        return self._accesses

    def _first_block(self, reached: Callable[[int], bool], last: int) -> int:
        low, high = 0, last
        while low < high:
            middle = (low + high) // 2
            timestamp = int(self._chain.rpc("eth_getBlockByNumber", [hex(middle), False])["timestamp"], 16)
            low, high = (low, middle) if reached(timestamp) else (middle + 1, high)
        return low

    def _recipient(self, owner: str, block: int) -> str | None:
        try:
            return recipient_from_bytes(self.published_key(owner, block).recipient)
        except IdentityError:
            return None
