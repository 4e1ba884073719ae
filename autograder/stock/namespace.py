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
from autograder.stock.remote import NoSuchName, Remote

# Modules that are the trusted side's own, by whatever name a notebook calls them: what a student
# calls `np` must not judge.
LIBRARIES = frozenset(
    (
        *("bisect", "collections", "copy", "datetime", "decimal", "fractions", "functools"),
        *("hashlib", "heapq", "itertools", "json", "math", "numpy", "operator", "random", "re"),
        *("scipy", "statistics", "string", "time", "torch", "typing"),
    )
)


class Namespace(dict[str, Any]):
    """Globals of the test cells of one notebook.

    Args:
        remote: gives the child of the moment, with the student's cells run in it.
        answers: names that belong to the student, as the course's own notebook shows: binding or
            deleting one acts in the child. Nothing that a student writes adds a name here.
    """

    def __init__(self, remote: Callable[[], Remote], answers: frozenset[str]) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins, display=_display)
        self._remote = remote
        self._answers = answers

    def __missing__(self, name: str) -> Any:
        if name.startswith("__") or (name in vars(builtins) and name not in self._answers):
            raise KeyError(name)
        found = self._remote().get(name)
        if isinstance(found, Proxy) and found.__about__.sort == "module":
            return _library(found) or found
        return found

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._answers and name not in self:
            self._remote().set(name, value)
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if name in self or name not in self._answers:
            super().__delitem__(name)
        else:
            self._remote().delete(name)


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


__all__ = ["LIBRARIES", "Namespace", "NoSuchName"]
