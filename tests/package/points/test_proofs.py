"""The file of proofs.

given a first state
├── the total should be the sum of all totals, and nobody should have a peak of her own
├── customers who earned nothing should be left out
└── the same state should give the same bytes and the same CID, which the store gives, too
given a state after another
├── a customer who has less should keep her peak and stay in the total
├── a customer who has nothing left should stay in the tree with zero
├── a peak should go once she earned more than it
├── the total should never fall, and cover every peak there ever was, whatever the totals do
└── it should name the CID and the root of the one before
given a file as bytes
├── it should come back, whatever pieces it comes in
├── it should be refused at any length that it is cut off at
├── it should be refused with any one byte changed
├── it should be refused with a foreign form, a foreign encoding, a key that is unknown, missing or twice
├── it should be refused with a total that its peaks do not make
├── it should be refused with a peak that is no peak, is a stranger's or is there twice
└── it should take its keys in any order, and numbers as the other package takes them
given a blob store
├── it should be put and fetched by CID
└── a blob that is no file of proofs should be named
"""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.package.points.making import PURCHASES, RULES, Drops, content, customer, proof_file, totals
from tests.support.blob_stores import own_blobs
from web3crm.errors import BlobNotFound, InputError, ProofFileError
from web3crm.points.proofs import Previous, ProofFile, cid_of, fetch, read, read_tree, store
from web3crm.points.tree import PointsTree
from web3crm.vault import BlobStore

__all__ = ["own_blobs"]

FIRST_CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
ANN, BEA, CLEO = (customer(number) for number in range(3))


@pytest.fixture
def first() -> ProofFile:
    return proof_file({ANN: 100, BEA: 50, CLEO: 10})


@pytest.fixture
def owing(first: ProofFile) -> ProofFile:
    """Ann returned most, Bea everything, Cleo bought more."""
    return proof_file({ANN: 30, CLEO: 25}, (FIRST_CID, first))


@pytest.fixture
def blobs(own_blobs: BlobStore) -> BlobStore:
    return own_blobs


def changed(file: ProofFile, **values: object) -> io.BytesIO:
    """The file with values of our key replaced; None leaves one out."""
    data = json.loads(content(file))
    data["web3crm"] = {key: item for key, item in {**data["web3crm"], **values}.items() if item is not None}
    return io.BytesIO(json.dumps(data).encode())


def test_the_first_total_is_the_sum(first):
    assert (first.total, dict(first.peaks), first.previous) == (160, {}, None)


def test_who_earned_nothing_is_left_out():
    assert proof_file({ANN: 5, BEA: 0}).tree.totals() == {ANN: 5}


def test_the_same_state_has_the_same_bytes():
    one, other = proof_file(totals(100)), proof_file(dict(reversed(totals(100).items())))
    assert content(one) == content(other)
    assert cid_of(one) == cid_of(other)


def test_other_sources_make_another_file(first):
    other = ProofFile(tree=first.tree, purchases=RULES, rules=RULES)
    assert cid_of(other) != cid_of(first)


def test_who_has_less_keeps_her_peak(owing):
    assert (owing.peak_of(ANN), owing.tree.total_of(ANN)) == (100, 30)
    assert owing.total == 100 + 50 + 25


def test_who_has_nothing_left_stays_with_zero(owing):
    assert (owing.tree.total_of(BEA), BEA in owing.tree, owing.peak_of(BEA)) == (0, True, 50)


def test_a_peak_goes_once_it_is_passed(owing):
    after = proof_file({ANN: 101, BEA: 50, CLEO: 25}, (FIRST_CID, owing))
    assert dict(after.peaks) == {}
    assert after.total == 101 + 50 + 25


def test_a_stranger_has_no_peak(owing):
    assert owing.peak_of(customer(77)) == 0


states = st.lists(
    st.dictionaries(st.sampled_from([ANN, BEA, CLEO, customer(3)]), st.integers(0, 50), min_size=1), min_size=1
)


