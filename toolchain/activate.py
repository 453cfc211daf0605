"""Make the virtual environment know this project: run by ``make setup``, safe to run again.

After it, with the environment activated or with ``.venv/bin/...`` called directly, nothing has to be exported by hand:

- ``web3crm``, ``scripts`` and ``tests`` can be imported (the project's folder is on the path);
- py-solc-x, and so Brownie, finds the compiler in ``toolchain/`` (``SOLCX_BINARY_PATH``, unless it is set already);
- Brownie finds ``ganache-cli`` and ``anvil``: the environment's commands, which include them, are on its ``PATH``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAIN_LOCK = ROOT / "requirements" / "chain.txt"
NODE_COMMANDS = ("anvil", "ganache", "ganache-cli")


def rebuild_compiled_brownie(site_packages: Path) -> None:
    """Replaces a Brownie that pip took from its cache of earlier builds: one built with mypyc is broken (docs/toolchain.md)."""
    if not any((site_packages / "brownie").rglob("*.so")):
        return
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "cache", "remove", "eth_brownie"], check=False)
    subprocess.run([*pip, "uninstall", "--yes", "eth-brownie"], check=True)
    install = [*pip, "install", "--require-hashes", "-r", str(CHAIN_LOCK)]
    subprocess.run(install, check=True, env=os.environ | {"BROWNIE_NOCOMPILE": "1"})
    if any((site_packages / "brownie").rglob("*.so")):
        sys.exit("setup: Brownie came compiled again: remove eth_brownie from pip's cache and run make setup")


def main() -> None:
    site_packages = Path(sysconfig.get_path("purelib"))
    scripts = Path(sysconfig.get_path("scripts"))
    if ROOT not in site_packages.parents:
        sys.exit(f"{sys.executable} is not this project's environment: run make setup")
    rebuild_compiled_brownie(site_packages)
    # A line of a .pth file that starts with "import" is run when Python starts; every other line joins sys.path.
    (site_packages / "web3crm.pth").write_text(
        f"{ROOT}\n"
        f"import os; os.environ.setdefault('SOLCX_BINARY_PATH', {str(ROOT / 'toolchain')!r}); "
        f"path = os.environ.get('PATH', ''); here = {str(scripts)!r}; "
        "os.environ['PATH'] = path if here in path.split(os.pathsep) else here + os.pathsep + path\n"
    )
    for command in NODE_COMMANDS:
        link = scripts / command
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT / "node_modules" / ".bin" / command, scripts))


if __name__ == "__main__":
    main()
