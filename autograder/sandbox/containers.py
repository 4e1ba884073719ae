"""Containers that can change: what is in them, and how one takes on what another holds."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import wire
from autograder.sandbox.tagged import NUMBERS, Inner, Tree

_LONGEST_TEXTS = 2**24  # characters: an array gives each of its texts as much room as the longest
_PACKED = 32  # a list of so many numbers crosses as an array
_MAPPINGS: dict[str, Callable[[], Any]] = {
    "dict": dict,
    "OrderedDict": OrderedDict,
    "Counter": Counter,
    "defaultdict": defaultdict,
}
_EMPTY: dict[str, Callable[[], Any]] = {
    "list": list,
    "set": set,
    "bytearray": bytearray,
    "deque": deque,
    "ndarray": lambda: np.empty(0),
    "tensor": lambda: np.empty(0),
    **_MAPPINGS,
}
_KINDS: dict[type, str] = {
    kind: kind.__name__
    for kind in (list, set, bytearray, deque, dict, OrderedDict, Counter, defaultdict)
}


def empty(kind: object) -> Any:
    """A new container of that kind. Raises KeyError, TypeError."""
    return _EMPTY[kind]()  # type: ignore[index]


def kind_of(value: Any) -> str:
    """What sort of container it is; "" if none that is shared. Subclasses are none."""
    kind = type(value)
    if kind is np.ndarray:
        return "ndarray" if value.dtype.str in NUMBERS or value.dtype.kind in "OUS" else ""
    torch = sys.modules.get("torch")
    if torch is not None and kind is torch.Tensor:
        whole = value.layout is torch.strided and not value.is_quantized
        plain = whole and value.is_leaf and value.dtype is not torch.bfloat16
        return "tensor" if plain else ""
    return _KINDS.get(kind, "")


def content(kind: str, value: Any, inner: Inner) -> Tree:
    """What is in it, for the wire."""
    if kind == "list":
        return _packed(value) if _packs(value) else [*map(inner, tuple(value))]
    if kind in _MAPPINGS:
        keys, values = tuple(value), tuple(value.values())
        factory = inner(value.default_factory) if kind == "defaultdict" else None
        return [*map(inner, keys)], [*map(inner, values)], factory
    if kind == "set":
        return [*map(inner, tuple(value))]
    if kind == "bytearray":
        return bytes(value)
    if kind == "deque":
        return value.maxlen, [*map(inner, tuple(value))]
    if kind == "tensor":
        return bool(value.requires_grad), value.detach().cpu().numpy()
    if value.dtype.str in NUMBERS:
        return value
    # Text, or objects: one by one.
    return value.dtype.kind, value.shape, [*map(inner, value.ravel().tolist())]


def filled(kind: str, value: Any, new: Tree, inner: Inner) -> Any:
    """``value`` with another content, or what stands for it from now on if it cannot take that.

    Raises:
        wire.ProtocolError, KeyError, TypeError, ValueError: no such content.
    """
    if kind in ("ndarray", "tensor"):
        return _filled_array(kind, value, new, inner)
    if kind == "list":
        value[:] = new.tolist() if isinstance(new, np.ndarray) else _values(new, inner)
    elif kind in _MAPPINGS:
        keys, values, factory = new
        value.clear()
        for key, item in zip(_values(keys, inner), _values(values, inner), strict=True):
            value[key] = item
        if kind == "defaultdict":
            value.default_factory = inner(factory)
    elif kind == "set":
        value.clear()
        value.update(_values(new, inner))
    elif kind == "bytearray":
        value[:] = new
    else:
        limit, items = new
        value = value if value.maxlen == limit else deque(maxlen=limit)
        value.clear()
        value.extend(_values(items, inner))
    return value


def _values(trees: Tree, inner: Inner) -> list[Any]:
    if type(trees) is not list:
        raise wire.ProtocolError("no list of values")
    return [*map(inner, trees)]


def _filled_array(kind: str, old: Any, new: Tree, inner: Inner) -> Any:
    made: Any
    if kind == "tensor":
        needs, data = new
        import torch  # both sides have it, or no tensor would be shared

        made = torch.from_numpy(np.array(data)).requires_grad_(needs is True)
        if isinstance(old, torch.Tensor) and (old.shape, old.dtype) == (made.shape, made.dtype):
            old.data.copy_(made.data)
            return old
        return made
    if isinstance(new, np.ndarray):
        made = np.array(new)
    else:
        letter, shape, items = new
        if letter not in ("O", "U", "S"):
            raise wire.ProtocolError("no such array")
        values = _values(items, inner)
        if letter != "O" and len(values) * max(map(_length, values), default=0) > _LONGEST_TEXTS:
            raise wire.ProtocolError("an array of texts too long")
        made = np.empty(len(values), object)
        made[:] = values
        made = made.reshape(shape).astype(letter)
    if (old.shape, old.dtype) == (made.shape, made.dtype):
        old[...] = made
        return old
    return made


def _length(value: object) -> int:
    return len(value) if isinstance(value, (str, bytes)) else 64


def _packs(items: list[Any]) -> bool:
    if len(items) < _PACKED:
        return False
    kinds = set(map(type, items))
    return kinds == {float} or (kinds == {int} and max(map(abs, items)) < 2**63)


def _packed(items: list[Any]) -> np.ndarray[Any, Any]:
    return np.array(items, np.float64 if type(items[0]) is float else np.int64)
