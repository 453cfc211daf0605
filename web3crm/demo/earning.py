"""Chapter: points for real purchases."""

from __future__ import annotations

import hashlib
from pathlib import Path

from web3crm.demo.cast import Cast
from web3crm.demo.stage import Stage, points
from web3crm.domain.purchases import EarnRate, earned_by_customer, first_customers, read_purchases

__all__ = ["earn"]

_BATCH = 100


def earn(stage: Stage, cast: Cast, *, source: Path, customers: int, rate: EarnRate) -> None:
    """Issues the points that the first ``customers`` of ``source`` earned, a hundred customers in a transaction."""
    stage.chapter("Points for real purchases")
    everything = list(read_purchases(source))
    stage.facts["purchases in the data set"] = len(everything)
    stage.facts["customers in the data set"] = len({purchase.customer for purchase in everything})
    stage.say(
        f"{source.name}: {len(everything):,} purchases by {stage.facts['customers in the data set']:,} customers, "
        f"{sum(purchase.amount for purchase in everything):,.2f} spent"
    )

    chosen = first_customers(everything, customers)
    earned = {number: amount for number, amount in earned_by_customer(chosen, rate).items() if amount}
    cast.customers = [cast.customer(number) for number in earned]
    spent = sum(purchase.amount for purchase in chosen)
    stage.facts["purchases that earned points"] = len(chosen)
    stage.facts["customers with points"] = len(earned)
    stage.say(
        f"the first {len(earned)} who spent anything: {len(chosen):,} purchases, {spent:,.2f}; "
        f"{rate.points_per_unit} points for each unit of currency"
    )

    token = cast.coffee.points
    reference = hashlib.sha256(source.read_bytes()).digest()
    holdings = [(customer.address, earned[customer.number]) for customer in cast.customers]
    batches = [holdings[start : start + _BATCH] for start in range(0, len(holdings), _BATCH)]
    for batch in stage.track(batches, "issuing"):
        to, amounts = zip(*batch, strict=True)
        receipt = cast.chain.transact(token.functions.issueBatch(to, amounts, reference), sender=cast.staff)
        stage.spent(f"issue points to {len(batch)} customers in one transaction", receipt)

    total = sum(earned.values())
    stage.facts["points issued"] = points(total)
    stage.check(
        f"{points(total)} points issued in {len(batches)} transactions",
        total,
        int(spent * rate.points_per_unit * 10**18),
    )
    stage.check("the contract counts the same total", cast.chain.call(token.functions.totalIssued()), total)
    balances = [cast.chain.call(token.functions.balanceOf(address)) for address, _ in holdings]
    stage.check("every customer holds exactly what she earned", balances, [amount for _, amount in holdings])
