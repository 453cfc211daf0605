"""PointsExchange.agree, disagree, agreedTo, pair, pairIdOf

given two brands, each with points of its own
├── when one agrees
│   ├── it should hold nothing yet, and remember what was agreed to
│   ├── it should emit TermsAgreed, and TermsTookEffect only with the second
│   └── it should revert on swaps, funding and switches
├── when both agree to the same, whoever is first
│   └── the terms should hold, closed and without a rate
├── when they agree to different terms
│   └── the terms should not hold until they are the same
├── when a brand agrees to other terms
│   └── what it agreed to before should be good no longer
├── when it takes its agreement back
│   ├── it should be good no longer
│   ├── it should emit AgreementWithdrawn
│   └── it should revert if there is none
├── when terms take effect
│   └── no older agreement should be left over
├── when the caller is neither brand, the brands are the same, the points are not in order, the rates, the period or the notice are out of
│   their bounds
│   └── it should revert
└── when the points are another brand's, no contract, a wrong answer, or an ERC-721
    └── it should revert
given terms that hold, points in the pair, debts and an announced withdrawal
├── when other terms take effect
│   ├── all of it should stay
│   ├── the rate should stay if it is within the bounds
│   └── the rate should be gone if it is not
└── when the points have another brand by now
    └── the former one should agree to nothing any more
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from brownie import MembershipCard
from eth_abi import encode
from eth_utils.crypto import keccak

from tests.support.exchange import CAP, DAY, HOUR, ONE, RATE, RESERVE, LoneBrand, agree, in_order, open_pair, terms_of
from tests.support.loyalty import POINT, ZERO_ADDRESS
from tests.support.reverting import reverts

NOTHING = "0x" + "00" * 32
TYPES = ["address"] * 4 + ["uint128"] * 4 + ["uint32"] * 2


@pytest.fixture
def name(exchange, coffee, books):
    """The pair's id, before there is a pair."""
    return bytes(exchange.pairIdOf(coffee.address, books.address, coffee.points, books.points))


def digest_of(terms):
    return "0x" + keccak(encode(TYPES, terms.as_struct())).hex()


def test_names_the_pair_by_brands_and_points(name, terms):
    assert name == keccak(encode(TYPES[:4], terms.as_struct()[:4]))


def test_holds_nothing_when_one_agreed(exchange, coffee, terms, name):
    receipt = coffee.do(exchange, "agree", terms.as_struct())

    assert exchange.pair(name)[0] == (ZERO_ADDRESS,) * 4 + (0,) * 6
    assert str(exchange.agreedTo(name, coffee.address)) == digest_of(terms)
    assert receipt.events["TermsAgreed"]["brand"] == coffee.address
    assert receipt.events["TermsAgreed"]["pairId"] == "0x" + name.hex()
    assert tuple(receipt.events["TermsAgreed"]["terms"]) == terms.as_struct()
    assert "TermsTookEffect" not in receipt.events


def test_lets_nobody_use_what_one_alone_agreed_to(exchange, coffee, terms, name, treasurer):
    coffee.do(exchange, "agree", terms.as_struct())

    with reverts("PointsExchange_NotABrand", coffee.address):
        coffee.do(exchange, "setOpen", name, True)
    with reverts("PointsExchange_NotInPair", name, coffee.points):
        exchange.fund(name, coffee.points, 1, {"from": treasurer})


@pytest.mark.parametrize("first", [0, 1], ids=["A first", "B first"])
def test_holds_when_both_agreed(exchange, brands, terms, name, first):
    brands[first].do(exchange, "agree", terms.as_struct())
    receipt = brands[1 - first].do(exchange, "agree", terms.as_struct())

    assert exchange.pair(name) == (terms.as_struct(), 0, False, False, 0, 0, 0, 0)
    assert tuple(receipt.events["TermsTookEffect"]["terms"]) == terms.as_struct()
    assert [str(exchange.agreedTo(name, each.address)) for each in brands] == [NOTHING, NOTHING]


@pytest.mark.parametrize("field", ["min_rate", "max_rate", "cap_a", "cap_b", "period", "notice"])
def test_needs_the_same_terms_of_both(exchange, coffee, books, terms, name, field):
    coffee.do(exchange, "agree", terms.as_struct())
    other = terms.but(**{field: getattr(terms, field) + 1})
    books.do(exchange, "agree", other.as_struct())
    before = exchange.pair(name)[0][0]
    coffee.do(exchange, "agree", other.as_struct())

    assert before == ZERO_ADDRESS
    assert exchange.pair(name)[0] == other.as_struct()


