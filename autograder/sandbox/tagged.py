"""Values that never change, as the wire carries them: as they are, or as a tuple with a tag.

    t f          tuple, frozenset: the items
    I n u        an int beyond 64 bits as hex digits; a NumPy scalar as an array without sides; text
    r s          range, slice: start, stop, step
    D F d        Decimal, Fraction, something of datetime: as text
    b N          a type of builtins or of NumPy's scalars, by name; b also Ellipsis, NotImplemented

What the student's process sends is read strictly: names come from closed tables, sizes are capped.
"""

from __future__ import annotations

import builtins
import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder import wire
from autograder.wire.plain import DTYPES

Tree = Any  # what the wire carries
Inner = Callable[[Any], Any]  # how a value inside another one is written, or read

NUMBERS = frozenset(dtype.str for dtype in DTYPES)
_LONGEST_RANGE = 1_000_000
_MOST_DIGITS = 100_000  # of a number that crosses as text
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANTS: dict[str, object] = {
    "Ellipsis": ...,
    "NotImplemented": NotImplemented,
    "NoneType": type(None),
}
_TIMES: dict[str, type[datetime.datetime | datetime.date | datetime.time]] = {
    "datetime": datetime.datetime,
    "date": datetime.date,
    "time": datetime.time,
}


class Untagged(Exception):
    """Not a value that crosses like this."""


def write(value: Any, inner: Inner) -> Tree:
    """``value`` for the wire. Raises Untagged."""
    kind = type(value)
    if value is None or kind in (bool, float, complex, bytes):
        return value
    if kind is str and not _SURROGATE.search(value):
        return value
    if kind is int:
        return value if -(2**63) <= value < 2**63 else ("I", hex(value))
    if writer := _WRITERS.get(kind):
        return writer(value, inner)
    if isinstance(value, np.generic) and value.dtype.str in NUMBERS:
        return ("n", np.asarray(value))
    if kind is range and len(value) <= _LONGEST_RANGE:
        return ("r", *map(inner, (value.start, value.stop, value.step)))
    if named := _named(value):
        return named
    raise Untagged


def read(tag: str, parts: list[Tree], inner: Inner) -> Any:
    """The value of a tuple ``(tag, *parts)``.

    Raises:
        wire.ProtocolError, KeyError, TypeError, ValueError, ArithmeticError: there is none.
    """
    return _READERS[tag](inner, *parts)


def _named(value: Any) -> Tree:
    """A type or a constant that both sides know by name; None for all else."""
    for name, constant in _CONSTANTS.items():
        if value is constant:
            return ("b", name)
    if not isinstance(value, type):
        return None
    name = type.__dict__["__name__"].__get__(value)  # whatever a metaclass says
    if vars(builtins).get(name) is value:
        return ("b", name)
    return ("N", name) if issubclass(value, np.generic) and vars(np).get(name) is value else None


def _builtin(name: object) -> object:
    if name in _CONSTANTS:
        return _CONSTANTS[str(name)]
    found = vars(builtins).get(str(name))
    if not isinstance(found, type):
        raise wire.ProtocolError("no such type")
    return found


def _numpy_type(name: object) -> object:
    found = vars(np).get(str(name))
    if not (isinstance(found, type) and issubclass(found, np.generic)):
        raise wire.ProtocolError("no such type")
    return found


def _scalar(array: Any) -> object:
    if not isinstance(array, np.ndarray) or array.shape:
        raise wire.ProtocolError("no scalar")
    return array[()]


def _range(inner: Inner, *parts: Tree) -> range:
    found = range(*map(inner, parts))
    if len(found) > _LONGEST_RANGE:
        raise wire.ProtocolError("a range too long")
    return found


def _integer(text: object) -> int:
    if not isinstance(text, str) or len(text) > _MOST_DIGITS:
        raise wire.ProtocolError("a number too long")
    return int(text, 16)


def _decimal(text: object) -> Decimal:
    """Within bounds: to make an int of 1E+999999999 would take for ever."""
    value = Decimal(text) if isinstance(text, str) and len(text) <= _MOST_DIGITS else None
    if value is None or (value.is_finite() and abs(value.adjusted()) > _MOST_DIGITS):
        raise wire.ProtocolError("a number too long")
    return value


def _time(name: str, text: str) -> object:
    if name == "timedelta":
        days, seconds, micro = map(int, text.split())
        return datetime.timedelta(days, seconds, micro)
    return _TIMES[name].fromisoformat(text)


def _write_time(value: Any, inner: Inner) -> Tree:
    return ("d", type(value).__name__, value.isoformat())


def _write_span(value: Any, inner: Inner) -> Tree:
    return ("d", "timedelta", f"{value.days} {value.seconds} {value.microseconds}")


_WRITERS: dict[type, Callable[[Any, Inner], Tree]] = {
    tuple: lambda value, inner: ("t", [*map(inner, value)]),
    frozenset: lambda value, inner: ("f", [*map(inner, value)]),
    slice: lambda value, inner: ("s", *map(inner, (value.start, value.stop, value.step))),
    Decimal: lambda value, inner: ("D", str(value)),
    np.str_: lambda value, inner: ("u", str(value)),
    Fraction: lambda value, inner: ("F", hex(value.numerator), hex(value.denominator)),
    datetime.timedelta: _write_span,
    **dict.fromkeys(_TIMES.values(), _write_time),
}
_READERS: dict[str, Callable[..., Any]] = {
    "t": lambda inner, items: tuple(map(inner, items)),
    "f": lambda inner, items: frozenset(map(inner, items)),
    "I": lambda inner, text: _integer(text),
    "n": lambda inner, array: _scalar(array),
    "r": _range,
    "s": lambda inner, *parts: slice(*map(inner, parts)),
    "D": lambda inner, text: _decimal(text),
    "F": lambda inner, top, bottom: Fraction(_integer(top), _integer(bottom)),
    "u": lambda inner, text: np.str_(text),
    "d": lambda inner, name, text: _time(name, text),
    "b": lambda inner, name: _builtin(name),
    "N": lambda inner, name: _numpy_type(name),
}
