"""Reading and settling accesses by the library, on Ganache and anvil.

given offers
├── they should be listed by brand and by dataset, in their order, without those that were taken back
└── an access that is not there should be refused, and so should an id that is none
given an accepted access
├── it should say what is earned, due and returnable, at the block it was read at
├── it should end with its period, if nothing ends it before
├── the end should be found, with its cause and the snapshot to name, whatever ended it
├── the earliest of several ends should be found
├── a history of many snapshots should be read, in a few requests
└── why it cannot be read should be told
given an access that has ended
├── both sides should get theirs in one go, to the smallest unit
├── done again it should send nothing
├── it should follow a history that takes several collections
└── somebody who was first should be no obstacle
given an offer that nobody accepted
└── it should have no end, and nothing to settle
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from web3.contract import Contract

from tests.support.local_chain import rolled_back
from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Commons, deploy_commons
from web3crm.domain import NATIVE
from web3crm.domain.access import Reason
from web3crm.errors import ChainError, ContractRevert, InputError
from web3crm.vault import accesses as library
from web3crm.vault.accesses import (
    Cause,
    Settled,
    find_end,
    list_accesses,
    read_access,
    settle,
    standing_of,
    why_unreadable,
)

DAY = 86_400
PRICE, PERIOD = 1_000_003, 1_000
PURPOSE, DATA_CLASS = 2, 5
MANIFEST = b"\x11" * 32
ENVELOPE = b"\x22" * 32


@pytest.fixture(scope="module")
def commons(local: LocalChain) -> Commons:
    return deploy_commons(local.chain, sender=local.accounts[0])


@pytest.fixture(scope="module")
def accesses(commons: Commons) -> Contract:
    return commons.accesses


@pytest.fixture(scope="module")
def dataset_id(local: LocalChain, commons: Commons, accesses: Contract) -> int:
    """Alice's; the brand has published a notice and has money, and she consents."""
    chain, brand, alice = local.chain, local.accounts[1], local.accounts[3]
    consents, datasets = commons.consents.functions, commons.datasets.functions
    chain.transact(consents.publishNotice(b"\x01" * 32, "", 0, 0, 1, 30 * DAY), sender=brand)
    chain.transact(accesses.functions.fund(brand.address, NATIVE, 10 * PRICE), sender=brand, value=10 * PRICE)
    chain.transact(consents.grant(brand.address, 1 << PURPOSE, 1 << DATA_CLASS, 1, 0), sender=alice)
    chain.transact(datasets.mint(MANIFEST, DATA_CLASS), sender=alice)
    return int(chain.call(datasets.datasetIdOf(alice.address, MANIFEST, DATA_CLASS)))


@pytest.fixture
def live(local: LocalChain, dataset_id: int) -> Iterator[Chain]:
    with rolled_back(local.chain) as chain:
        yield chain


@pytest.fixture
def offer(live: Chain, local: LocalChain, accesses: Contract, dataset_id: int) -> Callable[..., int]:
    def act(salt: int = 0, *, minimum: int = 0, dataset: int = dataset_id) -> int:
        terms = (dataset, MANIFEST, NATIVE, PRICE, PURPOSE, PERIOD, minimum, live.now() + DAY, salt)
        receipt = live.transact(accesses.functions.offer(terms), sender=local.accounts[1])
        return int(live.events(receipt, accesses, "AccessOffered")[0].args["accessId"])

    return act


@pytest.fixture
def accepted(live: Chain, local: LocalChain, accesses: Contract, offer: Callable[..., int]) -> Callable[..., int]:
    def act(salt: int = 0, **terms: int) -> int:
        access_id = offer(salt, **terms)
        live.transact(accesses.functions.accept(access_id, ENVELOPE), sender=local.accounts[3])
        return access_id

    return act


@pytest.fixture
def parts(commons: Commons) -> dict[str, Contract]:
    return {"consents": commons.consents, "datasets": commons.datasets}


