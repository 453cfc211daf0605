"""What a processor says it erased.

given counts of kinds
├── they should be in the order of the kinds, and come back from JSON as they were
├── their digest should be that of canonical JSON
├── they should be told in words
└── when a kind, a count or a reason is wrong, or nothing is said
    └── it should be refused
given an earlier run of which no receipt was signed
└── its counts should be added, and what is gone meanwhile count as erased
"""

from __future__ import annotations

from hashlib import sha256

import pytest

from web3crm.errors import ErasureError, InputError
from web3crm.privacy.erased_items import ErasedItem, ErasedItems, Kept

FILES = ErasedItem("files", erased=3, unverified=2, kept=((Kept.MOVED, 1), (Kept.OTHERS, 4)))
ENVELOPES = ErasedItem("envelopes", erased=1)
BOTH = ErasedItems.of([FILES, ENVELOPES])


def test_items_come_back_from_json():
    assert BOTH.items == (ENVELOPES, FILES)
    assert ErasedItems.from_json(BOTH.to_json()) == BOTH


def test_the_digest_is_of_canonical_json():
    canonical = (
        b'[{"erased":1,"kept":[],"kind":"envelopes","unverified":0},'
        b'{"erased":3,"kept":[{"count":1,"reason":"moved"},{"count":4,"reason":"others"}],"kind":"files","unverified":2}]'
    )
    assert BOTH.digest == sha256(canonical).digest()


def test_items_are_told_in_words():
    assert BOTH.in_words() == (
        "1 envelope erased; 3 files erased, 2 let go, which may be elsewhere, 1 kept (moved), 4 kept (others)"
    )


@pytest.mark.parametrize("kind", ["", "Files", "my files", "files\n", "x" * 33, None])
def test_a_kind_is_a_word(kind):
    with pytest.raises(InputError, match="a kind of item is a word"):
        ErasedItem(kind)


@pytest.mark.parametrize("count", [-1, True, 1.0, "1", 2**53])
@pytest.mark.parametrize("where", ["erased", "unverified", "kept"])
def test_a_count_is_a_whole_number(count, where):
    value = ((Kept.MOVED, count),) if where == "kept" else count
    with pytest.raises(InputError, match="the counts of files must be whole numbers"):
        ErasedItem("files", **{where: value})


@pytest.mark.parametrize(
    "kept",
    [((Kept.MOVED, 0),), ((Kept.OTHERS, 1), (Kept.MOVED, 1)), ((Kept.MOVED, 1), (Kept.MOVED, 1))],
    ids=["zero", "not in order", "twice"],
)
def test_reasons_stand_once_in_order(kept):
    with pytest.raises(InputError, match="the reasons for which files are kept stand in order"):
        ErasedItem("files", kept=kept)


def test_a_processor_says_what_it_looked_for():
    with pytest.raises(InputError, match="says what it looked for"):
        ErasedItems(())


@pytest.mark.parametrize("items", [(FILES, ENVELOPES), (FILES, FILES)])
def test_kinds_stand_once_in_order(items):
    with pytest.raises(InputError, match="each kind stands once"):
        ErasedItems(items)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        [{}],
        [{"kind": "files", "erased": 1, "unverified": 0, "kept": [{"reason": "forgotten", "count": 1}]}],
        [{"kind": "files", "erased": -1, "unverified": 0, "kept": []}],
    ],
)
def test_json_that_is_none_is_refused(document):
    with pytest.raises(ErasureError, match="the list of what was erased is malformed"):
        ErasedItems.from_json(document)


def test_an_earlier_run_is_added():
    earlier = ErasedItems.of([ErasedItem("files", erased=2, unverified=3), ErasedItem("drafts", erased=5)])
    now = ErasedItems.of([ErasedItem("files", erased=1, unverified=1, kept=((Kept.MOVED, 1),))])
    assert now.after(earlier) == ErasedItems.of(
        [ErasedItem("drafts", erased=5), ErasedItem("files", erased=5, unverified=1, kept=((Kept.MOVED, 1),))]
    )


def test_what_is_found_later_is_not_taken_off():
    earlier, now = (ErasedItems.of([ErasedItem("files", unverified=count)]) for count in (1, 3))
    assert now.after(earlier) == now
