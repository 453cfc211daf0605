"""The DAO owns the rules: from a proposal to the changed parameter, for everything that can be handed over.

given the issuance budget and the quorum, which are the DAO's from the start
    when a proposal passes
        it should change them
given the definition of tiers
    when it was handed over and a proposal passes
        it should define a tier
        it should leave staff without that power
    when it was not handed over
        it should refuse the proposal's execution
given the terms of a swap pair
    when both brands handed them over and both DAOs' proposals pass
        it should change the bounds of the rate
given any role that can be handed over
    it should be the timelock's, and verification should expect that
    it should leave the programme's own contracts their roles
given a role that cannot be handed over
    it should say why
given whoever is not the admin, or a role that is the DAO's already
    it should refuse
given a proposal and a vote whose words are not UTF-8
    it should still be found, queued and verified
given a run that broke between the transaction and the record
    it should be recorded by the next one, which sends nothing
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator

import pytest
from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from tests.integration.conftest import BOOKSHOP
from tests.support.local_chain import rolled_back
from web3crm.chain import Chain, LocalChain
from web3crm.cli import Proposal, proposals, propose, state_of
from web3crm.deploy import Programme, deploy_programme, hand_over, powers, read_params, verify
from web3crm.deploy.record import Record
from web3crm.domain import HANDED_OVER, NATIVE, Role
from web3crm.errors import ContractRevert, InputError

POINT = 10**18
HOUR = 3_600


@pytest.fixture(scope="module")
def bookshop_made(local: LocalChain, coffee: Programme) -> Programme:
    """A second programme on the commons of the first."""
    params = read_params(BOOKSHOP, local.chain)
    return deploy_programme(local.chain, params, commons=coffee.commons, sender=local.accounts[0])


@pytest.fixture
def brands(local: LocalChain, coffee: Programme, bookshop_made: Programme) -> Iterator[tuple[Programme, Programme]]:
    """Both programmes, and the chain and their records as they were after each test."""
    with rolled_back(local.chain):
        first, second = (
            dataclasses.replace(made, record=Record(copy.deepcopy(made.record.data), None))
            for made in (coffee, bookshop_made)
        )
        yield first, second


@pytest.fixture
def shop(brands: tuple[Programme, Programme]) -> Programme:
    return brands[0]


def admin_of(local: LocalChain, programme: Programme) -> LocalAccount:
    return next(account for account in local.accounts if account.address == programme.params.roles.admin)


def carried(chain: Chain, programme: Programme, voter: LocalAccount, act: ContractFunction) -> Proposal:
    """A proposal by the one voter there is, queued and ready to be executed."""
    dao, governor = programme.params.governance, programme.governor.functions
    issuer = programme.params.roles.issuer[0].address
    chain.transact(programme.points.functions.issue(voter.address, 1_000 * POINT, bytes(32)), sender=issuer)
    chain.transact(programme.points.functions.delegate(voter.address), sender=voter)
    chain.sleep(1)
    proposal = propose(programme, [act], f"change of {programme.params.programme}", sender=voter)
    chain.sleep(dao.voting_delay + 1)
    chain.transact(governor.castVote(proposal.proposal_id, 1), sender=voter)
    chain.sleep(dao.voting_period + dao.late_quorum_extension + 1)
    chain.transact(governor.queue(*proposal.call), sender=voter)
    chain.sleep(dao.timelock_delay + 1)
    return proposal


def execute(chain: Chain, programme: Programme, voter: LocalAccount, act: ContractFunction) -> str:
    proposal = carried(chain, programme, voter, act)
    chain.transact(programme.governor.functions.execute(*proposal.call), sender=voter)
    return state_of(programme, proposal)


def new_tier(programme: Programme) -> ContractFunction:
    return programme.cards.functions.defineTier(30 * 86_400, 10, 0, True, True, POINT, "ipfs://tier")


def terms(one: Programme, other: Programme, *, highest: int) -> tuple[object, ...]:
    first, second = sorted((one, other), key=lambda programme: int(str(programme.points.address), 16))
    points = (str(first.points.address), str(second.points.address))
    return (first.brand, second.brand, *points, POINT // 2, highest, 1_000 * POINT, 1_000 * POINT, 86_400, HOUR)


def test_a_proposal_changes_the_issuance_budget(local: LocalChain, shop: Programme) -> None:
    act = shop.points.functions.setIssuanceBudget(5 * POINT, 60)
    assert execute(local.chain, shop, local.accounts[5], act) == "executed"
    assert local.chain.call(shop.points.functions.issuanceBudget())[:2] == (5 * POINT, 60)


def test_a_proposal_changes_the_quorum(local: LocalChain, shop: Programme) -> None:
    act = shop.governor.functions.updateQuorumNumerator(17)
    assert execute(local.chain, shop, local.accounts[5], act) == "executed"
    assert local.chain.call(shop.governor.functions.quorumNumerator()) == 17


def test_a_proposal_defines_a_tier_once_that_was_handed_over(local: LocalChain, shop: Programme) -> None:
    hand_over(shop, Role.TIERS, sender=admin_of(local, shop))
    before = local.chain.call(shop.cards.functions.tierCount())
    assert execute(local.chain, shop, local.accounts[5], new_tier(shop)) == "executed"
    assert local.chain.call(shop.cards.functions.tierCount()) == before + 1


def test_staff_define_no_tier_any_more(local: LocalChain, shop: Programme) -> None:
    staff = shop.params.roles.tiers[0].address
    local.chain.transact(new_tier(shop), sender=staff)
    hand_over(shop, Role.TIERS, sender=admin_of(local, shop))
    with pytest.raises(ContractRevert, match="AccessManagedUnauthorized"):
        local.chain.transact(new_tier(shop), sender=staff)


def test_what_was_not_handed_over_is_out_of_a_proposal_s_reach(local: LocalChain, shop: Programme) -> None:
    with pytest.raises(ContractRevert, match="AccessManagedUnauthorized"):
        execute(local.chain, shop, local.accounts[5], new_tier(shop))


def test_two_proposals_change_the_bounds_of_a_swap_rate(local: LocalChain, brands: tuple[Programme, Programme]) -> None:
    chain, exchange = local.chain, brands[0].commons.exchange
    agreed = terms(*brands, highest=2 * POINT)
    for brand in brands:
        staff = brand.params.roles.exchange[0].address
        chain.transact(brand.as_brand(exchange.functions.agree(agreed)), sender=staff)
    pair_id = chain.call(exchange.functions.pairIdOf(*agreed[:4]))
    assert chain.call(exchange.functions.pair(pair_id))[0] == agreed
    wider = terms(*brands, highest=3 * POINT)
    for brand in brands:
        hand_over(brand, Role.EXCHANGE, sender=admin_of(local, brand))
        act = brand.as_brand(exchange.functions.agree(wider))
        assert execute(chain, brand, local.accounts[5], act) == "executed"
    assert chain.call(exchange.functions.pair(pair_id))[0] == wider


@pytest.mark.parametrize("role", sorted(HANDED_OVER), ids=lambda role: role.label)
def test_a_role_goes_to_the_timelock_and_to_nobody_else(local: LocalChain, shop: Programme, role: Role) -> None:
    contracts = {power.holder for power in powers(shop) if power.role == role.label} & set(shop.addresses.values())
    hand_over(shop, role, sender=admin_of(local, shop))
    holders = {power.holder for power in powers(shop) if power.role == role.label}
    assert holders == contracts | {str(shop.timelock.address)}
    assert verify(shop) == []


@pytest.mark.parametrize("role", sorted(set(Role) - HANDED_OVER), ids=lambda role: role.label)
def test_the_other_roles_cannot_be_handed_over(local: LocalChain, shop: Programme, role: Role) -> None:
    before = powers(shop)
    with pytest.raises(InputError, match=f"the role {role.label} cannot be handed over: "):
        hand_over(shop, role, sender=admin_of(local, shop))
    assert powers(shop) == before


def test_only_the_admin_hands_over(local: LocalChain, shop: Programme) -> None:
    with pytest.raises(InputError, match="is not the admin of coffee"):
        hand_over(shop, Role.TIERS, sender=local.accounts[2])


def test_a_role_is_handed_over_once(local: LocalChain, shop: Programme) -> None:
    hand_over(shop, Role.TIERS, sender=admin_of(local, shop))
    with pytest.raises(InputError, match="TIERS has been handed over already"):
        hand_over(shop, Role.TIERS, sender=admin_of(local, shop))


def test_a_run_that_broke_before_it_was_recorded_is_finished(local: LocalChain, shop: Programme) -> None:
    before = copy.deepcopy(shop.record.data)
    hand_over(shop, Role.TIERS, sender=admin_of(local, shop))
    broken = dataclasses.replace(shop, record=Record(before, None))
    assert verify(broken) != []
    block = local.chain.block_number()
    assert hand_over(broken, Role.TIERS, sender=admin_of(local, shop)) is None
    assert (local.chain.block_number(), verify(broken)) == (block, [])


def test_the_example_leaves_nobody_out(shop: Programme) -> None:
    assert all(shop.params.roles.holders(role) for role in HANDED_OVER)
    assert shop.params.roles.admin != NATIVE


def test_words_that_are_no_text_hide_nothing(local: LocalChain, shop: Programme) -> None:
    chain, voter, stranger = local.chain, local.accounts[5], local.accounts[6]
    act = shop.points.functions.setIssuanceBudget(5 * POINT, 60)

    def send(sender: LocalAccount, signature: str, kinds: list[str], values: list[object]) -> None:
        data = keccak(text=signature)[:4] + encode(kinds, values)
        call = {"from": sender.address, "to": shop.governor.address, "data": "0x" + data.hex()}
        chain.rpc("eth_sendTransaction", [call])
        chain.mine()

    issuer = shop.params.roles.issuer[0].address
    chain.transact(shop.points.functions.issue(voter.address, 1_000 * POINT, bytes(32)), sender=issuer)
    chain.transact(shop.points.functions.delegate(voter.address), sender=voter)
    chain.sleep(1)
    calldata = bytes.fromhex(act._encode_transaction_data()[2:])
    kinds = ["address[]", "uint256[]", "bytes[]", "bytes"]
    values = [[act.address], [0], [calldata], b"budget \xff\xfe"]
    send(voter, "propose(address[],uint256[],bytes[],string)", kinds, values)
    (proposal,) = proposals(shop)
    chain.sleep(shop.params.governance.voting_delay + 1)
    reason = [proposal.proposal_id, 0, b"\xc3"]
    send(stranger, "castVoteWithReason(uint256,uint8,string)", ["uint256", "uint8", "bytes"], reason)
    chain.transact(shop.governor.functions.castVote(proposal.proposal_id, 1), sender=voter)
    chain.sleep(shop.params.governance.voting_period + shop.params.governance.late_quorum_extension + 1)
    chain.transact(shop.governor.functions.queue(*proposal.call), sender=voter)
    assert state_of(shop, proposal) == "queued"
    assert verify(shop) == []
