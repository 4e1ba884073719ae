"""The helpers of released notebooks give the verdicts of the grader's own comparator."""

import collections
import itertools

import numpy as np
import pytest

from autograder import compare
from autograder.model import LANGUAGES
from autograder.release import tools

Point = collections.namedtuple("Point", "x y")

VALUES = {
    "none": None,
    "true": True,
    "zero": 0,
    "one": 1,
    "big int": 2**53,
    "big int + 1": 2**53 + 1,
    "float one": 1.0,
    "nearly one": 1.0 + 5e-6,
    "a little off one": 1.0 + 1e-3,
    "nan": float("nan"),
    "inf": float("inf"),
    "minus inf": float("-inf"),
    "complex": 1 + 0j,
    "complex nan": complex(1, float("nan")),
    "text": "1",
    "other text": "un",
    "bytes": b"1",
    "numpy int": np.int32(1),
    "numpy float": np.float32(1),
    "numpy bool": np.bool_(True),
    "empty list": [],
    "empty tuple": (),
    "list": [1, 2],
    "tuple": (1, 2),
    "tuple of numpy": (np.int64(1), np.int64(2)),
    "named tuple": Point(1, 2),
    "tuple of floats": (1.0, 2.0),
    "nested": [(1, 2), (3, 4)],
    "nested, wrong inside": [(1, 2), (3, 5)],
    "dict": {"a": 1},
    "dict, other key": {"b": 1},
    "dict, other value": {"a": 2},
    "ordered dict": collections.OrderedDict(a=1),
    "empty array": np.zeros((0, 2)),
    "empty array, other shape": np.zeros((2, 0)),
    "array of shape ()": np.array(1.0),
    "int array of shape ()": np.array(1),
    "bool array of shape ()": np.array(True),
    "array": np.array([1.0, 2.0]),
    "array, nearly": np.array([1.0, 2.0 + 1e-6]),
    "array, off": np.array([1.0, 2.5]),
    "float32 array": np.array([1, 2], dtype=np.float32),
    "float16 array": np.array([1, 2], dtype=np.float16),
    "big-endian array": np.array([1, 2], dtype=">f8"),
    "int array": np.array([1, 2]),
    "uint8 array": np.array([1, 2], dtype=np.uint8),
    "bool array": np.array([True, False]),
    "complex array": np.array([1, 2], dtype=complex),
    "row": np.array([[1.0, 2.0]]),
    "column": np.array([[1.0], [2.0]]),
    "matrix": np.array([[1.0, 2.0], [3.0, 4.0]]),
    "transposed": np.array([[1.0, 2.0], [3.0, 4.0]]).T,
    "array with nan": np.array([1.0, np.nan]),
    "array with inf": np.array([1.0, np.inf]),
    "array with -inf": np.array([1.0, -np.inf]),
    "object array": np.array([1, 2], dtype=object),
    "masked array": np.ma.masked_array([1.0, 2.0], mask=[False, True]),
    "text array": np.array(["1", "2"]),
    "large magnitudes": np.array([1e9, 1.0]),
    "large magnitudes, small off": np.array([1e9, 1.5]),
    "list of arrays": [np.array([1.0]), np.array([2.0])],
    "tuple of arrays": (np.array([1.0]), np.array([2.0])),
    "set": {1, 2},
    "function": len,
}
NEVER_EXPECTED = ("object array", "masked array", "text array", "set", "function")


def helpers(lang):
    """What a student's kernel has after the tools cell has run."""
    namespace = {}
    exec(tools.cell_source(lang), namespace)
    return namespace["same"], namespace["raises"]


def passes(same, returned, expected, **tolerance):
    try:
        same(returned, expected, **tolerance)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("tolerance", [{}, {"atol": 0.6}, {"rtol": 0.0, "atol": 0.0}], ids=str)
@pytest.mark.parametrize("expected", [name for name in VALUES if name not in NEVER_EXPECTED])
def test_same_agrees_with_the_comparator(expected, tolerance):
    same, _ = helpers("fr")
    for returned in VALUES:
        values = VALUES[returned], VALUES[expected]
        judged = passes(compare.same, *values, **tolerance)
        assert passes(same, *values, **tolerance) == judged, (returned, expected)


