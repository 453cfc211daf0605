"""Acts.

given an act
    it should do what it does
    when something of ours is wrong, or the arguments do not fit
        it should print one line, and end with exit code 1
    when it is interrupted
        it should say so in one line, and end with exit code 130
    when something else is wrong
        it should not be hidden
given text with control characters
    it should be printed without them
given a script that is asked for an act it does not have
    it should name those it has
"""

from __future__ import annotations

import pytest

from web3crm.cli import act, say, unknown_act
from web3crm.errors import InputError


@act
def greet(name: str, greeting: str = "hello") -> None:
    say(f"{greeting} {name}")


@act
def refuse() -> None:
    raise InputError("the name is wrong")


@act
def break_down() -> None:
    raise ZeroDivisionError


def test_an_act_does_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    greet("alice")
    assert capsys.readouterr().out == "hello alice\n"


def test_an_error_of_ours_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        refuse()
    assert (caught.value.code, capsys.readouterr().err) == (1, "error: the name is wrong\n")


def test_an_interruption_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    @act
    def last() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as caught:
        last()
    assert (caught.value.code, capsys.readouterr().err) == (130, "error: interrupted\n")


@pytest.mark.parametrize("arguments", [(), ("a", "b", "c")])
def test_arguments_that_do_not_fit_show_the_usage(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit):
        greet(*arguments)
    assert "Usage: brownie run test_acts greet <name> [<greeting>]" in capsys.readouterr().err


def test_another_error_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        break_down()


def test_an_unknown_act_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        unknown_act(__name__)("grete")
    assert "test_acts has no act 'grete'; it has: break_down, greet, refuse" in capsys.readouterr().err


def test_names_that_python_asks_for_are_just_not_there() -> None:
    with pytest.raises(AttributeError):
        unknown_act(__name__)("__path__")


def test_what_strangers_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[2Jb", "c\nd")
    assert capsys.readouterr().out == "a [2Jb\nc d\n"
