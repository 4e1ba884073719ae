"""The floor: what a submission costs when nobody isolates it and nobody tests it.

    python -m benchmarks.floor record SUBMISSIONS ASSIGNMENT FILE
    python -m benchmarks.floor measure FILE

``record`` grades the submissions in its own process and writes down, for each, its cells and the
calls that the tests made. ``measure`` is a warm process with the same modules imported: for each
submission it forks, and the child runs the cells and makes the calls. The examples of this
repository are run here without a sandbox.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from autograder import wire
from autograder.model import Missing, Raised, Reply, Returned
from autograder.sandbox import warm
from autograder.sandbox.asked import Asked
from autograder.sandbox.worker import Notebook
from autograder.wire import Kind

ROOT = Path(__file__).parent.parent
SEED = 1


@dataclass
class Recording:
    """One submission: its cells, then what was asked of it, in order."""

    cells: list[tuple[int, str]]
    requests: list[tuple[str, Any]] = field(default_factory=list)


class Recorder(Asked):
    """A child that runs in this process and notes what it is asked."""

    alive = True

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._notebook = Notebook()

    def close(self) -> None:
        """Nothing to end."""

    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        action = kind.name.lower()
        if kind is not Kind.RUN:  # a copy: the function may change what it is given
            self._recording.requests.append((action, pickle.loads(pickle.dumps(value))))
        try:
            sent = wire.decode(wire.encode(value), writable=True, refs=True)
            kind, answer = _act(self._notebook, action, sent)
            if kind is Kind.MISSING:
                return Missing(str(answer))
            return Returned(wire.decode(wire.encode(answer)))
        except BaseException as error:  # noqa: BLE001 - whatever an example raises is an answer
            return Raised(wire.exception_kind(error), str(error))


def _act(notebook: Notebook, action: str, arguments: Any) -> tuple[Kind, object]:
    """What is asked; every answer is kept where one that cannot cross would be."""
    kind, answer = getattr(notebook, action)(*arguments)
    if action in ("call", "inside"):
        notebook.kept[arguments[0]] = answer
    return kind, answer


def record(submissions: Path, slug: str, target: Path) -> None:
    """Grade every submission for ``slug`` and write (modules, recordings) to ``target``."""
    from autograder import course, intake, notebook, runner
    from autograder.isolation import preload_for
    from autograder.model import Rejection
    from autograder.pytest_plugin import Seat
    from autograder.student import Student

    loaded = course.load(ROOT)
    assignment = loaded.assignments[slug]
    boilerplate = course.boilerplate(loaded, slug)
    preload: set[str] = set()
    recordings, seats = [], []
    for submission in intake.collect(submissions, loaded).submissions:
        source = notebook.read(submission, boilerplate)
        assert not isinstance(source, Rejection)
        preload.update(preload_for(assignment, source))
        recording = Recording([(cell.number, cell.source) for cell in source.cells])
        recordings.append(recording)
        student = Student(source, partial(Recorder, recording), assignment.limits)
        seats.append(Seat(submission.student, student))
    runner.run(assignment, ROOT, seats, lang="fr", seed=SEED)
    # Plain data: `Notebook` has put the student's module where this one's classes would be sought.
    plain = [(recording.cells, recording.requests) for recording in recordings]
    target.write_bytes(pickle.dumps((sorted(preload), plain)))


def measure(recorded: Path) -> float:
    """Mean seconds a submission: fork, cells, calls, end."""
    preload, plain = pickle.loads(recorded.read_bytes())
    recordings = [Recording(cells, requests) for cells, requests in plain]
    warm.load(preload)
    gc.collect()
    gc.freeze()
    _replay_in_fork(recordings[0])  # the first fork pays for page tables that later ones share
    start = time.perf_counter()
    for recording in recordings:
        _replay_in_fork(recording)
    return (time.perf_counter() - start) / len(recordings)


def _replay_in_fork(recording: Recording) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            _replay(recording)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def _replay(recording: Recording) -> None:
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    notebook = Notebook()
    for number, source in recording.cells:
        _quietly(notebook.run, number, source)
    for action, arguments in recording.requests:
        _quietly(_act, notebook, action, arguments)


def _quietly(action: Callable[..., object], *arguments: object) -> None:
    with contextlib.suppress(BaseException):  # stubs and wrong answers raise; the rest goes on
        action(*arguments)


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
    else:
        print(measure(Path(sys.argv[2])))
