"""Perks as pure values

given how often each perk may still be used
    it should become the word an order pins, perk 0 in the lowest byte
    it should come back out of the word
given more perks, or a larger count, than the word holds, or another word
    it should refuse
"""

from __future__ import annotations

import pytest

from web3crm.domain import PERKS_OF_A_TIER, pack_perks, unpack_perks
from web3crm.errors import InputError


def test_perk_0_is_the_lowest_byte() -> None:
    assert int.from_bytes(pack_perks((3, 0, 255)), "big") == 3 + (255 << 16)


def test_a_word_gives_the_counts_back() -> None:
    counts = tuple(range(PERKS_OF_A_TIER))
    assert unpack_perks(pack_perks(counts)) == counts


@pytest.mark.parametrize("counts", [(0,) * 33, (256,), (-1,)])
def test_what_the_word_cannot_hold_is_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="perks left are at most 32 numbers from 0 to 255"):
        pack_perks(counts)


def test_another_word_is_refused() -> None:
    with pytest.raises(InputError, match="perks are 32 bytes, got 0"):
        unpack_perks(b"")
