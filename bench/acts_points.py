"""Points: transfers, issuing, permits."""

from __future__ import annotations

from eth_utils.address import to_checksum_address
from web3.contract import Contract
from web3.contract.contract import ContractFunction

from bench.programme import deploy_authority, deploy_points
from bench.stage import DEADLINE, OURS, POINT, REF, Stage, Table
from web3crm.chain.typed_data import Domain, points_permit

OZ_VOTES, SOLADY_VOTES = "OpenZeppelin ERC20Votes", "Solady ERC20Votes"
OZ_PLAIN, SOLADY_PLAIN = "OpenZeppelin ERC20", "Solady ERC20"
PEERS = {
    OZ_VOTES: "OzVotesToken",
    SOLADY_VOTES: "SoladyVotesToken",
    OZ_PLAIN: "OzToken",
    SOLADY_PLAIN: "SoladyToken",
}


def measure(stage: Stage) -> Table:
    """Alice and Bob have points, Carol has none, nobody has delegated unless the act says so."""
    table = Table(
        "Points",
        list(PEERS),
        [
            "All five have permit. The two without votes cannot decide anything; they show what votes cost.",
            "Anyone may mint the peers' tokens: they read no role, keep no budget and no running totals, which ours do.",
            "The peers' batch is a loop around their own `_mint`.",
        ],
    )
    ours = deploy_points(stage, deploy_authority(stage))
    peers = {name: stage.deploy_peer(contract) for name, contract in PEERS.items()}
    tokens = {OURS: ours, **peers}
    alice, bob, carol = stage.alice, stage.bob, stage.carol
    stage.send(ours.functions.issueBatch([alice, bob], [1_000 * POINT] * 2, REF), stage.issuer)
    for token in peers.values():
        stage.send(token.functions.mintMany([alice, bob], [1_000 * POINT] * 2), stage.deployer)

    for act, receiver in (("points: transfer, existing holder", bob), ("points: transfer, new holder", carol)):
        table.add(act, {name: stage.cost(it.functions.transfer(receiver, POINT), alice) for name, it in tokens.items()})
    with stage.rolled_back():
        voting = {name: tokens[name] for name in (OURS, OZ_VOTES, SOLADY_VOTES)}
        for token in voting.values():
            for holder in (alice, bob):
                stage.send(token.functions.delegate(holder), holder)
        act = "points: transfer, both delegated"
        table.add(act, {name: stage.cost(it.functions.transfer(bob, POINT), alice) for name, it in voting.items()})

    for act, receiver in (("points: issue, existing holder", alice), ("points: issue, new holder", carol)):
        gas = {name: stage.cost(it.functions.mint(receiver, POINT), stage.deployer) for name, it in peers.items()}
        table.add(act, {OURS: stage.cost(ours.functions.issue(receiver, POINT, REF), stage.issuer), **gas})
    with stage.rolled_back():
        holders = addresses("7e")
        issue_to(stage, ours, peers, holders)
        table.add("points: batch issue, per existing holder, 100 in a call", batch(stage, ours, peers, holders))
    newcomers = addresses("8d")
    table.add("points: batch issue, per new holder, 100 in a call", batch(stage, ours, peers, newcomers))

    permits = {name: stage.cost(permit(stage, token, name), stage.relayer) for name, token in tokens.items()}
    table.add("points: permit, first signature, new allowance", permits)
    return table


def addresses(filling: str) -> list[str]:
    """A hundred addresses that only ``filling`` and a number tell apart."""
    return [to_checksum_address(f"0x{number + 1:02x}{filling * 19}") for number in range(100)]


def issue_to(stage: Stage, ours: Contract, peers: dict[str, Contract], holders: list[str]) -> None:
    """Gives every holder a point of each."""
    stage.send(ours.functions.issueBatch(holders, [POINT] * 100, b"\x11" * 32), stage.issuer)
    for token in peers.values():
        stage.send(token.functions.mintMany(holders, [POINT] * 100), stage.deployer)


def batch(stage: Stage, ours: Contract, peers: dict[str, Contract], holders: list[str]) -> dict[str, int]:
    """A point for each of a hundred, in one call."""
    amounts = [POINT] * 100
    gas = {
        name: stage.cost(token.functions.mintMany(holders, amounts), stage.deployer, per=100)
        for name, token in peers.items()
    }
    return {OURS: stage.cost(ours.functions.issueBatch(holders, amounts, REF), stage.issuer, per=100), **gas}


def permit(stage: Stage, token: Contract, name: str) -> ContractFunction:
    """Alice's first permit of this token, for Bob."""
    domain = Domain("Bean Points" if name == OURS else "Peer", stage.ours.chain_id, token.address)
    message = points_permit(
        domain=domain, owner=stage.alice, spender=stage.bob, value=POINT, nonce=0, deadline=DEADLINE
    )
    signature = stage.sign(message, stage.alice)
    r, s, v = signature[:32], signature[32:64], signature[64]
    return token.functions.permit(stage.alice, stage.bob, POINT, DEADLINE, v, r, s)
