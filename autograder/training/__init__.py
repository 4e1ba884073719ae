"""Trainings timed from outside: the fixture ``training`` of an assignment's tests.

The student's ``train`` runs in a sandboxed process of its own. The clock starts when the training
images arrive there, and stops with the last prediction: nothing is gained by work done before or
after. Accuracy is computed here, on images whose labels never leave this process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

import numpy as np

from autograder.data import Images
from autograder.errors import TrainingError
from autograder.model import Outcome, StudentSource, Text
from autograder.networks import Arrays
from autograder.student import StudentFault
from autograder.training import control, text
from autograder.training.attempt import Ran, Request, attempt
from autograder.training.exam import Exam, Marks
from autograder.training.ground import Ground
from autograder.training.pace import Pace, alone
from autograder.training.reference import Paces, probe
from autograder.verdict import Judged

__all__ = ["Ground", "Paces", "Trained", "Training"]


@dataclass(frozen=True)
class Trained:
    """A training that ended in time, and what its model is worth.

    ``before`` and ``after`` are the state of the model that ``first`` made, and of the one that
    ``train`` returned; empty without ``first``.
    """

    marks: Marks
    seconds: float  # until the model answered for the first time
    budget: float
    short: bool
    before: Arrays
    after: Arrays
    again: Callable[[], Trained] = field(repr=False, compare=False)
    # Why what it knows does not come from the training. Asking may take further trainings.
    doubt: Callable[[], Text | None] = field(repr=False, compare=False)

    @property
    def accuracy(self) -> float:
        """The share of right answers that counts."""
        return 0.0 if self.doubt() else self.marks.counted

    @property
    def transformed(self) -> float:
        """The share of right answers on altered copies."""
        return self.marks.copies

    @property
    def error(self) -> float:
        """Standard error of ``accuracy``."""
        share = self.marks.counted
        count = self.marks.copied if self.marks.gap else self.marks.count
        return float(np.sqrt(share * (1 - share) / count))

    def earn(
        self,
        *,
        part: float,
        full: float,
        bonus: Mapping[float, float] | None = None,
        short: tuple[float, float] | None = None,
    ) -> NoReturn:
        """End the test with the share of its points that the accuracy earns.

        Nothing up to ``part``, all from ``full`` on, a straight line between the two. A model that
        misses ``full`` by less than the standard error is trained once more; the better one counts.

        Args:
            part: accuracy from which on there are points.
            full: accuracy of all points.
            bonus: by accuracy, the share of the points that is added to them.
            short: ``part`` and ``full`` of the short track, which gives no bonus.

        Raises:
            Judged: always.
        """
        __tracebackhide__ = True
        if self.short and short is not None:
            (part, full), bonus = short, None
        best = self
        if full - self.error <= self.marks.counted < full and not self.doubt():
            best = max(self, self._second(), key=lambda one: one.accuracy)
        accuracy = best.accuracy if best.marks.counted > part else 0.0  # else nothing is at stake
        share = min(max((accuracy - part) / (full - part), 0.0), 1.0)
        extra = max([gain for level, gain in (bonus or {}).items() if accuracy >= level] + [0])
        outcome = Outcome.PASSED if share == 1 else Outcome.FAILED
        raise Judged(outcome, share + extra, best._sentence(part, full, share, extra))

    def _second(self) -> Trained:
        try:
            return self.again()
        except (Judged, StudentFault):
            return self

    def _sentence(self, part: float, full: float, share: float, extra: float) -> Text:
        shown = [
            text.accuracy(
                self.marks.counted, self.error, self.marks.count, self.seconds, self.budget
            )
        ]
        if self.marks.counted > part and (doubt := self.doubt()):
            shown.append(doubt)
        if self.marks.gap:
            shown.append(text.gap(self.marks.originals, self.marks.copies))
        if share < 1:
            shown.append(text.wanted(part, full))
        if extra:
            shown.append(text.bonus(extra))
        return text.joined(shown)


class Training:
    """The trainings of one student.

    ``train`` gets the seed 0, or 1 when it is repeated. The class numbers and the order of the
    questions are drawn afresh each time, from no seed: whoever knew it would know them.
    """

    def __init__(self, ground: Ground, paces: Paces, source: StudentSource) -> None:
        self._ground = ground
        self._paces = paces
        self._source = source
        self._done: dict[Request, Trained | Judged | StudentFault] = {}

    def run(
        self,
        train: str,
        *,
        first: tuple[Any, ...] | None = None,
        predict: str = "predict",
    ) -> Trained:
        """Call ``train([first,] images, labels, device, seed)`` and ask its model; once each.

        Args:
            train: the student's function.
            first: a function of ours and its arguments; called in the student's process before the
                clock starts, it makes the first argument of ``train`` (see ``Student.inside``).
            predict: the student's function that is asked, ``predict(model, images)``.

        Raises:
            Judged: too slow, out of memory, crashed, raised, or no predictions.
            StudentFault: one of the functions is missing, or not written.
            DataMissing, TrainingError, SandboxError: ours; nothing was judged.
        """
        request = Request(train, predict, first)
        if request not in self._done:
            self._done[request] = self._outcome(request)
        found = self._done[request]
        if isinstance(found, Exception):
            raise found
        return found

    def _outcome(self, request: Request) -> Trained | Judged | StudentFault:
        try:
            return self._trained(request, 0)
        except (Judged, StudentFault) as judged:
            return judged

    def _trained(self, request: Request, seed: int) -> Trained:
        ground = self._ground
        with alone(ground.place):
            pace, ran = self._in_time(request, seed)
        suspicious = control.is_suspicious(self._source, ran, pace)
        return Trained(
            marks=ran.marks,
            seconds=ran.answered,
            budget=ground.budget(pace),
            short=ground.short,
            before=ran.before,
            after=ran.after,
            again=lambda: self._trained(request, seed + 1),
            doubt=cache(lambda: self._doubt(request, pace, seed, ran) if suspicious else None),
        )

    def _in_time(self, request: Request, seed: int) -> tuple[Pace, Ran]:
        """The training within its budget; once more if the machine was not steady meanwhile."""
        ground = self._ground
        for last in (False, True):
            pace = self._paces.of(request)
            exam = Exam(ground.images, np.random.default_rng())
            try:
                return pace, attempt(ground, self._source, request, exam, seed, pace)
            except Judged as judged:
                if judged.outcome is not Outcome.TIMEOUT or pace.holds(probe(ground)):
                    raise
                if last:
                    raise TrainingError(text.UNSTEADY) from judged
            self._paces.forget(request)
        raise AssertionError("the loop returns or raises")

    def _doubt(self, request: Request, pace: Pace, seed: int, ran: Ran) -> Text | None:
        """Why what it knows was not learnt from what it was given; None if it was."""
        size = control.bulk(self._source)
        if size > control.MOST_BULK:
            return text.too_full(size, control.MOST_BULK)
        rng, images = np.random.default_rng(), self._ground.images
        few = control.has_few_classes(images)

        def trained_on(images: Images) -> tuple[Exam, Ran]:
            exam = Exam(images, rng)
            with alone(self._ground.place):
                within = control.seconds(ran)
                return exam, attempt(
                    self._ground, self._source, request, exam, seed, pace, within=within
                )

        if not few:
            # Some trainings do not come to an end on such labels ("until it is right for 70 %").
            with suppress(Judged, StudentFault):
                exam, found = trained_on(control.meaningless(images, rng))
                if control.separation(found.published, exam.test_labels) >= control.TELLS_APART:
                    return text.FROM_NO_LABELS
        doubt: Text = text.UNPROVED
        for _ in range(2):  # one training may go wrong by chance
            other = control.exchanged(images) if few else control.disguised(images, rng)
            with suppress(Judged, StudentFault):
                marks = trained_on(other)[1].marks
                if not control.fits_plain_images_only(ran.marks, marks):
                    return None
                told = text.known_answers if few else text.from_elsewhere
                doubt = told(ran.marks.accuracy, marks.accuracy)
        return doubt
