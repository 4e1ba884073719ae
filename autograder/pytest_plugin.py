"""What pytest needs to grade: the fixtures ``student`` and ``rng``, the markers, and the verdicts.

One session grades a batch: the collected tests run once per student, in order, so that pytest
starts once and not once a student. A student whose code misbehaves only ends its own child.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from autograder import messages
from autograder.compare import Mismatch
from autograder.errors import Problem, SandboxError
from autograder.messages import Call
from autograder.model import (
    Assignment,
    Language,
    Lost,
    Missing,
    Outcome,
    Returned,
    TestResult,
    Text,
)
from autograder.student import NotRaised, Student, StudentFault
from autograder.wire import Opaque

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
    results: list[TestResult] = field(default_factory=list)
    fault: str = ""  # our own fault: the submission is then not graded
    seconds: float = 0.0  # wall time of all tests


@dataclass(frozen=True)
class TestInfo:
    """What the markers of one test say."""

    __test__ = False

    name: str
    task: str
    points: float
    hidden: Text | None
    depends: tuple[str, ...]


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
        points, hidden = item.get_closest_marker("points"), item.get_closest_marker("hidden")
        depends = item.get_closest_marker("depends")
        try:
            task, worth = (points.args[0], float(points.args[1])) if points else ("", 0.0)
            text = Text(**hidden.kwargs) if hidden else None
        except (IndexError, TypeError, ValueError) as error:
            self.problems.append(Problem(item.nodeid, "markers", str(error)))
            return None
        if task not in {t.id for t in self.assignment.tasks}:
            known = ", ".join(t.id for t in self.assignment.tasks)
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
                    runtestprotocol(item, log=False, nextitem=nextitem)  # nobody logs here
            seat.student.close()
            seat.seconds = time.perf_counter() - started
            seat.results.sort(key=lambda result: self._order[result.name])
            self.finished(seat, self.tests)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the verdict; pytest's own report would render source lines and values."""
        assert self._seat is not None
        assert call.when != "collect"
        error = call.excinfo.value if call.excinfo else None
        if call.when == "call":
            self._seat.results.append(self._judge(self.tests[item.nodeid], error))
        elif error is not None:
            self._seat.fault = _describe(error)
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="failed" if error else "passed",
            longrepr=None,
            when=call.when,
        )

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
            points=info.points if outcome is Outcome.PASSED else 0.0,
            max_points=info.points,
            message=message,
            hint=hint,
        )

    # ------------------------------------------------------------ fixtures

    @pytest.fixture
    def student(self) -> Student:
        """The proxy of the student whose turn it is."""
        assert self._seat is not None
        self._seat.student.last = None
        return self._seat.student

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random inputs: fresh each run, the same for every student of the run, apart per test."""
        return np.random.default_rng([self.seed, zlib.crc32(request.node.name.encode())])


@dataclass(frozen=True)
class Verdict:
    """One test that ended, seen from the student's side."""

    info: TestInfo
    student: Student
    assignment: Assignment
    lang: Language

    def of(self, error: BaseException | None) -> tuple[Outcome, str, str]:
        """Outcome, sentence and hint. Whatever is not known to be the student's is ours."""
        if error is None:
            return Outcome.PASSED, "", ""
        if isinstance(error, StudentFault):
            return self._fault(error)
        if isinstance(error, Mismatch):
            text = messages.wrong_value(
                self._call(), error.returned, error.expected, error.difference, self.lang
            )
            return Outcome.FAILED, self._shown(text), self._hint(error.hint)
        if isinstance(error, NotRaised):
            text = messages.not_raised(self._call(), self._returned(), error.kinds, self.lang)
            return Outcome.FAILED, self._shown(text), ""
        if isinstance(error, SandboxError) or self._call() is None:
            return Outcome.NOT_GRADED, _describe(error), ""
        if isinstance(error, AssertionError) and error.args and isinstance(error.args[0], str):
            return Outcome.FAILED, self._shown(error.args[0]), ""
        if self._returned() is None or isinstance(self._returned(), Opaque):
            text = messages.unusable(self._call(), self._returned(), self.lang)
            return Outcome.ERROR, self._shown(text), ""
        return Outcome.NOT_GRADED, _describe(error), ""

    def _fault(self, fault: StudentFault) -> tuple[Outcome, str, str]:
        reply, call, lang = fault.reply, fault.call, self.lang
        if isinstance(reply, Missing):
            broken = tuple(text.to(lang) for text in self.student.broken_cells())
            return Outcome.FAILED, messages.missing(reply.name, broken, lang), ""
        if isinstance(reply, Lost):
            return reply.outcome, self._lost(call, reply), ""
        if reply.kind == "NotImplementedError":
            return Outcome.FAILED, messages.unwritten(call.name, lang), ""
        if reply.kind == "MemoryError":
            text = messages.lost(self._subject(call), Outcome.MEMORY, 0, lang)
            return Outcome.MEMORY, text, ""
        if self.info.hidden:
            text = f"{self.info.hidden.to(lang)} {messages.raised_hidden(reply.kind, lang)}"
            return Outcome.ERROR, text, ""
        text = messages.raised(call, reply.kind, reply.text, lang, fault.expected)
        return Outcome.ERROR, text, ""

    def _lost(self, call: Call, reply: Lost) -> str:
        if reply.detail == "again":
            return messages.lost_again(call.name, self.lang)
        limits = self.assignment.limits
        if reply.detail == "total":
            subject = Text("Le notebook entier", "The whole notebook").to(self.lang)
            return messages.lost(subject, reply.outcome, limits.total_seconds, self.lang)
        return messages.lost(self._subject(call), reply.outcome, limits.call_seconds, self.lang)

    def _subject(self, call: Call) -> str:
        """The call as far as it may be shown."""
        return f"`{call.name}`" if self.info.hidden else call.to(self.lang)

    def _shown(self, text: str) -> str:
        """A hidden test shows its author's sentence and nothing else."""
        return self.info.hidden.to(self.lang) if self.info.hidden else text

    def _hint(self, hint: str | None) -> str:
        text = self.assignment.hints.get(hint) if hint else None
        return text.to(self.lang) if text else ""

    def _call(self) -> Call | None:
        return self.student.last[0] if self.student.last else None

    def _returned(self) -> object:
        reply = self.student.last[1] if self.student.last else None
        return reply.value if isinstance(reply, Returned) else None


def _course_problems(assignment: Assignment, tests: Iterable[TestInfo]) -> Iterator[Problem]:
    """What is wrong with the tests as a whole: points that do not add up, unknown dependencies."""
    tests = list(tests)
    file, names = assignment.test_file.name, {test.name for test in tests}
    for test in tests:
        for other in test.depends:
            if other not in names:
                yield Problem(file, f"{test.name} depends", f"the name of a test, found {other!r}")
    for task in assignment.tasks:
        worth = round(sum(test.points for test in tests if test.task == task.id), 6)
        if worth != task.points:
            expected = f"tests worth {task.points:g} points in all, found {worth:g}"
            yield Problem(file, f"points of {task.id}", expected)


def _describe(error: BaseException) -> str:
    """Our own fault in one line, for the instructor."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
