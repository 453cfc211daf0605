"""What the chapters on data share: brands that can open datasets, and customers with a vault."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eth_account.signers.local import LocalAccount
from web3.contract import Contract
from web3.types import TxReceipt

from web3crm.chain import relay
from web3crm.chain.typed_data import TypedData, consent_grant, dataset_mint
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.stage import DemoFailed, Stage
from web3crm.deploy import Programme
from web3crm.domain.consent import bit_set
from web3crm.errors import KeyReleaseRefused
from web3crm.privacy.notice import NoticeFile
from web3crm.privacy.notices import read_notice
from web3crm.vault import (
    BlobStore,
    ChainGate,
    ChainLedger,
    ClearFile,
    DatasetId,
    Grantee,
    Identity,
    Vault,
    derive_identity,
    recipient_from_bytes,
    recipient_to_bytes,
    sign_with,
)

__all__ = [
    "DAY",
    "Archive",
    "Reader",
    "class_bit",
    "grant",
    "mint",
    "notice_of",
    "picture",
    "profile",
    "purchases",
    "purpose_bit",
    "refusal",
    "relayed",
]

DAY = 86_400
_NOTICES = Path("deployments/notices")


@dataclass(frozen=True)
class Reader:
    """A brand that opens datasets: its programme, who publishes for it, and its side of the vault."""

    programme: Programme
    staff: LocalAccount
    grantee: Grantee = field(repr=False)

    @property
    def brand(self) -> str:
        """Its address."""
        return self.programme.brand


@dataclass
class Archive:
    """Blobs, the customers' vaults below one folder, and what all of them ask the chain with."""

    cast: Cast
    blobs: BlobStore
    folder: Path
    ledger: ChainLedger = field(init=False)
    gate: ChainGate = field(init=False)

    def __post_init__(self) -> None:
        chain, commons = self.cast.chain, self.cast.coffee.commons
        consents, datasets = commons.consents, commons.datasets
        keys, accesses = commons.keys, commons.accesses
        self.ledger = ChainLedger(chain, consents=consents, datasets=datasets, keys=keys, accesses=accesses)
        self.gate = ChainGate(chain, consents=consents, datasets=datasets, keys=keys, accesses=accesses)

    def vault(self, customer: Customer) -> Vault:
        """The customer's vault; her key comes from a signature of her wallet."""
        identity = derive_identity(customer.address, sign_with(customer.wallet))
        folder = self.folder / "vaults" / customer.address
        folder.mkdir(parents=True, exist_ok=True)
        return Vault(customer.address, identity, store=self.blobs, folder=folder, gate=self.gate)

    def reader(self, stage: Stage, programme: Programme, staff: LocalAccount) -> Reader:
        """The brand makes a key and publishes its public half under its own address, through its authority."""
        identity = Identity.generate()
        act = programme.commons.keys.functions.publish(recipient_to_bytes(identity.recipient))
        stage.spent("publish a brand's key", self.cast.chain.transact(programme.as_brand(act), sender=staff))
        return Reader(programme, staff, Grantee(programme.brand, identity, ledger=self.ledger, store=self.blobs))

    def recipient(self, reader: Reader) -> str:
        """The key that a brand has published, for envelopes."""
        keys = reader.programme.commons.keys.functions
        published, _, _ = self.cast.chain.call(keys.recipientOf(reader.brand))
        return recipient_from_bytes(published)


def notice_of(programme: Programme, version: int) -> NoticeFile:
    """A version of a brand's notice, from its file."""
    return read_notice(_NOTICES / programme.params.programme / f"{version}.yaml")


def purpose_bit(notice: NoticeFile, name: str) -> int:
    """The number that a notice gives a purpose."""
    return next(item.bit for item in notice.purposes if item.name == name)


def class_bit(notice: NoticeFile, name: str) -> int:
    """The number that a notice gives a data class."""
    return next(item.bit for item in notice.data_classes if item.name == name)


