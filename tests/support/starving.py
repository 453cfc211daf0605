"""Sending acts with little gas, the same way on Ganache and anvil (Brownie trips over traces that end in the middle)."""

from __future__ import annotations

from brownie import web3


def done_with(gas: int, act: object, *arguments: object, sender: object) -> bool:
    """Sends the act with a limit of ``gas`` for the whole transaction and tells whether it was done."""
    sent = {
        "from": str(sender),
        "to": act._address,  # type: ignore[attr-defined]
        "data": act.encode_input(*arguments),  # type: ignore[attr-defined]
        "gas": hex(gas),
        "gasPrice": web3.to_hex(web3.eth.gas_price),
    }
    height = web3.eth.block_number
    web3.provider.make_request("eth_sendTransaction", [sent])  # type: ignore[union-attr, arg-type, list-item]
    block = web3.eth.get_block("latest")
    assert (block.number, len(block.transactions)) == (height + 1, 1)  # type: ignore[attr-defined]
    return bool(web3.eth.get_transaction_receipt(block.transactions[0]).status)  # type: ignore[attr-defined]


def least_gas(limits: range, act: object, *arguments: object, sender: object) -> int | None:
    """The first of ``limits`` with which the act, sent now, would be done; none if it fails with each of them."""
    call = {
        "from": str(sender),
        "to": act._address,  # type: ignore[attr-defined]
        "data": act.encode_input(*arguments),  # type: ignore[attr-defined]
    }
    for gas in limits:
        answer = web3.provider.make_request("eth_call", [call | {"gas": hex(gas)}, "latest"])  # type: ignore[union-attr, arg-type]
        if "error" not in answer:
            return gas
    return None
