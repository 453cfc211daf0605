"""Perks as pure values.

given the word of what a card has left
    it should be read perk by perk, the lowest byte first, and be written the same
    it should be text that a person reads
    when it is not 32 bytes
        it should be refused
given uses by perk
    when there is no such perk, or more uses than a byte holds
        they should be refused
given a redemption's number
    it should say card, tier, perk and serial, and be made of them
    when it is not 32 bytes, or a part does not fit
        it should be refused
"""

from __future__ import annotations

import pytest

from web3crm.domain import NOTHING_LEFT, RedemptionNumber, perks_left, perks_text, perks_word
from web3crm.errors import InputError

WORD = b"\x07" + bytes(28) + b"\x01\x00\xff"
LEFT = {0: 255, 2: 1, 31: 7}
NUMBER = (2**160 + 5 << 88 | 3 << 72 | 31 << 64 | 9).to_bytes(32, "big")
PARTS = {"card_id": 2**160 + 5, "tier_id": 3, "perk_id": 31, "serial": 9}


def test_a_word_is_read_and_written() -> None:
    assert perks_left(WORD) == LEFT
    assert perks_word(LEFT) == WORD
    assert (perks_left(NOTHING_LEFT), perks_word({})) == ({}, NOTHING_LEFT)


def test_a_word_is_text() -> None:
    assert perks_text(WORD) == "255 of perk 0, 1 of perk 2, 7 of perk 31"
    assert perks_text(NOTHING_LEFT) == "none"


@pytest.mark.parametrize("word", [b"", bytes(31), bytes(33)])
def test_a_word_is_32_bytes(word: bytes) -> None:
    with pytest.raises(InputError, match="is 32 bytes"):
        perks_left(word)


@pytest.mark.parametrize("left", [{32: 1}, {-1: 1}, {0: 256}, {0: -1}])
def test_uses_that_no_perk_has_are_refused(left: dict[int, int]) -> None:
    with pytest.raises(InputError, match="perks 0 to 31"):
        perks_word(left)


def test_a_number_is_read_and_written() -> None:
    assert RedemptionNumber.read(NUMBER) == RedemptionNumber(**PARTS)
    assert bytes(RedemptionNumber(**PARTS)) == NUMBER


def test_a_number_is_32_bytes() -> None:
    with pytest.raises(InputError, match="is 32 bytes"):
        RedemptionNumber.read(bytes(31))


@pytest.mark.parametrize("change", [{"card_id": 2**168}, {"tier_id": 2**16}, {"perk_id": 256}, {"serial": 2**64}])
def test_parts_that_do_not_fit_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(InputError, match="no redemption of that number"):
        bytes(RedemptionNumber(**(PARTS | change)))
