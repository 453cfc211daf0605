"""Cards: sale, renewal, transfer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eth_utils.address import to_checksum_address
from web3.contract import Contract
from web3.contract.contract import ContractFunction

from bench.programme import SILVER, SILVER_PRICE, deploy_authority, deploy_cards, deploy_points
from bench.stage import MONTH, NATIVE, OURS, Stage, Table

UNLOCK_14, UNLOCK_15 = "Unlock lock V14", "Unlock lock V15"
OZ, SOLADY, ERC721A = "OpenZeppelin ERC721", "Solady ERC721", "ERC721A"
COLLECTIONS = {OZ: "OzCollection", SOLADY: "SoladyCollection", ERC721A: "Erc721aCollection"}
LOCKS = {UNLOCK_14: 14, UNLOCK_15: 15}


@dataclass(frozen=True)
class Shop:
    """Somebody's cards: how one is bought for a holder, and renewed."""

    cards: Contract
    buy: Callable[[str], ContractFunction]
    renew: Callable[[int], ContractFunction] | None = None


def measure(stage: Stage) -> Table:
    """Everybody's first card is Carol's; all cost the same in native coin."""
    table = Table(
        "Cards",
        [*LOCKS, *COLLECTIONS],
        [
            "Unlock's locks are the published builds, each behind the proxy that its factory makes. They have a term and a price, as ours do, "
            "but no tiers.",
            "The other three are tokens that cost a fixed price: no tier, no term, no royalty, so nothing to renew.",
        ],
    )
    shops = open_shops(stage)
    for shop in shops.values():
        stage.send(shop.buy(stage.carol), stage.carol, SILVER_PRICE)

    def buys() -> dict[str, int]:
        return {name: stage.cost(shop.buy(stage.alice), stage.alice, SILVER_PRICE) for name, shop in shops.items()}

    table.add("card: buy in native coin, new member", buys())
    for shop in shops.values():
        stage.send(shop.buy(stage.alice), stage.alice, SILVER_PRICE)
    table.add("card: buy in native coin, member already", buys())
    renewals = {name: shop.renew(2) for name, shop in shops.items() if shop.renew}
    table.add(
        "card: renew in native coin",
        {name: stage.cost(act, stage.alice, SILVER_PRICE) for name, act in renewals.items()},
    )
    for shop in shops.values():
        stage.send(shop.buy(stage.alice), stage.alice, SILVER_PRICE)
    for act, receiver in (
        ("card: transfer to a new holder, sender keeps others", stage.bob),
        ("card: transfer to a holder of others, sender keeps others", stage.carol),
    ):
        gas = {}
        for name, shop in shops.items():
            number = 2 if name == ERC721A else 3
            gas[name] = stage.cost(shop.cards.functions.transferFrom(stage.alice, receiver, number), stage.alice)
        table.add(act, gas)
    return table


def open_shops(stage: Stage) -> dict[str, Shop]:
    """Ours and every peer's."""
    authority = deploy_authority(stage)
    ours = deploy_cards(stage, authority, deploy_points(stage, authority), stage.deploy("MockCoin"))
    shops = {
        OURS: Shop(
            ours,
            lambda holder: ours.functions.buy(SILVER, holder, NATIVE, SILVER_PRICE),
            lambda number: ours.functions.renew(number, 1, NATIVE, SILVER_PRICE),
        )
    }
    locks = deploy_locks(stage)
    shops |= {name: lock_shop(locks[version]) for name, version in LOCKS.items()}
    for name, contract in COLLECTIONS.items():
        collection = stage.deploy_peer(contract)
        shops[name] = Shop(collection, collection.functions.buy)
    return shops


def lock_shop(lock: Contract) -> Shop:
    """An Unlock lock: nobody refers the buyer, and her key is managed by nobody else."""
    purchase = lock.get_function_by_signature("purchase(uint256[],address[],address[],address[],bytes[])")
    return Shop(
        lock,
        lambda holder: purchase([SILVER_PRICE], [holder], [NATIVE], [NATIVE], [b""]),
        lambda number: lock.functions.extend(SILVER_PRICE, number, NATIVE, b""),
    )


def deploy_locks(stage: Stage) -> dict[int, Contract]:
    """One lock a version, made by Unlock's factory; up to ten keys a holder."""
    code = stage.deploy_peer("UnlockV14")
    proxy = stage.deploy_peer(
        "OzProxy", code.address, bytes.fromhex(code.encode_abi("initialize", [stage.deployer])[2:])
    )
    factory = stage.theirs.contract("UnlockV14", proxy.address)
    locks = {}
    for version in LOCKS.values():
        template = stage.deploy_peer(f"PublicLockV{version}")
        stage.send(factory.functions.addLockTemplate(template.address, version), stage.deployer)
        terms = template.encode_abi("initialize", [stage.brand, MONTH, NATIVE, SILVER_PRICE, 10_000, "Bean Club"])
        create = factory.get_function_by_signature("createUpgradeableLockAtVersion(bytes,uint16)")
        receipt = stage.send(create(terms, version), stage.deployer)
        (made,) = (log for log in stage.theirs.events(receipt, factory, "NewLock"))
        lock = stage.theirs.contract(f"PublicLockV{version}", to_checksum_address(made.args["newLockAddress"]))
        stage.send(lock.functions.updateLockConfig(MONTH, 10_000, 10), stage.brand)
        locks[version] = lock
    return locks
