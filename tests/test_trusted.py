"""The process that runs pytest cannot do what it need not: its own tests try."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder import trusted

COURSE = Path(__file__).parent / "courses" / "mini"

ATTEMPTS = """

def refused(attempt):
    try:
        attempt()
    except PermissionError:
        return True
    return False


@pytest.mark.points("largest", 1)
@pytest.mark.hidden(fr="x", en="x")
def test_what_the_trusted_process_may_do(student):
    import mmap, os, pathlib, socket, subprocess, tempfile, urllib.request
    import matplotlib

    course = pathlib.Path(__file__).parents[2]
    for path in ("/etc/passwd", "/etc/hostname", OUTSIDE, "/root", "/home", "/"):
        assert refused(lambda: os.open(path, os.O_RDONLY)), path
    for name in ("environ", "mem"):
        assert refused(lambda: os.open(f"/proc/{os.getppid()}/{name}", os.O_RDONLY)), name
    for path in (__file__, course / "new", course / "reference/mini.py", OUTSIDE, RESULTS + "/new"):
        assert refused(lambda: os.open(path, os.O_WRONLY | os.O_CREAT)), path
        assert not os.path.exists(path) or refused(lambda: os.unlink(path)), path
    for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        assert refused(lambda: socket.socket(kind)), kind
    with pytest.raises(OSError):
        urllib.request.urlopen("http://127.0.0.1:9/", timeout=1)
    assert refused(lambda: subprocess.run(["/bin/true"]))
    assert refused(lambda: os.execv("/bin/true", ["true"]))
    # What it needs, it has.
    assert (course / "reference/mini.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "x").write_text("y")
    assert matplotlib.get_configdir()
    assert mmap.mmap(-1, 100)
    assert student.largest([1, 2]) == 2
"""


@pytest.fixture
def course(tmp_path):
    shutil.copytree(COURSE, tmp_path / "course")
    (tmp_path / "secret").write_text("x")
    test = tmp_path / "course" / "assignments" / "mini" / "test_mini.py"
    names = f"OUTSIDE, RESULTS = {str(tmp_path / 'secret')!r}, {str(tmp_path / 'results')!r}\n"
    test.write_text(test.read_text() + names + ATTEMPTS)
    plan = test.with_name("assignment.yaml")
    plan.write_text(plan.read_text().replace("points: 2", "points: 3", 1))
    handed_in = tmp_path / "submissions" / "anna" / "mini" / "mini.py"
    handed_in.parent.mkdir(parents=True)
    shutil.copy(COURSE / "reference" / "mini.py", handed_in)
    return tmp_path


def graded(folder, **environment):
    command = [sys.executable, "-m", "autograder", "grade", "submissions", "--course", "course"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}
    )
    file = folder / "results" / "mini" / "anna.json"
    assert file.exists(), done.stdout + done.stderr
    return json.loads(file.read_text()), done


def test_it_reads_the_course_judges_and_nothing_else(course):
    result, done = graded(course)
    assert result["status"] == "graded", done.stdout + done.stderr + str(result)
    assert result["score"] == result["max_score"], result


def test_links_in_the_course_lead_where_they_lead(course):
    """An instructor may keep an assignment elsewhere."""
    shutil.move(course / "course" / "assignments" / "mini", course / "elsewhere")
    (course / "course" / "assignments" / "mini").symlink_to(course / "elsewhere")
    result, done = graded(course)
    assert result["score"] == result["max_score"], done.stdout + done.stderr + str(result)


def test_its_temporary_files_are_taken_away(course):
    with tempfile.TemporaryDirectory() as folder:
        graded(course, TMPDIR=folder)
        assert not list(Path(folder).iterdir())


def test_a_link_in_the_course_itself_is_followed(tmp_path):
    """An nbgrader course may keep submitted/ on another disk."""
    course, elsewhere = tmp_path / "course", tmp_path / "elsewhere"
    course.mkdir()
    elsewhere.mkdir()
    (course / "submitted").symlink_to(elsewhere)
    assert str(elsewhere.resolve()) in set(trusted._readable(course))
