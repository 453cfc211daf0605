"""What the customers' acts cost: the whole receipt.

given a customer who acts herself
├── it should stay within 50,000 for the first grant to a brand
├── it should stay within 56,000 for a changed grant
├── it should stay within 56,000 for a withdrawal
└── it should stay within 102,000 for the first dataset
"""

from __future__ import annotations

import pytest

DAY = 86_400


@pytest.fixture
def notice(consents, brand):
    consents.publishNotice(b"\x11" * 32, "ipfs://notice", 0, 0, 1, 30 * DAY, {"from": brand})


def test_first_grant(consents, notice, chain, brand, alice):
    receipt = consents.grant(brand, 2**64 - 1, 2**64 - 1, 1, chain.time() + 365 * DAY, {"from": alice})
    assert receipt.gas_used <= 50_000


def test_changed_grant(consents, notice, chain, brand, alice):
    consents.grant(brand, 1, 1, 1, 0, {"from": alice})
    receipt = consents.grant(brand, 2**64 - 1, 2**64 - 1, 1, chain.time() + 365 * DAY, {"from": alice})
    assert receipt.gas_used <= 56_000


def test_withdrawal(consents, notice, brand, alice):
    consents.grant(brand, 3, 3, 1, 0, {"from": alice})
    receipt = consents.withdraw(brand, 2**64 - 2, 2**64 - 2, {"from": alice})
    assert receipt.gas_used <= 56_000


def test_first_dataset(datasets, alice):
    receipt = datasets.mint(b"\x22" * 32, 7, {"from": alice})
    assert receipt.gas_used <= 102_000