@given(states)
@settings(max_examples=60, deadline=None)
def test_the_total_covers_every_peak_there_ever_was(history):
    peaks: dict[bytes, int] = {}
    latest: tuple[str, ProofFile] | None = None
    for earned in [{ANN: 1}, *history]:
        file = proof_file(earned, latest)
        peaks = {address: max(peaks.get(address, 0), earned.get(address, 0)) for address in {*peaks, *earned}}
        assert file.total == sum(peaks.values())
        assert {address: peak for address, peak in file.all_peaks() if peak} == {a: p for a, p in peaks.items() if p}
        latest = (FIRST_CID, read(io.BytesIO(content(file))))


def test_the_one_before_is_named(first, owing):
    assert owing.previous == Previous(FIRST_CID, first.tree.root)


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_it_comes_back_in_any_pieces(owing, size):
    found = read(Drops(content(owing), size))
    assert content(found) == content(owing)
    assert (found.total, found.peaks, found.previous, found.tree.totals()) == (
        owing.total,
        owing.peaks,
        owing.previous,
        owing.tree.totals(),
    )


def test_a_large_file_comes_back():
    """Several rows of nodes and values, over the bounds of the pieces it is read in."""
    before = proof_file(dict.fromkeys(totals(6_000), 10**30))
    file = proof_file(totals(9_000), (FIRST_CID, before))
    found = read(io.BytesIO(content(file)))
    assert (content(found), len(found.peaks)) == (content(file), 6_000)


def is_refused(data: bytes) -> bool:
    try:
        read(io.BytesIO(data))
    except ProofFileError as error:
        return str(error).startswith("the file of proofs cannot be used: ")
    return False


def test_it_is_refused_wherever_it_is_cut_off(owing):
    data = content(owing)
    assert all(is_refused(data[:length]) for length in range(len(data)))


def test_it_is_refused_with_any_byte_changed(owing):
    """But for the digests of its sources and the CID and root before it, which nothing in the file binds."""
    data = content(owing)
    accepted = [at for at in range(len(data)) if not is_refused(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])]
    unbound = [owing.purchases, owing.rules, owing.previous.cid, owing.previous.root.hex()]
    spans = [(data.index(text.encode()), len(text)) for text in unbound]
    assert all(any(start <= at < start + length for start, length in spans) for at in accepted)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"standard-v1", b"simple-v1", "its format is 'simple-v1'"),
        (b'["address","uint256"]', b'["address","uint128"]', "its leafEncoding is"),
        (b'"version":1', b'"version":2', "its web3crm.version is 2"),
        (b'"version":1', b'"version":' + b"1" * 5_000, "it is not JSON, or is cut off"),
        (b'"version":1', b'"version":1,"more":1', "a key web3crm.more, which is unknown"),
        (b'"format":', b'"kind":1,"format":', "a key 'kind', which is unknown"),
        (b'"format":', b'"format":"standard-v1","format":', "or has that twice"),
        (b'"format":"standard-v1",', b"", "it has no format"),
        (b'"version":1,', b"", "it has no web3crm.version"),
        (b'"version":1', b'"version":' + b"[" * 50_000, "it is not JSON, or is cut off"),
        (b'"treeIndex":', b'"treeIndex":' + b"1" * 5_000, "it is not JSON"),
        (b"standard-v1", b"a" * 700_000, "it is not JSON, or is cut off"),
        (b"{", b"[", "was expected where it has"),
        (b'"rules":"', b'"rules":"0', "its web3crm.rules is"),
        (b"0x", b"0x\xc3", "bytes that such a file never has"),
        (b'},"tree":["0x', b'},"tree":["0y', "a node must be 0x and 64 hex digits"),
        (b'},"tree":["0x', b'},"tree":[7,"0x', "a node must be 0x and 64 hex digits"),
        (b'"treeIndex":', b'"treeIndex":-', "a value must have a value and a treeIndex"),
        (b'"treeIndex":', b'"index":', "a value must have a value and a treeIndex"),
        (b'{"value":["0x', b'{"value":["', "an address is 0x and 40 hex digits"),
        (b'"],"treeIndex"', b'e5"],"treeIndex"', "points are a whole number below"),
    ],
)
def test_another_form_is_refused(owing, old, new, message):
    with pytest.raises(ProofFileError, match=message):
        read(io.BytesIO(content(owing).replace(old, new, 1)))


