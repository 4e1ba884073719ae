"""The comparator: every way to look right without being right, and every honest way to be right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.compare import difference
from autograder.wire import Opaque, decode, encode

A = np.array
INF, NAN = math.inf, math.nan
SIGNALLING = A([0x7F800001], np.uint32).view(np.float32)  # a NaN that NumPy warns of where it can


class Agreeable:
    """Equal to whatever is asked about."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


def agreeable(value):
    cls = type("Liar", (Agreeable, type(value)), {})
    return value.view(cls) if isinstance(value, np.ndarray) else cls(value)


def ids(value):
    return repr(value)[:40]


RIGHT = [
    (28, 28),
    (0, 0),
    (2**63 - 1, 2**63 - 1),
    (-(2**63), -(2**63)),
    (True, True),
    (None, None),
    ("é", "é"),
    (b"x", b"x"),
    (1, 1.0),
    (0.1 + 0.2, 0.3),
    *((-0.0, 0.0), (0.0, -0.0), (0, -0.0)),
    (INF, INF),
    (NAN, NAN),
    (1, 1 + 0j),
    (complex(-0.0, 0.0), complex(0.0, -0.0)),
    (complex(NAN, INF), complex(NAN, INF)),
    (A(1), 1),
    (A(1.0), 1.0),
    (A(1), 1.0),
    ((1, 2), [1, 2]),
    ([(1, 2), [3]], ([1, 2], (3,))),
    ([], ()),
    ({}, {}),
    ({"a": [1, 2.0]}, {"a": (1, 2.0)}),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (A([1, 2]), A([1.0, 2.0])),
    (A([1.0, 2.0]), A([1, 2])),
    (A([200], np.uint8), A([200])),
    (A([2**63], np.uint64), A([2.0**63])),
    (A([2**63], np.uint64), A([2**63], np.uint64)),
    (A([2**53 + 1]), A([2.0**53])),
    (A([-0.0]), A([0])),
    (SIGNALLING, A([NAN])),
    (A([[1, 2]]).view(np.matrix), A([[1, 2]])),
    (A([1.5], np.float16), A([1.5])),
    (A([True, False]), A([True, False])),
    (A([1, 2]), A([1 + 0j, 2 + 0j])),
    (A([NAN, INF, -INF, 1]), A([NAN, INF, -INF, 1])),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (np.zeros(0, int), np.zeros(0)),
    (A(5.0), A(5)),
    (5, A(5.0)),
    (5.0, A(5)),
    (True, A(True)),
    ((A([1.0]), 2), [A([1.0]), 2]),
    (np.int64(3), 3),
    (np.float32(0.5), 0.5),
]


@pytest.mark.parametrize(("returned", "expected"), RIGHT, ids=ids)
def test_right_answers_in_every_honest_form(returned, expected):
    assert difference(returned, expected) is None
    assert difference(decode(encode(returned)), expected) is None


TYPES = [  # what is returned is equal to what is expected, to Python or to NumPy
    (A(1.0), 1),
    (A(True), 1),
    (28.0, 28),
    (True, 1),
    (1, True),
    (True, 1.0),
    (1.0, True),
    (1 + 0j, 1.0),
    (True, 1 + 0j),
    (0, False),
    (np.bool_(True), 1),
    (A(1 + 0j), 1.0),
    *((1 + 0j, A(1.0)), (1, A(True))),
    *((b"a", "a"), ("a", b"a")),
    *(("nan", NAN), (None, NAN), (NAN, None)),
    ("1", 1),
    (A([1.0]), 1.0),
    (1.0, A([1.0])),
    (True, A(1.0)),
    (1.0, A(True)),
    ([1, 2], A([1, 2])),
    (A([1, 2]), [1, 2]),
    ((28.0, 28), (28, 28)),
    ((True, 28), (1, 28)),
    ([[1, 2.0]], [[1, 2]]),
    ({"a": True}, {"a": 1}),
    (A([True]), A([1])),
    (A([1]), A([True])),
    (A([1 + 0j]), A([1.0])),
    (A([1.0 + 0j]), A([1])),
    ({"a": 1.0}, {"a": 1}),
    ([("a", 1)], {"a": 1}),
    *(({1: 1}, {"1": 1}), ({NAN: 1}, {"nan": 1})),
    *((2**64, 0), (2**63, -(2**63)), (10**400, INF), (10**400, A(1.0))),
    (None, 0),
    (0, None),
    (None, A([])),
    *(([], A([])), (A([]), []), ([], None), ((), {}), ({}, [])),
    *((np.empty(0, bool), np.empty(0)), (np.empty(0, complex), np.empty(0))),
    ("", None),
    (range(2), [0, 1]),
    (np.ma.array([1.0, 2.0], mask=[True, True]), A([1.0, 2.0])),
    (np.ma.array([1.0, 2.0]), A([1.0, 2.0])),
    (A([1.0, 2.0], object), A([1.0, 2.0])),
    (A(["1"]), A([1])),
    (Opaque("torch.Tensor"), A([1.0])),
]
SHAPES = [  # broadcasting or a vacuous "all" would accept these
    (np.empty(0), 5.0),
    (np.empty(0), A(5.0)),
    (np.empty(0), A([5.0])),
    (np.empty((0, 3)), A([[1.0, 2, 3]])),
    (np.empty((0, 3)), np.empty((3, 0))),
    (np.empty(0), np.empty((0, 1))),
    (A([5.0]), np.empty(0)),
    (A([[1], [2]]), A([1, 2])),
    (A([[1, 2]]), A([1, 2])),
    (A([1, 1]), A([[1, 1], [1, 1]])),
    (A(1.0), A([1.0, 1.0])),
    (A([1.0, 1.0]), A([1.0])),
    (np.zeros((2, 2)), A(0.0)),
    (A([[1, 2]]).view(np.matrix), A([1, 2])),
    *((A([]), A([[]])), (np.empty((1, 0)), np.empty((0, 1)))),
    ([A([])], [A([1.0])]),
    *(("", "x"), (b"", b"x"), ((), ((),)), ([[], []], [[]]), ({"a": []}, {"a": [1]})),
    (A([1.0]), A(1.0)),
    ((), (1,)),
    ((1,), ()),
    ([1, 2], [1, 2, 3]),
    ([1, 2, 3], [1, 2]),
    ([[]], []),
    ({}, {"a": 1}),
    ({"a": 1, "b": 2}, {"a": 1}),
    ({"b": 1}, {"a": 1}),
]
VALUES = [
    (1, 2),
    (2**53 + 1, 2**53),
    *((2**63 - 1, 2**63 - 2), (2**63 - 1, -(2**63))),
    (False, True),
    ("a", "A"),
    ("é", "e\u0301"),
    (b"a", b"A"),
    ((1, 2), (2, 1)),
    ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    (1.001, 1.0),
    (NAN, 1.0),
    (1.0, NAN),
    (INF, 1.0),
    (1e308, INF),
    (INF, -INF),
    *((INF, NAN), (NAN, INF), (NAN, 0.0), (A(NAN), 1.0), (NAN, A(1.0))),
    *((complex(NAN, 0), complex(0, NAN)), (complex(NAN, 1), complex(NAN, 2))),
    *((complex(INF, 0), complex(-INF, 0)), (complex(INF, 0), complex(0, INF))),
    (1 + 1j, 1 - 1j),
    (A([NAN, NAN]), A([1.0, 1.0])),
    (A([NAN, 1.0]), A([1.0, NAN])),
    (A([INF, -INF]), A([-INF, INF])),
    (A([INF]), A([NAN])),
    *((A([NAN]), A([1])), (A([INF]), A([2**63 - 1]))),
    (SIGNALLING, A([1.0])),
    (A([0.0, 0]), A([NAN, INF])),
    (A([1e308]), A([-1e308])),
    (A([255], np.uint8), A([-1])),
    (A([-128], np.int8), A([128])),
    (A([2**64 - 1], np.uint64), A([-1])),
    (A([-1], np.int8), A([255], np.uint8)),
    (A([0], np.uint32), A([2**32])),
    (A([-(2**31)], np.int32), A([2.0**31])),
    (A([-(2**63)]), A([2.0**63])),
    (A([2**53 + 1]), A([2**53])),
    (A([2**63], np.uint64), A([2**63 - 1])),
    (A([2**64 - 1], np.uint64), A([2**64 - 2], np.uint64)),
    (A([0], np.uint8), A([256.0])),
    (A([INF], np.float16), A([70_000.0])),
    (A([True, False]), A([False, False])),
    (A([1, 2, 3]), A([3, 2, 1])),
    (A([[1, 2], [3, 4]]), A([[1, 3], [2, 4]])),
    (A([3, 2, 1]), A([1.0, 2, 3])),
    (A([1.0, 2.0]), A([1.5, 2.0])),
    (A([1, 2]), A([1 + 1j, 2])),
    (A([complex(1, NAN)]), A([complex(1, 0)])),
    ((A([1.0]), A([2.0])), (A([1.0]), A([2.5]))),
    *((agreeable(1), 2), (agreeable(1.0), 2.0), (agreeable("a"), "b"), (agreeable(b"a"), b"b")),
    *((agreeable([1]), [2]), (agreeable({"a": 1}), {"a": 2}), (agreeable(A([1.0])), A([2.0]))),
]


