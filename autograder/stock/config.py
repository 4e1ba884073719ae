"""What an nbgrader course says of itself in its configuration files.

The files are the instructor's own code and run in this process, as nbgrader runs them. What they
set is read through nbgrader's own classes, so defaults, inheritance and checks are nbgrader's.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Problem
from autograder.stock.model import UNLIMITED, Regions, StockSettings

FILE = "nbgrader_config"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
# What each class may be told. Anything else that a course sets there gets a note.
_HONOURED: dict[str, frozenset[str]] = {
    "Autograde": frozenset({"create_student", "exclude_overwriting", "permissions", "force"}),
    "BaseConverter": frozenset({"permissions", "force"}),
    "Execute": frozenset({"timeout"}),
    "ExecutePreprocessor": frozenset({"timeout"}),
    "NotebookClient": frozenset({"timeout"}),
    "OverwriteCells": frozenset({"add_missing_cells", "missing_cell_notification"}),
    "LimitOutput": frozenset({"max_lines", "max_traceback"}),
    "AssignLatePenalties": frozenset({"plugin_class"}),
    **dict.fromkeys(
        ("CheckCellMetadata", "ClearOutput", "ClearMetadataPreprocessor", "DeduplicateIds"),
        frozenset(),
    ),
    **dict.fromkeys(("IgnorePattern", "OverwriteKernelspec", "SaveAutoGrades"), frozenset()),
    "CourseDirectory": frozenset(
        {"course_id", "student_id_exclude", "directory_structure", "db_url", "root", "groupshared"}
        | {f"{step}_directory" for step in ("source", "release", "submitted", "autograded")}
        | {f"{step}_directory" for step in ("feedback", "solution", "source_with_tests")}
        | {"ignore", "include", "max_file_size", "max_dir_size"}
    ),
}
_HARMLESS = {("CourseDirectory", name) for name in ("student_id", "notebook_id")}  # when "*"


def is_course(folder: Path) -> bool:
    """Whether ``folder`` holds an nbgrader course, and none of our own."""
    if next(folder.glob("assignments/*/assignment.yaml"), None) is not None:
        return False
    files = (folder / f"{FILE}.py", folder / f"{FILE}.json", folder / "gradebook.db")
    return any(file.is_file() for file in files) or (folder / "source").is_dir()


def read(root: Path) -> StockSettings:
    """The settings of the course in ``root``.

    Raises:
        CourseError: a configuration file fails, or sets something to what it cannot be.
    """
    from traitlets import TraitError

    root = root.resolve()
    config = loaded(root)
    try:
        with importable(root):
            return _settings(root, config)
    except (TraitError, ValueError, KeyError, IndexError, ImportError) as error:
        raise CourseError([Problem(str(root), FILE, str(error))]) from error


def loaded(root: Path) -> Any:
    """The traitlets ``Config`` of the course: Jupyter's own folders first, then the course's.

    Raises:
        CourseError: a file fails.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config

    config = Config()
    folders = [*reversed(jupyter_config_path()), str(root)]
    with importable(root):
        for folder in folders[:-1]:
            _merge(config, "jupyter_config", folder)
        for folder in folders:
            _merge(config, FILE, folder)
    return _renamed(config)


def _merge(config: Any, name: str, folder: str) -> None:
    from traitlets.config.loader import (
        ConfigFileNotFound,
        JSONFileConfigLoader,
        PyFileConfigLoader,
    )

    for kind, suffix in ((PyFileConfigLoader, "py"), (JSONFileConfigLoader, "json")):
        file = f"{name}.{suffix}"
        try:
            config.merge(kind(file, path=folder).load_config())
        except ConfigFileNotFound:
            continue
        except (Exception, SystemExit) as error:  # the instructor's code: it may raise anything
            said = f"{type(error).__name__}: {error}"
            raise CourseError([Problem(str(Path(folder) / file), "it fails", said)]) from error


def _renamed(config: Any) -> Any:
    """``config`` with options of older versions under the names that they have now."""
    from nbgrader.apps import AutogradeApp

    app = AutogradeApp(log=quiet(), config=config)
    return app.config