def test_a_number_that_comes_in_pieces_is_read_to_its_end(owing):
    with pytest.raises(ProofFileError, match=r"its web3crm\.version is 12,"):
        read(Drops(content(owing).replace(b'"version":1', b'"version":12'), 1))


def test_an_item_without_end_is_not_read_into_memory(owing):
    endless = Drops(content(owing).replace(b'},"tree":["0x', b'},"tree":["0x' + b"0" * 2_000_000, 1), 100_000)
    with pytest.raises(ProofFileError, match="an item of a list in it is far too long"):
        read(endless)
    assert len(endless.data) > 1_000_000


def test_what_follows_the_end_is_refused(owing):
    with pytest.raises(ProofFileError, match="something follows its end"):
        read(io.BytesIO(content(owing) + b" {}"))


def test_blanks_after_the_end_are_nothing(owing):
    assert read(io.BytesIO(content(owing) + b" \n")).total == owing.total


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"total": "174"}, "it says a total of 174, its peaks make 175"),
        ({"total": 175}, "its web3crm.total is 175"),
        ({"peaks": []}, "it says a total of 175, its peaks make 55"),
        ({"peaks": [["0x" + ANN.hex(), "30"]]}, "no more than her total of 30"),
        ({"peaks": [["0x" + customer(9).hex(), "30"]]}, "1 peaks are of customers whom the tree does not have"),
        ({"peaks": [["0x" + ANN.hex(), "100"]] * 2}, "it has two peaks of 0x"),
        ({"peaks": [["0x" + ANN.hex()]]}, "an address and a number were expected"),
        ({"previous": {"cid": "nothing", "root": "0x" + "00" * 32}}, "its web3crm.previous: 'nothing' is not a CID"),
        ({"previous": {"cid": FIRST_CID, "root": "0x00"}}, "its web3crm.previous must be null or a CID and a root"),
        ({"purchases": None}, "it has no web3crm.purchases"),
    ],
)
def test_our_key_is_checked(owing, values, message):
    with pytest.raises(ProofFileError, match=message):
        read(changed(owing, **values))


def test_keys_come_in_any_order(owing):
    data = json.loads(content(owing))
    backwards = dict(reversed(data.items()))
    backwards["web3crm"] = dict(reversed(data["web3crm"].items()))
    assert content(read(io.BytesIO(json.dumps(backwards, indent=1).encode()))) == content(owing)


@pytest.mark.parametrize("number", [30, "30", "0x1e", "030"])
def test_numbers_are_read_in_every_form(owing, number):
    data = json.loads(content(owing))
    for value in data["values"]:
        if value["value"][0] == "0x" + ANN.hex():
            value["value"][1] = number
    assert read_tree(io.BytesIO(json.dumps(data).encode())).total_of(ANN) == 30


def test_more_than_the_chain_counts_is_refused():
    with pytest.raises(InputError, match=r"less than 2\*\*128"):
        proof_file({ANN: 2**127, BEA: 2**127})


def test_a_digest_that_is_none_is_refused(first):
    with pytest.raises(InputError, match="the digest of the rules is 64 hex digits"):
        ProofFile(tree=PointsTree.build({ANN: 1}), purchases=PURCHASES, rules="0x12")


def test_it_is_stored_and_fetched(owing, blobs):
    cid = store(owing, blobs)
    assert (cid, blobs.pins()) == (cid_of(owing), [cid])
    assert content(fetch(cid, blobs)) == content(owing)


def test_a_large_file_is_stored_under_the_cid_worked_out(blobs):
    file = proof_file(totals(3_000))
    assert store(file, blobs) == cid_of(file)


def test_a_blob_that_is_none_is_named(blobs):
    cid = blobs.put(io.BytesIO(b'{"beans": true}'))
    with pytest.raises(ProofFileError, match=f"the file {cid} cannot be used: it has a key 'beans'"):
        fetch(cid, blobs)


def test_a_blob_that_is_not_there_is_named(blobs):
    with pytest.raises(BlobNotFound, match=FIRST_CID):
        fetch(FIRST_CID, blobs)
