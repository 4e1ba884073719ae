"""Values that two processes share while a test cell runs; each sees what the other changes.

Both ends of the pipe use this module: the trusted side, where a test cell runs, and the child,
where the student's objects live. Plain values cross as they are, with their exact types (see
``tagged``). A mutable container (list, dict, set, array) is *mirrored*: it gets a number, exists on
both sides, and with each message the sender says which of the shared ones have changed, so that a
function that sorts in place, or returns the list it was given, does so for the test as well.
Whatever else exists on one side only and crosses as a number.

To the tags of ``tagged`` this module adds:

    @            a mirrored container, or an object that the receiver has lent, by number
    o            an object that stays with the sender: number and description
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder import wire
from autograder.sandbox import containers, tagged
from autograder.sandbox.tagged import Tree, Untagged

State = tuple[int, str, Tree]  # number, kind and content of one container


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
        first: below the first number that this side gives away; the other's parity differs.
        lend: describes an object that stays here; the description crosses. May raise Unshared.
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
        """``value``, the containers that are new or changed, and numbers that are given up.

        Raises Unshared: something in it has no place on the other side. Nothing was agreed on then.
        """
        agreed = {number: shared.agreed for number, shared in self._shared.items()}
        try:
            tree = self._tree(value)
            changes = self._changes()
        except BaseException:  # what follows must not fail for the same reason
            self.drop([number for number in self._shared if number not in agreed])
            self._fresh.clear()
            for number, shared in self._shared.items():
                shared.agreed = agreed[number]
            raise
        return tree, changes, self._forget()

    def _changes(self) -> list[State]:
        """The state of each container that the other side does not have as it is here."""
        old = [number for number in self._shared if number not in self._fresh]
        states = self._new()
        for number in old:
            last = self._next
            try:
                state = self._state(number)
                encoded = wire.encode(state)
                if encoded != self._shared[number].agreed:
                    states += [state, *self._new()]
                    self._shared[number].agreed = encoded
            except Unshared:  # it is not what is asked for: the other side keeps what it has
                self._fresh.clear()
                self.drop(range(last + 2, self._next + 1, 2))
        return states

    def _new(self) -> list[State]:
        """The states of those that the other side does not know, which may hold others."""
        states: list[State] = []
        while self._fresh:
            number = self._fresh.pop(0)
            states.append(self._state(number))
            self._shared[number].agreed = wire.encode(states[-1])
        return states

    def _state(self, number: int) -> State:
        value = self._shared[number].value
        kind = containers.kind_of(value)
        return number, kind, containers.content(kind, value, self._tree)

    def _tree(self, value: Any) -> Tree:
        try:
            return tagged.write(value, self._tree)
        except Untagged:
            pass
        if (number := self._numbered(value)) is not None:
            return ("@", number)
        if containers.kind_of(value):
            return ("@", self._share(value))
        number = self._lent_ids.get(id(value))
        description = self._lend(value)
        if number is None:
            number = self._number()
            self.lent[number] = value
            self._lent_ids[id(value)] = number
        return ("o", number, description)

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
        gone = [
            number
            for number, shared in self._shared.items()
            if sys.getrefcount(shared.value) <= 2 and number not in self._fresh
        ]
        self.drop(gone)
        return gone

    def drop(self, numbers: Sequence[int]) -> None:
        """The other side holds these no longer."""
        for number in numbers:
            shared = self._shared.pop(number, None)
            if shared is not None:
                self._shared_ids.pop(id(shared.value), None)

    # ------------------------------------------------------------ in

    def unpack(self, tree: Tree, states: Sequence[State], gone: Sequence[int]) -> object:
        """The value that ``pack`` of the other side was given; what changed there changes here.

        Raises:
            wire.ProtocolError: no such message.
        """
        try:
            for number, kind, _ in states:
                if number not in self._shared:
                    self._enter(number, containers.empty(kind))
            for state in states:
                self._fill(*state)
            for number, _, _ in states:  # as this side would say it
                self._shared[number].agreed = wire.encode(self._state(number))
            value = self._value(tree)
            self.drop(gone)
            return value
        except wire.ProtocolError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
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
        return tagged.read(tag, parts, self._value)

    def _fill(self, number: int, kind: str, content: Tree) -> None:
        shared = self._shared[number]
        old = containers.kind_of(shared.value)
        if old != kind and (old, kind) != ("ndarray", "tensor"):
            raise wire.ProtocolError("a container became another kind")
        value = containers.filled(kind, shared.value, content, self._value)
        if value is not shared.value:  # only what is new here cannot take its content in place
            self._shared_ids.pop(id(shared.value), None)
            shared.value = value
            self._shared_ids[id(value)] = number
