"""The frozen types that one step of grading hands to the next. No logic beyond sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True)
class Text:
    """One sentence in each language of the course."""

    fr: str
    en: str

    def to(self, lang: Language) -> str:
        """The sentence in ``lang``."""
        return self.fr if lang == "fr" else self.en


# ---------------------------------------------------------------- the course


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times in seconds, sizes in MiB (output in KiB)."""

    cpu_seconds: float = 60.0  # CPU time of the whole submission
    call_seconds: float = 5.0  # CPU time of one call of a student's function; wall time: see WALL
    cell_seconds: float = 10.0  # CPU time of one cell, likewise
    total_seconds: float = 90.0  # wall time of the whole submission
    memory_mib: int = 1024  # address space beyond what the warm process has mapped
    processes: int = 32  # processes and threads
    open_files: int = 256
    disk_mib: int = 64
    output_kib: int = 64  # what is kept of everything printed


@dataclass(frozen=True)
class Task:
    """One graded name of an assignment."""

    id: str
    title: Text
    points: float
    depends: tuple[str, ...] = ()  # ids of tasks that this one builds on
    mark_scheme: Text | None = None  # what the person goes by who gives the points

    @property
    def manual(self) -> bool:
        """Whether a person gives the points, for a text that students write."""
        return self.mark_scheme is not None


@dataclass(frozen=True)
class TrainingPlan:
    """How the trainings of an assignment are timed and what they are trained on."""

    data: Literal["cifar10", "cats_vs_dogs"]
    budget: float = 5.0  # wall time allowed: as many times what the reference takes
    memory_mib: int = 4096  # beyond what the warm process has mapped, and the images
    gpu_mib: int = 8192  # memory of the GPU, where there is one
    short: tuple[int, int] = (2000, 500)  # training and test images of the short track


@dataclass(frozen=True)
class Assignment:
    """One folder below ``assignments/``, checked."""

    slug: str
    title: Text
    tasks: tuple[Task, ...]
    folder: Path
    limits: Limits = Limits()
    preload: tuple[str, ...] = ("numpy",)  # modules the warm process has imported
    preload_on_use: tuple[str, ...] = ()  # imported beforehand only for sources that name them
    hints: Mapping[str, Text] = field(default_factory=dict)  # known mistakes, by id
    training: TrainingPlan | None = None  # tests may ask for the fixture ``training``
    pretrained: bool = False  # submissions may load networks that were trained elsewhere
    exam: bool = False  # graded only where the kernel limits a submission's processes together

    @property
    def notebook_file(self) -> Path:
        """The bilingual source of the student notebook (py:percent)."""
        return self.folder / "notebook.py"

    @property
    def test_file(self) -> Path:
        """The tests, visible and hidden."""
        return self.folder / f"test_{self.slug}.py"

    @property
    def max_score(self) -> float:
        """Points of all tasks together."""
        return sum(task.points for task in self.tasks)

    @property
    def machine_tasks(self) -> tuple[Task, ...]:
        """The tasks that have tests."""
        return tuple(task for task in self.tasks if not task.manual)


@dataclass(frozen=True)
class Course:
    """A folder with ``assignments/``, ``reference/`` and ``release/``."""

    root: Path
    assignments: Mapping[str, Assignment]


WALL = 4.0  # seconds of wall time a second of CPU time: a busy machine must not decide a verdict
PATIENCE = 4.0  # times a limit of wall time: the most that waiting for a core adds to it


# ---------------------------------------------------------------- a submission


@dataclass(frozen=True)
class Submission:
    """One student's file for one assignment: bytes, never parsed outside ``notebook``.

    From ``intake`` it comes without a notebook's outputs (see ``notebook.stripped``).
    """

    student: str
    assignment: str
    name: str  # file name as handed in; only ever shown
    data: bytes
    notices: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Rejection:
    """A submission that cannot be read, with one sentence: what is wrong and how to repair it."""

    student: str
    assignment: str
    reason: Text


@dataclass(frozen=True)
class Cell:
    """One code cell: ``number`` counts the notebook's code cells from 1, for messages."""

    number: int
    source: str


@dataclass(frozen=True)
class StudentSource:
    """What a notebook contributes: the source of its code cells, in order. Nothing else."""

    cells: tuple[Cell, ...]
    notices: tuple[Text, ...] = ()


# ---------------------------------------------------------------- what the sandbox answers


class Outcome(StrEnum):
    """How one test ended. All but ``not_graded`` are the student's; ``not_graded`` is ours."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    SKIPPED = "skipped"
    MANUAL = "manual"  # a person gives the points
    NOT_GRADED = "not_graded"


class Tier(StrEnum):
    """How far student code is isolated; printed in every result."""

    S2 = "S2"  # namespaces + Landlock + seccomp + limits
    S1 = "S1"  # Landlock + seccomp + limits
    S0 = "S0"  # none: a student's own unscored check


@dataclass(frozen=True)
class Returned:
    """The call came back with plain data."""

    value: object


@dataclass(frozen=True)
class Raised:
    """Student code raised: ``kind`` is from ``wire.EXCEPTIONS``, ``text`` is the student's own."""

    kind: str
    text: str


@dataclass(frozen=True)
class Missing:
    """The notebook defines no such name."""

    name: str


@dataclass(frozen=True)
class Lost:
    """The child is gone: outcome is TIMEOUT, MEMORY or CRASHED."""

    outcome: Outcome
    detail: str = ""


Reply = Returned | Raised | Missing | Lost


# ---------------------------------------------------------------- the verdict


@dataclass(frozen=True)
class TestResult:
    """One test of one student, with the sentence the student reads."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    task: str
    visibility: Literal["visible", "hidden"]
    outcome: Outcome
    points: float
    max_points: float
    message: str = ""
    hint: str = ""
    inside: bool = False  # the test itself ran in the student's process
    differs: tuple[str, ...] = ()  # why nbgrader might have given other points: ``stock.Differs``


@dataclass(frozen=True)
class TaskScore:
    """Points of one task and the tests they come from."""

    id: str
    score: float
    max_score: float
    tests: tuple[TestResult, ...]

    @property
    def pending(self) -> float:
        """Points about which a person still decides."""
        return sum(test.max_points for test in self.tests if test.outcome is Outcome.MANUAL)


Status = Literal["graded", "rejected", "not_graded"]


@dataclass(frozen=True)
class Score:
    """The verdict on one submission. ``score`` is None unless ``status`` is ``graded``."""

    student: str
    assignment: str
    status: Status
    score: float | None
    max_score: float
    tier: Tier
    seconds: float
    tasks: tuple[TaskScore, ...] = ()
    reason: str = ""  # why it was rejected or not graded
    notices: tuple[str, ...] = ()  # what the student should know beside the tests
    late_penalty: float | None = None  # points, by the course's rule; None: none, or no rule
    refused: tuple[str, ...] = ()  # system calls, sorted, 16 at most; for the instructor only
    provenance: Mapping[str, str] = field(default_factory=dict)  # hashes, versions, seed

    @property
    def pending(self) -> float:
        """Points about which a person still decides; ``score`` holds none of them."""
        return sum(task.pending for task in self.tasks)


# ---------------------------------------------------------------- a student's own check


@dataclass(frozen=True)
class Finding:
    """One visible test that ended: ``sentence`` is empty when it passed."""

    task: str
    test: str
    outcome: Outcome
    sentence: str = ""


@dataclass(frozen=True)
class Checked:
    """What ``check`` found in a notebook."""

    findings: tuple[Finding, ...]
    notices: tuple[str, ...]
