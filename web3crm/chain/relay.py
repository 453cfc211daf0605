"""Sending what somebody else signed.

The relayer pays the gas; the contract checks the signature, so any account may relay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web3.contract import Contract
from web3.types import TxReceipt

from web3crm.chain.accounts import Sender
from web3crm.chain.connection import Chain
from web3crm.chain.typed_data import TypedData
from web3crm.errors import InputError

__all__ = ["relay", "signed_arguments"]


def relay(
    chain: Chain,
    contract: Contract,
    function: str,
    typed_data: TypedData,
    signature: bytes,
    *,
    sender: Sender,
    value: int = 0,
    **extra: Any,
) -> TxReceipt:
    """Calls ``contract``'s signature form ``function`` with what was signed, from ``sender``.

    Arguments are matched by name: the signed message's values, ``signature`` (or its ``v``, ``r``, ``s``), and
    ``extra`` for whatever the form takes beside them, such as the signer's address. Raises :class:`InputError` when
    one is missing, left over or contradicts what was signed, or when the message was signed for another contract or
    chain.
    """
    domain = typed_data.domain
    if domain.contract != contract.address:
        raise InputError(f"this was signed for the contract {domain.contract}, not for {contract.address}")
    if domain.chain_id != chain.chain_id:
        raise InputError(f"this was signed for chain {domain.chain_id}, not for chain {chain.chain_id}")
    arguments = signed_arguments(contract, function, typed_data, signature, extra)
    return chain.transact(contract.get_function_by_name(function)(*arguments), sender=sender, value=value)


def signed_arguments(
    contract: Contract, function: str, typed_data: TypedData, signature: bytes, extra: Mapping[str, Any]
) -> list[Any]:
    """The arguments of a signature form, in the contract's order."""
    given = dict(typed_data.message)
    for name, value in extra.items():
        if name in given and given[name] != value:
            raise InputError(f"{name} was signed as {given[name]!r} and cannot be sent as {value!r}")
        given[name] = value
    given["signature"] = signature
    if len(signature) == 65:
        given |= {"v": signature[64], "r": signature[:32], "s": signature[32:64]}
    used: set[str] = set()
    arguments = []
    for item in contract.get_function_by_name(function).abi["inputs"]:
        name = item["name"].strip("_")
        components = item.get("components")
        if name in given:
            used.add(name)
            arguments.append(given[name])
        elif components and all(part["name"] in given for part in components):
            used.update(part["name"] for part in components)
            arguments.append(tuple(given[part["name"]] for part in components))
        else:
            raise InputError(f"{function} also takes {item['type']} {name}: give it as {name}=…")
    # A signed value may be left over: the contract then reads it from its own storage, as it does a sequential nonce.
    left = extra.keys() - used
    if left:
        raise InputError(f"{function} takes no {', '.join(sorted(left))}")
    return arguments
