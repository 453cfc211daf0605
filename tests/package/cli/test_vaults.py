"""What the acts on a vault take as arguments.

given the id of an access or of a dataset
├── it should be understood as a number, and as the hex digits that the acts on accesses show
└── anything else should be refused
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from web3crm.cli import vaults
from web3crm.errors import InputError

DATASETS = "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0"


@pytest.fixture
def session() -> Any:
    commons = SimpleNamespace(datasets=SimpleNamespace(address=DATASETS))
    return SimpleNamespace(chain=SimpleNamespace(chain_id=1337), programme=SimpleNamespace(commons=commons))


@pytest.mark.parametrize("text", ["2748", "0xabc", hex(2748)])
def test_an_id_is_a_number_or_hex_digits(session: Any, text: str):
    assert vaults.optional_access(text) == 0xABC
    assert vaults.dataset_id(session, text).token_id == 0xABC


def test_no_access_is_none():
    assert vaults.optional_access("") is None


@pytest.mark.parametrize("text", ["-1", "0x", "0xg", "0x" + "1" * 65, "abc"])
def test_anything_else_is_refused(session: Any, text: str):
    with pytest.raises(InputError, match="access must be a whole number"):
        vaults.optional_access(text)
    with pytest.raises(InputError, match="dataset must be a whole number"):
        vaults.dataset_id(session, text)
