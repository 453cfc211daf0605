"""Sealing a dataset on a real daemon that dies.

given a vault whose daemon dies while a file is on its way
├── the sealing should say so, and keep no key
└── after a restart the same sealing should be done, with no pin and no note left of the broken one
"""

from __future__ import annotations

import pytest

from tests.support.patterns import PatternStream, pattern
from web3crm.errors import BlobStoreUnreachable
from web3crm.vault import ClearFile, Identity, IpfsStore, Vault

KIND = "application/octet-stream"
FILES = [ClearFile("first.bin", KIND, pattern(300_000)), ClearFile("second.bin", KIND, pattern(5_000_000))]


class DeadlyStore(IpfsStore):
    """Kills its daemon while its second blob is on its way."""

    def __init__(self, daemon):
        super().__init__(daemon.address, timeout=10, peers=False)
        self._daemon, self._puts = daemon, 0

    def put(self, source):
        self._puts += 1
        return super().put(DeadlySource(source, self._daemon) if self._puts == 2 else source)

    def __repr__(self):
        return super().__repr__().replace("DeadlyStore", "IpfsStore")


class DeadlySource:
    def __init__(self, source, daemon):
        self._source, self._daemon, self._reads = source, daemon, 0

    def read(self, size, /):
        self._reads += 1
        if self._reads == 4:
            self._daemon.kill()
        return self._source.read(size)


@pytest.fixture
def vault_on(tmp_path):
    identity = Identity.generate()

    def act(store):
        return Vault("0x" + "11" * 20, identity, store=store, folder=tmp_path / "vault", gate=None)

    return act


def test_a_sealing_that_the_daemons_death_broke_is_done_again_and_leaves_nothing(mortal_kubo, vault_on, tmp_path):
    mortal_kubo.run("config", "Addresses.API", mortal_kubo.address)  # the same after the restart, as a brand's is
    vault = vault_on(DeadlyStore(mortal_kubo))
    with pytest.raises(BlobStoreUnreachable, match="storing a blob"):
        vault.create(FILES, data_class=1)
    assert vault.keyring.entries() == []
    mortal_kubo.start()
    store = IpfsStore(mortal_kubo.address, timeout=10, peers=False)
    (orphan,) = store.pins()
    sealed = vault_on(store).create(FILES, data_class=1)
    assert store.pins() == sorted([*(file.cid for file in sealed.manifest.files), sealed.manifest_cid])
    assert orphan not in store.pins()
    assert list((tmp_path / "vault" / "unfinished").iterdir()) == []
    store.collect_garbage()
    assert not store.has(orphan)
    assert vault_on(store).open(sealed.manifest_digest).files[1].read() == PatternStream(5_000_000).read()
