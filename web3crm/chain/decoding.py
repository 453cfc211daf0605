"""Decoding what contracts say: ABI data, with text by whoever wrote it.

Solidity takes any bytes for a ``string``, so that a stranger can put some on chain that are not UTF-8. They must not
keep anybody from reading what else is there: as in Python's own file names, each such byte is kept as a lone surrogate
(``surrogateescape``), and :func:`text_bytes` gives back what is on chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi.base import parse_type_str
from eth_abi.codec import ABIDecoder
from eth_abi.decoding import StringDecoder
from eth_abi.registry import registry

__all__ = ["decode", "text_bytes"]

_ERRORS = "surrogateescape"


class _TextDecoder(StringDecoder):
    def __init__(self) -> None:
        super().__init__(_ERRORS)  # type: ignore[no-untyped-call]

    @parse_type_str("string")  # type: ignore[no-untyped-call, untyped-decorator]
    def from_type_str(cls: Any, abi_type: Any, registry: Any) -> Any:  # noqa: N805 - the decorator makes it the class's
        del abi_type, registry
        return cls()


def _decoder() -> ABIDecoder:
    found = registry.copy()  # type: ignore[no-untyped-call]
    found.unregister_decoder("string")
    found.register_decoder("string", _TextDecoder, label="string")
    return ABIDecoder(found)


_DECODER = _decoder()


def decode(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """The values of ``types`` in ``data``."""
    return _DECODER.decode(types, data)


def text_bytes(text: str) -> bytes:
    """The bytes on chain of a text that :func:`decode` read."""
    return text.encode(errors=_ERRORS)
