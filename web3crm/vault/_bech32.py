"""Bech32 (BIP 173) as age uses it: a prefix, 32 bytes, a checksum of 30 bits; no limit of 90 characters."""

from __future__ import annotations

__all__ = ["decode", "encode"]

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, data: bytes) -> str:
    """The lower-case Bech32 text of ``data`` under ``prefix``."""
    words = _regroup(data, 8, 5, pad=True)
    check = _checksum(_expand(prefix) + words + [0] * 6) ^ 1
    words += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_CHARSET[word] for word in words)}"


def decode(text: str) -> tuple[str, bytes]:
    """The prefix and the bytes of a Bech32 text; ``ValueError`` says what is wrong (and never quotes the text)."""
    if not text.isascii() or (text != text.lower() and text != text.upper()):
        raise ValueError("it mixes upper and lower case, or has a character that Bech32 does not use")
    prefix, separator, body = text.lower().rpartition("1")
    if not separator or not prefix or len(body) < 6:
        raise ValueError("it has no prefix or no checksum")
    if not all(character in _CHARSET for character in body):
        raise ValueError("it has a character that Bech32 does not use")
    words = [_CHARSET.index(character) for character in body]
    if _checksum(_expand(prefix) + words) != 1:
        raise ValueError("its checksum is wrong")
    return prefix, bytes(_regroup(words[:-6], 5, 8, pad=False))


def _expand(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _checksum(words: list[int]) -> int:
    value = 1
    for word in words:
        top = value >> 25
        value = (value & 0x1FFFFFF) << 5 ^ word
        for place, term in enumerate(_GENERATOR):
            if top >> place & 1:
                value ^= term
    return value


def _regroup(values: bytes | list[int], width_in: int, width_out: int, *, pad: bool) -> list[int]:
    """Regroups bits; leftover bits are padded with zeros, or must be zeros and fewer than a group."""
    buffer = bits = 0
    grouped = []
    for value in values:
        buffer = (buffer << width_in | value) & 0xFFF
        bits += width_in
        while bits >= width_out:
            bits -= width_out
            grouped.append(buffer >> bits & (1 << width_out) - 1)
    rest = buffer & (1 << bits) - 1
    if pad and bits:
        grouped.append(rest << width_out - bits)
    elif not pad and (bits >= width_in or rest):
        raise ValueError("its padding is wrong")
    return grouped
