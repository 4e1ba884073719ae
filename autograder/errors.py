"""Our own faults. A student's fault is a value (see ``model``), never one of these.

AutograderError                 caught once, by the command line
├── UsageError                  the command line asks for something that is not there
├── CourseError                 assignment.yaml, tests or reference are wrong: every mistake
├── ReleaseError                a student notebook cannot be made from an assignment
├── ResultsError                results cannot be written
├── GradebookError              the nbgrader database is not there, or cannot be written
├── DataError                   the images that an assignment needs cannot be fetched or kept
│   ├── DataMissing             they are not on this machine: what to do about it
│   └── DataBroken              they are not what they should be: the file and what is wrong
├── TrainingError               a training cannot be timed or judged on this machine
└── SandboxError                student code could not be isolated: "not graded", never zero
    └── SandboxUnavailable      this machine lacks a protection: what, why, and the cure
"""

from __future__ import annotations

from dataclasses import dataclass


class AutograderError(Exception):
    """Root of every fault that is ours, the instructor's or the machine's."""

    exit_code = 2


class UsageError(AutograderError):
    """The command line names something that does not exist."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a course file: where it is, and what was expected there."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.expected}"


class CourseError(AutograderError):
    """All mistakes found in the course's files, so that one run shows every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[CourseError], tuple[list[Problem]]]:
        """Back from a worker process it is made again from the problems, not from its text."""
        return CourseError, (list(self.problems),)


class ReleaseError(AutograderError):
    """The student version of an assignment cannot be made."""


class ResultsError(AutograderError):
    """A result cannot be written; nothing half-written is left behind."""


class GradebookError(AutograderError):
    """The course's nbgrader database cannot be written; the message names it and the cure."""


class DataError(AutograderError):
    """Images that an assignment trains or tests on cannot be fetched, chosen or kept."""

    exit_code = 1


class DataMissing(DataError):
    """The images are not on this machine; the message names what cures it."""


class DataBroken(DataError):
    """A file of images is not as it should be; the message names it."""


class TrainingError(AutograderError):
    """A training cannot be timed or judged here: the submission is not graded."""

    exit_code = 1


class SandboxError(AutograderError):
    """Student code could not be isolated or reached: the submission is not graded."""

    exit_code = 1


class SandboxUnavailable(SandboxError):
    """A protection is missing on this machine.

    ``missing`` holds one sentence a protection; ``cure`` says what to do about it.
    """

    def __init__(self, missing: list[str], cure: str) -> None:
        self.missing = tuple(missing)
        self.cure = cure
        super().__init__("\n".join([*missing, cure]))

    def __reduce__(self) -> tuple[type[SandboxUnavailable], tuple[list[str], str]]:
        """As above."""
        return SandboxUnavailable, (list(self.missing), self.cure)
