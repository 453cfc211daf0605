"""Records and receipts as JSON: checked against their schemas before they are written and before they are read.

The schemas are our own, draft 2020-12, in ``web3crm/privacy/schemas``.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import jsonschema

from web3crm.errors import InputError, RecordError
from web3crm.files import atomic_file

__all__ = [
    "RECEIPT",
    "RECORD",
    "check_document",
    "first_difference",
    "iso_time",
    "read_document",
    "schema",
    "write_document",
]

RECORD = "consent-record"
RECEIPT = "consent-receipt"
_LIMIT = 64 * 1024 * 1024


@functools.cache
def schema(kind: str) -> dict[str, Any]:
    """The published schema of a kind of document, such as :data:`RECORD`; not to be changed by the caller."""
    text = resources.files("web3crm.privacy").joinpath("schemas", f"{kind}.schema.json").read_text("utf-8")
    return dict(json.loads(text))


@functools.cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema(kind))


def check_document(kind: str, document: Any) -> None:
    """Raises :class:`RecordError` where a document does not satisfy its schema."""
    error = next(iter(_validator(kind).iter_errors(document)), None)
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "the whole"
        raise RecordError(f"the {_name(kind)} does not satisfy its schema at {where}: {error.message[:200]}")


def write_document(kind: str, document: Any, path: Path) -> None:
    """Writes a document that satisfies its schema, whole or not at all, readable by its owner only: it is about a person.

    Raises :class:`RecordError` for one that does not, :class:`InputError` when there is a file already.
    """
    check_document(kind, document)
    if path.exists():
        raise InputError(f"{path} exists: name another file, nothing is overwritten")
    try:
        with atomic_file(path) as stream:
            stream.write(json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None


def read_document(path: Path) -> Any:
    """The JSON in a file. Raises :class:`InputError` when there is none. Whoever uses it checks its schema."""
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > _LIMIT:
        raise InputError(f"{path} has more than {_LIMIT} bytes: it is no consent record or receipt")
    try:
        return json.loads(data, parse_constant=_refuse, object_pairs_hook=_single)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not readable as JSON: {str(error)[:200]}") from None


def first_difference(given: Any, right: Any, path: str = "") -> str:
    """Where two JSON values first differ, in words; empty if they do not."""
    if type(given) is not type(right):
        return f"{path or 'the whole'} is {_short(given)}, it should be {_short(right)}"
    if isinstance(given, dict):
        for key in (*right, *given):
            below = f"{path}/{key}" if path else key
            if key not in given:
                return f"{below} is missing"
            if key not in right:
                return f"{below} should not be there"
            if found := first_difference(given[key], right[key], below):
                return found
        return ""
    if isinstance(given, list):
        if len(given) != len(right):
            return f"{path or 'the whole'} has {len(given)} items, it should have {len(right)}"
        pairs = enumerate(zip(given, right, strict=True))
        return next((found for at, pair in pairs if (found := first_difference(*pair, f"{path}/{at}"))), "")
    return "" if given == right else f"{path or 'the whole'} is {_short(given)}, it should be {_short(right)}"


def iso_time(seconds: int) -> str:
    """A Unix time as ISO 8601 in UTC, such as ``2026-12-24T18:00:00Z``; beyond the year 9999 its last second."""
    last = 253_402_300_799
    return datetime.fromtimestamp(min(seconds, last), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name(kind: str) -> str:
    return kind.replace("-", " ")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:80] + "…"


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found
