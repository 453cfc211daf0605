"""CustomerData.tokenURI

given a dataset
├── it should name the manifest by the CIDv1 of its sha2-256 digest (raw codec, base32)
└── it should name the new manifest after an update
"""

from __future__ import annotations

import hashlib

import pytest
from multiformats import CID

MANIFESTS = {
    "text": hashlib.sha256(b'{"version": 1}').digest(),
    "empty": hashlib.sha256(b"").digest(),
    "lowest": b"\x00" * 31 + b"\x01",
    "highest": b"\xff" * 32,
    "first_bit": b"\x80" + b"\x00" * 31,
    "counting": bytes(range(32)),
}


def uri_of(digest):
    return "ipfs://" + str(CID("base32", 1, "raw", ("sha2-256", digest)))


@pytest.mark.parametrize("digest", MANIFESTS.values(), ids=MANIFESTS.keys())
def test_names_the_manifest(datasets, alice, digest):
    dataset = datasets.mint(digest, 0, {"from": alice}).return_value

    assert datasets.tokenURI(dataset) == uri_of(digest)


def test_names_the_new_manifest(datasets, dataset, alice):
    datasets.update(dataset, MANIFESTS["text"], 1, {"from": alice})

    assert datasets.tokenURI(dataset) == uri_of(MANIFESTS["text"])
