"""Proposals as they are shown.

given a proposal
    its title should be the first line of its description
    when the proposer gave no description
        it should have a title all the same
"""

from __future__ import annotations

import pytest

from web3crm.cli import Proposal


@pytest.mark.parametrize(
    ("description", "title"),
    [("Raise it\nbecause", "Raise it"), ("", "(no description)"), ("\n\nlate", "(no description)")],
)
def test_a_proposal_has_a_title(description: str, title: str) -> None:
    assert Proposal(1, "0x0", (), (), (), 0, 0, description).title == title
