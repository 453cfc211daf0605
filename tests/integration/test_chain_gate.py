"""The gate that asks the chain before an envelope is released.

given a dataset, a consent and a published key
├── it should release the envelope, and name the newest block
├── when nothing was granted, the purpose or the data class was not, or the consent has run out
│   └── it should refuse with that reason
├── when the notice is too old, or the purpose or the data class has changed since
│   └── it should refuse with that reason
├── when the dataset has moved to another wallet, was burned, or is of another class
│   └── it should refuse
├── when the dataset is in another key epoch than the envelope
│   └── it should refuse
├── when the envelope names another chain or contract
│   └── it should refuse without asking that chain
├── when the grantee has revoked or replaced the key that the envelope is for
│   └── it should refuse
├── when she withdraws
│   └── it should refuse from the very block of the withdrawal
└── when the chain does not answer, answers nonsense, or has stood still
    └── it should raise, and nothing be released
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.local_chain import rolled_back
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Commons, deploy_commons
from web3crm.domain.consent import Refusal
from web3crm.errors import ChainError, ContractRevert, KeyReleaseRefused
from web3crm.vault import (
    ChainGate,
    DatasetId,
    Envelope,
    EnvelopeKeeper,
    Identity,
    Verdict,
    make_envelope,
    recipient_to_bytes,
)

PURPOSE, DATA_CLASS = 2, 5
MANIFEST = b"\x11" * 32
DAY = 86_400


@pytest.fixture(scope="module")
def key() -> Identity:
    """The brand's."""
    return Identity.generate()


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


@pytest.fixture(scope="module")
def dataset(local: LocalChain, commons: Commons, key: Identity) -> DatasetId:
    """Alice's dataset; the brand has published a notice and its key."""
    chain, brand, alice = local.chain, local.accounts[1], local.accounts[3]
    consents, datasets = commons.consents.functions, commons.datasets.functions
    chain.transact(consents.publishNotice(b"\x01" * 32, "", 0, 0, 1, 30 * DAY), sender=brand)
    chain.transact(commons.keys.functions.publish(recipient_to_bytes(key.recipient)), sender=brand)
    chain.transact(datasets.mint(MANIFEST, DATA_CLASS), sender=alice)
    token_id = chain.call(datasets.datasetIdOf(alice.address, MANIFEST, DATA_CLASS))
    return DatasetId(chain.chain_id, str(commons.datasets.address), token_id)


@pytest.fixture
def live(local: LocalChain, dataset: DatasetId) -> Iterator[Chain]:
    with rolled_back(local.chain) as chain:
        yield chain


@pytest.fixture
def grant(live: Chain, local: LocalChain, commons: Commons) -> Callable[..., Any]:
    def act(purpose: int = PURPOSE, data_class: int = DATA_CLASS, lasts: int = 1_000) -> Any:
        granted = commons.consents.functions.grant(
            local.accounts[1].address, 1 << purpose, 1 << data_class, 1, live.now() + lasts
        )
        return live.transact(granted, sender=local.accounts[3])

    return act


@pytest.fixture
def gate(live: Chain, commons: Commons) -> ChainGate:
    return ChainGate(live, consents=commons.consents, datasets=commons.datasets, keys=commons.keys)


@pytest.fixture
def check(gate: ChainGate, local: LocalChain, dataset: DatasetId, key: Identity) -> Callable[..., Verdict]:
    def act(**other: Any) -> Verdict:
        question: dict[str, Any] = {
            "customer": local.accounts[3].address,
            "grantee": local.accounts[1].address,
            "recipient": key.recipient,
            "purpose": PURPOSE,
            "data_class": DATA_CLASS,
            "dataset": dataset,
            "key_epoch": 1,
        }
        return gate.check(**{**question, **other})

    return act


@pytest.fixture
def envelope(local: LocalChain, dataset: DatasetId, key: Identity) -> Envelope:
    return make_envelope(
        Identity.generate(),
        dataset=dataset,
        key_epoch=1,
        grantee=local.accounts[1].address,
        recipient=key.recipient,
    )


