"""Setting the test chain's clock to the second, the same way on Ganache and anvil."""

from __future__ import annotations


def mine_at(timestamp: int) -> int:
    """Mines a block of exactly this time (a Unix time in seconds, later than the last block) and returns its number.

    Views asked at that block see that time; the next transaction falls into the same second or a later one.
    """
    from brownie import chain, web3

    web3.provider.make_request("evm_mine", [timestamp])  # type: ignore[union-attr, arg-type]
    assert chain[-1].timestamp == timestamp
    return int(chain[-1].number)
