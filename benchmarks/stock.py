"""nbgrader's documentation course, copied to a class, through both programs in one run.

    make bench-nbgrader                           100 students
    make bench-nbgrader BENCH="--students 10"     a quick look

Each program gets a course of its own, released by nbgrader. Then both gradebooks are compared, and
the time that our writes into the gradebook took is set against the whole. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import runpy
import shutil
import sqlite3
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path

from benchmarks.measure import Usage, run

NBGRADER = (sys.executable, "-m", "nbgrader")
TIMED = (sys.executable, "-m", "benchmarks.stock", "--timed")
ASSIGNMENT = "ps1"
ROOT = Path(__file__).parent.parent
_GRADES = """
    select s.id, n.name, b.name, g.auto_score, g.needs_manual_grade
    from grade g
    join submitted_notebook sn on sn.id = g.notebook_id
    join submitted_assignment sa on sa.id = sn.assignment_id
    join student s on s.id = sa.student_id
    join notebook n on n.id = sn.notebook_id
    join base_cell b on b.id = g.cell_id
    order by 1, 2, 3
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--timed", action="store_true", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.timed:
        _grade_timed(rest)
        return
    with tempfile.TemporaryDirectory(prefix="bench-nbgrader-") as folder:
        _compare(Path(folder), options.students)


def _compare(folder: Path, students: int) -> None:
    theirs, ours = folder / "theirs", folder / "ours"
    _make(theirs, students)
    _nbgrader(theirs, "generate_assignment")
    shutil.copytree(theirs, ours)
    second = _ours(ours)
    first = _nbgrader(theirs, "autograde")
    writing = float((ours / "seconds").read_text())
    same = _grades(theirs) == _grades(ours)
    print(f"{students} students, {len(_grades(ours))} graded cells, starts included:\n")
    print("| program | wall | CPU | peak memory | throughput |\n|---|---|---|---|---|")
    for name, usage in (("nbgrader autograde", first), ("autograder grade --course", second)):
        ratio = first.wall / usage.wall
        cells = f"{usage.wall:.1f} s | {usage.cpu:.1f} s | {usage.peak / 2**20:.0f} MiB"
        print(f"| `{name}` | {cells} | {ratio:.1f} × |")
    share = 100 * writing / second.wall
    print(f"\nOur writes into the gradebook: {writing:.2f} s, {share:.1f} % of the time.")
    print(f"Both gradebooks hold the same automatic scores: {'yes' if same else 'NO'}.")


def _make(folder: Path, students: int) -> None:
    """The course, its two example submissions in turn."""
    guide = Path(str(resources.files("nbgrader"))) / "docs" / "source" / "user_guide"
    shutil.copytree(guide / "source", folder / "source")
    examples = sorted((guide / "submitted").iterdir())
    for number in range(students):
        one = examples[number % len(examples)]
        shutil.copytree(one, folder / "submitted" / f"{one.name}{number:03}")
    (folder / "nbgrader_config.py").write_text(
        f'c = get_config()\nc.CourseDirectory.course_id = "docs"\n'
        f'c.CourseDirectory.root = "{folder}"\n'
        f'c.IncludeHeaderFooter.header = "source/header.ipynb"\n'
    )


def _nbgrader(folder: Path, command: str) -> Usage:
    """One of nbgrader's commands; it looks for ``alembic`` on the path."""
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    os.environ["PATH"] = os.pathsep.join(dict.fromkeys(paths))
    before = Path.cwd()
    os.chdir(folder)
    try:
        return run([*NBGRADER, command, ASSIGNMENT], folder / f"{command}.log")
    finally:
        os.chdir(before)


def _ours(folder: Path) -> Usage:
    os.environ["PYTHONPATH"] = str(ROOT)
    options: list[str | Path] = ["--course", folder, "--quiet", "--results", folder / "results"]
    command: list[str | Path] = [*TIMED, folder / "seconds", "grade", ASSIGNMENT, *options]
    return run(command, folder / "ours.log")


def _grade_timed(arguments: list[str]) -> None:
    """The command line as it is, with a clock around each write into the gradebook."""
    from autograder.gradebook.writer import Writer

    spent, write = [0.0], Writer.write

    def timed(self: Writer, *args: object) -> object:
        start = time.perf_counter()
        try:
            return write(self, *args)  # type: ignore[arg-type]
        finally:
            spent[0] += time.perf_counter() - start

    Writer.write = timed  # type: ignore[assignment, method-assign]
    seconds, *sys.argv[1:] = arguments
    try:
        runpy.run_module("autograder", run_name="__main__")
    finally:
        Path(seconds).write_text(str(spent[0]))


def _grades(folder: Path) -> list[tuple[object, ...]]:
    """Every automatic score of a gradebook."""
    with sqlite3.connect(folder / "gradebook.db") as database:
        return database.execute(_GRADES).fetchall()


if __name__ == "__main__":
    main()
