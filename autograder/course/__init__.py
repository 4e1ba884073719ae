"""The course on disk → ``model.Course``: every mistake of every file reported at once.

root/
  assignments/<slug>/   assignment.yaml · notebook.py · test_<slug>.py
  reference/<slug>.py   one function or class a task
  release/<lang>/<slug>/<slug>.ipynb   generated
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError, Problem, UsageError
from autograder.model import (
    LANGUAGES,
    Assignment,
    Course,
    Language,
    Limits,
    Task,
    Text,
    TrainingPlan,
)
from autograder.student import Student

if TYPE_CHECKING:
    from autograder.course.file import AssignmentKeys, TaskKeys, TextKeys, TrainingKeys

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,49}")


def find_root(start: Path) -> Path:
    """The nearest folder at or above ``start`` that holds ``assignments/``.

    Raises:
        UsageError: there is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / "assignments").is_dir():
            return folder
    raise UsageError(f"{start}: no folder assignments/ here or in a folder above; use --course")


def load(root: Path) -> Course:
    """Read and check every assignment below ``root/assignments``.

    Raises:
        CourseError: with all mistakes of all files; files are named relative to ``root``.
    """
    problems: list[Problem] = []
    assignments: dict[str, Assignment] = {}
    for folder in _folders(root, problems):
        assignment = _load_assignment(root, folder, problems)
        if assignment is not None:
            assignments[assignment.slug] = assignment
    if problems:
        raise CourseError(problems)
    return Course(root, assignments)


def release_file(course: Course, slug: str, lang: Language) -> Path:
    """Where the student notebook of ``slug`` in ``lang`` is kept."""
    return course.root / "release" / lang / slug / f"{slug}.ipynb"


def boilerplate(course: Course, slug: str) -> frozenset[str]:
    """Digests of the teacher's own cells (checks, figures) in the released notebooks of ``slug``.

    A submission that still has them unchanged need not run them. Not released yet: empty.
    """
    files = [release_file(course, slug, lang) for lang in LANGUAGES]
    return frozenset(
        _digest(source) for file in files if file.is_file() for source in _teacher_cells(file)
    )


def _digest(source: str) -> str:
    from autograder.notebook import cell_digest

    return cell_digest(source)


def _teacher_cells(file: Path) -> Iterator[str]:
    try:
        cells = json.loads(file.read_bytes())["cells"]
        for cell in cells:
            if cell["cell_type"] == "code" and _is_teachers(cell["metadata"]):
                yield "".join(cell["source"])
    except (ValueError, KeyError, TypeError) as error:
        sentence = "not a released notebook; write it again with `autograder release`"
        raise CourseError([Problem(str(file), "the file", sentence)]) from error


def _is_teachers(metadata: Mapping[str, Mapping[str, object]]) -> bool:
    grading = metadata.get("nbgrader", {})
    locked = bool(grading.get("locked")) and not grading.get("solution")
    return locked or "figure" in metadata.get("tags", ())


# ---------------------------------------------------------------- one assignment


def _folders(root: Path, problems: list[Problem]) -> list[Path]:
    parent = root / "assignments"
    if not parent.is_dir():
        problems.append(Problem("assignments", "the folder", "folder not found"))
        return []
    folders = sorted(path for path in parent.iterdir() if path.is_dir())
    folders = [path for path in folders if path.name[0] not in "._"]
    if not folders:
        problems.append(Problem("assignments", "the folder", "expected at least one assignment"))
    return folders


def _load_assignment(root: Path, folder: Path, problems: list[Problem]) -> Assignment | None:
    """Check one folder; what is wrong is added to ``problems``."""
    if not _SLUG.fullmatch(folder.name):
        sentence = "expected small letters, digits and _ (at most 50), starting with a letter"
        problems.append(Problem(_relative(root, folder), "the folder's name", sentence))
        return None
    _check_files(root, folder, problems)
    keys = _read_keys(root, folder, problems)
    if keys is None:
        return None
    problems += _task_problems(_relative(root, folder / "assignment.yaml"), keys.tasks)
    problems += _module_problems(_relative(root, folder / "assignment.yaml"), keys)
    problems += _reference_problems(root, folder.name, keys.tasks)
    return _assignment(folder, keys)


def _check_files(root: Path, folder: Path, problems: list[Problem]) -> None:
    for name in ("notebook.py", f"test_{folder.name}.py"):
        if not (folder / name).is_file():
            problems.append(Problem(_relative(root, folder / name), "the file", "file not found"))


def _read_keys(root: Path, folder: Path, problems: list[Problem]) -> AssignmentKeys | None:
    from autograder.course.file import read

    file = folder / "assignment.yaml"
    try:
        data = file.read_bytes()
    except OSError as error:
        problems.append(Problem(_relative(root, file), "the file", _unreadable(error)))
        return None
    keys, found = read(data, _relative(root, file))
    problems += found
    return keys


