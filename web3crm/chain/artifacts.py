"""Compiled contracts, read from Brownie's ``build/contracts/*.json``. Brownie itself is not needed.

The folder is ``$WEB3CRM_ARTIFACTS`` when set, else ``build/contracts`` of the project: the nearest folder, from the
working directory upwards, that has a ``brownie-config.yaml``, or else the one this package was installed from.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector

from web3crm.errors import InputError

__all__ = ["Artifact", "Artifacts"]

ENVIRONMENT_VARIABLE = "WEB3CRM_ARTIFACTS"
_CONFIG = "brownie-config.yaml"


@dataclass(frozen=True)
class Artifact:
    """One compiled contract.

    ``bytecode`` makes it, ``deployed_bytecode`` is what then stands at its address (immutables zero).
    """

    name: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    deployed_bytecode: bytes

    @property
    def constructor_inputs(self) -> list[dict[str, Any]]:
        """The constructor's parameters as the ABI describes them, in order."""
        for entry in self.abi:
            if entry["type"] == "constructor":
                return list(entry["inputs"])
        return []

    def entries(self, kind: str, name: str) -> list[dict[str, Any]]:
        """The ABI's entries of ``kind`` (function, event, error) called ``name``."""
        return [entry for entry in self.abi if entry["type"] == kind and entry.get("name") == name]

    def entry(self, kind: str, name: str) -> dict[str, Any]:
        """The one entry of ``kind`` called ``name``. Raises :class:`InputError` when there is none or more than one."""
        found = self.entries(kind, name)
        if len(found) != 1:
            known = ", ".join(sorted({entry["name"] for entry in self.abi if entry["type"] == kind}))
            raise InputError(f"{self.name} has {len(found) or 'no'} {kind} {name}; it has: {known}")
        return found[0]

    def selector(self, function: str) -> bytes:
        """The four bytes that call ``function``, a name that is not overloaded."""
        return bytes(function_abi_to_4byte_selector(self.entry("function", function)))  # type: ignore[arg-type]

    def topic(self, event: str) -> bytes:
        """The first topic of ``event``."""
        return bytes(event_abi_to_log_topic(self.entry("event", event)))  # type: ignore[arg-type]

    def types(self, inputs: Iterable[dict[str, Any]]) -> list[str]:
        """The canonical types of ABI parameters, tuples written out."""
        return [collapse_if_tuple(item) for item in inputs]

    def compiled_to(self, code: bytes) -> bool:
        """Whether ``code`` (what stands at an address) is this artifact's, immutables aside.

        The compiler leaves an immutable as the zero operand of a PUSH32, which the constructor fills: only such bytes
        may differ.
        """
        ours = self.deployed_bytecode
        if len(ours) != len(code):
            return False
        masked = bytearray(code)
        at = 0
        while (at := ours.find(b"\x7f" + bytes(32), at)) != -1:
            masked[at + 1 : at + 33] = bytes(32)
            at += 33
        return bytes(masked) == ours


class Artifacts:
    """The compiled contracts of one folder, read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, Artifact] = {}

    @classmethod
    def find(cls) -> Artifacts:
        """The artifacts of ``$WEB3CRM_ARTIFACTS`` or of the project around the working directory (or this package)."""
        chosen = os.environ.get(ENVIRONMENT_VARIABLE)
        if chosen:
            return cls(Path(chosen))
        here = Path.cwd()
        package = Path(__file__).resolve()
        for folder in (here, *here.parents, *package.parents):
            if (folder / _CONFIG).is_file():
                return cls(folder / "build" / "contracts")
        return cls(here / "build" / "contracts")

    def names(self) -> list[str]:
        """The names of all compiled contracts, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def load(self, name: str) -> Artifact:
        """Reads the contract called ``name``.

        Raises :class:`InputError` when it is not there, cannot be read, or still needs a library linked.
        """
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def _load(self, name: str) -> Artifact:
        if re.fullmatch(r"\w+", name) is None:
            raise InputError(f"a contract's name has letters, digits and underscores, got {name!r}")
        path = self.folder / f"{name}.json"
        try:
            built = json.loads(path.read_bytes())
            abi, code, deployed = built["abi"], built["bytecode"], built["deployedBytecode"]
        except FileNotFoundError:
            raise InputError(
                f"no compiled contract {name} in {self.folder}: run `brownie compile`, or set {ENVIRONMENT_VARIABLE} "
                "to the folder of the build's JSON files"
            ) from None
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path} is not a compiled contract ({error!r}): run `brownie compile --all`") from error
        try:
            return Artifact(name, abi, _bytes(code), _bytes(deployed))
        except ValueError:
            raise InputError(f"{name} needs a library linked, which this project's contracts never do") from None

    @cached_property
    def all_abis(self) -> list[list[dict[str, Any]]]:
        """The ABIs of all compiled contracts: what a revert or a log of an unexpected contract is decoded with."""
        return [self.load(name).abi for name in self.names()]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
