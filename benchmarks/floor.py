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

from autograder import wire
from autograder.model import Cell, Missing, Raised, Reply, Returned
from autograder.sandbox import warm
from autograder.sandbox.worker import Notebook
from autograder.wire import Kind

ROOT = Path(__file__).parent.parent
SEED = 1


@dataclass
class Recording:
    """One submission: its cells, then what was asked of it, in order."""

    cells: list[tuple[int, str]]
    requests: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)


class Recorder:
    """A child that runs in this process and notes what it is asked."""

    alive = True

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._notebook = Notebook()

    def run(self, cell: Cell, seconds: float) -> Reply:
        """Execute one cell."""
        return self._answer("run", cell.number, cell.source)

    def call(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object], seconds: float
    ) -> Reply:
        """Call a function of the notebook."""
        return self._ask("call", name, args, kwargs)

    def keep(self, handle: int, value: object, seconds: float) -> Reply:
        """Hold a value."""
        return self._ask("keep", handle, value)

    def fetch(self, handle: int, seconds: float) -> Reply:
        """Give a held value back."""
        return self._ask("fetch", handle)

    def close(self) -> None:
        """Nothing to end."""

    def _ask(self, action: str, *arguments: object) -> Reply:
        # A copy: the function may change what it is given.
        self._recording.requests.append((action, pickle.loads(pickle.dumps(arguments))))
        return self._answer(action, *arguments)

    def _answer(self, action: str, *arguments: object) -> Reply:
        try:
            sent = wire.decode(wire.encode(arguments), writable=True, refs=True)
            assert isinstance(sent, tuple)
            kind, value = getattr(self._notebook, action)(*sent)
            if kind is Kind.MISSING:
                return Missing(str(value))
            return Returned(wire.decode(wire.encode(value)))
        except BaseException as error:  # noqa: BLE001 - whatever an example raises is an answer
            return Raised(wire.exception_kind(error), str(error))


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
        _quietly(getattr(notebook, action), *arguments)


def _quietly(action: Callable[..., object], *arguments: object) -> None:
    with contextlib.suppress(BaseException):  # stubs and wrong answers raise; the rest goes on
        action(*arguments)


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
    else:
        print(measure(Path(sys.argv[2])))
