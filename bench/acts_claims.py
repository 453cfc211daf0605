"""Points by one root: publishing it and claiming from it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from eth_utils.address import to_canonical_address
from web3.contract import Contract

from bench.acts_points import OZ_VOTES
from bench.programme import allow, deploy_authority, deploy_points
from bench.stage import DAY, GENESIS, OURS, POINT, REF, Stage, Table
from web3crm.domain.roles import Role
from web3crm.points.tree import Claim, PointsTree

OZ_AIRDROP = "airdrop on OpenZeppelin"
MINT = f"{OZ_VOTES}, a mint"
CUSTOMERS = 32_768
CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
FIRST, SECOND = 40 * POINT, 65 * POINT
OTHERS = CUSTOMERS * POINT
DUE = GENESIS + 100 * DAY


@dataclass(frozen=True)
class Airdrops:
    """The same trees in both distributors: Alice's total is ``FIRST``, and then ``SECOND``."""

    stage: Stage
    ours: Contract
    peer: Contract
    token: Contract

    def claims(self, claim: Claim) -> dict[str, int]:
        """What one claim costs, and one mint of as much instead."""
        stage, arguments = self.stage, (claim.customer, claim.total, list(claim.proof))
        return {
            OURS: stage.cost(self.ours.functions.claim(*arguments), stage.alice),
            OZ_AIRDROP: stage.cost(self.peer.functions.claim(*arguments), stage.alice),
            MINT: stage.cost(self.token.functions.mint(stage.alice, claim.total), stage.deployer),
        }

    def hundred_claims(self, tree: PointsTree) -> dict[str, int]:
        """What a claim costs when a relayer brings a hundred; the peer can only mint a hundred instead."""
        stage = self.stage
        claims = [tree.claim(customer) for customer, _ in itertools.islice(tree, 100)]
        customers, totals = [claim.customer for claim in claims], [claim.total for claim in claims]
        act = self.ours.functions.claimMany(customers, totals, [list(claim.proof) for claim in claims])
        mints = self.token.functions.mintMany(customers, totals)
        return {OURS: stage.cost(act, stage.relayer, per=100), MINT: stage.cost(mints, stage.deployer, per=100)}


def measure(stage: Stage) -> Table:
    """Trees of 32,768 customers; the programme has issued points before."""
    table = Table(
        "Points by one root",
        [OZ_AIRDROP, MINT],
        [
            f"Roots of {CUSTOMERS:,} customers, so 15 words of proof. Both distributors are cumulative and pay in a token with permit and votes.",
            "The airdrop is filled beforehand, by whoever mints; its root counts at once and is replaced without a trace. Ours waits until it "
            "matures, can be taken back till then, and mints what it pays when it matures, within the issuance budget.",
            "In the last column the brand mints to the customer instead, in a transaction of its own, which reads no role.",
        ],
    )
    drops = open_airdrops(stage)
    alice = to_canonical_address(stage.alice)
    trees = [tree_of({alice: total}) for total in (FIRST, SECOND)]
    ours, peer = drops.ours.functions, drops.peer.functions

    publish = ours.publish(trees[0].root, OTHERS + FIRST, CID, DUE, 0)
    gas = {OURS: stage.cost(publish, stage.issuer), OZ_AIRDROP: stage.cost(peer.setRoot(trees[0].root), stage.deployer)}
    table.add("distributor: publish a root", gas)
    stage.send(publish, stage.issuer)
    stage.send(peer.setRoot(trees[0].root), stage.deployer)
    stage.pass_time(100 * DAY)
    table.add("distributor: mature, the programme's first", {OURS: stage.cost(ours.mature(), stage.relayer)})
    stage.send(ours.mature(), stage.relayer)
    claim = trees[0].claim(alice)
    table.add("distributor: claim, 15 proof words, new holder", drops.claims(claim))
    table.add("distributor: claim, 15 proof words, per new holder, 100 in a call", drops.hundred_claims(trees[0]))
    for act in (ours.claim, peer.claim):
        stage.send(act(claim.customer, claim.total, list(claim.proof)), stage.alice)
    stage.send(drops.token.functions.mint(stage.alice, FIRST), stage.deployer)

    publish = ours.publish(trees[1].root, OTHERS + SECOND, CID, DUE + 30 * DAY, OTHERS + FIRST)
    stage.send(publish, stage.issuer)
    stage.send(peer.setRoot(trees[1].root), stage.deployer)
    stage.pass_time(100 * DAY)
    table.add("distributor: mature", {OURS: stage.cost(ours.mature(), stage.relayer)})
    stage.send(ours.mature(), stage.relayer)
    table.add("distributor: claim, 15 proof words, later claim", drops.claims(trees[1].claim(alice)))
    return table


def tree_of(totals: dict[bytes, int]) -> PointsTree:
    """Somebody among so many others that there are ``CUSTOMERS`` in all, who have a point each."""
    others = (number.to_bytes(2, "big") + b"\xc3" * 18 for number in range(CUSTOMERS - len(totals)))
    return PointsTree.build({**dict.fromkeys(others, POINT), **totals})


def open_airdrops(stage: Stage) -> Airdrops:
    """Ours may issue; the peer holds what it is to pay. Both tokens are out already."""
    authority = deploy_authority(stage)
    points = deploy_points(stage, authority)
    ours = stage.deploy("PointsDistributor", authority.address, points.address, 0)
    allow(stage, authority, ours, "PointsDistributor", ["publish", "discardPending"], Role.ISSUER)
    stage.send(authority.functions.grantRole(Role.ISSUER, ours.address, 0), stage.brand)
    stage.send(points.functions.issue(stage.issuer, POINT, REF), stage.issuer)
    token = stage.deploy_peer("OzVotesToken")
    peer = stage.deploy_peer("OzDistributor", token.address)
    stage.send(token.functions.mint(peer.address, OTHERS + SECOND), stage.deployer)
    return Airdrops(stage, ours, peer, token)
