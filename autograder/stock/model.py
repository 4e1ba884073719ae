"""The frozen types of a stock nbgrader course, from its files to the verdict on one submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

CellType = Literal["code", "markdown"]
UNLIMITED = 600.0  # seconds that a cell gets where the course sets no limit: every class ends
Json = dict[str, Any]  # a notebook or one of its cells, as nbformat 4 has it


class Differs(StrEnum):
    """Why a score may be another one than nbgrader's. Each is described in docs/nbgrader.md."""

    PARTIAL = "partial"  # a last expression that is nan, negative, False or an array's only number
    STDERR = "stderr"  # something was printed to stderr: not zero
    DELETED = "deleted"  # a deleted test cell keeps no score of an earlier run
    DUPLICATE = "duplicate"  # two cells with one id: the last counts, and the class goes on
    FLAGS = "flags"  # the marks of a cell were changed: restored
    DEAD_KERNEL = "dead_kernel"  # the process ended: what ran before it is scored
    OBJECT = "object"  # an object of the student's was not let judge a value of the test's
    UNSHARED = "unshared"  # an object of the test's own cannot go to the student's code
    TIMEOUT = "timeout"  # the process was started anew after the cell that ran out of time
    OVER_MAX = "over_max"  # partial credit above the cell's points: a person decides
    TIMESTAMP = "timestamp"  # the time of submission cannot be read
    KERNEL = "kernel"  # the notebook names a kernel that is not Python


@dataclass(frozen=True)
class Regions:
    """The marks around what students do not get, as the course spells them."""

    hidden: tuple[str, str] = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    scheme: tuple[str, str] = ("BEGIN MARK SCHEME", "END MARK SCHEME")


@dataclass(frozen=True)
class StockSettings:
    """What the configuration files of a course say, as plain data that another process can have."""

    root: Path
    course_id: str = ""
    db_url: str = ""
    directory_structure: str = "{nbgrader_step}/{student_id}/{assignment_id}"
    source: str = "source"  # these five are nbgrader's names for its steps' folders
    release: str = "release"
    submitted: str = "submitted"
    autograded: str = "autograded"
    feedback: str = "feedback"
    ignore: tuple[str, ...] = ()  # patterns of file and folder names that are never copied
    student_id_exclude: tuple[str, ...] = ()
    timeout: float | None = 30.0  # seconds a cell; None: no limit
    max_lines: int = 1000  # of what a cell prints; -1: no limit
    max_traceback: int = 100  # lines of a traceback; -1: no limit
    add_missing_cells: bool = False
    missing_cell_notification: str = ""  # ``{cell_id}`` stands for the id
    create_student: bool = True
    exclude_overwriting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    permissions: int = 0o444  # of the files in autograded/
    groupshared: bool = False
    regions: Regions = Regions()
    text: str = field(default="", compare=False)  # the whole configuration, to see it change
    notes: tuple[str, ...] = ()  # for the instructor: what is not honoured

    @property
    def cell_seconds(self) -> float:
        """How long a cell may take; never without an end."""
        return UNLIMITED if self.timeout is None else self.timeout


@dataclass(frozen=True)
class SourceCell:
    """One marked cell of the course's own notebook."""

    grade_id: str
    cell_type: CellType
    source: str  # hidden tests included
    released: str  # as students got it
    grade: bool
    solution: bool
    locked: bool
    task: bool
    points: float
    checksum: str

    @property
    def is_test(self) -> bool:
        """Whether a machine scores it: code that students do not write."""
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def is_manual(self) -> bool:
        """Whether a person scores it."""
        return (self.grade or self.task) and not self.is_test


@dataclass(frozen=True)
class SourceNotebook:
    """One notebook of an assignment, as the course has it."""

    name: str  # without .ipynb
    cells: tuple[SourceCell, ...]  # in the notebook's order
    kernelspec: Mapping[str, Any] = field(default_factory=dict)
    answered: Json | None = None  # with answers and tests, where source/ has it; AUTOTEST expanded

    @property
    def by_id(self) -> dict[str, SourceCell]:
        """The cells by their grade id."""
        return {cell.grade_id: cell for cell in self.cells}


@dataclass(frozen=True)
class StockAssignment:
    """One assignment: notebooks, and the course's other files, by their path below it."""

    name: str
    notebooks: Mapping[str, SourceNotebook]
    files: Mapping[str, Path] = field(default_factory=dict)
    registered: bool = True  # whether the gradebook has it; see ``course.register``
    notes: tuple[str, ...] = ()  # for the instructor

    @property
    def max_score(self) -> float:
        """Points of all graded cells, those that a person scores too."""
        cells = (cell for notebook in self.notebooks.values() for cell in notebook.cells)
        return sum(cell.points for cell in cells if cell.grade or cell.task)


@dataclass(frozen=True)
class StockSubmission:
    """One student's folder for one assignment."""

    student: str
    assignment: str
    folder: Path
    notebooks: Mapping[str, bytes]  # by name, those that the course knows
    files: Mapping[str, bytes] = field(default_factory=dict)  # theirs, the course's laid over them
    timestamp: datetime | None = None  # UTC, without a time zone, as nbgrader keeps it
    differs: tuple[Differs, ...] = ()
    notes: tuple[str, ...] = ()  # for the instructor


@dataclass(frozen=True)
class Step:
    """One code cell of a restored notebook, in the order in which they run."""

    position: int  # among all cells of the restored notebook
    number: int  # among its code cells, from 1, for messages
    source: str
    test: SourceCell | None = None  # a test cell of the course; None: the child runs it


@dataclass(frozen=True)
class Restored:
    """A student's notebook with the course's own cells put back."""

    notebook: Json  # nbformat 4, without outputs
    steps: tuple[Step, ...]
    unanswered: frozenset[str] = frozenset()  # ids of answer and task cells left as released
    present: frozenset[str] = frozenset()  # ids of the course's cells that are there
    differs: Mapping[str, tuple[Differs, ...]] = field(default_factory=dict)  # by grade id
    notes: tuple[str, ...] = ()  # for the instructor


@dataclass(frozen=True)
class Inspected:
    """Where one test cell of an nbgrader course will be judged."""

    assignment: str
    notebook: str
    cell: str
    points: float
    hidden: bool  # students do not have all of it
    inside: bool  # it runs in the student's process
    construct: str  # why; empty if it does not
    proved: bool  # whether the course's own answers were tried
