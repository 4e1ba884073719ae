"""``autograder gradebook`` as an instructor types it, after a real grading of the small course."""

import shutil
import subprocess
import sys

import pytest
import sqlalchemy
from gradebooks import a_server as a_server
from gradebooks import everything, opened
from mini_course import MINI

RIGHT = (MINI / "reference" / "mini.py").read_text()
WRONG = RIGHT.replace("max(numbers)", "min(numbers)")


def autograder(root, *arguments):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


def gradebook(root, *arguments):
    """The database alone: notebooks for the form grader have tests of their own."""
    return autograder(root, "gradebook", "--no-notebooks", *arguments)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The course with two submissions and their results."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(MINI, root)
    for student, source in (("ada", RIGHT), ("bob", WRONG)):
        file = root / "submissions" / student / "mini" / "mini.py"
        file.parent.mkdir(parents=True)
        file.write_text(source)
    done = autograder(root, "grade", "submissions", "--course", ".", "--quiet")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def mine(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def scores(url):
    with opened(url) as book:
        return {one.student.id: one.score for one in book.assignment_submissions("mini")}


@pytest.mark.slow
def test_results_become_a_gradebook_on_sqlite(mine):
    url = f"sqlite:///{mine}/gradebook.db"
    first = gradebook(mine)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "mini: put into the gradebook",
        f"2 submissions are in {mine}/gradebook.db",
    ]
    found = scores(url)
    assert found["ada"] == 5.0
    assert 0 < found["bob"] < 5.0
    before = everything(url)
    assert gradebook(mine).stdout == f"2 submissions are in {mine}/gradebook.db\n"
    assert everything(url) == before


@pytest.mark.slow
def test_results_become_a_gradebook_on_postgresql(mine, server):
    running, connection = server
    connection.execute(sqlalchemy.text("CREATE DATABASE mini"))
    url = running.url("mini")
    config = f"c = get_config()\nc.CourseDirectory.db_url = {url!r}\n"
    (mine / "nbgrader_config.py").write_text(config)
    nameless = gradebook(mine)
    assert nameless.returncode == 2
    assert "set CourseDirectory.course_id in nbgrader_config.py" in nameless.stderr
    config += 'c.CourseDirectory.course_id = "c101"\nc.Autograde.create_student = False\n'
    (mine / "nbgrader_config.py").write_text(config)
    first = gradebook(mine, "--results", mine / "results")
    assert first.returncode == 1
    assert [line[:9] for line in first.stderr.splitlines()] == ["ada/mini:", "bob/mini:"]
    assert running.password not in first.stdout + first.stderr
    with opened(url) as book:
        book.add_student("ada")
    second = gradebook(mine)
    assert second.returncode == 1
    assert scores(url) == {"ada": 5.0}
    assert not (mine / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--assignment", "maxi"), "no assignment maxi; this course has mini"),
        (("--results", "nowhere"), "nowhere: no results there"),
        (("--course", "../stock"), "writes the gradebook of this course"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_made(mine, arguments, said):
    (mine.parent / "stock" / "source" / "ps1").mkdir(parents=True)
    (mine.parent / "stock" / "nbgrader_config.py").write_text("c = get_config()\n")
    done = gradebook(mine, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (mine / "gradebook.db").exists()
