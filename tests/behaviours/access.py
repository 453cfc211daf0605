"""Access control as a behaviour any contract with restricted functions must show.

``rows`` maps each restricted function to arguments it takes from whoever may call it. They are compared with the
functions that the source marks as restricted, so a new restricted function without a row fails; and every other
function that writes must be named in ``open_to_all``, so a new function that someone forgot to restrict fails too.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.support.reverting import reverts

MODIFIERS = {"restricted", "onlyAuthorized"}


def writing_functions(abi: list[dict[str, Any]]) -> set[str]:
    """Names of the functions that can change state."""
    return {
        entry["name"]
        for entry in abi
        if entry["type"] == "function" and entry["stateMutability"] in {"payable", "nonpayable"}
    }


def restricted_functions(*asts: dict[str, Any]) -> set[str]:
    """Names of the functions in these syntax trees that carry one of the modifiers."""
    return {
        function["name"]
        for ast in asts
        for contract in ast["nodes"]
        if contract["nodeType"] == "ContractDefinition"
        for function in contract["nodes"]
        if function["nodeType"] == "FunctionDefinition"
        and MODIFIERS & {modifier["modifierName"]["name"] for modifier in function["modifiers"]}
    }


class AccessBehaviour:
    """Who may call what: a subclass gives the rows and the fixtures ``contract``, ``asts`` and ``refusal``."""

    rows: ClassVar[dict[str, tuple[Any, ...]]]
    open_to_all: ClassVar[set[str]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Makes one test of each row."""
        if "function" in metafunc.fixturenames:
            metafunc.parametrize("function", sorted(self.rows))

    def test_refuses_a_stranger(self, function: str, contract: Any, stranger: Any, refusal: tuple[Any, ...]) -> None:
        with reverts(*refusal):
            getattr(contract, function)(*self.rows[function], {"from": stranger})

    def test_has_a_row_for_every_restricted_function(self, asts: list[dict[str, Any]]) -> None:
        assert restricted_functions(*asts) == set(self.rows)

    def test_names_every_other_function_that_writes(self, contract: Any) -> None:
        assert writing_functions(contract.abi) == set(self.rows) | self.open_to_all
