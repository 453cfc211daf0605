"""What holders of ``LoyaltyPoints`` sign."""

from __future__ import annotations

from web3crm.chain.typed_data.message import Domain, TypedData

__all__ = [
    "points_burn",
    "points_delegate_votes",
    "points_delegation",
    "points_permit",
    "points_redeem",
    "points_transfer",
]

#
# The nonce is always the signer's current one, ``nonces(signer)``: one sequence for all of these.


def points_permit(*, domain: Domain, owner: str, spender: str, value: int, nonce: int, deadline: int) -> TypedData:
    """Builds ERC-2612's permit, for ``permit`` and for ``approveBySig``; ``value`` in the points' smallest unit."""
    return TypedData(
        domain,
        "Permit",
        {"owner": "address", "spender": "address", "value": "uint256", "nonce": "uint256", "deadline": "uint256"},
        {"owner": owner, "spender": spender, "value": value, "nonce": nonce, "deadline": deadline},
    )


def points_delegation(*, domain: Domain, delegatee: str, nonce: int, expiry: int) -> TypedData:
    """Builds ERC-5805's delegation, for ``delegateBySig``; good for accounts with a key (EOAs) only."""
    return TypedData(
        domain,
        "Delegation",
        {"delegatee": "address", "nonce": "uint256", "expiry": "uint256"},
        {"delegatee": delegatee, "nonce": nonce, "expiry": expiry},
    )


def points_delegate_votes(*, domain: Domain, customer: str, delegatee: str, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``delegateVotesBySig``: a delegation that names who delegates, so that contract wallets can."""
    return TypedData(
        domain,
        "DelegateVotes",
        {"customer": "address", "delegatee": "address", "nonce": "uint256", "deadline": "uint256"},
        {"customer": customer, "delegatee": delegatee, "nonce": nonce, "deadline": deadline},
    )


def points_transfer(*, domain: Domain, from_: str, to: str, amount: int, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``transferBySig``; ``amount`` in the points' smallest unit."""
    return TypedData(
        domain,
        "Transfer",
        {"from": "address", "to": "address", "amount": "uint256", "nonce": "uint256", "deadline": "uint256"},
        {"from": from_, "to": to, "amount": amount, "nonce": nonce, "deadline": deadline},
    )


def points_redeem(*, domain: Domain, customer: str, amount: int, ref: bytes, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``redeemBySig``; ``ref`` is the digest of what the points are redeemed for, 32 bytes."""
    return TypedData(
        domain,
        "Redeem",
        {"customer": "address", "amount": "uint256", "ref": "bytes32", "nonce": "uint256", "deadline": "uint256"},
        {"customer": customer, "amount": amount, "ref": ref, "nonce": nonce, "deadline": deadline},
    )


def points_burn(*, domain: Domain, customer: str, amount: int, nonce: int, deadline: int) -> TypedData:
    """Builds the message for ``burnBySig``; ``amount`` in the points' smallest unit."""
    return TypedData(
        domain,
        "Burn",
        {"customer": "address", "amount": "uint256", "nonce": "uint256", "deadline": "uint256"},
        {"customer": customer, "amount": amount, "nonce": nonce, "deadline": deadline},
    )
