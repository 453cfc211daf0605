"""A process that dies at a chosen step: nothing it would still do is done, its clean-up included.

A step is whatever leaves a trace: a private file that appears or goes, a blob that is put or unpinned, a transaction.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from web3crm import files

__all__ = ["Dying", "Killed"]


class Killed(BaseException):
    """The process is dead."""


class Dying:
    """Counts the steps below ``folder`` and in stores made by :meth:`store`; dies before step number ``at`` (from 0).

    A file that is being written at that moment stays behind as a draft, as it does in a crash.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, at: int | None = None) -> None:
        self._folder, self._at, self.steps = folder, at, 0
        self._atomic_file, self._unlink = files.atomic_file, Path.unlink
        patch.setattr(files, "atomic_file", self._write)
        dying = self
        patch.setattr(Path, "unlink", lambda path, missing_ok=False: dying._remove(path, missing_ok))

    def step(self) -> None:
        self.steps += 1
        if self._at is not None and self.steps > self._at:
            raise Killed

    def store(self, store: Any) -> Any:
        """``store``, of which every change is a step."""
        return _DyingStore(store, self)

    def act(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """``act`` as a step; dying right after it, before it is known to be done, is dying before the next one."""

        def stepping(*args: Any, **options: Any) -> Any:
            self.step()
            return act(*args, **options)

        return stepping

    @contextlib.contextmanager
    def _write(self, path: Path, *, mode: int = 0o600) -> Iterator[Any]:
        if self._folder not in path.parents:
            with self._atomic_file(path, mode=mode) as stream:
                yield stream
            return
        try:
            self.step()
        except Killed:
            with (path.parent / f".{secrets.token_hex(8)}.part").open("xb") as stream:
                yield stream
            raise
        with self._atomic_file(path, mode=mode) as stream:
            yield stream

    def _remove(self, path: Path, missing_ok: bool) -> None:
        if self._folder in path.parents and not path.name.endswith(".part"):
            self.step()
        elif self._folder in path.parents and self._at is not None and self.steps > self._at:
            raise Killed
        self._unlink(path, missing_ok)


class _DyingStore:
    def __init__(self, store: Any, dying: Dying) -> None:
        self._store, self._dying = store, dying
        self.put, self.unpin = dying.act(store.put), dying.act(store.unpin)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
