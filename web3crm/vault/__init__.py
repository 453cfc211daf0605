"""The vault: a customer's data, encrypted to her, opened for others only under a live consent.

- :mod:`~web3crm.vault.identity`: age identities; the customer's own, derived from her wallet
- :mod:`~web3crm.vault.encryption`: age files as streams
- :mod:`~web3crm.vault.manifest`: the public description of a sealed dataset
- :mod:`~web3crm.vault.envelopes`: a dataset's key, wrapped for one grantee
- :mod:`~web3crm.vault.keeper`: releases envelopes while consent lives
- :mod:`~web3crm.vault.keyring`: the customer's keys, encrypted to herself
- :mod:`~web3crm.vault.stores`: where sealed bytes live, by CID
- :mod:`~web3crm.vault.vault`: all of it together
"""

from web3crm.vault.envelopes import DatasetId, Envelope, make_envelope, open_envelope
from web3crm.vault.gate import ChainGate
from web3crm.vault.identity import (
    Identity,
    derivation_message,
    derive_identity,
    recipient_from_bytes,
    recipient_to_bytes,
    sign_with,
)
from web3crm.vault.keeper import ConsentGate, EnvelopeKeeper, Verdict
from web3crm.vault.manifest import Manifest, manifest_schema
from web3crm.vault.stores import BlobStore, EmbeddedStore, IpfsStore, open_store
from web3crm.vault.vault import ClearFile, OpenDataset, SealedDataset, Vault, fetch_manifest, open_dataset

__all__ = [
    "BlobStore",
    "ChainGate",
    "ClearFile",
    "ConsentGate",
    "DatasetId",
    "EmbeddedStore",
    "Envelope",
    "EnvelopeKeeper",
    "Identity",
    "IpfsStore",
    "Manifest",
    "OpenDataset",
    "SealedDataset",
    "Vault",
    "Verdict",
    "derivation_message",
    "derive_identity",
    "fetch_manifest",
    "make_envelope",
    "manifest_schema",
    "open_dataset",
    "open_envelope",
    "open_store",
    "recipient_from_bytes",
    "recipient_to_bytes",
    "sign_with",
]
