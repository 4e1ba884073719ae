"""A submission's folder in autograded/ is written whole or not at all, and only there."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import nbformat
import pytest

from autograder import autograded
from autograder.autograded import Page

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 4,
    "metadata": {},
    "cells": [{"cell_type": "code", "source": "é = 1", "outputs": [], "metadata": {}}],
}
PAGES = {"p1": Page(NOTEBOOK, ())}
FILES = {"timestamp.txt": b"2026-01-02 03:04:05 UTC", "data/a.csv": b"1,2"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autograded" / "léo" / "ps1"


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_notebooks_and_all_other_files(folder):
    autograded.write(folder, PAGES, FILES)
    assert sorted(content(folder)) == ["data/a.csv", "p1.ipynb", "timestamp.txt"]
    assert content(folder)["data/a.csv"] == b"1,2"
    notebook = nbformat.read(folder / "p1.ipynb", as_version=4)
    assert notebook.cells[0].source == "é = 1"
    assert list(folder.parent.iterdir()) == [folder]


def test_the_students_own_notebooks_are_not_copied(folder):
    autograded.write(folder, PAGES, {"p1.ipynb": b"hostile", "copy of p1.ipynb": b"hostile"})
    assert list(content(folder)) == ["p1.ipynb"]
    assert b"hostile" not in content(folder)["p1.ipynb"]


def test_an_older_folder_is_replaced_as_a_whole(folder):
    autograded.write(folder, PAGES, {**FILES, "old.txt": b"old"})
    autograded.write(folder, PAGES, FILES)
    assert "old.txt" not in content(folder)
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize(
    "name", ["../a", "/etc/a", "a/../../b", ".", "", "a\0b", "data/..", "p1/../../x"]
)
def test_a_name_that_lies_elsewhere_writes_nothing(folder, name):
    with pytest.raises(ValueError, match="no path below"):
        autograded.write(folder, PAGES, {name: b""})
    assert not folder.exists()


def test_what_cannot_be_written_leaves_the_older_one(folder):
    autograded.write(folder, PAGES, FILES)
    before = content(folder)
    with pytest.raises(OSError, match="name too long"):
        autograded.write(folder, PAGES, {"a" * 300: b""})
    with pytest.raises(OSError, match="exists"):
        autograded.write(folder, PAGES, {"data": b"", "data/a": b""})
    assert content(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


def test_permissions_as_nbgrader_has_them(folder):
    autograded.write(folder, PAGES, FILES)
    assert {mode(path) for path in folder.rglob("*") if path.is_file()} == {0o444}
    autograded.write(folder, PAGES, FILES, permissions=0o644)
    assert mode(folder / "p1.ipynb") == 0o644


def test_permissions_of_a_course_that_a_group_shares(folder):
    autograded.write(folder, PAGES, FILES, permissions=0o664, groupshared=True)
    folders = (folder, folder / "data", folder.parent, folder.parent.parent)
    assert {mode(path) & 0o2770 for path in folders} == {0o2770}
    assert mode(folder / "data" / "a.csv") == 0o664


def test_a_link_in_place_of_the_folder_is_not_followed(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere)
    autograded.write(folder, PAGES, FILES)
    assert not folder.is_symlink()
    assert content(elsewhere) == {"kept.txt": b"kept"}


def test_links_in_an_older_folder_are_not_followed(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "p1.ipynb").write_text("kept")
    folder.mkdir(parents=True)
    (folder / "data").symlink_to(elsewhere)
    (folder / "p1.ipynb").symlink_to(elsewhere / "p1.ipynb")
    autograded.write(folder, PAGES, FILES)
    assert content(elsewhere) == {"p1.ipynb": b"kept"}
    assert (folder / "data" / "a.csv").is_file()


def test_a_file_in_place_of_the_folder(folder):
    folder.parent.mkdir(parents=True)
    folder.write_text("a file")
    with pytest.raises(OSError, match="not a directory"):
        autograded.write(folder, PAGES, FILES)
    assert folder.read_text() == "a file"


def test_what_a_killed_run_left_is_removed_and_nothing_else(folder):
    folder.parent.mkdir(parents=True)
    left = folder.parent / ".ps1.0123456789abcdef~"
    others = [
        folder.parent / name for name in (".ps2.0123456789abcdef~", ".ps1", ".ps1.x~", "ps10")
    ]
    for path in (left, *others):
        path.mkdir()
    autograded.write(folder, PAGES, FILES)
    assert sorted(folder.parent.iterdir()) == sorted([folder, *others])


def test_the_same_submission_gives_the_same_bytes(folder):
    autograded.write(folder, PAGES, FILES)
    first = content(folder)
    autograded.write(folder, PAGES, FILES)
    assert content(folder) == first
    assert json.loads(first["p1.ipynb"])["nbformat_minor"] == 5


def test_a_folder_that_may_not_be_written(folder):
    if os.getuid() == 0:
        pytest.skip("root may write everywhere")
    folder.parent.mkdir(parents=True)
    folder.parent.chmod(0o555)
    with pytest.raises(PermissionError):
        autograded.write(folder, PAGES, FILES)
    folder.parent.chmod(0o755)
