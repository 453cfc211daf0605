"""Files and folders that are their owner's.

given folders that are not there
└── making one should make its parents too, all of them private, and leave what is there as it is
given a folder that is to appear whole
├── when the block ends well: it should be there, private
├── when the block raises: nothing should be left
└── when it cannot be there (something is, its parent is not, the disk is full): it should be told, and nothing be left
"""

from __future__ import annotations

import errno
import stat

import pytest

from web3crm.errors import InputError
from web3crm.files import private_folder, whole_folder


def modes(*paths):
    return [stat.S_IMODE(path.stat().st_mode) for path in paths]


def test_a_private_folder_has_private_parents(tmp_path):
    made = private_folder(tmp_path / "home" / "vaults" / "1")
    assert modes(made, made.parent, made.parent.parent) == [0o700] * 3


def test_folders_that_are_there_keep_their_mode(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    assert modes(private_folder(tmp_path / "open" / "shut").parent, private_folder(tmp_path / "open")) == [0o755] * 2


def test_a_whole_folder_is_private(tmp_path):
    with whole_folder(tmp_path / "out") as draft:
        (draft / "a.txt").write_text("a")
        assert not (tmp_path / "out").exists()
    assert modes(tmp_path / "out") == [0o700]
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["out", "out/a.txt"]


def interrupted(folder):
    with whole_folder(folder) as draft:
        (draft / "a.txt").write_text("a")
        raise KeyboardInterrupt


def test_a_whole_folder_is_not_left_half(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["folder", "file", "link", "file/out", "none/out", "x" * 300])
def test_a_whole_folder_that_cannot_be_there_is_told(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(InputError, match="new folder"), whole_folder(tmp_path / name):
        pytest.fail("it was let in")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "link"]


def test_a_full_disk_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be written: No space"), whole_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
