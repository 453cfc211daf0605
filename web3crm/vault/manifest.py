"""Manifests: the public description of a sealed dataset, in JSON, as ``manifest.schema.json`` here defines it.

A manifest is public (it lies on IPFS and its digest on chain), so it holds no personal data in clear:

- **No plain digest of clear text.** A SHA-256 of a small or guessable file (a profile of a few fields) tells its
  content to whoever tries all likely ones. The digest is an HMAC under a key that follows from the epoch's identity:
  those who can open the file can check it, for all others it is noise. Each file has its own key, so that equal files
  do not show as equal, and a new epoch gives new digests, so that an unchanged file does not show as unchanged.
- **No file names.** They are encrypted to the epoch's identity and padded.
- What it does give away: media types, sizes (a file whose content can be told from its length should be padded before
  it is sealed), how many files there are, the data class, and when something changed.

Its bytes are canonical (sorted keys, no blanks, ASCII) and at most 256 KiB, so that it is one raw block on IPFS: the
32 bytes in ``CustomerData`` are both its SHA-256 and, written as a CID, its address.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hmac
import io
import json
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Any, NoReturn

import jsonschema

from web3crm.errors import InputError, ManifestError
from web3crm.vault.cids import cid_of_digest, codec_and_digest
from web3crm.vault.encryption import decrypt, encrypt
from web3crm.vault.identity import Identity
from web3crm.vault.unixfs import CHUNK_SIZE

__all__ = [
    "MANIFEST_LIMIT",
    "Manifest",
    "SealedFile",
    "check_file_names",
    "clear_digest",
    "key_check",
    "manifest_schema",
    "seal_names",
]

MANIFEST_LIMIT = CHUNK_SIZE
"""Bytes of a manifest at most: one raw block."""

_NAMES_PADDING = 1024
_FORBIDDEN_IN_NAMES = frozenset('/\\:*?"<>|')


@dataclass(frozen=True)
class SealedFile:
    """One file: ``size`` and (keyed) ``digest`` of the clear text; size, SHA-256 and CID of the age file."""

    media_type: str
    size: int
    digest: str
    cipher_size: int
    cipher_sha256: str
    cid: str


@dataclass(frozen=True)
class Manifest:
    """A manifest that satisfies the schema; building one that does not raises :class:`ManifestError`."""

    data_class: int
    key_epoch: int
    key_check: str
    sealed_names: bytes
    files: tuple[SealedFile, ...]

    def __post_init__(self) -> None:
        size = len(self.to_bytes())
        if size > MANIFEST_LIMIT:
            raise ManifestError(
                f"the manifest has {size} bytes, {MANIFEST_LIMIT} is the limit: put the {len(self.files)} files "
                "into fewer (an archive) or into several datasets"
            )
        _check_schema(self._as_json())
        for file in self.files:
            try:
                codec_and_digest(file.cid)
            except InputError as error:
                raise ManifestError(f"the manifest names a blob badly: {error}") from None

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Reads canonical manifest bytes; raises :class:`ManifestError` for any others."""
        if len(data) > MANIFEST_LIMIT:
            raise ManifestError(f"the manifest has {len(data)} bytes, {MANIFEST_LIMIT} is the limit")
        try:
            document = json.loads(data, parse_float=_refuse_number, parse_constant=_refuse_number)
        except (ValueError, RecursionError) as error:
            raise ManifestError(f"the manifest is not JSON: {type(error).__name__}") from None
        _check_schema(document)
        try:
            names = base64.b64decode(document["names"], validate=True)
        except (binascii.Error, ValueError):
            raise ManifestError("the manifest's names are not base64") from None
        manifest = cls(
            data_class=document["dataClass"],
            key_epoch=document["keyEpoch"],
            key_check=document["keyCheck"],
            sealed_names=names,
            files=tuple(
                SealedFile(
                    media_type=file["mediaType"],
                    size=file["size"],
                    digest=file["digest"],
                    cipher_size=file["cipher"]["size"],
                    cipher_sha256=file["cipher"]["sha256"],
                    cid=file["cipher"]["cid"],
                )
                for file in document["files"]
            ),
        )
        # One meaning, one digest: doubled keys, blanks and other spellings are refused.
        if manifest.to_bytes() != data:
            raise ManifestError("the manifest's bytes are not canonical (sorted keys, no blanks, ASCII)")
        return manifest

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        return json.dumps(self._as_json(), sort_keys=True, separators=(",", ":")).encode("ascii")

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes: what ``CustomerData`` stores."""
        return sha256(self.to_bytes()).digest()

    @property
    def cid(self) -> str:
        """Where the manifest lies on IPFS; follows from :attr:`digest`."""
        return cid_of_digest(self.digest)

    def names(self, identity: Identity) -> tuple[str, ...]:
        """The file names, which only the epoch's identity opens; :class:`ManifestError` for unsafe or missing ones."""
        clear = io.BytesIO()
        decrypt(io.BytesIO(self.sealed_names), clear, identity, size=len(self.sealed_names))
        try:
            listed = json.loads(clear.getvalue())["names"]
            names = tuple(str(name) for name in listed if isinstance(name, str))
        except (ValueError, KeyError, TypeError, RecursionError):
            names = ()
        if len(names) != len(self.files):
            raise ManifestError(f"the manifest has {len(self.files)} files, but not as many names")
        try:
            check_file_names(names)
        except InputError as error:
            raise ManifestError(f"the dataset's maker gave it a file name that is not safe to use: {error}") from None
        return names

    def _as_json(self) -> dict[str, Any]:
        return {
            "version": 1,
            "dataClass": self.data_class,
            "keyEpoch": self.key_epoch,
            "keyCheck": self.key_check,
            "names": base64.b64encode(self.sealed_names).decode("ascii"),
            "files": [
                {
                    "mediaType": file.media_type,
                    "size": file.size,
                    "digest": file.digest,
                    "cipher": {"size": file.cipher_size, "sha256": file.cipher_sha256, "cid": file.cid},
                }
                for file in self.files
            ],
        }


