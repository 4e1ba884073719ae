"""The comparison that decides: what student code returned against what is right.

It runs on the trusted side and never trusts what came back: type, shape and length are settled
exactly before any arithmetic (nothing broadcasts, nothing is empty by accident), NaN and infinity
must be where they belong, integers never wrap, and only then does a tolerance apply. Sentences
about a difference never hold an expected value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.compare.shown import as_plain, noun, show, wrong_type
from autograder.model import Text
from autograder.wire.plain import Opaque

__all__ = ["ATOL", "RTOL", "Mismatch", "difference", "same", "show"]

RTOL = 1e-5
ATOL = 1e-5  # times the largest expected magnitude, if that is above 1

Array = np.ndarray[Any, Any]


class Mismatch(AssertionError):
    """A returned value is not the expected one.

    ``difference`` says how they differ, without expected values; ``hint`` is the id of the known
    mistake that yields exactly what was returned, if there is one.
    """

    def __init__(
        self, returned: object, expected: object, difference: Text, hint: str | None = None
    ) -> None:
        self.returned = returned
        self.expected = expected
        self.difference = difference
        self.hint = hint
        super().__init__(difference.en)


def same(
    returned: object,
    expected: object,
    *,
    rtol: float = RTOL,
    atol: float | None = None,
    mistakes: Mapping[str, object] | None = None,
) -> None:
    """Pass if ``returned`` is ``expected``; see ``difference`` for the rules.

    Args:
        returned: what student code returned, whole.
        expected: the right value.
        rtol: relative tolerance of real and complex numbers.
        atol: absolute tolerance; if given, it holds for integers, too.
        mistakes: by hint id, the value a known mistake yields, or a function that computes it.

    Raises:
        Mismatch: it is not.
        TypeError: ``expected`` is not of a type that student code can return.
    """
    __tracebackhide__ = True
    found = difference(returned, expected, rtol, atol)
    if found is not None:
        raise Mismatch(returned, expected, found, _hint(returned, mistakes or {}, rtol, atol))


def _hint(
    returned: object, mistakes: Mapping[str, object], rtol: float, atol: float | None
) -> str | None:
    for hint, mistake in mistakes.items():
        value = mistake() if callable(mistake) else mistake
        if difference(returned, value, rtol, atol) is None:
            return hint
    return None


def difference(
    returned: object, expected: object, rtol: float = RTOL, atol: float | None = None
) -> Text | None:
    """How ``returned`` differs from ``expected``, as a clause without a full stop; None if not.

    - An int must be an int, a bool a bool, text equal; where a float is expected an int will do.
    - A list may stand for a tuple and the other way round; entries follow these rules.
    - An array must be an array of the same shape. Real numbers of any dtype will do, bool and
      complex only where they are expected. A number and an array of shape () stand for each other.
    - Integers are equal; other numbers differ by at most ``atol + rtol·|expected|``. ``atol`` is
      1e-5 times the largest finite magnitude in ``expected``, at least 1e-5: float32 work passes.
      Give ``atol`` where all expected values are tiny, or so large that it would pass truncation.

    Raises:
        TypeError: ``expected`` is not of a type that student code can return.
    """
    found = _find(returned, expected, _Tolerance(rtol, atol), "")
    if found is None:
        return None
    path, clause = found
    subject = Text(f"l'élément {path}", f"element {path}") if path else _RESULT
    return Text(f"{subject.fr} {clause.fr}", f"{subject.en} {clause.en}")


_RESULT = Text("le résultat", "the result")
_WRONG = Text("est faux", "is wrong")
_WRONG_KEYS = Text("n'a pas les bonnes clés", "does not have the right keys")
_CONTENT = {  # by kind of dtype
    "b": Text("booléens", "bool"),
    "c": Text("nombres complexes", "complex numbers"),
    **dict.fromkeys("iuf", Text("nombres réels", "real numbers")),
}
_NOT_FINITE = Text("contient NaN ou l'infini", "contains NaN or infinity")

Found = tuple[str, Text] | None  # where, as Python would index it, and what


@dataclass(frozen=True)
class _Tolerance:
    rtol: float
    atol: float | None


def _find(returned: object, expected: object, tolerance: _Tolerance, path: str) -> Found:
    returned, expected = as_plain(returned), as_plain(expected)
    if isinstance(expected, Opaque):
        raise TypeError(f"cannot compare with {noun(expected).en}")
    if isinstance(expected, list | tuple):
        return _find_in_sequence(returned, expected, tolerance, path)
    if isinstance(expected, dict):
        return _find_in_dict(returned, expected, tolerance, path)
    if isinstance(expected, np.ndarray):
        clause = _compare_array(returned, expected, tolerance)
    else:
        clause = _compare_scalar(returned, expected, tolerance)
    return (path, clause) if clause else None


def _find_in_sequence(
    returned: object, expected: list[Any] | tuple[Any, ...], tolerance: _Tolerance, path: str
) -> Found:
    if not isinstance(returned, list | tuple):
        return path, wrong_type(returned, expected)
    if len(returned) != len(expected):
        return path, _wrong_length(len(returned))
    for index, (entry, right) in enumerate(zip(returned, expected, strict=True)):
        found = _find(entry, right, tolerance, f"{path}[{index}]")
        if found:
            return found
    return None


def _find_in_dict(
    returned: object, expected: dict[str, Any], tolerance: _Tolerance, path: str
) -> Found:
    if not isinstance(returned, dict):
        return path, wrong_type(returned, expected)
    if returned.keys() != expected.keys():
        return path, _WRONG_KEYS
    for key, right in expected.items():
        found = _find(returned[key], right, tolerance, f"{path}[{key!r}]")
        if found:
            return found
    return None


# The types that will do for an expected scalar, and the kinds of dtype for an expected array.
_TYPES: dict[type, tuple[type, ...]] = {float: (int, float), complex: (int, float, complex)}
_KINDS = {"b": "b", "i": "iuf", "u": "iuf", "f": "iuf", "c": "iufc"}
_NUMBERS = {"b": (bool,), "c": (int, float, complex)}  # for an array of shape ()


def _compare_scalar(returned: object, expected: object, tolerance: _Tolerance) -> Text | None:
    if isinstance(returned, np.ndarray) and returned.shape == ():
        returned = returned.item()
    if type(returned) not in _TYPES.get(type(expected), (type(expected),)):
        return wrong_type(returned, expected)
    if type(expected) in _TYPES or (type(expected) is int and tolerance.atol is not None):
        right = not _wrong(np.asarray(returned), np.asarray(expected), tolerance).any()
    else:
        right = returned == expected
    return None if right else _WRONG


def _compare_array(returned: object, expected: Array, tolerance: _Tolerance) -> Text | None:
    wanted = expected.dtype.kind
    if expected.shape == () and type(returned) in _NUMBERS.get(wanted, (int, float)):
        returned = np.asarray(returned)
    if not isinstance(returned, np.ndarray):
        return wrong_type(returned, expected)
    if returned.shape != expected.shape:
        return _wrong_shape(returned.shape)
    if returned.dtype.kind not in _KINDS[wanted]:
        return _wrong_dtype(returned, expected)
    return _wrong_values(returned, expected, _wrong(returned, expected, tolerance))


def _wrong(returned: Array, expected: Array, tolerance: _Tolerance) -> Array:
    """Where two arrays of one shape and fitting kinds differ, as bool."""
    exact = tolerance.atol is None or expected.dtype.kind == "b"
    if exact and returned.dtype.kind in "biu" and expected.dtype.kind in "biu":
        return np.asarray(returned != expected)
    if "c" in (returned.dtype.kind, expected.dtype.kind):
        outside = _outside(_parts(returned), _parts(expected), tolerance)
        return np.asarray(outside.any(axis=-1))
    return _outside(_float64(returned), _float64(expected), tolerance)


def _parts(array: Array) -> Array:
    """Real and imaginary parts along a new last axis: each has its own NaN and sign."""
    return _float64(np.stack([array.real, array.imag], axis=-1))


def _float64(array: Array) -> Array:
    with np.errstate(invalid="ignore"):  # a signalling NaN, which any bytes may be, would warn
        return array.astype(np.float64)


def _outside(returned: Array, expected: Array, tolerance: _Tolerance) -> Array:
    """Where two float64 arrays of one shape are apart by more than the tolerance."""
    finite = np.isfinite(expected)
    size = np.abs(expected)
    atol = tolerance.atol
    if atol is None:
        atol = ATOL * max(1.0, float(size.max(initial=0.0, where=finite)))
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.abs(returned - expected) <= atol + tolerance.rtol * size  # NaN is not
    if not finite.all():
        equal = (returned == expected) | (np.isnan(returned) & np.isnan(expected))
        close = np.where(finite, close, equal)
    outside: Array = ~close
    return outside


# ---------------------------------------------------------------- clauses: subject left out


def _wrong_length(length: int) -> Text:
    plural = "s" if length > 1 else ""
    items = "item" if length == 1 else "items"
    return Text(
        f"a {length} élément{plural}, ce n'est pas le bon nombre",
        f"has {length} {items}, which is not the right number",
    )


def _wrong_shape(shape: tuple[int, ...]) -> Text:
    return Text(
        f"a la forme {shape}, ce n'est pas la bonne",
        f"has the shape {shape}, which is not the right one",
    )


def _wrong_dtype(returned: Array, expected: Array) -> Text:
    came, wanted = _CONTENT[returned.dtype.kind], _CONTENT[expected.dtype.kind]
    return Text(
        f"est un tableau de {came.fr}, pas de {wanted.fr}",
        f"is an array of {came.en}, not of {wanted.en}",
    )


def _wrong_values(returned: Array, expected: Array, wrong: Array) -> Text | None:
    if not wrong.any():
        return None
    if (np.isfinite(expected) & ~np.isfinite(returned)).any():
        return _NOT_FINITE
    where = _where(wrong)
    return Text(f"{_WRONG.fr}{where.fr}", f"{_WRONG.en}{where.en}")


def _where(wrong: Array) -> Text:
    """How many entries are wrong, in words; rounded so that some is never all or none."""
    if wrong.size == 1:
        return Text("", "")
    if wrong.all():
        return Text(" partout", " everywhere")
    percent = min(max(round(100 * float(wrong.mean())), 1), 99)
    return Text(f" à {percent} % des positions", f" at {percent}% of the positions")
