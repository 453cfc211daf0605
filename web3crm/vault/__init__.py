"""The vault: a customer's data, encrypted to her, opened for others only under a live consent.

- :mod:`~web3crm.vault.identity`: age identities; the customer's own, derived from her wallet
- :mod:`~web3crm.vault.encryption`: age files as streams
- :mod:`~web3crm.vault.manifest`: the public description of a sealed dataset
- :mod:`~web3crm.vault.envelopes`: a dataset's key, wrapped for one grantee
- :mod:`~web3crm.vault.keeper`: releases envelopes while consent lives
- :mod:`~web3crm.vault.ledger`, :mod:`~web3crm.vault.gate`: what the chain says
- :mod:`~web3crm.vault.keyring`: the customer's keys, encrypted to herself
- :mod:`~web3crm.vault.stores`: where sealed bytes live, by CID
- :mod:`~web3crm.vault.sealing`, :mod:`~web3crm.vault.opening`: files into datasets and back
- :mod:`~web3crm.vault.rotation`: a new key epoch, for those who may still read
- :mod:`~web3crm.vault.readers`: who can read what, and until when
- :mod:`~web3crm.vault.export`: everything a customer has, in clear
- :mod:`~web3crm.vault.shredding`: erasure by destroying keys
- :mod:`~web3crm.vault.vault`: the customer's side, all of it together
- :mod:`~web3crm.vault.grantee`: the grantee's side
"""

from web3crm.vault.envelopes import DatasetId, Envelope, make_envelope, open_envelope
from web3crm.vault.export import Exported, export_schema
from web3crm.vault.gate import ChainGate
from web3crm.vault.grantee import EnvelopeSource, Grantee
from web3crm.vault.identity import (
    Identity,
    derivation_message,
    derive_identity,
    recipient_from_bytes,
    recipient_to_bytes,
    sign_with,
)
from web3crm.vault.keeper import ConsentGate, EnvelopeKeeper, KeptEnvelope, Verdict
from web3crm.vault.ledger import ChainLedger, DatasetState, Ledger, Standing
from web3crm.vault.manifest import Manifest, manifest_schema
from web3crm.vault.readers import Reader, list_readers
from web3crm.vault.rotation import PreparedRotation, Rotated
from web3crm.vault.shredding import DestroyedEnvelope, DestroyedIdentity, Shredded
from web3crm.vault.stores import BlobStore, EmbeddedStore, IpfsStore, open_store
from web3crm.vault.vault import ClearFile, OpenDataset, SealedDataset, Vault, fetch_manifest, open_dataset

__all__ = [
    "BlobStore",
    "ChainGate",
    "ChainLedger",
    "ClearFile",
    "ConsentGate",
    "DatasetId",
    "DatasetState",
    "DestroyedEnvelope",
    "DestroyedIdentity",
    "EmbeddedStore",
    "Envelope",
    "EnvelopeKeeper",
    "EnvelopeSource",
    "Exported",
    "Grantee",
    "Identity",
    "IpfsStore",
    "KeptEnvelope",
    "Ledger",
    "Manifest",
    "OpenDataset",
    "PreparedRotation",
    "Reader",
    "Rotated",
    "SealedDataset",
    "Shredded",
    "Standing",
    "Vault",
    "Verdict",
    "derivation_message",
    "derive_identity",
    "export_schema",
    "fetch_manifest",
    "list_readers",
    "make_envelope",
    "manifest_schema",
    "open_dataset",
    "open_envelope",
    "open_store",
    "recipient_from_bytes",
    "recipient_to_bytes",
    "sign_with",
]
