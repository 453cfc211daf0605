"""Chapter: a customer's data opens under her consent only, and closes with her withdrawal."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from web3crm.chain import relay
from web3crm.chain.typed_data import Domain, consent_grant, consent_withdraw_all, dataset_mint
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.stage import DemoFailed, Stage
from web3crm.deploy import Programme
from web3crm.errors import KeyReleaseRefused
from web3crm.vault import (
    BlobStore,
    ChainGate,
    ClearFile,
    DatasetId,
    Identity,
    Vault,
    derive_identity,
    fetch_manifest,
    open_dataset,
    recipient_from_bytes,
    recipient_to_bytes,
    sign_with,
)

__all__ = ["share_data"]

# Bits of the coffee brand's notice.
_SERVICE, _ADVERTISING = 0, 1
_PROFILE = 0
_NOTICE = (
    "Roastery, notice 1. With your consent we read your profile to suggest coffees you may like (purpose 0). "
    "For advertising by others (purpose 1) we ask separately. You can withdraw at any time, in one act."
)
_YEAR = 365 * 86_400
_ERASURE_PERIOD = 30 * 86_400


def share_data(stage: Stage, cast: Cast, *, folder: Path, blobs: BlobStore) -> None:
    """Seals a profile, grants one purpose, lets the brand read, refuses the other brand, withdraws."""
    stage.chapter("A customer's data opens under her consent, and closes when she withdraws")
    chain, commons = cast.chain, cast.coffee.commons
    customer = cast.customers[20]
    gate = ChainGate(chain, consents=commons.consents, datasets=commons.datasets, keys=commons.keys)
    coffee_key = _publish_key(stage, cast, cast.coffee, cast.staff)
    _publish_key(stage, cast, cast.bookshop, cast.bookshop_staff)
    _publish_notice(stage, cast)

    identity = derive_identity(customer.address, sign_with(customer.wallet))
    vault = Vault(customer.address, identity, store=blobs, folder=folder, gate=gate)
    profile, picture = _profile(customer), _picture()
    sealed = vault.create(
        [ClearFile("profile.json", "application/json", profile), ClearFile("picture.png", "image/png", picture)],
        data_class=_PROFILE,
    )
    stage.say(f"{customer}'s profile ({len(profile)} B) and picture ({len(picture):,} B) are encrypted and stored:")
    for file in sealed.manifest.files:
        stage.say(f"  {file.media_type:<17} {file.cid}")
    dataset = _mint(stage, cast, customer, sealed.manifest_digest)
    vault.attach(sealed.manifest_digest, dataset)

    _grant(stage, cast, customer)
    for programme in (cast.coffee, cast.bookshop):
        published, _, _ = chain.call(commons.keys.functions.recipientOf(programme.brand))
        vault.share(dataset, programme.brand, recipient_from_bytes(published))

    def release(programme: Programme, purpose: int) -> Any:
        return vault.release(dataset, programme.brand, purpose=purpose, data_class=_PROFILE)

    envelope = release(cast.coffee, _SERVICE)
    manifest = fetch_manifest(vault.store, chain.call(commons.datasets.functions.datasetOf(dataset.token_id))[3])
    opened = open_dataset(envelope, coffee_key, manifest, dataset=dataset, grantee=cast.coffee.brand, store=vault.store)
    read = {file.name: file.read() for file in opened.files}
    stage.check(
        "the coffee brand opens it and reads the profile", json.loads(read["profile.json"]), json.loads(profile)
    )
    stage.check("and the picture, byte for byte", sha256(read["picture.png"]).digest(), sha256(picture).digest())
    reason = _refusal(lambda: release(cast.coffee, _ADVERTISING))
    stage.check(f"for advertising the coffee brand is refused: {reason}", bool(reason))
    reason = _refusal(lambda: release(cast.bookshop, _SERVICE))
    stage.check(f"the bookshop is refused: {reason}", bool(reason))
    _withdraw(stage, cast, customer)
    reason = _refusal(lambda: release(cast.coffee, _SERVICE))
    stage.check(f"the coffee brand is refused from now on: {reason}", bool(reason))
    stage.facts["datasets minted"] = 1


def _publish_key(stage: Stage, cast: Cast, programme: Programme, staff: LocalAccount) -> Identity:
    """The brand makes a key and publishes its public half under its own address, through its authority."""
    identity = Identity.generate()
    keys = programme.commons.keys
    act = keys.functions.publish(recipient_to_bytes(identity.recipient))
    stage.spent("publish a brand's key", cast.chain.transact(programme.as_brand(act), sender=staff))
    return identity


def _publish_notice(stage: Stage, cast: Cast) -> None:
    digest = sha256(_NOTICE.encode()).digest()
    act = cast.coffee.commons.consents.functions.publishNotice(digest, "", 0, 0, 1, _ERASURE_PERIOD)
    stage.spent("publish a notice", cast.chain.transact(cast.coffee.as_brand(act), sender=cast.staff))
    stage.say(f"the coffee brand publishes its notice, version 1, digest {digest.hex()[:16]}…")


def _mint(stage: Stage, cast: Cast, customer: Customer, digest: bytes) -> DatasetId:
    chain, datasets = cast.chain, cast.coffee.commons.datasets
    minting = dataset_mint(
        domain=Domain("CustomerData", chain.chain_id, datasets.address),
        owner=customer.address, manifest_digest=digest, data_class=_PROFILE, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, datasets, "mintBySig", minting, cast.sign(minting, customer), sender=cast.relayer)
    stage.spent("mint a dataset (relayed)", receipt)
    (minted,) = chain.events(receipt, datasets, "DatasetMinted")
    token_id = minted.args["datasetId"]
    owner = chain.call(datasets.functions.ownerOf(token_id))
    stage.check("the dataset is hers, and locked to her wallet", owner, customer.address)
    return DatasetId(chain.chain_id, datasets.address, token_id)


def _grant(stage: Stage, cast: Cast, customer: Customer) -> None:
    chain, consents, brand = cast.chain, cast.coffee.commons.consents, cast.coffee.brand
    grant = consent_grant(
        domain=Domain("ConsentRegistry", chain.chain_id, consents.address),
        customer=customer.address, brand=brand, purposes=1 << _SERVICE, data_classes=1 << _PROFILE, notice_version=1,
        notice_digest=sha256(_NOTICE.encode()).digest(), expires_at=chain.now() + _YEAR, nonce=1,
        deadline=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, consents, "grantBySig", grant, cast.sign(grant, customer), sender=cast.relayer)
    stage.spent("grant a consent (relayed)", receipt)
    allowed = chain.call(consents.functions.isAllowed(customer.address, brand, _SERVICE, _PROFILE))
    stage.check("she consents to one purpose, for one year", allowed)


def _withdraw(stage: Stage, cast: Cast, customer: Customer) -> None:
    """She signs; the bookshop's staff, of all people, sends it. Refused from the very block it is in."""
    chain, consents, brand = cast.chain, cast.coffee.commons.consents, cast.coffee.brand
    withdrawal = consent_withdraw_all(
        domain=Domain("ConsentRegistry", chain.chain_id, consents.address),
        customer=customer.address, brand=brand, nonce=cast.nonce(), deadline=cast.deadline(),
    )  # fmt: skip
    signature = cast.sign(withdrawal, customer)
    receipt = relay(chain, consents, "withdrawAllBySig", withdrawal, signature, sender=cast.bookshop_staff)
    stage.spent("withdraw everything (relayed)", receipt)
    asked = consents.functions.isAllowed(customer.address, brand, _SERVICE, _PROFILE)
    block = receipt["blockNumber"]
    stage.say(f"{customer} signs a withdrawal; somebody else sends it; it is mined in block {block}")
    stage.check(f"allowed in block {block - 1}", chain.call(asked, block=block - 1))
    stage.check(f"refused in block {block}", chain.call(asked, block=block), False)
    stage.check("she never needed native coin", chain.balance(customer.address), 0)


def _refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except KeyReleaseRefused as refused:
        return refused.reason
    raise DemoFailed("an envelope was released without consent")


def _profile(customer: Customer) -> bytes:
    profile = {"customer": customer.number, "favourite": "espresso", "milk": "oat", "birthday": "05-17"}
    return json.dumps(profile, indent=2).encode()


def _picture(side: int = 96) -> bytes:
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
