"""Stand-ins for the student's functions, classes and objects, which stay in the child.

A class of stand-ins is made for each class of theirs, with the special methods that it has, so that
``callable``, ``isinstance`` with an abstract class and ``type(x).__name__`` say what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from autograder import wire
from autograder.sandbox.operations import SPECIAL

if TYPE_CHECKING:
    from autograder.stock.remote import Remote

Bases = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class About:
    """What the child says of an object that stays there."""

    sort: str  # function, class, module, instance
    module: str
    name: str
    bases: Bases  # of its class (of itself if it is one), nearest first
    special: frozenset[str] = frozenset()  # special methods of its class


class Proxy:
    """One object in the child. Its class is made by ``proxy_class``."""

    __slots__ = ("__hashed__", "__number__", "__remote__", "__weakref__")
    __about__: ClassVar[About]

    def __init__(self, remote: Remote, number: int, hashed: object = None) -> None:
        self.__remote__ = remote
        self.__number__ = number
        self.__hashed__ = hashed

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__array"):  # NumPy asks everything whether it is an array
            raise AttributeError(name)
        return self.__remote__.operate("getattr", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        if name in Proxy.__slots__:
            object.__setattr__(self, name, value)
        else:
            self.__remote__.operate("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self.__remote__.operate("delattr", self, name)

    def __instancecheck__(self, instance: object) -> bool:
        return self.__remote__.operate("isinstance", instance, self) is True

    def __subclasscheck__(self, subclass: object) -> bool:
        return self.__remote__.operate("issubclass", subclass, self) is True

    def __repr__(self) -> str:
        return _text(self.__remote__.operate("repr", self))

    def __str__(self) -> str:
        return _text(self.__remote__.operate("str", self))

    def __dir__(self) -> Any:
        return self.__remote__.operate("dir", self)

    def __eq__(self, other: object) -> Any:
        return self.__remote__.compare("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return self.__remote__.compare("ne", self, other)

    def __hash__(self) -> int:
        if self.__hashed__ is False:
            raise TypeError(f"unhashable type: {self.__about__.name!r}")
        return self.__hashed__ if type(self.__hashed__) is int else hash((Proxy, self.__number__))

    def __bool__(self) -> bool:
        if self.__about__.sort != "instance":
            return True
        return self.__remote__.operate("bool", self) is True


def number_of(value: object) -> int | None:
    """The number of a stand-in, or of the twin of an exception's class; None for all else."""
    if isinstance(value, Proxy):
        return value.__number__
    if isinstance(value, type):
        number = vars(value).get("__number__")
        return number if isinstance(number, int) else None
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _call(self: Proxy, *args: object, **kwargs: object) -> Any:
    return self.__remote__.call(self, args, kwargs)


def _method(operation: str, swapped: bool) -> Callable[..., Any]:
    def method(self: Proxy, *args: object) -> Any:
        operands = (*args, self) if swapped else (self, *args)
        return self.__remote__.operate(operation, *operands)

    return method


_METHODS: dict[str, Any] = {
    "__doc__": property(lambda self: self.__remote__.operate("getattr", self, "__doc__")),
    "__call__": _call,
    **{name: _method(*operation) for name, operation in SPECIAL.items()},
}
Classes = dict[About, type[Proxy]]
_MOST = 2_000  # classes of stand-ins for one process


def proxy_class(description: object, known: Classes) -> type[Proxy]:
    """The class of stand-ins for what the child describes so; ``known``: those made before.

    Raises:
        wire.ProtocolError: no description, or too many.
    """
    about = _about(description)
    if about not in known:
        if len(known) >= _MOST:
            raise wire.ProtocolError("too many classes")
        methods = {name: _METHODS[name] for name in (*about.special, "__doc__")}
        body = {"__about__": about, "__slots__": (), **methods}
        known[about] = type(about.name, (Proxy,), body)
    return known[about]


def _about(description: object) -> About:
    if not isinstance(description, tuple) or len(description) != 6:
        raise wire.ProtocolError("no description")
    sort, module, name, bases, special, _ = description
    if sort not in ("function", "class", "module", "instance"):
        raise wire.ProtocolError("no such sort of object")
    if not isinstance(name, str) or not isinstance(module, str):
        raise wire.ProtocolError("an object without a name")
    if not isinstance(special, list) or len(special) > len(_METHODS):
        raise wire.ProtocolError("no list of methods")
    known = frozenset(method for method in special if method in _METHODS)
    if sort != "instance":  # what a class' instances can do is not what it can do
        known &= {"__call__"}
    name = "".join(letter for letter in name[:100] if letter.isprintable())
    return About(sort, module[:100], name or "object", checked_bases(bases), known)


def checked_bases(bases: object) -> Bases:
    """Pairs of module and name. Raises wire.ProtocolError."""
    if not isinstance(bases, list) or len(bases) > 50:
        raise wire.ProtocolError("no list of classes")
    for pair in bases:
        match pair:
            case (str(), str()):
                continue
        raise wire.ProtocolError("no list of classes")
    return tuple(bases)
