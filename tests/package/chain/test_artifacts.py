"""Compiled contracts.

given the build's folder
    it should be the one of WEB3CRM_ARTIFACTS, else of the project around the working directory
    when a contract is not there, is no build file, or needs a library
        it should say what to do
    when the name is a path
        it should be refused
given an artifact
    it should know its constructor's inputs and the selector of a function
    when a function is not there or overloaded
        it should name those that are
given the code at an address
    it should be the artifact's when only immutables differ
    when anything else differs
        it should not be
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from web3crm.chain import Artifact, Artifacts
from web3crm.errors import InputError

ABI = [
    {"type": "constructor", "inputs": [{"name": "owner_", "type": "address"}]},
    {
        "type": "function",
        "name": "transfer",
        "inputs": [{"name": "to", "type": "address"}, {"name": "value", "type": "uint256"}],
    },
    {"type": "function", "name": "twice", "inputs": []},
    {"type": "function", "name": "twice", "inputs": [{"name": "x", "type": "bool"}]},
]
IMMUTABLE = b"\x7f" + bytes(32)


def write(folder: Path, name: str, **changes: object) -> None:
    built = {"abi": ABI, "bytecode": "6001", "deployedBytecode": "0x6002", **changes}
    (folder / f"{name}.json").write_text(json.dumps(built))


def artifact(deployed: bytes = b"") -> Artifact:
    return Artifact("Made", ABI, b"\x60\x01", deployed)


def test_the_folder_is_the_one_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB3CRM_ARTIFACTS", str(tmp_path))
    write(tmp_path, "Made")
    assert Artifacts.find().load("Made").bytecode == b"\x60\x01"


def test_the_folder_is_the_one_of_the_project_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brownie-config.yaml").touch()
    (tmp_path / "below").mkdir()
    monkeypatch.delenv("WEB3CRM_ARTIFACTS", raising=False)
    monkeypatch.chdir(tmp_path / "below")
    assert Artifacts.find().folder == tmp_path / "build" / "contracts"


def test_names_are_sorted(tmp_path: Path) -> None:
    write(tmp_path, "B")
    write(tmp_path, "A")
    assert Artifacts(tmp_path).names() == ["A", "B"]


def test_a_missing_contract_says_to_compile(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="run `brownie compile`"):
        Artifacts(tmp_path).load("Missing")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"abi": []}'])
def test_a_file_that_is_no_build_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "Broken.json").write_text(content)
    with pytest.raises(InputError, match="is not a compiled contract"):
        Artifacts(tmp_path).load("Broken")


def test_a_contract_that_needs_a_library_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "Linked", bytecode="6001__Library___________________________73")
    with pytest.raises(InputError, match="needs a library linked"):
        Artifacts(tmp_path).load("Linked")


@pytest.mark.parametrize("name", ["../Made", "a/b", "", "Made.json"])
def test_a_name_that_is_a_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a contract's name"):
        Artifacts(tmp_path).load(name)


def test_the_constructor_is_known() -> None:
    assert artifact().types(artifact().constructor_inputs) == ["address"]


def test_a_selector_is_the_one_everybody_knows() -> None:
    assert artifact().selector("transfer").hex() == "a9059cbb"


@pytest.mark.parametrize("name", ["missing", "twice"])
def test_a_function_that_is_not_there_once_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="it has: transfer, twice"):
        artifact().selector(name)


def test_code_that_differs_in_immutables_is_the_same() -> None:
    code = b"\x60\x01" + b"\x7f" + b"\xaa" * 32 + b"\x00"
    assert artifact(b"\x60\x01" + IMMUTABLE + b"\x00").compiled_to(code)


@pytest.mark.parametrize(
    "code",
    [
        b"\x60\x02" + IMMUTABLE + b"\x00",
        b"\x60\x01" + b"\x7e" + b"\xaa" * 32 + b"\x00",
        b"\x60\x01" + IMMUTABLE + b"\x01",
        b"\x60\x01" + IMMUTABLE,
        b"",
    ],
)
def test_code_that_differs_elsewhere_is_not(code: bytes) -> None:
    assert not artifact(b"\x60\x01" + IMMUTABLE + b"\x00").compiled_to(code)
