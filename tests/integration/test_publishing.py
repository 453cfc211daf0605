"""Earned points from totals to claims, on Ganache and on anvil.

given totals
├── when they are published
│   ├── the chain should have the root, the total and the CID, and the store the file
│   ├── anybody should find that all of it holds
│   └── it should be told how far it is
├── when they are published again
│   ├── it should say that they are pending, or matured, and send nothing
│   ├── unless what is pending was published with another file: then it should be replaced
│   └── it should do so after a run that broke before it was sent, with the same CID
├── when purchases were returned before the root is due
│   └── it should be replaced, and what was returned is nobody's
├── when purchases were returned after it matured
│   ├── who was paid should owe the difference, and earn it back before she is paid again
│   └── everybody should be paid all that she earned, to the last
├── when the pending root is due
│   ├── it should be gone on from, and mature by the act of publishing
│   ├── unless it cannot be funded: then it should be replaced, and its peaks forgotten
│   └── it should be worked out anew if it matured in between
├── when a customer of the matured root is not among them
│   └── it should be refused, or on request she should keep what she had
└── when the file of the matured root cannot be had, or is another one
    └── it should be refused
given a published root
├── a claim should pay what was earned since the last one
├── claims for many should pay each once, in batches, and go on where they stopped
├── nothing should be claimed before any root matured
└── it should be said how a customer stands
given a root that was published wrongly
├── verifying should say what is wrong: root, total, peaks, customers, the one before, the file
└── a file that a matured root is published with again should change nothing
given the liability
├── the getters should give what the catalog's view gives
├── the figures should add up at every step
└── they should be those of one block
given the whole CDNOW data set
└── it should go from the file to a published root that holds, and a customer to her points
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from web3.contract import Contract

from tests.package.points.making import content, customer, proof_file
from tests.support.blob_stores import own_blobs
from web3crm.chain import Chain, LocalChain
from web3crm.domain.earning import EarnRules, Rate, purchases_digest
from web3crm.domain.purchases import cdnow_path, read_cdnow
from web3crm.errors import ContractRevert, InputError, PointsError
from web3crm.points import claims as claiming
from web3crm.points.distributor import Distributor, Standing
from web3crm.points.liability import read_liability
from web3crm.points.proofs import Previous, ProofFile, fetch, store
from web3crm.points.publish import Outcome, Published, publish_totals
from web3crm.points.tree import PointsTree
from web3crm.points.verify import verify_root
from web3crm.points.wallets import DemonstrationWallets, totals_of
from web3crm.vault import BlobStore, EmbeddedStore

__all__ = ["own_blobs"]

ISSUER = 1
POINT = 10**18
BUDGET = 10**9 * POINT
DAY = 86_400
ANN, BEA, CLEO = (customer(number) for number in range(3))
FIRST = {ANN: 100 * POINT, BEA: 50 * POINT, CLEO: 20 * POINT}
SOURCES = {"purchases": "ab" * 32, "rules": "cd" * 32}


@pytest.fixture(scope="module")
def contracts(local: LocalChain) -> dict[str, Contract]:
    """A brand's authority, points, distributor and catalog; the first account does everything for the brand."""
    chain, brand = local.chain, local.accounts[0]
    authority, _ = chain.deploy("ProgramAuthority", [brand.address], sender=brand)
    points, _ = chain.deploy(
        "LoyaltyPoints", ["Beans", "BEAN", "ipfs://b", authority.address, BUDGET, DAY], sender=brand
    )
    distributor, _ = chain.deploy("PointsDistributor", [authority.address, points.address, 0], sender=brand)
    # No card is granted here: any contract will do for the cards.
    addresses = [authority.address, points.address, points.address, distributor.address]
    rewards, _ = chain.deploy("RewardCatalog", addresses, sender=brand)
    acts = {points: ["issue"], distributor: ["publish", "discardPending"]}
    for contract, names in acts.items():
        kind = "LoyaltyPoints" if contract is points else "PointsDistributor"
        selectors = [chain.artifacts.load(kind).selector(name) for name in names]
        chain.transact(authority.functions.setTargetFunctionRole(contract.address, selectors, ISSUER), sender=brand)
    for holder in (brand.address, distributor.address):
        chain.transact(authority.functions.grantRole(ISSUER, holder, 0), sender=brand)
    return {"authority": authority, "points": points, "distributor": distributor, "rewards": rewards}


