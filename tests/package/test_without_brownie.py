"""The package by itself.

given an interpreter without Brownie
    every module of the package should be importable
"""

from __future__ import annotations

import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["brownie"] = None
import web3crm
names = [module.name for module in pkgutil.walk_packages(web3crm.__path__, "web3crm.")]
assert "web3crm.deploy.programme" in names
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
"""


def test_every_module_is_importable() -> None:
    ended = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
