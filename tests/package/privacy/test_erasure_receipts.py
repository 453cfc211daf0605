"""Receipts of erasures as documents, without a chain.

given the receipts of two processors
├── they should make one document, which satisfies the published schema and comes back as it was
├── the document should name no customer's thing: no CID, no file name
└── when they are not of one request, of one processor twice, or none
    └── they should make none
given bytes
└── when they are not canonical, not what the schema says, or too many
    └── they should be refused
given what a processor signs
├── it should be EIP-712 typed data that eth-account and a wallet sign alike
├── its domain should be none of a contract, and its type none that a contract knows
└── every part of it should change what is signed
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from eth_account import Account
from eth_utils.crypto import keccak

from web3crm.chain.typed_data import ERASURE_DOMAIN, Domain, consent_request_erasure
from web3crm.errors import ErasureError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasure_receipts import (
    RECEIPT_LIMIT,
    ErasureReceipt,
    ProcessorReceipt,
    is_signed_by,
    receipt_schema,
)

CONTRACTS = Path(__file__).parents[3] / "contracts"
ONE, TWO = (Account.from_key(bytes([number]) * 32) for number in (1, 2))
HERE, THERE = "0x5FbDB2315678afecb367f032d93F642f64180aa3", "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


class NoWallets:
    """A chain without contracts."""

    def rpc(self, method: str, params: list[object]) -> str:
        assert method == "eth_getCode"
        return "0x"


def signed(account, name: str, **other) -> ProcessorReceipt:
    unsigned = ProcessorReceipt(
        chain_id=1337,
        consents=HERE,
        customer=THERE,
        brand=HERE,
        requested_at=1_700_000_000,
        processor=account.address,
        name=name,
        erased_at=1_700_000_500,
        items=ErasedItems.of([ErasedItem("envelopes", erased=2)]),
        signature=b"",
    )
    unsigned = replace(unsigned, **other)
    signature = Account.sign_typed_data(account.key, full_message=unsigned.typed_data.as_json()).signature
    return replace(unsigned, signature=bytes(signature))


KEEPER, BLOBS = signed(ONE, "Envelope keeper"), signed(TWO, "Kho dữ liệu")
WHOLE = ErasureReceipt.of([KEEPER, BLOBS], [(THERE, "Letter service")])


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(receipt_schema())


def test_a_receipt_satisfies_the_schema_and_comes_back():
    data = WHOLE.to_bytes()
    jsonschema.validate(json.loads(data), receipt_schema())
    assert ErasureReceipt.parse(data) == WHOLE
    assert (data.isascii(), WHOLE.cid.startswith("bafkrei")) == (True, True)
    assert [item.processor for item in WHOLE.receipts] == sorted([ONE.address, TWO.address])


def test_a_processor_s_file_satisfies_its_schema_and_comes_back():
    schema = {"$ref": "#/$defs/processorReceipt", "$defs": receipt_schema()["$defs"]}
    jsonschema.validate(json.loads(KEEPER.to_bytes()), schema)
    assert ProcessorReceipt.parse(BLOBS.to_bytes()) == BLOBS


def test_a_receipt_holds_counts_and_no_names_of_things():
    document = json.loads(WHOLE.to_bytes())
    words = {word for item in document["receipts"] for entry in item["items"] for word in map(str, entry)}
    assert words == {"kind", "erased", "unverified", "kept"}
    assert not re.search(rb"baf[yk]|\.json|\.png", WHOLE.to_bytes())


@pytest.mark.parametrize(
    "other",
    [{"customer": HERE}, {"brand": THERE}, {"requested_at": 1_700_000_001}, {"chain_id": 1}, {"consents": THERE}],
    ids=lambda other: next(iter(other)),
)
def test_receipts_of_two_requests_make_none(other):
    with pytest.raises(ErasureError, match="is not for the same request as the others"):
        ErasureReceipt.of([BLOBS, signed(ONE, "Envelope keeper", **other)])


def test_one_processor_twice_makes_none():
    with pytest.raises(ErasureError, match="none twice"):
        ErasureReceipt.of([KEEPER, signed(ONE, "Envelope keeper", erased_at=1_700_000_900)])
    with pytest.raises(ErasureError, match="none twice"):
        ErasureReceipt.of([KEEPER], [(THERE, "a"), (THERE, "b")])


def test_no_processor_makes_none():
    with pytest.raises(ErasureError, match="one processor at least"):
        ErasureReceipt.of([])
    with pytest.raises(ErasureError, match="one processor at least"):
        replace(WHOLE, receipts=())


def test_too_much_for_one_block_is_refused():
    items = ErasedItems.of(ErasedItem(f"kind-{chr(97 + index // 26)}{chr(97 + index % 26)}") for index in range(100))
    many = [signed(Account.from_key(bytes([3 + index]) * 32), "keeper", items=items) for index in range(60)]
    assert ErasureReceipt.of(many[:10]).to_bytes()
    with pytest.raises(ErasureError, match=f"{RECEIPT_LIMIT} is the limit"):
        ErasureReceipt.of(many).to_bytes()
    with pytest.raises(ErasureError, match=f"{RECEIPT_LIMIT} is the limit"):
        ErasureReceipt.parse(b" " * (RECEIPT_LIMIT + 1))


def changed(**values):
    document = json.loads(WHOLE.to_bytes())
    document.update(values)
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"version":1.0}', "is not JSON"),
        (b'{"version":NaN}', "is not JSON"),
        (b"[]", "does not satisfy its schema at the whole"),
        (changed(version=2), "at version"),
        (changed(note="hello"), "at the whole"),
        (changed(receipts=[]), "at receipts"),
        (changed(customer="0x12"), "at customer"),
        (changed(customer=THERE.lower()), "customer must be a checksummed address"),
        (changed(requestedAt=-1), "at requestedAt"),
        (changed(missing=[{"processor": HERE.upper(), "name": "x"}]), "at missing/0/processor"),
        (WHOLE.to_bytes().replace(b"Letter", rb"\ud800"), "name must be printable"),
        (WHOLE.to_bytes().replace(b"Envelope", rb"\ud800"), "name must be printable"),
        (WHOLE.to_bytes().replace(b"Envelope", rb"\u001b"), "name must be printable"),
        (WHOLE.to_bytes() + b"\n", "not canonical"),
        (WHOLE.to_bytes().replace(b'"version":1', b'"version":1,"version":1'), "not canonical"),
        (WHOLE.to_bytes().replace(rb"\u1eef", "ữ".encode()), "not canonical"),
    ],
)
def test_what_is_no_receipt_is_refused(data, message):
    with pytest.raises(ErasureError, match=message):
        ErasureReceipt.parse(data)


def test_receipts_in_another_order_are_refused():
    document = json.loads(WHOLE.to_bytes())
    with pytest.raises(ErasureError, match="order of their addresses"):
        ErasureReceipt.parse(changed(receipts=document["receipts"][::-1]))


@pytest.mark.parametrize("data", [b"{}", WHOLE.to_bytes(), KEEPER.to_bytes() + b" "])
def test_what_is_no_processor_s_receipt_is_refused(data):
    with pytest.raises(ErasureError, match="the processor's receipt"):
        ProcessorReceipt.parse(data)


# --- what is signed ---------------------------------------------------------------------------------------------------


def test_a_key_s_signature_is_known():
    chain, digest = NoWallets(), KEEPER.typed_data.digest()
    assert is_signed_by(chain, ONE.address, digest, KEEPER.signature, block=1)
    assert not is_signed_by(chain, TWO.address, digest, KEEPER.signature, block=1)
    assert not is_signed_by(chain, ONE.address, digest, BLOBS.signature, block=1)


def test_the_digest_is_as_the_schema_writes_it():
    """Worked out by hand from the type that the schema states."""
    kind = receipt_schema()["$defs"]["signature"]["description"].partition(" of ")[2].partition(": ")[0]
    words = [
        keccak(text=kind),
        bytes.fromhex(ONE.address[2:]).rjust(32, b"\0"),
        keccak(text="Envelope keeper"),
        bytes.fromhex(THERE[2:]).rjust(32, b"\0"),
        bytes.fromhex(HERE[2:]).rjust(32, b"\0"),
        (1_700_000_000).to_bytes(32, "big"),
        (1_700_000_500).to_bytes(32, "big"),
        KEEPER.items.digest,
    ]
    domain = [
        keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        keccak(text="web3crm erasure"),
        keccak(text="1"),
        (1337).to_bytes(32, "big"),
        bytes.fromhex(HERE[2:]).rjust(32, b"\0"),
    ]
    separator = keccak(b"".join(domain))
    assert KEEPER.typed_data.digest() == keccak(b"\x19\x01" + separator + keccak(b"".join(words)))


def test_no_contract_knows_the_domain_or_the_type():
    sources = "".join(path.read_text() for path in CONTRACTS.rglob("*.sol"))
    assert ERASURE_DOMAIN not in sources
    assert "ErasureReceipt(" not in sources
    assert "RequestErasure(address customer" in sources


def test_a_request_is_no_receipt():
    request = consent_request_erasure(
        domain=Domain("ConsentRegistry", 1337, HERE), customer=THERE, brand=HERE, nonce=1, deadline=1_700_000_000
    )
    assert request.digest() != KEEPER.typed_data.digest()
    assert request.as_json()["domain"]["name"] != KEEPER.typed_data.as_json()["domain"]["name"]


@pytest.mark.parametrize(
    "other",
    [
        {"chain_id": 1},
        {"consents": THERE},
        {"customer": HERE},
        {"brand": THERE},
        {"requested_at": 1},
        {"processor": THERE},
        {"name": "Envelope keeper "},
        {"erased_at": 1},
        {"items": ErasedItems.of([ErasedItem("envelopes", erased=3)])},
        {"items": ErasedItems.of([ErasedItem("envelopes", unverified=2)])},
    ],
)
def test_every_part_is_signed(other):
    assert replace(KEEPER, **other).typed_data.digest() != KEEPER.typed_data.digest()