@pytest.fixture
def chain(local: LocalChain, contracts: dict[str, Contract]) -> Iterator[Chain]:
    snapshot = local.chain.snapshot()
    yield local.chain
    local.chain.revert(snapshot)


@pytest.fixture
def distributor(chain: Chain, contracts: dict[str, Contract]) -> Distributor:
    return Distributor(chain, contracts["distributor"])


@pytest.fixture
def blobs(own_blobs: BlobStore) -> BlobStore:
    return own_blobs


@pytest.fixture
def publishing(chain: Chain, local: LocalChain, distributor: Distributor, blobs: BlobStore):
    """Publishes totals, due in a day."""

    def act(totals: dict[bytes, int], *, by: Distributor = distributor, **options) -> Published:
        return publish_totals(
            by,
            totals,
            blobs=blobs,
            **{"sender": local.accounts[0], "matures_in": DAY, **SOURCES, **options},
        )

    return act


@pytest.fixture
def maturing(chain: Chain, local: LocalChain, distributor: Distributor, publishing):
    """Publishes totals and matures them."""

    def act(totals: dict[bytes, int]) -> Published:
        published = publishing(totals)
        chain.sleep(DAY + 1)
        chain.transact(distributor.contract.functions.mature(), sender=local.accounts[5])
        return published

    return act


@pytest.fixture
def held(chain: Chain, contracts: dict[str, Contract]):
    def act(*addresses: bytes) -> list[int]:
        balance = contracts["points"].functions.balanceOf
        return [chain.call(balance(chain.web3.to_checksum_address(address))) for address in addresses]

    return act


@pytest.fixture
def claimed(local: LocalChain, distributor: Distributor, blobs: BlobStore):
    """Claims everything for everybody."""

    def act(**options) -> claiming.Claimed:
        _, file = claiming.paying_file(distributor, blobs)
        return claiming.claim_many(distributor, file.tree.claims(), sender=local.accounts[5], **options)

    return act


def differences(distributor: Distributor, blobs: BlobStore, root: bytes) -> tuple[str, ...]:
    return verify_root(distributor, distributor.publication(root), blobs).differences


# --- publishing -------------------------------------------------------------------------------------------------------


def test_totals_are_published(distributor, blobs, publishing):
    published = publishing(FIRST)
    state, publication = distributor.state(), distributor.publication(published.root)
    assert (published.outcome, published.customers, published.debtors) == (Outcome.SENT, 3, 0)
    assert (state.pending_root, state.pending_total) == (PointsTree.build(FIRST).root, 170 * POINT)
    assert (publication.cid, publication.total) == (published.cid, 170 * POINT)
    assert state.matures_at == publication.matures_at == published.matures_at
    assert 0 <= distributor.chain.now() + DAY - published.matures_at < 60
    assert fetch(published.cid, blobs).tree.totals() == FIRST


def test_anybody_finds_that_it_holds(distributor, blobs, publishing):
    published = publishing(FIRST)
    found = verify_root(distributor, distributor.publication(published.root), blobs)
    assert (found.holds, found.customers, found.previous) == (True, 3, None)


def test_it_is_told_how_far_it_is(publishing):
    told: dict[str, tuple[int, int]] = {}
    publishing(FIRST, watch=lambda what: lambda done, of: told.__setitem__(what, (done, of)))
    assert told == {"building the tree": (6, 6), "storing the proofs": (6, 6)}


