"""Values that two sides share: types survive, changes on either side are seen on the other."""

from __future__ import annotations

import datetime
import math
import random
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from autograder import wire
from autograder.sandbox.mirror import Codec


class Token:
    """What stands for an object of the other side."""

    def __init__(self, number: int, about: tuple) -> None:
        self.number, self.about = number, about


class Ends:
    """Both ends of a pipe, without the pipe."""

    def __init__(self) -> None:
        self.here, self.there = self._end(-1), self._end(0)

    def _end(self, first: int) -> Codec:
        return Codec(
            first,
            lambda value: (type(value).__name__,),
            Token,
            lambda value: value.number if type(value) is Token else None,
        )

    def over(self, value: object) -> object:
        return self.carry(self.here, self.there, value)

    def back(self, value: object) -> object:
        return self.carry(self.there, self.here, value)

    @staticmethod
    def carry(sender: Codec, receiver: Codec, value: object) -> object:
        message = wire.decode(wire.encode(sender.pack(value)))
        return receiver.unpack(*message)


@pytest.fixture
def ends() -> Ends:
    return Ends()


PLAIN = [
    *(None, True, False, 0, -(2**63), 2**63, -(10**40), 1.5, math.inf, 1 + 2j, "é", b"\0\xff"),
    *((), (1, (2, ("x",))), frozenset({1, 2}), range(3, 9, 2), slice(1, None, 2)),
    *(Decimal("1.10"), Decimal("NaN"), Fraction(-1, 3), ..., NotImplemented),
    *(int, str, type(None), ValueError, np.float64, np.int8, np.str_("a")),
    *(np.float64(3), np.int8(3), np.bool_(True), np.float32(0.1), np.complex64(1j)),
    *(datetime.date(2020, 2, 29), datetime.time(1, 2, 3), datetime.timedelta(-1, 5, 7)),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    *([], [1, [2, {"a": (3, [4])}]], {}, {1: "a", (2, 3): [4]}, {True, "x"}, bytearray(b"ab")),
    *([1] * 100, [0.5] * 100, [2**70] * 100, [True] * 100, [1, 0.5] * 50),
    *(OrderedDict(b=1, a=2), Counter("aab"), defaultdict(int, a=1), deque([1, 2], maxlen=5)),
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_a_value_keeps_its_type_and_content(ends, value):
    came = ends.over(value)
    assert type(came) is type(value)
    assert repr(came) == repr(value)


@pytest.mark.parametrize(
    "array",
    [
        *(np.arange(6.0).reshape(2, 3), np.zeros((0, 3)), np.array(5), np.array([True, False])),
        *(np.arange(10)[::2], np.asfortranarray(np.eye(3)), np.arange(4, dtype=np.uint8)),
        *(np.array(["a", "bcd"]), np.array([b"x", b"yz"]), np.array([1, "a", None], object)),
    ],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)
def test_an_array_keeps_its_shape_and_kind(ends, array):
    came = ends.over(array)
    assert type(came) is np.ndarray
    assert came.shape == array.shape
    assert came.dtype.kind == array.dtype.kind
    assert came.dtype.itemsize == array.dtype.itemsize
    assert came.tolist() == array.tolist()


def test_a_tensor_that_computes_nothing_crosses(ends):
    tensor = torch.arange(6.0).reshape(2, 3).requires_grad_(True)
    came = ends.over(tensor)
    assert type(came) is torch.Tensor
    assert came.requires_grad
    assert torch.equal(came, tensor)


def test_a_tensor_with_a_history_stays(ends):
    came = ends.over(torch.ones(2, requires_grad=True) * 2)
    assert type(came) is Token


@pytest.mark.parametrize(
    "value",
    [range(10**9), "\ud800", object(), lambda: 0, np.longdouble(1)],
    ids=lambda value: type(value).__name__,
)
def test_whatever_else_stays_and_comes_back_itself(ends, value):
    token = ends.over(value)
    assert type(token) is Token
    assert ends.back(token) is value


def test_what_is_sorted_there_is_sorted_here(ends):
    numbers = [3, 1, 2]
    there = ends.over((numbers,))[0]
    there.sort()
    assert ends.back(there) is numbers
    assert numbers == [1, 2, 3]


def test_a_change_in_the_middle_of_something_is_seen(ends):
    table = {"a": [1, {"b": [2]}]}
    there = ends.over((table,))[0]
    there["a"][1]["b"].append(there["a"])
    there["c"] = 5
    ends.back(None)
    assert table["c"] == 5
    assert table["a"][1]["b"][1] is table["a"]


def test_an_array_changes_in_place(ends):
    array = np.arange(4.0)
    view = array[1:]
    there = ends.over((array,))[0]
    there /= 2
    ends.back(None)
    assert array.tolist() == [0, 0.5, 1, 1.5]
    assert view.tolist() == [0.5, 1, 1.5]


def test_a_change_here_is_seen_there(ends):
    theirs = [1, 2]
    here = ends.back((theirs,))[0]
    here.append(3)
    ends.over(None)
    assert theirs == [1, 2, 3]


def test_the_same_object_twice_is_one(ends):
    numbers = [1]
    first, second = ends.over((numbers, numbers))
    assert first is second
    assert ends.over((numbers,))[0] is first


def test_what_nobody_holds_is_forgotten_on_both_sides(ends):
    for _ in range(50):
        came = ends.over(([1, 2], {"a": [3]}))
        del came
        ends.back(None)
    assert len(ends.here._shared) < 5
    assert len(ends.there._shared) < 5


def test_what_is_held_there_alone_keeps_its_changes(ends):
    """The student's side keeps a list that the test made and dropped."""
    kept = ends.over(([1],))[0]
    ends.back(None)
    kept.append(2)
    assert ends.back(kept) == [1, 2]


def test_random_structures_agree_after_random_changes(ends):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    here = [[], {}, [1, 2], {"k": []}]
    there = ends.over((here,))[0]
    for _ in range(60):
        side, carry = chance.choice([(here, ends.over), (there, ends.back)])
        lists = _lists(side)
        target = chance.choice(lists)
        action = chance.randrange(4)
        if action == 0:
            target.append(chance.choice([1, "x", [chance.random()], chance.choice(lists)]))
        elif action == 1 and target:
            target.pop()
        elif action == 2:
            target.append({"a": [], "b": (1, [2])})
        else:
            target.reverse()
        if len(side) == 0:
            side.append([])
        carry(None)
        assert _drawn(here) == _drawn(there)


def _lists(root: object) -> list[list]:
    found: dict[int, list] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list) and id(one) not in found:
            found[id(one)] = one
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, tuple):
            waiting += one
    return list(found.values())


