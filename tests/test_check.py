"""``autograder check``: sentences for the author of a notebook, without the course's files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import course, release
from autograder.check import check
from autograder.errors import UsageError
from autograder.model import Outcome

COURSE = Path(__file__).parent / "courses" / "mini"


@pytest.fixture(scope="module")
def notebook():
    """The filled notebook of the small course, parsed."""
    return json.loads(release.source_notebook(course.load(COURSE), "mini", "fr"))


def written(notebook, path, replace=("", "")):
    """``notebook`` saved at ``path`` with a piece of its answers replaced."""
    changed = json.loads(json.dumps(notebook))
    for cell in changed["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "".join(cell["source"]).replace(*replace)
    path.write_text(json.dumps(changed))
    return path


def test_the_reference_passes_every_visible_test(notebook, tmp_path):
    checked = check(written(notebook, tmp_path / "mini.ipynb"), "fr")
    assert checked.findings
    assert {one.outcome for one in checked.findings} == {Outcome.PASSED}


def test_a_mistake_gets_its_sentence_and_the_other_tests_go_on(notebook, tmp_path):
    path = written(notebook, tmp_path / "mini.ipynb", ("max(numbers)", "min(numbers)"))
    found = {one.test: one for one in check(path, "fr").findings}
    assert found["test_largest_example"].outcome is Outcome.FAILED
    assert "attendu" in found["test_largest_example"].sentence
    assert found["test_largest_refuses_empty_list"].outcome is Outcome.PASSED


def test_another_notebook_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "other.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    with pytest.raises(UsageError, match="check cell"):
        check(path, "en")


def test_on_the_command_line(notebook, tmp_path):
    path = written(notebook, tmp_path / "mini.ipynb", ("max(numbers)", "min(numbers)"))
    command = [sys.executable, "-m", "autograder", "check", path.name, "--lang", "en"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "expected" in done.stdout
    assert "/5" not in done.stdout  # never a score


def test_it_needs_nothing_that_only_linux_has():
    """Windows has none of these modules; the child's side is imported, too."""
    absent = ("fcntl", "resource", "pwd", "grp", "termios", "pty", "posix")
    code = (
        "import sys\n"
        "import numpy, pytest, rich.progress\n"  # theirs, which know where they are
        f"sys.modules.update(dict.fromkeys({absent!r}))\n"
        "import autograder.check, autograder.cli, autograder.terminal\n"
        "import autograder.sandbox.worker, autograder.sandbox.child\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
