"""Roles.

given the roles
    their numbers should be those of the architecture
    it should never name one function of a contract twice
    it should give everybody nothing and leave the admin's own functions to AccessManager
    it should give a holder's list to the staff's roles only
"""

from __future__ import annotations

from web3crm.domain import FUNCTION_ROLES, HANDED_OVER, PUBLIC_ROLE, STAFF_ROLES, Role


def test_the_numbers_are_fixed() -> None:
    assert {role.name: role.value for role in Role} == {
        "ADMIN": 0,
        "ISSUER": 1,
        "MEMBERSHIP": 2,
        "TREASURER": 3,
        "PRIVACY": 4,
        "PARAMETERS": 5,
        "EDITOR": 6,
        "FULFILMENT": 7,
        "REFUNDER": 8,
        "TIERS": 9,
        "EXCHANGE": 10,
        "ACCESS": 11,
    }


def test_no_function_has_two_roles() -> None:
    functions = [(item.contract, function) for item in FUNCTION_ROLES for function in item.functions]
    assert len(functions) == len(set(functions))


def test_nothing_is_given_to_everybody_or_to_the_admin() -> None:
    assert {item.role for item in FUNCTION_ROLES}.isdisjoint({PUBLIC_ROLE, Role.ADMIN})


def test_admin_parameters_and_refunds_have_no_list_of_holders() -> None:
    assert set(Role) - set(STAFF_ROLES) == {Role.ADMIN, Role.PARAMETERS, Role.REFUNDER}


def test_consents_and_erasures_are_never_handed_over() -> None:
    privacy = {item.contract for item in FUNCTION_ROLES if item.role is Role.PRIVACY}
    handed_over = {item.contract for item in FUNCTION_ROLES if item.role in HANDED_OVER}
    assert privacy == {"ConsentRegistry", "KeyDirectory"}
    assert privacy & handed_over == set()
