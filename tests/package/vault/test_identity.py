"""age identities.

given an identity
├── it should be read and written as the standard age tools do
├── it should show its secret in no repr, log or pickle
└── when a text is no identity
    └── it should be refused without being quoted
given a recipient
├── it should turn into KeyDirectory's 32 bytes and back
└── when it is malformed, empty, not canonical or of small order
    └── it should be refused
given a wallet
├── it should derive the same identity each time, and this one for ever
├── it should give another identity for another wallet and for another number
├── when it writes the recovery byte as 0 or 1, or s high
│   └── it should derive the same identity
├── when it signs differently each time
│   └── it should be refused
├── when its signature is not its own, or not of 65 bytes (ERC-1271)
│   └── it should be refused
└── the message
    ├── it should hash as EIP-712 says
    ├── it should say in words what signing does
    └── it should name no chain and no contract
"""

from __future__ import annotations

import copy
import itertools
import pickle

import pyrage
import pytest
from coincurve import PrivateKey, PublicKey
from eth_abi import encode
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from web3crm.errors import IdentityError, InputError
from web3crm.vault import _bech32
from web3crm.vault.identity import (
    Identity,
    derivation_message,
    derive_identity,
    recipient_from_bytes,
    recipient_to_bytes,
    sign_with,
)

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


# --- text forms -----------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_an_identity_is_what_age_reads(secret):
    identity = Identity(secret)
    assert str(pyrage.x25519.Identity.from_str(identity.export()).to_public()) == identity.recipient
    assert Identity.parse(identity.export()) == identity


def test_an_identity_that_age_made_is_read():
    made = pyrage.x25519.Identity.generate()
    assert Identity.parse(str(made)).recipient == str(made.to_public())


def test_a_secret_shows_nowhere():
    identity = Identity.generate()
    secret = identity.export()
    assert secret[20:] not in repr(identity) + str(identity) + f"{identity}" + repr([identity])
    assert repr(identity) == f"<Identity of {identity.recipient}>"


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_an_identity_is_not_pickled_or_copied(act):
    with pytest.raises(TypeError, match="not pickled"):
        act(Identity.generate())


def test_identities_compare_by_their_secret():
    identity = Identity.generate()
    assert {identity, Identity.parse(identity.export())} == {identity}
    assert identity != Identity.generate()
    assert identity != identity.export()


def test_subkeys_differ_by_use_and_by_identity():
    identity, other = Identity.generate(), Identity.generate()
    assert len({identity.subkey("a"), identity.subkey("b"), other.subkey("a"), identity.subkey("a")}) == 3


SECRET = Identity(bytes(range(32))).export()
RECIPIENT = Identity(bytes(range(32))).recipient


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AGE-SECRET-KEY-1",
        SECRET.lower(),
        SECRET[:-1] + ("Q" if SECRET[-1] != "Q" else "P"),
        SECRET[:-1],
        SECRET.replace("K", "\u212a", 1),  # the Kelvin sign, a K in lower case
        _bech32.encode("age-secret-key-", bytes(31)).upper(),
        _bech32.encode("age-plugin-x-", bytes(32)).upper(),
        RECIPIENT,
    ],
)
def test_what_is_no_identity_is_refused_and_not_quoted(text):
    with pytest.raises(IdentityError) as caught:
        Identity.parse(text)
    assert text[:25] not in str(caught.value) or len(text) < 20


@pytest.mark.parametrize("length", [0, 31, 33])
def test_an_identity_has_32_bytes(length):
    with pytest.raises(IdentityError, match="32 bytes"):
        Identity(bytes(length))


# --- recipients -----------------------------------------------------------------------------------------------------


def test_a_recipient_turns_into_bytes_and_back():
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    raw = recipient_to_bytes(recipient)
    assert len(raw) == 32
    assert recipient_from_bytes(raw) == recipient


