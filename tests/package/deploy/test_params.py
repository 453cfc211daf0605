"""Parameters.

given the examples
    they should be read, and given back complete by their JSON form
    they should refuse to be used on a live chain, where account:N is nobody
given a file in which one thing is wrong
    the error should name the file, the key's path, the value and what is expected
given values that YAML would guess about
    they should be what is written
given parameters that do not fit a constructor
    it should be refused
given a programme without a guardian
    it should be nobody; the admin never is
given two parameter files that differ
    their digests should too
given a name without a file
    it should name those that are there
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from web3crm.chain import Chain, LocalChain
from web3crm.deploy import Holder, Params, find_params, parse_params, read_params
from web3crm.deploy.params import check_constructors
from web3crm.domain import NATIVE, PerkKind, Price
from web3crm.errors import InputError

EXAMPLES = Path(__file__).parents[3] / "deployments" / "params"
BRAND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
STAFF = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
GOOD = f"""
programme: tea
points:
  name: Leaves
  symbol: LEAF
  contract_uri: ipfs://points
  issuance_budget: 1000.5
  budget_period: 30d
  maturing_delay: 6h
card:
  name: Tea Card
  symbol: TEA
  contract_uri: ipfs://cards
  tiers:
    - name: Cup
      period: 010d
      max_supply: 10
      royalty: 2.5%
      transferable: true
      on_sale: false
      price:
        native: 0.01
        points: 5
        0x5FbDB2315678afecb367f032d93F642f64180aa3: 7
      uri: ipfs://cup
      perks:
        - {{ name: Refill, count: 3, window: 7d, kind: service, uri: ipfs://refill }}
        - {{ name: Tin, count: 1, window: period, kind: physical, uri: ipfs://tin, receiver: {STAFF} }}
    - name: Pot
      period: never
      max_supply: 1
      royalty: 100%
      transferable: false
      on_sale: true
      uri: ipfs://pot
  upgrades:
    - from: Cup
      to: Pot
      price:
        native: 1
rewards:
  - {{ name: Kettle, price: 12.5, stock: 4, limit: 1, from: 2026-12-01, until: 2026-12-25, uri: ipfs://kettle }}
  - {{ name: A pot, price: 90, stock: 1, tier: Pot, uri: ipfs://a-pot }}
governance:
  name: Tea Council
  guardian: {STAFF}
  voting_delay: 0s
  voting_period: 1d
  proposal_threshold: 0
  quorum_percent: 4
  late_quorum_extension: 1h
  timelock_delay: 2d
roles:
  admin: {BRAND}
  issuer:
    - {STAFF}
    - address: {BRAND}
      delay: 1d
"""


@pytest.mark.parametrize("name", ["coffee", "bookshop"])
def test_an_example_is_read_and_given_back(local: LocalChain, name: str) -> None:
    params = read_params(EXAMPLES / f"{name}.yaml", local.chain)
    assert params.programme == name
    assert Params.from_json(params.as_json()) == params


@pytest.mark.parametrize("name", ["coffee", "bookshop"])
def test_an_example_is_refused_on_a_live_chain(local: LocalChain, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(local.chain, "is_local", False)
    with pytest.raises(InputError, match="works on development chains only"):
        read_params(EXAMPLES / f"{name}.yaml", local.chain)


def test_values_are_what_is_written() -> None:
    params = parse_params(GOOD)
    cup, pot = params.card.tiers
    assert params.points.issuance_budget == 1000_500000000000000000
    assert (cup.period, cup.royalty_bps, cup.native_price, cup.points_price) == (864_000, 250, 10**16, 5 * 10**18)
    assert cup.other_prices == (Price(currency="0x5FbDB2315678afecb367f032d93F642f64180aa3", amount=7),)
    assert (pot.period, pot.royalty_bps, pot.native_price) == (0, 10_000, 0)
    assert params.roles.issuer == (Holder(address=STAFF), Holder(address=BRAND, delay=86_400))
    assert params.roles.privacy == ()
    assert [(perk.count, perk.window, perk.kind) for perk in cup.perks] == [
        (3, 7 * 86_400, PerkKind.SERVICE),
        (1, 0, PerkKind.PHYSICAL),
    ]
    assert [perk.receiver for perk in cup.perks] == [NATIVE, STAFF]
    assert pot.perks == ()
    kettle, card = params.rewards
    assert (kettle.price, kettle.stock, kettle.limit) == (12_500000000000000000, 4, 1)
    assert (kettle.starts_at, kettle.ends_at, kettle.tier) == (1_796_083_200, 1_798_156_800, "")
    assert (card.starts_at, card.ends_at, card.limit, card.tier) == (0, 0, 0, "Pot")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("programme: tea", "programme: Tea", r"programme must be a short name .*, got 'Tea'"),
        ("programme: tea", "programme: commons", r"programme must be a short name"),
        ("programme: tea", "programme: ../tea", r"programme must be a short name"),
        ("programme: tea", "programme: tea\ncolour: green", r"colour is not a known key here; known are: card"),
        ("programme: tea", "programme: tea\nprogramme: tea", r"line 3: .*'programme' is there twice"),
        ("programme: tea", "", r"programme is missing: it must be a short name"),
        ("  name: Leaves\n", "", r"points\.name is missing"),
        ("symbol: LEAF", "symbol: [LEAF]", r"points\.symbol must be text of 1 to 16 characters .*, got \['LEAF'\]"),
        ("symbol: LEAF", "symbol: ABCDEFGHIJKLMNOPQ", r"points\.symbol must be text of 1 to 16"),
        ("contract_uri: ipfs://points", "contract_uri: file:///x", r"points\.contract_uri must be a URI"),
        ("issuance_budget: 1000.5", "issuance_budget: 1e3", r"points\.issuance_budget must be an amount .*, got '1e3'"),
        ("issuance_budget: 1000.5", "issuance_budget: -1", r"points\.issuance_budget must be"),
        ("issuance_budget: 1000.5", f"issuance_budget: {2**70}", r"points\.issuance_budget must be .* 128 bits"),
        ("budget_period: 30d", "budget_period: 0d", r"points\.budget_period must be .* from 1 to"),
        ("budget_period: 30d", "budget_period: 200y", r"points\.budget_period must be .*32 - 1 seconds"),
        ("budget_period: 30d", "budget_period: 30 days", r"points\.budget_period must be a duration"),
        ("period: never", "period: forever", r"card\.tiers\[1\]\.period must be .*, or never, got 'forever'"),
        ("max_supply: 10", "max_supply: 0", r"card\.tiers\[0\]\.max_supply must be a whole number from 1 to"),
        ("max_supply: 10", "max_supply: 1.5", r"card\.tiers\[0\]\.max_supply must be a whole number"),
        ("max_supply: 10", f"max_supply: {2**32}", r"card\.tiers\[0\]\.max_supply must be .*32 - 1, got"),
        ("royalty: 2.5%", "royalty: 2.5", r"card\.tiers\[0\]\.royalty must be a percentage"),
        ("royalty: 2.5%", "royalty: 100.01%", r"card\.tiers\[0\]\.royalty must be a percentage"),
        ("transferable: false", "transferable: no", r"card\.tiers\[1\]\.transferable must be true or false, got 'no'"),
        ("name: Pot", "name: Cup", r"card\.tiers\[1\]\.name must be a name that no other tier has"),
        ("points: 5\n", "points: 0\n", r"card\.tiers\[0\]\.price\.points must be an amount .* more than 0"),
        ("points: 5\n", "beans: 5\n", r"card\.tiers\[0\]\.price takes native, points and the addresses"),
        ("0x5FbDB", "0x5fBDB", r"card\.tiers\[0\]\.price takes native, points and the addresses"),
        ("to: Pot", "to: Kettle", r"card\.upgrades\[0\]\.to must be one of the tiers: Cup, Pot, got 'Kettle'"),
        ("count: 3", "count: 256", r"card\.tiers\[0\]\.perks\[0\]\.count must be .* from 1 to 255, got '256'"),
        ("window: 7d", "window: 0s", r"perks\[0\]\.window must be a duration .*, or period, got '0s'"),
        ("kind: service", "kind: food", r"perks\[0\]\.kind must be one of: service, digital, physical, got 'food'"),
        ("name: Tin", "name: Refill", r"tiers\[0\]\.perks\[1\]\.name must be a name that no other perk"),
        ("price: 12.5", "price: 0", r"rewards\[0\]\.price must be an amount .* more than 0"),
        ("stock: 4", "stock: 0", r"rewards\[0\]\.stock must be a whole number from 1 to"),
        ("from: 2026-12-01", "from: 1.12.2026", r"rewards\[0\]\.from must be a day such as 2026-12-24"),
        ("from: 2026-12-01", "from: 2026-13-01", r"rewards\[0\]\.from must be a day such as 2026-12-24"),
        ("until: 2026-12-25", "until: 2026-12-01", r"rewards\[0\]\.until must be a later day than `from`"),
        ("tier: Pot", "tier: Mug", r"rewards\[1\]\.tier must be one of the tiers: Cup, Pot, got 'Mug'"),
        ("name: A pot", "name: Kettle", r"rewards\[1\]\.name must be a name that no other reward has"),
        ("to: Pot", "to: Cup", r"card\.upgrades\[0\]\.to must be another tier"),
        ("voting_period: 1d", "voting_period: 0s", r"governance\.voting_period must be .* from 1 to"),
        ("quorum_percent: 4", "quorum_percent: 101", r"governance\.quorum_percent must be .* from 1 to 100, got '101'"),
        ("quorum_percent: 4", "quorum_percent: 0", r"governance\.quorum_percent must be .* from 1 to 100, got '0'"),
        ("quorum_percent: 4", "quorum_percent: 4%", r"governance\.quorum_percent must be a whole number"),
        (f"guardian: {STAFF}", f"guardian: {STAFF.lower()}", r"governance\.guardian must be a checksummed address"),
        (f"guardian: {STAFF}", f"guardian: '0x{'0' * 40}'", r"governance\.guardian must be a checksummed address"),
        (f"admin: {BRAND}", "admin: account:1", r"roles\.admin must be .*account:N works on development chains only"),
        (f"admin: {BRAND}", f"admin: [{BRAND}]", r"roles\.admin must be a checksummed address"),
        (f"    - {STAFF}\n", f"    - {BRAND}\n", r"roles\.issuer\[1\] must be an address that does not hold"),
        ("delay: 1d", "delay: soon", r"roles\.issuer\[1\]\.delay must be a duration"),
        ("delay: 1d", "until: 1d", r"roles\.issuer\[1\]\.until is not a known key"),
        ("points:\n  name", "points: [\n  name", r"line \d+: not readable as YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError, match=message) as caught:
        parse_params(GOOD.replace(old, new, 1), source="tea.yaml")
    assert str(caught.value).startswith("tea.yaml")


@pytest.mark.parametrize("text", ["", "[]", "tea", "42"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="the file must be a mapping"):
        parse_params(text)


def test_a_programme_may_have_no_guardian() -> None:
    assert parse_params(GOOD.replace(f"guardian: {STAFF}", "guardian: none")).governance.guardian == "0x" + "0" * 40


def test_nobody_is_no_admin() -> None:
    with pytest.raises(InputError, match=r"roles\.admin must be"):
        parse_params(GOOD.replace(f"admin: {BRAND}", "admin: none"))


def test_no_tier_is_refused() -> None:
    head, tail = GOOD.split("  tiers:\n")
    with pytest.raises(InputError, match=r"card\.tiers must be at least one tier"):
        parse_params(head + "  tiers: []\n" + "governance:" + tail.split("governance:")[1])


def test_an_account_that_the_chain_has_not_is_refused(local: LocalChain) -> None:
    with pytest.raises(InputError, match=r"account:0 to account:9 of this development chain, got 'account:10'"):
        parse_params(GOOD.replace(f"admin: {BRAND}", "admin: account:10"), chain=local.chain)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((5,), "ProgramAuthority's admin is a address, and 5 is none"),
        ((BRAND, BRAND), "takes 1 values .address., these parameters give 2"),
    ],
)
def test_what_does_not_fit_a_constructor_is_refused(local: LocalChain, args: tuple[object, ...], message: str) -> None:
    chain: Chain = local.chain
    with pytest.raises(InputError, match=message):
        check_constructors(chain.artifacts, "tea.yaml", {"ProgramAuthority": args}, chain.web3.codec)


def test_other_parameters_have_another_digest() -> None:
    params = parse_params(GOOD)
    other = replace(params, roles=replace(params.roles, admin=STAFF))
    assert params.digest == parse_params(GOOD, source="elsewhere").digest != other.digest


def test_a_tier_is_found_by_its_name() -> None:
    params = parse_params(GOOD)
    assert params.tier_id("Pot") == 2
    with pytest.raises(InputError, match="there are: Cup, Pot"):
        params.tier_id("Kettle")


def test_a_name_without_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "tea.yaml").write_text(GOOD)
    assert find_params("tea", tmp_path) == tmp_path / "tea.yaml"
    with pytest.raises(InputError, match="there are: tea"):
        find_params("coffee", tmp_path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_params(tmp_path / "none.yaml")
