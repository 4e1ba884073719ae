"""What becomes of a verdict: the gradebook first, then autograded/, then the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from autograder import autograded, results
from autograder.autograded import Page
from autograder.gradebook import Entry, Refused, Target
from autograder.gradebook.writer import Writer
from autograder.model import Score
from autograder.run import Options
from autograder.stock import config, course
from autograder.stock.batch import Graded
from autograder.stock.model import SourceNotebook, StockAssignment, StockSettings


class Keeper:
    """Keeps verdicts, one after the other: there is one writer.

    Args:
        options: where results go.
        settings: of the course.
        assignments: its assignments, by name.
        notes: what a person has to look at is added here.
    """

    def __init__(
        self,
        options: Options,
        settings: StockSettings,
        assignments: Mapping[str, StockAssignment],
        notes: list[str],
    ) -> None:
        self._options = options
        self._settings = settings
        self._assignments = assignments
        self._notes = notes
        self._writer = _writer(settings, assignments, notes)

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def keep(self, graded: Graded) -> Score:
        """Write it; the score as it was written.

        Raises:
            GradebookError, ResultsError: nothing more can be written.
        """
        score = graded.score
        self._note(graded, graded.notes)
        if score.status == "graded":
            written = self._writer.write(_entry(graded))
            if isinstance(written, Refused):
                self._note(graded, [f"not in the gradebook: {written.reason}"])
                score = replace(score, provenance=_without_digest(score))  # it is tried again
            else:
                score = replace(score, late_penalty=written.late_penalty)
            self._write_autograded(graded)
        results.write(score, self._options.results)
        return score

    def _note(self, graded: Graded, notes: Iterable[str]) -> None:
        self._notes += [f"{graded.student}/{graded.assignment}: {note}" for note in notes]

    def _write_autograded(self, graded: Graded) -> None:
        assignment = self._assignments[graded.assignment]
        pages = {
            name: Page(
                notebook,
                {cell.grade_id for cell in assignment.notebooks[name].cells},
                _own_prose(assignment.notebooks[name]),
            )
            for name, notebook in (graded.notebooks or {}).items()
        }
        autograded.write(
            config.autograded(self._settings, graded.student, graded.assignment),
            pages,
            graded.files,
            permissions=self._settings.permissions,
            groupshared=self._settings.groupshared,
        )


def _writer(
    settings: StockSettings, assignments: Mapping[str, StockAssignment], notes: list[str]
) -> Writer:
    """The gradebook's, in which every assignment is.

    Raises:
        CourseError: an assignment cannot be put there.
        GradebookError: it cannot be opened.
    """
    for assignment in assignments.values():
        if not assignment.registered:
            course.register(settings, assignment)
            notes.append(f"{assignment.name}: put into the gradebook, which did not have it")
    late = config.late_plugin(settings).late_submission_penalty
    return Writer(Target(settings.db_url, settings.course_id, settings.create_student, late))


def _entry(graded: Graded) -> Entry:
    return Entry(
        graded.student,
        graded.assignment,
        graded.timestamp,
        graded.grades,
        graded.comments,
        graded.missing,
    )


def _without_digest(score: Score) -> dict[str, str]:
    return {key: value for key, value in score.provenance.items() if key != "digest"}


def _own_prose(source: SourceNotebook) -> frozenset[str]:
    """Markdown that the course wrote."""
    cells = source.answered["cells"] if source.answered else []
    own = {cell["source"] for cell in cells if cell["cell_type"] == "markdown"}
    return frozenset(own | {cell.source for cell in source.cells if not cell.solution})
