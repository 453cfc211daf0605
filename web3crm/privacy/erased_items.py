"""What a processor erased, in numbers.

Numbers only: no CIDs, no file names, no free text. Receipts stay for ever, and a list of what was erased would keep the
very link between a customer and her blobs that the erasure cuts: the CIDs of her files stood in a manifest that is gone
by then. The digests of her manifests stay on chain whatever anybody erases, so a receipt need not repeat them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from web3crm.domain import counted
from web3crm.errors import ErasureError, InputError

__all__ = ["ErasedItem", "ErasedItems", "Kept"]

_KIND = re.compile(r"[a-z][a-z-]{0,31}")
_MOST = 2**53 - 1


class Kept(StrEnum):
    """Why a processor kept something: a word of this list, since free text could hold personal data."""

    MOVED = "moved"
    """It belongs to another wallet by now, which has its own consents and can ask for itself."""
    OTHERS = "others"
    """Somebody else's data: the customer's dataset only names it."""
    LEGAL_OBLIGATION = "legal-obligation"
    """A law demands that it be kept: GDPR Art. 17 (3) (b), Thai PDPA section 33."""
    LEGAL_CLAIM = "legal-claim"
    """Needed for legal claims: GDPR Art. 17 (3) (e), Thai PDPA section 33."""


@dataclass(frozen=True)
class ErasedItem:
    """One kind of thing, such as ``envelopes``.

    ``erased`` are gone from where the processor held them, and it has looked; ``unverified`` were let go, and the
    processor cannot know whether they are gone; ``kept`` says how many were kept and why.
    """

    kind: str
    erased: int = 0
    unverified: int = 0
    kept: tuple[tuple[Kept, int], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or not _KIND.fullmatch(self.kind):
            raise InputError(f"a kind of item is a word such as envelopes or crm-records, got {self.kind!r}")
        counts = [self.erased, self.unverified, *(count for _, count in self.kept)]
        if not all(isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= _MOST for count in counts):
            raise InputError(f"the counts of {self.kind} must be whole numbers of 0 or more, got {counts}")
        reasons = [reason for reason, _ in self.kept]
        if reasons != sorted(set(reasons)) or not all(count for _, count in self.kept):
            raise InputError(
                f"the reasons for which {self.kind} are kept stand in order, once each, with a count above 0"
            )


@dataclass(frozen=True)
class ErasedItems:
    """All that a processor says about one erasure, one item a kind, in the order of the kinds."""

    items: tuple[ErasedItem, ...]

    def __post_init__(self) -> None:
        kinds = [item.kind for item in self.items]
        if not kinds:
            raise InputError("a processor says what it looked for, even where it found none")
        if kinds != sorted(set(kinds)):
            raise InputError(f"each kind stands once, in the order of the alphabet, got {', '.join(kinds)}")

    @classmethod
    def of(cls, items: Iterable[ErasedItem]) -> ErasedItems:
        """Items in any order."""
        return cls(tuple(sorted(items, key=lambda item: item.kind)))

    def after(self, earlier: ErasedItems) -> ErasedItems:
        """These and what an ``earlier`` run for the same request erased, of which no receipt was signed.

        What was let go then and is not found any more now counts as erased.
        """
        before = {item.kind: item for item in earlier.items}
        now = {item.kind: item for item in self.items}
        return ErasedItems.of(
            ErasedItem(
                kind,
                erased=then.erased + item.erased + max(0, then.unverified - item.unverified),
                unverified=item.unverified,
                kept=item.kept,
            )
            for kind in before.keys() | now.keys()
            for then, item in [(before.get(kind, ErasedItem(kind)), now.get(kind, ErasedItem(kind)))]
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical JSON (sorted keys, no blanks, ASCII): what the processor signs."""
        return sha256(json.dumps(self.to_json(), sort_keys=True, separators=(",", ":")).encode("ascii")).digest()

    def to_json(self) -> list[dict[str, Any]]:
        """The items as JSON values."""
        return [
            {
                "kind": item.kind,
                "erased": item.erased,
                "unverified": item.unverified,
                "kept": [{"reason": reason.value, "count": count} for reason, count in item.kept],
            }
            for item in self.items
        ]

    @classmethod
    def from_json(cls, document: Any) -> ErasedItems:
        """Reads :meth:`to_json`'s form, which has satisfied the schema. Raises :class:`ErasureError`."""
        try:
            return cls(
                tuple(
                    ErasedItem(
                        item["kind"],
                        item["erased"],
                        item["unverified"],
                        tuple((Kept(why["reason"]), why["count"]) for why in item["kept"]),
                    )
                    for item in document
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ErasureError(f"the list of what was erased is malformed: {error}") from None

    def in_words(self) -> str:
        """All of it in one line."""
        return "; ".join(_words(item) for item in self.items)


def _words(item: ErasedItem) -> str:
    parts = [f"{counted(item.erased, item.kind)} erased"]
    if item.unverified:
        parts.append(f"{item.unverified} let go, which may be elsewhere")
    parts += [f"{count} kept ({reason.value})" for reason, count in item.kept]
    return ", ".join(parts)
