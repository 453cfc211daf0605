"""Verifying receipts of erasures against the chain, on Ganache and on anvil.

given the receipt of an erasure that all processors signed
├── it should hold, for anybody
├── when a processor is missing, is not listed, or is listed by another name
│   └── it should be found out, whatever was anchored
├── when a processor's receipt is of another customer, brand, request, registry or chain, or of another processor
│   └── it should be found out
├── when anything that was signed is changed, or a signature is malformed
│   └── it should be found out
├── when what was anchored is another digest, none, or the digest of no receipt
│   └── it should be found out
├── when the times do not fit the request
│   └── it should be found out
└── when a processor is a contract wallet
    ├── its owner's signature should be taken
    └── anybody else's should not
given one processor's receipt
└── it should be taken in only as the answer to the request of the folder, and never replace a later one
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.support.erasing import BLOBS, DAY, KEEPER, LETTERS, Fixed
from tests.support.signing import compact, malleable
from web3crm.errors import BlobCorrupt, BlobNotFound, ErasureError, RpcError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems
from web3crm.privacy.erasing import Worker, erase_for
from web3crm.privacy.erasure_receipts import ErasureReceipt, ProcessorReceipt, fetch_receipt, is_signed_by, sign_receipt
from web3crm.privacy.processor_list import ListedProcessor


@pytest.fixture
def three(scene):
    """The request, and a good receipt of each of its processors."""
    request = scene.ask()
    return request, [scene.signed(request, index) for index in range(3)]


def anchored(scene, request, receipts, **options):
    """The bytes of a receipt that the brand made as it likes, and anchored."""
    data = ErasureReceipt.of(receipts, **options).to_bytes()
    scene.anchor(request, sha256(data).digest())
    return data


def test_a_whole_receipt_holds(scene, three):
    found = scene.verified(anchored(scene, *three))
    assert (found.holds, found.block, found.request) == (True, scene.chain.block_number(), scene.request())


def test_a_missing_processor_is_found_out(scene, three):
    request, receipts = three
    found = scene.verified(anchored(scene, request, receipts[:2]))
    assert found.differences == (f"the processor {LETTERS} ({scene.listed[2].address}) has not signed",)


def test_an_unlisted_processor_is_found_out(scene, three):
    request, receipts = three
    data = anchored(scene, request, receipts, missing=[(scene.local.accounts[6].address, "Nobody")])
    found = scene.verified(data, listed=scene.listed[:2])
    assert found.differences == (
        f"'{LETTERS}' ({scene.listed[2].address}) has signed, and the brand does not list it",
        f"'Nobody' ({scene.local.accounts[6].address}) is named as missing, and the brand does not list it",
    )


def test_another_name_is_found_out(scene, three):
    request, receipts = three
    listed = (*scene.listed[:2], replace(scene.listed[2], name="Post office"))
    (said,) = scene.verified(anchored(scene, request, receipts), listed=listed).differences
    assert said == f"{scene.listed[2].address} signed as '{LETTERS}', the brand lists it as 'Post office'"


@pytest.mark.parametrize(
    "other",
    [
        {"customer": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"},
        {"brand": "0x90F79bf6EB2c4f870365E785982E1f101E93b906"},
        {"requested_at": 1_600_000_000},
        {"chain_id": 1},
        {"consents": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"},
        {"processor": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"},
        {"name": "Post office"},
        {"erased_at": 1_900_000_000},
        {"items": ErasedItems.of([ErasedItem("letters", erased=9)])},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_receipt_for_anything_else_is_found_out(scene, three, local, other):
    """The third processor signed the same with one value changed: the brand passes it off as an answer to this request."""
    request, receipts = three
    elsewhere = replace(receipts[2], **other)
    signature = scene.chain.sign(elsewhere.typed_data, sender=local.accounts[9])
    data = anchored(scene, request, [*receipts[:2], replace(receipts[2], signature=signature)])
    (said,) = scene.verified(data).differences
    assert said.startswith(f"the processor '{LETTERS}' ({scene.listed[2].address}) has not signed this")


def test_a_receipt_of_another_request_of_hers_is_found_out(scene):
    first = scene.whole_round().receipt
    scene.chain.sleep(DAY)
    request = scene.ask()
    replayed = [replace(item, requested_at=request.requested_at) for item in first.receipts]
    found = scene.verified(anchored(scene, request, replayed))
    assert sum("has not signed this" in said for said in found.differences) == 3


@pytest.mark.parametrize(
    "spoil",
    [
        malleable,
        compact,
        lambda good: good[:64] + bytes([good[64] - 27]),
        lambda good: bytes(65),
        lambda good: good[:1],
    ],
    ids=["malleable", "compact", "v of 0 or 1", "zeros", "cut short"],
)
def test_a_malformed_signature_is_found_out(scene, three, spoil):
    request, receipts = three
    receipts[2] = replace(receipts[2], signature=spoil(receipts[2].signature))
    (said,) = scene.verified(anchored(scene, request, receipts)).differences
    assert "has not signed this" in said


def test_a_digest_of_something_else_is_found_out(scene, three):
    request, receipts = three
    data = anchored(scene, request, receipts)
    more = ErasedItems.of([ErasedItem("letters", erased=1)])
    other = ErasureReceipt.of(
        [*receipts[:2], scene.signed(request, 2, items=more, erased_at=request.requested_at)]
    ).to_bytes()
    assert scene.verified(data).holds
    (said,) = scene.verified(other).differences
    assert (
        said
        == f"the brand anchored 0x{sha256(data).hexdigest()}, the receipt's digest is 0x{sha256(other).hexdigest()}"
    )


def test_a_receipt_that_is_not_anchored_is_found_out(scene, three):
    _, receipts = three
    found = scene.verified(ErasureReceipt.of(receipts).to_bytes())
    assert found.differences == ("the brand has not acknowledged the request yet",)


def test_a_request_that_was_never_made_is_found_out(scene, three):
    request, receipts = three
    data = ErasureReceipt.of([replace(item, requested_at=request.requested_at - 1) for item in receipts]).to_bytes()
    (said,) = scene.verified(data).differences
    assert said.endswith(f"at the time {request.requested_at - 1}")


def test_another_registry_is_found_out(scene, three):
    _, receipts = three
    data = ErasureReceipt.of([replace(item, chain_id=1) for item in receipts]).to_bytes()
    (said,) = scene.verified(data).differences
    assert said == f"the receipt is for the registry {scene.consents.address} of chain 1, not this one"


def test_what_is_no_receipt_is_found_out(scene, three):
    request, receipts = three
    spaced = json.dumps(json.loads(ErasureReceipt.of(receipts).to_bytes())).encode()
    scene.anchor(request, sha256(spaced).digest())
    assert scene.verified(spaced).differences == (
        "the receipt's bytes are not canonical (sorted keys, no blanks, ASCII)",
    )
    assert scene.verified(b"erased, promised").differences == ("the receipt is not JSON: JSONDecodeError",)


def test_times_that_do_not_fit_are_found_out(scene, local):
    scene.chain.sleep(DAY)
    request = scene.ask()
    receipts = [
        scene.signed(request, 0, erased_at=request.requested_at - 1),
        scene.signed(request, 1),
        scene.signed(request, 2, erased_at=scene.chain.now() + 2 * DAY),
    ]
    found = scene.verified(anchored(scene, request, receipts)).differences
    assert len(found) == 2
    assert any(said.startswith(f"the processor '{KEEPER}'") and said.endswith("before the request") for said in found)
    assert any(said.startswith(f"the processor '{LETTERS}'") and "after it was acknowledged" in said for said in found)


# --- contract wallets -------------------------------------------------------------------------------------------------


@pytest.fixture
def wallet(scene, local):
    """A contract wallet of account 6."""
    contract, _ = scene.chain.deploy("MockWallet", [local.accounts[6].address], sender=local.accounts[6])
    return contract


@pytest.fixture
def with_wallet(scene, wallet):
    """The brand's list, with the wallet as the letter service."""
    return (*scene.listed[:2], ListedProcessor(name=LETTERS, address=str(wallet.address)))


