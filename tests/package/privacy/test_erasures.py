"""How a request for erasure stands, without a chain.

given a request
├── while it is open it should say how long is left, or by how much it is overdue
├── once it was acknowledged it should say after how long, and by how much that was late, whatever the time
└── it should say whether it was open at a time
given a length of time
└── it should be told in its two largest units
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from web3crm.privacy.erasures import ErasureRequest, latest, span_text
from web3crm.progress import silent

DAY = 86_400
OPEN = ErasureRequest(customer="0xA", brand="0xB", requested_at=1_000, due_at=1_000 + 30 * DAY)
LATE = replace(OPEN, acknowledged_at=OPEN.due_at + 2 * DAY, receipt_digest=b"\x01" * 32)
EARLY = replace(LATE, acknowledged_at=OPEN.requested_at + 5 * DAY)


@pytest.mark.parametrize(
    ("request_", "at", "words", "late"),
    [
        (OPEN, OPEN.due_at - DAY - 3_600, "1 d 1 h left", 0),
        (OPEN, OPEN.due_at, "0 s left", 0),
        (OPEN, OPEN.due_at + 1, "overdue by 1 s", 1),
        (EARLY, OPEN.due_at + 90 * DAY, "acknowledged after 5 d, in time", 0),
        (LATE, OPEN.due_at + 90 * DAY, "acknowledged after 32 d, 2 d late", 2 * DAY),
        (replace(OPEN, acknowledged_at=OPEN.due_at), OPEN.due_at, "acknowledged after 30 d, in time", 0),
    ],
)
def test_it_says_how_it_stands(request_, at, words, late):
    assert (request_.standing(at), request_.late_by(at)) == (words, late)


@pytest.mark.parametrize(
    ("at", "was_open"),
    [
        (LATE.requested_at - 1, False),
        (LATE.requested_at, True),
        (LATE.acknowledged_at - 1, True),
        (LATE.acknowledged_at, False),
    ],
)
def test_it_was_open_until_it_was_acknowledged(at, was_open):
    assert LATE.was_open(at) is was_open
    assert OPEN.was_open(LATE.acknowledged_at) is True
    assert [LATE.is_overdue(time) for time in (LATE.due_at, LATE.due_at + 1, LATE.acknowledged_at)] == [
        False,
        True,
        False,
    ]


def test_it_says_how_long_it_took():
    assert (OPEN.took, EARLY.took) == (None, 5 * DAY)


def test_the_latest_of_each_pair_is_kept():
    again = replace(OPEN, requested_at=LATE.acknowledged_at + 1)
    other = replace(OPEN, customer="0xC")
    assert latest([again, LATE, other]) == [again, other]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (3_601, "1 h"),
        (93_784, "1 d 2 h"),
        (90 * DAY + 59, "90 d"),
    ],
)
def test_a_length_of_time_is_told_in_two_units(seconds, text):
    assert span_text(seconds) == text


def test_nothing_is_shown():
    assert silent("what")(1, 2) is None