def test_the_key_pair_of_rfc_7748_is_computed():
    secret = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    public = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    assert recipient_to_bytes(Identity(secret).recipient) == public


SMALL_ORDER = (0, 1, 325606250916557431795983626356110631294008115727848805560023387167927233504)


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_points_of_small_order_are_refused(point):
    with pytest.raises(IdentityError, match=r"small order|no key is published"):
        recipient_from_bytes(point.to_bytes(32, "little"))


@pytest.mark.parametrize("number", [2**255 - 19 + 9, 9 + 2**255, 2**256 - 1])
def test_second_spellings_of_a_point_are_refused(number):
    with pytest.raises(IdentityError, match="canonical"):
        recipient_from_bytes(number.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 20, 31, 33])
def test_recipients_of_another_length_are_refused(length):
    with pytest.raises(IdentityError, match="32 bytes"):
        recipient_from_bytes(b"\x09" * length)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        RECIPIENT.upper(),
        RECIPIENT[:-1] + ("q" if RECIPIENT[-1] != "q" else "p"),
        RECIPIENT[:10] + RECIPIENT[10:].upper(),
        _bech32.encode("bc", bytes(range(32))),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
    ],
)
def test_what_is_no_recipient_is_refused(text):
    with pytest.raises(IdentityError):
        recipient_to_bytes(text)


@pytest.mark.parametrize(
    "text",  # from BIP 173
    [
        "A12UEL5L",
        "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "?1ezyfcl",
    ],
)
def test_valid_bech32_of_bip_173_is_read(text):
    prefix, data = _bech32.decode(text)
    assert text.lower().startswith(prefix + "1")
    assert len(data) * 8 <= (len(text) - len(prefix) - 7) * 5


@pytest.mark.parametrize(
    "text",  # from BIP 173
    ["pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "1qzzfhee", "aB1xyz"],
)
def test_invalid_bech32_of_bip_173_is_refused(text):
    with pytest.raises(ValueError, match="it"):
        _bech32.decode(text)


# --- from a wallet --------------------------------------------------------------------------------------------------


def test_a_wallet_derives_the_same_identity_each_time(alice_wallet):
    first = derive_identity(alice_wallet.address, sign_with(alice_wallet))
    assert derive_identity(alice_wallet.address, sign_with(alice_wallet)) == first


def test_the_derivation_never_changes(alice_identity):
    """A change of one byte in message or derivation would lock every customer out: this recipient stands for ever."""
    assert alice_identity.recipient == "age17xxwrnpyv7lya4ypp3prft7kfsxr8zev75u5yrwtqwnpnhls03mqxpsn7z"


def test_wallets_and_numbers_give_different_identities(alice_wallet, bob_wallet):
    derived = {
        derive_identity(wallet.address, sign_with(wallet), key_number=number)
        for wallet, number in itertools.product((alice_wallet, bob_wallet), (0, 1, 2**32 - 1))
    }
    assert len(derived) == 6


def with_low_recovery_byte(signature):
    return signature[:64] + bytes([signature[64] - 27])


def with_high_s(signature):
    s = ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([27 + 28 - signature[64]])


@pytest.mark.parametrize("change", [with_low_recovery_byte, with_high_s])
def test_other_spellings_of_the_signature_give_the_same_identity(alice_wallet, alice_identity, change):
    sign = sign_with(alice_wallet)
    assert derive_identity(alice_wallet.address, lambda message: change(sign(message))) == alice_identity


def sign_with_random_nonce(account):
    """A wallet that does not follow RFC 6979: right signatures, another one each time."""

    def sign(message):
        signable = encode_typed_data(full_message=message)
        digest = int.from_bytes(keccak(b"\x19" + signable.version + signable.header + signable.body), "big")
        nonce = PrivateKey()
        point = PublicKey.from_valid_secret(nonce.secret).format(compressed=False)
        r = int.from_bytes(point[1:33], "big") % ORDER
        s = pow(int.from_bytes(nonce.secret, "big"), -1, ORDER) * (digest + r * int(account.key.hex(), 16)) % ORDER
        parity = point[64] & 1
        return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + parity])

    return sign


