"""A test cell in the trusted process: what the student defined stays in the child, and judges
nothing."""

from __future__ import annotations

import os

import pytest
from stock_child import Judge, warm

from autograder.model import Outcome

STUDENT = '''
import numpy as np

def squares(n):
    """The squares."""
    if n < 1:
        raise ValueError("n must be positive")
    return [i ** 2 for i in range(1, n + 1)]

def sum_of_squares(n):
    return sum(squares(n))

def sort(numbers):
    numbers.sort()
    return numbers

class Vector:
    size = 2
    def __init__(self, x):
        self.x = x
    def __add__(self, other):
        return Vector(self.x + other.x)
    def __eq__(self, other):
        return self.x == getattr(other, "x", other)
    def __hash__(self):
        return hash(self.x)
    def __len__(self):
        return 2
    def __getitem__(self, index):
        return [self.x, 0][index]
    def doubled(self, times=2):
        return Vector(self.x * times)

class Trouble(Exception):
    pass

class Worse(Trouble):
    def __init__(self, name, number):
        super().__init__(name)
        self.number = number

def boom(kind="worse"):
    raise {"worse": Worse("x", 3), "key": KeyError("k"), "unicode": None}[kind]

def decode():
    b"\\xff".decode("utf-8")

def linalg():
    np.linalg.inv(np.zeros((2, 2)))

def leave():
    raise SystemExit(0)

data = [1, 2]

def total():
    return sum(data)

def apply(function, values):
    return [function(value) for value in values]

def numbers():
    yield from range(3)

def normalise(a):
    a /= a.max()

def adder(n):
    return lambda m: n + m

def noisy():
    import sys
    print("to out")
    print("to err", file=sys.stderr)
    return 1

def matrix():
    return np.eye(2)

def kinds():
    return 1, 1.0, np.int64(1), True, {1: "a"}, {2}, None, "é"

def forever():
    while True:
        pass

def end():
    import os
    os._exit(3)

def eat():
    return [0] * 10 ** 10

class Evil:
    """Equal to all, larger and smaller than all, whatever is asked."""
    def yes(self, *args, **kwargs):
        return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __call__ = yes
    __hash__ = None
    def zero(self, *args):
        return 0.0
    __sub__ = __rsub__ = __abs__ = __float__ = zero
    equals = allclose = yes
    def __getattr__(self, name):
        return self.yes

def table():
    return {Vector(1): [Vector(2)]}

class Pair(__import__("collections").namedtuple("Pair", "a b")):
    pass

class Flag(str):
    pass

def pair():
    return Pair(1, 2)

def kinds_of_data():
    Sure = type("Sure", (list,), {"__eq__": lambda self, other: True})
    return Sure([1]), Flag("x"), type("N", (int,), {})(3), type("S", (set,), {})({1})

def evil(*args):
    return Evil()

# Names that a test cell may use itself.
all = any = isinstance = len = lambda *args: True
AssertionError = KeyError
expected = answer = result = None

def peek():
    return expected or answer or result
'''
ANSWERS = frozenset({"squares", "sum_of_squares", "data", "Vector", "sort"})


@pytest.fixture(scope="module")
def isolation():
    with warm() as isolation:
        yield isolation


@pytest.fixture
def judge(isolation):
    judge = Judge(isolation, STUDENT, ANSWERS)
    yield judge
    judge.child.close()


