"""Trees between this package and OpenZeppelin's ``@openzeppelin/merkle-tree``.

given the same customers
├── when both build the tree
│   ├── it should be the same root with the same proofs
│   └── our file without our key should be, byte for byte, what its dump gives as JSON
├── when it dumps a tree
│   └── we should read it, in whatever order its values are, and prove the same
└── when we write a file
    ├── it should load it, our key and debts included, and prove the same
    └── it should refuse it once a total was changed
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.package.points.making import content, customer, proof_file, totals
from web3crm.errors import ProofFileError
from web3crm.points.proofs import read, read_tree
from web3crm.points.tree import PointsTree

HELPER = Path(__file__).parents[2] / "support" / "merkle.mjs"
PACKAGE = Path(__file__).parents[3] / "node_modules" / "@openzeppelin" / "merkle-tree"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGE.is_dir(), reason="Node.js or its package merkle-tree is not here"
)

SIZES = [1, 2, 3, 6, 100]


def javascript(act: str, text: str | bytes) -> subprocess.CompletedProcess[bytes]:
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run(["node", str(HELPER), act], input=data, capture_output=True, check=False, timeout=60)


def built(customers: dict[bytes, int]) -> dict[str, Any]:
    """What it makes of customers, in the order they are given in."""
    values = [[f"0x{address.hex()}", str(total)] for address, total in customers.items()]
    ended = javascript("build", json.dumps(values))
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def hexes(tree: PointsTree, customers: dict[bytes, int]) -> list[list[str]]:
    return [["0x" + node.hex() for node in tree.claim(address).proof] for address in customers]


@pytest.mark.parametrize("count", SIZES)
def test_root_and_proofs_are_the_same(count):
    tree, theirs = PointsTree.build(totals(count)), built(totals(count))
    assert theirs["root"] == "0x" + tree.root.hex()
    assert theirs["proofs"] == hexes(tree, totals(count))


@pytest.mark.parametrize("count", SIZES)
def test_our_file_is_its_dump_and_our_key(count):
    file = proof_file(totals(count))
    ours = json.loads(content(file))
    assert ours.pop("web3crm")["total"] == str(sum(totals(count).values()))
    assert json.dumps(ours, separators=(",", ":")) == built(dict(sorted(totals(count).items())))["dump"]
    assert content(file) == content(read(io.BytesIO(content(file))))


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("indent", [None, 2], ids=["compact", "indented"])
def test_we_read_its_dump(count, indent):
    theirs = built(totals(count))
    tree = read_tree(io.BytesIO(json.dumps(json.loads(theirs["dump"]), indent=indent).encode()))
    assert tree.totals() == totals(count)
    assert hexes(tree, totals(count)) == theirs["proofs"]


def test_its_dump_alone_was_not_published():
    with pytest.raises(ProofFileError, match="it has no key web3crm"):
        read(io.BytesIO(built(totals(3))["dump"].encode()))


@pytest.mark.parametrize("count", SIZES)
def test_it_loads_our_file(count):
    before = proof_file({**totals(count), customer(0): 10**30, customer(1_000): 7})
    file = proof_file(totals(count), ("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", before))
    ended = javascript("load", content(file))
    assert ended.returncode == 0, ended.stderr
    loaded = json.loads(ended.stdout)
    assert loaded["root"] == "0x" + file.tree.root.hex()
    assert loaded["values"] == [[f"0x{address.hex()}", str(total)] for address, total in file.tree]
    assert loaded["proofs"] == hexes(file.tree, dict(file.tree))


def test_it_refuses_our_file_with_another_total():
    changed = content(proof_file(totals(3))).replace(b'1000000000000000000"],"treeIndex"', b'9"],"treeIndex"')
    ended = javascript("load", changed)
    assert (ended.returncode != 0, b"does not contain the expected value" in ended.stderr) == (True, True)
