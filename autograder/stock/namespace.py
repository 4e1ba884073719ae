"""The names that a test cell sees: its own and the course's here, the student's in the child.

``exec`` with a ``dict`` subclass asks ``__missing__`` for what it does not hold, in the cell and in
functions that the cell defines, and tells ``__setitem__`` and ``__delitem__`` what the cell binds.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

from autograder.stock.proxy import Proxy
from autograder.stock.remote import Remote

# Modules that are the trusted side's own, by whatever name a notebook calls them: what a student
# calls `np` must not judge.
LIBRARIES = frozenset(
    (
        *("bisect", "collections", "copy", "datetime", "decimal", "fractions", "functools"),
        *("hashlib", "heapq", "itertools", "json", "math", "numpy", "operator", "random", "re"),
        *("scipy", "statistics", "string", "time", "torch", "typing"),
    )
)
_ATOMS = frozenset((int, float, complex, str, bytes, bool, type(None)))


class Namespace(dict[str, Any]):
    """Globals of the test cells of one notebook.

    Args:
        remote: gives the child of the moment, with the student's cells run in it.
        answers: names that belong to the student, as the course's own notebook shows: binding or
            deleting one acts in the child. Nothing that a student writes adds a name here.
        own: names that only the course binds, in cells that may be moved or deleted.
    """

    def __init__(
        self,
        remote: Callable[[], Remote],
        answers: frozenset[str],
        own: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins, display=_display)
        self._remote = remote
        self._answers = answers
        self._own = set(own)
        self._bound: dict[str, object] = {}  # of the answers, by a test
        self._giving = False

    def give(self, definition: str) -> None:
        """Define what the course's own notebook does. Raises what that raises.

        Where it binds the name of an answer, as ``from math import *`` may, the answer came later.
        """
        self._giving = True
        try:
            exec(definition, self)  # noqa: S102 - the course's own
        finally:
            self._giving = False

    def yield_(self, names: frozenset[str]) -> None:
        """These cannot be defined here: they are the student's."""
        self._own -= names

    def __missing__(self, name: str) -> Any:
        if name.startswith("__") or (name in vars(builtins) and name not in self._answers):
            raise KeyError(name)
        if name in self._own:  # its cell was moved or deleted: nobody else may define it
            raise KeyError(name)
        found = self._remote().get(name)
        if name in self._bound:
            return self._rebound(name, found)
        if isinstance(found, Proxy) and found.__about__.sort == "module":
            return _library(found) or found
        return found

    def _rebound(self, name: str, found: object) -> Any:
        """What a test bound to ``name``, or what student code has since, where that counts."""
        bound = self._bound[name]
        if _is_same(found, bound) or not self._remote().permits(f"bind {name} again"):
            return bound
        return found

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._answers and name not in self:
            if not self._giving:
                self._remote().set(name, value)
                self._bound[name] = value
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if name in self or name not in self._answers:
            super().__delitem__(name)
        else:
            self._bound.pop(name, None)
            self._remote().delete(name)


def _is_same(found: object, bound: object) -> bool:
    if isinstance(found, tuple) and isinstance(bound, tuple):
        return len(found) == len(bound) and all(map(_is_same, found, bound))
    if found is bound:
        return True
    return type(found) is type(bound) and type(found) in _ATOMS and found == bound


def _library(proxy: Proxy) -> types.ModuleType | None:
    """The trusted side's own module of that name, if it is a library that judges."""
    name = proxy.__about__.module
    top = name.partition(".")[0]
    if top not in LIBRARIES:
        return None
    try:
        importlib.import_module(top)
    except ImportError:
        return None
    return sys.modules.get(name)


def _display(*values: object, **_: object) -> None:
    """IPython's ``display``: what a test shows decides nothing."""