def test_what_is_pending_is_not_sent_again(chain, publishing):
    first = publishing(FIRST)
    block = chain.block_number()
    again = publishing(dict(reversed(FIRST.items())))
    assert (again.outcome, again.transaction, chain.block_number()) == (Outcome.PENDING, None, block)
    assert (again.cid, again.root, again.total, again.matures_at) == (
        first.cid,
        first.root,
        first.total,
        first.matures_at,
    )


def test_what_is_pending_with_another_file_is_sent_again(chain, local, distributor, blobs, publishing):
    first = publishing(FIRST)
    for cid in (store(proof_file({ANN: 1}), blobs), "baf" + "!" * 56):
        act = distributor.contract.functions.publish(first.root, first.total, cid, chain.now() + DAY, 0)
        chain.transact(act, sender=local.accounts[0])
        again = publishing(FIRST)
        assert (again.outcome, again.cid) == (Outcome.SENT, first.cid)
        assert distributor.publication(first.root).cid == first.cid


def test_what_has_matured_is_not_sent_again(chain, publishing, maturing):
    first = maturing(FIRST)
    block = chain.block_number()
    again = publishing(FIRST)
    assert (again.outcome, again.transaction, chain.block_number()) == (Outcome.MATURED, None, block)
    assert (again.cid, again.mints) == (first.cid, 0)


def test_a_run_that_broke_is_repeated_with_the_same_cid(local, blobs, publishing):
    with pytest.raises(ContractRevert) as refused:
        publishing(FIRST, sender=local.accounts[7])
    assert refused.value.name == "AccessManagedUnauthorized"
    (stored,) = blobs.pins()
    published = publishing(FIRST)
    assert (published.outcome, published.cid) == (Outcome.SENT, stored)


def test_a_root_that_is_not_due_is_replaced(distributor, blobs, publishing, maturing, claimed, held):
    mistaken = publishing({**FIRST, ANN: 900 * POINT})
    published = maturing(FIRST)
    assert (published.total, published.root != mistaken.root) == (170 * POINT, True)
    assert differences(distributor, blobs, published.root) == ()
    assert claimed().paid == 170 * POINT
    assert held(ANN) == [100 * POINT]


def test_what_was_returned_is_earned_back_first(distributor, blobs, maturing, claimed, held):
    maturing(FIRST)
    claimed()
    second = maturing({ANN: 30 * POINT, BEA: 0, CLEO: 60 * POINT})
    assert (second.total, second.debtors) == ((100 + 50 + 60) * POINT, 2)
    assert (claimed().paid, held(ANN, BEA, CLEO)) == (40 * POINT, [100 * POINT, 50 * POINT, 60 * POINT])
    third = maturing({ANN: 110 * POINT, BEA: 40 * POINT, CLEO: 60 * POINT})
    assert (third.total, third.debtors) == ((110 + 50 + 60) * POINT, 1)
    assert (claimed().paid, held(ANN, BEA, CLEO)) == (10 * POINT, [110 * POINT, 50 * POINT, 60 * POINT])
    assert [differences(distributor, blobs, item.root) for item in (second, third)] == [(), ()]


def test_everybody_is_paid_to_the_last(distributor, maturing, claimed, held):
    """Some claim the higher total before it falls, some after: what was minted covers both."""
    address = bytes.fromhex(distributor.contract.address[2:])
    maturing({customer(number): 10 * POINT for number in range(10)})
    claimed()
    maturing({customer(number): (5 if number % 2 else 20) * POINT for number in range(10)})
    claimed()
    maturing({customer(number): 21 * POINT for number in range(10)})
    claimed()
    assert held(*(customer(number) for number in range(10)), address) == [*[21 * POINT] * 10, 0]


def test_a_root_that_is_due_is_gone_on_from(chain, distributor, blobs, publishing):
    first = publishing(FIRST)
    chain.sleep(DAY + 1)
    second = publishing({**FIRST, ANN: 10 * POINT})
    state = distributor.state()
    assert (state.matured_root, state.pending_root) == (first.root, second.root)
    assert (second.total, second.mints, second.debtors) == (170 * POINT, 0, 1)
    assert differences(distributor, blobs, second.root) == ()


