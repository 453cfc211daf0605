"""CIDs (version 1, base32, sha2-256): the names of blobs, as IPFS writes them.

A manifest is small enough to be one raw block, so its CID and the 32-byte digest that ``CustomerData`` stores say the
same thing.
"""

from __future__ import annotations

from hashlib import sha256

from multiformats import CID

from web3crm.errors import InputError

__all__ = ["DAG_PB", "RAW", "cid_of", "cid_of_digest", "codec_and_digest", "digest_of_cid"]

RAW = "raw"
DAG_PB = "dag-pb"

_MULTIHASH_PREFIX = bytes([0x12, 32])
"""sha2-256, 32 bytes."""


def cid_of_digest(digest: bytes, codec: str = RAW) -> str:
    """The CID (``bafkrei…`` for raw blocks) of the block whose sha2-256 digest is given."""
    if len(digest) != 32:
        raise InputError(f"a sha2-256 digest has 32 bytes, got {len(digest)}")
    return str(CID("base32", 1, codec, _MULTIHASH_PREFIX + digest))


def cid_of(block: bytes, codec: str = RAW) -> str:
    """The CID of one block."""
    return cid_of_digest(sha256(block).digest(), codec)


def digest_of_cid(cid: str) -> bytes:
    """The sha2-256 digest in a raw block's CID; raises :class:`InputError` for any other CID."""
    codec, digest = codec_and_digest(cid)
    if codec != RAW:
        raise InputError(f"{cid} names a tree of blocks ({codec}), not one raw block: it has no digest of its content")
    return digest


def codec_and_digest(cid: str) -> tuple[str, bytes]:
    """Reads a CID in its one canonical text form; raises :class:`InputError` for any other text.

    Two texts for one blob would be two keys for one thing, and a CID is also a file's name in the embedded store.
    """
    if not (isinstance(cid, str) and cid.startswith("b") and len(cid) < 128):
        raise InputError(f"{cid!r} is not a CID of version 1 in base32 (bafkrei… or bafybei…)")
    try:
        parsed = CID.decode(cid)
        codec, digest = parsed.codec.name, parsed.raw_digest
        canonical = parsed.hashfun.name == "sha2-256" and codec in (RAW, DAG_PB) and cid_of_digest(digest, codec) == cid
    except Exception as error:  # multiformats raises many kinds, IndexError among them
        raise InputError(f"{cid!r} is not a CID: {error}") from None
    if not canonical:
        raise InputError(f"{cid!r} is not a canonical sha2-256 CID of a raw or dag-pb block")
    return codec, digest
