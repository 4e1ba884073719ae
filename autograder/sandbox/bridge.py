"""What a test cell asks of the student's objects, done in the child, where they live.

The trusted side calls ``act`` with one operation; what comes back is the result or the exception,
and what changed. Nothing here defends anything: it is the student's process, and its word.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import operator
import os
import sys
import types
from pathlib import Path
from typing import Any

from autograder.sandbox import worker
from autograder.sandbox.mirror import Codec, State
from autograder.sandbox.operations import OPERATIONS, SPECIAL
from autograder.sandbox.streams import Beginning
from autograder.sandbox.tagged import Tree
from autograder.wire.plain import Opaque, plain

_MODULE = "__main__"
_TEXT = 10_000  # characters of an exception's message


class Callback:
    """A function of the test's, as student code sees it."""

    def __init__(self, number: int, name: str) -> None:
        self.__name__ = name
        self._number = number

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Ask the test."""
        return _bridge().ask_back(self._number, args, kwargs)


class _Bridge:
    """The child's end."""

    def __init__(self) -> None:
        self.codec = Codec(0, _describe, self._borrow, _callback_number)
        self.callbacks: dict[int, object] = {}
        self.names: dict[str, Any] = sys.modules[_MODULE].__dict__
        self.out, self.err = Beginning(), Beginning()

    def act(self, operation: str, tree: Tree, states: list[State], gone: list[int]) -> Tree:
        """Do one thing; the answer is ``("returned" | "raised" | "missing", value …)``."""
        args: Any = self.codec.unpack(tree, states, gone)
        try:
            with contextlib.redirect_stdout(self.out), contextlib.redirect_stderr(self.err):
                answer = ("returned", self._done(operation, args))
        except _Missing:
            answer = ("missing", None)
        except MemoryError:
            raise  # the worker knows what to do
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test cell shall see it
            answer = ("raised", _described(error))
        return self._answer(*answer)

    def _answer(self, kind: str, value: object) -> Tree:
        return (kind, *self.codec.pack(value))

    def _done(self, operation: str, args: tuple[Any, ...]) -> object:
        if operation == "get":
            return self.names[self._known(args[0])]
        if operation == "set":
            self.names[args[0]] = args[1]
            return None
        if operation == "del":
            del self.names[self._known(args[0])]
            return None
        if operation == "has":
            return args[0] in self.names
        if operation == "printed":
            self.names.pop("__warningregistry__", None)  # as IPython: the next cell warns again
            return self.out.taken(), self.err.taken()
        if operation == "content":
            return _content(args[0])
        return OPERATIONS[operation](*args)

    def _known(self, name: str) -> str:
        if name not in self.names:
            raise _Missing
        return name

    def ask_back(self, number: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call a function of the test's while it waits for our answer."""
        asked = self._answer("call", (number, args, kwargs))
        kind, tree, states, gone = worker.exchange(asked)
        value: Any = self.codec.unpack(tree, states, gone)
        if kind == "raised":
            raise value
        return value

    def _borrow(self, number: int, description: tuple[Tree, ...]) -> object:
        """What stands here for something of the test's."""
        kind, *parts = description
        if kind == "global":
            module, name = parts
            found = importlib.import_module(module)
            return operator.attrgetter(name)(found) if name else found
        if kind == "error":
            name, args = parts
            return getattr(builtins, name, Exception)(*args)
        if number not in self.callbacks:
            self.callbacks[number] = Callback(number, *parts)
        return self.callbacks[number]


class _Missing(Exception):
    """The notebook has no such name."""


@functools.cache
def _bridge() -> _Bridge:
    return _Bridge()


def act(*request: Any) -> Tree:
    """One request of the trusted side; see ``_Bridge.act``."""
    return _bridge().act(*request)


def _callback_number(value: object) -> int | None:
    return value._number if type(value) is Callback else None


def _describe(value: object) -> tuple[Tree, ...]:
    """Of an object that stays here: what it is, its class' module and name, its bases, its special
    methods, and its hash (None: by identity; False: it has none)."""
    if isinstance(value, types.ModuleType):
        return ("module", str(value.__name__), str(value.__name__), [], [], None)
    kind = value if isinstance(value, type) else type(value)
    sort = "class" if isinstance(value, type) else "instance"
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        sort = "function"
        named: Any = value
        return (sort, str(named.__module__), str(named.__qualname__), [], ["__call__"], None)
    special = [name for name in SPECIAL if hasattr(kind, name)]
    if callable(value):
        special.append("__call__")
    hashed = None if sort == "class" else _hash(value)
    return (sort, str(kind.__module__), str(kind.__qualname__), _bases(kind), special, hashed)


def _content(value: object) -> tuple[bool, object]:
    """What an object of a class derived from a built-in one holds, whatever its class says; False
    and None for all others."""
    if isinstance(value, (set, frozenset)):
        return True, set(value)
    found = plain(value)
    return (False, None) if isinstance(found, Opaque) else (True, found)


def _hash(value: object) -> int | bool | None:
    own = type(value).__hash__
    if own is object.__hash__:
        return None
    try:
        return False if own is None else hash(value)
    except Exception:  # noqa: BLE001 - it is student code
        return False


def _bases(kind: type) -> list[tuple[str, str]]:
    """The classes it inherits from, nearest first, itself included."""
    return [(str(base.__module__), str(base.__qualname__)) for base in kind.__mro__]


def _described(error: BaseException) -> tuple[object, ...]:
    """Class, arguments, text and plain attributes of an exception."""
    try:
        text = str(error)[:_TEXT]
    except BaseException:  # noqa: BLE001 - its __str__ is student code
        text = ""
    own = {
        key: value
        for key, value in vars(error).items()
        if isinstance(value, (str, int, float, bool, type(None)))
    }
    return (type(error), _bases(type(error)), tuple(error.args), text, own)


def begin(files: list[tuple[str, bytes]]) -> None:
    """Before the first cell: the submission's files in the working folder, and nbgrader's mark."""
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    sys.path.insert(0, "")  # as in a kernel: modules beside the notebook can be imported
    for name, data in files:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
