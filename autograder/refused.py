"""The system calls that one submission was refused, in all the processes that it has had.

For the instructor: what a library needs beyond the list shows here by name. The names are the
kernel's, from a table on this side; a student only decides which of them appear.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from autograder.sandbox.asked import Asked

MOST = 16  # different names of one submission

_P = ParamSpec("_P")


class Refused:
    """Looks after a submission's children, whoever opens and closes them."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._children: list[Asked] = []  # those that lived when they were last looked at

    def watching(self, open_child: Callable[_P, Asked]) -> Callable[_P, Asked]:
        """``open_child``, each of whose children is looked after from now on."""

        def opened(*args: _P.args, **kwargs: _P.kwargs) -> Asked:
            self._look()
            child = open_child(*args, **kwargs)
            self._children.append(child)
            return child

        return opened

    @property
    def names(self) -> tuple[str, ...]:
        """What was refused up to now, sorted; of more than ``MOST`` names those told first."""
        self._look()
        return tuple(sorted(self._names))

    def _look(self) -> None:
        for child in self._children:
            new = sorted(child.refused - self._names)
            self._names.update(new[: MOST - len(self._names)])
        self._children = [child for child in self._children if child.alive]
