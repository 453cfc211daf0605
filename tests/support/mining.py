"""Makes anvil answer as Ganache does: a transaction that was sent is mined by the time the answer is there.

anvil mines a moment after it has answered, and counts the sender's nonce a moment before the receipt can be read. Brownie, looking in between,
waits a whole second or reports "Tx dropped without known replacement"; the longer the transaction, the likelier.
"""

from __future__ import annotations

import time
from typing import Any

import web3

SENDS = ("eth_sendTransaction", "eth_sendRawTransaction")
PATIENCE = 30.0
"""Seconds; far more than any transaction takes."""


def wait_for_mining() -> None:
    """From now on every HTTP provider of this process waits for what it sends to an anvil that mines by itself."""
    request = web3.HTTPProvider.make_request

    def make_request(provider: Any, method: str, params: Any) -> Any:
        answer = request(provider, method, params)
        if method in SENDS and "result" in answer:
            deadline = time.monotonic() + PATIENCE
            while not request(provider, "eth_getTransactionReceipt", [answer["result"]]).get("result"):
                if not request(provider, "anvil_getAutomine", []).get("result") or time.monotonic() > deadline:
                    break
                time.sleep(0.002)
        return answer

    web3.HTTPProvider.make_request = make_request  # type: ignore[method-assign]
