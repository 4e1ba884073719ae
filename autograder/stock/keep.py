"""What becomes of a verdict: the gradebook first, then autograded/, then the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

from autograder import autograded, results
from autograder.autograded import Page
from autograder.model import Score
from autograder.run import Options
from autograder.stock import config
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the gradebook."""

    def keep(self, graded: Graded) -> Score:
        """Write it; the score as it was written."""
        score = graded.score
        name = f"{score.student}/{score.assignment}"
        self._notes += [f"{name}: {note}" for note in graded.notes]
        if score.status == "graded":
            self._write_autograded(graded)
        results.write(score, self._options.results)
        return score

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


def _own_prose(source: SourceNotebook) -> frozenset[str]:
    """Markdown that the course wrote."""
    cells = source.answered["cells"] if source.answered else []
    own = {cell["source"] for cell in cells if cell["cell_type"] == "markdown"}
    return frozenset(own | {cell.source for cell in source.cells if not cell.solution})


__all__ = ["Keeper", "replace"]
