"""Files and folders that are their owner's.

given folders that are not there
└── making one should make its parents too, all of them private, and leave what is there as it is
"""

from __future__ import annotations

import stat

from web3crm.files import private_folder


def modes(*paths):
    return [stat.S_IMODE(path.stat().st_mode) for path in paths]


def test_a_private_folder_has_private_parents(tmp_path):
    made = private_folder(tmp_path / "home" / "vaults" / "1")
    assert modes(made, made.parent, made.parent.parent) == [0o700] * 3


def test_folders_that_are_there_keep_their_mode(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    assert modes(private_folder(tmp_path / "open" / "shut").parent, private_folder(tmp_path / "open")) == [0o755] * 2
