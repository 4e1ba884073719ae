"""What one worker process does with a few notebooks: run their cells, keep what they show."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import messages, outputs, pipeline, workers
from autograder.isolation import Preload
from autograder.model import Assignment, Language, Tier
from autograder.sandbox.asked import Asked
from autograder.stock.kernel import Bounds, Kernel
from autograder.stock.model import Json

SKIP = "skip-execution"  # nbclient's tag


@dataclass(frozen=True)
class Job:
    """One notebook to be run."""

    student: str
    assignment: str
    notebook: Json
    lang: Language

    @property
    def words(self) -> frozenset[str]:
        """Every word of its code."""
        code = (cell["source"] for cell in self.notebook["cells"] if cell["cell_type"] == "code")
        return frozenset(word for source in code for word in re.findall(r"\w+", source))


@dataclass(frozen=True)
class Executed:
    """The notebook with its outputs."""

    student: str
    assignment: str
    notebook: Json


@dataclass(frozen=True)
class ExecuteBatch:
    """Notebooks of one assignment."""

    root: Path
    of: Assignment
    tier: Tier
    preload: Preload
    jobs: tuple[Job, ...]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Student and assignment of each notebook in it."""
        return [(job.student, job.assignment) for job in self.jobs]

    def only(self, keys: Sequence[tuple[str, str]]) -> ExecuteBatch:
        """The batch without all others."""
        kept = tuple(job for job in self.jobs if (job.student, job.assignment) in keys)
        return replace(self, jobs=kept)

    def grade(self) -> list[Executed]:
        """Run them, in this process; nothing is judged."""
        found = []
        for job in self.jobs:
            workers.announce(job.student)
            found.append(Executed(job.student, job.assignment, self._run(job)))
        return found

    def _run(self, job: Job) -> Json:
        limits = self.of.limits
        bounds = Bounds(limits.cell_seconds, limits.total_seconds)

        def show(raw: object, number: int) -> list[Json]:
            return outputs.shown(raw, number, job.lang)

        kernel = Kernel(self._open_child, {}, bounds, show)
        notebook, number = copy.deepcopy(job.notebook), 0
        try:
            for cell in notebook["cells"]:
                if cell["cell_type"] != "code":
                    continue
                number += 1
                if cell["source"].strip() and SKIP not in cell["metadata"].get("tags", ()):
                    cell["execution_count"] = number
                    cell["outputs"] = self._cell(kernel, number, cell["source"], job.lang)
        finally:
            kernel.close()
        return notebook

    def _cell(self, kernel: Kernel, number: int, source: str, lang: Language) -> list[Json]:
        ran = kernel.run(number, source)
        if ran.lost is None:
            return ran.outputs
        seconds = self.of.limits.cell_seconds
        text = messages.cell_lost(number, ran.lost.outcome, seconds).to(lang)
        shown = {"output_type": "error", "ename": ran.lost.outcome.value, "evalue": text}
        return [*ran.outputs, {**shown, "traceback": [text]}]

    def _open_child(self) -> Asked:
        place, grant = workers.place(self.tier), pipeline.grant_of(self.of)
        return place.child(self.preload, self.of.limits, grant)
