"""A brand's processors as a file: who holds data of its customers, and how long each may take to erase it.

::

    processors:
      - name: Envelope keeper
        address: account:7          # signs its receipts; a checksummed address on a live chain, which may be a wallet contract
        kind: keeper                # keeper and blobs run in this suite; outside is anybody else
        holds: wrapped keys of datasets that customers shared
        within: 7d                  # after the request at most
        recipient: host             # the notice's key for it; left out by the brand's own, which no notice names
        folder: /srv/keeper         # of a keeper; on a development chain the customer's own vault if left out
      - name: Blob store
        address: account:8
        kind: blobs
        holds: sealed files and manifests
        within: 7d
        store: /ip4/127.0.0.1/tcp/5001   # a daemon or a folder; the scripts' own store if left out
        own: false                  # whether the brand alone uses it, so that its garbage may be collected

The list is the brand's word. Publish the file beside the notice: who verifies a receipt compares the two, and
:func:`unlisted` finds the processors that customers were told of and that are not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from web3crm.errors import InputError
from web3crm.privacy.notice import NoticeFile, Recipient
from web3crm.settings import Section, read_settings, read_text

__all__ = ["KINDS", "ListedProcessor", "parse_processors", "read_processors", "unlisted"]

KINDS = ("keeper", "blobs", "outside")
"""``keeper`` and ``blobs`` are run by this suite; what is ``outside`` hands in its receipt as a file."""

_MOST_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class ListedProcessor:
    """One processor: its ``address`` signs; ``within`` is what it may take, in seconds from the request.

    ``recipient`` is the key by which notices name it, empty if none does.
    """

    name: str
    address: str
    kind: str = "outside"
    holds: str = ""
    within: int = 30 * 86_400
    recipient: str = ""
    folder: str = ""
    store: str = ""
    own: bool | None = None


def read_processors(path: Path, accounts: list[str] | None = None) -> tuple[ListedProcessor, ...]:
    """Reads and checks a file; ``accounts`` are those of ``account:N`` on a development chain.

    Raises :class:`InputError` for the first thing that is wrong.
    """
    return parse_processors(read_text(path), source=str(path), accounts=accounts)


def unlisted(notice: NoticeFile, listed: Sequence[ListedProcessor]) -> tuple[Recipient, ...]:
    """The processors that a notice names and that none of ``listed`` is, by its ``recipient``.

    Third parties are not among them: they answer for themselves, and the brand tells them (GDPR Art. 19).
    """
    known = {item.recipient for item in listed}
    return tuple(item for item in notice.recipients if item.role == "processor" and item.key not in known)


def parse_processors(
    text: str, *, source: str = "the processors", accounts: list[str] | None = None
) -> tuple[ListedProcessor, ...]:
    """Reads and checks a list given as text. ``source`` is what errors call it."""
    with read_settings(text, source=source, accounts=accounts) as top:
        found = tuple(_processor(section) for section in top.sections("processors", least=1, most=100))
    named = {
        "name": [item.name for item in found],
        "address": [item.address for item in found],
        "recipient": [item.recipient for item in found if item.recipient],
    }
    for what, values in named.items():
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise InputError(f"{source}: two processors have the {what} {twice[0]}: receipts are told apart by it")
    return found


def _processor(section: Section) -> ListedProcessor:
    with section:
        kind = section.one_of("kind", {name: name for name in KINDS})
        return ListedProcessor(
            name=section.text("name"),
            address=section.address("address"),
            kind=kind,
            holds=section.text("holds", longest=300),
            within=_within(section),
            recipient=section.text("recipient", default=""),
            folder=section.text("folder", longest=1_000, default="") if kind == "keeper" else "",
            store=section.text("store", longest=1_000, default="") if kind == "blobs" else "",
            own=section.boolean("own") if kind == "blobs" and "own" in section.keys else None,
        )


def _within(section: Section) -> int:
    seconds = section.duration("within", bits=32, least=1)
    if seconds > _MOST_DAYS * 86_400:
        section.fail("within", f"{seconds} seconds", f"at most {_MOST_DAYS}d, the longest erasure period there is")
    return seconds