@pytest.fixture
def release(
    local: LocalChain, dataset: DatasetId, key: Identity, envelope: Envelope, tmp_path: Path
) -> Callable[[ChainGate], Envelope]:
    """Asks a keeper that holds the envelope for it, through the given gate."""

    def act(gate: ChainGate) -> Envelope:
        keeper = EnvelopeKeeper(tmp_path / "envelopes", gate)
        keeper.keep(envelope, customer=local.accounts[3].address, data_class=DATA_CLASS, recipient=key.recipient)
        return keeper.release(dataset, local.accounts[1].address, purpose=PURPOSE, data_class=DATA_CLASS)

    return act


def test_an_allowed_envelope_is_released(grant, check, release, gate, envelope, live):
    grant()
    assert check() == Verdict(True, "", live.block_number())
    assert release(gate) == envelope


@pytest.mark.parametrize(
    ("granted", "refusal"),
    [
        ({"purpose": PURPOSE + 1}, Refusal.PURPOSE_NOT_GRANTED),
        ({"data_class": DATA_CLASS + 1}, Refusal.DATA_CLASS_NOT_GRANTED),
    ],
)
def test_what_was_not_granted_is_refused(grant, check, granted, refusal):
    grant(**granted)
    assert (check().allowed, check().reason) == (False, refusal.text)


def test_without_a_consent_it_is_refused(check):
    assert (check().allowed, check().reason) == (False, Refusal.NO_CONSENT.text)


def test_a_consent_that_has_run_out_is_refused(grant, check, live):
    grant(lasts=1_000)
    live.sleep(1_001)
    assert (check().allowed, check().reason) == (False, Refusal.EXPIRED.text)


@pytest.mark.parametrize(
    ("purposes", "data_classes", "oldest", "refusal"),
    [
        (0, 0, 2, Refusal.NOTICE_TOO_OLD),
        (1 << PURPOSE, 0, 1, Refusal.PURPOSE_CHANGED),
        (0, 1 << DATA_CLASS, 1, Refusal.DATA_CLASS_CHANGED),
    ],
)
def test_a_notice_that_has_changed_is_refused(
    grant, check, live, local, commons, purposes, data_classes, oldest, refusal
):
    grant()
    notice = commons.consents.functions.publishNotice(b"\x02" * 32, "", purposes, data_classes, oldest, 30 * DAY)
    live.transact(notice, sender=local.accounts[1])
    assert (check().allowed, check().reason) == (False, refusal.text)


def test_another_brand_is_refused(grant, check, local):
    grant()
    assert check(grantee=local.accounts[2].address).allowed is False


def test_a_dataset_that_has_moved_is_refused(grant, check, live, local, commons, dataset):
    grant()
    alice, new_wallet, datasets = local.accounts[3], local.accounts[4], commons.datasets.functions
    live.transact(datasets.proposeMove(dataset.token_id, new_wallet.address), sender=alice)
    assert check().allowed is True
    live.transact(datasets.acceptMove(dataset.token_id), sender=new_wallet)
    assert (check().allowed, check().reason) == (False, "the dataset has moved to another wallet")
    # Consent does not come along, so her new wallet allows nothing either.
    assert check(customer=new_wallet.address).reason == Refusal.NO_CONSENT.text


def test_a_burned_dataset_is_refused(grant, check, live, local, commons, dataset):
    grant()
    live.transact(commons.datasets.functions.burn(dataset.token_id), sender=local.accounts[3])
    assert (check().allowed, check().reason) == (False, "the dataset does not exist any more")


def test_a_dataset_of_another_class_is_refused(grant, check):
    grant(data_class=DATA_CLASS + 1)
    found = check(data_class=DATA_CLASS + 1)
    assert (found.allowed, found.reason) == (False, f"the dataset is of data class {DATA_CLASS}")


