"""``assignments/`` + ``reference/`` → ``release/<lang>/``: the notebooks that students get.

Two steps. First the *source* notebook, with the answers filled in from ``reference/`` and the check
cells generated from the visible tests. Then nbgrader's own converter, which empties the solution
cells and signs the others, in a throw-away course folder. The same input gives the same bytes.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.course import release_file
from autograder.errors import CourseError, Problem, ReleaseError, UsageError
from autograder.model import LANGUAGES, Assignment, Course, Language, Task
from autograder.notebook import stub
from autograder.release import manual, tools
from autograder.release.cells import SourceCell, in_language, read_cells
from autograder.release.checks import TestFile
from autograder.release.files import Json, as_bytes, sealed, write
from autograder.release.solution import bound_names, free_names, solution_cell

# What stands in a student's notebook where the answer was cut out.
STUBS: dict[Language, str] = {
    "fr": "# À toi de jouer : écris ta réponse ici\nraise NotImplementedError()",
    "en": "# Your turn: write your answer here\nraise NotImplementedError()",
}
_TOOLS_ID = "check-tools"  # a hyphen: no task can have this id
_HELPERS = frozenset({"np", "same", "raises"})


def build(
    course: Course,
    out: Path,
    slugs: Sequence[str] | None = None,
    langs: Sequence[Language] = LANGUAGES,
) -> list[Path]:
    """Write ``out/<lang>/<slug>/<slug>.ipynb``; nothing is written unless all can be made.

    Args:
        course: the checked course.
        out: the release folder, made where it does not exist.
        slugs: assignments to release, all by default.
        langs: languages to release.

    Returns:
        The files written.

    Raises:
        UsageError: no such assignment.
        CourseError: mistakes in the files of the assignments, all of them.
        ReleaseError: nbgrader refuses a notebook, or a file cannot be written.
    """
    wanted = list(course.assignments) if slugs is None else list(slugs)
    sources = _sources(course, wanted, langs)
    notebooks = {
        out / lang / slug / f"{slug}.ipynb": _student_version(source, slug, lang)
        for (slug, lang), source in sources.items()
    }
    for file, data in notebooks.items():
        write(file, data)
    return list(notebooks)


def source_notebook(course: Course, slug: str, lang: Language) -> bytes:
    """The notebook with the answers in it: nbgrader's source, and a right submission."""
    return _source(course, _assignment(course, slug), lang)


def register(course: Course, slug: str, lang: Language, db_url: str, course_id: str = "") -> None:
    """Save the cells of the student notebook into the nbgrader database at ``db_url``.

    Raises:
        ReleaseError: with what nbgrader says; it keeps the cells for which it has grades.
    """
    _student_version(source_notebook(course, slug, lang), slug, lang, (db_url, course_id))


def released_notebook(course: Course, slug: str, lang: Language) -> bytes:
    """The student notebook as it is committed in ``release/``.

    Raises:
        ReleaseError: it has not been made yet.
    """
    file = release_file(course, _assignment(course, slug).slug, lang)
    try:
        return file.read_bytes()
    except OSError as error:
        raise ReleaseError(f"{file}: {error.strerror}; run `autograder release`") from error


def _assignment(course: Course, slug: str) -> Assignment:
    try:
        return course.assignments[slug]
    except KeyError:
        known = ", ".join(course.assignments)
        raise UsageError(f"no assignment {slug}; there are {known}") from None


def _sources(
    course: Course, slugs: Iterable[str], langs: Sequence[Language]
) -> dict[tuple[str, Language], bytes]:
    """Source notebooks of all assignments; the mistakes of all are reported together."""
    sources: dict[tuple[str, Language], bytes] = {}
    problems: list[Problem] = []
    for assignment in [_assignment(course, slug) for slug in slugs]:
        try:
            for lang in langs:
                sources[assignment.slug, lang] = _source(course, assignment, lang)
        except CourseError as error:
            problems += error.problems
    if problems:
        raise CourseError(problems)
    return sources


# ---------------------------------------------------------------- the source notebook


def _source(course: Course, assignment: Assignment, lang: Language) -> bytes:
    cells = in_language(read_cells(assignment), lang)
    return _notebook(list(_Builder(course, assignment, lang).cells(cells)))


