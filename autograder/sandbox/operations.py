"""What can be done with an object that stays in the child, by name: both ends read this list."""

from __future__ import annotations

import operator
from collections.abc import Callable

# Special methods by the names that Python gives them, without the underscores.
BINARY = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "pow", "lshift", "rshift"),
    *("and", "or", "xor", "divmod"),
)
OTHER = (
    *("len", "iter", "next", "contains", "getitem", "setitem", "delitem", "reversed", "format"),
    *("lt", "le", "gt", "ge", "neg", "pos", "invert", "abs", "round", "int", "float", "complex"),
    *("index", "enter", "exit", "bytes"),
)
_SPELT = {"and": "and_", "or": "or_"}  # in the module operator
_BUILTIN = (
    *(len, iter, next, bool, str, repr, hash, float, int, complex, abs, round, divmod, bytes),
    *(format, reversed, isinstance, issubclass, dir, getattr, setattr, delattr),
)
_IN_PLACE = tuple(name for name in BINARY if name != "divmod")
_COMPARISONS = ("eq", "ne")

SPECIAL: dict[str, tuple[str, bool]] = {  # method → operation, whether its operands are swapped
    **{f"__{name}__": (name, False) for name in (*BINARY, *OTHER)},
    **{f"__r{name}__": (name, True) for name in BINARY},
    **{f"__i{name}__": (f"i{name}", False) for name in _IN_PLACE},
}


def _enter(value: object) -> object:
    return type(value).__enter__(value)  # type: ignore[attr-defined]


def _exit(value: object, *error: object) -> object:
    return type(value).__exit__(value, *error)  # type: ignore[attr-defined]


def _call(
    function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
) -> object:
    return function(*args, **kwargs)


OPERATIONS: dict[str, Callable[..., object]] = {
    **{
        name: getattr(operator, _SPELT.get(name, name))
        for name in (*BINARY, *OTHER, *_COMPARISONS, *(f"i{name}" for name in _IN_PLACE))
        if hasattr(operator, _SPELT.get(name, name))
    },
    **{function.__name__: function for function in _BUILTIN},
    "call": _call,
    "enter": _enter,
    "exit": _exit,
}
