"""Coverage of the contracts by line and by branch, measured while the real tests run on anvil: ``make coverage``.

    python toolchain/contract_coverage.py [--least 95] [--details] [test paths ...]

The project is copied to ``build/coverage``, compiled there without the optimizer (which merges and moves code, so that the compiler's source map
no longer tells what ran) and its tests are run on anvil with ``tests/support/coverage_recorder.py`` listening. From the compiler's syntax
tree come all statements and decisions of all functions, called or not; from the recorded program counters and the source maps, those that ran:

- a statement ran if an instruction that belongs to it ran; a line counts as covered if every statement that starts on it ran;
- a decision (``if``, loop, ``? :``, ``&&``, ``||``, ``require``, ``try``, and assembly's ``if``) has one conditional jump with exactly its
  place in the source, and two branches: the jump taken and not taken.

What a base contract's code did in any derived contract counts for the base. Mocks and packages are left out. The exit status is 1
if any contract file has less than the least share of lines or branches, 2 if the tests themselves failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "coverage"
LEFT_OUT = ("contracts/mocks/",)
# Gas is another build's business, integration starts chains of its own (with the limit on size); random walks and tests without a
# chain add minutes, not lines.
IGNORED_TESTS = ("tests/snapshots", "tests/invariant", "tests/package", "tests/integration")

Range = tuple[int, int]
Node = dict[str, Any]

# --- the copy ------------------------------------------------------------------------------------------------------------


def refresh_copy() -> None:
    """Makes ``build/coverage`` the same as the working tree, but for the optimizer; keeps its compiled artifacts."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    COPY.mkdir(parents=True, exist_ok=True)
    for stale in COPY.iterdir():
        if stale.name != "build":
            shutil.rmtree(stale) if stale.is_dir() and not stale.is_symlink() else stale.unlink()
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, COPY / name
        if source.is_file() and not name.startswith("build/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    (COPY / "node_modules").unlink(missing_ok=True)
    (COPY / "node_modules").symlink_to(ROOT / "node_modules")
    config = COPY / "brownie-config.yaml"
    text = config.read_text()
    plain = text.replace("      enabled: true\n      runs: 200", "      enabled: false\n      runs: 200")
    if plain == text:
        sys.exit("coverage: brownie-config.yaml no longer has the optimizer's two lines that coverage turns off")
    config.write_text(plain)


def run_tests(paths: list[str], recorded: Path) -> int:
    """Compiles the copy and runs its tests; returns their exit status."""
    environment = os.environ | {
        "PYTHONPATH": str(COPY),
        "PYTEST_PLUGINS": "tests.support.coverage_recorder",
        "WEB3CRM_COVERAGE": str(recorded),
        "SOLCX_BINARY_PATH": str(ROOT / "toolchain"),
    }
    plain = {name: value for name, value in environment.items() if name not in ("PYTEST_PLUGINS",)}
    compiled = subprocess.run(
        ["brownie", "compile", "--all"],
        cwd=COPY,
        env=plain,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if compiled.returncode:
        sys.exit(f"{compiled.stdout}\ncoverage: the contracts do not compile without the optimizer")
    for stale in recorded.parent.glob(f"{recorded.stem}.*.json"):
        stale.unlink()
    ignored = [f"--ignore={path}" for path in IGNORED_TESTS if not paths] + ["--ignore-glob=*/test_gas*.py"]
    command = [
        "brownie",
        "test",
        *(paths or ["tests"]),
        "--network",
        "anvil",
        "-q",
        "-n",
        "2",
        "-m",
        "not slow and not gas",
        *ignored,
    ]
    return subprocess.run(command, cwd=COPY, env=environment, check=False).returncode


# --- what there is to cover ----------------------------------------------------------------------------------------------


@dataclass
class Item:
    """A statement or a decision: its place in the file, and what to say when it is not covered."""

    place: Range
    line: int
    text: str


@dataclass
class Source:
    """One Solidity file of the project."""

    path: str
    text: bytes
    statements: list[Item] = field(default_factory=list)
    decisions: list[Item] = field(default_factory=list)
    functions: list[tuple[str, Range, int]] = field(default_factory=list)

    def line(self, offset: int) -> int:
        return self.text.count(b"\n", 0, offset) + 1

    def snippet(self, place: Range) -> str:
        text = " ".join(self.text[place[0] : place[1]].decode(errors="replace").split())
        return text if len(text) <= 70 else text[:67] + "..."


def place_of(node: Node) -> Range:
    start, length, _ = map(int, node["src"].split(":"))
    return start, start + length


def children(node: Node) -> Iterator[Node]:
    for value in node.values():
        if isinstance(value, dict) and "nodeType" in value:
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, dict) and "nodeType" in item)


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def collect(source: Source, tree: Node) -> None:
    """Finds every statement and decision of every function and modifier with a body."""
    for contract in (
        node for node in tree["nodes"] if node["nodeType"] in ("ContractDefinition", "FunctionDefinition")
    ):
        members = contract["nodes"] if contract["nodeType"] == "ContractDefinition" else [contract]
        for member in members:
            if member["nodeType"] not in ("FunctionDefinition", "ModifierDefinition") or not member.get("body"):
                continue
            before = len(source.statements)
            for node in walk(member["body"]):
                collect_node(source, node)
            if len(source.statements) > before:
                name = member.get("name") or member.get("kind", "")
                source.functions.append((name, place_of(member["body"]), source.line(place_of(member)[0])))


