"""The engine that takes the steps of a deployment one by one, and the bar that shows it.

Each step is one transaction. A step that the record has is not taken again; one that the chain already shows (a role
that is granted, a tier that is there) is recorded and not sent; one that was sent but never confirmed is looked up
first. So a run may break anywhere and the next one ends in the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from web3crm.chain import Chain, Prepared, Sender
from web3crm.chain.accounts import address_of, sender_of
from web3crm.chain.connection import created_address
from web3crm.deploy.record import Record, code_hash
from web3crm.errors import ChainError, DeploymentError

__all__ = ["Act", "Deploy", "Engine", "ProgressBar", "Step", "Watcher"]


@dataclass(frozen=True)
class Deploy:
    """Deploys ``contract``; ``args`` makes the constructor's arguments of the addresses of what was deployed before."""

    contract: str
    args: Callable[[Mapping[str, str]], Sequence[Any]]

    @property
    def key(self) -> str:
        """The step's name in the record."""
        return f"deploy {self.contract}"

    @property
    def title(self) -> str:
        """What a person reads."""
        return f"deploy {self.contract}"


@dataclass(frozen=True)
class Act:
    """One transaction to a deployed contract. ``done`` reads from the chain whether it is needed any more."""

    key: str
    title: str
    act: Callable[[Engine], ContractFunction]
    done: Callable[[Engine], bool]


Step = Deploy | Act


class Watcher(Protocol):
    """Is told of each step: before it is taken (``done`` false) and after."""

    def __call__(self, number: int, count: int, title: str, *, done: bool) -> None:
        """Step ``number`` of ``count``, counted from 1."""


class Engine:
    """Takes the steps of one record's deployment."""

    def __init__(
        self, chain: Chain, record: Record, sender: Sender, *, deployed: Mapping[str, str] | None = None
    ) -> None:
        self.chain = chain
        self.record = record
        self.sender = sender_of(sender)
        self._deployed = dict(deployed or {})

    @property
    def deployer(self) -> str:
        """The address that deploys."""
        return address_of(self.sender)

    @property
    def addresses(self) -> dict[str, str]:
        """Contract name to address: what was given (the commons) and what this record has."""
        return {**self._deployed, **{name: item["address"] for name, item in self.record.contracts.items()}}

    def contract(self, name: str) -> Contract:
        """A contract of this deployment."""
        return self.chain.contract(name, self.addresses[name])

    def run(self, steps: Sequence[Step], watch: Watcher | None = None) -> None:
        """Takes all steps that are not taken yet, then marks the record complete."""
        for number, step in enumerate(steps, 1):
            if watch:
                watch(number, len(steps), step.title, done=False)
            if isinstance(step, Deploy):
                self._deploy(step)
            else:
                self._act(step)
            if watch:
                watch(number, len(steps), step.title, done=True)
        self.record.data["complete"] = True
        self.record.save()

    def _deploy(self, step: Deploy) -> None:
        if step.contract in self.record.contracts:
            return
        args = list(step.args(self.addresses))
        found = self._sent_before(step.key)
        address: str | None = None
        transaction: str | None = None
        block = 0
        if found is not None:
            receipt, address = found
        else:
            receipt = self._send(step.key, self.chain.prepare_deployment(step.contract, args, sender=self.sender))
        if receipt is not None:
            address = str(receipt["contractAddress"])
            transaction, block = "0x" + bytes(receipt["transactionHash"]).hex(), receipt["blockNumber"]
        assert address is not None  # noqa: S101 - one of both is known
        code = self.chain.code(address)
        if not self.chain.artifacts.load(step.contract).compiled_to(code):
            raise DeploymentError(
                f"what stands at {address} is not the compiled {step.contract}: "
                "was it recompiled since this deployment began? Nothing was recorded"
            )
        self.record.contracts[step.contract] = {
            "address": address,
            "transaction": transaction,
            "block": block,
            "args": _json(args),
            "codeHash": code_hash(code),
        }
        self._confirmed()

    def _act(self, step: Act) -> None:
        if step.key in self.record.steps:
            return
        self._sent_before(step.key)
        if step.done(self):
            self.record.steps[step.key] = {"transaction": None, "block": self.chain.block_number()}
        else:
            receipt = self._send(step.key, self.chain.prepare(step.act(self), sender=self.sender))
            self.record.steps[step.key] = {
                "transaction": "0x" + bytes(receipt["transactionHash"]).hex(),
                "block": receipt["blockNumber"],
            }
        self._confirmed()

    def _send(self, key: str, prepared: Prepared) -> TxReceipt:
        pending = {"step": key, "sender": prepared.sender, "nonce": prepared.nonce, "transaction": prepared.hash}
        self.record.data["pending"] = pending
        self.record.save()
        pending["transaction"] = self.chain.submit(prepared)
        self.record.save()
        return self.chain.wait(str(pending["transaction"]), act=key)

    def _sent_before(self, key: str) -> tuple[TxReceipt | None, str | None] | None:
        """What became of a transaction that an earlier run sent for this step: its receipt, or the contract it made."""
        pending = self.record.data["pending"]
        if pending is None or pending["step"] != key:
            return None
        sent = pending["transaction"]
        if sent is not None and self.chain.rpc("eth_getTransactionByHash", [sent]) is not None:
            try:
                return self.chain.wait(sent, act=key), None
            except ChainError:
                receipt = self.chain.receipt(sent)
                if receipt is None or receipt["status"] == 1:
                    raise  # it may still be mined: sending another one could do it twice
        made = created_address(pending["sender"], pending["nonce"])
        if key.startswith("deploy ") and self.chain.code(made):
            return None, made
        return None

    def _confirmed(self) -> None:
        self.record.data["pending"] = None
        self.record.save()


def _json(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return "0x" + value.hex() if isinstance(value, bytes) else value


class ProgressBar(AbstractContextManager["ProgressBar"]):
    """A :class:`Watcher` that shows the steps as a bar on the terminal: ``with ProgressBar() as watch: …``."""

    def __init__(self, what: str = "deploying", console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[what]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
        )
        self._task = self._progress.add_task("", total=None, what=what)

    def __enter__(self) -> ProgressBar:
        return self  # the bar appears with the first step: there may be none to take

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, number: int, count: int, title: str, *, done: bool) -> None:
        """Shows the step that is being taken."""
        self._progress.start()
        self._progress.update(self._task, total=count, completed=number if done else number - 1, description=title)
