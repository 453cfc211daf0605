"""age files as streams.

given clear text of any size
├── it should come back from what was encrypted, for each recipient
├── it should take constant memory
└── it should be a file that the reference implementation opens, and the other way round
given an age file
├── when the identity is another's
│   └── it should say so
├── when any byte was changed
│   └── it should never give out other bytes than those that were encrypted
├── when bytes are missing at its end, or added
│   └── it should say which
└── when it is none, or its header has no end
    └── it should say so
given files
├── it should write privately, whole or not at all
└── when decryption fails
    └── it should leave what was at the destination as it was
given a source or target that fails
└── it should raise that very error
"""

from __future__ import annotations

import io
import stat
import tracemalloc

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.patterns import PatternStream, pattern
from web3crm.errors import (
    CiphertextError,
    CiphertextTampered,
    CiphertextTruncated,
    IdentityError,
    InputError,
    WrongIdentity,
)
from web3crm.vault.encryption import decrypt, decrypt_file, encrypt, encrypt_file
from web3crm.vault.identity import Identity

IDENTITY = Identity(bytes(range(32)))
CHUNK = 64 * 1024


def sealed(clear: bytes, *recipients: str) -> bytes:
    target = io.BytesIO()
    encrypt(io.BytesIO(clear), target, recipients or [IDENTITY.recipient])
    return target.getvalue()


def opened(cipher: bytes, identity: Identity = IDENTITY, size: int | None = None) -> bytes:
    target = io.BytesIO()
    decrypt(io.BytesIO(cipher), target, identity, size=size)
    return target.getvalue()


def payload_start(cipher: bytes) -> int:
    """Where the header ends and the payload's 16-byte nonce begins."""
    return cipher.index(b"\n", cipher.index(b"\n--- ") + 1) + 1


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 1_000_000])
def test_clear_text_comes_back(size):
    assert opened(sealed(pattern(size))) == pattern(size)


def test_each_recipient_opens_the_file():
    other = Identity.generate()
    cipher = sealed(b"for two", IDENTITY.recipient, other.recipient)
    assert opened(cipher) == opened(cipher, other) == b"for two"


def test_the_same_clear_text_is_encrypted_differently_each_time():
    assert sealed(b"same") != sealed(b"same")


def test_other_age_implementations_are_understood():
    assert pyrage.decrypt(sealed(b"out"), [pyrage.x25519.Identity.from_str(IDENTITY.export())]) == b"out"
    assert opened(pyrage.encrypt(b"in", [pyrage.x25519.Recipient.from_str(IDENTITY.recipient)])) == b"in"


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(size):
        tracemalloc.start()
        with (tmp_path / "c").open("w+b") as cipher, (tmp_path / "d").open("wb") as clear:
            encrypt(PatternStream(size), cipher, [IDENTITY.recipient])
            cipher.seek(0)
            decrypt(cipher, clear, IDENTITY)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (tmp_path / "d").stat().st_size == size
        return most

    assert peak(16_000_000) < peak(1_000_000) + 4_000_000


def test_encrypting_to_nobody_is_refused():
    with pytest.raises(InputError, match="at least one recipient"):
        encrypt(io.BytesIO(b"x"), io.BytesIO(), [])


def test_encrypting_to_a_malformed_recipient_is_refused():
    with pytest.raises(IdentityError, match="age1"):
        encrypt(io.BytesIO(b"x"), io.BytesIO(), [IDENTITY.recipient, "age1nobody"])


# --- an age file that is not what it should be ----------------------------------------------------------------------


def test_another_identity_is_told():
    with pytest.raises(WrongIdentity, match="someone else"):
        opened(sealed(b"not yours"), Identity.generate())


def test_another_identity_is_told_for_a_large_file_too():
    with pytest.raises(WrongIdentity):
        opened(sealed(pattern(1_000_000)), Identity.generate(), size=len(sealed(pattern(1_000_000))))


CIPHER = sealed(pattern(3 * CHUNK + 1000))
START = payload_start(CIPHER)


@pytest.mark.parametrize(
    "place",
    [START, START + 15, START + 16, START + 16 + CHUNK, START + 16 + CHUNK + 16, len(CIPHER) - 17, len(CIPHER) - 1],
    # age pads its header at random, so the places differ from run to run; their names must not.
    ids=["nonce", "nonce's end", "chunk 1", "tag 1", "chunk 2", "last chunk", "last byte"],
)
@pytest.mark.parametrize("size", [None, len(CIPHER)], ids=["unsized", "sized"])
def test_a_changed_payload_is_told(place, size):
    changed = bytearray(CIPHER)
    changed[place] ^= 1
    with pytest.raises(CiphertextTampered, match="was changed"):
        opened(bytes(changed), size=size)


def test_a_changed_header_is_told():
    changed = bytearray(CIPHER)
    changed[START - 2] ^= 1
    with pytest.raises(CiphertextError):
        opened(bytes(changed))


def test_chunks_in_another_order_are_told():
    first, second = START + 16, START + 16 + CHUNK + 16
    swapped = (
        CIPHER[:first] + CIPHER[second : second + CHUNK + 16] + CIPHER[first:second] + CIPHER[second + CHUNK + 16 :]
    )
    assert len(swapped) == len(CIPHER)
    with pytest.raises(CiphertextTampered):
        opened(swapped)


SHORT = sealed(b"the one and only clear text")


