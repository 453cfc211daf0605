"""Envelopes: the identity of a dataset's key epoch, age-encrypted to one grantee's published recipient.

Inside the ciphertext the identity is bound to dataset, key epoch and grantee, and :func:`open_envelope` compares them
with what the grantee expects: an envelope that was swapped for one of another dataset, an older epoch or another
grantee is refused.

age says nothing about who *made* a file: anyone who knows a grantee's recipient can make an envelope that looks right
and holds another key. Such a key does not open the dataset: the manifest, whose digest is on chain, carries a check
of the right one.
"""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from eth_utils.address import is_checksum_address

from web3crm.errors import EnvelopeError, IdentityError, InputError
from web3crm.vault.encryption import decrypt, encrypt
from web3crm.vault.identity import Identity

__all__ = ["DatasetId", "Envelope", "make_envelope", "open_envelope"]

_ENVELOPE_LIMIT = 8 * 1024
"""Bytes of an envelope's age file at most; ours have about 600."""


@dataclass(frozen=True)
class DatasetId:
    """One dataset anywhere: chain, ``CustomerData`` contract, token. Its text form is a CAIP-19 asset id."""

    chain_id: int
    contract: str
    token_id: int

    def __post_init__(self) -> None:
        if not is_checksum_address(self.contract):
            raise InputError(f"contract must be a checksummed address, got {self.contract!r}")
        if not 0 < self.chain_id < 1 << 256 or not 0 <= self.token_id < 1 << 256:
            raise InputError(f"chain and token ids are whole numbers, got {self.chain_id!r} and {self.token_id!r}")

    def __str__(self) -> str:
        return f"eip155:{self.chain_id}/erc721:{self.contract}/{self.token_id}"

    @classmethod
    def parse(cls, text: str) -> DatasetId:
        """Reads ``eip155:<chain>/erc721:<contract>/<token>``; raises :class:`InputError`."""
        match = re.fullmatch(
            r"eip155:([1-9][0-9]{0,77})/erc721:(0x[0-9a-fA-F]{40})/(0|[1-9][0-9]{0,77})", text, re.ASCII
        )
        if match is None:
            raise InputError(f"{text!r} is not a dataset id (eip155:<chain>/erc721:<contract>/<token>)")
        return cls(int(match[1]), match[2], int(match[3]))


@dataclass(frozen=True)
class Envelope:
    """A sealed identity with, in clear, whom and what it is for; the same is bound inside :attr:`sealed`."""

    dataset: DatasetId
    key_epoch: int
    grantee: str
    sealed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_key_epoch(self.key_epoch)
        check_address("grantee", self.grantee)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes: what ``DataAccess`` stores of the envelope that its owner made."""
        return sha256(self.to_bytes()).digest()

    def to_bytes(self) -> bytes:
        """The canonical bytes: :meth:`to_json`'s form with sorted keys, no blanks, ASCII."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":")).encode("ascii")

    def to_json(self) -> dict[str, Any]:
        """The envelope as JSON: for files and for sending."""
        return {
            "version": 1,
            "dataset": str(self.dataset),
            "keyEpoch": self.key_epoch,
            "grantee": self.grantee,
            "sealed": base64.b64encode(self.sealed).decode("ascii"),
        }

    @classmethod
    def from_json(cls, document: Any) -> Envelope:
        """Reads :meth:`to_json`'s form; raises :class:`EnvelopeError`."""
        try:
            if document["version"] != 1:
                raise EnvelopeError(f"this version does not read envelopes of version {document['version']!r}")
            return cls(
                DatasetId.parse(document["dataset"]),
                document["keyEpoch"],
                document["grantee"],
                base64.b64decode(document["sealed"], validate=True),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EnvelopeError(f"this is not an envelope: {error}") from None


def make_envelope(identity: Identity, *, dataset: DatasetId, key_epoch: int, grantee: str, recipient: str) -> Envelope:
    """Wraps a dataset's ``identity`` for ``grantee``, whose ``recipient`` (``age1…``) is the one in ``KeyDirectory``.

    Raises :class:`IdentityError` for a recipient that must not be encrypted to.
    """
    check_key_epoch(key_epoch)
    check_address("grantee", grantee)
    clear = {"identity": identity.export(), **_binding(dataset, key_epoch, grantee)}
    sealed = io.BytesIO()
    encrypt(io.BytesIO(json.dumps(clear, sort_keys=True).encode("ascii")), sealed, [recipient])
    return Envelope(dataset, key_epoch, grantee, sealed.getvalue())


def open_envelope(
    envelope: Envelope, identity: Identity, *, dataset: DatasetId, key_epoch: int, grantee: str
) -> Identity:
    """The dataset's identity, from an envelope for ``grantee``, opened with the grantee's own ``identity``.

    ``dataset``, ``key_epoch`` and ``grantee`` are what the caller expects, from the chain and not from the envelope.
    Raises :class:`EnvelopeError` when the envelope belongs to something else, :class:`CiphertextError` when it cannot
    be decrypted.
    """
    if len(envelope.sealed) > _ENVELOPE_LIMIT:
        raise EnvelopeError(f"the envelope has {len(envelope.sealed)} bytes, {_ENVELOPE_LIMIT} is the limit")
    clear = io.BytesIO()
    decrypt(io.BytesIO(envelope.sealed), clear, identity, size=len(envelope.sealed))
    try:
        content = json.loads(clear.getvalue())
        wrapped = Identity.parse(content.pop("identity"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IdentityError):
        raise EnvelopeError("the envelope opens, but holds no identity") from None
    expected = _binding(dataset, key_epoch, grantee)
    wrong = [f"{name} {content.get(name)!r}" for name in expected if content.get(name) != expected[name]]
    if wrong or content.keys() != expected.keys():
        raise EnvelopeError(
            f"the envelope is another one, with {', '.join(wrong)}; "
            f"expected {dataset}, key epoch {key_epoch}, {grantee}"
        )
    return wrapped


def check_key_epoch(key_epoch: int) -> None:
    """Key epochs count from 1 and fit 32 bits."""
    if not isinstance(key_epoch, int) or isinstance(key_epoch, bool) or not 0 < key_epoch < 1 << 32:
        raise InputError(f"a key epoch is a whole number from 1 to 2**32 - 1, got {key_epoch!r}")


def check_bit(name: str, value: int) -> None:
    """Purposes and data classes are bits 0 to 63."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 64:
        raise InputError(f"{name} must be a whole number from 0 to 63, got {value!r}")


def check_address(name: str, address: str) -> None:
    """Addresses are checksummed everywhere, so that equal ones are equal texts."""
    if not is_checksum_address(address):
        raise InputError(f"{name} must be a checksummed address, got {address!r}")


def _binding(dataset: DatasetId, key_epoch: int, grantee: str) -> dict[str, Any]:
    return {"version": 1, "dataset": str(dataset), "keyEpoch": key_epoch, "grantee": grantee}