class _Builder:
    """Fills the cells of one language; keeps track of the names that a student will have."""

    def __init__(self, course: Course, assignment: Assignment, lang: Language) -> None:
        slug = assignment.slug
        self.lang = lang
        self.tasks = {task.id: task for task in assignment.tasks}
        self.reference_file = f"reference/{slug}.py"
        self.reference = (course.root / self.reference_file).read_text(encoding="utf-8")
        self.notebook_file = f"assignments/{slug}/notebook.py"
        test_file = f"assignments/{slug}/test_{slug}.py"
        tests = assignment.test_file.read_text(encoding="utf-8")
        self.tests = TestFile(tests, test_file, assignment.machine_tasks, assignment.hints)
        self.used = frozenset(tools.ON_USE) & self.tests.names
        self.names = _HELPERS | self.used

    def cells(self, cells: Sequence[SourceCell]) -> Iterator[Json]:
        first_code = next(n for n, cell in enumerate(cells) if cell.kind == "code")
        for number, cell in enumerate(cells):
            if number == first_code:
                yield self._tools()
            if cell.task is not None:
                task = self.tasks[cell.task]
                yield from self._text(task) if task.manual else self._task(task)
            else:
                yield self._plain(f"cell-{number + 1:02}", cell)

    def _tools(self) -> Json:
        metadata = {
            "nbgrader": _grading(_TOOLS_ID, locked=True),
            "jupyter": {"source_hidden": True},
        }
        return _cell(_TOOLS_ID, "code", tools.cell_source(self.lang, self.used), metadata)

    def _plain(self, id: str, cell: SourceCell) -> Json:
        if cell.kind == "code" and not cell.figure:
            self.names |= self._bound(cell.source)
        return _cell(id, cell.kind, cell.source, {"tags": ["figure"]} if cell.figure else {})

    def _bound(self, source: str) -> frozenset[str]:
        lines = [line for line in source.split("\n") if not line.lstrip().startswith(("%", "!"))]
        try:
            return bound_names("\n".join(lines))
        except SyntaxError as error:
            place = f"code cell {source.strip()[:40]!r}"
            sentence = f"valid Python; {error.msg}"
            raise CourseError([Problem(self.notebook_file, place, sentence)]) from error

    def _task(self, task: Task) -> Iterator[Json]:
        answer = solution_cell(task, self.reference, self.reference_file, self.lang)
        self.names |= {task.id}
        if unknown := free_names(answer) - self.names - set(self.tasks):
            sentence = f"only names that the notebook defines, found {', '.join(sorted(unknown))}"
            raise CourseError([Problem(self.reference_file, task.id, sentence)])
        yield _cell(task.id, "code", answer, {"nbgrader": _grading(task.id, solution=True)})
        id = f"{task.id}-check"
        grading = _grading(id, grade=True, locked=True, points=task.points)
        check = self.tests.check_cell(task, self.lang, self.names)
        yield _cell(id, "code", check, {"nbgrader": grading})

    def _text(self, task: Task) -> Iterator[Json]:
        """What is asked, locked, and the answer, which a person marks."""
        answer = manual.answers(self.reference, self.lang)[task.id]
        id = f"{task.id}{manual.ASKED}"
        asked = manual.asked(task, answer, self.lang)
        yield _cell(id, "markdown", asked, {"nbgrader": _grading(id, locked=True)})
        grading = _grading(task.id, grade=True, solution=True, points=task.points)
        yield _cell(task.id, "markdown", answer, {"nbgrader": grading})


def _grading(
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> Json:
    """nbgrader's own metadata of one cell, schema 3."""
    grading: Json = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        grading["points"] = int(points) if points == int(points) else points
    return grading


def _cell(id: str, kind: str, source: str, metadata: Json) -> Json:
    cell: Json = {"cell_type": kind, "id": id, "metadata": metadata, "source": source}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell


def _notebook(cells: list[Json]) -> bytes:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return as_bytes({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


# ---------------------------------------------------------------- nbgrader's part


def _student_version(
    source: bytes, slug: str, lang: Language, database: tuple[str, str] | None = None
) -> bytes:
    """What nbgrader's ``generate_assignment`` makes of a source notebook.

    ``database``: where it saves the cells (URL, course), if anywhere.

    Raises:
        ReleaseError: with what nbgrader says.
    """
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # nbgrader's and nbconvert's own, at import and later
        course = Path(folder).resolve()
        given = course / "source" / slug / f"{slug}.ipynb"
        given.parent.mkdir(parents=True)
        given.write_bytes(source)
        _generate(course, slug, lang, database)
        made = course / "release" / slug / f"{slug}.ipynb"
        return sealed(json.loads(made.read_bytes()))


def _generate(course: Path, slug: str, lang: Language, database: tuple[str, str] | None) -> None:
    from nbgrader.converters import GenerateAssignment, NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    said = Said()
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.assignment_id = slug
    if database is None:
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    else:
        config.CourseDirectory.db_url, config.CourseDirectory.course_id = database
    config.ClearSolutions.code_stub = {"python": STUBS[lang]}
    config.ClearSolutions.text_stub = stub.TEXTS[lang]
    # Mark schemes stand in locked cells, which are put back before grading as task cells are. A
    # task cell has no answer of its own, so nbgrader could not tell who has not answered.
    config.ClearMarkScheme.enforce_metadata = False
    log = logging.Logger(__name__, logging.WARNING)  # its own: no handler of the program's
    log.addHandler(said)
    directory = CourseDirectory(config=config, log=log)
    try:
        GenerateAssignment(coursedir=directory, config=config, log=log).start()
    except NbGraderException as error:
        reason = re.sub(r"\s+", " ", " ".join(said.lines) or str(error))
        raise ReleaseError(f"{slug} ({lang}): nbgrader refuses the notebook: {reason}") from error


class Said(logging.Handler):
    """Keeps what nbgrader logs, to be shown if it refuses a notebook."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())