def test_forgets_what_the_brand_agreed_to_before(exchange, coffee, books, terms, name):
    coffee.do(exchange, "agree", terms.as_struct())
    coffee.do(exchange, "agree", terms.but(cap_a=1).as_struct())
    books.do(exchange, "agree", terms.as_struct())

    assert exchange.pair(name)[0][0] == ZERO_ADDRESS


def test_leaves_no_older_agreement_over(exchange, coffee, books, terms, name):
    books.do(exchange, "agree", terms.but(cap_a=1).as_struct())
    agree(exchange, coffee, books, terms)
    coffee.do(exchange, "agree", terms.but(cap_a=1).as_struct())

    assert exchange.pair(name)[0] == terms.as_struct()


def test_takes_an_agreement_back(exchange, coffee, books, terms, name):
    coffee.do(exchange, "agree", terms.as_struct())
    event = coffee.do(exchange, "disagree", name).events["AgreementWithdrawn"]
    books.do(exchange, "agree", terms.as_struct())

    assert dict(event) == {"pairId": "0x" + name.hex(), "brand": coffee.address}
    assert exchange.pair(name)[0][0] == ZERO_ADDRESS


def test_has_nothing_to_take_back(exchange, coffee, books, name, terms):
    coffee.do(exchange, "agree", terms.as_struct())

    with reverts("PointsExchange_NothingAgreed", books.address):
        books.do(exchange, "disagree", name)


def test_takes_no_agreement_back_that_holds(exchange, coffee, agreed):
    with reverts("PointsExchange_NothingAgreed", coffee.address):
        coffee.do(exchange, "disagree", agreed)


def test_reverts_for_a_stranger(exchange, terms, stranger):
    with reverts("PointsExchange_NotABrand", stranger):
        exchange.agree(terms.as_struct(), {"from": stranger})


def test_reverts_for_one_brand_with_itself(exchange, coffee, terms):
    with reverts("PointsExchange_SameBrand", coffee.address):
        coffee.do(exchange, "agree", terms.but(brand_b=coffee.address).as_struct())


@pytest.mark.parametrize("same", [True, False])
def test_reverts_if_the_points_are_not_in_order(exchange, coffee, books, terms, same):
    second = books.points.address if same else coffee.points.address
    swapped = terms.but(points_a=books.points.address, points_b=second)

    with reverts("PointsExchange_PointsNotSorted", books.points, second):
        coffee.do(exchange, "agree", swapped.as_struct())


@pytest.mark.parametrize(("lowest", "highest"), [(0, 1), (0, 0), (2, 1)])
def test_reverts_on_rates_without_a_range(exchange, coffee, terms, lowest, highest):
    with reverts("PointsExchange_InvalidRates", lowest, highest):
        coffee.do(exchange, "agree", terms.but(min_rate=lowest, max_rate=highest).as_struct())


def test_reverts_without_a_period(exchange, coffee, terms):
    with reverts("PointsExchange_ZeroPeriod"):
        coffee.do(exchange, "agree", terms.but(period=0).as_struct())


@pytest.mark.parametrize("notice", [0, HOUR - 1, 365 * DAY + 1, 2**32 - 1])
def test_reverts_on_a_notice_out_of_range(exchange, coffee, terms, notice):
    with reverts("PointsExchange_NoticeOutOfRange", notice, HOUR, 365 * DAY):
        coffee.do(exchange, "agree", terms.but(notice=notice).as_struct())


@pytest.mark.parametrize("changes", [{"notice": HOUR}, {"notice": 365 * DAY}, {"min_rate": 1, "max_rate": 1}])
def test_accepts_the_bounds_themselves(exchange, coffee, books, terms, name, changes):
    agree(exchange, coffee, books, terms.but(**changes))

    assert exchange.pair(name)[0] == terms.but(**changes).as_struct()


def test_reverts_on_somebody_else_s_points(exchange, coffee, books, stranger):
    thief = LoneBrand(stranger, books.points)

    with reverts("PointsExchange_NotOfTheBrand", books.points, stranger):
        thief.do(exchange, "agree", terms_of(*in_order(coffee, thief)).as_struct())


