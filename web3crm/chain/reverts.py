"""Why a contract refused: raw revert data decoded against the ABIs of all known contracts.

Nodes answer a revert in their own ways. geth and anvil put the data into ``error.data``, Ganache into ``error.data``
of a call and ``error.data.result`` of an estimate: :func:`revert_data` knows them all. A transaction that was sent
and failed has no data anywhere. Ganache mines it with status 0 and says nothing, or, with
``--chain.vmErrorsOnRPCResponse``, reports its hash as an error of sending (:func:`mined_failure`): its reason is
found by running it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from web3crm.errors import ContractRevert

__all__ = ["ErrorTable", "mined_failure", "normalised", "revert_data"]

_PANICS = {
    0x00: "generic",
    0x01: "assertion failed",
    0x11: "arithmetic overflow or underflow",
    0x12: "division by zero",
    0x21: "value is not in the enumeration",
    0x22: "storage byte array is badly encoded",
    0x31: "pop on an empty array",
    0x32: "index out of range",
    0x41: "too much memory",
    0x51: "call of an empty internal function",
}
_ERROR_STRING = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


def revert_data(error: Any) -> bytes | None:
    """The revert data in a JSON-RPC error object; ``b""`` for a revert that carries none, None when it is no revert."""
    if not isinstance(error, dict):
        return None
    data = error.get("data")
    for _ in range(3):  # Ganache nests once, some gateways once more
        if isinstance(data, dict):
            data = data.get("result", data.get("data"))
    if isinstance(data, str):
        found = _HEX.search(data)
        if found is not None and found.end() == len(data):
            return bytes.fromhex(found[0][2:])
    if "revert" in str(error.get("message", "")).lower():
        return b""
    return None


def mined_failure(error: Any) -> str | None:
    """The hash of a transaction that was mined and failed, where Ganache reports one as the error of sending it."""
    data = error.get("data") if isinstance(error, dict) else None
    if isinstance(data, dict) and isinstance(data.get("hash"), str) and data["hash"] == data.get("result"):
        return str(data["hash"])
    return None


class ErrorTable:
    """The errors of a set of ABIs, by selector."""

    def __init__(self, abis: Iterable[list[dict[str, Any]]]) -> None:
        self._errors: dict[bytes, tuple[str, list[dict[str, Any]]]] = {}
        for abi in abis:
            for entry in abi:
                if entry["type"] == "error":
                    signature = f"{entry['name']}({','.join(collapse_if_tuple(item) for item in entry['inputs'])})"
                    self._errors[keccak(text=signature)[:4]] = (entry["name"], entry["inputs"])

    def knows(self, data: bytes) -> bool:
        """Whether the data's selector is one of these errors, ``Error(string)`` or ``Panic(uint256)``."""
        return data[:4] in self._errors or data[:4] in (_ERROR_STRING, _PANIC)

    def decode(self, data: bytes, *, act: str = "") -> ContractRevert:
        """The revert as an error with its name and values.

        Unknown data becomes ``UnknownError`` with the data as hex.
        """
        selector, body = data[:4], data[4:]
        try:
            if not data:
                return ContractRevert("NoReason", act=act)
            if selector == _ERROR_STRING:
                return ContractRevert("Error", decode(["string"], body), act=act)
            if selector == _PANIC:
                (code,) = decode(["uint256"], body)
                return ContractRevert("Panic", (code, _PANICS.get(code, "unknown")), act=act)
            if selector in self._errors:
                name, inputs = self._errors[selector]
                values = decode([collapse_if_tuple(item) for item in inputs], body)
                return ContractRevert(name, tuple(map(normalised, inputs, values)), act=act)
        except (DecodingError, UnicodeDecodeError, OverflowError):
            pass  # a contract may return anything: show it raw
        return ContractRevert("UnknownError", ("0x" + data.hex(),), act=act)


def normalised(abi: dict[str, Any], value: Any) -> Any:
    """A decoded value as this package hands it out: addresses checksummed, lists and structs as tuples."""
    kind: str = abi["type"]
    if kind.endswith("]"):
        inner = {**abi, "type": kind[: kind.rindex("[")]}
        return tuple(normalised(inner, item) for item in value)
    if kind == "tuple":
        return tuple(map(normalised, abi["components"], value))
    return to_checksum_address(value) if kind == "address" else value