@given(place=st.integers(0, len(SHORT) - 1), bit=st.integers(0, 7))
@settings(max_examples=100)
def test_whatever_bit_is_changed_the_file_is_refused(place, bit):
    changed = bytearray(SHORT)
    changed[place] ^= 1 << bit
    with pytest.raises(CiphertextError):
        opened(bytes(changed))


@pytest.mark.parametrize(
    "length",
    [0, 1, 21, 60, START - 1, START, START + 8, START + 16, START + 16 + CHUNK + 16],
    ids=["0", "1", "21", "60", "header less 1", "header", "half the nonce", "nonce", "chunk 1"],
)
def test_a_cut_file_is_told(length):
    with pytest.raises(CiphertextTruncated, match=f"{length} bytes"):
        opened(CIPHER[:length])


@pytest.mark.parametrize(
    "length",
    [START + 17, START + 1000, len(CIPHER) - CHUNK, len(CIPHER) - 1],
    ids=["place 1", "place 2", "place 3", "place 4"],
)
def test_a_cut_inside_a_chunk_is_told_when_the_size_is_known(length):
    with pytest.raises(CiphertextTruncated, match=f"{length} bytes of {len(CIPHER)}"):
        opened(CIPHER[:length], size=len(CIPHER))


def test_a_cut_inside_a_chunk_is_told_as_either_when_the_size_is_not_known():
    with pytest.raises(CiphertextTampered, match="or cut off inside a chunk"):
        opened(CIPHER[:-1])


def test_bytes_added_at_the_end_are_told():
    with pytest.raises(CiphertextTampered):
        opened(CIPHER + b"x", size=len(CIPHER))


@pytest.mark.parametrize("junk", [b"hello", b"age-encryption.org/v2\n", b"\x00" * 100_000, b"-----BEGIN AGE", b"{}"])
def test_what_is_no_age_file_is_told(junk):
    with pytest.raises(CiphertextTampered, match="not an age file"):
        opened(junk)


class EndlessHeader(io.RawIOBase):
    """A forged header whose one stanza never ends; counts how much of it was read."""

    def __init__(self):
        self._waiting, self.given = b"age-encryption.org/v1\n-> X25519 AAAA\n", 0

    def read(self, size=-1):
        assert self.given < 10_000_000, "the header is read without limit"
        self._waiting += (b"A" * 64 + b"\n") * 200
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        self.given += len(data)
        return data


def test_a_header_without_end_is_refused():
    with pytest.raises(CiphertextTampered, match="header is longer"):
        decrypt(EndlessHeader(), io.BytesIO(), IDENTITY)


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_come_back_and_are_private(tmp_path):
    (tmp_path / "clear").write_bytes(pattern(200_000))
    encrypt_file(tmp_path / "clear", tmp_path / "cipher.age", [IDENTITY.recipient])
    decrypt_file(tmp_path / "cipher.age", tmp_path / "again", IDENTITY)
    assert (tmp_path / "again").read_bytes() == pattern(200_000)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("cipher.age", "again")} == {0o600}


@pytest.mark.parametrize(
    ("cipher", "error"),
    [
        (CIPHER[:-1] + b"x", CiphertextTampered),
        (CIPHER[: START + 16 + CHUNK + 16], CiphertextTruncated),
        (b"", CiphertextTruncated),
    ],
)
def test_a_file_that_does_not_decrypt_leaves_the_destination_alone(tmp_path, cipher, error):
    (tmp_path / "cipher.age").write_bytes(cipher)
    (tmp_path / "clear").write_bytes(b"what was here before")
    with pytest.raises(error):
        decrypt_file(tmp_path / "cipher.age", tmp_path / "clear", IDENTITY)
    assert (tmp_path / "clear").read_bytes() == b"what was here before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cipher.age", "clear"]


# --- failing sources and targets ------------------------------------------------------------------------------------


class Failing(io.RawIOBase):
    def __init__(self, error):
        self._error = error

    def read(self, size=-1):
        raise self._error

    def write(self, data):
        raise self._error


@pytest.mark.parametrize("error", [OSError(28, "no space left"), ValueError("odd"), KeyboardInterrupt()])
def test_an_error_of_the_source_is_raised_as_it_is(error):
    with pytest.raises(type(error)) as caught:
        encrypt(Failing(error), io.BytesIO(), [IDENTITY.recipient])
    assert caught.value is error


@pytest.mark.parametrize("error", [OSError(28, "no space left"), KeyboardInterrupt()])
def test_an_error_of_the_target_is_raised_as_it_is(error):
    with pytest.raises(type(error)) as caught:
        decrypt(io.BytesIO(CIPHER), Failing(error), IDENTITY)
    assert caught.value is error


class Stingy(io.RawIOBase):
    """Takes and gives seven bytes at a time, as a raw socket might."""

    def __init__(self, data=b""):
        self.stream = io.BytesIO(data)

    def read(self, size=-1):
        return self.stream.read(7)

    def write(self, data):
        return self.stream.write(data[:7])


def test_short_reads_and_writes_lose_nothing():
    cipher, clear = Stingy(), Stingy()
    encrypt(Stingy(pattern(5000)), cipher, [IDENTITY.recipient])
    decrypt(Stingy(cipher.stream.getvalue()), clear, IDENTITY)
    assert clear.stream.getvalue() == pattern(5000)
