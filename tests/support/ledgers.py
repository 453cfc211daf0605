"""A ledger for tests of the vault without a chain: it says what a test has it say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from web3crm.errors import ChainError
from web3crm.vault import DatasetId, DatasetState, PreparedRotation, Standing, Verdict

__all__ = ["FakeLedger"]

_NOBODY = Standing((), None, None, "the customer allows this brand nothing", 7)


@dataclass
class FakeLedger:
    """Datasets and standings as they were put here; it is a gate, too, that answers in the same sense."""

    owner: str
    datasets: dict[DatasetId, DatasetState] = field(default_factory=dict)
    standings: dict[tuple[str, int | None], Standing] = field(default_factory=dict)
    silent: bool = False

    def mint(self, dataset: DatasetId, digest: bytes, data_class: int, key_epoch: int = 1) -> None:
        self.datasets[dataset] = DatasetState(self.owner, data_class, key_epoch, digest, 1_000)

    def allow(self, grantee: str, recipient: str, access_id: int | None = None) -> None:
        self.standings[grantee, access_id] = Standing((5,), 2_000, recipient, "", 7)

    def refuse(self, grantee: str, reason: str, access_id: int | None = None) -> None:
        self.standings[grantee, access_id] = replace(_NOBODY, reason=reason)

    def publish(self, prepared: PreparedRotation) -> None:
        """What the owner's transaction does."""
        state = self.datasets[prepared.dataset]
        assert state.manifest_digest == prepared.previous_digest
        assert prepared.key_epoch - state.key_epoch == 1
        self.mint(prepared.dataset, prepared.manifest_digest, state.data_class, prepared.key_epoch)

    def dataset(self, dataset: DatasetId) -> DatasetState | None:
        self._answer()
        return self.datasets.get(dataset)

    def standing(self, *, grantee: str, access_id: int | None, **_: Any) -> Standing:
        self._answer()
        return self.standings.get((grantee, access_id), _NOBODY)

    def check(
        self, *, grantee: str, recipient: str, dataset: DatasetId, key_epoch: int, access_id: int | None, **_: Any
    ) -> Verdict:
        self._answer()
        found, state = self.standing(grantee=grantee, access_id=access_id), self.datasets[dataset]
        good = not found.reason and (found.recipient, state.key_epoch) == (recipient, key_epoch)
        return Verdict(good, found.reason or "the envelope is of another key epoch, or for another key", found.block)

    def _answer(self) -> None:
        if self.silent:
            raise ChainError("the node does not answer")
