"""Chapter: the customers change a parameter of the programme."""

from __future__ import annotations

from eth_utils.crypto import keccak

from web3crm.chain import relay
from web3crm.chain.typed_data import Domain, governor_ballot, points_delegation
from web3crm.demo.cast import Cast, Customer
from web3crm.demo.stage import Stage, points

__all__ = ["vote"]

_FEWEST = 3
_FOR = 1
_SUCCEEDED, _QUEUED, _EXECUTED = 4, 5, 7


def vote(stage: Stage, cast: Cast) -> None:
    """Delegates, proposes, votes (once by signature), queues, executes; the issuance budget is doubled."""
    stage.chapter("The customers vote, and the programme changes")
    chain, token, governor = cast.chain, cast.coffee.points, cast.coffee.governor
    voters = _carrying(cast)
    silent = voters[-1]  # holds no native coin: she signs, somebody else sends
    for customer in voters[:-1]:
        if not chain.balance(customer.address):
            cast.give_coins(customer)
        receipt = chain.transact(token.functions.delegate(customer.address), sender=customer.wallet)
        stage.spent("delegate votes to oneself", receipt)
    _delegate_by_signature(stage, cast, silent)
    stage.say(f"{len(voters)} of the largest holders take up their votes, one of them by a signature that is relayed")

    budget, period = chain.call(token.functions.issuanceBudget())[:2]
    raised = budget * 2
    calls = ([token.address], [0], [token.encode_abi("setIssuanceBudget", args=[raised, period])])
    text = f"Raise the issuance budget to {points(raised)} points"
    chain.sleep(1)  # the governor counts a proposer's votes as of the second before
    receipt = chain.transact(governor.functions.propose(*calls, text), sender=voters[0].wallet)
    stage.spent("propose", receipt)
    (created,) = chain.events(receipt, governor, "ProposalCreated")
    proposal_id = created.args["proposalId"]
    stage.say(f"{voters[0]} proposes: {text}")

    chain.sleep(chain.call(governor.functions.votingDelay()) + 1)
    for customer in voters[:-1]:
        receipt = chain.transact(governor.functions.castVote(proposal_id, _FOR), sender=customer.wallet)
        stage.spent("vote", receipt)
    ballot = governor_ballot(
        domain=Domain(chain.call(governor.functions.name()), chain.chain_id, governor.address),
        proposal_id=proposal_id, support=_FOR, voter=silent.address,
        nonce=chain.call(governor.functions.nonces(silent.address)),
    )  # fmt: skip
    receipt = relay(chain, governor, "castVoteBySig", ballot, cast.sign(ballot, silent), sender=cast.relayer)
    stage.spent("vote by signature (relayed)", receipt)
    _, in_favour, _ = chain.call(governor.functions.proposalVotes(proposal_id))
    weight = sum(chain.call(token.functions.balanceOf(customer.address)) for customer in voters)
    stage.check(f"{points(in_favour)} votes in favour: one for each point the {len(voters)} hold", in_favour, weight)
    needed = chain.call(governor.functions.quorum(chain.call(governor.functions.proposalSnapshot(proposal_id))))
    stage.check(f"the quorum of {points(needed)} is reached", in_favour >= needed)

    chain.sleep(chain.call(governor.functions.proposalDeadline(proposal_id)) - chain.now() + 1)
    stage.check("the proposal has succeeded", chain.call(governor.functions.state(proposal_id)), _SUCCEEDED)
    act = (*calls, keccak(text=text))
    stage.spent("queue", chain.transact(governor.functions.queue(*act), sender=cast.relayer))
    stage.check("it waits in the timelock", chain.call(governor.functions.state(proposal_id)), _QUEUED)
    stage.check("nothing has changed yet", chain.call(token.functions.issuanceBudget())[0], budget)
    chain.sleep(chain.call(cast.coffee.timelock.functions.getMinDelay()) + 1)
    stage.spent("execute", chain.transact(governor.functions.execute(*act), sender=cast.relayer))
    stage.check("it is executed", chain.call(governor.functions.state(proposal_id)), _EXECUTED)
    now = chain.call(token.functions.issuanceBudget())[0]
    stage.check(f"the issuance budget went from {points(budget)} to {points(now)} points", now, raised)
    stage.facts["votes in favour"] = points(in_favour)


def _delegate_by_signature(stage: Stage, cast: Cast, customer: Customer) -> None:
    chain, token = cast.chain, cast.coffee.points
    delegation = points_delegation(
        domain=Domain(chain.call(token.functions.name()), chain.chain_id, token.address),
        delegatee=customer.address, nonce=chain.call(token.functions.nonces(customer.address)), expiry=cast.deadline(),
    )  # fmt: skip
    receipt = relay(chain, token, "delegateBySig", delegation, cast.sign(delegation, customer), sender=cast.relayer)
    stage.spent("delegate votes by signature (relayed)", receipt)
    chosen = chain.call(token.functions.delegates(customer.address))
    stage.check(f"{customer} votes for herself", chosen, customer.address)


def _carrying(cast: Cast) -> list[Customer]:
    """The largest holders: as many as it takes to reach the quorum with something to spare."""
    chain, token = cast.chain, cast.coffee.points.functions
    held = {customer.number: chain.call(token.balanceOf(customer.address)) for customer in cast.customers}
    needed = chain.call(token.totalSupply()) * cast.coffee.params.governance.quorum_percent * 11 // 1_000
    voters: list[Customer] = []
    for customer in sorted(cast.customers, key=lambda customer: held[customer.number], reverse=True):
        voters.append(customer)
        if len(voters) >= _FEWEST and sum(held[voter.number] for voter in voters) >= needed:
            break
    return voters
