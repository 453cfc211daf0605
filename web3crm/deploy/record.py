"""What was deployed: one JSON file per chain and environment, ``deployments/<chainId>-<network>-<environment>.json``.

It is written after every confirmed transaction, in one piece (a temporary file that takes the old one's place), so
that a run that broke can be resumed. Before a transaction is sent its sender, nonce and hash are noted, so that even
a run that broke between sending and confirming does not send it twice. A finished record is never replaced, and one
that does not fit the chain is refused.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from web3crm.chain import Chain
from web3crm.errors import DeploymentError
from web3crm.files import atomic_file, locked

__all__ = ["Record", "Records"]

FORMAT = 1
COMMONS = "commons"


class Record:
    """One deployment's record. ``data`` is what the file holds; :meth:`save` writes it."""

    def __init__(self, data: dict[str, Any], path: Path | None) -> None:
        self.data = data
        self.path = path

    @property
    def where(self) -> str:
        """What errors call this record."""
        return str(self.path) if self.path else f"the record of {self.data['environment']} in memory"

    @property
    def complete(self) -> bool:
        """Whether the deployment was finished."""
        return bool(self.data["complete"])

    @property
    def deployer(self) -> str:
        """Who deployed: the only one who can resume, since only she has the powers that are handed over in the end."""
        return str(self.data["deployer"])

    @property
    def contracts(self) -> dict[str, dict[str, Any]]:
        """Contract name to what is known of it: address, transaction, block, args, codeHash."""
        found: dict[str, dict[str, Any]] = self.data["contracts"]
        return found

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        """Step to the transaction and block that did it."""
        found: dict[str, dict[str, Any]] = self.data["steps"]
        return found

    def address(self, contract: str) -> str:
        """The address of a recorded contract."""
        try:
            return str(self.contracts[contract]["address"])
        except KeyError:
            raise DeploymentError(f"{self.where} has no {contract}: the deployment did not get that far") from None

    def first_block(self) -> int:
        """A block before which nothing of this deployment happened."""
        return min((item["block"] for item in self.contracts.values()), default=0)

    def save(self) -> None:
        """Writes the record: all of it or nothing."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(self.path, mode=0o644) as file:  # a record is public
            file.write((json.dumps(self.data, indent=2) + "\n").encode())

    def mismatches(self, chain: Chain) -> list[str]:
        """What of this record the chain does not confirm: contracts that are not there or are others."""
        found = []
        for name, item in self.contracts.items():
            code = chain.code(item["address"])
            if not code:
                found.append(f"there is no code at {name}'s address {item['address']}")
            elif code_hash(code) != item["codeHash"]:
                found.append(f"the code at {name}'s address {item['address']} is not what was deployed")
        return found


class Records:
    """Where records are kept: a folder, or memory only (``Records.in_memory()``)."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._memory: dict[str, dict[str, Any]] = {}

    @classmethod
    def in_memory(cls) -> Records:
        """Records that leave nothing behind."""
        return cls(None)

    @classmethod
    def default(cls, chain: Chain) -> Records:
        """Memory for a development chain, the folder ``deployments`` for any other."""
        return cls.in_memory() if chain.is_local else cls(Path("deployments"))

    def path(self, chain: Chain, environment: str) -> Path | None:
        """The file of an environment's record on this chain."""
        if self.folder is None:
            return None
        return self.folder / f"{chain.chain_id}-{chain.network}-{environment}.json"

    def names(self, chain: Chain) -> list[str]:
        """The programmes that have a record on this chain, sorted."""
        prefix = f"{chain.chain_id}-{chain.network}-"
        if self.folder is None:
            found = [key.removeprefix(prefix) for key in self._memory if key.startswith(prefix)]
        else:
            found = [path.stem.removeprefix(prefix) for path in self.folder.glob(f"{prefix}*.json")]
        return sorted(name for name in found if name != COMMONS)

    def read(self, chain: Chain, environment: str) -> Record | None:
        """The record of an environment, or None when there is none.

        Raises :class:`DeploymentError` when it cannot be read or does not fit this chain. A development chain that
        was started anew has no record: what an earlier one left is disregarded.
        """
        record = self._read(chain, environment)
        if record is None:
            return None
        if record.data.get("chainId") != chain.chain_id or record.data.get("environment") != environment:
            raise DeploymentError(
                f"{record.where} is of chain {record.data.get('chainId')} and {record.data.get('environment')!r}, "
                f"not of chain {chain.chain_id} and {environment!r}: connect to its chain or move it away"
            )
        wrong = record.mismatches(chain)
        if wrong and chain.is_local:
            return None
        if wrong:
            raise DeploymentError(
                f"{record.where} does not fit the chain: {'; '.join(wrong)}. "
                "Is this the right network? If so, move the record away"
            )
        return record

    def _read(self, chain: Chain, environment: str) -> Record | None:
        path = self.path(chain, environment)
        if path is None:
            data = self._memory.get(f"{chain.chain_id}-{chain.network}-{environment}")
            return None if data is None else Record(data, None)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DeploymentError(f"{path} cannot be read as a record ({error}): mend it or move it away") from None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise DeploymentError(f"{path} is not a record of format {FORMAT}: move it away")
        return Record(data, path)

    def create(self, chain: Chain, environment: str, *, deployer: str, **more: Any) -> Record:
        """A new record, saved. Only a development chain's stale record may be in its place."""
        path = self.path(chain, environment)
        if path is not None and path.exists() and not chain.is_local:
            raise DeploymentError(f"{path} is there already: a record is never replaced")
        data = {
            "format": FORMAT,
            "chainId": chain.chain_id,
            "network": chain.network,
            "environment": environment,
            "complete": False,
            "deployer": deployer,
            **copy.deepcopy(more),
            "contracts": {},
            "steps": {},
            "pending": None,
        }
        record = Record(data, path)
        if path is None:
            self._memory[f"{chain.chain_id}-{chain.network}-{environment}"] = data
        record.save()
        return record

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps a second run from deploying at the same time. The lock ends with the process, however it ends."""
        if self.folder is None:
            yield
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        busy = DeploymentError(f"another run is deploying with the records in {self.folder}: wait for it")
        with locked(self.folder, busy):
            yield


def code_hash(code: bytes) -> str:
    """The keccak-256 of deployed code, as EXTCODEHASH gives it."""
    return "0x" + keccak(code).hex()
