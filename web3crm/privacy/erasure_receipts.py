"""Receipts of an erasure: each processor signs what it erased, and the brand anchors the digest of all of them.

What is signed is EIP-712 typed data (:mod:`web3crm.chain.typed_data.erasure`): it names the processor, the customer, the
brand, the time of the request and, by its domain, the registry and the chain, so that a receipt is good for one request
only. What is anchored by ``ConsentRegistry.acknowledgeErasure`` is the SHA-256 of one JSON document with all of them,
whose bytes are canonical (sorted keys, no blanks, ASCII): as it is one raw block, that digest is its CID as well, and
anybody finds the document from the chain alone. The format is ``schemas/erasure-receipt.schema.json``.

A receipt is a statement that somebody can be held to. That a copy is gone cannot be proved by anybody.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NoReturn

import jsonschema
from coincurve import PublicKey
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak
from web3.contract import Contract

from web3crm.chain import Chain, Sender
from web3crm.chain.accounts import address_of, sender_of
from web3crm.chain.reverts import revert_data
from web3crm.chain.typed_data import TypedData, erasure_receipt
from web3crm.errors import BlobCorrupt, ErasureError, InputError, RpcError
from web3crm.privacy.documents import schema
from web3crm.privacy.erased_items import ErasedItems
from web3crm.privacy.erasures import ErasureRequest, requests
from web3crm.privacy.processor_list import ListedProcessor
from web3crm.vault.cids import cid_of_digest
from web3crm.vault.stores import BlobStore
from web3crm.vault.unixfs import CHUNK_SIZE

__all__ = [
    "RECEIPT_LIMIT",
    "ErasureReceipt",
    "ProcessorReceipt",
    "Verification",
    "differences",
    "fetch_receipt",
    "is_signed_by",
    "receipt_schema",
    "sign_receipt",
    "verify",
]

RECEIPT_LIMIT = CHUNK_SIZE
"""Bytes of a receipt at most: one raw block."""

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_IS_VALID_SIGNATURE = bytes.fromhex("1626ba7e")


@dataclass(frozen=True, kw_only=True)
class ProcessorReceipt:
    """What one processor says it erased, and its signature. Times are Unix times in seconds."""

    chain_id: int
    consents: str
    customer: str
    brand: str
    requested_at: int
    processor: str
    name: str
    erased_at: int
    items: ErasedItems
    signature: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_addresses(consents=self.consents, customer=self.customer, brand=self.brand, processor=self.processor)
        _check_name(self.name)

    @property
    def typed_data(self) -> TypedData:
        """What was signed."""
        return erasure_receipt(
            chain_id=self.chain_id,
            consents=self.consents,
            processor=self.processor,
            name=self.name,
            customer=self.customer,
            brand=self.brand,
            requested_at=self.requested_at,
            erased_at=self.erased_at,
            items_digest=self.items.digest,
        )

    def answers(self, request: ErasureRequest, *, chain_id: int, consents: str) -> Iterator[str]:
        """What keeps this from being an answer to the request, in words; nothing if it is one."""
        if (self.chain_id, self.consents) != (chain_id, consents):
            yield f"is for the registry {self.consents} of chain {self.chain_id}, not {consents} of chain {chain_id}"
        if self.customer != request.customer:
            yield f"is about the customer {self.customer}, not {request.customer}"
        if self.brand != request.brand:
            yield f"is for the brand {self.brand}, not {request.brand}"
        if self.requested_at != request.requested_at:
            yield f"answers a request of the time {self.requested_at}, not the one of {request.requested_at}"

    @classmethod
    def parse(cls, data: bytes) -> ProcessorReceipt:
        """Reads one processor's file: canonical bytes only. Raises :class:`ErasureError`."""
        document = _read(data, "processor's receipt", _processor_validator())
        found = _processor_receipt(document, document)
        _check_canonical(found.to_bytes(), data, "processor's receipt")
        return found

    def to_bytes(self) -> bytes:
        """The canonical bytes of a file of its own."""
        return _canonical({**_head(self), **self.own_json()})

    def own_json(self) -> dict[str, Any]:
        """What is the processor's own, without what all receipts of a request share."""
        return {
            "processor": self.processor,
            "name": self.name,
            "erasedAt": self.erased_at,
            "items": self.items.to_json(),
            "signature": "0x" + self.signature.hex(),
        }


