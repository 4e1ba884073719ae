"""The whole way, on the small course, through the command line as an instructor uses it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COURSE = Path(__file__).parent / "courses" / "mini"
RIGHT = (COURSE / "reference" / "mini.py").read_text()
WRONG = RIGHT.replace("max(numbers)", "min(numbers)")
HANGS = "def largest(numbers):\n    while True:\n        pass\n"
CRASHES = "import os\ndef largest(numbers):\n    os._exit(0)\n" + RIGHT[RIGHT.index("def norm") :]


def autograder(*arguments, **options):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture
def hand_in(tmp_path):
    def write(student, source, suffix=".py"):
        path = tmp_path / "submissions" / student / "mini" / f"mini{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return path

    return write


@pytest.fixture
def grade(tmp_path):
    def run(*arguments):
        return autograder(
            "grade",
            tmp_path / "submissions",
            "--course",
            COURSE,
            "--results",
            tmp_path / "results",
            *arguments,
        )

    return run


@pytest.fixture
def result(tmp_path):
    return lambda student: json.loads(
        (tmp_path / "results" / "mini" / f"{student}.json").read_text()
    )


def outcomes(found):
    return {test["name"]: test["outcome"] for task in found["tasks"] for test in task["tests"]}


def test_right_wrong_and_hanging_are_told_apart(hand_in, grade, result):
    hand_in("right", RIGHT)
    hand_in("wrong", WRONG)
    hand_in("hangs", HANGS)
    hand_in("crashes", CRASHES)
    done = grade()
    assert done.returncode == 0, done.stderr
    assert result("right")["score"] == result("right")["max_score"] == 5
    assert 0 < result("wrong")["score"] < 5
    assert outcomes(result("hangs"))["test_largest_example"] == "timeout"
    assert result("hangs")["score"] == 0
    assert outcomes(result("crashes"))["test_largest_example"] == "crashed"
    assert result("crashes")["tier"] == "S2"


def test_a_second_run_grades_only_what_changed(hand_in, grade, result):
    hand_in("anna", RIGHT)
    hand_in("zoe", RIGHT)
    grade()
    seeds = {name: result(name)["provenance"]["seed"] for name in ("anna", "zoe")}
    hand_in("zoe", WRONG)
    assert "1 of them unchanged" in grade().stdout
    assert result("anna")["provenance"]["seed"] == seeds["anna"]
    assert result("zoe")["provenance"]["seed"] != seeds["zoe"]
    grade("--force")
    assert result("anna")["provenance"]["seed"] != seeds["anna"]


def test_json_and_quiet(hand_in, grade):
    hand_in("anna", RIGHT)
    found = json.loads(grade("--json").stdout)
    assert found["results"][0]["score"] == 5
    assert grade("--quiet").stdout == ""


def test_a_broken_notebook_is_rejected_and_others_are_graded(hand_in, grade, result):
    hand_in("anna", RIGHT)
    hand_in("bob", '{"cells": [', ".ipynb")
    done = grade("--lang", "en")
    assert done.returncode == 1
    assert result("anna")["score"] == 5
    assert result("bob")["status"] == "rejected"
    assert result("bob")["score"] is None
    assert "bob" in done.stdout


def test_the_same_seed_gives_the_same_inputs(hand_in, grade, result):
    hand_in("anna", RIGHT)
    grade("--seed", "7")
    assert result("anna")["provenance"]["seed"] == "7"


@pytest.mark.parametrize(
    "arguments",
    [("--assignment", "nothing"), ("--student", "nobody"), ("--course", "/nonexistent")],
)
def test_wrong_usage_is_exit_code_2(hand_in, grade, arguments):
    hand_in("anna", RIGHT)
    done = grade(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_killed_run_keeps_what_was_graded_and_leaves_no_process(hand_in, grade, tmp_path):
    for number in range(12):
        hand_in(f"s{number:02}", RIGHT)
    hand_in("zz", HANGS)
    command = [sys.executable, "-m", "autograder", "grade", str(tmp_path / "submissions")]
    command += ["--course", str(COURSE), "--results", str(tmp_path / "results"), "--jobs", "1"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    folder = tmp_path / "results" / "mini"
    deadline = time.monotonic() + 60
    while not list(folder.glob("*.json")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    kept = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    for data in kept.values():
        assert json.loads(data)["score"] == 5
    deadline = time.monotonic() + 10
    while _in_session(run.pid):
        assert time.monotonic() < deadline, _in_session(run.pid)
        time.sleep(0.05)
    assert grade().returncode == 0
    for name, data in kept.items():
        assert (folder / name).read_bytes() == data


def _in_session(leader):
    """Processes that still belong to the session of the killed run."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(") ")[2].split()
        except (OSError, IndexError):
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(folder.name)
    return found


