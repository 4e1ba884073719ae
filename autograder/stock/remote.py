"""The trusted end of a test cell's talk with the student's objects, which live in a child.

What comes back is data or a ``Proxy``; an exception that student code raised is raised here, as an
exception of the type that the cell expects. A child that dies ends the cell with ``ChildLost``.
"""

from __future__ import annotations

import operator
import sys
import time
import types
from collections.abc import Callable
from typing import Any, NoReturn

from autograder import wire
from autograder.messages import Call
from autograder.model import Lost, Outcome, Raised, Reply, Returned
from autograder.sandbox.asked import Asked
from autograder.sandbox.mirror import Codec, Unshared
from autograder.sandbox.operations import OPERATIONS
from autograder.sandbox.tagged import Tree
from autograder.stock.proxy import Classes, Proxy, number_of, proxy_class
from autograder.stock.twins import Twins

# What is said beside the object decides nothing: a place, a name, how to write it.
_REVEALS_NOTHING = frozenset(
    ("getitem", "getattr", "setattr", "delattr", "delitem", "setitem", "format", "round", "exit")
)
_COMPARES = frozenset(("eq", "ne", "lt", "le", "gt", "ge", "contains"))
_DATA = frozenset(
    ("builtins", kind.__name__)
    for kind in (int, float, complex, str, bytes, tuple, list, dict, set, frozenset)
)
_SOURCE = "from autograder.sandbox.bridge import act"


class ChildLost(BaseException):
    """The child is gone; no ``except Exception`` of a test cell may hide that."""

    def __init__(self, lost: Lost) -> None:
        self.lost = lost
        super().__init__(lost.detail)


class NoSuchName(KeyError):
    """The student's notebook defines no such name."""


class Unusable(TypeError):
    """A test cell may not do this with a student's object: with the course's own answers it had no
    need to, and the object's word would decide the points."""