def seal_names(names: tuple[str, ...], recipient: str) -> bytes:
    """The age file with the names, padded so that its size tells little about their lengths."""
    check_file_names(names)
    clear = json.dumps({"names": names}, separators=(",", ":")).encode("ascii")
    clear += b" " * (-len(clear) % _NAMES_PADDING)
    sealed = io.BytesIO()
    encrypt(io.BytesIO(clear), sealed, [recipient])
    return sealed.getvalue()


def key_check(identity: Identity) -> str:
    """What a manifest says about its epoch's identity."""
    return identity.subkey("manifest/key-check").hex()


def clear_digest(identity: Identity, index: int) -> hmac.HMAC:
    """The running HMAC-SHA256 of the clear text of file number ``index`` (from 0)."""
    return hmac.new(identity.subkey(f"manifest/clear-digest/{index}"), digestmod=sha256)


def check_file_names(names: tuple[str, ...]) -> None:
    """Refuses names that could leave the folder they are extracted to, or that not every file system takes.

    Raises :class:`InputError` for a name that is empty, longer than 255 bytes, begins with a dot, holds a separator, a
    control character or one of ``: * ? " < > |``, or differs from another in upper and lower case only.
    """
    for name in names:
        problem = None
        if not name or name.startswith(".") or name != name.strip() or name.endswith("."):
            problem = "it must not be empty, begin or end with a dot or a blank"
        elif not name.isprintable() or _FORBIDDEN_IN_NAMES & set(name):
            problem = 'it must be printable and without / \\ : * ? " < > |'
        elif len(name.encode("utf-8", "surrogatepass")) > 255:
            problem = "it must have at most 255 bytes"
        if problem:
            raise InputError(f"{name!r} is not a file name that is safe everywhere: {problem}")
    if len({name.casefold() for name in names}) != len(names):
        raise InputError("two files have the same name (upper and lower case are the same on some systems)")


@functools.cache
def manifest_schema() -> dict[str, Any]:
    """The published JSON schema (draft 2020-12); not to be changed by the caller."""
    text = resources.files("web3crm.vault").joinpath("manifest.schema.json").read_text("utf-8")
    return dict(json.loads(text))


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(manifest_schema())


def _check_schema(document: Any) -> None:
    error = next(iter(_validator().iter_errors(document)), None)
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "the whole"
        raise ManifestError(f"the manifest does not satisfy its schema at {where}: {error.message[:200]}")


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not a whole number")