def test_an_envelope_of_another_key_epoch_is_refused(grant, check, live, local, commons, dataset):
    grant()
    assert check(key_epoch=2).reason == "the envelope is of key epoch 2, the dataset is in 1"
    live.transact(commons.datasets.functions.update(dataset.token_id, b"\x12" * 32, 2), sender=local.accounts[3])
    assert (check().allowed, check().reason) == (False, "the envelope is of key epoch 1, the dataset is in 2")
    assert check(key_epoch=2).allowed is True


def test_a_dataset_of_another_chain_or_contract_is_refused(grant, check, dataset, commons):
    grant()
    elsewhere = DatasetId(dataset.chain_id + 1, dataset.contract, dataset.token_id)
    another = DatasetId(dataset.chain_id, str(commons.market.address), dataset.token_id)
    found = [check(dataset=elsewhere), check(dataset=another)]
    assert [verdict.allowed for verdict in found] == [False, False]
    assert all("is not of this chain and contract" in verdict.reason for verdict in found)


def test_a_key_that_was_replaced_is_refused(grant, check, live, local, commons):
    grant()
    fresh = Identity.generate().recipient
    live.transact(commons.keys.functions.publish(recipient_to_bytes(fresh)), sender=local.accounts[1])
    assert (check().allowed, check().reason) == (False, "the envelope is for a key that the grantee has replaced")
    assert check(recipient=fresh).allowed is True


def test_a_key_that_was_revoked_is_refused(grant, check, live, local, commons):
    grant()
    live.transact(commons.keys.functions.revoke(), sender=local.accounts[1])
    assert (check().allowed, check().reason) == (False, "the grantee has revoked its key")


def test_nothing_is_released_from_the_block_of_the_withdrawal_on(grant, check, release, gate, live, local, commons):
    grant()
    before = release(gate)
    receipt = live.transact(commons.consents.functions.withdrawAll(local.accounts[1].address), sender=local.accounts[3])
    with pytest.raises(KeyReleaseRefused) as caught:
        release(gate)
    assert (caught.value.block, caught.value.reason) == (receipt["blockNumber"], Refusal.NO_CONSENT.text)
    assert (before.key_epoch, check().allowed) == (1, False)


class Silent:
    """A chain that stops answering after some requests."""

    def __init__(self, chain: Chain, answers: int) -> None:
        self._chain, self._left = chain, answers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def head(self) -> tuple[int, int]:
        self._answer()
        return self._chain.head()

    def call(self, *args: Any, **options: Any) -> Any:
        self._answer()
        return self._chain.call(*args, **options)

    def _answer(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ChainError("nothing answers")


@pytest.mark.parametrize("answers", [0, 1, 2, 3])
def test_a_silent_chain_releases_nothing(grant, release, live, commons, answers):
    grant()
    silent: Any = Silent(live, answers)
    gate = ChainGate(silent, consents=commons.consents, datasets=commons.datasets, keys=commons.keys)
    with pytest.raises(ChainError, match="nothing answers"):
        release(gate)


def test_contracts_that_are_not_there_release_nothing(grant, release, live, commons):
    grant()
    nowhere = live.contract("ConsentRegistry", "0x00000000000000000000000000000000DeaDBeef")
    gate = ChainGate(live, consents=nowhere, datasets=commons.datasets, keys=commons.keys)
    with pytest.raises(ChainError, match="no contract answers"):
        release(gate)


def test_an_unexpected_refusal_is_passed_on(grant, check, gate, monkeypatch, live):
    grant()

    def refuse(*_: object, **__: object) -> None:
        raise ContractRevert("Panic")

    monkeypatch.setattr(live, "call", refuse)
    with pytest.raises(ContractRevert, match="Panic"):
        check()


def test_a_node_that_has_stood_still_releases_nothing(grant, release, live, commons, monkeypatch):
    grant()
    gate = ChainGate(live, consents=commons.consents, datasets=commons.datasets, keys=commons.keys, max_age=60)
    monkeypatch.setattr(live, "head", lambda: (live.block_number(), int(time.time()) - 61))
    with pytest.raises(ChainError, match=r"newest block is 6[0-9] s old"):
        release(gate)
