"""From a folder of results to a folder of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder import course, results
from autograder.errors import UsageError
from autograder.feedback.cells import Notebook
from autograder.feedback.marks import Marks
from autograder.feedback.page import page
from autograder.feedback.shelf import NbgraderShelf, OwnShelf, Shelf
from autograder.model import Language, Score
from autograder.stock import config

Layout = Literal["pages", "nbgrader"]
File = tuple[Path, bytes]
_BESIDE = ("timestamp.txt", "submission_secret.txt")  # by these the exchange finds the way back


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    results: Path
    submissions: Path
    root: Path | None = None  # the course; None: the nearest one
    out: Path | None = None  # None: feedback/, or where nbgrader's configuration says
    assignments: tuple[str, ...] = ()
    students: tuple[str, ...] = ()
    lang: Language | None = None  # of the frame; None: the language it was graded in
    layout: Layout | None = None  # None: nbgrader's for a course made for it


@dataclass(frozen=True)
class Report:
    """What was done; ``notes`` are for the instructor."""

    folder: Path
    written: int
    kept: int  # pages that are as they were
    notes: tuple[str, ...]


def write(options: Options) -> Report:
    """Write a page for every result that is asked for.

    Raises:
        UsageError, CourseError, GradebookError: before anything is written.
        ResultsError: a page cannot be written; it is as it was, then.
    """
    scores = _chosen(options)
    root = (options.root or course.find_root(Path.cwd())).resolve()
    shelf = _shelf(root, options, scores)
    layout = options.layout or ("pages" if shelf.own else "nbgrader")
    out = options.out or Path("feedback")
    if layout == "nbgrader" and options.out is None:
        out = root / shelf.settings.feedback
    desk = _Desk(shelf, out)
    done = [desk.put(score, layout, options.lang) for score in scores]
    written, kept = (sum(counts) for counts in zip(*done, strict=True))
    return Report(out, written, kept, tuple(desk.notes))


def _chosen(options: Options) -> list[Score]:
    """The results asked for. Raises UsageError if something asked for is not there."""
    found = results.read_all(options.results)
    if not found:
        raise UsageError(f"{options.results}: no results here; run `autograder grade` first")
    _known("assignment", options.assignments, {one.assignment for one in found}, options)
    _known("student", options.students, {one.student for one in found}, options)
    return [
        one
        for one in found
        if (not options.assignments or one.assignment in options.assignments)
        and (not options.students or one.student in options.students)
    ]


def _known(what: str, asked: Sequence[str], known: set[str], options: Options) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(f"no results of {what} {name!r} in {options.results}")


def _shelf(root: Path, options: Options, scores: Sequence[Score]) -> Shelf:
    if config.is_course(root):
        return NbgraderShelf(root)
    return OwnShelf(root, options.submissions, scores)


class _Desk:
    """Makes pages below ``out``; ``notes`` are for the instructor."""

    def __init__(self, shelf: Shelf, out: Path) -> None:
        self._shelf, self._out = shelf, out
        self.notes: list[str] = []

    def put(self, score: Score, layout: Layout, lang: Language | None) -> tuple[int, int]:
        """Write all about ``score``: how many files are new, how many are as they were."""
        notebooks = self._shelf.notebooks(score)
        if score.status == "graded" and not notebooks:
            self._note(score, "the submission is not there, so its page shows no code")
        lang = lang or ("en" if score.provenance.get("lang") == "en" else "fr")
        make = self._one if layout == "pages" else self._several
        new = [_put(path, data) for path, data in make(score, notebooks, lang)]
        return sum(new), len(new) - sum(new)

    def _one(self, score: Score, notebooks: Sequence[Notebook], lang: Language) -> Iterator[File]:
        """One page about everything."""
        place = results.result_path(self._out, score.assignment, score.student)
        html = page(score, self._shelf.titles(score, lang), notebooks, lang, self._marks(score))
        yield place.with_name(f"{place.stem}.html"), html.encode()

    def _several(
        self, score: Score, notebooks: Sequence[Notebook], lang: Language
    ) -> Iterator[File]:
        """A page a notebook, where nbgrader's exchange looks for them, and what it asks for."""
        folder = self._shelf.folder(str(self._out.resolve()), score)
        if folder is None:
            self._note(score, "no name that nbgrader can have, so there is no page")
            return
        titles, names = self._shelf.titles(score, lang), self._shelf.names(score)
        for name in names:
            mine = [one for one in notebooks if one.name == name]
            only = name if len(names) > 1 else ""
            html = page(score, titles, mine, lang, self._marks(score), only)
            yield folder / f"{name}.html", html.encode()
        settings = self._shelf.settings
        for name in _BESIDE:
            steps = (settings.autograded, settings.submitted)
            found = (self._shelf.file(step, score, name) for step in steps)
            data = next((data for data in found if data is not None), None)
            if data is not None:
                yield folder / name, data

    def _marks(self, score: Score) -> Marks:
        return self._shelf.marks.get((score.student, score.assignment), {})

    def _note(self, score: Score, what: str) -> None:
        self.notes.append(f"{score.student}/{score.assignment}: {what}")


def _put(path: Path, data: bytes) -> bool:
    """Write a file unless it is there already, the same. Raises ResultsError."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
        return False
    results.replace(path, data, option="--out")
    return True
