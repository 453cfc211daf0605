"""web3crm.domain.consent, without a chain (tests/invariant/test_consent.py compares it with the contract)

given a snapshot
├── it should be the same after packing and unpacking
├── it should lie in the word as the contract lays it out
└── it should refuse a field, or a word, that is too wide
given a vocabulary
├── it should turn names into sets and back
├── it should call a bit without a name by its number
└── it should refuse an unknown name, and a term used twice
given a brand's notices
├── it should refuse what the contract refuses
├── it should know what changed last, and in which version
└── it should have 30 days for an erasure if there are none
given a grant or a withdrawal
├── it should refuse what the contract refuses
├── it should take the next number, withdrawals the last one again and again
└── it should take back only what is named
given a use
└── it should be refused for the first reason that applies
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web3crm.domain.consent import (
    DATA_CLASSES,
    DEFAULT_ERASURE_PERIOD,
    EVERYTHING,
    LAST_NUMBER,
    LONGEST_ERASURE_PERIOD,
    PURPOSES,
    SHORTEST_ERASURE_PERIOD,
    Notice,
    Notices,
    Refusal,
    Snapshot,
    Term,
    Vocabulary,
    bit_set,
    grant,
    is_allowed,
    why_not,
    withdraw,
    withdraw_all,
)
from web3crm.errors import InputError

NOW = 1_800_000_000
NOTICE = Notice(b"\x11" * 32, 0, 0, 0, DEFAULT_ERASURE_PERIOD, NOW, "ipfs://notice")
ONE = Notices().publish(NOTICE)


def below(bits):
    return st.integers(0, 2**bits - 1)


# --- snapshots --------------------------------------------------------------------------------------------------------


@given(st.builds(Snapshot, below(64), below(64), below(32), below(40), below(40), below(16)))
def test_a_snapshot_survives_packing(snapshot):
    assert Snapshot.unpack(snapshot.pack()) == snapshot


@given(below(256))
def test_a_word_survives_unpacking(word):
    assert Snapshot.unpack(word).pack() == word


@pytest.mark.parametrize(
    ("field", "shift"),
    [
        ("purposes", 192),
        ("data_classes", 128),
        ("notice_version", 96),
        ("at", 56),
        ("expires_at", 16),
        ("number", 0),
    ],
)
def test_a_field_lies_where_the_contract_puts_it(field, shift):
    assert Snapshot(**{field: 1}).pack() == 1 << shift


@pytest.mark.parametrize(
    ("field", "width"),
    [("purposes", 64), ("data_classes", 64), ("notice_version", 32), ("at", 40), ("expires_at", 40), ("number", 16)],
)
@pytest.mark.parametrize("beyond", [lambda width: 1 << width, lambda width: -1])
def test_a_field_that_is_too_wide_is_refused(field, width, beyond):
    with pytest.raises(InputError, match=f"{field} must be from 0"):
        Snapshot(**{field: beyond(width)})


@pytest.mark.parametrize("word", [-1, 1 << 256])
def test_a_word_that_is_too_wide_is_refused(word):
    with pytest.raises(InputError, match="256 bits"):
        Snapshot.unpack(word)


# --- vocabularies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vocabulary", [PURPOSES, DATA_CLASSES])
def test_names_become_sets_and_back(vocabulary):
    names = tuple(term.name for term in vocabulary)

    assert vocabulary.names(vocabulary.bits(*names)) == names
    assert vocabulary.bits(names[0], names[2]) == 0b101
    assert vocabulary.bits() == 0


def test_a_bit_without_a_name_goes_by_its_number():
    assert PURPOSES.names(1 | 1 << 63) == ("service", "63")


def test_terms_point_into_the_data_privacy_vocabulary():
    assert PURPOSES["direct_marketing"].dpv == "https://w3id.org/dpv#DirectMarketing"
    assert DATA_CLASSES["contact"].dpv == "https://w3id.org/dpv/pd#Contact"


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="no purpose is called 'spam'; known are service, "):
        PURPOSES.bits("spam")


@pytest.mark.parametrize("bits", [-1, 1 << 64])
def test_a_set_that_is_too_wide_is_refused(bits):
    with pytest.raises(InputError, match="from 0 to"):
        PURPOSES.names(bits)


@pytest.mark.parametrize("again", [Term(0, "b", "y"), Term(1, "a", "y"), Term(1, "b", "x")])
def test_a_term_used_twice_is_refused(again):
    with pytest.raises(InputError, match="must be used once"):
        Vocabulary("purpose", (Term(0, "a", "x"), again))


@pytest.mark.parametrize("bit", [-1, 64])
def test_a_bit_out_of_range_is_refused(bit):
    with pytest.raises(InputError, match="from 0 to 63"):
        bit_set([bit])


# --- notices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"digest": b"\x00" * 32}, "not zero"),
        ({"digest": b"\x11" * 31}, "32 bytes"),
        ({"oldest_acceptable": 3}, "from 0 to 2"),
        ({"erasure_period": SHORTEST_ERASURE_PERIOD - 1}, "erasure period"),
        ({"erasure_period": LONGEST_ERASURE_PERIOD + 1}, "erasure period"),
        ({"changed_purposes": 1 << 64}, "changed purposes"),
        ({"changed_data_classes": -1}, "changed data classes"),
    ],
)
def test_a_notice_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        ONE.publish(replace(NOTICE, **change))


def test_the_oldest_acceptable_never_goes_back():
    with pytest.raises(InputError, match="from 1 to 3"):
        ONE.publish(replace(NOTICE, oldest_acceptable=1)).publish(NOTICE)


def test_notices_know_what_changed_last():
    notices = ONE.publish(replace(NOTICE, changed_purposes=0b11, changed_data_classes=0b1))
    notices = notices.publish(replace(NOTICE, changed_purposes=0b10, erasure_period=SHORTEST_ERASURE_PERIOD))

    assert [notices.purpose_changed_in(bit) for bit in (0, 1, 2)] == [2, 3, 0]
    assert [notices.data_class_changed_in(bit) for bit in (0, 1)] == [2, 0]
    assert (notices.latest, notices.oldest_acceptable, notices.erasure_period) == (3, 0, SHORTEST_ERASURE_PERIOD)


def test_without_notices_an_erasure_has_thirty_days():
    assert (Notices().latest, Notices().oldest_acceptable, Notices().erasure_period) == (0, 0, 30 * 86_400)


# --- grants and withdrawals -------------------------------------------------------------------------------------------

GRANT = {"purposes": 3, "data_classes": 3, "notice_version": 1, "expires_at": 0, "at": NOW}


def test_a_grant_takes_the_next_number():
    assert grant(Snapshot(number=4), ONE, **GRANT) == Snapshot(3, 3, 1, NOW, 0, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"purposes": 0}, "allows nothing"),
        ({"data_classes": 0}, "allows nothing"),
        ({"purposes": 1 << 64}, "from 0 to"),
        ({"notice_version": 0}, "notices 1 to 1, not 0"),
        ({"notice_version": 2}, "notices 1 to 1, not 2"),
        ({"expires_at": NOW}, "expiry must be after"),
    ],
)
def test_a_grant_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        grant(Snapshot(), ONE, **GRANT | change)


def test_a_grant_under_a_notice_that_is_too_old_is_refused():
    with pytest.raises(InputError, match="oldest acceptable notice is 2, got 1"):
        grant(Snapshot(), ONE.publish(replace(NOTICE, oldest_acceptable=2)), **GRANT)


@pytest.mark.parametrize("number", [LAST_NUMBER - 1, LAST_NUMBER])
def test_a_grant_may_not_take_the_last_number(number):
    with pytest.raises(InputError, match="kept for withdrawals"):
        grant(Snapshot(number=number), ONE, **GRANT)


def test_a_withdrawal_takes_back_only_what_is_named():
    previous = Snapshot(7, 7, 2, NOW, NOW + 9, 1)

    assert withdraw(previous, purposes=1, at=NOW + 5) == Snapshot(6, 7, 2, NOW + 5, NOW + 9, 2)
    assert withdraw(previous, data_classes=2, at=NOW + 5) == Snapshot(7, 5, 2, NOW + 5, NOW + 9, 2)
    assert withdraw_all(previous, at=NOW + 5) == Snapshot(0, 0, 2, NOW + 5, NOW + 9, 2)


def test_a_withdrawal_of_nothing_is_refused():
    with pytest.raises(InputError, match="must name a purpose or a data class"):
        withdraw(Snapshot(7, 7), at=NOW)


def test_withdrawals_share_the_last_number():
    assert withdraw_all(Snapshot(7, 7, number=LAST_NUMBER), at=NOW).number == LAST_NUMBER


# --- uses -------------------------------------------------------------------------------------------------------------

CONSENT = Snapshot(0b11, 0b11, 1, NOW, NOW + 100, 1)
CHANGED = ONE.publish(replace(NOTICE, changed_purposes=0b10, changed_data_classes=0b10))


@pytest.mark.parametrize(
    ("snapshot", "notices", "purpose", "data_class", "at", "refusal"),
    [
        (Snapshot(), ONE, 0, 0, NOW, Refusal.NO_CONSENT),
        (withdraw_all(CONSENT, at=NOW), ONE, 0, 0, NOW, Refusal.NO_CONSENT),
        (CONSENT, ONE, 1, 1, NOW + 99, Refusal.NONE),
        (CONSENT, ONE, 2, 9, NOW + 100, Refusal.PURPOSE_NOT_GRANTED),
        (CONSENT, ONE, 64, 0, NOW, Refusal.PURPOSE_NOT_GRANTED),
        (CONSENT, ONE, 0, 2, NOW + 100, Refusal.DATA_CLASS_NOT_GRANTED),
        (CONSENT, CHANGED, 1, 1, NOW + 100, Refusal.EXPIRED),
        (CONSENT, CHANGED.publish(replace(NOTICE, oldest_acceptable=2)), 1, 1, NOW, Refusal.NOTICE_TOO_OLD),
        (CONSENT, CHANGED, 1, 1, NOW, Refusal.PURPOSE_CHANGED),
        (CONSENT, CHANGED, 0, 1, NOW, Refusal.DATA_CLASS_CHANGED),
        (CONSENT, CHANGED, 0, 0, NOW, Refusal.NONE),
        (replace(CONSENT, expires_at=0), CHANGED, 0, 0, 2**40, Refusal.NONE),
    ],
)
def test_a_use_is_refused_for_the_first_reason(snapshot, notices, purpose, data_class, at, refusal):
    assert why_not(snapshot, notices, purpose=purpose, data_class=data_class, at=at) is refusal
    assert is_allowed(snapshot, notices, purpose=purpose, data_class=data_class, at=at) == (refusal is Refusal.NONE)


SETS = st.integers(0, 7)


@given(
    snapshot=st.builds(
        Snapshot, SETS, SETS, st.integers(1, 2), st.just(NOW), st.sampled_from([0, NOW + 5]), st.just(1)
    ),
    later=st.lists(st.tuples(SETS, SETS, st.integers(0, 2)), max_size=3),
    at=st.integers(NOW, NOW + 10),
)
def test_no_notice_turns_a_refusal_into_a_permission(snapshot, later, at):
    before = ONE.publish(replace(NOTICE, changed_purposes=1))
    after = before
    for changed_purposes, changed_data_classes, step in later:
        after = after.publish(
            replace(
                NOTICE,
                changed_purposes=changed_purposes,
                changed_data_classes=changed_data_classes,
                oldest_acceptable=min(after.oldest_acceptable + step, after.latest + 1),
            )
        )

    uses = [{"purpose": purpose, "data_class": data_class, "at": at} for purpose in range(4) for data_class in range(4)]

    assert not [use for use in uses if is_allowed(snapshot, after, **use) and not is_allowed(snapshot, before, **use)]


def test_everything_is_sixty_four_bits():
    assert EVERYTHING == 2**64 - 1