def relayed(
    stage: Stage,
    cast: Cast,
    customer: Customer,
    act: tuple[Contract, str],
    message: TypedData,
    what: str,
    *,
    sender: LocalAccount | None = None,
) -> TxReceipt:
    """The customer signs a message; somebody else, the relayer by default, sends it to the contract's function."""
    contract, function = act
    signature = cast.sign(message, customer)
    receipt = relay(cast.chain, contract, function, message, signature, sender=sender or cast.relayer)
    stage.spent(f"{what} (relayed)", receipt)
    return receipt


def mint(
    stage: Stage, archive: Archive, customer: Customer, files: Sequence[ClearFile], *, data_class: int
) -> DatasetId:
    """Seals files and mints their dataset; the customer signs, somebody else sends."""
    cast = archive.cast
    chain, datasets, vault = cast.chain, cast.coffee.commons.datasets, archive.vault(customer)
    sealed = vault.create(files, data_class=data_class)
    minting = dataset_mint(
        domain=chain.domain(datasets),
        owner=customer.address, manifest_digest=sealed.manifest_digest, data_class=data_class, nonce=cast.nonce(),
        deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relayed(stage, cast, customer, (datasets, "mintBySig"), minting, "mint a dataset")
    (minted,) = chain.events(receipt, datasets, "DatasetMinted")
    dataset = DatasetId(chain.chain_id, datasets.address, minted.args["datasetId"])
    vault.attach(sealed.manifest_digest, dataset)
    return dataset


def grant(
    stage: Stage, cast: Cast, customer: Customer, programme: Programme, notice: NoticeFile, purposes: Sequence[str]
) -> None:
    """The customer signs a consent to the named purposes, and to the classes of data that they use."""
    chain, consents = cast.chain, programme.commons.consents
    agreed = [item for item in notice.purposes if item.name in purposes]
    if len(agreed) != len(purposes):
        raise DemoFailed(f"notice {notice.version} of {notice.programme} has not all of {', '.join(purposes)}")
    classes = {item.bit for purpose in agreed for item in notice.classes_of(purpose)}
    message = consent_grant(
        domain=chain.domain(consents),
        customer=customer.address, brand=programme.brand, purposes=bit_set(item.bit for item in agreed),
        data_classes=bit_set(classes), notice_version=notice.version, notice_digest=notice.digest,
        expires_at=chain.now() + 365 * DAY,
        nonce=chain.call(consents.functions.snapshotCount(customer.address, programme.brand)) + 1,
        deadline=cast.deadline(),
    )  # fmt: skip
    relayed(stage, cast, customer, (consents, "grantBySig"), message, "grant a consent")


def refusal(attempt: Callable[[], object]) -> str:
    """Why a key is not released."""
    try:
        attempt()
    except KeyReleaseRefused as refused:
        return refused.reason
    raise DemoFailed("an envelope was released without consent")


def profile(customer: Customer) -> bytes:
    """What a customer tells about herself: what the notices call her profile."""
    found = {"customer": customer.number, "born": 1971, "gender": "female", "province": "Chiang Mai"}
    return json.dumps(found, indent=2).encode()


def purchases(customer: Customer, source: Path) -> bytes:
    """The customer's own lines of the file of purchases."""
    lines = [line for line in _lines(source) if line.replace(",", " ").split()[:1] == [customer.number]]
    return ("\n".join(lines) + "\n").encode()


def _lines(source: Path) -> Iterator[str]:
    with source.open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def picture(side: int = 96) -> bytes:
    """A PNG of a cup seen from above, drawn here."""
    centre = side / 2
    rows = b"".join(
        b"\0" + b"".join(bytes(_colour((x - centre) ** 2 + (y - centre) ** 2, side)) for x in range(side))
        for y in range(side)
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _colour(distance: float, side: int) -> tuple[int, int, int]:
    if distance < (side * 0.36) ** 2:
        return (74, 44, 24)
    if distance < (side * 0.42) ** 2:
        return (250, 246, 238)
    return (196, 164, 120)
