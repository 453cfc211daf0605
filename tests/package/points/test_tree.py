"""The tree against a plain reference.

given any number of customers
├── it should have the reference's nodes, and so its root
├── it should have the same root in whatever order the customers come
├── every claim should verify, and be what the stream of all proofs says
├── a claim with another total, customer, proof or root should not verify
└── it should tell how far it is, and that it is done
given one customer
└── the root should be her leaf and the proof empty
given a total as large as a number can be, and zero
└── both should be proved
given what is no tree
├── it should refuse nobody, a total that is too large or negative, an address that is too short
└── it should say that a stranger has no points
given a tree as it was written down
├── it should come back
└── it should refuse any other node, total, address or place
given addresses as text
└── it should read them checksummed or in one case, and refuse any other
given both ways to hash
├── they should agree with eth-utils
└── the portable one should be taken where the fast one is not installed
"""

from __future__ import annotations

import dataclasses
import sys
from array import array

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.package.points.making import customer, reference_leaf, reference_nodes, totals
from web3crm.errors import InputError, PointsError, ProofFileError
from web3crm.points import hashing
from web3crm.points.hashing import keccak_256, portable_keccak_256
from web3crm.points.tree import PointsTree, address_bytes, verify_proof

SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 100, 257]

earned = st.dictionaries(
    st.binary(min_size=20, max_size=20), st.integers(min_value=0, max_value=2**256 - 1), min_size=1, max_size=40
)


@pytest.mark.parametrize("count", SIZES)
def test_nodes_are_those_of_the_reference(count):
    tree = PointsTree.build(totals(count))
    assert b"".join(tree.node_rows()) == b"".join(reference_nodes(totals(count).items()))


@given(earned)
@settings(max_examples=60, deadline=None)
def test_any_customers_make_the_tree_of_the_reference(customers):
    assert b"".join(PointsTree.build(customers).node_rows()) == b"".join(reference_nodes(customers.items()))


def test_order_does_not_matter():
    backwards = dict(reversed(totals(50).items()))
    assert PointsTree.build(backwards).root == PointsTree.build(totals(50)).root


@pytest.mark.parametrize("count", SIZES)
def test_every_claim_verifies(count):
    tree = PointsTree.build(totals(count))
    assert all(verify_proof(tree.root, tree.claim(address)) for address in totals(count))


@pytest.mark.parametrize("count", SIZES)
def test_the_stream_has_every_claim_once(count):
    tree = PointsTree.build(totals(count))
    streamed = {address: (total, proof) for address, total, proof in tree.proofs()}
    assert sum(1 for _ in tree.proofs()) == count
    assert {claim.customer: claim for claim in tree.claims()} == {
        to_checksum_address(address): tree.claim(address) for address in totals(count)
    }
    assert streamed == {address: (total, tree.claim(address).proof) for address, total in totals(count).items()}


@pytest.mark.parametrize(
    "change",
    [
        lambda claim: {"total": claim.total + 1},
        lambda claim: {"customer": to_checksum_address(customer(1))},
        lambda claim: {"proof": claim.proof[:-1]},
        lambda claim: {"proof": (*claim.proof, bytes(32))},
        lambda claim: {"proof": (bytes(32), *claim.proof[1:])},
    ],
    ids=["total", "customer", "shorter", "longer", "other"],
)
def test_another_claim_does_not_verify(change):
    tree = PointsTree.build(totals(9))
    claim = tree.claim(customer(0))
    assert not verify_proof(tree.root, dataclasses.replace(claim, **change(claim)))


def test_a_claim_does_not_verify_under_another_root():
    assert not verify_proof(PointsTree.build(totals(10)).root, PointsTree.build(totals(9)).claim(customer(0)))


def test_progress_ends_at_all():
    seen = []
    PointsTree.build(totals(100), lambda done, of: seen.append((done, of)))
    assert seen == sorted(seen)
    assert seen[-1] == (200, 200)


def test_one_customer_is_the_root():
    tree = PointsTree.build({customer(1): 5})
    assert (tree.root, tree.claim(customer(1)).proof) == (reference_leaf(customer(1), 5), ())


def test_the_largest_total_and_zero_are_proved():
    tree = PointsTree.build({customer(1): 2**256 - 1, customer(2): 0})
    assert [tree.claim(customer(number)).total for number in (1, 2)] == [2**256 - 1, 0]
    assert all(verify_proof(tree.root, tree.claim(customer(number))) for number in (1, 2))


@pytest.mark.parametrize(
    ("customers", "message"),
    [
        ({}, "at least one customer"),
        ({customer(1): 2**256}, "a total is from 0"),
        ({customer(1): -1}, "a total is from 0"),
        ({b"short": 1}, "an address has 20 bytes, got 5"),
    ],
)
def test_what_is_no_tree_is_refused(customers, message):
    with pytest.raises(InputError, match=message):
        PointsTree.build(customers)


