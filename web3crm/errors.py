"""The tree of errors. Every message says what was wrong, with which value, and what to do.

Web3CrmError
├── InputError              an argument or a file given by the caller is wrong; nothing was sent or written
├── ChainError              the chain could not be reached or did not answer as expected
│   ├── RpcError            the node answered a request with an error; carries its code, message and data
│   └── ContractRevert      a contract refused; carries the decoded error's name and values
├── DeploymentError         a deployment cannot start, resume or be verified
└── VaultError              encryption, envelopes, manifests and blob stores
"""

from __future__ import annotations

__all__ = ["ChainError", "ContractRevert", "DeploymentError", "InputError", "RpcError", "VaultError", "Web3CrmError"]


class Web3CrmError(Exception):
    """The root of every error this package raises on purpose."""


class InputError(Web3CrmError, ValueError):
    """An argument or a file given by the caller is wrong; nothing was sent or written."""


class ChainError(Web3CrmError):
    """The chain could not be reached or did not answer as expected."""


class RpcError(ChainError):
    """The node answered a request with an error. ``error`` is the JSON-RPC error object as it came."""

    def __init__(self, method: str, error: object) -> None:
        self.method = method
        self.error = error
        message = error.get("message", error) if isinstance(error, dict) else error
        super().__init__(f"the node refused {method}: {message}")


class ContractRevert(ChainError):  # noqa: N818 - the word for it
    """A contract refused. ``name`` is the Solidity error's name, ``args_`` its values in order."""

    def __init__(self, name: str, args_: tuple[object, ...] = (), *, act: str = "") -> None:
        self.name = name
        self.args_ = args_
        self.act = act
        values = ", ".join("0x" + value.hex() if isinstance(value, bytes) else str(value) for value in args_)
        super().__init__(f"{act + ': ' if act else ''}the contract refused with {name}({values})")


class DeploymentError(Web3CrmError):
    """A deployment cannot start, resume or be verified."""


class VaultError(Web3CrmError):
    """Encryption, envelopes, manifests and blob stores."""