def test_a_contract_wallet_s_receipt_holds(scene, wallet, with_wallet, local):
    request = scene.ask()
    letters = Fixed(LETTERS, str(wallet.address))
    workers = [*scene.workers(scene.keeper(), scene.blob_store()), Worker(letters, local.accounts[6])]
    run = erase_for(scene.collected(request, with_wallet), workers)
    assert run.failed == {}
    receipts = scene.collected(request, with_wallet).receipts()
    data = anchored(scene, request, list(receipts.values()))
    assert scene.verified(data, listed=with_wallet).holds


def test_a_stranger_does_not_sign_for_a_contract_wallet(scene, wallet, local):
    request = scene.ask()
    with pytest.raises(ErasureError, match=f"cannot sign for the processor {LETTERS}"):
        scene.signed(request, 2, processor=str(wallet.address), sender=local.accounts[5])


def test_a_contract_that_is_no_wallet_has_not_signed(scene, three):
    digest, block = three[1][0].typed_data.digest(), scene.chain.block_number()
    registry = str(scene.consents.address)
    assert is_signed_by(scene.chain, registry, digest, three[1][0].signature, block=block) is False


def test_a_wallet_that_cannot_be_asked_is_not_taken_for_one_that_refuses(scene, three, wallet, monkeypatch):
    rpc = scene.chain.rpc

    def limited(method, params):
        if method == "eth_call":
            raise RpcError(method, {"code": -32005, "message": "too many requests"})
        return rpc(method, params)

    monkeypatch.setattr(scene.chain, "rpc", limited)
    block = scene.chain.block_number()
    with pytest.raises(RpcError, match="too many requests"):
        is_signed_by(scene.chain, str(wallet.address), b"\x01" * 32, bytes(65), block=block)


