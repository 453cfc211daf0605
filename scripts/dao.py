"""The customers' DAO: delegate, propose, vote, queue, execute.

    brownie run dao delegate                                      the customer (WEB3CRM_ACCOUNT) gets her votes
    brownie run dao propose points setIssuanceBudget 2000000points,30d "A larger budget"
    brownie run dao vote 123… for "because"                       for, against or abstain
    brownie run dao queue 123…                                    anybody, when it has succeeded
    brownie run dao execute 123…                                  anybody, when the timelock's delay is over
    brownie run dao wait 2d                                       development chains: moves the clock
    brownie run dao hand_over tiers                               the admin gives a role to the DAO

What can be handed over: issuer, membership, treasurer, editor, fulfilment, tiers (what the tiers and their perks are)
and exchange (on which terms points are swapped with another brand's). The issuance budget and the DAO's own settings,
its quorum among them, are the DAO's from the start.

A proposal's arguments stand in one word with commas between them; those of a struct stand in its place, in its order.
"""

import datetime

from brownie import network, web3

from web3crm.cli import (
    CHOICES,
    act,
    duration,
    find_proposal,
    one_of,
    open_session,
    proposals,
    say,
    solidity_values,
    state_of,
    unknown_act,
    whole,
)
from web3crm.cli import (
    propose as make_proposal,
)
from web3crm.deploy import hand_over as give_to_dao
from web3crm.domain import Role, units_text
from web3crm.errors import InputError

__getattr__ = unknown_act(__name__)

OWN = ("points", "distributor", "rewards", "cards", "perks", "governor", "timelock", "authority")


@act
def main() -> None:
    """Shows all proposals."""
    list()


@act
def list() -> None:  # noqa: A001 - the word people use
    """Shows all proposals and where each stands."""
    session = open_session(web3, network.show_active())
    programme = session.programme
    found = proposals(programme)
    for proposal in found:
        against, for_, abstain = session.chain.call(programme.governor.functions.proposalVotes(proposal.proposal_id))
        ends = datetime.datetime.fromtimestamp(proposal.vote_end, datetime.UTC)
        say(
            f"{proposal.proposal_id}: {state_of(programme, proposal)}, voting ends {ends:%Y-%m-%d %H:%M} UTC",
            f"  {proposal.title}",
            f"  for {units_text(for_)}, against {units_text(against)}, abstain {units_text(abstain)}",
        )
    if not found:
        say("Nothing was proposed yet.")


@act
def delegate(to: str = "me") -> None:
    """Gives the votes of one's points to oneself or to somebody else.

    Points that nobody votes with cost no gas for it.
    """
    session = open_session(web3, network.show_active())
    who, points = session.address("to", to), session.programme.points.functions
    session.send(points.delegate(who), sender=session.customer())
    votes = units_text(session.chain.call(points.getVotes(who)))
    say(f"{who} votes with the points of {session.me()}, and has {votes} votes")


@act
def propose(contract: str, function: str, arguments: str, description: str) -> None:
    """Proposes that the timelock call a function of the programme.

    Of points, distributor, rewards, cards, perks, governor, timelock or authority; or, as the brand, of the exchange.
    """
    session = open_session(web3, network.show_active())
    programme = session.programme
    contracts = {name: getattr(programme, name) for name in OWN} | {"exchange": programme.commons.exchange}
    target = one_of("contract", contract, contracts)
    entries = [item for item in target.abi if item["type"] == "function" and item["name"] == function]
    if len(entries) != 1 or entries[0]["stateMutability"] in ("view", "pure"):
        raise InputError(f"{contract} has no function {function} that could be called by a proposal")
    values = solidity_values(function, entries[0]["inputs"], arguments, session.accounts)
    call = target.functions[function](*values)
    if contract == "exchange":
        call = programme.as_brand(call)
    proposal = make_proposal(programme, [call], description, sender=session.customer())
    say(f"proposal {proposal.proposal_id}")


@act
def vote(proposal: str, choice: str, reason: str = "") -> None:
    """Votes on a proposal."""
    session = open_session(web3, network.show_active())
    number, support = whole("proposal", proposal), one_of("choice", choice, CHOICES)
    governor = session.programme.governor.functions
    session.send(governor.castVoteWithReason(number, support, reason), sender=session.customer())
    say(f"{session.me()} voted {choice}")


@act
def queue(proposal: str) -> None:
    """Puts a proposal that has succeeded into the timelock."""
    session = open_session(web3, network.show_active())
    found = find_proposal(session.programme, whole("proposal", proposal))
    session.send(session.programme.governor.functions.queue(*found.call), sender=session.customer())
    say(f"proposal {proposal} is {state_of(session.programme, found)}")


@act
def execute(proposal: str) -> None:
    """Carries out a proposal whose time in the timelock is over."""
    session = open_session(web3, network.show_active())
    found = find_proposal(session.programme, whole("proposal", proposal))
    session.send(session.programme.governor.functions.execute(*found.call), sender=session.customer())
    say(f"proposal {proposal} is {state_of(session.programme, found)}")


@act
def hand_over(role: str) -> None:
    """Gives a role to the DAO in the place of the staff that holds it. The brand's admin sends it."""
    session = open_session(web3, network.show_active())
    chosen = one_of("role", role, {item.label.lower(): item for item in Role})
    give_to_dao(session.programme, chosen, sender=session.staff(Role.ADMIN))
    timelock = session.programme.timelock.address
    say(f"{role} is the DAO's from now on: its timelock {timelock} holds it in the place of staff")


@act
def wait(time: str) -> None:
    """Moves a development chain's clock, so that a vote or a delay passes."""
    session = open_session(web3, network.show_active())
    now = session.chain.sleep(duration("time", time))
    say(f"it is {datetime.datetime.fromtimestamp(now, datetime.UTC):%Y-%m-%d %H:%M} UTC on this chain")
