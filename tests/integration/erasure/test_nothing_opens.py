"""After an erasure, nothing that is left opens a kept copy of what was erased, on Ganache and on anvil.

given a customer's dataset in two key epochs, shared with a brand, and copies of its sealed files that somebody keeps
├── before the erasure what lies on the disks should open all of them (so that the search is known to find keys)
├── when the brand's processors have erased and she has shredded her vault
│   └── nothing on any disk should open any of them, nor her wallet, nor the brand's own key
└── when the processors have erased and she has not shredded
    └── the brand's disks should open none of them, and she all: it is her data
given a brand that kept an envelope which was released to it before she asked
└── it should still open what that envelope opens: no erasure reaches that, and its receipts hold all the same
given a brand that only kept the sealed files
└── it should open none
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.erasing import OpenGate, Scene
from tests.support.key_hunt import found_keys, opened
from tests.support.local_chain import rolled_back
from web3crm.chain import LocalChain
from web3crm.deploy import Commons
from web3crm.privacy.erasing import erase_for
from web3crm.vault import (
    ClearFile,
    DatasetId,
    Envelope,
    Identity,
    SealedDataset,
    Vault,
    derive_identity,
    open_envelope,
    sign_with,
)

SECRETS = [b'{"favourite": "espresso", "birthday": "05-17"}', b'{"favourite": "flat white"}']


@dataclass
class Shared:
    """A scene in which she has shared a dataset of two epochs, and somebody keeps copies of the sealed files."""

    scene: Scene
    vault: Vault
    wallet_key: Identity
    dataset: DatasetId
    copies: list[bytes]

    def shred(self) -> None:
        self.vault.erase(self.dataset)

    def everything_opened(self, *folders: Path, known: list[Identity]) -> list[bytes]:
        """What of the copies opens with any key that is found."""
        keys = found_keys(folders, known)
        return sorted({clear for copy in self.copies for key in keys if (clear := opened(copy, key)) is not None})


@pytest.fixture
def shared(local: LocalChain, commons: Commons, tmp_path: Path) -> Iterator[Shared]:
    with rolled_back(local.chain) as chain:
        scene = Scene(local, chain, commons, tmp_path)
        alice = scene.customer()
        key = derive_identity(alice.address, sign_with(alice))
        vault = Vault(
            alice.address, key, store=scene.blobs, folder=tmp_path / "vaults" / alice.address, gate=OpenGate()
        )
        scene.vaults[alice.address] = vault
        sealed = [seal(vault, text, epoch) for epoch, text in enumerate(SECRETS, 1)]
        dataset = scene.mint(sealed[0].manifest_digest)
        act = scene.datasets.functions.update(dataset.token_id, sealed[1].manifest_digest, 2)
        scene.chain.transact(act, sender=alice)
        vault.attach(sealed[0].manifest_digest, dataset)
        vault.share(dataset, scene.brand.address, scene.key.recipient)
        vault.attach(sealed[1].manifest_digest, dataset)
        (tmp_path / "brand").mkdir()
        (tmp_path / "brand" / "identity.txt").write_text(f"# the brand's own\n{scene.key.export()}\n")
        copies = [read(scene, file.cid) for item in sealed for file in item.manifest.files]
        yield Shared(scene, vault, key, dataset, copies)


def seal(vault: Vault, text: bytes, epoch: int) -> SealedDataset:
    return vault.create([ClearFile("profile.json", "application/json", text)], data_class=0, key_epoch=epoch)


def read(scene: Scene, cid: str) -> bytes:
    with scene.blobs.get(cid) as blob:
        return blob.read(1 << 20)


def erase(shared: Shared) -> None:
    """The processors' part, up to the anchored receipt, which holds."""
    request = shared.scene.ask()
    assert erase_for(shared.scene.collected(request), shared.scene.everybody()).failed == {}
    assert shared.scene.verified(shared.scene.acknowledge(request).receipt.to_bytes()).holds


def test_before_the_erasure_the_disks_open_everything(shared):
    assert shared.everything_opened(shared.scene.folder, known=[shared.wallet_key]) == sorted(SECRETS)
    # The brand has what she shared with it: the first epoch's key, as soon as it is released.
    assert shared.everything_opened(shared.scene.folder, known=[]) == [SECRETS[0]]


def test_after_the_whole_round_nothing_opens(shared):
    erase(shared)
    shared.shred()
    known = [shared.wallet_key, shared.scene.key]
    assert shared.everything_opened(shared.scene.folder, known=known) == []
    assert {key.export() for key in found_keys([shared.scene.folder], known)} == {key.export() for key in known}


def test_in_the_other_order_nothing_opens_either(shared):
    shared.shred()
    erase(shared)
    assert shared.everything_opened(shared.scene.folder, known=[shared.wallet_key, shared.scene.key]) == []


def test_without_shredding_she_alone_can_open_copies(shared):
    erase(shared)
    folder = shared.scene.folder
    assert shared.everything_opened(folder, known=[shared.scene.key]) == []
    assert shared.everything_opened(folder, known=[shared.wallet_key]) == sorted(SECRETS)


def test_a_released_envelope_that_a_brand_kept_still_opens(shared):
    """The counter-example: what was released is out, and no receipt says otherwise."""
    scene = shared.scene
    envelope = shared.vault.release(shared.dataset, scene.brand.address, purpose=0, data_class=0)
    (scene.folder / "brand" / "envelope.json").write_text(json.dumps(envelope.to_json()))
    erase(shared)
    shared.shred()
    assert shared.everything_opened(scene.folder / "brand", known=[]) == [SECRETS[0]]
    kept = Envelope.from_json(json.loads((scene.folder / "brand" / "envelope.json").read_text()))
    key = open_envelope(kept, scene.key, dataset=shared.dataset, key_epoch=1, grantee=scene.brand.address)
    assert opened(shared.copies[0], key) == SECRETS[0]
    # Of the epoch that it was never given the key of, it opens nothing.
    assert opened(shared.copies[1], key) is None


def test_a_brand_that_only_kept_the_sealed_files_opens_nothing(shared):
    scene = shared.scene
    for number, copy in enumerate(shared.copies):
        (scene.folder / "brand" / f"{number}.age").write_bytes(copy)
    erase(shared)
    shared.shred()
    assert shared.everything_opened(scene.folder / "brand", known=[scene.key]) == []
