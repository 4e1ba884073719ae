"""What crosses as what: subclasses, NumPy scalars, foreign objects, exceptions."""

from __future__ import annotations

import builtins
import collections
import decimal
import enum
import fractions
import math

import numpy as np
import pytest

from autograder import wire
from autograder.wire import Opaque, decode, encode


class Colour(enum.IntEnum):
    RED = 3


class Shouting(str):
    def __str__(self):
        return "LOUD"

    __repr__ = __str__


class Lying(list):
    def __iter__(self):
        return iter([42])

    def __len__(self):
        return 42


Size = collections.namedtuple("Size", "height width")


@pytest.mark.parametrize(
    ("value", "crosses_as"),
    [
        (np.float64(1.5), 1.5),
        (np.float32(1.5), 1.5),
        (np.float16(1.5), 1.5),
        (np.longdouble(1.5), 1.5),
        (np.int64(-3), -3),
        (np.uint8(255), 255),
        (np.bool_(True), True),
        (np.complex64(1 + 2j), 1 + 2j),
        (np.str_("é"), "é"),
        (np.bytes_(b"x"), b"x"),
        (Colour.RED, 3),
        (Size(28, 27), (28, 27)),
        (Shouting("quiet"), "quiet"),
        (Lying([1, 2]), [1, 2]),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        ([np.int32(1), (np.float32(2),)], [1, (2.0,)]),
    ],
)
def test_subclasses_and_numpy_scalars_cross_as_their_base(value, crosses_as):
    assert repr(decode(encode(value))) == repr(crosses_as)


class Unhashable(type):
    __hash__ = None

    def __eq__(cls, other):
        return True


class Odd(metaclass=Unhashable):
    pass


def generator():
    yield 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (2**63, "int beyond 64 bits"),
        (-(2**63) - 1, "int beyond 64 bits"),
        (10**5_000, "int beyond 64 bits"),
        (np.uint64(2**63), "int beyond 64 bits"),
        ("\ud800", "str that is not valid Unicode"),
        ({1: 2}, "dict with keys that are not str"),
        ({"\ud800": 2}, "dict with keys that are not str"),
        ({k * (2**61 - 1): 0 for k in range(900)}, "dict with keys that are not str"),
        (np.array([None]), "numpy.ndarray of objects"),
        (np.array(["a"]), "numpy.ndarray of text"),
        (np.array(["2020"], "M8[D]"), "numpy.ndarray of neither numbers nor bool"),
        (np.zeros(2, "i4,f4"), "numpy.ndarray of neither numbers nor bool"),
        (np.ma.array([1], mask=[True]), "numpy.ma.MaskedArray"),
        (np.timedelta64(1, "s"), "numpy.timedelta64"),
        (np.datetime64("2020"), "numpy.datetime64"),
        ({1, 2}, "set"),
        (generator(), "generator"),
        (generator, "function"),
        (len, "function"),
        (int, "type"),
        (Odd, "type"),
        (Odd(), "object"),
        (object(), "object"),
        (range(3), "range"),
        (map(int, "1"), "map"),
        (math, "module"),
        (..., "ellipsis"),
        (bytearray(1), "bytearray"),
        (decimal.Decimal(1), "Decimal"),
        (fractions.Fraction(1), "Fraction"),
        (ValueError("x"), "object"),
    ],
    ids=lambda value: type(value).__name__,  # str() of the largest int is refused
)
def test_what_cannot_cross_is_named_from_a_closed_list(value, name):
    assert decode(encode([value])) == [Opaque(name)]
    assert name in wire.OPAQUE_TYPES


def test_torch_is_recognised_without_being_imported():
    import torch

    for tensor in (torch.ones(2), torch.nn.Parameter(torch.ones(2))):
        assert decode(encode(tensor)) == Opaque("torch.Tensor")
    assert type(decode(encode(torch.ones(2).numpy()))) is np.ndarray
    layer = torch.nn.Linear(1, 1)
    assert decode(encode(layer)) == Opaque("torch.nn.Module")
    assert decode(encode(torch.optim.Adam(layer.parameters()))) == Opaque("torch.optim.Optimizer")


def test_student_named_opaque_is_only_an_object():
    assert decode(encode(Opaque("<script>"))) == Opaque("object")


# ---------------------------------------------------------------- exceptions


class Mine(KeyError):
    pass


class Baseless(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError(), "ValueError"),
        (np.linalg.LinAlgError(), "ValueError"),
        (np.exceptions.AxisError("x"), "ValueError"),
        (Mine(), "KeyError"),
        (Baseless(), "Exception"),
        (ExceptionGroup("x", [ValueError()]), "Exception"),
        (RuntimeWarning(), "Warning"),
        (ConnectionError(), "OSError"),
        (SystemExit(), "SystemExit"),
        (NotImplementedError(), "NotImplementedError"),
        (type("Odd", (ValueError,), {"__module__": "builtins"})(), "ValueError"),
    ],
)
def test_exceptions_map_to_the_nearest_listed_base(error, kind):
    assert wire.exception_kind(error) == kind


def test_every_listed_exception_is_a_builtin_one():
    for name in wire.EXCEPTIONS:
        assert issubclass(getattr(builtins, name), BaseException)
