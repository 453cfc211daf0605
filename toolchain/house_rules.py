"""House rules that no linter knows: part of ``make lint``.

- Committed text names no package registry and no folder of somebody's machine; lock files come without addresses.
- No unfinished work in what is shipped.
- Solidity: what can be seen from outside has NatSpec, a contract its interface, errors are ``Contract_Reason``, nothing follows a contract's last
  brace (Brownie's name scan is a regular expression), no name that Brownie's contract objects or the packages use already, at most 400 lines.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("contracts/", "interfaces/", "scripts/", "web3crm/")
# Written apart, so that this file is no match for itself.
REGISTRIES = re.compile(
    r"registry\.(?:npm|yarn)|pypi\.(?:org|python)|[p]ythonhosted\.|proxy[.]golang|--(?:extra-)?index" + "-url"
)
MACHINES = re.compile(r"/(?:home|Users)/\w|(?<![\w.])/roo[t]/|[A-Z]:\\\\Users")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b|NotImpl" + r"emented", re.IGNORECASE)
# fmt: off
BROWNIE_NAMES = {
    "abi", "address", "alias", "balance", "bytecode", "decode_input", "events", "get_method", "info", "selectors",
    "signatures", "topics", "tx",
}
# fmt: on
LONGEST_CONTRACT = 400
# `make lock` has to say how it keeps registries out of the lock files.
MAY_NAME_REGISTRY_OPTIONS = {"Makefile", "toolchain/house_rules.py", "docs/toolchain.md", "requirements/README.md"}

Complaint = tuple[str, int, str]


def committed() -> Iterator[str]:
    """Every file git knows or would take, apart from binary ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink() and b"\0" not in path.read_bytes()[:8192]:
            yield name


def check_text(name: str, text: str) -> Iterator[Complaint]:
    for number, line in enumerate(text.splitlines(), 1):
        if name not in MAY_NAME_REGISTRY_OPTIONS and (found := REGISTRIES.search(line)):
            yield name, number, f"names a package registry: {found[0]}"
        if found := MACHINES.search(line):
            yield name, number, f"names a folder of one machine: {found[0]}"
        if name.startswith(SHIPPED) and (found := UNFINISHED.search(line)):
            yield name, number, f"unfinished work: {found[0]}"
    if name == "package-lock.json" and '"resolved"' in text:
        yield name, 1, "carries addresses: make it anew with make lock"


DECLARATION = re.compile(
    r"^(?: {4})?(?:abstract )?(contract|interface|library|function|event|error|struct|enum|modifier) (\w+)",
    re.MULTILINE,
)


def check_solidity(name: str, text: str, package_names: set[str]) -> Iterator[Complaint]:
    lines = text.splitlines()
    if "pragma solidity 0.8.34;" not in text:
        yield name, 1, "has no `pragma solidity 0.8.34;`"
    if not text.rstrip().endswith("}"):
        yield name, len(lines), "something follows the last brace"
    if name.startswith("contracts/") and len(lines) >= LONGEST_CONTRACT:
        yield name, len(lines), f"{len(lines)} lines: a contract stays under {LONGEST_CONTRACT}"
    subject = Path(name).stem
    for found in DECLARATION.finditer(text):
        kind, called = found.groups()
        number = text.count("\n", 0, found.start()) + 1
        header = text[found.start() :].split("{")[0].split(";")[0]
        internal = re.search(r"\b(?:internal|private)\b", header) is not None
        if kind == "function" and not internal and called in BROWNIE_NAMES:
            yield name, number, f"{called} is taken by Brownie's contract objects"
        if kind in ("contract", "interface", "library") and called in package_names:
            yield name, number, f"{called} is a name of a package"
        if kind == "error" and name.startswith("interfaces/") and not re.fullmatch(r"[A-Z]\w*_[A-Z]\w*", called):
            yield name, number, f"error {called} is not of the form Contract_Reason"
        if kind in ("contract", "interface", "library") and called != subject:
            yield name, number, f"{kind} {called} is in a file of another name"
        # An override inherits the NatSpec of what it overrides.
        inherits = kind == "function" and re.search(r"\boverride\b", header) is not None
        own_struct = kind == "struct" and name.startswith("contracts/")
        if not internal and not inherits and not own_struct and not documented(lines, number - 1):
            yield name, number, f"{kind} {called} has no NatSpec"


def documented(lines: list[str], index: int) -> bool:
    """Tells whether the line above (plain comments apart) belongs to a NatSpec comment."""
    index -= 1
    while index >= 0 and re.match(r"\s*//(?!/)", lines[index]):
        index -= 1
    return index >= 0 and bool(re.match(r"\s*///|.*\*/\s*$", lines[index]))


def check_interfaces(names: set[str]) -> Iterator[Complaint]:
    for name in sorted(names):
        path = Path(name)
        if not re.match(r"contracts/(?!mocks/|libraries/)", name) or path.suffix != ".sol":
            continue
        text = (ROOT / name).read_text()
        interface = f"interfaces/{path.parts[1]}/I{path.stem}.sol"
        external = re.search(r"^    function [^{;]*\b(?:external|public)\b", text, re.MULTILINE)
        if re.search(r"^contract ", text, re.MULTILINE) and external and interface not in names:
            yield name, 1, f"has no {interface}"


def names_of_packages() -> set[str]:
    folders = (ROOT / "node_modules" / "@openzeppelin" / "contracts", ROOT / "node_modules" / "solady" / "src")
    return {path.stem for folder in folders for path in folder.rglob("*.sol")}


def main() -> int:
    names = set(committed())
    packages = names_of_packages()
    complaints: list[Complaint] = []
    for name in sorted(names):
        text = (ROOT / name).read_text(errors="replace")
        complaints += check_text(name, text)
        if name.endswith(".sol") and name.startswith(("bench/", "contracts/", "interfaces/")) and "/mocks/" not in name:
            complaints += check_solidity(name, text, packages)
    complaints += check_interfaces(names)
    for name, number, complaint in complaints:
        print(f"{name}:{number}: {complaint}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
