"""Whether two values agree, worked out anew: exact fractions, entry by entry, in plain Python.

Slow, and nothing of ``autograder.compare`` is used, so that the two cannot be wrong alike. The
rules are those that ``difference`` documents, for its default relative tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np

Verdict = bool | None  # None: so close to the edge of the tolerance that rounding decides

_TOLERANCE = Fraction(1, 100_000)  # relative; times the scale, if no absolute one is given
_EDGE, _SMALLEST = Fraction(1, 10**9), Fraction(5e-324)  # what rounding to float64 may cost

# By the kind of what is expected: the kinds that will do for it.
_FOR_A_SCALAR = {"b": "b", "i": "i", "f": "if", "c": "ifc"}
_FOR_AN_ARRAY = {"b": "b", "i": "if", "f": "if", "c": "ifc"}


class _Numbers(NamedTuple):
    """A number, or an array of them in C order, as Python's own."""

    kind: str
    shape: tuple[int, ...]
    entries: list[complex]
    is_array: bool


def agree(returned: object, expected: object, atol: float | None = None) -> Verdict:
    """Whether ``returned`` is right where ``expected`` is."""
    if isinstance(expected, list | tuple):
        if not isinstance(returned, list | tuple) or len(returned) != len(expected):
            return False
        places = range(len(expected))
        return _all(agree(returned[place], expected[place], atol) for place in places)
    if isinstance(expected, dict):
        if not isinstance(returned, dict) or sorted(returned) != sorted(expected):
            return False
        return _all(agree(returned[key], expected[key], atol) for key in expected)
    wanted = _numbers(expected)
    if wanted is None:  # None, text or bytes
        return type(returned) is type(expected) and returned == expected
    came = _numbers(returned)
    return came is not None and _numbers_agree(came, wanted, atol)


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    found = set(verdicts)
    return False if False in found else None if None in found else True


def _numbers(value: object) -> _Numbers | None:
    if isinstance(value, np.ndarray):
        kind = {"u": "i"}.get(value.dtype.kind, value.dtype.kind)
        return _Numbers(kind, value.shape, value.reshape(-1).tolist(), True)
    for cls, kind in ((bool, "b"), (int, "i"), (float, "f"), (complex, "c")):
        if type(value) is cls:
            return _Numbers(kind, (), [value], False)
    return None


def _numbers_agree(came: _Numbers, wanted: _Numbers, atol: float | None) -> Verdict:
    fitting = _FOR_AN_ARRAY if wanted.is_array else _FOR_A_SCALAR
    if came.shape != wanted.shape or came.kind not in fitting[wanted.kind]:
        return False
    if wanted.kind == "b" or (atol is None and came.kind == wanted.kind == "i"):
        return came.entries == wanted.entries
    parts = [part for entry in wanted.entries for part in (entry.real, entry.imag)]
    sizes = [abs(Fraction(part)) for part in parts if math.isfinite(part)]
    floor = _TOLERANCE * max([Fraction(1), *sizes]) if atol is None else Fraction(atol)
    others = [part for entry in came.entries for part in (entry.real, entry.imag)]
    return _all(_close(other, part, floor) for other, part in zip(others, parts, strict=True))


def _close(came: float, wanted: float, floor: Fraction) -> Verdict:
    if not math.isfinite(wanted):
        return came == wanted or (math.isnan(came) and math.isnan(wanted))
    if not math.isfinite(came):
        return False
    apart = abs(Fraction(came) - Fraction(wanted))
    allowed = floor + _TOLERANCE * abs(Fraction(wanted))
    if apart and abs(apart - allowed) <= _EDGE * allowed + _SMALLEST:
        return None
    return apart <= allowed
