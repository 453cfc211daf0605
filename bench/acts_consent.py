"""Consent: the first grant, a change, the withdrawal of everything."""

from __future__ import annotations

from web3.contract.contract import ContractFunction

from bench.programme import deploy_consents
from bench.stage import OURS, Stage, Table

ONE, EVERY, STRUCT = "a word a purpose: one purpose", "a word a purpose: 64 purposes", "a struct of four words"
ALL = 2**64 - 1
EIGHT = 0xFF
PURPOSES = list(range(64))


def measure(stage: Stage) -> Table:
    """Alice decides about one brand."""
    table = Table(
        "Consent",
        [ONE, EVERY, STRUCT],
        [
            "Ours covers 64 purposes and 64 data classes under a version of the brand's notice, with an end and a number, in one word. "
            "It checks the version against the notice and keeps what was agreed before in a word of its own (22,100 a change), since a brand has "
            "to prove what it was allowed at the time. The peers check nothing and overwrite.",
            "The peer with a word a purpose is measured with one purpose in a call and with all 64 in one call.",
        ],
    )
    ours, slots, struct = deploy_consents(stage), stage.deploy_peer("SlotConsent"), stage.deploy_peer("StructConsent")
    alice, brand = stage.alice, stage.brand

    def costs(act: ContractFunction, granted: bool, purposes: int, classes: int, version: int) -> dict[str, int]:
        return {
            OURS: stage.cost(act, alice),
            ONE: stage.cost(slots.functions.set(brand, 1, granted, version), alice),
            EVERY: stage.cost(slots.functions.setMany(brand, PURPOSES, granted, version), alice),
            STRUCT: stage.cost(struct.functions.set(brand, purposes, classes, version), alice),
        }

    first = ours.functions.grant(brand, ALL, EIGHT, 1, 0)
    table.add("consent: first grant, 64 purposes, 8 data classes", costs(first, True, ALL, EIGHT, 1))
    stage.send(ours.functions.grant(brand, ALL, ALL, 1, 0), alice)
    stage.send(slots.functions.setMany(brand, PURPOSES, True, 1), alice)
    stage.send(struct.functions.set(brand, ALL, ALL, 1), alice)
    table.add("consent: change", costs(ours.functions.grant(brand, 3, 3, 2, 0), True, 3, 3, 2))
    table.add("consent: withdraw all", costs(ours.functions.withdrawAll(brand), False, 0, 0, 1))
    return table
