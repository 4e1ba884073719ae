"""The release of an assignment that is gone is removed; what anybody else put there is not."""

import json
import os
import shutil

import pytest
from click.testing import CliRunner
from mini_course import MINI

from autograder import course, release
from autograder.cli import cli
from autograder.errors import ReleaseError
from autograder.model import LANGUAGES, Course
from autograder.release.files import remove_stale


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The mini course and its release, made once."""
    root = tmp_path_factory.mktemp("made") / "course"
    shutil.copytree(MINI, root)
    release.build(course.load(root), root / "release")
    return root


@pytest.fixture
def root(made, tmp_path):
    """A copy of it that a test may spoil."""
    shutil.copytree(made, tmp_path / "course")
    return tmp_path / "course"


def removed(root):
    """What is removed once ``mini`` is no longer in the course."""
    return remove_stale(Course(root, {}))


def file(root):
    return root / "release/fr/mini/mini.ipynb"


def rewrite(file, change):
    notebook = json.loads(file.read_bytes())
    change(notebook)
    file.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


def test_the_release_of_an_assignment_that_is_gone(root):
    assert removed(root) == [root / "release" / lang / "mini" for lang in LANGUAGES]
    assert [path for path in (root / "release").rglob("*") if "mini" in path.name] == []
    assert removed(root) == []


def test_on_the_command_line(root):
    for old, new in (
        ("assignments/mini", "assignments/maxi"),
        ("assignments/maxi/test_mini.py", "assignments/maxi/test_maxi.py"),
        ("reference/mini.py", "reference/maxi.py"),
    ):
        (root / old).rename(root / new)
    for narrower in (["maxi"], ["--out", str(root / "release")]):  # --out: other courses' as well?
        done = CliRunner().invoke(cli, ["release", "--course", str(root), *narrower])
        assert done.exit_code == 0
        assert "removed" not in done.output
    assert file(root).exists()
    done = CliRunner().invoke(cli, ["release", "--course", str(root)])
    assert f"removed {root / 'release/fr/mini'}\n" in done.output
    assert sorted(path.name for path in root.glob("release/*/*")) == ["maxi", "maxi"]


def test_an_assignment_of_the_course_stays(root):
    assert remove_stale(course.load(root)) == []
    assert file(root).exists()


def test_another_layout_of_the_same_notebook_is_still_ours(root):
    rewrite(file(root), lambda notebook: None)
    assert len(removed(root)) == len(LANGUAGES)


def _answer(notebook):
    notebook["cells"][4]["source"] = ["x = 1"]


def _prose(notebook):
    notebook["cells"][0]["source"][0] += "!"


def _unsigned(notebook):
    del notebook["metadata"]["autograder"]


@pytest.mark.parametrize(
    "change",
    [
        *(_answer, _prose, _unsigned, dict.clear),
        lambda notebook: notebook.update(cells=[1]),
        lambda notebook: notebook.update(metadata="none"),
    ],
)
def test_a_notebook_that_was_changed_is_kept(root, change):
    rewrite(file(root), change)
    assert removed(root) == [root / "release/en/mini"]
    assert file(root).exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"null"])
def test_what_is_no_notebook_is_kept(root, content):
    file(root).write_bytes(content)
    assert removed(root) == [root / "release/en/mini"]
    assert file(root).read_bytes() == content


def test_a_folder_that_holds_more_is_kept_whole(root):
    more = file(root).with_name("notes.txt")
    more.write_text("mine")
    file(root).parent.joinpath("empty").mkdir()
    (root / "release/en/mini/.hidden").touch()
    assert removed(root) == []
    assert file(root).exists()
    assert more.exists()


def test_other_names_and_links_are_kept(root, tmp_path):
    fr = root / "release/fr"
    shutil.copytree(fr / "mini", tmp_path / "elsewhere/linked")
    (tmp_path / "elsewhere/linked/mini.ipynb").rename(tmp_path / "elsewhere/linked/linked.ipynb")
    (fr / "linked").symlink_to(tmp_path / "elsewhere/linked")
    shutil.copytree(fr / "mini", fr / "renamed")
    (fr / "link_inside").mkdir()
    (fr / "link_inside/link_inside.ipynb").symlink_to(fr / "mini/mini.ipynb")
    (fr / "note.txt").write_text("mine")
    kept = [fr / "linked/linked.ipynb", fr / "renamed/mini.ipynb", fr / "note.txt"]
    assert removed(root) == [fr / "mini", root / "release/en/mini"]
    assert all(path.exists() for path in kept)
    assert (fr / "link_inside/link_inside.ipynb").is_symlink()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_removed_is_an_error_with_its_name(root):
    file(root).parent.chmod(0o555)
    try:
        with pytest.raises(ReleaseError, match="fr/mini"):
            removed(root)
    finally:
        file(root).parent.chmod(0o755)
