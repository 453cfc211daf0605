"""CIDs and the layout of files.

given bytes
├── it should give the CIDs of Kubo's own ``ipfs add --cid-version=1 --raw-leaves``, up to three levels of nodes
├── it should not matter in which pieces they come
└── it should hand out every block of the tree once, leaves in order
given a digest
└── it should turn into a raw block's CID and back, as the multiformats package does it
given another text, or a node that is malformed
└── it should be refused
"""

from __future__ import annotations

import itertools
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multiformats import CID

from tests.support.blob_stores import CID_VECTORS
from tests.support.patterns import PatternStream, pattern
from web3crm.errors import InputError
from web3crm.vault.cids import cid_of, cid_of_digest, codec_and_digest, digest_of_cid
from web3crm.vault.unixfs import Block, FileBuilder, decode_node

VECTORS = json.loads((Path(__file__).parent / "cid_vectors.json").read_text())
SMALL_CHUNKS = [(int(size), cid) for size, cid in VECTORS["chunks_of_64_bytes"].items()]
EMPTY = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


def cid_of_stream(stream, chunk_size=262_144):
    builder = FileBuilder(chunk_size=chunk_size)
    for piece in iter(lambda: stream.read(1 << 20), b""):
        builder.write(piece)
    return builder.finish()


@pytest.mark.parametrize(("size", "cid"), [vector for vector in CID_VECTORS if vector[0] < 20_000_000])
def test_files_have_the_cids_of_kubo(size, cid):
    assert cid_of_stream(PatternStream(size)) == cid


@pytest.mark.slow
@pytest.mark.parametrize(("size", "cid"), [vector for vector in CID_VECTORS if vector[0] > 20_000_000])
def test_files_of_more_than_174_chunks_have_the_cids_of_kubo(size, cid):
    assert cid_of_stream(PatternStream(size)) == cid


@pytest.mark.parametrize(("size", "cid"), SMALL_CHUNKS)
def test_trees_of_three_levels_have_the_cids_of_kubo(size, cid):
    assert cid_of_stream(PatternStream(size), chunk_size=64) == cid


@given(data=st.binary(max_size=500), cuts=st.lists(st.integers(0, 500), max_size=5))
def test_the_pieces_do_not_matter(data, cuts):
    pieces = [data[start:end] for start, end in itertools.pairwise([0, *sorted(cuts), len(data)])]
    builder, whole = FileBuilder(chunk_size=16), FileBuilder(chunk_size=16)
    for piece in pieces:
        builder.write(piece)
    whole.write(b"".join(pieces))
    assert builder.finish() == whole.finish()


def test_every_block_is_handed_out_once_and_leaves_in_order():
    blocks: list[Block] = []
    builder = FileBuilder(blocks.append, chunk_size=64)
    builder.write(pattern(64 * 175))
    root = builder.finish()
    assert b"".join(block.data for block in blocks if block.codec == "raw") == pattern(64 * 175)
    assert [block.codec for block in blocks].count("dag-pb") == 3
    assert cid_of(blocks[-1].data, "dag-pb") == root
    assert all(sha256(block.data).digest() == block.digest for block in blocks)


# --- CIDs -----------------------------------------------------------------------------------------------------------


def test_the_empty_block_has_its_known_cid():
    assert cid_of(b"") == EMPTY


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_turns_into_a_cid_and_back(digest):
    cid = cid_of_digest(digest)
    assert cid.startswith("bafkrei")
    assert CID.decode(cid).raw_digest == digest
    assert digest_of_cid(cid) == digest


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_digest_has_32_bytes(length):
    with pytest.raises(InputError, match="32 bytes"):
        cid_of_digest(bytes(length))


def test_a_tree_has_no_digest_of_its_content():
    with pytest.raises(InputError, match="not one raw block"):
        digest_of_cid(SMALL_CHUNKS[0][1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        EMPTY.upper(),
        EMPTY[:-1],
        EMPTY + "a",
        EMPTY[:-1] + "v",  # other padding bits
        " " + EMPTY,
        EMPTY + "\n",
        str(CID.decode(EMPTY).set(base="base58btc")),
        "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
        str(CID("base32", 1, "raw", bytes([0x13, 64]) + bytes(64))),  # sha2-512
        str(CID("base32", 1, "dag-cbor", bytes([0x12, 32]) + bytes(32))),
        None,
        5,
    ],
)
def test_what_is_no_canonical_cid_is_refused(text):
    with pytest.raises(InputError, match="CID"):
        codec_and_digest(text)


# --- nodes ----------------------------------------------------------------------------------------------------------


def a_node():
    blocks: list[Block] = []
    builder = FileBuilder(blocks.append, chunk_size=4)
    builder.write(b"abcdef")
    builder.finish()
    return blocks[-1].data


def test_a_node_is_read_back():
    node = decode_node(a_node())
    assert node.children == (("raw", sha256(b"abcd").digest()), ("raw", sha256(b"ef").digest()))
    assert node.sizes == (4, 2)


@given(st.integers(0, len(a_node()) - 1))
def test_a_cut_node_is_refused(length):
    with pytest.raises(ValueError):  # noqa: PT011 (any of its messages)
        decode_node(a_node()[:length])


@given(st.binary(max_size=200))
def test_noise_is_never_a_node(noise):
    with pytest.raises(ValueError):  # noqa: PT011 (any of its messages)
        decode_node(noise)
