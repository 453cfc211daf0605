"""What a programme owes its customers, all figures of one block."""

from __future__ import annotations

from dataclasses import dataclass

from web3.contract import Contract

from web3crm.chain import Chain

__all__ = ["Liability", "read_liability"]


@dataclass(frozen=True, kw_only=True)
class Liability:
    """Figures in smallest units, as of ``block``.

    ``outstanding`` is what customers hold and can spend. ``unclaimed`` has matured and waits in the distributor,
    ``pending`` is published and not matured: issued once it is.
    """

    block: int
    at: int
    issued: int
    claimed: int
    redeemed: int
    refunded: int
    burned: int
    outstanding: int
    unclaimed: int
    pending: int

    @property
    def supply(self) -> int:
        """All points there are."""
        return self.outstanding + self.unclaimed

    @property
    def balances(self) -> bool:
        """Whether issued and refunded less redeemed and burned is what there is, as it must."""
        return self.issued + self.refunded - self.redeemed - self.burned == self.supply

    @property
    def owed(self) -> int:
        """All that customers can spend now or once everything published was claimed."""
        return self.outstanding + self.unclaimed + self.pending


def read_liability(
    chain: Chain, points: Contract, distributor: Contract, *, rewards: Contract | None = None, block: int | None = None
) -> Liability:
    """The figures at ``block`` (the newest by default): by one call to the ``RewardCatalog``, or else by the getters.

    A catalog answers with the same figures; the tests compare the two.
    """
    number = chain.block_number() if block is None else block
    at = int(chain.rpc("eth_getBlockByNumber", [hex(number), False])["timestamp"], 16)
    if rewards is not None:
        act = rewards.functions.liability()
        names = [item["name"] for item in act.abi["outputs"][0]["components"]]
        return Liability(block=number, at=at, **dict(zip(names, chain.call(act, block=number), strict=True)))
    token, roots = points.functions, distributor.functions
    issued, redeemed, refunded, burned, supply, unclaimed = (
        chain.call(getter, block=number)
        for getter in (
            token.totalIssued(),
            token.totalRedeemed(),
            token.totalRefunded(),
            token.totalBurned(),
            token.totalSupply(),
            token.balanceOf(distributor.address),
        )
    )
    _, matured = chain.call(roots.matured(), block=number)
    _, pending, _ = chain.call(roots.pending(), block=number)
    return Liability(
        block=number,
        at=at,
        issued=issued,
        claimed=max(matured - unclaimed, 0),
        redeemed=redeemed,
        refunded=refunded,
        burned=burned,
        outstanding=supply - unclaimed,
        unclaimed=unclaimed,
        pending=max(pending - matured, 0),
    )
