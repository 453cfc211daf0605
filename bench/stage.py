"""Where acts are measured: one chain, the same accounts for everybody, and every act rolled back after its receipt was read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from bench.peers import compiled
from web3crm.chain import Artifacts, Chain, LocalChain, Prepared
from web3crm.chain.typed_data import TypedData, sign

OURS = "web3crm"
GENESIS = 1_767_225_600
"""2026-01-01: the same time in every run, since a budget's windows begin at fixed times."""
STEP = 12
"""Seconds from block to block: whether two acts share a second decides whether they share a checkpoint of votes."""
HARDFORK = "cancun"

POINT = 10**18
DAY = 86_400
MONTH = 30 * DAY
NATIVE = "0x" + "00" * 20
REF = b"\x22" * 32
DEADLINE = 4_102_444_800
"""2100-01-01: a deadline and an expiry that do not pass."""


@dataclass(frozen=True)
class Row:
    """What an act costs here, and there."""

    act: str
    gas: Mapping[str, int]


@dataclass
class Table:
    """The acts of one field and the peers they are held against; ``notes`` says what each peer does and leaves out."""

    title: str
    peers: Sequence[str]
    notes: Sequence[str]
    rows: list[Row] = field(default_factory=list)

    def add(self, act: str, gas: Mapping[str, int]) -> None:
        """Adds an act; a peer that cannot do it is left out of ``gas``."""
        unknown = set(gas) - {OURS, *self.peers}
        if unknown:
            raise KeyError(f"{self.title} has no column for {', '.join(sorted(unknown))}")
        self.rows.append(Row(act, dict(gas)))


class Stage:
    """The chain, its actors, our artifacts and the peers'."""

    def __init__(self, local: LocalChain, peers: Artifacts) -> None:
        self.ours = local.chain
        self.theirs = Chain.connect(local.url, artifacts=peers)
        keys = local.accounts
        self.keys: dict[str, LocalAccount] = {account.address: account for account in keys}
        people = [account.address for account in keys[:9]]
        self.deployer, self.brand, self.issuer, self.alice, self.bob, self.carol, self.relayer, _, self.guardian = (
            people
        )

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Stage]:
        """A running anvil on a free port, as every run finds it."""
        peers = compiled()
        with LocalChain("anvil", hardfork=HARDFORK, arguments=["--timestamp", str(GENESIS)]) as local:
            stage = cls(local, peers)
            stage.ours.rpc("anvil_setBlockTimestampInterval", [STEP])
            # Mined on demand: mining by itself, anvil was once seen to forget an act that had been undone and was done again.
            stage.ours.rpc("evm_setAutomine", [False])
            yield stage

    # --- arranging ----------------------------------------------------------------------------------------------------

    def deploy(self, name: str, *args: Any) -> Contract:
        """One of our contracts, from ``build/contracts``."""
        return self._deploy(self.ours, name, args)

    def deploy_peer(self, name: str, *args: Any) -> Contract:
        """One of the peers, from ``bench/contracts``."""
        return self._deploy(self.theirs, name, args)

    def _deploy(self, chain: Chain, name: str, args: Sequence[Any]) -> Contract:
        prepared = chain.prepare_deployment(name, args, sender=self.deployer)
        self._mine(prepared)
        return chain.contract(name, prepared.creates)

    def _mine(self, prepared: Prepared) -> TxReceipt:
        sent = self.ours.submit(prepared)
        self.ours.rpc("evm_mine", [])
        return self.theirs.wait(sent, act=prepared.act)

    def send(self, act: ContractFunction, sender: str, value: int = 0) -> TxReceipt:
        """Does something that lasts; returns the receipt."""
        return self._mine(self.theirs.prepare(act, sender=sender, value=value))

    def call(self, act: ContractFunction, sender: str | None = None) -> Any:
        """Asks a contract."""
        return self.theirs.call(act, sender=sender)

    def sign(self, message: TypedData, signer: str) -> bytes:
        """The signature of a message by one of the actors."""
        return sign(message, self.keys[signer])

    def sign_digest(self, digest: bytes, signer: str) -> bytes:
        """The signature of 32 bytes by one of the actors, for a message that a peer has hashed itself."""
        return bytes(Account.unsafe_sign_hash(digest, self.keys[signer].key).signature)

    def pass_time(self, seconds: int) -> None:
        """A block so many seconds later."""
        block = self.ours.rpc("eth_getBlockByNumber", ["latest", False])
        self.ours.rpc("evm_setNextBlockTimestamp", [int(block["timestamp"], 16) + seconds])
        self.ours.rpc("evm_mine", [])

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """What happens within is undone."""
        snapshot = self.ours.snapshot()
        try:
            yield
        finally:
            self.ours.revert(snapshot)

    # --- measuring ----------------------------------------------------------------------------------------------------

    def cost(self, act: ContractFunction, sender: str, value: int = 0, per: int = 1) -> int:
        """The gas of an act's whole receipt, or of one of the ``per`` things done in it, rounded up. The act is undone."""
        with self.rolled_back():
            return math.ceil(self.send(act, sender, value)["gasUsed"] / per)
