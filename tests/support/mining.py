"""Makes anvil answer as Ganache does: a transaction that was sent is mined by the time the answer is there.

anvil mines a moment after it has answered, and counts the sender's nonce a moment before the receipt can be read. Brownie, looking in between,
waits a whole second or reports "Tx dropped without known replacement"; the longer the transaction, the likelier.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def one_block(at: int | None = None) -> Iterator[None]:
    """Keeps what is sent with ``required_confs`` of 0 waiting, and mines all of it in one block: the best paid first.

    The block gets exactly the time ``at`` (a Unix time in seconds, later than the last block's) if one is given.
    """
    from brownie import web3

    request = web3.provider.make_request  # type: ignore[union-attr]
    on_anvil = "anvil" in web3.client_version
    request(*("evm_setAutomine", [False]) if on_anvil else ("miner_stop", []))  # type: ignore[arg-type]
    try:
        yield
        request("evm_mine", [] if at is None else [at])  # type: ignore[arg-type]
    finally:
        request(*("evm_setAutomine", [True]) if on_anvil else ("miner_start", []))  # type: ignore[arg-type]
