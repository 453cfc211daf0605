"""Who holds which power of a brand, as the authority's events and getters say it."""

from __future__ import annotations

from dataclasses import dataclass

from web3crm.chain.logs import EventLog, read_logs
from web3crm.deploy.programme import Programme
from web3crm.domain import HANDED_OVER, PUBLIC_ROLE, Role

__all__ = ["Power", "events_of", "hand_over_step", "handed_over", "holders_by_role", "powers", "role_name"]


@dataclass(frozen=True)
class Power:
    """Who holds which role now; ``delay`` in seconds is how long before each act it must be scheduled."""

    role: str
    holder: str
    delay: int


def powers(programme: Programme) -> list[Power]:
    """Who may act for the brand at present: the holders of each of the authority's roles."""
    return [
        Power(role_name(role), holder, delay)
        for role, holders in sorted(holders_by_role(programme).items())
        for holder, delay in sorted(holders.items())
    ]


def holders_by_role(programme: Programme, events: list[EventLog] | None = None) -> dict[int, dict[str, int]]:
    """Role number to its present holders and their delays."""
    events = events_of(programme, "ProgramAuthority") if events is None else events
    pairs = {(log.args["roleId"], log.args["account"]) for log in events if log.event == "RoleGranted"}
    found: dict[int, dict[str, int]] = {}
    for role, account in sorted(pairs):
        since, delay, _, _ = programme.chain.call(programme.authority.functions.getAccess(role, account))
        if since:
            found.setdefault(role, {})[account] = delay
    return found


def handed_over(programme: Programme) -> frozenset[Role]:
    """The roles that the record says were handed to the DAO."""
    return frozenset(role for role in HANDED_OVER if hand_over_step(role) in programme.record.steps)


def hand_over_step(role: Role) -> str:
    """What the record calls the handing over of a role."""
    return f"hand over {role.label}"


def events_of(programme: Programme, contract: str) -> list[EventLog]:
    """All events of one contract since it was deployed."""
    artifact = programme.chain.artifacts.load(contract)
    item = programme.record.contracts[contract]
    events = [entry for entry in artifact.abi if entry["type"] == "event"]
    return list(read_logs(programme.chain, events, address=item["address"], from_block=item["block"]))


def role_name(role: int) -> str:
    """What a person calls a role."""
    if role == PUBLIC_ROLE:
        return "EVERYBODY"
    return Role(role).label if role in list(Role) else f"role {role}"
