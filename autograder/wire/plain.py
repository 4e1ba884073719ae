"""What may cross between the trusted process and student code, how much of it, and what stands in.

Plain data only: None, bool, int, float, complex, str, bytes, list, tuple, dict with str keys, and
NumPy arrays of numbers. All else becomes ``Opaque``. Names that cross come from closed tables, so
that student code cannot choose them; torch, Keras and pandas are known by name and never imported.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_PAYLOAD = 256 * 2**20  # bytes of one value, and of what any array shape stands for
MAX_TEXT = 2**20  # bytes of one str
MAX_NODES = 100_000  # values in one payload, nested ones included
MAX_ENTRIES = 1_000  # of one dict
MAX_DEPTH = 16  # containers inside one another
MAX_NDIM = 8
_DTYPE_NAMES = "|b1 |i1 <i2 <i4 <i8 |u1 <u2 <u4 <u8 <f2 <f4 <f8 <c8 <c16"
DTYPES = tuple(np.dtype(name) for name in _DTYPE_NAMES.split())  # bool is the first


class ProtocolError(ValueError):
    """A malformed frame or payload, or a value over the caps."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An object kept in the child; ``handle`` is a u32. Only requests may hold one."""

    handle: int


@dataclass(frozen=True, slots=True)
class Opaque:
    """Stands for an object that cannot cross; ``type_name`` is one of ``OPAQUE_TYPES``."""

    type_name: str


EXCEPTIONS: tuple[str, ...] = (
    "Exception",
    *("ArithmeticError", "AssertionError", "AttributeError", "BufferError", "EOFError"),
    *("FileExistsError", "FileNotFoundError", "FloatingPointError", "ImportError"),
    *("IndentationError", "IndexError", "KeyError", "KeyboardInterrupt", "LookupError"),
    *("MemoryError", "ModuleNotFoundError", "NameError", "NotImplementedError", "OSError"),
    *("OverflowError", "PermissionError", "RecursionError", "ReferenceError", "RuntimeError"),
    *("StopAsyncIteration", "StopIteration", "SyntaxError", "SystemError", "SystemExit"),
    *("TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError"),
    *("UnicodeEncodeError", "UnicodeError", "ValueError", "Warning", "ZeroDivisionError"),
)
_BUILTINS = (
    *("bytearray", "coroutine", "dict_items", "dict_keys", "dict_values", "ellipsis", "enumerate"),
    *("filter", "frozenset", "function", "generator", "map", "memoryview", "method", "module"),
    *("range", "reversed", "set", "slice", "type", "zip"),
)
_FOREIGN = {
    **{f"builtins.{name}": name for name in _BUILTINS},
    "builtins.builtin_function_or_method": "function",
    "collections.deque": "deque",
    "decimal.Decimal": "Decimal",
    "fractions.Fraction": "Fraction",
    "keras.src.layers.layer.Layer": "keras.Layer",
    "keras.src.models.model.Model": "keras.Model",
    "numpy.datetime64": "numpy.datetime64",
    "numpy.timedelta64": "numpy.timedelta64",
    "numpy.ma.MaskedArray": "numpy.ma.MaskedArray",
    "numpy.ma.core.MaskedArray": "numpy.ma.MaskedArray",
    "pandas.DataFrame": "pandas.DataFrame",
    "pandas.core.frame.DataFrame": "pandas.DataFrame",
    "pandas.Series": "pandas.Series",
    "pandas.core.series.Series": "pandas.Series",
    "PIL.Image.Image": "PIL.Image",
    "tensorflow.python.framework.tensor.Tensor": "tensorflow.Tensor",
    "torch.Tensor": "torch.Tensor",
    "torch.nn.modules.module.Module": "torch.nn.Module",
    "torch.optim.optimizer.Optimizer": "torch.optim.Optimizer",
}
OBJECT = "object"
BIG_INT = "int beyond 64 bits"
BAD_TEXT = "str that is not valid Unicode"
ODD_KEYS = "dict with keys that are not str"
OBJECT_ARRAY = "numpy.ndarray of objects"
TEXT_ARRAY = "numpy.ndarray of text"
ODD_ARRAY = "numpy.ndarray of neither numbers nor bool"
OPAQUE_TYPES: tuple[str, ...] = (
    *(OBJECT, BIG_INT, BAD_TEXT, ODD_KEYS, OBJECT_ARRAY, TEXT_ARRAY, ODD_ARRAY),
    *dict.fromkeys(_FOREIGN.values()),
)

# Keyed by id: a metaclass of the student's may make its classes unhashable.
_EXCEPTION_NAMES = {id(getattr(builtins, name)): name for name in EXCEPTIONS}


def exception_kind(exc: BaseException) -> str:
    """The name of the nearest class of ``exc`` that is listed in ``EXCEPTIONS``."""
    names = (_EXCEPTION_NAMES.get(id(cls)) for cls in type(exc).__mro__)
    return next(filter(None, names), "Exception")


# Unbound methods of the base itself: what a subclass overrides is not asked.
_BASES: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (complex, complex.__complex__),
    (str, str.__str__),
    (bytes, bytes.__bytes__),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (list, list.copy),
    (dict, dict.copy),
)
_SCALARS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (np.bool_, bool),
    (np.integer, int),
    (np.floating, float),
    (np.complexfloating, complex),
)


def plain(value: object) -> object:
    """The content of ``value`` as an object whose type is exactly one that may cross."""
    cls = type(value)
    for base, convert in _BASES:
        if issubclass(cls, base):
            return convert(value)
    name = _type_name(cls)
    if name == OBJECT:  # masked arrays and time spans have names of their own
        if issubclass(cls, np.ndarray):
            return np.asarray(value)
        for base, convert in _SCALARS:
            if issubclass(cls, base):
                return convert(value)
    return Opaque(name)


def _type_name(cls: type) -> str:
    names = (_FOREIGN.get(f"{base.__module__}.{base.__qualname__}") for base in cls.__mro__)
    return next(filter(None, names), OBJECT)


def plain_array(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | Opaque:
    """``array`` in the nearest of ``DTYPES``: little-endian, at most 64 bits a real number."""
    kind = array.dtype.kind
    size = min(array.dtype.itemsize, 16 if kind == "c" else 8)
    for dtype in DTYPES:
        if (dtype.kind, dtype.itemsize) == (kind, size):
            with np.errstate(over="ignore"):  # a longdouble beyond float64 is infinite there
                return array.astype(dtype)
    return Opaque({"O": OBJECT_ARRAY, "U": TEXT_ARRAY, "S": TEXT_ARRAY}.get(kind, ODD_ARRAY))


def volume(shape: tuple[int, ...]) -> int:
    """Entries of ``shape``, an empty side counted as one: (0, 2**31) is no small array."""
    entries = 1
    for side in shape:
        entries *= side or 1
    return entries
