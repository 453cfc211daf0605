"""age identities (X25519): fresh ones for datasets, and a customer's own, derived from her wallet.

A customer's identity comes from her wallet's signature over one fixed EIP-712 message, so that a wallet is all she
needs to read her data on any machine. What makes that safe enough, and what does not:

- **The signature is the key.** Whoever obtains it reads everything that was encrypted to her. The message says so in
  the words the wallet shows; it names the app, the purpose, the wallet and the number of the key. No message can stop
  a page that lies to her about why she should sign: when that happened, she derives the key with the next number,
  publishes it in ``KeyDirectory`` and rotates her datasets.
- **It authorises nothing.** The domain names no contract and no chain, and the message's type is accepted by no
  contract here: a relayer who sees the signature gains nothing on chain, and the same key comes out whatever chain
  the wallet is set to.
- **It must be the same every time.** RFC 6979 makes ECDSA signatures a function of key and message. Wallets that draw
  a random nonce (some multi-party ones) would give a new key each time and lock the customer out for ever: she signs
  twice and the two must agree. A contract wallet (ERC-1271) has no signature of its own: it is refused because its
  signature does not recover to its address. Both keep their data under :meth:`Identity.generate` and store that
  identity themselves.
- The 65 bytes are brought to one form first (low ``s``; the recovery byte, which wallets write as 0/1 or 27/28, is
  left out), then HKDF-SHA256 (RFC 5869) turns ``r ‖ s`` into the 32-byte X25519 scalar.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Any, NoReturn

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_checksum_address

from web3crm.errors import IdentityError, InputError
from web3crm.vault import _bech32

__all__ = [
    "Identity",
    "TypedDataSigner",
    "derivation_message",
    "derive_identity",
    "recipient_from_bytes",
    "recipient_to_bytes",
    "sign_with",
]

TypedDataSigner = Callable[[dict[str, Any]], bytes]
"""Signs a full EIP-712 message (the JSON that ``eth_signTypedData_v4`` takes) and returns the 65 bytes."""

_IDENTITY_PREFIX = "age-secret-key-"
_RECIPIENT_PREFIX = "age"
_HKDF_SALT = b"web3crm/vault/customer-identity/1"
_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_FIELD_PRIME = 2**255 - 19

_PURPOSE = "Create the key that opens my own encrypted customer data in the web3crm vault."
_WARNING = (
    "This signature IS that key: whoever has it can read all my data. Sign only in an app that I trust with my data, "
    "and never pass the signature on. It moves no money, gives no consent and costs no fee."
)


class Identity:
    """An X25519 secret key. It leaves the object only through :meth:`export`: repr, str and pickle never show it."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise IdentityError(f"an age identity has 32 bytes, got {len(secret)}")
        self._secret = bytes(secret)

    @classmethod
    def generate(cls) -> Identity:
        """A fresh random identity."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Reads ``AGE-SECRET-KEY-1…``, as the standard age tools write it; raises :class:`IdentityError`."""
        try:
            prefix, secret = _bech32.decode(text)
        except ValueError as error:
            raise IdentityError(f"this is not an age identity (AGE-SECRET-KEY-1…): {error}") from None
        if prefix != _IDENTITY_PREFIX or not text.isupper():
            raise IdentityError("this is not an age identity: it must begin with AGE-SECRET-KEY-1 and be in upper case")
        return cls(secret)

    def export(self) -> str:
        """The secret as text, ``AGE-SECRET-KEY-1…``, as the standard age tools take it."""
        return _bech32.encode(_IDENTITY_PREFIX, self._secret).upper()

    @property
    def recipient(self) -> str:
        """The public half, ``age1…``."""
        public = X25519PrivateKey.from_private_bytes(self._secret).public_key()
        return _bech32.encode(_RECIPIENT_PREFIX, public.public_bytes_raw())

    def subkey(self, use: str) -> bytes:
        """32 bytes that follow from the secret and ``use``, and tell nothing about the secret or other subkeys."""
        return HKDF(SHA256(), 32, salt=b"web3crm/vault/subkey/1", info=use.encode()).derive(self._secret)

    def to_age(self) -> pyrage.x25519.Identity:
        """The same key as pyrage holds it."""
        return pyrage.x25519.Identity.from_str(self.export())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self.recipient)

    def __repr__(self) -> str:
        return f"<Identity of {self.recipient}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Identity is not pickled or copied: pass it on with export(), where it may be seen")


