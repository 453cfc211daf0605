"""How far long work is: nothing, or bars on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

__all__ = ["Bars", "Counter", "Watch", "silent"]

Counter = Callable[[int, int], None]
"""Is told how much of how much is done."""

Watch = Callable[[str], Counter]
"""Is told what begins, and gives back what is to be told how far that is."""


def silent(what: str) -> Counter:
    """Shows nothing."""
    del what
    return _nothing


def _nothing(done: int, of: int) -> None:
    del done, of


class Bars(AbstractContextManager["Bars"]):
    """A :data:`Watch` that shows a bar for each thing that is done: ``with Bars() as watch: …``."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
        )

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, what: str) -> Counter:
        """Begins a bar."""
        task = self._progress.add_task(what, total=None)

        def count(done: int, of: int) -> None:
            self._progress.update(task, completed=done, total=of)

        return count