SIMPLE_STATEMENTS = {
    "EmitStatement",
    "ExpressionStatement",
    "Return",
    "RevertStatement",
    "YulAssignment",
    "YulExpressionStatement",
}


def collect_node(source: Source, node: Node) -> None:
    kind = node["nodeType"]
    declares_with_value = (kind == "VariableDeclarationStatement" and node.get("initialValue")) or (
        kind == "YulVariableDeclaration" and node.get("value")
    )
    short_circuit = kind == "BinaryOperation" and node["operator"] in ("&&", "||")
    require = kind == "FunctionCall" and node["expression"].get("name") == "require"
    if kind in SIMPLE_STATEMENTS or declares_with_value:
        statement(source, node, node)
    elif kind in ("IfStatement", "YulIf", "ForStatement", "WhileStatement", "DoWhileStatement") and node.get(
        "condition"
    ):
        statement(source, node, node["condition"])
        decision(source, node, node["condition"])
    elif kind == "TryStatement":
        statement(source, node, node["externalCall"])
        decision(source, node, node["externalCall"])
    elif kind == "Conditional" or short_circuit or require:
        decision(source, node, node)


def statement(source: Source, node: Node, part: Node) -> None:
    place = place_of(part)
    source.statements.append(Item(place, source.line(place_of(node)[0]), source.snippet(place)))


def decision(source: Source, node: Node, part: Node) -> None:
    place = place_of(node)
    source.decisions.append(Item(place, source.line(place[0]), source.snippet(place_of(part))))


# --- what ran ------------------------------------------------------------------------------------------------------------


@dataclass
class Code:
    """The creation or the runtime code of one artifact, with its source map by program counter."""

    template: str
    places: dict[int, tuple[str, Range]]

    @classmethod
    def of(cls, bytecode: str, source_map: str, files: dict[str, str]) -> Code:
        places = {}
        start, length, file = 0, 0, -1
        entries = iter(source_map.split(";"))
        for counter in instructions(bytecode):
            entry = next(entries, None)
            if entry is None:
                break
            fields = entry.split(":")
            start = int(fields[0]) if fields[0] else start
            length = int(fields[1]) if len(fields) > 1 and fields[1] else length
            file = int(fields[2]) if len(fields) > 2 and fields[2] else file
            if str(file) in files:
                places[counter] = files[str(file)], (start, start + length)
        return cls(bytecode, places)

    def is_code_of(self, deployed: str) -> bool:
        """Tells whether ``deployed`` is this code, with immutables filled in or constructor arguments appended."""
        if len(deployed) < len(self.template):
            return False
        differs = False
        for counter in instructions(self.template):
            at = counter * 2
            opcode = int(self.template[at : at + 2], 16)
            width = 2 + 2 * push_width(opcode)
            expected, actual = self.template[at : at + width], deployed[at : at + width]
            if expected != actual and not (opcode == 0x7F and not expected[2:].strip("0")):
                differs = True
                break
        return not differs


def push_width(opcode: int) -> int:
    return opcode - 0x5F if 0x60 <= opcode <= 0x7F else 0


def instructions(code: str) -> Iterator[int]:
    """The program counter of each instruction, up to the metadata that the compiler appends."""
    if len(code) < 4:
        return
    end = len(code) // 2 - int(code[-4:], 16) - 2
    counter = 0
    while counter < end:
        yield counter
        counter += 1 + push_width(int(code[counter * 2 : counter * 2 + 2], 16))


@dataclass
class Ran:
    """What ran in one source file."""

    places: set[Range] = field(default_factory=set)
    jumped: set[Range] = field(default_factory=set)
    passed: set[Range] = field(default_factory=set)
    jumps: set[Range] = field(default_factory=set)


