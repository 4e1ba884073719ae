"""The proxy that tests use: ``student.f(x)`` calls ``f`` in the sandbox and gives back plain data.

A student's mistake ends the test with a ``StudentFault`` that carries the reply as a value. A child
that dies is replaced by a fresh one which runs the notebook's cells again, so that one bad call
costs one test.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograder import messages, wire
from autograder.clock import Clock
from autograder.messages import Call
from autograder.model import (
    WALL,
    Limits,
    Lost,
    Missing,
    Outcome,
    Raised,
    Reply,
    Returned,
    StudentSource,
    Text,
)
from autograder.sandbox.asked import Asked

MAX_TIMEOUTS = 2  # a function that ran out of time this often is not called again


class StudentFault(Exception):
    """A call did not come back with a value: ``reply`` says how, ``call`` says which."""

    def __init__(self, call: Call, reply: Raised | Missing | Lost) -> None:
        self.call = call
        self.reply = reply
        self.expected: tuple[str, ...] = ()  # exceptions that were due instead
        super().__init__(call.name)


class NotRaised(AssertionError):
    """``student.raises`` saw no exception."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds
        super().__init__(" or ".join(kinds))


@dataclass(frozen=True, eq=False)
class Kept(wire.Opaque):
    """An object that lives in the child; pass it to a call like any value.

    What a student's function returns becomes one if it cannot cross: a model, an optimizer.
    """

    student: Student = field(repr=False)
    handle: int
    generation: int
    call: Call | None = None  # that returned it

    def fetch(self) -> object:
        """Its content now, as plain data."""
        return self.student.fetch(self)


