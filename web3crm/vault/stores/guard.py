"""What keeps a daemon's answers within bounds: nothing it sends may take endless memory or time, or lead elsewhere.

Put on the session of ``requests`` that ``ipfshttpclient`` talks through. The package by itself reads a refusal of any
length into memory, an answer of known length too, follows redirects, and waits for ever for a byte now and then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests

__all__ = ["AnswerTooLong", "AnswerTooSlow", "Redirected", "guard"]

_PIECE = 65_536
_SLOWEST = 1_024
"""Bytes a second that a daemon has to send over any stretch as long as the timeout; waiting elsewhere does not count."""
_REFUSAL, _ANSWER, _LISTING = 1 << 16, 1 << 20, 1 << 28
_LIMITS = {"/api/v0/cat": None, "/api/v0/pin/ls": _LISTING, "/api/v0/repo/gc": _LISTING}
"""Bytes; who reads a blob knows by its blocks where it ends."""


class Redirected(requests.exceptions.RequestException):
    """The daemon wants to send us elsewhere."""


class AnswerTooLong(requests.exceptions.RequestException):
    """The daemon's answer does not end."""


class AnswerTooSlow(requests.exceptions.ReadTimeout):
    """The daemon sends a byte now and then."""


def guard(session: requests.Session, *, timeout: float) -> None:
    """Bounds what answers to ``session`` may be. ``timeout`` (seconds) is that of the session's requests.

    The environment's proxies and passwords are not used either: the address alone says who is spoken to.
    """
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True  # what trust_env stands for besides
    session.headers["Accept-Encoding"] = "identity"

    def check(response: requests.Response, **_: Any) -> None:
        if 300 <= response.status_code < 400:
            response.close()
            raise Redirected(f"it answers with HTTP {response.status_code}, and a daemon sends nobody elsewhere")
        limit = _LIMITS.get(urlsplit(response.url).path, _ANSWER) if response.status_code == 200 else _REFUSAL

        def pieces(*_: Any, **__: Any) -> Iterator[bytes]:
            return _pieces(response, limit, timeout)

        response.iter_content = pieces  # type: ignore[method-assign]

    session.hooks["response"].append(check)


def _pieces(response: requests.Response, limit: int | None, timeout: float) -> Iterator[bytes]:
    total = recent = 0
    waited = 0.0
    while True:
        began = time.monotonic()
        data = response.raw.read1(_PIECE, decode_content=False)
        waited += time.monotonic() - began
        if not data:
            return
        total, recent = total + len(data), recent + len(data)
        if limit is not None and total > limit:
            response.close()
            raise AnswerTooLong(f"its answer has more than {limit:,} bytes")
        if waited > timeout:
            if recent < _SLOWEST * waited:
                response.close()
                raise AnswerTooSlow(f"it sent {recent:,} bytes in {waited:.0f} s")
            recent, waited = 0, 0.0
        yield data
