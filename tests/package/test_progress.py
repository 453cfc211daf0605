"""How far long work is.

given nobody who watches
└── nothing should be shown
given bars on a terminal
└── each thing that is done should have one, which ends full
"""

from __future__ import annotations

import io

from rich.console import Console

from web3crm.progress import Bars, silent


def test_nobody_is_shown_anything(capsys):
    silent("counting")(1, 2)
    assert capsys.readouterr().out == ""


def test_each_thing_has_a_bar():
    shown = io.StringIO()
    with Bars(Console(file=shown, width=100)) as watch:
        for what in ("reading", "counting"):
            watch(what)(7, 7)
    lines = shown.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["reading", "counting"]
    assert all("100%" in line for line in lines)