# --- taking in, and finding again -------------------------------------------------------------------------------------


def test_an_outside_receipt_is_taken_in(scene, three):
    request, receipts = three
    collected = scene.collected(request)
    collected.add(ProcessorReceipt.parse(receipts[2].to_bytes()))
    assert collected.receipts() == {scene.listed[2].address: receipts[2]}
    assert [item.name for item in collected.missing()] == [KEEPER, BLOBS]


def test_a_later_receipt_replaces_an_earlier_one_only(scene, three):
    request, receipts = three
    collected = scene.collected(request)
    scene.chain.sleep(DAY)
    later = scene.signed(request, 2)
    collected.add(receipts[2])
    collected.add(later)
    with pytest.raises(ErasureError, match=f"there is a later receipt of {LETTERS} already"):
        collected.add(receipts[2])
    assert collected.receipts() == {scene.listed[2].address: later}


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"customer": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}, "is about the customer"),
        ({"brand": "0x90F79bf6EB2c4f870365E785982E1f101E93b906"}, "is for the brand"),
        ({"requested_at": 1_600_000_000}, "answers a request of the time 1600000000"),
        ({"chain_id": 1}, "of chain 1, not"),
        ({"consents": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}, "is for the registry 0x7099"),
        ({"processor": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}, "which the brand does not list"),
        ({"name": "Post office"}, f"is signed as 'Post office', the brand lists '{LETTERS}'"),
        ({"erased_at": 1_600_000_000}, "which is not between the request"),
        ({"erased_at": 1_000_000_000_000}, "which is not between the request"),
        ({"items": ErasedItems.of([ErasedItem("letters", erased=9)])}, "has a signature that is not the processor's"),
    ],
)
def test_what_is_no_answer_is_not_taken_in(scene, three, other, message):
    request, receipts = three
    collected = scene.collected(request)
    with pytest.raises(ErasureError, match=message):
        collected.add(replace(receipts[2], **other))
    assert collected.receipts() == {}


def test_a_file_that_was_tampered_with_is_named(scene, three):
    request, receipts = three
    collected = scene.collected(request)
    collected.add(receipts[0])
    collected.add(receipts[2])
    path = collected.folder / f"{scene.listed[2].address}.json"
    path.write_bytes(path.read_bytes().replace(b'"erased":0', b'"erased":7'))
    with pytest.raises(ErasureError, match=rf"{path}: .* not the processor's. Remove the file"):
        collected.receipts()
    path.write_bytes((collected.folder / f"{scene.listed[0].address}.json").read_bytes())
    with pytest.raises(ErasureError, match="is the receipt of"):
        collected.receipts()


def test_an_anchored_receipt_is_found_by_its_digest(scene, monkeypatch):
    receipt = scene.whole_round().receipt
    assert fetch_receipt(scene.blobs, receipt.digest) == receipt.to_bytes()
    with pytest.raises(BlobNotFound):
        fetch_receipt(scene.blobs, b"\x11" * 32)
    lying = scene.blobs.get
    monkeypatch.setattr(scene.blobs, "get", lambda cid: lying(receipt.cid))
    with pytest.raises(BlobCorrupt, match="gave other bytes"):
        fetch_receipt(scene.blobs, b"\x11" * 32)


def test_nobody_signs_for_another(scene, local):
    request = scene.ask()
    with pytest.raises(ErasureError, match=f"{local.accounts[6].address} cannot sign for the processor {KEEPER}"):
        sign_receipt(
            scene.chain,
            scene.consents,
            request,
            processor=scene.listed[0].address,
            name=KEEPER,
            items=ErasedItems.of([ErasedItem("envelopes")]),
            erased_at=scene.chain.now(),
            sender=local.accounts[6],
        )
