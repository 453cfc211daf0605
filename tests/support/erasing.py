"""A brand with processors, and customers who shared data with it, on a running chain: for the tests of erasures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from web3crm.chain import Chain, LocalChain
from web3crm.chain.relay import relay
from web3crm.chain.typed_data import consent_request_erasure
from web3crm.deploy import Commons
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasing import Acknowledged, Collected, Worker, acknowledge, erase_for
from web3crm.privacy.erasure_receipts import ProcessorReceipt, Verification, sign_receipt, verify
from web3crm.privacy.erasures import ErasureRequest, request_of
from web3crm.privacy.processor_list import ListedProcessor
from web3crm.privacy.processors import BlobStoreProcessor, KeeperProcessor, Processor
from web3crm.vault import ClearFile, DatasetId, EmbeddedStore, Identity, SealedDataset, Vault, Verdict

DAY = 86_400
PERIOD = 30 * DAY
KEEPER, BLOBS, LETTERS = "Envelope keeper", "Blob store", "Letter service"


class OpenGate:
    """Lets everything be released."""

    def check(self, **question: Any) -> Verdict:
        return Verdict(True, block=1)


@dataclass
class Fixed:
    """A processor that answers what it is told to, and counts how often it is asked."""

    name: str
    address: str
    answer: ErasedItems | BaseException = field(
        default_factory=lambda: ErasedItems.of([ErasedItem("letters", erased=2)])
    )
    asked: int = 0

    def erase(self, request: ErasureRequest) -> ErasedItems:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@dataclass
class Scene:
    """The brand is account 1, customers are 3, 4 and 5, the processors 7, 8 and 9 (the last is outside)."""

    local: LocalChain
    chain: Chain
    commons: Commons
    folder: Path
    key: Identity = field(default_factory=Identity.generate)
    vaults: dict[str, Vault] = field(default_factory=dict)
    store: Any = None

    def __post_init__(self) -> None:
        self.blobs = self.store or EmbeddedStore(self.folder / "blobs")
        self.brand: LocalAccount = self.local.accounts[1]
        self.listed = (
            ListedProcessor(name=KEEPER, address=self.local.accounts[7].address, kind="keeper", within=7 * DAY),
            ListedProcessor(name=BLOBS, address=self.local.accounts[8].address, kind="blobs", within=7 * DAY),
            ListedProcessor(name=LETTERS, address=self.local.accounts[9].address, within=20 * DAY),
        )

    @property
    def consents(self) -> Any:
        return self.commons.consents

    @property
    def datasets(self) -> Any:
        return self.commons.datasets

    def customer(self, number: int = 3) -> LocalAccount:
        return self.local.accounts[number]

    def vault(self, number: int = 3) -> Vault:
        who = self.customer(number).address
        if who not in self.vaults:
            self.vaults[who] = Vault(
                who, Identity.generate(), store=self.blobs, folder=self.folder / "vaults" / who, gate=OpenGate()
            )
        return self.vaults[who]

    def seal(self, number: int = 3, *, text: bytes = b"{}", files: int = 2) -> SealedDataset:
        clear = [ClearFile(f"{index}.json", "application/json", text + b" " * index) for index in range(files)]
        return self.vault(number).create(clear, data_class=0)

    def mint(self, digest: bytes, number: int = 3) -> DatasetId:
        receipt = self.chain.transact(self.datasets.functions.mint(digest, 0), sender=self.customer(number))
        (made,) = self.chain.events(receipt, self.datasets, "DatasetMinted")
        return DatasetId(self.chain.chain_id, str(self.datasets.address), made.args["datasetId"])

    def share(self, number: int = 3, *, brand: str | None = None) -> tuple[SealedDataset, DatasetId]:
        """A customer's dataset, of which the brand could be given the envelope."""
        sealed = self.seal(number)
        dataset = self.mint(sealed.manifest_digest, number)
        self.vault(number).attach(sealed.manifest_digest, dataset)
        self.vault(number).share(dataset, brand or self.brand.address, self.key.recipient)
        return sealed, dataset

    def ask(self, number: int = 3, *, brand: str | None = None) -> ErasureRequest:
        to = brand or self.brand.address
        self.chain.transact(self.consents.functions.requestErasure(to), sender=self.customer(number))
        return self.request(number, brand=to)

    def ask_by_signature(self, number: int, *, relayer: int) -> ErasureRequest:
        message = consent_request_erasure(
            domain=self.chain.domain(self.consents),
            customer=self.customer(number).address,
            brand=self.brand.address,
            nonce=7,
            deadline=self.chain.now() + DAY,
        )
        signature = self.chain.sign(message, sender=self.customer(number))
        sender = self.local.accounts[relayer]
        relay(self.chain, self.consents, "requestErasureBySig", message, signature, sender=sender)
        return self.request(number)

    def request(self, number: int = 3, *, brand: str | None = None) -> ErasureRequest:
        found = request_of(
            self.chain,
            self.consents,
            customer=self.customer(number).address,
            brand=brand or self.brand.address,
        )
        assert found is not None
        return found

    def collected(self, request: ErasureRequest, listed: tuple[ListedProcessor, ...] | None = None) -> Collected:
        return Collected(self.folder / "erasures", self.chain, self.consents, request, listed or self.listed)

    def keeper(self, number: int = 3) -> KeeperProcessor:
        return KeeperProcessor(self.vault(number).keeper, name=KEEPER, address=self.listed[0].address)

    def blob_store(self, *, own: bool = True, store: Any = None) -> BlobStoreProcessor:
        return BlobStoreProcessor(
            store or self.blobs, self.chain, self.datasets, own=own, name=BLOBS, address=self.listed[1].address
        )

    def letters(self, answer: ErasedItems | BaseException | None = None) -> Fixed:
        fixed = Fixed(LETTERS, self.listed[2].address)
        fixed.answer = fixed.answer if answer is None else answer
        return fixed

    def workers(self, *processors: Processor) -> list[Worker]:
        keys = {account.address: account for account in self.local.accounts}
        return [Worker(processor, keys[processor.address]) for processor in processors]

    def everybody(self, number: int = 3) -> list[Worker]:
        return self.workers(self.keeper(number), self.blob_store(), self.letters())

    def signed(self, request: ErasureRequest, index: int, **other: Any) -> ProcessorReceipt:
        """A receipt of one of the listed processors, with other values where they are named."""
        listed = self.listed[index]
        values: dict[str, Any] = {
            "processor": listed.address,
            "name": listed.name,
            "items": ErasedItems.of([ErasedItem("letters")]),
            "erased_at": self.chain.now(),
            "sender": self.local.accounts[7 + index],
        }
        return sign_receipt(self.chain, self.consents, request, **{**values, **other})

    def acknowledge(self, request: ErasureRequest, **options: Any) -> Acknowledged:
        return acknowledge(self.collected(request), blobs=self.blobs, sender=self.brand, **options)

    def whole_round(self, number: int = 3) -> Acknowledged:
        request = self.ask(number)
        run = erase_for(self.collected(request), self.everybody(number))
        assert run.failed == {}
        return self.acknowledge(request)

    def anchor(self, request: ErasureRequest, data_digest: bytes) -> None:
        """What a brand can do whatever this package refuses."""
        act = self.consents.functions.acknowledgeErasure(request.customer, data_digest)
        self.chain.transact(act, sender=self.brand)

    def verified(self, data: bytes, **options: Any) -> Verification:
        return verify(data, self.chain, self.consents, options.pop("listed", self.listed), **options)