def test_reverts_on_points_that_are_not_the_partner_s(exchange, coffee, books, terms, stranger):
    with reverts("PointsExchange_NotOfTheBrand", books.points, stranger):
        coffee.do(exchange, "agree", terms.but(brand_b=str(stranger)).as_struct())


def test_reverts_on_points_that_are_no_contract(exchange, coffee, terms):
    nowhere = "0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF"

    with reverts("PointsExchange_NotOfTheBrand", nowhere, terms.brand_b):
        coffee.do(exchange, "agree", terms.but(points_b=nowhere).as_struct())


def test_reverts_on_a_contract_without_an_authority(exchange, coffee, stranger):
    pretender = LoneBrand(stranger, exchange)

    with reverts("PointsExchange_NotOfTheBrand", exchange, stranger):
        pretender.do(exchange, "agree", terms_of(*in_order(coffee, pretender)).as_struct())


def test_reverts_on_cards_instead_of_points(exchange, coffee, books, deployer):
    cards = deployer.deploy(MembershipCard, "Club", "CLUB", "", coffee.authority, ZERO_ADDRESS)
    club = replace(coffee, points=cards)

    with reverts("PointsExchange_NotFungible", cards):
        club.do(exchange, "agree", terms_of(*in_order(club, books)).as_struct())


def test_keeps_what_is_in_the_pair(exchange, pair_id, coffee, books, terms, swap, state, treasurer):
    swap(coffee.points, 10 * POINT)
    books.do(exchange, "announceWithdrawal", pair_id, coffee.points, POINT, treasurer)
    announced = exchange.withdrawalOf(pair_id, books.address, coffee.points)
    new = terms.but(cap_a=1, cap_b=2 * CAP, notice=DAY, max_rate=3 * ONE)
    agree(exchange, coffee, books, new)

    assert exchange.pair(pair_id)[:4] == (new.as_struct(), RATE, True, True)
    assert state() == (RESERVE + 10 * POINT, RESERVE - 20 * POINT, 10 * POINT, 0)
    assert exchange.withdrawalOf(pair_id, books.address, coffee.points) == announced
    assert exchange.swappable(pair_id, books.points) == 2 * CAP - 20 * POINT


@pytest.mark.parametrize("bounds", [{"max_rate": RATE - 1}, {"min_rate": RATE + 1}])
def test_drops_a_rate_outside_the_new_bounds(exchange, pair_id, coffee, books, terms, bounds):
    coffee.do(exchange, "agree", terms.but(**bounds).as_struct())
    event = books.do(exchange, "agree", terms.but(**bounds).as_struct()).events["RateSet"]

    assert exchange.pair(pair_id)[1] == 0
    assert dict(event) == {"pairId": "0x" + pair_id.hex(), "brand": books.address, "rate": 0}
    assert exchange.swappable(pair_id, coffee.points) == 0


@pytest.mark.parametrize("bounds", [{"max_rate": RATE}, {"min_rate": RATE}])
def test_keeps_a_rate_at_the_new_bounds(exchange, pair_id, coffee, books, terms, bounds):
    agree(exchange, coffee, books, terms.but(**bounds))

    assert exchange.pair(pair_id)[1] == RATE


def test_lets_a_former_brand_agree_to_nothing(exchange, crooked_id, crook, coffee, bob):
    crook.points.setAuthority(bob, {"from": bob})

    with reverts("PointsExchange_NotOfTheBrand", crook.points, crook.address):
        coffee.do(exchange, "agree", terms_of(*in_order(coffee, crook)).as_struct())


def test_keeps_the_books_of_two_pairs_apart(exchange, pair_id, crooked_id, coffee, books, state, swap):
    swap(coffee.points, 10 * POINT)

    assert exchange.settlement(crooked_id) == (0, 0)
    assert state() == (RESERVE + 10 * POINT, RESERVE - 20 * POINT, 10 * POINT, 0)


def test_leaves_each_kind_of_points_its_own_cap_in_each_pair(exchange, pair_id, crooked_id, coffee, books, terms):
    again = open_pair(exchange, coffee, books, terms.but(cap_a=5), RATE)

    assert again == pair_id
    assert exchange.swappable(pair_id, coffee.points) == 5
    assert exchange.swappable(crooked_id, coffee.points) == 500 * POINT
