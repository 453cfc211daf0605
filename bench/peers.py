"""The peers: thin contracts around other people's code, compiled by the project's own compiler with the project's own settings.

They live outside ``contracts/``, so Brownie does not compile them and nothing of theirs is shipped. What was compiled stays in
``build/bench`` until a source, a setting or a package changes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from web3crm.chain import Artifacts

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "bench" / "contracts"
BUILD = ROOT / "build" / "bench"
COMPILER = ROOT / "toolchain" / "solc-v0.8.34"
RUNS = 200
REMAPPED = ("@openzeppelin", "solady", "erc721a", "seaport-core", "seaport-types")
EVM = "shanghai"
# Seaport 1.6 locks itself in transient storage, which came with this fork.
OTHER_EVM = {"SeaportMarket": "cancun"}
UNLOCK = ROOT / "node_modules" / "@unlock-protocol" / "contracts" / "dist" / "abis"
PACKAGES = {
    "anvil": "@foundry-rs/anvil-linux-amd64",
    "OpenZeppelin Contracts": "@openzeppelin/contracts",
    "Solady": "solady",
    "ERC721A": "erc721a",
    "seaport-core": "seaport-core",
    "@unlock-protocol/contracts": "@unlock-protocol/contracts",
}
# Published by their authors: the lock's source is above the size limit with other settings than theirs.
PUBLISHED = (
    UNLOCK / "Unlock" / "UnlockV14.json",
    UNLOCK / "PublicLock" / "PublicLockV14.json",
    UNLOCK / "PublicLock" / "PublicLockV15.json",
)


def compiled() -> Artifacts:
    """The peers' artifacts, compiled anew where anything changed."""
    BUILD.mkdir(parents=True, exist_ok=True)
    sources = {path.stem: path.read_text() for path in sorted(SOURCES.glob("*.sol"))}
    for evm in sorted({EVM, *OTHER_EVM.values()}):
        _compile({name: text for name, text in sources.items() if OTHER_EVM.get(name, EVM) == evm}, evm)
    for path in PUBLISHED:
        (BUILD / path.name).write_text(path.read_text())
    return Artifacts(BUILD)


def _compile(sources: dict[str, str], evm: str) -> None:
    question = json.dumps(
        {
            "language": "Solidity",
            "sources": {f"bench/contracts/{name}.sol": {"content": text} for name, text in sources.items()},
            "settings": {
                "optimizer": {"enabled": True, "runs": RUNS},
                "evmVersion": evm,
                "remappings": [f"{name}/=node_modules/{name}/" for name in REMAPPED],
                "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}},
            },
        }
    )
    stamp = BUILD / f"{evm}.sha256"
    digest = hashlib.sha256(question.encode() + (ROOT / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest and all((BUILD / f"{name}.json").exists() for name in sources):
        return
    done = subprocess.run(
        [COMPILER, "--standard-json"], cwd=ROOT, input=question, capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    errors = [error["formattedMessage"] for error in answer.get("errors", []) if error["severity"] == "error"]
    if errors:
        raise SystemExit("bench: " + "\n".join(errors))
    for name in sources:
        contract = answer["contracts"][f"bench/contracts/{name}.sol"][name]
        artifact = {
            "abi": contract["abi"],
            "bytecode": contract["evm"]["bytecode"]["object"],
            "deployedBytecode": contract["evm"]["deployedBytecode"]["object"],
        }
        (BUILD / f"{name}.json").write_text(json.dumps(artifact))
    stamp.write_text(digest)


def versions() -> dict[str, str]:
    """The versions of what compiles, of what is measured and of the chain, as installed."""
    said = subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True).stdout
    found = {"solc": said.partition("Version: ")[2].partition("+")[0]}
    for shown, package in PACKAGES.items():
        found[shown] = json.loads((ROOT / "node_modules" / package / "package.json").read_text())["version"]
    return found