@pytest.fixture
def does(live: Chain, local: LocalChain, commons: Commons, accesses: Contract, dataset_id: int) -> Callable[..., int]:
    """What ends an access; the second in which it was done."""
    brand, alice = local.accounts[1], local.accounts[3]
    consents, datasets = commons.consents.functions, commons.datasets.functions
    everything = (brand.address, 1 << PURPOSE, 1 << DATA_CLASS, 1, 0)

    def move() -> Any:
        live.transact(datasets.proposeMove(dataset_id, local.accounts[4].address), sender=alice)
        return datasets.acceptMove(dataset_id), local.accounts[4]

    acts: dict[str, Callable[[int], tuple[Any, Any]]] = {
        "withdraw": lambda _: (consents.withdraw(brand.address, 1 << PURPOSE, 0), alice),
        "withdraw another": lambda _: (consents.withdraw(brand.address, 1 << 40, 0), alice),
        "grant": lambda _: (consents.grant(*everything), alice),
        "change": lambda _: (consents.publishNotice(b"\x02" * 32, "", 1 << PURPOSE, 0, 1, 30 * DAY), brand),
        "raise": lambda _: (consents.publishNotice(b"\x02" * 32, "", 0, 0, 2, 30 * DAY), brand),
        "burn": lambda _: (datasets.burn(dataset_id), alice),
        "move": lambda _: move(),
        "close": lambda access_id: (accesses.functions.close(access_id), alice),
        "brand closes": lambda access_id: (accesses.functions.close(access_id), brand),
    }

    def act(name: str, access_id: int = 0) -> int:
        call, sender = acts[name](access_id)
        live.transact(call, sender=sender)
        return live.now()

    return act


# --- offers -----------------------------------------------------------------------------------------------------------


def test_offers_are_listed_without_those_taken_back(live, local, accesses, commons, offer, dataset_id):
    alice, brand = local.accounts[3], local.accounts[1].address
    live.transact(commons.datasets.functions.mint(MANIFEST, DATA_CLASS + 1), sender=alice)
    other = live.call(commons.datasets.functions.datasetIdOf(alice.address, MANIFEST, DATA_CLASS + 1))
    first, second, third, fourth = offer(1), offer(2), offer(3), offer(4, dataset=other)
    live.transact(accesses.functions.retract(second), sender=local.accounts[1])

    def ids(**which: Any) -> list[int]:
        return [access.access_id for access in list_accesses(live, accesses, **which)]

    assert ids() == ids(brand=brand) == [first, third, fourth]
    assert (ids(dataset_id=dataset_id), ids(dataset_id=other)) == ([first, third], [fourth])
    assert ids(brand=alice.address) == ids(dataset_id=1) == ids(from_block=live.block_number()) == []


def test_an_offer_made_anew_is_listed_again(live, local, accesses, dataset_id):
    terms = (dataset_id, MANIFEST, NATIVE, PRICE, PURPOSE, PERIOD, 0, live.now() + DAY, 5)
    access_id = live.call(accesses.functions.accessIdOf(local.accounts[1].address, terms))
    for act in (
        accesses.functions.offer(terms),
        accesses.functions.retract(access_id),
        accesses.functions.offer(terms),
    ):
        live.transact(act, sender=local.accounts[1])
    assert [access.access_id for access in list_accesses(live, accesses)] == [access_id]


@pytest.mark.parametrize(
    ("access_id", "message"), [(12, "there is no access 12"), (2**256, "whole number of 256 bits"), (-1, "256 bits")]
)
def test_an_access_that_is_not_there_is_refused(live, accesses, access_id, message):
    with pytest.raises(InputError, match=message):
        read_access(live, accesses, access_id)


def test_a_contract_that_is_not_there_is_said(live, offer):
    nowhere = live.contract("DataAccess", "0x00000000000000000000000000000000DeaDBeef")
    with pytest.raises(ChainError, match="no contract answers"):
        read_access(live, nowhere, offer())


def test_an_offer_has_no_end(live, local, accesses, parts, offer):
    access = read_access(live, accesses, offer(minimum=7))
    assert (access.is_accepted, access.owner, access.paid, access.refunded) == (False, "", 0, 0)
    assert (access.terms.price, access.terms.period, access.terms.minimum) == (PRICE, PERIOD, 7)
    assert (access.brand, access.currency, access.digest) == (local.accounts[1].address, NATIVE, MANIFEST)
    with pytest.raises(InputError, match="an offer that nobody accepted"):
        find_end(live, access, **parts)
    with pytest.raises(InputError, match="an offer that nobody accepted"):
        settle(live, accesses, access.access_id, **parts, sender=local.accounts[2])


# --- standing ---------------------------------------------------------------------------------------------------------


def test_what_is_earned_is_said(live, local, accesses, parts, accepted):
    access_id = accepted()
    live.sleep(300)
    access = read_access(live, accesses, access_id)
    live.sleep(300)
    standing = standing_of(live, access, **parts)
    elapsed = standing.now - access.started_at
    assert (access.owner, access.digest) == (local.accounts[3].address, ENVELOPE)
    assert 300 <= elapsed < 400
    assert (standing.end.cause, standing.end.at, standing.has_ended) == (
        Cause.PERIOD,
        access.started_at + PERIOD,
        False,
    )
    assert (standing.earned, standing.due, standing.returnable) == (PRICE * elapsed // PERIOD,) * 2 + (0,)


def test_the_period_s_end_earns_the_price(live, accesses, parts, accepted):
    access_id = accepted()
    live.sleep(PERIOD)
    standing = standing_of(live, read_access(live, accesses, access_id), **parts)
    assert (standing.has_ended, standing.earned, standing.returnable) == (True, PRICE, 0)


@pytest.mark.parametrize(
    ("acts", "cause", "snapshot"),
    [
        (["withdraw"], Cause.CONSENT, 2),
        (["withdraw another", "withdraw", "grant", "withdraw"], Cause.CONSENT, 3),
        (["change"], Cause.CONSENT, 1),
        (["raise"], Cause.CONSENT, 1),
        (["change", "withdraw another"], Cause.CONSENT, 1),
        (["burn"], Cause.DATASET, 0),
        (["move"], Cause.DATASET, 0),
        (["close"], Cause.CLOSING, 0),
        (["brand closes"], Cause.CLOSING, 0),
    ],
)
def test_the_end_is_found(live, accesses, parts, accepted, does, acts, cause, snapshot):
    access_id = accepted()
    live.sleep(100)
    ends = [does(act, access_id) for act in acts if (act, live.sleep(10))]
    live.sleep(100)
    end = find_end(live, read_access(live, accesses, access_id), **parts)
    assert (end.at, end.cause, end.snapshot) == (
        ends[acts.index("withdraw") if "withdraw" in acts else 0],
        cause,
        snapshot,
    )


def test_the_earliest_end_is_found(live, accesses, parts, accepted, does):
    access_id = accepted(minimum=900)
    live.sleep(100)
    closed = does("close", access_id)
    live.sleep(100)
    does("withdraw")
    live.sleep(100)
    does("burn")
    assert find_end(live, read_access(live, accesses, access_id), **parts) == library.End(closed, Cause.CLOSING)


def test_an_expiry_is_found(live, local, commons, accesses, parts, accepted):
    until = live.now() + 400
    grant = commons.consents.functions.grant(local.accounts[1].address, 1 << PURPOSE, 1 << DATA_CLASS, 1, until)
    live.transact(grant, sender=local.accounts[3])
    access_id = accepted()
    before = find_end(live, read_access(live, accesses, access_id), **parts)
    live.sleep(500)
    after = find_end(live, read_access(live, accesses, access_id), **parts)
    assert (before.cause, after) == (Cause.PERIOD, library.End(until, Cause.CONSENT, 2))


def test_a_brand_s_closing_to_come_is_known(live, accesses, parts, accepted, does):
    access_id = accepted(minimum=600)
    does("brand closes", access_id)
    standing = standing_of(live, read_access(live, accesses, access_id), **parts)
    assert (standing.end.at - standing.access.started_at, standing.has_ended) == (600, False)
    assert standing.returnable == PRICE - PRICE * 600 // PERIOD


def test_a_long_history_is_read_in_parts(live, accesses, parts, accepted, does, monkeypatch):
    monkeypatch.setattr(library, "BATCH", 2)
    access_id = accepted()
    said = [does("withdraw another") for _ in range(4)] and does("withdraw")
    live.sleep(1)
    assert find_end(live, read_access(live, accesses, access_id), **parts) == library.End(said, Cause.CONSENT, 6)


def test_registries_that_are_not_there_are_said(live, accesses, accepted):
    access = read_access(live, accesses, accepted())
    nowhere = live.contract("ConsentRegistry", "0x00000000000000000000000000000000DeaDBeef")
    with pytest.raises(ChainError, match="no contract answers"):
        find_end(live, access, consents=nowhere, datasets=nowhere)


def test_why_it_cannot_be_read_is_told(live, accesses, offer, accepted, does):
    offered, access_id = offer(1), accepted(2)
    known = [why_unreadable(live, accesses, which) for which in (1, offered, access_id)]
    does("withdraw")
    withdrawn = why_unreadable(live, accesses, access_id)
    does("grant")
    assert known == [Reason.UNKNOWN_ACCESS, Reason.NOT_ACCEPTED, Reason.NONE]
    assert (withdrawn, why_unreadable(live, accesses, access_id)) == (Reason.PURPOSE_NOT_GRANTED, Reason.INTERRUPTED)


# --- settling ---------------------------------------------------------------------------------------------------------


def test_both_sides_get_theirs(live, local, accesses, parts, accepted, does):
    access_id, alice, brand = accepted(), local.accounts[3].address, local.accounts[1].address
    started = live.now()
    live.sleep(333)
    ended = does("withdraw another") and does("withdraw")
    live.sleep(100)
    wallet, balance = live.balance(alice), live.call(accesses.functions.balanceOf(brand, NATIVE))
    settled = settle(live, accesses, access_id, **parts, sender=local.accounts[2])
    block = live.block_number()
    earned = PRICE * (ended - started) // PERIOD
    assert settled == Settled(earned, PRICE - earned)
    assert live.balance(alice) - wallet == settled.paid
    assert live.call(accesses.functions.balanceOf(brand, NATIVE)) - balance == settled.refunded
    assert settle(live, accesses, access_id, **parts, sender=local.accounts[2]) == Settled(0, 0)
    assert live.block_number() == block


def test_a_history_of_several_collections_is_followed(live, local, accesses, parts, accepted, does, monkeypatch):
    monkeypatch.setattr(library, "STEPS", 2)
    access_id = accepted()
    before = live.block_number()
    said = [does("withdraw another") for _ in range(5)]
    live.sleep(PERIOD)
    settled = settle(live, accesses, access_id, **parts, sender=local.accounts[2])
    assert settled == Settled(PRICE, 0)
    assert live.block_number() - before == len(said) + 1 + 3


def test_whoever_is_first_is_no_obstacle(live, local, accesses, parts, accepted, does, monkeypatch):
    access_id = accepted()
    live.sleep(100)
    does("close", access_id)
    real = library.standing_of

    def outrun(*args: Any, **options: Any) -> Any:
        found = real(*args, **options)
        live.transact(accesses.functions.takeBack(access_id, 0), sender=local.accounts[4])
        return found

    monkeypatch.setattr(library, "standing_of", outrun)
    settled = settle(live, accesses, access_id, **parts, sender=local.accounts[2])
    assert (settled.paid > 0, settled.refunded) == (True, 0)


def test_other_refusals_of_settling_are_passed_on(live, local, accesses, parts, accepted, monkeypatch):
    access_id = accepted()

    def refuse(*_: object, **__: object) -> None:
        raise ContractRevert("Panic")

    monkeypatch.setattr(live, "transact", refuse)
    with pytest.raises(ContractRevert, match="Panic"):
        settle(live, accesses, access_id, **parts, sender=local.accounts[2])