def late_plugin(settings: StockSettings) -> Any:
    """The course's plugin for late submissions: it has ``late_submission_penalty``.

    Raises:
        CourseError: it cannot be imported or made.
    """
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets import TraitError

    config = loaded(settings.root)
    try:
        with importable(settings.root):
            assign = made(AssignLatePenalties, config=config, log=quiet())
            assign.init_plugin()
            return assign.plugin_inst
    except (TraitError, ImportError, TypeError) as error:
        key = "AssignLatePenalties.plugin_class"
        raise CourseError([Problem(str(settings.root), key, str(error))]) from error


def path_of(settings: StockSettings, step: str, student: str, assignment: str) -> Path:
    """The folder of one submission (or, for the student ``.``, of an assignment) at one step.

    Args:
        step: the folder's name for it, e.g. ``settings.submitted``.
    """
    parts = {"nbgrader_step": step, "student_id": student, "assignment_id": assignment}
    return settings.root / settings.directory_structure.format(**parts)


def autograded(settings: StockSettings, student: str, assignment: str) -> Path:
    """Where the graded notebooks of one submission lie."""
    return path_of(settings, settings.autograded, student, assignment)


# ---------------------------------------------------------------- through nbgrader's classes


def _settings(root: Path, config: Any) -> StockSettings:
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import (
        ClearHiddenTests,
        ClearMarkScheme,
        Execute,
        LimitOutput,
        OverwriteCells,
    )

    given = {"config": without_hooks(config), "log": quiet()}
    folder = CourseDirectory(root=str(root), **given)
    autograde = Autograde(coursedir=folder, **given)
    execute, limit = made(Execute, **given), made(LimitOutput, **given)
    cells = made(OverwriteCells, **given)
    hidden, scheme = made(ClearHiddenTests, **given), made(ClearMarkScheme, **given)
    cells.missing_cell_notification.format(cell_id="")  # refuses other fields here, not later
    folder.directory_structure.format(nbgrader_step="", student_id="", assignment_id="")
    timeout = execute.timeout if execute.timeout and execute.timeout > 0 else None
    return StockSettings(
        root=root,
        course_id=folder.course_id,
        db_url=folder.db_url,
        directory_structure=folder.directory_structure,
        source=folder.source_directory,
        release=folder.release_directory,
        submitted=folder.submitted_directory,
        autograded=folder.autograded_directory,
        feedback=folder.feedback_directory,
        ignore=tuple(folder.ignore),
        student_id_exclude=tuple(filter(None, folder.student_id_exclude.split(","))),
        timeout=timeout,
        max_lines=limit.max_lines,
        max_traceback=limit.max_traceback,
        add_missing_cells=cells.add_missing_cells,
        missing_cell_notification=cells.missing_cell_notification,
        create_student=autograde.create_student,
        exclude_overwriting={
            name: tuple(files) for name, files in autograde.exclude_overwriting.items()
        },
        permissions=int(str(autograde.permissions), 8),
        groupshared=folder.groupshared,
        regions=Regions(
            (hidden.begin_test_delimeter, hidden.end_test_delimeter),
            (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
        ),
        text=_ADDRESS.sub("", repr(config)),
        notes=tuple(_notes(config, timeout)),
    )


def without_hooks(config: Any) -> Any:
    """A copy without functions of the course's that nbgrader would call."""
    bare = copy.deepcopy(config)
    for section in ("Autograde", "BaseConverter", "GenerateAssignment"):
        for hook in ("pre_convert_hook", "post_convert_hook"):
            bare[section].pop(hook, None)
    return bare


def _notes(config: Any, timeout: float | None) -> Iterator[str]:
    for section, honoured in _HONOURED.items():
        for name in sorted(set(config.get(section, {})) - honoured):
            if (section, name) not in _HARMLESS or config[section][name] != "*":
                yield f"{section}.{name} is set: it has no effect here"
    if timeout is None:
        yield f"Execute.timeout is off: a cell still gets no more than {UNLIMITED:g} seconds"


@contextlib.contextmanager
def importable(root: Path) -> Iterator[None]:
    """Modules that lie in the course can be imported, as nbgrader lets its files do."""
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))


def made(kind: Any, **given: Any) -> Any:
    """An object of one of nbgrader's classes, which have no annotations (mypy asks for them)."""
    return kind(**given)


def quiet() -> logging.Logger:
    """A log of its own that nobody reads: only the terminal prints."""
    log = logging.Logger("nbgrader", logging.CRITICAL)
    log.addHandler(logging.NullHandler())
    return log