@pytest.mark.parametrize(("returned", "expected"), TYPES + SHAPES + VALUES, ids=ids)
def test_wrong_answers_in_every_disguise(returned, expected):
    assert difference(returned, expected) is not None
    assert difference(decode(encode(returned)), expected) is not None


def test_a_giant_empty_array_costs_nothing():
    returned = np.zeros((0, 2**27))  # its sum over the rows would take a gigabyte
    assert difference(returned, A([1.0])).en.startswith("the result has the shape (0, 134217728)")


# ---------------------------------------------------------------- tolerance

REALS = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e4, 1e4)
)


@given(REALS)
def test_float32_work_is_right(expected):
    assert difference(expected.astype(np.float32), expected) is None


@given(
    hnp.arrays(np.int64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.integers(-100, 100)),
    st.sampled_from(["i1", "i2", "i4", "i8", "f2", "f4", "f8", "<u8"]),
    st.sampled_from(["i1", "i8", "f4", "f8", "c8", "c16"]),
)
def test_dtype_never_decides(values, returned_dtype, expected_dtype):
    if returned_dtype == "<u8":
        values = np.abs(values)
    assert difference(values.astype(returned_dtype), values.astype(expected_dtype)) is None


@given(REALS, st.data())
def test_one_entry_beyond_the_tolerance_is_wrong(expected, data):
    at = data.draw(st.integers(0, expected.size - 1))
    scale = max(1.0, float(np.abs(expected).max()))
    returned = expected.copy()
    returned.flat[at] += data.draw(st.sampled_from([-1, 1])) * 3e-5 * scale
    assert difference(returned, expected) is not None
    returned.flat[at] = data.draw(st.sampled_from([NAN, INF, -INF]))
    assert difference(returned, expected) is not None


@given(REALS)
def test_integer_truncation_is_wrong(expected):
    assume((np.abs(expected - np.trunc(expected)) > 0.3).any())
    assert difference(np.trunc(expected).astype(int), expected) is not None


@given(REALS, REALS)
def test_of_two_arrays_either_both_are_right_or_neither(a, b):
    # not so at the very edge of the tolerance, which depends on the expected one
    assume(a.shape != b.shape or not 1e-6 < np.abs(a - b).max() < 1)
    assert (difference(a, b) is None) == (difference(b, a) is None)


def test_own_tolerance():
    assert difference(A([1.1]), A([1.0]), atol=0.2) is None
    assert difference(A([1e-6]), A([0.0])) is None
    assert difference(A([1e-6]), A([0.0]), atol=0) is not None
    assert difference(100.5, 100.0, rtol=0.01) is None
    assert difference(A([11]), A([10])) is not None
    assert difference(A([11]), A([10]), atol=1) is None
    assert difference(11, 10, atol=1) is None
    assert difference(A([True]), A([False]), atol=1) is not None
    assert difference(True, False, atol=1) is not None
