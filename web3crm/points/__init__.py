"""Earned points, from purchases to a root that a million customers claim from.

- :mod:`~web3crm.points.rules`: earn rules as a file (what they do: :mod:`web3crm.domain.earning`)
- :mod:`~web3crm.points.wallets`: whose wallet is whose, and what each earned
- :mod:`~web3crm.points.tree`: the Merkle tree, in OpenZeppelin's standard form
- :mod:`~web3crm.points.proofs`: the file of proofs, which is what a root's CID names
- :mod:`~web3crm.points.distributor`: the roots on chain
- :mod:`~web3crm.points.publish`: totals to a published root
- :mod:`~web3crm.points.claims`: claims, one or many, and how a customer stands
- :mod:`~web3crm.points.verify`: anybody checks a published root
- :mod:`~web3crm.points.liability`: what the programme owes
"""

from web3crm.points.claims import claim, claim_many, paying_file, standing
from web3crm.points.distributor import Distributor, Publication, RootState, Standing
from web3crm.points.liability import Liability, read_liability
from web3crm.points.proofs import Previous, ProofFile
from web3crm.points.publish import Outcome, Published, publish_totals
from web3crm.points.rules import parse_rules, read_rules
from web3crm.points.tree import Claim, PointsTree, address_bytes, verify_proof
from web3crm.points.verify import Verification, verify_root
from web3crm.points.wallets import DemonstrationWallets, Totals, WalletBook, read_wallets, totals_of
from web3crm.progress import Bars

__all__ = [
    "Bars",
    "Claim",
    "DemonstrationWallets",
    "Distributor",
    "Liability",
    "Outcome",
    "PointsTree",
    "Previous",
    "ProofFile",
    "Publication",
    "Published",
    "RootState",
    "Standing",
    "Totals",
    "Verification",
    "WalletBook",
    "address_bytes",
    "claim",
    "claim_many",
    "parse_rules",
    "paying_file",
    "publish_totals",
    "read_liability",
    "read_rules",
    "read_wallets",
    "standing",
    "totals_of",
    "verify_proof",
    "verify_root",
]
