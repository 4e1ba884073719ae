"""What a course's tests may use of pytest, and that one student's run is like another's."""

import re
from pathlib import Path

import pytest
from in_process import InProcessChild

from autograder import runner
from autograder.errors import CourseError
from autograder.model import Assignment, Cell, Limits, Outcome, StudentSource, Task, Text
from autograder.pytest_plugin import Seat
from autograder.student import Student

NAMED = Text("", "")
HEAD = """
import pytest
from autograder.compare import same
points = pytest.mark.points
log = []
"""


def run(folder: Path, tests: str, count: int = 1, students: int = 2) -> list[Seat]:
    """Run ``tests``, worth a point each, for students whose ``double`` doubles."""
    task = Task("double", NAMED, count)
    assignment = Assignment(folder.name, NAMED, (task,), folder)  # a module name of its own
    assignment.test_file.write_text(HEAD + tests)
    source = StudentSource((Cell(1, "def double(x):\n    return 2 * x"),))
    seats = [
        Seat(f"s{number}", Student(source, InProcessChild, Limits())) for number in range(students)
    ]
    runner.run(assignment, folder, seats, lang="en", seed=1)
    return seats


def outcomes(seats: list[Seat]) -> list[list[Outcome]]:
    assert [seat.fault for seat in seats] == [""] * len(seats)
    return [[result.outcome for result in seat.results] for seat in seats]


PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def test_fixtures_of_the_course_are_made_anew_for_each_student_and_undone(tmp_path):
    tests = """
@pytest.fixture(scope="module")
def once():
    log.append("once")
    return 5

@pytest.fixture
def number(once, rng):
    log.append("made")
    yield once + int(rng.integers(3)) * 0
    log.append("undone")

@points("double", 1)
def test_first(student, number):
    assert log[-1] == "made"
    same(student.double(number), 10)

@points("double", 1)
def test_second(student):
    same(student.double(log.count("made") - log.count("undone")), 0)
    same(student.double(log.count("once")), 2)
"""
    assert outcomes(run(tmp_path, tests, 2, students=3)) == [[PASSED, PASSED]] * 3


def test_autouse_fixtures_and_xunit_functions_run_around_every_test(tmp_path):
    tests = """
@pytest.fixture(autouse=True)
def around():
    log.append("in")
    yield
    log.append("out")

def setup_function(function):
    log.append("setup")

@points("double", 1)
def test_first(student):
    same(student.double(len(log) % 3), 4)

@points("double", 1)
def test_second(student):
    same(student.double(len(log) % 3), 4)
"""
    assert outcomes(run(tmp_path, tests, 2)) == [[PASSED, PASSED]] * 2


def test_each_test_of_a_class_has_an_instance_of_its_own(tmp_path):
    tests = """
class TestDouble:
    @points("double", 1)
    def test_first(self, student):
        assert not vars(self)
        self.seen = student.double(1)

    @points("double", 1)
    def test_second(self, student):
        same(student.double(len(vars(self))), 0)
"""
    assert outcomes(run(tmp_path, tests, 2)) == [[PASSED, PASSED]] * 2


def test_random_inputs_are_the_same_for_every_student_and_differ_between_tests(tmp_path):
    tests = """
drawn = {}

@points("double", 1)
def test_first(student, rng):
    number = rng.integers(10**9)
    assert drawn.setdefault("first", number) == number
    same(student.double(1), 2)

@points("double", 1)
def test_second(student, rng):
    same(student.double(int(rng.integers(10**9) == drawn["first"])), 0)
"""
    assert outcomes(run(tmp_path, tests, 2)) == [[PASSED, PASSED]] * 2


def test_a_test_sees_nothing_of_the_call_before_it(tmp_path):
    """Or an assertion of its own would be put down to the student."""
    tests = """
@points("double", 1)
def test_first(student):
    same(student.double(1), 2)

@points("double", 1)
def test_second(student):
    assert False, "ours"
"""
    for seat in run(tmp_path, tests, 2):
        assert "AssertionError: ours" in seat.fault


@pytest.mark.parametrize(
    ("tests", "fault"),
    [
        ("def test_it(student, broken): pass", "ZeroDivisionError: division by zero"),
        ("def test_it(student, spoilt): same(student.double(1), 2)", "OSError: spoilt"),
        ("def test_it(student): pytest.skip('later')", "Skipped: later"),
        ("def test_it(student): 1 / 0", "test_it: ZeroDivisionError: division by zero"),
        ("def test_it(student): student.double(1); 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_fault_of_ours_gives_no_verdict(tmp_path, tests, fault):
    fixtures = """
@pytest.fixture
def broken(): return 1 / 0

@pytest.fixture
def spoilt():
    yield
    raise OSError("spoilt")

@points("double", 1)
"""
    for seat in run(tmp_path, fixtures + tests):
        assert fault in seat.fault


@pytest.mark.parametrize("marker", ["skip", "skipif(True, reason='x')", "xfail"])
def test_a_test_that_might_not_count_is_refused(tmp_path, marker):
    tests = f"@pytest.mark.{marker}\n@points('double', 1)\ndef test_it(student): pass"
    with pytest.raises(CourseError, match=re.escape(marker.partition("(")[0])):
        run(tmp_path, tests)
