"""The whole demonstration, chapter after chapter."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from web3crm.chain import LocalChain
from web3crm.demo.access import sell_access
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.consent import share_profile
from web3crm.demo.datasets import Archive
from web3crm.demo.earning import earn
from web3crm.demo.erasure import be_forgotten
from web3crm.demo.membership import buy_cards, resell_card, transfer_card
from web3crm.demo.perks import redeem_perks
from web3crm.demo.rotation import rotate_key
from web3crm.demo.spending import redeem_rewards
from web3crm.demo.stage import Stage, coins, points
from web3crm.demo.swapping import swap_points
from web3crm.demo.voting import vote
from web3crm.deploy import deploy_commons, deploy_programme, find_params, read_params
from web3crm.domain import NATIVE
from web3crm.errors import InputError
from web3crm.points.liability import read_liability
from web3crm.points.rules import read_rules
from web3crm.vault import open_store

__all__ = ["Script", "play"]

_FEWEST = 60
# The accounts of the development chain, as deployments/params names them (`account:N`).
_DEPLOYER, _ADMIN, _STAFF, _BOOKSHOP_ADMIN, _BOOKSHOP_STAFF, _RELAYER, _BANK = 0, 1, 2, 3, 4, 6, 9


@dataclass(frozen=True)
class Script:
    """What the demonstration runs on. ``purchases`` is a CSV of customer, time, amount, or the CDNOW file."""

    purchases: Path
    customers: int = 300
    rules: Path = Path("deployments/rules/coffee.yaml")
    summary: Path = Path("build/demo.json")

    def __post_init__(self) -> None:
        if self.customers < _FEWEST:
            raise InputError(f"the story needs at least {_FEWEST} customers, got {self.customers}")


def play(script: Script, stage: Stage | None = None) -> None:
    """Starts a Ganache chain on a free port, deploys two brands' programmes and tells the story on them.

    Raises:
        DemoFailed: A step did not do what it says.

    """
    stage = stage or Stage()
    rules = read_rules(script.rules)
    with LocalChain() as local, tempfile.TemporaryDirectory(prefix="web3crm-demo-") as folder:
        cast = _deploy(stage, local)
        blobs = open_store(Path(folder) / "blobs")
        earn(stage, cast, source=script.purchases, customers=script.customers, rules=rules, blobs=blobs)
        if len(cast.customers) < _FEWEST:
            raise InputError(f"the story needs {_FEWEST} customers who earned points, got {len(cast.customers)}")
        cards = buy_cards(stage, cast)
        regular, barista = cards[1], cards[2]
        transfer_card(stage, cast, regular)
        redeem_rewards(stage, cast)
        swap_points(stage, cast)
        redeem_perks(stage, cast, barista)
        resell_card(stage, cast, barista)
        _data(stage, Archive(cast, blobs, Path(folder)), script.purchases)
        vote(stage, cast)
        _close(stage, cast, script.summary)


def _deploy(stage: Stage, local: LocalChain) -> Cast:
    stage.chapter("Two brands, each with a programme of its own")
    chain, accounts = local.chain, local.accounts
    deployer = accounts[_DEPLOYER]
    blocks = chain.block_number()
    commons = deploy_commons(chain, sender=deployer)
    stage.say(f"a Ganache chain at {local.url}; shared by all brands, owned by nobody:")
    for contract, address in commons.addresses.items():
        stage.say(f"  {contract:<18} {address}")
    programmes = {}
    for name in ("coffee", "bookshop"):
        params = read_params(find_params(name), chain)
        programmes[name] = deploy_programme(chain, params, commons=commons, sender=deployer)
        stage.say(f"{params.points.name} ({params.points.symbol}), the {name} brand's programme:")
        for contract, address in programmes[name].addresses.items():
            stage.say(f"  {contract:<18} {address}")
    stage.facts["contracts deployed"] = len(commons.addresses) + sum(
        len(programme.addresses) for programme in programmes.values()
    )
    stage.facts["transactions to deploy and wire them"] = chain.block_number() - blocks
    coffee = programmes["coffee"]
    is_admin, _ = chain.call(coffee.authority.functions.hasRole(0, deployer.address))
    stage.check("whoever deployed them has no power left", is_admin, False)
    return Cast(
        chain=chain,
        coffee=coffee,
        bookshop=programmes["bookshop"],
        staff=accounts[_STAFF],
        treasurer=accounts[_ADMIN],
        bookshop_staff=accounts[_BOOKSHOP_STAFF],
        bookshop_treasurer=accounts[_BOOKSHOP_ADMIN],
        relayer=accounts[_RELAYER],
        bank=accounts[_BANK],
    )


def _data(stage: Stage, archive: Archive, source: Path) -> None:
    """The chapters on what customers tell: consent, payment, a new key, erasure."""
    cast = archive.cast
    owner, forgotten, waiting = cast.customers[20:23]
    coffee = archive.reader(stage, cast.coffee, cast.staff)
    bookshop = archive.reader(stage, cast.bookshop, cast.bookshop_staff)
    share_profile(stage, archive, owner, coffee, bookshop)
    dataset = sell_access(stage, archive, owner, coffee, bookshop, source)
    rotate_key(stage, archive, owner, dataset, coffee, bookshop)
    be_forgotten(stage, archive, forgotten, waiting, coffee)
    stage.facts["datasets minted"] = len(list(cast.chain.logs(cast.coffee.commons.datasets, "DatasetMinted")))


def _close(stage: Stage, cast: Cast, summary: Path) -> None:
    """Empties the till, takes stock, and prints what happened."""
    stage.chapter("Taking stock")
    chain, token, cards = cast.chain, cast.coffee.points, cast.coffee.cards
    till = chain.balance(cards.address)
    before = chain.balance(cast.treasurer.address)
    receipt = chain.transact(cards.functions.withdraw(NATIVE, cast.treasurer.address, till), sender=cast.treasurer)
    stage.spent("withdraw the till", receipt)
    fee = receipt["gasUsed"] * receipt["effectiveGasPrice"]
    got = chain.balance(cast.treasurer.address) - before + fee
    stage.check(f"the treasurer withdraws the till: {coins(till)}", got, till)
    coffee = cast.coffee
    found = read_liability(chain, token, coffee.distributor, rewards=coffee.rewards)
    stage.say("what the roastery owes its customers, from chain state alone:")
    for name in ("issued", "claimed", "redeemed", "refunded", "outstanding", "unclaimed", "pending"):
        stage.say(f"  {name:<12} {points(getattr(found, name)):>16}")
        stage.facts[f"points {name}"] = points(getattr(found, name))
    stage.check("issued + refunded - redeemed - burned = outstanding + unclaimed", found.balances)
    held = sum(chain.call(token.functions.balanceOf(customer.address)) for customer in cast.customers)
    reserve = chain.call(token.functions.balanceOf(coffee.commons.exchange.address))
    stage.check("customers and the exchange hold all that is outstanding", held + reserve, found.outstanding)
    for customer in _shown(cast):
        stage.owns(
            str(customer),
            points=points(chain.call(token.functions.balanceOf(customer.address))),
            cards=chain.call(cards.functions.balanceOf(customer.address)),
            datasets=chain.call(cast.coffee.commons.datasets.functions.balanceOf(customer.address)),
            coins=coins(chain.balance(customer.address)),
        )
    stage.owns("the brand's till", points="0", cards=0, datasets=0, coins=coins(chain.balance(cards.address)))
    stage.finish(summary)


def _shown(cast: Cast) -> list[Customer]:
    """Those the story spoke of: everybody who owns a card or a dataset."""
    cards, datasets = cast.coffee.cards.functions, cast.coffee.commons.datasets.functions
    return [
        customer
        for customer in cast.customers
        if cast.chain.call(cards.balanceOf(customer.address)) or cast.chain.call(datasets.balanceOf(customer.address))
    ]
