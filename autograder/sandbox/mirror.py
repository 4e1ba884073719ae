"""Values that two processes share while a test cell runs; each sees what the other changes.

Both ends of the pipe use this module: the trusted side, where a test cell runs, and the child,
where the student's objects live. Plain values cross as they are, with their exact types. A mutable
container (list, dict, set, array) is *mirrored*: it gets a number, exists on both sides, and before
each message the sender says which of the shared ones have changed, so that a function that sorts
in place, or returns the list it was given, does so for the test as well. Whatever else exists on
one side only and crosses as a number: ``Codec.lend`` and ``Codec.borrow`` say what stands there.

A value is one of the wire's own plain values, or a tuple that starts with a tag:

    t f          tuple, frozenset: the items
    I n u        an int beyond 64 bits as hex digits; a NumPy scalar as an array without sides; text
    r s          range, slice: start, stop, step
    D F d        Decimal, Fraction, something of datetime: as text
    b N          a type of builtins or of NumPy's scalars, by name; b also Ellipsis, NotImplemented
    @            a mirrored container or an object that the receiver has lent, by number
    o            an object that stays with the sender: number and description
"""

from __future__ import annotations

import builtins
import datetime
import re
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder import wire
from autograder.wire.plain import DTYPES

Tree = Any  # what the wire carries
State = tuple[int, str, Tree]  # number, kind and content of one container