def test_a_stranger_has_no_points():
    tree = PointsTree.build(totals(3))
    assert (tree.total_of(customer(9)), customer(9) in tree, customer(1) in tree) == (0, False, True)
    with pytest.raises(PointsError, match=f"{to_checksum_address(customer(9))} has no points in the tree 0x"):
        tree.claim(customer(9))


def test_bytes_between_two_records_are_nobody():
    """The end of one record and the beginning of the next may look like an address."""
    tree = PointsTree.build({bytes(20): 0, bytes(19) + b"\x01": 5})
    assert (tree.total_of(bytes(19) + b"\x01"), bytes(18) + b"\x01\x00" in tree) == (5, False)


def written(count: int) -> tuple[bytes, bytes, array[int]]:
    tree = PointsTree.build(totals(count))
    rows = list(tree.value_rows())
    records = b"".join(address + total.to_bytes(32, "big") for address, total, _ in rows)
    return records, b"".join(tree.node_rows()), array("I", [place for _, _, place in rows])


@pytest.mark.parametrize("count", SIZES)
def test_a_written_tree_comes_back(count):
    tree = PointsTree.restore(*written(count))
    assert (tree.root, tree.totals()) == (PointsTree.build(totals(count)).root, totals(count))


@pytest.mark.parametrize("node", range(9))
def test_another_node_is_refused(node):
    records, nodes, places = written(5)
    spoilt = bytearray(nodes)
    spoilt[32 * node + 7] ^= 1
    with pytest.raises(ProofFileError, match=r"not the hash of its children|not what the leaf"):
        PointsTree.restore(records, bytes(spoilt), places)


@pytest.mark.parametrize("byte", [0, 19, 20, 51, 5 * 52 - 1])
def test_another_address_or_total_is_refused(byte):
    records, nodes, places = written(5)
    spoilt = bytearray(records)
    spoilt[byte] ^= 1
    with pytest.raises(ProofFileError, match="is not what the leaf at place"):
        PointsTree.restore(bytes(spoilt), nodes, places)


@pytest.mark.parametrize("place", [0, 3, 9, 2**32 - 1])
def test_a_place_that_is_no_leaf_is_refused(place):
    records, nodes, places = written(5)
    places[2] = place
    with pytest.raises(ProofFileError, match="is no leaf or is taken"):
        PointsTree.restore(records, nodes, places)


def test_a_place_that_is_taken_is_refused():
    records, nodes, places = written(2)
    with pytest.raises(ProofFileError, match="is no leaf or is taken"):
        PointsTree.restore(records[:52] * 2, nodes, array("I", [places[0]] * 2))


def test_a_customer_who_is_there_twice_is_refused():
    """Two leaves of one customer: the chain would take either, so no such file is ours."""
    pair = sorted(((reference_leaf(customer(1), total), total) for total in (5, 6)), reverse=True)
    nodes = reference_nodes([(customer(1), 5), (customer(1), 6)])
    records = b"".join(customer(1) + total.to_bytes(32, "big") for _, total in pair)
    with pytest.raises(ProofFileError, match="a customer is there twice"):
        PointsTree.restore(records, b"".join(nodes), array("I", [1, 2]))


def test_too_few_nodes_are_refused():
    records, nodes, places = written(5)
    with pytest.raises(ProofFileError, match="5 customers take 9 nodes, the file has 8"):
        PointsTree.restore(records, nodes[:-32], places)


@pytest.mark.parametrize("form", [str, str.lower], ids=["checksummed", "lower case"])
def test_an_address_is_read(form):
    assert address_bytes(form(to_checksum_address(customer(3)))) == customer(3)


@pytest.mark.parametrize(
    "text",
    ["", "0x12", "0x" + "g" * 40, "ab" * 20, "0xD8dA6BF26964aF9D7eEd9e03E53415D37aA96045"],
    ids=["empty", "short", "no hex", "no prefix", "wrong checksum"],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InputError, match="an address is 0x and 40 hex digits"):
        address_bytes(text)


def test_without_the_fast_way_the_other_is_taken(monkeypatch):
    monkeypatch.setitem(sys.modules, "sha3", None)
    assert hashing._fastest() is portable_keccak_256


@pytest.mark.parametrize("size", [0, 1, 32, 64, 135, 136, 137, 1000])
def test_both_ways_to_hash_agree_with_eth_utils(size):
    data = bytes(range(256)) * 4
    expected = keccak(data[:size])
    assert (keccak_256(data[:size]).digest(), portable_keccak_256(data[:size]).digest()) == (expected, expected)