def test_a_wallet_that_signs_differently_each_time_is_refused(alice_wallet):
    with pytest.raises(IdentityError, match="differently each time"):
        derive_identity(alice_wallet.address, sign_with_random_nonce(alice_wallet))


def test_a_contract_wallet_whose_owner_signs_is_refused(alice_wallet, bob_wallet):
    with pytest.raises(IdentityError, match="not the wallet's own"):
        derive_identity(alice_wallet.address, sign_with(bob_wallet))


@pytest.mark.parametrize("signature", [b"", b"\x01" * 64, b"\x01" * 66, b"\x01" * 130])
def test_a_signature_of_another_length_is_refused(alice_wallet, signature):
    with pytest.raises(IdentityError, match="65"):
        derive_identity(alice_wallet.address, lambda message: signature)


@pytest.mark.parametrize("signature", [bytes(65), b"\xff" * 65, b"\x01" * 64 + b"\x00", b"\x01" * 64 + b"\x20"])
def test_a_signature_that_is_none_is_refused(alice_wallet, signature):
    with pytest.raises(IdentityError, match="not the wallet's own"):
        derive_identity(alice_wallet.address, lambda message: signature)


def test_an_error_shows_no_signature(alice_wallet, bob_wallet):
    signature = sign_with(bob_wallet)(derivation_message(alice_wallet.address))
    with pytest.raises(IdentityError) as caught:
        derive_identity(alice_wallet.address, lambda message: signature)
    assert caught.value.__cause__ is None
    assert signature[:8].hex() not in str(caught.value)


# --- the message ----------------------------------------------------------------------------------------------------


def test_the_message_hashes_as_eip_712_says(alice_wallet):
    message = derivation_message(alice_wallet.address, 5)
    domain_type = b"EIP712Domain(string name,string version)"
    domain = encode(["bytes32"] * 3, [keccak(domain_type), keccak(b"web3crm vault"), keccak(b"1")])
    struct_type = b"VaultKey(string purpose,string warning,address wallet,uint32 keyNumber)"
    values = message["message"]
    struct = encode(
        ["bytes32", "bytes32", "bytes32", "address", "uint32"],
        [keccak(struct_type), keccak(text=values["purpose"]), keccak(text=values["warning"]), alice_wallet.address, 5],
    )
    signable = encode_typed_data(full_message=message)
    digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
    assert digest == keccak(b"\x19\x01" + keccak(domain) + keccak(struct))


def test_the_message_says_what_signing_does(alice_wallet):
    message = derivation_message(alice_wallet.address)["message"]
    words = message["purpose"] + " " + message["warning"]
    expected = [
        "web3crm vault",
        "opens my own encrypted customer data",
        "can read all my data",
        "never pass",
        "no money",
    ]
    assert [word for word in expected if word not in words] == []


def test_the_message_names_no_chain_and_no_contract(alice_wallet):
    assert derivation_message(alice_wallet.address)["domain"].keys() == {"name", "version"}


@pytest.mark.parametrize("wallet", ["", "0x" + "ab" * 20, "vitalik.eth"])
def test_a_wallet_is_a_checksummed_address(wallet):
    with pytest.raises(InputError, match="checksummed"):
        derivation_message(wallet)


@pytest.mark.parametrize("number", [-1, 2**32, True, 1.0, "1"])
def test_a_key_number_fits_32_bits(alice_wallet, number):
    with pytest.raises(InputError, match="key_number"):
        derivation_message(alice_wallet.address, number)


def test_an_identity_given_as_a_recipient_is_not_repeated():
    secret = Identity.generate().export()
    with pytest.raises(IdentityError, match="secret half") as caught:
        recipient_to_bytes(secret)
    assert secret not in str(caught.value)
