"""What the tests of notices and records are made of: the example notices, edited ones, and what a chain says of them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from web3crm.domain.consent import Notice, Notices, Snapshot
from web3crm.privacy.history import Block, ConsentAct, History, PublishedNotice
from web3crm.privacy.notices import NoticeFile, parse_notice, publication, read_notice

EXAMPLES = Path(__file__).parents[3] / "deployments" / "notices"
DIGEST = b"\x11" * 32


@functools.cache
def example(programme: str, version: int) -> NoticeFile:
    """One of the notices that come along."""
    return read_notice(EXAMPLES / programme / f"{version}.yaml")


@functools.cache
def edited(*changes: tuple[str, str], source: str = "the notice") -> NoticeFile:
    """Version 1 of the coffee brand's notice with texts replaced, each at all its places; none may be missing."""
    text = (EXAMPLES / "coffee" / "1.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_notice(text.encode(), source=source)


def published_by(*files: NoticeFile, at: int = 50) -> Notices:
    """What the chain says after these were published, one after the other, a second apart."""
    chain = Notices()
    for number, file in enumerate(files):
        args = publication(file, files[number - 1] if number else None, chain)
        chain = chain.publish(
            Notice(
                args.digest,
                args.changed_purposes,
                args.changed_data_classes,
                args.oldest_acceptable,
                args.erasure_period,
                at + number,
                args.uri,
            )
        )
    return chain


REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
CUSTOMER = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
BRAND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
RELAYER = "0x976EA74026E726554dB657fA54763abd0C3a0aa9"
SERVICE, RECOMMENDATIONS, RESEARCH = 1 << 0, 1 << 2, 1 << 8
DEMOGRAPHIC, PURCHASES = 1 << 0, 1 << 3


def notices_on_chain(*files: NoticeFile, at: int = 50) -> tuple[PublishedNotice, ...]:
    """The notices of :func:`published_by` where they stand: in the blocks 10, 20, …"""
    versions = published_by(*files, at=at).versions
    return tuple(
        PublishedNotice(number, notice, number * 10, 0, "0x" + f"{number:064x}", file)
        for number, (notice, file) in enumerate(zip(versions, files, strict=True), start=1)
    )


def act(
    snapshot: Snapshot, *, block: int, granted: bool = True, sender: str = CUSTOMER, function: str = ""
) -> ConsentAct:
    """A customer's act; by default she sends it herself."""
    name = function or ("grant" if granted else "withdraw")
    return ConsentAct(snapshot, granted, block, 1, "0x" + f"{block:064x}", sender, name)


def history(*acts: ConsentAct, files: tuple[NoticeFile, ...] | None = None, now: int = 500, **other: Any) -> History:
    """A history under version 1 of the coffee brand's notice, unless ``files`` says otherwise."""
    values: dict[str, Any] = {
        "chain_id": 1337,
        "registry": REGISTRY,
        "brand": BRAND,
        "customer": CUSTOMER,
        "block": Block(100, "0x" + "ab" * 32, now),
        "notices": notices_on_chain(*(files or (example("coffee", 1),))),
        "acts": acts,
    }
    return History(**{**values, **other})


def granted(**other: int) -> Snapshot:
    """A snapshot of a grant: service and research on profile and purchases."""
    values = {
        "purposes": SERVICE | RESEARCH,
        "data_classes": DEMOGRAPHIC | PURCHASES,
        "notice_version": 1,
        "at": 100,
        "expires_at": 1_000,
        "number": 1,
    }
    return Snapshot(**{**values, **other})
