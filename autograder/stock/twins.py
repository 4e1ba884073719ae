"""Exceptions of the student's, as a test cell can catch them.

``except`` takes real classes only, so for an exception class that lives in the child one with its
name and its bases is made here. Built-in ones, and those of libraries that are loaded here, are
themselves.
"""

from __future__ import annotations

import builtins
import sys

from autograder import wire
from autograder.stock.proxy import About, Bases, checked_bases

_TEXT = 10_000
_MOST = 200  # classes; a notebook that makes more gets their nearest base
_twins: dict[Bases, type[BaseException]] = {}


def twin(about: About, number: int) -> type[BaseException] | None:
    """The class that stands for an exception class of the student's; None for other classes."""
    if ("builtins", "BaseException") not in about.bases:
        return None
    found = exception_class(about.bases)
    if vars(found).get("__student__"):
        found.__number__ = number  # type: ignore[attr-defined]
    return found


def exception_class(bases: Bases) -> type[BaseException]:
    """The first of ``bases`` that is known here, or a new class below it."""
    if not bases:
        return Exception
    (module, name), rest = bases[0], bases[1:]
    known = _known(module, name)
    if known is not None:
        return known
    if bases not in _twins:
        base = exception_class(rest)
        if len(_twins) >= _MOST:
            return base
        label = name.rpartition(".")[2][:100] or "Exception"
        _twins[bases] = type(label, (base,), {"__student__": True, "__str__": _as_said})
    return _twins[bases]


def _known(module: str, name: str) -> type[BaseException] | None:
    owner = builtins if module == "builtins" else sys.modules.get(module)
    if module == "__main__" or owner is None:
        return None
    found = vars(owner).get(name)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _as_said(error: BaseException) -> str:
    return str(getattr(error, "__said__", ""))


def error(bases: object, args: object, text: object, own: object) -> BaseException:
    """An exception as the child described it. Raises wire.ProtocolError."""
    if not isinstance(bases, list | tuple) or not isinstance(args, tuple) or type(own) is not dict:
        raise wire.ProtocolError("no exception")
    kind = exception_class(checked_bases(list(bases)))
    made = kind.__new__(kind)
    made.args = args
    for key, value in own.items():
        if isinstance(key, str) and not key.startswith("__"):
            vars(made)[key] = value
    vars(made)["__said__"] = text[:_TEXT] if isinstance(text, str) else ""
    return made