def test_a_root_that_cannot_be_funded_is_replaced(chain, distributor, blobs, publishing):
    too_much = publishing({**FIRST, ANN: BUDGET})
    chain.sleep(DAY + 1)
    second = publishing(FIRST)
    assert (second.outcome, second.total, second.debtors) == (Outcome.SENT, 170 * POINT, 0)
    assert distributor.state().pending_root == second.root != too_much.root
    assert differences(distributor, blobs, second.root) == ()


class LateDistributor(Distributor):
    """Sees only the second time that the pending root is due, as if that had happened in between."""

    looked = 0

    def would_mature(self) -> bool:
        self.looked += 1
        return self.looked > 1 and super().would_mature()


def test_it_is_worked_out_anew_when_a_root_matures_in_between(chain, distributor, blobs, publishing):
    publishing(FIRST)
    chain.sleep(DAY + 1)
    late = LateDistributor(chain, distributor.contract)
    second = publishing({**FIRST, ANN: 10 * POINT, BEA: 90 * POINT}, by=late)
    assert (late.looked, second.total, second.debtors) == (2, (100 + 90 + 20) * POINT, 1)
    assert differences(distributor, blobs, second.root) == ()


class NeverDistributor(Distributor):
    """Never sees that a root is due."""

    def would_mature(self) -> bool:
        return False


def test_it_gives_up_when_roots_mature_again_and_again(chain, distributor, publishing):
    publishing(FIRST)
    chain.sleep(DAY + 1)
    with pytest.raises(PointsError, match="other roots matured 3 times"):
        publishing({**FIRST, ANN: 10 * POINT}, by=NeverDistributor(chain, distributor.contract))


def test_a_customer_who_went_missing_is_refused(chain, publishing, maturing):
    maturing(FIRST)
    block = chain.block_number()
    with pytest.raises(InputError, match=f"1 customers of the matured root are not among those given .0x{BEA.hex()}"):
        publishing({ANN: 100 * POINT, CLEO: 20 * POINT})
    assert chain.block_number() == block


def test_a_customer_who_went_missing_keeps_what_she_had(blobs, publishing, maturing):
    maturing(FIRST)
    published = publishing({ANN: 110 * POINT, CLEO: 20 * POINT}, keep_missing=True)
    assert fetch(published.cid, blobs).tree.totals() == {**FIRST, ANN: 110 * POINT}


def test_nothing_follows_a_root_whose_file_is_another(chain, local, distributor, blobs, publishing):
    cid = store(proof_file({ANN: 1}), blobs)
    root = PointsTree.build(FIRST).root
    act = distributor.contract.functions.publish(root, 170 * POINT, cid, chain.now() + 60, 0)
    chain.transact(act, sender=local.accounts[0])
    chain.sleep(61)
    with pytest.raises(PointsError, match=f"the file {cid} is not of the matured root"):
        publishing(FIRST)
    with pytest.raises(PointsError, match=f"the file {cid} is not of the root"):
        claiming.paying_file(distributor, blobs)


def test_a_file_that_a_matured_root_is_published_with_again_changes_nothing(
    local, chain, distributor, blobs, publishing, maturing
):
    first = maturing(FIRST)
    again = distributor.contract.functions.publish(
        first.root, first.total, store(proof_file({ANN: 1}), blobs), chain.now() + DAY, first.total
    )
    chain.transact(again, sender=local.accounts[0])
    assert claiming.paying_file(distributor, blobs)[0].cid == first.cid
    chain.transact(distributor.contract.functions.discardPending(first.root), sender=local.accounts[0])
    assert claiming.paying_file(distributor, blobs)[0].cid == first.cid
    assert publishing(FIRST).cid == first.cid
    assert publishing({**FIRST, ANN: 101 * POINT}).outcome is Outcome.SENT


# --- claims -----------------------------------------------------------------------------------------------------------


