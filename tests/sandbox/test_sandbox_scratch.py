"""S1's folders go away whatever a student has put into them, and nothing else does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox import scratch


def test_a_new_folder_is_empty_and_private(tmp_path):
    one, two = (Path(scratch.make(str(tmp_path)).path) for _ in range(2))
    assert one != two
    assert one.stat().st_mode & 0o777 == 0o700
    assert list(one.iterdir()) == []


def test_a_full_folder_goes_away(tmp_path):
    folder = Path(scratch.make(str(tmp_path)).path)
    for name in ("a/b/c", "a/d", "e"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text("x")
    (folder / "a/b").chmod(0)
    (folder / "e").chmod(0o500)
    folder.chmod(0)
    scratch.remove(str(folder))
    assert not folder.exists()


def test_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o750)
    (outside / "kept").write_text("x")
    folder = Path(scratch.make(str(tmp_path)).path)
    (folder / "a").mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "a/link").symlink_to(outside)
    (folder / "a/gone").symlink_to("nowhere")
    scratch.remove(str(folder))
    assert (outside / "kept").read_text() == "x"
    assert outside.stat().st_mode & 0o777 == 0o750


def test_depth_is_no_hiding_place(tmp_path, monkeypatch):
    folder = scratch.make(str(tmp_path)).path
    monkeypatch.chdir(folder)
    for _ in range(100):  # its path is far longer than any call would take
        os.mkdir("d" * 200)  # noqa: PTH102
        os.chdir("d" * 200)
    monkeypatch.chdir(tmp_path)
    scratch.remove(folder)
    assert not Path(folder).exists()


def test_a_folder_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        scratch.remove(str(tmp_path / "gone"))


def test_folders_of_killed_makers_are_swept_and_no_others(tmp_path):
    maker = os.fork()
    if maker == 0:
        left = Path(scratch.make(str(tmp_path)).path)
        (left / "file").write_text("x")
        os._exit(0)
    os.waitpid(maker, 0)
    in_use = scratch.make(str(tmp_path))
    (tmp_path / "autograder-child-link").symlink_to(tmp_path)
    (tmp_path / "other").mkdir()
    scratch.sweep(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {
        *("autograder-child-link", "other"),
        Path(in_use.path).name,
    }
    scratch.close(in_use)
    assert not Path(in_use.path).exists()
