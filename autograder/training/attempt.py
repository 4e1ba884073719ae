"""One training of one submission, under the clock."""

from __future__ import annotations

import fcntl
import mmap
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder import networks
from autograder.compare.shown import show
from autograder.errors import TrainingError
from autograder.messages import raised_by
from autograder.model import Limits, Lost, Missing, Outcome, Raised, StudentSource, Text
from autograder.networks import Arrays
from autograder.student import Kept, Student, StudentFault
from autograder.training import cuda, text
from autograder.training.exam import BadPredictions, Exam, Integers, Marks, Pixels
from autograder.training.ground import LONGEST, Ground
from autograder.training.pace import Pace
from autograder.verdict import Judged


@dataclass(frozen=True)
class Request:
    """What is to be trained: the student's functions, and what makes the first argument."""

    train: str
    predict: str
    first: tuple[Any, ...] | None = field(default=None, compare=False)  # may hold arrays


@dataclass(frozen=True)
class Ran:
    """A training that ended in time."""

    marks: Marks
    published: Integers  # answers about the published images, in their order
    answered: float  # seconds until the model answered for the first time
    seconds: float  # until it answered for the last time
    before: Arrays
    after: Arrays


def attempt(
    ground: Ground,
    source: StudentSource,
    request: Request,
    exam: Exam,
    seed: int,
    pace: Pace | None,
    *,
    within: float | None = None,
) -> Ran:
    """Train in a fresh child and ask the model.

    Args:
        ground: where.
        source: the cells that define the functions.
        request: which functions.
        exam: the data.
        seed: the last argument of ``train``.
        pace: of the reference; None when it is the reference that runs.
        within: seconds, where the budget is not to be used up.

    Raises:
        Judged, StudentFault: it did not come to its end.
        TrainingError: it did not for want of something that is ours.
    """
    budget = min(ground.budget(pace), within or LONGEST)
    with _File(exam.train_images) as file:
        limits = ground.limits(budget, exam.train_images.nbytes)
        student = Student(source, lambda: ground.open_child(limits, (file.reading,)), limits)
        try:
            return _timed(student, request, exam, file, seed, budget, ground)
        except BadPredictions as bad:
            sentence = text.bad_predictions(request.predict, bad.text, bad.count)
            raise Judged(Outcome.FAILED, 0.0, sentence) from bad
        except StudentFault as fault:
            if ground.gpu or fault.call.name not in (request.train, request.predict):
                student.close()
                check(ground, request)
            raise _judged(fault, source, request, limits, budget, pace, ground) from fault
        finally:
            student.close()


def prepare(student: Student, request: Request, ground: Ground) -> list[object]:
    """Start the device and make the first argument of ``train``, if it has one of ours.

    Raises StudentFault.
    """
    if ground.gpu:
        student.inside(cuda.start)(ground.plan.gpu_mib)
    if request.first is None:
        return []
    function, *arguments = request.first
    return [student.inside(function)(*arguments)]


def check(ground: Ground, request: Request) -> None:
    """Do what comes before a training where nothing of a student is: start the device, call
    what makes the first argument.

    Raises:
        TrainingError: it does not work, so that no student's code is to blame.
    """
    limits = ground.limits(LONGEST, 0)
    student = Student(StudentSource(()), lambda: ground.open_child(limits, ()), limits)
    try:
        prepare(student, request, ground)
    except StudentFault as fault:
        raise TrainingError(f"this machine cannot train: {fault.reply}") from fault
    finally:
        student.close()


def _timed(
    student: Student,
    request: Request,
    exam: Exam,
    file: _File,
    seed: int,
    budget: float,
    ground: Ground,
) -> Ran:
    given = prepare(student, request, ground)
    before = networks.state(given[0]) if given else {}
    images = student.map(0, exam.train_images.dtype.str, exam.train_images.shape)
    student.allow(budget)
    start = time.monotonic()
    file.fill(exam.train_images)
    train, predict = getattr(student, request.train), getattr(student, request.predict)
    model = train(*given, images, exam.train_labels, ground.device, seed)
    if not isinstance(model, Kept):
        shown = Text(show(model, "fr"), show(model, "en"))
        raise Judged(Outcome.FAILED, 0.0, text.no_model(request.train, shown))
    answers: list[Integers] = []
    answered = 0.0
    for batch in exam.batches():
        answers.append(exam.answer(predict(model, batch), batch))
        answered = answered or time.monotonic() - start
    seconds = time.monotonic() - start
    after = networks.state(model) if given else {}
    return Ran(exam.mark(answers), exam.published(answers), answered, seconds, before, after)


def _judged(
    fault: StudentFault,
    source: StudentSource,
    request: Request,
    limits: Limits,
    budget: float,
    pace: Pace | None,
    ground: Ground,
) -> Judged | StudentFault:
    """The verdict on a training that did not come to its end."""
    reply, name, mib = fault.reply, fault.call.name, limits.memory_mib
    if isinstance(reply, Missing) or name not in (request.train, request.predict):
        return fault
    if isinstance(reply, Lost):
        if reply.outcome is Outcome.TIMEOUT:
            reference = pace.reference if pace else budget
            return Judged(reply.outcome, 0.0, text.too_slow(request.train, budget, reference))
        if reply.outcome is Outcome.MEMORY:
            return Judged(reply.outcome, 0.0, text.out_of_memory(name, mib))
        return Judged(reply.outcome, 0.0, text.crashed(name))
    if reply.kind == "NotImplementedError":
        return fault
    if reply.kind == "MemoryError" and cuda.NO_MEMORY in reply.text:
        return Judged(Outcome.MEMORY, 0.0, text.out_of_gpu_memory(name, ground.plan.gpu_mib))
    if reply.kind == "MemoryError":
        return Judged(Outcome.MEMORY, 0.0, text.out_of_memory(name, mib))
    # Of `train` all may be told: it has seen nothing that students do not have. An error of
    # `predict` could carry the images that it was asked about.
    said = raised_by(name, reply.kind, reply.text if name == request.train else "")
    return Judged(Outcome.ERROR, 0.0, text.joined([said, *_advice(reply, source, limits)]))


def _advice(reply: Raised, source: StudentSource, limits: Limits) -> Iterator[Text]:
    """What an error means here that may never have come at home."""
    if reply.kind in _NO_FILE and any("num_workers" in cell.source for cell in source.cells):
        yield text.NO_SHARED_MEMORY
    if any(phrase in reply.text for phrase in _NO_ROOM):
        yield text.disk_full(limits.disk_mib)


_NO_FILE = ("FileNotFoundError", "OSError", "PermissionError")
_NO_ROOM = ("No space left", "inline_container", "PytorchStreamWriter")  # as torch says it


class _File:
    """Memory that a child can map for reading, and that stays empty until the clock starts.

    It is sealed before the child has it: whoever could open it anew could neither write to it nor
    cut it short, which would end *this* process.
    """

    def __init__(self, images: Pixels) -> None:
        self._size = images.nbytes

    def __enter__(self) -> _File:
        self.reading = os.memfd_create("images", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.reading, self._size)
        self._content = mmap.mmap(self.reading, self._size)
        fcntl.fcntl(self.reading, fcntl.F_ADD_SEALS, _SEALS)
        return self

    def __exit__(self, *_: object) -> None:
        self._content.close()
        os.close(self.reading)

    def fill(self, images: Pixels) -> None:
        """Let the images appear in every mapping."""
        np.ndarray(images.shape, images.dtype, self._content)[:] = images


_FUTURE_WRITE = 0x10  # F_SEAL_FUTURE_WRITE: only the mapping that exists can be written through
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL | _FUTURE_WRITE
