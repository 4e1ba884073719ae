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
# What these raise means something to who runs the tests: that one is skipped, that a child is gone.
_OTHERS = frozenset(("__main__", "autograder", "unittest", "pytest", "_pytest"))
_ATOMS = (str, bytes, int, float, complex, bool, type(None))


class Twins:
    """The exception classes of one student's process."""

    def __init__(self) -> None:
        self._made: dict[Bases, type[BaseException]] = {}

    def twin(self, about: About, number: int) -> type[BaseException] | None:
        """The class that stands for an exception class; None for other classes."""
        if ("builtins", "BaseException") not in about.bases:
            return None
        found = self.of(about.bases)
        if vars(found).get("__student__"):
            found.__number__ = number  # type: ignore[attr-defined]
        return found

    def of(self, bases: Bases) -> type[BaseException]:
        """The first of ``bases`` that is known here, or a new class below it."""
        if not bases:
            return Exception
        (module, name), rest = bases[0], bases[1:]
        known = _known(module, name)
        if known is not None:
            return known
        if bases not in self._made:
            base = self.of(rest)
            if len(self._made) >= _MOST:
                return base
            label = name.rpartition(".")[2][:100] or "Exception"
            self._made[bases] = type(label, (base,), {"__student__": True, "__str__": _as_said})
        return self._made[bases]

    def error(self, bases: object, args: object, text: object, own: object) -> BaseException:
        """An exception as the child described it. Raises wire.ProtocolError."""
        if not isinstance(args, tuple) or type(own) is not dict:
            raise wire.ProtocolError("no exception")
        kind = self.of(checked_bases(bases))
        said = text[:_TEXT] if isinstance(text, str) else ""
        made = kind.__new__(kind)
        # Atoms only: what contains others may take for ever to be written out.
        made.args = args if all(isinstance(one, _ATOMS) for one in args) else (said,)
        for key, value in own.items():
            if isinstance(key, str) and not key.startswith("__") and isinstance(value, _ATOMS):
                vars(made)[key] = value
        vars(made)["__said__"] = said
        return made


def _known(module: str, name: str) -> type[BaseException] | None:
    owner = builtins if module == "builtins" else sys.modules.get(module)
    if module.partition(".")[0] in _OTHERS or owner is None:
        return None
    found = vars(owner).get(name)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _as_said(error: BaseException) -> str:
    return str(getattr(error, "__said__", ""))
