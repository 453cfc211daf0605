"""A brand, a customer with a dataset and a consent, and money for offers, on a chain of the package's own tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web3.contract import Contract
from web3.contract.contract import ContractFunction

from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Commons, deploy_commons
from web3crm.domain import NATIVE

DAY = 86_400
PRICE, PERIOD = 1_000_003, 1_000
PURPOSE, DATA_CLASS = 2, 5
MANIFEST = b"\x11" * 32
ENVELOPE = b"\x22" * 32
GAS = 600_000
"""Enough for every act here; nothing is estimated where the state before the block does not yet allow it."""


@dataclass(frozen=True)
class Mined:
    """A block: which of its acts were done, its number and time, and what was seen while it was the newest."""

    done: list[bool]
    block: int
    at: int
    seen: Any


@dataclass(frozen=True)
class Stage:
    """The contracts, who acts, and the acts by name."""

    local: LocalChain
    commons: Commons
    dataset_id: int

    @property
    def chain(self) -> Chain:
        return self.local.chain

    @property
    def accesses(self) -> Contract:
        return self.commons.accesses

    @property
    def parts(self) -> dict[str, Contract]:
        return {"consents": self.commons.consents, "datasets": self.commons.datasets}

    @property
    def brand(self) -> str:
        return self.local.accounts[1].address

    @property
    def alice(self) -> str:
        return self.local.accounts[3].address

    @property
    def anybody(self) -> str:
        return self.local.accounts[6].address

    def grant(self) -> ContractFunction:
        return self.commons.consents.functions.grant(self.brand, 1 << PURPOSE, 1 << DATA_CLASS, 1, 0)

    def withdraw(self) -> ContractFunction:
        return self.commons.consents.functions.withdrawAll(self.brand)

    def terms(self, salt: int = 0, *, minimum: int = 0, dataset_id: int | None = None) -> tuple[Any, ...]:
        """An offer as the contract takes it."""
        dataset = self.dataset_id if dataset_id is None else dataset_id
        return (dataset, MANIFEST, NATIVE, PRICE, PURPOSE, PERIOD, minimum, self.chain.now() + DAY, salt)

    def offer(self, salt: int = 0, **changes: int) -> int:
        """Makes an offer; the access's id."""
        receipt = self.chain.transact(self.accesses.functions.offer(self.terms(salt, **changes)), sender=self.brand)
        return int(self.chain.events(receipt, self.accesses, "AccessOffered")[0].args["accessId"])

    def accepted(self, salt: int = 0, **changes: int) -> int:
        """Makes an offer and accepts it; the access's id."""
        access_id = self.offer(salt, **changes)
        self.chain.transact(self.accesses.functions.accept(access_id, ENVELOPE), sender=self.alice)
        return access_id

    def state(self, access_id: int) -> tuple[bool, int]:
        """What ``canRead`` says."""
        readable, reason = self.chain.call(self.accesses.functions.canRead(access_id))
        return readable, reason

    def is_allowed(self) -> bool:
        asked = self.commons.consents.functions.isAllowed(self.alice, self.brand, PURPOSE, DATA_CLASS)
        return bool(self.chain.call(asked))

    def in_one_block(self, *acts: tuple[str, ContractFunction], then: Callable[[], Any] = lambda: None) -> Mined:
        """Mines the acts (sender and act) in one block, in this order, and asks ``then`` while that block is the newest."""
        rpc, anvil = self.chain.rpc, self.local.program == "anvil"
        rpc(*("evm_setAutomine", [False]) if anvil else ("miner_stop", []))
        try:
            # The best paid first; of one sender in the order of nonces, which the node counts up.
            hashes = [
                rpc("eth_sendTransaction", [_request(sender, act, (len(acts) - place) * 10**10)])
                for place, (sender, act) in enumerate(acts)
            ]
            rpc("evm_mine", [])
            block, at = self.chain.head()
            seen = then()
        finally:
            # Ganache makes an empty block here.
            rpc(*("evm_setAutomine", [True]) if anvil else ("miner_start", []))
        receipts = [rpc("eth_getTransactionReceipt", [sent]) for sent in hashes]
        places = [(int(each["blockNumber"], 16), int(each["transactionIndex"], 16)) for each in receipts]
        assert places == [(block, place) for place in range(len(acts))]
        return Mined([each["status"] == "0x1" for each in receipts], block, at, seen)


def _request(sender: str, act: ContractFunction, gas_price: int) -> dict[str, str]:
    return {
        "from": sender,
        "to": act.address,
        "data": act._encode_transaction_data(),
        "gas": hex(GAS),
        "gasPrice": hex(gas_price),
    }


def prepare(local: LocalChain) -> Stage:
    """A brand with a notice and money, and Alice, who consents and has a dataset."""
    chain, brand, alice = local.chain, local.accounts[1].address, local.accounts[3].address
    commons = deploy_commons(chain, sender=local.accounts[0])
    consents, datasets = commons.consents.functions, commons.datasets.functions
    chain.transact(consents.publishNotice(b"\x01" * 32, "", 0, 0, 1, 30 * DAY), sender=brand)
    money = 10 * PRICE
    chain.transact(commons.accesses.functions.fund(brand, NATIVE, money), sender=brand, value=money)
    chain.transact(datasets.mint(MANIFEST, DATA_CLASS), sender=alice)
    stage = Stage(local, commons, chain.call(datasets.datasetIdOf(alice, MANIFEST, DATA_CLASS)))
    chain.transact(stage.grant(), sender=alice)
    return stage
