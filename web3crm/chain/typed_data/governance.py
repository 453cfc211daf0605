"""What voters sign for ``ProgramGovernor``."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = ["governor_ballot", "governor_extended_ballot"]


def governor_ballot(*, domain: Domain, proposal_id: int, support: int, voter: str, nonce: int) -> TypedData:
    """What a voter signs to vote; ``support`` is 0 against, 1 for, 2 abstain, ``nonce`` the governor's ``nonces(voter)``."""
    return TypedData(
        domain=domain,
        primary_type="Ballot",
        fields={"proposalId": "uint256", "support": "uint8", "voter": "address", "nonce": "uint256"},
        message={"proposalId": proposal_id, "support": support, "voter": voter, "nonce": nonce},
    )


def governor_extended_ballot(
    *,
    domain: Domain,
    proposal_id: int,
    support: int,
    voter: str,
    nonce: int,
    reason: str,
    params: bytes,
) -> TypedData:
    """What a voter signs to vote with a ``reason`` that everyone can read; this governor makes no use of ``params``."""
    return TypedData(
        domain=domain,
        primary_type="ExtendedBallot",
        fields={
            "proposalId": "uint256",
            "support": "uint8",
            "voter": "address",
            "nonce": "uint256",
            "reason": "string",
            "params": "bytes",
        },
        message={
            "proposalId": proposal_id,
            "support": support,
            "voter": voter,
            "nonce": nonce,
            "reason": reason,
            "params": params,
        },
    )
