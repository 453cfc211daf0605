"""web3crm.domain.access and Notices.outdated_at, without a chain (tests/invariant/test_data_access.py compares with the contract)

given a reason
├── it should be the contract's, in its order
└── it should say in words what the registry's refusal says
given terms
├── it should refuse a price, a period or a minimum out of range
└── it should earn by the second, rounded down, never more than the price
given notices
├── it should know the first version that outdated a consent, and when
└── it should agree with what is allowed now
given an accepted access
├── it should end with its period, if nothing ends it before
├── it should end at the first closing, burning, move, withdrawal, expiry or change
├── it should not end at a consent that was renewed in the very second the last one ended
├── it should end where a grant under an outdated notice began, and no earlier
├── it should end by a notice published after the acceptance no earlier than by the brand's closing
├── it should end with the last snapshot but two
├── it should name the snapshot that shows the end
├── it should end where looking at every second finds it
└── it should refuse a history with a gap
given the question whether the brand may read
├── it should answer with the first reason
└── it should say that the consent was interrupted
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web3crm.domain.access import (
    LONGEST_PERIOD,
    MOST_PRICE,
    Life,
    Reason,
    Terms,
    accrued,
    consent_end,
    end_of,
    why_unreadable,
)
from web3crm.domain.consent import DEFAULT_ERASURE_PERIOD, LAST_NUMBER, Notice, Notices, Refusal, Snapshot, why_not
from web3crm.errors import InputError

START = 1_000
INTERFACE = Path(__file__).parents[3] / "interfaces" / "data" / "IDataAccess.sol"
NOTICE = Notice(b"\x11" * 32, 0, 0, 0, DEFAULT_ERASURE_PERIOD, 1, "")
ONE = Notices().publish(NOTICE)
CONSENT = Snapshot(0b111, 0b111, 1, START - 10, 0, 5)
LIFE = Life(Terms(1_000, 100), START, 1, 1, (CONSENT,), ONE)


def published(at, **changes):
    """The notices with a second version."""
    return ONE.publish(replace(NOTICE, published_at=at, **changes))


def after(*snapshots):
    """What she said since, numbered."""
    return (CONSENT, *(replace(each, number=CONSENT.number + place) for place, each in enumerate(snapshots, start=1)))


# --- reasons ----------------------------------------------------------------------------------------------------------


def test_reasons_are_the_contract_s():
    declared = re.search(r"enum Reason \{([^}]*)\}", INTERFACE.read_text())[1].replace(",", " ").split()
    assert [reason.name.replace("_", "") for reason in Reason] == [name.upper() for name in declared]


def test_refusals_are_passed_on_in_the_same_words():
    assert {Reason.of(refusal).text for refusal in Refusal if refusal} == {
        refusal.text for refusal in Refusal if refusal
    }
    assert [Reason.of(refusal).refusal for refusal in Refusal] == [None, *[refusal for refusal in Refusal if refusal]]


def test_every_reason_has_its_own_text():
    assert len({reason.text for reason in Reason}) == len(Reason)


# --- terms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0, 10), "price of an access must be from 1"),
        ((MOST_PRICE + 1, 10), "price of an access must be from 1"),
        ((5, 0), "period of an access must be from 1"),
        ((5, LONGEST_PERIOD + 1), "period of an access must be from 1"),
        ((5, 10, 11), "minimum must be from 0 to the period of 10 seconds, got 11"),
        ((5, 10, -1), "minimum must be from 0"),
    ],
)
def test_terms_out_of_range_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        Terms(*values)


@pytest.mark.parametrize(
    ("price", "period", "elapsed", "earned"),
    [(10, 3, 0, 0), (10, 3, 1, 3), (10, 3, 2, 6), (10, 3, 3, 10), (10, 3, 4, 10), (1, 100, 99, 0), (1, 100, 100, 1)],
)
def test_the_price_is_earned_by_the_second(price, period, elapsed, earned):
    assert Terms(price, period).accrued(elapsed) == accrued(price, period, elapsed) == earned


def test_the_largest_price_is_earned_exactly():
    assert accrued(MOST_PRICE, LONGEST_PERIOD, LONGEST_PERIOD) == MOST_PRICE


@pytest.mark.parametrize(("period", "elapsed"), [(10, -1), (0, 0)])
def test_a_time_before_the_beginning_earns_nothing_but_an_error(period, elapsed):
    with pytest.raises(InputError, match=f"got {elapsed} of {period} seconds"):
        accrued(1, period, elapsed)


# --- notices ----------------------------------------------------------------------------------------------------------

THREE = (
    ONE.publish(replace(NOTICE, published_at=20, changed_purposes=0b010))
    .publish(replace(NOTICE, published_at=30, changed_purposes=0b010, changed_data_classes=0b100))
    .publish(replace(NOTICE, published_at=40, oldest_acceptable=3))
)


@pytest.mark.parametrize(
    ("version", "purpose", "data_class", "at"),
    [
        (1, 1, 0, 20),
        (2, 1, 0, 30),
        (3, 1, 0, 0),
        (1, 0, 2, 30),
        (1, 1, 2, 20),
        (1, 0, 0, 40),
        (2, 0, 0, 40),
        (3, 0, 2, 0),
        (4, 0, 0, 0),
        (5, 0, 0, 0),
    ],
)
def test_the_first_notice_that_outdated_a_consent_is_known(version, purpose, data_class, at):
    assert THREE.outdated_at(version, purpose, data_class) == at


SETS = st.integers(0, 7)
CHANGES = st.lists(st.tuples(SETS, SETS, st.integers(0, 2), st.integers(0, 6)), max_size=4)


def with_changes(changes, at=START):
    """Notices with a version for each of ``changes``: purposes, data classes, rise of the oldest acceptable, seconds later."""
    notices = ONE
    for purposes, data_classes, rise, wait in changes:
        at += wait
        oldest = min(notices.oldest_acceptable + rise, notices.latest + 1)
        notices = notices.publish(Notice(b"\x11" * 32, purposes, data_classes, oldest, DEFAULT_ERASURE_PERIOD, at, ""))
    return notices


@given(changes=CHANGES, version=st.integers(1, 4), purpose=st.integers(0, 2), data_class=st.integers(0, 2))
def test_a_consent_is_outdated_exactly_if_it_is_refused_for_its_notice(changes, version, purpose, data_class):
    notices = with_changes(changes)
    refusal = why_not(Snapshot(7, 7, version), notices, purpose=purpose, data_class=data_class, at=0)
    assert (notices.outdated_at(version, purpose, data_class) > 0) == (refusal is not Refusal.NONE)


# --- the end ----------------------------------------------------------------------------------------------------------


def test_it_ends_with_its_period():
    assert (end_of(LIFE, START), end_of(LIFE, START + 5_000), consent_end(LIFE, START + 5_000)) == (1_100, 1_100, 0)


LACKS = Snapshot(0b101, 0b111, 1, START + 30, 0)


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"closed_at": START + 40}, START + 40),
        ({"closed_at": START + 400}, START + 100),
        ({"tenure_end": START + 20}, START + 20),
        ({"snapshots": after(LACKS)}, START + 30),
        ({"snapshots": after(replace(LACKS, purposes=7, data_classes=0b101))}, START + 30),
        ({"snapshots": after(LACKS, replace(CONSENT, at=START + 30))}, START + 30),
        ({"snapshots": after(replace(CONSENT, at=START + 10), LACKS)}, START + 30),
        ({"snapshots": (replace(CONSENT, expires_at=START + 60),)}, START + 60),
        ({"notices": published(START + 70, changed_purposes=2)}, START + 70),
        ({"notices": published(START + 71, changed_data_classes=2)}, START + 71),
        ({"notices": published(START + 72, oldest_acceptable=2)}, START + 72),
        ({"notices": published(START + 73, changed_purposes=5, changed_data_classes=5)}, START + 100),
        ({"snapshots": after(LACKS), "closed_at": START + 29, "tenure_end": START + 31}, START + 29),
        (
            {
                "snapshots": (replace(CONSENT, expires_at=START + 60),),
                "notices": published(START + 50, changed_purposes=2),
            },
            START + 50,
        ),
    ],
)
def test_it_ends_at_the_first_end(changes, end):
    assert end_of(replace(LIFE, **changes), START + 1_000) == end


@pytest.mark.parametrize(("renewed", "end"), [(START + 59, 0), (START + 60, 0), (START + 61, START + 60)])
def test_a_consent_renewed_in_time_goes_on(renewed, end):
    expiring, fresh = replace(CONSENT, expires_at=START + 60), replace(CONSENT, at=renewed, number=6)
    assert consent_end(replace(LIFE, snapshots=(expiring, fresh)), START + 90) == end


@pytest.mark.parametrize(("now", "end"), [(START + 59, 0), (START + 60, 0), (START + 61, START + 60)])
def test_the_newest_consent_can_still_be_renewed_in_its_last_second(now, end):
    assert consent_end(replace(LIFE, snapshots=(replace(CONSENT, expires_at=START + 60),)), now) == end


def test_a_grant_under_an_outdated_notice_ends_it_where_it_began():
    notices = published(START - 5, changed_purposes=2)
    under_two, under_one = replace(CONSENT, notice_version=2), replace(CONSENT, at=START + 50)
    life = replace(LIFE, notices=notices, snapshots=(under_two, replace(under_one, number=6)))
    assert life.shown_by(START + 80) == (START + 50, 6)


@pytest.mark.parametrize(
    ("published_at", "minimum", "renewed", "end"),
    [
        (START + 10, 40, 0, START + 40),
        (START, 40, 0, START + 40),
        (START + 50, 40, 0, START + 50),
        (START + 10, 0, 0, START + 10),
        (START + 10, 40, START + 40, 0),
        (START + 10, 40, START + 41, START + 40),
    ],
)
def test_a_notice_ends_it_no_earlier_than_the_brand_s_closing(published_at, minimum, renewed, end):
    anew = (replace(CONSENT, at=renewed, notice_version=2, number=6),) if renewed else ()
    notices = published(published_at, changed_purposes=2)
    life = replace(LIFE, terms=Terms(1_000, 100, minimum), notices=notices, snapshots=(CONSENT, *anew))
    assert consent_end(life, START + 90) == end


def test_a_notice_stops_the_reading_at_once():
    life = replace(LIFE, terms=Terms(1_000, 100, 40), notices=published(START + 10, changed_purposes=2))
    assert (consent_end(life, START + 10), why_unreadable(life, START + 10)) == (0, Reason.PURPOSE_CHANGED)


@pytest.mark.parametrize(("number", "end"), [(LAST_NUMBER - 2, 0), (LAST_NUMBER - 1, START + 30)])
def test_the_last_snapshots_bear_no_access(number, end):
    snapshots = (replace(CONSENT, number=number - 1), replace(CONSENT, at=START + 30, number=number))
    assert consent_end(replace(LIFE, snapshots=snapshots), START + 90) == end


@pytest.mark.parametrize(
    ("snapshots", "shown"),
    [
        (after(LACKS), (START + 30, 6)),
        (after(replace(CONSENT, at=START + 10), LACKS, replace(LACKS, at=START + 50)), (START + 30, 7)),
        ((replace(CONSENT, expires_at=START + 60),), (START + 60, 5)),
        ((replace(CONSENT, expires_at=START + 60), replace(CONSENT, at=START + 80, number=6)), (START + 60, 5)),
        ((CONSENT,), (0, 0)),
    ],
)
def test_the_snapshot_that_shows_the_end_is_named(snapshots, shown):
    assert replace(LIFE, snapshots=snapshots).shown_by(START + 90) == shown


ACTS = st.lists(
    st.tuples(
        st.sampled_from([2, 2, 7, 5]),
        st.sampled_from([2, 7]),
        st.integers(1, 4),
        st.integers(0, 6),
        st.sampled_from([0, 0, 3, 9]),
    ),
    max_size=4,
)


def counts_from(life, notice):
    """From when on a notice can end the access."""
    at = notice.published_at
    return at if at < life.started_at else max(at, life.started_at + life.terms.minimum)


def looked_at(life, now):
    """The end of the consent, found by looking at every second: what was said in it, and what held when it was over."""
    for second in range(life.started_at, now + 1):
        said = [each for each in life.snapshots[1:] if each.at == second]
        if any(not (each.purposes >> life.purpose & each.data_classes >> life.data_class & 1) for each in said):
            return second
        holding = [each for each in life.snapshots if each.at <= second][-1]
        public = Notices(tuple(each for each in life.notices.versions if counts_from(life, each) <= second))
        refusal = why_not(holding, public, purpose=life.purpose, data_class=life.data_class, at=second)
        if refusal is not Refusal.NONE and second < now:
            return second
    return 0


@given(
    acts=ACTS,
    changes=CHANGES,
    first=st.sampled_from([0, 5]),
    wait=st.integers(0, 12),
    minimum=st.sampled_from([0, 0, 7]),
)
def test_it_ends_where_looking_at_every_second_finds_it(acts, changes, first, wait, minimum):
    notices = with_changes(changes)
    snapshots, at = [Snapshot(7, 7, 1, START, first and START + first, 1)], START
    for purposes, data_classes, version, later, lasts in acts:
        at += later
        snapshots.append(Snapshot(purposes, data_classes, version, at, lasts and at + lasts, len(snapshots) + 1))
    now = at + wait
    life = replace(
        LIFE,
        terms=Terms(1_000, 100, minimum),
        snapshots=tuple(snapshots),
        notices=Notices(tuple(n for n in notices.versions if n.published_at <= now)),
    )
    assert consent_end(life, now) == looked_at(life, now)


@pytest.mark.parametrize(
    ("snapshots", "message"),
    [((), "its snapshot is missing"), ((CONSENT, replace(CONSENT, number=7)), r"got the numbers \[5, 7\]")],
)
def test_a_history_with_a_gap_is_refused(snapshots, message):
    with pytest.raises(InputError, match=message):
        replace(LIFE, snapshots=snapshots)


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, Reason.NONE),
        ({"closed_at": START + 91}, Reason.NONE),
        ({"tenure_end": START + 1, "closed_at": START + 1, "snapshots": after(LACKS)}, Reason.DATASET_GONE),
        ({"closed_at": START + 90, "snapshots": after(LACKS)}, Reason.CLOSED),
        ({"terms": Terms(1, 90), "snapshots": after(LACKS)}, Reason.PERIOD_OVER),
        ({"snapshots": after(replace(LACKS, purposes=0, data_classes=0))}, Reason.NO_CONSENT),
        ({"snapshots": after(LACKS)}, Reason.PURPOSE_NOT_GRANTED),
        ({"snapshots": after(replace(LACKS, purposes=2, data_classes=5))}, Reason.DATA_CLASS_NOT_GRANTED),
        ({"snapshots": (replace(CONSENT, expires_at=START + 90),)}, Reason.CONSENT_EXPIRED),
        ({"notices": published(START + 70, oldest_acceptable=2)}, Reason.NOTICE_TOO_OLD),
        ({"notices": published(START + 70, changed_purposes=2)}, Reason.PURPOSE_CHANGED),
        ({"notices": published(START + 70, changed_data_classes=2)}, Reason.DATA_CLASS_CHANGED),
        ({"snapshots": after(LACKS, replace(CONSENT, at=START + 30))}, Reason.INTERRUPTED),
    ],
)
def test_the_first_reason_is_given(changes, reason):
    assert why_unreadable(replace(LIFE, **changes), START + 90) is reason