RIGHT = [
    "assert squares(1) == [1]\nassert squares(3) == [1, 4, 9]",
    "try:\n    squares(0)\nexcept ValueError as error:\n    assert 'positive' in str(error)\n"
    "else:\n    raise AssertionError('did not raise')",
    "import unittest\ncase = unittest.TestCase()\ncase.assertRaises(ValueError, squares, 0)\n"
    "with case.assertRaises(ValueError):\n    squares(-4)",
    "import pytest\nwith pytest.raises(ValueError, match='positive'):\n    squares(0)",
    "old = squares\ndel squares\ntry:\n    sum_of_squares(1)\nexcept NameError:\n    pass\n"
    "else:\n    assert False\nfinally:\n    squares = old\nassert sum_of_squares(2) == 5",
    "calls = []\ndef spy(n):\n    calls.append(n)\n    return [7]\nold, squares = squares, spy\n"
    "assert sum_of_squares(3) == 7\nassert calls == [3]\nsquares = old\nassert squares(1) == [1]",
    "numbers_ = [3, 1, 2]\nfound = sort(numbers_)\nassert found is numbers_ and found == [1, 2, 3]",
    "import numpy as np\na = np.array([1.0, 2])\nnormalise(a)\nassert a.tolist() == [0.5, 1]",
    "v = Vector(1) + Vector(2)\nassert v == Vector(3) and v.x == 3 and len(v) == 2 and v[0] == 3",
    "assert isinstance(Vector(1), Vector) and not isinstance(3, Vector) and Vector.size == 2",
    "assert type(Vector(1)).__name__ == 'Vector' and Vector(2).doubled().x == 4",
    "v = Vector(1)\nv.x = 9\nassert v.x == 9 and v.doubled(3).x == 27",
    "try:\n    boom()\nexcept Trouble as e:\n    assert e.number == 3 and str(e) == 'x'",
    "try:\n    boom()\nexcept Worse:\n    pass",
    "try:\n    boom('key')\nexcept KeyError as error:\n    assert error.args == ('k',)",
    "try:\n    decode()\nexcept UnicodeDecodeError as error:\n    assert error.args[0] == 'utf-8'",
    "import numpy\ntry:\n    linalg()\nexcept numpy.linalg.LinAlgError as error:\n"
    "    assert 'Singular' in str(error)",
    "data.append(5)\nassert total() == 8\ndata[:] = [1]\nassert total() == 1",
    "data = [10]\nassert total() == 10",
    "assert apply(lambda x: x * 2, [1, 2]) == [2, 4]",
    "import math\nassert apply(math.sqrt, [4]) == [2]",
    "def bad(x):\n    raise LookupError\ntry:\n    apply(bad, [1])\nexcept LookupError:\n    pass",
    "assert apply(squares, [1, 2]) == [[1], [1, 4]]",
    "assert list(numbers()) == [0, 1, 2] and not callable(numbers()) and callable(squares)",
    "from collections.abc import Iterator\nassert isinstance(numbers(), Iterator)",
    "assert adder(3)(4) == 7",
    "assert squares.__name__ == 'squares' and squares.__doc__ == 'The squares.'",
    "assert [str(type(x)) for x in kinds()] == [\"<class 'int'>\", \"<class 'float'>\","
    " \"<class 'numpy.int64'>\", \"<class 'bool'>\", \"<class 'dict'>\", \"<class 'set'>\","
    " \"<class 'NoneType'>\", \"<class 'str'>\"]",
    "assert squares is squares and matrix().shape == (2, 2) and matrix().trace() == 2",
    "def helper(n):\n    return squares(n)\nassert helper(2) == [1, 4]",
    "assert {Vector(1): 2}[Vector(1)] == 2",
    "assert table()[Vector(1)] == [Vector(2)] and Vector(5) not in table()",
    "try:\n    {evil()}\nexcept TypeError:\n    pass",
    "assert all([True, True]) and not all([False]) and len([1]) == 1",
    "print('shown')\nassert noisy() == 1",
]


@pytest.mark.parametrize("source", RIGHT)
def test_a_right_answer_passes(judge, source):
    found = judge(source)
    assert found.outcome is Outcome.PASSED, "".join(found.trace)
    assert found.credit.points == 1.0


WRONG = [
    ("assert squares(2) == [1, 5]", Outcome.FAILED),
    ("assert not squares(2)", Outcome.FAILED),
    ("squares(0)", Outcome.ERROR),
    ("nothing_of_the_kind(1)", Outcome.ERROR),
    ("squares()", Outcome.ERROR),
    ("leave()", Outcome.ERROR),
    ("assert False, 'no'", Outcome.FAILED),
    ("forever()", Outcome.TIMEOUT),
    ("try:\n    forever()\nexcept:\n    pass", Outcome.TIMEOUT),
    ("end()", Outcome.CRASHED),
    ("try:\n    end()\nexcept BaseException:\n    pass", Outcome.CRASHED),
    ("eat()", Outcome.MEMORY),
]


@pytest.mark.parametrize(("source", "outcome"), WRONG)
def test_a_wrong_answer_gives_nothing(judge, source, outcome):
    found = judge(source)
    assert (found.outcome, found.credit.points) == (outcome, 0.0)


FORGED = [
    "assert evil() == 4",
    "assert 4 == evil()",
    "assert not evil() != 4",
    "assert evil() < 0.001",
    "assert abs(evil() - 4) < 1e-6",
    "assert abs(4 - evil()) < 1e-6",
    "assert 4 in evil()",
    "assert evil().equals([1, 2])",
    "assert evil()(4)",
    "assert evil().x.y.z(4)",
    "import numpy as np\nassert np.allclose(evil(), [1, 2])",
    "import numpy as np\nassert np.array_equal(evil(), [1, 2])",
    "import unittest\nunittest.TestCase().assertEqual(evil(), 4)",
    "import unittest\nunittest.TestCase().assertAlmostEqual(evil(), 4)",
    "assert all([squares(1) == [2]])",
    "assert isinstance(squares(1), dict)",
    "assert len(squares(3)) == 1",
    "expected = 4\nassert peek() == expected",
    "answer = [4]\nassert peek() == answer",
    "result = sum_of_squares(2) + 1\nassert peek() == result",
]