def test_a_claim_pays_what_was_earned_since(local, distributor, blobs, maturing, held):
    for earned, expected in ((100, 100), (130, 30)):
        maturing({**FIRST, ANN: earned * POINT})
        _, file = claiming.paying_file(distributor, blobs)
        paid = claiming.claim(distributor, file.tree.claim(ANN), sender=local.accounts[5])
        assert paid == expected * POINT
    assert held(ANN, BEA) == [130 * POINT, 0]


def test_claims_for_many_pay_each_once(local, distributor, blobs, maturing, claimed, held):
    everybody = {customer(number): (number + 1) * POINT for number in range(25)}
    maturing(everybody)
    _, file = claiming.paying_file(distributor, blobs)
    claiming.claim(distributor, file.tree.claim(ANN), sender=local.accounts[5])
    found = claimed(batch=10)
    assert (found.customers, found.transactions, found.paid) == (24, 3, sum(everybody.values()) - POINT)
    assert held(*everybody) == list(everybody.values())
    assert claimed() == claiming.Claimed(0, 0, 0)


def test_claims_for_many_stop_at_the_most(maturing, claimed):
    maturing({customer(number): POINT for number in range(5)})
    assert [claimed(most=3).customers, claimed(most=3).customers] == [3, 2]


def test_claims_take_a_root_that_is_due(chain, distributor, publishing, claimed):
    published = publishing(FIRST)
    chain.sleep(DAY + 1)
    assert (claimed().paid, distributor.state().matured_root) == (170 * POINT, published.root)


def test_nothing_is_claimed_before_a_root_matured(distributor, blobs, publishing):
    publishing(FIRST)
    with pytest.raises(PointsError, match="no root has matured"):
        claiming.paying_file(distributor, blobs)


def test_a_batch_has_a_claim(distributor):
    with pytest.raises(InputError, match="a batch has at least one claim, got 0"):
        claiming.claim_many(distributor, [], sender=distributor.contract.address, batch=0)


def test_it_is_said_how_a_customer_stands(chain, distributor, blobs, publishing, maturing, claimed):
    file = fetch(publishing(FIRST).cid, blobs)
    ann = file.tree.claim(ANN)
    assert claiming.standing(distributor, ann) == claiming.CustomerStanding(Standing.PENDING, 0, 0, 0)
    assert claiming.standing(distributor, replace(ann, total=1)).standing is Standing.UNKNOWN
    chain.sleep(DAY + 1)
    assert claiming.standing(distributor, ann) == claiming.CustomerStanding(Standing.PENDING, 0, ann.total, 0)
    claimed()
    lower = fetch(maturing({**FIRST, ANN: 30 * POINT}).cid, blobs).tree.claim(ANN)
    assert claiming.standing(distributor, lower) == claiming.CustomerStanding(
        Standing.MATURED, 100 * POINT, 0, 70 * POINT
    )


def test_a_root_that_was_never_published_is_named(distributor):
    with pytest.raises(PointsError, match=r"the root 0x0101.* was never published on 0x"):
        distributor.publication(b"\x01" * 32)


# --- verifying --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cheating(chain: Chain, local: LocalChain, distributor: Distributor, blobs: BlobStore, maturing):
    """Publishes a root after the first one as the brand likes, and returns what verifying says."""

    def act(file: ProofFile, *, root: bytes | None = None, total: int | None = None, cid: str = "") -> str:
        named = cid or store(file, blobs)
        shown = root or file.tree.root
        basis = distributor.state().matured_total
        act = distributor.contract.functions.publish(shown, total or file.total, named, chain.now() + DAY, basis)
        chain.transact(act, sender=local.accounts[0])
        (*_, found) = differences(distributor, blobs, shown)
        return found

    return act


@pytest.fixture
def first(blobs: BlobStore, maturing) -> tuple[str, ProofFile]:
    published = maturing(FIRST)
    return published.cid, fetch(published.cid, blobs)


def changed(file: ProofFile, **values) -> ProofFile:
    names = ("tree", "peaks", "previous", "purchases", "rules")
    return ProofFile(**{**{name: getattr(file, name) for name in names}, **values})