@dataclass(frozen=True, kw_only=True)
class ErasureReceipt:
    """All processors' receipts of one request, in the order of their addresses.

    ``missing`` are the addresses and names of those that the brand lists, that had not answered in their time, and
    without which it acknowledged: its own admission.
    """

    chain_id: int
    consents: str
    customer: str
    brand: str
    requested_at: int
    receipts: tuple[ProcessorReceipt, ...]
    missing: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _check_addresses(consents=self.consents, customer=self.customer, brand=self.brand)
        for address, name in self.missing:
            _check_addresses(**{"missing processor": address})
            _check_name(name)
        if not self.receipts:
            raise ErasureError("a receipt of an erasure needs that of one processor at least")
        for item in self.receipts:
            if _head(item) != _head(self):
                raise ErasureError(f"the receipt of {item.name} is not for the same request as the others")
        for addresses in ([item.processor for item in self.receipts], [address for address, _ in self.missing]):
            if addresses != sorted(set(addresses)):
                raise ErasureError("the processors must stand in the order of their addresses, none twice")

    @classmethod
    def of(cls, receipts: Sequence[ProcessorReceipt], missing: Sequence[tuple[str, str]] = ()) -> ErasureReceipt:
        """Puts the receipts of one request together. Raises :class:`ErasureError` if they are not of one."""
        if not receipts:
            raise ErasureError("a receipt of an erasure needs that of one processor at least")
        first = receipts[0]
        return cls(
            chain_id=first.chain_id,
            consents=first.consents,
            customer=first.customer,
            brand=first.brand,
            requested_at=first.requested_at,
            receipts=tuple(sorted(receipts, key=lambda item: item.processor)),
            missing=tuple(sorted(missing)),
        )

    @classmethod
    def parse(cls, data: bytes) -> ErasureReceipt:
        """Reads canonical bytes; raises :class:`ErasureError` for any others."""
        document = _read(data, "receipt", _validator())
        found = cls(
            chain_id=document["chainId"],
            consents=document["consents"],
            customer=document["customer"],
            brand=document["brand"],
            requested_at=document["requestedAt"],
            receipts=tuple(_processor_receipt(document, item) for item in document["receipts"]),
            missing=tuple((item["processor"], item["name"]) for item in document["missing"]),
        )
        _check_canonical(found.to_bytes(), data, "receipt")
        return found

    def to_bytes(self) -> bytes:
        """The canonical bytes. Raises :class:`ErasureError` when they are more than one block takes."""
        data = _canonical(
            {
                **_head(self),
                "missing": [{"processor": address, "name": name} for address, name in self.missing],
                "receipts": [item.own_json() for item in self.receipts],
            }
        )
        if len(data) > RECEIPT_LIMIT:
            raise ErasureError(f"the receipt has {len(data)} bytes, {RECEIPT_LIMIT} is the limit")
        return data

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes: what the brand anchors."""
        return sha256(self.to_bytes()).digest()

    @property
    def cid(self) -> str:
        """Where it lies in the blob store; follows from :attr:`digest`."""
        return cid_of_digest(self.digest)


@dataclass(frozen=True)
class Verification:
    """What was found about a receipt as of ``block``; it holds if there are no ``differences``.

    ``request`` is the one it answers, if there is one: it tells whether that was in time, which is another question.
    """

    block: int
    differences: tuple[str, ...]
    receipt: ErasureReceipt | None = None
    request: ErasureRequest | None = None

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return not self.differences


def sign_receipt(
    chain: Chain,
    consents: Contract,
    request: ErasureRequest,
    *,
    processor: str,
    name: str,
    items: ErasedItems,
    erased_at: int,
    sender: Sender,
) -> ProcessorReceipt:
    """A processor's receipt, signed by ``sender``: the processor itself, or a key that its wallet contract takes.

    Raises :class:`ErasureError` when the signature would not be taken as the processor's.
    """
    unsigned = ProcessorReceipt(
        chain_id=chain.chain_id,
        consents=consents.address,
        customer=request.customer,
        brand=request.brand,
        requested_at=request.requested_at,
        processor=processor,
        name=name,
        erased_at=erased_at,
        items=items,
        signature=b"",
    )
    signature = chain.sign(unsigned.typed_data, sender=sender)
    if not is_signed_by(chain, processor, unsigned.typed_data.digest(), signature, block=chain.block_number()):
        raise ErasureError(
            f"{address_of(sender_of(sender))} cannot sign for the processor {name}, which is {processor}"
        )
    return ProcessorReceipt(**{**unsigned.__dict__, "signature": signature})


def is_signed_by(chain: Chain, signer: str, digest: bytes, signature: bytes, *, block: int) -> bool:
    """Whether ``signer`` signed: by its key (65 bytes, the low s), or as a contract wallet (ERC-1271) as of ``block``.

    As on chain, the key is tried first. A wallet's word may change with its owners: it is its word of that block.
    """
    return _recovered(digest, signature) == signer or _wallet_accepts(chain, signer, digest, signature, block)


def differences(
    chain: Chain,
    receipt: ErasureReceipt,
    request: ErasureRequest,
    expected: Sequence[ListedProcessor],
    *,
    at: int,
    block: int,
    forgive_missing: bool = False,
) -> list[str]:
    """What is wrong with a receipt as the answer to ``request``, whatever was anchored; nothing if it is a good one.

    ``expected`` are the processors that the brand lists. ``at`` is the time of the acknowledgement, or the present.
    With ``forgive_missing`` it is not wrong that one is missing which the receipt itself names as missing.
    """
    found: list[str] = []
    for item in receipt.receipts:
        if not is_signed_by(chain, item.processor, item.typed_data.digest(), item.signature, block=block):
            found.append(f"{_shown(item)} has not signed this: its signature is another's or for another erasure")
        if item.erased_at < request.requested_at:
            found.append(f"{_shown(item)} says it erased at {item.erased_at}, before the request")
        if item.erased_at > at:
            found.append(f"{_shown(item)} says it erased at {item.erased_at}, after it was acknowledged ({at})")
    signed = {item.processor: item.name for item in receipt.receipts}
    listed = {item.address: item.name for item in expected}
    admitted = dict(receipt.missing)
    for address, name in listed.items():
        if address not in signed and not (forgive_missing and address in admitted):
            by_itself = ", as the receipt itself says" if address in admitted else ""
            found.append(f"the processor {name} ({address}) has not signed{by_itself}")
        elif signed.get(address, name) != name:
            found.append(f"{address} signed as {signed[address]!r}, the brand lists it as {name!r}")
    found += [
        f"{name!r} ({address}) {what}, and the brand does not list it"
        for what, named in (("has signed", signed), ("is named as missing", admitted))
        for address, name in named.items()
        if address not in listed
    ]
    return found


def verify(
    data: bytes,
    chain: Chain,
    consents: Contract,
    expected: Sequence[ListedProcessor],
    *,
    from_block: int = 0,
    block: int | None = None,
) -> Verification:
    """Checks a receipt against the chain and the brand's list of processors, all as of one block.

    What is malformed is a difference as well; only a chain that does not answer raises (:class:`ChainError`).
    """
    number = chain.block_number() if block is None else block
    try:
        receipt = ErasureReceipt.parse(data)
    except (ErasureError, InputError) as error:
        return Verification(number, (str(error),))
    if (receipt.chain_id, receipt.consents) != (chain.chain_id, consents.address):
        where = f"the registry {receipt.consents} of chain {receipt.chain_id}"
        return Verification(number, (f"the receipt is for {where}, not this one",), receipt)
    made = [
        item
        for item in requests(
            chain, consents, customer=receipt.customer, brand=receipt.brand, from_block=from_block, block=number
        )
        if item.requested_at == receipt.requested_at
    ]
    if not made:
        said = f"{receipt.customer} made no request to {receipt.brand} at the time {receipt.requested_at}"
        return Verification(number, (said,), receipt)
    digest = sha256(data).digest()
    # Several requests may be of one second: then it is the one that this was anchored for.
    request = next((item for item in made if item.receipt_digest == digest), made[-1])
    found = []
    if request.is_open:
        found.append("the brand has not acknowledged the request yet")
    elif request.receipt_digest != digest:
        found.append(f"the brand anchored 0x{request.receipt_digest.hex()}, the receipt's digest is 0x{digest.hex()}")
    at = int(chain.rpc("eth_getBlockByNumber", [hex(number), False])["timestamp"], 16)
    at = at if request.is_open else request.acknowledged_at
    found += differences(chain, receipt, request, expected, at=at, block=number)
    return Verification(number, tuple(found), receipt, request)


def fetch_receipt(blobs: BlobStore, digest: bytes) -> bytes:
    """The bytes whose digest was anchored, from the blob store; :func:`verify` says whether they are a receipt.

    Raises :class:`BlobStoreError` when the store does not have them, or others.
    """
    cid = cid_of_digest(digest)
    data = b""
    with blobs.get(cid) as blob:
        while len(data) <= RECEIPT_LIMIT and (more := blob.read(RECEIPT_LIMIT + 1 - len(data))):
            data += more
    if sha256(data).digest() != digest:
        raise BlobCorrupt(f"the store gave other bytes for {cid} than it names")
    return data


def receipt_schema() -> dict[str, Any]:
    """The published JSON schema (draft 2020-12); ``$defs/processorReceipt`` is that of one processor's file.

    Not to be changed by the caller.
    """
    return schema("erasure-receipt")


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(receipt_schema())


@functools.cache
def _processor_validator() -> jsonschema.Draft202012Validator:
    of_one = {"$ref": "#/$defs/processorReceipt", "$defs": receipt_schema()["$defs"]}
    return jsonschema.Draft202012Validator(of_one)


def _head(item: ProcessorReceipt | ErasureReceipt) -> dict[str, Any]:
    return {
        "version": 1,
        "chainId": item.chain_id,
        "consents": item.consents,
        "customer": item.customer,
        "brand": item.brand,
        "requestedAt": item.requested_at,
    }


def _processor_receipt(head: dict[str, Any], item: dict[str, Any]) -> ProcessorReceipt:
    return ProcessorReceipt(
        chain_id=head["chainId"],
        consents=head["consents"],
        customer=head["customer"],
        brand=head["brand"],
        requested_at=head["requestedAt"],
        processor=item["processor"],
        name=item["name"],
        erased_at=item["erasedAt"],
        items=ErasedItems.from_json(item["items"]),
        signature=bytes.fromhex(item["signature"][2:]),
    )


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def _read(data: bytes, what: str, validator: jsonschema.Draft202012Validator) -> dict[str, Any]:
    if len(data) > RECEIPT_LIMIT:
        raise ErasureError(f"the {what} has {len(data)} bytes, {RECEIPT_LIMIT} is the limit")
    try:
        document = json.loads(data, parse_float=_refuse_number, parse_constant=_refuse_number)
    except (ValueError, RecursionError) as error:
        raise ErasureError(f"the {what} is not JSON: {type(error).__name__}") from None
    wrong = next(iter(validator.iter_errors(document)), None)
    if wrong is not None:
        where = "/".join(str(part) for part in wrong.absolute_path) or "the whole"
        raise ErasureError(f"the {what} does not satisfy its schema at {where}: {wrong.message[:200]}")
    return dict(document)


def _check_canonical(canonical: bytes, data: bytes, what: str) -> None:
    """One meaning, one digest: doubled keys, blanks and other spellings are refused."""
    if canonical != data:
        raise ErasureError(f"the {what}'s bytes are not canonical (sorted keys, no blanks, ASCII)")


def _check_addresses(**addresses: str) -> None:
    for name, address in addresses.items():
        if not is_checksum_address(address):
            raise ErasureError(f"the {name} must be a checksummed address, got {address!r}")


def _check_name(name: str) -> None:
    """JSON can name half a character, which cannot be signed, and what would garble a terminal."""
    if not name.isprintable():
        raise ErasureError(f"a processor's name must be printable, got {name!r}")


def _recovered(digest: bytes, signature: bytes) -> str | None:
    """Whose key signed; None for all but the one form that the contracts take as well: 65 bytes, low s, v 27 or 28."""
    if len(signature) != 65 or signature[64] not in (27, 28):
        return None
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        return None
    try:
        key = PublicKey.from_signature_and_message(signature[:64] + bytes([signature[64] - 27]), digest, hasher=None)
    except ValueError:  # r and s of no point
        return None
    return to_checksum_address(keccak(key.format(compressed=False)[1:])[12:])


def _wallet_accepts(chain: Chain, wallet: str, digest: bytes, signature: bytes, block: int) -> bool:
    """What the contract at ``wallet`` says of a signature; no code says nothing."""
    if chain.rpc("eth_getCode", [wallet, hex(block)]) == "0x":
        return False
    data = _IS_VALID_SIGNATURE + chain.web3.codec.encode(["bytes32", "bytes"], [digest, signature])
    try:
        answer = chain.rpc("eth_call", [{"to": wallet, "data": "0x" + data.hex()}, hex(block)])
    except RpcError as error:
        if revert_data(error.error) is None:
            raise
        return False
    return bytes.fromhex(answer[2:66]) == _IS_VALID_SIGNATURE + bytes(28)


def _shown(item: ProcessorReceipt) -> str:
    return f"the processor {item.name!r} ({item.processor})"


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not a whole number")
