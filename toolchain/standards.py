"""Each token against the standard it claims, by slither's own checker: ``make standards``.

slither-check-erc prints a line a finding and always succeeds; here a missing function, event, or a wrong return type or visibility fails,
unless it is listed below with the reason.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOKENS = (
    ("LoyaltyPoints", "ERC20"),
    ("LoyaltyPoints", "ERC2612"),
    ("MembershipCard", "ERC721"),
    ("CustomerData", "ERC721"),
)
SOLADY_EVENTS = (
    "Solady emits its events in assembly, which the checker does not read; the behaviour tests read them from receipts"
)
# (contract, part of the checker's line): why it is no fault.
ACCEPTED = {
    ("LoyaltyPoints", "not protected for the ERC20 approval race condition"): (
        "advice beyond the standard: OpenZeppelin dropped increaseAllowance, permit and exact allowances serve instead"
    ),
    ("MembershipCard", "Must emit be view Transfer("): SOLADY_EVENTS,
    ("MembershipCard", "Must emit be view Approval"): SOLADY_EVENTS,
    ("CustomerData", "Must emit be view Transfer("): SOLADY_EVENTS,
    (
        "CustomerData",
        "Must emit be view Approval",
    ): "datasets are locked (ERC-5192): approving always reverts, and so emits nothing",
}


def faults_of(contract: str, standard: str, *, compiled: bool) -> list[str]:
    command = ["slither-check-erc", ".", contract, "--erc", standard]
    if compiled:
        command.append("--ignore-compile")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    report = done.stdout + done.stderr
    if f"# Check {contract}" not in report:
        return [f"the checker did not run:\n{report}"]
    findings = [line.strip() for line in report.splitlines() if "[ ]" in line]
    return [line for line in findings if not any(contract == name and part in line for name, part in ACCEPTED)]


def main() -> int:
    status = 0
    for number, (contract, standard) in enumerate(TOKENS):
        faults = faults_of(contract, standard, compiled=number > 0)
        print(f"standards: {contract} {standard}: {'conforms' if not faults else 'does not conform'}")
        for fault in faults:
            status = 1
            print(f"  {fault}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
