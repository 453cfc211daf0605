"""A customer with a wallet, a brand, and a gate and a ledger that answer as a test wishes. No chain.

What uses ``store`` runs on a folder and on a Kubo daemon; the latter is skipped where ``WEB3CRM_KUBO`` names none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from eth_account import Account

from tests.support.blob_stores import AsIfEmpty, own_blobs
from tests.support.kubo import kubo
from tests.support.ledgers import FakeLedger
from web3crm.vault import DatasetId, Identity, IpfsStore, Vault, Verdict, derive_identity, sign_with

__all__ = ["kubo", "own_blobs"]

Account.enable_unaudited_hdwallet_features()
MNEMONIC = "test test test test test test test test test test test junk"


def wallet(number: int):
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}")


@dataclass
class FakeGate:
    """Stands for the chain; remembers what it was asked."""

    verdict: Verdict | Exception = field(default_factory=lambda: Verdict(True, block=7))
    asked: list[dict[str, Any]] = field(default_factory=list)

    def check(self, **question: Any) -> Verdict:
        self.asked.append(question)
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


@pytest.fixture(scope="session")
def alice_wallet():
    return wallet(3)


@pytest.fixture(scope="session")
def bob_wallet():
    return wallet(4)


@pytest.fixture(scope="session")
def alice_identity(alice_wallet):
    return derive_identity(alice_wallet.address, sign_with(alice_wallet))


@pytest.fixture(scope="session")
def roastery():
    """A brand: the address that consents name."""
    return wallet(1).address


@pytest.fixture(scope="session")
def bookshop():
    """Another brand."""
    return wallet(2).address


@pytest.fixture(scope="session")
def roastery_identity():
    return Identity.generate()


@pytest.fixture(scope="session")
def dataset():
    return DatasetId(1337, "0x5FbDB2315678afecb367f032d93F642f64180aa3", 42)


@pytest.fixture
def gate():
    return FakeGate()


@pytest.fixture(params=["folder", "daemon"])
def store(request):
    """Empty at first: what ``own_blobs`` is (a folder, unless CI says otherwise), and a private daemon."""
    if request.param == "folder":
        yield request.getfixturevalue("own_blobs")
        return
    found = AsIfEmpty(IpfsStore(request.getfixturevalue("kubo").address, timeout=20, peers=False))
    yield found
    found.close()


@pytest.fixture
def ledger(alice_wallet):
    return FakeLedger(alice_wallet.address)


@pytest.fixture
def vault(alice_wallet, alice_identity, store, gate, tmp_path):
    return Vault(alice_wallet.address, alice_identity, store=store, folder=tmp_path / "vault", gate=gate)