def _drawn(root: object) -> str:
    """The structure with its sharing: each list by the order in which it is met."""
    seen: dict[int, int] = {}

    def draw(one: object, depth: int) -> str:
        if isinstance(one, list | dict):
            if id(one) in seen:
                return f"#{seen[id(one)]}"
            seen[id(one)] = len(seen)
        if isinstance(one, list):
            return f"[{','.join(draw(item, depth + 1) for item in one)}]"
        if isinstance(one, dict):
            return f"{{{','.join(f'{key}:{draw(item, depth + 1)}' for key, item in one.items())}}}"
        if isinstance(one, tuple):
            return f"({','.join(draw(item, depth + 1) for item in one)})"
        return repr(one)

    return draw(root, 0)


HOSTILE = [
    ("@", 7),
    ("@", "x"),
    ("?", 1),
    (),
    ("I", "f" * 200_000),
    ("I", 5),
    ("D", "1E+999999999"),
    ("F", "1", "0"),
    ("r", 0, 10**12, 1),
    ("b", "eval"),
    ("b", "__import__"),
    ("N", "load"),
    ("n", 5),
    ("d", "datetime", "never"),
    ("d", "module", "x"),
    [1, 2],
    {"a": 1},
]


@pytest.mark.parametrize("tree", HOSTILE, ids=lambda tree: repr(tree)[:40])
def test_nothing_else_is_taken_for_a_value(ends, tree):
    with pytest.raises(wire.ProtocolError):
        ends.here.unpack(tree, [], [])


@pytest.mark.parametrize(
    "state",
    [
        (2, "module", []),
        (2, "list", 5),
        (2, "dict", ([1], [])),
        (2, "dict", ([("@", 2)], [1], None)),
        (2, "ndarray", ("V1000000000", (1,), [])),
        (2, "ndarray", ("O", (10**9,), [])),
        (2, "deque", ("many", [])),
        (2, "set", [("@", 2)]),
        (2,),
        5,
    ],
    ids=repr,
)
def test_no_other_container_comes_in(ends, state):
    with pytest.raises(wire.ProtocolError):
        ends.here.unpack(None, [state], [])


def test_a_list_does_not_become_a_dict(ends):
    numbers = [1]
    _, states, _ = ends.here.pack((numbers,))
    with pytest.raises(wire.ProtocolError):
        ends.here.unpack(None, [(states[0][0], "dict", ([], [], None))], [])
    assert numbers == [1]