def test_the_table_holds_right_and_wrong_answers():
    right = sum(
        passes(compare.same, VALUES[returned], VALUES[expected])
        for returned, expected in itertools.product(VALUES, VALUES)
        if expected not in NEVER_EXPECTED
    )
    assert 80 < right < 400


def test_random_arrays_agree_with_the_comparator():
    seed = int(np.random.SeedSequence().entropy % 2**32)
    print("seed", seed)
    rng = np.random.default_rng(seed)
    same, _ = helpers("en")
    verdicts = []
    for _ in range(500):
        expected = rng.normal(size=rng.integers(1, 4, size=2)) * 10.0 ** rng.integers(-8, 8)
        noise = 10.0 ** rng.uniform(-8, -2) * rng.normal(size=expected.shape)
        returned = (expected * (1 + noise)).astype(rng.choice([np.float32, np.float64]))
        verdicts.append(passes(compare.same, returned, expected))
        assert passes(same, returned, expected) == verdicts[-1]
    assert 0 < sum(verdicts) < len(verdicts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_sentence_names_the_fault(lang):
    same, _ = helpers(lang)
    sentences = tools.SENTENCES[lang]
    faults = {
        "none": (None, 3),
        "type": ("3", 3),
        "dtype": (np.array([1j]), np.array([1.0])),
        "shape": (np.zeros(3), np.zeros(4)),
        "length": ([1], [1, 2]),
        "keys": ({"a": 1}, {"b": 1}),
        "values": (np.zeros(3), np.ones(3)),
    }
    for key, (returned, expected) in faults.items():
        with pytest.raises(AssertionError) as caught:
            same(returned, expected)
        for part in sentences[key].split("{}"):
            assert part in str(caught.value)
        assert repr(returned) in str(caught.value)
        assert repr(expected) in str(caught.value)


def test_the_place_of_a_wrong_entry_is_shown():
    same, _ = helpers("en")
    with pytest.raises(AssertionError, match=r"\[1\] \[0\] the values are wrong"):
        same([(1, 2), (3, 4)], [(1, 2), (5, 4)])


def test_both_languages_have_the_same_sentences():
    french, english = tools.SENTENCES["fr"], tools.SENTENCES["en"]
    assert french.keys() == english.keys()
    for key in french:
        assert french[key] != english[key]
        assert french[key].count("{") == english[key].count("{")
    used = tools.cell_source("fr", frozenset(tools.ON_USE))
    assert all(f"_SAYS['{key}']" in used or f'_SAYS["{key}"]' in used for key in french)


def test_the_tools_cell_holds_one_language():
    assert "Your function" not in tools.cell_source("fr")
    assert "Ta fonction" not in tools.cell_source("en")
    assert '"""' not in tools.cell_source("fr")


class TestRaises:
    def test_the_expected_exception_passes(self):
        _, raises = helpers("fr")
        with raises(ValueError):
            raise ValueError("negative padding")

    def test_a_subclass_passes(self):
        _, raises = helpers("fr")
        with raises(ValueError):
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")

    def test_one_of_several_passes(self):
        _, raises = helpers("fr")
        with raises(TypeError, ValueError):
            raise ValueError

    def test_silence_fails(self):
        _, raises = helpers("fr")
        with pytest.raises(AssertionError, match="aucune exception"), raises(ValueError):
            pass

    def test_another_exception_fails_and_is_named(self):
        _, raises = helpers("fr")
        with pytest.raises(AssertionError, match="KeyError : 'a'"), raises(ValueError):
            raise KeyError("a")

    def test_an_unfinished_answer_is_no_exception_of_its_own(self):
        _, raises = helpers("en")
        with pytest.raises(NotImplementedError), raises(RuntimeError):
            raise NotImplementedError
        with raises(NotImplementedError):
            raise NotImplementedError

    def test_an_interrupt_goes_through(self):
        _, raises = helpers("en")
        with pytest.raises(KeyboardInterrupt), raises(ValueError):
            raise KeyboardInterrupt