def test_a_test_that_cannot_be_imported_is_the_courses_fault(hand_in, tmp_path):
    hand_in("anna", RIGHT)
    broken = tmp_path / "course"
    shutil.copytree(COURSE, broken)
    test = broken / "assignments" / "mini" / "test_mini.py"
    test.write_text(test.read_text() + "\nimport nothing_of_that_name\n")
    done = autograder("grade", tmp_path / "submissions", "--course", broken, cwd=tmp_path)
    assert done.returncode == 2
    assert "nothing_of_that_name" in done.stderr
    assert not list((tmp_path / "results").glob("mini/*.json"))


@pytest.fixture
def broken_course(tmp_path):
    """A copy of the small course with a piece of its tests replaced."""

    def copy(old, new):
        root = tmp_path / "course"
        shutil.copytree(COURSE, root)
        test = root / "assignments" / "mini" / "test_mini.py"
        assert old in test.read_text()
        test.write_text(test.read_text().replace(old, new))
        return root

    return copy


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('("largest", 0.5)', '("largest", 0.25)', "points"),
        ('("largest", 0.5)', '("nothing", 0.5)', "nothing"),
        ("en=", "english=", "markers"),
        ("def test_largest_example(student):", "def test_largest_example(student:", "import"),
    ],
)
def test_a_broken_test_file_is_refused_with_its_mistakes_one_a_line(
    hand_in, broken_course, tmp_path, old, new, said
):
    hand_in("anna", RIGHT)
    done = autograder(
        "grade", tmp_path / "submissions", "--course", broken_course(old, new), cwd=tmp_path
    )
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) < 12
    assert not list((tmp_path / "results").glob("mini/*.json"))


def test_a_fault_of_a_test_is_never_the_students(hand_in, broken_course, tmp_path):
    """The call came back with a good value; what raises afterwards is the test's own."""
    hand_in("anna", RIGHT)
    root = broken_course("def test_largest_example(student):", FAULTY)
    results = tmp_path / "results"
    done = autograder("grade", tmp_path / "submissions", "--course", root, "--results", results)
    assert done.returncode == 1
    found = json.loads((results / "mini" / "anna.json").read_text())
    assert found["status"] == "not_graded"
    assert found["score"] is None
    assert "test_largest_example" in done.stdout
    assert "no_such_function" in done.stdout


FAULTY = """def test_largest_example(student):
    student.largest([1])
    np.no_such_function()"""


def test_a_course_inside_the_submissions_is_not_believed(hand_in, tmp_path):
    hand_in("anna", RIGHT)
    shutil.copytree(COURSE / "assignments", tmp_path / "submissions" / "anna" / "assignments")
    done = autograder("grade", ".", cwd=tmp_path / "submissions" / "anna")
    assert done.returncode == 2
    assert "inside the submissions" in done.stderr


def test_help_is_quick_and_names_every_command():
    started = time.monotonic()
    done = autograder("--help")
    assert time.monotonic() - started < 2.0  # a bound for a loaded machine; `make bench` measures
    for command in ("grade", "check", "release", "validate"):
        assert command in done.stdout


WITHOUT_GROUPS = """
import sys
from autograder.sandbox import hierarchy
hierarchy.found = lambda: (None, "nobody gave any")
from autograder.cli import main
sys.exit(main())
"""


def test_an_exam_takes_control_groups_or_leave_to_do_without(hand_in, tmp_path):
    shutil.copytree(COURSE, tmp_path / "course")
    keys = tmp_path / "course" / "assignments" / "mini" / "assignment.yaml"
    hand_in("alice", RIGHT)
    grade = [sys.executable, "-c", WITHOUT_GROUPS, "grade", str(tmp_path / "submissions")]
    grade += ["--course", str(tmp_path / "course"), "--results", str(tmp_path / "results")]
    options = {"capture_output": True, "text": True, "check": False}
    assert subprocess.run(grade, **options).returncode == 0
    keys.write_text(keys.read_text() + "exam: true\n")
    refused = subprocess.run([*grade, "--force"], **options)
    assert refused.returncode == 1, refused
    for words in (
        "mini: an exam needs control groups",
        "nobody gave any",
        "Delegate",
        "--watchdog",
    ):
        assert words in " ".join(refused.stderr.split())
    assert subprocess.run([*grade, "--force", "--watchdog"], **options).returncode == 0
    found = json.loads((tmp_path / "results" / "mini" / "alice.json").read_text())
    assert (found["score"], found["provenance"]["limits"]) == (5, "watchdog")
