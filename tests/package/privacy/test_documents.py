"""Records and receipts as files.

given the schemas
├── they should be valid themselves, and be part of the package
└── every object in them should say which keys it has, and allow no others
given a document
├── one that satisfies its schema should be written, private, and read back
├── one that does not should be refused before anything is written, and say where
├── each field that must be present should be missed
└── a file that is there should not be overwritten
given a file
└── what is no JSON, has a key twice, is too large or not there should be refused
given two documents
└── where they first differ should be said
"""

from __future__ import annotations

import copy
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.package.privacy.making import act, granted, history
from web3crm.errors import InputError, RecordError
from web3crm.privacy import documents
from web3crm.privacy.documents import (
    RECEIPT,
    RECORD,
    check_document,
    first_difference,
    iso_time,
    read_document,
    schema,
    write_document,
)
from web3crm.privacy.receipts import consent_receipt
from web3crm.privacy.records import consent_record

SAMPLE = history(act(granted(), block=30))
MADE: dict[str, dict[str, Any]] = {RECORD: consent_record(SAMPLE), RECEIPT: consent_receipt(SAMPLE)}


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for item in node:
            yield from objects(item)


@pytest.mark.parametrize("kind", [RECORD, RECEIPT])
def test_a_schema_is_valid_and_strict(kind: str):
    jsonschema.Draft202012Validator.check_schema(schema(kind))
    loose = [node for node in objects(schema(kind)) if node.get("additionalProperties") is not False]
    # The context of JSON-LD alone may hold more than is said of it.
    assert [node.get("description") for node in loose] == {RECORD: ["Prefixes and types of JSON-LD 1.1."], RECEIPT: []}[
        kind
    ]


@pytest.mark.parametrize("kind", [RECORD, RECEIPT])
def test_a_document_is_written_for_its_owner_and_read_back(tmp_path: Path, kind: str):
    path = tmp_path / "document.json"
    write_document(kind, MADE[kind], path)
    assert read_document(path) == MADE[kind]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "\\u" not in path.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="exists: name another file"):
        write_document(kind, MADE[kind], path)


def test_what_does_not_satisfy_its_schema_is_not_written(tmp_path: Path):
    path = tmp_path / "record.json"
    with pytest.raises(RecordError, match="the consent record does not satisfy its schema at the whole"):
        write_document(RECORD, {**MADE[RECORD], "extra": 1}, path)
    with pytest.raises(RecordError, match="the consent receipt does not satisfy its schema at version"):
        write_document(RECEIPT, {**MADE[RECEIPT], "version": "2"}, path)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        write_document(RECORD, MADE[RECORD], tmp_path / "nowhere" / "record.json")


def paths(kind: str) -> list[tuple[str, ...]]:
    found = [(key,) for key in MADE[kind] if key not in ("dpv:hasDataProcessor", "publicKey")]
    nested = {
        RECORD: ("dct:source", "dpv:hasNotice", "dpv:hasProcess", "dpv:hasConsentStatus", "web3crm:snapshots"),
        RECEIPT: ("piiControllers", "services"),
    }[kind]
    for key in nested:
        value = MADE[kind][key]
        first = value[0] if isinstance(value, list) else value
        found += [(key, below) for below in first]
    return found


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind in MADE for path in paths(kind)])
def test_every_field_must_be_there(kind: str, path: tuple[str, ...]):
    document = copy.deepcopy(MADE[kind])
    place: Any = document
    for key in path[:-1]:
        place = place[key][0] if isinstance(place[key], list) else place[key]
    del place[path[-1]]
    with pytest.raises(RecordError, match=f"'{path[-1]}' is a required property"):
        check_document(kind, document)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"consentTimestamp": "2026-01-01"}, "consentTimestamp"),
        ({"consentTimestamp": 0}, "consentTimestamp"),
        ({"piiPrincipalId": "somebody@example.com"}, "piiPrincipalId"),
        ({"policyUrl": "https://example.com/policy"}, "policyUrl"),
        ({"language": "de"}, "language"),
        ({"jurisdiction": "TH\n"}, "jurisdiction"),
        ({"publicKey": "AGE-SECRET-KEY-1"}, "publicKey"),
        ({"sensitive": True}, "spiCat"),
        ({"spiCat": ["https://w3id.org/dpv/pd#Purchase"]}, "spiCat"),
        ({"services": []}, "services"),
    ],
)
def test_a_receipts_values_are_checked(change: dict[str, Any], where: str):
    with pytest.raises(RecordError, match=f"schema at {where}"):
        check_document(RECEIPT, {**MADE[RECEIPT], **change})


@pytest.mark.parametrize(("disclosed", "name"), [(True, None), (False, "somebody")])
def test_third_parties_are_named_where_there_are_any(disclosed: bool, name: str | None):
    document = copy.deepcopy(MADE[RECEIPT])
    purpose = document["services"][0]["purposes"][0]
    purpose["thirdPartyDisclosure"] = disclosed
    purpose |= {} if name is None else {"thirdPartyName": name}
    with pytest.raises(RecordError, match="schema at services/0/purposes/0"):
        check_document(RECEIPT, document)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "is not readable as JSON"),
        (b"\xff", "is not readable as JSON"),
        (b'{"a": 1, "a": 2}', "a key is there twice"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b"[" * 100_000, "is not readable as JSON"),
    ],
)
def test_what_is_no_json_is_refused(tmp_path: Path, raw: bytes, message: str):
    path = tmp_path / "document.json"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=message):
        read_document(path)


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "document.json"
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_document(path)
    monkeypatch.setattr(documents, "_LIMIT", 10)
    path.write_text(json.dumps("0123456789"))
    with pytest.raises(InputError, match="has more than 10 bytes"):
        read_document(path)


@pytest.mark.parametrize(
    ("given", "right", "said"),
    [
        ({"a": [1]}, {"a": [1]}, ""),
        ({"a": 1}, {"a": 2}, "a is 1, it should be 2"),
        ({"a": True}, {"a": 1}, "a is true, it should be 1"),
        ({"a": {"b": "x" * 99}}, {"a": {"b": "y"}}, 'a/b is "' + "x" * 79 + '…, it should be "y"'),
        ({}, {"a": 1}, "a is missing"),
        ({"a": 1}, {}, "a should not be there"),
        ({"a": [1, 2]}, {"a": [1]}, "a has 2 items, it should have 1"),
        ([{"a": 1}], [{"a": 2}], "/0/a is 1, it should be 2"),
        (1, 2, "the whole is 1, it should be 2"),
    ],
)
def test_the_first_difference_is_said(given: Any, right: Any, said: str):
    assert first_difference(given, right) == said


def test_times_are_utc():
    assert (iso_time(0), iso_time(1_766_599_200)) == ("1970-01-01T00:00:00Z", "2025-12-24T18:00:00Z")
