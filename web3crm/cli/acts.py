"""Acts: functions that a person calls from the command line, ``brownie run <script> <act> <argument>…``."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from web3crm.errors import Web3CrmError

__all__ = ["act", "plain", "say", "unknown_act"]


def act(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function callable from the command line.

    What is wrong with the arguments, the chain or the programme is printed as one line and ends the program with exit
    code 1; an interruption ends it with 130, as shells expect.
    """

    @functools.wraps(function)
    def wrapper(*args: str, **kwargs: str) -> Any:
        try:
            inspect.signature(function).bind(*args, **kwargs)
        except TypeError:
            fail(f"{function.__name__} does not take these arguments. Usage: {usage(function)}")
        try:
            return function(*args, **kwargs)
        except Web3CrmError as error:
            fail(str(error))
        except KeyboardInterrupt:
            fail("interrupted", code=130)

    return wrapper


def unknown_act(script: str) -> Callable[[str], Any]:
    """A script's ``__getattr__``: an act that it does not have is answered with those it has."""

    def find(name: str) -> Any:
        if name.startswith("_"):  # Python itself asks for such names
            raise AttributeError(name)
        acts = sorted(key for key, value in vars(sys.modules[script]).items() if hasattr(value, "__wrapped__"))
        fail(f"{script.rpartition('.')[2]} has no act {name!r}; it has: {', '.join(acts)}")

    return find


def usage(function: Callable[..., Any]) -> str:
    """How to call an act, written from its parameters: those that may be left out in brackets."""
    words = [f"brownie run {Path(inspect.getfile(function)).stem} {function.__name__}"]
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            words.append(f"[<{parameter.name}> …]")
        elif parameter.default is parameter.empty:
            words.append(f"<{parameter.name}>")
        else:
            words.append(f"[<{parameter.name}>]")
    return " ".join(words)


def say(*lines: str) -> None:
    """Prints what an act did."""
    print("\n".join(map(plain, lines)), flush=True)


def fail(message: str, *, code: int = 1) -> None:
    """Prints what was wrong and ends the program."""
    print(f"error: {plain(message)}", file=sys.stderr, flush=True)
    sys.exit(code)


def plain(text: str) -> str:
    """One line a terminal shows as it is: what strangers wrote on chain may hold line ends and control sequences."""
    return "".join(character if character.isprintable() else " " for character in text)