LATER = {**FIRST, ANN: 10 * POINT, CLEO: 500 * POINT}


def test_another_root_is_found_out(first, cheating):
    assert "published was 0x" + "01" * 32 in cheating(proof_file(LATER, first), root=b"\x01" * 32)


def test_another_total_is_found_out(first, cheating):
    assert f"published was a total of {900 * POINT}" in cheating(proof_file(LATER, first), total=900 * POINT)


def test_a_peak_that_was_forgotten_is_found_out(first, cheating):
    forgotten = changed(proof_file(LATER, first), peaks={})
    assert cheating(forgotten) == f"1 peaks are wrong: 0x{ANN.hex()} (says {10 * POINT}, is {100 * POINT})"


def test_a_peak_that_was_made_up_is_found_out(first, cheating):
    made_up = changed(proof_file(LATER, first), peaks={ANN: 100 * POINT, BEA: 51 * POINT})
    assert cheating(made_up) == f"1 peaks are wrong: 0x{BEA.hex()} (says {51 * POINT}, is {50 * POINT})"


def test_a_customer_who_was_dropped_is_found_out(first, cheating):
    dropped = changed(proof_file({CLEO: 500 * POINT}), previous=proof_file(LATER, first).previous)
    assert "2 customers of the root before are missing: 0x" in cheating(dropped)


def test_forgetting_the_one_before_is_found_out(first, cheating):
    assert "the file goes on from nothing; matured when it was published was 0x" in cheating(proof_file(LATER))


def test_going_on_from_another_file_is_found_out(first, cheating, blobs):
    other = ProofFile(tree=first[1].tree, purchases=first[1].purchases, rules="ee" * 32)
    cid = store(other, blobs)
    assert f"the file goes on from {cid}, which its root did not mature with" in cheating(
        proof_file(LATER, (cid, other))
    )


def test_going_on_from_a_matured_root_with_another_file_is_found_out(chain, local, distributor, blobs, cheating):
    root, cid = PointsTree.build(FIRST).root, store(proof_file({ANN: 1}), blobs)
    act = distributor.contract.functions.publish(root, 170 * POINT, cid, chain.now() + 60, 0)
    chain.transact(act, sender=local.accounts[0])
    chain.sleep(61)
    chain.transact(distributor.contract.functions.mature(), sender=local.accounts[0])
    later = changed(proof_file(LATER), previous=Previous(cid, root))
    assert cheating(later) == f"the file goes on from {cid}, which is not the file of its root and total"


def test_going_on_from_peaks_that_never_matured_is_found_out(
    first, chain, local, distributor, blobs, maturing, cheating
):
    second = maturing(LATER)
    moved = changed(fetch(second.cid, blobs), peaks={BEA: 140 * POINT})
    assert moved.total == second.total
    cid = store(moved, blobs)
    act = distributor.contract.functions.publish(second.root, second.total, cid, chain.now() + DAY, second.total)
    chain.transact(act, sender=local.accounts[0])
    third = proof_file({**LATER, BEA: 140 * POINT}, (cid, moved))
    assert third.total == second.total  # 90 points less than what can be claimed
    assert cheating(third) == f"the file goes on from {cid}, which its root did not mature with"


@pytest.mark.parametrize("cid", ["baf" + "!" * 56, "bafkrei" + "1" * 52])
def test_a_cid_that_is_none_is_found_out(first, cheating, cid):
    assert "is not a CID" in cheating(proof_file(LATER, first), cid=cid)


def test_a_file_that_is_not_there_is_found_out(first, cheating):
    nowhere = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
    assert f"the blob {nowhere} is not " in cheating(proof_file(LATER, first), cid=nowhere)


def test_a_file_that_is_none_is_found_out(first, cheating, blobs):
    cid = blobs.put(io.BytesIO(content(proof_file(LATER, first))[:-1]))
    assert f"the file {cid} cannot be used" in cheating(proof_file(LATER, first), cid=cid)


