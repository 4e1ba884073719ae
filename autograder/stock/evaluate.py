"""One test cell, run in the trusted process: does it reach its end, and what is it worth?"""

from __future__ import annotations

import ast
import contextlib
import faulthandler
import functools
import linecache
import os
import resource
import signal
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from autograder.model import Lost, Outcome
from autograder.sandbox.mirror import Unshared
from autograder.sandbox.streams import Beginning
from autograder.stock.credit import Credit, of_value
from autograder.stock.model import Differs, SourceCell
from autograder.stock.namespace import Namespace
from autograder.stock.proxy import Proxy
from autograder.stock.remote import ChildLost, Remote

_MEMORY = 2 * 2**30  # bytes that a cell may use here beyond what the worker has
_GRACE = 20.0  # seconds beyond its time after which a cell that hears no alarm ends the worker


class _OutOfTime(BaseException):
    """The cell's time is over; no ``except Exception`` of the cell may hide that."""


@dataclass(frozen=True)
class Evaluated:
    """How one test cell ended."""

    credit: Credit
    outcome: Outcome
    error: str = ""  # the class of the exception that ended it
    said: str = ""  # and its text
    lost: Lost | None = None  # the child ended with it
    line: tuple[int, int] | None = None  # first and last line of the statement that failed
    trace: tuple[str, ...] = ()  # for the instructor
    result: str = ""  # what the last expression gave, as text
    stdout: str = ""
    stderr: str = ""
    unshared: str = ""  # why it could not be evaluated here; "" if it could


def evaluate(cell: SourceCell, names: Namespace, remote: Remote, seconds: float) -> Evaluated:
    """Run ``cell`` with ``names``; never raises what the cell raises.

    Args:
        cell: a test cell of the course.
        names: globals of the notebook's test cells.
        remote: the child with the student's cells run in it.
        seconds: wall time for the cell and all that it calls.

    Raises:
        SyntaxError: it is not plain Python (``ways`` sends such cells elsewhere).
    """
    file = f"<test {cell.grade_id}>"
    tree = ast.parse(cell.source, file)
    code, last = _compiled(tree, cell.source, file)
    linecache.cache[file] = (len(cell.source), None, cell.source.splitlines(keepends=True), file)
    remote.ends = time.monotonic() + seconds
    remote.last, remote.unshared, remote.refused, remote.failed = None, "", False, None
    out, err = Beginning(), Beginning()
    value: object = None
    error: BaseException | None = None
    try:
        with _limited(seconds), _within_memory(), _as_nbgrader(), _captured(out, err):
            exec(code, names)  # noqa: S102 - the instructor's own test
            value = eval(last, names) if last else None  # noqa: S307
            if isinstance(value, Proxy):
                remote.permit("be the last value", value)
            credit = of_value(value, cell.points)
            shown = "" if value is None else repr(value)[: Beginning.MOST]
    except BaseException as raised:  # noqa: BLE001 - each is an outcome of the cell
        error = raised
    if remote.lost is not None:  # perhaps hidden by an ``except`` or a ``finally`` of the cell
        error = ChildLost(remote.lost)
    if error is None:
        error = remote.failed  # student code kept it to itself
    printed = _printed(remote)
    stdout, stderr = printed[0] + out.getvalue(), printed[1] + err.getvalue()
    refused = (Differs.OBJECT,) if remote.refused else ()
    if error is None:
        noise = (Differs.STDERR,) if stderr else ()
        credit = Credit(credit.points, (*credit.differs, *noise, *refused))
        return Evaluated(credit, Outcome.PASSED, result=shown, stdout=stdout, stderr=stderr)
    said = _said(error, remote)
    return Evaluated(
        Credit(0.0, refused),
        _outcome(error),
        type(error).__name__,
        said,
        remote.lost,
        _statement(tree, error.__traceback__, file),
        _trace(error, said, file),
        unshared=remote.unshared if isinstance(error, Unshared) else "",
        stdout=stdout,
        stderr=stderr,
    )


def _said(error: BaseException, remote: Remote) -> str:
    """The text of an exception: it may have to ask an object of the student's for its own."""
    remote.ends = time.monotonic() + 1.0
    try:
        with _limited(1.0):
            return str(error)[: Beginning.MOST]
    except BaseException:  # noqa: BLE001 - whatever it is, there is no text
        return ""


def _compiled(tree: ast.Module, source: str, file: str) -> tuple[CodeType, CodeType | None]:
    """The cell, and its last expression by itself, as a notebook shows its value."""
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        expression = tree.body.pop()
        assert isinstance(expression, ast.Expr)
        last = compile(ast.Expression(expression.value), file, "eval", dont_inherit=True)
    code = compile(tree, file, "exec", dont_inherit=True)
    return code, last


def _printed(remote: Remote) -> tuple[str, str]:
    if remote.lost is not None:
        return "", ""
    remote.ends = time.monotonic() + 1.0
    try:
        return remote.printed()
    except (ChildLost, Exception):  # noqa: BLE001 - the child's word, whatever it is
        return "", ""


def _outcome(error: BaseException) -> Outcome:
    if isinstance(error, ChildLost):
        return error.lost.outcome
    if isinstance(error, _OutOfTime):
        return Outcome.TIMEOUT
    if isinstance(error, MemoryError):
        return Outcome.MEMORY
    return Outcome.FAILED if isinstance(error, AssertionError) else Outcome.ERROR


# ---------------------------------------------------------------- where it stopped


def _statement(tree: ast.Module, trace: TracebackType | None, file: str) -> tuple[int, int] | None:
    """First and last line of the innermost statement of the cell that was running."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    if line is None:
        return None
    found = (line, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            end = node.end_lineno or node.lineno
            if node.lineno <= line <= end:
                found = (node.lineno, end)
    return found


def _trace(error: BaseException, said: str, file: str) -> tuple[str, ...]:
    """The traceback of the cell's own lines; what lies below them is the grader's."""
    summary = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in summary if frame.filename == file]
    last = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return (*traceback.format_list(own), last)


# ---------------------------------------------------------------- the cell's surroundings


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise _OutOfTime in the cell when its time is over, again and again: it may be caught.

    A loop in C hears no signal: the worker then ends, and its students are graded one by one.
    """

    def ring(number: int, frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=_nowhere())
    signal.setitimer(signal.ITIMER_REAL, seconds + 0.5, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def _within_memory() -> Iterator[None]:
    """Let the cell use so much more than there is now: what students return may be multiplied."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    most = [used + _MEMORY, *(limit for limit in before if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(most), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


@functools.cache
def _nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)  # open as long as we live


@contextlib.contextmanager
def _as_nbgrader() -> Iterator[None]:
    """What nbgrader sets, so that a test can tell where it runs."""
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    try:
        yield
    finally:
        del os.environ["NBGRADER_EXECUTION"]


@contextlib.contextmanager
def _captured(out: Beginning, err: Beginning) -> Iterator[None]:
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield
