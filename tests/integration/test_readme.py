"""The README's Python examples, run in order as one reader would.

given a clean chain
    it should run every example, and each example's own assertions should hold
"""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_examples_run(monkeypatch):
    monkeypatch.chdir(README.parent)
    examples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    try:
        for example in examples:
            exec(compile(example, str(README), "exec"), names)
    finally:
        names["local"].stop()  # type: ignore[attr-defined]
    assert len(examples) == 9