def read_artifacts() -> tuple[dict[str, Source], list[Code]]:
    sources: dict[str, Source] = {}
    codes = []
    for path in sorted((COPY / "build" / "contracts").glob("*.json")):
        artifact = json.loads(path.read_text())
        name = artifact.get("sourcePath", "")
        if not name.startswith("contracts/"):
            continue
        if name not in sources and not name.startswith(LEFT_OUT):
            sources[name] = Source(name, (COPY / name).read_bytes())
            collect(sources[name], artifact["ast"])
        if artifact["deployedBytecode"]:
            files = artifact["allSourcePaths"]
            codes.append(Code.of(artifact["deployedBytecode"], artifact["deployedSourceMap"], files))
            codes.append(Code.of(artifact["bytecode"], artifact["sourceMap"], files))
    return sources, codes


def replay(recorded: Path, codes: list[Code]) -> dict[str, Ran]:
    ran: dict[str, Ran] = defaultdict(Ran)
    for code in codes:
        for counter, (file, place) in code.places.items():
            if code.template[counter * 2 : counter * 2 + 2] == "57":
                ran[file].jumps.add(place)
    files = sorted(recorded.parent.glob(f"{recorded.stem}.*.json"))
    for record in (record for file in files for record in json.loads(file.read_text())["records"]):
        deployed = record["code"].removeprefix("0x")
        code = next((code for code in codes if code.is_code_of(deployed)), None)
        if code is None:
            continue
        for name, seen in (("ran", "places"), ("jumped", "jumped"), ("passed", "passed")):
            for counter in record[name]:
                if counter in code.places:
                    file, place = code.places[counter]
                    getattr(ran[file], seen).add(place)
    return ran


# --- the report ----------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    path: str
    lines: int = 0
    lines_covered: int = 0
    branches: int = 0
    branches_covered: int = 0
    functions: int = 0
    functions_covered: int = 0
    missing: list[str] = field(default_factory=list)

    def least(self) -> float:
        return min(share(self.lines_covered, self.lines), share(self.branches_covered, self.branches))


def share(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


def judge(source: Source, ran: Ran) -> Report:
    report = Report(source.path)
    lines: dict[int, bool] = {}
    for item in source.statements:
        start, end = item.place
        hit = any(start <= place[0] and place[1] <= end for place in ran.places)
        lines[item.line] = lines.get(item.line, True) and hit
        if not hit:
            report.missing.append(f"{source.path}:{item.line} never ran: {item.text}")
    report.lines, report.lines_covered = len(lines), sum(lines.values())
    for item in source.decisions:
        if item.place not in ran.jumps:
            # The compiler decided it: a constant condition has no jump.
            continue
        report.branches += 2
        seen = (item.place in ran.jumped, item.place in ran.passed)
        report.branches_covered += sum(seen)
        if seen == (False, False):
            report.missing.append(f"{source.path}:{item.line} never decided: {item.text}")
        elif not all(seen):
            report.missing.append(f"{source.path}:{item.line} only ever decided one way: {item.text}")
    for name, (start, end), line in source.functions:
        report.functions += 1
        if any(start <= place[0] and place[1] <= end for place in ran.places):
            report.functions_covered += 1
        else:
            report.missing.append(f"{source.path}:{line} never called: {name}")
    return report


def table(reports: list[Report]) -> str:
    total = Report("all")
    for name in ("lines", "lines_covered", "branches", "branches_covered", "functions", "functions_covered"):
        setattr(total, name, sum(getattr(report, name) for report in reports))
    rows = [("contract", "lines", "", "branches", "", "functions", "")]
    for report in [*reports, total]:
        rows.append(
            (
                report.path.removeprefix("contracts/").removesuffix(".sol"),
                f"{report.lines_covered}/{report.lines}",
                f"{share(report.lines_covered, report.lines):.1f} %",
                f"{report.branches_covered}/{report.branches}",
                f"{share(report.branches_covered, report.branches):.1f} %",
                f"{report.functions_covered}/{report.functions}",
                f"{share(report.functions_covered, report.functions):.1f} %",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Coverage of the contracts by line and by branch.")
    parser.add_argument(
        "paths", nargs="*", help="tests to run (default: all but snapshots, invariants and the package's own)"
    )
    parser.add_argument(
        "--least", type=float, default=95.0, help="per cent of lines and of branches each contract must reach"
    )
    options = parser.parse_args()
    recorded = COPY / "build" / "recorded.json"
    refresh_copy()
    status = run_tests(options.paths, recorded)
    sources, codes = read_artifacts()
    ran = replay(recorded, codes)
    reports = [judge(source, ran[path]) for path, source in sorted(sources.items()) if source.statements]
    for line in sorted({line for report in reports for line in report.missing}):
        print(line)
    print(table(reports))
    if status:
        print("coverage: the tests failed, see above", file=sys.stderr)
        return 2
    poor = [report.path for report in reports if report.least() < options.least]
    if poor:
        print(f"coverage: below {options.least:g} % of lines or branches: {', '.join(poor)}", file=sys.stderr)
    return 1 if poor else 0


if __name__ == "__main__":
    sys.exit(main())