LONGEST_RANGE = 1_000_000
_PACKED = 32  # a list of so many numbers crosses as an array
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
_MAPPINGS: dict[str, type] = {
    "dict": dict,
    "OrderedDict": OrderedDict,
    "Counter": Counter,
    "defaultdict": defaultdict,
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 100_000  # of a number that crosses as text
_NUMBERS = frozenset(dtype.str for dtype in DTYPES)


class Unshared(TypeError):
    """A value that has no place on the other side."""


@dataclass
class _Shared:
    """A container that both sides have, and its content when they last agreed."""

    value: Any
    agreed: bytes


class Codec:
    """One side's table of what it shares with the other.

    Args:
        first: the first number that this side gives away; the other's are of the other parity.
        lend: describes an object that stays here; the description crosses.
        borrow: what stands here for an object that stays there: from number and description.
        numbered: the number of something that ``borrow`` made, or None.
    """

    def __init__(
        self,
        first: int,
        lend: Callable[[object], tuple[Tree, ...]],
        borrow: Callable[[int, tuple[Tree, ...]], object],
        numbered: Callable[[object], int | None],
    ) -> None:
        self._next = first
        self._lend, self._borrow, self._numbered = lend, borrow, numbered
        self.lent: dict[int, object] = {}  # objects that stay here
        self._lent_ids: dict[int, int] = {}
        self._shared: dict[int, _Shared] = {}
        self._shared_ids: dict[int, int] = {}
        self._fresh: list[int] = []  # containers that the other side does not know yet

    # ------------------------------------------------------------ out

    def pack(self, value: object) -> tuple[Tree, list[State], list[int]]:
        """``value``, the containers that are new or changed, and numbers that are given up."""
        tree = self._tree(value)
        changes = self._changes()
        return tree, changes, self._forget()

    def _changes(self) -> list[State]:
        """The state of each container that the other side does not have as it is here."""
        states: list[State] = []
        known = [number for number in self._shared if number not in self._fresh]
        for number in known:
            shared = self._shared[number]
            kind, content = self._content(shared.value)
            encoded = wire.encode((kind, content))
            if encoded != shared.agreed:
                shared.agreed = encoded
                states.append((number, kind, content))
        while self._fresh:  # whose contents may hold others that are new
            number = self._fresh.pop(0)
            kind, content = self._content(self._shared[number].value)
            self._shared[number].agreed = wire.encode((kind, content))
            states.append((number, kind, content))
        return states

    def _tree(self, value: Any) -> Tree:
        kind = type(value)
        if value is None or kind in (bool, float, complex, bytes):
            return value
        if kind is str and not _SURROGATE.search(value):
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else ("I", hex(value))
        if writer := _WRITERS.get(kind):
            return writer(self, value)
        if isinstance(value, np.generic) and value.dtype.str in _NUMBERS:
            return ("n", np.asarray(value))
        if kind is range and len(value) <= LONGEST_RANGE:
            return ("r", *map(self._tree, (value.start, value.stop, value.step)))
        if (number := self._numbered(value)) is not None:
            return ("@", number)
        if _kind(value):
            return ("@", self._share(value))
        return _named(value) or self._lent(value)

    def _lent(self, value: object) -> Tree:
        number = self._lent_ids.get(id(value))
        if number is None:
            number = self._number()
            self.lent[number] = value
            self._lent_ids[id(value)] = number
        return ("o", number, self._lend(value))

    def _share(self, value: object) -> int:
        number = self._shared_ids.get(id(value))
        if number is None:
            number = self._number()
            self._enter(number, value)
            self._fresh.append(number)
        return number

    def _enter(self, number: int, value: object) -> None:
        self._shared[number] = _Shared(value, b"")
        self._shared_ids[id(value)] = number

    def _number(self) -> int:
        self._next += 2
        return self._next

    def _forget(self) -> list[int]:
        """Drop the containers that nobody here holds any more; both sides forget them."""
        gone = []
        for number, shared in list(self._shared.items()):
            if sys.getrefcount(shared.value) <= 2 and number not in self._fresh:
                self.drop([number])
                gone.append(number)
        return gone

    def drop(self, numbers: Sequence[int]) -> None:
        """The other side holds these no longer."""
        for number in numbers:
            shared = self._shared.pop(number, None)
            if shared is not None:
                self._shared_ids.pop(id(shared.value), None)

    def _content(self, value: Any) -> tuple[str, Tree]:
        kind = _kind(value)
        if kind == "list":
            return kind, _packed(value) if _packs(value) else [*map(self._tree, tuple(value))]
        if kind in _MAPPINGS:
            keys, values = tuple(value), tuple(value.values())
            factory = self._tree(value.default_factory) if kind == "defaultdict" else None
            return kind, ([*map(self._tree, keys)], [*map(self._tree, values)], factory)
        if kind == "set":
            return kind, [*map(self._tree, tuple(value))]
        if kind == "bytearray":
            return kind, bytes(value)
        if kind == "deque":
            return kind, (value.maxlen, [*map(self._tree, tuple(value))])
        if kind == "ndarray" and value.dtype.str in _NUMBERS:
            return kind, value
        if kind == "tensor":
            return kind, (bool(value.requires_grad), value.detach().cpu().numpy())
        # Text, or objects: one by one.
        return kind, (value.dtype.kind, value.shape, [*map(self._tree, value.ravel().tolist())])

    # ------------------------------------------------------------ in

    def unpack(self, tree: Tree, states: Sequence[State], gone: Sequence[int]) -> object:
        """The value that ``pack`` of the other side was given; what changed there changes here.

        Raises:
            wire.ProtocolError: no such message.
        """
        try:
            for number, kind, _ in states:
                if number not in self._shared:
                    self._enter(number, _EMPTY[kind]())
            for number, kind, content in states:
                self._fill(number, kind, content)
            for number, _, _ in states:  # as this side would say it
                shared = self._shared[number]
                shared.agreed = wire.encode(self._content(shared.value))
            value = self._value(tree)
            self.drop(gone)
            return value
        except wire.ProtocolError:
            raise
        except (
            TypeError,
            ValueError,
            KeyError,
            IndexError,
            AttributeError,
            ArithmeticError,
        ) as error:
            raise wire.ProtocolError(f"not a shared value: {error}") from error

    def _value(self, tree: Tree) -> Any:
        if type(tree) is not tuple:
            if isinstance(tree, (list, dict, wire.Opaque)):
                raise wire.ProtocolError("a container without a number")
            return tree
        tag, *parts = tree
        if tag == "@":
            (number,) = parts
            return self._shared[number].value if number in self._shared else self.lent[number]
        if tag == "o":
            number, description = parts
            return self._borrow(number, description)
        return _READERS[tag](self, *parts)

    def _fill(self, number: int, kind: str, content: Tree) -> None:
        shared = self._shared[number]
        old = _kind(shared.value)
        if old != kind and not (old == "ndarray" and kind == "tensor"):
            raise wire.ProtocolError("a container became another kind")
        if kind in ("ndarray", "tensor"):
            self._fill_array(number, kind, content)
            return
        value = shared.value
        if kind == "list":
            value[:] = (
                content.tolist() if isinstance(content, np.ndarray) else self._values(content)
            )
        elif kind in _MAPPINGS:
            keys, values, factory = content
            value.clear()
            for key, item in zip(self._values(keys), self._values(values), strict=True):
                value[key] = item
            if kind == "defaultdict":
                value.default_factory = self._value(factory)
        elif kind == "set":
            value.clear()
            value.update(self._values(content))
        elif kind == "bytearray":
            value[:] = content
        else:
            limit, items = content
            if value.maxlen != limit:
                self._replace(number, deque(maxlen=limit))
                value = self._shared[number].value
            value.clear()
            value.extend(self._values(items))

    def _values(self, trees: Sequence[Tree]) -> list[Any]:
        return [self._value(tree) for tree in trees]

    def _fill_array(self, number: int, kind: str, content: Tree) -> None:
        old = self._shared[number].value
        if kind == "tensor":
            needs, data = content
            import torch  # both sides have it, or no tensor would be shared

            made: Any = torch.from_numpy(np.array(data)).requires_grad_(needs is True)
            if isinstance(old, torch.Tensor) and (old.shape, old.dtype) == (made.shape, made.dtype):
                old.data.copy_(made.data)
                return
        elif isinstance(content, np.ndarray):
            made = np.array(content)
        else:
            letter, shape, items = content
            if letter not in ("O", "U", "S"):
                raise wire.ProtocolError("no such array")
            made = np.empty(len(items), object)
            made[:] = self._values(items)
            made = made.reshape(shape).astype(letter)
        if kind == "ndarray" and (old.shape, old.dtype) == (made.shape, made.dtype):
            old[...] = made
        else:
            self._replace(number, made)

    def _replace(self, number: int, value: object) -> None:
        """A container that cannot take its new content in place; only a new one comes here."""
        shared = self._shared[number]
        self._shared_ids.pop(id(shared.value), None)
        shared.value = value
        self._shared_ids[id(value)] = number


def _kind(value: Any) -> str:
    """What sort of container it is; "" if none that is shared. Subclasses are none."""
    kind = type(value)
    if kind in (list, set, bytearray, deque) or kind in _MAPPINGS.values():
        return kind.__name__
    if kind is np.ndarray:
        numbers = value.dtype.str in _NUMBERS
        return "ndarray" if numbers or value.dtype.kind in "OUS" else ""
    torch = sys.modules.get("torch")
    if torch is not None and kind is torch.Tensor and value.layout is torch.strided:
        numbers = str(value.dtype) not in ("torch.bfloat16",) and not value.is_quantized
        return "tensor" if numbers and value.is_leaf else ""
    return ""


def _packs(items: list[Any]) -> bool:
    if len(items) < _PACKED:
        return False
    kinds = set(map(type, items))
    return kinds == {float} or (kinds == {int} and max(map(abs, items)) < 2**63)


def _packed(items: list[Any]) -> np.ndarray[Any, Any]:
    return np.array(items, np.float64 if type(items[0]) is float else np.int64)


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
    assert isinstance(name, str)
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    found = getattr(builtins, name, None)
    if not isinstance(found, type):
        raise wire.ProtocolError("no such type")
    return found


def _numpy_type(name: object) -> object:
    found = getattr(np, name, None) if isinstance(name, str) else None
    if not (isinstance(found, type) and issubclass(found, np.generic)):
        raise wire.ProtocolError("no such type")
    return found


def _scalar(array: Any) -> object:
    if not isinstance(array, np.ndarray) or array.shape:
        raise wire.ProtocolError("no scalar")
    return array[()]


def _range(codec: Codec, *parts: Tree) -> range:
    found = range(*(codec._value(part) for part in parts))
    if len(found) > LONGEST_RANGE:
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


def _write_time(codec: Codec, value: Any) -> Tree:
    return ("d", type(value).__name__, value.isoformat())


def _span(codec: Codec, value: Any) -> Tree:
    return ("d", "timedelta", f"{value.days} {value.seconds} {value.microseconds}")


_WRITERS: dict[type, Callable[[Codec, Any], Tree]] = {
    tuple: lambda codec, value: ("t", [*map(codec._tree, value)]),
    frozenset: lambda codec, value: ("f", [*map(codec._tree, value)]),
    slice: lambda codec, value: ("s", *map(codec._tree, (value.start, value.stop, value.step))),
    Decimal: lambda codec, value: ("D", str(value)),
    np.str_: lambda codec, value: ("u", str(value)),
    Fraction: lambda codec, value: ("F", hex(value.numerator), hex(value.denominator)),
    datetime.timedelta: _span,
    **dict.fromkeys(_TIMES.values(), _write_time),
}
_READERS: dict[str, Callable[..., Any]] = {
    "t": lambda codec, items: tuple(codec._values(items)),
    "f": lambda codec, items: frozenset(codec._values(items)),
    "I": lambda codec, text: _integer(text),
    "n": lambda codec, array: _scalar(array),
    "r": _range,
    "s": lambda codec, *parts: slice(*map(codec._value, parts)),
    "D": lambda codec, text: _decimal(text),
    "F": lambda codec, top, bottom: Fraction(_integer(top), _integer(bottom)),
    "u": lambda codec, text: np.str_(text),
    "d": lambda codec, name, text: _time(name, text),
    "b": lambda codec, name: _builtin(name),
    "N": lambda codec, name: _numpy_type(name),
}
_EMPTY: dict[str, Callable[[], object]] = {
    "list": list,
    "set": set,
    "bytearray": bytearray,
    "deque": deque,
    "ndarray": lambda: np.empty(0),
    "tensor": lambda: np.empty(0),
    **_MAPPINGS,
}
