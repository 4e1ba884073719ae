"""What runs inside the sandbox: executes cells, calls functions, answers in frames.

Nothing here defends anything. Student code shares this process and may change all of it; what
comes out of the pipe is the student's answer, whoever wrote it.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import inspect
import linecache
import mmap
import os
import random
import signal
import sys
import traceback
from _sitebuiltins import _Helper
from collections.abc import Callable
from types import ModuleType
from typing import Any

from autograder import wire
from autograder.sandbox import cells
from autograder.sandbox.channel import MAX_REPLY
from autograder.wire import Kind, Ref

REQUESTS, REPLIES, FILES = 3, 4, 5  # FILES: the first of those that came along
MAX_TEXT = 2_000  # bytes of an exception's message

# torch's RuntimeErrors
_NO_MEMORY = ("can't allocate memory", "not enough memory", "bad_alloc", "CUDA out of memory")

_reserve = [bytearray(2**20)]
_piece = bytearray(65_536)  # as much as a pipe holds; there even when no memory is left

Answer = tuple[Kind, object]


class Notebook:
    """The one namespace in which a submission's cells run, as a real module ``__main__``."""

    def __init__(self) -> None:
        self.module = ModuleType("__main__")
        self.names = self.module.__dict__
        self.names.update(__builtins__=builtins, display=_display, get_ipython=_Shell)
        self.names.update(exit=sys.exit, quit=sys.exit, help=_Helper())  # as site would
        sys.modules["__main__"] = self.module
        self.kept: dict[int, object] = {}
        self._flags = 0  # ``from __future__`` of earlier cells
        self._ours: dict[str, dict[str, object]] = {}  # the grader's own functions, by source
        self.running = ""  # file name of the cell that runs, if one does
        self.keep_as = 0  # where the answer stays if it cannot cross; 0: nowhere

    def run(self, number: int, source: str) -> Answer:
        """Execute one cell; answers with the IPython commands that were left out."""
        filename = self.running = f"<cell {number}>"
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)
        code, notices = cells.compile_cell(source, filename, self._flags)
        self._flags |= cells.future_flags(code)
        result = eval(code, self.names)  # noqa: S307 - running student code is what this is for
        if inspect.iscoroutine(result):
            _finish(result)
        return Kind.RETURNED, list(notices)

    def call(
        self, keep_as: int, name: str, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> Answer:
        """Call what the notebook calls ``name``."""
        self.running = ""
        self.keep_as = keep_as
        if name not in self.names:
            return Kind.MISSING, name
        function: Callable[..., object] = self.names[name]
        return Kind.RETURNED, function(
            *map(self._value, args), **{key: self._value(value) for key, value in kwargs.items()}
        )

    def inside(self, keep_as: int, source: str, name: str, args: tuple[object, ...]) -> Answer:
        """Call a function of the grader's: it works on objects that cannot cross."""
        self.running = ""
        self.keep_as = keep_as
        if source not in self._ours:
            names: dict[str, object] = {"__name__": "grader"}
            # Its annotations are never evaluated, as in this file.
            exec(compile(source, "<grader>", "exec"), names)  # noqa: S102 - ours, and confined
            self._ours[source] = names
        function: Any = self._ours[source][name]
        return Kind.RETURNED, function(*map(self._value, args))

    def keep(self, handle: int, value: object) -> Answer:
        """Hold ``value`` under ``handle``."""
        self.kept[handle] = value
        return Kind.RETURNED, None

    def map(self, handle: int, file: int, dtype: str, shape: tuple[int, ...]) -> Answer:
        """Hold an array whose values are the content of a file; changes stay in this process."""
        import numpy as np

        content = mmap.mmap(FILES + file, 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
        self.kept[handle] = np.frombuffer(content, dtype).reshape(shape)
        return Kind.RETURNED, None

    def fetch(self, handle: int) -> Answer:
        """What is under ``handle`` now."""
        return Kind.RETURNED, self.kept[handle]

    def _value(self, value: object) -> object:
        return self.kept[value.handle] if type(value) is Ref else value


def serve(seed: int, threads: int = 0) -> None:
    """Answer requests until the pipe closes; ``threads``: for torch, if more than one."""
    notebook = Notebook()
    actions: dict[Kind, Callable[..., Answer]] = {
        Kind.RUN: notebook.run,
        Kind.CALL: notebook.call,
        Kind.KEEP: notebook.keep,
        Kind.FETCH: notebook.fetch,
        Kind.INSIDE: notebook.inside,
        Kind.MAP: notebook.map,
    }
    _prepare(seed, threads)
    while request := _next_request():
        kind, payload = request
        reply, data = _answer(actions[kind], payload, notebook)
        _send(reply, data)


def exchange(value: object) -> Any:
    """Answer the request that runs with ``value``, and give back the arguments of the next one.

    So the function that runs can ask the grader something; the request that comes then is its
    answer, and what the function returns in the end answers that one.

    Raises:
        EOFError: the grader asks nothing more.
    """
    _send(Kind.RETURNED, wire.pieces(value))
    request = _next_request()
    if request is None:
        raise EOFError("the grader is gone")
    arguments = wire.decode(request[1], writable=True, refs=True)
    assert isinstance(arguments, tuple)
    return arguments[-1]


class _Current:
    """The request that is to be answered next."""

    number = 0


def _next_request() -> tuple[Kind, memoryview] | None:
    """Kind and payload of the next frame; None at the end of the pipe."""
    frame = _read_up_to(wire.HEADER_SIZE, bytearray())
    if not frame:
        return None
    kind, _Current.number, length = wire.unpack_header(bytes(frame[: wire.HEADER_SIZE]))
    _read_up_to(wire.HEADER_SIZE + length, frame)
    return kind, memoryview(frame)[wire.HEADER_SIZE :]


def _send(kind: Kind, data: list[wire.Piece]) -> None:
    _flush()
    for piece in wire.pack(kind, _Current.number, data):
        _write(piece)


def _prepare(seed: int, threads: int) -> None:
    """Random numbers unlike every other child's: without this all would draw the same."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)
        if threads > 1:
            torch.set_num_threads(threads)
    gc.enable()


def _answer(
    action: Callable[..., Answer], payload: memoryview, notebook: Notebook
) -> tuple[Kind, list[wire.Piece]]:
    """Do what was asked, whatever student code raises meanwhile."""
    try:
        notebook.keep_as = 0
        arguments = wire.decode(payload, writable=True, refs=True)
        assert isinstance(arguments, tuple)
        kind, value = action(*arguments)
        data = wire.pieces(value)
        if notebook.keep_as and bytes(data[0][:1]) == wire.OPAQUE:
            notebook.kept[notebook.keep_as] = value
        if sum(map(len, data)) > MAX_REPLY:
            raise wire.ProtocolError("value too large")
        return kind, data
    except MemoryError as error:
        _reserve.clear()  # or there might be none left to say so
        return Kind.RAISED, wire.pieces(_described(error, notebook.running))
    except BaseException as error:  # noqa: BLE001 - sys.exit and Ctrl-C are answers here, too
        return Kind.RAISED, wire.pieces(_described(error, notebook.running))


def _described(error: BaseException, running: str) -> tuple[str, str]:
    """The exception's listed name and its message."""
    kind = wire.exception_kind(error)
    try:
        text = _message(error, running)
    except BaseException:  # noqa: BLE001 - its __str__ is student code
        text = ""
    if kind == "RuntimeError" and any(phrase in text for phrase in _NO_MEMORY):
        kind = "MemoryError"
    return kind, text.encode(errors="replace")[:MAX_TEXT].decode(errors="ignore")


def _message(error: BaseException, running: str) -> str:
    """What the exception says, and where: ``(line 2)`` of this cell, ``(cell 3, line 2)``."""
    if isinstance(error, SyntaxError) and running and error.filename == running:
        return f"{error.msg} (line {error.lineno})"
    text, place = str.__str__(str(error)), ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if running and filename == running:
            place = f" (line {line})"
        elif not running and filename.startswith("<cell "):
            place = f" ({filename[1:-1]}, line {line})"
    return text + place


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # student code may have put anything there
            stream.flush()


def _read_up_to(size: int, frame: bytearray) -> bytearray:
    """Read until ``frame`` has ``size`` bytes; nothing at the end of the pipe.

    One request comes at a time, so there is never more to read than the rest of this one.
    """
    while len(frame) < size:
        count = os.readv(REQUESTS, [_piece])
        if not count:
            return bytearray()
        frame += memoryview(_piece)[:count]
    return frame


def _write(data: wire.Piece) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(REPLIES, view) :]


def _finish(coroutine: object) -> None:
    """Run a cell with a top-level ``await``; there is no event loop, so it must not wait."""
    assert inspect.iscoroutine(coroutine)
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("there is no event loop here: await asyncio.run(...) is not available")


def _display(*values: object, **_: object) -> None:
    """IPython's display, as text."""
    for value in values:
        print(value)


class _Shell:
    """What ``get_ipython()`` gives: every command exists and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None
