"""What the tests of notices and records are made of: the example notices, edited ones, and what a chain says of them."""

from __future__ import annotations

from pathlib import Path

from web3crm.domain.consent import Notice, Notices
from web3crm.privacy.notices import NoticeFile, parse_notice, publication, read_notice

EXAMPLES = Path(__file__).parents[3] / "deployments" / "notices"
DIGEST = b"\x11" * 32


def example(programme: str, version: int) -> NoticeFile:
    """One of the notices that come along."""
    return read_notice(EXAMPLES / programme / f"{version}.yaml")


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