def _unreadable(error: OSError) -> str:
    missing = isinstance(error, FileNotFoundError)
    return "file not found" if missing else f"cannot be read ({error.strerror})"


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _assignment(folder: Path, keys: AssignmentKeys) -> Assignment:
    return Assignment(
        slug=folder.name,
        title=_text(keys.title),
        tasks=tuple(
            Task(id, _text(task.title), task.points, tuple(task.depends), _scheme(task))
            for id, task in keys.tasks.items()
        ),
        folder=folder,
        limits=Limits(**keys.limits.model_dump()),
        preload=tuple(keys.preload),
        preload_on_use=tuple(keys.preload_on_use),
        hints={id: _text(hint) for id, hint in keys.hints.items()},
        training=_training(keys.training) if keys.training else None,
        pretrained=keys.pretrained,
        exam=keys.exam,
    )


def _scheme(task: TaskKeys) -> Text | None:
    return None if task.mark_scheme is None else _text(task.mark_scheme)


def _training(keys: TrainingKeys) -> TrainingPlan:
    short = (keys.short.train, keys.short.test)
    return TrainingPlan(keys.data, keys.budget, keys.memory_mib, keys.gpu_mib, short)


def _text(keys: TextKeys) -> Text:
    return Text(fr=keys.fr, en=keys.en)


# ---------------------------------------------------------------- what the keys must agree with


def _task_problems(file: str, tasks: Mapping[str, TaskKeys]) -> Iterator[Problem]:
    for id, task in tasks.items():
        if id.startswith("_") or hasattr(Student, id):
            sentence = "expected another id: a test could not call it, `student` has its own of it"
            yield Problem(file, f"tasks.{id}", sentence)
        for needed in task.depends:
            if needed not in tasks:
                known = ", ".join(tasks)
                sentence = f"expected ids of tasks of this file ({known}), found {needed!r}"
                yield Problem(file, f"tasks.{id}.depends", sentence)
            elif task.mark_scheme or tasks[needed].mark_scheme:
                sentence = "expected none: what a person marks depends on nothing, nor the reverse"
                yield Problem(file, f"tasks.{id}.depends", sentence)
    if all(task.mark_scheme for task in tasks.values()):
        yield Problem(file, "tasks", "expected at least one task without mark_scheme, with tests")
    cycle = _cycle({id: task.depends for id, task in tasks.items()})
    if cycle:
        sentence = f"expected no task that depends on itself, found {' → '.join(cycle)}"
        yield Problem(file, f"tasks.{cycle[0]}.depends", sentence)


def _cycle(depends: Mapping[str, Iterable[str]]) -> list[str]:
    """The first path of ids that comes back to its start, or an empty list."""
    finished: set[str] = set()

    def walk(id: str, path: list[str]) -> list[str]:
        if id in path:
            return [*path[path.index(id) :], id]
        if id in finished:
            return []
        for needed in depends.get(id, ()):
            if found := walk(needed, [*path, id]):
                return found
        finished.add(id)
        return []

    return next((found for id in depends if (found := walk(id, []))), [])


def _module_problems(file: str, keys: AssignmentKeys) -> Iterator[Problem]:
    """The modules of the warm process are installed: looked up here, never imported."""
    for key, modules in (("preload", keys.preload), ("preload_on_use", keys.preload_on_use)):
        for at, module in enumerate(modules):
            name = module.partition(".")[0]
            if not _is_installed(name):
                yield Problem(file, f"{key}.{at}", f"module not found: no {name!r} is installed")


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # loaded, but from nowhere: `__main__`
        return False


def _reference_problems(root: Path, slug: str, tasks: Mapping[str, TaskKeys]) -> Iterator[Problem]:
    """Every task has its answer in ``reference/<slug>.py``, which is not run here.

    A function or class; where a person marks it, a text in each language.
    """
    name = f"reference/{slug}.py"
    try:
        defined = _definitions((root / name).read_bytes())
    except OSError as error:
        yield Problem(name, "the file", _unreadable(error))
        return
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        yield Problem(name, f"line {line}" if line else "the file", f"not valid Python: {error}")
        return
    for id, task in tasks.items():
        if task.mark_scheme is not None:
            if defined.get(id) is not True:
                yield Problem(name, id, "text not found; write it as {'fr': \"…\", 'en': \"…\"}")
        elif defined.get(id) is not False:
            yield Problem(name, id, "function or class not found; every task has one of its name")


@functools.lru_cache(maxsize=256)
def _definitions(source: bytes) -> dict[str, bool]:
    """What the module defines at its top, and whether that is a text in each language."""
    found: dict[str, bool] = {}
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name) | ast.ClassDef(name):
                found[name] = False
            case ast.Assign([ast.Name(name)], ast.Dict(keys, values)):
                parts = [getattr(each, "value", None) for each in (*keys, *values)]
                texts = all(type(part) is str for part in parts)
                found[name] = texts and {*parts[: len(keys)]} == {*LANGUAGES}
    return found
