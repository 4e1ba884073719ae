"""From how one test ended to what it counts and what the student reads.

Whatever is not known to be the student's is ours: it gives no verdict, and never zero points.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder import messages
from autograder.compare import Mismatch
from autograder.errors import AutograderError
from autograder.messages import Call
from autograder.model import Assignment, Language, Lost, Missing, Outcome, Returned, Text
from autograder.student import NotRaised, Student, StudentFault
from autograder.wire import Opaque


@dataclass(frozen=True)
class TestInfo:
    """What the markers of one test say."""

    __test__ = False

    name: str
    task: str
    points: float
    hidden: Text | None
    depends: tuple[str, ...]


class Judged(Exception):
    """A test that says itself how it ended, what share of its points it earns, and why."""

    def __init__(self, outcome: Outcome, share: float, text: Text) -> None:
        self.outcome = outcome
        self.share = share
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True)
class Verdict:
    """One test that ended, seen from the student's side."""

    info: TestInfo
    student: Student
    assignment: Assignment
    lang: Language

    def of(self, error: BaseException | None) -> tuple[Outcome, str, str]:
        """Outcome, sentence and hint. Whatever is not known to be the student's is ours."""
        if error is None:
            return Outcome.PASSED, "", ""
        if isinstance(error, Judged):
            return error.outcome, error.text.to(self.lang), ""
        if isinstance(error, StudentFault):
            return self._fault(error)
        if isinstance(error, Mismatch):
            text = messages.wrong_value(
                self._call(), error.returned, error.expected, error.difference, self.lang
            )
            return Outcome.FAILED, self._shown(text), self._hint(error.hint)
        if isinstance(error, NotRaised):
            text = messages.not_raised(self._call(), self._returned(), error.kinds, self.lang)
            return Outcome.FAILED, self._shown(text), ""
        if isinstance(error, AutograderError) or self._call() is None:
            return Outcome.NOT_GRADED, describe(error), ""
        if isinstance(error, AssertionError) and error.args and isinstance(error.args[0], str):
            return Outcome.FAILED, self._shown(error.args[0]), ""
        if self._returned() is None or isinstance(self._returned(), Opaque):
            text = messages.unusable(self._call(), self._returned(), self.lang)
            return Outcome.ERROR, self._shown(text), ""
        return Outcome.NOT_GRADED, describe(error), ""

    def _fault(self, fault: StudentFault) -> tuple[Outcome, str, str]:
        reply, call, lang = fault.reply, fault.call, self.lang
        if isinstance(reply, Missing):
            broken = tuple(text.to(lang) for text in self.student.broken_cells())
            return Outcome.FAILED, messages.missing(reply.name, broken, lang), ""
        if isinstance(reply, Lost):
            return reply.outcome, self._lost(call, reply), ""
        if reply.kind == "NotImplementedError":
            return Outcome.FAILED, messages.unwritten(call.name, lang), ""
        if reply.kind == "MemoryError":
            text = messages.lost(self._subject(call), Outcome.MEMORY, 0, lang)
            return Outcome.MEMORY, text, ""
        if self.info.hidden:
            text = f"{self.info.hidden.to(lang)} {messages.raised_hidden(reply.kind, lang)}"
            return Outcome.ERROR, text, ""
        text = messages.raised(call, reply.kind, reply.text, lang, fault.expected)
        return Outcome.ERROR, text, ""

    def _lost(self, call: Call, reply: Lost) -> str:
        if reply.detail == "again":
            return messages.lost_again(call.name, self.lang)
        limits = self.assignment.limits
        if reply.detail == "total":
            subject = Text("Le notebook entier", "The whole notebook").to(self.lang)
            return messages.lost(subject, reply.outcome, limits.total_seconds, self.lang)
        return messages.lost(self._subject(call), reply.outcome, limits.call_seconds, self.lang)

    def _subject(self, call: Call) -> str:
        """The call as far as it may be shown."""
        return f"`{call.name}`" if self.info.hidden else call.to(self.lang)

    def _shown(self, text: str) -> str:
        """A hidden test shows its author's sentence and nothing else."""
        return self.info.hidden.to(self.lang) if self.info.hidden else text

    def _hint(self, hint: str | None) -> str:
        text = self.assignment.hints.get(hint) if hint else None
        return text.to(self.lang) if text else ""

    def _call(self) -> Call | None:
        return self.student.last[0] if self.student.last else None

    def _returned(self) -> object:
        reply = self.student.last[1] if self.student.last else None
        return reply.value if isinstance(reply, Returned) else None


def describe(error: BaseException) -> str:
    """Our own fault in one line, for the instructor."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