@pytest.mark.parametrize("source", FORGED)
def test_no_object_and_no_name_of_the_students_judges(judge, source):
    judge.remote.allowed = frozenset()  # with the course's answers no such object came
    found = judge(source)
    assert found.outcome in (Outcome.FAILED, Outcome.ERROR), found
    assert found.credit.points == 0.0


DATA = [
    ("assert pair() == (1, 2) and pair() != (2, 1) and (1, 2) == pair()", Outcome.PASSED),
    ("assert pair() == (2, 1)", Outcome.FAILED),
    ("assert pair() < (1, 3) and 2 in pair() and pair().a == 1", Outcome.PASSED),
    ("assert kinds_of_data()[0] == [1] and kinds_of_data()[1] == 'x'", Outcome.PASSED),
    ("assert kinds_of_data()[0] == [2]", Outcome.FAILED),
    ("assert kinds_of_data()[2] == 3 and kinds_of_data()[2] + 1 == 4", Outcome.PASSED),
    ("assert kinds_of_data()[3] == {1}", Outcome.PASSED),
]


@pytest.mark.parametrize(("source", "outcome"), DATA)
def test_an_object_that_is_data_is_compared_as_data(judge, source, outcome):
    judge.remote.allowed = frozenset()
    assert judge(source).outcome is outcome


def test_where_the_course_itself_compares_objects_students_may(judge):
    source = "assert Vector(3) == 3 and Vector(1) + Vector(2) == 3"
    assert judge(source).outcome is Outcome.PASSED
    used = frozenset(judge.remote.used)
    judge.remote.allowed = used
    assert judge(source).outcome is Outcome.PASSED
    judge.remote.allowed = frozenset()
    assert judge(source).outcome is Outcome.FAILED


def test_what_is_printed_is_kept_apart(judge):
    found = judge("print('here')\nnoisy()")
    assert found.stdout == "to out\nhere\n"
    assert found.stderr == "to err\n"
    assert [str(one) for one in found.credit.differs] == ["stderr"]


def test_the_last_expression_is_partial_credit(judge):
    found = judge("0.5 * len(squares(3))", points=2)
    assert (found.credit.points, found.result) == (1.5, "1.5")


def test_a_loop_of_the_cell_itself_ends(judge):
    found = judge("while squares(1) == [1]:\n    pass", seconds=0.5)
    assert found.outcome is Outcome.TIMEOUT
    assert judge("x = 1").outcome is Outcome.PASSED or judge.remote.lost


def test_the_statement_that_failed_is_known(judge):
    found = judge("x = 1\nassert (squares(2)\n        == [1, 5])\nassert True")
    assert found.line == (2, 3)
    assert "squares(2)" in found.trace[0]
    assert not any("remote.py" in line for line in found.trace)


def test_what_cannot_be_sent_is_said(judge):
    found = judge("class Own:\n    pass\napply(Own(), [1])")
    assert found.outcome is Outcome.ERROR
    assert "Own" in found.unshared


def test_nbgraders_mark_is_set_while_a_cell_runs(judge):
    assert judge("import os\nassert os.environ['NBGRADER_EXECUTION'] == 'autograde'").line is None
    assert "NBGRADER_EXECUTION" not in os.environ


@pytest.mark.parametrize(
    "answer",
    ["None", "5", "('returned',)", "('returned', ('@', 5), [], [])", "('what', 1, [], [])",
     "('raised', 5, [], [])", "('call', (1, (), {}), [], [])", "('call', ('x',), [], [])",
     "('raised', ('t', [None, [('builtins', 'SystemExit')] * 99, ('t', []), '', None]), [], [])",
     "('returned', ('o', 2, ('function',)), [], [])",
     "('returned', ('o', 2, ('odd', '', '', [], [])), [], [])",
     "('returned', ('o', 2, ('class', 'm', 'n', [1], [], None)), [], [])"],
)  # fmt: skip
def test_a_child_that_answers_nonsense_is_lost(isolation, answer):
    source = f"import autograder.sandbox.bridge as b\nb._Bridge.act = lambda *a: {answer}"
    judge = Judge(isolation, source, ANSWERS)
    found = judge("assert squares(1) == [1]")
    assert found.outcome in (Outcome.CRASHED, Outcome.ERROR)
    assert found.credit.points == 0.0
    judge.child.close()
