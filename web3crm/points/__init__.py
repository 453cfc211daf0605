"""Earned points, from purchases to a root that a million customers claim from.

- :mod:`~web3crm.points.tree`: the Merkle tree, in OpenZeppelin's standard form
- :mod:`~web3crm.points.proofs`: the file of proofs, which is what a root's CID names
"""

from web3crm.points.proofs import Previous, ProofFile
from web3crm.points.tree import Claim, PointsTree, verify_proof

__all__ = ["Claim", "PointsTree", "Previous", "ProofFile", "verify_proof"]
