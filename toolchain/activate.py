"""Make the virtual environment know this project: run by ``make setup``, safe to run again.

After it, with the environment activated or with ``.venv/bin/...`` called directly, nothing has to be exported by hand:

- ``web3crm``, ``scripts`` and ``tests`` can be imported (the project's folder is on the path);
- py-solc-x, and so Brownie, finds the compiler in ``toolchain/`` (``SOLCX_BINARY_PATH``, unless it is set already);
- ``ganache-cli``, ``ganache`` and ``anvil`` are on the environment's ``PATH``.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_COMMANDS = ("anvil", "ganache", "ganache-cli")


def main() -> None:
    site_packages = Path(sysconfig.get_path("purelib"))
    scripts = Path(sysconfig.get_path("scripts"))
    if ROOT not in site_packages.parents:
        sys.exit(f"{sys.executable} is not this project's environment: run make setup")
    # A line of a .pth file that starts with "import" is run when Python starts; every other line joins sys.path.
    (site_packages / "web3crm.pth").write_text(
        f"{ROOT}\nimport os; os.environ.setdefault('SOLCX_BINARY_PATH', {str(ROOT / 'toolchain')!r})\n"
    )
    for command in NODE_COMMANDS:
        link = scripts / command
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT / "node_modules" / ".bin" / command, scripts))


if __name__ == "__main__":
    main()