class LyingStore(EmbeddedStore):
    """Gives another file than it is asked for."""

    instead = ""

    def get(self, cid: str):
        return super().get(self.instead)


def test_a_store_that_lies_is_found_out(tmp_path, distributor, publishing):
    published = publishing(FIRST)
    lying = LyingStore(tmp_path / "lies")
    lying.instead = store(ProofFile(tree=PointsTree.build(FIRST), purchases="ab" * 32, rules="ee" * 32), lying)
    assert differences(distributor, lying, published.root) == (
        f"the store gave a file with the CID {lying.instead} for {published.cid}",
    )


# --- liability --------------------------------------------------------------------------------------------------------


def test_the_getters_and_the_catalog_agree(chain, contracts, publishing, maturing, claimed):
    points, roots, rewards = contracts["points"], contracts["distributor"], contracts["rewards"]

    def figures() -> list[tuple[int, ...]]:
        one = read_liability(chain, points, roots)
        assert one == read_liability(chain, points, roots, rewards=rewards)
        assert one.balances
        return [(one.issued, one.claimed, one.outstanding, one.unclaimed, one.pending, one.owed)]

    seen = figures()
    publishing(FIRST)
    seen += figures()
    maturing(FIRST)
    seen += figures()
    claimed()
    seen += figures()
    publishing({**FIRST, ANN: 130 * POINT})
    seen += figures()
    assert [tuple(figure // POINT for figure in line) for line in seen] == [
        (0, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 170, 170),
        (170, 0, 0, 170, 0, 170),
        (170, 170, 170, 0, 0, 170),
        (170, 170, 170, 0, 30, 200),
    ]


def test_the_figures_are_of_one_block(chain, contracts, publishing, maturing, claimed):
    points, roots = contracts["points"], contracts["distributor"]
    before = read_liability(chain, points, roots)
    maturing(FIRST)
    assert read_liability(chain, points, roots, block=before.block) == before
    assert read_liability(chain, points, roots).at == chain.now()


# --- everything -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_whole_cdnow_set_is_published(local, distributor, blobs, publishing, chain, held):
    purchases = list(read_cdnow(cdnow_path()))
    rules = EarnRules((Rate(points=Fraction(10)),))
    totals = totals_of(rules.earn(purchases), DemonstrationWallets()).by_wallet
    published = publishing(totals, purchases=purchases_digest(purchases), rules=rules.digest)
    assert published.total == sum(purchase.amount for purchase in purchases) * 10 * POINT
    assert differences(distributor, blobs, published.root) == ()
    chain.sleep(DAY + 1)
    _, file = claiming.paying_file(distributor, blobs)
    best = max(totals, key=totals.__getitem__)
    assert claiming.claim(distributor, file.tree.claim(best), sender=local.accounts[5]) == totals[best]
    assert held(best) == [totals[best]]


def test_a_root_that_would_mature_too_soon_is_refused(chain, local, contracts, publishing):
    addresses = [contracts["authority"].address, contracts["points"].address, DAY]
    patient, _ = chain.deploy("PointsDistributor", addresses, sender=local.accounts[0])
    with pytest.raises(InputError, match="matures 1d after it was published at the earliest, got 2h"):
        publishing(FIRST, by=Distributor(chain, patient), matures_in=7_200)


def test_a_root_that_matures_as_soon_as_may_be_has_time_to_be_mined(chain, local, contracts, publishing):
    addresses = [contracts["authority"].address, contracts["points"].address, DAY]
    patient, _ = chain.deploy("PointsDistributor", addresses, sender=local.accounts[0])
    selectors = [chain.artifacts.load("PointsDistributor").selector("publish")]
    allow = contracts["authority"].functions.setTargetFunctionRole(patient.address, selectors, ISSUER)
    chain.transact(allow, sender=local.accounts[0])
    published = publishing(FIRST, by=Distributor(chain, patient), matures_in=DAY)
    assert published.outcome is Outcome.SENT
    assert published.matures_at >= chain.now() + DAY
