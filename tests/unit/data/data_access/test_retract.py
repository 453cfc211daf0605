"""DataAccess.retract

given an access that does not exist, or was taken back
└── it should revert
given an accepted access
└── it should revert: whoever accepts first is not robbed of it
given an offer that can still be accepted
├── when anyone but the brand takes it back, the owner too
│   └── it should revert
└── when the brand does
    ├── it should be gone
    ├── it should return the price to the brand's balance, in its currency
    └── it should emit OfferRetracted
given an offer whose last second has passed
└── it should be taken back by anyone, for the brand
"""

from __future__ import annotations

from tests.support.access import DAY, NATIVE, PRICE
from tests.support.reverting import reverts


def test_reverts_if_it_does_not_exist(accesses, brand):
    with reverts("DataAccess_UnknownAccess", 7):
        accesses.retract(7, {"from": brand})


def test_reverts_the_second_time(accesses, offer, brand):
    access_id = offer()
    accesses.retract(access_id, {"from": brand})

    with reverts("DataAccess_UnknownAccess", access_id):
        accesses.retract(access_id, {"from": brand})


def test_reverts_if_it_was_accepted_a_moment_before(accesses, access, brand):
    with reverts("DataAccess_AlreadyAccepted", access):
        accesses.retract(access, {"from": brand})


def test_reverts_if_it_was_accepted_though_its_time_has_passed(accesses, access, chain, stranger):
    chain.sleep(2 * DAY)

    with reverts("DataAccess_AlreadyAccepted", access):
        accesses.retract(access, {"from": stranger})


def test_reverts_for_anybody_else(accesses, offer, alice, brand):
    access_id = offer()

    with reverts("DataAccess_NotBrand", alice, brand):
        accesses.retract(access_id, {"from": alice})


def test_is_gone(accesses, offer, brand, alice):
    access_id = offer()
    accesses.retract(access_id, {"from": brand})

    with reverts("DataAccess_UnknownAccess", access_id):
        accesses.accessOf(access_id)
    with reverts("DataAccess_UnknownAccess", access_id):
        accesses.accept(access_id, b"\x33" * 32, {"from": alice})


def test_returns_the_price(accesses, offer, brand):
    accesses.retract(offer(), {"from": brand})

    assert accesses.balanceOf(brand, NATIVE) == PRICE
    accesses.withdraw(NATIVE, PRICE, brand, {"from": brand})
    assert accesses.balance() == 0


def test_returns_tokens(accesses, offer, stablecoin, brand):
    accesses.fund(brand, stablecoin, PRICE, {"from": brand})
    accesses.retract(offer(currency=stablecoin.address), {"from": brand})

    assert (accesses.balanceOf(brand, stablecoin), accesses.balanceOf(brand, NATIVE)) == (PRICE, 0)


def test_emits_offer_retracted(accesses, offer, brand):
    access_id = offer()
    event = accesses.retract(access_id, {"from": brand}).events["OfferRetracted"]

    assert dict(event) == {"accessId": access_id, "brand": brand}


def test_anyone_takes_an_expired_offer_back(accesses, offer, chain, brand, stranger):
    access_id = offer(expires_at=chain[-1].timestamp + 60)
    chain.sleep(61)
    accesses.retract(access_id, {"from": stranger})

    assert (accesses.balanceOf(brand, NATIVE), accesses.balanceOf(stranger, NATIVE)) == (PRICE, 0)
