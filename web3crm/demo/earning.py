"""Chapter: points for every purchase of every customer, by one root."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from web3crm.cli.earning import open_distributor
from web3crm.demo.cast import Cast
from web3crm.demo.stage import DemoFailed, Stage, points
from web3crm.domain.earning import Earning, EarnRules, purchases_digest
from web3crm.domain.purchases import Purchase, read_purchases
from web3crm.errors import ContractRevert, InputError
from web3crm.points.claims import claim, claim_many, standing
from web3crm.points.distributor import Distributor, Standing
from web3crm.points.proofs import fetch
from web3crm.points.publish import Published, publish_totals
from web3crm.points.verify import verify_root
from web3crm.points.wallets import totals_of
from web3crm.vault.stores import BlobStore

__all__ = ["earn", "returnable"]

_DAY = 86_400
_BATCH = 50
_ANY_TIME = datetime.min.replace(tzinfo=UTC)


def earn(stage: Stage, cast: Cast, *, source: Path, customers: int, rules: EarnRules, blobs: BlobStore) -> None:
    """Publishes what all customers of ``source`` earned, claws a return back, and has ``customers`` of them claim."""
    stage.chapter("Points for every purchase of every customer, by one root")
    chain, distributor = cast.chain, open_distributor(cast.coffee)
    purchases = list(read_purchases(source))
    if not purchases:
        raise InputError(f"there are no purchases in {source}")
    stage.facts["purchases"] = len(purchases)
    stage.facts["customers"] = len({purchase.customer for purchase in purchases})
    spent = sum(purchase.amount for purchase in purchases)
    stage.say(
        f"{source.name}: {len(purchases):,} purchases by {stage.facts['customers']:,} customers, {spent:,.2f} spent"
    )
    earnings = rules.earn(purchases)
    dearest = max(earnings, key=lambda earning: earning.points)
    stage.say("what a purchase earns, in this order:")
    for rule in rules.rules:
        stage.say(f"  {rule}")
    stage.say(f"the purchase that earned most: {points(dearest.points)} points to customer {dearest.purchase.customer}")
    stage.say(f"  {dearest.why}")
    cast.numbers = list(dict.fromkeys(purchase.customer for purchase in purchases))
    first = _publish(stage, cast, purchases, earnings, rules, blobs)
    stage.say(f"one root for {first.customers:,} customers; the file of their proofs in the blob store:")
    stage.say(f"  {first.cid}")
    stage.check("it is pending for a day: published, not issued", _supply(cast), 0)

    plain = returnable(rules, earnings)
    returned = _returned(plain.purchase)
    less = rules.earn([*purchases, returned])
    second = _publish(stage, cast, [*purchases, returned], less, rules, blobs)
    lost = sum(item.points for item in earnings) - sum(item.points for item in less)
    stage.say(
        f"customer {returned.customer} returns what she paid {-returned.amount} for; the pending root is replaced"
    )
    stage.check(
        f"{points(lost)} points are clawed back, as it had earned",
        (first.total - second.total, lost),
        (plain.points,) * 2,
    )
    _no_early_claim(stage, distributor, cast, second, blobs)

    chain.sleep(_DAY + 1)
    receipt = chain.transact(distributor.contract.functions.mature(), sender=cast.relayer)
    stage.spent("mature a root", receipt)
    stage.check(
        f"a day later the root matures: {points(second.total)} points, issued at once", _supply(cast), second.total
    )
    (publication,) = distributor.publications(second.root)
    stage.check(
        "anybody can rebuild the tree from the file and finds that root",
        verify_root(distributor, publication, blobs).holds,
    )
    _claims(stage, cast, distributor, second, customers=customers, blobs=blobs)


def _publish(
    stage: Stage,
    cast: Cast,
    purchases: Sequence[Purchase],
    earnings: Sequence[Earning],
    rules: EarnRules,
    blobs: BlobStore,
) -> Published:
    distributor = open_distributor(cast.coffee)
    totals = totals_of(earnings, cast.wallets)
    found = publish_totals(
        distributor, totals.by_wallet, blobs=blobs, sender=cast.staff, matures_in=_DAY,
        purchases=purchases_digest(purchases), rules=rules.digest,
    )  # fmt: skip
    if found.transaction is None:
        raise DemoFailed("the root was on chain already")
    receipt = cast.chain.receipt(found.transaction)
    assert receipt is not None  # noqa: S101 - it was mined: publishing waits for it
    stage.spent("publish a root for all customers", receipt)
    return found


def returnable(rules: EarnRules, earnings: Sequence[Earning]) -> Earning:
    """The purchase that earned most, by one rule if there is any such, whose return takes just that and nothing else.

    A bonus may move on to her next purchase, a cap leave that more room, a return without a receipt take from another
    of the same moment: of those purchases the story would have to tell more.
    """
    of: dict[str, list[Earning]] = {}
    for earning in earnings:
        of.setdefault(earning.purchase.customer, []).append(earning)
    for earning in sorted(earnings, key=lambda item: (len(item.steps) == 1, item.points), reverse=True):
        hers = of[earning.purchase.customer]
        less = rules.earn([*(item.purchase for item in hers), _returned(earning.purchase)])
        if earning.points == sum(item.points for item in hers) - sum(item.points for item in less) > 0:
            return earning
    raise InputError("the story needs a purchase that earned points and can be returned by itself")


def _returned(purchase: Purchase) -> Purchase:
    """The whole purchase, brought back the moment after."""
    return Purchase(purchase.customer, purchase.at, -purchase.amount)


def _no_early_claim(stage: Stage, distributor: Distributor, cast: Cast, published: Published, blobs: BlobStore) -> None:
    shown = next(fetch(published.cid, blobs).tree.claims())
    found = standing(distributor, shown)
    stage.check(
        "what is pending can be seen, and is not claimable", (found.standing, found.claimable), (Standing.PENDING, 0)
    )
    try:
        claim(distributor, shown, sender=cast.relayer)
    except ContractRevert:
        stage.check("nobody claims early", True)
    else:
        raise DemoFailed("a pending root was claimed from")


def _claims(
    stage: Stage, cast: Cast, distributor: Distributor, published: Published, *, customers: int, blobs: BlobStore
) -> None:
    """The first ``customers`` claim, and the largest: as many as it takes to carry a vote."""
    tree, token, chain = fetch(published.cid, blobs).tree, cast.coffee.points, cast.chain
    totals = tree.totals()
    earned = {number: totals[_address(cast, number)] for number in cast.numbers if _address(cast, number) in totals}
    chosen = dict.fromkeys(list(earned)[:customers])
    needed = published.total * cast.coffee.params.governance.quorum_percent * 3 // 200
    largest = sorted(earned, key=lambda number: earned[number], reverse=True)
    carried = 0
    for number in largest:
        if carried >= needed:
            break
        chosen[number] = None
        carried += earned[number]
    cast.customers = [cast.customer(number) for number in chosen]

    claims = [tree.claim(_address(cast, number)) for number in chosen]
    batches = [claims[start : start + _BATCH] for start in range(0, len(claims), _BATCH)]
    for batch in stage.track(batches, "claiming"):
        (receipt,) = claim_many(distributor, batch, sender=cast.relayer, batch=_BATCH).receipts
        stage.spent(f"claim for {len(batch)} customers in one transaction", receipt)
    balances = [chain.call(token.functions.balanceOf(customer.address)) for customer in cast.customers]
    stage.check(
        f"{len(claims)} customers have claimed, each exactly what she earned", balances, [earned[n] for n in chosen]
    )
    again = claim_many(distributor, claims, sender=cast.relayer)
    stage.check("a second time there is nothing for them", again.paid, 0)
    waiting = chain.call(token.functions.balanceOf(distributor.contract.address))
    stage.check(f"{points(waiting)} points wait for the others", waiting, published.total - sum(balances))
    stage.facts["customers in one root"] = published.customers
    stage.facts["points earned"] = points(published.total)
    stage.facts["customers who claimed"] = len(claims)
    stage.facts["points claimed"] = points(sum(balances))


def _supply(cast: Cast) -> int:
    return int(cast.chain.call(cast.coffee.points.functions.totalSupply()))


def _address(cast: Cast, number: str) -> bytes:
    return cast.wallets.address_at(number, _ANY_TIME)
