"""From the folder to a real daemon, with everything on chain as it was.

given a dataset that was sealed into a folder, minted and shared
└── when the folder's blobs are moved to the daemon
    ├── the dataset should open from there by the manifest's digest on chain, for the customer and with the old envelope
    └── the folder should be empty then, if that was asked for, and no transaction have been sent
given a migration
├── when the daemon dies in the middle of a blob
│   └── it should be told how far it came; after a restart the next run should send the rest, and leave no other pin
└── when it is done
    └── the daemon's garbage collection should keep all of it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.local_chain import quickest, running
from tests.support.patterns import PatternStream, pattern
from web3crm.chain import LocalChain
from web3crm.deploy import Commons, deploy_commons
from web3crm.errors import BlobStoreUnreachable
from web3crm.vault import (
    BlobStore,
    ClearFile,
    DatasetId,
    EmbeddedStore,
    Envelope,
    Identity,
    IpfsStore,
    Vault,
    fetch_manifest,
    open_dataset,
)
from web3crm.vault.stores.migration import Migration, migrate

DATA_CLASS = 5
FILES = {"profile.json": b'{"name": "Mary"}', "film.mp4": pattern(1_500_000)}
SIZES = (10, 300_000, 5_000_000, 700_000)


@pytest.fixture(scope="module")
def local() -> Iterator[LocalChain]:
    with running(quickest()) as local:
        yield local


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


@dataclass
class Sealed:
    digest: bytes
    dataset: DatasetId
    envelope: Envelope
    grantee: str
    key: Identity


@pytest.fixture
def folder(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "blobs")


@pytest.fixture
def daemon(kubo) -> Iterator[IpfsStore]:
    store = IpfsStore(kubo.address, timeout=20, peers=False)
    yield store
    store.close()


@pytest.fixture
def vault_on(local: LocalChain, tmp_path: Path):
    """The customer's vault, with her blobs in one store or another."""
    identity = Identity.generate()

    def act(store: BlobStore) -> Vault:
        return Vault(local.accounts[3].address, identity, store=store, folder=tmp_path / "vault", gate=None)

    return act


@pytest.fixture
def sealed(local: LocalChain, commons: Commons, folder: EmbeddedStore, vault_on) -> Sealed:
    """A dataset in the folder, minted by its customer, with an envelope for a brand."""
    vault, brand, key = vault_on(folder), local.accounts[1].address, Identity.generate()
    made = vault.create(
        [ClearFile(*row) for row in zip(FILES, TYPES, FILES.values(), strict=True)], data_class=DATA_CLASS
    )
    datasets = commons.datasets
    receipt = local.chain.transact(datasets.functions.mint(made.manifest_digest, DATA_CLASS), sender=local.accounts[3])
    (minted,) = local.chain.events(receipt, datasets, "DatasetMinted")
    dataset = DatasetId(local.chain.chain_id, str(datasets.address), minted.args["datasetId"])
    vault.attach(made.manifest_digest, dataset)
    return Sealed(made.manifest_digest, dataset, vault.share(dataset, brand, key.recipient), brand, key)


TYPES = ("application/json", "video/mp4")


def digest_on_chain(local: LocalChain, commons: Commons, sealed: Sealed) -> bytes:
    return bytes(local.chain.call(commons.datasets.functions.datasetOf(sealed.dataset.token_id))[3])


def contents(opened) -> dict[str, bytes]:
    return {file.name: file.read() for file in opened.files}


@pytest.fixture
def moved(sealed: Sealed, folder: EmbeddedStore, daemon: IpfsStore) -> Migration:
    return migrate(folder, daemon, remove=True)


def test_the_customer_opens_it_from_the_daemon(local, commons, sealed, moved, folder, daemon, vault_on):
    assert (moved.sent + moved.present, moved.removed, folder.pins()) == (3, 3, [])
    assert digest_on_chain(local, commons, sealed) == sealed.digest
    assert contents(vault_on(daemon).open(sealed.digest)) == FILES


def test_a_grantee_opens_it_with_the_envelope_from_before(local, commons, sealed, moved, daemon):
    manifest = fetch_manifest(daemon, digest_on_chain(local, commons, sealed))
    opened = open_dataset(
        sealed.envelope, sealed.key, manifest, dataset=sealed.dataset, grantee=sealed.grantee, store=daemon
    )
    assert contents(opened) == FILES


def test_nothing_on_chain_is_changed(local, commons, sealed, folder, daemon):
    before = (local.chain.block_number(), digest_on_chain(local, commons, sealed))
    migrate(folder, daemon, remove=True)
    assert (local.chain.block_number(), digest_on_chain(local, commons, sealed)) == before


# --- a daemon that dies -----------------------------------------------------------------------------------------------


@pytest.fixture
def cids(folder: EmbeddedStore) -> list[str]:
    return sorted(folder.put(PatternStream(size)) for size in SIZES)


class DeadlyFolder(EmbeddedStore):
    """Kills the daemon while it gives its third blob."""

    def __init__(self, root: Path, daemon) -> None:
        super().__init__(root)
        self._daemon, self._gets = daemon, 0

    def _load(self, codec: str, digest: bytes) -> bytes:
        if self._gets == 3:
            self._daemon.kill()
        return super()._load(codec, digest)

    def get(self, cid: str):
        self._gets += 1
        return super().get(cid)


def test_a_migration_goes_on_after_the_daemons_death(mortal_kubo, folder, cids, tmp_path):
    target = IpfsStore(mortal_kubo.address, timeout=10)
    with pytest.raises(BlobStoreUnreachable, match="2 of 4 blobs are moved: repeat it to go on"):
        migrate(DeadlyFolder(tmp_path / "blobs", mortal_kubo), target, remove=True)
    assert folder.pins() == cids
    mortal_kubo.start()
    target = IpfsStore(mortal_kubo.address, timeout=10)
    assert target.pins() == cids[:2]
    assert migrate(folder, target, remove=True) == Migration(sent=2, present=2, removed=4)
    assert (target.pins(), folder.pins()) == (cids, [])


def test_garbage_collection_keeps_what_was_moved(mortal_kubo, folder, cids):
    target = IpfsStore(mortal_kubo.address, timeout=10)
    migrate(folder, target)
    target.collect_garbage()
    assert [target.has(cid) for cid in cids] == [True] * 4


def test_one_daemon_under_two_addresses_loses_nothing(mortal_kubo, cids, folder):
    port = mortal_kubo.address.rpartition("/")[2]
    first, second = IpfsStore(mortal_kubo.address, timeout=10), IpfsStore(f"/dns/localhost/tcp/{port}", timeout=10)
    migrate(folder, first)
    with pytest.raises(ValueError, match="one store under two names"):
        migrate(first, second, remove=True)
    assert first.pins() == cids
