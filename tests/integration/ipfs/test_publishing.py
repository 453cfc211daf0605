"""A root published with its file on a real daemon.

given totals
├── they should be published, hold, and be claimed with the file from the daemon
├── published again they should send nothing, and pin nothing more
└── when the daemon dies while the file is on its way
    ├── it should be told, and nothing be sent to the chain
    └── after a restart the same command should publish the same file, pinned once
given a published root whose daemon is down
└── a claim and a check should say so
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.test_publishing import (
    DAY,
    FIRST,
    chain,
    claimed,
    contracts,
    differences,
    distributor,
    maturing,
    publishing,
)
from tests.support.local_chain import quickest, running
from web3crm.chain import LocalChain
from web3crm.errors import BlobStoreUnreachable
from web3crm.points import claims as claiming
from web3crm.points.publish import Outcome
from web3crm.vault import IpfsStore

__all__ = ["chain", "claimed", "contracts", "distributor", "maturing", "publishing"]


@pytest.fixture(scope="module")
def local() -> Iterator[LocalChain]:
    """One chain is enough here."""
    with running(quickest()) as local:
        yield local


class Daemon:
    """A store on a daemon that can be killed and started again, then with another port."""

    def __init__(self, kubo) -> None:
        self.kubo, self._deadly = kubo, False
        self._store = IpfsStore(kubo.address, timeout=10, peers=False)

    def __getattr__(self, name):
        return getattr(self._store, name)

    def put(self, source):
        return self._store.put(self._killing(source) if self._deadly else source)

    def kill_at_the_next_put(self) -> None:
        self._deadly = True

    def restart(self) -> None:
        self.kubo.start()
        self._deadly, self._store = False, IpfsStore(self.kubo.address, timeout=10, peers=False)

    def _killing(self, source):
        class Source:
            def read(self, size, /):
                data = source.read(size)
                daemon.kill()
                return data

        daemon = self.kubo
        return Source()


@pytest.fixture
def blobs(mortal_kubo) -> Daemon:
    return Daemon(mortal_kubo)


def test_a_root_is_published_holds_and_is_claimed(chain, distributor, blobs, publishing, claimed):
    published = publishing(FIRST)
    assert published.cid in blobs.kubo.run("pin", "ls", "--type=recursive", "--quiet").split()
    assert differences(distributor, blobs, published.root) == ()
    chain.sleep(DAY + 1)
    assert (claimed().customers, claimed().customers) == (3, 0)


def test_published_again_it_sends_and_pins_nothing_more(chain, blobs, publishing):
    first = publishing(FIRST)
    block = chain.block_number()
    again = publishing(FIRST)
    assert (again.outcome, again.cid, chain.block_number()) == (Outcome.PENDING, first.cid, block)
    assert blobs.pins() == [first.cid]


def test_a_run_that_the_daemons_death_broke_is_repeated(chain, distributor, blobs, publishing):
    block = chain.block_number()
    blobs.kill_at_the_next_put()
    with pytest.raises(BlobStoreUnreachable, match="storing a blob"):
        publishing(FIRST)
    assert chain.block_number() == block
    blobs.restart()
    assert blobs.pins() == []
    published = publishing(FIRST)
    assert published.outcome is Outcome.SENT
    assert blobs.pins() == [published.cid]
    assert differences(distributor, blobs, published.root) == ()


def test_a_daemon_that_is_down_is_told_to_who_claims_and_checks(distributor, blobs, maturing):
    published = maturing(FIRST)
    blobs.kubo.kill()
    with pytest.raises(BlobStoreUnreachable, match="is not there or went away"):
        claiming.paying_file(distributor, blobs)
    (difference,) = differences(distributor, blobs, published.root)
    assert "is not there or went away" in difference
