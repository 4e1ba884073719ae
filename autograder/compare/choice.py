"""Multiple choice: whether an answer is one of those on offer, without a word on which is right."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.compare import Mismatch
from autograder.model import Text

_ONE = Text("une de ces réponses, et une seule", "one of these answers, and only one")


def one_of(returned: object, choices: Sequence[str]) -> None:
    """Pass if ``returned`` is one of the texts ``choices``.

    Raises:
        Mismatch: it is not, whatever else it is.
    """
    __tracebackhide__ = True
    if type(returned) is not str or returned not in choices:
        raise Mismatch(returned, list(choices), _ONE)