class Remote:
    """One child's objects.

    Args:
        child: in which the student's cells have run.
        allowed: what a cell may do with objects that stay there; None: everything.
    """

    def __init__(self, child: Asked, allowed: frozenset[str] | None = None) -> None:
        self.child = child
        self.codec = Codec(-1, self._describe, self._borrow, number_of)
        self.allowed = allowed
        self.used: set[str] = set()  # what was done with such objects
        self.ends = time.monotonic() + 60.0  # of the running cell
        self.last: tuple[Call, object] | None = None  # the last call, and what it gave
        self.lost: Lost | None = None
        self.refused = False  # whether an object was not let judge a value of the test's
        self.failed: AssertionError | None = None  # of the test's own, in student code's hands
        self.unshared = ""  # what of the test's could not be sent
        self._twins = Twins()
        self._classes: Classes = {}
        self._proxies: dict[int, Any] = {}
        self._methods: dict[int, str] = {}  # functions that came as an object's attribute
        self._named: set[int] = set()  # what the test itself calls by its name

    # ------------------------------------------------------------ names

    def get(self, name: str) -> Any:
        """What the notebook calls ``name``. Raises NoSuchName."""
        return self._as_named(self._request("get", name))

    def has(self, name: str) -> bool:
        """Whether the notebook defines ``name``."""
        return self._request("has", name) is True

    def set(self, name: str, value: object) -> None:
        """Bind ``name`` in the notebook."""
        self._request("set", name, value)

    def delete(self, name: str) -> None:
        """Unbind ``name`` in the notebook. Raises NoSuchName."""
        self._request("del", name)

    def printed(self) -> tuple[str, str]:
        """What student code has printed since this was asked last: to stdout and to stderr."""
        said = self._request("printed")
        if isinstance(said, tuple) and len(said) == 2:
            out, err = said
            if isinstance(out, str) and isinstance(err, str):
                return out, err
        return "", ""

    # ------------------------------------------------------------ objects

    def call(self, proxy: Proxy, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        """Call it. Raises what it raises."""
        method = self._methods.get(proxy.__number__)
        if (args or kwargs) and not (proxy.__number__ in self._named and method is None):
            self.permit(f"call {method or 'a result'}", proxy)
        call = Call(proxy.__about__.name, args, kwargs)
        self.last = None
        try:
            result = self._request("call", proxy, args, kwargs)
        except StopIteration as error:  # it would end a loop of the test's: as in a generator
            self.last = (call, error)
            raise RuntimeError("a function raised StopIteration") from error
        except Exception as error:
            self.last = (call, error)
            raise
        self.last = (call, result)
        return result

    def operate(self, operation: str, *args: object) -> Any:
        """Do something else with it. Raises Unusable, and what it raises."""
        proxies = [arg for arg in args if isinstance(arg, Proxy)]
        judge = next((one for one in proxies if not self._is_definition(one)), None)
        if judge is not None and len(proxies) < len(args) and operation not in _REVEALS_NOTHING:
            known, content = self._content(judge)
            if known and (operation in _COMPARES or not self.permits(f"{operation} with a value")):
                return OPERATIONS[operation](*(content if one is judge else one for one in args))
            self.permit(f"{operation} with a value", judge)
        found = self._request(operation, *args)
        if operation == "getattr" and judge is None:
            return self._as_named(found)
        if operation == "getattr" and isinstance(found, Proxy):
            self._methods[found.__number__] = f".{args[1]}"
        return found

    def _content(self, proxy: Proxy) -> tuple[bool, Any]:
        """The data that an object of a class derived from a built-in one holds: a named tuple is a
        tuple, and compared as one here. False and None for all others."""
        if not _DATA & set(proxy.__about__.bases):
            return False, None
        said = self._request("content", proxy)
        if not isinstance(said, tuple) or len(said) != 2 or said[0] is not True:
            return False, None
        return True, said[1]

    def _as_named(self, found: Any) -> Any:
        if isinstance(found, Proxy):
            self._named.add(found.__number__)
        return found

    def _is_definition(self, proxy: Proxy) -> bool:
        """A function, class or module that the test names. One that student code *gave* can be
        equal to everything, just as an object can."""
        return proxy.__about__.sort != "instance" and proxy.__number__ in self._named

    def compare(self, operation: str, proxy: Proxy, other: object) -> Any:
        """``eq`` or ``ne``: with a value, and unless that is allowed, no object is equal."""
        if proxy.__about__.sort != "instance":  # whatever a metaclass says
            return (proxy is other) == (operation == "eq")
        try:
            return self.operate(operation, proxy, other)
        except Unusable:
            return operation == "ne"

    def permit(self, use: str, proxy: Proxy) -> None:
        """Note that a value of the test's goes to an object of the student's, which then judges it.

        Raises Unusable: the course's own answers gave no such object.
        """
        if not self.permits(use):
            raise Unusable(f"an object of type {proxy.__about__.name!r} has no value here")

    def permits(self, use: str) -> bool:
        """Whether the course's own answers did the same in this cell; it is noted."""
        self.used.add(use)
        if self.allowed is None or use in self.allowed:
            return True
        self.refused = True
        return False

    # ------------------------------------------------------------ the talk

    def _request(self, operation: str, *args: object) -> Any:
        try:
            packed = self.codec.pack(args)
        except Unshared as error:
            self.unshared = str(error)
            raise
        kind, value = self._answer(self._ask((operation, *packed)))
        while kind == "call":
            kind, value = self._answer(self._ask(self._called(value)))
        if kind == "missing":
            raise NoSuchName(*args[:1])
        if kind == "raised":
            raise self._error(value)
        return value

    def _ask(self, message: tuple[Tree, ...]) -> Reply:
        left = self.ends - time.monotonic()
        if left <= 0:
            self._lose(Lost(Outcome.TIMEOUT, "the time of the cell is over"))
        return self.child.inside(_SOURCE, "act", message, left)

    def _answer(self, reply: Reply) -> tuple[str, Any]:
        """Raises ChildLost."""
        if isinstance(reply, Lost):
            self._lose(reply)
        if isinstance(reply, Raised):
            if reply.kind == "MemoryError":
                self._lose(Lost(Outcome.MEMORY))
            return "raised", (ValueError, [("builtins", "ValueError")], (reply.text,), "", {})
        assert isinstance(reply, Returned)
        try:
            said: Any = reply.value
            kind, tree, states, gone = said
            if kind not in ("returned", "raised", "missing", "call"):
                raise wire.ProtocolError("no answer")
            return kind, self.codec.unpack(tree, states, gone)
        except (wire.ProtocolError, TypeError, ValueError) as error:
            self._lose(Lost(Outcome.CRASHED, f"not an answer: {error}"))

    def _lose(self, lost: Lost) -> NoReturn:
        self.lost = lost
        self.child.close()
        raise ChildLost(lost)

    def _called(self, value: Any) -> tuple[Tree, ...]:
        """Call a function of the test's for the student's code, and pack what it gives."""
        try:
            number, args, kwargs = value
            function: Any = self.codec.lent[number]
            if type(args) is not tuple or type(kwargs) is not dict:
                raise wire.ProtocolError("no call")
            if self._describe(function)[0] != "callback":  # what a library has is called there
                raise wire.ProtocolError("no function of the test's")
        except (KeyError, TypeError, ValueError) as error:
            self._lose(Lost(Outcome.CRASHED, f"not a call: {error}"))
        try:
            answer = ("returned", function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is for student code to see
            answer = ("raised", error)
            if isinstance(error, AssertionError) and not self.permits("keep a failed assertion"):
                self.failed = error
        return (answer[0], *self.codec.pack(answer[1]))

    # ------------------------------------------------------------ what crosses by number

    def _describe(self, value: object) -> tuple[Tree, ...]:
        """How student code sees something of the test's. Raises Unshared."""
        if isinstance(value, types.ModuleType):
            return ("global", value.__name__, "")
        if isinstance(value, BaseException):
            return ("error", type(value).__name__, [str(value)])
        module, name = _global_name(value)
        if module:
            return ("global", module, name)
        if callable(value) and not isinstance(value, type):
            return ("callback", getattr(value, "__name__", "function"))
        raise Unshared(f"an object of the test's own type {type(value).__name__}")

    def _borrow(self, number: int, description: tuple[Tree, ...]) -> object:
        self._named.discard(number)  # until the test calls it by its name again
        if number not in self._proxies:
            kind = proxy_class(description, self._classes)
            about = kind.__about__
            twin = self._twins.twin(about, number) if about.sort == "class" else None
            self._proxies[number] = twin or kind(self, number, description[5])
        return self._proxies[number]

    def _error(self, value: Any) -> BaseException:
        try:
            _, bases, args, text, own = value
            return self._twins.error(bases, args, text, own)
        except (TypeError, ValueError) as error:
            self._lose(Lost(Outcome.CRASHED, f"not an exception: {error}"))


def _global_name(value: object) -> tuple[str, str]:
    """Module and name under which a library has ``value``; two empty ones if none has."""
    named: Any = value
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    module = getattr(value, "__module__", None)
    if not isinstance(module, str):
        module = "numpy" if type(named).__name__ == "ufunc" else ""
    found = sys.modules.get(module)
    if not name or found is None or module == "__main__" or "<locals>" in name:
        return "", ""
    get: Callable[[Any], object] = operator.attrgetter(name)
    try:
        return (module, name) if get(found) is value else ("", "")
    except AttributeError:
        return "", ""
