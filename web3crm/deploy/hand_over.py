"""Handing powers of the brand to its DAO, role by role.

The timelock takes the place of the staff that held the role: what they could do then takes a proposal that passes.
Contracts of the programme that hold the role keep it. The admin can take a role back as long as it is the admin.
"""

from __future__ import annotations

from web3.types import TxReceipt

from web3crm.chain import Sender
from web3crm.chain.accounts import address_of, sender_of
from web3crm.deploy.powers import hand_over_step, handed_over, holders_by_role
from web3crm.deploy.programme import Programme
from web3crm.domain import CONTRACT_ROLES, HANDED_OVER, Role
from web3crm.errors import InputError

__all__ = ["hand_over"]

_WHY_NOT = {
    Role.ADMIN: "the admin could give itself every role, the one for consents and erasures too",
    Role.PRIVACY: "somebody must answer to the customer for notices and erasures, and no vote may reach them",
    Role.PARAMETERS: "it has been the DAO's from the start",
    Role.REFUNDER: "it belongs to the contract that gives redeemed points back, and to nobody else",
}


def hand_over(programme: Programme, role: Role, *, sender: Sender) -> TxReceipt | None:
    """Makes the timelock the holder of ``role`` and takes it from everybody else who holds it, in one transaction.

    When a run broke before it was recorded, done again it is recorded and nothing is sent: None is given back.

    Raises:
        InputError: The role cannot be handed over, or was already, or the sender is not the admin.

    """
    if role not in HANDED_OVER:
        raise InputError(f"the role {role.label} cannot be handed over: {_WHY_NOT[role]}")
    chain, authority = programme.chain, programme.authority.functions
    sender = sender_of(sender)
    if not chain.call(authority.hasRole(Role.ADMIN, address_of(sender)))[0]:
        raise InputError(
            f"{address_of(sender)} is not the admin of {programme.params.programme}: only the admin hands over"
        )
    timelock = programme.addresses["ProgramTimelock"]
    keeping = {timelock} | {programme.addresses[contract] for held, contract in CONTRACT_ROLES if held is role}
    present = holders_by_role(programme).get(role, {})
    leaving = sorted(present.keys() - keeping)
    if present.get(timelock) == 0 and not leaving:
        if role in handed_over(programme):
            raise InputError(f"the role {role.label} has been handed over already")
        _note(programme, role, None, chain.block_number())
        return None
    calls = [authority.grantRole(role, timelock, 0), *(authority.revokeRole(role, holder) for holder in leaving)]
    receipt = chain.transact(authority.multicall([call._encode_transaction_data() for call in calls]), sender=sender)
    _note(programme, role, "0x" + bytes(receipt["transactionHash"]).hex(), receipt["blockNumber"])
    return receipt


def _note(programme: Programme, role: Role, transaction: str | None, block: int) -> None:
    programme.record.steps[hand_over_step(role)] = {"transaction": transaction, "block": block}
    programme.record.save()
