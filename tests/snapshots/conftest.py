"""One programme with some history, and the recorder of gas. Only ``make gas`` runs these tests."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest
from eth_utils.crypto import keccak

MEASURED = os.environ.get("WEB3CRM_GAS")
if not MEASURED:
    collect_ignore_glob = ["test_*.py"]

POINT = 10**18
REF = keccak(text="purchases")
_acts: dict[str, int] = {}


@pytest.fixture
def gas():
    """Records what an act cost: the gas of its whole receipt, or of one of the ``per`` things done in it, rounded up."""

    def record(act: str, receipt, per: int = 1) -> None:
        assert receipt.status == 1
        assert act not in _acts, f"two scenarios measure {act!r}"
        _acts[act] = math.ceil(receipt.gas_used / per)

    return record


def pytest_sessionfinish() -> None:
    if MEASURED:
        Path(MEASURED).write_text(json.dumps(_acts))
