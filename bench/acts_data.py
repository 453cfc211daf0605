"""Datasets: a token that says what the encrypted manifest hashes to."""

from __future__ import annotations

from bench.stage import OURS, Stage, Table

DIGEST, URI = "OpenZeppelin ERC721, stored digest", "OpenZeppelin ERC721URIStorage"
ADDRESS = "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"


def measure(stage: Stage) -> Table:
    """Alice mints to herself; somebody else has minted before her."""
    table = Table(
        "Datasets",
        [DIGEST, URI],
        [
            "Ours keeps class and key epoch beside the owner, locks the token to the customer and derives its URI from the digest. "
            "The peers keep a digest, or the URI as text, and nothing more.",
        ],
    )
    ours = stage.deploy("CustomerData")
    peers = {
        DIGEST: stage.deploy_peer("OzDigestCollection").functions.mint(b"\x33" * 32),
        URI: stage.deploy_peer("OzUriCollection").functions.mint(ADDRESS),
    }
    for act in peers.values():
        stage.send(act, stage.carol)
    gas = {name: stage.cost(act, stage.alice) for name, act in peers.items()}
    table.add("dataset: mint, new holder", {OURS: stage.cost(ours.functions.mint(b"\x33" * 32, 1), stage.alice), **gas})
    stage.send(ours.functions.mint(b"\x33" * 32, 1), stage.alice)
    for act in peers.values():
        stage.send(act, stage.alice)
    gas = {name: stage.cost(act, stage.alice) for name, act in peers.items()}
    another = ours.functions.mint(b"\x44" * 32, 2)
    table.add("dataset: mint, holder of others", {OURS: stage.cost(another, stage.alice), **gas})
    return table