class Student:
    """One student's notebook, executed; its functions are attributes.

    Args:
        source: the cells, run in order in every fresh child.
        open_child: gives a new child, isolated as the tier says.
        limits: wall times are enforced here and by the child, the rest by the child.
    """

    last: tuple[Call, Reply] | None = None  # what the running test did last

    def __init__(
        self, source: StudentSource, open_child: Callable[[], Asked], limits: Limits
    ) -> None:
        self._source = source
        self._open_child = open_child
        self._limits = limits
        self._child: Asked | None = None
        self._generation = 0
        self._handles = 0
        self._returned: dict[str, Kept] = {}  # by name, by its last call without arguments
        self._timeouts: Counter[str] = Counter()
        self._clock = Clock(limits.total_seconds)
        self._left_out: dict[int, Text] = {}  # cells that end their process, by position
        self._broken: dict[int, Text] = {}  # cells that raised
        self._commands: dict[int, Text] = {}  # cells with magics

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._call(Call(name, args, kwargs))

    @contextmanager
    def raises(self, *kinds: type[Exception]) -> Iterator[None]:
        """Expect the one call inside to raise one of ``kinds`` or a subclass of it."""
        try:
            yield
        except StudentFault as fault:
            if isinstance(fault.reply, Raised) and _is_one_of(fault.reply.kind, kinds):
                return
            fault.expected = tuple(kind.__name__ for kind in kinds)
            raise
        raise NotRaised(tuple(kind.__name__ for kind in kinds))

    def keep(self, value: object) -> Kept:
        """Put ``value`` into the child, to be passed to calls and fetched afterwards."""
        child = self._ready()
        self._handles += 1
        call = Call("keep", (value,))
        self._take(call, child.keep(self._handles, value, self._seconds(self._limits.call_seconds)))
        return Kept("object", self, self._handles, self._generation)

    def returned(self, name: str) -> object:
        """The object that the last ``name()`` gave, if its process lives; else call it.

        To build a network may take longer than all that a test asks it. It is as the test before
        left it.
        """
        self._ready()
        return self._returned.get(name) or self._call(Call(name))

    def map(self, file: int, dtype: str, shape: tuple[int, ...]) -> Kept:
        """An array in the child whose values are those of a file that it was opened with."""
        child = self._ready()
        self._handles += 1
        seconds = self._seconds(self._limits.call_seconds)
        self._take(Call("map"), child.map(self._handles, file, dtype, shape, seconds))
        return Kept("object", self, self._handles, self._generation)

    def allow(self, seconds: float) -> None:
        """Start the child; from now on there are so many seconds of wall time for all."""
        self._ready()
        self._clock.allow(seconds)

    def inside(
        self, function: Callable[..., object], shown: Call | None = None
    ) -> Callable[..., object]:
        """``function``, to be called in the child: it works on what cannot cross.

        Only its source text goes there, so it imports what it needs, and has no decorator, closure
        or globals. What it returns is as good as any word of the student's process.

        Args:
            function: ours.
            shown: how a sentence for the student writes the call, if not as it is.
        """
        source = _source(function)
        name = function.__name__

        def call(*args: object) -> object:
            def ask(child: Asked, sent: tuple[object, ...], seconds: float, keep_as: int) -> Reply:
                return child.inside(source, name, sent, seconds, keep_as)

            return self._ask(shown or Call(name, args), args, ask)

        return call

    def fetch(self, kept: Kept) -> object:
        """The content of a kept value now, as plain data."""
        call = Call("fetch")
        if kept.generation != self._generation or self._child is None or not self._child.alive:
            raise StudentFault(call, Lost(Outcome.CRASHED))
        seconds = self._seconds(self._limits.call_seconds)
        return self._take(call, self._child.fetch(kept.handle, seconds))

    @property
    def notices(self) -> tuple[Text, ...]:
        """What happened to the notebook's cells, in their order."""
        found = [
            (position, text)
            for group in (self._left_out, self._broken, self._commands)
            for position, text in group.items()
        ]
        texts = [text for _, text in sorted(found, key=lambda pair: pair[0])]
        if len(texts) > messages.MAX_NOTICES:
            texts[messages.MAX_NOTICES :] = [messages.more_cells(len(texts) - messages.MAX_NOTICES)]
        return tuple(texts)

    def broken_cells(self) -> tuple[Text, ...]:
        """Sentences about cells that did not run to their end."""
        return (*self._left_out.values(), *self._broken.values())

    def close(self) -> None:
        """End the child."""
        self._returned.clear()
        if self._child is not None:
            self._child.close()
            self._child = None

    def _call(self, call: Call) -> object:
        def ask(child: Asked, sent: tuple[object, ...], seconds: float, keep_as: int) -> Reply:
            kwargs = {key: self._sent(value) for key, value in (call.kwargs or {}).items()}
            return child.call(call.name, sent, kwargs, seconds, keep_as)

        returned = self._ask(call, call.args, ask)
        if isinstance(returned, Kept) and not call.args and not call.kwargs:
            self._returned[call.name] = returned
        return returned

    def _ask(
        self,
        call: Call,
        args: tuple[object, ...],
        ask: Callable[[Asked, tuple[object, ...], float, int], Reply],
    ) -> object:
        self.last = None
        child = self._ready()
        if self._timeouts[call.name] >= MAX_TIMEOUTS:
            raise StudentFault(call, Lost(Outcome.TIMEOUT, "again"))
        sent = tuple(self._sent(value) for value in args)
        self._handles += 1
        seconds = self._seconds(self._limits.call_seconds)
        return self._take(call, ask(child, sent, seconds, self._handles), self._handles)

    def _sent(self, value: object) -> object:
        """An argument as it goes to the child."""
        if not isinstance(value, Kept):
            return value
        if value.generation != self._generation:  # its process has ended, and it with it
            raise StudentFault(value.call or Call("fetch"), Lost(Outcome.CRASHED))
        return wire.Ref(value.handle)

    def _take(self, call: Call, reply: Reply, handle: int = 0) -> object:
        self.last = (call, reply)
        if isinstance(reply, Returned):
            if handle and isinstance(reply.value, wire.Opaque):
                return Kept(reply.value.type_name, self, handle, self._generation, call)
            return reply.value
        if isinstance(reply, Lost):
            self._timeouts[call.name] += reply.outcome is Outcome.TIMEOUT
            self.close()
        elif isinstance(reply, Raised) and reply.kind == "MemoryError":
            self.close()  # what is left of its memory would fail the next test
        raise StudentFault(call, reply)

    def _ready(self) -> Asked:
        """A child in which every cell that can run has run."""
        while self._child is None or not self._child.alive:
            self.close()
            self._seconds(0)  # starts the clock, and stops a notebook that only ever times out
            self._child = self._open_child()  # ours from now on, whatever its cells do
            self._clock.follow(self._child)
            self._generation += 1
            try:
                complete = self._run_cells(self._child)
            except BaseException:
                self.close()
                raise
            if not complete:
                self.close()
        return self._child

    def _run_cells(self, child: Asked) -> bool:
        """Run the cells; False if one of them ended the process, which is then left out."""
        for position, cell in enumerate(self._source.cells):
            if position in self._left_out:
                continue
            reply = child.run(cell, self._seconds(self._limits.cell_seconds))
            if isinstance(reply, Lost):
                self._left_out[position] = messages.cell_lost(
                    cell.number, reply.outcome, self._limits.cell_seconds
                )
                return False
            if isinstance(reply, Raised):
                self._broken[position] = messages.cell_failed(cell.number, reply.kind, reply.text)
            elif isinstance(reply, Returned) and isinstance(reply.value, list) and reply.value:
                codes = tuple(code for code in reply.value if isinstance(code, str))
                self._commands[position] = messages.cell_skipped_syntax(cell.number, codes)
        return True

    def _seconds(self, cpu: float) -> float:
        """Wall time for what may take ``cpu`` seconds of CPU time, or what is left of the
        submission's; a fault when nothing is left."""
        self._clock.start()
        left = self._clock.left()
        if left <= 0:
            raise StudentFault(Call("notebook"), Lost(Outcome.TIMEOUT, "total"))
        return min(WALL * cpu, left)


@functools.cache
def _source(function: Callable[..., object]) -> str:
    return textwrap.dedent(inspect.getsource(function))


def _is_one_of(name: str, kinds: tuple[type[Exception], ...]) -> bool:
    """Whether the exception called ``name`` is one of ``kinds``; a stub's is only if asked for."""
    kind = getattr(builtins, name, Exception)
    if kind is NotImplementedError and NotImplementedError not in kinds:
        return False
    return issubclass(kind, kinds)
