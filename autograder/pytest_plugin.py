"""What pytest needs to grade: the fixtures ``student`` and ``rng``, the markers, and the verdicts.

One session grades a batch: the collected tests run once per student, in order, so that pytest
starts once and not once a student. A student whose code misbehaves only ends its own child.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from autograder.errors import Problem
from autograder.model import Assignment, Language, Outcome, TestResult, Text
from autograder.refused import Refused
from autograder.student import Student
from autograder.training import Training
from autograder.verdict import Judged, TestInfo, Verdict, describe

MARKERS = (
    "points(task, points): what the test is worth, and for which task",
    "hidden(fr, en): students see only this sentence when the test fails",
    "depends(*tests): a failure is reported as skipped while one of these fails too",
)


@dataclass
class Seat:
    """One student in the batch, and what the session found out about them."""

    key: str
    student: Student
    training: Training | None = None  # where the assignment has trainings
    refused: Refused = field(default_factory=Refused)  # to any of its processes
    results: list[TestResult] = field(default_factory=list)
    fault: str = ""  # our own fault: the submission is then not graded
    seconds: float = 0.0  # wall time of all tests


Finished = Callable[[Seat, Mapping[str, TestInfo]], None]


class GradingPlugin:
    """Runs every collected test for every seat and turns what happened into ``TestResult``s."""

    def __init__(
        self,
        assignment: Assignment,
        seats: Sequence[Seat],
        *,
        lang: Language,
        seed: int,
        started: Callable[[Seat], None] = lambda seat: None,
        finished: Finished = lambda seat, tests: None,
    ) -> None:
        self.assignment = assignment
        self.seats = seats
        self.lang = lang
        self.seed = seed
        self.started = started
        self.finished = finished
        self.tests: dict[str, TestInfo] = {}
        self.problems: list[Problem] = []
        self._seat: Seat | None = None
        self._running = ""  # the name of the test that runs
        self._ours: dict[str, Callable[[], object]] = {
            "student": self._student,
            "rng": self._rng,
            "training": self._training,
        }
        self._order: dict[str, int] = {}  # of the tests, as the file has them

    # ------------------------------------------------------------ collection

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the markers, so that a misspelt one is an error."""
        for line in MARKERS:
            config.addinivalue_line("markers", line)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Read the markers of every test once."""
        for item in items:
            info = self._read(item)
            if info is not None:
                self.tests[item.nodeid] = info
        self.problems += _course_problems(self.assignment, self.tests.values())
        # Visible tests first: what a hidden test sent must not come back in the sentence of a
        # visible one, and one child serves them all.
        self._order = {item.name: number for number, item in enumerate(items)}
        items.sort(key=lambda item: item.get_closest_marker("hidden") is not None)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot be imported is our fault, and named."""
        if report.failed:
            where = report.nodeid or self.assignment.test_file.name
            lines = str(report.longrepr).strip().splitlines() or ["cannot be collected"]
            self.problems.append(Problem(where, "import", lines[-1]))

    def pytest_internalerror(self, excrepr: object) -> None:
        """A fault inside pytest or this plugin: say which, nothing was judged."""
        self.problems.append(Problem(self.assignment.test_file.name, "pytest", str(excrepr)))

    def _read(self, item: pytest.Item) -> TestInfo | None:
        for never in ("skip", "skipif", "xfail"):
            if item.get_closest_marker(never):
                told = f"a test that counts for every student, found the marker {never!r}"
                self.problems.append(Problem(item.nodeid, "markers", told))
        if "training" in getattr(item, "fixturenames", ()) and self.assignment.training is None:
            told = "an assignment.yaml with the key `training`, for the fixture of that name"
            self.problems.append(Problem(item.nodeid, "fixtures", told))
        points, hidden = item.get_closest_marker("points"), item.get_closest_marker("hidden")
        depends = item.get_closest_marker("depends")
        try:
            task, worth = (points.args[0], float(points.args[1])) if points else ("", 0.0)
            text = Text(**hidden.kwargs) if hidden else None
        except (IndexError, TypeError, ValueError) as error:
            self.problems.append(Problem(item.nodeid, "markers", str(error)))
            return None
        if task not in (ids := [t.id for t in self.assignment.machine_tasks]):
            known = ", ".join(ids)
            self.problems.append(
                Problem(item.nodeid, "points", f"a task first ({known}), found {task!r}")
            )
        return TestInfo(item.name, task, worth, text, depends.args if depends else ())

    # ------------------------------------------------------------ the run

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every test for the first student, then for the next; ours instead of pytest's loop."""
        if self.problems or not session.items:
            return True
        for number, seat in enumerate(self.seats):
            self._seat = seat
            started = time.perf_counter()
            self.started(seat)
            last = number == len(self.seats) - 1
            following = [*session.items[1:], None if last else session.items[0]]
            for item, nextitem in zip(session.items, following, strict=True):
                if not seat.fault:
                    self._run(seat, item, nextitem)
            seat.student.close()
            seat.seconds = time.perf_counter() - started
            seat.results.sort(key=lambda result: self._order[result.name])
            self.finished(seat, self.tests)
        return True

    def _run(self, seat: Seat, item: Any, following: Any) -> None:
        """One test: fixtures, function, and what is no longer needed undone.

        pytest's own protocol calls a chain of plugins around each of the three steps and makes a
        report of each, which costs more than all else that a test costs on this side. Most tests
        want our own two fixtures only, and for those nothing has to be set up at all.
        """
        self._running = item.name
        seat.student.last = None
        if item.cls is None and self._ours.keys() >= set(item.fixturenames):
            wanted = {name: self._ours[name]() for name in item.fixturenames}
            error = _error(lambda: item.obj(**wanted))
            seat.results.append(self._judge(self.tests[item.nodeid], error))
            return
        setup = item.session._setupstate
        item._initrequest()
        if item.cls is not None:  # an instance is kept with the item, and would see other students
            vars(item).pop("_instance", None)
            vars(item).pop("_obj", None)
        failed = _error(lambda: setup.setup(item))
        if failed is None:
            seat.results.append(self._judge(self.tests[item.nodeid], _error(item.runtest)))
        # The same test may come again; what belongs to it alone is undone all the same.
        kept = following if following is not item else item.parent
        failed = _error(lambda: setup.teardown_exact(kept)) or failed
        if failed is not None:
            seat.fault = describe(failed)

    def _judge(self, info: TestInfo, error: BaseException | None) -> TestResult:
        assert self._seat is not None
        verdict = Verdict(info, self._seat.student, self.assignment, self.lang)
        outcome, message, hint = verdict.of(error)
        if outcome is Outcome.NOT_GRADED:
            self._seat.fault = f"{info.name}: {message}"
        return TestResult(
            name=info.name,
            task=info.task,
            visibility="hidden" if info.hidden else "visible",
            outcome=outcome,
            points=round(_share(outcome, error) * info.points, 2),
            max_points=info.points,
            message=message,
            hint=hint,
        )

    # ------------------------------------------------------------ fixtures

    @pytest.fixture(name="student")
    def student_fixture(self) -> Student:
        """The proxy of the student whose turn it is."""
        return self._student()

    @pytest.fixture(name="rng")
    def rng_fixture(self) -> np.random.Generator:
        """Random inputs: fresh each run, the same for every student of the run, apart per test."""
        return self._rng()

    @pytest.fixture(name="training")
    def training_fixture(self) -> Training:
        """Trainings of the student's code, timed from outside."""
        return self._training()

    def _training(self) -> Training:
        assert self._seat is not None
        assert self._seat.training is not None  # the tests were looked through
        self._seat.student.close()  # nothing of theirs runs beside what is timed
        return self._seat.training

    def _student(self) -> Student:
        assert self._seat is not None
        return self._seat.student

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(self._running.encode())])


def _error(step: Callable[[], object]) -> BaseException | None:
    """What ``step`` raised; ``pytest.fail`` raises a BaseException, too."""
    try:
        step()
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - the verdict sorts them
        return error
    return None


def _share(outcome: Outcome, error: BaseException | None) -> float:
    """Of its points, what a test gives."""
    if isinstance(error, Judged):
        return error.share
    return 1.0 if outcome is Outcome.PASSED else 0.0


def _course_problems(assignment: Assignment, tests: Iterable[TestInfo]) -> Iterator[Problem]:
    """What is wrong with the tests as a whole: points that do not add up, unknown dependencies."""
    tests = list(tests)
    file, names = assignment.test_file.name, {test.name for test in tests}
    for test in tests:
        for other in test.depends:
            if other not in names:
                yield Problem(file, f"{test.name} depends", f"the name of a test, found {other!r}")
    for task in assignment.machine_tasks:
        worth = round(sum(test.points for test in tests if test.task == task.id), 6)
        if worth != task.points:
            expected = f"tests worth {task.points:g} points in all, found {worth:g}"
            yield Problem(file, f"points of {task.id}", expected)
