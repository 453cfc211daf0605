"""The tree of errors. Every message says what was wrong, with which value, and what to do.

Web3CrmError
├── InputError              an argument or a file given by the caller is wrong; nothing was sent or written
├── ChainError              the chain could not be reached or did not answer as expected
│   ├── RpcError            the node answered a request with an error; carries its code, message and data
│   └── ContractRevert      a contract refused; carries the decoded error's name and values
├── DeploymentError         a deployment cannot start, resume or be verified
├── PointsError             earned points cannot be published, proved or claimed as asked
│   └── ProofFileError      a file of proofs is malformed, cut off, or does not agree with itself
├── PrivacyError            notices, consent records, erasures
│   ├── ErasureError        an erasure cannot be run or acknowledged as asked, or a receipt of one is malformed
│   ├── NoticeError         a notice's text is missing, is not what the chain names, or is not the next one
│   └── RecordError         a consent record or receipt does not satisfy its schema, or is not what the chain says
└── VaultError              encryption, envelopes, manifests and blob stores
    ├── IdentityError       an age identity or recipient is malformed, or a wallet cannot serve to derive one
    ├── CiphertextError     an age file cannot be opened
    │   ├── WrongIdentity         it was encrypted to someone else
    │   ├── CiphertextTampered    its bytes are not those that were encrypted
    │   └── CiphertextTruncated   its end is missing
    ├── EnvelopeError       an envelope is malformed, or belongs to another dataset, key epoch or grantee
    ├── ManifestError       a manifest is malformed, too large, or not the one the chain names
    ├── ContentError        what was decrypted is not what the manifest announces
    ├── KeyringError        the customer's keyring lacks an entry, or holds another one already
    ├── JournalError        the vault's note on an act that takes several steps is damaged
    ├── RotationError       a dataset cannot get a new key epoch, or the chain does not name its manifest yet
    ├── ErasureIncomplete   not everything of a dataset is destroyed yet; says what is left
    ├── KeyReleaseRefused   a grantee asked for an envelope that consent does not cover; carries the reason
    └── BlobStoreError      a blob store failed
        ├── BlobNotFound          it does not hold the blob, or not all of it
        ├── BlobCorrupt           what it holds is not what the CID names
        └── BlobStoreUnreachable  it did not answer, or not in time
"""

from __future__ import annotations

__all__ = [
    "BlobCorrupt",
    "BlobNotFound",
    "BlobStoreError",
    "BlobStoreUnreachable",
    "ChainError",
    "CiphertextError",
    "CiphertextTampered",
    "CiphertextTruncated",
    "ContentError",
    "ContractRevert",
    "DeploymentError",
    "EnvelopeError",
    "ErasureError",
    "ErasureIncomplete",
    "IdentityError",
    "InputError",
    "JournalError",
    "KeyReleaseRefused",
    "KeyringError",
    "ManifestError",
    "NoticeError",
    "PointsError",
    "PrivacyError",
    "ProofFileError",
    "RecordError",
    "RotationError",
    "RpcError",
    "VaultError",
    "Web3CrmError",
    "WrongIdentity",
]


class Web3CrmError(Exception):
    """The root of every error this package raises on purpose."""


class InputError(Web3CrmError, ValueError):
    """An argument or a file given by the caller is wrong; nothing was sent or written."""


class ChainError(Web3CrmError):
    """The chain could not be reached or did not answer as expected."""


class RpcError(ChainError):
    """The node answered a request with an error. ``error`` is the JSON-RPC error object as it came."""

    def __init__(self, method: str, error: object) -> None:
        self.method = method
        self.error = error
        message = error.get("message", error) if isinstance(error, dict) else error
        super().__init__(f"the node refused {method}: {message}")


class ContractRevert(ChainError):
    """A contract refused. ``name`` is the Solidity error's name, ``args_`` its values in order."""

    def __init__(self, name: str, args_: tuple[object, ...] = (), *, act: str = "") -> None:
        self.name = name
        self.args_ = args_
        self.act = act
        values = ", ".join("0x" + value.hex() if isinstance(value, bytes) else str(value) for value in args_)
        super().__init__(f"{act + ': ' if act else ''}the contract refused with {name}({values})")


class DeploymentError(Web3CrmError):
    """A deployment cannot start, resume or be verified."""


class PointsError(Web3CrmError):
    """Earned points cannot be published, proved or claimed as asked."""


class ProofFileError(PointsError):
    """A file of proofs is malformed, cut off, or does not agree with itself."""


class PrivacyError(Web3CrmError):
    """Notices, consent records and erasures."""


class ErasureError(PrivacyError):
    """An erasure cannot be run or acknowledged as asked, or a receipt of one is malformed."""


class NoticeError(PrivacyError):
    """A notice's text is missing, is not what the chain names, or is not the next one."""


class RecordError(PrivacyError):
    """A consent record or receipt does not satisfy its schema, or is not what the chain says."""


class VaultError(Web3CrmError):
    """Encryption, envelopes, manifests and blob stores."""


class IdentityError(VaultError):
    """An age identity or recipient is malformed, or a wallet cannot serve to derive one."""


class CiphertextError(VaultError):
    """An age file cannot be opened."""


class WrongIdentity(CiphertextError):
    """The file was encrypted to someone else."""


class CiphertextTampered(CiphertextError):
    """The file's bytes are not those that were encrypted."""


class CiphertextTruncated(CiphertextError):
    """The file's end is missing."""


class EnvelopeError(VaultError):
    """An envelope is malformed, or belongs to another dataset, key epoch or grantee."""


class ManifestError(VaultError):
    """A manifest is malformed, too large, or not the one the chain names."""


class ContentError(VaultError):
    """What was decrypted is not what the manifest announces."""


class KeyringError(VaultError):
    """The customer's keyring lacks an entry, or holds another one already."""


class JournalError(VaultError):
    """The vault's note on an act that takes several steps is damaged."""


class RotationError(VaultError):
    """A dataset cannot get a new key epoch, or the chain does not name its new manifest yet."""


class ErasureIncomplete(VaultError):
    """Not everything of a dataset is destroyed yet; says what is left and what to do."""


class KeyReleaseRefused(VaultError):
    """A grantee asked for an envelope that consent does not cover. ``reason`` says which condition failed."""

    def __init__(self, reason: str, *, grantee: str, dataset: str, block: int | None = None) -> None:
        self.reason = reason
        self.grantee = grantee
        self.dataset = dataset
        self.block = block
        at = "" if block is None else f" (as of block {block})"
        super().__init__(f"no key of {dataset} for {grantee}: {reason}{at}")


class BlobStoreError(VaultError):
    """A blob store failed."""


class BlobNotFound(BlobStoreError):
    """The store does not hold the blob, or not all of it."""


class BlobCorrupt(BlobStoreError):
    """What the store holds is not what the CID names."""


class BlobStoreUnreachable(BlobStoreError):
    """The store did not answer, or not in time."""