def recipient_to_bytes(recipient: str) -> bytes:
    """The 32 bytes of ``age1…``, as ``KeyDirectory`` stores them.

    Raises :class:`IdentityError` for a malformed recipient and for points that must not be encrypted to.
    """
    if _IDENTITY_PREFIX in recipient.lower():
        raise IdentityError("this is an identity, the secret half (not shown here): the recipient begins with age1")
    try:
        prefix, raw = _bech32.decode(recipient)
    except ValueError as error:
        raise IdentityError(f"{recipient!r} is not an age recipient (age1…): {error}") from None
    if prefix != _RECIPIENT_PREFIX or not recipient.islower():
        raise IdentityError(
            f"{recipient!r} is not an age X25519 recipient: it must begin with age1 and be in lower case"
        )
    _check_point(raw)
    return raw


def recipient_from_bytes(raw: bytes) -> str:
    """``age1…`` of the 32 bytes in ``KeyDirectory``.

    Raises :class:`IdentityError` for points that must not be encrypted to, and for the zeros of an empty entry.
    """
    _check_point(raw)
    return _bech32.encode(_RECIPIENT_PREFIX, raw)


def derivation_message(wallet: str, key_number: int = 0) -> dict[str, Any]:
    """The EIP-712 message a customer signs to obtain her identity: fixed but for her address and the number of the key.

    Raises :class:`InputError` for a wallet that is not a checksummed address or a number outside 0 to 2**32 - 1.
    """
    if not is_checksum_address(wallet):
        raise InputError(f"wallet must be a checksummed address, got {wallet!r}")
    if not isinstance(key_number, int) or isinstance(key_number, bool) or not 0 <= key_number < 1 << 32:
        raise InputError(f"key_number must be a whole number from 0 to 2**32 - 1, got {key_number!r}")
    return {
        "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "version", "type": "string"}],
            "VaultKey": [
                {"name": "purpose", "type": "string"},
                {"name": "warning", "type": "string"},
                {"name": "wallet", "type": "address"},
                {"name": "keyNumber", "type": "uint32"},
            ],
        },
        "primaryType": "VaultKey",
        "domain": {"name": "web3crm vault", "version": "1"},
        "message": {"purpose": _PURPOSE, "warning": _WARNING, "wallet": wallet, "keyNumber": key_number},
    }


def derive_identity(wallet: str, sign: TypedDataSigner, *, key_number: int = 0) -> Identity:
    """The customer's own identity; ``sign`` is called twice and its two answers must agree.

    ``key_number`` counts up when a customer replaces a key that leaked. Raises :class:`IdentityError` for a wallet
    whose signatures differ or do not recover to ``wallet``.
    """
    message = derivation_message(wallet, key_number)
    material, again = _material(wallet, message, sign(message)), _material(wallet, message, sign(message))
    if not hmac.compare_digest(material, again):
        raise IdentityError(
            f"the wallet {wallet} signs the same message differently each time, the key could never be derived again: "
            "generate an identity and keep it in a safe place instead"
        )
    info = bytes.fromhex(wallet[2:]) + key_number.to_bytes(4, "big")
    return Identity(HKDF(SHA256(), 32, salt=_HKDF_SALT, info=info).derive(material))


def sign_with(account: LocalAccount) -> TypedDataSigner:
    """The signer for :func:`derive_identity` of an account whose key is at hand (a keystore, a test)."""

    def sign(message: dict[str, Any]) -> bytes:
        return bytes(account.sign_typed_data(full_message=message).signature)

    return sign


def _material(wallet: str, message: dict[str, Any], signature: bytes) -> bytes:
    """``r ‖ s`` with the low ``s``, once the signature is known to be the wallet's."""
    if len(signature) != 65:
        raise IdentityError(
            f"the wallet {wallet} gave a signature of {len(signature)} bytes, not 65: a contract wallet cannot derive "
            "an identity; generate one and keep it in a safe place instead"
        )
    r, s, v = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]
    parity = v - 27 if v >= 27 else v
    if s > _CURVE_ORDER // 2:
        s, parity = _CURVE_ORDER - s, 1 - parity
    try:
        signer = Account.recover_message(encode_typed_data(full_message=message), vrs=(27 + parity, r, s))
    except Exception:  # the curve libraries raise many kinds, none of which may carry the signature further
        signer = None
    if signer != wallet:
        raise IdentityError(
            f"the signature is not the wallet's own ({wallet}): a contract wallet cannot derive an identity; "
            "generate one and keep it in a safe place instead"
        )
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _check_point(raw: bytes) -> None:
    if len(raw) != 32:
        raise IdentityError(f"an age recipient has 32 bytes, got {len(raw)}")
    if raw == bytes(32):
        raise IdentityError("32 zero bytes are not an age recipient: no key is published")
    if int.from_bytes(raw, "little") >= _FIELD_PRIME:
        raise IdentityError(f"0x{raw.hex()} is not the canonical form of an X25519 point")
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(raw))
    except ValueError:
        raise IdentityError(
            f"0x{raw.hex()} is a point of small order: what is encrypted to it can be read by all"
        ) from None
