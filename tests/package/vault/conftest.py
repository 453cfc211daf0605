"""A customer with a wallet, a brand, and a gate that answers as a test wishes. No chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from eth_account import Account

from tests.support.blob_stores import own_blobs
from web3crm.vault import DatasetId, Identity, Vault, Verdict, derive_identity, sign_with

__all__ = ["own_blobs"]

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


@pytest.fixture
def store(own_blobs):
    return own_blobs


@pytest.fixture
def vault(alice_wallet, alice_identity, store, gate, tmp_path):
    return Vault(alice_wallet.address, alice_identity, store=store, folder=tmp_path / "vault", gate=gate)
